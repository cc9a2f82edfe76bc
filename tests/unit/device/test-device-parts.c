/* Addresses, names, picture files and tapes: the small parts the drivers share. */
#include "address.h"
#include "core/error.h"
#include "core/file.h"
#include "names.h"
#include "picture.h"
#include "tape.h"

#include <string.h>

static void
test_an_address_has_a_base_and_options(void)
{
    g_auto(SaoyAddress) a = { 0 };

    saoy_address_parse("pnm:0?filename=/tmp/a%26b.ppm&three-pass&=x&mode=Color", &a);
    g_assert_cmpstr(a.base, ==, "pnm:0");
    g_assert_cmpstr(saoy_address_get(&a, "filename", NULL), ==, "/tmp/a&b.ppm");
    g_assert_cmpstr(saoy_address_get(&a, "three-pass", NULL), ==, "");
    g_assert_cmpstr(saoy_address_get(&a, "mode", NULL), ==, "Color");
    g_assert_cmpstr(saoy_address_get(&a, "none", "fallback"), ==, "fallback");
}

static void
test_addresses_that_hold_little(void)
{
    static const char *const texts[] = { "", "?", "?&", "dev", "dev?", "dev?%zz=%zz" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(SaoyAddress) a = { 0 };
        saoy_address_parse(texts[i], &a);
        g_assert_nonnull(a.base);
        g_assert_null(saoy_address_get(&a, "mode", NULL));
    }
}

static void
test_names_cannot_leave_their_folder(void)
{
    g_autofree char *longest = g_strnfill(64, 'a'), *longer = g_strnfill(65, 'a');

    g_assert_true(saoy_name_is_plain("H26.132-251110-0007.01-24"));
    g_assert_true(saoy_name_is_plain(longest));
    g_assert_false(saoy_name_is_plain(longer));
    g_assert_false(saoy_name_is_plain(""));
    g_assert_false(saoy_name_is_plain("."));
    g_assert_false(saoy_name_is_plain("../x"));
    g_assert_false(saoy_name_is_plain("a/b"));
    g_assert_false(saoy_name_is_plain("a b"));
    g_assert_false(saoy_name_is_plain("\xc3\xa9"));
}

static void
test_backs_belong_to_fronts(void)
{
    g_autofree char *back = saoy_picture_back_of("001.png");

    g_assert_cmpstr(back, ==, "001-back.png");
    g_assert_true(saoy_picture_is_back(back));
    g_assert_false(saoy_picture_is_back("001.png"));
    g_assert_false(saoy_picture_is_back("-back"));
    g_assert_true(saoy_picture_is_name("001.JPG"));
    g_assert_false(saoy_picture_is_name("fault"));
}

static int
dpi_of(GBytes *file)
{
    return saoy_picture_dpi(file, 300);
}

static void
test_dpi_is_what_the_file_says(void)
{
    g_autoptr(SaoyImage) image = saoy_image_new(8, 8, 3, 200, NULL);
    g_autoptr(GBytes) png = saoy_image_encode_png(image, NULL);
    g_autoptr(GBytes) jpeg = saoy_image_encode_jpeg(image, 80, false, NULL);
    g_autoptr(GBytes) pnm = saoy_picture_white(4, 4);

    g_assert_cmpint(dpi_of(png), ==, 200);
    g_assert_cmpint(dpi_of(jpeg), ==, 200);
    g_assert_cmpint(dpi_of(pnm), ==, 300);
}

static void
test_damaged_files_fall_back_to_the_usual_dpi(void)
{
    g_autoptr(SaoyImage) image = saoy_image_new(8, 8, 3, 200, NULL);
    g_autoptr(GBytes) png = saoy_image_encode_png(image, NULL);

    for (gsize n = 0; n < g_bytes_get_size(png); n++) {
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(png, 0, n);
        int dpi = dpi_of(cut);
        g_assert_true(dpi == 300 || dpi == 200);
    }
    g_autoptr(GBytes) liar =
        g_bytes_new_static("\x89PNG\r\n\x1a\n\xff\xff\xff\xffpHYs\0\0\0\0", 20);
    g_assert_cmpint(dpi_of(liar), ==, 300);
}

static SaoyView
text(const char *s)
{
    return (SaoyView){ (const uint8_t *)s, strlen(s) };
}

static void
test_a_tape_answers_the_same_questions_in_order(void)
{
    g_autofree char *dir = g_dir_make_tmp("tape-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "t", NULL);
    g_autoptr(GError) error = NULL;
    SaoyTapeCall call = { 0 };

    SaoyTape *record = saoy_tape_record(path);
    saoy_tape_put(record, text("a"), &(SaoyTapeCall){ 7, 5, text("answer"), text("more") });
    saoy_tape_put(record, text("b"), &(SaoyTapeCall){ 8, 0 });
    saoy_tape_free(record);

    g_autoptr(SaoyTape) tape = saoy_tape_play(path, &error);
    g_assert_no_error(error);
    g_assert_false(saoy_tape_next(tape, 7, text("other"), &call, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_true(saoy_tape_next(tape, 7, text("a"), &call, &error));
    g_assert_cmpuint(call.result, ==, 5);
    g_assert_cmpuint(call.answer.size, ==, 6);
    g_assert_cmpint(memcmp(call.extra.data, "more", 4), ==, 0);
    g_assert_true(saoy_tape_next(tape, 8, text("b"), &call, &error));
    g_assert_false(saoy_tape_next(tape, 8, text("b"), &call, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    saoy_dir_remove(dir, NULL);
}

static void
test_a_torn_tape_is_malformed(void)
{
    g_autofree char *dir = g_dir_make_tmp("tape-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "t", NULL);
    g_autofree char *file = NULL;
    gsize size = 0;

    SaoyTape *record = saoy_tape_record(path);
    saoy_tape_put(record, text("a"), &(SaoyTapeCall){ 7, 0, text("answer") });
    saoy_tape_free(record);
    g_assert_true(g_file_get_contents(path, &file, &size, NULL));
    for (gsize n = 13; n < size; n++) {
        g_autoptr(GError) error = NULL;
        SaoyTapeCall call = { 0 };

        g_assert_true(g_file_set_contents(path, file, (gssize)n, NULL));
        g_autoptr(SaoyTape) tape = saoy_tape_play(path, NULL);
        g_assert_false(saoy_tape_next(tape, 7, text("a"), &call, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    saoy_dir_remove(dir, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/address/parts", test_an_address_has_a_base_and_options);
    g_test_add_func("/address/little", test_addresses_that_hold_little);
    g_test_add_func("/names/plain", test_names_cannot_leave_their_folder);
    g_test_add_func("/picture/backs", test_backs_belong_to_fronts);
    g_test_add_func("/picture/dpi", test_dpi_is_what_the_file_says);
    g_test_add_func("/picture/damaged", test_damaged_files_fall_back_to_the_usual_dpi);
    g_test_add_func("/tape/order", test_a_tape_answers_the_same_questions_in_order);
    g_test_add_func("/tape/torn", test_a_torn_tape_is_malformed);
    return g_test_run();
}
