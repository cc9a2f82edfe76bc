#include "hub/records.h"

#include "core/error.h"
#include "web.h"

#include "store/outbox.h"

typedef struct {
    SaoyDb *db;
} Sqlite;

static void *
sqlite_open(const char *address, GError **error)
{
    g_autofree char *first = saoy_web_file("schema/001.sql");
    g_autofree char *second = saoy_web_file("schema/002.sql");
    const char *const schema[] = { first, saoy_outbox_schema, second, NULL };
    SaoyDb *db = saoy_db_open(address, schema, error);

    if (db == NULL)
        return NULL;
    Sqlite *self = g_new0(Sqlite, 1);
    self->db = db;
    return self;
}

static void
sqlite_close(void *p)
{
    Sqlite *self = p;

    saoy_db_close(self->db);
    g_free(self);
}

static bool
sqlite_begin(void *p, GError **error)
{
    return saoy_db_begin(((Sqlite *)p)->db, error);
}

static bool
sqlite_commit(void *p, GError **error)
{
    return saoy_db_commit(((Sqlite *)p)->db, error);
}

static void
sqlite_rollback(void *p)
{
    saoy_db_rollback(((Sqlite *)p)->db);
}

static void
add_cell(SaoyRows *rows, SaoyStatement *statement, int column, char letter)
{
    if (saoy_statement_is_null(statement, column))
        saoy_rows_add_null(rows);
    else if (letter == 'i')
        saoy_rows_add_int(rows, saoy_statement_int(statement, column));
    else if (letter == 't')
        saoy_rows_add_text(rows, saoy_statement_text(statement, column));
    else
        saoy_rows_add_bytes(rows, saoy_statement_blob(statement, column));
}

static SaoyRows *
sqlite_query(void *p, const char *sql, const char *columns, const char *format,
             va_list args, GError **error)
{
    Sqlite *self = p;
    g_autoptr(SaoyStatement) statement =
        saoy_db_prepare_va(self->db, sql, error, format, args);
    g_autoptr(SaoyRows) rows = saoy_rows_new(columns);
    g_autoptr(GError) failed = NULL;

    if (statement == NULL)
        return NULL; /* our own SQL is wrong */
    while (saoy_statement_step(statement, &failed))
        for (int i = 0; columns[i] != '\0'; i++)
            add_cell(rows, statement, i, columns[i]);
    if (failed == NULL)
        return g_steal_pointer(&rows);
    if (g_error_matches(failed, SAOY_ERROR, SAOY_ERROR_TIMEOUT))
        failed->code = SAOY_ERROR_OFFLINE; /* busy: come back later */
    g_propagate_error(error, g_steal_pointer(&failed));
    return NULL;
}

/* secure_delete wipes the pages of the database, but the log keeps what they were before
 * until it is cut. A reader or writer in the way: next time. */
static bool
sqlite_scrub(void *p, GError **error)
{
    return saoy_db_run(((Sqlite *)p)->db, "PRAGMA wal_checkpoint(TRUNCATE)", error, "");
}

static int64_t
sqlite_changes(void *p)
{
    return saoy_db_changes(((Sqlite *)p)->db);
}

static bool
sqlite_outbox_put(void *p, const char *key, const char *kind, const char *payload,
                  int64_t now_us, GError **error)
{
    return saoy_outbox_put(((Sqlite *)p)->db, key, kind, payload, now_us, error);
}

static bool
sqlite_outbox_next(void *p, int64_t now_us, int64_t *out_id, char **out_kind,
                   char **out_payload, GError **error)
{
    g_auto(SaoyOutboxEntry) entry = { 0 };

    if (!saoy_outbox_next(((Sqlite *)p)->db, now_us, &entry, error))
        return false;
    *out_id = entry.id;
    *out_kind = g_steal_pointer(&entry.kind);
    *out_payload = g_steal_pointer(&entry.payload);
    return true;
}

static bool
sqlite_outbox_done(void *p, int64_t id, int64_t now_us, GError **error)
{
    return saoy_outbox_done(((Sqlite *)p)->db, id, now_us, error);
}

static bool
sqlite_outbox_failed(void *p, int64_t id, const char *reason, int64_t now_us,
                     GError **error)
{
    return saoy_outbox_failed(((Sqlite *)p)->db, id, reason, now_us, error);
}

const SaoyRecordsDriver saoy_records_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .query = sqlite_query,
    .scrub = sqlite_scrub,
    .changes = sqlite_changes,
    .outbox_put = sqlite_outbox_put,
    .outbox_next = sqlite_outbox_next,
    .outbox_done = sqlite_outbox_done,
    .outbox_failed = sqlite_outbox_failed,
};
