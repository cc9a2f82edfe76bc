#pragma once
#include "mend.h"

/* What a fuzzer breaks in a PDF with every byte it adds or takes: offsets in tables,
 * lengths of streams, /ByteRange, and the digests over it. Numbers are written with as many
 * digits as stand there; what does not fit stays. Cross-reference streams are left alone.
 */
enum { FUZZ_MAX_SECTIONS = 16, FUZZ_MAX_LINES = 100, FUZZ_LINE = 20 };

/* First place of the text in [from, to), or `to`. */
static inline size_t
fuzz_find(SaoyView all, const char *text, size_t from, size_t to)
{
    const uint8_t *at =
        from < to ? memmem(all.data + from, to - from, text, strlen(text)) : NULL;

    return at != NULL ? (size_t)(at - all.data) : to;
}

/* Last place before `to`, or `to`. */
static inline size_t
fuzz_find_last(SaoyView all, const char *text, size_t to)
{
    size_t n = strlen(text);

    for (size_t at = to; n <= to && at-- > 0;)
        if (all.data[at] == (uint8_t)text[0] && at + n <= to &&
            memcmp(all.data + at, text, n) == 0)
            return at;
    return to;
}

static inline size_t
fuzz_digits(SaoyView all, size_t at)
{
    size_t n = 0;

    while (at + n < all.size && n < 18 && g_ascii_isdigit(all.data[at + n]))
        n++;
    return n;
}

static inline size_t
fuzz_number(SaoyView all, size_t at)
{
    size_t n = fuzz_digits(all, at), value = 0;

    for (size_t i = 0; i < n; i++)
        value = value * 10 + (size_t)(all.data[at + i] - '0');
    return value;
}

static inline void
fuzz_write_number(GByteArray *file, size_t at, size_t value)
{
    size_t n = fuzz_digits(fuzz_view(file), at);
    g_autofree char *text = g_strdup_printf("%0*zu", (int)n, value);

    if (n > 0 && strlen(text) == n)
        memcpy(file->data + at, text, n);
}

/* One subsection's lines; returns the place behind them. */
static inline size_t
fuzz_mend_lines(GByteArray *file, size_t at, size_t first, size_t n, size_t table)
{
    for (size_t i = 0; i < MIN(n, FUZZ_MAX_LINES) && at + FUZZ_LINE <= file->len; i++) {
        size_t generation = fuzz_number(fuzz_view(file), at + 11);
        g_autofree char *head = g_strdup_printf("\n%zu %zu obj", first + i, generation);
        size_t place = fuzz_find_last(fuzz_view(file), head, table);

        if (file->data[at + 17] == 'n' && place < table)
            fuzz_write_number(file, at, place + 1);
        at += FUZZ_LINE;
    }
    return at;
}

/* `first n` and n lines, again and again; returns the place behind the last. */
static inline size_t
fuzz_mend_table(GByteArray *file, size_t table)
{
    size_t at = table + strlen("xref\n");

    for (int sub = 0; sub < FUZZ_MAX_LINES; sub++) {
        SaoyView all = fuzz_view(file);
        size_t digits = fuzz_digits(all, at);
        size_t count = at + digits + 1, more = fuzz_digits(all, count);

        if (digits == 0 || more == 0)
            break;
        at = fuzz_mend_lines(file, count + more + 1, fuzz_number(all, at),
                             fuzz_number(all, count), table);
    }
    return MIN(at, file->len);
}

static inline void
fuzz_mend_tables(GByteArray *file)
{
    size_t before = 0, at = 0;

    for (int n = 0; n < FUZZ_MAX_SECTIONS; n++) {
        SaoyView all = fuzz_view(file);
        size_t table = fuzz_find(all, "\nxref\n", at, all.size) + 1;

        if (table > all.size)
            return;
        at = fuzz_mend_table(file, table);
        size_t start = fuzz_find(all, "startxref\n", at, all.size);
        size_t prev = fuzz_find(all, "/Prev ", at, start);
        if (prev < start && before > 0)
            fuzz_write_number(file, prev + strlen("/Prev "), before);
        if (start < all.size)
            fuzz_write_number(file, start + strlen("startxref\n"), table);
        before = table;
    }
}

/* /Length in the same dictionary, as far as one looks. */
static inline void
fuzz_mend_lengths(GByteArray *file)
{
    static const char open[] = ">>\nstream\n", key[] = "/Length ";
    SaoyView all = fuzz_view(file);
    size_t at = 0;

    for (int n = 0; n < FUZZ_MAX_LINES; n++) {
        at = fuzz_find(all, open, at, all.size);
        if (at == all.size)
            return;
        size_t data = at + strlen(open);
        size_t end = fuzz_find(all, "\nendstream", data, all.size);
        size_t length = fuzz_find_last(all, key, at);
        if (end < all.size && at - length < 300)
            fuzz_write_number(file, length + strlen(key), end - data);
        at = data;
    }
}

/* ---- signatures ---- */

typedef struct {
    size_t from, to, end; /* of the hex digits; of what is signed */
} FuzzGap;

static inline void
fuzz_mend_contents(GByteArray *file, FuzzGap gap)
{
    g_autofree char *text =
        g_strndup((const char *)file->data + gap.from, gap.to - gap.from);
    g_autoptr(GBytes) value = saoy_unhex(text, NULL);
    const SaoyView data[2] = { { file->data, gap.from - 1 },
                               { file->data + gap.to + 1, gap.end - gap.to - 1 } };

    if (value == NULL || strlen(text) != gap.to - gap.from)
        return;
    g_autoptr(GByteArray) mended = fuzz_copy(saoy_view_of(value));
    fuzz_mend_value(mended, data);
    g_autofree char *hex = saoy_hex(fuzz_view(mended));
    memcpy(file->data + gap.from, hex, gap.to - gap.from);
}

/* /ByteRange [ 0 a b c ] in front of /Contents <…>, up to the end of its revision. */
static inline void
fuzz_mend_signatures(GByteArray *file)
{
    static const char key[] = "/ByteRange [ 0 ", open[] = "/Contents <";
    SaoyView all = fuzz_view(file);
    size_t at = 0;

    for (int n = 0; n < 4; n++) {
        FuzzGap gap = { 0 };

        at = fuzz_find(all, key, at, all.size);
        if (at == all.size)
            return;
        at += strlen(key);
        gap.from = fuzz_find(all, open, at, all.size) + strlen(open);
        gap.to = fuzz_find(all, ">", gap.from, all.size);
        gap.end = fuzz_find(all, "%%EOF\n", gap.to, all.size) + strlen("%%EOF\n");
        if (gap.to >= all.size || gap.end > all.size)
            return;
        const size_t range[3] = { gap.from - 1, gap.to + 1, gap.end - gap.to - 1 };
        for (size_t i = 0, place = at; i < 3; i++) {
            fuzz_write_number(file, place, range[i]);
            place += fuzz_digits(all, place) + 1;
        }
        fuzz_mend_contents(file, gap);
    }
}

static inline GBytes *
fuzz_mend_pdf(SaoyView bytes)
{
    g_autoptr(GByteArray) file = fuzz_copy(bytes);

    fuzz_mend_lengths(file);
    fuzz_mend_tables(file);
    fuzz_mend_signatures(file);
    return g_byte_array_free_to_bytes(g_steal_pointer(&file));
}
