/* Passive authentication: who signed, what was signed, and what the reader makes of it. */
#include "ec.h"
#include "fixed-clock.h"
#include "fixture.h"
#include "passive.h"
#include "persona-pki.h"

static void
assert_reading(Fixture *fix, const char *trust, SaoyProof passive, const char *reason)
{
    g_autoptr(GError) error = NULL;

    read_chip(fix, trust, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(saoy_proof_name(fix->who.passive), ==, saoy_proof_name(passive));
    g_assert_nonnull(strstr(fix->who.passive_reason, reason));
}

static void
test_unknown_issuers_are_undecided(Fixture *fix, const void *data)
{
    g_autofree char *other = g_build_filename(fix->dir, "other", NULL);
    g_autofree char *person = g_build_filename(other, "p.json", NULL);

    assert_reading(fix, NULL, SAOY_PROOF_UNDECIDED, "no issuer certificates");
    assert_reading(fix, "/nowhere/at/all", SAOY_PROOF_UNDECIDED, "no issuer certificates");
    g_mkdir(other, 0700);
    make_person(person); /* with a CSCA of its own, of the same name */
    assert_reading(fix, other, SAOY_PROOF_UNDECIDED, "issuer");
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_UNDECIDED);
    g_assert_cmpint(fix->who.active_auth, ==, SAOY_PROOF_UNDECIDED);
}

static void
test_a_foreign_signer_is_undecided(Fixture *fix, const void *data)
{
    g_assert_true(saoy_chip_fault(fix->chip, "foreign-csca"));
    assert_reading(fix, fix->dir, SAOY_PROOF_UNDECIDED, "not known");
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    assert_reading(fix, fix->dir, SAOY_PROOF_DONE, "");
}

static void
test_a_wrong_signature_fails(Fixture *fix, const void *data)
{
    g_assert_true(saoy_chip_fault(fix->chip, "wrong-sod"));
    assert_reading(fix, fix->dir, SAOY_PROOF_FAILED, "signature");
    assert_reading(fix, NULL, SAOY_PROOF_FAILED, "signature");
}

static void
test_any_changed_group_fails(Fixture *fix, const void *data)
{
    static const char *const levers[] = { "changed-dg 1", "changed-dg 2", "changed-dg 13",
                                          "changed-dg 15" };

    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++) {
        g_assert_true(saoy_chip_fault(fix->chip, levers[i]));
        assert_reading(fix, fix->dir, SAOY_PROOF_FAILED, "not the one that was signed");
        g_assert_cmpint(fix->who.chip_auth, !=, SAOY_PROOF_DONE);
        g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    }
    g_assert_false(saoy_chip_fault(fix->chip, "changed-dg 3"));
    g_assert_false(saoy_chip_fault(fix->chip, "changed-dg 99"));
}

static void
test_certificates_have_their_time(Fixture *fix, const void *data)
{
    const int64_t now = saoy_clock_wall_us(), year = INT64_C(31557600) * 1000000;

    stop_clock(now + 10 * year);
    assert_reading(fix, fix->dir, SAOY_PROOF_DONE, "");
    stop_clock(now + 12 * year);
    assert_reading(fix, fix->dir, SAOY_PROOF_FAILED, "expired");
    stop_clock(now - year);
    assert_reading(fix, fix->dir, SAOY_PROOF_FAILED, "not valid yet");
    saoy_clock_set(NULL);
}

static void
test_trust_in_pem_and_other_files_beside_it(Fixture *fix, const void *data)
{
    g_autofree char *trust = g_build_filename(fix->dir, "trust", NULL);
    g_autofree char *der = g_build_filename(fix->dir, "csca.der", NULL);
    g_autofree char *pem = g_build_filename(trust, "issuer.pem", NULL);
    g_autofree char *junk = g_build_filename(trust, "aaa.der", NULL);
    g_autoptr(GBytes) bytes = saoy_file_read(der, 65536, NULL);
    SaoyView view = saoy_view_of(bytes);
    g_autofree char *base64 = g_base64_encode(view.data, view.size);
    g_autoptr(GString) text = g_string_new("-----BEGIN CERTIFICATE-----\n");

    for (size_t i = 0; i < strlen(base64); i += 64)
        g_string_append_printf(text, "%.64s\n", base64 + i);
    g_string_append(text, "-----END CERTIFICATE-----\n");
    g_mkdir(trust, 0700);
    g_assert_true(g_file_set_contents(pem, text->str, -1, NULL));
    g_assert_true(g_file_set_contents(junk, "no certificate", -1, NULL));
    assert_reading(fix, trust, SAOY_PROOF_DONE, "");
}

/* The chip may not hide what was signed, least of all the key that proves it is no copy. */
static void
test_a_hidden_group_fails(Fixture *fix, const void *data)
{
    static const unsigned hidden[] = { 13, 14, 15 };

    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        SaoyLdsFiles files = { 0 };
        GBytes *groups[SAOY_GROUP_MAX + 1] = { 0 };
        g_autoptr(GBytes) sod = NULL;
        g_auto(SaoyIssuer) issuer = { 0 };
        SaoyView views[SAOY_GROUP_MAX + 1] = { 0 };
        const char *reason = "";
        SaoyGroups vouched = 0;

        g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
        for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++) {
            groups[n] = g_bytes_new(&n, sizeof n);
            views[n] = saoy_view_of(groups[n]);
            files.groups[n] = n == hidden[i] ? NULL : groups[n];
        }
        sod = saoy_sod_sign(&issuer, views, NULL);
        files.sod = sod;
        g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                           &reason, &vouched),
                        ==, SAOY_PROOF_FAILED);
        g_assert_nonnull(strstr(reason, "not readable"));
        files.groups[hidden[i]] = groups[hidden[i]];
        g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                           &reason, &vouched),
                        ==, SAOY_PROOF_DONE);
        g_assert_cmphex(vouched & SAOY_GROUP(14), !=, 0);
        for (unsigned n = 0; n <= SAOY_GROUP_MAX; n++)
            g_clear_pointer(&groups[n], g_bytes_unref);
    }
}

static void
test_a_signer_may_not_be_an_issuer(Fixture *fix, const void *data)
{
    /* whoever has a document signer's key may not make further signers with it */
    g_auto(SaoyIssuer) issuer = { 0 }, rogue = { 0 };
    g_autoptr(GBytes) group = g_bytes_new_static("x", 1);
    SaoyLdsFiles files = { .groups = { [1] = group } };
    SaoyView views[SAOY_GROUP_MAX + 1] = { [1] = saoy_view_of(group) };
    g_autoptr(GBytes) sod = NULL;
    const char *reason = "";
    SaoyGroups vouched = 0;

    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    rogue.key = EVP_EC_gen("brainpoolP256r1");
    rogue.certificate = X509_dup(issuer.certificate);
    X509_set_pubkey(rogue.certificate, rogue.key);
    sod = saoy_sod_sign(&rogue, views, NULL); /* the issuer's name, another's key */
    files.sod = sod;
    g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                       &reason, &vouched),
                    !=, SAOY_PROOF_DONE);
}

/* The same object, signed by a signer of the known issuer, but over SHA-1. */
static void
test_sha1_signs_nothing(Fixture *fix, const void *data)
{
    const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP;
    g_auto(SaoyIssuer) issuer = { 0 };
    g_autoptr(GBytes) group = g_bytes_new_static("x", 1);
    SaoyLdsFiles files = { .groups = { [1] = group } };
    g_autoptr(GBytes) object = unhex("302f020100300b0609608648016503040201301d301b020101"
                                     "04162d711642b726b04401627ca9fbac32f5c8530fb1903c");
    g_autoptr(BIO) content =
        BIO_new_mem_buf(saoy_view_of(object).data, (int)saoy_view_of(object).size);
    g_autoptr(ASN1_OBJECT) type = OBJ_txt2obj("2.23.136.1.1.1", 1);
    g_autoptr(CMS_ContentInfo) cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    g_autoptr(SaoyArray) file = saoy_array_new(4096);
    g_autoptr(GBytes) sod = NULL;
    const char *reason = "";
    uint8_t *der = NULL;
    SaoyGroups vouched = 0;

    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    g_assert_cmpint(CMS_set1_eContentType(cms, type), ==, 1);
    g_assert_nonnull(
        CMS_add1_signer(cms, issuer.certificate, issuer.key, EVP_sha1(), flags));
    g_assert_cmpint(CMS_final(cms, content, NULL, flags), ==, 1);
    int size = i2d_CMS_ContentInfo(cms, &der);
    saoy_tlv_put(file, 0x77, (SaoyView){ der, (size_t)size });
    OPENSSL_free(der);
    sod = g_bytes_new(file->data, file->len);
    files.sod = sod;
    g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                       &reason, &vouched),
                    ==, SAOY_PROOF_FAILED);
    g_assert_cmpstr(reason, ==, "the security object is signed with a weak digest");
}

static GBytes *
shared_file(const char *name)
{
    const char *dir = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *path = g_build_filename(
        dir != NULL ? dir : SAOY_SOURCE_DIR "/../shared", "data", "emrtd", name, NULL);
    GBytes *bytes = saoy_file_read(path, 1 << 21, NULL);

    if (bytes == NULL)
        g_test_skip("third-party specimen data is not here");
    return bytes;
}

/* A complete dump of a real specimen: its signature and hashes hold, its issuer is nobody
 * we know. */
static void
test_a_dutch_specimen(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) sod = shared_file("loes2006/ef011D.bin");
    g_autoptr(GBytes) dg1 = sod == NULL ? NULL : shared_file("loes2006/ef0101.bin");
    g_autoptr(GBytes) dg2 = dg1 == NULL ? NULL : shared_file("loes2006/ef0102.bin");
    g_autoptr(GBytes) dg15 = dg2 == NULL ? NULL : shared_file("loes2006/ef010F.bin");
    SaoyLdsFiles files = { .sod = sod, .groups = { [1] = dg1, [2] = dg2, [15] = dg15 } };
    const char *reason = "";
    SaoyGroups vouched = SAOY_GROUP(14);

    if (dg15 == NULL)
        return;
    g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                       &reason, &vouched),
                    ==, SAOY_PROOF_UNDECIDED);
    g_assert_nonnull(strstr(reason, "not known"));
    g_assert_cmphex(vouched & SAOY_GROUP(14), ==, 0);
    files.groups[1] = dg2;
    g_assert_cmpint(saoy_passive_check(&files, &(SaoyReadPolicy){ .trust = fix->dir },
                                       &reason, &vouched),
                    ==, SAOY_PROOF_FAILED);
}

/* The Vietnamese passport issuer spells its curve out; it is a named one. */
static void
test_the_vietnamese_issuer_is_usable(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) der = shared_file("csca/vn-passport-2022.der");
    g_autoptr(X509) certificate =
        der == NULL ? NULL : saoy_x509_parse(saoy_view_of(der), NULL);
    g_autoptr(EC_GROUP) group = NULL;
    g_autoptr(GError) error = NULL;

    if (certificate == NULL)
        return;
    group = saoy_ec_group_of(X509_get0_pubkey(certificate), &error);
    g_assert_no_error(error);
    g_assert_cmpint(EC_GROUP_get_curve_name(group), ==, NID_brainpoolP512r1);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/passive/unknown", test_unknown_issuers_are_undecided },
        { "/passive/foreign", test_a_foreign_signer_is_undecided },
        { "/passive/wrong-sod", test_a_wrong_signature_fails },
        { "/passive/changed", test_any_changed_group_fails },
        { "/passive/time", test_certificates_have_their_time },
        { "/passive/pem", test_trust_in_pem_and_other_files_beside_it },
        { "/passive/hidden", test_a_hidden_group_fails },
        { "/passive/rogue", test_a_signer_may_not_be_an_issuer },
        { "/passive/sha1", test_sha1_signs_nothing },
        { "/passive/dutch", test_a_dutch_specimen },
        { "/passive/vietnamese", test_the_vietnamese_issuer_is_usable },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
