#include "cms-parts.h"
#include "verify-parts.h"

#include "core/file.h"

#include <openssl/objects.h>

#include <string.h>

/* The value in /Contents: CMS as PAdES and as Adobe's older kinds have it, or a time stamp
 * token. What it proves and since when is weighed later, in verify-time.c. */
typedef CMS_ContentInfo ContentInfo;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ContentInfo, CMS_ContentInfo_free)

enum { SHA1_SIZE = 20 };

static const SaoyView nothing = { (const uint8_t *)"", 0 };

static void
broken(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding)
{
    saoy_mark_found(check, mark, finding, SAOY_INTEGRITY_BROKEN);
}

static void
doubtful(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding)
{
    saoy_mark_found(check, mark, finding, SAOY_INTEGRITY_INTACT);
}

static void
undecided(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding)
{
    saoy_mark_found(check, mark, finding, SAOY_INTEGRITY_UNDECIDED);
}

bool
saoy_cms_is_weak(int digest)
{
    return digest == NID_sha1 || digest == NID_md5 || digest == NID_ripemd160;
}

bool
saoy_key_is_weak(EVP_PKEY *key)
{
    enum { FEWEST_BITS = 112 }; /* RSA-2048 */

    return EVP_PKEY_get_security_bits(key) < FEWEST_BITS;
}

/* ---- how much is opened and digested ---- */

/* Everything may be sent here, and 100 signatures share one file. */
enum { MAX_CMS_WORK = 4000, DIGESTS_OF_FILE = 4, MAX_SIGNERS = 10 };
#define DIGESTS_BASE ((size_t)64 << 20)

static bool
may_open(SaoyCheck *check, SaoyMark *mark, SaoyView value)
{
    check->cms_work += saoy_cms_cost(value);
    if (check->cms_work <= MAX_CMS_WORK)
        return true;
    undecided(check, mark, SAOY_FOUND_TOO_COMPLEX);
    return false;
}

static bool
is_exhausted(const SaoyCheck *check)
{
    return check->prefix.digested > DIGESTS_BASE + DIGESTS_OF_FILE * check->all.size;
}

/* By the state that all signatures over the file share. */
size_t
saoy_mark_digest(SaoyCheck *check, SaoyMark *mark, int algorithm, const SaoyView data[2],
                 uint8_t out[64])
{
    if (data[0].data != check->all.data)
        return saoy_cms_digest(algorithm, data, out);
    if (!is_exhausted(check))
        return saoy_prefix_digest(&check->prefix, algorithm, data, out);
    undecided(check, mark, SAOY_FOUND_TOO_COMPLEX);
    return 0;
}

/* ---- what cannot be opened as one signer's value with its certificate ---- */

static bool
digest_differs(SaoyCheck *check, SaoyMark *mark, CMS_SignerInfo *info,
               const SaoyView data[2])
{
    const ASN1_STRING *said = CMS_signed_get0_data_by_OBJ(
        info, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING);
    X509_ALGOR *algorithm = NULL;
    uint8_t digest[64];

    ERR_clear_error();
    CMS_SignerInfo_get0_algs(info, NULL, NULL, &algorithm, NULL);
    size_t size =
        said != NULL
            ? saoy_mark_digest(check, mark, OBJ_obj2nid(algorithm->algorithm), data, digest)
            : 0;
    return said != NULL && size > 0 &&
           ((size_t)ASN1_STRING_length(said) != size ||
            memcmp(ASN1_STRING_get0_data(said), digest, size) != 0);
}

/* Says why: several signers, no certificate at all, another's certificate, or nonsense. */
static void
explain(SaoyCheck *check, SaoyMark *mark, SaoyView value, const SaoyView data[2])
{
    const unsigned char *at = value.data;
    g_autoptr(ContentInfo) info = d2i_CMS_ContentInfo(NULL, &at, (long)value.size);
    STACK_OF(CMS_SignerInfo) *signers = info != NULL ? CMS_get0_SignerInfos(info) : NULL;
    STACK_OF(X509) *certificates = info != NULL ? CMS_get1_certs(info) : NULL;
    int n = signers != NULL ? sk_CMS_SignerInfo_num(signers) : 0;
    int held = certificates != NULL ? sk_X509_num(certificates) : 0;

    sk_X509_pop_free(certificates, X509_free);
    ERR_clear_error();
    if (n > 1) {
        broken(check, mark, SAOY_FOUND_CMS_SIGNERS);
    } else if (n == 1 && held > 0) {
        broken(check, mark, SAOY_FOUND_CERTIFICATE_SWAPPED);
    } else if (n == 1) {
        undecided(check, mark, SAOY_FOUND_CERTIFICATE_ABSENT);
        if (digest_differs(check, mark, sk_CMS_SignerInfo_value(signers, 0), data))
            broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
    } else {
        broken(check, mark, SAOY_FOUND_CMS_MALFORMED);
    }
}

/* The value without its padding. Some appliances pad with whatever their memory held: that
 * is nobody's signature, and nothing that is shown. */
SaoyView
saoy_mark_value(SaoyCheck *check, SaoyMark *mark, int wanted)
{
    SaoyView all = saoy_view_of(mark->contents);
    const unsigned char *at = all.data;
    long length = 0;
    int tag = 0, class = 0;
    int how = ASN1_get_object(&at, &length, &tag, &class, (long)all.size);

    ERR_clear_error();
    if ((how & 0x80) != 0 || (how & 1) != 0 || tag != wanted)
        return all;
    SaoyView value = { all.data, (size_t)(at - all.data) + (size_t)length };
    for (size_t i = value.size; i < all.size; i++)
        if (all.data[i] != 0) {
            doubtful(check, mark, SAOY_FOUND_CONTENTS_PADDING);
            break;
        }
    return value;
}

/* ---- digest and signature ---- */

/* Whether the machine knows the signer's key and algorithm at all: RFC 8419's and later
 * ones do not make a signature wrong. */
static bool
is_supported(const SaoyCmsParts *parts)
{
    EVP_PKEY *key = X509_get0_pubkey(parts->signer);
    X509_ALGOR *algorithm = NULL;
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : NID_undef;

    CMS_SignerInfo_get0_algs(parts->signer_info, NULL, NULL, NULL, &algorithm);
    return (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS || type == EVP_PKEY_EC ||
            type == EVP_PKEY_DSA) &&
           OBJ_obj2nid(algorithm->algorithm) != NID_undef;
}

/* The algorithm it names must be one of the key it is checked with; OpenSSL passes over
 * that for elliptic curves. */
static bool
fits_key(const SaoyCmsParts *parts)
{
    X509_ALGOR *algorithm = NULL;
    int kind = NID_undef;

    CMS_SignerInfo_get0_algs(parts->signer_info, NULL, NULL, NULL, &algorithm);
    int type = EVP_PKEY_get_base_id(X509_get0_pubkey(parts->signer));
    if (OBJ_find_sigid_algs(OBJ_obj2nid(algorithm->algorithm), NULL, &kind) != 1)
        kind = OBJ_obj2nid(algorithm->algorithm);
    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        return kind == NID_rsaEncryption || kind == NID_rsassaPss;
    return kind == type;
}

static void
check_signature(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts)
{
    g_autoptr(GError) error = NULL;

    if (!is_supported(parts))
        undecided(check, mark, SAOY_FOUND_UNSUPPORTED_SIGNATURE);
    else if (!fits_key(parts) || !saoy_cms_signature_holds(parts, &error))
        broken(check, mark, SAOY_FOUND_SIGNATURE_WRONG);
    else if (saoy_key_is_weak(X509_get0_pubkey(parts->signer)))
        doubtful(check, mark, SAOY_FOUND_WEAK_DIGEST);
}

/* data: what must have been digested. False when there is nothing more to judge. */
static bool
check_value(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts,
            const SaoyView data[2])
{
    uint8_t digest[64];
    size_t size = saoy_mark_digest(check, mark, parts->digest, data, digest);

    if (size == 0) {
        if (mark->integrity == SAOY_INTEGRITY_INTACT)
            undecided(check, mark, SAOY_FOUND_UNSUPPORTED_SIGNATURE);
        return false;
    }
    /* none at all, or attributes without it: bytes that mean two things can be signed */
    if (parts->message_digest.data == NULL) {
        broken(check, mark, SAOY_FOUND_MESSAGE_DIGEST_ABSENT);
        return false;
    }
    if (size != parts->message_digest.size ||
        memcmp(digest, parts->message_digest.data, size) != 0)
        broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
    check_signature(check, mark, parts);
    return true;
}

/* ---- what else it says ---- */

static bool
has_certificate_attribute(const SaoyCmsParts *parts)
{
    return CMS_signed_get_attr_by_NID(parts->signer_info,
                                      NID_id_smime_aa_signingCertificateV2, -1) >= 0 ||
           CMS_signed_get_attr_by_NID(parts->signer_info,
                                      NID_id_smime_aa_signingCertificate, -1) >= 0;
}

/* The signature time stamp, if there is one, must be of this very signature; whether its
 * authority is trusted is asked by saoy_times_check. */
static void
take_inner_stamp(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts)
{
    g_autoptr(GBytes) token = saoy_cms_time_stamp(parts);
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts->signer_info);
    const SaoyView data[2] = {
        { ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) }, nothing
    };

    if (token == NULL || !may_open(check, mark, saoy_view_of(token)))
        return;
    if (!saoy_stamp_check(saoy_view_of(token), data, &mark->stamp, NULL))
        broken(check, mark, SAOY_FOUND_STAMP_WRONG);
}

static void
take_parts(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts, bool cades)
{
    if (!parts->cades && has_certificate_attribute(parts))
        broken(check, mark, SAOY_FOUND_CERTIFICATE_SWAPPED);
    else if (!parts->cades && cades)
        doubtful(check, mark, SAOY_FOUND_CADES_ABSENT);
    if (saoy_cms_is_weak(parts->digest))
        doubtful(check, mark, SAOY_FOUND_WEAK_DIGEST);
    take_inner_stamp(check, mark, parts);
}

static bool
open_value(SaoyCheck *check, SaoyMark *mark, const SaoyView data[2], SaoyCmsParts *out)
{
    SaoyView value = saoy_mark_value(check, mark, V_ASN1_SEQUENCE);

    if (!may_open(check, mark, value))
        return false;
    if (!saoy_cms_open(value, out, NULL)) {
        explain(check, mark, value, data);
        return false;
    }
    mark->chain = saoy_cms_chain(out);
    mark->signer = saoy_certificate_name(saoy_view_of(mark->chain->pdata[0]));
    mark->level = out->cades ? "PAdES-B-B" : "CMS";
    return true;
}

void
saoy_mark_check_cms(SaoyCheck *check, SaoyMark *mark, bool cades)
{
    g_auto(SaoyCmsParts) parts = { 0 };
    SaoyView pieces[2];

    saoy_mark_pieces(check, mark, pieces);
    if (!open_value(check, mark, pieces, &parts))
        return;
    if (parts.content.data != NULL && parts.content.size > 0)
        broken(check, mark, SAOY_FOUND_CMS_HAS_CONTENT);
    if (check_value(check, mark, &parts, pieces))
        take_parts(check, mark, &parts, cades);
}

static bool
sha1_differs(SaoyCheck *check, SaoyMark *mark, SaoyView content, const SaoyView pieces[2])
{
    uint8_t sha1[64];
    size_t size = saoy_mark_digest(check, mark, NID_sha1, pieces, sha1);

    return size == SHA1_SIZE &&
           (content.size != size || memcmp(content.data, sha1, size) != 0);
}

/* adbe.pkcs7.sha1: the content is the SHA-1 of the bytes (ISO 32000-1, 12.8.3.3). */
void
saoy_mark_check_legacy(SaoyCheck *check, SaoyMark *mark)
{
    g_auto(SaoyCmsParts) parts = { 0 };
    SaoyView pieces[2];

    saoy_mark_pieces(check, mark, pieces);
    if (!open_value(check, mark, (const SaoyView[2]){ nothing, nothing }, &parts))
        return;
    const SaoyView content[2] = { parts.content, nothing };
    if (sha1_differs(check, mark, parts.content, pieces)) {
        broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
        return;
    }
    doubtful(check, mark, SAOY_FOUND_WEAK_DIGEST);
    if (check_value(check, mark, &parts, content))
        take_parts(check, mark, &parts, false);
}

typedef struct {
    SaoyCheck *check;
    SaoyMark *mark;
} Stamped;

static size_t
digest_pieces(void *user, int algorithm, uint8_t out[64])
{
    const Stamped *stamped = user;
    SaoyView pieces[2];

    saoy_mark_pieces(stamped->check, stamped->mark, pieces);
    return saoy_mark_digest(stamped->check, stamped->mark, algorithm, pieces, out);
}

/* Not if it could not be compared: that was said. */
static bool
is_wrong_stamp(SaoyCheck *check, SaoyMark *mark, SaoyView token)
{
    Stamped stamped = { check, mark };

    return !saoy_stamp_check_by(token, digest_pieces, &stamped, &mark->stamp, NULL) &&
           !is_exhausted(check);
}

/* One signer's value that cannot be opened: its certificate may be elsewhere. */
static void
compare_closed(SaoyCheck *check, SaoyMark *mark, const SaoyView data[2])
{
    SaoyView value = saoy_view_of(mark->contents);
    const unsigned char *at = value.data;
    g_autoptr(ContentInfo) info = d2i_CMS_ContentInfo(NULL, &at, (long)value.size);
    STACK_OF(CMS_SignerInfo) *signers = info != NULL ? CMS_get0_SignerInfos(info) : NULL;

    ERR_clear_error();
    for (int i = 0; i < MIN(sk_CMS_SignerInfo_num(signers), MAX_SIGNERS); i++)
        if (digest_differs(check, mark, sk_CMS_SignerInfo_value(signers, i), data))
            broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
}

/* Of a kind that is not known: what looks like CMS, a time stamp or a bare signature must
 * at least be over these bytes. */
void
saoy_mark_check_unknown(SaoyCheck *check, SaoyMark *mark)
{
    g_auto(SaoyCmsParts) parts = { 0 };
    SaoyView pieces[2];

    undecided(check, mark, SAOY_FOUND_UNSUPPORTED_SIGNATURE);
    saoy_mark_pieces(check, mark, pieces);
    saoy_mark_compare_pkcs1(check, mark);
    if (!may_open(check, mark, saoy_view_of(mark->contents)))
        return;
    if (!saoy_cms_open(saoy_view_of(mark->contents), &parts, NULL)) {
        compare_closed(check, mark, pieces);
        return;
    }
    if (parts.content.data == NULL) {
        if (digest_differs(check, mark, parts.signer_info, pieces))
            broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
    } else if (parts.content_type == NID_pkcs7_data && parts.content.size == SHA1_SIZE &&
               sha1_differs(check, mark, parts.content,
                            pieces)) { /* adbe.pkcs7.sha1, renamed */
        broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
    } else if (parts.content_type == NID_id_smime_ct_TSTInfo &&
               is_wrong_stamp(check, mark, saoy_view_of(mark->contents))) {
        broken(check, mark, SAOY_FOUND_STAMP_WRONG);
    }
}

void
saoy_mark_check_stamp(SaoyCheck *check, SaoyMark *mark)
{
    SaoyView token = saoy_mark_value(check, mark, V_ASN1_SEQUENCE);

    mark->is_stamp = true;
    mark->level = "DocTimeStamp";
    if (!may_open(check, mark, token))
        return;
    if (is_wrong_stamp(check, mark, token))
        broken(check, mark, SAOY_FOUND_STAMP_WRONG);
    if (mark->stamp.chain == NULL)
        return;
    mark->chain = g_ptr_array_ref(mark->stamp.chain);
    mark->signer = saoy_certificate_name(saoy_view_of(mark->chain->pdata[0]));
    mark->time_us = mark->stamp.time_us;
    mark->stamped = true;
    if (!mark->stamp.strong)
        doubtful(check, mark, SAOY_FOUND_WEAK_DIGEST);
}
