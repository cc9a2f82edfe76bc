#include "finisher.h"

#include "approval.h"
#include "archive.h"
#include "dossier.h"
#include "issuing.h"
#include "mailer.h"
#include "responder.h"
#include "signing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"

#include "issue/issue.h"

#define HOLDER "hub"
#define ATTEMPTS_MAX 5
#define RETRY_US (10 * (int64_t)G_USEC_PER_SEC)
#define STUCK_US (3600 * (int64_t)G_USEC_PER_SEC)
#define SWEEP_US (30 * (int64_t)G_USEC_PER_SEC)

/* One document being finished by the hub itself. */
typedef struct {
    SaoyNode *node;
    SaoyTurn turn;
    SaoyApproval *approval;
} Finish;

static bool
on_step(void *user, const char *name, GError **error)
{
    Finish *f = user;
    int64_t until = 0;

    return saoy_lease_renew(f->node, f->turn.dossier, f->turn.n, HOLDER, f->turn.fence,
                            &until, error);
}

static bool
on_prepared(void *user, unsigned n, GBytes *pdf, GCancellable *cancel, GError **error)
{
    Finish *f = user;

    return saoy_issuing_prepared(f->node, &f->turn, n + 1, pdf, error);
}

static GPtrArray *
on_chain(void *user, unsigned n, GCancellable *cancel, GError **error)
{
    Finish *f = user;

    return saoy_keys_chain(f->node->keys, f->approval->credentials[n].id, error);
}

static GBytes *
on_sign(void *user, unsigned n, const uint8_t hash[32], GCancellable *cancel,
        GError **error)
{
    Finish *f = user;
    g_autofree char *tag = g_strdup_printf("%s/%u", f->approval->copy_id, n + 1);

    GBytes *signature =
        saoy_issuing_sign(f->node, tag, f->approval->credentials[n].id, hash, NULL, error);

    /* a provider's no is no matter of the lease: it is counted */
    if (signature == NULL && error != NULL &&
        g_error_matches(*error, SAOY_ERROR, SAOY_ERROR_REFUSED))
        (*error)->code = SAOY_ERROR_FAILED;
    return signature;
}

static bool
on_archive(void *user, GBytes *pdf, GCancellable *cancel, GError **error)
{
    Finish *f = user;
    g_autoptr(SaoyJson) answer = saoy_archive_put(f->node, &f->turn, pdf, error);

    return answer != NULL;
}

static GBytes *
on_stamp(void *user, unsigned n, const uint8_t imprint[32], GCancellable *cancel,
         GError **error)
{
    Finish *f = user;
    g_autofree char *tag = g_strdup_printf("%s/%u", f->approval->copy_id, n + 1);

    return n < SAOY_SIGNER_N
               ? saoy_responder_stamp(f->node, tag, imprint, (SaoyView){ 0 }, error)
               : saoy_responder_token(f->node, imprint, (SaoyView){ 0 }, error);
}

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    return saoy_responder_fetch(((Finish *)user)->node, url, type, body, cancel, error);
}

static const SaoyIssueHooks hooks = { on_step,    on_prepared, on_chain, on_sign,
                                      on_archive, on_stamp,    on_fetch };

static bool
issue(Finish *f, GError **error)
{
    g_autoptr(GBytes) base = saoy_issuing_base(f->node, f->turn.dossier, f->turn.n, error);
    g_autoptr(GBytes) pdf = NULL;

    f->approval = saoy_issuing_approval(f->node, f->turn.dossier, f->turn.n, error);
    if (base != NULL && f->approval != NULL)
        pdf = saoy_copy_issue(base, f->approval, &hooks, f, NULL, error);
    g_clear_pointer(&f->approval, saoy_approval_free);
    return pdf != NULL;
}

/* Away, busy or taken over passes; what is wrong stays wrong. */
static bool
is_lasting(const GError *error)
{
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED) ||
           g_error_matches(error, SAOY_ERROR, SAOY_ERROR_MALFORMED) ||
           g_error_matches(error, SAOY_ERROR, SAOY_ERROR_FAILED);
}

static bool
count_attempt(SaoyNode *node, const char *dossier, unsigned n, int64_t attempts,
              const GError *why, GError **error)
{
    bool stuck = saoy_signing_is_stuck(node, dossier, n); /* an operator's, not ours */
    bool lasting = is_lasting(why) && !stuck;
    int64_t wait = stuck ? STUCK_US : RETRY_US << MIN(attempts, 8);

    g_warning("finishing failed, attempt %d: %s", (int)attempts + 1, why->message);
    if (stuck)
        saoy_log(SAOY_LOG_SIGNING_STUCK, SAOY_N("count", n));
    if (lasting && attempts + 1 >= ATTEMPTS_MAX)
        return saoy_document_give_up(node, dossier, n, "không ký được bản sao", error);
    return saoy_records_run(node->records,
                            "UPDATE documents SET attempts = attempts + ?, retry_at = ? "
                            "WHERE dossier = ? AND n = ?",
                            error, "iiti", (int64_t)(lasting ? 1 : 0),
                            saoy_clock_wall_us() + wait, dossier, (int64_t)n);
}

static bool
finish_one(SaoyNode *node, const char *dossier, unsigned n, int64_t attempts,
           GError **error)
{
    Finish f = { .node = node, .turn = { dossier, n, HOLDER, 0 } };
    g_autoptr(GError) why = NULL;
    int64_t until = 0;

    if (!saoy_lease_take(node, dossier, n, HOLDER, &f.turn.fence, &until, &why))
        return g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED) ||
               count_attempt(node, dossier, n, attempts, why, error);
    if (issue(&f, &why))
        return true;
    saoy_lease_release(node, dossier, n, HOLDER, f.turn.fence, NULL);
    return count_attempt(node, dossier, n, attempts, why, error);
}

/* Released by its kiosk, or a lease that ran out, or a kiosk that never came for it: it
 * comes when all documents are decided, so its time runs from the last decision. */
static const char due[] =
    "SELECT p.dossier, p.n, p.attempts FROM documents p JOIN dossiers d ON d.id = "
    "p.dossier "
    "WHERE p.state = 'approved' AND p.retry_at <= ? AND (p.lease_until <= ? OR p.holder = "
    "'hub') "
    "AND (d.released = 1 OR p.lease_until > 0 OR NOT EXISTS (SELECT 1 FROM documents o "
    "WHERE "
    "o.dossier = p.dossier AND (o.state IN ('queued', 'opened') OR o.decided_at > ?))) "
    "ORDER BY p.decided_at LIMIT 20";

static bool
finish_due(SaoyNode *node, GError **error)
{
    int64_t now = saoy_clock_wall_us();
    int64_t grace = now - node->config->lease_s * (int64_t)G_USEC_PER_SEC;
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, due, "tii", error, "iii", now, now, grace);

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        if (!finish_one(node, saoy_rows_text(rows, i, 0),
                        (unsigned)saoy_rows_int(rows, i, 1), saoy_rows_int(rows, i, 2),
                        error))
            return false;
    return true;
}

static bool
sweep_when_due(SaoyNode *node, GError **error)
{
    int64_t now = saoy_clock_wall_us();
    int64_t pause = MIN(SWEEP_US, node->config->unsubmitted_s * (int64_t)G_USEC_PER_SEC);

    if (now - node->swept_us < pause && now >= node->swept_us)
        return true;
    node->swept_us = now;
    return saoy_dossier_sweep(node, now, error) &&
           saoy_records_driver(node->records)
               ->scrub(saoy_records_self(node->records), error);
}

bool
saoy_finisher_work(SaoyNode *node, GError **error)
{
    return finish_due(node, error) && saoy_mailer_work(node, error) &&
           saoy_archive_renew(node, error) && sweep_when_due(node, error);
}
