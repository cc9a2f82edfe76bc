#pragma once
/* Papers as words with boxes, for tests that need no engine. */
#include "core/words.h"

/* Lines of text laid on a page of 2480 x 3508: words of 30 pixels a letter, 60 a line. "\t"
 * is a wide gap. */
static inline SaoyWords
page_of(const char *text)
{
    SaoyWords words = { 0 };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (int l = 0; lines[l] != NULL; l++) {
        g_auto(GStrv) columns = g_strsplit(lines[l], "\t", -1);
        int x = 200;

        for (size_t c = 0; columns[c] != NULL; c++, x += 400) {
            g_auto(GStrv) list = g_strsplit(columns[c], " ", -1);

            for (size_t w = 0; list[w] != NULL; w++) {
                int width = (int)g_utf8_strlen(list[w], -1) * 30;

                if (list[w][0] != '\0')
                    saoy_words_append(&words, list[w],
                                      (SaoyBox){ x, 200 + 60 * l, width, 40 }, 93, l);
                x += width + 15;
            }
        }
    }
    return words;
}
