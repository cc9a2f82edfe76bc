#pragma once
/* The journal of one signing: a text that a writer must know before it writes the next. */
#include "signature/signer.h"

#include "core/error.h"

#include <string.h>

typedef struct {
    char *text;
    bool lost; /* the lease: a signature is not written down any more */
} Journal;

static inline void
journal_set(Journal *journal, const char *text)
{
    g_free(journal->text);
    journal->text = g_strdup(text);
}

static inline char *
journal_recall(void *user, GError **error)
{
    return g_strdup(((Journal *)user)->text);
}

static inline bool
journal_write(void *user, const char *before, const char *after, GError **error)
{
    Journal *journal = user;

    g_assert_cmpstr(before, ==, journal->text);
    if (journal->lost && strstr(after, "\"done\"") != NULL)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "another holds the lease");
    journal_set(journal, after);
    return true;
}
