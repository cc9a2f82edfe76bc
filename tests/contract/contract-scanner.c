/* One contract, every driver: the fake may only lie in ways the real one may. The real
 * driver runs on SANE's own `test` and `pnm` backends, chosen by a private SANE_CONFIG_DIR.
 */
#include "core/error.h"
#include "core/file.h"
#include "device/scanner.h"
#include "vision/image.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    const char *name, *driver;
    const char *address; /* %s: the fixture's folder */
    const char *nothing; /* an address where no scanner is */
    bool told;           /* jam and empty can be asked for */
    const char *empty, *jam;
} Kind;

/* clang-format off */
static const Kind kinds[] = {
    { "emu", "emu", "%s", "/nowhere/at/all", true, "%s", "%s" },
    /* told to fail it would lock up now and then: its reader thread is killed within malloc */
    { "sane-test", "sane", "test:0?resolution=75&source=Flatbed&test-picture=Color%20pattern", "test:9", false, NULL, NULL },
    { "sane-pnm", "sane", "pnm:0?filename=%s/001.ppm", "pnm:9", false, NULL, NULL },
};
/* clang-format on */

typedef struct {
    char *folder;
    SaoyScanner *scanner;
    unsigned sheets;
    GBytes *front;
    int dpi;
    GCancellable *cancel_at_sheet;
    unsigned side;
    int lines, of, calls;
} Fixture;

static void
load(const Fixture *fix, const char *name, const void *data, size_t size)
{
    g_autofree char *path = g_build_filename(fix->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
}

/* A red page with a black bar: 30 x 20 pixels. */
static void
load_page(const Fixture *fix, const char *name)
{
    g_autoptr(GByteArray) file = g_byte_array_new();
    static const char header[] = "P6\n30 20\n255\n";

    g_byte_array_append(file, (const uint8_t *)header, sizeof header - 1);
    for (int i = 0; i < 30 * 20; i++)
        g_byte_array_append(
            file, i / 30 < 5 ? (const uint8_t *)"\0\0\0" : (const uint8_t *)"\xf0\x10\x20",
            3);
    load(fix, name, file->data, file->len);
}

static char *
fill_in(const Fixture *fix, const char *pattern)
{
    const char *at = strstr(pattern, "%s");

    if (at == NULL)
        return g_strdup(pattern);
    return g_strdup_printf("%.*s%s%s", (int)(at - pattern), pattern, fix->folder, at + 2);
}

static SaoyScanner *
open_at(const Fixture *fix, const Kind *kind, const char *pattern, GError **error)
{
    g_autofree char *address = fill_in(fix, pattern);

    return saoy_scanner_open(kind->driver, address, error);
}

static void
set_up(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    fix->folder = g_dir_make_tmp("scanner-XXXXXX", &error);
    g_assert_no_error(error);
    load_page(fix, "001.ppm");
    fix->scanner = open_at(fix, kind, kind->address, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *data)
{
    g_clear_pointer(&fix->scanner, saoy_scanner_close);
    g_clear_pointer(&fix->front, g_bytes_unref);
    g_assert_true(saoy_dir_remove(fix->folder, NULL));
    g_free(fix->folder);
}

static void
on_sheet(GBytes *front, GBytes *back, int dpi, void *user)
{
    Fixture *fix = user;

    fix->sheets++;
    fix->dpi = dpi;
    g_clear_pointer(&fix->front, g_bytes_unref);
    fix->front = g_bytes_ref(front);
    if (fix->cancel_at_sheet != NULL)
        g_cancellable_cancel(fix->cancel_at_sheet);
}

static bool
scan(Fixture *fix, GCancellable *cancel, GError **error)
{
    return saoy_scanner_scan(fix->scanner, &(SaoyScanRequest){ .dpi = 75 }, on_sheet, fix,
                             cancel, error);
}

static void
test_gives_pictures_that_decode(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) image = NULL;

    g_assert_true(scan(fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(fix->sheets, ==, 1);
    g_assert_cmpint(fix->dpi, >=, 75);
    image = saoy_image_decode(fix->front, &error);
    g_assert_no_error(error);
    g_assert_cmpint(image->channels, ==, 3);
    g_assert_cmpint(image->width, >=, 30);
}

static void
test_scans_again(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(scan(fix, NULL, &error));
    g_assert_true(scan(fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(fix->sheets, ==, 2);
}

static void
test_opening_nothing_is_offline(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_scanner_open(kind->driver, kind->nothing, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_second_open_is_refused(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    g_assert_null(open_at(fix, kind, kind->address, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_clear_error(&error);
    g_assert_true(scan(fix, NULL, &error)); /* and the first is none the worse */
    g_assert_no_error(error);
}

static void
test_cancel_wins(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    g_cancellable_cancel(cancel);
    g_assert_false(scan(fix, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(fix->sheets, ==, 0);
    g_clear_error(&error);
    g_assert_true(scan(fix, NULL, &error));
}

static void
reopen(Fixture *fix, const Kind *kind, const char *address)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fix->scanner, saoy_scanner_close);
    fix->scanner = open_at(fix, kind, address, &error);
    g_assert_no_error(error);
}

static void
test_an_empty_feeder_is_no_media(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    if (!kind->told) {
        g_test_skip("this one cannot be told to be empty");
        return;
    }
    reopen(fix, kind, kind->empty);
    load(fix, "fault", "empty 0", 7);
    g_assert_false(scan(fix, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_assert_cmpint(saoy_error_class(error), ==, SAOY_CLASS_USER);
    g_assert_nonnull(saoy_scanner_hint(error));
}

static void
test_a_jam_is_a_jam_and_close_after_it_is_safe(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    if (!kind->told) {
        g_test_skip("this one cannot be told to jam");
        return;
    }
    reopen(fix, kind, kind->jam);
    load(fix, "fault", "jam 1", 5);
    g_assert_false(scan(fix, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_JAM);
    g_assert_true(g_str_has_prefix(error->message, "scanner "));
    g_assert_cmpuint(fix->sheets, ==, 0);
}

static void
test_a_preview_is_one_small_picture(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    bool paper = false;

    g_assert_true(saoy_scanner_look_at_glass(fix->scanner, &paper, NULL, &error));
    g_assert_no_error(error);
    /* the emulated glass is empty; the others' always hold their picture */
    g_assert_cmpint(paper, ==, !g_str_equal(((const Kind *)data)->name, "emu"));
}

static void
on_lines(unsigned side, int lines, int of, void *user)
{
    Fixture *fix = user;

    g_assert_cmpuint(side, >=, fix->side);
    if (side == fix->side)
        g_assert_cmpint(lines, >=, fix->lines);
    g_assert_true(of == -1 || lines <= of);
    fix->side = side;
    fix->lines = lines;
    fix->of = of;
    fix->calls++;
}

static void
test_lines_are_told_while_they_come(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_scanner_scan(
        fix->scanner, &(SaoyScanRequest){ .dpi = 75, .lines = on_lines, .lines_user = fix },
        on_sheet, fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(fix->calls, >=, 2);
    g_assert_cmpuint(fix->side, ==, 1);
    g_assert_cmpint(fix->lines, ==, fix->of); /* all of them, in the end */
}

/* What follows only the emulated one can be told to do. */
static void
test_jam_keeps_the_sheets_already_fed(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    load_page(fix, "002.ppm");
    load(fix, "fault", "jam 2", 5);
    g_assert_false(scan(fix, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_JAM);
    g_assert_cmpuint(fix->sheets, ==, 1);
}

static void
test_cancel_between_sheets(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    load_page(fix, "002.ppm");
    fix->cancel_at_sheet = cancel;
    g_assert_false(scan(fix, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(fix->sheets, ==, 1);
}

static void
test_paper_left_on_the_glass_is_seen(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    bool paper = false;

    load(fix, "glass", "", 0);
    g_assert_true(saoy_scanner_look_at_glass(fix->scanner, &paper, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(paper);
}

static void *
cancel_soon(void *cancel)
{
    g_usleep(200 * 1000);
    g_cancellable_cancel(cancel);
    return NULL;
}

static void
test_cancel_while_a_sheet_is_fed(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    load(fix, "delay", "60000", 5);
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);
    g_assert_false(scan(fix, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_thread_join(thread);
    g_assert_cmpuint(fix->sheets, ==, 0);
}

static void
on_both_sides(GBytes *front, GBytes *back, int dpi, void *user)
{
    unsigned *backs = user;

    g_assert_nonnull(front);
    *backs += back != NULL;
}

static void
test_duplex_gives_both_sides(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    unsigned backs = 0;

    load_page(fix, "001-back.ppm"); /* the second sheet's back is empty */
    load_page(fix, "002.ppm");
    g_assert_true(saoy_scanner_scan(fix->scanner,
                                    &(SaoyScanRequest){ .dpi = 300, .duplex = true },
                                    on_both_sides, &backs, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(backs, ==, 2);
    g_assert_true(scan(fix, NULL, &error)); /* simplex: backs are no sheets */
    g_assert_cmpuint(fix->sheets, ==, 2);
}

/* And these only SANE's test device. */
static void
test_a_feeder_gives_all_its_sheets(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    reopen(fix, data, "test:0?resolution=20&br-x=20&br-y=20&mode=Gray");
    g_assert_true(scan(fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(fix->sheets, ==, 10);
}

typedef struct {
    const char *address;
    int channels;
} Shape;

static void
test_every_shape_of_frame_decodes(Fixture *fix, const void *data)
{
    static const Shape shapes[] = {
        { "mode=Gray&depth=1", 1 },
        { "mode=Gray&depth=16", 1 },
        { "mode=Color&depth=16", 3 },
        { "mode=Color&three-pass=yes", 3 },
        { "mode=Color&hand-scanner=yes", 3 },
        { "mode=Color&read-limit=yes&read-limit-size=7", 3 },
        { "mode=Color&ppl-loss=3", 3 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *address =
            g_strdup_printf("test:0?source=Flatbed&resolution=25&%s", shapes[i].address);
        g_autoptr(GError) error = NULL;

        reopen(fix, data, address);
        g_assert_true(scan(fix, NULL, &error));
        g_assert_no_error(error);
        g_autoptr(SaoyImage) image = saoy_image_decode(fix->front, &error);
        g_assert_no_error(error);
        g_assert_cmpint(image->channels, ==, shapes[i].channels);
    }
}

/* A sheet drawn over the sensor by hand: its length is known when it ends. */
static void
test_the_length_of_a_hand_scan_is_not_known(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) image = NULL;

    reopen(fix, data,
           "test:0?source=Flatbed&resolution=50&mode=Color&hand-scanner=yes&"
           "read-limit=yes&read-limit-size=1001");
    fix->of = 1;
    g_assert_true(saoy_scanner_scan(
        fix->scanner,
        &(SaoyScanRequest){ .dpi = 50 + 25, .lines = on_lines, .lines_user = fix },
        on_sheet, fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(fix->calls, >, 2);
    image = saoy_image_decode(fix->front, &error);
    g_assert_no_error(error);
    g_assert_cmpint(image->height, ==, fix->of);
}

static void
test_three_passes_make_the_picture_one_pass_makes(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) one = NULL;
    static const char one_pass[] =
        "test:0?source=Flatbed&resolution=25&mode=Color&test-picture=Color%20pattern";
    static const char three[] =
        "test:0?source=Flatbed&resolution=25&mode=Color&three-pass=yes&"
        "three-pass-order=GBR&test-picture=Color%20pattern";

    reopen(fix, data, one_pass);
    g_assert_true(scan(fix, NULL, &error));
    one = g_steal_pointer(&fix->front);
    reopen(fix, data, three);
    g_assert_true(scan(fix, NULL, &error));
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(one, fix->front));
}

static void
on_found(const char *name, const char *model, const char *kind, void *user)
{
    unsigned *found = user;

    *found += g_str_has_prefix(name, "test:") && strstr(model, "Noname") != NULL;
}

static void
test_devices_are_found(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    unsigned found = 0;

    g_assert_true(saoy_scanner_find(on_found, &found, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(found, ==, 2);
    g_assert_true(scan(fix, NULL, &error)); /* and what is open stays open */
}

static void
test_cancel_in_the_middle_of_a_slow_page(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    reopen(fix, data,
           "test:0?source=Flatbed&resolution=200&mode=Color&read-delay=yes&"
           "read-delay-duration=200000&read-limit=yes&read-limit-size=1000");
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);
    g_assert_false(scan(fix, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_thread_join(thread);
    g_assert_cmpuint(fix->sheets, ==, 0);
}

static void
test_an_option_nobody_has_is_said(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fix->scanner, saoy_scanner_close);
    g_assert_null(saoy_scanner_open("sane", "test:0?warp=9", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "warp"));
    fix->scanner = saoy_scanner_open("sane", "test:0", &error); /* and it was let go */
    g_assert_nonnull(fix->scanner);
}

static void
test_the_pages_colours_arrive_unchanged(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(scan(fix, NULL, &error));
    g_assert_no_error(error);
    g_autoptr(SaoyImage) image = saoy_image_decode(fix->front, &error);
    g_assert_cmpint(image->width, ==, 30);
    g_assert_cmpint(image->height, ==, 20);
    const uint8_t *last = image->pixels + 19 * image->stride + 29 * 3;
    g_assert_cmpint(image->pixels[0], ==, 0);
    g_assert_cmpint(last[0], ==, 0xf0);
    g_assert_cmpint(last[1], ==, 0x10);
    g_assert_cmpint(last[2], ==, 0x20);
}

/* What the test devices cannot do stands on tapes of sane-airscan before an eSCL machine:
 * A4, both sides of sheets, a jam under way. */
#define TAPE(name) "tape:" SAOY_SOURCE_DIR "/tests/data/tape/" name ".tape.gz"

typedef struct {
    unsigned sheets, backs;
    GCancellable *cancel; /* cancelled halfway down the page */
    SaoyImage *last;
} Heard;

static void
on_heard(GBytes *front, GBytes *back, int dpi, void *user)
{
    Heard *heard = user;

    heard->sheets++;
    heard->backs += back != NULL;
    g_clear_pointer(&heard->last, saoy_image_free);
    heard->last = saoy_image_decode(front, NULL);
    g_assert_nonnull(heard->last);
    heard->last->dpi = dpi;
}

static void
on_half(unsigned side, int lines, int of, void *user)
{
    const Heard *heard = user;

    if (heard->cancel != NULL && lines > of / 2)
        g_cancellable_cancel(heard->cancel);
}

static bool
play(const char *tape, int dpi, bool duplex, Heard *heard, GError **error)
{
    g_autoptr(SaoyScanner) scanner = saoy_scanner_open("sane", tape, error);
    const SaoyScanRequest request = {
        .dpi = dpi, .duplex = duplex, .lines = on_half, .lines_user = heard
    };

    return scanner != NULL &&
           saoy_scanner_scan(scanner, &request, on_heard, heard, heard->cancel, error);
}

static void
test_a_taped_glass_gives_a4_in_colour(void)
{
    g_autoptr(GError) error = NULL;
    Heard heard = { 0 };

    g_assert_true(play(TAPE("scan-glass"), 300, false, &heard, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(heard.sheets, ==, 1);
    g_autoptr(SaoyImage) page = heard.last;
    g_assert_cmpint(page->width, ==, 2480);
    g_assert_cmpint(page->height, ==, 3508);
    g_assert_cmpint(page->dpi, ==, 300);
    const uint8_t *red = page->pixels + 375 * page->stride + 375 * 3;
    g_assert_cmpint(red[0], >, 150);
    g_assert_cmpint(red[1], <, 60);
}

/* Three sides: the second sheet has no back. */
static void
test_a_taped_feeder_gives_odd_sides(void)
{
    g_autoptr(GError) error = NULL;
    Heard heard = { 0 };

    g_assert_true(play(TAPE("scan-duplex"), 75, true, &heard, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(heard.sheets, ==, 2);
    g_assert_cmpuint(heard.backs, ==, 1);
    g_autoptr(SaoyImage) page = heard.last;
    const uint8_t *blue = page->pixels + 600 * page->stride + 300 * 3;
    g_assert_cmpint(page->width, ==, 620);
    g_assert_cmpint(blue[2], >, blue[0] + 20);
}

static void
test_a_taped_jam_keeps_the_first_sheet(void)
{
    g_autoptr(GError) error = NULL;
    Heard heard = { 0 };

    g_assert_false(play(TAPE("scan-jam"), 75, false, &heard, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_JAM);
    g_assert_cmpuint(heard.sheets, ==, 1);
    g_clear_pointer(&heard.last, saoy_image_free);
}

static void
test_a_taped_page_is_cancelled_halfway(void)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    Heard heard = { .cancel = cancel };

    g_assert_false(play(TAPE("scan-glass"), 300, false, &heard, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(heard.sheets, ==, 0);
}

/* Another resolution is another conversation: the device is as good as pulled out. */
static void
test_a_tape_answers_its_own_questions_alone(void)
{
    g_autoptr(GError) error = NULL;
    Heard heard = { 0 };

    g_assert_false(play(TAPE("scan-glass"), 75, false, &heard, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_clear_error(&error);
    g_assert_null(
        saoy_scanner_open("sane", "tape:" SAOY_SOURCE_DIR "/CMakeLists.txt", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

typedef void Test(Fixture *fix, const void *data);

static void
add(const Kind *kind, const char *name, Test *test)
{
    g_autofree char *path = g_strdup_printf("/scanner/%s/%s", kind->name, name);

    g_test_add(path, Fixture, kind, set_up, test, tear_down);
}

static char *
private_sane(void)
{
    char *dir = g_dir_make_tmp("sane-XXXXXX", NULL);
    g_autofree char *dll = g_build_filename(dir, "dll.conf", NULL);
    g_autofree char *conf = g_build_filename(dir, "test.conf", NULL);

    g_assert_true(g_file_set_contents(dll, "test\npnm\n", -1, NULL));
    g_assert_true(g_file_set_contents(conf, "number_of_devices 2\n", -1, NULL));
    g_setenv("SANE_CONFIG_DIR", dir, TRUE);
    return dir;
}

int
main(int argc, char **argv)
{
    g_autofree char *dir = private_sane();

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        add(&kinds[i], "pictures-decode", test_gives_pictures_that_decode);
        add(&kinds[i], "scans-again", test_scans_again);
        add(&kinds[i], "nothing-is-offline", test_opening_nothing_is_offline);
        add(&kinds[i], "second-open-is-refused", test_second_open_is_refused);
        add(&kinds[i], "cancel-wins", test_cancel_wins);
        add(&kinds[i], "empty-is-no-media", test_an_empty_feeder_is_no_media);
        add(&kinds[i], "jam", test_a_jam_is_a_jam_and_close_after_it_is_safe);
        add(&kinds[i], "lines", test_lines_are_told_while_they_come);
        add(&kinds[i], "preview", test_a_preview_is_one_small_picture);
    }
    add(&kinds[0], "jam-keeps-sheets", test_jam_keeps_the_sheets_already_fed);
    add(&kinds[0], "cancel-between-sheets", test_cancel_between_sheets);
    add(&kinds[0], "paper-left", test_paper_left_on_the_glass_is_seen);
    add(&kinds[0], "cancel-slow-sheet", test_cancel_while_a_sheet_is_fed);
    add(&kinds[0], "duplex", test_duplex_gives_both_sides);
    add(&kinds[0], "colours", test_the_pages_colours_arrive_unchanged);
    add(&kinds[1], "feeder", test_a_feeder_gives_all_its_sheets);
    add(&kinds[1], "shapes", test_every_shape_of_frame_decodes);
    add(&kinds[1], "three-passes", test_three_passes_make_the_picture_one_pass_makes);
    add(&kinds[1], "hand", test_the_length_of_a_hand_scan_is_not_known);
    add(&kinds[1], "found", test_devices_are_found);
    add(&kinds[1], "cancel-slow-page", test_cancel_in_the_middle_of_a_slow_page);
    add(&kinds[1], "unknown-option", test_an_option_nobody_has_is_said);
    add(&kinds[2], "colours", test_the_pages_colours_arrive_unchanged);
    g_test_add_func("/scanner/tape/glass", test_a_taped_glass_gives_a4_in_colour);
    g_test_add_func("/scanner/tape/duplex", test_a_taped_feeder_gives_odd_sides);
    g_test_add_func("/scanner/tape/jam", test_a_taped_jam_keeps_the_first_sheet);
    g_test_add_func("/scanner/tape/cancel", test_a_taped_page_is_cancelled_halfway);
    g_test_add_func("/scanner/tape/other", test_a_tape_answers_its_own_questions_alone);
    int result = g_test_run();
    saoy_dir_remove(dir, NULL);
    return result;
}
