#pragma once
#include "attest.h"

/* The invisible text layer of one page: scan is where its picture stands. */
void saoy_draw_words(SaoyCanvas *canvas, const SaoyCopyPage *page, SaoyArea scan);
