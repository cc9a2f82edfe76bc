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

/* The issuer is in the file's DSS only, behind a crowd of others. */
static void
test_an_issuer_is_found_by_its_name(void)
{
    enum { CROWD = 60 };
    Forge f = world_draft("ETSI.CAdES.detached", "/DSS 20 0 R", "");
    g_autoptr(GString) listed = g_string_new(NULL);

    for (int i = 0; i <= CROWD; i++) {
        PkiEntity other = pki_entity("Other", &world.copy.root, true);
        g_autofree char *hex =
            saoy_hex(saoy_view_of(i < CROWD ? other.der : world.copy.issuing.der));

        forge_put_stream(&f, 21 + i, "/Filter /ASCIIHexDecode", hex);
        g_string_append_printf(listed, "%d 0 R ", 21 + i);
        pki_entity_clear(&other);
    }
    forge_put(&f, 20, "<< /Type /DSS /Certs [ %s] >>", listed->str);
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &world.copy.signer[0], NULL, forge_cades);
    g_auto(SaoyVerdict) verdict = verify(pdf);
    g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, "trusted");
}

/* Its authority publishes what it revokes: unasked, the time is not proven. */
static void
test_the_authority_of_a_stamp_is_asked_about(void)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, "critical,timeStamping" },
                               { NID_info_access, "OCSP;URI:http://ca.test/ocsp" },
                               { 0, NULL } };
    PkiEntity tsa =
        pki_entity_full(EVP_EC_gen("P-256"), "Public TSA", &world.copy.root, false,
                        "critical,digitalSignature", -86400, 86400 * 365, extra);
    g_autoptr(GBytes) pdf = foreign_stamped(&tsa);
    g_auto(SaoyVerdict) verdict = verify(pdf);

    g_assert_true(world_found(&verdict, "REVOCATION_UNKNOWN", 8));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    pki_entity_clear(&tsa);
}

/* ---- work ---- */

static void
put_fields(Forge *f, int n, const char *value)
{
    g_autoptr(GString) kids = g_string_new(NULL);

    for (int i = 0; i < n; i++)
        g_string_append_printf(kids, "%d 0 R ", 10 + 2 * i);
    forge_put(f, 1,
              "<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [ %s] >> >>",
              kids->str);
    forge_put(f, 2, "<< /Type /Pages /Count 0 /Kids [ ] >>");
    for (int i = 0; i < n; i++) {
        forge_put(f, 10 + 2 * i, "<< /FT /Sig /T (x%d) /V %d 0 R >>", i, 11 + 2 * i);
        forge_put(f, 11 + 2 * i,
                  "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached "
                  "/ByteRange [ 0 0000000000 0000000000 0000000000 ] /Contents <%s> >>",
                  value);
    }
}

/* Many signatures in front of megabytes that each of them covers anew. */
static GBytes *
make_heavy(int n, size_t megabytes)
{
    g_autoptr(GBytes) other = g_bytes_new_static("x", 1);
    g_autoptr(GBytes) cms = forge_cades(&world.copy.signer[0], &world.copy.issuing, other);
    g_autofree char *value = saoy_hex(saoy_view_of(cms));
    g_autofree char *blanks = g_strnfill(megabytes << 20, ' ');
    Forge f = forge_begin(NULL);

    put_fields(&f, n, value);
    forge_put_stream(&f, 3, "", blanks);
    g_autoptr(GBytes) file = forge_end(&f);
    gsize size = g_bytes_get_size(file);
    g_autofree char *text = g_strndup(g_bytes_get_data(file, NULL), size);
    for (char *at = strstr(text, "[ 0 0000000000"); at != NULL;
         at = strstr(at, "[ 0 0000000000")) {
        size_t open = (size_t)(strchr(at, '<') - text);
        size_t end = (size_t)(strchr(at, '>') - text) + 1;
        g_autofree char *range =
            g_strdup_printf("[ 0 %010zu %010zu %010zu ]", open, end, size - end);

        memcpy(at, range, strlen(range));
    }
    return g_bytes_new(text, size);
}

static void
test_digesting_comes_to_an_end(void)
{
    g_autoptr(GBytes) light = make_heavy(2, 2), heavy = make_heavy(60, 2);
    g_auto(SaoyVerdict) few = verify(light), many = verify(heavy);

    g_assert_false(world_found(&few, "TOO_COMPLEX", 0));
    g_assert_true(world_found(&few, "DIGEST_MISMATCH", 11));
    g_assert_true(world_found(&many, "TOO_COMPLEX", 0));
    g_assert_cmpint(many.conclusion, !=, SAOY_PASSED);
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
    g_test_add_func("/forged-proofs/issuer", test_an_issuer_is_found_by_its_name);
    g_test_add_func("/forged-proofs/authority",
                    test_the_authority_of_a_stamp_is_asked_about);
    g_test_add_func("/forged-proofs/digests", test_digesting_comes_to_an_end);
    int failed = g_test_run();
    world_close(&world);
    return failed;
}
