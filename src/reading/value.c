#include "value.h"
#include "core/text.h"

#include <string.h>

#define MOST_NAME_WORDS 7u
#define MOST_TEXT_CHARS 200

static bool
is_leader(const char *word)
{
    return word[strspn(word, ".:,;_-…·•|*'\"()")] == '\0' ||
           g_str_has_prefix(word, "...") || g_str_has_prefix(word, "…");
}

/* Without the punctuation and dotted leaders around it. */
static char *
bare(const char *word)
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

static bool
is_day(unsigned day, unsigned month, unsigned year)
{
    return year >= 1900 && year < 2100 &&
           g_date_valid_dmy((GDateDay)MIN(day, 255), (GDateMonth)MIN(month, 255),
                            (GDateYear)year);
}

/* Takes up to three numbers out of the words: "10/11/2025", "ngày 10 tháng 11 năm 2025".
 * Other words than those of a date end it. */
static char *
date_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    static const char *const fillers[] = { "NGAY", "THANG", "NAM", "DATE", "OF", "BIRTH" };
    unsigned parts[3] = { 0 }, found = 0;

    for (size_t i = 0; i < n; i++) {
        g_autofree char *folded = saoy_line_fold(words[i].text);
        g_auto(GStrv) numbers = g_strsplit(folded, " ", -1);

        for (size_t k = 0; numbers[k] != NULL && found < 3; k++) {
            bool filler = numbers[k][0] == '\0';

            for (size_t f = 0; f < G_N_ELEMENTS(fillers); f++)
                filler = filler || g_str_equal(numbers[k], fillers[f]);
            if (strlen(numbers[k]) <= 4 &&
                strspn(numbers[k], "0123456789") == strlen(numbers[k]) && !filler)
                parts[found++] = (unsigned)g_ascii_strtoull(numbers[k], NULL, 10);
            else if (!filler && found > 0)
                return NULL;
        }
        if (found < 3)
            continue;
        *out_words = i + 1;
        return is_day(parts[0], parts[1], parts[2])
                   ? g_strdup_printf("%04u-%02u-%02u", parts[2], parts[1], parts[0])
                   : NULL;
    }
    return NULL;
}

static bool
is_honorific(const char *folded)
{
    static const char *const words[] = { "ONG", "BA", "ONG BA", "ANH",
                                         "CHI", "MR", "MS",     "MRS" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(folded, words[i]))
            return true;
    return false;
}

/* Letters only; ends at the first number or word of one sign. */
static char *
name_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) name = g_string_new(NULL);
    unsigned taken = 0;

    for (size_t i = 0; i < n && taken < MOST_NAME_WORDS; i++) {
        g_autofree char *word = bare(words[i].text);
        g_autofree char *folded = saoy_line_fold(words[i].text);

        if (folded[0] == '\0' || (taken == 0 && is_honorific(folded)))
            continue;
        if (strpbrk(folded, "0123456789") != NULL ||
            !g_unichar_isupper(g_utf8_get_char(word)))
            break;
        g_string_append_printf(name, "%s%s", taken > 0 ? " " : "", word);
        taken++;
        *out_words = i + 1;
    }
    return taken >= 2 ? g_string_free(g_steal_pointer(&name), FALSE) : NULL;
}

/* The first word with a digit and what belongs to it: "12/QĐ-UBND", "AB 123456". */
static char *
code_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) code = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *word = bare(words[i].text);
        bool digit = strpbrk(word, "0123456789") != NULL;
        bool series = strlen(word) <= 3 && saoy_line_capitals(word) == 1;
        size_t end = strlen(word);

        if (is_leader(words[i].text))
            continue;
        if (!digit && (!series || code->len > 3))
            break;
        g_string_append(code, word);
        *out_words = i + 1;
        if (digit && (end == 0 || strchr("/-", word[end - 1]) == NULL))
            break;
    }
    return strpbrk(code->str, "0123456789") != NULL
               ? g_string_free(g_steal_pointer(&code), FALSE)
               : NULL;
}

static char *
text_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        if (!is_leader(words[i].text))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", words[i].text);
    g_autofree char *whole = bare(text->str);
    *out_words = n;
    return whole[0] != '\0' ? saoy_text_clean(whole, MOST_TEXT_CHARS) : NULL;
}

char *
saoy_value_of(SaoyValue value, const SaoyWord *words, size_t n, size_t *out_words)
{
    static char *(*const takers[SAOY_VALUE_N])(const SaoyWord *, size_t,
                                               size_t *) = { text_of, name_of, date_of,
                                                             code_of, text_of };

    return takers[value](words, n, out_words);
}
