#include "font-file.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

/* The tables that a subset keeps, in the order of their tags, then those only read here. */
enum {
    CVT,
    FPGM,
    GLYF,
    HEAD,
    HHEA,
    HMTX,
    LOCA,
    MAXP,
    PREP,
    N_KEPT,
    CMAP = N_KEPT,
    N_TABLES
};

enum { N_CODES = 65536, STAND_IN = '?', MAX_GLYPHS = 65535 };

/* Flags of a composite glyph's part (TrueType, glyf). */
enum { WORDS = 0x01, ONE_SCALE = 0x08, MORE = 0x20, TWO_SCALES = 0x40, MATRIX = 0x80 };

static const char tags[N_TABLES][5] = { "cvt ", "fpgm", "glyf", "head", "hhea",
                                        "hmtx", "loca", "maxp", "prep", "cmap" };

struct SaoyFont {
    GBytes *file;
    SaoyView table[N_TABLES];
    unsigned units, n_glyphs, n_metrics;
    bool wide;          /* loca in 32 bits */
    uint16_t *glyph_of; /* N_CODES */
};

static unsigned
get_16(SaoyView table, size_t at)
{
    return at + 2 <= table.size ? (unsigned)(table.data[at] << 8 | table.data[at + 1]) : 0;
}

static int
get_signed(SaoyView table, size_t at)
{
    return (int16_t)get_16(table, at);
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
    return out[GLYF].size > 0 && out[HEAD].size >= 54 && out[HHEA].size >= 36 &&
           out[HMTX].size > 0 && out[LOCA].size > 0 && out[MAXP].size >= 6 &&
           out[CMAP].size > 0;
}

/* Windows Unicode, format 4; empty when there is none. */
static SaoyView
find_map(SaoyView cmap)
{
    unsigned n = get_16(cmap, 2);

    for (unsigned i = 0; i < n; i++) {
        size_t row = 4 + 8 * (size_t)i, at = get_32(cmap, row + 4);

        if (get_16(cmap, row) == 3 && get_16(cmap, row + 2) == 1 && at + 16 <= cmap.size &&
            get_16(cmap, at) == 4)
            return (SaoyView){ cmap.data + at, cmap.size - at };
    }
    return (SaoyView){ 0 };
}

static bool
take_map(SaoyFont *font)
{
    SaoyView map = find_map(font->table[CMAP]);
    size_t n = get_16(map, 6) / 2, ends = 14, starts = 16 + 2 * n, deltas = starts + 2 * n,
           ranges = deltas + 2 * n;

    font->glyph_of = g_new0(uint16_t, N_CODES);
    if (map.size == 0 || ranges + 2 * n > map.size)
        return false;
    for (size_t i = 0; i < n; i++) {
        unsigned start = get_16(map, starts + 2 * i), end = get_16(map, ends + 2 * i);
        unsigned delta = get_16(map, deltas + 2 * i), range = get_16(map, ranges + 2 * i);

        for (unsigned code = start; code <= end && code < 0xffff; code++) {
            unsigned glyph = code;

            if (range != 0)
                glyph = get_16(map, ranges + 2 * i + range + 2 * (size_t)(code - start));
            if (range == 0 || glyph != 0)
                glyph = (glyph + delta) & 0xffff;
            font->glyph_of[code] = (uint16_t)(glyph < font->n_glyphs ? glyph : 0);
        }
    }
    return font->glyph_of[STAND_IN] != 0;
}

static uint32_t
outline_at(const SaoyFont *font, size_t glyph)
{
    return font->wide ? get_32(font->table[LOCA], 4 * glyph)
                      : 2 * (uint32_t)get_16(font->table[LOCA], 2 * glyph);
}

static SaoyView
outline(const SaoyFont *font, size_t glyph)
{
    size_t from = outline_at(font, glyph), to = outline_at(font, glyph + 1);
    SaoyView glyf = font->table[GLYF];

    if (from >= to || to > glyf.size)
        return (SaoyView){ 0 };
    return (SaoyView){ glyf.data + from, to - from };
}

SaoyFont *
saoy_font_open(GBytes *file, GError **error)
{
    g_autoptr(SaoyFont) font = g_new0(SaoyFont, 1);

    font->file = g_bytes_ref(file);
    if (find_tables(saoy_view_of(file), font->table)) {
        font->units = get_16(font->table[HEAD], 18);
        font->wide = get_16(font->table[HEAD], 50) != 0;
        font->n_glyphs = get_16(font->table[MAXP], 4);
        font->n_metrics = get_16(font->table[HHEA], 34);
    }
    if (font->units < 16 || font->n_glyphs < 1 || font->n_metrics < 1 ||
        font->table[HMTX].size < 4 * (size_t)font->n_metrics ||
        font->table[LOCA].size < (font->wide ? 4 : 2) * (size_t)(font->n_glyphs + 1) ||
        !take_map(font))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "no usable TrueType font");
    return g_steal_pointer(&font);
}

void
saoy_font_close(SaoyFont *font)
{
    if (font == NULL)
        return;
    g_bytes_unref(font->file);
    g_free(font->glyph_of);
    g_free(font);
}

static int
to_thousandths(const SaoyFont *font, int length)
{
    return length * 1000 / (int)font->units;
}

SaoyGlyph
saoy_font_glyph(const SaoyFont *font, uint16_t code)
{
    uint16_t glyph =
        font->glyph_of[code] != 0 ? font->glyph_of[code] : font->glyph_of[STAND_IN];
    unsigned row = MIN(glyph, font->n_metrics - 1);
    int width = (int)get_16(font->table[HMTX], 4 * (size_t)row);

    return (SaoyGlyph){ code, glyph, (uint16_t)to_thousandths(font, width) };
}

/* Marks what composite glyphs are made of; a part may be composite itself. */
static void
mark_parts(const SaoyFont *font, uint8_t *keep, GArray *open, unsigned glyph)
{
    SaoyView parts = outline(font, glyph);
    unsigned flags = MORE;

    if (parts.size < 10 || get_signed(parts, 0) >= 0)
        return;
    for (size_t at = 10; (flags & MORE) != 0 && at + 4 <= parts.size;) {
        unsigned part = get_16(parts, at + 2);

        flags = get_16(parts, at);
        at += (flags & WORDS) != 0 ? 8 : 6;
        at += (flags & ONE_SCALE) != 0    ? 2
              : (flags & TWO_SCALES) != 0 ? 4
              : (flags & MATRIX) != 0     ? 8
                                          : 0;
        if (part < font->n_glyphs && keep[part] == 0) {
            keep[part] = 1;
            g_array_append_val(open, part);
        }
    }
}

static uint8_t *
mark(const SaoyFont *font, const GArray *glyphs)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(unsigned));
    uint8_t *keep = g_malloc0(font->n_glyphs);

    keep[0] = 1; /* .notdef must be there, shown or not */
    for (guint i = 0; i < glyphs->len; i++) {
        unsigned glyph = g_array_index(glyphs, SaoyGlyph, i).glyph;

        keep[glyph] = 1;
        g_array_append_val(open, glyph);
    }
    while (open->len > 0) {
        unsigned glyph = g_array_index(open, unsigned, open->len - 1);

        g_array_set_size(open, open->len - 1);
        mark_parts(font, keep, open, glyph);
    }
    return keep;
}

/* Outlines of the kept glyphs one behind another, and where each starts, in 32 bits. */
static void
copy_outlines(const SaoyFont *font, const uint8_t *keep, GByteArray *glyf, GByteArray *loca)
{
    static const uint8_t zero[4] = { 0 };

    g_byte_array_set_size(loca, 4 * (font->n_glyphs + 1));
    for (unsigned i = 0; i < font->n_glyphs; i++) {
        SaoyView one = keep[i] != 0 ? outline(font, i) : (SaoyView){ 0 };

        put_32(loca->data + 4 * (size_t)i, glyf->len);
        if (one.size > 0)
            g_byte_array_append(glyf, one.data, (guint)one.size);
        g_byte_array_append(glyf, zero, (guint)(-one.size & 3));
    }
    put_32(loca->data + 4 * (size_t)font->n_glyphs, glyf->len);
}

static uint8_t *
copy_metrics(const SaoyFont *font, const uint8_t *keep)
{
    uint8_t *out = g_memdup2(font->table[HMTX].data, font->table[HMTX].size);

    for (unsigned i = 0; i + 1 < font->n_metrics && i < font->n_glyphs; i++)
        if (keep[i] == 0)
            memset(out + 4 * (size_t)i, 0, 4);
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

/* Each table padded to four bytes, its row in the directory; loca is said to be wide. */
static GByteArray *
join(const SaoyView table[N_KEPT], size_t *head)
{
    static const uint8_t zero[4] = { 0 };
    /* version 1.0, nine tables, search range 128, selector 3, shift 16 */
    static const uint8_t start[12] = { 0, 1, 0, 0, 0, N_KEPT, 0, 128, 0, 3, 0, 16 };
    GByteArray *out = g_byte_array_new();
    size_t directory = sizeof start + 16 * (size_t)N_KEPT;

    g_byte_array_set_size(out, (guint)directory);
    memset(out->data, 0, directory);
    memcpy(out->data, start, sizeof start);
    for (int t = 0; t < N_KEPT; t++) {
        size_t at = out->len;
        uint8_t *row = NULL;

        if (table[t].size > 0)
            g_byte_array_append(out, table[t].data, (guint)table[t].size);
        g_byte_array_append(out, zero, (guint)(-table[t].size & 3));
        if (t == HEAD) {
            put_32(out->data + at + 8, 0);
            out->data[at + 51] = 1;
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
saoy_font_subset(const SaoyFont *font, const GArray *glyphs)
{
    g_autofree uint8_t *keep = mark(font, glyphs), *metrics = copy_metrics(font, keep);
    g_autoptr(GByteArray) glyf = g_byte_array_new(), loca = g_byte_array_new();
    SaoyView table[N_KEPT] = { { 0 } };
    GByteArray *out = NULL;
    size_t head = 0;

    copy_outlines(font, keep, glyf, loca);
    memcpy(table, font->table, sizeof table);
    table[GLYF] = (SaoyView){ glyf->data, glyf->len };
    table[LOCA] = (SaoyView){ loca->data, loca->len };
    table[HMTX].data = metrics;
    out = join(table, &head);
    put_32(out->data + head + 8, 0xb1b0afbau - checksum(out->data, out->len));
    return g_byte_array_free_to_bytes(out);
}

char *
saoy_font_descriptor(const SaoyFont *font, bool bold)
{
    SaoyView head = font->table[HEAD], hhea = font->table[HHEA];
    int box[4] = { 0 };

    for (size_t i = 0; i < 4; i++)
        box[i] = to_thousandths(font, get_signed(head, 36 + 2 * i));
    /* serif, nonsymbolic; capitals of Times-like faces are 662/1000 high */
    return g_strdup_printf(
        "/Flags 34/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"
        "/CapHeight 662/StemV %d",
        box[0], box[1], box[2], box[3], to_thousandths(font, get_signed(hhea, 4)),
        to_thousandths(font, get_signed(hhea, 6)), bold ? 140 : 84);
}
