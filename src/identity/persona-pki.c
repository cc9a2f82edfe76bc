#include "persona-pki.h"

#include "core/clock.h"
#include "core/file.h"
#include "tlv.h"

#include <openssl/pem.h>

#include <string.h>

#define CSCA_DAYS (15 * 365)
#define SIGNER_DAYS (11 * 365)
#define MAX_FILE 65536

void
saoy_issuer_clear(SaoyIssuer *issuer)
{
    X509_free(issuer->certificate);
    EVP_PKEY_free(issuer->key);
    *issuer = (SaoyIssuer){ 0 };
}

static bool
set_name(X509 *certificate, const char *common, GError **error)
{
    static const char owner[] = "TEST – KHÔNG CÓ GIÁ TRỊ";
    X509_NAME *name = X509_get_subject_name(certificate);

    if (X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC, (const uint8_t *)"VN", -1, -1,
                                   0) != 1 ||
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)owner, -1, -1,
                                   0) != 1 ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common, -1,
                                   -1, 0) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "certificate name");
    return true;
}

static bool
set_serial(X509 *certificate, GError **error)
{
    g_autoptr(BIGNUM) number = NULL;
    uint8_t bytes[16];

    if (!saoy_random(bytes, sizeof bytes, error))
        return false;
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    number = BN_bin2bn(bytes, sizeof bytes, NULL);
    return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL ||
           saoy_ossl_fail(error, SAOY_ERROR_FAILED, "certificate serial");
}

static bool
set_frame(X509 *certificate, const char *common, EVP_PKEY *key, int days, GError **error)
{
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);

    if (!set_serial(certificate, error) || !set_name(certificate, common, error))
        return false;
    if (X509_set_version(certificate, X509_VERSION_3) != 1 ||
        ASN1_TIME_adj(X509_getm_notBefore(certificate), now, -1, 0) == NULL ||
        ASN1_TIME_adj(X509_getm_notAfter(certificate), now, days, 0) == NULL ||
        X509_set_pubkey(certificate, key) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "certificate");
    return true;
}

bool
saoy_issuer_new(const char *name, SaoyIssuer *out, GError **error)
{
    g_auto(SaoyIssuer) made = { X509_new(), EVP_EC_gen("brainpoolP384r1") };
    X509 *certificate = made.certificate;

    if (made.key == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    if (!set_frame(certificate, name, made.key, CSCA_DAYS, error))
        return false;
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    if (!saoy_x509_extend(certificate, certificate, NID_basic_constraints,
                          "critical,CA:TRUE,pathlen:0", error) ||
        !saoy_x509_extend(certificate, certificate, NID_key_usage,
                          "critical,keyCertSign,cRLSign", error) ||
        !saoy_x509_extend(certificate, certificate, NID_subject_key_identifier, "hash",
                          error) ||
        !saoy_x509_extend(certificate, certificate, NID_authority_key_identifier,
                          "keyid:always", error))
        return false;
    if (X509_sign(certificate, made.key, EVP_sha384()) == 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "certificate signature");
    *out = made;
    made = (SaoyIssuer){ 0 };
    return true;
}

static bool
read_issuer(const char *certificate, const char *key, SaoyIssuer *out, GError **error)
{
    g_autoptr(GBytes) der = saoy_file_read(certificate, MAX_FILE, error);
    g_autoptr(GBytes) pem = der == NULL ? NULL : saoy_file_read(key, MAX_FILE, error);
    g_autoptr(BIO) bio = NULL;
    g_auto(SaoyIssuer) found = { 0 };
    SaoyView bytes = { 0 };

    if (pem == NULL)
        return false;
    found.certificate = saoy_x509_parse(saoy_view_of(der), error);
    if (found.certificate == NULL)
        return false;
    bytes = saoy_view_of(pem);
    bio = BIO_new_mem_buf(bytes.data, (int)bytes.size);
    found.key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    if (found.key == NULL || X509_check_private_key(found.certificate, found.key) != 1) {
        ERR_clear_error();
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s does not belong to %s", key,
                         certificate);
    }
    *out = found;
    found = (SaoyIssuer){ 0 };
    return true;
}

static bool
write_issuer(const char *certificate, const char *key, const SaoyIssuer *issuer,
             GError **error)
{
    g_autoptr(GBytes) der = saoy_x509_der(issuer->certificate);
    g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long size = 0;

    if (PEM_write_bio_PrivateKey(bio, issuer->key, NULL, NULL, 0, NULL, NULL) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key");
    size = BIO_get_mem_data(bio, &pem);
    return saoy_file_write(key, (SaoyView){ (const uint8_t *)pem, (size_t)size }, error) &&
           saoy_file_write(certificate, saoy_view_of(der), error);
}

bool
saoy_issuer_of_folder(const char *folder, SaoyIssuer *out, GError **error)
{
    g_autofree char *certificate = g_build_filename(folder, "csca.der", NULL);
    g_autofree char *key = g_build_filename(folder, "csca.key", NULL);
    g_auto(SaoyIssuer) made = { 0 };

    if (g_file_test(certificate, G_FILE_TEST_EXISTS) &&
        g_file_test(key, G_FILE_TEST_EXISTS))
        return read_issuer(certificate, key, out, error);
    if (!saoy_issuer_new("CSCA Sao Y TEST", &made, error) ||
        !write_issuer(certificate, key, &made, error))
        return false;
    *out = made;
    made = (SaoyIssuer){ 0 };
    return true;
}

static bool
make_signer(const SaoyIssuer *issuer, SaoyIssuer *out, GError **error)
{
    g_auto(SaoyIssuer) made = { X509_new(), EVP_EC_gen("brainpoolP256r1") };
    X509 *certificate = made.certificate;

    if (made.key == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    if (!set_frame(certificate, "DS Sao Y TEST", made.key, SIGNER_DAYS, error))
        return false;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer->certificate));
    if (!saoy_x509_extend(certificate, issuer->certificate, NID_key_usage,
                          "critical,digitalSignature", error) ||
        !saoy_x509_extend(certificate, issuer->certificate, NID_subject_key_identifier,
                          "hash", error) ||
        !saoy_x509_extend(certificate, issuer->certificate, NID_authority_key_identifier,
                          "keyid:always", error))
        return false;
    if (X509_sign(certificate, issuer->key, EVP_sha384()) == 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "certificate signature");
    *out = made;
    made = (SaoyIssuer){ 0 };
    return true;
}

/* LDSSecurityObject, version 0, SHA-256 (ICAO 9303-10, 4.6.2.3) */
static SaoyArray *
put_security_object(const SaoyView groups[SAOY_GROUP_MAX + 1])
{
    static const uint8_t head[] = { 0x02, 0x01, 0x00, 0x30, 0x0b, 0x06, 0x09, 0x60,
                                    0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
    g_autoptr(SaoyArray) list = saoy_array_new(1024);
    g_autoptr(SaoyArray) body = saoy_array_new(1024);
    SaoyArray *object = saoy_array_new(1024);

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++) {
        g_autoptr(SaoyArray) entry = saoy_array_new(64);
        const uint8_t number = (uint8_t)n;
        uint8_t digest[SAOY_SHA256_SIZE];

        if (groups[n].data == NULL)
            continue;
        saoy_sha256(groups[n], digest);
        saoy_tlv_put(entry, 0x02, (SaoyView){ &number, 1 });
        saoy_tlv_put(entry, 0x04, (SaoyView){ digest, sizeof digest });
        saoy_tlv_put(list, 0x30, saoy_view_array(entry));
    }
    g_byte_array_append(body, head, sizeof head);
    saoy_tlv_put(body, 0x30, saoy_view_array(list));
    saoy_tlv_put(object, 0x30, saoy_view_array(body));
    return object;
}

static CMS_ContentInfo *
sign_object(const SaoyIssuer *signer, SaoyView object, const char *oid, GError **error)
{
    const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP;
    g_autoptr(CMS_ContentInfo) cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    g_autoptr(BIO) content = BIO_new_mem_buf(object.data, (int)object.size);
    g_autoptr(ASN1_OBJECT) type = OBJ_txt2obj(oid, 1);

    if (cms == NULL || CMS_set1_eContentType(cms, type) != 1 ||
        CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), flags) ==
            NULL ||
        CMS_final(cms, content, NULL, flags) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "SOD signature");
        return NULL;
    }
    return g_steal_pointer(&cms);
}

/* By a fresh document signer of the issuer. */
static bool
put_signed(const SaoyIssuer *issuer, SaoyView object, const char *oid, GByteArray *out,
           GError **error)
{
    g_auto(SaoyIssuer) signer = { 0 };
    g_autoptr(CMS_ContentInfo) cms = NULL;
    uint8_t *der = NULL;
    int size;

    if (!make_signer(issuer, &signer, error))
        return false;
    cms = sign_object(&signer, object, oid, error);
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
saoy_sod_sign(const SaoyIssuer *issuer, const SaoyView groups[SAOY_GROUP_MAX + 1],
              GError **error)
{
    g_autoptr(SaoyArray) object = put_security_object(groups);
    g_autoptr(SaoyArray) cms = saoy_array_new(4096);
    g_autoptr(SaoyArray) file = saoy_array_new(4096);

    if (!put_signed(issuer, saoy_view_array(object), "2.23.136.1.1.1", cms, error))
        return NULL;
    saoy_tlv_put(file, 0x77, saoy_view_array(cms));
    return g_byte_array_free_to_bytes(g_steal_pointer(&file));
}

GBytes *
saoy_card_security_sign(const SaoyIssuer *issuer, SaoyView infos, GError **error)
{
    g_autoptr(SaoyArray) file = saoy_array_new(4096);

    return put_signed(issuer, infos, "0.4.0.127.0.7.3.2.1", file, error)
               ? g_byte_array_free_to_bytes(g_steal_pointer(&file))
               : NULL;
}
