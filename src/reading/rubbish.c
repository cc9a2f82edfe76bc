/* What the engine made of borders, stamps and grounds. */
#include "mend.h"
#include "ocr.h"
#include "syllable.h"

#include <stdlib.h>
#include <string.h>

enum {
    RUBBISH = 75, /* mean of three words or more that say nothing */
    NOISE = 45,   /* of fewer; and of four or more whatever they say */
    SCRAWL = 4,   /* so many times as high as the page's words: no title is */
};

bool
saoy_is_zone_text(const char *text)
{
    unsigned fillers = 0, letters = 0;

    for (const char *p = text; *p != '\0'; p++) {
        fillers += *p == '<';
        letters += g_ascii_isalnum(*p) != 0;
    }
    return fillers >= 2 && letters >= 5 && strchr(text, '>') == NULL;
}

bool
saoy_says_something(const char *text)
{
    const char *from = NULL, *to = NULL;
    long signs = 0, all = g_utf8_strlen(text, -1);

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        signs += !g_unichar_isalnum(g_utf8_get_char(p));
    if (strpbrk(text, "0123456789") != NULL)
        return signs * 5 <= all * 2;
    if (!saoy_word_core(text, &from, &to) || g_utf8_next_char(from) >= to)
        return false;
    g_autofree char *core = g_strndup(from, (size_t)(to - from));
    g_autofree char *placed = saoy_syllable_placed(core);
    return placed != NULL;
}

/* The mean confidence that words must have to stand, when none of them says anything. */
static int
least_of(const SaoyWord *words, size_t n)
{
    const char *text = words[0].text;
    long letters = 0, all = g_utf8_strlen(text, -1);

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        letters += g_unichar_isalnum(g_utf8_get_char(p));
    if (n >= 3 || letters == 0)
        return RUBBISH;
    return letters == 1 && all <= 2 ? 0 : NOISE; /* it may count a chapter */
}

static bool
is_rubbish_line(const SaoyWord *words, size_t n)
{
    bool says = false;
    int sum = 0;

    for (size_t i = 0; i < n; i++) {
        says =
            says || saoy_says_something(words[i].text) || saoy_is_zone_text(words[i].text);
        sum += words[i].confidence;
    }
    return (n >= 4 && sum < NOISE * (int)n) || (!says && sum < least_of(words, n) * (int)n);
}

static bool
is_rule(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);

        if (c != '|' && c != '_' && c != '~' && c != 0xa6)
            return false;
    }
    return true;
}

static int
by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Of the page's words the middle one. */
static int
usual_height(const SaoyWords *words)
{
    g_autofree int *heights = g_new(int, words->n + 1);

    for (size_t i = 0; i < words->n; i++)
        heights[i] = words->items[i].box.h;
    qsort(heights, words->n, sizeof *heights, by_size);
    return words->n > 0 ? heights[words->n / 2] : 0;
}

/* A signature that was read: far higher than the rest, and no word. */
static bool
is_scrawl(const SaoyWord *word, int usual)
{
    const char *from = NULL, *to = NULL;

    if (word->box.h <= SCRAWL * usual || word->confidence >= RUBBISH)
        return false;
    if (!saoy_word_core(word->text, &from, &to))
        return true;
    g_autofree char *core = g_strndup(from, (size_t)(to - from));
    g_autofree char *placed = saoy_syllable_placed(core);
    return placed == NULL || g_utf8_next_char(from) >= to;
}

void
saoy_words_drop_rubbish(SaoyWords *words)
{
    int usual = usual_height(words);
    size_t kept = 0;

    for (size_t from = 0, to = 0; from < words->n; from = to) {
        while (to < words->n && words->items[to].line == words->items[from].line)
            to++;
        bool rubbish = is_rubbish_line(words->items + from, to - from);
        for (size_t i = from; i < to; i++)
            if (rubbish || is_rule(words->items[i].text) ||
                is_scrawl(&words->items[i], usual))
                saoy_word_clear(&words->items[i]);
            else
                words->items[kept++] = words->items[i];
    }
    words->n = kept;
}
