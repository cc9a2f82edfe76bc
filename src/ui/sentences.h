#pragma once
#include "flow/session.h"

/* SORRY's three sentences, chosen by where it happened and the class of the fault; msgids.
 * Never the error's own message. */
typedef struct {
    const char *what, *means, *todo;
} SaoySentences;
SaoySentences saoy_sentences_for(const SaoySorry *sorry);
