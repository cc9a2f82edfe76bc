/* One synthetic page for each fault, and the clean page beside it: seen there, not here. */
#include "drawn.h"
#include "specimen.h"

/* A5: half the time of A4. Drawn once, and a copy for each test to spoil. */
static SaoyImage *
letter(void)
{
    static SaoyImage *sheet;

    if (sheet == NULL) {
        sheet = drawn_sheet(148, 210, 0xeeede8);
        drawn_write(sheet, 18, 20, 20, 50, 0x202020);
        drawn_fill(sheet, drawn_px(95), drawn_px(165), drawn_px(32), drawn_px(2), 0xc02828);
        drawn_noise(sheet, 3);
    }
    return saoy_image_copy(sheet);
}

static SaoyPageReport
report_of(const SaoyImage *scan)
{
    SaoyPageReport report = { 0 };
    g_autoptr(SaoyImage) page = drawn_clean(scan, &report);

    g_assert_nonnull(page);
    return report;
}

/* What a person would be told, and no other alarm. */
static void
assert_hint(const SaoyPageReport *report, const char *word)
{
    const char *hint = saoy_page_hint(report);

    g_test_message("%s", hint != NULL ? hint : "no hint");
    if (word == NULL)
        g_assert_null(hint);
    else
        g_assert_nonnull(strstr(hint, word));
}

static void
test_a_clean_page_has_no_fault(void)
{
    g_autoptr(SaoyImage) sheet = letter();
    SaoyPageReport report = report_of(sheet);

    assert_hint(&report, NULL);
    g_assert_cmpuint(report.n_streaks, ==, 0);
    g_assert_cmpfloat(report.light, ==, 1);
}

/* Multiplies the light by 1 - depth * ramp, from the left side inwards. */
static void
shade(SaoyImage *sheet, double depth, double mm)
{
    for (int x = 0; x < sheet->width; x++) {
        double far = x * 25.4 / DRAWN_DPI / mm, left = 1 - depth * exp(-far * far);

        for (int y = 0; y < sheet->height; y++)
            for (int c = 0; c < 3; c++) {
                uint8_t *p = drawn_at(sheet, x, y) + c;

                *p = (uint8_t)(*p * left + 0.5);
            }
    }
}

static void
test_shadow(void)
{
    g_autoptr(SaoyImage) sheet = letter();
    g_autoptr(SaoyImage) slight = letter();

    shade(sheet, 0.6, 42);
    shade(slight, 0.2, 42);
    SaoyPageReport deep = report_of(sheet), light = report_of(slight);
    assert_hint(&deep, "shadow");
    assert_hint(&light, NULL); /* evened instead */
    g_assert_cmpfloat(light.light, >, 1.1);
}

static void
test_glare(void)
{
    g_autoptr(SaoyImage) sheet = letter();

    for (int y = -drawn_px(9); y < drawn_px(9); y++)
        for (int x = -drawn_px(9); x < drawn_px(9); x++)
            if (hypot(x, y) < drawn_px(9))
                drawn_fill(sheet, drawn_px(78) + x, drawn_px(85) + y, 1, 1, 0xffffff);
    SaoyPageReport report = report_of(sheet);
    g_assert_true(report.glare);
    assert_hint(&report, "bright spot");
}

/* A strip of the lid beside the sheet is none. */
static void
test_a_white_lid_is_no_glare(void)
{
    g_autoptr(SaoyImage) sheet = letter();

    drawn_fill(sheet, sheet->width - drawn_px(6), drawn_px(20), drawn_px(6), drawn_px(60),
               0xffffff);
    SaoyPageReport report = report_of(sheet);
    g_assert_false(report.glare);
}

static void
test_finger(void)
{
    g_autoptr(SaoyImage) sheet = letter();

    drawn_fill(sheet, 0, drawn_px(110), drawn_px(24), drawn_px(15), 0xd8a182);
    SaoyPageReport report = report_of(sheet);
    g_assert_true(report.finger);
    assert_hint(&report, "finger");
}

/* A red seal at the rim is none. */
static void
test_a_seal_is_no_finger(void)
{
    g_autoptr(SaoyImage) sheet = letter();

    for (int y = -drawn_px(18); y < drawn_px(18); y++)
        for (int x = -drawn_px(18); x < drawn_px(18); x++)
            if (fabs(hypot(x, y) - drawn_px(16)) < drawn_px(0.6) ||
                (abs(x) + abs(y)) % 19 < 3)
                if (hypot(x, y) < drawn_px(17))
                    drawn_fill(sheet, drawn_px(14) + x, drawn_px(180) + y, 1, 1, 0xd05050);
    SaoyPageReport report = report_of(sheet);
    g_assert_false(report.finger);
    g_assert_false(report.glare);
}

static void
test_cut_edge(void)
{
    g_autoptr(SaoyImage) sheet = drawn_sheet(210, 297, 0xeeede8);

    drawn_write(sheet, -3, 20, 38, 104, 0x202020); /* from rim to rim */
    SaoyPageReport report = report_of(sheet);
    g_assert_true(report.cut_edge);
}

static void
test_cut_corner(void)
{
    for (int cut = 0; cut < 2; cut++) {
        g_autoptr(SaoyImage) sheet = letter();
        g_autoptr(SaoyImage) glass = drawn_sheet(166, 230, 0x26282a);
        SaoyPageReport report = { 0 };

        for (int i = 0; cut && i < drawn_px(22); i++) /* of the lid's colour */
            drawn_fill(sheet, sheet->width - drawn_px(22) + i, i, drawn_px(22), 1,
                       0x26282a);
        drawn_lay_turned(glass, sheet, 9, 10, 1);
        report = report_of(glass);
        g_assert_true(report.outlined);
        g_assert_cmpint(report.cut_corner, ==, cut);
        assert_hint(&report, cut ? "corner" : NULL);
    }
}

static void
test_too_small_and_too_coarse(void)
{
    g_autoptr(SaoyImage) stub = drawn_sheet(60, 40, 0xeeede8);
    g_autoptr(SaoyImage) sheet = letter();

    drawn_write(stub, 5, 8, 4, 20, 0x202020);
    sheet->dpi = 150;
    SaoyPageReport small = report_of(stub), coarse = report_of(sheet);
    assert_hint(&small, "smaller");
    assert_hint(&coarse, "coarse");
}

static void
test_blur(void)
{
    g_autoptr(SaoyImage) sheet = letter();
    g_autoptr(SaoyImage) tiny = saoy_image_thumbnail(sheet, 212, NULL);
    g_autoptr(SaoyImage) soft = drawn_sheet(148, 210, 0xeeede8);
    static const double all[8] = { 0, 0, 148, 0, 148, 210, 0, 210 };

    drawn_lay(soft, tiny, all);
    SaoyPageReport report = report_of(soft), crisp = report_of(sheet);
    g_assert_true(report.blurred);
    g_assert_false(crisp.blurred);
}

static void
test_two_sheets_at_once(void)
{
    g_autoptr(SaoyImage) lone = drawn_sheet(210, 380, 0xeeede8);
    g_autoptr(SaoyImage) over = drawn_sheet(210, 325, 0xeeede8);
    g_autoptr(SaoyImage) folio = drawn_sheet(210, 330, 0xeeede8);
    SaoyImage *sheets[] = { lone, over, folio };

    for (int i = 0; i < 3; i++)
        drawn_write(sheets[i], 25, 25, 30, 70, 0x202020);
    for (int x = 0; x < over->width; x++) /* the upper sheet's end, a little askew */
        drawn_fill(over, x, drawn_px(292) + x / 90, 1, 3, 0xb8b6b0);
    /* a long sheet with a table's rule on it is one sheet */
    drawn_fill(folio, drawn_px(15), drawn_px(290), drawn_px(180), 2, 0x303030);
    SaoyPageReport a = report_of(lone), b = report_of(over), c = report_of(folio);
    g_assert_true(a.double_feed);
    g_assert_true(b.double_feed);
    g_assert_false(c.double_feed);
}

static void
test_dirt_is_the_same_streak_on_several_pages(void)
{
    g_autoptr(SaoyImage) sheet = letter();
    SaoyPageReport reports[3] = { 0 }; /* the third is of a page without */

    drawn_fill(sheet, drawn_px(96.3), 0, 2, sheet->height, 0xc8c8c0);
    reports[0] = reports[1] = report_of(sheet);
    g_assert_cmpuint(reports[0].n_streaks, ==, 1);
    g_assert_cmpfloat(fabs(reports[0].streaks_mm[0] - 96.3), <, 0.5);
    g_assert_nonnull(saoy_page_glass_hint(reports, 3));
    g_assert_null(saoy_page_glass_hint(reports, 1)); /* once may be a fold */
    g_assert_null(saoy_page_glass_hint(reports + 1, 2));
    reports[1].streaks_mm[0] += 5;
    g_assert_null(saoy_page_glass_hint(reports, 3));
}

/* Light is divided out: the same hue, the same contrast, and not one stroke less. */
static void
test_even_light_leaves_ink_its_hue(void)
{
    static const uint32_t inks[] = { 0x202020, 0xc03030, 0x2838a0, 0x207040 };
    g_autoptr(SaoyImage) sheet = drawn_sheet(210, 297, 0xeeede8);
    SaoyPageReport report = { 0 };

    for (int i = 0; i < 4; i++)
        drawn_write(sheet, 25, 20 + 65 * i, 8, 70, inks[i]);
    g_autoptr(SaoyImage) before = saoy_image_copy(sheet);
    shade(before, 0.25, 90);
    g_autoptr(SaoyImage) page = drawn_clean(before, &report);
    g_assert_cmpfloat(report.light, >, 1.15);
    g_assert_cmpint(page->width, ==, sheet->width); /* neither turned nor trimmed */

    unsigned ink = 0, lost = 0, turned = 0;
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            const uint8_t *was = drawn_at(before, x, y), *is = drawn_at(page, x, y);
            const uint8_t *true_ink = drawn_at(sheet, x, y);

            if (true_ink[1] > 200)
                continue;
            ink++;
            lost += is[1] > 200;
            /* each channel by one factor, to half a level either way */
            double factor = (double)(is[0] + is[1] + is[2]) / (was[0] + was[1] + was[2]);
            for (int c = 0; c < 3; c++)
                turned += fabs(is[c] - was[c] * factor) > 1.01;
        }
    g_assert_cmpuint(ink, >, 10000);
    g_assert_cmpuint(lost, ==, 0);
    g_assert_cmpuint(turned, ==, 0);
}

/* A dark photograph is no shade: nothing of it is lit up. */
static void
test_a_photograph_is_not_lit_up(void)
{
    g_autoptr(SaoyImage) sheet = letter();

    drawn_fill(sheet, drawn_px(10), drawn_px(10), drawn_px(60), drawn_px(80), 0x706860);
    SaoyPageReport report = report_of(sheet);
    g_assert_cmpfloat(report.light, ==, 1);
    g_assert_false(report.shadow);
}

/* test-page looks at three kinds more. */
static void
test_no_false_alarm_on_specimens(void)
{
    static const char *const kinds[] = { "land-use", "transcript" };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_auto(Specimen) specimen = specimen_of(kinds[i], "degraded", 1);
        SaoyPageReport report = report_of(specimen.image);

        g_test_message("%s: light %.2f", kinds[i], report.light);
        assert_hint(&report, NULL);
        g_assert_cmpuint(report.n_streaks, ==, 0);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/faults/clean", test_a_clean_page_has_no_fault);
    g_test_add_func("/faults/shadow", test_shadow);
    g_test_add_func("/faults/glare", test_glare);
    g_test_add_func("/faults/lid-no-glare", test_a_white_lid_is_no_glare);
    g_test_add_func("/faults/finger", test_finger);
    g_test_add_func("/faults/seal", test_a_seal_is_no_finger);
    g_test_add_func("/faults/cut-edge", test_cut_edge);
    g_test_add_func("/faults/cut-corner", test_cut_corner);
    g_test_add_func("/faults/small", test_too_small_and_too_coarse);
    g_test_add_func("/faults/blur", test_blur);
    g_test_add_func("/faults/double", test_two_sheets_at_once);
    g_test_add_func("/faults/dirt", test_dirt_is_the_same_streak_on_several_pages);
    g_test_add_func("/faults/even-light", test_even_light_leaves_ink_its_hue);
    g_test_add_func("/faults/photograph", test_a_photograph_is_not_lit_up);
    g_test_add_func("/faults/specimens", test_no_false_alarm_on_specimens);
    return g_test_run();
}
