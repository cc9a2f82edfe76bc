/* Every level of a copy, every kind of key, and time stamps and responders that are away or
 * lie. */
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

static PkiEntity
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

static void
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

static void
compose_again(Ltv *ltv)
{
    g_bytes_unref(ltv->copy.base);
    ltv->copy.base = copy_compose(&ltv->copy, NULL);
    g_assert_nonnull(ltv->copy.base);
}

static GBytes *
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

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return on_stamp(user, SAOY_SIGNER_N, imprint, cancel, error);
}

static SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    const Ltv *ltv = user;

    if (ltv->revoked)
        return (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, g_get_real_time() - DAY_US,
                                      1 };
    return (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
}

static GBytes *
sign_answer(void *user, const uint8_t hash[32], GError **error)
{
    return pki_sign(&((Ltv *)user)->ocsp, hash);
}

static GBytes *
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

static GBytes *
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

static void
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

static void
tear_down(Ltv *ltv, const void *data)
{
    pki_entity_clear(&ltv->tsa);
    pki_entity_clear(&ltv->ocsp);
    copy_tear_down(&ltv->copy, data);
}

static GBytes *
issue(Ltv *ltv, GError **error)
{
    return saoy_copy_issue(ltv->copy.base, ltv->copy.approval, &ltv->hooks, ltv, NULL,
                           error);
}

/* ---- what others say ---- */

static char *
output_of(const char *const *argv, int *out_status)
{
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, NULL);
    char *text = NULL;

    if (child == NULL)
        return NULL;
    g_subprocess_communicate_utf8(child, NULL, NULL, &text, NULL, NULL);
    *out_status = g_subprocess_get_exit_status(child);
    return text;
}

static unsigned
count(const char *text, const char *word)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        n++;
    return n;
}

static void
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

static SaoyVerdict
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

static void
assert_level(Ltv *ltv, GBytes *pdf, const char *level)
{
    g_auto(SaoyVerdict) verdict = verify(ltv, pdf);
    const SaoyJson *list = saoy_json_member(verdict.report, "signatures");
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
    for (size_t i = 0; i < 2; i++) {
        const SaoyJson *one = saoy_json_at(list, i);

        g_assert_cmpstr(saoy_json_string_or(one, "level", ""), ==, level);
        g_assert_cmpstr(saoy_json_string_or(one, "integrity", ""), ==, "intact");
        g_assert_cmpstr(saoy_json_string_or(one, "trust", ""), ==, "trusted");
    }
}

static const char *
step_named(Ltv *ltv, const char *start)
{
    for (size_t i = 0; i < ltv->copy.steps->len; i++)
        if (g_str_has_prefix(ltv->copy.steps->pdata[i], start))
            return ltv->copy.steps->pdata[i];
    return "";
}

static void
start_again(Ltv *ltv)
{
    g_ptr_array_set_size(ltv->copy.steps, 0);
    g_ptr_array_set_size(ltv->copy.prepared, 0);
    g_clear_pointer(&ltv->copy.archived, g_bytes_unref);
    ltv->stamps = 0;
}

/* ---- levels ---- */

static void
test_every_level_is_what_it_says(Ltv *ltv, const void *data)
{
    static const struct {
        const char *step, *level;
        bool stamp, fetch;
        unsigned stamps_max, revisions;
    } levels[] = {
        { "level/B-B", "PAdES-B-B", false, true, 100, 2 },
        { "level/B-T", "PAdES-B-T", true, false, 100, 2 },
        { "level/B-LT", "PAdES-B-LT", true, true, 2, 3 },
        { "level/B-LTA", "PAdES-B-LTA", true, true, 100, 4 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) pdf = NULL;

        start_again(ltv);
        ltv->hooks.stamp = levels[i].stamp ? on_stamp : NULL;
        ltv->hooks.fetch = levels[i].fetch ? on_fetch : NULL;
        ltv->stamps_max = levels[i].stamps_max;
        pdf = issue(ltv, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(step_named(ltv, "level/"), ==, levels[i].step);
        g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
        g_assert_cmpuint(saoy_pdf_revisions(reader), ==, levels[i].revisions);
        assert_level(ltv, pdf, levels[i].level);
        /* behind the DSS nothing signs at B-LT */
        assert_peers_agree(ltv, pdf, levels[i].revisions == 3 ? 0 : 1);
    }
}

/* Of four primes, for they are found sooner; who verifies cannot tell. */
static EVP_PKEY *
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

static EVP_PKEY *
key_of(const char *kind)
{
    return g_str_has_prefix(kind, "P-") ? EVP_EC_gen(kind) : rsa_of((int)atol(kind));
}

static void
test_every_kind_of_key_signs(Ltv *ltv, const void *data)
{
    static const char *const kinds[][2] = { { "2048", "P-384" },
                                            { "3072", "P-256" },
                                            { "P-384", "4096" } };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) pdf = NULL;

        start_again(ltv);
        use_signer(ltv, 0, key_of(kinds[i][0]));
        use_signer(ltv, 1, key_of(kinds[i][1]));
        compose_again(ltv);
        pdf = issue(ltv, &error);
        g_assert_no_error(error);
        assert_level(ltv, pdf, "PAdES-B-LTA");
        assert_peers_agree(ltv, pdf, 1);
    }
}

/* ---- those who are away, and those who lie ---- */

static void
test_a_copy_does_not_wait_for_a_time_stamp(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;

    ltv->stamps_max = 0;
    pdf = issue(ltv, &error);
    g_assert_no_error(error);
    assert_level(ltv, pdf, "PAdES-B-B");
    start_again(ltv);
    ltv->stamps_max = 1; /* the officer's alone: then nobody is asked again */
    g_autoptr(GBytes) half = issue(ltv, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(step_named(ltv, "level/"), ==, "level/B-B");
    g_assert_nonnull(half);
}

static void
test_a_lying_authority_is_not_embedded(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;

    ltv->lies = true;
    pdf = issue(ltv, &error);
    /* hooks promise checked tokens; one that is not stops the copy instead of spoiling it
     */
    g_assert_null(pdf);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_null(ltv->copy.archived);
}

static void
test_a_list_stands_in_for_the_responder(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;
    g_auto(SaoyProofs) proofs = { 0 };

    ltv->responder_away = true;
    pdf = issue(ltv, &error);
    g_assert_no_error(error);
    assert_level(ltv, pdf, "PAdES-B-LTA");
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_assert_true(saoy_dss_read(reader, saoy_pdf_revisions(reader) - 1, (SaoyView){ 0 },
                                &proofs, NULL));
    g_assert_cmpuint(proofs.ocsps->len, ==, 0);
    g_assert_cmpuint(proofs.crls->len, ==, 2);
}

static void
test_without_any_proof_it_stays_stamped(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;

    ltv->responder_away = ltv->lists_away = true;
    pdf = issue(ltv, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(step_named(ltv, "level/"), ==, "level/B-T");
    assert_level(ltv, pdf, "PAdES-B-T");
}

static void
test_who_is_revoked_issues_nothing(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;

    ltv->revoked = true;
    g_assert_null(issue(ltv, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_null(ltv->copy.archived);
}

static void
test_a_lost_lease_stops_in_every_new_step(Ltv *ltv, const void *data)
{
    static const char *const stops[] = { "stamp/1", "stamp/2", "proofs", "stamp/3",
                                         "level/B-LTA" };

    for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
        g_autoptr(GError) error = NULL;

        start_again(ltv);
        ltv->copy.stop_at = stops[i];
        g_assert_null(issue(ltv, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
        g_assert_null(ltv->copy.archived);
    }
}

/* ---- what stands in the file ---- */

static SaoyView
contents_of(SaoyPdf *pdf, GArray *places, guint i)
{
    const SaoyPdfSignature *one = &g_array_index(places, SaoyPdfSignature, i);

    g_assert_cmpuint(places->len, >, i);
    return saoy_pdf_get_raw(one->dict, "Contents")->text;
}

static void
test_each_signature_has_its_own_data(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) places = saoy_pdf_signatures(reader, NULL);
    size_t newest = saoy_pdf_revisions(reader) - 1;

    for (guint i = 0; i < 2; i++) {
        g_auto(SaoyProofs) proofs = { 0 };

        g_assert_true(
            saoy_dss_read(reader, newest, contents_of(reader, places, i), &proofs, NULL));
        /* signer, issuing, root, authority; an answer for signer and authority; root's list
         */
        g_assert_cmpuint(proofs.certificates->len, ==, 4);
        g_assert_cmpuint(proofs.ocsps->len, ==, 2);
        g_assert_cmpuint(proofs.crls->len, ==, 1);
        g_assert_cmpint(saoy_revocation_at(saoy_view_of(ltv->copy.signer[i].der),
                                           saoy_view_of(ltv->copy.issuing.der), &proofs,
                                           g_get_real_time(), NULL),
                        ==, SAOY_REVOCATION_GOOD);
    }
    g_auto(SaoyProofs) none = { 0 };
    g_assert_false(
        saoy_dss_read(reader, newest, contents_of(reader, places, 2), &none, NULL));
    g_assert_false(saoy_dss_read(reader, 1, (SaoyView){ 0 }, &none, NULL));
}

static void
test_the_same_data_gives_the_same_bytes(Ltv *ltv, const void *data)
{
    const SaoyProofSource source = { on_fetch, ltv, NULL, g_get_real_time() };
    g_autoptr(GBytes) pdf = NULL;
    g_autoptr(GArray) entries = NULL;

    ltv->hooks.fetch = NULL;
    pdf = issue(ltv, NULL);
    entries = saoy_dss_collect(pdf, &source, NULL, NULL);
    g_assert_nonnull(entries);
    g_autoptr(GBytes) one = saoy_dss_append(pdf, entries, NULL);
    g_autoptr(GBytes) two = saoy_dss_append(pdf, entries, NULL);
    g_assert_true(g_bytes_equal(one, two));
    g_assert_cmpmem(g_bytes_get_data(one, NULL), g_bytes_get_size(pdf),
                    g_bytes_get_data(pdf, NULL), g_bytes_get_size(pdf));
}

static void
test_a_token_that_does_not_fit_gets_more_room(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = NULL;
    g_autoptr(GError) error = NULL;

    ltv->hooks.fetch = NULL;
    pdf = issue(ltv, NULL);
    ltv->stamps = 0;
    g_autoptr(GBytes) stamped = saoy_dss_stamp(pdf, 100, on_token, ltv, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(stamped);
    g_assert_cmpuint(ltv->stamps, ==, 2);
    ltv->lies = true;
    g_assert_null(saoy_dss_stamp(pdf, 0, on_token, ltv, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_openssl_verifies_the_document_time_stamp(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) places = saoy_pdf_signatures(reader, NULL);
    const char *field = g_array_index(places, SaoyPdfSignature, 2).field;
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
    SaoyView padded = contents_of(reader, places, 2), rest = padded, value = { 0 };
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

/* A finisher may leave out nothing that was given, and bring nothing that was not. */
static void
test_only_the_given_stamp_may_ride(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    GBytes *officer = ltv->copy.prepared->pdata[1];
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) places = saoy_pdf_signatures(reader, NULL);
    g_autoptr(GPtrArray) chain = pki_chain(&ltv->copy.signer[0], &ltv->copy.issuing);
    const SaoyCredential *credential = &ltv->copy.approval->credentials[0];
    SaoySignatureSpace space = { 0 };
    g_auto(SaoyCms) cms = { 0 };
    uint8_t digest[32];

    g_assert_true(saoy_pdf_signature_space(officer, SAOY_FIELD_OFFICER, &space, NULL));
    g_assert_true(saoy_pdf_range_digest(officer, &space, digest, NULL));
    g_assert_true(saoy_cms_check(contents_of(reader, places, 0), digest, &cms, NULL));
    g_assert_nonnull(cms.time_stamp);
    g_assert_true(saoy_copy_check_filled(ltv->copy.base, officer, 0, credential, chain,
                                         NULL, cms.time_stamp, NULL));
    g_assert_false(saoy_copy_check_filled(ltv->copy.base, officer, 0, credential, chain,
                                          NULL, NULL, NULL));
    g_assert_false(saoy_copy_check_filled(ltv->copy.base, officer, 0, credential, chain,
                                          NULL, chain->pdata[0], NULL));
}

/* ---- renewal ---- */

static GBytes *
renew(Ltv *ltv, GBytes *pdf, GError **error)
{
    const SaoyRenewal renewal = { { on_fetch, ltv, NULL,
                                    g_get_real_time() + ltv->shift_us },
                                  on_token,
                                  ltv,
                                  ltv->copy.trust };

    return saoy_renew(pdf, &renewal, NULL, error);
}

static void
test_a_renewed_copy_carries_on(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    g_autoptr(GError) error = NULL;
    int64_t due = 0, later = 0;

    g_assert_true(saoy_renewal_due(pdf, 30 * DAY_US, &due, NULL));
    g_assert_cmpint(due / DAY_US, ==, (g_get_real_time() + 270 * DAY_US) / DAY_US);
    ltv->shift_us = 200 * DAY_US;
    /* next year's authority */
    pki_entity_clear(&ltv->tsa);
    const PkiExtra extra[] = {
        { NID_info_access, "OCSP;URI:" HOST "ocsp,caIssuers;URI:" HOST "issuing.crt" },
        { NID_ext_key_usage, "critical,timeStamping" },
        { 0, NULL },
    };
    ltv->tsa = pki_entity_full(EVP_EC_gen("P-256"), "TEST TSA 2", &ltv->copy.issuing, false,
                               "critical,digitalSignature", -86400, 86400 * 900, extra);
    g_autoptr(GBytes) renewed = renew(ltv, pdf, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(renewed, NULL), g_bytes_get_size(pdf),
                    g_bytes_get_data(pdf, NULL), g_bytes_get_size(pdf));
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(renewed, NULL);
    g_assert_cmpuint(saoy_pdf_revisions(reader), ==, 6);
    assert_level(ltv, renewed, "PAdES-B-LTA");
    assert_peers_agree(ltv, renewed, 1);
    g_assert_true(saoy_renewal_due(renewed, 30 * DAY_US, &later, NULL));
    g_assert_cmpint(later, >, due + 365 * DAY_US);
    ltv->shift_us = 350 * DAY_US; /* signers and the first authority are over */
    assert_level(ltv, renewed, "PAdES-B-LTA");
}

static void
test_renewal_lifts_what_was_issued_lower(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = NULL;
    g_autoptr(GError) error = NULL;
    int64_t due = 1;

    ltv->stamps_max = 0;
    pdf = issue(ltv, NULL);
    g_assert_true(saoy_renewal_due(pdf, 0, &due, NULL));
    g_assert_cmpint(due, ==, 0);
    ltv->stamps_max = 100;
    g_autoptr(GBytes) renewed = renew(ltv, pdf, &error);
    g_assert_no_error(error);
    assert_level(ltv, renewed, "PAdES-B-LTA");
}

static void
test_what_is_broken_or_unsigned_is_not_renewed(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    size_t size = g_bytes_get_size(pdf);
    g_autofree uint8_t *bytes = g_memdup2(g_bytes_get_data(pdf, NULL), size);
    g_autoptr(GError) one = NULL, two = NULL;

    bytes[size / 3] ^= 1;
    g_autoptr(GBytes) bad = g_bytes_new(bytes, size);
    g_assert_null(renew(ltv, bad, &one));
    g_assert_true(g_error_matches(one, SAOY_ERROR, SAOY_ERROR_REFUSED) ||
                  g_error_matches(one, SAOY_ERROR, SAOY_ERROR_MALFORMED));
    g_assert_null(renew(ltv, ltv->copy.base, &two));
    g_assert_error(two, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_clear_error(&one);
    ltv->stamps_max = 0;
    g_assert_null(renew(ltv, pdf, &one));
    g_assert_error(one, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Ltv, NULL, set_up, f, tear_down)
    WITH("/ltv/levels", test_every_level_is_what_it_says);
    WITH("/ltv/keys", test_every_kind_of_key_signs);
    WITH("/ltv/no-stamp", test_a_copy_does_not_wait_for_a_time_stamp);
    WITH("/ltv/lying-authority", test_a_lying_authority_is_not_embedded);
    WITH("/ltv/list", test_a_list_stands_in_for_the_responder);
    WITH("/ltv/no-proof", test_without_any_proof_it_stays_stamped);
    WITH("/ltv/revoked", test_who_is_revoked_issues_nothing);
    WITH("/ltv/lost-lease", test_a_lost_lease_stops_in_every_new_step);
    WITH("/ltv/vri", test_each_signature_has_its_own_data);
    WITH("/ltv/same-bytes", test_the_same_data_gives_the_same_bytes);
    WITH("/ltv/room", test_a_token_that_does_not_fit_gets_more_room);
    WITH("/ltv/openssl", test_openssl_verifies_the_document_time_stamp);
    WITH("/ltv/only-the-given", test_only_the_given_stamp_may_ride);
    WITH("/ltv/renewed", test_a_renewed_copy_carries_on);
    WITH("/ltv/lifted", test_renewal_lifts_what_was_issued_lower);
    WITH("/ltv/refused", test_what_is_broken_or_unsigned_is_not_renewed);
    return g_test_run();
}
