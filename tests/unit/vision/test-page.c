/* Cleaning against the known truth of specimens: straight, trimmed, upright, ink as it was.
 */
#include "core/error.h"
#include "drawn.h"
#include "specimen.h"
#include "vision/page.h"

#include <math.h>

static SaoyImage *
cleaned(const SaoyImage *scan, SaoyPageReport *report)
{
    g_autoptr(GError) error = NULL;
    SaoyImage *page = saoy_page_clean(scan, report, &error);

    g_assert_no_error(error);
    return page;
}

static SaoyPageReport
report_of(const SaoyImage *scan)
{
    SaoyPageReport report = { 0 };
    g_autoptr(SaoyImage) page = cleaned(scan, &report);

    g_assert_nonnull(page);
    return report;
}

static double
true_angle(const Specimen *specimen)
{
    double angle = 0;

    g_assert_true(saoy_json_real(specimen->truth, "angle", &angle, NULL));
    return angle;
}

static void
test_skew_is_found(void)
{
    static const char *const kinds[] = { "diploma", "decision", "land-use", "transcript" };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Specimen) specimen = specimen_of(kinds[i], "degraded", 1);
        SaoyPageReport first = { 0 };
        g_autoptr(SaoyImage) page = cleaned(specimen.image, &first);
        SaoyPageReport again = report_of(page);

        g_test_message("%s: true %.3f, found %.3f, left %.3f", kinds[i],
                       true_angle(&specimen), first.skew_deg, again.skew_deg);
        g_assert_cmpfloat(fabs(first.skew_deg - true_angle(&specimen)), <, 0.1);
        g_assert_cmpfloat(fabs(again.skew_deg), <, 0.1);
        g_assert_cmpint(first.rotation, ==, 0);
    }
}

/* Waves of a certificate's ground, whose crests make slanting rows of their own. */
static void
test_a_printed_ground_turns_nothing(void)
{
    g_autoptr(SaoyImage) scan = drawn_sheet(297, 210, 0xFFFFFF);
    SaoyPageReport report = { 0 };
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 50; i++)
        for (int x = 0; x < scan->width; x++) {
            double mm = x * 25.4 / DRAWN_DPI;

            drawn_fill(scan, x, drawn_px(4.2 * i + 1.8 * sin(mm / 9.2 + 0.9 * i)), 1, 1,
                       0xE4E4E4);
        }
    drawn_write(scan, 70, 60, 9, 50, 0x202020);
    g_autoptr(SaoyImage) page = saoy_page_clean(scan, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpfloat(fabs(report.skew_deg), <, 0.1);
    g_assert_cmpint(report.rotation, ==, 0);
}

static void
test_dark_surroundings_are_trimmed(void)
{
    /* this one lay on a dark lid, 8 mm of it all around */
    g_auto(Specimen) specimen = specimen_of("transcript", "degraded", 1);
    SaoyPageReport report = { 0 };
    g_autoptr(SaoyImage) page = cleaned(specimen.image, &report);

    g_assert_cmpint(specimen.image->width, >, 2600);
    g_assert_cmpint(abs(page->width - 2480), <, 40);
    g_assert_cmpint(abs(page->height - 3508), <, 40);
    g_assert_false(report.cut_edge);
}

static void
test_pages_are_turned_upright(void)
{
    static const char *const kinds[] = { "decision", "birth-certificate" };

    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_auto(Specimen) specimen = specimen_of(kinds[k], "clean", 2);

        for (int quarters = 0; quarters < 4; quarters++) {
            g_autoptr(SaoyImage) lying = saoy_image_rotate(specimen.image, quarters, NULL);
            SaoyPageReport report = { 0 };
            g_autoptr(SaoyImage) page = cleaned(lying, &report);

            g_assert_cmpint(report.rotation, ==, (4 - quarters) % 4);
            g_assert_cmpint(page->width, ==, specimen.image->width);
        }
    }
}

typedef struct {
    double sum[3];
    unsigned n;
} Colour;

/* Mean of the pixels that are clearly this ink. */
static void
measure(const SaoyImage *image, Colour *red, Colour *blue)
{
    for (int y = 0; y < image->height; y++) {
        const uint8_t *p = image->pixels + (size_t)y * (size_t)image->stride;

        for (int x = 0; x < image->width; x++, p += 3) {
            Colour *ink = p[0] > p[1] + 90 && p[0] > p[2] + 90   ? red
                          : p[2] > p[0] + 70 && p[2] > p[1] + 60 ? blue
                                                                 : NULL;
            for (int c = 0; ink != NULL && c < 3; c++)
                ink->sum[c] += p[c];
            if (ink != NULL)
                ink->n++;
        }
    }
}

static double
linear(double v)
{
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
root(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE 1976 L*a*b*, D65 */
static void
lab_of(const Colour *colour, double lab[3])
{
    double r = linear(colour->sum[0] / colour->n), g = linear(colour->sum[1] / colour->n);
    double b = linear(colour->sum[2] / colour->n);
    double x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    double y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);

    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static double
delta_e(const Colour *a, const Colour *b)
{
    double p[3], q[3];

    lab_of(a, p);
    lab_of(b, q);
    return sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) +
                (p[2] - q[2]) * (p[2] - q[2]));
}

static void
test_red_and_blue_ink_stay_as_they_were(void)
{
    g_auto(Specimen) specimen = specimen_of("land-use", "degraded", 1);
    SaoyPageReport report = { 0 };
    int quality = 0;
    g_autoptr(SaoyImage) page = cleaned(specimen.image, &report);
    g_autoptr(GBytes) jpeg = saoy_page_encode(page, &quality, NULL);
    g_autoptr(SaoyImage) copy = saoy_image_decode(jpeg, NULL);
    Colour red[2] = { 0 }, blue[2] = { 0 };

    measure(specimen.image, &red[0], &blue[0]);
    measure(copy, &red[1], &blue[1]);
    g_test_message("delta E red %.2f blue %.2f, share of pixels red %.2f blue %.2f",
                   delta_e(&red[0], &red[1]), delta_e(&blue[0], &blue[1]),
                   (double)red[1].n / red[0].n, (double)blue[1].n / blue[0].n);
    g_assert_cmpfloat(delta_e(&red[0], &red[1]), <, 3);
    g_assert_cmpfloat(delta_e(&blue[0], &blue[1]), <, 3);
    /* and none was lost: fine lines and edges fade a little by quantisation */
    g_assert_cmpfloat((double)red[1].n, >, 0.85 * red[0].n);
    g_assert_cmpfloat((double)blue[1].n, >, 0.75 * blue[0].n);
}

static void
test_pages_are_small_and_good(void)
{
    static const char *const kinds[] = { "diploma", "decision", "birth-certificate" };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Specimen) specimen = specimen_of(kinds[i], "degraded", 1);
        SaoyPageReport report = { 0 };
        int quality = 0;
        g_autoptr(SaoyImage) page = cleaned(specimen.image, &report);
        g_autoptr(GBytes) jpeg = saoy_page_encode(page, &quality, NULL);

        g_test_message("%s: %zu KB at %d", kinds[i], g_bytes_get_size(jpeg) / 1024,
                       quality);
        g_assert_cmpuint(g_bytes_get_size(jpeg), <, 600 * 1024);
        g_assert_cmpint(quality, >=, 60);
        g_assert_null(saoy_page_hint(&report));
        g_assert_cmpuint(report.n_streaks, ==, 0);
    }
}

static void
test_the_cap_holds_for_noise(void)
{
    g_autoptr(SaoyImage) noise = saoy_image_new(2480, 3508, 3, 300, NULL);
    uint32_t state = 7;
    int quality = 0;

    for (int i = 0; i < noise->stride * noise->height; i++) {
        state = state * 1664525u + 1013904223u;
        noise->pixels[i] = (uint8_t)(state >> 24);
    }
    g_autoptr(GBytes) jpeg = saoy_page_encode(noise, &quality, NULL);
    g_assert_cmpuint(g_bytes_get_size(jpeg), <=, 1200 * 1000);
}

static SaoyImage *
paper(int grey)
{
    SaoyImage *sheet = saoy_image_new(1240, 1754, 3, 150, NULL);
    uint32_t state = 3;

    for (int i = 0; i < sheet->stride * sheet->height; i++) {
        state = state * 1664525u + 1013904223u;
        sheet->pixels[i] = (uint8_t)(grey - 4 + (int)(state >> 29));
    }
    return sheet;
}

/* Lines of little bars, lighter than paper by depth: faint typing. */
static void
type_on(SaoyImage *sheet, int depth)
{
    for (int line = 0; line < 20; line++)
        for (int letter = 0; letter < 60; letter++)
            for (int y = 0; y < 16; y++)
                for (int x = 0; x < 3; x++) {
                    uint8_t *p = sheet->pixels + (200 + line * 40 + y) * sheet->stride +
                                 (150 + letter * 14 + x) * 3;

                    for (int c = 0; c < 3; c++)
                        p[c] = (uint8_t)(p[c] - depth);
                }
}

static void
test_an_empty_page_is_blank_and_a_faint_one_is_not(void)
{
    g_autoptr(SaoyImage) empty = paper(244);
    g_autoptr(SaoyImage) faint = paper(244);

    type_on(faint, 24);
    SaoyPageReport a = report_of(empty), b = report_of(faint);
    g_assert_true(a.blank);
    g_assert_nonnull(saoy_page_hint(&a));
    g_assert_false(b.blank);
}

static void
test_blur_is_noticed(void)
{
    g_auto(Specimen) specimen = specimen_of("decision", "clean", 2);
    SaoyPageReport sharp = report_of(specimen.image);
    /* out of focus: enlarged from 50 dpi */
    g_autoptr(SaoyImage) small = saoy_image_thumbnail(specimen.image, 440, NULL);
    g_autoptr(SaoyImage) large = saoy_image_new(2480, 3504, 3, 300, NULL);
    for (int y = 0; y < large->height; y++)
        for (int x = 0; x < large->width; x++)
            for (int c = 0; c < 3; c++) {
                int fx = x % 8, fy = y % 8, sx = MIN(x / 8, small->width - 2);
                int sy = MIN(y / 8, small->height - 2);
                const uint8_t *p = small->pixels + sy * small->stride + sx * 3 + c;

                large->pixels[y * large->stride + x * 3 + c] =
                    (uint8_t)(((p[0] * (8 - fx) + p[3] * fx) * (8 - fy) +
                               (p[small->stride] * (8 - fx) + p[small->stride + 3] * fx) *
                                   fy) /
                              64);
            }
    SaoyPageReport soft = report_of(large);
    g_test_message("sharp %.2f soft %.2f", sharp.sharpness, soft.sharpness);
    g_assert_false(sharp.blurred);
    g_assert_true(soft.blurred);
}

static bool
is_clear(const SaoyImage *page, SaoyBox box)
{
    const uint8_t *corner = page->pixels + box.y * page->stride + box.x * 3;

    for (int y = box.y; y < box.y + box.h; y++)
        for (int x = box.x; x < box.x + box.w; x++)
            if (abs(page->pixels[y * page->stride + x * 3 + 1] - corner[1]) > 12)
                return false;
    return true;
}

static void
test_the_free_box_is_free_and_large_enough(void)
{
    static const char *const kinds[] = { "decision", "birth-certificate", "certificate",
                                         "transcript" };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Specimen) specimen = specimen_of(kinds[i], "clean", 2);
        SaoyPageReport report = { 0 };
        g_autoptr(SaoyImage) page = cleaned(specimen.image, &report);
        SaoyBox box = report.free_box;

        g_assert_cmpint(box.w, >=, 85 * 300 / 25.4);
        g_assert_cmpint(box.h, >=, 60 * 300 / 25.4);
        g_assert_cmpint(box.x + box.w, <=, page->width);
        g_assert_cmpint(box.y + box.h, <=, page->height);
        g_assert_true(is_clear(page, box));
    }
}

/* Where the whole attestation block of models/templates finds room it is offered that room.
 */
static void
test_the_block_finds_its_room(void)
{
    static const char *const kinds[] = { "decision", "certificate" };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Specimen) specimen = specimen_of(kinds[i], "degraded", 1);
        SaoyBox box = report_of(specimen.image).free_box;

        g_assert_cmpint(box.w, >=, 172 * 300 / 25.4);
        g_assert_cmpint(box.h, >=, 82 * 300 / 25.4);
    }
}

/* Turned by hand: the block's place is sought anew, on the page as it lies now. */
static void
test_a_turned_page_is_judged_as_it_lies(void)
{
    g_auto(Specimen) specimen = specimen_of("decision", "clean", 1);
    SaoyPageReport report = { 0 };
    g_autoptr(SaoyImage) page = cleaned(specimen.image, &report);
    g_autoptr(SaoyImage) turned = saoy_image_rotate(page, 1, NULL);
    SaoyPageReport first = report;

    g_assert_true(saoy_page_assess(page, &report, NULL));
    g_assert_cmpmem(&report, sizeof report, &first, sizeof first);
    g_assert_true(saoy_page_assess(turned, &report, NULL));
    g_assert_cmpint(report.free_box.w, >, 0);
    g_assert_cmpint(report.free_box.x + report.free_box.w, <=, turned->width);
    g_assert_cmpint(report.free_box.y + report.free_box.h, <=, turned->height);
    g_assert_cmpint(report.rotation, ==, first.rotation);
    g_assert_cmpfloat(fabs(report.ink - first.ink), <, 0.01);
}

static void
test_a_full_page_has_no_free_box(void)
{
    g_autoptr(SaoyImage) full = paper(240);

    for (int y = 40; y < full->height - 40; y += 60)
        for (int x = 40; x < full->width - 40; x++)
            for (int c = 0; c < 3; c++)
                full->pixels[y * full->stride + x * 3 + c] = 20;
    g_assert_cmpint(report_of(full).free_box.w, ==, 0);
}

static void
test_no_page_is_said_so(void)
{
    g_autoptr(SaoyImage) dark = saoy_image_new(1240, 1754, 3, 150, NULL);
    g_autoptr(SaoyImage) dot = saoy_image_new(1, 1, 3, 300, NULL);
    g_autoptr(GError) error = NULL;
    SaoyPageReport report = { .skew_deg = 5 };

    g_assert_null(saoy_page_clean(dot, &report, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_null(saoy_page_clean(dark, &report, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_cmpfloat(report.skew_deg, ==, 5);
}

static void
test_odd_shapes_are_pages_or_refused(void)
{
    static const int shapes[][4] = { { 1, 20000, 3, 300 },   { 20000, 1, 1, 300 },
                                     { 20000, 300, 1, 300 }, { 260, 9000, 3, 0 },
                                     { 300, 300, 1, 300 },   { 800, 600, 3, 4000 },
                                     { 3000, 2000, 3, 72 },  { 640, 480, 1, 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const int *s = shapes[i];
        g_autoptr(SaoyImage) scan = saoy_image_new(s[0], s[1], s[2], s[3], NULL);
        g_autoptr(GError) error = NULL;
        SaoyPageReport report = { 0 };
        uint32_t state = i;

        for (int k = 0; k < scan->stride * scan->height; k++) {
            state = state * 1664525u + 1013904223u;
            scan->pixels[k] = (uint8_t)((state >> 28) * (state >> 30) * 6 + 100);
        }
        g_autoptr(SaoyImage) page = saoy_page_clean(scan, &report, &error);
        g_assert_true((page != NULL) != (error != NULL));
    }
}

static void
test_cleaning_is_deterministic(void)
{
    g_auto(Specimen) specimen = specimen_of("diploma", "degraded", 1);
    SaoyPageReport report = { 0 };
    int quality = 0;
    g_autoptr(SaoyImage) a = cleaned(specimen.image, &report);
    g_autoptr(SaoyImage) b = cleaned(specimen.image, &report);
    g_autoptr(GBytes) one = saoy_page_encode(a, &quality, NULL);
    g_autoptr(GBytes) two = saoy_page_encode(b, &quality, NULL);

    g_assert_true(g_bytes_equal(one, two));
}

/* Scans of others, with the truth their authors wrote down to whole degrees. */
static void
test_foreign_scans(void)
{
    static const struct {
        const char *file;
        double degrees;
    } pages[] = { { "deskew-1.png", -1 },
                  { "deskew-2.png", -2 },
                  { "deskew-3.png", -6 },
                  { "deskew-4.png", 7 } };
    const char *shared = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *folder = shared != NULL
                                  ? g_build_filename(shared, "data", "pages", "skew", NULL)
                                  : g_build_filename(SAOY_SOURCE_DIR, "..", "shared",
                                                     "data", "pages", "skew", NULL);

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
        g_test_skip("no third-party pages on this machine");
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *path = g_build_filename(folder, pages[i].file, NULL);
        g_autoptr(SaoyImage) scan = picture_of(path);
        SaoyPageReport report = report_of(scan);

        g_test_message("%s: %.2f", pages[i].file, report.skew_deg);
        g_assert_cmpfloat(fabs(report.skew_deg - pages[i].degrees), <, 0.5);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page/skew-is-found", test_skew_is_found);
    g_test_add_func("/page/printed-ground", test_a_printed_ground_turns_nothing);
    g_test_add_func("/page/dark-surroundings", test_dark_surroundings_are_trimmed);
    g_test_add_func("/page/upright", test_pages_are_turned_upright);
    g_test_add_func("/page/ink-colours", test_red_and_blue_ink_stay_as_they_were);
    g_test_add_func("/page/small-and-good", test_pages_are_small_and_good);
    g_test_add_func("/page/cap", test_the_cap_holds_for_noise);
    g_test_add_func("/page/blank-and-faint",
                    test_an_empty_page_is_blank_and_a_faint_one_is_not);
    g_test_add_func("/page/blur", test_blur_is_noticed);
    g_test_add_func("/page/free-box", test_the_free_box_is_free_and_large_enough);
    g_test_add_func("/page/block-room", test_the_block_finds_its_room);
    g_test_add_func("/page/turned", test_a_turned_page_is_judged_as_it_lies);
    g_test_add_func("/page/full-page", test_a_full_page_has_no_free_box);
    g_test_add_func("/page/no-page", test_no_page_is_said_so);
    g_test_add_func("/page/odd-shapes", test_odd_shapes_are_pages_or_refused);
    g_test_add_func("/page/deterministic", test_cleaning_is_deterministic);
    g_test_add_func("/page/foreign-scans", test_foreign_scans);
    return g_test_run();
}
