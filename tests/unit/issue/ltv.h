#pragma once
/* A copy with all it takes to issue it for long: time stamp authority, responder, lists;
 * and what peers say of what came out. */
#include "fixture.h"

#include "document/pdf-update.h"
#include "document/pdf-write.h"
#include "document/pdf.h"
#include "signature/cms.h"
#include "signature/dss.h"
#include "signature/renew.h"

#define HOST "http://ca.test/pki/"
#define DAY_US (86400 * (int64_t)G_USEC_PER_SEC)

typedef struct {
    Copy copy; /* first: the fixture's hooks see it as one */
    PkiEntity tsa, ocsp;
    SaoyIssueHooks hooks;
    bool responder_away, lists_away, revoked, lies;
    unsigned stamps, stamps_max; /* given; at most */
    int64_t shift_us;
} Ltv;

/* ---- a small world ---- */

static inline PkiEntity
certified(EVP_PKEY *key, const char *name, const PkiEntity *issuer, const char *extended)
{
    const PkiExtra extra[] = {
        { NID_info_access, "OCSP;URI:" HOST "ocsp,caIssuers;URI:" HOST "issuing.crt" },
        { NID_crl_distribution_points, "URI:" HOST "issuing.crl" },
        { NID_ext_key_usage, extended },
        { 0, NULL },
    };

    return pki_entity_full(key, name, issuer, false,
                           "critical,digitalSignature,nonRepudiation", -86400, 86400 * 300,
                           extra);
}

static inline void
use_signer(Ltv *ltv, int n, EVP_PKEY *key)
{
    static const char *const names[] = { "Trần Văn Dũng", "UBND phường Ba Đình" };
    Copy *copy = &ltv->copy;

    pki_entity_clear(&copy->signer[n]);
    copy->signer[n] = certified(key, names[n], &copy->issuing, NULL);
    g_autofree char *hex = saoy_sha256_hex(saoy_view_of(copy->signer[n].der));
    SaoyCredential *credential = &copy->approval->credentials[n];
    g_strlcpy(credential->certificate_sha256, hex, 65);
    g_autoptr(GPtrArray) chain = pki_chain(&copy->signer[n], &copy->issuing);
    credential->contents_bytes = (int)saoy_cms_size(chain, NULL) + 4096;
}

static inline void
compose_again(Ltv *ltv)
{
    g_bytes_unref(ltv->copy.base);
    ltv->copy.base = copy_compose(&ltv->copy, NULL);
    g_assert_nonnull(ltv->copy.base);
}

static inline GBytes *
on_stamp(void *user, unsigned n, const uint8_t imprint[32], GCancellable *cancel,
         GError **error)
{
    Ltv *ltv = user;
    g_autoptr(GPtrArray) chain = pki_chain(&ltv->tsa, &ltv->copy.issuing);
    const SaoyStampAuthority authority = { .chain = chain,
                                           .sign = pki_on_sign,
                                           .user = &ltv->tsa,
                                           .policy = "1.3.6.1.4.1.99999.1",
                                           .now_us = g_get_real_time() + ltv->shift_us,
                                           .serial = 100 + ltv->stamps };
    uint8_t other[32];

    if (ltv->stamps >= ltv->stamps_max)
        return saoy_null(error, SAOY_ERROR_TIMEOUT, "nobody there");
    ltv->stamps++;
    memcpy(other, imprint, sizeof other);
    other[0] ^= ltv->lies;
    return saoy_stamp_token(other, (SaoyView){ 0 }, &authority, error);
}

static inline GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return on_stamp(user, SAOY_SIGNER_N, imprint, cancel, error);
}

static inline SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    const Ltv *ltv = user;

    if (ltv->revoked)
        return (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, g_get_real_time() - DAY_US,
                                      1 };
    return (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
}

static inline GBytes *
sign_answer(void *user, const uint8_t hash[32], GError **error)
{
    return pki_sign(&((Ltv *)user)->ocsp, hash);
}

static inline GBytes *
answer(Ltv *ltv, GBytes *request, GError **error)
{
    g_autoptr(GPtrArray) chain = pki_chain(&ltv->ocsp, NULL);
    const SaoyOcspResponder responder = { .issuer = saoy_view_of(ltv->copy.issuing.der),
                                          .responder = chain,
                                          .sign = sign_answer,
                                          .user = ltv,
                                          .look = look,
                                          .now_us = g_get_real_time() + ltv->shift_us,
                                          .valid_s = 3600 };

    return saoy_ocsp_answer(saoy_view_of(request), &responder, error);
}

static inline GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    Ltv *ltv = user;
    bool root = strstr(url, "root") != NULL;
    PkiEntity *ca = root ? &ltv->copy.root : &ltv->copy.issuing;

    g_assert_true(g_str_has_prefix(url, HOST));
    if (g_str_has_suffix(url, "/ocsp") && !ltv->responder_away)
        return answer(ltv, body, error);
    if (g_str_has_suffix(url, ".crl") && !ltv->lists_away)
        return saoy_crl_make(saoy_view_of(ca->der), NULL, 0, 1,
                             g_get_real_time() + ltv->shift_us, 86400, pki_on_sign, ca,
                             error);
    if (g_str_has_suffix(url, ".crt"))
        return g_bytes_ref(ca->der);
    return saoy_null(error, SAOY_ERROR_OFFLINE, "nobody there");
}

static inline void
set_up(Ltv *ltv, const void *data)
{
    const PkiExtra extra[] = {
        { NID_info_access, "caIssuers;URI:" HOST "root.crt" },
        { NID_crl_distribution_points, "URI:" HOST "root.crl" },
        { 0, NULL },
    };
    Copy *copy = &ltv->copy;

    copy_set_up(copy, data);
    pki_entity_clear(&copy->issuing);
    copy->issuing =
        pki_entity_full(EVP_EC_gen("P-256"), "TEST issuing", &copy->root, true,
                        "critical,keyCertSign,cRLSign", -86400, 86400 * 3000, extra);
    ltv->tsa =
        certified(EVP_EC_gen("P-256"), "TEST TSA", &copy->issuing, "critical,timeStamping");
    ltv->ocsp = pki_service("TEST OCSP", &copy->issuing, "OCSPSigning");
    use_signer(ltv, 0, EVP_EC_gen("P-256"));
    use_signer(ltv, 1, EVP_EC_gen("P-256"));
    compose_again(ltv);
    ltv->stamps_max = 100;
    ltv->hooks = copy_hooks;
    ltv->hooks.stamp = on_stamp;
    ltv->hooks.fetch = on_fetch;
}

static inline void
tear_down(Ltv *ltv, const void *data)
{
    pki_entity_clear(&ltv->tsa);
    pki_entity_clear(&ltv->ocsp);
    copy_tear_down(&ltv->copy, data);
}

static inline GBytes *
issue(Ltv *ltv, GError **error)
{
    return saoy_copy_issue(ltv->copy.base, ltv->copy.approval, &ltv->hooks, ltv, NULL,
                           error);
}

/* ---- what others say ---- */

static inline void
assert_peers_agree(Ltv *ltv, GBytes *pdf, unsigned whole)
{
    g_autofree char *path = g_build_filename(ltv->copy.trust, "copy.pdf", NULL);
    const char *const pdfsig[] = { "pdfsig", "-nocert", path, NULL };
    const char *const qpdf[] = { "qpdf", "--check", path, NULL };
    int status = -1;

    pki_write(ltv->copy.trust, "copy.pdf", pdf);
    g_autofree char *said = output_of(pdfsig, &status);
    if (said != NULL) {
        g_assert_cmpuint(count(said, "Signature is Valid."), ==, 2);
        g_assert_cmpuint(count(said, "ETSI.CAdES.detached"), ==, 2);
        g_assert_cmpuint(count(said, "Total document signed"), ==, whole);
    }
    g_autofree char *checked = output_of(qpdf, &status);
    g_assert_true(checked == NULL || status == 0);
    g_unlink(path);
}

static inline SaoyVerdict
verify(Ltv *ltv, GBytes *pdf)
{
    const SaoyVerifyOptions options = { .trust = ltv->copy.trust,
                                        .now_us = g_get_real_time() + ltv->shift_us };
    SaoyVerdict verdict = { 0 };
    g_autoptr(GError) error = NULL;

    saoy_verify(pdf, &options, &verdict, &error);
    g_assert_no_error(error);
    return verdict;
}

/* Below B-LT nothing says whether a certificate was revoked, and who issued it does tell.
 */
static inline void
assert_level(Ltv *ltv, GBytes *pdf, const char *level)
{
    g_auto(SaoyVerdict) verdict = verify(ltv, pdf);
    const SaoyJson *list = saoy_json_member(verdict.report, "signatures");
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    bool proven = strstr(level, "LT") != NULL;
    g_assert_cmpint(verdict.conclusion, ==, proven ? SAOY_PASSED : SAOY_INDETERMINATE);
    g_assert_cmpstr(saoy_json_string_or(verdict.report, "sub_indication", "none"), ==,
                    proven ? "none" : "TRY_LATER");
    const char *code = "REVOCATION_UNKNOWN";
    g_assert_true(proven == (strstr(report, code) == NULL));
    for (size_t i = 0; i < 2; i++) {
        const SaoyJson *one = saoy_json_at(list, i);

        g_assert_cmpstr(saoy_json_string_or(one, "level", ""), ==, level);
        g_assert_cmpstr(saoy_json_string_or(one, "integrity", ""), ==, "intact");
        g_assert_cmpstr(saoy_json_string_or(one, "trust", ""), ==, "trusted");
    }
}

static inline const char *
step_named(Ltv *ltv, const char *start)
{
    for (size_t i = 0; i < ltv->copy.steps->len; i++)
        if (g_str_has_prefix(ltv->copy.steps->pdata[i], start))
            return ltv->copy.steps->pdata[i];
    return "";
}

static inline void
start_again(Ltv *ltv)
{
    g_ptr_array_set_size(ltv->copy.steps, 0);
    g_ptr_array_set_size(ltv->copy.prepared, 0);
    g_clear_pointer(&ltv->copy.archived, g_bytes_unref);
    ltv->stamps = 0;
}

/* Of four primes, for they are found sooner; who verifies cannot tell. */
static inline EVP_PKEY *
rsa_of(int bits)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    g_assert_true(EVP_PKEY_keygen_init(ctx) == 1 &&
                  EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) == 1 &&
                  EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, bits > 3072 ? 4 : 3) == 1 &&
                  EVP_PKEY_generate(ctx, &key) == 1);
    return key;
}

static inline EVP_PKEY *
key_of(const char *kind)
{
    return g_str_has_prefix(kind, "P-") ? EVP_EC_gen(kind) : rsa_of((int)atol(kind));
}

/* Who stamps next year. */
static inline void
next_authority(Ltv *ltv)
{
    pki_entity_clear(&ltv->tsa);
    const PkiExtra extra[] = {
        { NID_info_access, "OCSP;URI:" HOST "ocsp,caIssuers;URI:" HOST "issuing.crt" },
        { NID_ext_key_usage, "critical,timeStamping" },
        { 0, NULL },
    };
    ltv->tsa = pki_entity_full(EVP_EC_gen("P-256"), "TEST TSA 2", &ltv->copy.issuing, false,
                               "critical,digitalSignature", -86400, 86400 * 900, extra);
}

static inline GBytes *
renew(Ltv *ltv, GBytes *pdf, GError **error)
{
    const SaoyRenewal renewal = { { on_fetch, ltv, NULL,
                                    g_get_real_time() + ltv->shift_us },
                                  on_token,
                                  ltv,
                                  ltv->copy.trust };

    return saoy_renew(pdf, &renewal, NULL, error);
}

static inline SaoyView
contents_of(SaoyPdf *pdf, GArray *places, guint i)
{
    const SaoyPdfSignature *one = &g_array_index(places, SaoyPdfSignature, i);

    g_assert_cmpuint(places->len, >, i);
    return saoy_pdf_get_raw(one->dict, "Contents")->text;
}

/* The newest document time stamp, its token taken out of the file. */
static inline void
assert_openssl_agrees(Ltv *ltv, GBytes *pdf)
{
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) places = saoy_pdf_signatures(reader, NULL);
    const char *field = g_array_index(places, SaoyPdfSignature, places->len - 1).field;
    SaoySignatureSpace space = { 0 };
    g_autofree char *script = g_strdup_printf(
        "cd %s && for n in root issuing; do openssl x509 -inform DER -in $n.der -out "
        "$n.pem; "
        "done && openssl ts -verify -data d -in t -token_in -CAfile root.pem -untrusted "
        "issuing.pem",
        ltv->copy.trust);
    const char *const argv[] = { "sh", "-c", script, NULL };
    int status = -1;

    g_assert_true(saoy_pdf_signature_space(pdf, field, &space, NULL));
    const uint8_t *all = g_bytes_get_data(pdf, NULL);
    g_autoptr(GByteArray) covered = g_byte_array_new();
    g_byte_array_append(covered, all + space.range[0], (guint)space.range[1]);
    g_byte_array_append(covered, all + space.range[2], (guint)space.range[3]);
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(g_steal_pointer(&covered));
    SaoyView padded = contents_of(reader, places, places->len - 1), rest = padded,
             value = { 0 };
    g_assert_true(saoy_tlv_take(&rest, 0x30, &value, NULL));
    g_autoptr(GBytes) token = g_bytes_new(padded.data, padded.size - rest.size);
    pki_write(ltv->copy.trust, "issuing.der", ltv->copy.issuing.der);
    pki_write(ltv->copy.trust, "d", bytes);
    pki_write(ltv->copy.trust, "t", token);
    g_autofree char *said = output_of(argv, &status);
    g_test_message("%s", said);
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(said, "Verification: OK"));
}
