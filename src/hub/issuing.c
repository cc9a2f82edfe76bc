#include "issuing.h"

#include "approval.h"
#include "dossier.h"
#include "responder.h"
#include "signing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/ossl.h"

#include "issue/issue.h"

#include <string.h>

bool
saoy_copy_find(SaoyNode *node, const char *copy_id, char **out_dossier, unsigned *out_n,
               GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT dossier, n FROM documents WHERE copy_id = ?", "ti", error,
        "t", copy_id);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such copy");
    *out_dossier = g_strdup(saoy_rows_text(rows, 0, 0));
    *out_n = (unsigned)saoy_rows_int(rows, 0, 1);
    return true;
}

SaoyApproval *
saoy_issuing_approval(SaoyNode *node, const char *dossier, unsigned n, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT approval FROM documents WHERE dossier = ? AND n = ?", "t",
        error, "ti", dossier, (int64_t)n);
    const char *text = NULL;
    g_autoptr(SaoyJson) json = NULL;

    if (rows == NULL)
        return NULL;
    text = saoy_rows_text(rows, 0, 0);
    if (text[0] == '\0')
        return saoy_null(error, SAOY_ERROR_REFUSED, "the document is not approved");
    json =
        saoy_json_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, 64 << 10, error);
    return json != NULL ? saoy_approval_from_json(json, error) : NULL;
}

static char *
column(SaoyNode *node, const char *sql, const char *dossier, unsigned n, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, sql, "t", error, "ti", dossier, (int64_t)n);

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such document");
    return g_strdup(saoy_rows_text(rows, 0, 0));
}

static GBytes *
compose(SaoyNode *node, const char *dossier, unsigned n, GError **error)
{
    g_autoptr(SaoyApproval) approval = saoy_issuing_approval(node, dossier, n, error);
    g_auto(SaoyPaper) paper = { 0 };

    if (approval == NULL || !saoy_paper_load(node, dossier, n, &paper, error))
        return NULL;
    return saoy_copy_prepare(paper.jpegs, paper.words, paper.boxes, paper.dpi, paper.n,
                             approval, error);
}

GBytes *
saoy_issuing_base(SaoyNode *node, const char *dossier, unsigned n, GError **error)
{
    g_autofree char *name = column(
        node, "SELECT base FROM documents WHERE dossier = ? AND n = ?", dossier, n, error);
    g_autofree char *kept = NULL;
    g_autoptr(GBytes) base = NULL;

    if (name == NULL)
        return NULL;
    if (name[0] != '\0')
        return saoy_blobs_get(node->blobs, name, error);
    base = compose(node, dossier, n, error);
    kept = base != NULL ? saoy_blobs_put(node->blobs, base, error) : NULL;
    if (kept == NULL ||
        !saoy_records_run(node->records,
                          "UPDATE documents SET base = ? WHERE dossier = ? AND n = ?",
                          error, "tti", kept, dossier, (int64_t)n))
        return NULL;
    return g_steal_pointer(&base);
}

/* The hash signer (0 or 1) may sign in that file, hex. */
static char *
hash_for(SaoyNode *node, const SaoyApproval *approval, unsigned signer, GBytes *pdf,
         GError **error)
{
    g_autoptr(GPtrArray) chain =
        saoy_keys_chain(node->keys, approval->credentials[signer].id, error);
    uint8_t hash[32];

    if (chain == NULL ||
        !saoy_copy_hash(pdf, signer, saoy_view_of(chain->pdata[0]), hash, error))
        return NULL;
    return saoy_hex((SaoyView){ hash, sizeof hash });
}

static bool
prepared_1(SaoyNode *node, const SaoyTurn *turn, const SaoyApproval *approval, GBytes *pdf,
           GError **error)
{
    g_autoptr(GBytes) base = saoy_issuing_base(node, turn->dossier, turn->n, error);
    g_autofree char *hash = NULL;
    g_autoptr(SaoyTransaction) transaction = NULL;

    if (base == NULL)
        return false;
    if (!g_bytes_equal(base, pdf)) {
        saoy_log(SAOY_LOG_DIFFERS, SAOY_N("count", 1));
        return saoy_fail(error, SAOY_ERROR_REFUSED, "differs: not the hub's own file");
    }
    hash = hash_for(node, approval, SAOY_SIGNER_OFFICER, base, error);
    transaction = hash != NULL ? saoy_records_begin(node->records, error) : NULL;
    return transaction != NULL && saoy_turn_check(node, turn, error) &&
           saoy_records_run(node->records,
                            "UPDATE documents SET hash_1 = ? WHERE dossier = ? AND n = ?",
                            error, "tti", hash, turn->dossier, (int64_t)turn->n) &&
           saoy_transaction_commit(&transaction, error);
}

/* Given away while we looked: then it must stand in the file. */
static bool
stamp_is(SaoyNode *node, const char *copy_id, bool stamped, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GBytes) stamp =
        saoy_responder_stamp_given(node, copy_id, SAOY_SIGNER_OFFICER, &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return false;
    }
    return (stamp != NULL) == stamped ||
           saoy_fail(error, SAOY_ERROR_REFUSED, "differs: time stamp");
}

/* What was once accepted stays: its hash may be signed already. */
static bool
keep_filled(SaoyNode *node, const SaoyTurn *turn, const SaoyApproval *approval, GBytes *pdf,
            bool stamped, GError **error)
{
    g_autofree char *hash = hash_for(node, approval, SAOY_SIGNER_AGENCY, pdf, error);
    g_autofree char *name = saoy_sha256_hex(saoy_view_of(pdf));
    g_autofree char *before = NULL;
    g_autofree char *kept = NULL;
    g_autoptr(SaoyTransaction) transaction =
        hash != NULL ? saoy_records_begin(node->records, error) : NULL;

    if (transaction == NULL || !saoy_turn_check(node, turn, error))
        return false;
    before = column(node, "SELECT filled FROM documents WHERE dossier = ? AND n = ?",
                    turn->dossier, turn->n, error);
    if (before == NULL)
        return false;
    if (before[0] != '\0')
        return g_str_equal(before, name) ||
               saoy_fail(error, SAOY_ERROR_REFUSED, "differs: not the file brought before");
    if (!stamp_is(node, approval->copy_id, stamped, error))
        return false;
    kept = saoy_blobs_put(node->blobs, pdf, error);
    return kept != NULL &&
           saoy_records_run(node->records,
                            "UPDATE documents SET filled = ?, hash_2 = ? WHERE dossier = ? "
                            "AND n = ?",
                            error, "ttti", kept, hash, turn->dossier, (int64_t)turn->n) &&
           saoy_transaction_commit(&transaction, error);
}

/* In the file stands what was given away, under the chain that the hub names. */
static bool
is_filled(SaoyNode *node, const SaoyApproval *approval, GBytes *base, GBytes *pdf,
          bool *out_stamped, GError **error)
{
    const SaoyCredential *credential = &approval->credentials[SAOY_SIGNER_OFFICER];
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, credential->id, error);
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GBytes) given = NULL, stamp = NULL;

    if (chain == NULL)
        return false;
    given = saoy_issuing_given(node, approval->copy_id, SAOY_SIGNER_OFFICER, &wrong);
    if (wrong == NULL)
        stamp = saoy_responder_stamp_given(node, approval->copy_id, SAOY_SIGNER_OFFICER,
                                           &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return false;
    }
    if (saoy_copy_check_filled(base, pdf, SAOY_SIGNER_OFFICER, credential, chain, given,
                               stamp, &wrong)) {
        *out_stamped = stamp != NULL;
        return true;
    }
    saoy_log(SAOY_LOG_DIFFERS, SAOY_N("count", 2));
    return saoy_fail(error, SAOY_ERROR_REFUSED, "differs: %s", wrong->message);
}

static bool
prepared_2(SaoyNode *node, const SaoyTurn *turn, const SaoyApproval *approval, GBytes *pdf,
           GError **error)
{
    g_autoptr(GBytes) base = saoy_issuing_base(node, turn->dossier, turn->n, error);

    bool stamped = false;

    return base != NULL && is_filled(node, approval, base, pdf, &stamped, error) &&
           keep_filled(node, turn, approval, pdf, stamped, error);
}

bool
saoy_issuing_prepared(SaoyNode *node, const SaoyTurn *turn, unsigned part, GBytes *pdf,
                      GError **error)
{
    g_autoptr(SaoyApproval) approval =
        saoy_issuing_approval(node, turn->dossier, turn->n, error);

    if (approval == NULL)
        return false;
    return part == 1 ? prepared_1(node, turn, approval, pdf, error)
                     : prepared_2(node, turn, approval, pdf, error);
}

GBytes *
saoy_issuing_given(SaoyNode *node, const char *copy_id, unsigned signer, GError **error)
{
    g_autofree char *tag = g_strdup_printf("%s/%u", copy_id, signer + 1);
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, "SELECT signature FROM signatures WHERE tag = ?",
                         "b", error, "t", tag);

    if (rows == NULL || saoy_rows_count(rows) == 0)
        return NULL;
    return g_bytes_ref(saoy_rows_bytes(rows, 0, 0));
}

bool
saoy_issuing_may_sign(SaoyNode *node, const char *tag, const char *credential,
                      const uint8_t hash[32], GError **error)
{
    const char *slash = strchr(tag, '/');
    g_autofree char *copy_id = slash != NULL ? g_strndup(tag, slash - tag) : NULL;
    g_autofree char *hex = saoy_hex((SaoyView){ hash, 32 });
    g_autofree char *dossier = NULL;
    g_autoptr(SaoyApproval) approval = NULL;
    g_autoptr(SaoyRows) rows = NULL;
    unsigned n = 0;

    if (copy_id == NULL || !saoy_copy_id_check(copy_id) ||
        (!g_str_equal(slash, "/1") && !g_str_equal(slash, "/2")))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "clientData is <copy id>/1 or /2");
    if (!saoy_copy_find(node, copy_id, &dossier, &n, error))
        return false;
    approval = saoy_issuing_approval(node, dossier, n, error);
    rows = saoy_records_ask(node->records,
                            "SELECT state, hash_1, hash_2 FROM documents WHERE copy_id = ?",
                            "ttt", error, "t", copy_id);
    if (approval == NULL || rows == NULL)
        return false;
    unsigned signer = slash[1] == '1' ? SAOY_SIGNER_OFFICER : SAOY_SIGNER_AGENCY;
    SaoyStage stage = saoy_stage_of(saoy_rows_text(rows, 0, 0));
    if ((stage != SAOY_STAGE_APPROVED && stage != SAOY_STAGE_ISSUED) ||
        !g_str_equal(saoy_rows_text(rows, 0, 1 + signer), hex) ||
        !g_str_equal(approval->credentials[signer].id, credential))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "the hash is not that of a prepared, approved document");
    return true;
}

static GBytes *
sign_anew(SaoyNode *node, const char *tag, const char *credential, const uint8_t hash[32],
          char **out_response_id, GError **error)
{
    g_autofree char *hex = saoy_hex((SaoyView){ hash, 32 });
    g_autofree char *response_id = saoy_random_hex(16);
    g_autoptr(GBytes) signature = saoy_keys_sign(node->keys, credential, hash, error);

    if (signature == NULL ||
        !saoy_records_run(node->records,
                          "INSERT INTO signatures (tag, credential, hash, response_id, "
                          "signature, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                          error, "ttttbi", tag, credential, hex, response_id,
                          saoy_view_of(signature), saoy_clock_wall_us()))
        return NULL;
    if (out_response_id != NULL)
        *out_response_id = g_steal_pointer(&response_id);
    saoy_log(SAOY_LOG_SIGNED, SAOY_W("device", "hub"));
    return g_steal_pointer(&signature);
}

static GBytes *
signed_before(SaoyRows *rows, const uint8_t hash[32], char **out_response_id,
              GError **error)
{
    g_autofree char *hex = saoy_hex((SaoyView){ hash, 32 });

    if (!g_str_equal(saoy_rows_text(rows, 0, 0), hex))
        return saoy_null(error, SAOY_ERROR_REFUSED,
                         "conflict: another hash was signed under this clientData");
    if (out_response_id != NULL)
        *out_response_id = g_strdup(saoy_rows_text(rows, 0, 1));
    return g_bytes_ref(saoy_rows_bytes(rows, 0, 2));
}

static SaoyRows *
find_signature(SaoyNode *node, const char *tag, GError **error)
{
    return saoy_records_ask(
        node->records, "SELECT hash, response_id, signature FROM signatures WHERE tag = ?",
        "ttb", error, "t", tag);
}

/* A key of our own: in one transaction, so that there is one signature. */
static GBytes *
sign_here(SaoyNode *node, const char *tag, const char *credential, const uint8_t hash[32],
          char **out_response_id, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(SaoyRows) rows = NULL;
    g_autoptr(GBytes) signature = NULL;

    if (transaction == NULL)
        return NULL;
    rows = find_signature(node, tag, error);
    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) > 0)
        return signed_before(rows, hash, out_response_id, error);
    if (!saoy_issuing_may_sign(node, tag, credential, hash, error))
        return NULL;
    signature = sign_anew(node, tag, credential, hash, out_response_id, error);
    if (signature == NULL || !saoy_transaction_commit(&transaction, error))
        return NULL;
    return g_steal_pointer(&signature);
}

/* Another's key may take its time: outside of any transaction, journalled step by step. */
static GBytes *
sign_outside(SaoyNode *node, SaoySigner *provider, const char *tag, const char *credential,
             const uint8_t hash[32], char **out_response_id, GError **error)
{
    g_autoptr(SaoyRows) before = find_signature(node, tag, error);
    g_autoptr(SaoyRows) after = NULL;

    if (before == NULL)
        return NULL;
    if (saoy_rows_count(before) > 0)
        return signed_before(before, hash, out_response_id, error);
    if (!saoy_issuing_may_sign(node, tag, credential, hash, error) ||
        !saoy_signing_run(node, provider, tag, credential, hash, error))
        return NULL;
    after = find_signature(node, tag, error);
    if (after != NULL && saoy_rows_count(after) == 0)
        return saoy_null(error, SAOY_ERROR_FAILED, "a signature was not recorded");
    return after != NULL ? signed_before(after, hash, out_response_id, error) : NULL;
}

GBytes *
saoy_issuing_sign(SaoyNode *node, const char *tag, const char *credential,
                  const uint8_t hash[32], char **out_response_id, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(SaoySigner) provider = saoy_keys_provider(node->keys, credential, &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return NULL;
    }
    return provider != NULL
               ? sign_outside(node, provider, tag, credential, hash, out_response_id, error)
               : sign_here(node, tag, credential, hash, out_response_id, error);
}
