/* What is written down stays written down, once, and only as it was written. */
#include "core/error.h"
#include "core/file.h"
#include "store/db.h"
#include "store/journal.h"
#include "store/outbox.h"
#include "store/vault.h"

#include <glib/gstdio.h>
#include <string.h>

#define VIEW(text) ((SaoyView){ (const uint8_t *)(text), strlen(text) })
#define MINUTE_US ((int64_t)60 * G_USEC_PER_SEC)

typedef struct {
    char *dir, *path;
} Fixture;

static void
set_up(Fixture *fix, const void *unused)
{
    fix->dir = g_dir_make_tmp("saoy-store-XXXXXX", NULL);
    fix->path = g_build_filename(fix->dir, "file", NULL);
}

static void
tear_down(Fixture *fix, const void *unused)
{
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
    g_free(fix->path);
}

static void
append(SaoyJournal *journal, const char *event)
{
    g_autoptr(GError) error = NULL;
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "state", "SCAN");
    g_assert_true(saoy_journal_append(journal, event, entry, &error));
    g_assert_no_error(error);
}

static void
write_three(Fixture *fix)
{
    g_autoptr(SaoyJournal) journal = saoy_journal_open(fix->path, NULL);

    append(journal, "one");
    append(journal, "two");
    append(journal, "three");
}

static void
test_journal_goes_on_after_restart(Fixture *fix, const void *unused)
{
    g_autoptr(GError) error = NULL;
    uint64_t n = 0;

    write_three(fix);
    {
        g_autoptr(SaoyJournal) journal = saoy_journal_open(fix->path, &error);
        g_assert_no_error(error);
        append(journal, "four");
    }
    g_assert_true(saoy_journal_check(fix->path, &n, &error));
    g_assert_cmpuint(n, ==, 4);
}

static void
test_journal_is_one_writers(Fixture *fix, const void *unused)
{
    g_autoptr(SaoyJournal) journal = saoy_journal_open(fix->path, NULL);

    g_assert_nonnull(journal);
    g_assert_null(saoy_journal_open(fix->path, NULL));
}

/* Power goes at any byte of the last line: what was whole before is kept. */
static void
test_torn_line_is_cut(Fixture *fix, const void *unused)
{
    g_autofree char *text = NULL;
    size_t size = 0;

    write_three(fix);
    g_file_get_contents(fix->path, &text, &size, NULL);
    size_t second = (size_t)(strchr(strchr(text, '\n') + 1, '\n') - text) + 1;
    for (size_t cut = second + 1; cut < size; cut += 7) {
        uint64_t n = 0;

        g_assert_true(saoy_file_write(fix->path, (SaoyView){ (uint8_t *)text, cut }, NULL));
        g_autoptr(SaoyJournal) journal = saoy_journal_open(fix->path, NULL);
        g_assert_nonnull(journal);
        append(journal, "again");
        g_assert_true(saoy_journal_check(fix->path, &n, NULL));
        g_assert_cmpuint(n, ==, 3);
    }
}

static void
test_any_changed_byte_breaks_the_chain(Fixture *fix, const void *unused)
{
    g_autofree char *text = NULL;
    size_t size = 0;

    write_three(fix);
    g_file_get_contents(fix->path, &text, &size, NULL);
    for (size_t i = 0; i + 1 < size; i += 3) {
        g_autofree char *changed = g_memdup2(text, size);
        g_autoptr(GError) error = NULL;
        uint64_t n = 0;

        changed[i] ^= 1;
        g_assert_true(
            saoy_file_write(fix->path, (SaoyView){ (uint8_t *)changed, size }, NULL));
        if (saoy_journal_check(fix->path, &n, &error))
            g_assert_cmpuint(n, <, 3); /* a line end went: seen as torn */
        else
            g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    }
}

static void
test_removed_line_breaks_the_chain(Fixture *fix, const void *unused)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    uint64_t n = 0;

    write_three(fix);
    g_file_get_contents(fix->path, &text, NULL, NULL);
    const char *second = strchr(text, '\n') + 1;
    g_assert_true(saoy_file_write(fix->path, VIEW(second), NULL));
    g_assert_false(saoy_journal_check(fix->path, &n, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_vault_opens_only_what_it_sealed(Fixture *fix, const void *unused)
{
    g_autoptr(SaoyVault) vault = saoy_vault_open(fix->path, NULL);
    g_autoptr(GBytes) sealed = saoy_vault_seal(vault, "page", VIEW("secret"), NULL);
    g_autoptr(GBytes) plain =
        saoy_vault_open_sealed(vault, "page", saoy_view_of(sealed), NULL);

    g_assert_cmpmem(saoy_view_of(plain).data, saoy_view_of(plain).size, "secret", 6);
    g_assert_null(saoy_vault_open_sealed(vault, "face", saoy_view_of(sealed), NULL));
    for (size_t i = 0; i < g_bytes_get_size(sealed); i++) {
        g_autofree uint8_t *bad =
            g_memdup2(saoy_view_of(sealed).data, saoy_view_of(sealed).size);
        g_autoptr(GError) error = NULL;

        bad[i] ^= 1;
        g_assert_null(saoy_vault_open_sealed(
            vault, "page", (SaoyView){ bad, saoy_view_of(sealed).size }, &error));
        g_assert_nonnull(error);
    }

    saoy_vault_close(g_steal_pointer(&vault));
    vault = saoy_vault_open(fix->path, NULL);
    g_autoptr(GBytes) again =
        saoy_vault_open_sealed(vault, "page", saoy_view_of(sealed), NULL);
    g_assert_nonnull(again);
}

static const char *const schema[] = { "CREATE TABLE t (a INTEGER, b TEXT);",
                                      saoy_outbox_schema, NULL };

static void
test_database_migrates_and_rolls_back(Fixture *fix, const void *unused)
{
    static const char *const first[] = { "CREATE TABLE t (a INTEGER, b TEXT);", NULL };
    static const char *const broken[] = { "CREATE TABLE t (a INTEGER, b TEXT);",
                                          "CREATE TABLE u (a INTEGER); nonsense;", NULL };
    g_autoptr(GError) error = NULL;

    saoy_db_close(saoy_db_open(fix->path, first, NULL));
    g_assert_null(saoy_db_open(fix->path, broken, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);

    g_autoptr(SaoyDb) db = saoy_db_open(fix->path, schema, &error);
    g_assert_no_error(error);
    g_assert_true(saoy_db_begin(db, NULL));
    g_assert_true(
        saoy_db_run(db, "INSERT INTO t VALUES (?1, ?2)", NULL, "it", (int64_t)1, "x"));
    saoy_db_rollback(db);
    g_autoptr(SaoyStatement) s = saoy_db_prepare(db, "SELECT count(*) FROM t", NULL, "");
    g_assert_true(saoy_statement_step(s, NULL));
    g_assert_cmpint(saoy_statement_int(s, 0), ==, 0);
    g_assert_null(saoy_db_open(fix->path, first, &error)); /* an older program */
}

static void
test_outbox_delivers_once(Fixture *fix, const void *unused)
{
    g_autoptr(SaoyDb) db = saoy_db_open(fix->path, schema, NULL);
    g_auto(SaoyOutboxEntry) entry = { 0 }, none = { 0 };
    int64_t now = 1000;

    g_assert_true(saoy_outbox_put(db, "k", "mail", "p", now, NULL));
    g_assert_true(saoy_outbox_put(db, "k", "mail", "other", now, NULL));
    g_assert_true(saoy_outbox_next(db, now, &entry, NULL));
    g_assert_cmpstr(entry.payload, ==, "p");
    g_assert_true(saoy_outbox_failed(db, entry.id, "busy", now, NULL));
    g_assert_false(saoy_outbox_next(db, now + MINUTE_US - 1, &none, NULL));
    saoy_outbox_entry_clear(&entry);
    g_assert_true(saoy_outbox_next(db, now + MINUTE_US, &entry, NULL));
    g_assert_cmpint(entry.attempts, ==, 1);
    g_assert_true(saoy_outbox_done(db, entry.id, now, NULL));
    g_assert_true(saoy_outbox_put(db, "k", "mail", "p", now, NULL));
    g_assert_false(saoy_outbox_next(db, now + 100 * MINUTE_US, &none, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, fn) g_test_add("/store/" name, Fixture, NULL, set_up, fn, tear_down)
    CASE("journal/restart", test_journal_goes_on_after_restart);
    CASE("journal/one-writer", test_journal_is_one_writers);
    CASE("journal/torn", test_torn_line_is_cut);
    CASE("journal/changed", test_any_changed_byte_breaks_the_chain);
    CASE("journal/removed", test_removed_line_breaks_the_chain);
    CASE("vault/sealed", test_vault_opens_only_what_it_sealed);
    CASE("db/migrate", test_database_migrates_and_rolls_back);
    CASE("outbox/once", test_outbox_delivers_once);
    return g_test_run();
}
