#pragma once
#include "core/box.h"
#include "core/json.h"

/* What was read on one page, in reading order. Travels from reading to document and to the
 * hub as {"words":[{"t":"…","b":[x,y,w,h],"c":93,"l":4},…]}; integers only, so that kiosk
 * and hub compose the same bytes from it. */
typedef struct {
    char *text; /* UTF-8 NFC, no white space */
    SaoyBox box;
    int confidence; /* 0..100 */
    int line;       /* words of one line share it; grows down the page */
} SaoyWord;

typedef struct {
    SaoyWord *items;
    size_t n;
} SaoyWords;

void saoy_words_clear(SaoyWords *words); /* wipes the texts, frees, leaves it empty */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyWords, saoy_words_clear)

void saoy_words_append(SaoyWords *words, const char *text, SaoyBox box, int confidence,
                       int line);
SaoyJson *saoy_box_to_json(SaoyBox box); /* [x,y,w,h] */
SaoyJson *saoy_words_to_json(const SaoyWords *words);
/* At most 20,000 words, boxes within width x height. MALFORMED else. */
bool saoy_words_from_json(const SaoyJson *json, int width, int height, SaoyWords *out,
                          GError **error);
char *saoy_words_text(const SaoyWords *words); /* lines joined by "\n"; free with g_free */
