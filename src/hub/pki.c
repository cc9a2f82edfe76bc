#include "pki.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/chain.h"

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
    bool ca, unchecked; /* unchecked: nobody needs to ask whether it is revoked */
} Entity;

/* Where things are made, and where the world asks about them. */
typedef struct {
    const char *folder, *url;
} Place;

#define CA "critical,keyCertSign,cRLSign"
#define SIGNS "critical,digitalSignature,nonRepudiation"
#define PROVES "critical,digitalSignature"
#define SERVER "DNS:localhost,IP:127.0.0.1,IP:::1"
#define SEAL_NAME "TEST – Dấu bản sao số"
#define KIOSK "DNS:k01.kiosk.localhost"

/* clang-format off */
static const Entity entities[] = {
    { "root", "TEST – KHÔNG CÓ GIÁ TRỊ", NULL, YEARS_ROOT, CA, NULL, NULL, true },
    { "issuing", "TEST – CA phát hành", "root", YEARS_CA, CA, NULL, NULL, true },
    { "officer", "TEST – Người thực hiện chứng thực", "issuing", YEARS_LEAF, SIGNS },
    { "agency", "TEST – Trung tâm Phục vụ hành chính công thành phố Hà Nội", "issuing", YEARS_LEAF, SIGNS },
    { "tsa", "TEST – Dịch vụ dấu thời gian", "issuing", YEARS_LEAF, PROVES, "critical,timeStamping" },
    { "ocsp", "TEST – OCSP", "issuing", YEARS_LEAF, PROVES, "OCSPSigning", NULL, false, true },
    { "seal", SEAL_NAME, "issuing", YEARS_LEAF, PROVES, "critical," SAOY_USAGE_SEAL },
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

/* Where the issuer's certificate, its list and its responder are (RFC 5280, 4.2.1.13 and
 * 4.2.2.1). The responder answers for what `issuing` issued. */
static bool
add_places(X509 *certificate, const Entity *entity, const Place *place, X509 *issuer,
           GError **error)
{
    g_autofree char *access = NULL;
    g_autofree char *list = NULL;
    const char *from = entity->issuer;

    if (from == NULL)
        return true;
    access = g_strdup_printf("%s%s%scaIssuers;URI:%s/pki/%s.crt",
                             entity->ca || entity->unchecked ? "" : "OCSP;URI:",
                             entity->ca || entity->unchecked ? "" : place->url,
                             entity->ca || entity->unchecked ? "" : "/pki/ocsp,",
                             place->url, from);
    list = g_strdup_printf("URI:%s/pki/%s.crl", place->url, from);
    return add_extension(certificate, issuer, NID_info_access, access, error) &&
           add_extension(certificate, issuer, NID_crl_distribution_points, list, error) &&
           (!entity->unchecked ||
            add_extension(certificate, issuer, NID_id_pkix_OCSP_noCheck, "NULL", error));
}

static bool
fill(X509 *certificate, const Entity *entity, const Place *place, EVP_PKEY *key,
     X509 *issuer, GError **error)
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
           add_extension(certificate, issuer, NID_subject_alt_name, entity->alt, error) &&
           add_places(certificate, entity, place, issuer, error);
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
make(const Place *place, const Entity *entity, GError **error)
{
    const char *folder = place->folder;
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
    if (!fill(certificate, entity, place, key, issuer != NULL ? issuer : certificate,
              error))
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
saoy_pki_make(const char *folder, const char *url, GError **error)
{
    const Place place = { folder, url };
    g_autofree char *trust = g_build_filename(folder, "trust", NULL);

    if (g_mkdir_with_parents(trust, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", trust, g_strerror(errno));
    for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
        if (!make(&place, &entities[i], error)) {
            g_prefix_error(error, "pki %s: ", entities[i].name);
            return false;
        }
    return copy_into(folder, "trust", "root", error) &&
           copy_into(folder, "trust", "seal", error);
}

bool
saoy_pki_make_officer(const char *folder, const char *url, const char *login,
                      const char *name, GError **error)
{
    const Place place = { folder, url };
    g_autofree char *file = g_strconcat("officer-", login, NULL);
    g_autofree char *common = g_strconcat("TEST – ", name, NULL);
    const Entity entity = { file, common, "issuing", YEARS_LEAF, SIGNS };

    return make(&place, &entity, error);
}

bool
saoy_pki_make_seal(const char *folder, const char *url, const char *name, GError **error)
{
    const Place place = { folder, url };
    const Entity entity = { name,       SEAL_NAME, "issuing",
                            YEARS_LEAF, PROVES,    "critical," SAOY_USAGE_SEAL };

    return make(&place, &entity, error);
}

/* ---- who is revoked: a text file, one certificate a line ---- */

#define REVOKED_FILE "revoked"
#define REVOKED_MAX (1u << 20)

static bool
take_line(const char *line, SaoyPkiRevoked *out)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    gint64 at_s = 0, reason = -1;

    if (g_strv_length(words) < 3 || strlen(words[0]) > 40 || strlen(words[0]) < 2 ||
        !g_ascii_string_to_signed(words[1], 10, 1, G_MAXINT32 * (gint64)4, &at_s, NULL) ||
        !g_ascii_string_to_signed(words[2], 10, -1, 10, &reason, NULL))
        return false;
    out->serial = saoy_unhex(words[0], NULL);
    out->revoked_us = at_s * G_USEC_PER_SEC;
    out->reason = (int)reason;
    return out->serial != NULL;
}

static void
clear_revoked(void *p)
{
    g_clear_pointer(&((SaoyPkiRevoked *)p)->serial, g_bytes_unref);
}

GArray *
saoy_pki_revoked(const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, REVOKED_FILE, NULL);
    g_autoptr(GArray) out = g_array_new(FALSE, TRUE, sizeof(SaoyPkiRevoked));
    g_autoptr(GBytes) file = NULL;

    g_array_set_clear_func(out, clear_revoked);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&out);
    file = saoy_file_read(path, REVOKED_MAX, error);
    if (file == NULL)
        return NULL;
    g_autofree char *text = g_strndup(g_bytes_get_data(file, NULL), g_bytes_get_size(file));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        SaoyPkiRevoked one = { 0 };

        if (**line == '\0')
            continue;
        /* a line that cannot be read could be anybody's: nobody is called good then */
        if (!take_line(*line, &one))
            return saoy_null(error, SAOY_ERROR_MALFORMED, "%s: not a line of it: %s", path,
                             *line);
        g_array_append_val(out, one);
    }
    return g_steal_pointer(&out);
}

static char *
serial_hex(const X509 *certificate)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);

    return saoy_hex(
        (SaoyView){ ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) });
}

bool
saoy_pki_revoke(const char *folder, const char *name, int reason, GError **error)
{
    g_autofree char *path = g_build_filename(folder, REVOKED_FILE, NULL);
    g_autoptr(BIO) pem = read_pem(folder, name, ".crt", error);
    g_autoptr(X509) certificate =
        pem != NULL ? PEM_read_bio_X509(pem, NULL, NULL, NULL) : NULL;
    g_autofree char *before = NULL;
    g_autofree char *serial = NULL;

    if (pem == NULL)
        return false;
    if (certificate == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, name);
    serial = serial_hex(certificate);
    if (!g_file_get_contents(path, &before, NULL, NULL))
        before = g_strdup("");
    if (strstr(before, serial) != NULL)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "%s is revoked already", name);
    g_autofree char *after =
        g_strdup_printf("%s%s %" G_GINT64_FORMAT " %d %s\n", before, serial,
                        saoy_clock_wall_us() / G_USEC_PER_SEC, reason, name);
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)after, strlen(after) },
                           error);
}

/* The serial number of a file's first certificate, without parsing the rest of it: the
 * responder looks through the whole folder. */
static bool
has_serial(BIO *pem, SaoyView serial)
{
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long size = 0;
    bool read = PEM_read_bio(pem, &name, &header, &der, &size) == 1;
    SaoyView in = { der, read ? (size_t)size : 0 }, certificate = { 0 }, body = { 0 },
             version = { 0 }, own = { 0 };
    bool same = read && saoy_tlv_take(&in, 0x30, &certificate, NULL) &&
                saoy_tlv_take(&certificate, 0x30, &body, NULL) &&
                saoy_tlv_take(&body, 0xa0, &version, NULL) &&
                saoy_tlv_take(&body, 0x02, &own, NULL);

    if (same && own.size > 1 && own.data[0] == 0)
        saoy_view_take(&own, 1, &version, NULL);
    same = same && own.size == serial.size && memcmp(own.data, serial.data, own.size) == 0;
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    return same;
}

bool
saoy_pki_issued(const char *folder, SaoyView serial)
{
    static const char *const endings[] = { ".crt", NULL };
    g_auto(GStrv) names = saoy_dir_list(folder, endings, NULL);
    bool found = false;

    for (char **name = names; !found && name != NULL && *name != NULL; name++) {
        g_autofree char *stem = g_strndup(*name, strlen(*name) - strlen(".crt"));
        g_autoptr(BIO) pem = read_pem(folder, stem, ".crt", NULL);

        found = pem != NULL && has_serial(pem, serial);
    }
    ERR_clear_error();
    return found;
}
