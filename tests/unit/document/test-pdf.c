#include "core/file.h"
#include "small-pdf.h"

#include "document/pdf.h"

/* Reading what is right: values with their places, revisions, both kinds of table. */
static const SaoyPdfValue *
second(SaoyPdf **pdf, GBytes *file)
{
    g_autoptr(GError) error = NULL;
    const SaoyPdfValue *value = NULL;

    *pdf = saoy_pdf_open(file, &error);
    g_assert_no_error(error);
    value = saoy_pdf_object(*pdf, 0, 2, &error);
    g_assert_no_error(error);
    return value;
}

static void
expect_text(const SaoyPdfValue *dict, const char *key, const char *want, size_t size)
{
    const SaoyPdfValue *value = saoy_pdf_get_raw(dict, key);

    g_assert_nonnull(value);
    g_assert_cmpmem(value->text.data, value->text.size, want, size);
}

static void
test_values_are_read_as_written(void)
{
    g_autoptr(GBytes) file =
        small_of("<</Name/A#42c /Int -17/Real +3.25/Dot .5/Yes true/No false"
                 "/Nil null/Ref 1 0 R/Lit(a\\(b\\)\\101\\\r\nx\\n(in))/Hex<4 1"
                 "42 5>/Arr[1 0 R 2 3[]<<>>]/Line(p\rq)%comment\n>>",
                 "");
    g_autoptr(SaoyPdf) pdf = NULL;
    const SaoyPdfValue *dict = second(&pdf, file), *array = NULL;

    g_assert_cmpint(dict->type, ==, SAOY_PDF_DICT);
    g_assert_cmpuint(dict->n, ==, 12);
    g_assert_true(saoy_pdf_is_name(saoy_pdf_get_raw(dict, "Name"), "ABc"));
    g_assert_cmpint(saoy_pdf_get_raw(dict, "Int")->number, ==, -17);
    g_assert_cmpfloat(saoy_pdf_get_raw(dict, "Real")->real, ==, 3.25);
    g_assert_cmpfloat(saoy_pdf_get_raw(dict, "Dot")->real, ==, 0.5);
    g_assert_cmpint(saoy_pdf_get_raw(dict, "Yes")->number, ==, 1);
    g_assert_cmpint(saoy_pdf_get_raw(dict, "Ref")->type, ==, SAOY_PDF_REF);
    expect_text(dict, "Lit", "a(b)Ax\n(in)", 11);
    expect_text(dict, "Hex", "AB\x50", 3);
    expect_text(dict, "Line", "p\nq", 3);
    g_assert_null(saoy_pdf_get(pdf, 0, dict, "Nil"));
    array = saoy_pdf_get_raw(dict, "Arr");
    g_assert_cmpuint(array->n, ==, 5);
    g_assert_cmpint(array->items[0].type, ==, SAOY_PDF_REF);
    g_assert_cmpint(array->items[4].type, ==, SAOY_PDF_DICT);
}

static void
test_values_know_where_they_stand(void)
{
    g_autoptr(GBytes) file = small_of("<</Hex <4142> /Arr [1 2] /Ref 1 0 R>>", "");
    g_autoptr(SaoyPdf) pdf = NULL;
    const SaoyPdfValue *dict = second(&pdf, file);
    static const char *const wanted[][2] = { { "Hex", "<4142>" },
                                             { "Arr", "[1 2]" },
                                             { "Ref", "1 0 R" } };
    const char *all = g_bytes_get_data(file, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const SaoyPdfValue *value = saoy_pdf_get_raw(dict, wanted[i][0]);

        g_assert_cmpmem(all + value->at, value->end - value->at, wanted[i][1],
                        strlen(wanted[i][1]));
    }
    g_assert_true(saoy_pdf_get_raw(dict, "Hex")->is_hex);
}

static void
test_streams_are_unpacked(void)
{
    g_autoptr(GBytes) file = small_of("<</Length 22/Filter[/ASCIIHexDecode]>>\nstream\n"
                                      "48 65 6c 6c 6f 20 21>\n\nendstream",
                                      "");
    g_autoptr(SaoyPdf) pdf = NULL;
    const SaoyPdfValue *stream = second(&pdf, file);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = saoy_pdf_stream(pdf, 0, stream, 100, &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), "Hello !", 7);
    g_assert_null(saoy_pdf_stream(pdf, 0, stream, 6, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* A second revision that changes object 2, frees 3 and adds 4. */
static GBytes *
two_revisions(void)
{
    SmallPdf small = { 0 };
    g_autoptr(GBytes) first = NULL;
    GString *all = NULL;
    size_t at = 0, more = 0;
    gsize size = 0;

    small_start(&small);
    small_object(&small, "<</Type/Catalog/Two 2 0 R>>");
    small_object(&small, "(old)");
    small_object(&small, "(gone)");
    first = small_finish(&small, "");
    all = g_string_new_len(g_bytes_get_data(first, NULL), (gssize)g_bytes_get_size(first));
    at = all->len;
    g_string_append(all, "2 0 obj\n(new)\nendobj\n");
    more = all->len;
    g_string_append(all, "4 0 obj\n(more)\nendobj\n");
    size = all->len;
    g_string_append_printf(
        all,
        "xref\n0 1\n0000000003 65535 f \n2 3\n%010zu 00000 n \n"
        "0000000000 00001 f \n%010zu 00000 n \n"
        "trailer\n<</Size 5/Root 1 0 R/Prev %zu>>\nstartxref\n%zu\n%%%%EOF\n",
        at, more, small.table, (size_t)size);
    size = all->len;
    return g_bytes_new_take(g_string_free(all, FALSE), size);
}

static void
test_each_revision_sees_its_own(void)
{
    g_autoptr(GBytes) file = two_revisions();
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(saoy_pdf_revisions(pdf), ==, 2);
    g_assert_cmpuint(saoy_pdf_revision_end(pdf, 1), ==, g_bytes_get_size(file));
    g_assert_cmpmem(saoy_pdf_object(pdf, 0, 2, NULL)->text.data, 3, "old", 3);
    g_assert_cmpmem(saoy_pdf_object(pdf, 1, 2, NULL)->text.data, 3, "new", 3);
    g_assert_cmpint(saoy_pdf_object(pdf, 0, 3, NULL)->type, ==, SAOY_PDF_STRING);
    g_assert_cmpint(saoy_pdf_object(pdf, 1, 3, NULL)->type, ==, SAOY_PDF_NULL);
    g_assert_cmpint(saoy_pdf_object(pdf, 0, 4, NULL)->type, ==, SAOY_PDF_NULL);
    g_assert_cmpint(saoy_pdf_object_written_in(pdf, 1, 1), ==, 0);
    g_assert_cmpint(saoy_pdf_object_written_in(pdf, 1, 2), ==, 1);
    g_assert_cmpint(saoy_pdf_object_written_in(pdf, 0, 4), ==, -1);
    g_assert_cmpint(saoy_pdf_max_object(pdf, 0), ==, 3);
    g_assert_cmpint(saoy_pdf_max_object(pdf, 1), ==, 4);
}

/* Cross-reference stream (widths 1 2 1, in hex) over an object stream with objects 1 and 4.
 */
static GBytes *
packed_file(const char *pack_number)
{
    GString *all = g_string_new("%PDF-1.5\n");
    size_t pack = all->len, table = 0;
    g_autofree char *rows = NULL;
    gsize size = 0;

    g_string_append(all, "2 0 obj\n<</Type/ObjStm/N 2/First 9/Length 38>>\nstream\n"
                         "1 0 4 18 <</Type/Catalog>> (in a pack)\nendstream\nendobj\n");
    table = all->len;
    rows = g_strdup_printf("00000000 02%s00 01%04zx00 01%04zx00 02%s01>", pack_number, pack,
                           table, pack_number);
    g_string_append_printf(
        all,
        "3 0 obj\n<</Type/XRef/Size 5/W[1 2 1]/Root 1 0 R"
        "/Filter/ASCIIHexDecode/Length %zu>>\nstream\n%s\nendstream\nendobj\n"
        "startxref\n%zu\n%%%%EOF\n",
        strlen(rows), rows, table);
    size = all->len;
    return g_bytes_new_take(g_string_free(all, FALSE), size);
}

static void
test_packed_objects_are_found(void)
{
    g_autoptr(GBytes) file = packed_file("0002");
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &error);
    const SaoyPdfValue *value = NULL;

    g_assert_no_error(error);
    value = saoy_pdf_object(pdf, 0, 4, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(value->text.data, value->text.size, "in a pack", 9);
    g_assert_cmpuint(value->at, ==, 0);
}

static void
test_a_pack_inside_itself_is_refused(void)
{
    g_autoptr(GBytes) file = packed_file("0004");
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_pdf_open(file, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_encrypted_files_are_named(void)
{
    g_autoptr(GBytes) locked = small_of(NULL, "/Encrypt<</Filter/Standard>>");
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(locked, NULL);

    g_assert_true(saoy_pdf_is_encrypted(pdf));
    g_assert_false(saoy_pdf_is_hybrid(pdf));
}

static void
test_a_second_table_that_is_none_is_refused(void)
{
    g_autoptr(GBytes) mixed = small_of(NULL, "/XRefStm 9");
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_pdf_open(mixed, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Files of other makers, where they are: each opens or says why not; no stream is beyond us
 * but those that only pictures use. */
static void
open_all(const char *folder, unsigned *seen)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) file = saoy_file_read(path, 64 << 20, &error);
        g_autoptr(SaoyPdf) pdf = file != NULL ? saoy_pdf_open(file, &error) : NULL;
        g_autoptr(GArray) signatures = NULL;

        g_assert_no_error(error);
        for (int64_t i = 0; i <= saoy_pdf_max_object(pdf, saoy_pdf_revisions(pdf) - 1); i++)
            saoy_pdf_object(pdf, saoy_pdf_revisions(pdf) - 1, i, NULL);
        signatures = saoy_pdf_signatures(pdf, &error);
        g_assert_no_error(error);
        g_assert_true(signatures->len > 0 || strstr(folder, "unsigned") != NULL);
        *seen += 1;
    }
}

static void
test_files_of_other_makers_open(void)
{
    static const char *const kinds[] = { "valid", "attack", "unsigned" };
    const char *shared = g_getenv("SAOY_SHARED_DIR");
    unsigned seen = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *folder =
            g_build_filename(shared != NULL ? shared : SAOY_SOURCE_DIR "/../shared",
                             "data/pdf", kinds[i], NULL);

        open_all(folder, &seen);
    }
    if (seen == 0)
        g_test_skip("no files of other makers here (SAOY_SHARED_DIR)");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdf/values", test_values_are_read_as_written);
    g_test_add_func("/pdf/places", test_values_know_where_they_stand);
    g_test_add_func("/pdf/streams", test_streams_are_unpacked);
    g_test_add_func("/pdf/revisions", test_each_revision_sees_its_own);
    g_test_add_func("/pdf/packed", test_packed_objects_are_found);
    g_test_add_func("/pdf/pack-in-itself", test_a_pack_inside_itself_is_refused);
    g_test_add_func("/pdf/encrypted", test_encrypted_files_are_named);
    g_test_add_func("/pdf/hybrid-broken", test_a_second_table_that_is_none_is_refused);
    g_test_add_func("/pdf/others", test_files_of_other_makers_open);
    return g_test_run();
}
