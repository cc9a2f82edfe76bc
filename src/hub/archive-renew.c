#include "archive-parts.h"
#include "responder.h"

#include "core/clock.h"
#include "core/error.h"

#include "signature/renew.h"

/* Renewal: the archive's own time stamps, before the last can no longer be believed. */
enum { RENEWALS = 5 }; /* at a time */

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return saoy_responder_token(user, imprint, (SaoyView){ 0 }, error);
}

static bool
keep_renewed(SaoyNode *node, const char *copy_id, GBytes *pdf, const SaoyStanding *standing,
             GError **error)
{
    g_autofree char *sha256 = saoy_blobs_put(node->blobs, pdf, error);
    g_autoptr(SaoyTransaction) transaction =
        sha256 != NULL ? saoy_records_begin(node->records, error) : NULL;

    return transaction != NULL &&
           saoy_records_run(node->records,
                            "UPDATE revisions SET renew_at = 0 WHERE copy_id = ?", error,
                            "t", copy_id) &&
           saoy_archive_add(node, copy_id, pdf, sha256, standing, error) &&
           saoy_node_audit(node, "hub", "renew", copy_id, standing->level, error) &&
           saoy_transaction_commit(&transaction, error);
}

static bool
renew_one(SaoyNode *node, const char *sha256, const char *copy_id, GError **error)
{
    g_autofree char *pki = saoy_hub_config_path(node->config, node->config->pki);
    g_autofree char *trust = g_build_filename(pki, "trust", NULL);
    const SaoyRenewal renewal = {
        { saoy_responder_fetch, node, NULL, saoy_clock_wall_us() }, on_token, node, trust
    };
    g_autoptr(GBytes) pdf = saoy_blobs_get(node->blobs, sha256, error);
    g_autoptr(GBytes) renewed = pdf != NULL ? saoy_renew(pdf, &renewal, NULL, error) : NULL;
    const SaoyApproval approval = { .copy_id = (char *)(uintptr_t)copy_id };
    SaoyStanding standing = { 0 };

    return renewed != NULL &&
           saoy_archive_check(node, &approval, renewed, true, &standing, error) &&
           keep_renewed(node, copy_id, renewed, &standing, error);
}

/* Who is away is away for all: nobody's renewal is tried again before its time. What is
 * wrong with one file is that file's alone. */
static bool
put_off(SaoyNode *node, const char *sha256, bool all, int64_t now, GError **error)
{
    return all ? saoy_records_run(
                     node->records,
                     "UPDATE revisions SET renew_at = ? WHERE renew_at > 0 AND "
                     "renew_at <= ?",
                     error, "ii", now + saoy_archive_retry_us(node), now)
               : saoy_records_run(
                     node->records, "UPDATE revisions SET renew_at = ? WHERE sha256 = ?",
                     error, "it", now + 10 * saoy_archive_retry_us(node), sha256);
}

bool
saoy_archive_renew(SaoyNode *node, GError **error)
{
    int64_t now = saoy_clock_wall_us();
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT sha256, copy_id FROM revisions WHERE renew_at > 0 AND renew_at <= ? "
        "ORDER BY renew_at LIMIT ?",
        "tt", error, "ii", now, (int64_t)RENEWALS);

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        const char *sha256 = saoy_rows_text(rows, i, 0);
        g_autoptr(GError) why = NULL;
        bool away = false;

        if (renew_one(node, sha256, saoy_rows_text(rows, i, 1), &why))
            continue;
        g_warning("renewal: %s", why->message);
        away = saoy_error_class(why) == SAOY_CLASS_RETRY;
        if (!put_off(node, sha256, away, now, error))
            return false;
        if (away)
            return true;
    }
    return true;
}
