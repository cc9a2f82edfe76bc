#include "fonts.h"

#include "font-file.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

enum {
    RANGES_A_BLOCK = 100, /* Adobe TN 5411: entries between beginbfrange and end */
    MAX_FILE = 16 << 20,
};

static const char *const names[SAOY_FACE_N] = { "A+Tinos", "B+Tinos-Bold" };

/* What one face needs while it is made. */
typedef struct {
    SaoyPdfBuilder *builder;
    SaoyPdf *pdf;
    const char *tag;
    SaoyFace face;
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

static GBytes *
slim_file(const Face *face, const SaoyPdfValue *descriptor, GError **error)
{
    const SaoyPdfValue *stream = saoy_pdf_get(face->pdf, 0, descriptor, "FontFile2");
    g_autoptr(GBytes) file = saoy_pdf_stream(face->pdf, 0, stream, MAX_FILE, error);
    GBytes *slim = NULL;

    if (file == NULL)
        return NULL;
    slim = saoy_font_slim(saoy_view_of(file), face->glyphs);
    if (slim == NULL)
        saoy_set_error(error, SAOY_ERROR_FAILED, "libharu made no TrueType font");
    return slim;
}

static unsigned
add_descriptor(const Face *face, const SaoyPdfValue *descriptor, GError **error)
{
    static const char *const kept[] = { "Flags",   "FontBBox",  "ItalicAngle", "Ascent",
                                        "Descent", "CapHeight", "StemV" };
    g_autoptr(GString) entries = g_string_new(NULL);
    g_autoptr(GBytes) slim = slim_file(face, descriptor, error);
    g_autofree char *length = NULL;
    unsigned number = 0;

    if (slim == NULL)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const SaoyPdfValue *value = saoy_pdf_get(face->pdf, 0, descriptor, kept[i]);
        g_autofree char *text = NULL;

        if (value == NULL)
            continue;
        text = saoy_pdf_builder_import(face->builder, value);
        g_string_append_printf(entries, "/%s %s", kept[i], text);
    }
    length = g_strdup_printf("/Length1 %zu", (size_t)g_bytes_get_size(slim));
    number = saoy_pdf_builder_add_stream(face->builder, length, saoy_view_of(slim), true);
    return saoy_pdf_builder_add(face->builder,
                                "<</Type/FontDescriptor/FontName/%s%s%s/FontFile2 %u 0 R>>",
                                face->tag, names[face->face], entries->str, number);
}

static bool
replace_one(const Face *face, unsigned number, const SaoyPdfValue *font, GError **error)
{
    const SaoyPdfValue *kids = saoy_pdf_get(face->pdf, 0, font, "DescendantFonts");
    const SaoyPdfValue *kid = NULL;
    g_autofree char *w = widths(face->glyphs);
    unsigned down = 0, map = 0, unicode = 0;

    if (kids != NULL && kids->type == SAOY_PDF_ARRAY && kids->n == 1)
        kid = saoy_pdf_resolve(face->pdf, 0, &kids->items[0]);
    down = add_descriptor(face, saoy_pdf_get(face->pdf, 0, kid, "FontDescriptor"), error);
    if (down == 0)
        return false;
    map = add_glyph_map(face->builder, face->glyphs);
    unicode = add_to_unicode(face->builder, face->glyphs);
    down =
        saoy_pdf_builder_add(face->builder,
                             "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s%s/CIDSystemInfo"
                             "<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
                             "/FontDescriptor %u 0 R/DW 500/W[%s]/CIDToGIDMap %u 0 R>>",
                             face->tag, names[face->face], down, w, map);
    saoy_pdf_builder_set(face->builder, number,
                         "<</Type/Font/Subtype/Type0/BaseFont/%s%s/Encoding/Identity-H"
                         "/DescendantFonts[%u 0 R]/ToUnicode %u 0 R>>",
                         face->tag, names[face->face], down, unicode);
    return true;
}

bool
saoy_fonts_replace(SaoyPdfBuilder *builder, SaoyPdf *pdf, SaoyCanvas *canvas,
                   const char *tag, GError **error)
{
    for (int64_t i = 1; i <= saoy_pdf_max_object(pdf, 0); i++) {
        const SaoyPdfValue *font = saoy_pdf_object(pdf, 0, i, NULL);
        const SaoyPdfValue *base = saoy_pdf_get(pdf, 0, font, "BaseFont");
        Face face = { builder, pdf, tag, SAOY_FACE_REGULAR, NULL };
        unsigned number = 0;

        if (!saoy_pdf_is_name(saoy_pdf_get(pdf, 0, font, "Subtype"), "Type0") ||
            base == NULL || base->type != SAOY_PDF_NAME)
            continue;
        if (g_strstr_len((const char *)base->text.data, (gssize)base->text.size, "Bold"))
            face.face = SAOY_FACE_BOLD;
        face.glyphs = saoy_canvas_glyphs(canvas, face.face);
        number = saoy_pdf_builder_reserve(builder);
        saoy_pdf_builder_map(builder, i, number);
        if (!replace_one(&face, number, font, error))
            return false;
    }
    return true;
}
