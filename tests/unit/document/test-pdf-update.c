/* One more revision: what was there stays, whatever kind of table the file has. */
#include "document/pdf-update.h"

#include "core/error.h"
#include "core/file.h"

#include <glib/gstdio.h>
#include <string.h>

/* Three objects and what points to them; the table as text, or as a stream (7.5.8). */
static GBytes *
make_file(const char *catalog, const char *page, bool stream)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    const char *const texts[] = { catalog, "<</Type/Pages/Kids[3 0 R]/Count 1>>", page };
    size_t at[5] = { 0 };

#define PUT(...)                                                                \
    do {                                                                        \
        g_autofree char *text_ = g_strdup_printf(__VA_ARGS__);                  \
        g_byte_array_append(out, (const uint8_t *)text_, (guint)strlen(text_)); \
    } while (0)
    PUT("%%PDF-1.7\n");
    for (int i = 0; i < 3; i++) {
        at[i + 1] = out->len;
        PUT("%d 0 obj\n%s\nendobj\n", i + 1, texts[i]);
    }
    at[4] = out->len;
    if (stream) {
        PUT("4 0 obj\n<</Type/XRef/W[1 2 1]/Size 5/Root 1 0 R/Length 20>>\nstream\n");
        for (int i = 0; i < 5; i++) {
            uint8_t row[4] = { i > 0, (uint8_t)(at[i] >> 8), (uint8_t)at[i], 0 };

            g_byte_array_append(out, row, 4);
        }
        PUT("\nendstream\nendobj\n");
    } else {
        PUT("xref\n0 4\n0000000000 65535 f \n%010zu 00000 n \n%010zu 00000 n \n"
            "%010zu 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\n",
            at[1], at[2], at[3]);
    }
    PUT("startxref\n%zu\n%%%%EOF", at[4]); /* and no line end */
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static const char plain_page[] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>";
static const char plain_catalog[] = "<</Type/Catalog/Pages 2 0 R>>";

static void
assert_kept(GBytes *before, GBytes *after)
{
    size_t size = g_bytes_get_size(before);

    g_assert_cmpuint(g_bytes_get_size(after), >, size);
    g_assert_cmpmem(g_bytes_get_data(before, NULL), size, g_bytes_get_data(after, NULL),
                    size);
}

static void
assert_peer_reads(GBytes *file)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "file.pdf", NULL);
    g_autoptr(GSubprocess) qpdf = NULL;

    g_file_set_contents(path, g_bytes_get_data(file, NULL), (gssize)g_bytes_get_size(file),
                        NULL);
    qpdf = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                            NULL, "qpdf", "--check", path, NULL);
    g_assert_true(qpdf == NULL || g_subprocess_wait_check(qpdf, NULL, NULL));
    saoy_dir_remove(folder, NULL);
}

/* Two time stamps one after the other; each is found, and all before it is as it was. */
static void
stamp_twice(GBytes *file)
{
    g_autofree char *first = NULL, *second = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) once = saoy_pdf_append_stamp(file, 100, &first, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) twice = saoy_pdf_append_stamp(once, 100, &second, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) again = saoy_pdf_append_stamp(once, 100, &second, NULL);

    assert_kept(file, once);
    assert_kept(once, twice);
    g_assert_true(g_bytes_equal(twice, again));
    g_assert_cmpstr(first, !=, second);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(twice, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(saoy_pdf_revisions(pdf), ==, 3);
    g_autoptr(GArray) places = saoy_pdf_signatures(pdf, NULL);
    g_assert_cmpuint(places->len, ==, 2);
    g_assert_cmpstr(g_array_index(places, SaoyPdfSignature, 0).field, ==, first);
    const SaoyPdfValue *page = saoy_pdf_object(pdf, 2, 3, NULL);
    const SaoyPdfValue *widgets = saoy_pdf_get(pdf, 2, page, "Annots");
    g_assert_cmpuint(widgets->items[widgets->n - 1].number, ==,
                     g_array_index(places, SaoyPdfSignature, 1).field_object);
    assert_peer_reads(twice);
}

static void
test_a_bare_file_gains_a_form(void)
{
    g_autoptr(GBytes) table = make_file(plain_catalog, plain_page, false);
    g_autoptr(GBytes) stream = make_file(plain_catalog, plain_page, true);

    stamp_twice(table);
    stamp_twice(stream);
}

static void
test_what_is_there_is_grown(void)
{
    static const char *const catalogs[] = {
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/DA(/He\\) 0 Tf)>>/Lang(v\\))>>",
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/SigFlags 3>>/X#20Y true>>",
    };
    static const char page[] =
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99.50 99]/Annots[]>>";

    for (size_t i = 0; i < G_N_ELEMENTS(catalogs); i++) {
        g_autoptr(GBytes) file = make_file(catalogs[i], page, i == 0);

        stamp_twice(file);
    }
}

/* What the file wrote is written again in its own words. */
static void
test_values_keep_their_words(void)
{
    static const char catalog[] =
        "<</Type/Catalog/Pages 2 0 R/A[1.50 (a\\(b) <4142> /N#20m "
        "null true [2 0 R]]>>";
    g_autoptr(GBytes) file = make_file(catalog, plain_page, false);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(SaoyPdfUpdate) update = saoy_pdf_update_new(pdf, NULL);
    const SaoyPdfValue *root = saoy_pdf_object(pdf, 0, 1, NULL);
    static const char *const without[] = { "Pages", NULL };
    g_autofree char *text = saoy_pdf_update_dict(update, root, without, "/B 1");

    g_assert_cmpstr(text, ==,
                    "<</Type /Catalog/A [1.50 (a\\(b) <4142> /N#20m null true [2 0 R]]/B "
                    "1>>");
}

/* A NUL is white space, and half of every letter in UTF-16BE (7.2.2, 7.9.2.2). */
static void
test_a_nul_among_the_words_ends_nothing(void)
{
    static const char catalog[] =
        "<</Type/Catalog/Pages 2 0 R/Lang(\xfe\xff~v~i)/A[2~0 R]/B 7>>";
    static const char *const without[] = { "Pages", NULL };
    g_autoptr(GBytes) draft = make_file(catalog, plain_page, true);
    size_t size = g_bytes_get_size(draft);
    char *data = g_memdup2(g_bytes_get_data(draft, NULL), size);

    for (size_t i = 0; i < size; i++)
        data[i] = data[i] == '~' ? '\0' : data[i];
    g_autoptr(GBytes) file = g_bytes_new_take(data, size);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(SaoyPdfUpdate) update = saoy_pdf_update_new(pdf, NULL);
    g_autofree char *text =
        saoy_pdf_update_dict(update, saoy_pdf_object(pdf, 0, 1, NULL), without, "");

    g_assert_cmpstr(text, ==, "<</Type /Catalog/Lang <FEFF00760069>/A [ 2 0 R]/B 7>>");
    stamp_twice(file);
}

static void
test_a_reserved_object_must_be_set(void)
{
    g_autoptr(GBytes) file = make_file(plain_catalog, plain_page, false);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(SaoyPdfUpdate) update = saoy_pdf_update_new(pdf, NULL);
    g_autoptr(GError) error = NULL;
    int64_t number = saoy_pdf_update_reserve(update);

    g_assert_null(saoy_pdf_update_finish(update, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    saoy_pdf_update_set(update, number, "(here)");
    g_autoptr(GBytes) out = saoy_pdf_update_finish(update, NULL, NULL);
    g_autoptr(SaoyPdf) again = saoy_pdf_open(out, NULL);
    g_assert_cmpint(saoy_pdf_object(again, 1, number, NULL)->type, ==, SAOY_PDF_STRING);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdf-update/bare", test_a_bare_file_gains_a_form);
    g_test_add_func("/pdf-update/grown", test_what_is_there_is_grown);
    g_test_add_func("/pdf-update/words", test_values_keep_their_words);
    g_test_add_func("/pdf-update/nul", test_a_nul_among_the_words_ends_nothing);
    g_test_add_func("/pdf-update/reserved", test_a_reserved_object_must_be_set);
    return g_test_run();
}
