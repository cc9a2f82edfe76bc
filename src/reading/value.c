#include "value.h"
#include "core/text.h"
#include "date-words.h"

#include <string.h>

#define MOST_NAME_WORDS 7u
#define MOST_TEXT_CHARS 200

bool
saoy_value_is_leader(const char *word)
{
    return word[strspn(word, ".:,;_-…·•|*'\"()/")] == '\0' ||
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

/* Digits and what is read for them; false when no digit is among them. */
static bool
put_digits(char *text)
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

/* "23I0711984": a slash is read as what else stands upright, where nothing but a date can
 * be. */
static char *
slashed(const char *word)
{
    g_autofree char *text = bare(word);

    if (strlen(text) != 10 || strchr("/Il1|.-", text[2]) == NULL ||
        strchr("/Il1|.-", text[5]) == NULL)
        return g_strdup(word);
    text[2] = text[5] = '/';
    return g_steal_pointer(&text);
}

static char *
iso_of(unsigned day, unsigned month, unsigned year)
{
    return is_day(day, month, year) ? g_strdup_printf("%04u-%02u-%02u", year, month, day)
                                    : NULL;
}

/* Takes up to three numbers out of the words: "10/11/2025", "ngày 10 tháng 11 năm 2025".
 * Behind other words it begins anew: "10 giờ 15 phút, ngày 14 tháng 12 năm 2017". */
static char *
date_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    static const char *const fillers[] = { "NGAY", "THANG", "NAM", "DATE", "OF", "BIRTH" };
    unsigned parts[3] = { 0 }, found = 0;

    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = slashed(words[i].text);
        g_autofree char *folded = saoy_line_fold(text);
        g_auto(GStrv) numbers = g_strsplit(folded, " ", -1);

        for (size_t k = 0; numbers[k] != NULL && found < 3; k++) {
            bool filler = numbers[k][0] == '\0';

            for (size_t f = 0; f < G_N_ELEMENTS(fillers); f++)
                filler = filler || g_str_equal(numbers[k], fillers[f]);
            if (!filler && strlen(numbers[k]) <= 4 && put_digits(numbers[k]))
                parts[found++] = (unsigned)g_ascii_strtoull(numbers[k], NULL, 10);
            else if (!filler)
                found = 0;
        }
        if (found < 3)
            continue;
        *out_words = i + 1;
        return iso_of(parts[0], parts[1], parts[2]);
    }
    return NULL;
}

static char *
words_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned day = 0, month = 0, year = 0;

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s ", words[i].text);
    g_autofree char *folded = saoy_line_fold(text->str);
    *out_words = n;
    return saoy_date_words(folded, &day, &month, &year) ? iso_of(day, month, year) : NULL;
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

/* Of nineteen in twenty people. */
static bool
is_surname(const char *folded)
{
    static const char *const names[] = {
        "NGUYEN", "TRAN",  "LE",     "PHAM",  "HOANG",  "HUYNH", "PHAN",  "VU",   "VO",
        "DANG",   "BUI",   "DO",     "HO",    "NGO",    "DUONG", "LY",    "DAO",  "DOAN",
        "VUONG",  "TRINH", "TRUONG", "DINH",  "LAM",    "PHUNG", "MAI",   "TO",   "HA",
        "TA",     "CHU",   "CHAU",   "LUONG", "LUU",    "QUACH", "THAI",  "CAO",  "TANG",
        "TRIEU",  "KIEU",  "LA",     "DAM",   "NGHIEM", "TONG",  "BACH",  "BE",   "NONG",
        "HUA",    "QUANG", "LO",     "VI",    "MA",     "GIANG", "THACH", "DIEP", "TON",
        "CU",     "KHUC",  "MAC",    "THAN",  "THIEU",  "UNG",   "VAN",   "AU",   "TU",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], folded))
            return true;
    return false;
}

/* "Ông NGUYỄN VĂN AN", but not the family name of ÔNG THU HẰNG: that is written as the rest
 * is, and no other follows it. */
static bool
is_address(const SaoyWord *words, size_t n, const char *folded)
{
    if (!is_honorific(folded))
        return false;
    if (n < 2 || saoy_line_capitals(words[0].text) != saoy_line_capitals(words[1].text))
        return true;
    g_autofree char *next = saoy_line_fold(words[1].text);
    return !g_str_equal(next, "VAN") && (is_surname(next) || g_str_equal(next, "BA"));
}

/* The family name of four in ten, where its mark was misread: no other is written so. */
static char *
with_surname(const char *name)
{
    size_t n = strcspn(name, " ");
    g_autofree char *first = g_strndup(name, n);
    g_autofree char *folded = saoy_line_fold(first);

    if (!g_str_equal(folded, "NGUYEN"))
        return g_strdup(name);
    return g_strconcat(saoy_line_capitals(first) == 1 ? "NGUYỄN" : "Nguyễn", name + n,
                       NULL);
}

/* Letters only; ends at the first number or word of one sign. */
static char *
name_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) name = g_string_new(NULL);
    unsigned taken = 0;
    bool capitals = false; /* a name in capitals goes on in capitals */

    for (size_t i = 0; i < n && taken < MOST_NAME_WORDS; i++) {
        g_autofree char *word = bare(words[i].text);
        g_autofree char *folded = saoy_line_fold(words[i].text);

        if (folded[0] == '\0' || (taken == 0 && is_address(words + i, n - i, folded)))
            continue;
        if (strpbrk(folded, "0123456789") != NULL ||
            !g_unichar_isupper(g_utf8_get_char(word)) ||
            (capitals && saoy_line_capitals(word) < 1))
            break;
        capitals = taken == 0 ? saoy_line_capitals(word) == 1 : capitals;
        g_string_append_printf(name, "%s%s", taken > 0 ? " " : "", word);
        taken++;
        *out_words = i + 1;
        if (g_str_has_suffix(words[i].text, ",") || g_str_has_suffix(words[i].text, ";"))
            break;
    }
    if (taken < 2)
        return NULL;
    return with_surname(name->str);
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

        if (saoy_value_is_leader(words[i].text))
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

/* All words as one, where the grammar of the kind knows it: "GD 4 60 4357687852". */
static char *
joined_of(const SaoyWord *words, size_t n)
{
    g_autoptr(GString) code = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *word = bare(words[i].text);

        g_string_append(code, word);
    }
    return g_string_free(g_steal_pointer(&code), FALSE);
}

static char *
text_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        if (!saoy_value_is_leader(words[i].text))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", words[i].text);
    while (text->len > 0 &&
           (g_str_has_suffix(text->str, " -") || g_str_has_suffix(text->str, " —")))
        g_string_truncate(text, (gsize)(strrchr(text->str, ' ') - text->str));
    g_autofree char *whole = bare(text->str);
    *out_words = n;
    return whole[0] != '\0' ? saoy_text_clean(whole, MOST_TEXT_CHARS) : NULL;
}

/* Square metres are written with a raised 2, which is read as one that stands. */
static char *
area_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autofree char *text = text_of(words, n, out_words);
    char *unit = text != NULL ? strstr(text, "m2") : NULL;

    if (unit == NULL || unit == text || (unit[-1] != ' ' && !g_ascii_isdigit(unit[-1])) ||
        g_ascii_isalnum(unit[2]))
        return g_steal_pointer(&text);
    return g_strdup_printf("%.*sm²%s", (int)(unit - text), text, unit + 2);
}

/* One number, in groups or not: "001 090 000 001". */
static char *
digits_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) code = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *folded = saoy_line_fold(words[i].text);
        g_auto(GStrv) parts = g_strsplit(folded, " ", -1);
        g_autofree char *joined = g_strjoinv("", parts);

        if (joined[0] == '\0')
            continue;
        if (!put_digits(joined))
            break;
        g_string_append(code, joined);
        *out_words = i + 1;
    }
    return code->len > 0 ? g_string_free(g_steal_pointer(&code), FALSE) : NULL;
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
    return g_str_has_prefix(joined, text) && g_ascii_isalpha(joined[strlen(text)]);
}

char *
saoy_value_of(SaoyValue value, const GRegex *grammar, const SaoyWord *words, size_t n,
              size_t *out_words)
{
    static char *(*const takers[SAOY_VALUE_N])(const SaoyWord *, size_t, size_t *) = {
        text_of, name_of, date_of, words_of, code_of, digits_of, text_of, area_of
    };

    for (size_t k = n; k > 0; k = grammar != NULL ? k - 1 : 0) {
        g_autofree char *text = takers[value](words, k, out_words);
        g_autofree char *joined =
            value == SAOY_VALUE_CODE && grammar != NULL ? joined_of(words, k) : NULL;

        /* "16/2017 TP/CC-SCC": what follows belongs to it when the grammar says so */
        if (joined != NULL && has_grammar(grammar, joined) &&
            (text == NULL || !has_grammar(grammar, text) || goes_on(joined, text))) {
            *out_words = k;
            return g_steal_pointer(&joined);
        }
        if (text != NULL && has_grammar(grammar, text))
            return g_steal_pointer(&text);
    }
    return NULL;
}
