#include "bac.h"

#include "core/ossl.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string.h>

#define NONCE 8
#define HALF 16

bool
saoy_bac_keys(const char *mrz_key, SaoyKey *out_enc, SaoyKey *out_mac, GError **error)
{
    uint8_t digest[SHA_DIGEST_LENGTH];
    bool ok;

    SHA1((const uint8_t *)mrz_key, strlen(mrz_key), digest);
    ok = saoy_kdf(SAOY_CIPHER_3DES, (SaoyView){ digest, HALF }, SAOY_KDF_ENC, out_enc,
                  error) &&
         saoy_kdf(SAOY_CIPHER_3DES, (SaoyView){ digest, HALF }, SAOY_KDF_MAC, out_mac,
                  error);
    explicit_bzero(digest, sizeof digest);
    return ok;
}

/* MAC over the cryptogram, which is whole blocks already: a padding block follows. */
static bool
mac_of(const SaoyKey *mac, const uint8_t *cryptogram, uint8_t out[SAOY_MAC_SIZE],
       GError **error)
{
    uint8_t padded[SAOY_BAC_MESSAGE + 8] = { 0 };

    memcpy(padded, cryptogram, SAOY_BAC_MESSAGE);
    padded[SAOY_BAC_MESSAGE] = 0x80;
    return saoy_mac(SAOY_CIPHER_3DES, mac, (SaoyView){ padded, sizeof padded }, out, error);
}

bool
saoy_bac_seal(const SaoyKey *enc, const SaoyKey *mac,
              const uint8_t message[SAOY_BAC_MESSAGE], uint8_t out[SAOY_BAC_SEALED],
              GError **error)
{
    return saoy_cbc(SAOY_CIPHER_3DES, enc, NULL, true,
                    (SaoyView){ message, SAOY_BAC_MESSAGE }, out, error) &&
           mac_of(mac, out, out + SAOY_BAC_MESSAGE, error);
}

bool
saoy_bac_open(const SaoyKey *enc, const SaoyKey *mac, SaoyView sealed,
              uint8_t out[SAOY_BAC_MESSAGE], GError **error)
{
    uint8_t own[SAOY_MAC_SIZE];

    if (sealed.size != SAOY_BAC_SEALED)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "BAC answer of %zu bytes",
                         sealed.size);
    if (!mac_of(mac, sealed.data, own, error))
        return false;
    if (CRYPTO_memcmp(own, sealed.data + SAOY_BAC_MESSAGE, sizeof own) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "BAC: wrong MAC");
    return saoy_cbc(SAOY_CIPHER_3DES, enc, NULL, false,
                    (SaoyView){ sealed.data, SAOY_BAC_MESSAGE }, out, error);
}

bool
saoy_bac_session(const uint8_t *rnd_ic, const uint8_t *rnd_ifd, const uint8_t *k_ic,
                 const uint8_t *k_ifd, SaoySm *out, GError **error)
{
    g_auto(SaoyKey) seed = { .size = HALF };
    g_auto(SaoySm) sm = { 0 };

    for (size_t i = 0; i < HALF; i++)
        seed.bytes[i] = k_ic[i] ^ k_ifd[i];
    if (!saoy_sm_derive(&sm, SAOY_CIPHER_3DES, (SaoyView){ seed.bytes, seed.size }, error))
        return false;
    memcpy(sm.ssc, rnd_ic + NONCE / 2, NONCE / 2);
    memcpy(sm.ssc + NONCE / 2, rnd_ifd + NONCE / 2, NONCE / 2);
    *out = sm;
    return true;
}

/* own: RND.IFD ‖ RND.IC ‖ K.IFD */
static bool
authenticate(SaoyLink *link, const SaoyKey *enc, const SaoyKey *mac,
             const uint8_t own[SAOY_BAC_MESSAGE], uint8_t out_peer[SAOY_BAC_MESSAGE],
             GError **error)
{
    uint8_t sealed[SAOY_BAC_SEALED];
    SaoyApdu command = { .ins = 0x82, .data = { sealed, sizeof sealed }, .le = 40 };
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    if (!saoy_bac_seal(enc, mac, own, sealed, error) ||
        !saoy_link_send(link, &command, &answer, &sw, error))
        return false;
    if (sw != SAOY_SW_OK)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the chip refuses the key (%04x)", sw);
    if (!saoy_bac_open(enc, mac, answer, out_peer, error))
        return false;
    /* RND.IC ‖ RND.IFD come back in the other order */
    if (CRYPTO_memcmp(out_peer, own + NONCE, NONCE) != 0 ||
        CRYPTO_memcmp(out_peer + NONCE, own, NONCE) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "BAC: wrong nonce");
    return true;
}

bool
saoy_bac_run(SaoyLink *link, const SaoyAccessKey *key, GError **error)
{
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };
    g_auto(SaoyKey) own = { .size = SAOY_BAC_MESSAGE };
    g_auto(SaoyKey) peer = { .size = SAOY_BAC_MESSAGE };
    SaoyApdu challenge = { .ins = 0x84, .le = NONCE };
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    saoy_sm_wipe(&link->sm);
    if (!saoy_bac_keys(key->mrz_key, &enc, &mac, error) ||
        !saoy_link_send(link, &challenge, &answer, &sw, error))
        return false;
    if (sw != SAOY_SW_OK || answer.size != NONCE)
        return saoy_fail(error, SAOY_ERROR_FAILED, "BAC challenge: the chip answers %04x",
                         sw);
    memcpy(own.bytes + NONCE, answer.data, NONCE);
    if (!link->random(own.bytes, NONCE, error) ||
        !link->random(own.bytes + 2 * NONCE, HALF, error) ||
        !authenticate(link, &enc, &mac, own.bytes, peer.bytes, error))
        return false;
    return saoy_bac_session(own.bytes + NONCE, own.bytes, peer.bytes + 2 * NONCE,
                            own.bytes + 2 * NONCE, &link->sm, error);
}
