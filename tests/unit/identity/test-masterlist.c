/* Master lists: what is in one counts when its signature holds and somebody vouches for
 * its signer. */
#include "csca-store.h"
#include "fixed-clock.h"
#include "pki.h"

typedef struct {
    char *dir;
    Party csca, signer; /* of the country that publishes the list */
    Party listed;       /* an issuer of another country, known from the list alone */
    Party document;     /* a document signer under it */
} Fixture;

#define LIST_TYPE "2.23.136.1.1.2"

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("saoy-list-XXXXXX", NULL);
    fix->csca = make_party((Plan){ .from_day = -100 });
    fix->signer = make_signer((Plan){
        .issuer = &fix->csca, .from_day = -100, .extended = "critical,2.23.136.1.1.3" });
    fix->listed = make_party((Plan){ .country = "XA", .name = "CSCA of elsewhere" });
    fix->document = make_signer((Plan){ .country = "XA", .issuer = &fix->listed });
}

static void
tear_down(Fixture *fix, const void *data)
{
    party_clear(&fix->csca);
    party_clear(&fix->signer);
    party_clear(&fix->listed);
    party_clear(&fix->document);
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
}

static CMS_ContentInfo *
sign_list(const Fixture *fix, const Party *signer, How how)
{
    X509 *const all[] = { fix->csca.certificate, fix->listed.certificate };
    g_autoptr(GBytes) content = list_of(all, 2, 1);

    how.type = LIST_TYPE;
    return sign_cms(saoy_view_of(content), signer, how);
}

static void
put_list(const Fixture *fix, const Party *signer, How how)
{
    g_autoptr(CMS_ContentInfo) cms = sign_list(fix, signer, how);
    g_autoptr(GBytes) der = cms_bytes(cms);

    put(fix->dir, "list.ml", saoy_view_of(der));
}

/* The list's own verdict (NULL: trusted), and what it means for a document. */
static void
assert_list(const Fixture *fix, const char *reason)
{
    g_autoptr(SaoyCsca) csca = saoy_csca_open(fix->dir);
    const SaoyChainRules rules = { .at_s = saoy_clock_wall_us() / G_USEC_PER_SEC };
    const SaoyCscaFile *list = csca->files->pdata[csca->files->len - 1];

    g_assert_cmpstr(list->name, ==, "list.ml");
    g_assert_cmpstr(list->reason, ==, reason);
    g_assert_cmpint(list->trusted, ==, reason == NULL);
    g_assert_cmpint(saoy_csca_chain(csca->files, fix->document.certificate, &rules).end, ==,
                    reason == NULL ? SAOY_CHAIN_TRUSTED : SAOY_CHAIN_UNKNOWN);
}

static const char alone[] = "only the list itself vouches for its signer: pin it, or put "
                            "the signer's issuer beside it";

static void
test_an_anchored_list(Fixture *fix, const void *data)
{
    put_list(fix, &fix->signer, (How){ 0 });
    assert_list(fix, alone);
    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    assert_list(fix, NULL);
    put_list(fix, &fix->signer, (How){ .by_key_id = true, .digest = EVP_sha512() });
    assert_list(fix, NULL);
}

static void
test_the_signer_lies_there(Fixture *fix, const void *data)
{
    put_list(fix, &fix->signer, (How){ .no_certificate = true });
    assert_list(fix, "the list carries no certificate of its signer");
    put_certificate(fix->dir, "signer.der", fix->signer.certificate);
    assert_list(fix, NULL);
    put_list(fix, &fix->signer, (How){ 0 });
    assert_list(fix, NULL);
}

static void
test_a_pinned_list(Fixture *fix, const void *data)
{
    g_autoptr(CMS_ContentInfo) cms = sign_list(fix, &fix->signer, (How){ 0 });
    g_autoptr(GBytes) der = cms_bytes(cms);
    g_autofree char *hash = saoy_sha256_hex(saoy_view_of(der));
    g_autofree char *text = g_strdup_printf("# ours\n%s  list of May\n", hash);
    g_autofree char *upper = g_ascii_strup(hash, -1);

    put(fix->dir, "list.ml", saoy_view_of(der));
    assert_list(fix, alone);
    put(fix->dir, "pinned", (SaoyView){ (const uint8_t *)text, strlen(text) });
    assert_list(fix, NULL);
    put(fix->dir, "pinned", (SaoyView){ (const uint8_t *)upper, strlen(upper) });
    assert_list(fix, NULL);
    upper[0] = upper[0] == 'A' ? 'B' : 'A';
    put(fix->dir, "pinned", (SaoyView){ (const uint8_t *)upper, strlen(upper) });
    assert_list(fix, alone);
}

/* Who is pinned must still have signed what stands there. */
static void
test_a_pin_is_no_signature(Fixture *fix, const void *data)
{
    g_autoptr(CMS_ContentInfo) cms = sign_list(fix, &fix->signer, (How){ 0 });
    g_autoptr(GBytes) der = cms_bytes(cms);
    g_autofree uint8_t *copy = g_memdup2(saoy_view_of(der).data, saoy_view_of(der).size);
    SaoyView changed = { copy, saoy_view_of(der).size };
    g_autofree char *hash = NULL;

    copy[changed.size - 1] ^= 1;
    hash = saoy_sha256_hex(changed);
    put(fix->dir, "list.ml", changed);
    put(fix->dir, "pinned", (SaoyView){ (const uint8_t *)hash, strlen(hash) });
    assert_list(fix, "the signature of the list is wrong");
}

/* A list is no anchor for another: the country "XA" in it cannot speak for all. */
static void
test_a_list_vouches_for_no_list(Fixture *fix, const void *data)
{
    g_auto(Party) second = make_signer((Plan){
        .country = "XA", .issuer = &fix->listed, .extended = "critical,2.23.136.1.1.3" });
    g_auto(Party) third = make_party((Plan){ .country = "XB", .name = "third" });
    X509 *const all[] = { third.certificate };
    g_autoptr(GBytes) content = list_of(all, 1, 1);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &second, (How){ .type = LIST_TYPE });
    g_autoptr(GBytes) der = cms_bytes(cms);
    g_autoptr(SaoyCsca) csca = NULL;
    const SaoyCscaFile *file;

    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_list(fix, &fix->signer, (How){ 0 });
    put(fix->dir, "z.ml", saoy_view_of(der));
    csca = saoy_csca_open(fix->dir);
    file = csca->files->pdata[csca->files->len - 1];
    g_assert_cmpstr(file->name, ==, "z.ml");
    g_assert_false(file->trusted);
    g_assert_cmpstr(file->reason, ==, "the issuer of the list's signer is not known");
}

static void
test_who_may_sign_lists(Fixture *fix, const void *data)
{
    static const char may_not[] = "the list's signer may not sign lists";
    g_auto(Party) document = make_signer((Plan){ .issuer = &fix->csca });
    g_auto(Party) other =
        make_signer((Plan){ .issuer = &fix->csca, .extended = "critical,serverAuth" });

    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_list(fix, &document, (How){ 0 });
    assert_list(fix, may_not);
    put_list(fix, &other, (How){ 0 });
    assert_list(fix, may_not);
    put_list(fix, &fix->csca, (How){ 0 });
    assert_list(fix, may_not);
    put_list(fix, &fix->signer, (How){ .second = &other });
    assert_list(fix, "the list is signed by nobody, or by several");
    put_list(fix, &fix->signer, (How){ .digest = EVP_sha1() });
    assert_list(fix, "the list is signed with a weak digest");
    put_list(fix, &fix->signer, (How){ .no_attributes = true });
    assert_list(fix, "the list's signature does not say what it covers");
}

static void
test_a_revoked_signer(Fixture *fix, const void *data)
{
    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_list(fix, &fix->signer, (How){ 0 });
    put_crl(fix->dir, "now.crl", &fix->csca, fix->signer.certificate, -1, 30);
    assert_list(fix, "the list's signer has been revoked");
}

/* A list outlives its signer, but nobody signs before or after her time. */
static void
test_the_time_of_signing(Fixture *fix, const void *data)
{
    const int64_t day = INT64_C(86400) * G_USEC_PER_SEC, now = g_get_real_time();
    /* key usage till 2020-01-01 */
    g_auto(Party) laid_aside =
        make_signer((Plan){ .issuer = &fix->csca,
                            .extended = "critical,2.23.136.1.1.3",
                            .period = "DER:3011810f32303230303130313030303030305a" });
    g_auto(Party) gone = make_signer((Plan){ .issuer = &fix->csca,
                                             .from_day = -90,
                                             .to_day = -80,
                                             .extended = "critical,2.23.136.1.1.3" });

    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_list(fix, &gone, (How){ 0 });
    assert_list(fix, "the list's signer had expired when it signed");
    put_list(fix, &laid_aside, (How){ 0 });
    assert_list(fix, "the list's signer had expired when it signed");
    put_list(fix, &fix->signer, (How){ 0 });
    stop_clock(now - 20 * day);
    g_autoptr(SaoyCsca) early = saoy_csca_open(fix->dir);
    const SaoyCscaFile *list = early->files->pdata[early->files->len - 1];
    g_assert_cmpstr(list->reason, ==, "the list is dated in the future");
    stop_clock(now + 400 * day); /* its signer has expired, its issuers as well */
    g_autoptr(SaoyCsca) late = saoy_csca_open(fix->dir);
    list = late->files->pdata[late->files->len - 1];
    g_assert_cmpstr(list->reason, ==, NULL);
    saoy_clock_set(NULL);
}

static void
put_content(const Fixture *fix, SaoyView content, const char *type)
{
    g_autoptr(CMS_ContentInfo) cms = sign_cms(content, &fix->signer, (How){ .type = type });
    g_autoptr(GBytes) der = cms_bytes(cms);

    put(fix->dir, "list.ml", saoy_view_of(der));
}

static void
test_what_is_in_a_list(Fixture *fix, const void *data)
{
    X509 *const all[] = { fix->listed.certificate };
    g_autoptr(GBytes) one = list_of(all, 1, 1), crowd = list_of(all, 1, 10000);
    g_autoptr(CMS_ContentInfo) inner = sign_list(fix, &fix->signer, (How){ 0 });
    g_autoptr(GBytes) inner_der = cms_bytes(inner);
    g_autoptr(SaoyArray) nested = saoy_array_new(16), body = saoy_array_new(16);
    static const uint8_t version = 0;

    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_content(fix, saoy_view_of(one), LIST_TYPE);
    assert_list(fix, NULL);
    put_content(fix, saoy_view_of(one), "2.23.136.1.1.1");
    assert_list(fix, "what is signed is no master list");
    put_content(fix, saoy_view_of(crowd), LIST_TYPE);
    assert_list(fix, "there are too many certificates in it");
    /* a list in a list */
    saoy_tlv_put(body, 0x02, (SaoyView){ &version, 1 });
    saoy_tlv_put(body, 0x31, saoy_view_of(inner_der));
    saoy_tlv_put(nested, 0x30, saoy_view_array(body));
    put_content(fix, saoy_view_array(nested), LIST_TYPE);
    assert_list(fix, "something in it is no certificate");
    put_content(fix, saoy_view_of(inner_der), LIST_TYPE);
    assert_list(fix, "the list is not readable");
}

static void
test_changed_and_cut(Fixture *fix, const void *data)
{
    g_autoptr(CMS_ContentInfo) cms = sign_list(fix, &fix->signer, (How){ 0 });
    g_autoptr(GBytes) der = cms_bytes(cms);
    SaoyView bytes = saoy_view_of(der);
    g_autofree uint8_t *copy = g_memdup2(bytes.data, bytes.size);

    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    copy[200] ^= 1;
    put(fix->dir, "list.ml", (SaoyView){ copy, bytes.size });
    assert_list(fix, "the list was changed after it was signed");
    copy[200] ^= 1;
    copy[bytes.size - 1] ^= 1;
    put(fix->dir, "list.ml", (SaoyView){ copy, bytes.size });
    assert_list(fix, "the signature of the list is wrong");
    for (size_t n = 0; n < bytes.size; n += 97) {
        put(fix->dir, "list.ml", (SaoyView){ bytes.data, n });
        assert_list(fix, "the list is not readable");
    }
}

/* Whoever stands in the list and is not self-signed is an issuer only by a link. */
static void
test_a_link_in_a_list(Fixture *fix, const void *data)
{
    g_auto(Party) lost = make_party((Plan){ .country = "XA", .name = "lost" });
    g_auto(Party) link =
        make_party((Plan){ .country = "XA", .name = "link", .issuer = &lost });
    X509 *const without[] = { link.certificate };
    X509 *const with[] = { link.certificate, lost.certificate };
    g_autoptr(GBytes) a = list_of(without, 1, 1), b = list_of(with, 2, 1);

    party_clear(&fix->document);
    fix->document = make_signer((Plan){ .country = "XA", .issuer = &link });
    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    put_content(fix, saoy_view_of(b), LIST_TYPE);
    assert_list(fix, NULL);
    put_content(fix, saoy_view_of(a), LIST_TYPE);
    g_autoptr(SaoyCsca) csca = saoy_csca_open(fix->dir);
    const SaoyChainRules rules = { .at_s = saoy_clock_wall_us() / G_USEC_PER_SEC };
    g_assert_cmpint(saoy_csca_chain(csca->files, fix->document.certificate, &rules).end, ==,
                    SAOY_CHAIN_UNKNOWN);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/masterlist/anchored", test_an_anchored_list },
        { "/masterlist/signer-there", test_the_signer_lies_there },
        { "/masterlist/pinned", test_a_pinned_list },
        { "/masterlist/pin-and-signature", test_a_pin_is_no_signature },
        { "/masterlist/no-anchor", test_a_list_vouches_for_no_list },
        { "/masterlist/may-sign", test_who_may_sign_lists },
        { "/masterlist/revoked", test_a_revoked_signer },
        { "/masterlist/time", test_the_time_of_signing },
        { "/masterlist/content", test_what_is_in_a_list },
        { "/masterlist/changed", test_changed_and_cut },
        { "/masterlist/link", test_a_link_in_a_list },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
