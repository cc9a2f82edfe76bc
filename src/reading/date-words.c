#include "date-words.h"

#include <glib.h>
#include <string.h>

#define MOST_WORDS 24

/* Without its marks "năm" is five and a year, "mươi" and "mười" are one word, and so are
 * "mốt" and "một": where it stands says which it is. */
static const struct {
    const char *word;
    unsigned value;
} digits[] = {
    { "KHONG", 0 },    { "MOT", 1 },     { "HAI", 2 },   { "BA", 3 },    { "BON", 4 },
    { "TU", 4 },       { "NAM", 5 },     { "LAM", 5 },   { "SAU", 6 },   { "BAY", 7 },
    { "TAM", 8 },      { "CHIN", 9 },    { "MUOI", 10 }, { "CHUC", 10 }, { "TRAM", 100 },
    { "NGHIN", 1000 }, { "NGAN", 1000 },
};

static bool
value_of(const char *word, unsigned *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(digits); i++)
        if (g_str_equal(digits[i].word, word)) {
            *out = digits[i].value;
            return true;
        }
    return false;
}

static bool
is_filler(const char *word)
{
    static const char *const words[] = { "LINH", "LE", "MUNG", "MONG", "" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i], word))
            return true;
    return false;
}

/* "HAI NGHIN KHONG TRAM LINH LAM" is 2005; false for what is no number. */
static bool
number_of(char **words, size_t n, unsigned *out)
{
    unsigned sum = 0, last = 0, scale = 10000;
    bool any = false, digit = false;

    for (size_t i = 0; i < n; i++) {
        unsigned value = 0;

        if (is_filler(words[i]))
            continue;
        if (!value_of(words[i], &value) || (value < 10 ? digit : value >= scale))
            return false;
        digit = value < 10;
        if (!digit) {
            sum += value == 10 && last == 0 ? 10 : last * value;
            scale = value;
        }
        last = digit ? value : 0;
        any = true;
    }
    *out = sum + last;
    return any;
}

/* How many words from there on say a number. */
static size_t
run_of(char **words, size_t n)
{
    unsigned value = 0;
    size_t i = 0;

    while (i < n && (is_filler(words[i]) || value_of(words[i], &value)))
        i++;
    return i;
}

static size_t
place_of(char **words, size_t n, const char *word, size_t from)
{
    while (from < n && !g_str_equal(words[from], word))
        from++;
    return from;
}

bool
saoy_date_words(const char *folded, unsigned *day, unsigned *month, unsigned *year)
{
    g_auto(GStrv) words = g_strsplit(folded, " ", MOST_WORDS + 1);
    size_t n = MIN(g_strv_length(words), MOST_WORDS);
    size_t from = place_of(words, n, "NGAY", 0);
    size_t middle = place_of(words, n, "THANG", 0);
    size_t thousand =
        MIN(place_of(words, n, "NGHIN", middle), place_of(words, n, "NGAN", middle));
    unsigned d = 0, m = 0, y = 0;

    from = from < middle ? from + 1 : 0;
    /* "tháng … năm hai nghìn": the word before the thousands is how many, before it "năm"
     */
    if (thousand >= n || thousand < middle + 4 ||
        !g_str_equal(words[thousand - 2], "NAM") ||
        !number_of(words + from, middle - from, &d) ||
        !number_of(words + middle + 1, thousand - 2 - middle - 1, &m) ||
        !number_of(words + thousand - 1, run_of(words + thousand - 1, n - thousand + 1),
                   &y))
        return false;
    *day = d;
    *month = m;
    *year = y;
    return true;
}
