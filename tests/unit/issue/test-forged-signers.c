/* Keys of the same authority that are for something else, lists in the trust directory that
 * are no lists as they should be, and seals' keys that were withdrawn. */
#include "world.h"

#include "signature/chain.h"
#include "signature/seal-list.h"
#include "vision/symbol.h"

static World world;

/* Signs another's document, issued by the officers' own authority. */
static SaoyVerdict
signed_under(const char *extended)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, extended }, { 0, NULL } };
    PkiEntity signer =
        pki_entity_full(EVP_EC_gen("P-256"), "K01", &world.copy.issuing, false,
                        "critical,digitalSignature", -60, 86400, extra);
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &signer, &world.copy.issuing, forge_cades);
    SaoyVerdict verdict = world_verify(&world, pdf, true);

    pki_entity_clear(&signer);
    return verdict;
}

static void
test_other_keys_sign_nothing(void)
{
    static const char *const others[] = { "clientAuth",
                                          "serverAuth",
                                          "OCSPSigning",
                                          "critical,timeStamping",
                                          ("critical," SAOY_USAGE_SEAL),
                                          "serverAuth,clientAuth" };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(SaoyVerdict) verdict = signed_under(others[i]);

        g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
        g_assert_true(world_found(&verdict, "SIGNER_PURPOSE", 0));
        g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, "unknown");
        g_assert_cmpstr(world_says(&verdict, 0, "integrity"), ==, "intact");
    }
}

/* Document signing of RFC 9336, Adobe and Microsoft; a country's own. */
static void
test_lawful_keys_sign(void)
{
    static const char *const lawful[] = { NULL,
                                          "anyExtendedKeyUsage",
                                          "emailProtection",
                                          "clientAuth,emailProtection",
                                          "critical,1.3.6.1.5.5.7.3.36",
                                          "1.2.840.113583.1.1.5",
                                          "1.3.6.1.4.1.311.10.3.12",
                                          "clientAuth,1.3.6.1.4.1.99999.2" };

    for (size_t i = 0; i < G_N_ELEMENTS(lawful); i++) {
        g_auto(SaoyVerdict) verdict = signed_under(lawful[i]);

        g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
        g_assert_false(world_found(&verdict, "SIGNER_PURPOSE", 0));
        g_assert_cmpstr(world_says(&verdict, 0, "trust"), ==, "trusted");
    }
}

/* The officer's signature is right, the agency's field is filled by that signer's. */
static GBytes *
agency_with(const PkiEntity *signer, const char *claimed, ForgeValue *value_of)
{
    size_t end = forge_find(world.pdf, "%%EOF\n", 0) + 6;
    g_autoptr(GBytes) first = g_bytes_new_from_bytes(world.pdf, 0, end);
    int64_t field = forge_field(world.pdf, "SaoY-Agency");
    Forge f = forge_begin(first);
    int64_t value = f.size;
    g_autofree char *old = forge_object(first, field);
    g_autofree char *entry = g_strdup_printf("/V %ld 0 R", (long)value);
    g_autofree char *filled = forge_with(old, entry);

    world.object = value;
    forge_put(&f, field, "%s", filled);
    forge_put_signature(&f, value, "ETSI.CAdES.detached", claimed);
    return forge_sign(forge_end(&f), signer, &world.copy.issuing, value_of);
}

/* /M as composed. */
static char *
claimed_at(int64_t at_us)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);

    return g_date_time_format(date, "/M (D:%Y%m%d%H%M%SZ)");
}

static GBytes *
agency_by(const PkiEntity *signer)
{
    g_autofree char *claimed = claimed_at(world.copy.approval->approved_at_us);

    return agency_with(signer, claimed, world_stamped);
}

static SaoyVerdict
as_agency(const PkiEntity *signer)
{
    g_autoptr(GBytes) pdf = agency_by(signer);

    return world_verify(&world, pdf, true);
}

static void
test_a_kiosk_is_no_agency(void)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, "clientAuth" }, { 0, NULL } };
    PkiEntity kiosk =
        pki_entity_full(EVP_EC_gen("P-256"), "K01", &world.copy.issuing, false,
                        "critical,digitalSignature", -60, 86400, extra);
    g_auto(SaoyVerdict) verdict = as_agency(&kiosk);

    g_assert_cmpint(verdict.conclusion, !=, SAOY_PASSED);
    g_assert_true(world_found(&verdict, "SIGNER_PURPOSE", 0));
    pki_entity_clear(&kiosk);
}

/* The finding of that code of that object, or NULL. */
static const SaoyJson *
finding(const SaoyVerdict *verdict, const char *code, int64_t object)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "findings");

    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const SaoyJson *row = saoy_json_at(list, i);

        if (g_str_equal(saoy_json_string_or(row, "code", ""), code) &&
            saoy_json_int_or(row, "object", 0) == object)
            return row;
    }
    return NULL;
}

/* Made before seals' keys said what they are for. */
static void
test_a_seal_is_no_agency(void)
{
    PkiEntity again =
        pki_entity_with(world.copy.seal.key, "UBND phường Ba Đình", &world.copy.issuing,
                        false, "critical,nonRepudiation", -3600, 86400);
    g_auto(SaoyVerdict) itself = as_agency(&world.copy.seal);
    g_auto(SaoyVerdict) renamed = as_agency(&again);

    g_assert_cmpint(itself.conclusion, ==, SAOY_FAILED);
    g_assert_nonnull(finding(&itself, "SIGNER_IS_SEAL", world.object));
    g_assert_cmpstr(world_says(&itself, 1, "trust"), ==, "unknown");
    g_assert_cmpstr(world_says(&itself, 1, "indication"), ==, "TOTAL-FAILED");
    g_assert_cmpstr(world_says(&itself, 0, "indication"), ==, "TOTAL-PASSED");
    g_assert_cmpint(renamed.conclusion, ==, SAOY_FAILED);
    g_assert_nonnull(finding(&renamed, "SIGNER_IS_SEAL", world.object));
    X509_free(again.certificate);
    g_bytes_unref(again.der);
}

static void
assert_other_name(const SaoyVerdict *verdict)
{
    const SaoyJson *row = finding(verdict, "SIGNER_OTHER", world.object);

    g_assert_nonnull(row);
    g_assert_cmpstr(saoy_json_string_or(row, "severity", ""), ==, "warning");
    g_assert_cmpstr(saoy_json_string_or(row, "claimed", ""), ==, "UBND phường Ba Đình");
    g_assert_cmpstr(saoy_json_string_or(row, "signer", ""), ==, "Nguyễn Văn A");
    g_assert_nonnull(strstr(saoy_json_string_or(row, "text", ""), "Nguyễn Văn A"));
    g_assert_cmpint(verdict->conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(world_says(verdict, 1, "indication"), ==, "INDETERMINATE");
}

/* Anybody may have a certificate of an authority: the seal's names must be theirs. */
static void
test_another_name_is_doubted(void)
{
    PkiEntity somebody = pki_entity("Nguyễn Văn A", &world.copy.issuing, false);
    g_autofree char *roots = pki_folder();
    g_autoptr(GBytes) pdf = agency_by(&somebody);
    g_autoptr(GBytes) lawful = agency_by(&world.copy.signer[1]);
    SaoyVerifyOptions options = { .trust = world.copy.trust, .now_us = world.now_us };
    g_auto(SaoyVerdict) right = world_verify(&world, lawful, true);
    g_auto(SaoyVerdict) sample = world_verify(&world, pdf, true);
    g_auto(SaoyVerdict) official = { 0 }, alone = { 0 }, ours = { 0 };

    g_assert_cmpint(right.conclusion, ==, SAOY_PASSED);
    assert_other_name(&sample);
    pki_write(roots, "root.der", world.copy.root.der);
    options.official = roots;
    g_assert_true(saoy_copy_verify(pdf, &options, &official, NULL));
    assert_other_name(&official);
    options = (SaoyVerifyOptions){ .trust = roots, .now_us = world.now_us };
    g_assert_true(saoy_copy_verify(pdf, &options, &alone, NULL));
    assert_other_name(&alone);
    g_assert_true(saoy_copy_verify(world.pdf, &options, &ours, NULL));
    g_assert_true(world_found(&ours, "SEAL_UNDECIDED", 0));
    g_assert_cmpint(ours.conclusion, ==, SAOY_INDETERMINATE);
    saoy_dir_remove(roots, NULL);
    pki_entity_clear(&somebody);
}

/* Of that organisation, under its own name. */
static PkiEntity
member_of(const char *organisation, const char *name)
{
    PkiEntity one = pki_entity(name, &world.copy.issuing, false);

    g_bytes_unref(one.der);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(one.certificate), "O", MBSTRING_UTF8,
                               (const unsigned char *)organisation, -1, -1, 0);
    g_assert_cmpint(X509_sign(one.certificate, world.copy.issuing.key, EVP_sha256()), >, 0);
    one.der = saoy_x509_der(one.certificate);
    return one;
}

/* Who works for the office is not the office, and whose name has the officer's in it is not
 * the officer. */
static void
test_a_name_beside_the_common_one_is_none(void)
{
    PkiEntity clerk = member_of("UBND phường Ba Đình", "Nguyễn Văn Bảo Vệ");
    PkiEntity longer =
        pki_entity("Hợp tác xã UBND phường Ba Đình mới", &world.copy.issuing, false);
    g_auto(SaoyVerdict) employed = as_agency(&clerk), around = as_agency(&longer);

    g_assert_cmpint(employed.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_nonnull(finding(&employed, "SIGNER_OTHER", world.object));
    g_assert_cmpint(around.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_nonnull(finding(&around, "SIGNER_OTHER", world.object));
    pki_entity_clear(&clerk);
    pki_entity_clear(&longer);
}

/* A genuine seal is there for anybody to take: what is signed around it later is doubted.
 */
static void
test_a_signature_is_of_the_seal_s_time(void)
{
    const PkiEntity *agency = &world.copy.signer[1];
    int64_t sealed_us = world.copy.approval->approved_at_us;
    const struct {
        int64_t claimed_us, stamp_us;
        const char *code; /* NULL: right */
    } rows[] = {
        { sealed_us, 0, NULL },
        { sealed_us + 300 * (int64_t)G_USEC_PER_SEC, 0, NULL },
        { sealed_us, -1, "TIME_UNPROVEN" },
        { 0, 0, "SEAL_TIME" },
        { sealed_us + 3600 * (int64_t)G_USEC_PER_SEC, 0, "SEAL_TIME" },
        { sealed_us - 3600 * (int64_t)G_USEC_PER_SEC, 0, "SEAL_TIME" },
        { sealed_us, sealed_us - 1800 * (int64_t)G_USEC_PER_SEC, "SEAL_TIME" },
        { sealed_us, sealed_us + 31 * 86400 * (int64_t)G_USEC_PER_SEC, "SEAL_TIME" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *claimed =
            rows[i].claimed_us != 0 ? claimed_at(rows[i].claimed_us) : g_strdup("");
        world_stamp_us = MAX(rows[i].stamp_us, 0);
        g_autoptr(GBytes) pdf = agency_with(
            agency, claimed, rows[i].stamp_us < 0 ? forge_cades : world_stamped);
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

        world_stamp_us = 0;
        g_assert_cmpint(verdict.conclusion, ==,
                        rows[i].code != NULL ? SAOY_INDETERMINATE : SAOY_PASSED);
        g_assert_true(rows[i].code == NULL ||
                      finding(&verdict, rows[i].code, world.object) != NULL);
    }
}

static void
test_one_key_is_not_two(void)
{
    g_auto(SaoyVerdict) verdict = as_agency(&world.copy.signer[0]);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&verdict, "SIGNATURE_MISSING", 0));
}

static void
test_a_weak_key_is_named(void)
{
    PkiEntity weak = pki_entity_with(EVP_RSA_gen(1024), "Weak", &world.copy.issuing, false,
                                     "critical,nonRepudiation", -3600, 86400);
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &weak, &world.copy.issuing, forge_cades);
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&verdict, "WEAK_DIGEST", 8));
    g_assert_true(world_found(&verdict, "TRUST_UNKNOWN", 8));
    pki_entity_clear(&weak);
}

/* As authorities write names: capitals, decomposed letters, blanks; the test authority's
 * mark. Nothing around them. */
static void
test_names_are_compared_as_people_do(void)
{
    static const struct {
        const char *certificate, *claimed;
        bool same;
    } rows[] = {
        { "TEST – Trần Văn Dũng", "Trần Văn Dũng", true },
        { "TRẦN VĂN DŨNG", "Trần Văn Dũng", true },
        { " Trần  Văn Dũng ", "Trần Văn Dũng", true },
        { "Tra\xcc\x82\xcc\x80n Va\xcc\x86n Du\xcc\x83ng", "Trần Văn Dũng", true },
        { "UBND PHƯỜNG BA ĐÌNH", "UBND phường Ba Đình", true },
        { "UBND PHƯỜNG BA ĐÌNH", "UBND phường Ba Đình, thành phố Hà Nội", false },
        { "CÔNG TY TNHH MTV TRẦN VĂN DŨNG", "Trần Văn Dũng", false },
        { "Trần Văn Dũng – văn thư", "Trần Văn Dũng", false },
        { "Trần Văn Dũngg", "Trần Văn Dũng", false },
        { "Tran Van Dung", "Trần Văn Dũng", false },
        { "Nguyễn Văn A", "Trần Văn Dũng", false },
        { "–", "Trần Văn Dũng", false },
        { "Dũng", "Trần Văn Dũng", false },
        { "Trần Văn Dũng", "", false },
        { "TEST – ", "", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        PkiEntity one = pki_entity(rows[i].certificate, &world.copy.issuing, false);

        g_assert_true(saoy_certificate_is_of(saoy_view_of(one.der), rows[i].claimed) ==
                      rows[i].same);
        pki_entity_clear(&one);
    }
    /* an authority that is no test authority means what it writes */
    PkiEntity real = pki_entity("CA", NULL, true);
    PkiEntity one = pki_entity("TEST – Trần Văn Dũng", &real, false);
    g_assert_false(saoy_certificate_is_of(saoy_view_of(one.der), "Trần Văn Dũng"));
    pki_entity_clear(&one);
    pki_entity_clear(&real);
}

/* ---- not one of our copies ---- */

/* A document time stamp is nobody's signature. */
static void
test_a_stamp_signs_for_nobody(void)
{
    Forge f = world_draft("ETSI.RFC3161", "", "");
    g_autoptr(GBytes) pdf = forge_sign(forge_end(&f), &world.tsa, NULL, world_stamp);
    SaoyVerifyOptions options = { .trust = world.copy.trust,
                                  .official = world.copy.trust,
                                  .now_us = world.now_us };
    g_auto(SaoyVerdict) verdict = { 0 };

    g_assert_true(saoy_copy_verify(pdf, &options, &verdict, NULL));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
    g_assert_true(world_found(&verdict, "NO_SIGNATURE", 0));
    g_assert_cmpstr(world_says(&verdict, 0, "indication"), ==, "TOTAL-PASSED");
    g_assert_false(saoy_json_bool_or(verdict.report, "official", true));
}

static SaoyVerdict
dressed(const char field[4], const char *metadata)
{
    Forge f = world_draft("ETSI.CAdES.detached", "/Metadata 20 0 R", "");

    memcpy(strstr(f.out->str, "(Sig1)") + 1, field, 4);
    forge_put_stream(&f, 20, "/Type /Metadata /Subtype /XML", metadata);
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    return world_verify(&world, pdf, true);
}

static void
test_what_looks_like_ours_has_a_seal(void)
{
    static const struct {
        const char *field, *metadata;
        bool ours;
    } rows[] = {
        { "Sig1", "<x:xmpmeta/>", false },
        { "SAOY", "<x:xmpmeta/>", true },
        { "Sig1", "<saoy:seals>https://</saoy:seals>", true },
        { "Sig1", "<SAOY:seal/>", true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(SaoyVerdict) verdict = dressed(rows[i].field, rows[i].metadata);

        g_assert_cmpint(verdict.conclusion, ==,
                        rows[i].ours ? SAOY_INDETERMINATE : SAOY_PASSED);
        g_assert_true(world_found(&verdict, "SEAL_ABSENT", 0) == rows[i].ours);
    }
}

/* ---- lists of the trust directory ---- */

static GBytes *
revoking_list(bool pem)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(world.copy.signer[0].certificate);
    const SaoyCrlEntry entry = {
        .serial = { ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) },
        .revoked_us = world.now_us - 3600 * (int64_t)G_USEC_PER_SEC,
        .reason = 1
    };
    GBytes *der = saoy_crl_make(saoy_view_of(world.copy.issuing.der), &entry, 1, 1,
                                world.now_us - G_USEC_PER_SEC, 86400, pki_on_sign,
                                &world.copy.issuing, NULL);

    g_assert_nonnull(der);
    if (!pem)
        return der;
    g_autofree char *base64 =
        g_base64_encode(saoy_view_of(der).data, g_bytes_get_size(der));
    char *text =
        g_strdup_printf("-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n", base64);
    g_bytes_unref(der);
    return g_bytes_new_take(text, strlen(text));
}

static void
test_lists_are_read_in_either_form(void)
{
    g_autofree char *path = g_build_filename(world.copy.trust, "issuing.crl", NULL);
    g_autoptr(GPtrArray) chain = pki_chain(&world.copy.signer[0], &world.copy.issuing);

    for (int pem = 0; pem < 2; pem++) {
        g_autoptr(GBytes) list = revoking_list(pem != 0);

        pki_write(world.copy.trust, "issuing.crl", list);
        g_auto(SaoyVerdict) verdict = world_verify(&world, world.pdf, true);
        g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
        g_assert_true(world_found(&verdict, "TRUST_REVOKED", 0));
        g_assert_cmpint(
            saoy_chain_check(chain, world.copy.trust, world.now_us, SAOY_PURPOSE_DOCUMENT),
            ==, SAOY_TRUST_REVOKED);
    }
    g_remove(path);
}

static void
test_an_unreadable_list_is_named(void)
{
    static const char *const names[] = { "issuing.crl", "officer.ocsp" };
    g_autoptr(GBytes) rubbish = g_bytes_new_static("-----BEGIN X509 CRL-----\nMII", 28);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(world.copy.trust, names[i], NULL);

        pki_write(world.copy.trust, names[i], rubbish);
        g_auto(SaoyVerdict) verdict = world_verify(&world, world.pdf, true);
        g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
        g_assert_true(world_found(&verdict, "TRUST_LIST_UNREADABLE", 0));
        g_remove(path);
    }
    g_auto(SaoyVerdict) verdict = world_verify(&world, world.pdf, true);
    g_assert_false(world_found(&verdict, "TRUST_LIST_UNREADABLE", 0));
}

/* ---- keys of seals ---- */

/* The seal's certificate lies in the directory all the while. */
static void
put_keys(const char *name, int64_t age_s, const PkiEntity *key, int64_t to_s)
{
    int64_t now_s = world.now_us / G_USEC_PER_SEC;
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_KEYS,
                                  .issued_at_s = now_s - age_s,
                                  .next_update_s = now_s + 86400,
                                  .keys = saoy_seal_keys_new() };
    SaoySealKey one = { g_bytes_ref(key->der), now_s - 80000, to_s };

    g_array_append_val(list.keys, one);
    g_autoptr(GBytes) cose = saoy_seal_list_make(&list, saoy_view_of(world.copy.root.der),
                                                 copy_sign_seal, &world.copy.root, NULL);
    g_assert_nonnull(cose);
    pki_write(world.copy.trust, name, cose);
}

static void
drop(const char *name)
{
    g_autofree char *path = g_build_filename(world.copy.trust, name, NULL);

    g_remove(path);
}

static void
test_the_list_of_keys_decides(void)
{
    int64_t now_s = world.now_us / G_USEC_PER_SEC;

    put_keys("a.cose", 200, &world.copy.seal, now_s + 86400);
    g_auto(SaoyVerdict) listed = world_verify(&world, world.pdf, true);
    g_assert_cmpint(listed.conclusion, ==, SAOY_PASSED);
    g_assert_false(world_found(&listed, "SEAL_UNDECIDED", 0));
    /* a younger list, whatever its name: withdrawn a day ago */
    put_keys("b.cose", 100, &world.copy.seal, now_s - 70000);
    g_auto(SaoyVerdict) withdrawn = world_verify(&world, world.pdf, true);
    g_assert_cmpint(withdrawn.conclusion, ==, SAOY_FAILED);
    g_assert_true(world_found(&withdrawn, "SEAL_WRONG", 0));
    /* stolen: nobody can tell what its owner made */
    put_keys("b.cose", 50, &world.copy.seal, now_s - 80001);
    g_auto(SaoyVerdict) stolen = world_verify(&world, world.pdf, true);
    g_assert_cmpint(stolen.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&stolen, "SEAL_WITHDRAWN", 0));
    g_assert_false(world_found(&stolen, "SEAL_WRONG", 0));
    drop("a.cose");
    put_keys("b.cose", 100, &world.copy.stranger, now_s + 86400);
    g_auto(SaoyVerdict) left_out = world_verify(&world, world.pdf, true);
    g_assert_true(world_found(&left_out, "SEAL_UNKNOWN", 0));
    g_assert_cmpint(left_out.conclusion, ==, SAOY_INDETERMINATE);
    drop("b.cose");
}

/* Whatever the list says of it: a seal's key, even withdrawn, signs no documents. */
static void
test_a_listed_key_signs_nothing(void)
{
    int64_t now_s = world.now_us / G_USEC_PER_SEC;
    const int64_t until_s[] = { now_s + 86400, 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(until_s); i++) {
        put_keys("a.cose", 200, &world.copy.signer[0], until_s[i]);
        g_autoptr(GBytes) foreign = world_foreign(&world);
        g_auto(SaoyVerdict) verdict = world_verify(&world, foreign, true);

        g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
        g_assert_true(world_found(&verdict, "SIGNER_IS_SEAL", 8));
    }
    drop("a.cose");
}

/* A page of another's that draws the link of a copy, box by box. */
static SaoyVerdict
drawing(const char *text)
{
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);
    g_autoptr(GString) content = g_string_new(NULL);
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    for (int i = 0; i < qr->size * qr->size; i++)
        if (qr->modules[i] != 0)
            g_string_append_printf(content, "%.2f %.2f 1.55 1.55 re f\n",
                                   50 + i % qr->size * 1.55, 250 - i / qr->size * 1.55);
    forge_erase(&f, 4);
    forge_put_stream(&f, 4, "", content->str);
    g_autoptr(GBytes) pdf =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    return world_verify(&world, pdf, true);
}

static void
test_a_drawn_link_wants_a_seal(void)
{
    g_auto(SaoyVerdict) ours = drawing(world.copy.approval->link);
    g_auto(SaoyVerdict) other = drawing("https://hoadon.example.vn/v/12345?t=x");

    g_assert_true(world_found(&ours, "SEAL_ABSENT", 0));
    g_assert_cmpint(ours.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_false(world_found(&other, "SEAL_ABSENT", 0));
    g_assert_cmpint(other.conclusion, ==, SAOY_PASSED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    world_authority = &world.tsa;
    g_test_add_func("/forged-signers/other-keys", test_other_keys_sign_nothing);
    g_test_add_func("/forged-signers/lawful-keys", test_lawful_keys_sign);
    g_test_add_func("/forged-signers/kiosk-as-agency", test_a_kiosk_is_no_agency);
    g_test_add_func("/forged-signers/lists", test_lists_are_read_in_either_form);
    g_test_add_func("/forged-signers/rubbish-list", test_an_unreadable_list_is_named);
    g_test_add_func("/forged-signers/seal-keys", test_the_list_of_keys_decides);
    g_test_add_func("/forged-signers/seal-as-agency", test_a_seal_is_no_agency);
    g_test_add_func("/forged-signers/listed-key", test_a_listed_key_signs_nothing);
    g_test_add_func("/forged-signers/another-name", test_another_name_is_doubted);
    g_test_add_func("/forged-signers/beside", test_a_name_beside_the_common_one_is_none);
    g_test_add_func("/forged-signers/time", test_a_signature_is_of_the_seal_s_time);
    g_test_add_func("/forged-signers/stamp-alone", test_a_stamp_signs_for_nobody);
    g_test_add_func("/forged-signers/no-seal", test_what_looks_like_ours_has_a_seal);
    g_test_add_func("/forged-signers/drawn-link", test_a_drawn_link_wants_a_seal);
    g_test_add_func("/forged-signers/one-key", test_one_key_is_not_two);
    g_test_add_func("/forged-signers/weak-key", test_a_weak_key_is_named);
    g_test_add_func("/forged-signers/names", test_names_are_compared_as_people_do);
    int failed = g_test_run();
    world_close(&world);
    return failed;
}
