#include "cms-parts.h"

#include "core/error.h"
#include "core/ossl.h"
#include "signature/stamp.h"

#include <openssl/objects.h>
#include <openssl/ts.h>

#include <string.h>

typedef TS_TST_INFO TstInfo;
typedef EXTENDED_KEY_USAGE ExtendedKeyUsage;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TstInfo, TS_TST_INFO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExtendedKeyUsage, EXTENDED_KEY_USAGE_free)

void
saoy_stamp_clear(SaoyStamp *stamp)
{
    g_clear_pointer(&stamp->chain, g_ptr_array_unref);
    g_clear_pointer(&stamp->policy, g_free);
    *stamp = (SaoyStamp){ 0 };
}

size_t
saoy_cms_digest(int nid, const SaoyView data[2], uint8_t out[64])
{
    const EVP_MD *algorithm = EVP_get_digestbynid(nid);
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    unsigned size = 0;

    if (algorithm == NULL || EVP_MD_get_size(algorithm) > 64 || ctx == NULL ||
        EVP_DigestInit_ex(ctx, algorithm, NULL) != 1 ||
        EVP_DigestUpdate(ctx, data[0].data, data[0].size) != 1 ||
        EVP_DigestUpdate(ctx, data[1].data, data[1].size) != 1 ||
        EVP_DigestFinal_ex(ctx, out, &size) != 1) {
        ERR_clear_error();
        return 0;
    }
    return size;
}

/* The signature over TSTInfo: RFC 3161, 2.4.2, RFC 5652, 5.4. */
static bool
is_signed(const SaoyCmsParts *parts, GError **error)
{
    const SaoyView content[2] = { parts->content, { (const uint8_t *)"", 0 } };
    uint8_t digest[64];
    size_t size = saoy_cms_digest(parts->digest, content, digest);

    if (parts->content.data == NULL || parts->content_type != NID_id_smime_ct_TSTInfo)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no time stamp token");
    if (size == 0 || parts->message_digest.size != size ||
        memcmp(digest, parts->message_digest.data, size) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "time stamp: digest is wrong");
    return saoy_cms_signature_holds(parts, error);
}

static int
algorithm_of(TS_TST_INFO *info)
{
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);

    return OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm);
}

static bool
has_imprint(TS_TST_INFO *info, SaoyView digest, GError **error)
{
    const ASN1_OCTET_STRING *message =
        TS_MSG_IMPRINT_get_msg(TS_TST_INFO_get_msg_imprint(info));

    return (digest.size > 0 && (size_t)ASN1_STRING_length(message) == digest.size &&
            memcmp(ASN1_STRING_get0_data(message), digest.data, digest.size) == 0) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "time stamp: of other bytes");
}

static bool
covers(TS_TST_INFO *info, SaoyDigestFunc *digest, void *user, GError **error)
{
    uint8_t own[64];
    size_t size = digest(user, algorithm_of(info), own);

    return has_imprint(info, (SaoyView){ own, size }, error);
}

static int64_t
small(const ASN1_INTEGER *number)
{
    int64_t value = 0;

    return number != NULL && ASN1_INTEGER_get_int64(&value, number) == 1 && value > 0 &&
                   value < 86400
               ? value
               : 0;
}

static int64_t
accuracy_of(TS_TST_INFO *info)
{
    const TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(info);

    return accuracy == NULL ? 0
                            : small(TS_ACCURACY_get_seconds(accuracy)) * G_USEC_PER_SEC +
                                  small(TS_ACCURACY_get_millis(accuracy)) * 1000 +
                                  small(TS_ACCURACY_get_micros(accuracy));
}

/* RFC 3161, 2.3: one extended key usage, and it is critical. */
static bool
is_for_stamps(X509 *certificate)
{
    int critical = 0;
    g_autoptr(ExtendedKeyUsage) usage =
        X509_get_ext_d2i(certificate, NID_ext_key_usage, &critical, NULL);

    return usage != NULL && critical == 1 && sk_ASN1_OBJECT_num(usage) == 1 &&
           OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_time_stamp;
}

static bool
is_strong(int digest)
{
    return digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512 ||
           digest == NID_sha3_256 || digest == NID_sha3_384 || digest == NID_sha3_512;
}

/* RFC 5816: where an attribute names a certificate, it names this one. */
static bool
is_right_certificate(const SaoyCmsParts *parts, GError **error)
{
    bool says = CMS_signed_get_attr_by_NID(parts->signer_info,
                                           NID_id_smime_aa_signingCertificateV2, -1) >= 0 ||
                CMS_signed_get_attr_by_NID(parts->signer_info,
                                           NID_id_smime_aa_signingCertificate, -1) >= 0;

    if (says && !parts->cades)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "time stamp: made for another certificate");
    /* without the extension OpenSSL calls a certificate good for everything */
    return (X509_get_ext_by_NID(parts->signer, NID_ext_key_usage, -1) >= 0 &&
            (X509_get_extended_key_usage(parts->signer) & XKU_TIMESTAMP) != 0) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                     "time stamp: certificate is not for time stamps");
}

static char *
dotted(const ASN1_OBJECT *object)
{
    char text[128] = "";

    return object != NULL && OBJ_obj2txt(text, sizeof text, object, 1) > 0 ? g_strdup(text)
                                                                           : g_strdup("");
}

static void
take_nonce(const TS_TST_INFO *info, SaoyStamp *stamp)
{
    const ASN1_INTEGER *nonce = TS_TST_INFO_get_nonce(info);
    int size = nonce != NULL ? ASN1_STRING_length(nonce) : 0;

    if (size <= 0 || (size_t)size > sizeof stamp->nonce)
        return;
    memcpy(stamp->nonce, ASN1_STRING_get0_data(nonce), (size_t)size);
    stamp->nonce_size = (size_t)size;
}

bool
saoy_stamp_check_by(SaoyView token, SaoyDigestFunc *digest, void *user, SaoyStamp *out,
                    GError **error)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (!saoy_cms_open(token, &parts, error) || !is_signed(&parts, error))
        return false;
    const unsigned char *at = parts.content.data;
    g_autoptr(TstInfo) info = d2i_TS_TST_INFO(NULL, &at, (long)parts.content.size);
    if (info == NULL || at != parts.content.data + parts.content.size)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "time stamp");
    int64_t time_us = saoy_asn1_us(TS_TST_INFO_get_time(info));
    if (TS_TST_INFO_get_version(info) != 1 || time_us == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "time stamp: version or time");
    if (!covers(info, digest, user, error) || !is_right_certificate(&parts, error))
        return false;
    *out =
        (SaoyStamp){ .time_us = time_us,
                     .accuracy_us = accuracy_of(info),
                     .chain = saoy_cms_chain(&parts),
                     .policy = dotted(TS_TST_INFO_get_policy_id(info)),
                     .named = parts.cades,
                     .for_stamps = is_for_stamps(parts.signer),
                     .strong = is_strong(algorithm_of(info)) && is_strong(parts.digest) };
    take_nonce(info, out);
    ERR_clear_error();
    return true;
}

static size_t
digest_pieces(void *user, int algorithm, uint8_t out[64])
{
    return saoy_cms_digest(algorithm, user, out);
}

bool
saoy_stamp_check(SaoyView token, const SaoyView data[2], SaoyStamp *out, GError **error)
{
    return saoy_stamp_check_by(token, digest_pieces, (void *)(uintptr_t)data, out, error);
}

static size_t
repeat_sha256(void *user, int algorithm, uint8_t out[64])
{
    if (algorithm != NID_sha256)
        return 0;
    memcpy(out, user, 32);
    return 32;
}

bool
saoy_stamp_check_imprint(SaoyView token, const uint8_t imprint[32], SaoyStamp *out,
                         GError **error)
{
    return saoy_stamp_check_by(token, repeat_sha256, (void *)(uintptr_t)imprint, out,
                               error);
}
