#include "small-pdf.h"

#include "document/pdf.h"

#include <zlib.h>

/* Files made to crash, stall or fill memory: each ends in one MALFORMED. */
static void
refuse(GBytes *take, const char *because)
{
    g_autoptr(GBytes) file = take;
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &error);

    g_assert_null(pdf);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    if (strstr(error->message, because) == NULL) {
        g_test_message("%s, not %s", error->message, because);
        g_test_fail();
    }
}

static void
refuse_text(const char *text, const char *because)
{
    refuse(g_bytes_new(text, strlen(text)), because);
}

/* The file opens, its second object does not. */
static void
refuse_object(const char *value, const char *because)
{
    g_autoptr(GBytes) file = small_of(value, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &error);

    g_assert_no_error(error);
    g_assert_null(saoy_pdf_object(pdf, 0, 2, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    if (strstr(error->message, because) == NULL) {
        g_test_message("%s, not %s", error->message, because);
        g_test_fail();
    }
}

static void
test_what_is_no_pdf(void)
{
    refuse_text("", "no PDF header");
    refuse_text("Đây là một tệp văn bản.", "no PDF header");
    refuse_text("%PDF-1.7\n", "no startxref");
    refuse_text("%PDF-1.7\nstartxref\n5\n", "bad startxref");
    refuse_text("%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF", "bad startxref");
    refuse_text("%PDF-1.7\nstartxref\n2147483648\n%%EOF", "bad startxref");
    refuse_text("%PDF-1.7\nstartxref\n0\n%%EOF\n", "");
}

static void
test_tables_that_lie(void)
{
    refuse_text("%PDF-1.7\nxref\n0 99999999\ntrailer<<>>\nstartxref\n9\n%%EOF",
                "subsection");
    refuse_text(
        "%PDF-1.7\nxref\n0 1\n0000000000 65535 x \ntrailer<<>>\nstartxref\n9\n%%EOF",
        "line");
    refuse_text("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \n0 1\n0000000000 65535 f \n"
                "trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
                "listed twice");
    refuse_text("%PDF-1.7\nxref\ntrailer[]\nstartxref\n9\n%%EOF", "no dictionary");
    refuse_text("%PDF-1.7\nxref\ntrailer<<>>\nstartxref\n9\n%%EOF", "/Root");
    refuse_text("%PDF-1.7\nxref\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF", "catalog");
    refuse_text("%PDF-1.7\nxref\ntrailer<</Root 1 0 R/Prev -1>>\nstartxref\n9\n%%EOF",
                "/Prev");
}

static void
test_tables_in_a_circle(void)
{
    GString *text = g_string_new("%PDF-1.7\n");
    size_t second = 0;
    gsize size = 0;

    refuse_text("%PDF-1.7\nxref\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
                "circle");
    g_string_append(text, "xref\ntrailer<</Prev 60        >>\nstartxref\n9\n%%EOF\n");
    second = text->len;
    g_string_append(text, "xref\ntrailer<</Prev 9>>\nstartxref\n9\n%%EOF\n");
    g_string_append_printf(text, "startxref\n%zu\n%%%%EOF\n", second);
    g_assert_cmpuint(second, ==, 60);
    size = text->len;
    refuse(g_bytes_new_take(g_string_free(text, FALSE), size), "circle");
}

/* Object 2 is written anew in each, as a number. */
static GBytes *
revisions(unsigned n)
{
    GString *text = g_string_new("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n");
    size_t before = 0;
    gsize size = 0;

    for (unsigned i = 0; i < n; i++) {
        size_t at = text->len;

        g_string_append_printf(text, "2 0 obj %u endobj\n", i);
        size_t table = text->len;
        g_string_append_printf(text, "xref\n%s2 1\n%010zu 00000 n \ntrailer<</Root 1 0 R",
                               i == 0 ? "1 1\n0000000009 00000 n \n" : "", at);
        if (i > 0)
            g_string_append_printf(text, "/Prev %zu", before);
        g_string_append_printf(text, ">>\nstartxref\n%zu\n%%%%EOF\n", table);
        before = table;
    }
    size = text->len;
    return g_bytes_new_take(g_string_free(text, FALSE), size);
}

static void
test_ten_thousand_revisions(void)
{
    g_autoptr(GBytes) file = revisions(10000);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(saoy_pdf_revisions(pdf), ==, 10000);
    for (unsigned i = 0; i < 10000; i++) {
        g_assert_cmpint(saoy_pdf_object(pdf, i, 2, NULL)->number, ==, i);
        g_assert_cmpint(saoy_pdf_object_written_in(pdf, i, 2), ==, i);
        g_assert_cmpint(saoy_pdf_object_written_in(pdf, i, 1), ==, 0);
    }
    g_assert_cmpint(saoy_pdf_object_written_in(pdf, 9999, 3), ==, -1);
    refuse(revisions(20001), "too many revisions");
}

static void
test_lengths_that_lie(void)
{
    refuse_object("<</Length 2147483647>>\nstream\nx\nendstream", "longer than the file");
    refuse_object("<</Length 9223372036854775807>>\nstream\nx\nendstream", "");
    refuse_object("<</Length -1>>\nstream\nx\nendstream", "longer than the file");
    refuse_object("<</Length 0>>\nstream\nx\nendstream", "endstream");
    refuse_object("<<>>\nstream\nx\nendstream", "without /Length");
    refuse_object("<</Length 2 0 R>>\nstream\nx\nendstream", "bad /Length");
    refuse_object("<</Length 7 0 R>>\nstream\nx\nendstream", "bad /Length");
    refuse_object("<</Length 1>>\nstreamx\nendstream", "");
}

static void
test_values_that_break(void)
{
    g_autofree char *arrays = g_strnfill(1000, '[');
    g_autoptr(GString) dicts = g_string_new(NULL);

    for (int i = 0; i < 1000; i++)
        g_string_append(dicts, "<</A ");
    refuse_object(arrays, "nested too deep");
    refuse_object(dicts->str, "nested too deep");
    refuse_object("<</A 1/A 2>>", "keys");
    refuse_object("<</A>>", "keys");
    refuse_object("<<(A) 1>>", "keys");
    refuse_object("[1 2 >>", "closes");
    refuse_object("[1 R]", "R without");
    refuse_object("[(a) 0 R]", "R without");
    refuse_object("(never closed", "without end");
    refuse_object("<41zz>", "hex digit");
    refuse_object("/A#00", "escape");
    refuse_object("/A#4", "escape");
    refuse_object("99999999999999999999", "not a number");
    refuse_object("1.2.3", "not a number");
    refuse_object("+", "not a number");
    refuse_object("maybe", "unknown word");
    refuse_object("1 2", "endobj");
}

static void
test_an_object_too_many_values_long(void)
{
    GString *value = g_string_new("[");
    g_autofree char *text = NULL;

    for (int i = 0; i < 1100000; i++)
        g_string_append(value, "1 ");
    text = g_string_free(g_string_append(value, "]"), FALSE);
    refuse_object(text, "too many values");
}

static void
test_another_object_than_listed(void)
{
    SmallPdf small = { 0 };
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GError) error = NULL;

    small_start(&small);
    small_object(&small, "<</Type/Catalog>>");
    small_object(&small, "(two)");
    small.offsets[1] = small.offsets[0];
    file = small_finish(&small, "");
    pdf = saoy_pdf_open(file, &error);
    g_assert_no_error(error);
    g_assert_null(saoy_pdf_object(pdf, 0, 2, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_a_stream_that_unpacks_to_too_much(void)
{
    g_autofree uint8_t *zero = g_malloc0(32 << 20), *packed = g_malloc(1 << 20);
    uLongf size = 1 << 20;
    GString *text = g_string_new(NULL);
    SmallPdf small = { 0 };
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(compress(packed, &size, zero, 32 << 20), ==, Z_OK);
    small_start(&small);
    small_object(&small, "<</Type/Catalog>>");
    small.offsets[small.n++] = small.text->len;
    g_string_append_printf(small.text, "2 0 obj<</Filter/FlateDecode/Length %lu>>stream\n",
                           (unsigned long)size);
    g_string_append_len(small.text, (const char *)packed, (gssize)size);
    g_string_append(small.text, "\nendstream\nendobj\n");
    g_string_free(text, TRUE);
    file = small_finish(&small, "");
    pdf = saoy_pdf_open(file, &error);
    g_assert_no_error(error);
    g_assert_null(
        saoy_pdf_stream(pdf, 0, saoy_pdf_object(pdf, 0, 2, NULL), 1 << 20, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_nonnull(strstr(error->message, "too much"));
}

static void
check_tree(const char *kids)
{
    SmallPdf small = { 0 };
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GError) error = NULL;

    small_start(&small);
    small_object(&small, "<</Type/Catalog/Pages 2 0 R>>");
    small_object(&small, kids);
    small_object(&small, "<</Type/Pages/Kids[2 0 R]>>");
    file = small_finish(&small, "");
    pdf = saoy_pdf_open(file, &error);
    g_assert_no_error(error);
    g_assert_null(saoy_pdf_page_list(pdf, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_page_trees_that_never_end(void)
{
    GString *many = g_string_new("<</Kids[");
    g_autofree char *bomb = NULL;

    for (int i = 0; i < 20000; i++)
        g_string_append(many, "3 0 R ");
    bomb = g_string_free(g_string_append(many, "]>>"), FALSE);
    check_tree("<</Kids[2 0 R]>>");
    check_tree("<</Kids[3 0 R]>>");
    check_tree("<</Kids[3 0 R 3 0 R]>>");
    check_tree("<</Kids 7>>");
    check_tree("<</Kids[9 0 R]>>");
    check_tree(bomb);
}

/* Fields that are their own children, and references that lead round. */
static void
test_field_trees_that_never_end(void)
{
    SmallPdf small = { 0 };
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GArray) signatures = NULL;

    small_start(&small);
    small_object(&small, "<</Type/Catalog/AcroForm<</Fields[2 0 R 3 0 R 2 0 R]>>>>");
    small_object(&small, "<</T(a)/FT/Sig/Kids[2 0 R 3 0 R]/V 4 0 R>>");
    small_object(&small, "<</T(b)/FT/Sig/Parent 2 0 R/Kids[2 0 R]/V 3 0 R>>");
    small_object(&small, "4 0 R");
    file = small_finish(&small, "");
    pdf = saoy_pdf_open(file, NULL);
    g_assert_nonnull(pdf);
    g_assert_null(saoy_pdf_get(pdf, 0, saoy_pdf_object(pdf, 0, 2, NULL), "V"));
    signatures = saoy_pdf_signatures(pdf, NULL);
    g_assert_cmpuint(signatures->len, ==, 1);
}

/* Every key of a dictionary is found, however many it has, and none that it has not. */
static void
test_a_dictionary_of_many_keys(void)
{
    g_autoptr(GString) value = g_string_new("<<");
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GBytes) file = NULL;

    for (unsigned i = 0; i < 100000; i++)
        g_string_append_printf(value, "/K%u %u", (i * 7919) % 100000, i);
    file = small_of(g_string_append(value, ">>")->str, "");
    pdf = saoy_pdf_open(file, NULL);
    const SaoyPdfValue *dict = saoy_pdf_object(pdf, 0, 2, NULL);
    for (unsigned i = 0; i < 100000; i++) {
        g_autofree char *key = g_strdup_printf("K%u", (i * 7919) % 100000);

        g_assert_cmpint(saoy_pdf_get_raw(dict, key)->number, ==, i);
    }
    g_assert_null(saoy_pdf_get_raw(dict, "K"));
    g_assert_null(saoy_pdf_get_raw(dict, "K100000"));
}

/* A cross-reference stream that puts object 1 into object stream 2, 3 into 2 as well. */
static GBytes *
packed(const char *stream)
{
    GString *text = g_string_new("%PDF-1.7\n");
    size_t home = text->len, table = 0;
    gsize size = 0;

    g_string_append_printf(text, "2 0 obj%s endobj\n", stream);
    table = text->len;
    g_string_append_printf(text,
                           "4 0 obj<</Type/XRef/W[1 4 1]/Index[1 4]/Size 5/Root 1 0 R"
                           "/Filter/ASCIIHexDecode/Length 48>>stream\n"
                           "020000000200"
                           "01%08zx00"
                           "020000000201"
                           "01%08zx00"
                           "\nendstream endobj\nstartxref\n%zu\n%%%%EOF\n",
                           home, table, table);
    size = text->len;
    return g_bytes_new_take(g_string_free(text, FALSE), size);
}

/* Its own filter is an object that it holds; its own length too. */
static void
test_an_object_stream_within_itself(void)
{
    static const char *const streams[] = {
        "<</Type/ObjStm/N 2/First 8/Filter 3 0 R/Length 24>>stream\n"
        "1 0 3 2 1 /ASCIIHexDecod\nendstream",
        "<</Type/ObjStm/N 2/First 8/Length 3 0 R>>stream\n1 0 3 2 1 24\nendstream",
    };
    g_autoptr(GBytes) good = packed("<</Type/ObjStm/N 2/First 8/Length 24>>stream\n"
                                    "1 0 3 9 <</A 1>> 12     \nendstream");
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(good, &error);

    g_assert_no_error(error);
    g_assert_cmpint(saoy_pdf_object(pdf, 0, 3, NULL)->number, ==, 12);
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++)
        refuse(packed(streams[i]), i == 0 ? "take differently" : "bad /Length");
}

/* Looked for in the bytes, where no table can say yet what the filter is. */
static void
test_a_damaged_file_with_a_filter_elsewhere(void)
{
    static const char text[] =
        "%PDF-1.7\n1 0 obj<</Type/ObjStm/N 1/First 4/Length 3/Filter 7 0 R>>stream\nabc\n"
        "endstream endobj\n5 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 5 0 R>>\n";
    g_autoptr(GBytes) file = g_bytes_new_static(text, sizeof text - 1);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open_damaged(file, NULL);

    g_assert_nonnull(pdf);
    g_assert_cmpint(saoy_pdf_object(pdf, 0, 5, NULL)->type, ==, SAOY_PDF_DICT);
}

/* Each a string that holds all that follow: read in turn they are the file many times. */
static void
test_objects_in_one_another(void)
{
    SmallPdf small = { 0 };
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *wide = g_strnfill(2 << 20, ' ');
    unsigned read = 0;

    small_start(&small);
    small_object(&small, "<</Type/Catalog>>");
    for (unsigned i = 0; i < 60; i++) {
        small.offsets[small.n++] = small.text->len;
        g_string_append_printf(small.text, "%u 0 obj (", small.n);
    }
    g_string_append(small.text, wide);
    for (unsigned i = 0; i < 60; i++)
        g_string_append(small.text, ") endobj ");
    file = small_finish(&small, "");
    pdf = saoy_pdf_open(file, NULL);
    while (saoy_pdf_object(pdf, 0, 2 + read, &error) != NULL)
        g_assert_cmpuint(++read, <, 60);
    g_assert_cmpuint(read, >, 0);
    g_assert_nonnull(strstr(error->message, "in one another"));
}

/* A first revision whose table leads into what the second added; a startxref that lies. */
static void
test_revisions_that_reach_forward(void)
{
    GString *text = g_string_new("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n");
    size_t first = text->len, second = 0;
    g_autoptr(GBytes) file = NULL;
    g_autoptr(SaoyPdf) pdf = NULL;
    g_autoptr(GError) error = NULL;

    g_string_append_printf(
        text,
        "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n%010d 00000 n \n"
        "trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
        205, first);
    g_assert_cmpuint(text->len, <, 205);
    while (text->len < 205)
        g_string_append_c(text, '\n');
    g_string_append(text, "2 0 obj\n(later)\nendobj\n");
    second = text->len;
    g_string_append_printf(
        text, "xref\ntrailer\n<</Root 1 0 R/Prev %zu>>\nstartxref\n%zu\n%%%%EOF\n", first,
        second);
    file = g_bytes_new(text->str, text->len);
    pdf = saoy_pdf_open(file, &error);
    g_assert_no_error(error);
    g_assert_null(saoy_pdf_object(pdf, 1, 2, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_string_free(text, TRUE);
    refuse_text(
        "%PDF-1.7\nxref\ntrailer<</Root 1 0 R>>\nstartxref\n2\n%%EOF\nstartxref\n9\n%%EOF",
        "elsewhere");
}

/* Cut anywhere, the file is refused or read without harm. */
static void
test_a_file_cut_anywhere(void)
{
    g_autoptr(GBytes) whole =
        small_of("<</Length 5>>\nstream\nabcde\nendstream", "/Info 2 0 R");

    for (size_t n = 0; n < g_bytes_get_size(whole) - 1; n++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, n);
        g_autofree void *copy = g_memdup2(g_bytes_get_data(part, NULL), n);
        g_autoptr(GBytes) own = g_bytes_new(copy, n); /* so that a sanitizer sees its end */
        g_autoptr(SaoyPdf) pdf = saoy_pdf_open(own, NULL);

        if (pdf != NULL)
            saoy_pdf_object(pdf, 0, 2, NULL);
        g_assert_true(pdf == NULL || n >= g_bytes_get_size(whole) - 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hostile/no-pdf", test_what_is_no_pdf);
    g_test_add_func("/hostile/tables", test_tables_that_lie);
    g_test_add_func("/hostile/circle", test_tables_in_a_circle);
    g_test_add_func("/hostile/revisions", test_ten_thousand_revisions);
    g_test_add_func("/hostile/lengths", test_lengths_that_lie);
    g_test_add_func("/hostile/values", test_values_that_break);
    g_test_add_func("/hostile/many-values", test_an_object_too_many_values_long);
    g_test_add_func("/hostile/another-object", test_another_object_than_listed);
    g_test_add_func("/hostile/unpacks", test_a_stream_that_unpacks_to_too_much);
    g_test_add_func("/hostile/page-tree", test_page_trees_that_never_end);
    g_test_add_func("/hostile/field-tree", test_field_trees_that_never_end);
    g_test_add_func("/hostile/many-keys", test_a_dictionary_of_many_keys);
    g_test_add_func("/hostile/within-itself", test_an_object_stream_within_itself);
    g_test_add_func("/hostile/damaged-filter", test_a_damaged_file_with_a_filter_elsewhere);
    g_test_add_func("/hostile/in-one-another", test_objects_in_one_another);
    g_test_add_func("/hostile/forward", test_revisions_that_reach_forward);
    g_test_add_func("/hostile/cut", test_a_file_cut_anywhere);
    return g_test_run();
}
