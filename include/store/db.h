#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* One SQLite connection, one thread. WAL, synchronous FULL, foreign keys on. Errors:
 * REFUSED a constraint was broken, TIMEOUT another writer was slower than our patience,
 * FAILED. */
typedef struct SaoyDb SaoyDb;

/* Opens (creates 0600) and migrates: schema is a NULL-terminated list of scripts, number i
 * brings user_version from i to i+1, each in its own transaction. */
SaoyDb *saoy_db_open(const char *path, const char *const *schema, GError **error);
void saoy_db_close(SaoyDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyDb, saoy_db_close)

bool saoy_db_begin(SaoyDb *db, GError **error); /* IMMEDIATE */
bool saoy_db_commit(SaoyDb *db, GError **error);
void saoy_db_rollback(SaoyDb *db);

/* One statement: bind in order, then step. saoy_db_run does a whole statement without rows.
 * format letters of args: i int64_t, t const char * (NULL is null), b SaoyView. */
typedef struct SaoyStatement SaoyStatement;
SaoyStatement *saoy_db_prepare(SaoyDb *db, const char *sql, GError **error,
                               const char *format, ...);
/* The same for a caller that is variadic itself; args is left as it was. */
SaoyStatement *saoy_db_prepare_va(SaoyDb *db, const char *sql, GError **error,
                                  const char *format, va_list args);
void saoy_statement_free(SaoyStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyStatement, saoy_statement_free)
/* true: a row is there. false with *error NULL: no more rows. */
bool saoy_statement_step(SaoyStatement *statement, GError **error);
/* Columns of the row that is there, from 0; null is 0, NULL, empty. */
int64_t saoy_statement_int(SaoyStatement *statement, int column);
const char *saoy_statement_text(SaoyStatement *statement, int column); /* till next step */
SaoyView saoy_statement_blob(SaoyStatement *statement, int column);
bool saoy_statement_is_null(SaoyStatement *statement, int column);

bool saoy_db_run(SaoyDb *db, const char *sql, GError **error, const char *format, ...);
int64_t saoy_db_changes(SaoyDb *db); /* rows of the last run */
