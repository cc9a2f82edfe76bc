/* One contract, every driver of the hub's database and of its blobs. */
#include "core/error.h"
#include "core/file.h"
#include "hub/blobs.h"
#include "hub/records.h"

#include <glib/gstdio.h>

#include <string.h>

typedef struct {
    char *dir, *address;
    SaoyRecords *records;
} Fixture;

static void
set_up(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;

    fix->dir = g_dir_make_tmp("saoy-records-XXXXXX", NULL);
    fix->address = g_build_filename(fix->dir, "test.db", NULL);
    fix->records = saoy_records_open(driver, fix->address, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *driver)
{
    saoy_records_close(fix->records);
    saoy_dir_remove(fix->dir, NULL);
    g_free(fix->address);
    g_free(fix->dir);
}

static int64_t
count(SaoyRecords *records)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(records, "SELECT COUNT(*) FROM books", "i", NULL, "");

    g_assert_nonnull(rows);
    return saoy_rows_int(rows, 0, 0);
}

static bool
add(SaoyRecords *records, const char *name, GError **error)
{
    return saoy_records_run(records, "INSERT INTO books (name, last) VALUES (?, ?)", error,
                            "ti", name, (int64_t)1);
}

static void
test_values_come_back_as_they_went(Fixture *fix, const void *driver)
{
    static const uint8_t bytes[] = { 0, 1, 0xff, 0 };
    const SaoyView view = { bytes, sizeof bytes };
    g_autoptr(SaoyRows) rows = NULL;

    g_assert_true(saoy_records_run(
        fix->records,
        "INSERT INTO replies (kiosk, key, request, status, type, body, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        NULL, "tttitbi", "K01", "khóa «1»", "", G_MININT64, "t", view, G_MAXINT64));
    rows = saoy_records_ask(fix->records,
                            "SELECT key, status, body, made_at, NULL FROM replies", "tibit",
                            NULL, "");
    g_assert_cmpuint(saoy_rows_count(rows), ==, 1);
    g_assert_cmpstr(saoy_rows_text(rows, 0, 0), ==, "khóa «1»");
    g_assert_true(saoy_rows_int(rows, 0, 1) == G_MININT64);
    g_assert_cmpmem(g_bytes_get_data(saoy_rows_bytes(rows, 0, 2), NULL),
                    g_bytes_get_size(saoy_rows_bytes(rows, 0, 2)), bytes, sizeof bytes);
    g_assert_true(saoy_rows_int(rows, 0, 3) == G_MAXINT64);
    g_assert_true(saoy_rows_is_null(rows, 0, 4));
    g_assert_cmpstr(saoy_rows_text(rows, 0, 4), ==, "");
    g_assert_true(saoy_rows_is_null(rows, 1, 0)); /* beyond the end is nothing */
}

static void
test_what_was_there_is_refused(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(add(fix->records, "a", NULL));
    g_assert_false(add(fix->records, "a", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_leaving_a_transaction_undoes_it(Fixture *fix, const void *driver)
{
    {
        g_autoptr(SaoyTransaction) t = saoy_records_begin(fix->records, NULL);

        g_assert_nonnull(t);
        g_assert_true(add(fix->records, "a", NULL));
        g_assert_false(add(fix->records, "a", NULL)); /* a broken rule in between */
    }
    g_assert_cmpint(count(fix->records), ==, 0);

    g_autoptr(SaoyTransaction) t = saoy_records_begin(fix->records, NULL);
    g_assert_true(add(fix->records, "b", NULL));
    g_assert_true(saoy_transaction_commit(&t, NULL));
    g_assert_null(t);
    g_assert_cmpint(count(fix->records), ==, 1);
}

static void
test_others_see_only_what_is_committed(Fixture *fix, const void *driver)
{
    g_autoptr(SaoyRecords) other = saoy_records_open(driver, fix->address, NULL);
    g_autoptr(SaoyTransaction) t = saoy_records_begin(fix->records, NULL);

    g_assert_true(add(fix->records, "a", NULL));
    g_assert_cmpint(count(other), ==, 0);
    g_assert_true(saoy_transaction_commit(&t, NULL));
    g_assert_cmpint(count(other), ==, 1);
}

typedef struct {
    const char *driver, *address;
} Writer;

/* On a slow disk the others may have been at it for longer than the driver waits. */
static SaoyTransaction *
begin_patiently(SaoyRecords *records)
{
    for (;;) {
        g_autoptr(GError) error = NULL;
        SaoyTransaction *t = saoy_records_begin(records, &error);

        if (t != NULL)
            return t;
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    }
}

static void *
write_numbers(void *p)
{
    const Writer *writer = p;
    g_autoptr(SaoyRecords) records =
        saoy_records_open(writer->driver, writer->address, NULL);

    for (int i = 0; i < 25; i++) {
        g_autoptr(SaoyTransaction) t = begin_patiently(records);
        g_autoptr(SaoyRows) rows = saoy_records_ask(
            records, "SELECT COALESCE(MAX(last), 0) FROM books", "i", NULL, "");
        int64_t next = saoy_rows_int(rows, 0, 0) + 1;
        g_autofree char *name = g_strdup_printf("%d", (int)next);

        g_assert_true(saoy_records_run(records,
                                       "INSERT INTO books (name, last) VALUES (?, ?)", NULL,
                                       "ti", name, next));
        g_assert_true(saoy_transaction_commit(&t, NULL));
    }
    return NULL;
}

/* Reading then writing in one transaction, from several connections at once: no number
 * twice, none left out. The register stands on this. */
static void
test_numbers_have_no_gaps(Fixture *fix, const void *driver)
{
    Writer writer = { driver, fix->address };
    GThread *threads[4];
    g_autoptr(SaoyRows) rows = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("writer", write_numbers, &writer);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    rows = saoy_records_ask(
        fix->records, "SELECT COUNT(*), MIN(last), MAX(last) FROM books", "iii", NULL, "");
    g_assert_cmpint(saoy_rows_int(rows, 0, 0), ==, 100);
    g_assert_cmpint(saoy_rows_int(rows, 0, 1), ==, 1);
    g_assert_cmpint(saoy_rows_int(rows, 0, 2), ==, 100);
}

static void
test_changes_are_counted(Fixture *fix, const void *driver)
{
    g_assert_true(add(fix->records, "a", NULL));
    g_assert_true(add(fix->records, "b", NULL));
    g_assert_true(saoy_records_run(fix->records, "UPDATE books SET last = 7", NULL, ""));
    g_assert_cmpint(saoy_records_changes(fix->records), ==, 2);
    g_assert_true(saoy_records_run(fix->records, "UPDATE books SET last = 8 WHERE name = ?",
                                   NULL, "t", "c"));
    g_assert_cmpint(saoy_records_changes(fix->records), ==, 0);
}

static void
test_an_outbox_entry_is_made_by_its_transaction(Fixture *fix, const void *driver)
{
    const SaoyRecordsDriver *verbs = saoy_records_driver(fix->records);
    void *self = saoy_records_self(fix->records);
    g_autofree char *kind = NULL;
    g_autofree char *payload = NULL;
    g_autoptr(GError) error = NULL;
    int64_t id = 0;

    {
        g_autoptr(SaoyTransaction) t = saoy_records_begin(fix->records, NULL);

        g_assert_nonnull(t);
        g_assert_true(verbs->outbox_put(self, "k", "mail", "{}", 1000, NULL));
    }
    g_assert_false(verbs->outbox_next(self, 2000, &id, &kind, &payload, &error));
    g_assert_no_error(error);
    g_assert_true(verbs->outbox_put(self, "k", "mail", "{\"a\":1}", 1000, NULL));
    g_assert_true(verbs->outbox_put(self, "k", "mail", "{\"b\":2}", 1000, NULL));
    g_assert_true(verbs->outbox_next(self, 2000, &id, &kind, &payload, NULL));
    g_assert_cmpstr(kind, ==, "mail");
    g_assert_cmpstr(payload, ==, "{\"a\":1}");
    g_assert_true(verbs->outbox_failed(self, id, "away", 2000, NULL));
    g_assert_false(verbs->outbox_next(self, 2001, &id, &kind, &payload, NULL));
    g_assert_true(verbs->outbox_done(self, id, 3000, NULL));
    g_assert_false(verbs->outbox_next(self, G_MAXINT64, &id, &kind, &payload, NULL));
}

static void
test_an_unknown_driver_is_named(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_records_open("oracle", "x", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_clear_error(&error);
    g_assert_null(saoy_blobs_open("tape", "x", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

/* ---- blobs */

static void
test_a_blob_is_kept_by_what_it_is(const void *driver)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-blobs-XXXXXX", NULL);
    g_autoptr(SaoyBlobs) blobs = saoy_blobs_open(driver, dir, NULL);
    g_autoptr(GBytes) abc = g_bytes_new_static("abc", 3);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = saoy_blobs_put(blobs, abc, NULL);
    g_autofree char *again = saoy_blobs_put(blobs, abc, NULL);
    g_autoptr(GBytes) back = saoy_blobs_get(blobs, name, NULL);

    g_assert_cmpstr(name, ==,
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_assert_cmpstr(name, ==, again);
    g_assert_true(g_bytes_equal(abc, back));
    g_assert_true(saoy_blobs_remove(blobs, name, NULL));
    g_assert_true(saoy_blobs_remove(blobs, name, NULL));
    g_assert_null(saoy_blobs_get(blobs, name, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_clear_error(&error);
    g_assert_null(saoy_blobs_get(blobs, "../../etc/passwd", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    saoy_dir_remove(dir, NULL);
}

static void
test_a_changed_blob_is_found_out(void)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-blobs-XXXXXX", NULL);
    g_autoptr(SaoyBlobs) blobs = saoy_blobs_open("dir", dir, NULL);
    g_autoptr(GBytes) abc = g_bytes_new_static("abc", 3);
    g_autofree char *name = saoy_blobs_put(blobs, abc, NULL);
    g_autofree char *path = g_build_filename(dir, "ba", "78", name, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, "abd", 3, NULL));
    g_assert_null(saoy_blobs_get(blobs, name, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    saoy_dir_remove(dir, NULL);
}

int
main(int argc, char **argv)
{
    static const char *const records[] = { "sqlite" };
    static const char *const blobs[] = { "dir" };
    static const struct {
        const char *name;
        void (*run)(Fixture *fix, const void *driver);
    } promises[] = {
        { "values", test_values_come_back_as_they_went },
        { "unique", test_what_was_there_is_refused },
        { "rollback", test_leaving_a_transaction_undoes_it },
        { "isolation", test_others_see_only_what_is_committed },
        { "gapless", test_numbers_have_no_gaps },
        { "changes", test_changes_are_counted },
        { "outbox", test_an_outbox_entry_is_made_by_its_transaction },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t d = 0; d < G_N_ELEMENTS(records); d++)
        for (size_t i = 0; i < G_N_ELEMENTS(promises); i++) {
            g_autofree char *path =
                g_strdup_printf("/records/%s/%s", records[d], promises[i].name);

            g_test_add(path, Fixture, records[d], set_up, promises[i].run, tear_down);
        }
    for (size_t d = 0; d < G_N_ELEMENTS(blobs); d++) {
        g_autofree char *path = g_strdup_printf("/blobs/%s/kept", blobs[d]);

        g_test_add_data_func(path, blobs[d], test_a_blob_is_kept_by_what_it_is);
    }
    g_test_add_func("/blobs/dir/changed", test_a_changed_blob_is_found_out);
    g_test_add_func("/records/unknown", test_an_unknown_driver_is_named);
    return g_test_run();
}
