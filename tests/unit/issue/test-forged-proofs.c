/* Proofs taken out of a file, and time stamps of an authority nobody knows. */
#include "world.h"

#define HOUR_US (INT64_C(3600) * G_USEC_PER_SEC)

static World world;

static SaoyVerdict
verify(GBytes *pdf)
{
    SaoyVerdict verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    return verdict;
}

/* ---- revocation ---- */

/* A list that revokes the signer, an hour ago. */
static GBytes *
make_list(void)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(world.copy.signer[0].certificate);
    const SaoyView number = { ASN1_STRING_get0_data(serial),
                              (size_t)ASN1_STRING_length(serial) };
    const SaoyCrlEntry entry = { number, world.now_us - HOUR_US, 1 };
    GBytes *list = saoy_crl_make(saoy_view_of(world.copy.issuing.der), &entry, 1, 1,
                                 world.now_us - G_USEC_PER_SEC, 86400, pki_on_sign,
                                 &world.copy.issuing, NULL);

    g_assert_nonnull(list);
    return list;
}

/* DSS of one list, the stream behind it. */
static GBytes *
with_list(GBytes *pdf, int64_t *out_dss)
{
    g_autoptr(GBytes) list = make_list();
    g_autofree char *hex = saoy_hex(saoy_view_of(list));
    Forge f = forge_begin(pdf);
    g_autofree char *old = forge_object(pdf, f.root);
    g_autofree char *entry = g_strdup_printf("/DSS %ld 0 R", (long)f.size);
    g_autofree char *now = forge_with(old, entry);
    int64_t dss = f.size;

    forge_put(&f, f.root, "%s", now);
    forge_put(&f, dss, "<< /Type /DSS /CRLs [ %ld 0 R ] >>", (long)dss + 1);
    forge_put_stream(&f, dss + 1, "/Filter /ASCIIHexDecode", hex);
    *out_dss = dss;
    return forge_end(&f);
}

static GBytes *
with_object(GBytes *pdf, int64_t number, const char *text)
{
    Forge f = forge_begin(pdf);

    forge_put(&f, number, "%s", text);
    return forge_end(&f);
}

static void
assert_revoked(GBytes *pdf)
{
    g_auto(SaoyVerdict) verdict = verify(pdf);

    g_assert_true(world_found(&verdict, "TRUST_REVOKED", 0));
    g_assert_cmpint(verdict.conclusion, !=, SAOY_PASSED);
}

static void
test_a_revocation_stays(void)
{
    int64_t dss = 0;
    g_autoptr(GBytes) small = world_foreign(&world);
    g_autoptr(GBytes) listed = with_list(small, &dss);
    g_autoptr(GBytes) emptied = with_object(listed, dss, "<< /Type /DSS >>");
    g_autoptr(GBytes) gone = with_object(listed, dss, "null");
    g_autoptr(GBytes) blank =
        with_object(listed, dss + 1, "<< /Length 0 >>\nstream\n\nendstream");

    assert_revoked(listed);
    assert_revoked(emptied);
    assert_revoked(gone);
    assert_revoked(blank);
}

static void
test_a_broken_store_is_named(void)
{
    int64_t dss = 0;
    g_autoptr(GBytes) small = world_foreign(&world);
    g_autoptr(GBytes) listed = with_list(small, &dss);
    g_autoptr(GBytes) broken =
        with_object(listed, dss, "<< /Type /DSS /Certs [ 9999 0 R ] >>");
    g_autofree char *old = forge_object(small, 1);
    g_autofree char *now = forge_with(old, "/DSS << /CRLs [ 9999 0 R ] >>");
    g_autoptr(GBytes) never = with_object(small, 1, now);
    g_auto(SaoyVerdict) verdict = verify(never);

    g_assert_true(world_found(&verdict, "DSS_UNREADABLE", 0));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    assert_revoked(broken);
}

/* Of an issuer that publishes none: it is said. */
static void
test_what_is_unpublished_is_said(void)
{
    g_autoptr(GBytes) small = world_foreign(&world);
    g_auto(SaoyVerdict) verdict = verify(small);

    g_assert_true(world_found(&verdict, "REVOCATION_UNPUBLISHED", 8));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
    g_assert_cmpstr(world_says(&verdict, 0, "indication"), ==, "TOTAL-PASSED");
}

/* ---- time stamps ---- */

/* Made an hour ago. */
static GBytes *
foreign_stamped(const PkiEntity *tsa)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    world_authority = tsa;
    world_stamp_us = world.now_us - HOUR_US;
    GBytes *pdf = forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                             world_stamped);
    world_stamp_us = 0;
    return pdf;
}

static void
test_only_a_trusted_stamp_proves(void)
{
    PkiEntity stranger = pki_service("Stranger", NULL, "critical,timeStamping");
    g_autoptr(GBytes) good = foreign_stamped(&world.tsa), bad = foreign_stamped(&stranger);
    g_auto(SaoyVerdict) proven = verify(good), claimed = verify(bad);

    g_assert_false(world_found(&proven, "STAMP_UNTRUSTED", 0));
    g_assert_cmpstr(world_says(&proven, 0, "time_source"), ==, "time_stamp");
    g_assert_cmpstr(world_says(&proven, 0, "level"), ==, "PAdES-B-T");
    g_assert_true(world_found(&claimed, "STAMP_UNTRUSTED", 8));
    g_assert_cmpstr(world_says(&claimed, 0, "time_source"), !=, "time_stamp");
    g_assert_cmpstr(world_says(&claimed, 0, "level"), ==, "PAdES-B-B");
    pki_entity_clear(&stranger);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    g_test_add_func("/forged-proofs/revocation-stays", test_a_revocation_stays);
    g_test_add_func("/forged-proofs/broken-store", test_a_broken_store_is_named);
    g_test_add_func("/forged-proofs/unpublished", test_what_is_unpublished_is_said);
    g_test_add_func("/forged-proofs/stamp", test_only_a_trusted_stamp_proves);
    int failed = g_test_run();
    world_close(&world);
    return failed;
}
