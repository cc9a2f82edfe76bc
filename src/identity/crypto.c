#include "crypto.h"

#include "core/ossl.h"

#include <string.h>

static const struct {
    const char *cbc;
    size_t key, block;
} ciphers[SAOY_CIPHER_N] = {
    [SAOY_CIPHER_3DES] = { "DES-EDE-CBC", 16, 8 },
    [SAOY_CIPHER_AES128] = { "AES-128-CBC", 16, 16 },
    [SAOY_CIPHER_AES192] = { "AES-192-CBC", 24, 16 },
    [SAOY_CIPHER_AES256] = { "AES-256-CBC", 32, 16 },
};

size_t
saoy_cipher_block(SaoyCipher cipher)
{
    return ciphers[cipher].block;
}

size_t
saoy_cipher_key(SaoyCipher cipher)
{
    return ciphers[cipher].key;
}

size_t
saoy_nonce_size(SaoyCipher cipher)
{
    return ciphers[cipher].key > 16 ? 32 : 16;
}

static void
set_odd_parity(SaoyKey *key)
{
    for (size_t i = 0; i < key->size; i++) {
        unsigned ones = 0;

        for (unsigned bit = 1; bit < 8; bit++)
            ones += key->bytes[i] >> bit & 1u;
        key->bytes[i] = (uint8_t)((key->bytes[i] & 0xfeu) | (~ones & 1u));
    }
}

bool
saoy_kdf(SaoyCipher cipher, SaoyView secret, uint32_t counter, SaoyKey *out, GError **error)
{
    const uint8_t c[4] = { 0, 0, 0, (uint8_t)counter };
    const EVP_MD *md = ciphers[cipher].key > 16 ? EVP_sha256() : EVP_sha1();
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    g_auto(SaoyKey) key = { .size = ciphers[cipher].key };

    if (EVP_DigestInit_ex(ctx, md, NULL) != 1 ||
        EVP_DigestUpdate(ctx, secret.data, secret.size) != 1 ||
        EVP_DigestUpdate(ctx, c, sizeof c) != 1 ||
        EVP_DigestFinal_ex(ctx, key.bytes, NULL) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key derivation");
    explicit_bzero(key.bytes + key.size, sizeof key.bytes - key.size);
    if (cipher == SAOY_CIPHER_3DES)
        set_odd_parity(&key);
    *out = key;
    return true;
}

static bool
run_cipher(const char *name, const uint8_t *key, const uint8_t *iv, bool encrypt,
           SaoyView in, uint8_t *out, GError **error)
{
    static const uint8_t zero[SAOY_BLOCK_MAX];
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool ok =
        cipher != NULL &&
        EVP_CipherInit_ex2(ctx, cipher, key, iv == NULL ? zero : iv, encrypt, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
        EVP_CipherUpdate(ctx, out, &n, in.data, (int)in.size) == 1 && (size_t)n == in.size;

    EVP_CIPHER_free(cipher);
    return ok || saoy_ossl_fail(error, SAOY_ERROR_FAILED, name);
}

bool
saoy_cbc(SaoyCipher cipher, const SaoyKey *key, const uint8_t *iv, bool encrypt,
         SaoyView in, uint8_t *out, GError **error)
{
    if (in.size == 0 || in.size % ciphers[cipher].block != 0 || in.size > 1u << 24)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%zu bytes are no whole blocks",
                         in.size);
    return run_cipher(ciphers[cipher].cbc, key->bytes, iv, encrypt, in, out, error);
}

/* Single DES in CBC over all of message; the last block of it. Single DES is 3DES under K1
 * K1, which needs no legacy provider. */
static bool
chain_single_des(const SaoyKey *key, SaoyView message, uint8_t state[8], GError **error)
{
    g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
    uint8_t single[16];
    int n = 0;
    bool ok;

    memcpy(single, key->bytes, 8);
    memcpy(single + 8, key->bytes, 8);
    ok = EVP_CipherInit_ex2(ctx, EVP_des_ede_cbc(), single, state, 1, NULL) == 1 &&
         EVP_CIPHER_CTX_set_padding(ctx, 0) == 1;
    for (size_t at = 0; ok && at < message.size; at += 8)
        ok = EVP_CipherUpdate(ctx, state, &n, message.data + at, 8) == 1;
    explicit_bzero(single, sizeof single);
    return ok || saoy_ossl_fail(error, SAOY_ERROR_FAILED, "retail MAC");
}

/* ISO 9797-1 MAC algorithm 3: single DES, and 3DES for the last block. */
static bool
retail_mac(const SaoyKey *key, SaoyView message, uint8_t out[SAOY_MAC_SIZE], GError **error)
{
    uint8_t state[SAOY_BLOCK_MAX] = { 0 };

    if (message.size == 0 || message.size % 8 != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "message for a MAC is not padded");
    return chain_single_des(key, (SaoyView){ message.data, message.size - 8 }, state,
                            error) &&
           run_cipher("DES-EDE-CBC", key->bytes, state, true,
                      (SaoyView){ message.data + message.size - 8, 8 }, out, error);
}

bool
saoy_mac(SaoyCipher cipher, const SaoyKey *key, SaoyView message,
         uint8_t out[SAOY_MAC_SIZE], GError **error)
{
    uint8_t full[SAOY_BLOCK_MAX];
    size_t n = 0;

    if (cipher == SAOY_CIPHER_3DES)
        return retail_mac(key, message, out, error);
    if (EVP_Q_mac(NULL, "CMAC", NULL, ciphers[cipher].cbc, NULL, key->bytes, key->size,
                  message.data, message.size, full, sizeof full, &n) == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "CMAC");
    memcpy(out, full, SAOY_MAC_SIZE);
    return true;
}

void
saoy_pad(GByteArray *array, size_t from, size_t block)
{
    static const uint8_t padding[SAOY_BLOCK_MAX] = { 0x80 };
    size_t over = (array->len - from) % block;

    g_byte_array_append(array, padding, (unsigned)(block - over));
}

bool
saoy_unpad(SaoyView *view)
{
    size_t n = view->size;

    while (n > 0 && view->data[n - 1] == 0)
        n--;
    if (n == 0 || view->data[n - 1] != 0x80)
        return false;
    view->size = n - 1;
    return true;
}
