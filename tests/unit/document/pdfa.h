#pragma once
/* The rules of PDF/A-2b (ISO 19005-2:2011) that a file of ours could break and that can be
 * seen without rendering, one row each with its clause. Read with our strict reader, which
 * by itself insists on 6.1.4 (tables) and 6.1.7.1 (/Length). */
#include "core/bytes.h"
#include "core/file.h"
#include "document/pdf.h"

#include <string.h>

typedef struct {
    GBytes *file;
    SaoyView all;
    SaoyPdf *pdf;
    size_t newest;
    const SaoyPdfValue *root;
    /* what all content streams together are like, looked at once */
    bool scanned, known, colours, glyphs;
    int deepest;
} Pdfa;

typedef bool PdfaCheck(Pdfa *p, const SaoyPdfValue *value);

static inline const SaoyPdfValue *
pdfa_get(Pdfa *p, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_get(p->pdf, p->newest, dict, key);
}

static inline bool
pdfa_is(Pdfa *p, const SaoyPdfValue *dict, const char *key, const char *name)
{
    return saoy_pdf_is_name(pdfa_get(p, dict, key), name);
}

static inline bool
pdfa_has_any(const SaoyPdfValue *dict, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (saoy_pdf_get_raw(dict, *keys) != NULL)
            return true;
    return false;
}

static inline bool
pdfa_has_dict(const SaoyPdfValue *value)
{
    return value != NULL &&
           (value->type == SAOY_PDF_DICT || value->type == SAOY_PDF_STREAM);
}

/* Whether check holds for every value there is, dictionaries' and arrays' too. */
static inline bool
pdfa_each(Pdfa *p, const SaoyPdfValue *value, PdfaCheck *check)
{
    size_t n = value->type == SAOY_PDF_ARRAY ? value->n
               : pdfa_has_dict(value)        ? 2 * value->n
                                             : 0;

    if (!check(p, value))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!pdfa_each(p, &value->items[i], check))
            return false;
    return true;
}

static inline bool
pdfa_all(Pdfa *p, PdfaCheck *check)
{
    for (int64_t i = 1; i <= saoy_pdf_max_object(p->pdf, p->newest); i++) {
        const SaoyPdfValue *value = saoy_pdf_object(p->pdf, p->newest, i, NULL);

        if (value == NULL || !pdfa_each(p, value, check))
            return false;
    }
    return true;
}

/* ---- 6.1 file structure ---- */

static inline bool
pdfa_header(Pdfa *p)
{
    return p->all.size > 20 && memcmp(p->all.data, "%PDF-1.", 7) == 0 &&
           p->all.data[7] >= '0' && p->all.data[7] <= '7' && p->all.data[8] == '\n';
}

static inline bool
pdfa_binary(Pdfa *p)
{
    for (size_t i = 10; i < 14; i++)
        if (p->all.data[i] < 128)
            return false;
    return p->all.data[9] == '%';
}

static inline bool
pdfa_end(Pdfa *p)
{
    return memcmp(p->all.data + p->all.size - 6, "%%EOF\n", 6) == 0;
}

/* "xref", one end of line, a number; "startxref" is another word. */
static inline bool
pdfa_tables(Pdfa *p)
{
    const uint8_t *at = p->all.data, *end = at + p->all.size;

    while ((at = memmem(at, (size_t)(end - at), "\nxref", 5)) != NULL) {
        at += 5;
        if (end - at < 2 || at[0] != '\n' || !g_ascii_isdigit(at[1]))
            return false;
    }
    return true;
}

static inline bool
pdfa_id(Pdfa *p)
{
    for (size_t i = 0; i <= p->newest; i++) {
        const SaoyPdfValue *id = pdfa_get(p, saoy_pdf_trailer(p->pdf, i), "ID");

        if (id == NULL || id->type != SAOY_PDF_ARRAY || id->n != 2 ||
            id->items[0].text.size == 0 || id->items[1].text.size == 0)
            return false;
    }
    return true;
}

static inline bool
pdfa_plain(Pdfa *p)
{
    return !saoy_pdf_is_encrypted(p->pdf);
}

static inline bool
pdfa_even_hex(Pdfa *p, const SaoyPdfValue *value)
{
    size_t digits = 0;

    if (value->type != SAOY_PDF_STRING || !value->is_hex)
        return true;
    for (size_t i = value->at + 1; i + 1 < value->end; i++) {
        if (g_ascii_isspace(p->all.data[i]))
            continue;
        if (!g_ascii_isxdigit(p->all.data[i]))
            return false;
        digits++;
    }
    return digits % 2 == 0;
}

static inline bool
pdfa_hex(Pdfa *p)
{
    return pdfa_all(p, pdfa_even_hex);
}

static inline bool
pdfa_stream_ends(Pdfa *p, const SaoyPdfValue *value)
{
    const uint8_t *start = value->text.data, *end = start + value->text.size;

    return value->type != SAOY_PDF_STREAM ||
           (memcmp(start - 7, "stream\n", 7) == 0 && memcmp(end, "\nendstream\n", 11) == 0);
}

static inline bool
pdfa_streams(Pdfa *p)
{
    return pdfa_all(p, pdfa_stream_ends);
}

static inline bool
pdfa_is_inside(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const outside[] = { "F", "FFilter", "FDecodeParms", NULL };

    return value->type != SAOY_PDF_STREAM || !pdfa_has_any(value, outside);
}

static inline bool
pdfa_no_files(Pdfa *p)
{
    return pdfa_all(p, pdfa_is_inside);
}

static inline bool
pdfa_filter(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *filter = NULL;

    if (value->type != SAOY_PDF_STREAM)
        return true;
    filter = pdfa_get(p, value, "Filter");
    return filter == NULL || saoy_pdf_is_name(filter, "FlateDecode") ||
           saoy_pdf_is_name(filter, "DCTDecode");
}

static inline bool
pdfa_filters(Pdfa *p)
{
    return pdfa_all(p, pdfa_filter);
}

static inline bool
pdfa_name(Pdfa *p, const SaoyPdfValue *value)
{
    return value->type != SAOY_PDF_NAME ||
           g_utf8_validate((const char *)value->text.data, (gssize)value->text.size, NULL);
}

static inline bool
pdfa_names(Pdfa *p)
{
    return pdfa_all(p, pdfa_name);
}

/* "\n12 0 obj\n" … "\nendobj\n" */
static inline bool
pdfa_objects(Pdfa *p)
{
    g_autoptr(GArray) places = saoy_pdf_places(p->pdf);

    for (guint i = 0; i < places->len; i++) {
        size_t at = g_array_index(places, size_t, i), left = p->all.size - at;
        const char *text = (const char *)p->all.data + at;
        size_t digits = strspn(text, "0123456789");
        const char *last = memmem(text, left, "endobj", 6);

        if (text[-1] != '\n' || memcmp(text + digits, " 0 obj\n", 7) != 0 || last == NULL ||
            last[-1] != '\n' || last[6] != '\n')
            return false;
    }
    return true;
}

static inline bool
pdfa_perms(Pdfa *p)
{
    const SaoyPdfValue *perms = pdfa_get(p, p->root, "Perms");

    return perms == NULL || (perms->n == 1 && saoy_pdf_get_raw(perms, "DocMDP") != NULL);
}

static inline bool
pdfa_reference(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const digests[] = { "DigestLocation", "DigestMethod", "DigestValue",
                                           NULL };

    return !pdfa_has_dict(value) || !pdfa_is(p, value, "Type", "SigRef") ||
           !pdfa_has_any(value, digests);
}

static inline bool
pdfa_references(Pdfa *p)
{
    return pdfa_all(p, pdfa_reference);
}

static inline bool
pdfa_limit(Pdfa *p, const SaoyPdfValue *value)
{
    switch (value->type) {
    case SAOY_PDF_INT:
        return value->number >= INT32_MIN && value->number <= INT32_MAX;
    case SAOY_PDF_REAL:
        return value->real > -3.403e38 && value->real < 3.403e38;
    case SAOY_PDF_STRING:
        return value->text.size <= 32767;
    case SAOY_PDF_NAME:
        return value->text.size <= 127;
    default:
        return true;
    }
}

static inline bool
pdfa_limits(Pdfa *p)
{
    return saoy_pdf_max_object(p->pdf, p->newest) <= 8388607 && pdfa_all(p, pdfa_limit);
}

static inline double
pdfa_number(const SaoyPdfValue *value)
{
    return value->type == SAOY_PDF_INT ? (double)value->number : value->real;
}

static inline bool
pdfa_sizes(Pdfa *p)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(p->pdf, NULL);

    for (guint i = 0; pages != NULL && i < pages->len; i++) {
        const SaoyPdfValue *box = pdfa_get(p, pages->pdata[i], "MediaBox");

        for (size_t k = 0; k < 2; k++) {
            double side = pdfa_number(&box->items[k + 2]) - pdfa_number(&box->items[k]);

            if (side < 3 || side > 14400)
                return false;
        }
    }
    return pages != NULL && pages->len > 0;
}

/* ---- content streams: 6.1.13, 6.2.2, 6.2.4.3, 6.2.6, 6.2.11.8 ---- */

typedef struct {
    Pdfa *p;
    const SaoyPdfValue *resources;
    GBytes *map; /* CIDToGIDMap of the font last chosen */
    char name[32], string[4096];
    int depth;
} PdfaContent;

static inline void
pdfa_choose_font(PdfaContent *c)
{
    const SaoyPdfValue *fonts = pdfa_get(c->p, c->resources, "Font");
    const SaoyPdfValue *font = pdfa_get(c->p, fonts, c->name);
    const SaoyPdfValue *down = pdfa_get(c->p, font, "DescendantFonts");
    const SaoyPdfValue *map = NULL;

    g_clear_pointer(&c->map, g_bytes_unref);
    if (down == NULL || down->type != SAOY_PDF_ARRAY || down->n != 1)
        return;
    down = saoy_pdf_resolve(c->p->pdf, c->p->newest, &down->items[0]);
    map = pdfa_get(c->p, down, "CIDToGIDMap");
    if (map != NULL && map->type == SAOY_PDF_STREAM)
        c->map = saoy_pdf_stream(c->p->pdf, c->p->newest, map, 1 << 20, NULL);
}

/* No code of the string may lead to glyph 0. */
static inline bool
pdfa_shows_glyphs(const PdfaContent *c)
{
    gsize size = 0;
    const uint8_t *map = c->map != NULL ? g_bytes_get_data(c->map, &size) : NULL;
    size_t digits = strlen(c->string);

    for (size_t i = 0; i + 4 <= digits; i += 4) {
        g_autofree char *code = g_strndup(c->string + i, 4);
        size_t at = 2 * (size_t)g_ascii_strtoull(code, NULL, 16);

        if (at + 2 > size || (map[at] == 0 && map[at + 1] == 0))
            return false;
    }
    return digits % 4 == 0;
}

static inline void
pdfa_operator(PdfaContent *c, const char *word)
{
    /* ISO 32000-1, Annex A */
    static const char all[] =
        " b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h "
        "i ID j J K k l m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ "
        "TL Tm Tr Ts Tw Tz v w W W* y ' \" ";
    /* of these colour spaces, DeviceRGB and DeviceGray alone have their output intent */
    static const char not_ours[] = " K k CS cs SC sc SCN scn sh ri BI ID EI ";
    g_autofree char *spaced = g_strdup_printf(" %s ", word);

    c->p->known = c->p->known && strstr(all, spaced) != NULL;
    c->p->colours = c->p->colours && strstr(not_ours, spaced) == NULL;
    c->depth += g_str_equal(word, "q") - g_str_equal(word, "Q");
    c->p->deepest = MAX(c->p->deepest, c->depth);
    if (g_str_equal(word, "Tf"))
        pdfa_choose_font(c);
    if (g_str_equal(word, "Tj"))
        c->p->glyphs = c->p->glyphs && pdfa_shows_glyphs(c);
}

/* What libharu and we write: no comments, no inline pictures, strings in hex. */
static inline void
pdfa_scan(PdfaContent *c, const char *at)
{
    while (*(at += strspn(at, " \r\n\t[]>")) != '\0') {
        size_t n = 0;
        g_autofree char *word = NULL;

        if (*at == '<' && at[1] != '<') {
            n = strcspn(at, ">");
            g_strlcpy(c->string, at + 1, MIN(n, sizeof c->string));
            at += n;
            continue;
        }
        if (*at == '<') {
            at += 2;
            continue;
        }
        n = *at == '/' ? 1 + strcspn(at + 1, " \r\n\t[]<>/") : strcspn(at, " \r\n\t[]<>/");
        word = g_strndup(at, n);
        at += n;
        if (*word == '/')
            g_strlcpy(c->name, word + 1, sizeof c->name);
        else if (strspn(word, "+-.0123456789") != n && !g_str_equal(word, "true"))
            pdfa_operator(c, word);
    }
}

static inline bool
pdfa_scan_stream(PdfaContent *c, const SaoyPdfValue *stream, const SaoyPdfValue *resources)
{
    g_autoptr(GBytes) bytes = NULL;

    if (stream == NULL || stream->type != SAOY_PDF_STREAM)
        return false;
    bytes = saoy_pdf_stream(c->p->pdf, c->p->newest, stream, 64 << 20, NULL);
    if (bytes == NULL)
        return false;
    SaoyView view = saoy_view_of(bytes);
    g_autofree char *text = g_strndup((const char *)view.data, view.size);
    c->resources = resources;
    c->depth = 0;
    pdfa_scan(c, text);
    g_clear_pointer(&c->map, g_bytes_unref);
    return true;
}

/* All pages' and all forms' content. known: also that each has resources of its own. */
static inline Pdfa *
pdfa_content(Pdfa *p)
{
    PdfaContent c = { .p = p };
    g_autoptr(GPtrArray) pages = NULL;

    if (p->scanned)
        return p;
    p->scanned = p->known = p->colours = p->glyphs = true;
    pages = saoy_pdf_page_list(p->pdf, NULL);
    for (guint i = 0; pages != NULL && i < pages->len; i++) {
        const SaoyPdfValue *page = pages->pdata[i];
        const SaoyPdfValue *resources = saoy_pdf_get_raw(page, "Resources");

        if (resources == NULL ||
            !pdfa_scan_stream(&c, pdfa_get(p, page, "Contents"), resources))
            p->known = false;
    }
    for (int64_t i = 1; i <= saoy_pdf_max_object(p->pdf, p->newest); i++) {
        const SaoyPdfValue *form = saoy_pdf_object(p->pdf, p->newest, i, NULL);

        if (form != NULL && form->type == SAOY_PDF_STREAM &&
            pdfa_is(p, form, "Subtype", "Form") &&
            !pdfa_scan_stream(&c, form, pdfa_get(p, form, "Resources")))
            p->known = false;
    }
    return p;
}

static inline bool
pdfa_operators(Pdfa *p)
{
    return pdfa_content(p)->known;
}

static inline bool
pdfa_nesting(Pdfa *p)
{
    return pdfa_content(p)->deepest <= 28;
}

static inline bool
pdfa_colours(Pdfa *p)
{
    return pdfa_content(p)->colours;
}

static inline bool
pdfa_notdef(Pdfa *p)
{
    return pdfa_content(p)->glyphs;
}

/* ---- 6.2 graphics ---- */

/* The profile's class, space and version (ICC.1: bytes 12, 16, 8). */
static inline bool
pdfa_intent(Pdfa *p)
{
    const SaoyPdfValue *intents = pdfa_get(p, p->root, "OutputIntents"), *intent = NULL;
    g_autoptr(GBytes) profile = NULL;
    gsize size = 0;

    if (intents == NULL || intents->type != SAOY_PDF_ARRAY || intents->n != 1)
        return false;
    intent = saoy_pdf_resolve(p->pdf, p->newest, &intents->items[0]);
    if (!pdfa_is(p, intent, "S", "GTS_PDFA1") ||
        saoy_pdf_get_raw(intent, "DestOutputProfileRef") != NULL ||
        pdfa_get(p, intent, "DestOutputProfile") == NULL)
        return false;
    profile = saoy_pdf_stream(p->pdf, p->newest, pdfa_get(p, intent, "DestOutputProfile"),
                              1 << 20, NULL);
    const uint8_t *bytes = profile != NULL ? g_bytes_get_data(profile, &size) : NULL;
    return size >= 128 && memcmp(bytes + 12, "mntrRGB ", 8) == 0 && bytes[8] < 5 &&
           memcmp(bytes + 36, "acsp", 4) == 0;
}

static inline bool
pdfa_space(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *space = NULL;

    if (!pdfa_has_dict(value))
        return true;
    space =
        pdfa_get(p, value, pdfa_is(p, value, "S", "Transparency") ? "CS" : "ColorSpace");
    return space == NULL || saoy_pdf_is_name(space, "DeviceRGB") ||
           saoy_pdf_is_name(space, "DeviceGray") || space->type == SAOY_PDF_DICT;
}

static inline bool
pdfa_spaces(Pdfa *p)
{
    return pdfa_all(p, pdfa_space);
}

static inline bool
pdfa_state(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "TR", "TR2", "HTP", "HT", "HalftoneName", NULL };

    return !pdfa_has_dict(value) || !pdfa_has_any(value, keys);
}

static inline bool
pdfa_states(Pdfa *p)
{
    return pdfa_all(p, pdfa_state);
}

static inline bool
pdfa_image(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "Alternates", "OPI", "Interpolate", "Intent",
                                        NULL };

    return !pdfa_has_dict(value) || !pdfa_is(p, value, "Subtype", "Image") ||
           !pdfa_has_any(value, keys);
}

static inline bool
pdfa_images(Pdfa *p)
{
    return pdfa_all(p, pdfa_image);
}

static inline bool
pdfa_form(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "OPI", "PS", "Subtype2", "Ref", NULL };

    return !pdfa_has_dict(value) ||
           !(pdfa_is(p, value, "Subtype", "PS") || pdfa_has_any(value, keys));
}

static inline bool
pdfa_forms(Pdfa *p)
{
    return pdfa_all(p, pdfa_form);
}

static inline bool
pdfa_blend(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_has_dict(value) || saoy_pdf_get_raw(value, "BM") == NULL ||
           pdfa_is(p, value, "BM", "Normal") || pdfa_is(p, value, "BM", "Multiply");
}

static inline bool
pdfa_blends(Pdfa *p)
{
    return pdfa_all(p, pdfa_blend);
}

/* ---- 6.2.11 fonts ---- */

static inline bool
pdfa_font_type(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_has_dict(value) || !pdfa_is(p, value, "Type", "Font") ||
           ((pdfa_is(p, value, "Subtype", "Type0") ||
             pdfa_is(p, value, "Subtype", "CIDFontType2")) &&
            pdfa_get(p, value, "BaseFont") != NULL);
}

static inline bool
pdfa_font_types(Pdfa *p)
{
    return pdfa_all(p, pdfa_font_type);
}

static inline bool
pdfa_is_cid_font(Pdfa *p, const SaoyPdfValue *value)
{
    return pdfa_has_dict(value) && pdfa_is(p, value, "Subtype", "CIDFontType2");
}

static inline bool
pdfa_cid_map(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *map = pdfa_get(p, value, "CIDToGIDMap");

    return !pdfa_is_cid_font(p, value) || (map != NULL && map->type == SAOY_PDF_STREAM);
}

static inline bool
pdfa_cid_maps(Pdfa *p)
{
    return pdfa_all(p, pdfa_cid_map);
}

static inline bool
pdfa_cmap(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_has_dict(value) || !pdfa_is(p, value, "Subtype", "Type0") ||
           pdfa_is(p, value, "Encoding", "Identity-H");
}

static inline bool
pdfa_cmaps(Pdfa *p)
{
    return pdfa_all(p, pdfa_cmap);
}

static inline GBytes *
pdfa_font_file(Pdfa *p, const SaoyPdfValue *font)
{
    const SaoyPdfValue *descriptor = pdfa_get(p, font, "FontDescriptor");
    const SaoyPdfValue *file = pdfa_get(p, descriptor, "FontFile2");

    return file != NULL ? saoy_pdf_stream(p->pdf, p->newest, file, 4 << 20, NULL) : NULL;
}

static inline bool
pdfa_embedded(Pdfa *p, const SaoyPdfValue *value)
{
    g_autoptr(GBytes) file = pdfa_is_cid_font(p, value) ? pdfa_font_file(p, value) : NULL;

    return !pdfa_is_cid_font(p, value) || file != NULL;
}

static inline bool
pdfa_embeddings(Pdfa *p)
{
    return pdfa_all(p, pdfa_embedded);
}

/* A CIDSet would have to name every glyph of the subset: we write none. */
static inline bool
pdfa_no_set(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_has_dict(value) || saoy_pdf_get_raw(value, "CIDSet") == NULL;
}

static inline bool
pdfa_sets(Pdfa *p)
{
    return pdfa_all(p, pdfa_no_set);
}

static inline unsigned
pdfa_16(GBytes *bytes, size_t at)
{
    const uint8_t *data = g_bytes_get_data(bytes, NULL);

    return at + 2 <= g_bytes_get_size(bytes) ? (unsigned)data[at] << 8 | data[at + 1] : 0;
}

static inline size_t
pdfa_table(GBytes *font, const char *tag)
{
    const char *data = g_bytes_get_data(font, NULL);

    for (unsigned i = 0; i < pdfa_16(font, 4); i++)
        if (memcmp(data + 12 + 16 * i, tag, 4) == 0)
            return (size_t)pdfa_16(font, 12 + 16 * i + 8) << 16 |
                   pdfa_16(font, 12 + 16 * i + 10);
    return g_bytes_get_size(font);
}

static inline bool
pdfa_width(GBytes *file, GBytes *map, int64_t code, int64_t width)
{
    int64_t units = MAX(pdfa_16(file, pdfa_table(file, "head") + 18), 1);
    size_t glyph = pdfa_16(map, 2 * (size_t)code);
    int64_t have = pdfa_16(file, pdfa_table(file, "hmtx") + 4 * glyph);

    return ABS(have * 1000 / units - width) <= 1;
}

static inline bool
pdfa_metric(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *w = pdfa_get(p, value, "W"), *map = NULL;
    g_autoptr(GBytes) file = NULL, glyphs = NULL;

    if (!pdfa_is_cid_font(p, value))
        return true;
    map = pdfa_get(p, value, "CIDToGIDMap");
    file = pdfa_font_file(p, value);
    glyphs = saoy_pdf_stream(p->pdf, p->newest, map, 1 << 20, NULL);
    if (file == NULL || glyphs == NULL || w == NULL || w->type != SAOY_PDF_ARRAY)
        return false;
    for (size_t i = 0; i + 1 < w->n; i += 2)
        for (size_t k = 0; k < w->items[i + 1].n; k++)
            if (!pdfa_width(file, glyphs, w->items[i].number + (int64_t)k,
                            w->items[i + 1].items[k].number))
                return false;
    return true;
}

static inline bool
pdfa_metrics(Pdfa *p)
{
    return pdfa_all(p, pdfa_metric);
}

/* ---- 6.3 annotations, 6.4 forms, 6.5 actions ---- */

static inline bool
pdfa_is_annotation(Pdfa *p, const SaoyPdfValue *value)
{
    return pdfa_has_dict(value) && pdfa_is(p, value, "Type", "Annot");
}

static inline bool
pdfa_annotation(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_is_annotation(p, value) || pdfa_is(p, value, "Subtype", "Widget");
}

static inline bool
pdfa_annotations(Pdfa *p)
{
    return pdfa_all(p, pdfa_annotation);
}

/* printed; not invisible, hidden, unviewed, toggled */
static inline bool
pdfa_flag(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *f = pdfa_get(p, value, "F");

    return !pdfa_is_annotation(p, value) || (f != NULL && (f->number & 0x127) == 4);
}

static inline bool
pdfa_flags(Pdfa *p)
{
    return pdfa_all(p, pdfa_flag);
}

static inline bool
pdfa_look(Pdfa *p, const SaoyPdfValue *value)
{
    const SaoyPdfValue *looks = NULL, *rect = NULL, *normal = NULL;

    if (!pdfa_is_annotation(p, value))
        return true;
    looks = pdfa_get(p, value, "AP");
    rect = pdfa_get(p, value, "Rect");
    if (looks == NULL)
        return rect != NULL && rect->n == 4 &&
               pdfa_number(&rect->items[0]) == pdfa_number(&rect->items[2]) &&
               pdfa_number(&rect->items[1]) == pdfa_number(&rect->items[3]);
    normal = pdfa_get(p, looks, "N");
    return looks->n == 1 && normal != NULL && normal->type == SAOY_PDF_STREAM;
}

static inline bool
pdfa_looks(Pdfa *p)
{
    return pdfa_all(p, pdfa_look);
}

static inline bool
pdfa_field(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "A", "AA", NULL };

    return !pdfa_has_dict(value) || saoy_pdf_get_raw(value, "FT") == NULL ||
           !pdfa_has_any(value, keys);
}

static inline bool
pdfa_fields(Pdfa *p)
{
    const SaoyPdfValue *form = pdfa_get(p, p->root, "AcroForm");

    return (form == NULL || saoy_pdf_get_raw(form, "NeedAppearances") == NULL) &&
           pdfa_all(p, pdfa_field);
}

static inline bool
pdfa_no_xfa(Pdfa *p)
{
    const SaoyPdfValue *form = pdfa_get(p, p->root, "AcroForm");

    return (form == NULL || saoy_pdf_get_raw(form, "XFA") == NULL) &&
           saoy_pdf_get_raw(p->root, "NeedsRendering") == NULL;
}

/* We write no action at all, not even those that are allowed: bookmarks have a /Dest. */
static inline bool
pdfa_action(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "OpenAction", "JS", "JavaScript", "A", NULL };

    return !pdfa_has_dict(value) || !pdfa_has_any(value, keys);
}

static inline bool
pdfa_actions(Pdfa *p)
{
    return pdfa_all(p, pdfa_action);
}

static inline bool
pdfa_trigger(Pdfa *p, const SaoyPdfValue *value)
{
    return !pdfa_has_dict(value) || saoy_pdf_get_raw(value, "AA") == NULL;
}

static inline bool
pdfa_triggers(Pdfa *p)
{
    return pdfa_all(p, pdfa_trigger);
}

/* ---- 6.6 metadata ---- */

static inline const SaoyPdfValue *
pdfa_metadata(Pdfa *p)
{
    const SaoyPdfValue *data = pdfa_get(p, p->root, "Metadata");

    return data != NULL && data->type == SAOY_PDF_STREAM ? data : NULL;
}

static inline char *
pdfa_packet(Pdfa *p)
{
    const SaoyPdfValue *data = pdfa_metadata(p);

    return data != NULL ? g_strndup((const char *)data->text.data, data->text.size)
                        : g_strdup("");
}

static inline bool
pdfa_has_packet(Pdfa *p)
{
    const SaoyPdfValue *data = pdfa_metadata(p);
    g_autofree char *packet = pdfa_packet(p);

    return data != NULL && saoy_pdf_get_raw(data, "Filter") == NULL &&
           pdfa_is(p, data, "Type", "Metadata") && pdfa_is(p, data, "Subtype", "XML") &&
           g_str_has_prefix(packet, "<?xpacket begin=\"\xef\xbb\xbf\"") &&
           g_str_has_suffix(packet, "<?xpacket end=\"r\"?>") &&
           g_utf8_validate(packet, -1, NULL);
}

/* Each property of ours in use is described. */
static inline bool
pdfa_schema(Pdfa *p)
{
    g_autofree char *packet = pdfa_packet(p);

    for (const char *at = packet; (at = strstr(at, "<saoy:")) != NULL;) {
        size_t n = strcspn(at += 6, ">");
        g_autofree char *told = g_strdup_printf("<pdfaProperty:name>%.*s<", (int)n, at);

        if (strstr(packet, told) == NULL)
            return false;
    }
    return strstr(packet, "<pdfaSchema:namespaceURI>urn:saoy:copy:1#<") != NULL;
}

static inline bool
pdfa_identified(Pdfa *p)
{
    g_autofree char *packet = pdfa_packet(p);

    return strstr(packet, "<pdfaid:part>2</pdfaid:part>") != NULL &&
           strstr(packet, "<pdfaid:conformance>B</pdfaid:conformance>") != NULL;
}

/* "D:20251110140533+07'00'" and "2025-11-10T14:05:33+07:00" */
static inline bool
pdfa_same_time(Pdfa *p, const char *key, const char *packet, const char *tag)
{
    const SaoyPdfValue *info = pdfa_get(p, saoy_pdf_trailer(p->pdf, p->newest), "Info");
    const SaoyPdfValue *date = pdfa_get(p, info, key);
    const char *at = strstr(packet, tag);
    size_t k = 2;

    if (date == NULL || at == NULL)
        return false;
    for (at += strlen(tag); *at != '<' && k < date->text.size; at++) {
        if (!g_ascii_isdigit(*at))
            continue;
        k += date->text.data[k] == '+' || date->text.data[k] == '\'';
        if (date->text.data[k++] != (uint8_t)*at)
            return false;
    }
    return k + 1 >= date->text.size;
}

static inline bool
pdfa_in_step(Pdfa *p)
{
    g_autofree char *packet = pdfa_packet(p);

    return pdfa_same_time(p, "CreationDate", packet, "<xmp:CreateDate>") &&
           pdfa_same_time(p, "ModDate", packet, "<xmp:ModifyDate>");
}

/* ---- 6.8 to 6.11 ---- */

static inline bool
pdfa_no_attachments(Pdfa *p)
{
    const SaoyPdfValue *names = pdfa_get(p, p->root, "Names");

    return names == NULL || saoy_pdf_get_raw(names, "EmbeddedFiles") == NULL;
}

static inline bool
pdfa_no_layers(Pdfa *p)
{
    return saoy_pdf_get_raw(p->root, "OCProperties") == NULL;
}

static inline bool
pdfa_turn(Pdfa *p, const SaoyPdfValue *value)
{
    static const char *const keys[] = { "AlternatePresentations", "PresSteps", NULL };

    return !pdfa_has_dict(value) || !pdfa_has_any(value, keys);
}

static inline bool
pdfa_turns(Pdfa *p)
{
    return pdfa_all(p, pdfa_turn);
}

static inline bool
pdfa_no_demands(Pdfa *p)
{
    return saoy_pdf_get_raw(p->root, "Requirements") == NULL;
}

/* ---- the table ---- */

typedef struct {
    const char *clause;
    bool raw; /* sees bytes, not objects: before the file is opened */
    bool (*holds)(Pdfa *p);
} PdfaRule;

/* clang-format off */
static const PdfaRule pdfa_rules[] = {
    { "6.1.2 header", true, pdfa_header },
    { "6.1.2 binary", true, pdfa_binary },
    { "6.1.3 end", true, pdfa_end },
    { "6.1.4 tables", true, pdfa_tables },
    { "6.1.3 id", false, pdfa_id },
    { "6.1.3 encryption", false, pdfa_plain },
    { "6.1.6 hex", false, pdfa_hex },
    { "6.1.7.1 stream", false, pdfa_streams },
    { "6.1.7.1 outside", false, pdfa_no_files },
    { "6.1.7.2 filters", false, pdfa_filters },
    { "6.1.8 names", false, pdfa_names },
    { "6.1.9 objects", false, pdfa_objects },
    { "6.1.12 permissions", false, pdfa_perms },
    { "6.1.12 references", false, pdfa_references },
    { "6.1.13 limits", false, pdfa_limits },
    { "6.1.13 pages", false, pdfa_sizes },
    { "6.1.13 nesting", false, pdfa_nesting },
    { "6.2.2 operators", false, pdfa_operators },
    { "6.2.3 intent", false, pdfa_intent },
    { "6.2.4.3 content", false, pdfa_colours },
    { "6.2.4.3 spaces", false, pdfa_spaces },
    { "6.2.5 states", false, pdfa_states },
    { "6.2.8 images", false, pdfa_images },
    { "6.2.9 forms", false, pdfa_forms },
    { "6.2.10 blending", false, pdfa_blends },
    { "6.2.11.2 types", false, pdfa_font_types },
    { "6.2.11.3.2 map", false, pdfa_cid_maps },
    { "6.2.11.3.3 encoding", false, pdfa_cmaps },
    { "6.2.11.4.1 embedded", false, pdfa_embeddings },
    { "6.2.11.4.2 subset", false, pdfa_sets },
    { "6.2.11.5 widths", false, pdfa_metrics },
    { "6.2.11.8 notdef", false, pdfa_notdef },
    { "6.3.1 kinds", false, pdfa_annotations },
    { "6.3.2 flags", false, pdfa_flags },
    { "6.3.3 looks", false, pdfa_looks },
    { "6.4.1 fields", false, pdfa_fields },
    { "6.4.2 XFA", false, pdfa_no_xfa },
    { "6.5.1 actions", false, pdfa_actions },
    { "6.5.2 triggers", false, pdfa_triggers },
    { "6.6.2.1 packet", false, pdfa_has_packet },
    { "6.6.2.3 schema", false, pdfa_schema },
    { "6.6.4 identified", false, pdfa_identified },
    { "ours: dates", false, pdfa_in_step },
    { "6.8 attachments", false, pdfa_no_attachments },
    { "6.9 layers", false, pdfa_no_layers },
    { "6.10 presentations", false, pdfa_turns },
    { "6.11 requirements", false, pdfa_no_demands },
};
/* clang-format on */

/* The first rule that the file breaks; NULL: none. */
static inline const char *
pdfa_broken(GBytes *file)
{
    Pdfa p = { .file = file, .all = saoy_view_of(file) };
    g_autoptr(SaoyPdf) pdf = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(pdfa_rules); i++) {
        if (!pdfa_rules[i].raw && pdf == NULL) {
            pdf = p.pdf = saoy_pdf_open(file, NULL);
            if (pdf == NULL)
                return "unreadable";
            p.newest = saoy_pdf_revisions(pdf) - 1;
            p.root = pdfa_get(&p, saoy_pdf_trailer(pdf, p.newest), "Root");
        }
        if (!pdfa_rules[i].holds(&p))
            return pdfa_rules[i].clause;
    }
    return NULL;
}
