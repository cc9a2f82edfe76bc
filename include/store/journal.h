#pragma once
#include "core/json.h"

/* Append-only, hash-chained, fsynced: what was decided, before it was done. Entries carry
 * ids, states, codes and hashes; never a name or number. One thread at a time. */
typedef struct SaoyJournal SaoyJournal;

SaoyJournal *saoy_journal_open(const char *path,
                               GError **error); /* a torn last line is cut */
void saoy_journal_close(SaoyJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyJournal, saoy_journal_close)

/* Appends {"n":…,"at":…,"event":event, …entry's members, "prev":…, "hash":…} as one line
 * and waits for the disk. Takes entry (may be NULL). */
bool saoy_journal_append(SaoyJournal *journal, const char *event, SaoyJson *entry,
                         GError **error);

/* Calls each entry in order; stops early when each returns false. The chain is
 * checked on the way (UNTRUSTED); NO_MEDIA no such file. */
typedef bool SaoyJournalFunc(const SaoyJson *entry, void *user);
bool saoy_journal_each(const char *path, SaoyJournalFunc *each, void *user, GError **error);

/* The whole chain: UNTRUSTED names the first entry that breaks it. */
bool saoy_journal_check(const char *path, uint64_t *out_entries, GError **error);
