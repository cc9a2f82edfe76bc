#include "cms-parts.h"
#include "verify-parts.h"

#include "core/file.h"

#include <openssl/rsa.h>

#include <string.h>

/* adbe.x509.rsa_sha1 (ISO 32000-1, 12.8.3.2): /Contents is an OCTET STRING with a PKCS #1
 * signature over the bytes, /Cert the signer's certificate or a list that begins with it.
 */
enum { MAX_CHAIN = 16 };

typedef X509_SIG DigestInfo;
typedef ASN1_OCTET_STRING OctetString;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DigestInfo, X509_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OctetString, ASN1_OCTET_STRING_free)

static void
add_certificate(GPtrArray *out, const SaoyPdfValue *value)
{
    g_autoptr(X509) one = value != NULL && value->type == SAOY_PDF_STRING
                              ? saoy_x509_parse(value->text, NULL)
                              : NULL;

    if (one != NULL)
        g_ptr_array_add(out, saoy_x509_der(one));
    ERR_clear_error();
}

static GPtrArray *
take_chain(SaoyCheck *check, const SaoyMark *mark)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *held = saoy_pdf_get(check->pdf, newest, mark->place.dict, "Cert");
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    if (held == NULL || held->type != SAOY_PDF_ARRAY) {
        add_certificate(chain, held);
        return chain;
    }
    for (size_t i = 0; i < MIN(held->n, (size_t)MAX_CHAIN); i++)
        add_certificate(chain, saoy_pdf_resolve(check->pdf, newest, &held->items[i]));
    return chain;
}

/* What the key opens: a DigestInfo and nothing behind it (RFC 8017, 9.2). NULL: the value
 * is not under this key. */
static DigestInfo *
recover(EVP_PKEY *key, const ASN1_OCTET_STRING *value)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    g_autofree unsigned char *plain = g_malloc((gsize)EVP_PKEY_get_size(key));
    size_t size = (size_t)EVP_PKEY_get_size(key);
    const unsigned char *at = plain;
    g_autoptr(DigestInfo) info = NULL;

    if (ctx != NULL && EVP_PKEY_verify_recover_init(ctx) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_verify_recover(ctx, plain, &size, ASN1_STRING_get0_data(value),
                                (size_t)ASN1_STRING_length(value)) == 1)
        info = d2i_X509_SIG(NULL, &at, (long)size);
    ERR_clear_error();
    return info != NULL && at == plain + size ? g_steal_pointer(&info) : NULL;
}

static void
check_digest(SaoyCheck *check, SaoyMark *mark, const DigestInfo *info)
{
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OCTET_STRING *said = NULL;
    SaoyView pieces[2];
    uint8_t digest[64];

    X509_SIG_get0(info, &algorithm, &said);
    saoy_mark_pieces(check, mark, pieces);
    size_t size =
        saoy_mark_digest(check, mark, OBJ_obj2nid(algorithm->algorithm), pieces, digest);
    if (size == 0)
        saoy_mark_found(check, mark, SAOY_FOUND_UNSUPPORTED_SIGNATURE,
                        SAOY_INTEGRITY_UNDECIDED);
    else if ((size_t)ASN1_STRING_length(said) != size ||
             memcmp(ASN1_STRING_get0_data(said), digest, size) != 0)
        saoy_mark_found(check, mark, SAOY_FOUND_DIGEST_MISMATCH, SAOY_INTEGRITY_BROKEN);
    else if (saoy_cms_is_weak(OBJ_obj2nid(algorithm->algorithm)))
        saoy_mark_found(check, mark, SAOY_FOUND_WEAK_DIGEST, SAOY_INTEGRITY_INTACT);
}

static DigestInfo *
open_value(SaoyCheck *check, SaoyMark *mark, const GPtrArray *chain,
           const ASN1_OCTET_STRING *value)
{
    g_autoptr(X509) signer = saoy_x509_parse(saoy_view_of(chain->pdata[0]), NULL);
    EVP_PKEY *key = signer != NULL ? X509_get0_pubkey(signer) : NULL;
    bool rsa = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;

    if (rsa && saoy_key_is_weak(key))
        saoy_mark_found(check, mark, SAOY_FOUND_WEAK_DIGEST, SAOY_INTEGRITY_INTACT);
    return rsa ? recover(key, value) : NULL;
}

static OctetString *
take_value(SaoyCheck *check, SaoyMark *mark)
{
    SaoyView all = saoy_mark_value(check, mark, V_ASN1_OCTET_STRING);
    const unsigned char *at = all.data;
    OctetString *value = d2i_ASN1_OCTET_STRING(NULL, &at, (long)all.size);

    ERR_clear_error();
    return value;
}

void
saoy_mark_check_pkcs1(SaoyCheck *check, SaoyMark *mark)
{
    g_autoptr(OctetString) value = take_value(check, mark);
    g_autoptr(GPtrArray) chain = take_chain(check, mark);
    g_autoptr(DigestInfo) info = NULL;

    mark->level = "PKCS#1";
    if (value == NULL) {
        saoy_mark_found(check, mark, SAOY_FOUND_CMS_MALFORMED, SAOY_INTEGRITY_BROKEN);
        return;
    }
    if (chain->len == 0) {
        saoy_mark_found(check, mark, SAOY_FOUND_CERTIFICATE_ABSENT,
                        SAOY_INTEGRITY_UNDECIDED);
        return;
    }
    mark->chain = g_steal_pointer(&chain);
    mark->signer = saoy_certificate_name(saoy_view_of(mark->chain->pdata[0]));
    info = open_value(check, mark, mark->chain, value);
    if (info == NULL)
        saoy_mark_found(check, mark, SAOY_FOUND_SIGNATURE_WRONG, SAOY_INTEGRITY_BROKEN);
    else
        check_digest(check, mark, info);
}

void
saoy_mark_compare_pkcs1(SaoyCheck *check, SaoyMark *mark)
{
    SaoyView all = saoy_view_of(mark->contents);
    bool octets = all.size > 0 && all.data[0] == V_ASN1_OCTET_STRING;
    g_autoptr(OctetString) value = octets ? take_value(check, mark) : NULL;
    g_autoptr(GPtrArray) chain = value != NULL ? take_chain(check, mark) : NULL;
    g_autoptr(DigestInfo) info =
        chain != NULL && chain->len > 0 ? open_value(check, mark, chain, value) : NULL;

    if (info != NULL)
        check_digest(check, mark, info);
}
