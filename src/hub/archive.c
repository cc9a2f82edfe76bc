#include "archive-parts.h"
#include "dossier.h"
#include "responder.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"

#include "issue/issue.h"
#include "issue/verify.h"
#include "signature/renew.h"

#include <string.h>

#define DAY_US (86400 * (int64_t)G_USEC_PER_SEC)

/* ---- what may be archived */

static GBytes *
filled_of(SaoyNode *node, const SaoyTurn *turn, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT filled FROM documents WHERE dossier = ? AND n = ?", "t",
        error, "ti", turn->dossier, (int64_t)turn->n);

    if (rows == NULL)
        return NULL;
    if (saoy_rows_text(rows, 0, 0)[0] == '\0')
        return saoy_null(error, SAOY_ERROR_REFUSED, "differs: prepared/2 is missing");
    return saoy_blobs_get(node->blobs, saoy_rows_text(rows, 0, 0), error);
}

/* prepared/2 with the agency's signature filled in: as it was given; behind it what a
 * finisher adds, and nothing else: a stolen kiosk adds what it likes. */
static bool
check_bytes(SaoyNode *node, const SaoyApproval *approval, GBytes *filled, GBytes *pdf,
            GError **error)
{
    const SaoyCredential *credential = &approval->credentials[SAOY_SIGNER_AGENCY];
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, credential->id, error);
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GBytes) given = NULL, stamp = NULL, first = NULL;

    if (chain == NULL)
        return false;
    if (g_bytes_get_size(pdf) < g_bytes_get_size(filled))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "differs: shorter than prepared/2");
    given = saoy_issuing_given(node, approval->copy_id, SAOY_SIGNER_AGENCY, &wrong);
    if (wrong == NULL)
        stamp =
            saoy_responder_stamp_given(node, approval->copy_id, SAOY_SIGNER_AGENCY, &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return false;
    }
    first = g_bytes_new_from_bytes(pdf, 0, g_bytes_get_size(filled));
    return saoy_copy_check_filled(filled, first, SAOY_SIGNER_AGENCY, credential, chain,
                                  given, stamp, error) &&
           saoy_copy_check_later(first, pdf, error);
}

static void
take_level(const SaoyJson *signatures, SaoyStanding *out)
{
    static const char *const levels[] = { "B-B", "B-T", "B-LT", "B-LTA" };
    size_t lowest = G_N_ELEMENTS(levels) - 1;

    for (size_t i = 0; i < SAOY_SIGNER_N; i++) {
        const char *level = saoy_json_string_or(saoy_json_at(signatures, i), "level", "");
        size_t k = G_N_ELEMENTS(levels);

        while (k-- > 1)
            if (g_str_has_prefix(level, "PAdES-") && g_str_equal(level + 6, levels[k]))
                break;
        lowest = MIN(lowest, k);
    }
    g_strlcpy(out->level, levels[lowest], sizeof out->level);
}

/* What is lower than it could be is tried again soon. */
static void
take_standing(SaoyNode *node, const SaoyVerdict *verdict, GBytes *pdf, SaoyStanding *out)
{
    int64_t margin = node->config->renew_days * DAY_US;

    take_level(saoy_json_member(verdict->report, "signatures"), out);
    if (!saoy_renewal_due(pdf, margin, &out->renew_at, NULL) || out->renew_at == 0 ||
        !g_str_equal(out->level, "B-LTA"))
        out->renew_at = saoy_clock_wall_us() + saoy_archive_retry_us(node);
}

/* A key of seals was stolen since, or the first time stamp came late: that is the seal's
 * matter, and no reason to let the signatures of a registered copy run out. */
static bool
doubts_seal_alone(const SaoyJson *report)
{
    static const char *const codes[] = { "SEAL_WITHDRAWN", "SEAL_TIME", "SIGNER_OTHER",
                                         NULL };
    const SaoyJson *findings = saoy_json_member(report, "findings");

    for (size_t i = 0; i < saoy_json_length(findings); i++) {
        const SaoyJson *row = saoy_json_at(findings, i);

        if (!g_str_equal(saoy_json_string_or(row, "severity", ""), "info") &&
            !g_strv_contains(codes, saoy_json_string_or(row, "code", "")))
            return false;
    }
    return true;
}

bool
saoy_archive_check(SaoyNode *node, const SaoyApproval *approval, GBytes *pdf, bool longer,
                   SaoyStanding *out, GError **error)
{
    g_autofree char *pki = saoy_hub_config_path(node->config, node->config->pki);
    g_autofree char *trust = g_build_filename(pki, "trust", NULL);
    const SaoyVerifyOptions options = { .trust = trust, .now_us = saoy_clock_wall_us() };
    g_auto(SaoyVerdict) verdict = { 0 };

    if (!saoy_copy_verify(pdf, &options, &verdict, error))
        return false;
    if (verdict.conclusion == SAOY_FAILED ||
        (longer && !doubts_seal_alone(verdict.report)) ||
        g_strcmp0(verdict.copy_id, approval->copy_id) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the file does not verify: %s",
                         saoy_conclusion_name(verdict.conclusion));
    take_standing(node, &verdict, pdf, out);
    return true;
}

static bool
check_final(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, SaoyStanding *out,
            GError **error)
{
    g_autoptr(SaoyApproval) approval =
        saoy_issuing_approval(node, turn->dossier, turn->n, error);
    g_autoptr(GBytes) filled = approval != NULL ? filled_of(node, turn, error) : NULL;

    return filled != NULL && check_bytes(node, approval, filled, pdf, error) &&
           saoy_archive_check(node, approval, pdf,
                              g_bytes_get_size(pdf) > g_bytes_get_size(filled), out, error);
}

/* The mail carries no address: it is read from the dossier when the mail goes. */
static bool
queue_mail(SaoyNode *node, const char *dossier, const char *copy_id, GError **error)
{
    const SaoyRecordsDriver *driver = saoy_records_driver(node->records);
    g_autoptr(SaoyJson) body = saoy_dossier_body(node, dossier, error);
    const SaoyJson *delivery = body != NULL ? saoy_json_member(body, "delivery") : NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *key = g_strdup_printf("mail %s", copy_id);
    g_autofree char *payload = NULL;

    if (body == NULL)
        return false;
    if (delivery == NULL || saoy_json_string_or(delivery, "email", "")[0] == '\0')
        return true;
    json = saoy_json_object();
    saoy_json_set_string(json, "dossier", dossier);
    saoy_json_set_string(json, "copy_id", copy_id);
    payload = saoy_json_print(json);
    return driver->outbox_put(saoy_records_self(node->records), key, "mail", payload,
                              saoy_clock_wall_us(), error);
}

bool
saoy_archive_add(SaoyNode *node, const char *copy_id, GBytes *pdf, const char *sha256,
                 const SaoyStanding *standing, GError **error)
{
    uint64_t index = 0;

    return saoy_archive_log(node, pdf, &index, error) &&
           saoy_records_run(node->records,
                            "INSERT INTO revisions (sha256, copy_id, length, log_index, "
                            "archived_at, level, renew_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                            error, "ttiiiti", sha256, copy_id,
                            (int64_t)g_bytes_get_size(pdf), (int64_t)index,
                            saoy_clock_wall_us(), standing->level, standing->renew_at);
}

static bool
record(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, const char *sha256,
       const SaoyStanding *standing, GError **error)
{
    g_autoptr(SaoyApproval) approval =
        saoy_issuing_approval(node, turn->dossier, turn->n, error);
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    return approval != NULL && transaction != NULL && saoy_turn_check(node, turn, error) &&
           saoy_document_move(node, turn->dossier, turn->n, SAOY_MOVE_ARCHIVE, error) &&
           saoy_archive_add(node, approval->copy_id, pdf, sha256, standing, error) &&
           queue_mail(node, turn->dossier, approval->copy_id, error) &&
           saoy_node_audit(node, "hub", "archive", approval->copy_id, "", error) &&
           saoy_dossier_moved(node, turn->dossier, error) &&
           saoy_transaction_commit(&transaction, error);
}

SaoyJson *
saoy_archive_put(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, GError **error)
{
    g_autofree char *sha256 = NULL;
    SaoyStanding standing = { 0 };

    if (!check_final(node, turn, pdf, &standing, error))
        return NULL;
    /* the file first: a row that names it must find it */
    sha256 = saoy_blobs_put(node->blobs, pdf, error);
    if (sha256 == NULL || !record(node, turn, pdf, sha256, &standing, error))
        return NULL;
    saoy_log(SAOY_LOG_ISSUED, SAOY_N("count", 1));
    saoy_node_changed(node, turn->dossier);
    return saoy_archive_answer(node, sha256, NULL, error);
}

GBytes *
saoy_archive_get(SaoyNode *node, const char *copy_id, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT sha256 FROM revisions WHERE copy_id = ? ORDER BY log_index DESC LIMIT 1",
        "t", error, "t", copy_id);

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such file");
    return saoy_blobs_get(node->blobs, saoy_rows_text(rows, 0, 0), error);
}
