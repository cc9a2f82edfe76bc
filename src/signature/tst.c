#include "cms-parts.h"
#include "verify-parts.h"

#include "core/error.h"
#include "core/ossl.h"

#include <openssl/objects.h>
#include <openssl/ts.h>

#include <string.h>

typedef TS_TST_INFO TstInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TstInfo, TS_TST_INFO_free)

void
saoy_stamp_clear(SaoyStamp *stamp)
{
    g_clear_pointer(&stamp->chain, g_ptr_array_unref);
    *stamp = (SaoyStamp){ 0 };
}

size_t
saoy_digest_of(int nid, const SaoyView data[2], uint8_t out[64])
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
    size_t size = saoy_digest_of(parts->digest, content, digest);

    if (parts->content.data == NULL || parts->content_type != NID_id_smime_ct_TSTInfo)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no time stamp token");
    if (size == 0 || parts->message_digest.size != size ||
        memcmp(digest, parts->message_digest.data, size) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "time stamp: digest is wrong");
    return saoy_cms_signature_holds(parts, error);
}

static bool
covers(TS_TST_INFO *info, const SaoyView data[2], GError **error)
{
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const X509_ALGOR *algorithm = TS_MSG_IMPRINT_get_algo(imprint);
    const ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
    uint8_t digest[64];
    size_t size = saoy_digest_of(OBJ_obj2nid(algorithm->algorithm), data, digest);

    return (size > 0 && (size_t)ASN1_STRING_length(message) == size &&
            memcmp(ASN1_STRING_get0_data(message), digest, size) == 0) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "time stamp: of other bytes");
}

static int64_t
time_of(const TS_TST_INFO *info)
{
    const ASN1_GENERALIZEDTIME *when = TS_TST_INFO_get_time(info);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    struct tm tm = { 0 };

    if (ASN1_TIME_to_tm(when, &tm) != 1)
        return 0;
    g_autoptr(GDateTime) date =
        g_date_time_new(utc, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                        tm.tm_min, tm.tm_sec);
    return date != NULL ? g_date_time_to_unix(date) * G_USEC_PER_SEC : 0;
}

bool
saoy_stamp_check(SaoyView token, const SaoyView data[2], SaoyStamp *out, GError **error)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (!saoy_cms_open(token, &parts, error) || !is_signed(&parts, error))
        return false;
    const unsigned char *at = parts.content.data;
    g_autoptr(TstInfo) info = d2i_TS_TST_INFO(NULL, &at, (long)parts.content.size);
    if (info == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "time stamp");
    if (!covers(info, data, error))
        return false;
    if ((X509_get_extended_key_usage(parts.signer) & XKU_TIMESTAMP) == 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "time stamp: certificate is not for time stamps");
    *out = (SaoyStamp){ time_of(info), saoy_cms_chain(&parts) };
    return true;
}
