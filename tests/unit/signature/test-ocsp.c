/* Revocation: honest answers, hostile ones, and what they say of a time. */
#include "signature/revocation.h"

#include "cms-parts.h"
#include "der.h"
#include "pki.h"

#include "core/error.h"

#include <openssl/objects.h>

#define DAY_US (86400 * (int64_t)G_USEC_PER_SEC)

typedef struct {
    PkiEntity root, issuing, leaf, responder, stranger;
    SaoyOcspResponder door;
    SaoyRevocationEntry entry;
    PkiEntity *signs;
    int64_t now_us;
} Fixture;

static SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    Fixture *fix = user;
    const ASN1_INTEGER *own = X509_get0_serialNumber(fix->leaf.certificate);

    if (serial.size != (size_t)ASN1_STRING_length(own) ||
        memcmp(serial.data, ASN1_STRING_get0_data(own), serial.size) != 0)
        return (SaoyRevocationEntry){ SAOY_REVOCATION_UNKNOWN, 0, -1 };
    return fix->entry;
}

static GBytes *
on_sign(void *user, const uint8_t hash[32], GError **error)
{
    return pki_sign(((Fixture *)user)->signs, hash);
}

static void
set_up(Fixture *fix, const void *data)
{
    fix->root = pki_entity("TEST root", NULL, true);
    fix->issuing = pki_entity("TEST issuing", &fix->root, true);
    fix->leaf = pki_entity("Trần Văn Dũng", &fix->issuing, false);
    fix->responder = pki_service("TEST OCSP", &fix->issuing, "OCSPSigning");
    fix->stranger = pki_service("Other OCSP", &fix->root, "OCSPSigning");
    fix->signs = &fix->responder;
    fix->now_us = g_get_real_time() / G_USEC_PER_SEC * G_USEC_PER_SEC;
    fix->entry = (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
    fix->door = (SaoyOcspResponder){ .issuer = saoy_view_of(fix->issuing.der),
                                     .responder = pki_chain(&fix->responder, NULL),
                                     .sign = on_sign,
                                     .user = fix,
                                     .look = look,
                                     .now_us = fix->now_us,
                                     .valid_s = 3600 };
}

static void
tear_down(Fixture *fix, const void *data)
{
    PkiEntity *const all[] = { &fix->root, &fix->issuing, &fix->leaf, &fix->responder,
                               &fix->stranger };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        pki_entity_clear(all[i]);
    g_ptr_array_unref(fix->door.responder);
}

static void
sign_with(Fixture *fix, PkiEntity *signer)
{
    g_ptr_array_unref(fix->door.responder);
    fix->door.responder = pki_chain(signer, NULL);
    fix->signs = signer;
}

static const SaoyView nonce = { (const uint8_t *)"0123456789abcdef", 16 };

static GBytes *
answer(Fixture *fix, const PkiEntity *about)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) request = saoy_ocsp_request(
        saoy_view_of(about->der), saoy_view_of(fix->issuing.der), nonce, &error);
    g_assert_no_error(error);
    GBytes *response = saoy_ocsp_answer(saoy_view_of(request), &fix->door, &error);

    g_assert_no_error(error);
    return response;
}

static bool
accepts(Fixture *fix, GBytes *response, SaoyView with_nonce, GError **error)
{
    return saoy_ocsp_accept(saoy_view_of(response), saoy_view_of(fix->leaf.der),
                            saoy_view_of(fix->issuing.der), with_nonce, fix->now_us, error);
}

static void
assert_refused(Fixture *fix, GBytes *response, int code)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(accepts(fix, response, nonce, &error));
    g_assert_error(error, SAOY_ERROR, code);
}

static void
test_a_good_certificate_is_good(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix, &fix->leaf);
    g_autoptr(GError) error = NULL;
    SaoyRevocationProof proof = { 0 };

    g_assert_true(accepts(fix, response, nonce, &error));
    g_assert_no_error(error);
    g_assert_true(saoy_ocsp_check(saoy_view_of(response), saoy_view_of(fix->leaf.der),
                                  saoy_view_of(fix->issuing.der), &proof, NULL));
    g_assert_cmpint(proof.verdict, ==, SAOY_REVOCATION_GOOD);
    g_assert_cmpint(proof.this_update_us, ==, fix->now_us);
    g_assert_cmpint(proof.next_update_us, ==, fix->now_us + DAY_US / 24);
}

static void
test_the_issuer_itself_may_answer(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = NULL;

    sign_with(fix, &fix->issuing);
    response = answer(fix, &fix->leaf);
    g_assert_true(accepts(fix, response, nonce, NULL));
}

static void
test_a_revoked_certificate_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = NULL;
    SaoyRevocationProof proof = { 0 };

    fix->entry = (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, fix->now_us - DAY_US, 1 };
    response = answer(fix, &fix->leaf);
    assert_refused(fix, response, SAOY_ERROR_REFUSED);
    g_assert_true(saoy_ocsp_check(saoy_view_of(response), saoy_view_of(fix->leaf.der),
                                  saoy_view_of(fix->issuing.der), &proof, NULL));
    g_assert_cmpint(proof.verdict, ==, SAOY_REVOCATION_REVOKED);
    g_assert_cmpint(proof.revoked_us, ==, fix->now_us - DAY_US);
    g_assert_cmpint(proof.reason, ==, 1);
}

static void
test_who_is_unknown_is_not_good(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix, &fix->stranger);

    assert_refused(fix, response, SAOY_ERROR_NO_MEDIA); /* of somebody else */
    fix->entry.verdict = SAOY_REVOCATION_UNKNOWN;
    g_autoptr(GBytes) unknown = answer(fix, &fix->leaf);
    assert_refused(fix, unknown, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_nonce_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix, &fix->leaf);
    g_autoptr(GError) error = NULL;
    const SaoyView other = { (const uint8_t *)"0123456789abcdeX", 16 };

    g_assert_false(accepts(fix, response, other, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_time_is_refused(Fixture *fix, const void *data)
{
    static const int64_t apart_s[] = { -7200, 600 };

    for (size_t i = 0; i < G_N_ELEMENTS(apart_s); i++) {
        fix->door.now_us = fix->now_us + apart_s[i] * G_USEC_PER_SEC;
        g_autoptr(GBytes) response = answer(fix, &fix->leaf);
        assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    }
}

/* Issued by the root, not by who issued the certificate; or for another purpose; or by
 * nobody; or long over. */
static void
test_a_responder_nobody_appointed_is_refused(Fixture *fix, const void *data)
{
    PkiEntity tsa = pki_service("TSA", &fix->issuing, "critical,timeStamping");
    PkiEntity officer = pki_entity("Officer", &fix->issuing, false);
    PkiEntity own = pki_service("Own", NULL, "OCSPSigning");
    const PkiExtra extra[] = { { NID_ext_key_usage, "OCSPSigning" }, { 0, NULL } };
    PkiEntity old = pki_entity_full(EVP_EC_gen("P-256"), "Old", &fix->issuing, false,
                                    "critical,digitalSignature", -86400 * 9, -86400, extra);
    PkiEntity *const all[] = { &fix->stranger, &tsa, &officer, &own, &old };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(GBytes) response = NULL;

        sign_with(fix, all[i]);
        response = answer(fix, &fix->leaf);
        assert_refused(fix, response, SAOY_ERROR_UNTRUSTED);
    }
    pki_entity_clear(&tsa);
    pki_entity_clear(&officer);
    pki_entity_clear(&own);
    pki_entity_clear(&old);
}

static void
test_every_flipped_byte_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) response = answer(fix, &fix->leaf);
    SaoyView all = saoy_view_of(response);
    unsigned passed = 0;

    for (size_t i = 0; i < all.size; i++) {
        g_autofree uint8_t *copy = g_memdup2(all.data, all.size);
        g_autoptr(GBytes) bad = NULL;

        copy[i] ^= 0x04;
        bad = g_bytes_new(copy, all.size);
        passed += accepts(fix, bad, nonce, NULL);
    }
    g_assert_cmpuint(passed, ==, 0);
}

static void
test_garbage_is_refused(Fixture *fix, const void *data)
{
    static const char *const texts[] = { "", "<html>busy</html>", "0\x03\n\x01\x03" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bad = g_bytes_new_static(texts[i], strlen(texts[i]));
        assert_refused(fix, bad, SAOY_ERROR_MALFORMED);
    }
}

static void
test_a_bad_request_gets_its_status(Fixture *fix, const void *data)
{
    static const uint8_t malformed[] = { 0x30, 0x03, 0x0a, 0x01, 0x01 };
    g_autoptr(GBytes) response =
        saoy_ocsp_answer((SaoyView){ (const uint8_t *)"x", 1 }, &fix->door, NULL);
    SaoyView all = saoy_view_of(response);

    g_assert_cmpmem(all.data, all.size, malformed, sizeof malformed);
}

/* ---- lists ---- */

static GBytes *
make_list(Fixture *fix, const PkiEntity *issuer, bool revoked, int64_t now_us,
          int64_t for_s)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(fix->leaf.certificate);
    const SaoyCrlEntry entry = { { ASN1_STRING_get0_data(serial),
                                   (size_t)ASN1_STRING_length(serial) },
                                 now_us - DAY_US,
                                 4 };
    g_autoptr(GError) error = NULL;
    GBytes *list = NULL;

    fix->signs = (PkiEntity *)(uintptr_t)issuer;
    list = saoy_crl_make(saoy_view_of(issuer->der), &entry, revoked ? 1 : 0, 17, now_us,
                         for_s, on_sign, fix, &error);
    g_assert_no_error(error);
    return list;
}

static bool
read_list(Fixture *fix, GBytes *list, SaoyRevocationProof *out, GError **error)
{
    return saoy_crl_check(saoy_view_of(list), saoy_view_of(fix->leaf.der),
                          saoy_view_of(fix->issuing.der), out, error);
}

static void
test_a_list_names_who_is_revoked(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) empty = make_list(fix, &fix->issuing, false, fix->now_us, 3600);
    g_autoptr(GBytes) full = make_list(fix, &fix->issuing, true, fix->now_us, 3600);
    SaoyRevocationProof proof = { 0 };

    g_assert_true(read_list(fix, empty, &proof, NULL));
    g_assert_cmpint(proof.verdict, ==, SAOY_REVOCATION_GOOD);
    g_assert_cmpint(proof.this_update_us, ==, fix->now_us);
    g_assert_cmpint(proof.next_update_us, ==, fix->now_us + DAY_US / 24);
    g_assert_true(read_list(fix, full, &proof, NULL));
    g_assert_cmpint(proof.verdict, ==, SAOY_REVOCATION_REVOKED);
    g_assert_cmpint(proof.revoked_us, ==, fix->now_us - DAY_US);
    g_assert_cmpint(proof.reason, ==, 4);
}

static void
test_a_list_of_another_is_refused(Fixture *fix, const void *data)
{
    PkiEntity twin = pki_entity("TEST issuing", NULL, true);
    g_autoptr(GBytes) other = make_list(fix, &fix->root, false, fix->now_us, 3600);
    g_autoptr(GBytes) forged = make_list(fix, &twin, false, fix->now_us, 3600);
    SaoyRevocationProof proof = { 0 };
    g_autoptr(GError) one = NULL, two = NULL, three = NULL;

    g_assert_false(read_list(fix, other, &proof, &one));
    g_assert_error(one, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_assert_false(read_list(fix, forged, &proof, &two));
    g_assert_error(two, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_autoptr(GBytes) garbage = g_bytes_new_static("-----BEGIN", 10);
    g_assert_false(read_list(fix, garbage, &proof, &three));
    g_assert_error(three, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    pki_entity_clear(&twin);
}

/* ---- a time ---- */

static SaoyRevocation
at(Fixture *fix, const SaoyProofs *proofs, int64_t time_us)
{
    return saoy_revocation_at(saoy_view_of(fix->leaf.der), saoy_view_of(fix->issuing.der),
                              proofs, time_us, NULL);
}

static void
test_who_is_revoked_today_was_good_before(Fixture *fix, const void *data)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GBytes) response = NULL;

    saoy_proofs_init(&proofs);
    g_assert_cmpint(at(fix, &proofs, fix->now_us), ==, SAOY_REVOCATION_UNKNOWN);
    fix->entry = (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, fix->now_us - DAY_US, 1 };
    response = answer(fix, &fix->leaf);
    saoy_proofs_add(proofs.ocsps, response);
    g_assert_cmpint(at(fix, &proofs, fix->now_us), ==, SAOY_REVOCATION_REVOKED);
    g_assert_cmpint(at(fix, &proofs, fix->now_us - DAY_US), ==, SAOY_REVOCATION_REVOKED);
    g_assert_cmpint(at(fix, &proofs, fix->now_us - 2 * DAY_US), ==, SAOY_REVOCATION_GOOD);
}

static void
test_an_old_proof_says_nothing_of_today(Fixture *fix, const void *data)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GBytes) list =
        make_list(fix, &fix->issuing, false, fix->now_us - 3 * DAY_US, 86400);

    saoy_proofs_init(&proofs);
    saoy_proofs_add(proofs.crls, list);
    saoy_proofs_add(proofs.crls, list);
    g_assert_cmpuint(proofs.crls->len, ==, 1);
    g_assert_cmpint(at(fix, &proofs, fix->now_us), ==, SAOY_REVOCATION_UNKNOWN);
    g_assert_cmpint(at(fix, &proofs, fix->now_us - 5 * DAY_US / 2), ==,
                    SAOY_REVOCATION_GOOD);
    g_assert_cmpint(at(fix, &proofs, fix->now_us - 4 * DAY_US), ==, SAOY_REVOCATION_GOOD);
}

/* ---- what a list is silent on ---- */

typedef struct {
    const char *name, *value; /* in the words of openssl.cnf */
} Part;

/* Of nobody revoked, with more extensions; name NULL ends. */
static GBytes *
make_part(Fixture *fix, const Part *parts, int64_t now_us)
{
    X509_CRL *list = X509_CRL_new();
    g_autoptr(ASN1_TIME) now = ASN1_TIME_set(NULL, (time_t)(now_us / G_USEC_PER_SEC));
    g_autoptr(ASN1_TIME) next =
        ASN1_TIME_set(NULL, (time_t)((now_us + DAY_US) / G_USEC_PER_SEC));
    unsigned char *der = NULL;

    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(fix->issuing.certificate));
    X509_CRL_set1_lastUpdate(list, now);
    X509_CRL_set1_nextUpdate(list, next);
    for (; parts->name != NULL; parts++) {
        X509_EXTENSION *one = X509V3_EXT_conf(NULL, NULL, parts->name, parts->value);

        g_assert_nonnull(one);
        X509_CRL_add_ext(list, one, -1);
        X509_EXTENSION_free(one);
    }
    g_assert_cmpint(X509_CRL_sign(list, fix->issuing.key, EVP_sha256()), >, 0);
    int size = i2d_X509_CRL(list, &der);
    GBytes *out = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    X509_CRL_free(list);
    return out;
}

static void
replace_leaf(Fixture *fix, const char *points, long to_s)
{
    const PkiExtra extra[] = { { NID_crl_distribution_points, points }, { 0, NULL } };

    pki_entity_clear(&fix->leaf);
    fix->leaf = pki_entity_full(EVP_EC_gen("P-256"), "Leaf", &fix->issuing, false,
                                "critical,nonRepudiation", -86400 * 9, to_s, extra);
}

static void
test_a_list_of_others_is_no_proof(Fixture *fix, const void *data)
{
    static const char point[] = "issuingDistributionPoint";
    static const struct {
        const char *value;
        bool covers;
    } cases[] = {
        { "critical,fullname:URI:http://ca.test/1.crl", true },
        { "critical,fullname:URI:http://ca.test/1.crl,onlyuser:TRUE", true },
        { "fullname:URI:http://ca.test/1.crl", true },
        { "critical,onlyuser:TRUE", true },
        { "critical,fullname:URI:http://ca.test/2.crl", false },
        { "fullname:URI:http://ca.test/2.crl", false },
        { "critical,fullname:URI:http://ca.test/1.crl,onlyCA:TRUE", false },
        { "critical,fullname:URI:http://ca.test/1.crl,onlyAA:TRUE", false },
        { "critical,fullname:URI:http://ca.test/1.crl,indirectCRL:TRUE", false },
        { "critical,fullname:URI:http://ca.test/1.crl,onlysomereasons:keyCompromise",
          false },
    };

    replace_leaf(fix, "URI:http://ca.test/1.crl", 86400);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Part parts[] = { { point, cases[i].value }, { NULL, NULL } };
        g_autoptr(GBytes) list = make_part(fix, parts, fix->now_us);
        SaoyRevocationProof proof = { 0 };
        g_autoptr(GError) error = NULL;

        g_test_message("%s", cases[i].value);
        g_assert_true(read_list(fix, list, &proof, &error) == cases[i].covers);
        if (!cases[i].covers)
            g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    const Part twice[] = { { point, "fullname:URI:http://ca.test/1.crl" },
                           { point, "fullname:URI:http://ca.test/1.crl" },
                           { NULL, NULL } };
    g_autoptr(GBytes) doubled = make_part(fix, twice, fix->now_us);
    SaoyRevocationProof proof = { 0 };
    g_assert_false(read_list(fix, doubled, &proof, NULL));
}

/* Without a distribution point of its own a certificate is on its issuer's list only. */
static void
test_a_part_of_a_list_needs_to_be_named(Fixture *fix, const void *data)
{
    const Part parts[] = { { "issuingDistributionPoint",
                             "critical,fullname:URI:http://ca.test/1.crl" },
                           { NULL, NULL } };
    const Part delta[] = { { "2.5.29.27", "critical,ASN1:INTEGER:1" }, { NULL, NULL } };
    g_autoptr(GBytes) part = make_part(fix, parts, fix->now_us);
    g_autoptr(GBytes) changes = make_part(fix, delta, fix->now_us);
    SaoyRevocationProof proof = { 0 };

    g_assert_false(read_list(fix, part, &proof, NULL));
    g_assert_false(read_list(fix, changes, &proof, NULL));
}

static SaoyRevocation
at_its_start(Fixture *fix, bool ocsp, GBytes *proof)
{
    g_auto(SaoyProofs) proofs = { 0 };

    saoy_proofs_init(&proofs);
    saoy_proofs_add(ocsp ? proofs.ocsps : proofs.crls, proof);
    return at(fix, &proofs, fix->now_us - 3 * DAY_US);
}

/* Who has expired is taken from the list: absent from it may mean revoked. */
static void
test_good_after_the_end_is_no_proof(Fixture *fix, const void *data)
{
    const Part none[] = { { NULL, NULL } };
    const Part kept[] = { { "2.5.29.60", "ASN1:GENERALIZEDTIME:20200101000000Z" },
                          { NULL, NULL } };
    const Part late[] = { { "2.5.29.60", "ASN1:GENERALIZEDTIME:20990101000000Z" },
                          { NULL, NULL } };

    replace_leaf(fix, "URI:http://ca.test/1.crl", -86400);
    g_autoptr(GBytes) in_time = make_part(fix, none, fix->now_us - 2 * DAY_US);
    g_autoptr(GBytes) after = make_part(fix, none, fix->now_us);
    g_autoptr(GBytes) keeping = make_part(fix, kept, fix->now_us);
    g_autoptr(GBytes) keeping_later = make_part(fix, late, fix->now_us);
    g_autoptr(GBytes) response = answer(fix, &fix->leaf);
    g_assert_cmpint(at_its_start(fix, false, in_time), ==, SAOY_REVOCATION_GOOD);
    g_assert_cmpint(at_its_start(fix, false, after), ==, SAOY_REVOCATION_UNKNOWN);
    g_assert_cmpint(at_its_start(fix, false, keeping), ==, SAOY_REVOCATION_GOOD);
    g_assert_cmpint(at_its_start(fix, false, keeping_later), ==, SAOY_REVOCATION_UNKNOWN);
    g_assert_cmpint(at_its_start(fix, true, response), ==, SAOY_REVOCATION_UNKNOWN);
    g_autoptr(GBytes) revoked =
        make_list(fix, &fix->issuing, true, fix->now_us - 3 * DAY_US, 86400);
    g_assert_cmpint(at_its_start(fix, false, revoked), ==, SAOY_REVOCATION_REVOKED);
}

/* ---- what is read ---- */

/* Zeros in the shape of a list by that name: what a forger packs into a kilobyte. */
static GBytes *
make_hollow(const PkiEntity *issuer, size_t size)
{
    SaoyView name = { 0 }, unused = { 0 };
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree uint8_t *zeros = g_malloc0(size);
    const uint8_t unused_bits[2] = { 0, 0 };

    g_assert_true(saoy_certificate_names(saoy_view_of(issuer->der), &unused, &name));
    saoy_der_algorithm(out, NID_ecdsa_with_SHA256, false);
    saoy_der_raw(out, name);
    saoy_der_time(out, SAOY_DER_UTC_TIME, g_get_real_time());
    saoy_der_bytes(out, SAOY_DER_SEQUENCE, (SaoyView){ zeros, size });
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    saoy_der_algorithm(out, NID_ecdsa_with_SHA256, false);
    saoy_der_bytes(out, SAOY_DER_BITS, (SaoyView){ unused_bits, sizeof unused_bits });
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static void
test_each_proof_is_read_once(Fixture *fix, const void *data)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GBytes) about_others = answer(fix, &fix->stranger);
    g_autoptr(GBytes) list = make_list(fix, &fix->issuing, false, fix->now_us, 3600);
    g_autoptr(GBytes) others = make_hollow(&fix->root, 1 << 20);
    size_t size = g_bytes_get_size(list);

    saoy_proofs_init(&proofs);
    saoy_proofs_add(proofs.crls, list);
    saoy_proofs_add(proofs.crls, others);
    saoy_proofs_add(proofs.ocsps, about_others);
    for (int i = 0; i < 100; i++)
        g_assert_cmpint(at(fix, &proofs, fix->now_us - i), ==, SAOY_REVOCATION_GOOD);
    g_assert_cmpuint(saoy_proofs_read(&proofs), ==, size);
    g_assert_false(saoy_proofs_exhausted(&proofs));
}

static void
test_reading_comes_to_an_end(Fixture *fix, const void *data)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GBytes) list = make_list(fix, &fix->issuing, false, fix->now_us, 3600);

    saoy_proofs_init(&proofs);
    for (size_t i = 0; i < 9; i++) {
        g_autoptr(GBytes) hollow = make_hollow(&fix->issuing, (15 << 20) - i);

        saoy_proofs_add(proofs.crls, hollow);
    }
    saoy_proofs_add(proofs.crls, list);
    g_assert_cmpint(at(fix, &proofs, fix->now_us), ==, SAOY_REVOCATION_UNKNOWN);
    g_assert_true(saoy_proofs_exhausted(&proofs));
    g_assert_cmpuint(saoy_proofs_read(&proofs), <=, 144 << 20);
}

/* ---- a peer ---- */

static void
test_openssl_agrees(Fixture *fix, const void *data)
{
    g_autofree char *folder = pki_folder();
    g_autoptr(GBytes) response = answer(fix, &fix->leaf);
    g_autoptr(GBytes) list = make_list(fix, &fix->issuing, true, fix->now_us, 3600);
    g_autofree char *script = g_strdup_printf(
        "cd %s && for n in root issuing leaf; do openssl x509 -inform DER -in $n.der -out "
        "$n.pem; done && cat root.pem issuing.pem > all.pem && openssl ocsp -no_nonce "
        "-respin r "
        "-issuer issuing.pem -cert leaf.pem -CAfile all.pem | grep -q 'leaf.pem: good' && "
        "openssl crl -inform DER -in c -CAfile all.pem -noout && ! openssl verify -CAfile "
        "all.pem -crl_check -CRLfile c -CRLform DER leaf.pem 2>/dev/null",
        folder);
    const char *const argv[] = { "sh", "-c", script, NULL };
    g_autoptr(GSubprocess) child = NULL;

    pki_write(folder, "root.der", fix->root.der);
    pki_write(folder, "issuing.der", fix->issuing.der);
    pki_write(folder, "leaf.der", fix->leaf.der);
    pki_write(folder, "r", response);
    pki_write(folder, "c", list);
    child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
    g_assert_true(child != NULL && g_subprocess_wait_check(child, NULL, NULL));
    saoy_dir_remove(folder, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Fixture, NULL, set_up, f, tear_down)
    WITH("/ocsp/good", test_a_good_certificate_is_good);
    WITH("/ocsp/issuer", test_the_issuer_itself_may_answer);
    WITH("/ocsp/revoked", test_a_revoked_certificate_is_refused);
    WITH("/ocsp/unknown", test_who_is_unknown_is_not_good);
    WITH("/ocsp/nonce", test_another_nonce_is_refused);
    WITH("/ocsp/time", test_another_time_is_refused);
    WITH("/ocsp/responder", test_a_responder_nobody_appointed_is_refused);
    WITH("/ocsp/flipped", test_every_flipped_byte_is_refused);
    WITH("/ocsp/garbage", test_garbage_is_refused);
    WITH("/ocsp/bad-request", test_a_bad_request_gets_its_status);
    WITH("/crl/revoked", test_a_list_names_who_is_revoked);
    WITH("/crl/another", test_a_list_of_another_is_refused);
    WITH("/revocation/before", test_who_is_revoked_today_was_good_before);
    WITH("/revocation/old", test_an_old_proof_says_nothing_of_today);
    WITH("/crl/of-others", test_a_list_of_others_is_no_proof);
    WITH("/crl/part", test_a_part_of_a_list_needs_to_be_named);
    WITH("/revocation/after-end", test_good_after_the_end_is_no_proof);
    WITH("/revocation/once", test_each_proof_is_read_once);
    WITH("/revocation/end", test_reading_comes_to_an_end);
    WITH("/revocation/openssl", test_openssl_agrees);
    return g_test_run();
}
