/* What document signers of a test issuer sign: EF.SOD and EF.CardSecurity. */
#include "persona-pki.h"

#include "tlv.h"

#include <openssl/rsa.h>

static const EVP_MD *
digest_of(const SaoySignerPlan *plan)
{
    return plan == NULL || plan->digest == 0 ? EVP_sha256()
                                             : EVP_get_digestbynid(plan->digest);
}

/* AlgorithmIdentifier without parameters (RFC 5754, 2) */
static void
put_algorithm(GByteArray *out, const EVP_MD *digest)
{
    const ASN1_OBJECT *oid = OBJ_nid2obj(EVP_MD_get_type(digest));
    g_autoptr(SaoyArray) algorithm = saoy_array_new(16);

    saoy_tlv_put(algorithm, 0x06, (SaoyView){ OBJ_get0_data(oid), OBJ_length(oid) });
    saoy_tlv_put(out, 0x30, saoy_view_array(algorithm));
}

static void
put_hash(GByteArray *list, unsigned group, SaoyView file, const EVP_MD *digest)
{
    g_autoptr(SaoyArray) entry = saoy_array_new(80);
    const uint8_t number = (uint8_t)group;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    if (EVP_Digest(file.data, file.size, hash, &size, digest, NULL) != 1)
        g_assert_not_reached(); /* as in saoy_sha256 */
    saoy_tlv_put(entry, 0x02, (SaoyView){ &number, 1 });
    saoy_tlv_put(entry, 0x04, (SaoyView){ hash, size });
    saoy_tlv_put(list, 0x30, saoy_view_array(entry));
}

/* LDSSecurityObject, version 0 (ICAO 9303-10, 4.6.2.3) */
static SaoyArray *
put_security_object(const SaoyView groups[SAOY_GROUP_MAX + 1], const EVP_MD *digest)
{
    static const uint8_t version = 0;
    g_autoptr(SaoyArray) list = saoy_array_new(2048);
    g_autoptr(SaoyArray) body = saoy_array_new(2048);
    SaoyArray *object = saoy_array_new(2048);

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (groups[n].data != NULL)
            put_hash(list, n, groups[n], digest);
    saoy_tlv_put(body, 0x02, (SaoyView){ &version, 1 });
    put_algorithm(body, digest);
    saoy_tlv_put(body, 0x30, saoy_view_array(list));
    saoy_tlv_put(object, 0x30, saoy_view_array(body));
    return object;
}

static bool
choose_padding(CMS_SignerInfo *info, const SaoySignerPlan *plan)
{
    EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(info);

    return plan == NULL || plan->kind != SAOY_SIGNS_PSS ||
           (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static CMS_ContentInfo *
sign_object(const SaoyIssuer *signer, const SaoySignerPlan *plan, SaoyView object,
            const char *oid, GError **error)
{
    const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP;
    g_autoptr(CMS_ContentInfo) cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    g_autoptr(BIO) content = BIO_new_mem_buf(object.data, (int)object.size);
    g_autoptr(ASN1_OBJECT) type = OBJ_txt2obj(oid, 1);
    CMS_SignerInfo *info = NULL;

    if (cms != NULL && CMS_set1_eContentType(cms, type) == 1)
        info = CMS_add1_signer(cms, signer->certificate, signer->key, digest_of(plan),
                               flags | CMS_KEY_PARAM);
    if (info == NULL || !choose_padding(info, plan) ||
        CMS_final(cms, content, NULL, flags) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "SOD signature");
        return NULL;
    }
    return g_steal_pointer(&cms);
}

static bool
put_signed(const SaoyIssuer *signer, const SaoySignerPlan *plan, SaoyView object,
           const char *oid, GByteArray *out, GError **error)
{
    g_autoptr(CMS_ContentInfo) cms = sign_object(signer, plan, object, oid, error);
    uint8_t *der = NULL;
    int size;

    if (cms == NULL)
        return false;
    size = i2d_CMS_ContentInfo(cms, &der);
    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "encoding of a signature");
    g_byte_array_append(out, der, (unsigned)size);
    OPENSSL_free(der);
    return true;
}

GBytes *
saoy_sod_sign_by(const SaoyIssuer *signer, const SaoySignerPlan *plan,
                 const SaoyView groups[SAOY_GROUP_MAX + 1], GError **error)
{
    g_autoptr(SaoyArray) object = put_security_object(groups, digest_of(plan));
    g_autoptr(SaoyArray) cms = saoy_array_new(4096);
    g_autoptr(SaoyArray) file = saoy_array_new(4096);

    if (!put_signed(signer, plan, saoy_view_array(object), "2.23.136.1.1.1", cms, error))
        return NULL;
    saoy_tlv_put(file, 0x77, saoy_view_array(cms));
    return g_byte_array_free_to_bytes(g_steal_pointer(&file));
}

GBytes *
saoy_sod_sign(const SaoyIssuer *issuer, const SaoyView groups[SAOY_GROUP_MAX + 1],
              GError **error)
{
    g_auto(SaoyIssuer) signer = { 0 };

    return saoy_document_signer_new(issuer, NULL, &signer, error)
               ? saoy_sod_sign_by(&signer, NULL, groups, error)
               : NULL;
}

GBytes *
saoy_card_security_sign(const SaoyIssuer *issuer, SaoyView infos, GError **error)
{
    g_auto(SaoyIssuer) signer = { 0 };
    g_autoptr(SaoyArray) file = saoy_array_new(4096);

    return saoy_document_signer_new(issuer, NULL, &signer, error) &&
                   put_signed(&signer, NULL, infos, "0.4.0.127.0.7.3.2.1", file, error)
               ? g_byte_array_free_to_bytes(g_steal_pointer(&file))
               : NULL;
}
