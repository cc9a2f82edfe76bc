/* A page that cleaning left the wrong way up is turned by what it reads. */
#include "../vision/specimen.h"
#include "reading/reading.h"

static SaoyReader *reader;

/* The upper part of a decision: enough lines, and quick to read. */
static SaoyImage *
few_lines(void)
{
    g_auto(Specimen) specimen = specimen_of("decision", "clean", 1);
    const SaoyImage *whole = specimen.image;
    SaoyImage *page = saoy_image_new(whole->width, 800, whole->channels, 300, NULL);

    for (int y = 0; y < page->height; y++)
        memcpy(page->pixels + (size_t)y * (size_t)page->stride,
               whole->pixels + (size_t)y * (size_t)whole->stride,
               (size_t)page->width * (size_t)page->channels);
    return page;
}

static bool
is_same(const SaoyImage *a, const SaoyImage *b)
{
    if (a->width != b->width || a->height != b->height)
        return false;
    for (int y = 0; y < a->height; y++)
        if (memcmp(a->pixels + (size_t)y * (size_t)a->stride,
                   b->pixels + (size_t)y * (size_t)b->stride,
                   (size_t)a->width * (size_t)a->channels) != 0)
            return false;
    return true;
}

/* However it lies, it comes out as it was, and the report says by how much it was turned.
 */
static void
test_a_page_is_turned_as_it_reads(void)
{
    g_autoptr(SaoyImage) upright = few_lines();

    for (int quarters = 0; quarters < 4; quarters++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SaoyImage) page = saoy_image_rotate(upright, quarters, NULL);
        SaoyPageReport report = { .rotation = 1, .scan_dpi = 300 };
        g_auto(SaoyWords) words = { 0 };
        const SaoyImage *before = page;

        g_assert_true(
            saoy_reader_read_upright(reader, &page, &report, &words, NULL, &error));
        g_assert_no_error(error);
        g_test_message("turned by %d: rotation %d, %zu words", quarters, report.rotation,
                       words.n);
        g_assert_cmpint(report.rotation, ==, (1 + 4 - quarters) % 4);
        g_assert_true(is_same(page, upright));
        g_assert_true(quarters != 0 || page == before); /* what reads well is left alone */
        g_autofree char *text = saoy_words_text(&words);
        g_assert_nonnull(strstr(text, "NAM"));
    }
}

/* Nothing to read, nothing to turn. */
static void
test_what_says_nothing_stays(void)
{
    static const int levels[] = { 250, 120 }; /* paper; a dark print */

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_autoptr(SaoyImage) page = saoy_image_new(1000, 700, 3, 300, NULL);
        SaoyPageReport report = { .rotation = 3 };
        const SaoyImage *before = page;
        g_auto(SaoyWords) words = { 0 };

        memset(page->pixels, 250, (size_t)page->stride * 700);
        for (int y = 100; y < 500; y++)
            memset(page->pixels + (size_t)y * (size_t)page->stride + 600, levels[i], 900);
        g_assert_true(saoy_reader_read_upright(reader, &page, &report, &words, NULL, NULL));
        g_assert_true(page == before);
        g_assert_cmpint(report.rotation, ==, 3);
    }
}

static void
test_cancel_wins(void)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(SaoyImage) page = saoy_image_new(400, 300, 3, 300, NULL);
    SaoyPageReport report = { 0 };
    g_autoptr(GError) error = NULL;
    g_auto(SaoyWords) words = { 0 };

    g_cancellable_cancel(cancel);
    g_assert_false(
        saoy_reader_read_upright(reader, &page, &report, &words, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_nonnull(page);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    reader = saoy_reader_open(&error);
    g_assert_no_error(error);
    g_test_add_func("/upright/turned", test_a_page_is_turned_as_it_reads);
    g_test_add_func("/upright/nothing", test_what_says_nothing_stays);
    g_test_add_func("/upright/cancel", test_cancel_wins);
    int failed = g_test_run();
    saoy_reader_close(reader);
    return failed;
}
