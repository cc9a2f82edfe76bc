#include "signing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/ossl.h"

#include <string.h>

#define PATIENCE_S 5 /* a worker waits no longer: it is called again */
#define MAX_TEXT (32u << 10)

/* Columns of documents, by signer. */
static const char *const reads[SAOY_SIGNER_N] = {
    "SELECT signing_1, hash_1, approval FROM documents WHERE copy_id = ?",
    "SELECT signing_2, hash_2, approval FROM documents WHERE copy_id = ?",
};
static const char *const writes[SAOY_SIGNER_N] = {
    "UPDATE documents SET signing_1 = ? WHERE copy_id = ?",
    "UPDATE documents SET signing_2 = ? WHERE copy_id = ?",
};

static SaoyRows *
find(SaoyNode *node, const char *copy_id, unsigned signer, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, reads[signer], "ttt", error, "t", copy_id);

    if (rows != NULL && saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such copy");
    return g_steal_pointer(&rows);
}

char *
saoy_signing_read(SaoyNode *node, const char *copy_id, unsigned signer, GError **error)
{
    g_autoptr(SaoyRows) rows = find(node, copy_id, signer, error);

    return rows != NULL ? g_strdup(saoy_rows_text(rows, 0, 0)) : NULL;
}

/* ---- writing ---- */

/* What was signed is given from now on, whoever asks. */
static bool
record(SaoyNode *node, const char *tag, const char *credential, const char *hash,
       GBytes *signature, GError **error)
{
    g_autofree char *response_id = saoy_random_hex(16);

    return saoy_records_run(node->records,
                            "INSERT INTO signatures (tag, credential, hash, response_id, "
                            "signature, made_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT "
                            "(tag) DO NOTHING",
                            error, "ttttbi", tag, credential, hash, response_id,
                            saoy_view_of(signature), saoy_clock_wall_us());
}

/* The journal's text must be of this tag and of the hash that was prepared. */
static bool
take_result(SaoyNode *node, const SaoyRows *rows, const char *tag, unsigned signer,
            const char *text, GError **error)
{
    const char *hex = saoy_rows_text(rows, 0, 1), *record_text = saoy_rows_text(rows, 0, 2);
    g_autoptr(SaoyJson) json = saoy_json_parse(
        (SaoyView){ (const uint8_t *)record_text, strlen(record_text) }, 64 << 10, error);
    g_autoptr(SaoyApproval) approval =
        json != NULL ? saoy_approval_from_json(json, error) : NULL;
    g_autoptr(GPtrArray) chain =
        approval != NULL
            ? saoy_keys_chain(node->keys, approval->credentials[signer].id, error)
            : NULL;
    g_autoptr(GBytes) hash = chain != NULL ? saoy_unhex(hex, error) : NULL;
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GBytes) signature = NULL;

    if (hash == NULL)
        return false;
    if (g_bytes_get_size(hash) != SAOY_SHA256_SIZE)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "conflict: nothing is prepared");
    signature = saoy_signing_result(text, tag, saoy_view_of(hash).data,
                                    saoy_view_of(chain->pdata[0]), &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return false;
    }
    return signature == NULL ||
           record(node, tag, approval->credentials[signer].id, hex, signature, error);
}

bool
saoy_signing_write(SaoyNode *node, const SaoyTurn *turn, const char *copy_id,
                   unsigned signer, const char *before, const char *after, GError **error)
{
    g_autofree char *tag = g_strdup_printf("%s/%u", copy_id, signer + 1);
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(SaoyRows) rows = NULL;

    if (transaction == NULL || (turn != NULL && !saoy_turn_check(node, turn, error)))
        return false;
    rows = find(node, copy_id, signer, error);
    if (rows == NULL)
        return false;
    if (!g_str_equal(saoy_rows_text(rows, 0, 0), before))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "conflict: another finisher was there");
    if (strlen(after) > MAX_TEXT)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a journal of %zu bytes",
                         strlen(after));
    return take_result(node, rows, tag, signer, after, error) &&
           saoy_records_run(node->records, writes[signer], error, "tt", after, copy_id) &&
           saoy_transaction_commit(&transaction, error);
}

/* ---- the hub's own provider ---- */

typedef struct {
    SaoyNode *node;
    const char *copy_id;
    unsigned signer;
} Place;

static char *
recall(void *user, GError **error)
{
    const Place *place = user;

    return saoy_signing_read(place->node, place->copy_id, place->signer, error);
}

static bool
journal(void *user, const char *before, const char *after, GError **error)
{
    const Place *place = user;

    return saoy_signing_write(place->node, NULL, place->copy_id, place->signer, before,
                              after, error);
}

bool
saoy_signing_run(SaoyNode *node, SaoySigner *provider, const char *tag,
                 const char *credential, const uint8_t hash[32], GError **error)
{
    g_autofree char *copy_id = g_strndup(tag, strlen(tag) - 2); /* behind may_sign */
    Place place = { node, copy_id, g_str_has_suffix(tag, "/2") };
    const SaoySigning signing = { .credential_id = credential,
                                  .tag = tag,
                                  .hash = hash,
                                  .patience_s = PATIENCE_S,
                                  .recall = recall,
                                  .journal = journal,
                                  .user = &place };
    g_autoptr(GPtrArray) own = saoy_keys_chain(node->keys, credential, error);
    g_autofree char *pin =
        own != NULL ? saoy_sha256_hex(saoy_view_of(own->pdata[0])) : NULL;
    g_autoptr(GPtrArray) theirs =
        pin != NULL ? saoy_signer_chain(provider, credential, pin, NULL, error) : NULL;
    g_autoptr(GBytes) signature =
        theirs != NULL ? saoy_signer_sign(provider, &signing, NULL, error) : NULL;

    if (signature != NULL)
        saoy_log(SAOY_LOG_SIGNED, SAOY_W("device", "provider"));
    return signature != NULL;
}

/* ---- for an operator ---- */

#define STUCK(n)                                                                      \
    "json_valid(signing_" n ") AND json_extract(signing_" n ", '$.stage') = 'asked' " \
    "AND COALESCE(json_extract(signing_" n ", '$.until'), 0) <= strftime('%s', 'now')+0"

bool
saoy_signing_is_stuck(SaoyNode *node, const char *dossier, unsigned n)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT 1 FROM documents WHERE dossier = ? AND n = ? AND ((" STUCK(
                             "1") ") OR (" STUCK("2") "))",
                         "i", NULL, "ti", dossier, (int64_t)n);

    return rows != NULL && saoy_rows_count(rows) > 0;
}

GStrv
saoy_signing_stuck(SaoyNode *node, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT copy_id || '/1' FROM documents WHERE " STUCK(
            "1") " UNION SELECT copy_id || '/2' FROM documents WHERE " STUCK("2") " LIMIT "
                                                                                  "1000",
        "t", error, "");
    g_autoptr(GStrvBuilder) tags = g_strv_builder_new();

    if (rows == NULL)
        return NULL;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        g_strv_builder_add(tags, saoy_rows_text(rows, i, 0));
    return g_strv_builder_end(tags);
}

/* Looks behind the lock: a finisher may write its signature at any time before. */
bool
saoy_signing_again(SaoyNode *node, const char *tag, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_auto(GStrv) stuck = transaction != NULL ? saoy_signing_stuck(node, error) : NULL;
    g_autofree char *copy_id = NULL;
    unsigned signer = g_str_has_suffix(tag, "/2");

    if (stuck == NULL)
        return false;
    if (!g_strv_contains((const char *const *)stuck, tag))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "%s is not waiting for an operator",
                         tag);
    copy_id = g_strndup(tag, strlen(tag) - 2);
    return saoy_records_run(node->records, writes[signer], error, "tt", "", copy_id) &&
           saoy_records_run(node->records,
                            "UPDATE documents SET retry_at = 0 WHERE copy_id = ?", error,
                            "t", copy_id) &&
           saoy_node_audit(node, "operator", "sign again", tag, "", error) &&
           saoy_transaction_commit(&transaction, error);
}
