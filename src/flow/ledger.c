#include "recover.h"

#include <string.h>

struct SaoyLedger {
    GPtrArray *all;       /* SaoyUnfinished, owned */
    GHashTable *by_visit; /* borrowed keys and values */
};

static void
unfinished_free(void *p)
{
    SaoyUnfinished *unfinished = p;

    g_free(unfinished->dossier);
    g_free(unfinished);
}

SaoyLedger *
saoy_ledger_new(void)
{
    SaoyLedger *ledger = g_new0(SaoyLedger, 1);

    ledger->all = g_ptr_array_new_with_free_func(unfinished_free);
    ledger->by_visit = g_hash_table_new(g_str_hash, g_str_equal);
    return ledger;
}

void
saoy_ledger_free(SaoyLedger *ledger)
{
    if (ledger == NULL)
        return;
    g_hash_table_unref(ledger->by_visit);
    g_ptr_array_unref(ledger->all);
    g_free(ledger);
}

const GPtrArray *
saoy_ledger_all(const SaoyLedger *ledger)
{
    return ledger->all;
}

static SaoyUnfinished *
find(SaoyLedger *ledger, const char *visit, bool make)
{
    SaoyUnfinished *found = g_hash_table_lookup(ledger->by_visit, visit);

    if (found != NULL || !make || strlen(visit) >= sizeof found->visit)
        return found;
    found = g_new0(SaoyUnfinished, 1);
    g_strlcpy(found->visit, visit, sizeof found->visit);
    g_ptr_array_add(ledger->all, found);
    g_hash_table_insert(ledger->by_visit, found->visit, found);
    return found;
}

static void
take_about(SaoyUnfinished *u, const SaoyJson *entry)
{
    const char *dossier = saoy_json_string_or(entry, "dossier", NULL);

    if (dossier != NULL && u->dossier == NULL)
        u->dossier = g_strdup(dossier);
    u->can_be_found = saoy_json_bool_or(entry, "can_be_found", u->can_be_found);
}

static void
on_decided(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->approved |= saoy_json_string_or(entry, "copy", NULL) != NULL;
}

static void
on_paying(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->fee = true;
    u->dong = saoy_json_int_or(entry, "dong", 0);
}

static void
on_submitting(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->submitting = true;
}

static void
on_submitted(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->submitted = true;
}

static void
on_withdrawing(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->withdrawing = true;
}

static void
on_releasing(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->releasing = true;
}

static void
on_settled(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->settled = true;
}

static void
on_given_back(SaoyUnfinished *u, const SaoyJson *entry)
{
    u->given_back = true;
}

static void
on_opened(SaoyUnfinished *u, const SaoyJson *entry)
{
}

static const struct {
    const char *event;
    void (*take)(SaoyUnfinished *u, const SaoyJson *entry);
} events[] = {
    { "opening", on_opened },        { "opened", on_opened },
    { "paying", on_paying },         { "submitting", on_submitting },
    { "submitted", on_submitted },   { "decided", on_decided },
    { "withdrawn", on_settled },     { "released", on_settled },
    { "finished", on_settled },      { "refused", on_settled },
    { "given_back", on_given_back }, { "withdrawing", on_withdrawing },
    { "releasing", on_releasing },
};

bool
saoy_ledger_take(const SaoyJson *entry, void *ledger)
{
    const char *event = saoy_json_string_or(entry, "event", "");
    const char *visit = saoy_json_string_or(entry, "visit", "");

    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        SaoyUnfinished *u = NULL;

        if (!g_str_equal(events[i].event, event))
            continue;
        u = find(ledger, visit, g_str_equal(event, "opening"));
        if (u == NULL)
            continue;
        take_about(u, entry);
        events[i].take(u, entry);
    }
    return true;
}

SaoyUndo
saoy_unfinished_undo(const SaoyUnfinished *u)
{
    if (u->settled || u->dossier == NULL)
        return SAOY_UNDO_NOTHING;
    if (u->withdrawing) /* what was approved meanwhile is released by it */
        return SAOY_UNDO_WITHDRAW;
    if (u->approved || u->releasing)
        return SAOY_UNDO_RELEASE;
    if (!u->submitting && !u->submitted)
        return SAOY_UNDO_WITHDRAW;
    if (!u->submitted)
        return SAOY_UNDO_ASK;
    return u->can_be_found ? SAOY_UNDO_RELEASE : SAOY_UNDO_WITHDRAW;
}
