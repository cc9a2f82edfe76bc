#include "store/outbox.h"

#define MINUTE_US ((int64_t)60 * G_USEC_PER_SEC)

const char saoy_outbox_schema[] =
    "CREATE TABLE outbox ("
    " id INTEGER PRIMARY KEY,"
    " key TEXT NOT NULL UNIQUE," /* the idempotency number: never sent twice */
    " kind TEXT NOT NULL,"
    " payload TEXT NOT NULL,"
    " made_at INTEGER NOT NULL,"
    " due_at INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT,"
    " done_at INTEGER);"
    "CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;";

bool
saoy_outbox_put(SaoyDb *db, const char *key, const char *kind, const char *payload,
                int64_t now_us, GError **error)
{
    return saoy_db_run(db,
                       "INSERT INTO outbox (key, kind, payload, made_at, due_at)"
                       " VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (key) DO NOTHING",
                       error, "ttti", key, kind, payload, now_us);
}

void
saoy_outbox_entry_clear(SaoyOutboxEntry *entry)
{
    g_free(entry->key);
    g_free(entry->kind);
    g_free(entry->payload);
    *entry = (SaoyOutboxEntry){ 0 };
}

bool
saoy_outbox_next(SaoyDb *db, int64_t now_us, SaoyOutboxEntry *out, GError **error)
{
    g_autoptr(SaoyStatement) s = saoy_db_prepare(
        db,
        "SELECT id, key, kind, payload, attempts FROM outbox"
        " WHERE done_at IS NULL AND due_at <= ?1 ORDER BY due_at, id LIMIT 1",
        error, "i", now_us);

    if (s == NULL || !saoy_statement_step(s, error))
        return false;
    *out = (SaoyOutboxEntry){
        .id = saoy_statement_int(s, 0),
        .key = g_strdup(saoy_statement_text(s, 1)),
        .kind = g_strdup(saoy_statement_text(s, 2)),
        .payload = g_strdup(saoy_statement_text(s, 3)),
        .attempts = (int)saoy_statement_int(s, 4),
    };
    return true;
}

/* What was delivered keeps its key, so that it can never be put again, but not its payload.
 */
bool
saoy_outbox_done(SaoyDb *db, int64_t id, int64_t now_us, GError **error)
{
    return saoy_db_run(db,
                       "UPDATE outbox SET done_at = ?2, payload = '', reason = NULL"
                       " WHERE id = ?1",
                       error, "ii", id, now_us);
}

bool
saoy_outbox_failed(SaoyDb *db, int64_t id, const char *reason, int64_t now_us,
                   GError **error)
{
    return saoy_db_run(db,
                       "UPDATE outbox SET attempts = attempts + 1, reason = ?2,"
                       " due_at = ?3 + MIN(?4 << MIN(attempts, 6), ?4 * 60) WHERE id = ?1",
                       error, "itii", id, reason, now_us, (int64_t)MINUTE_US);
}
