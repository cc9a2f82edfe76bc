/* Authorities that certify or stamp what they are not for, and a seal that nobody here can
 * check. */
#include "world.h"

#include "signature/chain.h"

#include <glib/gstdio.h>

static World world;

/* ---- time stamps ---- */

/* Our file whose agency's signature bears a time stamp of that authority. */
static SaoyVerdict
stamped_by(const char *usage)
{
    PkiEntity tsa = pki_service("TEST TSA 2", &world.copy.root, usage);
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    world_authority = &tsa;
    g_autoptr(GBytes) pdf = forge_sign(forge_end(&f), &world.copy.signer[0],
                                       &world.copy.issuing, world_stamped);
    SaoyVerdict verdict = world_verify(&world, pdf, true);
    world_authority = &world.tsa;
    pki_entity_clear(&tsa);
    return verdict;
}

/* RFC 3161, 2.3: one extended key usage, and it is critical. */
static void
test_only_time_stamp_authorities_stamp(void)
{
    static const char *const others[] = { "timeStamping",
                                          "critical,timeStamping,emailProtection",
                                          "critical,timeStamping,anyExtendedKeyUsage" };
    g_auto(SaoyVerdict) right = stamped_by("critical,timeStamping");

    g_assert_false(world_found(&right, "STAMP_UNTRUSTED", 0));
    g_assert_cmpstr(world_says(&right, 0, "time_source"), ==, "time_stamp");
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(SaoyVerdict) verdict = stamped_by(others[i]);

        g_assert_true(world_found(&verdict, "STAMP_UNTRUSTED", 8));
        g_assert_cmpstr(world_says(&verdict, 0, "time_source"), !=, "time_stamp");
        g_assert_cmpstr(world_says(&verdict, 0, "level"), ==, "PAdES-B-B");
    }
}

static void
test_only_they_stamp_documents(void)
{
    PkiEntity tsa = pki_service("TEST TSA 2", &world.copy.root, "timeStamping");
    Forge f = world_draft("ETSI.RFC3161", "", "");
    g_autoptr(GBytes) pdf = forge_sign(forge_end(&f), &tsa, NULL, world_stamp);
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

    g_assert_true(world_found(&verdict, "SIGNER_PURPOSE", 8));
    g_assert_true(world_found(&verdict, "STAMP_UNTRUSTED", 8));
    g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, "unknown");
    pki_entity_clear(&tsa);
}

/* ---- issuers ---- */

/* A document signed by somebody whom an authority with that extended key usage certified,
 * itself certified by the trusted root. NULL: it has none. */
static SaoyVerdict
issued_under(const char *usage, bool as_stamp)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, usage }, { 0, NULL } };
    PkiEntity issuer = pki_entity_full(
        EVP_EC_gen("P-256"), "TEST issuing 2", &world.copy.root, true,
        "critical,keyCertSign,cRLSign", -3600, 86400, usage != NULL ? extra : NULL);
    PkiEntity leaf = as_stamp ? pki_service("TEST TSA 3", &issuer, "critical,timeStamping")
                              : pki_entity("Lê Thị B", &issuer, false);
    Forge f = world_draft(as_stamp ? "ETSI.RFC3161" : "ETSI.CAdES.detached", "", "");

    pki_write(world.copy.trust, "issuing2.der", issuer.der);
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &leaf, &issuer, as_stamp ? world_stamp : forge_cades);
    SaoyVerdict verdict = world_verify(&world, pdf, true);
    g_autofree char *path = g_build_filename(world.copy.trust, "issuing2.der", NULL);
    g_remove(path);
    pki_entity_clear(&issuer);
    pki_entity_clear(&leaf);
    return verdict;
}

static void
test_an_issuer_is_bound_by_its_usage(void)
{
    static const struct {
        const char *usage;
        bool documents, stamps;
    } rows[] = {
        { NULL, true, true },
        { "anyExtendedKeyUsage", true, true },
        { "emailProtection,clientAuth", true, false },
        { "1.3.6.1.5.5.7.3.36", true, false },
        { "serverAuth", false, false },
        { "serverAuth,clientAuth", false, false },
        { "OCSPSigning", false, false },
        { "timeStamping", false, true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(SaoyVerdict) document = issued_under(rows[i].usage, false);
        g_auto(SaoyVerdict) stamp = issued_under(rows[i].usage, true);

        g_assert_cmpstr(world_says(&document, 0, "trust"), ==,
                        rows[i].documents ? "trusted" : "unknown");
        g_assert_true(world_found(&document, "TRUST_UNKNOWN", 8) != rows[i].documents);
        g_assert_cmpstr(world_says(&stamp, 0, "trust"), ==,
                        rows[i].stamps ? "trusted" : "unknown");
    }
}

/* ---- a seal ---- */

/* Whoever trusts the root alone, as a bank would: names, times and pages would be compared
 * with a seal that anybody may have made. */
static void
test_a_seal_without_keys_is_undecided(void)
{
    g_autofree char *roots = pki_folder();
    SaoyVerifyOptions options = { .trust = roots, .now_us = world.now_us };
    g_auto(SaoyVerdict) alone = { 0 }, both = { 0 };

    pki_write(roots, "root.der", world.copy.root.der);
    g_assert_true(saoy_copy_verify(world.pdf, &options, &alone, NULL));
    g_assert_cmpint(alone.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&alone, "SEAL_UNDECIDED", 0));
    g_assert_cmpstr(world_says(&alone, 0, "indication"), ==, "TOTAL-PASSED");
    pki_write(roots, "seal.der", world.copy.seal.der);
    g_assert_true(saoy_copy_verify(world.pdf, &options, &both, NULL));
    g_assert_cmpint(both.conclusion, ==, SAOY_PASSED);
    g_assert_false(world_found(&both, "SEAL_UNDECIDED", 0));
    saoy_dir_remove(roots, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    world_authority = &world.tsa;
    g_test_add_func("/forged-purpose/stamps", test_only_time_stamp_authorities_stamp);
    g_test_add_func("/forged-purpose/document-stamps", test_only_they_stamp_documents);
    g_test_add_func("/forged-purpose/issuers", test_an_issuer_is_bound_by_its_usage);
    g_test_add_func("/forged-purpose/seal", test_a_seal_without_keys_is_undecided);
    int failed = g_test_run();
    world_close(&world);
    return failed;
}
