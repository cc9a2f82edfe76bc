/* Whom the store trusts: every algorithm, every reason, and no more than it should. */
#include "algorithm.h"
#include "csca-store.h"
#include "identity/mrz.h"
#include "pki.h"

typedef struct {
    char *dir;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("saoy-csca-XXXXXX", NULL);
}

static void
tear_down(Fixture *fix, const void *data)
{
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
}

static SaoyChainEnd
chain_end(const char *dir, X509 *signer, bool allow_sha1)
{
    g_autoptr(SaoyCsca) csca = saoy_csca_open(dir);
    const SaoyChainRules rules = { .at_s = saoy_clock_wall_us() / G_USEC_PER_SEC,
                                   .allow_sha1 = allow_sha1 };

    return saoy_csca_chain(csca->files, signer, &rules).end;
}

/* EF.SOD over one group, version 0, the hash list over SHA-256 or the given digest. */
static GBytes *
make_sod_over(SaoyView content, const Party *signer, How how, const EVP_MD *hashes)
{
    const ASN1_OBJECT *oid = OBJ_nid2obj(EVP_MD_get_type(hashes));
    g_autoptr(SaoyArray) algorithm = saoy_array_new(32), entry = saoy_array_new(99);
    g_autoptr(SaoyArray) list = saoy_array_new(99), body = saoy_array_new(200);
    g_autoptr(SaoyArray) object = saoy_array_new(200);
    g_autoptr(CMS_ContentInfo) cms = NULL;
    g_autoptr(GBytes) der = NULL;
    GByteArray *file = g_byte_array_new();
    static const uint8_t version = 0, group = 1;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    EVP_Digest(content.data, content.size, hash, &size, hashes, NULL);
    saoy_tlv_put(entry, 0x02, (SaoyView){ &group, 1 });
    saoy_tlv_put(entry, 0x04, (SaoyView){ hash, size });
    saoy_tlv_put(list, 0x30, saoy_view_array(entry));
    saoy_tlv_put(algorithm, 0x06, (SaoyView){ OBJ_get0_data(oid), OBJ_length(oid) });
    saoy_tlv_put(body, 0x02, (SaoyView){ &version, 1 });
    saoy_tlv_put(body, 0x30, saoy_view_array(algorithm));
    saoy_tlv_put(body, 0x30, saoy_view_array(list));
    saoy_tlv_put(object, 0x30, saoy_view_array(body));
    cms = sign_cms(saoy_view_array(object), signer, how);
    der = cms_bytes(cms);
    saoy_tlv_put(file, 0x77, saoy_view_of(der));
    return g_byte_array_free_to_bytes(file);
}

static GBytes *
make_sod(const Party *signer, How how, const EVP_MD *hashes)
{
    return make_sod_over((SaoyView){ (const uint8_t *)"x", 1 }, signer, how, hashes);
}

static void
assert_sod(const char *dir, GBytes *sod, bool allow_sha1, SaoyProof proof,
           const char *expected)
{
    const SaoyReadPolicy policy = { .trust = dir, .allow_sha1 = allow_sha1 };
    g_autoptr(GBytes) group = g_bytes_new_static("x", 1);
    const SaoyLdsFiles files = { .sod = sod, .groups = { [1] = group } };
    const char *reason = NULL;
    SaoyGroups vouched = 0;
    SaoyProof found = saoy_passive_check(&files, &policy, &reason, &vouched);

    g_assert_cmpstr(reason, ==, expected);
    g_assert_cmpstr(saoy_proof_name(found), ==, saoy_proof_name(proof));
}

static EVP_PKEY *
make_key(const char *kind)
{
    if (g_str_has_prefix(kind, "RSA "))
        return rsa_key(kind[4] == '2' ? 2048 : 4096);
    if (g_str_has_prefix(kind, "spelt out "))
        return spelt_out_key(kind + strlen("spelt out "));
    return EVP_EC_gen(kind);
}

/* Issuer and signer with the same kind of key, and the whole way from the chip's bytes. */
static void
test_every_algorithm(Fixture *fix, const void *data)
{
    static const struct {
        const char *key;
        const EVP_MD *(*digest)(void);
        bool pss;
    } rows[] = {
        { "RSA 2048", EVP_sha256, false },
        { "RSA 2048", EVP_sha224, true },
        { "RSA 4096", EVP_sha512, false },
        { "RSA 4096", EVP_sha256, true },
        { "RSA 4096", EVP_sha512, true },
        { "P-224", EVP_sha224, false },
        { "P-256", EVP_sha256, false },
        { "P-384", EVP_sha384, false },
        { "P-521", EVP_sha512, false },
        { "brainpoolP256r1", EVP_sha256, false },
        { "brainpoolP384r1", EVP_sha384, false },
        { "brainpoolP512r1", EVP_sha512, false },
        { "spelt out P-256", EVP_sha256, false },
        { "spelt out P-521", EVP_sha512, false },
        { "spelt out brainpoolP256r1", EVP_sha256, false },
        { "spelt out brainpoolP512r1", EVP_sha512, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const EVP_MD *digest = rows[i].digest();
        g_autoptr(EVP_PKEY) key = make_key(rows[i].key);
        g_auto(Party) csca =
            make_party((Plan){ .key = key, .digest = digest, .pss = rows[i].pss });
        g_auto(Party) signer = make_signer(
            (Plan){ .key = key, .issuer = &csca, .digest = digest, .pss = rows[i].pss });
        const How how = { .digest = digest, .pss = rows[i].pss };
        g_autoptr(GBytes) sod = make_sod(&signer, how, digest);

        g_test_message("%s %s", rows[i].key, EVP_MD_get0_name(digest));
        put_certificate(fix->dir, "csca.der", csca.certificate);
        assert_sod(fix->dir, sod, false, SAOY_PROOF_DONE, "");
    }
}

/* An issuer on a curve spelt out that only looks like a named one can be forged. */
static void
test_a_curve_of_ones_own(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_autoptr(EVP_PKEY) fake = curveball_key(csca.key);
    Party forger = { csca.certificate, fake }; /* her own key, the issuer's certificate */
    g_auto(Party) signer = make_signer((Plan){ .issuer = &forger });
    g_auto(Party) rogue = make_signer((Plan){ .key = fake, .issuer = &csca });
    g_auto(Party) twin = make_party((Plan){ .key = fake });
    g_autoptr(GBytes) sod = make_sod(&signer, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) own = make_sod(&rogue, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_FAILED,
               "the document signer's certificate does not hold");
    assert_sod(fix->dir, own, false, SAOY_PROOF_FAILED,
               "the document signer's key is of an unknown kind");
    put_certificate(fix->dir, "twin.der", twin.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), !=, SAOY_CHAIN_TRUSTED);
}

static void
test_sha1_by_policy(Fixture *fix, const void *data)
{
    static const char allowed[] = "signed with SHA-1, which the policy allows";
    static const char weak[] = "the security object is signed with a weak digest";
    g_autoptr(EVP_PKEY) rsa = rsa_key(2048);
    g_auto(Party) csca = make_party((Plan){ .key = rsa, .digest = EVP_sha1() });
    g_auto(Party) old =
        make_signer((Plan){ .key = rsa, .issuer = &csca, .digest = EVP_sha1() });
    g_auto(Party) good = make_signer((Plan){ .issuer = &csca });
    g_autoptr(GBytes) by_old = make_sod(&old, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) over = make_sod(&good, (How){ .digest = EVP_sha1() }, EVP_sha256());
    g_autoptr(GBytes) hashes = make_sod(&good, (How){ 0 }, EVP_sha1());
    g_autoptr(GBytes) strong = make_sod(&good, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    assert_sod(fix->dir, by_old, false, SAOY_PROOF_FAILED,
               "the document signer's certificate is weak");
    assert_sod(fix->dir, over, false, SAOY_PROOF_FAILED, weak);
    assert_sod(fix->dir, hashes, false, SAOY_PROOF_FAILED, weak);
    assert_sod(fix->dir, by_old, true, SAOY_PROOF_DONE, allowed);
    assert_sod(fix->dir, over, true, SAOY_PROOF_DONE, allowed);
    assert_sod(fix->dir, hashes, true, SAOY_PROOF_DONE, allowed);
    /* an issuer is believed for lying there, not for how it signed itself */
    assert_sod(fix->dir, strong, false, SAOY_PROOF_DONE, "");
}

/* The CCCD is younger than that, whatever the policy says of others. */
static void
test_no_sha1_from_viet_nam(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ .country = "VN" });
    g_auto(Party) signer = make_signer((Plan){ .country = "VN", .issuer = &csca });
    g_auto(Party) old =
        make_signer((Plan){ .country = "VN", .issuer = &csca, .digest = EVP_sha1() });
    g_autoptr(GBytes) over = make_sod(&signer, (How){ .digest = EVP_sha1() }, EVP_sha256());
    g_autoptr(GBytes) by_old = make_sod(&old, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    assert_sod(fix->dir, over, true, SAOY_PROOF_FAILED,
               "the security object is signed with a weak digest");
    assert_sod(fix->dir, by_old, true, SAOY_PROOF_FAILED,
               "the document signer's certificate is weak");
}

/* Whoever may sign passports of Utopia may not sign identity cards of Viet Nam. */
static void
test_no_other_country_signs_for_viet_nam(Fixture *fix, const void *data)
{
    static const char *const countries[] = { "UT", "VN" };
    const SaoyReadPolicy policy = { .trust = fix->dir };
    char mrz[91] = "";
    g_autoptr(SaoyArray) zone = saoy_array_new(99), dg1 = saoy_array_new(99);

    saoy_mrz_td1("001090000001", "NGUYEN VAN AN", "900101", 'M', "300101", mrz);
    saoy_tlv_put(zone, 0x5f1f, (SaoyView){ (const uint8_t *)mrz, 90 });
    saoy_tlv_put(dg1, 0x61, saoy_view_array(zone));
    for (size_t i = 0; i < G_N_ELEMENTS(countries); i++) {
        g_auto(Party) csca = make_party((Plan){ .country = countries[i] });
        g_auto(Party) signer =
            make_signer((Plan){ .country = countries[i], .issuer = &csca });
        g_autoptr(GBytes) sod =
            make_sod_over(saoy_view_array(dg1), &signer, (How){ 0 }, EVP_sha256());
        g_autoptr(GBytes) group = g_bytes_new(dg1->data, dg1->len);
        const SaoyLdsFiles files = { .sod = sod, .groups = { [1] = group } };
        const char *reason = NULL;
        SaoyGroups vouched = 0;

        put_certificate(fix->dir, "csca.der", csca.certificate);
        g_assert_cmpint(saoy_passive_check(&files, &policy, &reason, &vouched), ==,
                        i == 0 ? SAOY_PROOF_FAILED : SAOY_PROOF_DONE);
        g_assert_cmpstr(reason, ==,
                        i == 0 ? "the document signer is another country's" : "");
    }
}

static void
test_small_keys_and_old_digests(Fixture *fix, const void *data)
{
    g_autoptr(EVP_PKEY) rsa = EVP_RSA_gen(1024), p192 = EVP_EC_gen("P-192");
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) small = make_signer((Plan){ .key = rsa, .issuer = &csca });
    g_auto(Party) curve = make_signer((Plan){ .key = p192, .issuer = &csca });
    g_auto(Party) minor = make_party((Plan){ .key = rsa, .name = "small" });
    g_auto(Party) below = make_signer((Plan){ .issuer = &minor });
    g_autoptr(GBytes) by_small = make_sod(&small, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) by_curve = make_sod(&curve, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) md5 = make_sod(&small, (How){ .digest = EVP_md5() }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_certificate(fix->dir, "small.der", minor.certificate);
    assert_sod(fix->dir, by_small, true, SAOY_PROOF_FAILED,
               "the document signer's key is of an unknown kind");
    assert_sod(fix->dir, by_curve, true, SAOY_PROOF_FAILED,
               "the document signer's key is of an unknown kind");
    assert_sod(fix->dir, md5, true, SAOY_PROOF_FAILED,
               "the security object is signed with an unknown algorithm");
    g_assert_cmpint(chain_end(fix->dir, below.certificate, true), ==, SAOY_CHAIN_WEAK);
}

static void
test_pss_parameters(Fixture *fix, const void *data)
{
    static const char unknown[] = "the security object is signed with an unknown algorithm";
    g_autoptr(EVP_PKEY) rsa = rsa_key(2048);
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .key = rsa, .issuer = &csca });
    const How none = { .pss = true, .salt = -1 }, tiny = { .pss = true, .salt = 8 };
    const How huge = { .pss = true, .salt = 128 }, twenty = { .pss = true, .salt = 20 };
    const How mixed = { .pss = true, .mask = EVP_sha1() };
    g_autoptr(GBytes) a = make_sod(&signer, none, EVP_sha256());
    g_autoptr(GBytes) b = make_sod(&signer, tiny, EVP_sha256());
    g_autoptr(GBytes) c = make_sod(&signer, huge, EVP_sha256());
    g_autoptr(GBytes) d = make_sod(&signer, mixed, EVP_sha256());
    g_autoptr(GBytes) e = make_sod(&signer, twenty, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    assert_sod(fix->dir, a, true, SAOY_PROOF_FAILED, unknown);
    assert_sod(fix->dir, b, true, SAOY_PROOF_FAILED, unknown);
    assert_sod(fix->dir, c, true, SAOY_PROOF_FAILED, unknown);
    assert_sod(fix->dir, d, true, SAOY_PROOF_FAILED, unknown);
    assert_sod(fix->dir, e, false, SAOY_PROOF_DONE, "");
}

static void
test_certificates_have_their_time(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ .from_day = -900 });
    g_auto(Party) past =
        make_party((Plan){ .name = "CSCA of the past", .from_day = -900, .to_day = -2 });
    g_auto(Party) expired =
        make_signer((Plan){ .issuer = &csca, .from_day = -800, .to_day = -1 });
    g_auto(Party) early = make_signer((Plan){ .issuer = &csca, .from_day = 2 });
    g_auto(Party) orphan = make_signer((Plan){ .issuer = &past });
    g_autoptr(GBytes) a = make_sod(&expired, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) b = make_sod(&early, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) c = make_sod(&orphan, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_certificate(fix->dir, "past.der", past.certificate);
    assert_sod(fix->dir, a, false, SAOY_PROOF_FAILED,
               "the document signer or its issuer has expired");
    assert_sod(fix->dir, b, false, SAOY_PROOF_FAILED,
               "the document signer or its issuer is not valid yet");
    assert_sod(fix->dir, c, false, SAOY_PROOF_FAILED,
               "the document signer or its issuer has expired");
}

static void
test_revocation(Fixture *fix, const void *data)
{
    static const char revoked[] = "the document signer or its issuer has been revoked";
    static const char stale[] = "the issuer's revocation list is out of date";
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) stranger = make_party((Plan){ 0 }); /* of the same name */
    g_auto(Party) signer = make_signer((Plan){ .issuer = &csca });
    g_auto(Party) other = make_signer((Plan){ .issuer = &csca });
    g_autoptr(GBytes) sod = make_sod(&signer, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_crl(fix->dir, "wrong.crl", &stranger, signer.certificate, -1, 30);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_DONE, "");
    put_crl(fix->dir, "old.crl", &csca, other.certificate, -40, -10);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_DONE, stale);
    put_crl(fix->dir, "now.crl", &csca, other.certificate, -1, 30);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_DONE, "");
    put_crl(fix->dir, "now.crl", &csca, signer.certificate, -1, 30);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_FAILED, revoked);
    put_crl(fix->dir, "now.crl", &csca, signer.certificate, -30, -1); /* stale, and so? */
    assert_sod(fix->dir, sod, false, SAOY_PROOF_FAILED, revoked);
    put_crl(fix->dir, "now.crl", &csca, csca.certificate, -1, 30);
    assert_sod(fix->dir, sod, false, SAOY_PROOF_FAILED, revoked);
}

/* After a rollover the new key signs the list of what the old one issued. */
static void
test_revocation_by_the_new_key(Fixture *fix, const void *data)
{
    g_auto(Party) old = make_party((Plan){ 0 }), new = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &old });

    put_certificate(fix->dir, "old.der", old.certificate);
    put_crl(fix->dir, "c.crl", &new, signer.certificate, -1, 30);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
    put_certificate(fix->dir, "new.der", new.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_REVOKED);
}

/* Another issuer of the same name, and its newer list, clear nobody. */
static void
test_revocation_beside_another_list(Fixture *fix, const void *data)
{
    g_auto(Party) a = make_party((Plan){ 0 }), b = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &a });

    put_certificate(fix->dir, "a.der", a.certificate);
    put_certificate(fix->dir, "b.der", b.certificate);
    put_crl(fix->dir, "a.crl", &a, signer.certificate, -3, 30);
    put_crl(fix->dir, "b.crl", &b, NULL, -1, 30);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_REVOKED);
}

/* Whoever may not sign lists has signed none. */
static void
test_a_list_by_no_issuer(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ .usage = "critical,keyCertSign" });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &csca });

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_crl(fix->dir, "c.crl", &csca, signer.certificate, -1, 30);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
}

/* Old signs new, new signs newer; only the oldest lies there as itself. */
static void
test_link_certificates(Fixture *fix, const void *data)
{
    g_auto(Party) old = make_party((Plan){ .from_day = -900, .to_day = -5 });
    g_auto(Party) link = make_party((Plan){ .issuer = &old, .from_day = -100 });
    g_auto(Party) renamed = make_party(
        (Plan){ .name = "CSCA of New Utopia", .issuer = &link, .from_day = -10 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &renamed });

    put_certificate(fix->dir, "c.der", renamed.certificate);
    put_certificate(fix->dir, "b.der", link.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_UNKNOWN);
    put_certificate(fix->dir, "a.der", old.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
}

/* A link that was made when the old key had run out introduces nobody. */
static void
test_a_late_link(Fixture *fix, const void *data)
{
    g_auto(Party) old = make_party((Plan){ .from_day = -900, .to_day = -5 });
    g_auto(Party) link = make_party((Plan){ .issuer = &old, .from_day = -2 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &link });

    put_certificate(fix->dir, "a.der", old.certificate);
    put_certificate(fix->dir, "b.der", link.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_EXPIRED);
}

static void
test_links_in_a_circle(Fixture *fix, const void *data)
{
    g_auto(Party) one = make_party((Plan){ .name = "one" });
    g_auto(Party) two = make_party((Plan){ .name = "two" });
    g_auto(Party) forth =
        make_party((Plan){ .name = "two", .key = two.key, .issuer = &one });
    g_auto(Party) back =
        make_party((Plan){ .name = "one", .key = one.key, .issuer = &two });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &back });

    put_certificate(fix->dir, "forth.der", forth.certificate);
    put_certificate(fix->dir, "back.der", back.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_UNKNOWN);
}

/* A chain longer than any rollover is not climbed. */
static void
test_an_endless_chain(Fixture *fix, const void *data)
{
    Party links[12];

    links[0] = make_party((Plan){ .name = "0" });
    put_certificate(fix->dir, "0.der", links[0].certificate);
    for (unsigned i = 1; i < G_N_ELEMENTS(links); i++) {
        g_autofree char *name = g_strdup_printf("%u", i);
        g_autofree char *file = g_strdup_printf("%u.der", i);

        links[i] = make_party((Plan){ .name = name, .issuer = &links[i - 1] });
        put_certificate(fix->dir, file, links[i].certificate);
    }
    g_auto(Party) near = make_signer((Plan){ .issuer = &links[6] });
    g_auto(Party) far = make_signer((Plan){ .issuer = &links[11] });
    g_assert_cmpint(chain_end(fix->dir, near.certificate, false), ==, SAOY_CHAIN_TRUSTED);
    g_assert_cmpint(chain_end(fix->dir, far.certificate, false), ==, SAOY_CHAIN_UNKNOWN);
    for (unsigned i = 0; i < G_N_ELEMENTS(links); i++)
        party_clear(&links[i]);
}

/* Several issuers of one name, with and without key identifiers: the key decides. */
static void
test_issuers_of_one_name(Fixture *fix, const void *data)
{
    for (int bare = 0; bare < 2; bare++) {
        Plan plan = { .no_key_ids = bare };
        g_auto(Party) a = make_party(plan), b = make_party(plan), c = make_party(plan);
        g_auto(Party) signer = make_signer((Plan){ .issuer = &b, .no_key_ids = bare });
        g_auto(Party) other = make_signer((Plan){ .issuer = &c, .no_key_ids = bare });

        put_certificate(fix->dir, "a.der", a.certificate);
        put_certificate(fix->dir, "b.der", b.certificate);
        g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==,
                        SAOY_CHAIN_TRUSTED);
        g_assert_cmpint(chain_end(fix->dir, other.certificate, false), ==,
                        SAOY_CHAIN_UNKNOWN);
    }
}

/* An issuer certified anew with the same key: one has expired, the other has not. */
static void
test_an_issuer_certified_twice(Fixture *fix, const void *data)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_auto(Party) a = make_party((Plan){ .key = key, .from_day = -90, .to_day = -2 });
    g_auto(Party) b = make_party((Plan){ .key = key });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &b });

    put_certificate(fix->dir, "a.der", a.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_EXPIRED);
    put_certificate(fix->dir, "b.der", b.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
}

/* Names are equal or not by their letters, not by how those are encoded or written. */
static void
test_names_in_other_clothing(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ .country = "UT" });
    g_auto(Party) lower = { X509_dup(csca.certificate), csca.key };
    g_autoptr(EVP_PKEY) held = csca.key;

    EVP_PKEY_up_ref(held);
    X509_NAME *name = X509_NAME_new();
    name_party(name, "ut", "csca  of utopia");
    X509_set_subject_name(lower.certificate, name);
    X509_NAME_free(name);
    g_auto(Party) signer = make_signer((Plan){ .issuer = &lower });
    put_certificate(fix->dir, "csca.der", csca.certificate);
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
    lower.key = NULL;
}

static void
test_who_may_sign(Fixture *fix, const void *data)
{
    static const char may_not[] = "the document signer may not sign documents";
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) lister =
        make_signer((Plan){ .issuer = &csca, .extended = "critical,2.23.136.1.1.3" });
    g_auto(Party) crl = make_signer((Plan){ .issuer = &csca, .usage = "critical,cRLSign" });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &csca });
    g_auto(Party) below = make_signer((Plan){ .issuer = &signer, .name = "below" });
    g_autoptr(GBytes) a = make_sod(&csca, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) b = make_sod(&lister, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) c = make_sod(&crl, (How){ 0 }, EVP_sha256());
    g_autoptr(GBytes) d = make_sod(&below, (How){ 0 }, EVP_sha256());

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_certificate(fix->dir, "signer.der", signer.certificate);
    assert_sod(fix->dir, a, false, SAOY_PROOF_FAILED, may_not);
    assert_sod(fix->dir, b, false, SAOY_PROOF_FAILED, may_not);
    assert_sod(fix->dir, c, false, SAOY_PROOF_FAILED, may_not);
    assert_sod(fix->dir, d, false, SAOY_PROOF_UNDECIDED,
               "the issuer of the document signer is not known");
}

/* By key identifier or by issuer and serial number; its certificate inside, or lying in
 * the store, or nowhere. */
static void
test_how_a_signer_is_named(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &csca });
    g_auto(Party) other = make_signer((Plan){ .issuer = &csca });

    put_certificate(fix->dir, "csca.der", csca.certificate);
    put_certificate(fix->dir, "another.der", other.certificate);
    for (int by_key = 0; by_key < 2; by_key++) {
        const How inside = { .by_key_id = by_key };
        const How outside = { .by_key_id = by_key, .no_certificate = true };
        g_autoptr(GBytes) a = make_sod(&signer, inside, EVP_sha256());
        g_autoptr(GBytes) b = make_sod(&signer, outside, EVP_sha256());
        g_autofree char *path = g_build_filename(fix->dir, "signer.der", NULL);

        assert_sod(fix->dir, a, false, SAOY_PROOF_DONE, "");
        assert_sod(fix->dir, b, false, SAOY_PROOF_UNDECIDED,
                   "the security object carries no document signer");
        put_certificate(fix->dir, "signer.der", signer.certificate);
        assert_sod(fix->dir, b, false, SAOY_PROOF_DONE, "");
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
}

/* 600 issuers of one country in one bundle, and a signer of the last. */
static void
test_a_large_store(Fixture *fix, const void *data)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(GByteArray) bundle = g_byte_array_new();
    Party last = { 0 };

    for (unsigned i = 0; i < 600; i++) {
        g_autofree char *name = g_strdup_printf("CSCA %u", i);
        g_autoptr(GBytes) der = NULL;

        party_clear(&last);
        last = make_party((Plan){ .name = name, .key = key });
        der = saoy_x509_der(last.certificate);
        g_byte_array_append(bundle, saoy_view_of(der).data,
                            (unsigned)saoy_view_of(der).size);
    }
    put(fix->dir, "all.der", saoy_view_array(bundle));
    g_autoptr(SaoyCsca) csca = saoy_csca_open(fix->dir);
    g_assert_cmpuint(csca->certificates, ==, 600);
    g_auto(Party) signer = make_signer((Plan){ .issuer = &last });
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
    party_clear(&last);
}

/* Notes, keys and rubbish lie beside the certificates; every file says what it is. */
static void
test_other_files(Fixture *fix, const void *data)
{
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_autoptr(GBytes) der = saoy_x509_der(csca.certificate);
    SaoyView bytes = saoy_view_of(der);
    g_autoptr(SaoyCsca) store = NULL;

    put(fix->dir, "a.der", (SaoyView){ (const uint8_t *)"nothing", 7 });
    put(fix->dir, "b.der", (SaoyView){ bytes.data, bytes.size - 1 });
    put(fix->dir, "c.crl", bytes);
    put(fix->dir, "d.ml", bytes);
    put(fix->dir, "empty.pem", (SaoyView){ bytes.data, 0 });
    put(fix->dir, "note.txt", bytes);
    store = saoy_csca_open(fix->dir);
    g_assert_true(saoy_csca_is_empty(store));
    g_assert_cmpuint(store->files->len, ==, 5);
    for (unsigned i = 0; i < store->files->len; i++) {
        const SaoyCscaFile *file = store->files->pdata[i];

        g_assert_nonnull(file->reason);
        g_assert_false(file->trusted);
    }
    g_autoptr(SaoyCsca) nowhere = saoy_csca_open("/nowhere/at/all");
    g_assert_true(saoy_csca_is_empty(nowhere));
}

static void
append_pem(GString *text, const char *word, SaoyView der)
{
    g_autofree char *base64 = g_base64_encode(der.data, der.size);

    g_string_append_printf(text, "-----BEGIN %s-----\n", word);
    for (size_t i = 0; i < strlen(base64); i += 64)
        g_string_append_printf(text, "%.64s\n", base64 + i);
    g_string_append_printf(text, "-----END %s-----\n", word);
}

/* A bundle in PEM with something else between, and a revocation list in PEM. */
static void
test_pem(Fixture *fix, const void *data)
{
    g_auto(Party) a = make_party((Plan){ .name = "a" }), b = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &b });
    g_autoptr(GBytes) first = saoy_x509_der(a.certificate);
    g_autoptr(GBytes) second = saoy_x509_der(b.certificate);
    g_autofree char *path = g_build_filename(fix->dir, "c.crl", NULL);
    g_autoptr(GBytes) crl = NULL;
    g_autoptr(GString) text = g_string_new("Issuers of Utopia\n\n");
    g_autoptr(GString) list = g_string_new(NULL);

    append_pem(text, "CERTIFICATE", saoy_view_of(first));
    append_pem(text, "X509 CRL", saoy_view_of(first));
    append_pem(text, "CERTIFICATE", saoy_view_of(second));
    put(fix->dir, "all.pem", (SaoyView){ (const uint8_t *)text->str, text->len });
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_TRUSTED);
    put_crl(fix->dir, "c.crl", &b, signer.certificate, -1, 30);
    crl = saoy_file_read(path, 65536, NULL);
    append_pem(list, "X509 CRL", saoy_view_of(crl));
    put(fix->dir, "c.crl", (SaoyView){ (const uint8_t *)list->str, list->len });
    g_assert_cmpint(chain_end(fix->dir, signer.certificate, false), ==, SAOY_CHAIN_REVOKED);
}

/* The same store for EF.CardSecurity. */
static void
test_card_security(Fixture *fix, const void *data)
{
    static const uint8_t infos[] = { 0x31, 0x00 };
    const SaoyView content = { infos, sizeof infos };
    const How how = { .type = "0.4.0.127.0.7.3.2.1" };
    const SaoyReadPolicy policy = { .trust = fix->dir };
    g_auto(Party) csca = make_party((Plan){ 0 });
    g_auto(Party) signer = make_signer((Plan){ .issuer = &csca });
    g_autoptr(CMS_ContentInfo) good = sign_cms(content, &signer, how);
    g_autoptr(CMS_ContentInfo) wrong = sign_cms(content, &signer, (How){ 0 });
    g_autoptr(GBytes) file = cms_bytes(good), other = cms_bytes(wrong);
    g_autoptr(GBytes) out = NULL;

    g_assert_cmpint(saoy_card_security_check(saoy_view_of(file), &policy, &out), ==,
                    SAOY_PROOF_UNDECIDED);
    g_assert_cmpuint(g_bytes_get_size(out), ==, 2);
    g_clear_pointer(&out, g_bytes_unref);
    put_certificate(fix->dir, "csca.der", csca.certificate);
    g_assert_cmpint(saoy_card_security_check(saoy_view_of(file), &policy, &out), ==,
                    SAOY_PROOF_DONE);
    g_clear_pointer(&out, g_bytes_unref);
    g_assert_cmpint(saoy_card_security_check(saoy_view_of(other), &policy, &out), ==,
                    SAOY_PROOF_FAILED);
    g_assert_null(out);
    put_crl(fix->dir, "now.crl", &csca, signer.certificate, -1, 30);
    g_assert_cmpint(saoy_card_security_check(saoy_view_of(file), &policy, &out), ==,
                    SAOY_PROOF_FAILED);
    g_assert_null(out);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/csca/algorithms", test_every_algorithm },
        { "/csca/curveball", test_a_curve_of_ones_own },
        { "/csca/sha1", test_sha1_by_policy },
        { "/csca/sha1-vn", test_no_sha1_from_viet_nam },
        { "/csca/country", test_no_other_country_signs_for_viet_nam },
        { "/csca/small", test_small_keys_and_old_digests },
        { "/csca/pss", test_pss_parameters },
        { "/csca/time", test_certificates_have_their_time },
        { "/csca/revocation", test_revocation },
        { "/csca/revocation-new-key", test_revocation_by_the_new_key },
        { "/csca/revocation-beside", test_revocation_beside_another_list },
        { "/csca/revocation-usage", test_a_list_by_no_issuer },
        { "/csca/links", test_link_certificates },
        { "/csca/late-link", test_a_late_link },
        { "/csca/circle", test_links_in_a_circle },
        { "/csca/endless", test_an_endless_chain },
        { "/csca/one-name", test_issuers_of_one_name },
        { "/csca/twice", test_an_issuer_certified_twice },
        { "/csca/clothing", test_names_in_other_clothing },
        { "/csca/may-sign", test_who_may_sign },
        { "/csca/named", test_how_a_signer_is_named },
        { "/csca/large", test_a_large_store },
        { "/csca/other-files", test_other_files },
        { "/csca/pem", test_pem },
        { "/csca/card-security", test_card_security },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
