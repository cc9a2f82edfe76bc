#include "persona-pki.h"

#include "core/clock.h"
#include "core/file.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <string.h>

#define CSCA_DAYS (15 * 365)
#define SIGNER_DAYS (11 * 365)
#define CRL_DAYS 30
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
set_frame(X509 *certificate, const char *common, EVP_PKEY *key, int from_day, int days,
          GError **error)
{
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);

    if (!set_serial(certificate, error) || !set_name(certificate, common, error))
        return false;
    if (X509_set_version(certificate, X509_VERSION_3) != 1 ||
        ASN1_TIME_adj(X509_getm_notBefore(certificate), now, from_day, 0) == NULL ||
        ASN1_TIME_adj(X509_getm_notAfter(certificate), now, from_day + days, 0) == NULL ||
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
    if (!set_frame(certificate, name, made.key, -1, CSCA_DAYS, error))
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

static EVP_PKEY *
make_key(SaoySigns kind)
{
    return kind == SAOY_SIGNS_ECDSA ? EVP_EC_gen("brainpoolP256r1") : EVP_RSA_gen(2048);
}

static const SaoySignerPlan as_it_should_be = { .kind = SAOY_SIGNS_ECDSA };

bool
saoy_document_signer_new(const SaoyIssuer *issuer, const SaoySignerPlan *plan,
                         SaoyIssuer *out, GError **error)
{
    const SaoySignerPlan *how = plan != NULL ? plan : &as_it_should_be;
    g_auto(SaoyIssuer) made = { X509_new(), make_key(how->kind) };
    X509 *certificate = made.certificate;

    if (made.key == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    if (!set_frame(certificate, "DS Sao Y TEST", made.key,
                   how->from_day != 0 ? how->from_day : -1,
                   how->days != 0 ? how->days : SIGNER_DAYS, error))
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

static bool
set_crl_times(X509_CRL *crl)
{
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);
    g_autoptr(ASN1_TIME) from = ASN1_TIME_adj(NULL, now, 0, 0);
    g_autoptr(ASN1_TIME) to = ASN1_TIME_adj(NULL, now, CRL_DAYS, 0);

    return from != NULL && to != NULL && X509_CRL_set1_lastUpdate(crl, from) == 1 &&
           X509_CRL_set1_nextUpdate(crl, to) == 1;
}

static bool
add_revoked(X509_CRL *crl, X509 *certificate)
{
    X509_REVOKED *entry = X509_REVOKED_new();

    if (X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) == 1 &&
        X509_REVOKED_set_revocationDate(entry,
                                        (ASN1_TIME *)X509_CRL_get0_lastUpdate(crl)) == 1 &&
        X509_CRL_add0_revoked(crl, entry) == 1)
        return true;
    X509_REVOKED_free(entry);
    return false;
}

bool
saoy_crl_write(const char *folder, const SaoyIssuer *issuer, X509 *revoked, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "csca.crl", NULL);
    g_autoptr(X509_CRL) crl = X509_CRL_new();
    g_autoptr(GBytes) bytes = NULL;
    uint8_t *der = NULL;
    int size = -1;

    if (X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
        X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->certificate)) == 1 &&
        set_crl_times(crl) && (revoked == NULL || add_revoked(crl, revoked)) &&
        X509_CRL_sign(crl, issuer->key, EVP_sha384()) > 0)
        size = i2d_X509_CRL(crl, &der);
    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "revocation list");
    bytes = g_bytes_new(der, (size_t)size);
    OPENSSL_free(der);
    return saoy_file_write(path, saoy_view_of(bytes), error);
}
