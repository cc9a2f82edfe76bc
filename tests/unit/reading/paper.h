#pragma once
/* Papers as words with boxes, for tests that need no engine. */
#include "core/words.h"

#define HALF_OF_PAGE 1300
#define LARGE '\1' /* before a line: it is set as a title is */

static inline void
lay_words(SaoyWords *words, const char *text, int line, int *x)
{
    bool large = text[0] == LARGE;
    g_auto(GStrv) list = g_strsplit(text + large, " ", -1);

    for (size_t w = 0; list[w] != NULL; w++) {
        int width = (int)g_utf8_strlen(list[w], -1) * 22;

        if (list[w][0] != '\0')
            saoy_words_append(words, list[w],
                              (SaoyBox){ *x, 200 + 60 * line, width, large ? 60 : 40 }, 93,
                              line);
        *x += width + 15;
    }
}

/* Lines of text laid on a page of 2480 x 3508: words of 22 pixels a letter, 60 a line. "\t"
 * is a wide gap, "¦" goes on in the right half of the page. */
static inline SaoyWords
page_of(const char *text)
{
    SaoyWords words = { 0 };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (int l = 0; lines[l] != NULL; l++) {
        g_auto(GStrv) halves = g_strsplit(lines[l], "¦", -1);
        int x = 200;

        for (size_t h = 0; halves[h] != NULL; h++, x = MAX(x - 200, HALF_OF_PAGE)) {
            g_auto(GStrv) columns = g_strsplit(halves[h], "\t", -1);

            for (size_t c = 0; columns[c] != NULL; c++, x += 400)
                lay_words(&words, columns[c], l, &x);
        }
    }
    return words;
}
