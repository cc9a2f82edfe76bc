/* Rules, leaders, cells, the order of words, and a hand in black: drawn in code, no engine.
 */
#include "../vision/drawn.h"
#include "hand.h"
#include "line.h"
#include "ocr.h"
#include "order.h"
#include "table.h"

#define BLACK 0x202020
#define PAPER 0xfafafa

static SaoyImage *
sheet(void)
{
    return drawn_sheet(210, 297, PAPER);
}

static void
rule(SaoyImage *image, double x0, double y0, double x1, double y1)
{
    drawn_fill(image, drawn_px(x0), drawn_px(y0), MAX(2, drawn_px(x1 - x0)),
               MAX(2, drawn_px(y1 - y0)), BLACK);
}

/* Three columns and four rows of 20 x 10 mm from 30, 50; the head of the last two joined.
 */
static SaoyImage *
table_sheet(void)
{
    SaoyImage *image = sheet();

    for (int i = 0; i <= 4; i++)
        rule(image, 30, 50 + 10 * i, 90, 50 + 10 * i);
    for (int i = 0; i <= 3; i++)
        rule(image, 30 + 20 * i, i == 2 ? 60 : 50, 30 + 20 * i, 90);
    return image;
}

static unsigned
dark_in(const SaoyGrey *grey, double x0, double y0, double x1, double y1)
{
    unsigned n = 0;

    for (int y = drawn_px(y0); y < drawn_px(y1); y++)
        for (int x = drawn_px(x0); x < drawn_px(x1); x++)
            n += grey->pixels[(size_t)y * (size_t)grey->width + (size_t)x] < 150;
    return n;
}

static void
take(SaoyGrey *grey)
{
    g_autoptr(GArray) across = NULL;
    g_autoptr(GArray) down = NULL;

    saoy_rules_take(grey, &across, &down);
}

static void
test_rules_go_and_letters_stay(void)
{
    g_autoptr(SaoyImage) image = table_sheet();

    drawn_fill(image, drawn_px(35), drawn_px(53), drawn_px(0.5), drawn_px(4), BLACK);
    /* a stem that stands on the rule at 60 */
    drawn_fill(image, drawn_px(40), drawn_px(56), drawn_px(0.5), drawn_px(4.2), BLACK);
    g_auto(SaoyGrey) grey = saoy_grey_of(image);
    g_assert_cmpuint(dark_in(&grey, 31, 59, 38, 61), >, 50);
    take(&grey);
    g_assert_cmpuint(dark_in(&grey, 41, 49, 91, 91), ==, 0);
    g_assert_cmpuint(dark_in(&grey, 34, 52, 37, 58), >, 80);
    g_assert_cmpuint(dark_in(&grey, 39, 55, 42, 59.5), >, 80);
}

/* Dots of 0.4 mm each 1.2 mm; three dots are a writer's. */
static void
test_leaders_go(void)
{
    g_autoptr(SaoyImage) image = sheet();

    for (int i = 0; i < 40; i++)
        drawn_fill(image, drawn_px(50 + 1.2 * i), drawn_px(100), 3, 3, BLACK);
    for (int i = 0; i < 3; i++)
        drawn_fill(image, drawn_px(50 + 1.2 * i), drawn_px(120), 3, 3, BLACK);
    g_auto(SaoyGrey) grey = saoy_grey_of(image);
    take(&grey);
    g_assert_cmpuint(dark_in(&grey, 40, 99, 110, 102), ==, 0);
    g_assert_cmpuint(dark_in(&grey, 40, 119, 110, 122), ==, 27);
}

static void
test_cells_are_as_drawn(void)
{
    g_autoptr(SaoyImage) image = table_sheet();
    g_autoptr(GArray) cells = saoy_page_cells(image);
    const SaoyCell *head = &g_array_index(cells, SaoyCell, 1);
    const SaoyCell *last = &g_array_index(cells, SaoyCell, cells->len - 1);

    g_assert_cmpuint(cells->len, ==, 11);
    g_assert_cmpuint(head->columns, ==, 2);
    g_assert_cmpuint(head->rows, ==, 1);
    g_assert_cmpuint(last->row, ==, 3);
    g_assert_cmpuint(last->column, ==, 2);
    g_assert_cmpint(abs(last->box.x - drawn_px(70)), <=, 3);
    g_assert_cmpint(abs(last->box.y - drawn_px(80)), <=, 3);
    g_assert_cmpint(abs(last->box.w - drawn_px(20)), <=, 4);
    g_assert_cmpint(saoy_cell_at(cells, (SaoyBox){ drawn_px(75), drawn_px(83), 9, 9 }), ==,
                    10);
    g_assert_cmpint(saoy_cell_at(cells, (SaoyBox){ 5, 5, 9, 9 }), ==, -1);
}

static void
test_a_frame_is_no_table(void)
{
    g_autoptr(SaoyImage) image = sheet();

    rule(image, 10, 10, 200, 10);
    rule(image, 10, 287, 200, 287);
    rule(image, 10, 10, 10, 287);
    rule(image, 200, 10, 200, 287);
    g_autoptr(GArray) cells = saoy_page_cells(image);
    g_assert_cmpuint(cells->len, ==, 0);
}

static void
add(SaoyWords *words, const char *text, double x, double y, int line)
{
    int width = (int)g_utf8_strlen(text, -1) * drawn_px(2);

    saoy_words_append(words, text,
                      (SaoyBox){ drawn_px(x), drawn_px(y), width, drawn_px(3) }, 90, line);
}

static void
assert_text(const SaoyWords *words, const char *wanted)
{
    g_autofree char *text = saoy_words_text(words);

    g_assert_cmpstr(text, ==, wanted);
    for (size_t i = 1; i < words->n; i++)
        g_assert_cmpint(words->items[i].line, >=, words->items[i - 1].line);
}

/* The engine read column by column, and what is below first. */
static void
test_a_table_is_read_by_rows(void)
{
    g_autoptr(SaoyImage) image = table_sheet();
    g_autoptr(GArray) cells = saoy_page_cells(image);
    g_auto(SaoyWords) words = { 0 };

    add(&words, "trên", 30, 40, 0);
    add(&words, "dưới", 30, 95, 1);
    add(&words, "1", 35, 63, 2);
    add(&words, "2", 35, 73, 3);
    add(&words, "Toán", 52, 63, 4);
    add(&words, "Văn", 52, 73, 5);
    add(&words, "9,5", 72, 63.4, 6);
    add(&words, "7,0", 72, 73, 7);
    saoy_words_arrange(&words, cells);
    assert_text(&words, "trên\n1 Toán 9,5\n2 Văn 7,0\ndưới");

    g_autoptr(SaoyJson) json = saoy_cells_to_json(cells, &words);
    SaoyJson *cell = saoy_json_at(json, 4);
    g_assert_cmpuint(saoy_json_length(json), ==, 11);
    g_assert_cmpstr(saoy_json_string_or(cell, "text", NULL), ==, "9,5");
    g_assert_cmpint(saoy_json_int_or(cell, "row", 0), ==, 2);
    g_assert_cmpint(saoy_json_int_or(cell, "column", 0), ==, 3);
}

/* Left and right of a form were taken for columns, and a line was torn. */
static void
test_rows_of_a_form_stay_rows(void)
{
    g_auto(SaoyWords) words = { 0 };

    add(&words, "Sinh", 20, 50, 0);
    add(&words, "Nam", 20, 60, 1);
    add(&words, "Cộng", 20, 40, 2);
    add(&words, "Kinh", 120, 50.5, 3);
    add(&words, "Việt", 120, 60.5, 4);
    add(&words, "hòa", 30, 40.4, 5);
    saoy_words_order(&words);
    assert_text(&words, "Cộng hòa\nSinh\nKinh\nNam\nViệt");
}

/* A word that was read alone stands in the gap it was lost from. */
static void
test_a_lost_word_comes_home(void)
{
    g_auto(SaoyWords) words = { 0 };

    add(&words, "tên:", 20, 50, 0);
    add(&words, "Hường", 60, 50, 0);
    add(&words, "cuối", 20, 60, 1);
    add(&words, "Nguyễn", 40, 49.6, 2);
    saoy_words_order(&words);
    assert_text(&words, "tên: Nguyễn Hường\ncuối");
}

static void
test_columns_of_prose_stay_columns(void)
{
    g_auto(SaoyWords) words = { 0 };
    g_autofree char *wanted = NULL;

    for (int column = 0; column < 2; column++)
        for (int row = 0; row < 6; row++)
            for (int i = 0; i < 7; i++)
                add(&words, column == 0 ? "trái" : "phải", 15 + 95 * column + 11 * i,
                    40 + 7 * row, 6 * column + row);
    wanted = saoy_words_text(&words);
    saoy_words_order(&words);
    assert_text(&words, wanted);
}

static void
test_grey_is_the_mean_of_what_it_covers(void)
{
    g_autoptr(SaoyImage) image = saoy_image_new(2481, 3509, 1, 300, NULL);

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            image->pixels[(size_t)y * (size_t)image->stride + (size_t)x] =
                x < 1500 ? 240 : 60;
    g_auto(SaoyGrey) grey = saoy_grey_of(image);
    g_assert_cmpint(grey.dpi, ==, 200);
    g_assert_cmpint(grey.width, ==, 1654);
    for (int x = 0; x < grey.width; x++) {
        uint8_t value = grey.pixels[(size_t)500 * (size_t)grey.width + (size_t)x];

        if (x < 998)
            g_assert_cmpint(abs(value - 240), <=, 1);
        else if (x > 1002)
            g_assert_cmpint(abs(value - 60), <=, 1);
    }
    SaoyBox box = saoy_grey_unscale(&grey, (SaoyBox){ 1000, 2000, 100, 50 });
    g_assert_cmpint(abs(box.x - 1500), <=, 1);
    g_assert_cmpint(abs(box.y - 3000), <=, 1);
    g_assert_cmpint(abs(box.w - 150), <=, 1);
}

/* Loops of 40 x 14 mm. */
static void
sign(SaoyImage *image, double x_mm, double y_mm)
{
    for (int i = 0; i < 4000; i++) {
        double t = i / 4000.0, x = x_mm + 40 * t + 3 * sin(50 * t);
        double y = y_mm + 7 * cos(38 * t);

        drawn_fill(image, drawn_px(x), drawn_px(y), 4, 4, BLACK);
    }
}

static void
test_a_hand_in_black_is_seen(void)
{
    g_autoptr(SaoyImage) image = sheet();
    g_auto(SaoyWords) words = { 0 };

    drawn_write(image, 25, 120, 8, 60, BLACK);
    SaoyBox hand = saoy_hand_of(image, &words);
    g_assert_cmpint(hand.w, ==, 0); /* lines of writing, though nobody read them */
    sign(image, 130, 230);
    hand = saoy_hand_of(image, &words);
    g_assert_cmpint(hand.w, >, drawn_px(35));
    g_assert_cmpint(abs(hand.x - drawn_px(129)), <, drawn_px(4));
    g_assert_cmpint(abs(hand.y - drawn_px(223)), <, drawn_px(3));
}

/* The picture tells letters better than the engine, but not O from 0. */
static void
test_zones_are_as_they_are_seen(void)
{
    char *zones[] = { (char *)"<VNMBUI<<THI\nC29243O5",
                      (char *)"P<VNMBUI<<THI<HUONG<<<<<<<<<<<<<<<<<<<<<<<<<\n"
                              "C29243O5<3VNM74O8133F32O8139O48174929899<<28",
                      NULL };
    g_autofree char *names =
        saoy_zone_line(zones, "P<VNMBUT<<THI<HU0NG<<<<<<<<<<<<<<<<<<<<<<<");
    g_autofree char *numbers =
        saoy_zone_line(zones, "C2924505<5VNM7408155F320815904817492989<<28");
    g_autofree char *other = saoy_zone_line(zones, "IDVNM0660770219080066077021<<3");

    g_assert_cmpstr(names, ==, "P<VNMBUI<<THI<HUONG<<<<<<<<<<<<<<<<<<<<<<<<<");
    g_assert_cmpstr(numbers, ==, "C2924305<3VNM7408133F3208139048174929899<<28");
    g_assert_null(other);
    g_assert_null(saoy_zone_line(NULL, "P<VNM"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/rules", test_rules_go_and_letters_stay);
    g_test_add_func("/table/leaders", test_leaders_go);
    g_test_add_func("/table/cells", test_cells_are_as_drawn);
    g_test_add_func("/table/frame", test_a_frame_is_no_table);
    g_test_add_func("/table/rows", test_a_table_is_read_by_rows);
    g_test_add_func("/order/form", test_rows_of_a_form_stay_rows);
    g_test_add_func("/order/lost", test_a_lost_word_comes_home);
    g_test_add_func("/order/prose", test_columns_of_prose_stay_columns);
    g_test_add_func("/grey/mean", test_grey_is_the_mean_of_what_it_covers);
    g_test_add_func("/zone/seen", test_zones_are_as_they_are_seen);
    g_test_add_func("/hand/black", test_a_hand_in_black_is_seen);
    return g_test_run();
}
