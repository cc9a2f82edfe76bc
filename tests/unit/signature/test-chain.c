#include "signature/chain.h"

#include "pki.h"

#include <openssl/pem.h>

typedef struct {
    PkiEntity root, issuing, leaf;
    char *folder;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->root = pki_entity("TEST root", NULL, true);
    fix->issuing = pki_entity("TEST issuing", &fix->root, true);
    fix->leaf = pki_entity("Trần Văn Dũng", &fix->issuing, false);
    fix->folder = pki_folder();
}

static void
tear_down(Fixture *fix, const void *data)
{
    pki_entity_clear(&fix->root);
    pki_entity_clear(&fix->issuing);
    pki_entity_clear(&fix->leaf);
    saoy_dir_remove(fix->folder, NULL);
    g_free(fix->folder);
}

static SaoyTrust
check(Fixture *fix, const PkiEntity *leaf, const PkiEntity *issuer, int64_t shift_s)
{
    g_autoptr(GPtrArray) chain = pki_chain(leaf, issuer);

    return saoy_chain_check(chain, fix->folder,
                            g_get_real_time() + shift_s * G_USEC_PER_SEC,
                            SAOY_PURPOSE_DOCUMENT);
}

static void
test_a_root_in_the_folder_is_trusted(Fixture *fix, const void *data)
{
    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_TRUSTED);
    g_assert_cmpint(check(fix, &fix->leaf, NULL, 0), ==, SAOY_TRUST_UNKNOWN);
    pki_write(fix->folder, "issuing.cer", fix->issuing.der);
    g_assert_cmpint(check(fix, &fix->leaf, NULL, 0), ==, SAOY_TRUST_TRUSTED);
}

/* With SHA-1 a certificate can be made to order. */
static void
test_a_weak_link_is_none(Fixture *fix, const void *data)
{
    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(X509_sign(fix->issuing.certificate, fix->root.key, EVP_sha1()), >, 0);
    g_bytes_unref(fix->issuing.der);
    fix->issuing.der = saoy_x509_der(fix->issuing.certificate);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_UNKNOWN);
    g_autoptr(GPtrArray) chain = pki_chain(&fix->leaf, &fix->issuing);
    g_assert_null(saoy_chain_path(chain, NULL, fix->folder, g_get_real_time()));
}

static void
test_pem_is_read_too(Fixture *fix, const void *data)
{
    g_autofree char *path = g_build_filename(fix->folder, "all.pem", NULL);
    g_autoptr(BIO) out = BIO_new_file(path, "w");

    BIO_puts(out, "TEST roots\n");
    PEM_write_bio_X509(out, fix->issuing.certificate);
    PEM_write_bio_X509(out, fix->root.certificate);
    g_clear_pointer(&out, BIO_free_all);
    g_autoptr(GPtrArray) all = saoy_trust_certificates(fix->folder);
    g_assert_cmpuint(all->len, ==, 2);
    g_assert_cmpint(check(fix, &fix->leaf, NULL, 0), ==, SAOY_TRUST_TRUSTED);
}

static void
test_without_a_root_nothing_is_trusted(Fixture *fix, const void *data)
{
    g_autoptr(GPtrArray) chain = pki_chain(&fix->leaf, &fix->issuing);
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_UNKNOWN);
    g_assert_cmpint(saoy_chain_check(chain, NULL, 0, SAOY_PURPOSE_DOCUMENT), ==,
                    SAOY_TRUST_UNKNOWN);
    g_assert_cmpint(saoy_chain_check(chain, "/nowhere", 0, SAOY_PURPOSE_DOCUMENT), ==,
                    SAOY_TRUST_UNKNOWN);
    g_assert_cmpint(saoy_chain_check(none, fix->folder, 0, SAOY_PURPOSE_DOCUMENT), ==,
                    SAOY_TRUST_UNKNOWN);
    pki_write(fix->folder, "issuing.der", fix->issuing.der);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_UNKNOWN);
}

static void
test_time_counts(Fixture *fix, const void *data)
{
    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 400 * 86400), ==,
                    SAOY_TRUST_EXPIRED);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, -10 * 86400), ==,
                    SAOY_TRUST_EXPIRED);
}

static void
test_an_expired_stranger_stays_a_stranger(Fixture *fix, const void *data)
{
    PkiEntity stranger = pki_entity("Stranger", NULL, false);

    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(check(fix, &stranger, NULL, 400 * 86400), ==, SAOY_TRUST_UNKNOWN);
    pki_entity_clear(&stranger);
}

static void
test_an_officer_is_no_authority(Fixture *fix, const void *data)
{
    PkiEntity forged = pki_entity("Forged", &fix->leaf, false);
    g_autoptr(GPtrArray) chain = pki_chain(&forged, &fix->leaf);

    g_ptr_array_add(chain, g_bytes_ref(fix->issuing.der));
    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(
        saoy_chain_check(chain, fix->folder, g_get_real_time(), SAOY_PURPOSE_DOCUMENT), ==,
        SAOY_TRUST_UNKNOWN);
    pki_entity_clear(&forged);
}

static void
test_key_usage_counts(Fixture *fix, const void *data)
{
    PkiEntity tls = pki_entity_with(EVP_EC_gen("P-256"), "TLS", &fix->issuing, false,
                                    "critical,keyAgreement", -60, 86400);
    PkiEntity digital = pki_entity_with(EVP_EC_gen("P-256"), "D", &fix->issuing, false,
                                        "critical,digitalSignature", -60, 86400);

    pki_write(fix->folder, "root.der", fix->root.der);
    g_assert_cmpint(check(fix, &tls, &fix->issuing, 0), ==, SAOY_TRUST_UNKNOWN);
    g_assert_cmpint(check(fix, &digital, &fix->issuing, 0), ==, SAOY_TRUST_TRUSTED);
    pki_entity_clear(&tls);
    pki_entity_clear(&digital);
}

static void
write_list(Fixture *fix, const PkiEntity *revoked)
{
    g_autoptr(X509_CRL) list = X509_CRL_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -60), *next = X509_gmtime_adj(NULL, 86400);
    X509_REVOKED *entry = X509_REVOKED_new();
    unsigned char *der = NULL;

    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(fix->issuing.certificate));
    X509_CRL_set1_lastUpdate(list, now);
    X509_CRL_set1_nextUpdate(list, next);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->certificate));
    X509_REVOKED_set_revocationDate(entry, now);
    X509_CRL_add0_revoked(list, entry);
    g_assert_cmpint(X509_CRL_sign(list, fix->issuing.key, EVP_sha256()), >, 0);
    int size = i2d_X509_CRL(list, &der);
    g_autoptr(GBytes) bytes = g_bytes_new(der, (size_t)size);
    pki_write(fix->folder, "issuing.crl", bytes);
    OPENSSL_free(der);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
}

static void
test_a_revoked_certificate_is_named(Fixture *fix, const void *data)
{
    PkiEntity good = pki_entity("Good", &fix->issuing, false);

    pki_write(fix->folder, "root.der", fix->root.der);
    write_list(fix, &fix->leaf);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_REVOKED);
    g_assert_cmpint(check(fix, &good, &fix->issuing, 0), ==, SAOY_TRUST_TRUSTED);
    pki_entity_clear(&good);
}

static void
test_rubbish_in_the_folder_is_stepped_over(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) rubbish = g_bytes_new_static("rubbish", 7);
    g_autofree char *folder = g_build_filename(fix->folder, "folder.der", NULL);

    pki_write(fix->folder, "a.der", rubbish);
    pki_write(fix->folder, "b.pem", rubbish);
    pki_write(fix->folder, "c.crl", rubbish);
    g_mkdir(folder, 0700);
    pki_write(fix->folder, "root.crt", fix->root.der);
    g_assert_cmpint(check(fix, &fix->leaf, &fix->issuing, 0), ==, SAOY_TRUST_TRUSTED);
}

static void
test_names_are_read(Fixture *fix, const void *data)
{
    g_autofree char *name = saoy_certificate_name(saoy_view_of(fix->leaf.der));
    g_autofree char *none = saoy_certificate_name((SaoyView){ (const uint8_t *)"x", 1 });

    g_assert_cmpstr(name, ==, "Trần Văn Dũng");
    g_assert_cmpstr(none, ==, "?");
}

/* More certificates than a thread keeps: each is found again as itself, and bytes that only
 * begin like a known one are refused. */
static void
test_what_is_kept_is_what_was_parsed(Fixture *fix, const void *data)
{
    PkiEntity many[70];
    g_autoptr(X509) one = saoy_x509_parse(saoy_view_of(fix->leaf.der), NULL);
    g_autoptr(X509) same = saoy_x509_parse(saoy_view_of(fix->leaf.der), NULL);
    g_autoptr(GByteArray) longer = g_byte_array_new();
    SaoyView leaf = saoy_view_of(fix->leaf.der);

    g_assert_true(one == same);
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        many[i] = pki_entity("One of many", NULL, false);
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(many); i++) {
        GBytes *der = many[i % G_N_ELEMENTS(many)].der;
        g_autoptr(X509) parsed = saoy_x509_parse(saoy_view_of(der), NULL);
        g_autoptr(GBytes) again = saoy_x509_der(parsed);

        g_assert_true(g_bytes_equal(again, der));
    }
    g_byte_array_append(longer, leaf.data, (guint)leaf.size);
    g_byte_array_append(longer, leaf.data, 1);
    g_assert_null(saoy_x509_parse((SaoyView){ longer->data, longer->len }, NULL));
    g_assert_null(saoy_x509_parse((SaoyView){ leaf.data, leaf.size - 1 }, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        pki_entity_clear(&many[i]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add("/chain/" path, Fixture, NULL, set_up, f, tear_down)
    WITH("trusted", test_a_root_in_the_folder_is_trusted);
    WITH("weak-link", test_a_weak_link_is_none);
    WITH("pem", test_pem_is_read_too);
    WITH("no-root", test_without_a_root_nothing_is_trusted);
    WITH("time", test_time_counts);
    WITH("expired-stranger", test_an_expired_stranger_stays_a_stranger);
    WITH("no-authority", test_an_officer_is_no_authority);
    WITH("usage", test_key_usage_counts);
    WITH("revoked", test_a_revoked_certificate_is_named);
    WITH("rubbish", test_rubbish_in_the_folder_is_stepped_over);
    WITH("names", test_names_are_read);
    WITH("kept", test_what_is_kept_is_what_was_parsed);
    return g_test_run();
}
