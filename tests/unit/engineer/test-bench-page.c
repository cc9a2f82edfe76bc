/* Error rates by hand: what `saoy bench page` counts as read wrong. */
#include "bench-page.h"

#include "core/error.h"

#include <glib/gstdio.h>
#include <string.h>

static void
check_normal(const char *text, bool marks, const char *want)
{
    g_autofree char *normal = saoy_bench_normal(text, marks);

    g_assert_cmpstr(normal, ==, want);
}

static void
test_normal(void)
{
    check_normal("  Họ \n\n và\ttên ", true, "Họ và tên");
    check_normal("Ho\xCC\xA3 te\xCC\x82n", true, "Họ tên"); /* composed */
    check_normal("Đường số 5", false, "Duong so 5");
    check_normal("Tên: ........ An …… __", true, "Tên: An");
    check_normal("Độc lập – Tự do — “Hạnh phúc”", true, "Độc lập - Tự do - \"Hạnh phúc\"");
    check_normal("3. a . b", true, "3. a . b"); /* one dot is a sign */
    check_normal("\xFF x", true, "\xEF\xBF\xBD x");
    check_normal("", true, "");
}

static void
test_letters(void)
{
    SaoyEdits edits = saoy_bench_letters("Nguyễn An", "Nguyên Am");

    g_assert_cmpuint(edits.edits, ==, 2);
    g_assert_cmpuint(edits.length, ==, 9);
    g_assert_cmpuint(saoy_bench_letters("abc", "").edits, ==, 3);
    g_assert_cmpuint(saoy_bench_letters("", "abc").edits, ==, 3);
    g_assert_cmpuint(saoy_bench_letters("kitten", "sitting").edits, ==, 3);
}

static void
test_words(void)
{
    SaoyEdits edits = saoy_bench_words("giấy khai sinh số 5", "giấy khái sinh 5");

    g_assert_cmpuint(edits.edits, ==, 2);
    g_assert_cmpuint(edits.length, ==, 5);
    g_assert_cmpuint(saoy_bench_words("một hai", "hai một").edits, ==, 2);
}

/* Endless rubbish costs no endless time, and every letter of it counts. */
static void
test_much_is_bounded(void)
{
    g_autofree char *much = g_strnfill(1000000, 'x');

    g_assert_cmpuint(saoy_bench_letters("x", much).edits, ==, 999999);
}

static GArray *
pages_with(const char *truth, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-bench-XXXXXX", NULL);
    g_autofree char *picture = g_build_filename(folder, "1.png", NULL);
    g_autofree char *json = g_build_filename(folder, "1.json", NULL);

    g_assert_true(g_file_set_contents(picture, "x", 1, NULL));
    if (truth != NULL)
        g_assert_true(g_file_set_contents(json, truth, -1, NULL));
    GArray *pages = saoy_bench_pages(folder, error);
    g_unlink(json);
    g_unlink(picture);
    g_rmdir(folder);
    return pages;
}

#define TRUTH                                                                      \
    "{\"kind\": \"diploma\", \"degraded\": false, \"angle\": 1.5, \"quarter\": 3," \
    " \"text\": [\"a\", \"b\", \"c d\"], \"columns\": [\"a\", \"c d\", \"b\"],"    \
    " \"names\": [\"number\"], \"fields\": {\"number\": \"12\"}}"

static void
test_truth(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) pages = pages_with(TRUTH, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(pages->len, ==, 1);
    const SaoyBenchPage *page = &g_array_index(pages, SaoyBenchPage, 0);
    g_assert_cmpstr(page->kind, ==, "diploma");
    g_assert_cmpint(page->quarter, ==, 3);
    g_assert_cmpfloat(page->angle, ==, 1.5);
    g_assert_false(page->degraded);
    g_assert_null(page->tamper);
}

/* A head of two columns is right by rows and by columns. */
static void
test_either_order_is_right(void)
{
    g_autoptr(GArray) pages = pages_with(TRUTH, NULL);
    const SaoyBenchPage *page = &g_array_index(pages, SaoyBenchPage, 0);
    SaoyBenchText by_rows = { 0 }, by_columns = { 0 }, neither = { 0 };

    saoy_bench_compare(page, "a b\nc d", &by_rows);
    saoy_bench_compare(page, "a\nc d\nb", &by_columns);
    saoy_bench_compare(page, "d c a b", &neither);
    g_assert_cmpuint(by_rows.letters.edits + by_rows.words.edits, ==, 0);
    g_assert_cmpuint(by_columns.letters.edits + by_columns.words.edits, ==, 0);
    g_assert_cmpuint(neither.words.edits, >, 0);
}

static void
test_no_truth(void)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{}",
        "{\"angle\": 0.0, \"text\": 5}",
        "{\"angle\": 0.0, \"quarter\": 4, \"text\": [], \"columns\": [], \"names\": [],"
        " \"fields\": {}}",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(pages_with(bad[i], &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(pages_with(NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bench-page/normal", test_normal);
    g_test_add_func("/bench-page/letters", test_letters);
    g_test_add_func("/bench-page/words", test_words);
    g_test_add_func("/bench-page/bounded", test_much_is_bounded);
    g_test_add_func("/bench-page/truth", test_truth);
    g_test_add_func("/bench-page/either-order", test_either_order_is_right);
    g_test_add_func("/bench-page/no-truth", test_no_truth);
    return g_test_run();
}
