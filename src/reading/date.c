/* Days, in figures and in words. */
#include "date-words.h"
#include "value.h"

#include <string.h>

#define MOST_BEFORE 8 /* words a date may stand behind */

static const char *const english[] = { "JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                       "MAY",       "JUNE",     "JULY",     "AUGUST",
                                       "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER" };

static bool
is_day(unsigned day, unsigned month, unsigned year)
{
    return year >= 1900 && year < 2100 &&
           g_date_valid_dmy((GDateDay)MIN(day, 255), (GDateMonth)MIN(month, 255),
                            (GDateYear)year);
}

/* "23I0711984": a slash is read as what else stands upright, where nothing but a date can
 * be. */
static char *
slashed(const char *word)
{
    g_autofree char *text = saoy_value_bare(word);

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

/* What has been read of a date so far. */
typedef struct {
    unsigned numbers[3], n, month; /* month: by its name, 0: by its number */
} Parts;

static bool
is_filler(const char *word)
{
    static const char *const fillers[] = { "",   "NGAY",  "THANG", "NAM",  "DATE",
                                           "OF", "BIRTH", "MONTH", "YEAR", "DAY" };

    for (size_t i = 0; i < G_N_ELEMENTS(fillers); i++)
        if (g_str_equal(word, fillers[i]))
            return true;
    return false;
}

/* "MAY", "SEP", "SEPT", "SEPTEMBER"; 0: none. */
static unsigned
month_of(const char *word)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(english); i++)
        if (strlen(word) >= 3 && g_str_has_prefix(english[i], word))
            return i + 1;
    return 0;
}

/* Behind other words it begins anew: "10 giờ 15 phút, ngày 14 tháng 12 năm 2017". */
static bool
take_part(Parts *parts, char *word)
{
    if (is_filler(word))
        return false;
    if (parts->month == 0 && parts->n <= 1 && month_of(word) > 0)
        parts->month = month_of(word);
    else if (strlen(word) <= 4 && saoy_put_digits(word))
        parts->numbers[parts->n++] = (unsigned)g_ascii_strtoull(word, NULL, 10);
    else
        *parts = (Parts){ 0 };
    return parts->n + (parts->month > 0) == 3;
}

/* Takes up to three numbers out of the words: "10/11/2025", "ngày 10 tháng 11 năm 2025",
 * "10 November 2025". */
char *
saoy_date_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    Parts parts = { 0 };

    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = slashed(words[i].text);
        g_autofree char *folded = saoy_line_fold(text);
        g_auto(GStrv) each = g_strsplit(folded, " ", -1);
        const unsigned *d = parts.numbers;
        bool whole = false;

        for (size_t k = 0; each[k] != NULL && !whole; k++)
            whole = take_part(&parts, each[k]);
        if (!whole && (i < MOST_BEFORE || parts.n > 0))
            continue;
        if (!whole)
            return NULL;
        *out_words = i + 1;
        return parts.month > 0 ? iso_of(d[0], parts.month, d[1]) : iso_of(d[0], d[1], d[2]);
    }
    return NULL;
}

char *
saoy_date_words_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned day = 0, month = 0, year = 0;

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s ", words[i].text);
    g_autofree char *folded = saoy_line_fold(text->str);
    *out_words = n;
    return saoy_date_words(folded, &day, &month, &year) ? iso_of(day, month, year) : NULL;
}
