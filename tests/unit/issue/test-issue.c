#include "fixture.h"

#include "document/pdf-write.h"
#include "signature/cms.h"

static void
test_an_approved_document_is_issued(Copy *copy, const void *data)
{
    static const char *const steps[] = { "prepared/1", "sign/1", "stamp/1",
                                         "prepared/2", "sign/2", "stamp/2",
                                         "level/B-B",  "check",  "archive" };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = copy_issue(copy, &error);

    g_assert_no_error(error);
    g_assert_nonnull(pdf);
    g_assert_true(copy->archived == pdf);
    g_assert_cmpuint(copy->steps->len, ==, G_N_ELEMENTS(steps));
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        g_assert_cmpstr(copy->steps->pdata[i], ==, steps[i]);
    g_assert_true(g_bytes_equal(copy->prepared->pdata[0], copy->base));
}

static void
test_the_same_input_composes_to_the_same_bytes(Copy *copy, const void *data)
{
    g_autoptr(GBytes) again = copy_compose(copy, NULL);

    g_assert_true(g_bytes_equal(again, copy->base));
}

static void
test_a_lost_lease_stops_at_once(Copy *copy, const void *data)
{
    static const char *const stops[] = { "prepared/1", "sign/1", "stamp/1",
                                         "prepared/2", "sign/2", "stamp/2",
                                         "level/B-B",  "check",  "archive" };

    for (size_t i = 0; i < G_N_ELEMENTS(stops); i++) {
        g_autoptr(GError) error = NULL;

        copy->stop_at = stops[i];
        g_ptr_array_set_size(copy->steps, 0);
        g_ptr_array_set_size(copy->prepared, 0);
        g_assert_null(copy_issue(copy, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
        g_assert_cmpuint(copy->steps->len, ==, i + 1);
        g_assert_null(copy->archived);
    }
}

static void
test_another_certificate_is_refused(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;

    copy->swap_chain = copy->swap_key = true;
    g_assert_null(copy_issue(copy, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_wrong_signature_is_never_embedded(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;

    copy->swap_key = true;
    g_assert_null(copy_issue(copy, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_null(copy->archived);
}

static void
test_the_agency_needs_the_officers_signature(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;
    SaoyView agency = saoy_view_of(copy->signer[1].der);
    uint8_t hash[32];

    g_assert_true(saoy_copy_hash(copy->base, 0, agency, hash, NULL));
    g_assert_false(saoy_copy_hash(copy->base, 1, agency, hash, &error));
    g_assert_nonnull(error);
}

static bool
is_accepted(Copy *copy, GBytes *base, GBytes *filled, unsigned signer, GBytes *recorded,
            GError **error)
{
    g_autoptr(GPtrArray) chain = pki_chain(&copy->signer[signer], &copy->issuing);

    return saoy_copy_check_filled(base, filled, signer,
                                  &copy->approval->credentials[signer], chain, recorded,
                                  NULL, error);
}

static void
test_what_was_filled_is_checked(Copy *copy, const void *data)
{
    g_autoptr(GBytes) pdf = copy_issue(copy, NULL);
    g_autoptr(GPtrArray) chain = pki_chain(&copy->signer[0], &copy->issuing);
    GBytes *officer = copy->prepared->pdata[1];
    const SaoyCredential *credentials = copy->approval->credentials;
    g_autoptr(GError) first = NULL, second = NULL, third = NULL;

    g_assert_true(is_accepted(copy, copy->base, officer, 0, NULL, NULL));
    g_assert_true(is_accepted(copy, officer, pdf, 1, NULL, NULL));
    g_assert_false(saoy_copy_check_filled(copy->base, officer, 0, &credentials[1], chain,
                                          NULL, NULL, &first));
    g_assert_error(first, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_false(is_accepted(copy, copy->base, pdf, 0, NULL, &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_false(is_accepted(copy, copy->base, copy->base, 0, NULL, &third));
    g_assert_nonnull(third);
}

/* The officer's CMS made anew over the same bytes. */
static GBytes *
fill_officer(Copy *copy, GPtrArray *chain, GBytes **out_signature)
{
    SaoySignatureSpace space = { 0 };
    uint8_t digest[32], hash[32];

    g_assert_true(saoy_pdf_signature_space(copy->base, SAOY_FIELD_OFFICER, &space, NULL));
    g_assert_true(saoy_pdf_range_digest(copy->base, &space, digest, NULL));
    g_assert_true(
        saoy_copy_hash(copy->base, 0, saoy_view_of(copy->signer[0].der), hash, NULL));
    *out_signature = pki_sign(&copy->signer[0], hash);
    g_autoptr(GBytes) cms =
        saoy_cms_build(digest, chain, saoy_view_of(*out_signature), NULL);
    g_assert_nonnull(cms);
    return saoy_pdf_fill(copy->base, SAOY_FIELD_OFFICER, saoy_view_of(cms), NULL);
}

/* A finisher may not hide anything in the part of the CMS that nobody signs. */
static void
test_nothing_else_rides_in_contents(Copy *copy, const void *data)
{
    g_autoptr(GPtrArray) longer = pki_chain(&copy->signer[0], &copy->issuing);
    g_autoptr(GPtrArray) shorter = pki_chain(&copy->signer[0], NULL);
    g_autoptr(GBytes) one = NULL, two = NULL;
    g_autoptr(GError) first = NULL, second = NULL;

    g_ptr_array_add(longer, g_bytes_ref(copy->stranger.der));
    g_autoptr(GBytes) more = fill_officer(copy, longer, &one);
    g_autoptr(GBytes) less = fill_officer(copy, shorter, &two);
    g_assert_false(is_accepted(copy, copy->base, more, 0, one, &first));
    g_assert_error(first, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_false(is_accepted(copy, copy->base, less, 0, two, &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

/* The same CMS in hex of another case is another file. */
static void
test_the_case_of_hex_digits_counts(Copy *copy, const void *data)
{
    g_autoptr(GBytes) pdf = copy_issue(copy, NULL);
    GBytes *officer = copy->prepared->pdata[1];
    size_t size = g_bytes_get_size(officer);
    g_autofree char *bytes = g_memdup2(g_bytes_get_data(officer, NULL), size);
    SaoySignatureSpace space = { 0 };
    g_autoptr(GError) error = NULL;
    size_t turned = 0;

    g_assert_nonnull(pdf);
    g_assert_true(saoy_pdf_signature_space(copy->base, SAOY_FIELD_OFFICER, &space, NULL));
    for (size_t i = 0; turned == 0 && i < 2 * space.contents_size; i++) {
        char *c = &bytes[space.contents_at + 1 + i];

        turned += g_ascii_isalpha(*c);
        *c = g_ascii_isupper(*c) ? g_ascii_tolower(*c) : g_ascii_toupper(*c);
    }
    g_assert_cmpuint(turned, ==, 1);
    g_autoptr(GBytes) other = g_bytes_new(bytes, size);
    g_assert_false(is_accepted(copy, copy->base, other, 0, NULL, &error));
    g_assert_nonnull(error);
}

/* ECDSA has many right values: the one that was given away counts. */
static void
test_another_signature_value_is_refused(Copy *copy, const void *data)
{
    g_autoptr(GPtrArray) chain = pki_chain(&copy->signer[0], &copy->issuing);
    g_autoptr(GBytes) one = NULL, two = NULL;
    g_autoptr(GBytes) first = fill_officer(copy, chain, &one);
    g_autoptr(GBytes) second = fill_officer(copy, chain, &two);
    g_autoptr(GError) error = NULL;

    g_assert_true(is_accepted(copy, copy->base, first, 0, one, NULL));
    g_assert_true(is_accepted(copy, copy->base, second, 0, NULL, NULL));
    g_assert_false(is_accepted(copy, copy->base, second, 0, one, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_any_byte_beside_the_signature_counts(Copy *copy, const void *data)
{
    g_autoptr(GBytes) pdf = copy_issue(copy, NULL);
    GBytes *officer = copy->prepared->pdata[1];
    size_t size = g_bytes_get_size(officer);

    g_assert_nonnull(pdf);
    for (size_t at = 10; at < size; at += size / 37) {
        g_autofree uint8_t *bytes = g_memdup2(g_bytes_get_data(officer, NULL), size);
        g_autoptr(GError) error = NULL;

        bytes[at] ^= 1;
        g_autoptr(GBytes) bad = g_bytes_new(bytes, size);
        g_assert_false(is_accepted(copy, copy->base, bad, 0, NULL, &error));
    }
}

static void
test_another_composer_or_template_set_is_refused(Copy *copy, const void *data)
{
    g_autoptr(GError) first = NULL, second = NULL;

    copy->approval->templates[0] ^= 1;
    g_assert_null(copy_compose(copy, &first));
    g_assert_error(first, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    copy->approval->templates[0] ^= 1;
    g_free(copy->approval->composer);
    copy->approval->composer = g_strdup("saoy-compose/0");
    g_assert_null(copy_compose(copy, &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_page_that_is_no_jpeg_is_named(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_bytes_unref(copy->jpegs[1]);
    copy->jpegs[1] = g_bytes_new_static("not a picture", 13);
    g_assert_null(copy_compose(copy, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_true(g_str_has_prefix(error->message, "page 2: "));
}

/* A seal over other pages must not leave the house. */
static void
test_the_self_check_stops_a_wrong_seal(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;
    GBytes *kept = copy->jpegs[1];

    copy->jpegs[1] = copy->jpegs[0];
    copy_seal(copy, copy->approval->approved_at_us);
    copy->jpegs[1] = kept;
    g_bytes_unref(copy->base);
    copy->base = copy_compose(copy, NULL);
    g_assert_null(copy_issue(copy, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_null(copy->archived);
}

/* ---- independent readers of the file ---- */

static void
test_pdfsig_and_qpdf_agree(Copy *copy, const void *data)
{
    g_autoptr(GBytes) pdf = copy_issue(copy, NULL);
    g_autofree char *path = g_build_filename(copy->trust, "copy.pdf", NULL);
    const char *const pdfsig[] = { "pdfsig", "-nocert", path, NULL };
    const char *const qpdf[] = { "qpdf", "--check", path, NULL };
    int status = -1;

    pki_write(copy->trust, "copy.pdf", pdf);
    g_autofree char *said = output_of(pdfsig, &status);
    if (said == NULL) {
        g_test_skip("pdfsig is not installed");
        return;
    }
    g_assert_cmpuint(count(said, "Signature is Valid."), ==, 2);
    g_assert_cmpuint(count(said, "Total document signed"), ==, 1);
    g_assert_cmpuint(count(said, "ETSI.CAdES.detached"), ==, 2);
    g_autofree char *checked = output_of(qpdf, &status);
    if (checked != NULL)
        g_assert_cmpint(status, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Copy, NULL, copy_set_up, f, copy_tear_down)
    WITH("/issue/issued", test_an_approved_document_is_issued);
    WITH("/issue/same-bytes", test_the_same_input_composes_to_the_same_bytes);
    WITH("/issue/lost-lease", test_a_lost_lease_stops_at_once);
    WITH("/issue/another-certificate", test_another_certificate_is_refused);
    WITH("/issue/wrong-signature", test_a_wrong_signature_is_never_embedded);
    WITH("/issue/officer-first", test_the_agency_needs_the_officers_signature);
    WITH("/issue/filled", test_what_was_filled_is_checked);
    WITH("/issue/nothing-rides", test_nothing_else_rides_in_contents);
    WITH("/issue/hex-case", test_the_case_of_hex_digits_counts);
    WITH("/issue/one-value", test_another_signature_value_is_refused);
    WITH("/issue/any-byte", test_any_byte_beside_the_signature_counts);
    WITH("/issue/other-composer", test_another_composer_or_template_set_is_refused);
    WITH("/issue/no-jpeg", test_a_page_that_is_no_jpeg_is_named);
    WITH("/issue/wrong-seal", test_the_self_check_stops_a_wrong_seal);
    WITH("/issue/peers", test_pdfsig_and_qpdf_agree);
    return g_test_run();
}
