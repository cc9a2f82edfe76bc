/* Every level of a copy, every kind of key, and time stamps and responders that are away or
 * lie. */
#include "ltv.h"

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

/* ---- cut ---- */

static SaoyConclusion
judged(Ltv *ltv, GBytes *pdf, const SaoyProofs *given)
{
    const SaoyVerifyOptions options = { .trust = ltv->copy.trust,
                                        .now_us = g_get_real_time(),
                                        .given = given };
    g_auto(SaoyVerdict) verdict = { 0 };
    g_autoptr(GError) error = NULL;

    saoy_verify(pdf, &options, &verdict, &error);
    g_assert_no_error(error);
    return verdict.conclusion;
}

/* A signer whose key was stolen cuts off what tells. */
static void
test_cut_before_its_proofs_it_does_not_pass(Ltv *ltv, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = issue(ltv, &error);
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, NULL);
    g_auto(SaoyProofs) proofs = { 0 };
    size_t n = saoy_pdf_revisions(reader);

    g_assert_no_error(error);
    g_assert_true(saoy_dss_read(reader, n - 1, (SaoyView){ 0 }, &proofs, NULL));
    g_assert_cmpint(judged(ltv, pdf, NULL), ==, SAOY_PASSED);
    for (size_t i = 0; i + 1 < n; i++) {
        g_autoptr(GBytes) cut =
            g_bytes_new_from_bytes(pdf, 0, saoy_pdf_revision_end(reader, i));
        bool dss = i == n - 2; /* only the time stamp behind it is gone */

        g_assert_cmpint(judged(ltv, cut, NULL), ==, dss ? SAOY_PASSED : SAOY_INDETERMINATE);
        /* what was cut off may be given; the agency's signature may not */
        g_assert_cmpint(judged(ltv, cut, &proofs), ==,
                        i > 0 ? SAOY_PASSED : SAOY_INDETERMINATE);
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

    assert_openssl_agrees(ltv, pdf);
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

static void
test_a_renewed_copy_carries_on(Ltv *ltv, const void *data)
{
    g_autoptr(GBytes) pdf = issue(ltv, NULL);
    g_autoptr(GError) error = NULL;
    int64_t due = 0, later = 0;

    g_assert_true(saoy_renewal_due(pdf, 30 * DAY_US, &due, NULL));
    g_assert_cmpint(due, >, g_get_real_time() + 269 * DAY_US);
    g_assert_cmpint(due, <, g_get_real_time() + 271 * DAY_US);
    ltv->shift_us = 200 * DAY_US;
    next_authority(ltv);
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
    WITH("/ltv/cut", test_cut_before_its_proofs_it_does_not_pass);
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
