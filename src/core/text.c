#include "core/text.h"

#include <string.h>

char *
saoy_text_dong(int64_t amount)
{
    char digits[32];
    GString *text = g_string_new(NULL);

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, amount < 0 ? -amount : amount);
    size_t n = strlen(digits);
    if (amount < 0)
        g_string_append_c(text, '-');
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            g_string_append_c(text, '.');
        g_string_append_c(text, digits[i]);
    }
    g_string_append(text, " đ");
    return g_string_free(text, FALSE);
}

char *
saoy_text_date(int year, int month, int day)
{
    return g_strdup_printf("%02d/%02d/%04d", day, month, year);
}

/* Clerical rule: two digits for days, and for months one and two ("tháng 02", "tháng 3").
 */
char *
saoy_text_date_words(int year, int month, int day)
{
    return g_strdup_printf(month <= 2 ? "Ngày %02d tháng %02d năm %d"
                                      : "Ngày %02d tháng %d năm %d",
                           day, month, year);
}

/* Characters that are printed, says Unicode, and cannot be seen: fillers, joiners and
 * variation selectors. */
static bool
is_unseen(gunichar c)
{
    static const struct {
        gunichar from, to;
    } ranges[] = { { 0x34f, 0x34f },   { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
                   { 0x180b, 0x180f }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
                   { 0xfe00, 0xfe0f }, { 0xffa0, 0xffa0 }, { 0xe0000, 0xe0fff } };

    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

char *
saoy_text_clean(const char *utf8, size_t max_chars)
{
    g_autofree char *valid = g_utf8_make_valid(utf8, -1);
    g_autofree char *nfc = g_utf8_normalize(valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    GString *out = g_string_new(NULL);
    size_t chars = 0;
    bool gap = false;

    for (const char *p = nfc; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isspace(c) || g_unichar_iscntrl(c)) {
            gap = out->len > 0;
            continue;
        }
        if (is_unseen(c) ||
            (!g_unichar_isprint(c) && g_unichar_type(c) != G_UNICODE_NON_SPACING_MARK))
            continue;
        if (chars + (gap ? 2 : 1) > max_chars) {
            /* make room for the sign that something is missing */
            if (chars == max_chars && out->len > 0)
                g_string_truncate(
                    out, (size_t)(g_utf8_find_prev_char(out->str, out->str + out->len) -
                                  out->str));
            g_string_append(out, "…");
            break;
        }
        if (gap) {
            g_string_append_c(out, ' ');
            chars++;
            gap = false;
        }
        g_string_append_unichar(out, c);
        chars++;
    }
    return g_string_free(out, FALSE);
}

char *
saoy_text_mask_number(const char *number)
{
    size_t n = strlen(number);
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        if (n >= 8 && (i < 3 || i >= n - 4))
            g_string_append_c(out, number[i]);
        else
            g_string_append(out, "•");
    }
    return g_string_free(out, FALSE);
}

int64_t
saoy_fee_of(unsigned pages, unsigned copies)
{
    int64_t first = pages < 2 ? pages : 2;
    int64_t more = pages > 2 ? pages - 2 : 0;
    int64_t one = 2000 * first + 1000 * more;

    return (one < 200000 ? one : 200000) * copies;
}

char *
saoy_text_fold(const char *utf8)
{
    g_autofree char *valid = g_utf8_make_valid(utf8, -1);
    g_autofree char *nfd = g_utf8_normalize(valid, -1, G_NORMALIZE_ALL);
    GString *out = g_string_new(NULL);

    for (const char *p = nfd; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c == 0x110 || c == 0x111) /* Đ đ do not decompose */
            g_string_append_c(out, 'D');
        else if (c < 128)
            g_string_append_c(out, g_ascii_toupper((char)c));
    }
    return g_string_free(out, FALSE);
}
