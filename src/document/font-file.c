#include "font-file.h"

#include <string.h>

/* The tables that stay, in the order of their tags. */
enum { CVT, FPGM, GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, PREP, N_TABLES };

static const char tags[N_TABLES][5] = { "cvt ", "fpgm", "glyf", "head", "hhea",
                                        "hmtx", "loca", "maxp", "prep" };

static unsigned
get_16(SaoyView table, size_t at)
{
    return at + 2 <= table.size ? (unsigned)(table.data[at] << 8 | table.data[at + 1]) : 0;
}

static uint32_t
get_32(SaoyView table, size_t at)
{
    return (uint32_t)get_16(table, at) << 16 | get_16(table, at + 2);
}

static void
put_32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static bool
find_tables(SaoyView file, SaoyView out[N_TABLES])
{
    unsigned n = get_16(file, 4);

    for (unsigned i = 0; i < n && 12 + 16 * (size_t)(i + 1) <= file.size; i++) {
        size_t row = 12 + 16 * (size_t)i, at = get_32(file, row + 8);
        size_t size = get_32(file, row + 12);

        if (at > file.size || size > file.size - at)
            return false;
        for (int t = 0; t < N_TABLES; t++)
            if (memcmp(file.data + row, tags[t], 4) == 0)
                out[t] = (SaoyView){ file.data + at, size };
    }
    return out[GLYF].data != NULL && out[HEAD].size >= 54 && out[HHEA].size >= 36 &&
           out[HMTX].data != NULL && out[LOCA].data != NULL && out[MAXP].size >= 6;
}

static bool
is_used(const GArray *glyphs, unsigned glyph)
{
    for (guint i = 0; i < glyphs->len; i++)
        if (g_array_index(glyphs, SaoyGlyph, i).glyph == glyph)
            return true;
    return false;
}

/* Zero for a glyph that has no outline here and is not shown: parts of others have
 * outlines. */
static uint8_t *
slim_metrics(const SaoyView table[N_TABLES], const GArray *glyphs)
{
    uint8_t *out = g_memdup2(table[HMTX].data, table[HMTX].size);
    unsigned n = get_16(table[HHEA], 34);
    bool wide = get_16(table[HEAD], 50) != 0;

    for (unsigned i = 1; i + 1 < n && 4 * (size_t)(i + 1) <= table[HMTX].size; i++) {
        uint32_t from =
            wide ? get_32(table[LOCA], 4 * (size_t)i) : get_16(table[LOCA], 2 * (size_t)i);
        uint32_t to = wide ? get_32(table[LOCA], 4 * (size_t)i + 4)
                           : get_16(table[LOCA], 2 * (size_t)i + 2);

        if (from == to && !is_used(glyphs, i))
            memset(out + 4 * (size_t)i, 0, 4);
    }
    return out;
}

static uint32_t
checksum(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i += 4)
        sum += get_32((SaoyView){ data, size }, i);
    return sum;
}

/* Each table padded to four bytes, its row in the directory, and head's adjustment zero. */
static GByteArray *
join(const SaoyView table[N_TABLES], size_t *head)
{
    static const uint8_t zero[4] = { 0 };
    /* version 1.0, nine tables, search range 128, selector 3, shift 16 */
    static const uint8_t start[12] = { 0, 1, 0, 0, 0, N_TABLES, 0, 128, 0, 3, 0, 16 };
    GByteArray *out = g_byte_array_new();
    size_t directory = sizeof start + 16 * (size_t)N_TABLES;

    g_byte_array_set_size(out, (guint)directory);
    memset(out->data, 0, directory);
    memcpy(out->data, start, sizeof start);
    for (int t = 0; t < N_TABLES; t++) {
        size_t at = out->len;
        uint8_t *row = NULL;

        if (table[t].size > 0)
            g_byte_array_append(out, table[t].data, (guint)table[t].size);
        g_byte_array_append(out, zero, (guint)(-table[t].size & 3));
        if (t == HEAD) {
            put_32(out->data + at + 8, 0);
            *head = at;
        }
        row = out->data + sizeof start + 16 * (size_t)t;
        memcpy(row, tags[t], 4);
        put_32(row + 4, checksum(out->data + at, out->len - at));
        put_32(row + 8, (uint32_t)at);
        put_32(row + 12, (uint32_t)table[t].size);
    }
    return out;
}

GBytes *
saoy_font_slim(SaoyView file, const GArray *glyphs)
{
    SaoyView table[N_TABLES] = { { 0 } };
    g_autofree uint8_t *metrics = NULL;
    GByteArray *out = NULL;
    size_t head = 0;

    if (!find_tables(file, table))
        return NULL;
    metrics = slim_metrics(table, glyphs);
    table[HMTX].data = metrics;
    out = join(table, &head);
    put_32(out->data + head + 8, 0xb1b0afbau - checksum(out->data, out->len));
    return g_byte_array_free_to_bytes(out);
}
