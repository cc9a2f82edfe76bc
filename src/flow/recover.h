#pragma once
#include "core/json.h"

/* What the journal says of dossiers that a crash (or a hub that was away) left unfinished:
 * product.md §3, «After a crash». Pure; tests feed it entries. */
typedef enum {
    SAOY_UNDO_NOTHING,  /* not opened, or all is done */
    SAOY_UNDO_WITHDRAW, /* opened, not submitted: and give the fee back */
    SAOY_UNDO_ASK,      /* submitting: the hub knows whether it was; then as below */
    SAOY_UNDO_RELEASE,  /* submitted, it can be found; or decided: the hub finishes */
} SaoyUndo;

typedef struct {
    char visit[33];
    char *dossier; /* NULL: never learnt; the hub drops it after an hour */
    bool submitting, submitted, can_be_found, approved, settled, given_back;
    bool withdrawing, releasing; /* decided before the crash: that stands */
    bool fee;                    /* asked for: open until given back or the hub's */
    int64_t dong;
} SaoyUnfinished;

typedef struct SaoyLedger SaoyLedger;
SaoyLedger *saoy_ledger_new(void);
void saoy_ledger_free(SaoyLedger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyLedger, saoy_ledger_free)

bool saoy_ledger_take(const SaoyJson *entry, void *ledger); /* a SaoyJournalFunc */
/* Visits in the order they were opened; borrowed. */
const GPtrArray *saoy_ledger_all(const SaoyLedger *ledger);
SaoyUndo saoy_unfinished_undo(const SaoyUnfinished *unfinished);
