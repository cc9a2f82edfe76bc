/* Files of ours at every level, with every kind of key, of 1 to 300 pages: what our
 * validator, pdfsig, qpdf, openssl and the rules of PDF/A say of them. --full: all hundred
 * of them; else so many that each value occurs. */
#include "ltv.h"

#include "../document/pdfa.h"

enum { B_B, B_T, B_LT, B_LTA, RENEWED, N_LEVELS };

static const struct {
    const char *name, *said;
    bool stamp, fetch;
    unsigned stamps_max, whole; /* "Total document signed" of so many */
} levels[N_LEVELS] = {
    [B_B] = { "B-B", "PAdES-B-B", false, false, 0, 1 },
    [B_T] = { "B-T", "PAdES-B-T", true, false, 100, 1 },
    [B_LT] = { "B-LT", "PAdES-B-LT", true, true, 2, 0 }, /* the DSS behind it is unsigned */
    [B_LTA] = { "B-LTA", "PAdES-B-LTA", true, true, 100, 1 },
    [RENEWED] = { "renewed", "PAdES-B-LTA", true, true, 100, 1 },
};

static const char *const kinds[] = { "2048", "3072", "4096", "P-256", "P-384" };
static const unsigned sizes[] = { 1, 2, 30, 300 };

enum { WIDTH = 595, HEIGHT = 842, DPI = 72, N_PAGES_MAX = 300 }; /* A4 */

static GBytes *
small_page(unsigned number)
{
    g_autoptr(SaoyImage) image = saoy_image_new(WIDTH, HEIGHT, 1, DPI, NULL);

    memset(image->pixels, 255, (size_t)image->stride * HEIGHT);
    for (unsigned bit = 0; bit < 9; bit++)
        for (size_t y = 60; (number >> bit & 1) != 0 && y < 90; y++)
            memset(image->pixels + y * (size_t)image->stride + 60 + 40 * bit, 0, 30);
    return saoy_image_encode_jpeg(image, 60, false, NULL);
}

static GPtrArray *
small_pages(void)
{
    GPtrArray *pages = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (unsigned i = 0; i < N_PAGES_MAX; i++)
        g_ptr_array_add(pages, small_page(i + 1));
    return pages;
}

static GBytes *
compose_pages(Ltv *ltv, GPtrArray *pages, unsigned n)
{
    g_autofree SaoyBox *boxes = g_new0(SaoyBox, n);
    g_autofree int *dpi = g_new0(int, n);
    g_autofree SaoyWords *words = g_new0(SaoyWords, n);
    g_autoptr(GError) error = NULL;
    GBytes *base = NULL;

    for (unsigned i = 0; i < n; i++) {
        dpi[i] = DPI;
        words[i] = ltv->copy.words[0];
    }
    boxes[n - 1] = (SaoyBox){ 40, 550, 515, 280 };
    base = saoy_copy_prepare((GBytes *const *)pages->pdata, words, boxes, dpi, n,
                             ltv->copy.approval, &error);
    g_assert_no_error(error);
    return base;
}

static void
use_pages(Ltv *ltv, GPtrArray *pages, unsigned n)
{
    Copy *copy = &ltv->copy;
    g_autoptr(GBytes) again = NULL;

    copy_seal_pages(copy, copy->approval->approved_at_us, (GBytes *const *)pages->pdata, n);
    g_bytes_unref(copy->base);
    copy->base = compose_pages(ltv, pages, n);
    again = compose_pages(ltv, pages, n);
    g_assert_true(g_bytes_equal(again, copy->base)); /* same input, same bytes */
    g_assert_cmpstr(pdfa_broken(copy->base), ==, NULL);
}

static GBytes *
make(Ltv *ltv, int level)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;
    GBytes *renewed = NULL;

    start_again(ltv);
    ltv->shift_us = 0;
    ltv->hooks.stamp = levels[level].stamp ? on_stamp : NULL;
    ltv->hooks.fetch = levels[level].fetch ? on_fetch : NULL;
    ltv->stamps_max = levels[level].stamps_max;
    pdf = issue(ltv, &error);
    g_assert_no_error(error);
    if (level != RENEWED)
        return g_steal_pointer(&pdf);
    ltv->shift_us = 200 * DAY_US;
    renewed = renew(ltv, pdf, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(renewed), >, g_bytes_get_size(pdf));
    return renewed;
}

static void
check(Ltv *ltv, int level, const char *kind, unsigned pages)
{
    g_autoptr(GBytes) pdf = make(ltv, level);

    g_test_message("%s, %s, %u pages: %zu bytes, %zu of them behind the first two "
                   "revisions",
                   levels[level].name, kind, pages, g_bytes_get_size(pdf),
                   g_bytes_get_size(pdf) - g_bytes_get_size(ltv->copy.base));
    assert_level(ltv, pdf, levels[level].said);
    assert_peers_agree(ltv, pdf, levels[level].whole);
    g_assert_cmpstr(pdfa_broken(pdf), ==, NULL);
    if (level >= B_LTA)
        assert_openssl_agrees(ltv, pdf);
}

static void
open_world(Ltv *ltv)
{
    set_up(ltv, NULL);
    next_authority(ltv); /* alive at the renewal, too */
}

static void
use_key(Ltv *ltv, const char *kind)
{
    use_signer(ltv, 0, key_of(kind));
    use_signer(ltv, 1, key_of(kind));
}

static void
test_each_value_occurs(void)
{
    g_autoptr(GPtrArray) pages = small_pages();
    Ltv ltv = { 0 };

    open_world(&ltv);
    for (int i = 0; i < N_LEVELS; i++) {
        unsigned n = sizes[(unsigned)i % G_N_ELEMENTS(sizes)];

        use_key(&ltv, kinds[i]);
        use_pages(&ltv, pages, n);
        check(&ltv, i, kinds[i], n);
    }
    tear_down(&ltv, NULL);
}

static void
test_each_with_each(void)
{
    g_autoptr(GPtrArray) pages = small_pages();
    Ltv ltv = { 0 };

    open_world(&ltv);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        use_key(&ltv, kinds[k]);
        for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
            use_pages(&ltv, pages, sizes[s]);
            for (int level = 0; level < N_LEVELS; level++)
                check(&ltv, level, kinds[k], sizes[s]);
        }
    }
    tear_down(&ltv, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (argc > 1 && g_str_equal(argv[1], "--full"))
        g_test_add_func("/levels/full", test_each_with_each);
    else
        g_test_add_func("/levels/each", test_each_value_occurs);
    return g_test_run();
}
