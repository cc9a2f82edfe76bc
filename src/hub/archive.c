#include "archive.h"

#include "approval.h"
#include "dossier.h"
#include "responder.h"
#include "tlog.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/ossl.h"

#include "issue/issue.h"
#include "issue/verify.h"
#include "signature/renew.h"

#include <string.h>

#define DAY_US (86400 * (int64_t)G_USEC_PER_SEC)
#define RETRY_US (node->config->retry_s * (int64_t)G_USEC_PER_SEC)
#define RENEWALS 5 /* at a time */

/* ---- the log, kept in the database */

static bool
log_get(void *user, unsigned level, uint64_t place, uint8_t out[32], GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(user, "SELECT hash FROM log_nodes WHERE level = ? AND place = ?",
                         "b", error, "ii", (int64_t)level, (int64_t)place);

    if (rows == NULL)
        return false;
    if (g_bytes_get_size(saoy_rows_bytes(rows, 0, 0)) != 32)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the log lost node %u/%u", level,
                         (unsigned)place);
    memcpy(out, g_bytes_get_data(saoy_rows_bytes(rows, 0, 0), NULL), 32);
    return true;
}

static bool
log_put(void *user, unsigned level, uint64_t place, const uint8_t hash[32], GError **error)
{
    return saoy_records_run(
        user, "INSERT INTO log_nodes (level, place, hash) VALUES (?, ?, ?)", error, "iib",
        (int64_t)level, (int64_t)place, (SaoyView){ hash, 32 });
}

static bool
log_size(SaoyNode *node, uint64_t *out, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT COALESCE(MAX(place) + 1, 0) FROM log_nodes WHERE level = 0",
        "i", error, "");

    if (rows == NULL)
        return false;
    *out = (uint64_t)saoy_rows_int(rows, 0, 0);
    return true;
}

/* A log entry is the archived file's SHA-256: what it says can be checked by who has the
 * file, and says nothing to who has not. */
static bool
log_append(SaoyNode *node, GBytes *pdf, uint64_t *out_index, GError **error)
{
    const SaoyTlogStore store = { log_get, log_put, node->records };
    uint8_t digest[32], leaf[32];

    saoy_sha256(saoy_view_of(pdf), digest);
    saoy_tlog_leaf((SaoyView){ digest, 32 }, leaf);
    return log_size(node, out_index, error) &&
           saoy_tlog_append(&store, *out_index, leaf, error);
}

static SaoyJson *
proof_json(const GByteArray *proof)
{
    SaoyJson *list = saoy_json_array();

    for (unsigned i = 0; i < proof->len; i += 32) {
        g_autofree char *hex = saoy_hex((SaoyView){ proof->data + i, 32 });

        saoy_json_append_string(list, hex);
    }
    return list;
}

SaoyJson *
saoy_archive_answer(SaoyNode *node, const char *sha256, const char *copy_id, GError **error)
{
    const SaoyTlogStore store = { log_get, log_put, node->records };
    g_autoptr(GByteArray) proof = g_byte_array_new();
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT log_index, copy_id FROM revisions WHERE sha256 = ?", "it",
        error, "t", sha256);
    g_autofree char *hex = NULL;
    uint64_t size = 0;
    uint8_t root[32];

    if (rows == NULL || saoy_rows_count(rows) == 0 ||
        (copy_id != NULL && !g_str_equal(saoy_rows_text(rows, 0, 1), copy_id)))
        return NULL;
    if (!log_size(node, &size, error) || !saoy_tlog_root(&store, size, root, error) ||
        !saoy_tlog_proof(&store, (uint64_t)saoy_rows_int(rows, 0, 0), size, proof, error))
        return NULL;
    hex = saoy_hex((SaoyView){ root, 32 });
    SaoyJson *json = saoy_json_object();
    saoy_json_set_string(json, "sha256", sha256);
    saoy_json_set_int(json, "log_index", saoy_rows_int(rows, 0, 0));
    saoy_json_set_int(json, "tree_size", (int64_t)size);
    saoy_json_set_string(json, "root", hex);
    saoy_json_set(json, "proof", proof_json(proof));
    return json;
}

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

/* What the register keeps of a revision besides its bytes. */
typedef struct {
    char level[16];   /* "B-B" … "B-LTA": the lower of the two signatures' */
    int64_t renew_at; /* wall time; 0: not this one */
} Standing;

static void
take_level(const SaoyJson *signatures, Standing *out)
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
take_standing(SaoyNode *node, const SaoyVerdict *verdict, GBytes *pdf, Standing *out)
{
    int64_t margin = node->config->renew_days * DAY_US;

    take_level(saoy_json_member(verdict->report, "signatures"), out);
    if (!saoy_renewal_due(pdf, margin, &out->renew_at, NULL) || out->renew_at == 0 ||
        !g_str_equal(out->level, "B-LTA"))
        out->renew_at = saoy_clock_wall_us() + RETRY_US;
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

/* What follows the agency's signature is lawful beyond doubt, or nothing follows. */
static bool
check_whole(SaoyNode *node, const SaoyApproval *approval, GBytes *pdf, bool longer,
            Standing *out, GError **error)
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
check_final(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, Standing *out,
            GError **error)
{
    g_autoptr(SaoyApproval) approval =
        saoy_issuing_approval(node, turn->dossier, turn->n, error);
    g_autoptr(GBytes) filled = approval != NULL ? filled_of(node, turn, error) : NULL;

    return filled != NULL && check_bytes(node, approval, filled, pdf, error) &&
           check_whole(node, approval, pdf,
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

/* Within the open transaction: the log, the register's row. */
static bool
add_revision(SaoyNode *node, const char *copy_id, GBytes *pdf, const char *sha256,
             const Standing *standing, GError **error)
{
    uint64_t index = 0;

    return log_append(node, pdf, &index, error) &&
           saoy_records_run(node->records,
                            "INSERT INTO revisions (sha256, copy_id, length, log_index, "
                            "archived_at, level, renew_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                            error, "ttiiiti", sha256, copy_id,
                            (int64_t)g_bytes_get_size(pdf), (int64_t)index,
                            saoy_clock_wall_us(), standing->level, standing->renew_at);
}

static bool
record(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, const char *sha256,
       const Standing *standing, GError **error)
{
    g_autoptr(SaoyApproval) approval =
        saoy_issuing_approval(node, turn->dossier, turn->n, error);
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    return approval != NULL && transaction != NULL && saoy_turn_check(node, turn, error) &&
           saoy_document_move(node, turn->dossier, turn->n, SAOY_MOVE_ARCHIVE, error) &&
           add_revision(node, approval->copy_id, pdf, sha256, standing, error) &&
           queue_mail(node, turn->dossier, approval->copy_id, error) &&
           saoy_node_audit(node, "hub", "archive", approval->copy_id, "", error) &&
           saoy_dossier_moved(node, turn->dossier, error) &&
           saoy_transaction_commit(&transaction, error);
}

SaoyJson *
saoy_archive_put(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf, GError **error)
{
    g_autofree char *sha256 = NULL;
    Standing standing = { 0 };

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

/* ---- renewal: the archive's own time stamps, before the last can no longer be believed */

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return saoy_responder_token(user, imprint, (SaoyView){ 0 }, error);
}

static bool
keep_renewed(SaoyNode *node, const char *copy_id, GBytes *pdf, const Standing *standing,
             GError **error)
{
    g_autofree char *sha256 = saoy_blobs_put(node->blobs, pdf, error);
    g_autoptr(SaoyTransaction) transaction =
        sha256 != NULL ? saoy_records_begin(node->records, error) : NULL;

    return transaction != NULL &&
           saoy_records_run(node->records,
                            "UPDATE revisions SET renew_at = 0 WHERE copy_id = ?", error,
                            "t", copy_id) &&
           add_revision(node, copy_id, pdf, sha256, standing, error) &&
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
    Standing standing = { 0 };

    return renewed != NULL &&
           check_whole(node, &approval, renewed, true, &standing, error) &&
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
                     error, "ii", now + RETRY_US, now)
               : saoy_records_run(node->records,
                                  "UPDATE revisions SET renew_at = ? WHERE sha256 = ?",
                                  error, "it", now + 10 * RETRY_US, sha256);
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
