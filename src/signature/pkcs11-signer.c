#include "pkcs11-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define CHAIN_MAX (64u << 10)
#define MAX_SIGNATURE 1024 /* RSA-8192 */

/* ---- certificates ---- */

/* PEM, the signer's first. Ids are file names here: none leads out of the folder. */
static GPtrArray *
read_chain(const SaoyToken *token, const char *credential, GError **error)
{
    bool folder = g_file_test(token->certificates, G_FILE_TEST_IS_DIR);
    g_autofree char *name = g_strconcat(credential, ".crt", NULL);
    g_autofree char *path = folder ? g_build_filename(token->certificates, name, NULL)
                                   : g_strdup(token->certificates);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GPtrArray) list = NULL;
    g_autoptr(GPtrArray) chain =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    if (strchr(credential, '/') != NULL)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "token: no such credential");
    bytes = saoy_file_read(path, CHAIN_MAX, error);
    if (bytes == NULL)
        return NULL;
    list = saoy_x509_list(saoy_view_of(bytes));
    if (list->len == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "%s: holds no certificate", path);
    for (unsigned i = 0; i < list->len; i++)
        g_ptr_array_add(chain, saoy_x509_der(list->pdata[i]));
    return g_steal_pointer(&chain);
}

/* A certificate on the token with whatever is issued above it there: pieces in any order,
 * and another's among them, so each is followed to its issuer. */
static GPtrArray *
chain_from(GBytes *first, GPtrArray *others)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    g_ptr_array_add(chain, g_bytes_ref(first));
    for (unsigned i = 0; i < others->len && chain->len < 8; i++) {
        g_autoptr(X509) last =
            saoy_x509_parse(saoy_view_of(chain->pdata[chain->len - 1]), NULL);
        g_autoptr(X509) other = saoy_x509_parse(saoy_view_of(others->pdata[i]), NULL);

        if (last == NULL || other == NULL || X509_self_signed(last, 0) == 1 ||
            X509_cmp(last, other) == 0 || X509_self_signed(other, 0) == 1 ||
            X509_check_issued(other, last) != X509_V_OK)
            continue;
        g_ptr_array_add(chain, g_bytes_ref(others->pdata[i]));
        i = (unsigned)-1; /* its own issuer may stand before it */
    }
    ERR_clear_error();
    return chain;
}

static GPtrArray *
certificates(void *p, const char *credential, GCancellable *cancel, GError **error)
{
    SaoyToken *token = p;
    const char *id = credential != NULL ? credential : token->key;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(saoy_signer_key_free);
    g_autoptr(GPtrArray) all = NULL;

    if (token->certificates != NULL) {
        GPtrArray *chain = read_chain(token, id, error);

        if (chain == NULL)
            return NULL;
        g_ptr_array_add(keys, saoy_signer_key_new(g_strdup(id), chain));
        return g_steal_pointer(&keys);
    }
    all = saoy_token_certificates(token, NULL, error);
    if (all == NULL)
        return NULL;
    for (unsigned i = 0; i < all->len; i++)
        g_ptr_array_add(keys,
                        saoy_signer_key_new(g_strdup(id), chain_from(all->pdata[i], all)));
    return g_steal_pointer(&keys);
}

/* ---- signing ---- */

/* DigestInfo of SHA-256 (RFC 8017, 9.2, note 1): the mechanism pads, no more. */
static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                       0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                       0x01, 0x05, 0x00, 0x04, 0x20 };

static bool
is_rsa(const SaoySigningRun *run)
{
    g_autoptr(X509) certificate = saoy_x509_parse(saoy_view_of(run->certificate), NULL);
    EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;

    return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}

static bool
begin(SaoyToken *token, const SaoySigningRun *run, CK_RV *out_rv, GError **error)
{
    CK_MECHANISM mechanism = { is_rsa(run) ? CKM_RSA_PKCS : CKM_ECDSA, NULL, 0 };
    CK_OBJECT_HANDLE key = 0;

    if (!saoy_token_find_key(token, run->credential, &key, out_rv, error))
        return false;
    *out_rv = token->call->C_SignInit(token->session, &mechanism, key);
    return *out_rv == CKR_OK || saoy_token_fail(*out_rv, "C_SignInit", error);
}

/* A session may have gone while nobody signed: once more with a new one. */
static bool
begin_surely(SaoyToken *token, const SaoySigningRun *run, GError **error)
{
    g_autoptr(GError) why = NULL;
    CK_RV rv = CKR_OK;

    if (begin(token, run, &rv, &why))
        return true;
    if (!saoy_token_lost(rv)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return saoy_token_log_in(token, error) && begin(token, run, &rv, error);
}

static CK_RV
sign(SaoyToken *token, SaoySigningRun *run)
{
    uint8_t input[sizeof digest_info + SAOY_SHA256_SIZE], out[MAX_SIGNATURE];
    size_t prefix = is_rsa(run) ? sizeof digest_info : 0;
    CK_ULONG size = sizeof out;
    CK_RV rv = CKR_OK;

    memcpy(input, digest_info, prefix);
    memcpy(input + prefix, run->asked->hash, SAOY_SHA256_SIZE);
    rv = token->call->C_Sign(token->session, input, prefix + SAOY_SHA256_SIZE, out, &size);
    if (rv == CKR_OK)
        run->signature = g_bytes_new(out, size);
    return rv;
}

/* Errors that a module finds before it signs. A session, a device or a line that is lost
 * meanwhile says nothing: behind it an HSM may have signed. */
static bool
did_nothing(CK_RV rv)
{
    static const CK_RV before[] = {
        CKR_PIN_INCORRECT,
        CKR_PIN_INVALID,
        CKR_PIN_LEN_RANGE,
        CKR_PIN_EXPIRED,
        CKR_PIN_LOCKED,
        CKR_USER_NOT_LOGGED_IN,
        CKR_KEY_HANDLE_INVALID,
        CKR_KEY_SIZE_RANGE,
        CKR_KEY_TYPE_INCONSISTENT,
        CKR_KEY_FUNCTION_NOT_PERMITTED,
        CKR_MECHANISM_INVALID,
        CKR_MECHANISM_PARAM_INVALID,
        CKR_DATA_INVALID,
        CKR_DATA_LEN_RANGE,
        CKR_FUNCTION_REJECTED,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(before); i++)
        if (rv == before[i])
            return true;
    return false;
}

static bool
start(void *p, SaoySigningRun *run, GCancellable *cancel, GError **error)
{
    SaoyToken *token = p;
    CK_RV rv = CKR_OK;

    if (g_cancellable_set_error_if_cancelled(cancel, error) ||
        !begin_surely(token, run, error) ||
        !saoy_signing_note(run, SAOY_SIGNING_ASKED, NULL, error))
        return false;
    rv = sign(token, run);
    if (rv == CKR_OK)
        return true;
    if (did_nothing(rv))
        saoy_signing_note(run, SAOY_SIGNING_NEW, NULL, NULL);
    return saoy_token_fail(rv, "C_Sign", error);
}

/* A token signs at once or not at all: nothing ever waits to be polled or cancelled. */
static bool
poll(void *self, SaoySigningRun *run, GCancellable *cancel, GError **error)
{
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "token: nothing to poll");
}

static bool
cancel_run(void *self, const SaoySigningRun *run, GError **error)
{
    return true;
}

static void
close_token(void *self)
{
    saoy_token_close(self);
}

const SaoySignerDriver saoy_signer_pkcs11 = {
    .name = "pkcs11",
    .certificates = certificates,
    .start = start,
    .poll = poll,
    .cancel = cancel_run,
    .close = close_token,
};
