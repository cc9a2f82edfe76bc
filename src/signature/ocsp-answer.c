#include "cms-parts.h"
#include "der.h"
#include "signature/revocation.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/objects.h>
#include <openssl/ocsp.h>

/* RFC 6960: the responder. */
enum { MAX_REQUEST = 16 << 10, MAX_ASKED = 8, MAX_NONCE = 64 };
enum { CONTEXT_2 = 0xa2, GOOD = 0x80, REVOKED = 0xa1, UNKNOWN = 0x82 };

typedef OCSP_REQUEST Request;
typedef OCSP_CERTID CertId;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, OCSP_REQUEST_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CertId, OCSP_CERTID_free)

/* The CertID's serial number as unsigned bytes. */
static SaoyView
serial_of(OCSP_CERTID *id)
{
    ASN1_INTEGER *serial = NULL;

    OCSP_id_get0_info(NULL, NULL, NULL, &serial, id);
    return (SaoyView){ ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) };
}

static bool
is_ours(OCSP_CERTID *id, X509 *issuer)
{
    ASN1_OBJECT *algorithm = NULL;
    ASN1_INTEGER *serial = NULL;

    OCSP_id_get0_info(NULL, &algorithm, NULL, &serial, id);
    const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
    g_autoptr(CertId) own = digest != NULL
                                ? OCSP_cert_id_new(digest, X509_get_subject_name(issuer),
                                                   X509_get0_pubkey_bitstr(issuer), serial)
                                : NULL;
    return own != NULL && OCSP_id_cmp(own, id) == 0;
}

static void
add_status(GByteArray *out, const SaoyRevocationEntry *entry)
{
    size_t from = out->len, inner = 0;

    if (entry->verdict != SAOY_REVOCATION_REVOKED) {
        saoy_der_bytes(out, entry->verdict == SAOY_REVOCATION_GOOD ? GOOD : UNKNOWN,
                       (SaoyView){ 0 });
        return;
    }
    saoy_der_time(out, SAOY_DER_TIME, entry->revoked_us);
    inner = out->len;
    if (entry->reason >= 0) {
        saoy_der_number(out, SAOY_DER_ENUMERATED, entry->reason);
        saoy_der_wrap(out, inner, SAOY_DER_CONTEXT_0);
    }
    saoy_der_wrap(out, from, REVOKED);
}

static void
add_single(GByteArray *out, OCSP_CERTID *id, const SaoyRevocationEntry *entry,
           const SaoyOcspResponder *responder)
{
    size_t from = out->len;
    unsigned char *der = NULL;
    int size = i2d_OCSP_CERTID(id, &der);

    if (size > 0)
        saoy_der_raw(out, (SaoyView){ der, (size_t)size });
    OPENSSL_free(der);
    add_status(out, entry);
    saoy_der_time(out, SAOY_DER_TIME, responder->now_us);
    size_t next = out->len;
    saoy_der_time(out, SAOY_DER_TIME,
                  responder->now_us + responder->valid_s * (int64_t)G_USEC_PER_SEC);
    saoy_der_wrap(out, next, SAOY_DER_CONTEXT_0);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

static void
add_singles(GByteArray *out, OCSP_REQUEST *request, X509 *issuer,
            const SaoyOcspResponder *responder)
{
    size_t from = out->len;

    for (int i = 0; i < OCSP_request_onereq_count(request); i++) {
        OCSP_CERTID *id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(request, i));
        SaoyRevocationEntry entry = { SAOY_REVOCATION_UNKNOWN, 0, -1 };

        if (is_ours(id, issuer))
            entry = responder->look(responder->user, serial_of(id));
        add_single(out, id, &entry, responder);
    }
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

/* The nonce comes back as it was sent (RFC 8954). */
static void
add_nonce(GByteArray *out, OCSP_REQUEST *request)
{
    int at = OCSP_REQUEST_get_ext_by_NID(request, NID_id_pkix_OCSP_Nonce, -1);
    X509_EXTENSION *nonce = at >= 0 ? OCSP_REQUEST_get_ext(request, at) : NULL;
    unsigned char *der = NULL;
    size_t from = out->len;

    if (nonce == NULL || ASN1_STRING_length(X509_EXTENSION_get_data(nonce)) > MAX_NONCE)
        return;
    int size = i2d_X509_EXTENSION(nonce, &der);
    if (size > 0)
        saoy_der_raw(out, (SaoyView){ der, (size_t)size });
    OPENSSL_free(der);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, from, SAOY_DER_CONTEXT_1);
}

/* ResponderID by key: SHA-1 of the public key's bits. */
static void
add_responder(GByteArray *out, X509 *signer)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    size_t from = out->len;

    X509_pubkey_digest(signer, EVP_sha1(), hash, &size);
    saoy_der_bytes(out, SAOY_DER_OCTETS, (SaoyView){ hash, size });
    saoy_der_wrap(out, from, CONTEXT_2);
}

static GByteArray *
write_data(OCSP_REQUEST *request, X509 *issuer, X509 *signer,
           const SaoyOcspResponder *responder)
{
    GByteArray *out = g_byte_array_new();

    add_responder(out, signer);
    saoy_der_time(out, SAOY_DER_TIME, responder->now_us);
    add_singles(out, request, issuer, responder);
    add_nonce(out, request);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return out;
}

/* BIT STRING of whole bytes */
static void
add_signature(GByteArray *out, SaoyView signature)
{
    static const uint8_t unused = 0;
    size_t from = out->len;

    g_byte_array_append(out, &unused, 1);
    g_byte_array_append(out, signature.data, (guint)signature.size);
    saoy_der_wrap(out, from, SAOY_DER_BITS);
}

/* Responder and whatever stands between it and the issuer, who is known to whoever asks. */
static void
add_certificates(GByteArray *out, const SaoyOcspResponder *responder)
{
    size_t from = out->len;

    saoy_der_raw(out, saoy_view_of(responder->responder->pdata[0]));
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, from, SAOY_DER_CONTEXT_0);
}

static GBytes *
wrap_basic(GByteArray *out)
{
    g_autoptr(GByteArray) whole = g_byte_array_new();

    saoy_der_oid(whole, NID_id_pkix_OCSP_basic);
    saoy_der_bytes(whole, SAOY_DER_OCTETS, (SaoyView){ out->data, out->len });
    saoy_der_wrap(whole, 0, SAOY_DER_SEQUENCE);
    saoy_der_wrap(whole, 0, SAOY_DER_CONTEXT_0);
    g_autoptr(GByteArray) status = g_byte_array_new();
    saoy_der_number(status, SAOY_DER_ENUMERATED, OCSP_RESPONSE_STATUS_SUCCESSFUL);
    g_byte_array_append(status, whole->data, whole->len);
    saoy_der_wrap(status, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&status));
}

static GBytes *
answer(OCSP_REQUEST *request, const SaoyOcspResponder *responder, GError **error)
{
    SaoyView own = saoy_view_of(responder->responder->pdata[0]);
    g_autoptr(X509) issuer = saoy_x509_parse(responder->issuer, error);
    g_autoptr(X509) signer = issuer != NULL ? saoy_x509_parse(own, error) : NULL;
    g_autoptr(GByteArray) out = NULL;
    uint8_t hash[32];

    if (signer == NULL)
        return NULL;
    out = write_data(request, issuer, signer, responder);
    saoy_sha256((SaoyView){ out->data, out->len }, hash);
    g_autoptr(GBytes) given = responder->sign(responder->user, hash, error);
    g_autoptr(GBytes) signature =
        given != NULL ? saoy_cms_accept(own, hash, saoy_view_of(given), error) : NULL;
    if (signature == NULL)
        return NULL;
    saoy_der_signature_algorithm(out, signer);
    add_signature(out, saoy_view_of(signature));
    add_certificates(out, responder);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return wrap_basic(out);
}

GBytes *
saoy_ocsp_answer(SaoyView bytes, const SaoyOcspResponder *responder, GError **error)
{
    static const uint8_t malformed[] = { 0x30, 0x03, 0x0a, 0x01, 0x01 };
    const unsigned char *at = bytes.data;
    g_autoptr(Request) request =
        bytes.size <= MAX_REQUEST ? d2i_OCSP_REQUEST(NULL, &at, (long)bytes.size) : NULL;
    int n = request != NULL ? OCSP_request_onereq_count(request) : 0;

    ERR_clear_error();
    if (n < 1 || n > MAX_ASKED || at != bytes.data + bytes.size)
        return g_bytes_new_static(malformed, sizeof malformed);
    return answer(request, responder, error);
}
