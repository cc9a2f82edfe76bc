#include "issuing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"

static int64_t
until(const SaoyNode *node)
{
    return saoy_clock_wall_us() + node->config->lease_s * (int64_t)G_USEC_PER_SEC;
}

static SaoyRows *
find(SaoyNode *node, const char *dossier, unsigned n, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT state, fence, holder, lease_until FROM documents WHERE "
                         "dossier = ? AND n = ?",
                         "titi", error, "ti", dossier, (int64_t)n);

    if (rows != NULL && saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such document");
    return g_steal_pointer(&rows);
}

static bool
set(SaoyNode *node, const char *dossier, unsigned n, int64_t fence, const char *holder,
    int64_t until_us, GError **error)
{
    return saoy_records_run(node->records,
                            "UPDATE documents SET fence = ?, holder = ?, lease_until = ? "
                            "WHERE dossier = ? AND n = ?",
                            error, "ititi", fence, holder, until_us, dossier, (int64_t)n);
}

bool
saoy_lease_take(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                int64_t *out_fence, int64_t *out_until_us, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(SaoyRows) rows = transaction != NULL ? find(node, dossier, n, error) : NULL;
    int64_t fence = 0, end = until(node);

    if (rows == NULL)
        return false;
    if (!g_str_equal(saoy_rows_text(rows, 0, 0), "approved"))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "lease: the document is %s",
                         saoy_rows_text(rows, 0, 0));
    /* the same holder takes it anew after a crash: its earlier self is shut out */
    if (saoy_rows_int(rows, 0, 3) > saoy_clock_wall_us() &&
        !g_str_equal(saoy_rows_text(rows, 0, 2), holder))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "lease: another finisher holds it");
    fence = saoy_rows_int(rows, 0, 1) + 1;
    if (!set(node, dossier, n, fence, holder, end, error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    *out_fence = fence;
    *out_until_us = end;
    return true;
}

/* A lease that ran out but that nobody took is still its holder's: the fence decides. */
bool
saoy_lease_check(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                 int64_t fence, GError **error)
{
    g_autoptr(SaoyRows) rows = find(node, dossier, n, error);

    if (rows == NULL)
        return false;
    if (saoy_rows_int(rows, 0, 1) == fence && fence > 0 &&
        g_str_equal(saoy_rows_text(rows, 0, 2), holder))
        return true;
    saoy_log(SAOY_LOG_LEASE_LOST, SAOY_N("count", n));
    return saoy_fail(error, SAOY_ERROR_REFUSED, "fence: another finisher has the document");
}

bool
saoy_turn_check(SaoyNode *node, const SaoyTurn *turn, GError **error)
{
    return saoy_lease_check(node, turn->dossier, turn->n, turn->holder, turn->fence, error);
}

bool
saoy_lease_renew(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                 int64_t fence, int64_t *out_until_us, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    int64_t end = until(node);

    if (transaction == NULL || !saoy_lease_check(node, dossier, n, holder, fence, error) ||
        !set(node, dossier, n, fence, holder, end, error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    *out_until_us = end;
    return true;
}

bool
saoy_lease_release(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                   int64_t fence, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    return transaction != NULL &&
           saoy_lease_check(node, dossier, n, holder, fence, error) &&
           set(node, dossier, n, fence + 1, "", 0, error) &&
           saoy_transaction_commit(&transaction, error);
}
