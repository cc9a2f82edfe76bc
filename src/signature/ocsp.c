#include "ocsp.h"

#include "cms-parts.h"
#include "der.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/ocsp.h>

#include <string.h>

/* OCSP, RFC 6960: the asking side. The responder: ocsp-answer.c. */
enum { MAX_RESPONSE = 1 << 20, MAX_CERTIFICATES = 10, CLOCK_S = 300 };

typedef OCSP_RESPONSE Response;
typedef OCSP_BASICRESP Basic;
typedef OCSP_CERTID CertId;
typedef OCSP_REQUEST Request;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Response, OCSP_RESPONSE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Basic, OCSP_BASICRESP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CertId, OCSP_CERTID_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, OCSP_REQUEST_free)

static OCSP_BASICRESP *
open_response(SaoyView bytes, GError **error)
{
    const unsigned char *at = bytes.data;
    OCSP_BASICRESP *basic = NULL;

    if (bytes.size == 0 || bytes.size > MAX_RESPONSE)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "OCSP response of %zu bytes",
                         bytes.size);
    g_autoptr(Response) whole = d2i_OCSP_RESPONSE(NULL, &at, (long)bytes.size);
    if (whole != NULL && at == bytes.data + bytes.size) {
        int status = OCSP_response_status(whole);

        if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
            ERR_clear_error();
            return saoy_null(error, SAOY_ERROR_MALFORMED, "OCSP response: status %d",
                             status);
        }
        basic = OCSP_response_get1_basic(whole);
    } else {
        at = bytes.data;
        basic = d2i_OCSP_BASICRESP(NULL, &at, (long)bytes.size);
    }
    if (basic == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "OCSP response");
    ERR_clear_error();
    return basic;
}

/* What BasicOCSPResponse holds, alone or in an OCSPResponse of success; false: it is
 * neither. */
static bool
find_basic(SaoyView bytes, SaoyView *out)
{
    static const uint8_t basic[] = { 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1 };
    SaoyView outer = bytes, in = { 0 }, part = { 0 };

    if (bytes.size > MAX_RESPONSE || !saoy_tlv_take(&outer, SAOY_DER_SEQUENCE, &in, NULL) ||
        outer.size > 0)
        return false;
    *out = in;
    if (!saoy_tlv_take(&in, SAOY_DER_ENUMERATED, &part, NULL))
        return true;
    return part.size == 1 && part.data[0] == OCSP_RESPONSE_STATUS_SUCCESSFUL &&
           saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &outer, NULL) && in.size == 0 &&
           saoy_tlv_take(&outer, SAOY_DER_SEQUENCE, &in, NULL) && outer.size == 0 &&
           saoy_tlv_take(&in, SAOY_DER_OID, &part, NULL) && part.size == sizeof basic &&
           memcmp(part.data, basic, sizeof basic) == 0 &&
           saoy_tlv_take(&in, SAOY_DER_OCTETS, &outer, NULL) && in.size == 0 &&
           saoy_tlv_take(&outer, SAOY_DER_SEQUENCE, out, NULL) && outer.size == 0;
}

/* responses of the ResponseData, and how many certificates come along. */
static bool
find_parts(SaoyView basic, SaoyView *responses, size_t *certificates)
{
    SaoyView in = { 0 }, part = { 0 }, held = { 0 };

    *certificates = 0;
    if (!saoy_tlv_take(&basic, SAOY_DER_SEQUENCE, &in, NULL) ||
        !saoy_tlv_take(&basic, SAOY_DER_SEQUENCE, &part, NULL) ||
        !saoy_tlv_take(&basic, SAOY_DER_BITS, &part, NULL))
        return false;
    if (saoy_tlv_take(&basic, SAOY_DER_CONTEXT_0, &part, NULL) &&
        saoy_tlv_take(&part, SAOY_DER_SEQUENCE, &held, NULL))
        while (saoy_tlv_take(&held, SAOY_DER_SEQUENCE, &part, NULL))
            ++*certificates;
    saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &part, NULL);
    return (saoy_tlv_take(&in, SAOY_DER_CONTEXT_1, &part, NULL) ||
            saoy_tlv_take(&in, SAOY_DER_CONTEXT_0 | 2, &part, NULL)) &&
           saoy_tlv_take(&in, SAOY_DER_TIME, &part, NULL) &&
           saoy_tlv_take(&in, SAOY_DER_SEQUENCE, responses, NULL) && held.size == 0;
}

/* Does one of the responses begin with a CertID (4.1.1) of that serial number? */
static bool
has_serial(SaoyView responses, SaoyView serial)
{
    SaoyView one = { 0 }, id = { 0 }, part = { 0 };

    while (saoy_tlv_take(&responses, SAOY_DER_SEQUENCE, &one, NULL))
        if (saoy_tlv_take(&one, SAOY_DER_SEQUENCE, &id, NULL) &&
            saoy_tlv_take(&id, SAOY_DER_SEQUENCE, &part, NULL) &&
            saoy_tlv_take(&id, SAOY_DER_OCTETS, &part, NULL) &&
            saoy_tlv_take(&id, SAOY_DER_OCTETS, &part, NULL) &&
            saoy_tlv_take(&id, SAOY_DER_INTEGER, &part, NULL) && part.size == serial.size &&
            memcmp(part.data, serial.data, part.size) == 0)
            return true;
    return false;
}

bool
saoy_ocsp_is_about(SaoyView response, SaoyView certificate)
{
    SaoyView basic = { 0 }, responses = { 0 }, outer = { 0 }, body = { 0 }, serial = { 0 };
    size_t certificates = 0;

    if (!saoy_tlv_take(&certificate, SAOY_DER_SEQUENCE, &outer, NULL) ||
        !saoy_tlv_take(&outer, SAOY_DER_SEQUENCE, &body, NULL))
        return false;
    saoy_tlv_take(&body, SAOY_DER_CONTEXT_0, &outer, NULL);
    return saoy_tlv_take(&body, SAOY_DER_INTEGER, &serial, NULL) &&
           find_basic(response, &basic) && find_parts(basic, &responses, &certificates) &&
           certificates <= MAX_CERTIFICATES && has_serial(responses, serial);
}

bool
saoy_proofs_take_ocsp(SaoyProofs *proofs, GBytes *file, GError **error)
{
    g_autoptr(Basic) basic = open_response(saoy_view_of(file), error);

    if (basic != NULL)
        saoy_proofs_add(proofs->ocsps, file);
    return basic != NULL;
}

static int64_t
produced_at(const OCSP_BASICRESP *basic)
{
    return saoy_asn1_us(OCSP_resp_get0_produced_at(basic));
}

/* ---- who signed ---- */

typedef STACK_OF(X509) Certificates;

static void
certificates_free(Certificates *all)
{
    sk_X509_pop_free(all, X509_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Certificates, certificates_free)

static bool
push(Certificates *all, X509 *certificate)
{
    if (sk_X509_push(all, certificate) <= 0)
        return false;
    X509_up_ref(certificate);
    return true;
}

/* The response without the certificates that came along, which go to `held`: many responses
 * bring the same one. NULL: it is of no such shape. */
static OCSP_BASICRESP *
open_apart(SaoyView bytes, Certificates *held)
{
    g_autoptr(GByteArray) apart = g_byte_array_new();
    SaoyView basic = { 0 }, part = { 0 }, list = { 0 }, der = { 0 };
    const uint8_t tags[] = { SAOY_DER_SEQUENCE, SAOY_DER_SEQUENCE, SAOY_DER_BITS };

    if (!find_basic(bytes, &basic))
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (!saoy_der_take(&basic, tags[i], &part))
            return NULL;
        saoy_der_raw(apart, part);
    }
    if (saoy_tlv_take(&basic, SAOY_DER_CONTEXT_0, &part, NULL) &&
        (!saoy_tlv_take(&part, SAOY_DER_SEQUENCE, &list, NULL) || part.size > 0))
        return NULL;
    while (saoy_der_take(&list, SAOY_DER_SEQUENCE, &der)) {
        g_autoptr(X509) one = saoy_x509_parse(der, NULL);

        if (one == NULL || sk_X509_num(held) == MAX_CERTIFICATES || !push(held, one))
            return NULL;
    }
    saoy_der_wrap(apart, 0, SAOY_DER_SEQUENCE);
    const unsigned char *at = apart->data;
    return basic.size == 0 && list.size == 0
               ? d2i_OCSP_BASICRESP(NULL, &at, (long)apart->len)
               : NULL;
}

/* The issuer is the one anchor there is: its own signature, or that of a responder it
 * issued for OCSP, valid when the response was made. */
static bool
is_signed(OCSP_BASICRESP *basic, Certificates *held, X509 *issuer, GError **error)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    X509_VERIFY_PARAM *rules = store != NULL ? X509_STORE_get0_param(store) : NULL;

    if (rules == NULL || X509_STORE_add_cert(store, issuer) != 1 || !push(held, issuer))
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "OCSP");
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(rules, (time_t)(produced_at(basic) / G_USEC_PER_SEC));
    if (OCSP_basic_verify(basic, held, store, 0) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "OCSP response");
    ERR_clear_error();
    return true;
}

static bool
is_about(const OCSP_SINGLERESP *single, const X509 *certificate, const X509 *issuer)
{
    OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single);
    ASN1_OBJECT *algorithm = NULL;

    OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, id);
    const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
    g_autoptr(CertId) wanted =
        digest != NULL ? OCSP_cert_to_id(digest, certificate, issuer) : NULL;
    return wanted != NULL && OCSP_id_cmp(id, wanted) == 0;
}

/* RFC 6960, 4.4.4: since when the responder knows of expired certificates. */
static int64_t
retained_since(OCSP_SINGLERESP *single)
{
    ASN1_GENERALIZEDTIME *cutoff =
        OCSP_SINGLERESP_get1_ext_d2i(single, NID_id_pkix_OCSP_archiveCutoff, NULL, NULL);
    int64_t since_us = cutoff != NULL ? saoy_asn1_us(cutoff) : 0;

    ASN1_GENERALIZEDTIME_free(cutoff);
    return since_us;
}

static void
read_single(OCSP_SINGLERESP *single, SaoyRevocationProof *out)
{
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
    int reason = -1;
    int status = OCSP_single_get0_status(single, &reason, &revoked, &from, &to);

    out->verdict = status == V_OCSP_CERTSTATUS_GOOD      ? SAOY_REVOCATION_GOOD
                   : status == V_OCSP_CERTSTATUS_REVOKED ? SAOY_REVOCATION_REVOKED
                                                         : SAOY_REVOCATION_UNKNOWN;
    out->this_update_us = saoy_asn1_us(from);
    out->next_update_us = saoy_asn1_us(to);
    out->retained_us = retained_since(single);
    /* a revocation without a readable time was always one */
    out->revoked_us =
        status == V_OCSP_CERTSTATUS_REVOKED ? MAX(saoy_asn1_us(revoked), 1) : 0;
    out->reason = status == V_OCSP_CERTSTATUS_REVOKED ? reason : -1;
}

static bool
find_single(OCSP_BASICRESP *basic, X509 *certificate, X509 *issuer,
            SaoyRevocationProof *out, GError **error)
{
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);

        if (!is_about(single, certificate, issuer))
            continue;
        read_single(single, out);
        if (out->this_update_us == 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "OCSP response: no time");
        out->produced_us = produced_at(basic);
        return true;
    }
    return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "OCSP response about others");
}

/* nonce: of our request, or data NULL. What an answer carries must be ours. */
static bool
has_nonce(OCSP_BASICRESP *basic, SaoyView nonce)
{
    int at = OCSP_BASICRESP_get_ext_by_NID(basic, NID_id_pkix_OCSP_Nonce, -1);
    SaoyView value = { 0 }, inner = { 0 };

    if (at < 0 || nonce.data == NULL)
        return true;
    const ASN1_OCTET_STRING *raw =
        X509_EXTENSION_get_data(OCSP_BASICRESP_get_ext(basic, at));
    value = (SaoyView){ ASN1_STRING_get0_data(raw), (size_t)ASN1_STRING_length(raw) };
    return saoy_tlv_take(&value, V_ASN1_OCTET_STRING, &inner, NULL) && value.size == 0 &&
           inner.size == nonce.size && memcmp(inner.data, nonce.data, nonce.size) == 0;
}

static bool
check(SaoyView response, SaoyView certificate, SaoyView issuer, SaoyView nonce,
      SaoyRevocationProof *out, GError **error)
{
    g_autoptr(Certificates) held = sk_X509_new_null();
    g_autoptr(Basic) apart = open_apart(response, held);
    g_autoptr(Basic) basic =
        apart != NULL ? g_steal_pointer(&apart) : open_response(response, error);
    g_autoptr(X509) below = basic != NULL ? saoy_x509_parse(certificate, error) : NULL;
    g_autoptr(X509) above = below != NULL ? saoy_x509_parse(issuer, error) : NULL;
    SaoyRevocationProof proof = { .reason = -1 };

    if (above == NULL || !find_single(basic, below, above, &proof, error) ||
        !is_signed(basic, held, above, error))
        return false;
    if (!has_nonce(basic, nonce))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "OCSP response to another request");
    *out = proof;
    return true;
}

bool
saoy_ocsp_check(SaoyView response, SaoyView certificate, SaoyView issuer,
                SaoyRevocationProof *out, GError **error)
{
    return check(response, certificate, issuer, (SaoyView){ 0 }, out, error);
}

bool
saoy_ocsp_accept(SaoyView response, SaoyView certificate, SaoyView issuer, SaoyView nonce,
                 int64_t now_us, GError **error)
{
    const int64_t slack = CLOCK_S * (int64_t)G_USEC_PER_SEC;
    SaoyRevocationProof proof = { 0 };

    if (!check(response, certificate, issuer, nonce, &proof, error))
        return false;
    if (proof.this_update_us > now_us + slack ||
        (proof.next_update_us != 0 && proof.next_update_us < now_us - slack))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "OCSP response of another time");
    if (proof.verdict == SAOY_REVOCATION_REVOKED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "certificate is revoked");
    return proof.verdict == SAOY_REVOCATION_GOOD ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the responder does not know it");
}

GBytes *
saoy_ocsp_request(SaoyView certificate, SaoyView issuer, SaoyView nonce, GError **error)
{
    g_autoptr(X509) below = saoy_x509_parse(certificate, error);
    g_autoptr(X509) above = below != NULL ? saoy_x509_parse(issuer, error) : NULL;
    g_autoptr(Request) request = OCSP_REQUEST_new();
    OCSP_CERTID *id = above != NULL ? OCSP_cert_to_id(EVP_sha1(), below, above) : NULL;
    unsigned char *der = NULL;
    int size = 0;

    if (above == NULL)
        return NULL;
    if (id == NULL || OCSP_request_add0_id(request, id) == NULL) {
        OCSP_CERTID_free(id);
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "OCSP request");
        return NULL;
    }
    if (nonce.size > 0)
        OCSP_request_add1_nonce(request, (unsigned char *)(uintptr_t)nonce.data,
                                (int)nonce.size);
    size = i2d_OCSP_REQUEST(request, &der);
    GBytes *out = size > 0 ? g_bytes_new(der, (size_t)size) : NULL;
    OPENSSL_free(der);
    return out;
}
