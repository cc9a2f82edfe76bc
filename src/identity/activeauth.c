#include "activeauth.h"

#include "core/file.h"
#include "ec.h"
#include "tlv.h"

#include <openssl/crypto.h>
#include <openssl/rsa.h>

#include <string.h>

#define MAX_MODULUS 512 /* bytes: RSA-4096 */
#define HEADER 0x6a     /* part of the message is recovered; no padding but its end */

/* ISO 10118 identifiers in front of trailer CC; SHA-1 may also stand for itself as BC. */
static const struct {
    uint8_t id;
    int nid;
} trailers[] = { { 0x33, NID_sha1 },
                 { 0x38, NID_sha224 },
                 { 0x34, NID_sha256 },
                 { 0x36, NID_sha384 },
                 { 0x35, NID_sha512 } };

static const EVP_MD *
trailer_digest(SaoyView message, size_t *out_size)
{
    const uint8_t *end = message.data + message.size;

    *out_size = 1;
    if (end[-1] == 0xbc)
        return EVP_sha1();
    *out_size = 2;
    for (size_t i = 0; end[-1] == 0xcc && i < G_N_ELEMENTS(trailers); i++)
        if (trailers[i].id == end[-2])
            return EVP_get_digestbynid(trailers[i].nid);
    return NULL;
}

static bool
hash_parts(const EVP_MD *digest, SaoyView recovered, const uint8_t *challenge, uint8_t *out,
           GError **error)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();

    return (EVP_DigestInit_ex(ctx, digest, NULL) == 1 &&
            EVP_DigestUpdate(ctx, recovered.data, recovered.size) == 1 &&
            EVP_DigestUpdate(ctx, challenge, SAOY_CHALLENGE_SIZE) == 1 &&
            EVP_DigestFinal_ex(ctx, out, NULL) == 1) ||
           saoy_ossl_fail(error, SAOY_ERROR_FAILED, "active authentication digest");
}

/* header ‖ M1 ‖ hash(M1 ‖ challenge) ‖ trailer, and nothing else. */
static bool
check_message(SaoyView message, const uint8_t *challenge, GError **error)
{
    uint8_t own[EVP_MAX_MD_SIZE];
    const EVP_MD *digest = NULL;
    SaoyView recovered = { 0 };
    size_t trailer = 0, size = 0;

    if (message.size < 4 || message.data[0] != HEADER ||
        (digest = trailer_digest(message, &trailer)) == NULL)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication: wrong form");
    size = (size_t)EVP_MD_get_size(digest);
    if (message.size <= 1 + size + trailer)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication: too short");
    recovered = (SaoyView){ message.data + 1, message.size - 1 - size - trailer };
    if (!hash_parts(digest, recovered, challenge, own, error))
        return false;
    return CRYPTO_memcmp(own, recovered.data + recovered.size, size) == 0 ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication: wrong digest");
}

static bool
check_rsa(EVP_PKEY *key, const uint8_t *challenge, SaoyView signature, GError **error)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    uint8_t message[MAX_MODULUS];
    size_t size = sizeof message;
    size_t skip;

    if (EVP_PKEY_get_bits(key) < 1024 || EVP_PKEY_get_size(key) > MAX_MODULUS)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "active authentication: RSA key of %d bits",
                         EVP_PKEY_get_bits(key));
    if (signature.size != (size_t)EVP_PKEY_get_size(key))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "active authentication: signature of %zu bytes", signature.size);
    if (ctx == NULL || EVP_PKEY_verify_recover_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
        EVP_PKEY_verify_recover(ctx, message, &size, signature.data, signature.size) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication");
    /* a modulus of 8n + 1 bits leaves the first byte empty */
    skip = EVP_PKEY_get_bits(key) % 8 == 1 && size > 0 && message[0] == 0 ? 1 : 0;
    return check_message((SaoyView){ message + skip, size - skip }, challenge, error);
}

/* r ‖ s, each as long as the order; some national cards send the DER form instead. */
static bool
take_ecdsa(SaoyView signature, size_t order, SaoyArray *out, GError **error)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    uint8_t *der = NULL;
    int size;

    if (signature.size != 2 * order) {
        ECDSA_SIG_free(pair);
        g_byte_array_append(out, signature.data, (unsigned)signature.size);
        return signature.size > 0 ||
               saoy_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication: no answer");
    }
    ECDSA_SIG_set0(pair, BN_bin2bn(signature.data, (int)order, NULL),
                   BN_bin2bn(signature.data + order, (int)order, NULL));
    size = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication");
    g_byte_array_append(out, der, (unsigned)size);
    OPENSSL_free(der);
    return true;
}

static bool
verify(EVP_PKEY *key, int digest, const uint8_t *challenge, SaoyView der)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();

    return EVP_DigestVerifyInit(ctx, NULL, EVP_get_digestbynid(digest), NULL, key) == 1 &&
           EVP_DigestVerify(ctx, der.data, der.size, challenge, SAOY_CHALLENGE_SIZE) == 1;
}

/* DG14 may be silent in older passports: then any digest will do, as
 * the challenge was ours. */
static bool
verify_any(EVP_PKEY *key, int digest, const uint8_t *challenge, SaoyView der)
{
    if (digest != 0)
        return verify(key, digest, challenge, der);
    for (size_t i = 0; i < G_N_ELEMENTS(trailers); i++) {
        ERR_clear_error();
        if (verify(key, trailers[i].nid, challenge, der))
            return true;
    }
    return false;
}

static bool
check_ecdsa(EVP_PKEY *key, int digest, const uint8_t *challenge, SaoyView signature,
            GError **error)
{
    g_autoptr(EC_GROUP) group = saoy_ec_group_of(key, error);
    g_autoptr(SaoyArray) der = saoy_array_new(160);

    if (group == NULL)
        return false;
    if (digest != 0 && EVP_get_digestbynid(digest) == NULL)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "active authentication: digest");
    if (!take_ecdsa(signature, (size_t)(EC_GROUP_order_bits(group) + 7) / 8, der, error))
        return false;
    return verify_any(key, digest, challenge, saoy_view_array(der)) ||
           saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication");
}

bool
saoy_active_auth_check(EVP_PKEY *key, int digest,
                       const uint8_t challenge[SAOY_CHALLENGE_SIZE], SaoyView signature,
                       GError **error)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return check_rsa(key, challenge, signature, error);
    case EVP_PKEY_EC:
        return check_ecdsa(key, digest, challenge, signature, error);
    default:
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "active authentication: kind of key");
    }
}

/* Above 1792 bits a protected answer outgrows a short one. */
static unsigned
answer_size(EVP_PKEY *key)
{
    return EVP_PKEY_get_size(key) > 224 ? 65536 : 256;
}

bool
saoy_active_auth_is_too_long(const SaoyLink *link, SaoyView key)
{
    const uint8_t *at = key.data;
    g_autoptr(EVP_PKEY) public = d2i_PUBKEY(NULL, &at, (long)key.size);

    ERR_clear_error();
    return public != NULL && link->length == SAOY_LENGTH_SHORT &&
           answer_size(public) > SAOY_ANSWER_SHORT;
}

bool
saoy_active_auth_run(SaoyLink *link, SaoyView key, int digest, GError **error)
{
    const uint8_t *at = key.data;
    g_autoptr(EVP_PKEY) public = d2i_PUBKEY(NULL, &at, (long)key.size);
    uint8_t challenge[SAOY_CHALLENGE_SIZE];
    SaoyApdu command = { .ins = 0x88, .data = { challenge, sizeof challenge } };
    SaoyView signature = { 0 };
    uint16_t sw = 0;

    if (public == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "active authentication key");
    command.le = answer_size(public);
    if (!link->random(challenge, sizeof challenge, error) ||
        !saoy_link_send(link, &command, &signature, &sw, error))
        return false;
    if (sw != SAOY_SW_OK)
        return saoy_fail(error, SAOY_ERROR_FAILED,
                         "active authentication: the chip answers %04x", sw);
    return saoy_active_auth_check(public, digest, challenge, signature, error);
}

static bool
sign_ecdsa(EVP_PKEY *key, int digest, const uint8_t *challenge, GByteArray *out,
           GError **error)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    uint8_t der[160], plain[2 * 66];
    size_t size = sizeof der, order = (size_t)(EVP_PKEY_get_bits(key) + 7) / 8;
    const uint8_t *at = der;
    ECDSA_SIG *pair = NULL;
    bool ok;

    if (EVP_DigestSignInit(ctx, NULL, EVP_get_digestbynid(digest), NULL, key) != 1 ||
        EVP_DigestSign(ctx, der, &size, challenge, SAOY_CHALLENGE_SIZE) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "active authentication");
    pair = d2i_ECDSA_SIG(NULL, &at, (long)size);
    ok = pair != NULL && order <= sizeof plain / 2 &&
         BN_bn2binpad(ECDSA_SIG_get0_r(pair), plain, (int)order) > 0 &&
         BN_bn2binpad(ECDSA_SIG_get0_s(pair), plain + order, (int)order) > 0;
    ECDSA_SIG_free(pair);
    if (!ok)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "active authentication");
    g_byte_array_append(out, plain, (unsigned)(2 * order));
    return true;
}

static bool
put_message(uint8_t *message, size_t size, int digest, const uint8_t *challenge,
            GError **error)
{
    const EVP_MD *md = EVP_get_digestbynid(digest);
    size_t trailer = digest == NID_sha1 ? 1 : 2;
    size_t hash = (size_t)EVP_MD_get_size(md);
    size_t recovered = size - 1 - hash - trailer;

    message[0] = HEADER;
    message[size - 1] = digest == NID_sha1 ? 0xbc : 0xcc;
    for (size_t i = 0; trailer == 2 && i < G_N_ELEMENTS(trailers); i++)
        if (trailers[i].nid == digest)
            message[size - 2] = trailers[i].id;
    return saoy_random(message + 1, recovered, error) &&
           hash_parts(md, (SaoyView){ message + 1, recovered }, challenge,
                      message + 1 + recovered, error);
}

static bool
sign_rsa(EVP_PKEY *key, int digest, const uint8_t *challenge, GByteArray *out,
         GError **error)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    uint8_t message[MAX_MODULUS], signature[MAX_MODULUS];
    size_t length = sizeof signature;
    size_t size = (size_t)EVP_PKEY_get_size(key);

    if (size < 128 || size > sizeof message || EVP_PKEY_get_bits(key) % 8 != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "active authentication: size of key");
    if (!put_message(message, size, digest, challenge, error))
        return false;
    if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
        EVP_PKEY_sign(ctx, signature, &length, message, size) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "active authentication");
    g_byte_array_append(out, signature, (unsigned)length);
    return true;
}

bool
saoy_active_auth_sign(EVP_PKEY *key, int digest,
                      const uint8_t challenge[SAOY_CHALLENGE_SIZE], GByteArray *out,
                      GError **error)
{
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA
               ? sign_rsa(key, digest, challenge, out, error)
               : sign_ecdsa(key, digest, challenge, out, error);
}
