#include "store/db.h"

#include "core/error.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

struct SaoyDb {
    sqlite3 *sqlite;
};

struct SaoyStatement {
    sqlite3_stmt *stmt;
    sqlite3 *sqlite;
};

static bool
fail(sqlite3 *sqlite, GError **error, const char *what)
{
    int code = sqlite3_errcode(sqlite) & 0xff;

    /* busy and locked: another writer was slower than our patience; constraint: it is there
     */
    return saoy_fail(error,
                     code == SQLITE_BUSY || code == SQLITE_LOCKED ? SAOY_ERROR_TIMEOUT
                     : code == SQLITE_CONSTRAINT                  ? SAOY_ERROR_REFUSED
                                                                  : SAOY_ERROR_FAILED,
                     "database: %s: %s", what, sqlite3_errmsg(sqlite));
}

static bool
exec(SaoyDb *db, const char *sql, GError **error)
{
    return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ||
           fail(db->sqlite, error, "statement");
}

static bool
version_of(SaoyDb *db, int64_t *out, GError **error)
{
    g_autoptr(SaoyStatement) s = saoy_db_prepare(db, "PRAGMA user_version", error, "");

    if (s == NULL || !saoy_statement_step(s, error))
        return false;
    *out = saoy_statement_int(s, 0);
    return true;
}

/* Several processes may open a new file at once: the version is read again under the lock.
 */
static bool
migrate_one(SaoyDb *db, const char *script, int64_t to, GError **error)
{
    g_autofree char *stamp = g_strdup_printf("PRAGMA user_version = %" G_GINT64_FORMAT, to);
    int64_t version = 0;

    if (!saoy_db_begin(db, error))
        return false;
    if (version_of(db, &version, error) &&
        (version >= to || (exec(db, script, error) && exec(db, stamp, error))) &&
        saoy_db_commit(db, error))
        return true;
    saoy_db_rollback(db);
    return false;
}

static bool
migrate(SaoyDb *db, const char *const *schema, GError **error)
{
    int64_t version = 0, known = 0;

    while (schema[known] != NULL)
        known++;
    if (!version_of(db, &version, error))
        return false;
    if (version > known)
        return saoy_fail(error, SAOY_ERROR_FAILED, "database: made by a newer program");
    for (int64_t i = version; i < known; i++)
        if (!migrate_one(db, schema[i], i + 1, error))
            return false;
    return true;
}

SaoyDb *
saoy_db_open(const char *path, const char *const *schema, GError **error)
{
    /* ours alone, before SQLite makes it with the umask's rights. Never a file that is
     * there: closing any descriptor of it drops this process's locks (fcntl(2)), and the
     * next process to close the database would take the WAL from under our other
     * connections. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 && errno != EEXIST)
        return saoy_null(error, SAOY_ERROR_FAILED, "database: cannot open %s", path);
    if (fd >= 0)
        close(fd);

    g_autoptr(SaoyDb) db = g_new0(SaoyDb, 1);
    if (sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK) {
        fail(db->sqlite, error, "open");
        return NULL;
    }
    sqlite3_extended_result_codes(db->sqlite, 1);
    sqlite3_busy_timeout(db->sqlite, 10000);
    if (!exec(db,
              "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
              "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
              "PRAGMA trusted_schema = OFF",
              error) ||
        !migrate(db, schema, error))
        return NULL;
    return g_steal_pointer(&db);
}

void
saoy_db_close(SaoyDb *db)
{
    sqlite3_close_v2(db->sqlite);
    g_free(db);
}

bool
saoy_db_begin(SaoyDb *db, GError **error)
{
    return exec(db, "BEGIN IMMEDIATE", error);
}

bool
saoy_db_commit(SaoyDb *db, GError **error)
{
    return exec(db, "COMMIT", error);
}

void
saoy_db_rollback(SaoyDb *db)
{
    if (sqlite3_get_autocommit(db->sqlite) == 0)
        exec(db, "ROLLBACK", NULL);
}

static bool
bind_one(SaoyStatement *s, int at, char kind, va_list *args)
{
    if (kind == 'i')
        return sqlite3_bind_int64(s->stmt, at, va_arg(*args, int64_t)) == SQLITE_OK;
    if (kind == 't')
        return sqlite3_bind_text(s->stmt, at, va_arg(*args, const char *), -1,
                                 SQLITE_TRANSIENT) == SQLITE_OK;

    SaoyView view = va_arg(*args, SaoyView);
    if (view.data == NULL)
        return sqlite3_bind_zeroblob(s->stmt, at, 0) == SQLITE_OK;
    return sqlite3_bind_blob64(s->stmt, at, view.data, view.size, SQLITE_TRANSIENT) ==
           SQLITE_OK;
}

static SaoyStatement *
prepare(SaoyDb *db, const char *sql, GError **error, const char *format, va_list *args)
{
    g_autoptr(SaoyStatement) s = g_new0(SaoyStatement, 1);

    s->sqlite = db->sqlite;
    if (sqlite3_prepare_v2(db->sqlite, sql, -1, &s->stmt, NULL) != SQLITE_OK) {
        fail(db->sqlite, error, sql);
        return NULL;
    }
    for (int i = 0; format[i] != '\0'; i++)
        if (!bind_one(s, i + 1, format[i], args)) {
            fail(db->sqlite, error, "bind");
            return NULL;
        }
    return g_steal_pointer(&s);
}

SaoyStatement *
saoy_db_prepare(SaoyDb *db, const char *sql, GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    SaoyStatement *s = prepare(db, sql, error, format, &args);
    va_end(args);
    return s;
}

SaoyStatement *
saoy_db_prepare_va(SaoyDb *db, const char *sql, GError **error, const char *format,
                   va_list args)
{
    va_list copy;

    va_copy(copy, args);
    SaoyStatement *s = prepare(db, sql, error, format, &copy);
    va_end(copy);
    return s;
}

void
saoy_statement_free(SaoyStatement *statement)
{
    sqlite3_finalize(statement->stmt);
    g_free(statement);
}

bool
saoy_statement_step(SaoyStatement *statement, GError **error)
{
    int code = sqlite3_step(statement->stmt);

    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        fail(statement->sqlite, error, "step");
    return false;
}

int64_t
saoy_statement_int(SaoyStatement *statement, int column)
{
    return sqlite3_column_int64(statement->stmt, column);
}

const char *
saoy_statement_text(SaoyStatement *statement, int column)
{
    return (const char *)sqlite3_column_text(statement->stmt, column);
}

SaoyView
saoy_statement_blob(SaoyStatement *statement, int column)
{
    const void *data = sqlite3_column_blob(statement->stmt, column);

    return (SaoyView){ data, (size_t)sqlite3_column_bytes(statement->stmt, column) };
}

bool
saoy_statement_is_null(SaoyStatement *statement, int column)
{
    return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL;
}

bool
saoy_db_run(SaoyDb *db, const char *sql, GError **error, const char *format, ...)
{
    g_autoptr(GError) why = NULL;
    va_list args;

    va_start(args, format);
    g_autoptr(SaoyStatement) s = prepare(db, sql, error, format, &args);
    va_end(args);
    if (s == NULL)
        return false;
    while (saoy_statement_step(s, &why))
        continue;
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

int64_t
saoy_db_changes(SaoyDb *db)
{
    return sqlite3_changes64(db->sqlite);
}
