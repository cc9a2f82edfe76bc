#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* The face of the hub's database. A driver runs portable SQL ("?" placeholders); everything
 * the hub means by its tables is written once, above this line. One connection, one thread.
 *
 * Letters, for arguments and for columns alike: i int64_t, t text (const char *, NULL is
 * null), b bytes (SaoyView). */
typedef struct SaoyRows SaoyRows;

typedef struct {
    const char *name;
    /* Opens, creates and migrates. address is the driver's own: a file, a connection
     * string. */
    void *(*open)(const char *address, GError **error);
    void (*close)(void *self);
    /* A transaction that shuts out other writers from its first statement on. */
    bool (*begin)(void *self, GError **error);
    bool (*commit)(void *self, GError **error);
    void (*rollback)(void *self);
    /* One statement. columns types its result ("" for none). NULL on error: REFUSED when a
     * uniqueness rule was broken, OFFLINE when the database is away or busy, else FAILED.
     */
    SaoyRows *(*query)(void *self, const char *sql, const char *columns, const char *format,
                       va_list args, GError **error);
    /* What was deleted is gone from the disk too, from its log as well. */
    bool (*scrub)(void *self, GError **error);
    int64_t (*changes)(void *self); /* rows the last statement changed */
    /* The outbox of store/outbox.h, within the transaction that is open. */
    bool (*outbox_put)(void *self, const char *key, const char *kind, const char *payload,
                       int64_t now_us, GError **error);
    /* The oldest due entry; false with *error NULL: none. Strings are the caller's. */
    bool (*outbox_next)(void *self, int64_t now_us, int64_t *out_id, char **out_kind,
                        char **out_payload, GError **error);
    bool (*outbox_done)(void *self, int64_t id, int64_t now_us, GError **error);
    bool (*outbox_failed)(void *self, int64_t id, const char *reason, int64_t now_us,
                          GError **error);
} SaoyRecordsDriver;

extern const SaoyRecordsDriver saoy_records_sqlite; /* address: the file */

typedef struct SaoyRecords SaoyRecords;

/* driver: a name as above. NO_MEDIA for an unknown driver. */
SaoyRecords *saoy_records_open(const char *driver, const char *address, GError **error);
void saoy_records_close(SaoyRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyRecords, saoy_records_close)
/* For the calls of the driver that have no face here (the outbox). */
const SaoyRecordsDriver *saoy_records_driver(const SaoyRecords *records);
void *saoy_records_self(SaoyRecords *records);

/* All rows of one statement, in memory: bound them by LIMIT. */
SaoyRows *saoy_records_ask(SaoyRecords *records, const char *sql, const char *columns,
                           GError **error, const char *format, ...);
/* A statement without rows. */
bool saoy_records_run(SaoyRecords *records, const char *sql, GError **error,
                      const char *format, ...);
int64_t saoy_records_changes(SaoyRecords *records);

/* Left without commit, it rolls back. Not nested. */
typedef struct SaoyTransaction SaoyTransaction;
SaoyTransaction *saoy_records_begin(SaoyRecords *records, GError **error);
bool saoy_transaction_commit(SaoyTransaction **transaction, GError **error); /* ends it */
void saoy_transaction_free(SaoyTransaction *transaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyTransaction, saoy_transaction_free)

/* Rows for drivers to fill and for callers to read. Text is "" and bytes are empty when
 * null. */
SaoyRows *saoy_rows_new(const char *columns);
void saoy_rows_free(SaoyRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyRows, saoy_rows_free)
void saoy_rows_add_null(SaoyRows *rows);
void saoy_rows_add_int(SaoyRows *rows, int64_t number);
void saoy_rows_add_text(SaoyRows *rows, const char *text);
void saoy_rows_add_bytes(SaoyRows *rows, SaoyView bytes);

size_t saoy_rows_count(const SaoyRows *rows);
bool saoy_rows_is_null(const SaoyRows *rows, size_t row, unsigned column);
int64_t saoy_rows_int(const SaoyRows *rows, size_t row, unsigned column);
const char *saoy_rows_text(const SaoyRows *rows, size_t row, unsigned column);
GBytes *saoy_rows_bytes(const SaoyRows *rows, size_t row, unsigned column); /* borrowed */
