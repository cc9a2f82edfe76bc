/* Pages on their way through the visit: scanned, cleaned and read at once, put together.
 * The emulated scanner and the reader run on their own workers as in the machine; its
 * levers are pipes here, so that nothing depends on who is faster. */
#include "visit-private.h"

#include "../vision/drawn.h"
#include "core/file.h"
#include "device/bench.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEADLINE_S = 120 };

static bool
journal(void *user, const SaoyTransition *row, GError **error)
{
    return true;
}

static void
act(void *user, SaoyEffect effect, unsigned turn, GCancellable *cancel)
{
}

static void
show_flow(void *user, SaoyState state, const SaoyFacts *facts)
{
}

static void
show(void *user, SaoyState state, const SaoySession *session)
{
}

static const SaoyFlowHooks hooks = { journal, act, show_flow, NULL };

typedef struct {
    SaoyVisit visit;
    SaoyKioskConfig *config;
    GCancellable *cancel;
    char *feed;
} Fixture;

static void
set_up(Fixture *f, const void *data)
{
    g_autoptr(GError) error = NULL;
    SaoyVisit *visit = &f->visit;

    memset(visit, 0, sizeof *visit);
    f->config = saoy_kiosk_config_read(NULL, NULL);
    f->feed = g_dir_make_tmp("feed-XXXXXX", &error);
    g_assert_no_error(error);
    f->cancel = g_cancellable_new();
    visit->config = f->config;
    visit->show = show;
    visit->flow = (SaoyFlow){ .hooks = &hooks, .user = visit, .turn = 1 };
    visit->flow.state = SAOY_STATE_SCAN;
    visit->arena = saoy_arena_new(4 << 20, NULL);
    visit->alive = g_atomic_rc_box_new0(SaoyVisit *);
    *visit->alive = visit;
    g_queue_init(&visit->events);
    visit->workers[SAOY_ON_SCANNER] = saoy_worker_new("scanner");
    visit->workers[SAOY_ON_CPU] = saoy_worker_new("cpu");
    visit->devices.scanner = saoy_scanner_open("emu", f->feed, &error);
    g_assert_no_error(error);
    visit->devices.reader = saoy_reader_open(&error);
    g_assert_no_error(error);
    saoy_session_begin(visit);
}

static void
tear_down(Fixture *f, const void *data)
{
    SaoyVisit *visit = &f->visit;

    g_cancellable_cancel(f->cancel);
    saoy_session_wipe(visit);
    saoy_worker_free(visit->workers[SAOY_ON_SCANNER]);
    saoy_worker_free(visit->workers[SAOY_ON_CPU]);
    *visit->alive = NULL;
    while (g_main_context_iteration(NULL, FALSE)) /* late answers: to nobody */
        ;
    saoy_scanner_close(visit->devices.scanner);
    saoy_reader_close(visit->devices.reader);
    g_clear_pointer(&visit->scan_gate, g_async_queue_unref);
    g_atomic_rc_box_release(visit->alive);
    saoy_arena_free(visit->arena);
    saoy_kiosk_config_free(f->config);
    g_object_unref(f->cancel);
    g_assert_true(saoy_dir_remove(f->feed, NULL));
    g_free(f->feed);
}

static SaoyImage *
small_paper(void)
{
    SaoyImage *sheet = drawn_sheet(70, 50, 0xf6f5f0);

    drawn_write(sheet, 10, 12, 3, 20, 0x202020);
    return sheet;
}

static void
put(const Fixture *f, unsigned n, const SaoyImage *picture)
{
    g_autofree char *path = g_strdup_printf("%s/%03u.png", f->feed, n);
    g_autoptr(GBytes) png = saoy_image_encode_png(picture, NULL);

    g_assert_true(saoy_file_write(path, saoy_view_of(png), NULL));
}

static void
put_papers(const Fixture *f, unsigned n)
{
    g_autoptr(SaoyImage) sheet = small_paper();

    for (unsigned i = 1; i <= n; i++)
        put(f, i, sheet);
}

static unsigned
count_read(const SaoySession *session)
{
    unsigned n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        n += session->pages[i].state == SAOY_PAGE_READ;
    return n;
}

static gboolean
on_late(void *late)
{
    *(bool *)late = true;
    return G_SOURCE_REMOVE;
}

/* Until so many pages lie there, all of them read. */
static void
wait_for_pages(const Fixture *f, unsigned n)
{
    const SaoySession *session = f->visit.session;
    bool late = false;
    guint timer = g_timeout_add_seconds(DEADLINE_S, on_late, &late);

    while ((session->n_pages != n || count_read(session) != n) && !late)
        g_main_context_iteration(NULL, TRUE);
    g_assert_false(late);
    g_source_remove(timer);
}

static void
let_main_run(unsigned ms)
{
    bool over = false;

    g_timeout_add(ms, on_late, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void
scan(Fixture *f)
{
    f->visit.busy_turn = f->visit.flow.turn;
    saoy_do_scan(&f->visit, f->visit.flow.turn, f->cancel);
}

/* The scanner opens it before each sheet and goes on once it is written. */
static void
make_lever(const Fixture *f)
{
    g_autofree char *path = g_build_filename(f->feed, "delay", NULL);

    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
}

static void
pull_lever(const Fixture *f)
{
    g_autofree char *path = g_build_filename(f->feed, "delay", NULL);
    int fd = open(path, O_WRONLY | O_CLOEXEC); /* waits for the scanner */

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, "0", 1), ==, 1);
    close(fd);
}

static void
test_a_page_is_read_while_the_next_is_scanned(Fixture *f, const void *data)
{
    put_papers(f, 2);
    make_lever(f);
    scan(f);
    pull_lever(f);
    wait_for_pages(f, 1); /* the second sheet is still on its way */
    g_assert_cmpuint(f->visit.busy_turn, !=, 0);
    g_assert_nonnull(f->visit.session->pages[0].jpeg);
    pull_lever(f);
    wait_for_pages(f, 2);
    g_assert_cmpint(f->visit.session->pages[1].quality, >=, 60);
}

static bool
wait_to_go_on(void *queue, GCancellable *cancel, GError **error)
{
    g_async_queue_pop(queue);
    return true;
}

/* Of what comes from the scanner one page at most waits, however slow the reading is. */
static void
test_scans_do_not_pile_up(Fixture *f, const void *data)
{
    g_autoptr(GAsyncQueue) go_on = g_async_queue_new();

    put_papers(f, 3);
    saoy_visit_run(&f->visit, SAOY_ON_CPU, wait_to_go_on, go_on, NULL, NULL, NULL);
    scan(f);
    while (f->visit.session->n_pages == 0)
        g_main_context_iteration(NULL, TRUE);
    let_main_run(400);
    g_assert_cmpuint(f->visit.session->n_pages, ==, 1);
    g_assert_cmpuint(count_read(f->visit.session), ==, 0);
    g_async_queue_push(go_on, f);
    wait_for_pages(f, 3);
}

/* Who leaves does not wait at the gate; what was fed is not lost by it. */
static void
test_a_cancelled_scan_passes_the_gate(Fixture *f, const void *data)
{
    g_autoptr(GAsyncQueue) go_on = g_async_queue_new();

    put_papers(f, 4);
    saoy_visit_run(&f->visit, SAOY_ON_CPU, wait_to_go_on, go_on, NULL, NULL, NULL);
    scan(f);
    while (f->visit.session->n_pages == 0)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(f->cancel);
    while (f->visit.busy_turn != 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(f->visit.session->n_pages, <=, 2);
    g_async_queue_push(go_on, f);
    wait_for_pages(f, f->visit.session->n_pages);
}

static SaoyImage *
card_on_glass(uint32_t rgb, const char *side, double degrees)
{
    g_autoptr(SaoyImage) card = drawn_sheet(85.6, 53.98, rgb);
    SaoyImage *glass = drawn_sheet(150, 110, 0x303638);

    drawn_write(card, 8, 10, 4, side[0] == 'f' ? 25 : 18, 0x101010);
    drawn_lay_turned(glass, card, 30, 25, degrees);
    return glass;
}

static void
put_cards(const Fixture *f)
{
    g_autoptr(SaoyImage) front = card_on_glass(0xd8ecf6, "front", 2);
    g_autoptr(SaoyImage) back = card_on_glass(0xf6e8d0, "back", -3);

    put(f, 1, front);
    put(f, 2, back);
}

static void
wait_till_idle(const Fixture *f)
{
    while (f->visit.busy_turn != 0)
        g_main_context_iteration(NULL, TRUE);
}

/* Of the upper side of what lay on the glass, in degrees. */
static double
leaning(const SaoyPageReport *report)
{
    const double *c = report->outline;

    return atan2(c[3] - c[1], c[2] - c[0]) * 180 / G_PI;
}

static SaoyJson *
first_page_json(const SaoyJson *dossier)
{
    SaoyJson *document = saoy_json_at(saoy_json_array_of(dossier, "documents", 1, NULL), 0);

    return saoy_json_at(saoy_json_array_of(document, "pages", 1, NULL), 0);
}

/* Both scans, each with what was done to it. */
static void
assert_dossier_tells(const Fixture *f)
{
    g_autoptr(SaoyJson) dossier = saoy_dossier_json(&f->visit);
    const SaoyJson *page = first_page_json(dossier);
    const SaoyJson *front = saoy_json_member(page, "cleaning");
    const SaoyJson *back = saoy_json_member(page, "cleaning_back");

    g_assert_cmpint(saoy_json_int_or(page, "jpeg_quality", 0), >=, 60);
    g_assert_cmpuint(strlen(saoy_json_string_or(front, "samples_sha256", "")), ==, 64);
    g_assert_cmpuint(strlen(saoy_json_string_or(back, "samples_sha256", "")), ==, 64);
    g_assert_cmpint(saoy_json_int_or(front, "cards", 0), ==, 2);
    g_assert_cmpint(saoy_json_int_or(back, "scan_dpi", 0), ==, DRAWN_DPI);
}

static void
test_both_sides_of_a_card_come_onto_one_sheet(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;
    const SaoyScannedPage *page = &session->pages[0];

    put_cards(f);
    scan(f);
    wait_till_idle(f);
    wait_for_pages(f, 1);
    g_assert_cmpint(page->report.size, ==, SAOY_SHEET_A4);
    g_assert_cmpuint(page->report.cards, ==, 2);
    g_assert_cmpint(page->width, ==, drawn_px(210));
    g_assert_cmpint(page->height, ==, drawn_px(297));
    g_assert_null(page->card);
    g_assert_nonnull(session->note);
    g_assert_true(page->has_back);
    g_assert_cmpint(memcmp(page->report.scan_sha256, page->back_report.scan_sha256, 32), !=,
                    0);
    g_assert_cmpfloat(fabs(leaning(&page->report) - 2), <, 0.3);
    g_assert_cmpfloat(fabs(leaning(&page->back_report) + 3), <, 0.3);
    assert_dossier_tells(f);
    /* the sheet is a page as any other: turned by hand it stays both sides */
    saoy_session_rotate_page(&f->visit, page->serial);
    wait_for_pages(f, 1);
    g_assert_cmpint(page->width, ==, drawn_px(297));
    g_assert_true(page->has_back);
}

static void
test_a_card_and_a_paper_stay_two_pages(Fixture *f, const void *data)
{
    g_autoptr(SaoyImage) front = card_on_glass(0xd8ecf6, "front", 2);
    g_autoptr(SaoyImage) paper = small_paper();

    put(f, 1, front);
    put(f, 2, paper);
    scan(f);
    wait_till_idle(f);
    wait_for_pages(f, 2);
    g_assert_null(f->visit.session->note);
    g_assert_nonnull(f->visit.session->pages[0].card);
    g_assert_null(f->visit.session->pages[1].card);
}

/* The second side is taken away while both are being put together. */
static void
test_a_side_that_is_removed_meanwhile_joins_nothing(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;

    put_cards(f);
    scan(f);
    while (session->n_pages < 2 || session->pages[0].state != SAOY_PAGE_READING ||
           session->pages[0].jpeg == NULL) /* read once, being joined now */
        g_main_context_iteration(NULL, TRUE);
    saoy_session_delete_page(&f->visit, session->pages[1].serial);
    wait_for_pages(f, 1);
    g_assert_false(session->pages[0].has_back);
    g_assert_nonnull(session->pages[0].card);
    g_assert_null(session->note);
}

static void
test_dirt_on_the_glass_is_told(Fixture *f, const void *data)
{
    unsigned before = saoy_device_counters(SAOY_DEVICE_SCANNER).care;
    g_autoptr(SaoyImage) sheet = small_paper();

    drawn_fill(sheet, drawn_px(41.5), 0, 2, sheet->height, 0x808080);
    put(f, 1, sheet);
    put(f, 2, sheet);
    scan(f);
    wait_till_idle(f);
    wait_for_pages(f, 2);
    g_assert_cmpstr(f->visit.session->problem, ==,
                    "There is dirt on the scanner's glass. Please wipe it with a soft "
                    "cloth and scan again.");
    /* once a visit */
    g_assert_cmpuint(saoy_device_counters(SAOY_DEVICE_SCANNER).care, ==, before + 1);
}

static void
add(const char *path, void (*test)(Fixture *f, const void *data))
{
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/pages/at-once", test_a_page_is_read_while_the_next_is_scanned);
    add("/pages/gate", test_scans_do_not_pile_up);
    add("/pages/gate-cancelled", test_a_cancelled_scan_passes_the_gate);
    add("/pages/card", test_both_sides_of_a_card_come_onto_one_sheet);
    add("/pages/card-and-paper", test_a_card_and_a_paper_stay_two_pages);
    add("/pages/side-removed", test_a_side_that_is_removed_meanwhile_joins_nothing);
    add("/pages/dirt", test_dirt_on_the_glass_is_told);
    return g_test_run();
}
