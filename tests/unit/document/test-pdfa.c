#include "fixture.h"

#include "document/pdf.h"

/* The rules of PDF/A-2b (ISO 19005-2) that can be seen in a file of ours without a
 * validator; each test names its clause. */
typedef struct {
    CopyFixture copy;
    GBytes *file;
    SaoyPdf *pdf;
    size_t newest;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    fixture_open(&fix->copy, true);
    fix->file = saoy_compose(&fix->copy.copy, &error);
    g_assert_no_error(error);
    fix->pdf = saoy_pdf_open(fix->file, &error);
    g_assert_no_error(error);
    fix->newest = saoy_pdf_revisions(fix->pdf) - 1;
}

static void
tear_down(Fixture *fix, const void *data)
{
    saoy_pdf_close(fix->pdf);
    g_bytes_unref(fix->file);
    fixture_close(&fix->copy);
}

static const SaoyPdfValue *
get(Fixture *fix, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_get(fix->pdf, fix->newest, dict, key);
}

static const SaoyPdfValue *
catalog(Fixture *fix)
{
    return get(fix, saoy_pdf_trailer(fix->pdf, fix->newest), "Root");
}

/* 6.1.2, 6.1.3 */
static void
test_header_and_trailer(Fixture *fix, const void *data)
{
    SaoyView all = saoy_view_of(fix->file);
    const SaoyPdfValue *id = get(fix, saoy_pdf_trailer(fix->pdf, fix->newest), "ID");

    g_assert_cmpmem(all.data, 10, "%PDF-1.7\n%", 10);
    for (size_t i = 10; i < 14; i++)
        g_assert_cmpuint(all.data[i], >, 127);
    g_assert_cmpmem(all.data + all.size - 6, 6, "%%EOF\n", 6);
    g_assert_cmpuint(id->n, ==, 2);
    g_assert_cmpuint(id->items[0].text.size, ==, 16);
    g_assert_false(saoy_pdf_is_encrypted(fix->pdf));
}

static bool
names_one_of(const SaoyPdfValue *key, const char *const *names)
{
    for (; *names != NULL; names++)
        if (saoy_pdf_is_name(key, *names))
            return true;
    return false;
}

/* 6.1.7 filters and outside files, 6.1.12 and 6.5 actions, 6.2.5 transfer functions, 6.2.8
 * interpolation, 6.9 attachments: none of these keys stands anywhere. */
static void
test_nothing_forbidden_stands_in_any_object(Fixture *fix, const void *data)
{
    static const char *const forbidden[] = {
        "FFilter",
        "FDecodeParms",
        "AA",
        "OpenAction",
        "JS",
        "JavaScript",
        "EmbeddedFiles",
        "TR",
        "TR2",
        "HTP",
        "OPI",
        "Alternates",
        "Interpolate",
        "XFA",
        "NeedAppearances",
        "Encrypt",
        "PS",
        "Ref",
        "Requirements",
        "AlternatePresentations",
        NULL,
    };
    unsigned streams = 0;

    for (int64_t i = 1; i <= saoy_pdf_max_object(fix->pdf, fix->newest); i++) {
        g_autoptr(GError) error = NULL;
        const SaoyPdfValue *value = saoy_pdf_object(fix->pdf, fix->newest, i, &error);

        g_assert_no_error(error);
        g_assert_cmpint(value->type, !=, SAOY_PDF_NULL); /* no unused numbers */
        if (value->type == SAOY_PDF_STREAM) {
            g_autoptr(GBytes) bytes =
                saoy_pdf_stream(fix->pdf, fix->newest, value, 64 << 20, &error);

            g_assert_no_error(error);
            g_assert_nonnull(bytes);
            streams++;
        }
        if (value->type != SAOY_PDF_STREAM && value->type != SAOY_PDF_DICT)
            continue;
        for (size_t k = 0; k < value->n; k++)
            g_assert_false(names_one_of(&value->items[2 * k], forbidden));
    }
    g_assert_cmpuint(streams, >, 8);
}

/* 6.2.3: the output intent's profile, and that it is the one the templates pin. */
static void
test_one_output_intent_with_our_profile(Fixture *fix, const void *data)
{
    const SaoyPdfValue *intents = get(fix, catalog(fix), "OutputIntents");
    const SaoyPdfValue *intent =
        saoy_pdf_resolve(fix->pdf, fix->newest, &intents->items[0]);
    g_autoptr(GBytes) profile = saoy_pdf_stream(
        fix->pdf, fix->newest, get(fix, intent, "DestOutputProfile"), 1 << 20, NULL);
    const char *bytes = g_bytes_get_data(profile, NULL);

    g_assert_cmpuint(intents->n, ==, 1);
    g_assert_true(saoy_pdf_is_name(get(fix, intent, "S"), "GTS_PDFA1"));
    g_assert_cmpmem(bytes + 12, 8, "mntrRGB ", 8);
    g_assert_cmpmem(bytes + 36, 4, "acsp", 4);
}

/* 6.6.2.1: the packet is not compressed; 6.6.4: it says 2B; 6.6.3: it agrees with Info; the
 * extension schema of 6.6.2.3.3 names each of our own properties. */
static void
test_metadata_in_plain_and_in_step_with_info(Fixture *fix, const void *data)
{
    static const char *const said[] = {
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "<xmp:CreateDate>2025-11-10T14:05:33+07:00</xmp:CreateDate>",
        "<xmp:ModifyDate>2025-11-10T14:05:33+07:00</xmp:ModifyDate>",
        "<pdf:Producer>Sao Y</pdf:Producer>",
        "BẢN SAO SỐ – Bằng tốt nghiệp",
        "<pdfaProperty:name>seal</pdfaProperty:name>",
        "<pdfaProperty:name>copyId</pdfaProperty:name>",
    };
    const SaoyPdfValue *metadata = get(fix, catalog(fix), "Metadata");
    const SaoyPdfValue *info = get(fix, saoy_pdf_trailer(fix->pdf, fix->newest), "Info");
    g_autofree char *packet =
        g_strndup((const char *)metadata->text.data, metadata->text.size);
    const SaoyPdfValue *created = get(fix, info, "CreationDate");

    g_assert_null(saoy_pdf_get_raw(metadata, "Filter"));
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        g_assert_nonnull(strstr(packet, said[i]));
    g_assert_cmpmem(created->text.data, created->text.size, "D:20251110140533+07'00'", 23);
    g_assert_cmpmem(get(fix, info, "Title")->text.data, 4, "\xfe\xff\0B", 4);
}

static unsigned
get_16(GBytes *bytes, size_t at)
{
    const uint8_t *data = g_bytes_get_data(bytes, NULL);

    return at + 2 <= g_bytes_get_size(bytes) ? (unsigned)data[at] << 8 | data[at + 1] : 0;
}

static size_t
table_at(GBytes *font, const char *tag)
{
    const char *data = g_bytes_get_data(font, NULL);

    for (unsigned i = 0; i < get_16(font, 4); i++)
        if (memcmp(data + 12 + 16 * i, tag, 4) == 0)
            return (size_t)get_16(font, 12 + 16 * i + 8) << 16 |
                   get_16(font, 12 + 16 * i + 10);
    g_assert_not_reached();
}

static void
check_width(GBytes *file, GBytes *map, unsigned code, int64_t width)
{
    size_t units = get_16(file, table_at(file, "head") + 18);
    unsigned glyph = get_16(map, 2 * (size_t)code);
    int64_t have = (int64_t)get_16(file, table_at(file, "hmtx") + 4 * (size_t)glyph);

    g_assert_cmpuint(glyph, !=, 0); /* 6.2.11.8: nothing is shown as .notdef */
    g_assert_cmpint(ABS(have * 1000 / (int64_t)units - width), <=, 1); /* 6.2.11.5 */
}

static void
check_font(Fixture *fix, const SaoyPdfValue *font)
{
    const SaoyPdfValue *descriptor = get(fix, font, "FontDescriptor");
    const SaoyPdfValue *w = get(fix, font, "W");
    g_autoptr(GBytes) file = saoy_pdf_stream(
        fix->pdf, fix->newest, get(fix, descriptor, "FontFile2"), 1 << 20, NULL);
    g_autoptr(GBytes) map = saoy_pdf_stream(fix->pdf, fix->newest,
                                            get(fix, font, "CIDToGIDMap"), 1 << 20, NULL);

    g_assert_nonnull(file); /* 6.2.11.4.1 */
    g_assert_nonnull(map);  /* 6.2.11.3.2 */
    g_assert_cmpuint(w->n, >, 10);
    for (size_t i = 0; i + 1 < w->n; i += 2)
        for (size_t k = 0; k < w->items[i + 1].n; k++)
            check_width(file, map, (unsigned)(w->items[i].number + (int64_t)k),
                        w->items[i + 1].items[k].number);
}

static void
test_fonts_agree_with_their_files(Fixture *fix, const void *data)
{
    unsigned fonts = 0;

    for (int64_t i = 1; i <= saoy_pdf_max_object(fix->pdf, fix->newest); i++) {
        const SaoyPdfValue *value = saoy_pdf_object(fix->pdf, fix->newest, i, NULL);

        if (!saoy_pdf_is_name(get(fix, value, "Subtype"), "CIDFontType2"))
            continue;
        check_font(fix, value);
        fonts++;
    }
    g_assert_cmpuint(fonts, ==, 2);
}

/* 6.3.2: printed, not hidden; 6.3.3: an appearance with /N and nothing else; 6.4.1: fields.
 */
static void
test_widgets_are_drawn_and_printed(Fixture *fix, const void *data)
{
    const SaoyPdfValue *form = get(fix, catalog(fix), "AcroForm");
    const SaoyPdfValue *fields = get(fix, form, "Fields");

    g_assert_cmpuint(fields->n, ==, 2);
    for (size_t i = 0; i < fields->n; i++) {
        const SaoyPdfValue *field =
            saoy_pdf_resolve(fix->pdf, fix->newest, &fields->items[i]);
        const SaoyPdfValue *looks = get(fix, field, "AP"), *name = get(fix, field, "T");

        g_assert_cmpint(get(fix, field, "F")->number & 0x67, ==, 4);
        g_assert_cmpuint(looks->n, ==, 1);
        g_assert_cmpint(get(fix, looks, "N")->type, ==, SAOY_PDF_STREAM);
        g_assert_null(
            memchr(name->text.data, '.', name->text.size)); /* ISO 32000-1, 12.7.3.2 */
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } rows[] = {
        { "/pdfa/header", test_header_and_trailer },
        { "/pdfa/forbidden", test_nothing_forbidden_stands_in_any_object },
        { "/pdfa/intent", test_one_output_intent_with_our_profile },
        { "/pdfa/metadata", test_metadata_in_plain_and_in_step_with_info },
        { "/pdfa/fonts", test_fonts_agree_with_their_files },
        { "/pdfa/widgets", test_widgets_are_drawn_and_printed },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_test_add(rows[i].path, Fixture, NULL, set_up, rows[i].run, tear_down);
    return g_test_run();
}
