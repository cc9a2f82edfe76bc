#include "store/vault.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

/* sealed = 'V' '1' ‖ nonce 12 ‖ ciphertext ‖ tag 16 */
#define MAGIC "V1"
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define KEY_SIZE 32
#define PLAIN_MAX (64u << 20)

struct SaoyVault {
    SaoyKey key;
};

static bool
make_key_file(const char *path, GError **error)
{
    g_auto(SaoyKey) key = { .size = KEY_SIZE };

    return saoy_random(key.bytes, key.size, error) &&
           saoy_file_write(path, (SaoyView){ key.bytes, key.size }, error);
}

SaoyVault *
saoy_vault_open(const char *key_file, GError **error)
{
    if (!g_file_test(key_file, G_FILE_TEST_EXISTS) && !make_key_file(key_file, error))
        return NULL;

    g_autoptr(GBytes) bytes = saoy_file_read(key_file, KEY_SIZE, error);
    if (bytes == NULL)
        return NULL;
    if (g_bytes_get_size(bytes) != KEY_SIZE)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "vault: the key file is damaged");

    SaoyVault *vault = g_new0(SaoyVault, 1);
    vault->key.size = KEY_SIZE;
    memcpy(vault->key.bytes, saoy_view_of(bytes).data, KEY_SIZE);
    explicit_bzero((void *)(uintptr_t)saoy_view_of(bytes).data, KEY_SIZE);
    return vault;
}

void
saoy_vault_close(SaoyVault *vault)
{
    saoy_key_wipe(&vault->key);
    g_free(vault);
}

GBytes *
saoy_vault_seal(SaoyVault *vault, const char *purpose, SaoyView plain, GError **error)
{
    g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
    int n = 0;

    if (plain.size > PLAIN_MAX)
        return saoy_null(error, SAOY_ERROR_FAILED, "vault: too much to seal at once");

    size_t size = 2 + NONCE_SIZE + plain.size + TAG_SIZE;
    g_autofree uint8_t *out = g_malloc(size);
    uint8_t *nonce = out + 2, *text = nonce + NONCE_SIZE, *tag = text + plain.size;
    memcpy(out, MAGIC, 2);
    if (!saoy_random(nonce, NONCE_SIZE, error))
        return NULL;
    if (ctx == NULL ||
        EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, vault->key.bytes, nonce) != 1 ||
        EVP_EncryptUpdate(ctx, NULL, &n, (const uint8_t *)purpose, (int)strlen(purpose)) !=
            1 ||
        EVP_EncryptUpdate(ctx, text, &n, plain.data, (int)plain.size) != 1 ||
        EVP_EncryptFinal_ex(ctx, tag, &n) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, tag) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "vault"), NULL;
    return g_bytes_new_take(g_steal_pointer(&out), size);
}

GBytes *
saoy_vault_open_sealed(SaoyVault *vault, const char *purpose, SaoyView sealed,
                       GError **error)
{
    g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
    SaoyView magic = { 0 }, nonce = { 0 };
    int n = 0;

    if (!saoy_view_take(&sealed, 2, &magic, error) ||
        !saoy_view_take(&sealed, NONCE_SIZE, &nonce, error))
        return NULL;
    if (memcmp(magic.data, MAGIC, 2) != 0 || sealed.size < TAG_SIZE ||
        sealed.size > PLAIN_MAX + TAG_SIZE)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "vault: not sealed by us");

    size_t size = sealed.size - TAG_SIZE;
    g_autofree uint8_t *plain = g_malloc(size + 1);
    if (ctx == NULL ||
        EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, vault->key.bytes, nonce.data) !=
            1 ||
        EVP_DecryptUpdate(ctx, NULL, &n, (const uint8_t *)purpose, (int)strlen(purpose)) !=
            1 ||
        EVP_DecryptUpdate(ctx, plain, &n, sealed.data, (int)size) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE,
                            (void *)(uintptr_t)(sealed.data + size)) != 1 ||
        EVP_DecryptFinal_ex(ctx, plain + size, &n) != 1) {
        explicit_bzero(plain, size);
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "vault: it was changed");
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&plain), size);
}
