#include "pki.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"

#include <openssl/pem.h>

#include <glib/gstdio.h>

#include <errno.h>
#include <string.h>

#define YEARS_ROOT 20
#define YEARS_CA 10
#define YEARS_LEAF 3

typedef struct {
    const char *name, *common_name, *issuer; /* issuer NULL: itself */
    int years;
    const char *usage, *extended, *alt; /* as openssl.cnf writes them */
    bool ca;
} Entity;

#define CA "critical,keyCertSign,cRLSign"
#define SIGNS "critical,digitalSignature,nonRepudiation"
#define PROVES "critical,digitalSignature"
#define SERVER "DNS:localhost,IP:127.0.0.1,IP:::1"
#define KIOSK "DNS:k01.kiosk.localhost"

/* clang-format off */
static const Entity entities[] = {
    { "root", "TEST – KHÔNG CÓ GIÁ TRỊ", NULL, YEARS_ROOT, CA, NULL, NULL, true },
    { "issuing", "TEST – CA phát hành", "root", YEARS_CA, CA, NULL, NULL, true },
    { "officer", "TEST – Người thực hiện chứng thực", "issuing", YEARS_LEAF, SIGNS },
    { "agency", "TEST – Trung tâm Phục vụ hành chính công", "issuing", YEARS_LEAF, SIGNS },
    { "tsa", "TEST – Dịch vụ dấu thời gian", "issuing", YEARS_LEAF, PROVES, "critical,timeStamping" },
    { "ocsp", "TEST – OCSP", "issuing", YEARS_LEAF, PROVES, "OCSPSigning" },
    { "seal", "TEST – Dấu bản sao số", "issuing", YEARS_LEAF, PROVES },
    { "tls", "localhost", "issuing", YEARS_LEAF, PROVES, "serverAuth", SERVER },
    { "kiosk", "K01", "issuing", YEARS_LEAF, PROVES, "clientAuth", KIOSK },
};
/* clang-format on */

static bool
write_bio(BIO *bio, const char *folder, const char *name, const char *suffix,
          GError **error)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);

    return saoy_file_write(path, (SaoyView){ (uint8_t *)data, (size_t)size }, error);
}

static BIO *
read_pem(const char *folder, const char *name, const char *suffix, GError **error)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(GBytes) bytes = saoy_file_read(path, 64 << 10, error);

    if (bytes == NULL)
        return NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    BIO_write(bio, g_bytes_get_data(bytes, NULL), (int)g_bytes_get_size(bytes));
    return bio;
}

static bool
load(const char *folder, const char *name, X509 **out_certificate, EVP_PKEY **out_key,
     GError **error)
{
    g_autoptr(BIO) crt = read_pem(folder, name, ".crt", error);
    g_autoptr(BIO) pem = crt != NULL ? read_pem(folder, name, ".key", error) : NULL;

    if (pem == NULL)
        return false;
    *out_certificate = PEM_read_bio_X509(crt, NULL, NULL, NULL);
    *out_key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    if (*out_certificate == NULL || *out_key == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, name);
    return true;
}

static bool
add_extension(X509 *certificate, X509 *issuer, int nid, const char *value, GError **error)
{
    return value == NULL || saoy_x509_extend(certificate, issuer, nid, value, error);
}

static bool
fill(X509 *certificate, const Entity *entity, EVP_PKEY *key, X509 *issuer, GError **error)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    g_autoptr(BIGNUM) serial = BN_new();

    X509_set_version(certificate, X509_VERSION_3);
    BN_rand(serial, 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate));
    /* an hour back: kiosks' clocks differ */
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_time_adj_ex(X509_getm_notAfter(certificate), 365 * entity->years, 0, NULL);
    X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_UTF8, (const uint8_t *)"VN", -1, -1,
                               0);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                               (const uint8_t *)"Sao Y TEST – KHÔNG CÓ GIÁ TRỊ", -1, -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               (const uint8_t *)entity->common_name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    X509_set_pubkey(certificate, key);
    return add_extension(certificate, issuer, NID_basic_constraints,
                         entity->ca ? "critical,CA:TRUE" : "critical,CA:FALSE", error) &&
           add_extension(certificate, issuer, NID_subject_key_identifier, "hash", error) &&
           (issuer == certificate ||
            add_extension(certificate, issuer, NID_authority_key_identifier, "keyid",
                          error)) &&
           add_extension(certificate, issuer, NID_key_usage, entity->usage, error) &&
           add_extension(certificate, issuer, NID_ext_key_usage, entity->extended, error) &&
           add_extension(certificate, issuer, NID_subject_alt_name, entity->alt, error);
}

/* The key first: a certificate on the disk means that its key is there too. */
static bool
save(const char *folder, const char *name, X509 *certificate, X509 *below, EVP_PKEY *key,
     GError **error)
{
    g_autoptr(BIO) pem = BIO_new(BIO_s_mem());
    g_autoptr(BIO) crt = BIO_new(BIO_s_mem());

    if (!PEM_write_bio_PKCS8PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL) ||
        !PEM_write_bio_X509(crt, certificate) ||
        (below != NULL && !PEM_write_bio_X509(crt, below)))
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "PEM");
    return write_bio(pem, folder, name, ".key", error) &&
           write_bio(crt, folder, name, ".crt", error);
}

static bool
make(const char *folder, const Entity *entity, GError **error)
{
    g_autofree char *file = g_strconcat(entity->name, ".crt", NULL);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(EVP_PKEY) key = NULL;
    g_autoptr(EVP_PKEY) issuer_key = NULL;
    g_autoptr(X509) issuer = NULL;
    g_autoptr(X509) certificate = X509_new();

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    if (entity->issuer != NULL &&
        !load(folder, entity->issuer, &issuer, &issuer_key, error))
        return false;
    key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    if (key == NULL || certificate == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key");
    if (!fill(certificate, entity, key, issuer != NULL ? issuer : certificate, error))
        return false;
    if (X509_sign(certificate, issuer_key != NULL ? issuer_key : key, EVP_sha256()) == 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "sign");
    bool below_root = entity->issuer == NULL || g_str_equal(entity->issuer, "root");
    return save(folder, entity->name, certificate, below_root ? NULL : issuer, key, error);
}

static bool
copy_into(const char *folder, const char *sub, const char *name, GError **error)
{
    g_autofree char *file = g_strconcat(name, ".crt", NULL);
    g_autofree char *from = g_build_filename(folder, file, NULL);
    g_autofree char *to = g_build_filename(folder, sub, file, NULL);
    g_autoptr(GBytes) bytes = NULL;

    if (g_file_test(to, G_FILE_TEST_EXISTS))
        return true;
    bytes = saoy_file_read(from, 64 << 10, error);
    return bytes != NULL && saoy_file_write(to, saoy_view_of(bytes), error);
}

bool
saoy_pki_make(const char *folder, GError **error)
{
    g_autofree char *trust = g_build_filename(folder, "trust", NULL);

    if (g_mkdir_with_parents(trust, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", trust, g_strerror(errno));
    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
        if (!make(folder, &entities[i], error)) {
            g_prefix_error(error, "pki %s: ", entities[i].name);
            return false;
        }
    return copy_into(folder, "trust", "root", error) &&
           copy_into(folder, "trust", "seal", error);
}

bool
saoy_pki_make_officer(const char *folder, const char *login, const char *name,
                      GError **error)
{
    g_autofree char *file = g_strconcat("officer-", login, NULL);
    g_autofree char *common = g_strconcat("TEST – ", name, NULL);
    const Entity entity = { file, common, "issuing", YEARS_LEAF, SIGNS };

    return make(folder, &entity, error);
}
