#include "visit-private.h"

#include <string.h>

static unsigned shows;

static void
show(void *user, SaoyState state, const SaoySession *session)
{
    shows++;
}

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

static const SaoyFlowHooks hooks = { journal, act, show_flow, NULL };

/* A visit's memory without its devices: what the setters and the wipe need. */
typedef struct {
    SaoyVisit visit;
    SaoyKioskConfig *config;
} Fixture;

static void
set_up(Fixture *f, const void *data)
{
    memset(&f->visit, 0, sizeof f->visit);
    f->config = saoy_kiosk_config_read(NULL, NULL);
    g_assert_nonnull(f->config);
    f->visit.config = f->config;
    f->visit.show = show;
    f->visit.flow = (SaoyFlow){ .hooks = &hooks, .user = &f->visit, .turn = 1 };
    f->visit.arena = saoy_arena_new(4 << 20, NULL);
    g_queue_init(&f->visit.events);
    saoy_session_begin(&f->visit);
}

static void
tear_down(Fixture *f, const void *data)
{
    saoy_session_wipe(&f->visit);
    saoy_arena_free(f->visit.arena);
    saoy_kiosk_config_free(f->config);
}

static SaoyScannedPage *
add_page(Fixture *f, unsigned document)
{
    SaoyScannedPage *page = saoy_session_add_page(&f->visit, document);

    g_assert_nonnull(page);
    page->state = SAOY_PAGE_READ;
    page->jpeg = g_bytes_new_static("x", 1);
    return page;
}

static void
test_nothing_is_pre_ticked(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;

    g_assert_false(session->consent);
    g_assert_false(session->wants_face);
    g_assert_cmpuint(session->n_documents, ==, 1);
    g_assert_cmpuint(session->documents[0].copies, ==, 1);
    g_assert_cmpstr(session->documents[0].kind->id, ==, "unknown");
    g_assert_cmpstr(session->email, ==, "");
}

static void
test_face_matching_needs_consent_to_all(Fixture *f, const void *data)
{
    saoy_session_set_consent(&f->visit, false, true);
    g_assert_false(f->visit.session->wants_face);
    saoy_session_set_consent(&f->visit, true, true);
    g_assert_true(f->visit.session->wants_face);
}

static void
test_keys_are_checked(Fixture *f, const void *data)
{
    g_assert_false(saoy_session_set_key(&f->visit, "12345"));
    g_assert_false(saoy_session_set_key(&f->visit, ""));
    g_assert_true(saoy_session_set_key(&f->visit, "123456"));
    g_assert_cmpstr(f->visit.session->key.can, ==, "123456");
    g_assert_true(f->visit.session->facts.has_key);
}

static void
test_addresses_are_checked(Fixture *f, const void *data)
{
    g_assert_true(saoy_session_set_email(&f->visit, "an@example.vn"));
    g_assert_true(f->visit.session->facts.has_email);
    g_assert_false(saoy_session_set_email(&f->visit, "an@"));
    g_assert_cmpstr(f->visit.session->email, ==, "an@example.vn");
    g_assert_false(saoy_session_set_email(&f->visit, "an@example.vn\r\nBcc: b@example.vn"));
    g_assert_true(saoy_session_set_email(&f->visit, ""));
    g_assert_false(f->visit.session->facts.has_email);
}

static void
test_copies_are_bounded(Fixture *f, const void *data)
{
    saoy_session_set_copies(&f->visit, 0);
    g_assert_cmpuint(f->visit.session->documents[0].copies, ==, 1);
    saoy_session_set_copies(&f->visit, 100000);
    g_assert_cmpuint(f->visit.session->documents[0].copies, ==,
                     (unsigned)f->config->copies_max);
}

static void
test_pages_stay_with_their_paper(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;

    add_page(f, 0);
    g_assert_true(saoy_session_add_document(&f->visit));
    add_page(f, 1);
    add_page(f, 0); /* fed late: goes behind the first paper's last page */
    g_assert_cmpuint(session->pages[0].document, ==, 0);
    g_assert_cmpuint(session->pages[1].document, ==, 0);
    g_assert_cmpuint(session->pages[1].serial, ==, 3);
    g_assert_cmpuint(session->pages[2].document, ==, 1);
}

static void
test_pages_are_moved_within_their_paper(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;

    for (int i = 0; i < 3; i++)
        add_page(f, 0);
    saoy_session_move_page(&f->visit, 1, 5);
    g_assert_cmpuint(session->pages[2].serial, ==, 1);
    saoy_session_move_page(&f->visit, 1, -1);
    g_assert_cmpuint(session->pages[1].serial, ==, 1);
    saoy_session_delete_page(&f->visit, 1);
    g_assert_cmpuint(session->n_pages, ==, 2);
    g_assert_null(saoy_session_page(&f->visit, 1));
    saoy_session_delete_page(&f->visit, 99); /* gone already: nothing happens */
    g_assert_cmpuint(session->n_pages, ==, 2);
}

static void
test_papers_without_pages_are_dropped(Fixture *f, const void *data)
{
    const SaoySession *session = f->visit.session;

    g_assert_false(saoy_session_add_document(&f->visit)); /* the first has no page yet */
    add_page(f, 0);
    g_assert_true(saoy_session_add_document(&f->visit));
    g_assert_true(saoy_session_add_document(&f->visit)); /* replaces the empty one */
    g_assert_cmpuint(session->n_documents, ==, 2);
    add_page(f, 1);
    saoy_session_delete_page(&f->visit, 1);
    saoy_session_drop_empty(&f->visit);
    g_assert_cmpuint(session->n_documents, ==, 1);
    g_assert_cmpuint(session->pages[0].document, ==, 0);
    g_assert_cmpuint(session->current, ==, 0);
}

static void
test_pages_are_bounded(Fixture *f, const void *data)
{
    for (int i = 0; i < f->config->pages_max; i++)
        add_page(f, 0);
    g_assert_null(saoy_session_add_page(&f->visit, 0));
    saoy_visit_refresh(&f->visit);
    g_assert_false(f->visit.session->facts.room);
}

static void
test_what_the_hub_has_is_not_edited(Fixture *f, const void *data)
{
    add_page(f, 0);
    g_strlcpy(f->visit.opening_key, "0123", sizeof f->visit.opening_key);
    saoy_session_delete_page(&f->visit, 1);
    g_assert_cmpuint(f->visit.session->n_pages, ==, 1);
    memset(f->visit.opening_key, 0, sizeof f->visit.opening_key);
}

static void
test_wipe_leaves_nothing(Fixture *f, const void *data)
{
    SaoyVisit *visit = &f->visit;
    const SaoySession *before = visit->session;

    g_strlcpy(visit->session->identity.number, "001090000001", 13);
    saoy_session_set_email(visit, "an@example.vn");
    saoy_session_set_key(visit, "123456");
    add_page(f, 0);
    visit->live_frame = g_bytes_new_static("x", 1);
    g_assert_true(saoy_session_wipe(visit));
    g_assert_true(saoy_arena_is_wiped(visit->arena));
    g_assert_null(visit->session);
    g_assert_null(visit->live_frame);
    saoy_session_begin(visit);
    g_assert_true(visit->session == before); /* whoever was shown it may look again */
    g_assert_cmpstr(visit->session->identity.number, ==, "");
    g_assert_cmpuint(visit->session->n_pages, ==, 0);
}

static void
test_a_fee_asked_for_stays_open_until_submitted(Fixture *f, const void *data)
{
    SaoyFacts facts = { 0 };

    f->visit.fee_asked = true;
    saoy_session_refresh_facts(&f->visit, &facts);
    g_assert_true(facts.fee_open);
    f->visit.submitted = true;
    saoy_session_refresh_facts(&f->visit, &facts);
    g_assert_false(facts.fee_open);
}

static SaoyJson *
answer(const char *first, const char *second)
{
    g_autofree char *text =
        g_strdup_printf("{\"id\":\"H26.132-251110-0007\",\"rev\":7,\"documents\":["
                        "{\"n\":1,\"state\":\"%s\",\"reason\":null},"
                        "{\"n\":2,\"state\":\"%s\",\"reason\":\"tẩy xóa\"}]}",
                        first, second);
    SaoyJson *json =
        saoy_json_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, 4096, NULL);

    g_assert_nonnull(json);
    return json;
}

static void
test_decisions_are_counted(Fixture *f, const void *data)
{
    g_autoptr(SaoyJson) waiting = answer("queued", "refused");
    g_autoptr(SaoyJson) decided = answer("approved", "refused");
    g_autoptr(SaoyJson) refused = answer("refused", "withdrawn");
    g_autoptr(SaoyJson) nonsense = answer("", "¿");

    g_assert_false(saoy_dossier_is_decided(waiting));
    g_assert_false(saoy_dossier_has_approved(waiting));
    g_assert_true(saoy_dossier_is_decided(decided));
    g_assert_true(saoy_dossier_has_approved(decided));
    g_assert_true(saoy_dossier_is_decided(refused));
    g_assert_false(saoy_dossier_has_approved(refused));
    g_assert_false(saoy_dossier_is_decided(nonsense));
}

static void
test_the_dossier_holds_what_the_officer_needs(Fixture *f, const void *data)
{
    SaoyIdentity *who = &f->visit.session->identity;
    SaoyScannedPage *page = add_page(f, 0);
    g_autoptr(SaoyJson) json = NULL;
    const SaoyJson *document = NULL;
    const SaoyJson *first = NULL;

    g_strlcpy(who->number, "001090000001", sizeof who->number);
    g_strlcpy(who->name, "NGUYEN VAN AN", sizeof who->name);
    page->width = 2480;
    page->report.free_box = (SaoyBox){ 1, 2, 3, 4 };
    json = saoy_dossier_json(&f->visit);
    g_assert_cmpstr(
        saoy_json_string(saoy_json_object_of(json, "holder", NULL), "name", 200, NULL), ==,
        "NGUYEN VAN AN");
    document = saoy_json_at(saoy_json_array_of(json, "documents", 20, NULL), 0);
    first = saoy_json_at(saoy_json_array_of(document, "pages", 60, NULL), 0);
    g_assert_cmpstr(saoy_json_string(first, "sha256", 64, NULL), ==,
                    "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
    g_assert_cmpint(
        saoy_json_number(saoy_json_at(saoy_json_array_of(first, "free_box", 4, NULL), 3)),
        ==, 4);
}

static void
test_patience_is_bounded(Fixture *f, const void *data)
{
    SaoyVisit *visit = &f->visit;

    visit->flow.state = SAOY_STATE_ADVICE;
    for (int i = 0; i < 3; i++) {
        visit->patience_from_us = g_get_monotonic_time() - 50 * G_USEC_PER_SEC;
        g_assert_cmpuint(saoy_visit_patience_left_s(visit), <=, 10);
        saoy_visit_touch(visit);
        g_assert_cmpuint(saoy_visit_patience_left_s(visit), >, 50);
    }
    visit->patience_from_us = g_get_monotonic_time() - 50 * G_USEC_PER_SEC;
    saoy_visit_touch(visit); /* the fourth time nobody is asked */
    g_assert_cmpuint(saoy_visit_patience_left_s(visit), <=, 10);
    visit->session->accessible = true;
    visit->extensions = 3;
    saoy_visit_touch(visit);
    g_assert_cmpuint(saoy_visit_patience_left_s(visit), >, 50);
    visit->flow.state = SAOY_STATE_WELCOME;
    g_assert_cmpuint(saoy_visit_patience_left_s(visit), ==, UINT_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/session/nothing-is-pre-ticked", test_nothing_is_pre_ticked);
    ADD("/session/face-needs-consent", test_face_matching_needs_consent_to_all);
    ADD("/session/keys-are-checked", test_keys_are_checked);
    ADD("/session/addresses-are-checked", test_addresses_are_checked);
    ADD("/session/copies-are-bounded", test_copies_are_bounded);
    ADD("/session/pages-stay-with-their-paper", test_pages_stay_with_their_paper);
    ADD("/session/pages-are-moved", test_pages_are_moved_within_their_paper);
    ADD("/session/empty-papers-are-dropped", test_papers_without_pages_are_dropped);
    ADD("/session/pages-are-bounded", test_pages_are_bounded);
    ADD("/session/what-the-hub-has", test_what_the_hub_has_is_not_edited);
    ADD("/session/wipe-leaves-nothing", test_wipe_leaves_nothing);
    ADD("/session/a-fee-stays-open", test_a_fee_asked_for_stays_open_until_submitted);
    ADD("/session/decisions-are-counted", test_decisions_are_counted);
    ADD("/session/the-dossier", test_the_dossier_holds_what_the_officer_needs);
    ADD("/session/patience-is-bounded", test_patience_is_bounded);
    return g_test_run();
}
