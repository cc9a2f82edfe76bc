#include "hsm.h"

#include "core/file.h"
#include "core/ossl.h"
#include "signature/chain.h"

#include <openssl/pem.h>

#include <string.h>

#define PEM_MAX (64 << 10)
#define SEAL_S 10

enum { OFFICER, AGENCY, SEAL, PROVIDERS };

struct SaoyKeys {
    char *folder;
    bool files;                    /* key files may sign */
    char *paths[PROVIDERS];        /* of providers' files, or NULL */
    SaoySigner *opened[PROVIDERS]; /* kept: a module and its login stay as they are */
};

static bool
open_providers(SaoyKeys *keys, GError **error)
{
    for (int i = 0; i < PROVIDERS; i++) {
        if (keys->paths[i] == NULL)
            continue;
        keys->opened[i] = saoy_signer_open(keys->paths[i], error);
        if (keys->opened[i] == NULL)
            return false;
    }
    return true;
}

SaoyKeys *
saoy_keys_open(const SaoyHubConfig *config, GError **error)
{
    const char *const names[PROVIDERS] = { config->officer_signer, config->agency_signer,
                                           config->seal_signer };
    g_autoptr(SaoyKeys) keys = g_new0(SaoyKeys, 1);
    bool all = true;

    keys->folder = saoy_hub_config_path(config, config->pki);
    keys->files = config->key_files != 0;
    for (int i = 0; i < PROVIDERS; i++) {
        if (names[i][0] != '\0')
            keys->paths[i] = saoy_hub_config_path(config, names[i]);
        all = all && keys->paths[i] != NULL;
    }
    if (!keys->files && !all)
        return saoy_null(
            error, SAOY_ERROR_REFUSED,
            "no signing keys: name providers of officer, agency and seal in [keys] of "
            "hub.conf, or say \"files = insecure\" there to sign with key files (test PKI "
            "only)");
    return open_providers(keys, error) ? g_steal_pointer(&keys) : NULL;
}

void
saoy_keys_close(SaoyKeys *keys)
{
    if (keys == NULL)
        return;
    for (int i = 0; i < PROVIDERS; i++) {
        saoy_signer_close(keys->opened[i]);
        g_free(keys->paths[i]);
    }
    g_free(keys->folder);
    g_free(keys);
}

/* A credential becomes a file name: only our own kinds, only harmless characters. */
bool
saoy_keys_is_signer(const char *id)
{
    if (g_str_equal(id, "agency") || g_str_equal(id, "officer"))
        return true;
    return g_str_has_prefix(id, "officer-") && strlen(id) <= 64 &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(id) &&
           strstr(id, "..") == NULL;
}

static bool
is_credential(const char *id)
{
    static const char *const services[] = {
        "seal", "tsa", "ocsp", "issuing", "root", NULL
    };

    return g_strv_contains(services, id) || saoy_keys_is_signer(id);
}

static BIO *
open_pem(const SaoyKeys *keys, const char *credential, const char *suffix, GError **error)
{
    g_autofree char *file = g_strconcat(credential, suffix, NULL);
    g_autofree char *path = g_build_filename(keys->folder, file, NULL);
    g_autoptr(GBytes) bytes = NULL;

    if (!is_credential(credential))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such credential");
    bytes = saoy_file_read(path, PEM_MAX, error);
    if (bytes == NULL)
        return NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    BIO_write(bio, g_bytes_get_data(bytes, NULL), (int)g_bytes_get_size(bytes));
    return bio;
}

/* Its bytes alone: whoever uses it parses it. */
static bool
take_certificate(BIO *pem, GPtrArray *chain)
{
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long size = 0;
    bool read = PEM_read_bio(pem, &name, &header, &der, &size) == 1;

    if (read && g_str_equal(name, PEM_STRING_X509))
        g_ptr_array_add(chain, g_bytes_new(der, (size_t)size));
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    return read;
}

GPtrArray *
saoy_keys_chain(const SaoyKeys *keys, const char *credential, GError **error)
{
    g_autoptr(BIO) pem = open_pem(keys, credential, ".crt", error);
    g_autoptr(GPtrArray) chain =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))g_bytes_unref);

    if (pem == NULL)
        return NULL;
    while (take_certificate(pem, chain))
        ;
    ERR_clear_error(); /* the end of the file is an error to OpenSSL */
    if (chain->len == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "%s.crt holds no certificate",
                         credential);
    return g_steal_pointer(&chain);
}

/* The message names a certificate, never a person. */
bool
saoy_keys_check_name(const SaoyKeys *keys, const char *credential, const char *name,
                     GError **error)
{
    g_autoptr(GPtrArray) chain = saoy_keys_chain(keys, credential, error);

    if (chain == NULL)
        return false;
    return saoy_certificate_is_of(saoy_view_of(chain->pdata[0]), name) ||
           saoy_fail(error, SAOY_ERROR_FAILED,
                     "%s/%s.crt: its common name is not the name that seals will say (%s)",
                     keys->folder, credential,
                     g_str_equal(credential, "agency") ? "[hub] office"
                                                       : "of the officer's account");
}

static int
provider_of(const char *credential)
{
    return g_str_equal(credential, "agency")         ? AGENCY
           : g_str_equal(credential, "seal")         ? SEAL
           : g_str_has_prefix(credential, "officer") ? OFFICER
                                                     : PROVIDERS;
}

SaoySigner *
saoy_keys_provider(const SaoyKeys *keys, const char *credential, GError **error)
{
    int i = provider_of(credential);

    return i < PROVIDERS && keys->paths[i] != NULL ? saoy_signer_open(keys->paths[i], error)
                                                   : NULL;
}

/* A seal only says again what is registered: it may be made twice, and is not journalled.
 */
static char *
recall_nothing(void *user, GError **error)
{
    return g_strdup("");
}

static bool
journal_nothing(void *user, const char *before, const char *after, GError **error)
{
    return true;
}

static GBytes *
sign_seal(const SaoyKeys *keys, const char *credential, const uint8_t hash[32],
          GError **error)
{
    const SaoySigning signing = { .credential_id = credential,
                                  .tag = credential,
                                  .hash = hash,
                                  .patience_s = SEAL_S,
                                  .recall = recall_nothing,
                                  .journal = journal_nothing };
    g_autoptr(SaoySigner) provider = saoy_keys_provider(keys, credential, error);
    g_autoptr(GPtrArray) own =
        provider != NULL ? saoy_keys_chain(keys, credential, error) : NULL;
    g_autofree char *pin =
        own != NULL ? saoy_sha256_hex(saoy_view_of(own->pdata[0])) : NULL;
    g_autoptr(GPtrArray) theirs =
        pin != NULL ? saoy_signer_chain(provider, credential, pin, NULL, error) : NULL;

    return theirs != NULL ? saoy_signer_sign(provider, &signing, NULL, error) : NULL;
}

static GBytes *
sign_by_file(const SaoyKeys *keys, const char *credential, const uint8_t hash[32],
             GError **error)
{
    g_autoptr(BIO) pem = open_pem(keys, credential, ".key", error);
    g_autoptr(EVP_PKEY) key = NULL;
    g_autoptr(EVP_PKEY_CTX) context = NULL;
    uint8_t signature[1024]; /* RSA-8192 */
    size_t size = sizeof signature;

    if (pem == NULL)
        return NULL;
    key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    context = key != NULL ? EVP_PKEY_CTX_new(key, NULL) : NULL;
    if (context == NULL || EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) != 1 ||
        EVP_PKEY_sign(context, signature, &size, hash, 32) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, credential);
        return NULL;
    }
    return g_bytes_new(signature, size);
}

GBytes *
saoy_keys_sign(const SaoyKeys *keys, const char *credential, const uint8_t hash[32],
               GError **error)
{
    int i = provider_of(credential);

    if (i < PROVIDERS && keys->paths[i] != NULL)
        return i == SEAL ? sign_seal(keys, credential, hash, error)
                         : saoy_null(error, SAOY_ERROR_REFUSED, "%s: its provider signs",
                                     credential);
    return keys->files ? sign_by_file(keys, credential, hash, error)
                       : saoy_null(error, SAOY_ERROR_REFUSED, "%s: no key files allowed",
                                   credential);
}

bool
saoy_keys_sign_raw(const SaoyKeys *keys, const char *credential, const uint8_t hash[32],
                   uint8_t out[64], GError **error)
{
    g_autoptr(GBytes) der = saoy_keys_sign(keys, credential, hash, error);
    const uint8_t *at = der != NULL ? g_bytes_get_data(der, NULL) : NULL;

    if (der == NULL)
        return false;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)g_bytes_get_size(der));
    if (pair == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, credential);
    bool done = BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    return done || saoy_ossl_fail(error, SAOY_ERROR_FAILED, credential);
}

char *
saoy_keys_officer(const SaoyKeys *keys, const char *login)
{
    g_autofree char *id = g_strconcat("officer-", login, NULL);
    bool elsewhere = keys->paths[OFFICER] != NULL;
    g_autofree char *file = g_strconcat(id, elsewhere ? ".crt" : ".key", NULL);
    g_autofree char *path = g_build_filename(keys->folder, file, NULL);

    if (is_credential(id) && g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&id);
    return g_strdup("officer");
}
