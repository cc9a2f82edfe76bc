#include "cms-parts.h"
#include "der.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/objects.h>
#include <openssl/ts.h>

/* RFC 3161: the authority. */
typedef TS_REQ Request;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, TS_REQ_free)

/* PKIFailureInfo, 2.4.2 */
enum {
    FAILURE_NONE = -1,
    FAILURE_BAD_ALGORITHM = 0,
    FAILURE_BAD_REQUEST = 2,
    FAILURE_BAD_DATA = 5,
    FAILURE_POLICY = 15,
    FAILURE_EXTENSION = 16
};

typedef struct {
    int digest;
    SaoyView imprint, nonce; /* nonce data NULL: none */
    bool certificates;
} Wish;

static size_t
digest_size(int nid)
{
    return nid == NID_sha256 ? 32 : nid == NID_sha384 ? 48 : nid == NID_sha512 ? 64 : 0;
}

static bool
is_policy(const ASN1_OBJECT *object, const char *policy)
{
    char text[128] = "";

    return object == NULL ||
           (OBJ_obj2txt(text, sizeof text, object, 1) > 0 && g_str_equal(text, policy));
}

/* Our one accuracy: a second, what genTime is written in. */
static void
add_accuracy(GByteArray *out)
{
    size_t from = out->len;

    saoy_der_small(out, 1);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

static GBytes *
write_info(const Wish *wish, const SaoyStampAuthority *authority, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(ASN1_OBJECT) policy = OBJ_txt2obj(authority->policy, 1);

    if (policy == NULL) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "time stamp policy");
        return NULL;
    }
    saoy_der_small(out, 1);
    saoy_der_bytes(out, SAOY_DER_OID,
                   (SaoyView){ OBJ_get0_data(policy), OBJ_length(policy) });
    size_t from = out->len;
    saoy_der_algorithm(out, wish->digest, true);
    saoy_der_bytes(out, SAOY_DER_OCTETS, wish->imprint);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    saoy_der_number(out, SAOY_DER_INTEGER, authority->serial);
    saoy_der_time(out, SAOY_DER_TIME, authority->now_us);
    add_accuracy(out);
    if (wish->nonce.data != NULL)
        saoy_der_bytes(out, SAOY_DER_INTEGER, wish->nonce);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static GBytes *
make_token(const Wish *wish, const SaoyStampAuthority *authority, GError **error)
{
    g_autoptr(GBytes) info = write_info(wish, authority, error);
    g_autoptr(X509) signer =
        info != NULL ? saoy_x509_parse(saoy_view_of(authority->chain->pdata[0]), error)
                     : NULL;
    uint8_t digest[32], hash[32];

    if (signer == NULL)
        return NULL;
    SaoyView der = saoy_view_of(authority->chain->pdata[0]);
    saoy_sha256(saoy_view_of(info), digest);
    g_autoptr(GBytes) attributes =
        saoy_cms_attributes(NID_id_smime_ct_TSTInfo, digest, der, hash);
    g_autoptr(GBytes) given =
        attributes != NULL ? authority->sign(authority->user, hash, error) : NULL;
    g_autoptr(GBytes) signature =
        given != NULL ? saoy_cms_accept(der, hash, saoy_view_of(given), error) : NULL;
    if (signature == NULL)
        return NULL;
    return saoy_cms_write(NID_id_smime_ct_TSTInfo, saoy_view_of(info), digest, signer,
                          wish->certificates ? authority->chain : NULL,
                          saoy_view_of(signature));
}

GBytes *
saoy_stamp_token(const uint8_t imprint[32], SaoyView nonce,
                 const SaoyStampAuthority *authority, GError **error)
{
    g_autoptr(GByteArray) integer = g_byte_array_new();
    SaoyView rest = { 0 };
    Wish wish = { NID_sha256, { imprint, 32 }, { 0 }, true };

    if (nonce.size > 0) {
        saoy_der_positive(integer, nonce);
        rest = (SaoyView){ integer->data, integer->len };
        if (!saoy_tlv_take(&rest, SAOY_DER_INTEGER, &wish.nonce, error))
            return NULL;
    }
    return make_token(&wish, authority, error);
}

static int
read_wish(TS_REQ *request, const char *policy, Wish *out)
{
    TS_MSG_IMPRINT *imprint = TS_REQ_get_msg_imprint(request);
    const ASN1_OCTET_STRING *message = TS_MSG_IMPRINT_get_msg(imprint);
    const ASN1_INTEGER *nonce = TS_REQ_get_nonce(request);

    out->digest = OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm);
    out->imprint =
        (SaoyView){ ASN1_STRING_get0_data(message), (size_t)ASN1_STRING_length(message) };
    out->certificates = TS_REQ_get_cert_req(request) != 0;
    if (TS_REQ_get_version(request) != 1 || (nonce != NULL && nonce->length > 32))
        return FAILURE_BAD_REQUEST;
    if (digest_size(out->digest) == 0)
        return FAILURE_BAD_ALGORITHM;
    if (out->imprint.size != digest_size(out->digest))
        return FAILURE_BAD_DATA;
    if (!is_policy(TS_REQ_get_policy_id(request), policy))
        return FAILURE_POLICY;
    return TS_REQ_get_ext_count(request) > 0 ? FAILURE_EXTENSION : FAILURE_NONE;
}

/* The INTEGER's contents as they came: also a negative nonce comes back. */
static bool
take_nonce(TS_REQ *request, GByteArray *room, Wish *wish)
{
    const ASN1_INTEGER *nonce = TS_REQ_get_nonce(request);
    unsigned char *der = NULL;
    int size = nonce != NULL ? i2d_ASN1_INTEGER(nonce, &der) : 0;
    SaoyView rest = { der, (size_t)MAX(size, 0) };

    if (size > 0)
        g_byte_array_append(room, der, (guint)size);
    OPENSSL_free(der);
    rest.data = room->data;
    return nonce == NULL || saoy_tlv_take(&rest, SAOY_DER_INTEGER, &wish->nonce, NULL);
}

/* BIT STRING with that one bit (X.690, 8.6). */
static void
add_bit(GByteArray *out, unsigned bit)
{
    uint8_t bytes[4] = { 0 };

    bytes[0] = (uint8_t)(7 - bit % 8);
    bytes[1 + bit / 8] = (uint8_t)(0x80 >> (bit % 8));
    saoy_der_bytes(out, SAOY_DER_BITS, (SaoyView){ bytes, 2 + bit / 8 });
}

static GBytes *
write_response(GBytes *token, int failure)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    saoy_der_small(out, token != NULL ? 0 : 2);
    if (token == NULL)
        add_bit(out, (unsigned)failure);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    if (token != NULL)
        saoy_der_raw(out, saoy_view_of(token));
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

GBytes *
saoy_stamp_answer(SaoyView request, const SaoyStampAuthority *authority, GError **error)
{
    const unsigned char *at = request.data;
    g_autoptr(Request) parsed = d2i_TS_REQ(NULL, &at, (long)request.size);
    g_autoptr(GByteArray) room = g_byte_array_new();
    g_autoptr(GBytes) token = NULL;
    Wish wish = { 0 };
    int failure = FAILURE_BAD_DATA;

    ERR_clear_error();
    if (parsed != NULL && at == request.data + request.size)
        failure = read_wish(parsed, authority->policy, &wish);
    if (failure != FAILURE_NONE || !take_nonce(parsed, room, &wish))
        return write_response(NULL, MAX(failure, 0));
    token = make_token(&wish, authority, error);
    return token != NULL ? write_response(token, 0) : NULL;
}
