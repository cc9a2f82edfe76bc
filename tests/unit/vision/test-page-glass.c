/* What lies on the glass, and how: askew, on coloured lids, small, two cards at once. */
#include "core/error.h"
#include "drawn.h"

static SaoyImage *
letter(double width_mm, double height_mm)
{
    SaoyImage *sheet = drawn_sheet(width_mm, height_mm, 0xf6f5f0);

    drawn_write(sheet, 20, 25, (int)(height_mm / 6.5) - 8, (int)((width_mm - 40) / 2.2),
                0x202020);
    return sheet;
}

static void
test_every_angle_is_turned_back(void)
{
    static const double angles[] = { -14.8, -7.3, -1.02, 0.4, 5.55, 14.8 };

    for (unsigned i = 0; i < G_N_ELEMENTS(angles); i++) {
        g_autoptr(SaoyImage) sheet = letter(148, 210);
        g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0xfcfcfa);
        SaoyPageReport report = { 0 }, again = { 0 };

        drawn_lay_turned(glass, sheet, 34, 43, angles[i]);
        drawn_noise(glass, 3);
        g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
        g_autoptr(SaoyImage) twice = drawn_clean(page, &again);
        g_test_message("true %.2f found %.2f left %.3f", angles[i], report.skew_deg,
                       again.skew_deg);
        g_assert_cmpfloat(fabs(report.skew_deg - angles[i]), <, 0.1);
        g_assert_cmpfloat(fabs(again.skew_deg), <, 0.1);
        g_assert_cmpint(report.rotation, ==, 0);
    }
}

/* Every lid but a white one, which looks like paper. */
static void
test_coloured_lids_are_trimmed(void)
{
    static const uint32_t lids[] = { 0x202224, 0x2a5fb0, 0x3f8a3a, 0x808080, 0xb03a30 };

    for (unsigned i = 0; i < G_N_ELEMENTS(lids); i++) {
        g_autoptr(SaoyImage) sheet = letter(148, 210);
        g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, lids[i]);
        SaoyPageReport report = { 0 };

        drawn_lay_turned(glass, sheet, 30, 40, 3);
        drawn_noise(glass, 3);
        g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
        g_test_message("%06x: %.1f x %.1f mm, %.2f", lids[i], report.width_mm,
                       report.height_mm, report.skew_deg);
        g_assert_true(report.outlined);
        g_assert_false(report.rectified);
        g_assert_cmpint(report.size, ==, SAOY_SHEET_A5);
        g_assert_cmpfloat(fabs(report.skew_deg - 3), <, 0.1);
        g_assert_null(saoy_page_hint(&report));
        /* the corners of the sheet, where they lay */
        g_assert_cmpfloat(
            fabs(report.outline[0] - drawn_px(104 - 74 * 0.9986 + 105 * 0.0523)), <, 8);
    }
}

static void
test_a_sheet_seen_askew_becomes_a_rectangle(void)
{
    /* the farther end is narrower, as before a camera */
    static const double corners[8] = { 45, 32, 172, 28, 190, 268, 24, 262 };
    g_autoptr(SaoyImage) sheet = letter(210, 297);
    g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0x303638);
    SaoyPageReport report = { 0 };
    int marks[4] = { 0 };

    /* a mark in each corner, 8 mm in: they must come to lie where they are on the sheet */
    for (int k = 0; k < 4; k++)
        drawn_fill(sheet, drawn_px(k % 2 ? 200 : 8), drawn_px(k / 2 ? 287 : 8), drawn_px(2),
                   drawn_px(2), 0xd02020);
    drawn_lay(glass, sheet, corners);
    glass->dpi = 0; /* a photograph does not know */
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);

    g_test_message("%d x %d, %.1f x %.1f mm, %.2f", page->width, page->height,
                   report.width_mm, report.height_mm, report.skew_deg);
    g_assert_true(report.outlined);
    g_assert_true(report.rectified);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
    g_assert_cmpfloat(fabs(report.skew_deg), <, 0.2);
    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            const uint8_t *p = drawn_at(page, x, y);
            double u = x * 210.0 / page->width, v = y * 297.0 / page->height;
            int k = (u > 105) + 2 * (v > 148);

            if (p[0] > p[1] + 90 && fabs(u - (k % 2 ? 201 : 9)) < 2.5 &&
                fabs(v - (k / 2 ? 288 : 9)) < 2.5)
                marks[k]++;
        }
    for (int k = 0; k < 4; k++)
        g_assert_cmpint(marks[k], >, 20);
}

/* Without four certain sides nothing is drawn into a rectangle. */
static void
test_an_uncertain_outline_is_left_alone(void)
{
    g_autoptr(SaoyImage) sheet = letter(210, 297);
    g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0x303638);
    SaoyPageReport report = { 0 };

    drawn_lay_turned(glass, sheet, 40, 20, 2); /* two sides lie beyond the glass */
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
    g_assert_false(report.outlined);
    g_assert_false(report.rectified);
    g_assert_cmpfloat(fabs(report.skew_deg - 2), <, 0.1);
}

/* A framed certificate on white paper: its frame is no sheet. Nor is a picture on coloured
 * paper. */
static void
test_what_is_printed_is_no_outline(void)
{
    static const uint32_t papers[] = { 0xfafaf8, 0xf4c8cc, 0x9fc8e8 };

    for (unsigned i = 0; i < G_N_ELEMENTS(papers); i++) {
        g_autoptr(SaoyImage) sheet = drawn_sheet(210, 297, papers[i]);
        SaoyPageReport report = { 0 };

        drawn_fill(sheet, drawn_px(15), drawn_px(15), drawn_px(180), drawn_px(267),
                   0x8a1c1c);
        drawn_fill(sheet, drawn_px(17), drawn_px(17), drawn_px(176), drawn_px(263),
                   papers[i]);
        drawn_write(sheet, 30, 40, 12, 60, 0x202020);
        drawn_fill(sheet, drawn_px(30), drawn_px(180), drawn_px(30), drawn_px(40),
                   0x605848);
        g_autoptr(SaoyImage) page = drawn_clean(sheet, &report);
        g_test_message("%06x: %.1f x %.1f", papers[i], report.width_mm, report.height_mm);
        g_assert_false(report.outlined);
        g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
    }
}

/* Turned on a glass hardly larger than itself: its corners lie beyond, its sides do not. */
static void
test_a_sheet_over_the_rim_is_whole(void)
{
    g_autoptr(SaoyImage) sheet = letter(210, 297);
    g_autoptr(SaoyImage) glass = drawn_sheet(218, 305, 0x262526);
    SaoyPageReport report = { 0 };

    drawn_lay_turned(glass, sheet, 4, 4, -3);
    drawn_noise(glass, 3);
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
    g_assert_true(report.outlined);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
    g_assert_cmpfloat(fabs(report.width_mm - 210), <, 2);
    g_assert_cmpfloat(fabs(report.height_mm - 297), <, 2);
    for (int y = drawn_px(20); y < drawn_px(270); y++) { /* no lid beside it */
        g_assert_cmpint(drawn_at(page, 1, y)[0], >, 0x90);
        g_assert_cmpint(drawn_at(page, page->width - 2, y)[0], >, 0x90);
    }
}

static SaoyImage *
card(uint32_t rgb, uint32_t mark)
{
    SaoyImage *image = drawn_sheet(85.6, 53.98, rgb);

    drawn_write(image, 32, 10, 6, 22, 0x203020);
    drawn_fill(image, drawn_px(5), drawn_px(12), drawn_px(22), drawn_px(30), mark);
    return image;
}

static bool
is_about(const uint8_t *p, uint32_t rgb)
{
    for (int c = 0; c < 3; c++)
        if (abs(p[c] - (int)(uint8_t)(rgb >> (16 - 8 * c))) > 12)
            return false;
    return true;
}

static void
test_a_card_is_a_card(void)
{
    static const uint32_t lids[] = { 0xfcfcfa, 0x282a2c };

    for (unsigned i = 0; i < G_N_ELEMENTS(lids); i++) {
        g_autoptr(SaoyImage) front = card(0xb8dcc8, 0x705040);
        g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, lids[i]);
        SaoyPageReport report = { 0 };

        drawn_lay_turned(glass, front, 60, 90, -6);
        g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
        g_assert_cmpuint(report.cards, ==, 1);
        g_assert_cmpint(report.size, ==, SAOY_SHEET_ID1);
        g_assert_cmpint(page->width, >, page->height);
        g_assert_true(is_about(drawn_at(page, drawn_px(15), drawn_px(26)), 0x705040));
    }
}

/* How far outside a card with rounded corners this place is; mm from its middle. */
static double
outside_card(double x, double y)
{
    double u = fabs(x) - 85.6 / 2 + 3.18, v = fabs(y) - 53.98 / 2 + 3.18;

    return hypot(MAX(u, 0), MAX(v, 0)) + MIN(MAX(u, v), 0) - 3.18;
}

/* As a scanner sees it: the lid stands off a little, and the light comes from one side. */
static void
lay_thick_card(SaoyImage *glass, const SaoyImage *front, double x_mm, double y_mm,
               double degrees)
{
    double s = sin(degrees * G_PI / 180), c = cos(degrees * G_PI / 180);

    for (int y = 0; y < glass->height; y++)
        for (int x = 0; x < glass->width; x++) {
            double dx = x * 25.4 / DRAWN_DPI - x_mm, dy = y * 25.4 / DRAWN_DPI - y_mm;
            double u = dx * c + dy * s, v = dy * c - dx * s;
            double far = MAX(outside_card(u - 0.8, v - 1.1), 0);
            uint8_t *p = drawn_at(glass, x, y);

            if (outside_card(u, v) <= 0)
                drawn_sample(front, (u / 85.6 + 0.5) * (front->width - 1),
                             (v / 53.98 + 0.5) * (front->height - 1), p);
            else if (far < 4)
                for (int k = 0; k < 3; k++)
                    p[k] = (uint8_t)(p[k] * (1 - 0.3 * exp(-far * far)));
        }
}

/* The lid does not close: the light falls off along the glass. */
static void
darken_along(SaoyImage *glass, double depth)
{
    for (int y = 0; y < glass->height; y++) {
        double far = (glass->height - y) * 25.4 / DRAWN_DPI / 90;
        double left = 1 - depth * exp(-far * far);

        for (int i = 0; i < glass->width * 3; i++) {
            uint8_t *p = drawn_at(glass, 0, y) + i;

            *p = (uint8_t)(*p * left + 0.5);
        }
    }
}

static void
test_a_card_is_found_wherever_it_lies(void)
{
    static const struct {
        uint32_t lid, tint;
        double x, y, degrees, shadow;
    } cards[] = {
        { 0xfcfcfa, 0xb8dcc8, 108, 100, 14.6, 0 },
        { 0xfafaf8, 0xf4f4ee, 150, 80, -14.6, 0.25 },
        { 0xfcfcfa, 0xeef2f8, 60, 230, 3, 0.3 },
        { 0xf4f2ee, 0xf6e8d0, 44, 28.4, 0.6, 0 },
        { 0x303234, 0xf4f4ee, 110, 150, -9, 0 },
        { 0xfcfcfa, 0xe8f0e8, 110, 120, 93, 0.2 },
        { 0xfcfcfa, 0xd8e4f0, 42.3, 26.6, 0, 0 }, /* in the very corner */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cards); i++) {
        g_autoptr(SaoyImage) front = card(cards[i].tint, 0x705040);
        g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, cards[i].lid);
        SaoyPageReport report = { 0 };

        lay_thick_card(glass, front, cards[i].x, cards[i].y, cards[i].degrees);
        darken_along(glass, cards[i].shadow);
        drawn_noise(glass, 4);
        g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
        g_test_message("%u: %u cards, %.2f", i, report.cards, report.skew_deg);
        g_assert_cmpuint(report.cards, ==, 1);
        g_assert_cmpint(report.size, ==, SAOY_SHEET_ID1);
        double off = remainder(report.skew_deg - cards[i].degrees, 90);
        g_assert_cmpfloat(fabs(off), <, 0.1);
        /* the mark's four sides, where they are on the card */
        for (int k = 0; k < 4; k++) {
            double u = k % 2 ? 26.2 : 5.8, v = k / 2 ? 41.2 : 12.8;

            g_assert_cmpint(drawn_at(page, drawn_px(u), drawn_px(v))[0], <, 0x90);
            u += k % 2 ? 1.6 : -1.6;
            g_assert_cmpint(drawn_at(page, drawn_px(u), drawn_px(v))[0], >, 0x90);
        }
    }
}

/* A frame of a card's size on a letter is print; so is a photograph alone. */
static void
test_print_is_no_card(void)
{
    g_autoptr(SaoyImage) sheet = letter(210, 297);
    g_autoptr(SaoyImage) photograph = drawn_sheet(210, 297, 0xf6f5f0);
    SaoyPageReport report = { 0 };

    drawn_fill(sheet, drawn_px(60), drawn_px(120), drawn_px(85.6), drawn_px(54), 0x202020);
    drawn_fill(sheet, drawn_px(61), drawn_px(121), drawn_px(83.6), drawn_px(52), 0xf6f5f0);
    drawn_fill(photograph, drawn_px(60), drawn_px(120), drawn_px(90), drawn_px(60),
               0x605848);
    g_autoptr(SaoyImage) page = drawn_clean(sheet, &report);
    g_assert_cmpuint(report.cards, ==, 0);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
    g_autoptr(SaoyImage) other = drawn_clean(photograph, &report);
    g_assert_cmpuint(report.cards, ==, 0);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
}

static void
test_two_cards_come_onto_one_sheet(void)
{
    g_autoptr(SaoyImage) front = card(0xb8dcc8, 0x705040);
    g_autoptr(SaoyImage) back = card(0xc8d0e8, 0x304070);
    g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0xfcfcfa);
    SaoyPageReport report = { 0 };

    drawn_lay_turned(glass, front, 50, 40, 4);
    drawn_lay_turned(glass, back, 70, 150, -9);
    drawn_noise(glass, 3);
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
    int left = drawn_px((210 - 85.6) / 2 + 15);

    g_assert_cmpuint(report.cards, ==, 2);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4);
    g_assert_true(is_about(drawn_at(page, left, drawn_px(30 + 26)), 0x705040));
    g_assert_true(is_about(drawn_at(page, left, drawn_px(30 + 54 + 10 + 26)), 0x304070));
    g_assert_cmpint(report.free_box.w, >, 0); /* the attestation finds room below */
}

/* The sheet they were copied onto may lie in any way; a back without writing tells nothing
 * of its own. */
static void
test_two_cards_turned_together_stay_together(void)
{
    static const struct {
        double front[2], back[2]; /* mm from the top left */
    } quarters[4] = { { { 50, 40 }, { 60, 150 } },
                      { { 115, 60 }, { 20, 70 } },
                      { { 60, 150 }, { 50, 40 } },
                      { { 20, 70 }, { 115, 60 } } };

    for (unsigned i = 0; i < 4; i++) {
        g_autoptr(SaoyImage) front = card(0xb8dcc8, 0x705040);
        g_autoptr(SaoyImage) back = drawn_sheet(85.6, 53.98, 0xc8d0e8);
        g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0xfcfcfa);
        SaoyPageReport report = { 0 };

        drawn_fill(back, drawn_px(5), drawn_px(12), drawn_px(22), drawn_px(30), 0x304070);
        drawn_lay_turned(glass, front, quarters[i].front[0], quarters[i].front[1],
                         90 * i + 2);
        drawn_lay_turned(glass, back, quarters[i].back[0], quarters[i].back[1], 90 * i + 2);
        drawn_noise(glass, 3);
        g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
        int left = drawn_px((210 - 85.6) / 2 + 15);

        g_test_message("turned by %u quarters", i);
        g_assert_cmpuint(report.cards, ==, 2);
        g_assert_true(is_about(drawn_at(page, left, drawn_px(30 + 26)), 0x705040));
        g_assert_true(
            is_about(drawn_at(page, left, drawn_px(30 + 54 + 10 + 26)), 0x304070));
    }
}

static void
test_two_scans_of_a_card_come_onto_one_sheet(void)
{
    g_autoptr(SaoyImage) front = card(0xb8dcc8, 0x705040);
    g_autoptr(SaoyImage) back = card(0xc8d0e8, 0x304070);
    g_autoptr(SaoyImage) letter_sheet = letter(148, 210);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) both = saoy_page_join_cards(front, back, &error);

    g_assert_no_error(error);
    g_assert_cmpint(both->width, ==, drawn_px(210));
    g_assert_cmpint(both->height, ==, drawn_px(297));
    g_assert_null(saoy_page_join_cards(front, letter_sheet, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Both sides were set upside down, and so in the wrong order. */
static void
test_a_sheet_of_cards_turns_around_in_its_place(void)
{
    g_autoptr(SaoyImage) front = card(0xb8dcc8, 0x705040);
    g_autoptr(SaoyImage) back = card(0xc8d0e8, 0x304070);
    g_autoptr(SaoyImage) first = saoy_image_rotate(back, 2, NULL);
    g_autoptr(SaoyImage) second = saoy_image_rotate(front, 2, NULL);
    g_autoptr(SaoyImage) right = saoy_page_join_cards(front, back, NULL);
    g_autoptr(SaoyImage) wrong = saoy_page_join_cards(first, second, NULL);
    SaoyPageReport report = { .cards = 2, .rotation = 3 };
    g_autoptr(SaoyImage) turned = saoy_page_turn(wrong, 2, &report, NULL);

    g_assert_cmpint(report.rotation, ==, 1);
    g_assert_cmpint(report.size, ==, SAOY_SHEET_A4); /* judged anew */
    g_assert_cmpmem(turned->pixels, (size_t)turned->stride * (size_t)turned->height,
                    right->pixels, (size_t)right->stride * (size_t)right->height);
}

static void
test_sizes_are_known(void)
{
    static const struct {
        double width, height;
        SaoySheetSize size;
    } sheets[] = { { 210, 297, SAOY_SHEET_A4 },   { 297, 210, SAOY_SHEET_A4 },
                   { 148, 210, SAOY_SHEET_A5 },   { 297, 420, SAOY_SHEET_A3 },
                   { 216, 297, SAOY_SHEET_A4 }, /* a whole glass */
                   { 180, 250, SAOY_SHEET_OTHER } };

    for (unsigned i = 0; i < G_N_ELEMENTS(sheets); i++) {
        g_autoptr(SaoyImage) sheet = letter(sheets[i].width, sheets[i].height);
        SaoyPageReport report = { 0 };
        g_autoptr(SaoyImage) page = drawn_clean(sheet, &report);

        g_assert_cmpint(report.size, ==, sheets[i].size);
    }
}

static void
test_finer_scans_come_down_to_300(void)
{
    g_autoptr(SaoyImage) sheet = letter(105, 148);
    SaoyPageReport report = { 0 };

    sheet->dpi = 600; /* and a quarter of the size */
    g_autoptr(SaoyImage) page = drawn_clean(sheet, &report);
    g_assert_cmpint(page->dpi, ==, 300);
    g_assert_cmpint(abs(page->width - sheet->width / 2), <=, 2);
    g_assert_cmpint(report.scan_dpi, ==, 600);
}

static void
test_the_scan_is_hashed(void)
{
    g_autoptr(SaoyImage) sheet = letter(148, 210);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    SaoyPageReport report = { 0 };
    uint8_t want[32];
    gsize n = sizeof want;

    g_checksum_update(sum, sheet->pixels, (gssize)sheet->stride * sheet->height);
    g_checksum_get_digest(sum, want, &n);
    g_autoptr(SaoyImage) page = drawn_clean(sheet, &report);
    g_assert_cmpmem(report.scan_sha256, 32, want, 32);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/glass/angles", test_every_angle_is_turned_back);
    g_test_add_func("/glass/lids", test_coloured_lids_are_trimmed);
    g_test_add_func("/glass/askew", test_a_sheet_seen_askew_becomes_a_rectangle);
    g_test_add_func("/glass/uncertain", test_an_uncertain_outline_is_left_alone);
    g_test_add_func("/glass/over-the-rim", test_a_sheet_over_the_rim_is_whole);
    g_test_add_func("/glass/printed", test_what_is_printed_is_no_outline);
    g_test_add_func("/glass/card", test_a_card_is_a_card);
    g_test_add_func("/glass/anywhere", test_a_card_is_found_wherever_it_lies);
    g_test_add_func("/glass/no-card", test_print_is_no_card);
    g_test_add_func("/glass/two-cards", test_two_cards_come_onto_one_sheet);
    g_test_add_func("/glass/two-cards-together",
                    test_two_cards_turned_together_stay_together);
    g_test_add_func("/glass/two-scans", test_two_scans_of_a_card_come_onto_one_sheet);
    g_test_add_func("/glass/cards-turned", test_a_sheet_of_cards_turns_around_in_its_place);
    g_test_add_func("/glass/sizes", test_sizes_are_known);
    g_test_add_func("/glass/fine", test_finer_scans_come_down_to_300);
    g_test_add_func("/glass/hash", test_the_scan_is_hashed);
    return g_test_run();
}
