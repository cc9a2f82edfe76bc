#include "fonts.h"

#include "core/file.h"

#include <string.h>

enum {
    RANGES_A_BLOCK = 100, /* Adobe TN 5411: entries between beginbfrange and end */
};

static const char *const names[SAOY_FACE_N] = { "A+Tinos", "B+Tinos-Bold" };

/* What one face needs while it is made. */
typedef struct {
    SaoyPdfBuilder *builder;
    const char *tag;
    SaoyFace face;
    const SaoyFont *font;
    const GArray *glyphs;
} Face;

/* Runs of codes with one high byte map onto themselves: our CIDs are UTF-16 values. */
static unsigned
add_to_unicode(SaoyPdfBuilder *builder, const GArray *glyphs)
{
    g_autoptr(GPtrArray) ranges = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) out =
        g_string_new("/CIDInit /ProcSet findresource begin\n"
                     "12 dict begin\nbegincmap\n"
                     "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS)"
                     " /Supplement 0>> def\n"
                     "/CMapName /Adobe-Identity-UCS def\n"
                     "/CMapType 2 def\n"
                     "1 begincodespacerange\n<0000> <FFFF>\n"
                     "endcodespacerange\n");

    for (guint from = 0, to = 0; from < glyphs->len; from = to) {
        unsigned first = g_array_index(glyphs, SaoyGlyph, from).code;

        for (to = from + 1; to < glyphs->len; to++) {
            unsigned code = g_array_index(glyphs, SaoyGlyph, to).code;

            if (code != first + (to - from) || code >> 8 != first >> 8)
                break;
        }
        g_ptr_array_add(ranges, g_strdup_printf("<%04X> <%04X> <%04X>\n", first,
                                                first + (to - from) - 1, first));
    }
    for (guint i = 0; i < ranges->len; i++) {
        if (i % RANGES_A_BLOCK == 0)
            g_string_append_printf(out, "%u beginbfrange\n",
                                   MIN(ranges->len - i, (guint)RANGES_A_BLOCK));
        g_string_append(out, g_ptr_array_index(ranges, i));
        if ((i + 1) % RANGES_A_BLOCK == 0 || i + 1 == ranges->len)
            g_string_append(out, "endbfrange\n");
    }
    g_string_append(out,
                    "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    return saoy_pdf_builder_add_stream(
        builder, "", (SaoyView){ (const uint8_t *)out->str, out->len }, true);
}

static unsigned
add_glyph_map(SaoyPdfBuilder *builder, const GArray *glyphs)
{
    size_t n = glyphs->len > 0
                   ? (size_t)g_array_index(glyphs, SaoyGlyph, glyphs->len - 1).code + 1
                   : 0;
    g_autofree uint8_t *map = g_malloc0(2 * n + 1);

    for (guint i = 0; i < glyphs->len; i++) {
        const SaoyGlyph *glyph = &g_array_index(glyphs, SaoyGlyph, i);

        map[2 * glyph->code] = (uint8_t)(glyph->glyph >> 8);
        map[2 * glyph->code + 1] = (uint8_t)glyph->glyph;
    }
    return saoy_pdf_builder_add_stream(builder, "", (SaoyView){ map, 2 * n }, true);
}

static char *
widths(const GArray *glyphs)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < glyphs->len; i++) {
        const SaoyGlyph *glyph = &g_array_index(glyphs, SaoyGlyph, i);
        bool joined = i > 0 && glyph[-1].code + 1 == glyph->code;

        if (!joined)
            g_string_append_printf(out, "%s%u[%u", i > 0 ? "]" : "", glyph->code,
                                   glyph->width);
        else
            g_string_append_printf(out, " %u", glyph->width);
    }
    g_string_append(out, glyphs->len > 0 ? "]" : "");
    return g_string_free(out, FALSE);
}

static unsigned
add_descriptor(const Face *face)
{
    g_autoptr(GBytes) file = saoy_font_subset(face->font, face->glyphs);
    g_autofree char *length = g_strdup_printf("/Length1 %zu", g_bytes_get_size(file));
    g_autofree char *rest = saoy_font_descriptor(face->font, face->face == SAOY_FACE_BOLD);
    unsigned number =
        saoy_pdf_builder_add_stream(face->builder, length, saoy_view_of(file), true);

    return saoy_pdf_builder_add(face->builder,
                                "<</Type/FontDescriptor/FontName/%s%s%s/FontFile2 %u 0 R>>",
                                face->tag, names[face->face], rest, number);
}

static void
set_font(const Face *face, unsigned number)
{
    g_autofree char *w = widths(face->glyphs);
    unsigned descriptor = add_descriptor(face);
    unsigned map = add_glyph_map(face->builder, face->glyphs);
    unsigned unicode = add_to_unicode(face->builder, face->glyphs);
    unsigned down =
        saoy_pdf_builder_add(face->builder,
                             "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s%s/CIDSystemInfo"
                             "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                             "/FontDescriptor %u 0 R/DW 500/W[%s]/CIDToGIDMap %u 0 R>>",
                             face->tag, names[face->face], descriptor, w, map);

    saoy_pdf_builder_set(face->builder, number,
                         "<</Type/Font/Subtype/Type0/BaseFont/%s%s/Encoding/Identity-H"
                         "/DescendantFonts[%u 0 R]/ToUnicode %u 0 R>>",
                         face->tag, names[face->face], down, unicode);
}

void
saoy_fonts_replace(SaoyPdfBuilder *builder, SaoyPdf *pdf, SaoyCanvas *canvas,
                   const char *tag)
{
    for (int64_t i = 1; i <= saoy_pdf_max_object(pdf, 0); i++) {
        const SaoyPdfValue *font = saoy_pdf_object(pdf, 0, i, NULL);
        const SaoyPdfValue *base = saoy_pdf_get(pdf, 0, font, "BaseFont");

        for (int f = 0; f < SAOY_FACE_N; f++) {
            Face face = { builder, tag, (SaoyFace)f, saoy_canvas_font(canvas, (SaoyFace)f),
                          saoy_canvas_glyphs(canvas, (SaoyFace)f) };
            unsigned number = 0;

            if (!saoy_pdf_is_name(base, saoy_place_holders[f]))
                continue;
            number = saoy_pdf_builder_reserve(builder);
            saoy_pdf_builder_map(builder, i, number);
            set_font(&face, number);
        }
    }
}
