#include "algorithm.h"

#include "ec.h"

#include <openssl/rsa.h>

#define MIN_RSA_BITS 2048
#define MAX_RSA_BITS 8192
#define MIN_CURVE_BITS 224
#define MIN_SALT 20 /* the default of RFC 4055 */
#define MAX_SALT 64
#define TRAILER_BC 1

static const int digests[] = { NID_sha1, NID_sha224, NID_sha256, NID_sha384, NID_sha512 };

static const EVP_MD *
digest_of_nid(int nid)
{
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++)
        if (digests[i] == nid)
            return EVP_get_digestbynid(nid);
    return NULL;
}

const EVP_MD *
saoy_digest_of(const ASN1_OBJECT *oid)
{
    return oid == NULL ? NULL : digest_of_nid(OBJ_obj2nid(oid));
}

bool
saoy_digest_is_weak(const EVP_MD *digest)
{
    return EVP_MD_get_type(digest) == NID_sha1;
}

static const EVP_MD *
digest_of_algorithm(const X509_ALGOR *algorithm)
{
    return algorithm == NULL ? EVP_sha1() : saoy_digest_of(algorithm->algorithm);
}

/* an absent member means its default (RFC 4055, 3.1) */
static bool
has_number(const ASN1_INTEGER *number, int64_t otherwise, int64_t min, int64_t max)
{
    int64_t value = otherwise;

    return (number == NULL || ASN1_INTEGER_get_int64(&value, number) == 1) &&
           value >= min && value <= max;
}

static RSA_PSS_PARAMS *
pss_parameters(const X509_ALGOR *algorithm)
{
    int type = V_ASN1_UNDEF;
    const void *value = NULL;

    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    return type != V_ASN1_SEQUENCE
               ? NULL
               : ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
}

/* one digest throughout: the message's and that of the mask */
static const EVP_MD *
digest_of_pss(const X509_ALGOR *algorithm)
{
    RSA_PSS_PARAMS *pss = pss_parameters(algorithm);
    const EVP_MD *digest = NULL, *mask = EVP_sha1();
    X509_ALGOR *inner = NULL;

    if (pss != NULL && has_number(pss->saltLength, MIN_SALT, MIN_SALT, MAX_SALT) &&
        has_number(pss->trailerField, TRAILER_BC, TRAILER_BC, TRAILER_BC)) {
        digest = digest_of_algorithm(pss->hashAlgorithm);
        if (pss->maskGenAlgorithm != NULL &&
            OBJ_obj2nid(pss->maskGenAlgorithm->algorithm) == NID_mgf1)
            inner = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(X509_ALGOR),
                                              pss->maskGenAlgorithm->parameter);
        if (pss->maskGenAlgorithm != NULL)
            mask = inner == NULL ? NULL : digest_of_algorithm(inner);
    }
    X509_ALGOR_free(inner);
    RSA_PSS_PARAMS_free(pss);
    ERR_clear_error();
    return digest == mask ? digest : NULL;
}

const EVP_MD *
saoy_signature_digest(const X509_ALGOR *algorithm, const EVP_MD *given)
{
    int nid = OBJ_obj2nid(algorithm->algorithm), digest = NID_undef, key = NID_undef;
    const EVP_MD *found = NULL;

    if (nid == NID_rsaEncryption || nid == NID_X9_62_id_ecPublicKey)
        return given;
    if (nid == NID_rsassaPss)
        found = digest_of_pss(algorithm);
    else if (OBJ_find_sigid_algs(nid, &digest, &key) == 1 &&
             (key == NID_rsaEncryption || key == NID_X9_62_id_ecPublicKey))
        found = digest_of_nid(digest);
    return given == NULL || found == given ? found : NULL;
}

bool
saoy_key_is_usable(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
    g_autoptr(EC_GROUP) group = NULL;

    if (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS)
        return EVP_PKEY_get_bits(key) >= MIN_RSA_BITS &&
               EVP_PKEY_get_bits(key) <= MAX_RSA_BITS;
    if (kind != EVP_PKEY_EC)
        return false;
    group = saoy_ec_group_of(key, NULL);
    return group != NULL && EC_GROUP_get_degree(group) >= MIN_CURVE_BITS;
}
