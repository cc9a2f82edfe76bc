#pragma once
#include "core/words.h"

/* Lines as a person reads a form: row by row, in a row from the left, whatever the engine
 * took for columns; parts of one line that it tore are one again. Columns of running text
 * stay columns. Lines are numbered anew from 0. */
void saoy_words_order(SaoyWords *words);
