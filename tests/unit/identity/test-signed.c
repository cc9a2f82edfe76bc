/* EF.SOD in all the ways in which it can be wrong: each has its own reason. */
#include "pki.h"

typedef struct {
    char *dir;
    Party csca, signer;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("saoy-signed-XXXXXX", NULL);
    fix->csca = make_party((Plan){ 0 });
    fix->signer = make_signer((Plan){ .issuer = &fix->csca });
    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
}

static void
tear_down(Fixture *fix, const void *data)
{
    party_clear(&fix->csca);
    party_clear(&fix->signer);
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
}

#define SHA256 "300b0609608648016503040201"
#define X_HASH "04202d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

/* The LDS security object of one group "x". */
static const char good[] = "3039020100" SHA256 "30273025020101" X_HASH;

static GBytes *
in_file(CMS_ContentInfo *cms)
{
    g_autoptr(GBytes) der = cms_bytes(cms);
    GByteArray *file = g_byte_array_new();

    saoy_tlv_put(file, 0x77, saoy_view_of(der));
    return g_byte_array_free_to_bytes(file);
}

static GBytes *
sod_of(const Fixture *fix, const char *object, How how)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) content = saoy_unhex(object, &error);
    g_autoptr(CMS_ContentInfo) cms = NULL;

    g_assert_no_error(error);
    cms = sign_cms(saoy_view_of(content), &fix->signer, how);
    return in_file(cms);
}

static void
assert_proof(const Fixture *fix, GBytes *sod, SaoyProof proof, const char *expected)
{
    const SaoyReadPolicy policy = { .trust = fix->dir, .allow_sha1 = true };
    g_autoptr(GBytes) group = g_bytes_new_static("x", 1);
    const SaoyLdsFiles files = { .sod = sod, .groups = { [1] = group } };
    const char *reason = NULL;
    SaoyGroups vouched = 0;
    SaoyProof found = saoy_passive_check(&files, &policy, &reason, &vouched);

    g_assert_cmpstr(reason, ==, expected);
    g_assert_cmpstr(saoy_proof_name(found), ==, saoy_proof_name(proof));
    g_assert_cmphex(vouched, ==, proof == SAOY_PROOF_DONE ? SAOY_GROUP(1) : 0);
}

static void
assert_object(const Fixture *fix, const char *object, const char *reason)
{
    g_autoptr(GBytes) sod = sod_of(fix, object, (How){ 0 });

    assert_proof(fix, sod, *reason == '\0' ? SAOY_PROOF_DONE : SAOY_PROOF_FAILED, reason);
}

static void
test_what_is_signed(Fixture *fix, const void *data)
{
    static const char unreadable[] = "the security object is not readable";
    static const char twice[] = "the security object lists a data group twice";
    static const char changed[] = "a data group is not the one that was signed";

    assert_object(fix, good, "");
    /* version 1 says which versions; version 0 has nothing behind the list */
    assert_object(fix,
                  "304b020101" SHA256 "30273025020101" X_HASH
                  "3010130430313038130830343030303030"
                  "30",
                  "");
    assert_object(fix,
                  "304b020100" SHA256 "30273025020101" X_HASH
                  "3010130430313038130830343030303030"
                  "30",
                  unreadable);
    assert_object(fix, "3039020102" SHA256 "30273025020101" X_HASH, unreadable);
    assert_object(fix, "3060020100" SHA256 "304e3025020101" X_HASH "3025020101" X_HASH,
                  twice);
    assert_object(fix, "3039020100" SHA256 "30273025020111" X_HASH, unreadable);
    assert_object(fix, "3039020100" SHA256 "30273025020100" X_HASH, unreadable);
    assert_object(fix, "3039020100" SHA256 "30273025020102" X_HASH, changed);
    assert_object(fix, "3012020100" SHA256 "3000", changed);
    /* the digest that is named must be one of ours, and is the one that was used */
    assert_object(fix,
                  "3038020100"
                  "300a06082a864886f70d0205"
                  "30273025020101" X_HASH,
                  "the security object uses an unknown algorithm");
    assert_object(fix,
                  "3039020100"
                  "300b0609608648016503040203"
                  "30273025020101" X_HASH,
                  changed);
    assert_object(fix, "00", unreadable);
    assert_object(fix, "3039020100" SHA256 "30273025020101" X_HASH "00", unreadable);
}

/* Some chips hold the names of older drafts. */
static void
test_names_of_the_object(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) draft = sod_of(fix, good, (How){ .type = "1.3.27.1.1.1" });
    g_autoptr(GBytes) dutch = sod_of(fix, good, (How){ .type = "1.2.528.1.1006.1.20.1" });
    g_autoptr(GBytes) list = sod_of(fix, good, (How){ .type = "2.23.136.1.1.2" });
    g_autoptr(GBytes) plain = sod_of(fix, good, (How){ .type = "1.2.840.113549.1.7.1" });

    assert_proof(fix, draft, SAOY_PROOF_DONE, "");
    assert_proof(fix, dutch, SAOY_PROOF_DONE, "");
    assert_proof(fix, list, SAOY_PROOF_FAILED, "what is signed is no security object");
    assert_proof(fix, plain, SAOY_PROOF_FAILED, "what is signed is no security object");
}

static void
test_how_many_sign(Fixture *fix, const void *data)
{
    static const char reason[] = "the security object is signed by nobody, or by several";
    g_auto(Party) other = make_signer((Plan){ .issuer = &fix->csca });
    g_autoptr(GBytes) two = sod_of(fix, good, (How){ .second = &other });
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(CMS_ContentInfo) cms = sign_cms(saoy_view_of(content), NULL, (How){ 0 });
    g_autoptr(GBytes) none = in_file(cms);

    assert_proof(fix, two, SAOY_PROOF_FAILED, reason);
    assert_proof(fix, none, SAOY_PROOF_FAILED, reason);
}

static void
drop_attribute(CMS_SignerInfo *info, int nid)
{
    int at = CMS_signed_get_attr_by_NID(info, nid, -1);

    g_assert_cmpint(at, >=, 0);
    X509_ATTRIBUTE_free(CMS_signed_delete_attr(info, at));
}

static CMS_SignerInfo *
signer_of(CMS_ContentInfo *cms)
{
    return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

static void
test_what_the_signature_covers(Fixture *fix, const void *data)
{
    static const char reason[] =
        "the security object's signature does not say what it covers";
    static const int needed[] = { NID_pkcs9_contentType, NID_pkcs9_messageDigest };
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(GBytes) bare = sod_of(fix, good, (How){ .no_attributes = true });
    g_autoptr(CMS_ContentInfo) other =
        sign_cms(saoy_view_of(content), &fix->signer, (How){ .type = "1.3.27.1.1.1" });
    g_autoptr(ASN1_OBJECT) type = OBJ_txt2obj("2.23.136.1.1.1", 1);

    assert_proof(fix, bare, SAOY_PROOF_FAILED, reason);
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autoptr(CMS_ContentInfo) cms =
            sign_cms(saoy_view_of(content), &fix->signer, (How){ 0 });
        g_autoptr(GBytes) sod = NULL;

        drop_attribute(signer_of(cms), needed[i]);
        sod = in_file(cms);
        assert_proof(fix, sod, SAOY_PROOF_FAILED, reason);
    }
    /* signed as one thing, shown as another */
    CMS_set1_eContentType(other, type);
    g_autoptr(GBytes) renamed = in_file(other);
    assert_proof(fix, renamed, SAOY_PROOF_FAILED, reason);
}

static void
test_a_second_digest_attribute(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &fix->signer, (How){ 0 });
    CMS_SignerInfo *info = signer_of(cms);
    X509_ATTRIBUTE *digest = CMS_signed_get_attr(
        info, CMS_signed_get_attr_by_NID(info, NID_pkcs9_messageDigest, -1));
    g_autoptr(GBytes) sod = NULL;

    CMS_signed_add1_attr(info, digest);
    sod = in_file(cms);
    assert_proof(fix, sod, SAOY_PROOF_FAILED,
                 "the security object's signature does not say what it covers");
}

/* Every byte of content and signature counts. */
static void
test_changed_bytes(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) sod = sod_of(fix, good, (How){ 0 });
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    SaoyView bytes = saoy_view_of(sod), sought = saoy_view_of(content);
    const uint8_t *at = memmem(bytes.data, bytes.size, sought.data, sought.size);
    g_autofree uint8_t *copy = g_memdup2(bytes.data, bytes.size);

    g_assert_nonnull(at);
    copy[at - bytes.data + 30] ^= 1;
    g_autoptr(GBytes) inside = g_bytes_new(copy, bytes.size);
    assert_proof(fix, inside, SAOY_PROOF_FAILED,
                 "the security object was changed after it was signed");
    copy[at - bytes.data + 30] ^= 1;
    copy[bytes.size - 1] ^= 1;
    g_autoptr(GBytes) signature = g_bytes_new(copy, bytes.size);
    assert_proof(fix, signature, SAOY_PROOF_FAILED,
                 "the signature of the security object is wrong");
}

/* Cut short anywhere it is refused, and so is rubbish behind it. */
static void
test_every_length(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) sod = sod_of(fix, good, (How){ 0 });
    SaoyView bytes = saoy_view_of(sod), body = { 0 }, all = bytes;
    g_autoptr(GByteArray) longer = g_byte_array_new(), file = g_byte_array_new();

    for (size_t n = 0; n < bytes.size; n++) {
        g_autoptr(GBytes) cut = g_bytes_new(bytes.data, n);

        assert_proof(fix, cut, SAOY_PROOF_FAILED, "the security object is not readable");
    }
    g_assert_true(saoy_tlv_take(&all, 0x77, &body, NULL));
    g_byte_array_append(longer, body.data, (unsigned)body.size);
    g_byte_array_append(longer, (const uint8_t *)"\0", 1);
    saoy_tlv_put(file, 0x77, saoy_view_array(longer));
    g_autoptr(GBytes) behind = g_bytes_new(file->data, file->len);
    assert_proof(fix, behind, SAOY_PROOF_FAILED, "the security object is not readable");
}

/* The digest and the signature's algorithm must speak of the same one. */
static void
test_digests_that_disagree(Fixture *fix, const void *data)
{
    static const char reason[] = "the security object is signed with an unknown algorithm";
    static const int claims[] = { NID_ecdsa_with_SHA512, NID_ecdsa_with_SHA1,
                                  NID_sha512WithRSAEncryption, NID_dsa_with_SHA256,
                                  NID_sha256 };
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++) {
        g_autoptr(CMS_ContentInfo) cms =
            sign_cms(saoy_view_of(content), &fix->signer, (How){ 0 });
        X509_ALGOR *signature = NULL;
        g_autoptr(GBytes) sod = NULL;

        CMS_SignerInfo_get0_algs(signer_of(cms), NULL, NULL, NULL, &signature);
        X509_ALGOR_set0(signature, OBJ_nid2obj(claims[i]), V_ASN1_UNDEF, NULL);
        sod = in_file(cms);
        assert_proof(fix, sod, SAOY_PROOF_FAILED, reason);
    }
}

/* Some issuers name the key's kind alone; the digest stands beside it. */
static void
test_an_algorithm_without_digest(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &fix->signer, (How){ 0 });
    X509_ALGOR *signature = NULL;
    g_autoptr(GBytes) sod = NULL;

    CMS_SignerInfo_get0_algs(signer_of(cms), NULL, NULL, NULL, &signature);
    X509_ALGOR_set0(signature, OBJ_nid2obj(NID_X9_62_id_ecPublicKey), V_ASN1_UNDEF, NULL);
    sod = in_file(cms);
    assert_proof(fix, sod, SAOY_PROOF_DONE, "");
}

/* The signer that is named, not whoever's certificate stands there. */
static void
test_another_certificate_inside(Fixture *fix, const void *data)
{
    g_auto(Party) other = make_signer((Plan){ .issuer = &fix->csca });
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &fix->signer, (How){ .no_certificate = true });
    g_autoptr(GBytes) without = NULL;
    g_autoptr(GBytes) both = NULL;

    g_assert_cmpint(CMS_add1_cert(cms, other.certificate), ==, 1);
    without = in_file(cms);
    assert_proof(fix, without, SAOY_PROOF_UNDECIDED,
                 "the security object carries no document signer");
    g_assert_cmpint(CMS_add1_cert(cms, fix->signer.certificate), ==, 1);
    both = in_file(cms);
    assert_proof(fix, both, SAOY_PROOF_DONE, "");
}

static void
test_a_crowd_of_certificates(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) content = saoy_unhex(good, NULL);
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &fix->signer, (How){ 0 });
    g_autoptr(GBytes) sod = NULL;

    for (unsigned i = 0; i < 20; i++) {
        g_auto(Party) one = make_party((Plan){ .key = key });

        g_assert_cmpint(CMS_add1_cert(cms, one.certificate), ==, 1);
    }
    sod = in_file(cms);
    assert_proof(fix, sod, SAOY_PROOF_FAILED, "the security object is not readable");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/signed/object", test_what_is_signed },
        { "/signed/names", test_names_of_the_object },
        { "/signed/signers", test_how_many_sign },
        { "/signed/covers", test_what_the_signature_covers },
        { "/signed/second-digest", test_a_second_digest_attribute },
        { "/signed/changed", test_changed_bytes },
        { "/signed/lengths", test_every_length },
        { "/signed/disagree", test_digests_that_disagree },
        { "/signed/no-digest", test_an_algorithm_without_digest },
        { "/signed/another", test_another_certificate_inside },
        { "/signed/crowd", test_a_crowd_of_certificates },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
