/* Time stamps: what an honest authority gives, and what a hostile one may try. */
#include "signature/stamp.h"

#include "der.h"
#include "pki.h"

#include "core/error.h"
#include "signature/cms.h"

#define POLICY "1.3.6.1.4.1.99999.1"

typedef struct {
    PkiEntity root, tsa;
    char *trust;
    SaoyStampAsk ask;
    SaoyStampAuthority authority;
} Fixture;

static const SaoyView content = { (const uint8_t *)"Sao Y", 5 };

static void
set_up(Fixture *fix, const void *data)
{
    uint8_t imprint[32];

    fix->root = pki_entity("TEST root", NULL, true);
    fix->tsa = pki_service("TEST TSA", &fix->root, "critical,timeStamping");
    fix->trust = pki_folder();
    pki_write(fix->trust, "root.der", fix->root.der);
    saoy_sha256(content, imprint);
    g_assert_true(saoy_stamp_ask(imprint, &fix->ask, NULL));
    fix->ask.trust = fix->trust;
    fix->authority =
        (SaoyStampAuthority){ .chain = pki_chain(&fix->tsa, NULL),
                              .sign = pki_on_sign,
                              .user = &fix->tsa,
                              .policy = POLICY,
                              .now_us = g_get_real_time() / G_USEC_PER_SEC * G_USEC_PER_SEC,
                              .serial = 4711 };
}

static void
tear_down(Fixture *fix, const void *data)
{
    pki_entity_clear(&fix->root);
    pki_entity_clear(&fix->tsa);
    g_ptr_array_unref(fix->authority.chain);
    saoy_dir_remove(fix->trust, NULL);
    g_free(fix->trust);
}

static void
use_authority(Fixture *fix, PkiEntity tsa)
{
    pki_entity_clear(&fix->tsa);
    fix->tsa = tsa;
    g_ptr_array_unref(fix->authority.chain);
    fix->authority.chain = pki_chain(&fix->tsa, NULL);
}

static GBytes *
answer(Fixture *fix)
{
    g_autoptr(GBytes) request = saoy_stamp_request(&fix->ask);
    g_autoptr(GError) error = NULL;
    GBytes *response = saoy_stamp_answer(saoy_view_of(request), &fix->authority, &error);

    g_assert_no_error(error);
    return response;
}

static void
assert_refused(Fixture *fix, GBytes *response, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) token = saoy_stamp_accept(saoy_view_of(response), &fix->ask, &error);

    g_assert_null(token);
    g_assert_error(error, SAOY_ERROR, code);
}

static void
test_an_honest_stamp_is_accepted(Fixture *fix, const void *data)
{
    const SaoyView pieces[2] = { { content.data, 3 }, { content.data + 3, 2 } };
    g_autoptr(GBytes) response = answer(fix);
    g_autoptr(GError) error = NULL;
    g_auto(SaoyStamp) stamp = { 0 };
    g_autoptr(GBytes) token = saoy_stamp_accept(saoy_view_of(response), &fix->ask, &error);

    g_assert_no_error(error);
    g_assert_true(saoy_stamp_check(saoy_view_of(token), pieces, &stamp, NULL));
    g_assert_cmpint(stamp.time_us, ==, fix->authority.now_us);
    g_assert_cmpint(stamp.accuracy_us, ==, G_USEC_PER_SEC);
    g_assert_cmpstr(stamp.policy, ==, POLICY);
    g_assert_true(stamp.named && stamp.for_stamps && stamp.strong);
    g_assert_cmpmem(stamp.nonce, stamp.nonce_size, fix->ask.nonce, fix->ask.nonce_size);
}

static void
test_a_token_without_protocol_is_checked_as_well(Fixture *fix, const void *data)
{
    SaoyView nonce = { fix->ask.nonce, fix->ask.nonce_size };
    g_autoptr(GBytes) token =
        saoy_stamp_token(fix->ask.imprint, nonce, &fix->authority, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_stamp_accept_token(saoy_view_of(token), &fix->ask, NULL));
    fix->ask.imprint[0] ^= 1;
    g_assert_false(saoy_stamp_accept_token(saoy_view_of(token), &fix->ask, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_nonce_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);

    fix->ask.nonce[5] ^= 1;
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
}

static void
test_no_nonce_is_refused_where_one_was_sent(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) request = NULL;
    g_autoptr(GBytes) response = NULL;
    SaoyStampAsk bare = fix->ask;

    bare.nonce_size = 0;
    request = saoy_stamp_request(&bare);
    response = saoy_stamp_answer(saoy_view_of(request), &fix->authority, NULL);
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_imprint_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);

    fix->ask.imprint[31] ^= 1;
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_policy_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);

    fix->ask.policy = "1.2.3.4";
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    g_autoptr(GBytes) rejected = answer(fix);
    assert_refused(fix, rejected, SAOY_ERROR_REFUSED);
    fix->ask.policy = POLICY;
    g_autoptr(GBytes) granted = answer(fix);
    g_autoptr(GBytes) token = saoy_stamp_accept(saoy_view_of(granted), &fix->ask, NULL);
    g_assert_nonnull(token);
}

/* RFC 3161, 2.3: critical, and for time stamps alone. */
static void
test_a_certificate_for_something_else_is_refused(Fixture *fix, const void *data)
{
    static const char *const usages[] = { "timeStamping",
                                          "critical,timeStamping,codeSigning",
                                          "critical,OCSPSigning" };

    for (size_t i = 0; i < G_N_ELEMENTS(usages); i++) {
        g_autoptr(GBytes) response = NULL;

        use_authority(fix, pki_service("Other", &fix->root, usages[i]));
        response = answer(fix);
        assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    }
}

/* An officer's own certificate would let the officer choose the time. */
static void
test_a_certificate_without_extended_usage_is_refused(Fixture *fix, const void *data)
{
    const SaoyView pieces[2] = { content, { (const uint8_t *)"", 0 } };
    g_auto(SaoyStamp) stamp = { 0 };
    g_autoptr(GBytes) token = NULL;
    g_autoptr(GError) error = NULL;

    use_authority(fix, pki_entity("Trần Văn Dũng", &fix->root, false));
    token = saoy_stamp_token(fix->ask.imprint, (SaoyView){ 0 }, &fix->authority, NULL);
    g_assert_false(saoy_stamp_check(saoy_view_of(token), pieces, &stamp, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_an_expired_authority_is_refused(Fixture *fix, const void *data)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, "critical,timeStamping" },
                               { 0, NULL } };
    g_autoptr(GBytes) response = NULL;

    use_authority(fix,
                  pki_entity_full(EVP_EC_gen("P-256"), "Old", &fix->root, false,
                                  "critical,digitalSignature", -86400 * 30, -86400, extra));
    response = answer(fix);
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_strange_authority_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = NULL;

    use_authority(fix, pki_service("Stranger", NULL, "critical,timeStamping"));
    response = answer(fix);
    assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    fix->ask.trust = NULL; /* nobody asked for trust */
    g_autoptr(GBytes) token = saoy_stamp_accept(saoy_view_of(response), &fix->ask, NULL);
    g_assert_nonnull(token);
}

static void
test_another_time_is_refused(Fixture *fix, const void *data)
{
    static const int64_t apart_s[] = { -3600, -302, 302, 86400 };

    for (size_t i = 0; i < G_N_ELEMENTS(apart_s); i++) {
        fix->authority.now_us = fix->ask.now_us + apart_s[i] * G_USEC_PER_SEC;
        g_autoptr(GBytes) response = answer(fix);
        assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    }
    fix->ask.tolerance_s = 90000;
    g_autoptr(GBytes) response = answer(fix);
    g_autoptr(GBytes) token = saoy_stamp_accept(saoy_view_of(response), &fix->ask, NULL);
    g_assert_nonnull(token);
}

static void
test_a_stamp_that_was_not_granted_says_so(Fixture *fix, const void *data)
{
    static const uint8_t rejection[] = { 0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02 };
    static const uint8_t waiting[] = { 0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x03 };
    g_autoptr(GBytes) one = g_bytes_new_static(rejection, sizeof rejection);
    g_autoptr(GBytes) two = g_bytes_new_static(waiting, sizeof waiting);

    assert_refused(fix, one, SAOY_ERROR_REFUSED);
    assert_refused(fix, two, SAOY_ERROR_REFUSED);
}

/* The list of digest algorithms and the status are not signed; whoever flips a bit there
 * has changed nothing. Everywhere else nothing passes. */
static void
test_every_flipped_byte_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);
    SaoyView all = saoy_view_of(response);
    unsigned without_say = 0;

    for (size_t i = 0; i < all.size; i++) {
        g_autofree uint8_t *copy = g_memdup2(all.data, all.size);
        const SaoyView pieces[2] = { content, { (const uint8_t *)"", 0 } };
        g_auto(SaoyStamp) stamp = { 0 };
        g_autoptr(GBytes) token = NULL;

        copy[i] ^= 0x04;
        token = saoy_stamp_accept((SaoyView){ copy, all.size }, &fix->ask, NULL);
        if (token == NULL)
            continue;
        without_say++;
        g_assert_true(saoy_stamp_check(saoy_view_of(token), pieces, &stamp, NULL));
        g_assert_cmpint(stamp.time_us, ==, fix->authority.now_us);
    }
    g_assert_cmpuint(without_say, <, 24);
}

static void
test_every_cut_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);
    SaoyView all = saoy_view_of(response);

    for (size_t n = 0; n < all.size; n += 1 + n / 64) {
        g_autoptr(GBytes) token =
            saoy_stamp_accept((SaoyView){ all.data, n }, &fix->ask, NULL);

        g_assert_null(token);
    }
}

/* ---- the authority's own door ---- */

static void
assert_rejects(Fixture *fix, const void *request, size_t size, uint8_t bit)
{
    g_autoptr(GBytes) response =
        saoy_stamp_answer((SaoyView){ request, size }, &fix->authority, NULL);
    SaoyView all = saoy_view_of(response), body = { 0 }, info = { 0 }, status = { 0 },
             failure = { 0 };

    g_assert_true(saoy_tlv_take(&all, 0x30, &body, NULL) &&
                  saoy_tlv_take(&body, 0x30, &info, NULL) &&
                  saoy_tlv_take(&info, 0x02, &status, NULL) &&
                  saoy_tlv_take(&info, 0x03, &failure, NULL));
    g_assert_cmpuint(status.data[0], ==, 2);
    g_assert_cmpuint(body.size, ==, 0);
    g_assert_cmpuint(failure.data[1 + bit / 8], ==, 0x80 >> (bit % 8));
}

static void
test_a_bad_request_is_rejected_with_its_reason(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) request = saoy_stamp_request(&fix->ask);
    SaoyView all = saoy_view_of(request);
    g_autofree uint8_t *copy = g_memdup2(all.data, all.size);

    assert_rejects(fix, "", 0, 5);
    assert_rejects(fix, "not a request", 13, 5);
    copy[4] = 9; /* version */
    assert_rejects(fix, copy, all.size, 2);
    copy[4] = 1;
    copy[19] = 4; /* SHA-224 */
    assert_rejects(fix, copy, all.size, 0);
    copy[19] = 2; /* SHA-384, with 32 bytes */
    assert_rejects(fix, copy, all.size, 5);
}

static void
test_without_certreq_no_certificate_comes(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) request = saoy_stamp_request(&fix->ask);
    g_autoptr(GByteArray) without = g_byte_array_new();
    SaoyView all = saoy_view_of(request);

    /* the last element is BOOLEAN TRUE */
    g_byte_array_append(without, all.data, (guint)all.size - 3);
    without->data[1] = (uint8_t)(without->data[1] - 3);
    g_autoptr(GBytes) with = answer(fix);
    g_autoptr(GBytes) bare =
        saoy_stamp_answer((SaoyView){ without->data, without->len }, &fix->authority, NULL);
    g_assert_cmpuint(g_bytes_get_size(bare) + g_bytes_get_size(fix->tsa.der), <,
                     g_bytes_get_size(with));
}

/* ---- in a signature ---- */

static void
test_a_stamp_on_a_signature_stays_readable(Fixture *fix, const void *data)
{
    PkiEntity signer = pki_entity("Trần Văn Dũng", &fix->root, false);
    g_autoptr(GPtrArray) chain = pki_chain(&signer, NULL);
    g_auto(SaoyCms) plain = { 0 }, stamped = { 0 };
    uint8_t digest[32], hash[32], imprint[32];

    saoy_sha256(content, digest);
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(digest, saoy_view_of(signer.der), hash, NULL);
    g_assert_nonnull(attributes);
    g_autoptr(GBytes) value = pki_sign(&signer, hash);
    g_autoptr(GBytes) cms = saoy_cms_build(digest, chain, saoy_view_of(value), NULL);
    g_assert_cmpuint(g_bytes_get_size(cms), <=, saoy_cms_size(chain, NULL));
    g_assert_true(saoy_cms_check(saoy_view_of(cms), digest, &plain, NULL));
    saoy_sha256(saoy_view_of(plain.signature), imprint);
    g_autoptr(GBytes) token =
        saoy_stamp_token(imprint, (SaoyView){ 0 }, &fix->authority, NULL);
    g_autoptr(GBytes) more =
        saoy_cms_add_stamp(saoy_view_of(cms), saoy_view_of(token), NULL);
    g_assert_nonnull(more);
    g_assert_true(saoy_cms_check(saoy_view_of(more), digest, &stamped, NULL));
    g_assert_true(g_bytes_equal(stamped.time_stamp, token));
    g_assert_true(stamped.only_ours);
    g_assert_null(saoy_cms_add_stamp(saoy_view_of(more), saoy_view_of(token), NULL));
    imprint[0] ^= 1;
    g_autoptr(GBytes) other =
        saoy_stamp_token(imprint, (SaoyView){ 0 }, &fix->authority, NULL);
    g_assert_null(saoy_cms_add_stamp(saoy_view_of(cms), saoy_view_of(other), NULL));
    pki_entity_clear(&signer);
}

/* ---- a peer ---- */

static void
test_openssl_agrees(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix);
    g_autoptr(GBytes) request = saoy_stamp_request(&fix->ask);
    g_autofree char *script = g_strdup_printf(
        "cd %s && openssl x509 -inform DER -in root.der -out root.pem && openssl ts "
        "-verify "
        "-queryfile q -in r -CAfile root.pem && openssl ts -reply -in r -text",
        fix->trust);
    const char *const argv[] = { "sh", "-c", script, NULL };
    g_autoptr(GSubprocess) child = NULL;

    pki_write(fix->trust, "q", request);
    pki_write(fix->trust, "r", response);
    child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
    g_assert_nonnull(child);
    g_assert_true(g_subprocess_wait_check(child, NULL, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Fixture, NULL, set_up, f, tear_down)
    WITH("/tsp/honest", test_an_honest_stamp_is_accepted);
    WITH("/tsp/token", test_a_token_without_protocol_is_checked_as_well);
    WITH("/tsp/nonce", test_another_nonce_is_refused);
    WITH("/tsp/no-nonce", test_no_nonce_is_refused_where_one_was_sent);
    WITH("/tsp/imprint", test_another_imprint_is_refused);
    WITH("/tsp/policy", test_another_policy_is_refused);
    WITH("/tsp/usage", test_a_certificate_for_something_else_is_refused);
    WITH("/tsp/no-usage", test_a_certificate_without_extended_usage_is_refused);
    WITH("/tsp/expired", test_an_expired_authority_is_refused);
    WITH("/tsp/stranger", test_a_strange_authority_is_refused);
    WITH("/tsp/time", test_another_time_is_refused);
    WITH("/tsp/not-granted", test_a_stamp_that_was_not_granted_says_so);
    WITH("/tsp/flipped", test_every_flipped_byte_is_refused);
    WITH("/tsp/cut", test_every_cut_is_refused);
    WITH("/tsp/bad-request", test_a_bad_request_is_rejected_with_its_reason);
    WITH("/tsp/certreq", test_without_certreq_no_certificate_comes);
    WITH("/tsp/signature", test_a_stamp_on_a_signature_stays_readable);
    WITH("/tsp/openssl", test_openssl_agrees);
    return g_test_run();
}
