#pragma once
#include "store/db.h"

/* To be delivered once, surviving restarts: mails, refunds, settlements, archive uploads.
 * Lives in a table of the caller's database, so that an entry is made in the transaction
 * that causes it. Key is the idempotency number: a second put of one key does nothing. */
extern const char saoy_outbox_schema[]; /* for the caller's migrations */

bool saoy_outbox_put(SaoyDb *db, const char *key, const char *kind, const char *payload,
                     int64_t now_us, GError **error);

typedef struct {
    int64_t id;
    char *key, *kind, *payload;
    int attempts;
} SaoyOutboxEntry;
void saoy_outbox_entry_clear(SaoyOutboxEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyOutboxEntry, saoy_outbox_entry_clear)

/* The oldest entry that is due; false with *error NULL when there is none. */
bool saoy_outbox_next(SaoyDb *db, int64_t now_us, SaoyOutboxEntry *out, GError **error);
bool saoy_outbox_done(SaoyDb *db, int64_t id, int64_t now_us, GError **error);
/* Later again: 1 min doubling to 1 h; reason without personal data. */
bool saoy_outbox_failed(SaoyDb *db, int64_t id, const char *reason, int64_t now_us,
                        GError **error);
