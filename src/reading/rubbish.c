/* What the engine made of borders, stamps and grounds. */
#include "mend.h"
#include "ocr.h"
#include "syllable.h"

#include <string.h>

enum {
    RUBBISH = 75, /* mean of three words or more that say nothing */
    NOISE = 45,   /* of fewer; and of four or more whatever they say */
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

void
saoy_words_drop_rubbish(SaoyWords *words)
{
    size_t kept = 0;

    for (size_t from = 0, to = 0; from < words->n; from = to) {
        while (to < words->n && words->items[to].line == words->items[from].line)
            to++;
        bool rubbish = is_rubbish_line(words->items + from, to - from);
        for (size_t i = from; i < to; i++)
            if (rubbish || is_rule(words->items[i].text))
                saoy_word_clear(&words->items[i]);
            else
                words->items[kept++] = words->items[i];
    }
    words->n = kept;
}
