#include "recover.h"

#include <string.h>

/* product.md §3, «After a crash»: one line of the table, one test. */
static SaoyUndo
undo_after(const char *const *events, const char *extra)
{
    g_autoptr(SaoyLedger) ledger = saoy_ledger_new();
    const GPtrArray *all = NULL;

    for (size_t i = 0; events[i] != NULL; i++) {
        g_autoptr(SaoyJson) entry = saoy_json_object();

        saoy_json_set_string(entry, "event", events[i]);
        saoy_json_set_string(entry, "visit", "v1");
        if (!g_str_equal(events[i], "opening"))
            saoy_json_set_string(entry, "dossier", "H26.132-251110-0007");
        saoy_json_set_bool(entry, "can_be_found", strstr(extra, "found") != NULL);
        if (g_str_equal(events[i], "decided") && strstr(extra, "approved") != NULL)
            saoy_json_set_string(entry, "copy", "H26.132-251110-0007.01-24");
        g_assert_true(saoy_ledger_take(entry, ledger));
    }
    all = saoy_ledger_all(ledger);
    return all->len == 0 ? SAOY_UNDO_NOTHING : saoy_unfinished_undo(all->pdata[0]);
}

#define UNDO(extra, ...) undo_after((const char *const[]){ __VA_ARGS__, NULL }, extra)

static void
test_not_opened_nothing(void)
{
    g_assert_cmpint(UNDO("", "state", "consent"), ==, SAOY_UNDO_NOTHING);
    g_assert_cmpint(UNDO("", "opening"), ==, SAOY_UNDO_NOTHING); /* the hub drops it */
}

static void
test_opened_not_submitted_withdraw(void)
{
    g_assert_cmpint(UNDO("found", "opening", "opened"), ==, SAOY_UNDO_WITHDRAW);
    g_assert_cmpint(UNDO("found", "opening", "opened", "paying", "paid"), ==,
                    SAOY_UNDO_WITHDRAW);
}

static void
test_submitted_undecided(void)
{
    g_assert_cmpint(UNDO("found", "opening", "opened", "submitting", "submitted"), ==,
                    SAOY_UNDO_RELEASE);
    g_assert_cmpint(UNDO("", "opening", "opened", "submitting", "submitted"), ==,
                    SAOY_UNDO_WITHDRAW);
    g_assert_cmpint(UNDO("found", "opening", "opened", "submitting"), ==, SAOY_UNDO_ASK);
}

static void
test_approved_is_never_withdrawn(void)
{
    g_assert_cmpint(
        UNDO("approved", "opening", "opened", "submitting", "submitted", "decided"), ==,
        SAOY_UNDO_RELEASE);
}

static void
test_what_was_decided_before_the_crash_stands(void)
{
    g_assert_cmpint(UNDO("found", "opening", "opened", "submitting", "withdrawing"), ==,
                    SAOY_UNDO_WITHDRAW);
    g_assert_cmpint(UNDO("found", "opening", "opened", "submitting", "releasing"), ==,
                    SAOY_UNDO_RELEASE);
}

static void
test_settled_stays_settled(void)
{
    static const char *const ends[] = { "withdrawn", "released", "finished", "refused" };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        g_assert_cmpint(UNDO("found approved", "opening", "opened", "submitting",
                             "submitted", "decided", ends[i]),
                        ==, SAOY_UNDO_NOTHING);
}

static void
test_visits_are_kept_apart(void)
{
    static const char *const lines[][2] = {
        { "opening", "v1" }, { "opened", "v1" }, { "withdrawn", "v1" },
        { "opening", "v2" }, { "opened", "v2" },
    };
    g_autoptr(SaoyLedger) ledger = saoy_ledger_new();

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(SaoyJson) entry = saoy_json_object();

        saoy_json_set_string(entry, "event", lines[i][0]);
        saoy_json_set_string(entry, "visit", lines[i][1]);
        saoy_json_set_string(entry, "dossier", lines[i][1]);
        saoy_ledger_take(entry, ledger);
    }
    g_assert_cmpuint(saoy_ledger_all(ledger)->len, ==, 2);
    g_assert_cmpint(saoy_unfinished_undo(saoy_ledger_all(ledger)->pdata[0]), ==,
                    SAOY_UNDO_NOTHING);
    g_assert_cmpint(saoy_unfinished_undo(saoy_ledger_all(ledger)->pdata[1]), ==,
                    SAOY_UNDO_WITHDRAW);
}

static void
test_strange_entries_are_skipped(void)
{
    g_autoptr(SaoyLedger) ledger = saoy_ledger_new();
    g_autoptr(SaoyJson) empty = saoy_json_object();
    g_autoptr(SaoyJson) orphan = saoy_json_object();

    saoy_json_set_string(orphan, "event", "opened");
    saoy_json_set_string(orphan, "visit", "never opened here");
    g_assert_true(saoy_ledger_take(empty, ledger));
    g_assert_true(saoy_ledger_take(orphan, ledger));
    g_assert_cmpuint(saoy_ledger_all(ledger)->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ledger/not-opened", test_not_opened_nothing);
    g_test_add_func("/ledger/opened-not-submitted", test_opened_not_submitted_withdraw);
    g_test_add_func("/ledger/submitted-undecided", test_submitted_undecided);
    g_test_add_func("/ledger/approved", test_approved_is_never_withdrawn);
    g_test_add_func("/ledger/decided-before",
                    test_what_was_decided_before_the_crash_stands);
    g_test_add_func("/ledger/settled", test_settled_stays_settled);
    g_test_add_func("/ledger/visits-apart", test_visits_are_kept_apart);
    g_test_add_func("/ledger/strange-entries", test_strange_entries_are_skipped);
    return g_test_run();
}
