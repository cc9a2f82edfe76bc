#include "api.h"

#include "dossier.h"
#include "issuing.h"
#include "responder.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/ossl.h"

#include <string.h>

/* CSC API v2.0/2.1. Errors are answered in its own words (§10.1 of its text). */
#define SHA256_OID "2.16.840.1.101.3.4.2.1"
#define ECDSA_SHA256_OID "1.2.840.10045.4.3.2"
#define RSA_SHA256_OID "1.2.840.113549.1.1.11"
#define SAD_US (300 * (int64_t)G_USEC_PER_SEC)

static bool
bad(SaoyRequest *request, const char *description)
{
    return saoy_answer_fail(request, 400, "invalid_request", description);
}

/* RFC 6749, 4.4 over RFC 8705: the token is bound to the client certificate. */
bool
saoy_api_token(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autofree char *token = saoy_random_hex(32);
    g_autofree char *id = saoy_sha256_hex((SaoyView){ (const uint8_t *)token, 64 });
    g_autoptr(SaoyJson) json = NULL;
    int64_t end = saoy_clock_wall_us() + node->config->token_s * (int64_t)G_USEC_PER_SEC;

    if (!g_str_equal(saoy_request_field(request, "grant_type"), "client_credentials"))
        return saoy_answer_fail(request, 400, "unsupported_grant_type",
                                "grant_type must be client_credentials");
    if (!saoy_records_run(node->records,
                          "INSERT INTO tokens (id, kiosk, certificate, expires_at) VALUES "
                          "(?, ?, ?, ?)",
                          error, "ttti", id, request->kiosk, request->certificate, end))
        return false;
    json = saoy_json_object();
    saoy_json_set_string(json, "access_token", token);
    saoy_json_set_string(json, "token_type", "Bearer");
    saoy_json_set_int(json, "expires_in", node->config->token_s);
    return saoy_answer_json(request, 200, json);
}

static SaoyJson *
list_of(const char *const *words)
{
    SaoyJson *list = saoy_json_array();

    for (; *words != NULL; words++)
        saoy_json_append_string(list, *words);
    return list;
}

bool
saoy_api_csc_info(SaoyNode *node, SaoyRequest *request, GError **error)
{
    static const char *const methods[] = {
        "oauth2/token",          "info",
        "credentials/list",      "credentials/info",
        "credentials/authorize", "credentials/authorizeCheck",
        "signatures/signHash",   "signatures/signPolling",
        "signatures/timestamp",  NULL
    };
    static const char *const auth[] = { "external", "TLS", "oauth2client", NULL };
    static const char *const algorithms[] = { ECDSA_SHA256_OID, RSA_SHA256_OID, NULL };
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *sign = saoy_json_object();

    saoy_json_set_string(json, "specs", "2.0.0.2");
    saoy_json_set_string(json, "name", "Sao Y");
    saoy_json_set_string(json, "logo", "");
    saoy_json_set_string(json, "region", "VN");
    saoy_json_set_string(json, "lang", "vi-VN");
    saoy_json_set_string(json, "description",
                         "Remote signing of approved certified copies");
    saoy_json_set(json, "authType", list_of(auth));
    saoy_json_set_string(json, "oauth2", "/csc/v2/oauth2");
    saoy_json_set_bool(json, "asynchronousOperationMode", true);
    saoy_json_set_bool(json, "validationInfo", false);
    saoy_json_set(sign, "algos", list_of(algorithms));
    saoy_json_set(json, "signAlgorithms", sign);
    saoy_json_set(json, "methods", list_of(methods));
    return saoy_answer_json(request, 200, json);
}

/* Those of documents this kiosk has to finish, so that it learns of no other officer. */
bool
saoy_api_credentials_list(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT DISTINCT p.approval FROM documents p JOIN dossiers d ON d.id = p.dossier "
        "WHERE d.kiosk = ? AND p.state = 'approved' LIMIT 200",
        "t", error, "t", request->kiosk);
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *list = saoy_json_array();

    saoy_json_set(json, "credentialIDs", list);
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        const char *text = saoy_rows_text(rows, i, 0);
        g_autoptr(SaoyJson) record = saoy_json_parse(
            (SaoyView){ (const uint8_t *)text, strlen(text) }, 64 << 10, error);
        g_autoptr(SaoyApproval) approval =
            record != NULL ? saoy_approval_from_json(record, error) : NULL;

        if (approval == NULL)
            return false;
        for (int k = 0; k < SAOY_SIGNER_N; k++)
            if (g_hash_table_add(seen, g_strdup(approval->credentials[k].id)))
                saoy_json_append_string(list, approval->credentials[k].id);
    }
    return saoy_answer_json(request, 200, json);
}

static char *
name_line(X509_NAME *name)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long size = 0;

    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    size = BIO_get_mem_data(bio, &text);
    return g_strndup(text, (size_t)size);
}

static char *
asn1_time(const ASN1_TIME *time)
{
    ASN1_GENERALIZEDTIME *full = ASN1_TIME_to_generalizedtime(time, NULL);
    char *text = g_strndup((const char *)ASN1_STRING_get0_data(full),
                           (size_t)ASN1_STRING_length(full));

    ASN1_GENERALIZEDTIME_free(full);
    return text;
}

static void
describe(SaoyJson *cert, X509 *certificate)
{
    g_autofree char *subject = name_line(X509_get_subject_name(certificate));
    g_autofree char *issuer = name_line(X509_get_issuer_name(certificate));
    g_autofree char *from = asn1_time(X509_get0_notBefore(certificate));
    g_autofree char *to = asn1_time(X509_get0_notAfter(certificate));
    bool valid = X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
                 X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;

    saoy_json_set_string(cert, "status", valid ? "valid" : "expired");
    saoy_json_set_string(cert, "subjectDN", subject);
    saoy_json_set_string(cert, "issuerDN", issuer);
    saoy_json_set_string(cert, "validFrom", from);
    saoy_json_set_string(cert, "validTo", to);
}

/* key: {status, algo, len, curve} */
static SaoyJson *
key_json(const X509 *certificate)
{
    EVP_PKEY *own = X509_get0_pubkey(certificate);
    bool rsa = own != NULL && EVP_PKEY_get_base_id(own) == EVP_PKEY_RSA;
    const char *const algorithms[] = { rsa ? RSA_SHA256_OID : ECDSA_SHA256_OID, NULL };
    SaoyJson *key = saoy_json_object();
    char group[32] = "", oid[64] = "";
    size_t size = 0;

    saoy_json_set_string(key, "status", "enabled");
    saoy_json_set(key, "algo", list_of(algorithms));
    saoy_json_set_int(key, "len", own != NULL ? EVP_PKEY_get_bits(own) : 0);
    if (!rsa && own != NULL &&
        EVP_PKEY_get_group_name(own, group, sizeof group, &size) == 1 &&
        OBJ_obj2txt(oid, sizeof oid, OBJ_nid2obj(OBJ_txt2nid(group)), 1) > 0)
        saoy_json_set_string(key, "curve", oid);
    ERR_clear_error();
    return key;
}

static SaoyJson *
credential_json(const GPtrArray *chain, const char *wanted, GError **error)
{
    g_autoptr(X509) first = saoy_x509_parse(saoy_view_of(chain->pdata[0]), error);
    SaoyJson *json = NULL, *cert = NULL, *auth = NULL, *list = NULL;
    unsigned n = g_str_equal(wanted, "none")     ? 0
                 : g_str_equal(wanted, "single") ? 1
                                                 : chain->len;

    if (first == NULL)
        return NULL;
    json = saoy_json_object();
    saoy_json_set(json, "key", key_json(first));
    cert = saoy_json_object();
    describe(cert, first);
    list = saoy_json_array();
    for (unsigned i = 0; i < n; i++) {
        SaoyView der = saoy_view_of(chain->pdata[i]);
        g_autofree char *text = g_base64_encode(der.data, der.size);

        saoy_json_append_string(list, text);
    }
    saoy_json_set(cert, "certificates", list);
    saoy_json_set(json, "cert", cert);
    auth = saoy_json_object();
    saoy_json_set_string(auth, "mode", "explicit");
    saoy_json_set_string(auth, "expression", "");
    saoy_json_set(auth, "objects", saoy_json_array());
    saoy_json_set(json, "auth", auth);
    saoy_json_set_string(json, "SCAL", "2");
    saoy_json_set_int(json, "multisign", 1);
    return json;
}

bool
saoy_api_credentials_info(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_request_json(request, error);
    g_autoptr(SaoyJson) json = NULL;
    g_autoptr(GPtrArray) chain = NULL;
    const char *id = body != NULL ? saoy_json_string_or(body, "credentialID", NULL) : NULL;

    if (body == NULL)
        return false;
    if (id == NULL)
        return bad(request, "Missing (or invalid type) string parameter credentialID");
    if (!saoy_keys_is_signer(id)) /* the hub's services never sign for a kiosk */
        return bad(request, "Invalid parameter credentialID");
    chain = saoy_keys_chain(node->keys, id, NULL);
    if (chain == NULL)
        return bad(request, "Invalid parameter credentialID");
    json =
        credential_json(chain, saoy_json_string_or(body, "certificates", "single"), error);
    return json != NULL && saoy_answer_json(request, 200, json);
}

/* ---- authorize, signHash, signPolling */

typedef struct {
    SaoyJson *body;
    const char *credential, *tag;
    uint8_t hash[32];
} Ask;

static void
ask_clear(Ask *ask)
{
    g_clear_pointer(&ask->body, saoy_json_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ask, ask_clear)

/* true: taken. false: answered already, or error set. */
static bool
take_ask(SaoyRequest *request, Ask *out, GError **error)
{
    const SaoyJson *hashes = NULL;
    const char *text = NULL;
    g_autoptr(GBytes) bytes = NULL;

    out->body = saoy_request_json(request, error);
    if (out->body == NULL)
        return false;
    out->credential = saoy_json_string_or(out->body, "credentialID", NULL);
    out->tag = saoy_json_string_or(out->body, "clientData", NULL);
    hashes = saoy_json_member(out->body, "hashes");
    if (hashes == NULL)
        hashes = saoy_json_member(out->body, "hash"); /* the 2.1 text names both */
    if (out->credential == NULL)
        return !bad(request, "Missing (or invalid type) string parameter credentialID");
    if (out->tag == NULL || strlen(out->tag) > 80)
        return !bad(request, "clientData is required here: <copy id>/1 or /2");
    if (hashes == NULL || saoy_json_length(hashes) == 0)
        return !bad(request, "Empty hash array");
    if (saoy_json_length(hashes) != 1)
        return !bad(request, "Numbers of signatures is too high");
    if (!g_str_equal(saoy_json_string_or(out->body, "hashAlgorithmOID", SHA256_OID),
                     SHA256_OID))
        return !bad(request, "Invalid parameter hashAlgorithmOID");
    text = saoy_json_text(saoy_json_at(hashes, 0));
    if (text == NULL || strlen(text) > 100)
        return !bad(request, "Invalid Base64 hash string parameter");
    bytes = saoy_base64_decode(text, NULL);
    if (bytes == NULL)
        return !bad(request, "Invalid Base64 hash string parameter");
    if (g_bytes_get_size(bytes) != 32)
        return !bad(request, "Invalid digest value length");
    memcpy(out->hash, saoy_view_of(bytes).data, 32);
    return true;
}

/* Only who finishes the copy of this tag may have it signed: this kiosk, with the fence of
 * its lease. A tag of another shape passes: may_sign has the word for it. */
static bool
check_turn(SaoyNode *node, const SaoyRequest *request, const char *tag, GError **error)
{
    const char *slash = strchr(tag, '/');
    g_autofree char *copy_id = slash != NULL ? g_strndup(tag, slash - tag) : g_strdup("");
    g_autofree char *dossier = NULL;
    SaoyTurn turn = { .holder = request->kiosk, .fence = request->fence };

    if (!saoy_copy_id_check(copy_id))
        return true;
    if (!saoy_copy_find(node, copy_id, &dossier, &turn.n, error) ||
        !saoy_dossier_check(node, dossier, request->kiosk, error))
        return false;
    turn.dossier = dossier;
    return saoy_turn_check(node, &turn, error);
}

/* Our own refusals in CSC's words. */
static bool
answer_refusal(SaoyRequest *request, GError *why, GError **error)
{
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_UNTRUSTED) ||
        g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
        return saoy_answer_fail(request, 403, "invalid_hash",
                                "not the hash of a prepared, approved document");
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_MALFORMED))
        return bad(request, why->message);
    g_propagate_error(error, g_error_copy(why));
    return false;
}

static bool
store_sad(SaoyNode *node, const SaoyRequest *request, const Ask *ask, const char *sad,
          GError **error)
{
    g_autofree char *id = saoy_sha256_hex((SaoyView){ (const uint8_t *)sad, strlen(sad) });
    g_autofree char *hash = saoy_hex((SaoyView){ ask->hash, 32 });

    return saoy_records_run(node->records,
                            "INSERT INTO sads (id, kiosk, credential, hash, expires_at) "
                            "VALUES (?, ?, ?, ?, ?)",
                            error, "tttti", id, request->kiosk, ask->credential, hash,
                            saoy_clock_wall_us() + SAD_US);
}

/* The officer has decided already: what is approved and prepared is authorized at once, and
 * the SAD opens this one hash (SCAL2). */
bool
saoy_api_authorize(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_auto(Ask) ask = { 0 };
    g_autoptr(GError) why = NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *sad = NULL;

    if (!take_ask(request, &ask, error))
        return error == NULL || *error == NULL;
    if (!check_turn(node, request, ask.tag, &why) ||
        !saoy_issuing_may_sign(node, ask.tag, ask.credential, ask.hash, &why))
        return answer_refusal(request, why, error);
    sad = saoy_random_hex(32);
    if (!store_sad(node, request, &ask, sad, error))
        return false;
    json = saoy_json_object();
    saoy_json_set_string(json, "SAD", sad);
    saoy_json_set_int(json, "expiresIn", SAD_US / G_USEC_PER_SEC);
    return saoy_answer_json(request, 200, json);
}

/* Our own signer never answers 202, so there is no handle to ask about. */
bool
saoy_api_authorize_check(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return bad(request, "Invalid parameter handle");
}

/* The SAD must have been given to this kiosk for this credential and this hash. */
static bool
check_sad(SaoyNode *node, SaoyRequest *request, const Ask *ask, GError **error)
{
    const char *sad = saoy_json_string_or(ask->body, "SAD", NULL);
    g_autofree char *id = NULL;
    g_autofree char *hash = saoy_hex((SaoyView){ ask->hash, 32 });
    g_autoptr(SaoyRows) rows = NULL;

    if (sad == NULL)
        return !bad(request, "Missing (or invalid type) string parameter SAD");
    id = saoy_sha256_hex((SaoyView){ (const uint8_t *)sad, strlen(sad) });
    rows = saoy_records_ask(
        node->records, "SELECT kiosk, credential, hash, expires_at FROM sads WHERE id = ?",
        "ttti", error, "t", id);
    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0 ||
        !g_str_equal(saoy_rows_text(rows, 0, 0), request->kiosk) ||
        !g_str_equal(saoy_rows_text(rows, 0, 1), ask->credential))
        return !bad(request, "Invalid parameter SAD");
    if (!g_str_equal(saoy_rows_text(rows, 0, 2), hash))
        return !bad(request, "Hash is not authorized by the SAD");
    return saoy_rows_int(rows, 0, 3) > saoy_clock_wall_us() || !bad(request, "SAD expired");
}

static bool
answer_signature(SaoyRequest *request, SaoyView signature)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *list = saoy_json_array();
    g_autofree char *text = g_base64_encode(signature.data, signature.size);

    saoy_json_append_string(list, text);
    saoy_json_set(json, "signatures", list);
    return saoy_answer_json(request, 200, json);
}

bool
saoy_api_sign_hash(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_auto(Ask) ask = { 0 };
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) signature = NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *response_id = NULL;

    if (!take_ask(request, &ask, error) || !check_sad(node, request, &ask, error))
        return error == NULL || *error == NULL;
    if (check_turn(node, request, ask.tag, &why))
        signature =
            saoy_issuing_sign(node, ask.tag, ask.credential, ask.hash, &response_id, &why);
    if (signature == NULL)
        return answer_refusal(request, why, error);
    if (!g_str_equal(saoy_json_string_or(ask.body, "operationMode", "S"), "A"))
        return answer_signature(request, saoy_view_of(signature));
    json = saoy_json_object();
    saoy_json_set_string(json, "responseID", response_id);
    return saoy_answer_json(request, 200, json);
}

bool
saoy_api_sign_polling(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_request_json(request, error);
    const char *id = body != NULL ? saoy_json_string_or(body, "requestID", NULL) : NULL;
    g_autoptr(SaoyRows) rows = NULL;

    if (body == NULL)
        return false;
    if (id == NULL)
        return bad(request, "Missing (or invalid type) string parameter requestID");
    rows =
        saoy_records_ask(node->records,
                         "SELECT s.signature, s.tag FROM signatures s JOIN documents p ON "
                         "s.tag = p.copy_id || '/1' OR s.tag = p.copy_id || '/2' JOIN "
                         "dossiers d ON d.id = p.dossier WHERE s.response_id = ? AND "
                         "d.kiosk = ?",
                         "bt", error, "tt", id, request->kiosk);
    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return bad(request, "Invalid parameter requestID");
    if (!check_turn(node, request, saoy_rows_text(rows, 0, 1), error))
        return false;
    return answer_signature(request, saoy_view_of(saoy_rows_bytes(rows, 0, 0)));
}

/* {hash, hashAlgo, nonce?, clientData?}: with a tag the one stamp of that signature,
 * without one of any bytes (the whole file's). */
static bool
take_stamp_ask(SaoyRequest *request, const SaoyJson *body, GBytes **out_hash,
               GBytes **out_nonce)
{
    const char *hash = saoy_json_string_or(body, "hash", NULL);
    const char *nonce = saoy_json_string_or(body, "nonce", "");

    if (hash == NULL || strlen(hash) > 100)
        return !bad(request, "Missing (or invalid type) string parameter hash");
    if (!g_str_equal(saoy_json_string_or(body, "hashAlgo", ""), SHA256_OID))
        return !bad(request, "Invalid parameter hashAlgo");
    *out_hash = saoy_base64_decode(hash, NULL);
    if (*out_hash == NULL || g_bytes_get_size(*out_hash) != 32)
        return !bad(request, "Invalid Base64 hash string parameter");
    *out_nonce = nonce[0] == '\0'      ? g_bytes_new_static("", 0)
                 : strlen(nonce) <= 32 ? saoy_unhex(nonce, NULL)
                                       : NULL;
    return *out_nonce != NULL || !bad(request, "Invalid parameter nonce");
}

static GBytes *
give_stamp(SaoyNode *node, SaoyRequest *request, const char *tag, GBytes *hash,
           GBytes *nonce, GError **error)
{
    const uint8_t *imprint = saoy_view_of(hash).data;

    if (tag == NULL)
        return saoy_responder_token(node, imprint, saoy_view_of(nonce), error);
    if (!check_turn(node, request, tag, error))
        return NULL;
    return saoy_responder_stamp(node, tag, imprint, saoy_view_of(nonce), error);
}

bool
saoy_api_timestamp(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_request_json(request, error);
    g_autoptr(SaoyJson) json = NULL;
    g_autoptr(GBytes) hash = NULL, nonce = NULL, token = NULL;

    if (body == NULL)
        return false;
    if (!take_stamp_ask(request, body, &hash, &nonce))
        return true;
    token = give_stamp(node, request, saoy_json_string_or(body, "clientData", NULL), hash,
                       nonce, error);
    if (token == NULL)
        return false;
    SaoyView der = saoy_view_of(token);
    g_autofree char *text = g_base64_encode(der.data, der.size);
    json = saoy_json_object();
    saoy_json_set_string(json, "timestamp", text);
    return saoy_answer_json(request, 200, json);
}
