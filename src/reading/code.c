/* Numbers and codes. */
#include "value.h"

#include <string.h>

#define MOST_CHANGES 2u /* look-alikes in one code */
#define MOST_SERIES 5u  /* letters before a number */
#define MOST_FITTED 24u

/* Digits and what is read for them; false when no digit is among them. */
bool
saoy_put_digits(char *text)
{
    static const char *const pairs = "O0Q0D0I1L1T1Z2A4S5G6B8";
    bool any = false;

    for (; *text != '\0'; text++) {
        const char *like = g_ascii_isdigit(*text) ? NULL : strchr(pairs, *text);

        if (!g_ascii_isdigit(*text) && (like == NULL || (like - pairs) % 2 != 0))
            return false;
        any = any || like == NULL;
        *text = like != NULL ? like[1] : *text;
    }
    return any;
}

/* "Tờ bản đồ: số 8". */
static bool
is_number_word(const char *word)
{
    g_autofree char *folded = saoy_line_fold(word);

    return g_str_equal(folded, "SO") || g_str_equal(folded, "NO");
}

/* The number goes on behind a slash or a dash, and where the next word begins with one. */
static bool
is_joined(const GString *code, const char *word)
{
    char last = code->len > 0 ? code->str[code->len - 1] : '\0';

    return last == '/' || last == '-' || (word[0] == '/' && code->len > 0);
}

/* Whether a year and no other digit stands there. */
static bool
is_year(const char *text)
{
    return (g_str_has_prefix(text, "19") || g_str_has_prefix(text, "20")) &&
           g_ascii_isdigit(text[2]) && g_ascii_isdigit(text[3]) &&
           !g_ascii_isdigit(text[4]);
}

/* What an upright stroke behind a digit is: before letters or a year a slash, "35IXNHN" and
 * "12I2024", before another digit one. */
static char
stroke_of(const char *next)
{
    if (g_unichar_isupper(g_utf8_get_char(next)) || is_year(next))
        return '/';
    return g_ascii_isdigit(*next) ? '1' : '\0';
}

/* "2O23", "35IXNHN": behind digits no code has these letters. In place. */
static void
put_between(char *code)
{
    for (char *p = code + 1; code[0] != '\0' && *p != '\0'; p++) {
        char stroke = stroke_of(p + 1);

        if (!g_ascii_isdigit(p[-1]))
            continue;
        if (*p == 'O' && g_ascii_isdigit(p[1]))
            *p = '0';
        else if (strchr("Il|", *p) != NULL && stroke != '\0')
            *p = stroke;
    }
}

/* The first word with a digit and what belongs to it: "12/QĐ-UBND", "AB 123456". */
char *
saoy_code_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) code = g_string_new(NULL);
    bool digits = false;

    for (size_t i = 0; i < n; i++) {
        g_autofree char *word = saoy_value_bare(words[i].text);
        bool digit = strpbrk(word, "0123456789") != NULL;
        bool series = strlen(word) <= MOST_SERIES && saoy_line_capitals(word) == 1;
        bool joined = is_joined(code, word);

        if ((saoy_value_is_leader(words[i].text) || is_number_word(word)) && !joined)
            continue;
        if (digits ? !joined : !digit && (!series || code->len > MOST_SERIES))
            break;
        g_string_append(code, word);
        digits = digits || digit;
        *out_words = i + 1;
    }
    while (code->len > 0 && strchr("/-", code->str[code->len - 1]) != NULL)
        g_string_truncate(code, code->len - 1);
    g_string_replace(code, "§", "S", 0);
    put_between(code->str);
    return digits ? g_string_free(g_steal_pointer(&code), FALSE) : NULL;
}

/* One number, in groups or not: "001 090 000 001". */
char *
saoy_digits_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) code = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *folded = saoy_line_fold(words[i].text);
        g_auto(GStrv) parts = g_strsplit(folded, " ", -1);
        g_autofree char *joined = g_strjoinv("", parts);

        if (joined[0] == '\0')
            continue;
        if (!saoy_put_digits(joined))
            break;
        g_string_append(code, joined);
        *out_words = i + 1;
    }
    return code->len > 0 ? g_string_free(g_steal_pointer(&code), FALSE) : NULL;
}

/* What a sign of a code may be misread for, in pairs: a digit for a letter, a letter for a
 * digit, a slash for either. */
static const char likes[] = "0O1I2Z5S6G8BO0Q0D0I1l1Z2A4S5G6B8I/l/|/1/";

static unsigned try_places(char *code, size_t from, unsigned changes, const GRegex *grammar,
                           char **out_fit);

/* With this one sign changed, and `changes` more behind it. */
static unsigned
try_sign(char *code, size_t i, char like, unsigned changes, const GRegex *grammar,
         char **out_fit)
{
    char was = code[i];
    unsigned fits = 0;

    code[i] = like;
    if (changes > 0) {
        fits = try_places(code, i + 1, changes, grammar, out_fit);
    } else if (g_regex_match(grammar, code, 0, NULL)) {
        g_free(*out_fit);
        *out_fit = g_strdup(code);
        fits = 1;
    }
    code[i] = was;
    return fits;
}

/* With so many signs changed from there on; how many ways fit, the last kept. */
static unsigned
try_places(char *code, size_t from, unsigned changes, const GRegex *grammar, char **out_fit)
{
    unsigned fits = 0;

    for (size_t i = from; code[i] != '\0'; i++)
        for (size_t k = 0; likes[k] != '\0'; k += 2)
            if (likes[k] == code[i])
                fits += try_sign(code, i, likes[k + 1], changes - 1, grammar, out_fit);
    return fits;
}

char *
saoy_code_fitted(char *code, const GRegex *grammar)
{
    unsigned fits = 0;
    char *fit = NULL;

    if (g_regex_match(grammar, code, 0, NULL))
        return code;
    for (unsigned changes = 1; changes <= MOST_CHANGES && fits == 0; changes++)
        fits =
            strlen(code) <= MOST_FITTED ? try_places(code, 0, changes, grammar, &fit) : 0;
    g_free(code);
    if (fits != 1)
        g_clear_pointer(&fit, g_free);
    return fit;
}
