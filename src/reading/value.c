#include "value.h"
#include "core/text.h"

#include <string.h>

#define MOST_TEXT_CHARS 200
#define MOST_IN_DOTS 2 /* letters that dots were read as */

bool
saoy_value_is_leader(const char *word)
{
    unsigned letters = 0;

    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p))
        letters += g_unichar_isalnum(g_utf8_get_char(p)) != 0;
    return letters == 0 || (letters <= MOST_IN_DOTS &&
                            (g_str_has_prefix(word, "...") || g_str_has_prefix(word, "…")));
}

char *
saoy_value_bare(const char *word)
{
    static const char *const edges = ".:,;_…·•|*'\"()[]{}“”‘’";
    const char *from = word, *to = word + strlen(word);

    while (from < to && g_utf8_strchr(edges, -1, g_utf8_get_char(from)) != NULL)
        from = g_utf8_next_char(from);
    while (to > from &&
           g_utf8_strchr(edges, -1, g_utf8_get_char(g_utf8_prev_char(to))) != NULL)
        to = g_utf8_prev_char(to);
    return g_strndup(from, (size_t)(to - from));
}

/* All words as one, where the grammar of the kind knows it: "GD 4 60 4357687852". */
static char *
joined_of(const SaoyWord *words, size_t n)
{
    g_autoptr(GString) code = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *word = saoy_value_bare(words[i].text);

        g_string_append(code, word);
    }
    return g_string_free(g_steal_pointer(&code), FALSE);
}

/* Dashes and slashes part what stands on both sides of them. */
static bool
is_dash(const char *word)
{
    static const char *const dashes[] = { "-", "–", "—", "/", "&", "+" };

    for (size_t i = 0; i < G_N_ELEMENTS(dashes); i++)
        if (g_str_equal(word, dashes[i]))
            return true;
    return false;
}

/* "5.000.O00", "l5": among digits a letter that looks like one is one. In place. */
static void
put_figures(char *word)
{
    static const char pairs[] = "O0o0I1l1|1";
    size_t digits = 0, likes = 0, n = strlen(word);

    for (size_t i = 0; i < n; i++) {
        digits += g_ascii_isdigit(word[i]) != 0;
        likes += strchr("OoIl|", word[i]) != NULL;
    }
    if (digits == 0 || likes == 0 || strspn(word, "0123456789OoIl|.,/") != n)
        return;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; pairs[k] != '\0'; k += 2)
            if (pairs[k] == word[i])
                word[i] = pairs[k + 1];
}

static char *
text_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) text = g_string_new(NULL);
    bool dash = false;

    for (size_t i = 0; i < n; i++) {
        g_autofree char *word = g_strdup(words[i].text + strspn(words[i].text, "._"));

        put_figures(word);
        if (is_dash(word)) {
            dash = text->len > 0;
            continue;
        }
        if (saoy_value_is_leader(words[i].text))
            continue;
        if (dash)
            g_string_append_printf(text, " %s", words[i - 1].text);
        dash = false;
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", word);
    }
    *out_words = n;
    g_autofree char *whole = saoy_value_bare(text->str);
    const char *tail = strstr(text->str, whole) + strlen(whole);
    if (whole[0] == '\0')
        return NULL;
    if (tail[0] == ')' && strchr(whole, '(') != NULL) {
        g_autofree char *closed = g_strconcat(whole, ")", NULL);

        return saoy_text_clean(closed, MOST_TEXT_CHARS);
    }
    return saoy_text_clean(whole, MOST_TEXT_CHARS);
}

/* Square metres are written with a raised 2, which is read as one that stands, as another
 * sign, or not at all. */
static char *
area_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autofree char *text = text_of(words, n, out_words);
    size_t number = text != NULL ? strspn(text, "0123456789., ") : 0;
    const char *unit = text != NULL ? text + number : "";

    if (number == 0 || unit[0] != 'm')
        return g_steal_pointer(&text);
    const char *rest = unit + 1;
    if (*rest != '\0' && !g_unichar_isalpha(g_utf8_get_char(rest)) && *rest != ' ')
        rest = g_utf8_next_char(rest);
    if (*rest != '\0' && *rest != ' ' && *rest != ',' && *rest != ';')
        return g_steal_pointer(&text);
    return g_strdup_printf("%.*sm²", (int)number, text);
}

static bool
has_grammar(const GRegex *grammar, const char *value)
{
    return grammar == NULL || g_regex_match(grammar, value, 0, NULL);
}

/* With letters behind it. */
static bool
goes_on(const char *joined, const char *text)
{
    if (!g_str_has_prefix(joined, text))
        return false;
    const char *rest = joined + strlen(text);
    return g_unichar_isalpha(g_utf8_get_char(rest + strspn(rest, "/-")));
}

/* A code may go on in the next words: "16/2017 TP/CC-SCC" is one when the grammar says so.
 * Takes text. */
static char *
longer_code(char *text, const GRegex *grammar, const SaoyWord *words, size_t n,
            size_t *out_words)
{
    g_autofree char *joined = joined_of(words, n);

    if (!has_grammar(grammar, joined) ||
        (text != NULL && has_grammar(grammar, text) && !goes_on(joined, text)))
        return text;
    *out_words = n;
    g_free(text);
    return g_steal_pointer(&joined);
}

/* The value of the first n words, with its grammar. */
static char *
value_of(SaoyValue value, const GRegex *grammar, bool fit, const SaoyWord *words, size_t n,
         size_t *out_words)
{
    static char *(*const takers[SAOY_VALUE_N])(const SaoyWord *, size_t, size_t *) = {
        [SAOY_VALUE_TEXT] = text_of,      [SAOY_VALUE_NAME] = saoy_name_of,
        [SAOY_VALUE_DATE] = saoy_date_of, [SAOY_VALUE_WORDS] = saoy_date_words_of,
        [SAOY_VALUE_CODE] = saoy_code_of, [SAOY_VALUE_DIGITS] = saoy_digits_of,
        [SAOY_VALUE_TITLE] = text_of,     [SAOY_VALUE_AREA] = area_of,
        [SAOY_VALUE_SEX] = saoy_sex_of,
    };
    char *text = takers[value](words, n, out_words);

    if (value == SAOY_VALUE_CODE && grammar != NULL)
        text = longer_code(text, grammar, words, n, out_words);
    if (text != NULL && fit)
        text = saoy_code_fitted(text, grammar);
    if (text == NULL || has_grammar(grammar, text))
        return text;
    g_free(text);
    return NULL;
}

char *
saoy_value_of(SaoyValue value, const GRegex *grammar, const SaoyWord *words, size_t n,
              size_t *out_words)
{
    int ways = value == SAOY_VALUE_CODE && grammar != NULL ? 2 : 1;

    for (int fit = 0; fit < ways; fit++)
        for (size_t k = n; k > 0; k = grammar != NULL ? k - 1 : 0) {
            char *text = value_of(value, grammar, fit != 0, words, k, out_words);

            if (text != NULL)
                return text;
        }
    return NULL;
}
