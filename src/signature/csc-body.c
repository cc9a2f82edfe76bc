#include "csc-signer.h"

#include "core/file.h"
#include "core/ossl.h"

#define SHA256_OID "2.16.840.1.101.3.4.2.1"
#define ECDSA_SHA256_OID "1.2.840.10045.4.3.2"
#define RSA_SHA256_OID "1.2.840.113549.1.1.11"
#define RSA_OID "1.2.840.113549.1.1.1"

static void
set_secret(SaoyJson *body, const char *key, GBytes *secret)
{
    SaoyView view = secret != NULL ? saoy_view_of(secret) : (SaoyView){ 0 };
    g_autofree char *text = g_strndup((const char *)view.data, view.size);

    if (secret != NULL)
        saoy_json_set_string(body, key, text);
    if (text != NULL)
        explicit_bzero(text, view.size);
}

/* Which key, which hash: the same for authorize and signHash, so that the one is bound to
 * the other (SCAL2). */
static SaoyJson *
hash_body(const SaoyCsc *csc, const SaoySigningRun *run, GError **error)
{
    const SaoyCscProfile *profile = csc->profile;
    SaoyJson *body = saoy_csc_body(csc, error);
    g_autofree char *hash = g_base64_encode(run->asked->hash, SAOY_SHA256_SIZE);
    SaoyJson *hashes = NULL;

    if (body == NULL)
        return NULL;
    hashes = saoy_json_array();
    saoy_json_append_string(hashes, hash);
    saoy_json_set_string(body, profile->credential_name, run->credential);
    saoy_json_set(body, profile->hash_name, hashes);
    saoy_json_set_string(body, profile->algorithm_name, SHA256_OID);
    saoy_json_set_string(body, "clientData", run->asked->tag);
    return body;
}

static void
add_auth_data(SaoyJson *body, const SaoyCscProfile *profile)
{
    SaoyJson *list = NULL, *one = NULL;

    if (profile->pin == NULL)
        return;
    list = saoy_json_array();
    one = saoy_json_object();
    saoy_json_set_string(one, "id", profile->pin_id);
    set_secret(one, "value", profile->pin);
    saoy_json_append(list, one);
    saoy_json_set(body, "authData", list);
}

SaoyJson *
saoy_csc_authorize_body(const SaoyCsc *csc, const SaoySigningRun *run, GError **error)
{
    const SaoyCscProfile *profile = csc->profile;
    SaoyJson *body = hash_body(csc, run, error);

    if (body == NULL)
        return NULL;
    saoy_json_set_int(body, profile->count_name, 1);
    if (!profile->v1) {
        add_auth_data(body, profile);
        return body;
    }
    set_secret(body, "PIN", profile->pin);
    set_secret(body, "OTP", profile->otp);
    return body;
}

static bool
is_rsa(GBytes *certificate)
{
    g_autoptr(X509) parsed = saoy_x509_parse(saoy_view_of(certificate), NULL);
    EVP_PKEY *key = parsed != NULL ? X509_get0_pubkey(parsed) : NULL;

    return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
}

/* v1 takes the key's algorithm beside the hash's (CSC API 1.0.4, 11.9). */
static const char *
sign_algorithm(const SaoyCscProfile *profile, GBytes *certificate)
{
    if (!is_rsa(certificate))
        return ECDSA_SHA256_OID;
    return profile->v1 ? RSA_OID : RSA_SHA256_OID;
}

SaoyJson *
saoy_csc_sign_body(const SaoyCsc *csc, const SaoySigningRun *run, const char *sad,
                   GError **error)
{
    const SaoyCscProfile *profile = csc->profile;
    SaoyJson *body = hash_body(csc, run, error);

    if (body == NULL)
        return NULL;
    if (sad != NULL)
        saoy_json_set_string(body, "SAD", sad);
    saoy_json_set_string(body, "signAlgo", sign_algorithm(profile, run->certificate));
    if (!profile->v1)
        saoy_json_set_string(body, "operationMode", "A");
    return body;
}

SaoyJson *
saoy_csc_ask_body(const SaoyCsc *csc, const SaoySigningRun *run, const char *key,
                  const char *value, GError **error)
{
    SaoyJson *body = saoy_csc_body(csc, error);

    if (body == NULL)
        return NULL;
    saoy_json_set_string(body, key, value);
    saoy_json_set_string(body, "clientData", run->asked->tag);
    return body;
}
