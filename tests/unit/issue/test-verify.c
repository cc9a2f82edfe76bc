/* The validator over our own file: what it says when all is well, at which time, and that
 * no single byte can be changed without its saying so. --all flips 20,000 bytes, not 1,000.
 */
#include "world.h"

static World world;
static unsigned flips = 1000;

static const SaoyJson *
part(const SaoyVerdict *verdict, const char *name)
{
    return saoy_json_member(verdict->report, name);
}

static void
test_our_own_file_is_intact(void)
{
    g_auto(SaoyVerdict) without = world_verify(&world, world.pdf, false);
    g_auto(SaoyVerdict) with = world_verify(&world, world.pdf, true);

    g_assert_cmpint(without.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(saoy_json_string_or(without.report, "sub_indication", ""), ==,
                    "NO_CERTIFICATE_CHAIN_FOUND");
    g_assert_cmpint(with.conclusion, ==, SAOY_PASSED);
    g_assert_cmpuint(with.signatures, ==, 2);
    for (size_t i = 0; i < 2; i++) {
        g_assert_cmpstr(world_says(&with, i, "integrity"), ==, "intact");
        g_assert_cmpstr(world_says(&with, i, "trust"), ==, "trusted");
        g_assert_cmpstr(world_says(&with, i, "indication"), ==, "TOTAL-PASSED");
        g_assert_cmpstr(world_says(&without, i, "trust"), ==, "unknown");
    }
    g_assert_cmpstr(world_says(&with, 0, "coverage"), ==, "whole_revision");
    g_assert_cmpstr(world_says(&with, 0, "later_changes"), ==, "allowed");
    g_assert_cmpstr(world_says(&with, 0, "signer"), ==, "Trần Văn Dũng");
    g_assert_cmpstr(saoy_json_string_or(part(&with, "seal"), "status", ""), ==, "valid");
    g_assert_true(world_found(&with, "NOT_OFFICIAL", 0));
}

static const char *
answer(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    g_assert_true(saoy_copy_id_check(copy_id));
    g_assert_true(saoy_token_check(token));
    g_assert_cmpuint(sha256.size, ==, 32);
    return user;
}

static void
test_the_register_has_its_say(void)
{
    static const struct {
        const char *word;
        SaoyConclusion conclusion;
    } answers[] = { { "genuine", SAOY_PASSED },
                    { "cancelled", SAOY_FAILED },
                    { "unknown", SAOY_INDETERMINATE },
                    { "unavailable", SAOY_INDETERMINATE } };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        const SaoyVerifyOptions options = { .trust = world.copy.trust,
                                            .now_us = world.now_us,
                                            .ask = answer,
                                            .user = (void *)(uintptr_t)answers[i].word };
        g_auto(SaoyVerdict) verdict = { 0 };

        g_assert_true(saoy_verify(world.pdf, &options, &verdict, NULL));
        g_assert_cmpint(verdict.conclusion, ==, answers[i].conclusion);
    }
}

static void
test_the_file_cut_in_front_of_the_agency(void)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(world.pdf, NULL);
    g_autoptr(GBytes) cut =
        g_bytes_new_from_bytes(world.pdf, 0, saoy_pdf_revision_end(open, 0));
    g_auto(SaoyVerdict) verdict = world_verify(&world, cut, true);

    /* the officer's signature stands, and alone: no copy of ours */
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&verdict, "SIGNATURE_MISSING", 0));
    g_assert_cmpuint(verdict.signatures, ==, 1);
    g_assert_cmpstr(world_says(&verdict, 0, "coverage"), ==, "whole_file");
}

/* A true signature over true bytes, by one whom nobody asked. */
static void
test_a_stranger_signs_for_the_agency(void)
{
    SaoySignatureSpace s = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GBytes) covered = forge_covered(world.pdf, s.range);
    g_autoptr(GBytes) cms = forge_cades(&world.copy.stranger, NULL, covered);
    g_autoptr(GBytes) bad =
        saoy_pdf_fill(world.pdf, SAOY_FIELD_AGENCY, saoy_view_of(cms), NULL);
    g_auto(SaoyVerdict) verdict = world_verify(&world, bad, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(world_says(&verdict, 1, "trust"), ==, "unknown");
    g_assert_cmpstr(world_says(&verdict, 1, "signer"), ==, "Somebody else");
}

/* ---- time ---- */

static SaoyVerdict
verify_after(GBytes *pdf, int64_t days)
{
    const SaoyVerifyOptions options = { .trust = world.copy.trust,
                                        .now_us =
                                            world.now_us + days * 86400 * G_USEC_PER_SEC };
    SaoyVerdict verdict = { 0 };

    g_assert_true(saoy_verify(pdf, &options, &verdict, NULL));
    return verdict;
}

static void
test_an_expired_signer_is_undecided(void)
{
    g_auto(SaoyVerdict) verdict = verify_after(world.pdf, 3 * 365);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, "expired");
    g_assert_cmpstr(world_says(&verdict, 0, "sub_indication"), ==, "OUT_OF_BOUNDS_NO_POE");
}

/* A short-lived signer's file under a long-lived authority's stamp. */
static GBytes *
short_lived(bool stamped)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.young, &world.copy.root, forge_cades);

    return stamped ? world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.RFC3161",
                                      &world.tsa, world_stamp)
                   : g_bytes_ref(base);
}

static void
test_a_stamp_in_time_outlives_the_certificate(void)
{
    g_autoptr(GBytes) bare = short_lived(false), kept = short_lived(true);
    g_auto(SaoyVerdict) late = verify_after(bare, 30), proven = verify_after(kept, 30);

    g_assert_cmpint(late.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(world_says(&late, 0, "trust"), ==, "expired");
    g_assert_cmpint(proven.conclusion, ==, SAOY_PASSED);
    g_assert_cmpstr(world_says(&proven, 0, "trust"), ==, "trusted");
    g_assert_cmpstr(world_says(&proven, 1, "level"), ==, "DocTimeStamp");
}

static GBytes *
revoking(const PkiEntity *ca, const PkiEntity *signer, int64_t at_us)
{
    uint8_t serial[32];
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(signer->certificate), NULL);
    SaoyCrlEntry entry = { { serial, (size_t)BN_bn2bin(number, serial) }, at_us, -1 };
    g_autoptr(GError) error = NULL;
    GBytes *crl =
        saoy_crl_make(saoy_view_of(ca->der), &entry, 1, 7, world.now_us,
                      (int64_t)86400 * 365, pki_on_sign, (void *)(uintptr_t)ca, &error);

    BN_free(number);
    g_assert_no_error(error);
    return crl;
}

/* Revoked before it was stamped: no. Revoked after: it stands. */
static void
test_revocation_counts_from_its_day(void)
{
    static const struct {
        int64_t hours;
        SaoyConclusion conclusion;
        const char *trust;
    } days[] = { { -2, SAOY_INDETERMINATE, "revoked" }, { 2, SAOY_PASSED, "trusted" } };
    g_autoptr(GBytes) pdf = short_lived(true);

    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        g_autoptr(GBytes) crl =
            revoking(&world.copy.root, &world.young,
                     world.now_us + days[i].hours * 3600 * G_USEC_PER_SEC);
        g_autofree char *path = g_build_filename(world.copy.trust, "root.crl", NULL);

        pki_write(world.copy.trust, "root.crl", crl);
        g_auto(SaoyVerdict) verdict = verify_after(pdf, 10);
        g_unlink(path);
        g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, days[i].trust);
        g_assert_cmpint(verdict.conclusion, ==, days[i].conclusion);
    }
}

/* ---- bytes ---- */

static bool
same_but_for_blanks(GBytes *bad, size_t at)
{
    SaoyView good = saoy_view_of(world.pdf), other = saoy_view_of(bad);

    /* white space for white space outside what is signed means nothing */
    return g_ascii_isspace(good.data[at]) &&
           (g_ascii_isspace(other.data[at]) || other.data[at] == 0);
}

/* Any byte, to any other value: passed only if it was padding or a blank nobody signed. */
static void
test_no_flipped_byte_passes(void)
{
    SaoySignatureSpace agency = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GRand) dice = g_rand_new_with_seed(20251110);
    size_t size = g_bytes_get_size(world.pdf);

    g_test_timer_start();
    for (unsigned i = 0; i < flips; i++) {
        const SaoyVerifyOptions options = { .trust = world.copy.trust,
                                            .now_us = world.now_us };
        size_t at = flips >= size ? i % size : (size_t)g_rand_int_range(dice, 0, (int)size);
        uint8_t mask = (uint8_t)g_rand_int_range(dice, 1, 256);
        g_autoptr(GBytes) bad = forge_flipped(world.pdf, at, mask);
        g_auto(SaoyVerdict) verdict = { 0 };
        bool hex = at > agency.contents_at && at + 1 < agency.range[2];

        if (!saoy_verify(bad, &options, &verdict, NULL) ||
            verdict.conclusion != SAOY_PASSED)
            continue;
        g_test_message("byte %zu by %02x", at, mask);
        g_assert_true(hex || same_but_for_blanks(bad, at));
        /* capital letters for small ones, a blank in the padding: the same value */
        if (hex) {
            SaoySignatureSpace space = { 0 };
            g_assert_true(saoy_pdf_signature_space(bad, SAOY_FIELD_AGENCY, &space, NULL));
        }
    }
    g_test_message("%u flips, %.2f ms each", flips, g_test_timer_elapsed() * 1e3 / flips);
}

static void
test_cut_anywhere_nothing_breaks(void)
{
    size_t size = g_bytes_get_size(world.pdf);

    for (size_t n = 0; n < size; n += size / 50) {
        const SaoyVerifyOptions options = { .trust = world.copy.trust,
                                            .now_us = world.now_us };
        g_auto(SaoyVerdict) verdict = { 0 };
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(world.pdf, 0, n);
        g_autoptr(GError) error = NULL;

        if (!saoy_verify(cut, &options, &verdict, &error))
            g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        else
            g_assert_cmpint(verdict.conclusion, !=, SAOY_PASSED);
    }
}

/* ---- many pages ---- */

/* Signed by the officer: 300 pages with a picture of that size each. */
static GBytes *
many_pages(size_t size)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autofree char *picture = g_strnfill(size, 'x');
    g_autoptr(GString) kids = g_string_new(NULL);

    for (int i = 0; i < 300; i++) {
        int64_t page = 100 + 2 * i;

        g_string_append_printf(kids, " %ld 0 R", (long)page);
        forge_put(&f, page,
                  "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 600 800 ] /Resources "
                  "<< /XObject << /X %ld 0 R >> >> >>",
                  (long)page + 1);
        forge_put_stream(&f, page + 1, "/Type /XObject /Subtype /Image", picture);
    }
    forge_erase(&f, 2);
    forge_put(&f, 2, "<< /Type /Pages /Count 301 /Kids [ 3 0 R%s ] >>", kids->str);
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

static void
test_three_hundred_pages(void)
{
    g_autoptr(GBytes) pdf = many_pages(100000);
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
}

/* For `saoy bench verify`. */
static void
write_files(const char *folder)
{
    static const size_t sizes[] = { 10, 100, 1000 }; /* KB */

    pki_write(folder, "ours.pdf", world.pdf);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GBytes) pdf = many_pages(sizes[i] * 1000);
        g_autofree char *name = g_strdup_printf("300-pages-%zu-kb.pdf", sizes[i]);

        pki_write(folder, name, pdf);
    }
}

/* --all: 20,000 flips; --write DIR: files to measure with, nothing else. */
int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (argc > 1 && g_str_equal(argv[1], "--all"))
        flips = 20000;
    world_open(&world);
    if (argc > 2 && g_str_equal(argv[1], "--write")) {
        write_files(argv[2]);
        world_close(&world);
        return 0;
    }
    g_test_add_func("/verify/ours", test_our_own_file_is_intact);
    g_test_add_func("/verify/register", test_the_register_has_its_say);
    g_test_add_func("/verify/cut-before-agency", test_the_file_cut_in_front_of_the_agency);
    g_test_add_func("/verify/stranger", test_a_stranger_signs_for_the_agency);
    g_test_add_func("/verify/expired", test_an_expired_signer_is_undecided);
    g_test_add_func("/verify/stamped", test_a_stamp_in_time_outlives_the_certificate);
    g_test_add_func("/verify/revoked", test_revocation_counts_from_its_day);
    g_test_add_func("/verify/flips", test_no_flipped_byte_passes);
    g_test_add_func("/verify/cut-anywhere", test_cut_anywhere_nothing_breaks);
    g_test_add_func("/verify/300-pages", test_three_hundred_pages);
    int status = g_test_run();
    world_close(&world);
    return status;
}
