#include "signature/cms.h"

#include "cms-parts.h"
#include "pki.h"

#include "core/error.h"

#include <gio/gio.h>
#include <openssl/objects.h>

static const char content[] = "Chứng thực bản sao đúng với bản chính";

typedef struct {
    PkiEntity root, issuing, officer, other;
    uint8_t digest[32];
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->root = pki_entity("TEST root", NULL, true);
    fix->issuing = pki_entity("TEST issuing", &fix->root, true);
    fix->officer = pki_entity("Trần Văn Dũng", &fix->issuing, false);
    fix->other = pki_entity("Somebody else", &fix->issuing, false);
    saoy_sha256((SaoyView){ (const uint8_t *)content, strlen(content) }, fix->digest);
}

static void
tear_down(Fixture *fix, const void *data)
{
    pki_entity_clear(&fix->root);
    pki_entity_clear(&fix->issuing);
    pki_entity_clear(&fix->officer);
    pki_entity_clear(&fix->other);
}

static GBytes *
build(Fixture *fix, GError **error)
{
    g_autoptr(GPtrArray) chain = pki_chain(&fix->officer, &fix->issuing);
    uint8_t hash[32];
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(fix->digest, saoy_view_of(fix->officer.der), hash, NULL);
    g_autoptr(GBytes) signature = pki_sign(&fix->officer, hash);

    g_assert_nonnull(attributes);
    return saoy_cms_build(fix->digest, chain, saoy_view_of(signature), error);
}

static void
test_what_is_built_checks(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) cms = build(fix, &error);
    g_auto(SaoyCms) out = { 0 };

    g_assert_no_error(error);
    g_assert_true(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, &error));
    g_assert_no_error(error);
    g_assert_true(out.cades);
    g_assert_true(out.only_ours);
    g_assert_null(out.time_stamp);
    g_assert_cmpuint(out.certificates->len, ==, 2);
    g_assert_true(g_bytes_equal(out.signer, fix->officer.der));
}

static int
run(const char *const *argv)
{
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);

    g_assert_nonnull(child);
    g_subprocess_wait(child, NULL, NULL);
    return g_subprocess_get_if_exited(child) ? g_subprocess_get_exit_status(child) : -1;
}

/* An independent reader of the same bytes. */
static void
test_openssl_verifies_it(Fixture *fix, const void *data)
{
    g_autofree char *folder = pki_folder();
    g_autofree char *cms_path = g_build_filename(folder, "cms.der", NULL);
    g_autofree char *text_path = g_build_filename(folder, "content", NULL);
    g_autofree char *root_path = g_build_filename(folder, "root.pem", NULL);
    g_autoptr(GBytes) cms = build(fix, NULL);
    g_autoptr(BIO) pem = BIO_new_file(root_path, "w");
    const char *const argv[] = { "openssl", "cms",       "-verify", "-cades",   "-binary",
                                 "-inform", "DER",       "-in",     cms_path,   "-content",
                                 text_path, "-CAfile",   root_path, "-purpose", "any",
                                 "-out",    "/dev/null", NULL };

    pki_write(folder, "cms.der", cms);
    g_assert_true(g_file_set_contents(text_path, content, -1, NULL));
    PEM_write_bio_X509(pem, fix->root.certificate);
    g_clear_pointer(&pem, BIO_free_all);
    g_assert_cmpint(run(argv), ==, 0);
    g_assert_true(g_file_set_contents(text_path, "another text", -1, NULL));
    g_assert_cmpint(run(argv), !=, 0);
    saoy_dir_remove(folder, NULL);
}

static void
test_a_pair_becomes_der(Fixture *fix, const void *data)
{
    g_autoptr(GPtrArray) chain = pki_chain(&fix->officer, NULL);
    uint8_t hash[32], pair[64];
    g_auto(SaoyCms) out = { 0 };
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(fix->digest, saoy_view_of(fix->officer.der), hash, NULL);
    g_autoptr(GBytes) signature = pki_sign(&fix->officer, hash);

    g_assert_nonnull(attributes);
    pki_pair(signature, pair);
    g_autoptr(GBytes) cms =
        saoy_cms_build(fix->digest, chain, (SaoyView){ pair, sizeof(pair) }, NULL);
    g_assert_nonnull(cms);
    g_assert_true(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, NULL));
    g_assert_true(g_bytes_equal(out.signature, signature));
}

static void
test_rsa_signers_are_welcome(Fixture *fix, const void *data)
{
    PkiEntity rsa = pki_entity_with(EVP_RSA_gen(2048), "RSA officer", &fix->issuing, false,
                                    "digitalSignature", -60, 86400);
    g_autoptr(GPtrArray) chain = pki_chain(&rsa, &fix->issuing);
    uint8_t hash[32];
    g_auto(SaoyCms) out = { 0 };
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(fix->digest, saoy_view_of(rsa.der), hash, NULL);
    g_autoptr(GBytes) signature = pki_sign(&rsa, hash);
    g_autoptr(GBytes) cms =
        saoy_cms_build(fix->digest, chain, saoy_view_of(signature), NULL);

    g_assert_nonnull(attributes);
    g_assert_nonnull(cms);
    g_assert_true(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, NULL));
    pki_entity_clear(&rsa);
}

static void
test_a_wrong_signature_builds_nothing(Fixture *fix, const void *data)
{
    g_autoptr(GPtrArray) chain = pki_chain(&fix->officer, &fix->issuing);
    g_autoptr(GError) error = NULL, second = NULL, third = NULL;
    uint8_t hash[32];
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(fix->digest, saoy_view_of(fix->officer.der), hash, NULL);
    g_autoptr(GBytes) of_another = pki_sign(&fix->other, hash);

    g_assert_nonnull(attributes);
    g_assert_null(saoy_cms_build(fix->digest, chain, saoy_view_of(of_another), &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_autoptr(GBytes) of_content = pki_sign(&fix->officer, fix->digest);
    g_assert_null(saoy_cms_build(fix->digest, chain, saoy_view_of(of_content), &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_null(saoy_cms_build(fix->digest, chain, (SaoyView){ hash, 0 }, &third));
    g_assert_error(third, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_another_content_is_untrusted(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) cms = build(fix, NULL);
    SaoyCms out = { 0 };

    fix->digest[5] ^= 1;
    g_assert_false(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_null(out.certificates);
}

static void
test_zero_padding_is_fine_and_other_padding_not(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cms = build(fix, NULL);
    SaoyView der = saoy_view_of(cms);
    g_autofree uint8_t *padded = g_malloc0(der.size + 100);
    g_auto(SaoyCms) out = { 0 };
    SaoyCms none = { 0 };
    g_autoptr(GError) error = NULL;

    memcpy(padded, der.data, der.size);
    g_assert_true(
        saoy_cms_check((SaoyView){ padded, der.size + 100 }, fix->digest, &out, NULL));
    padded[der.size + 99] = 1;
    g_assert_false(
        saoy_cms_check((SaoyView){ padded, der.size + 100 }, fix->digest, &none, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Certificates are not under the signature: one bit there may leave it standing only if the
 * certificate in question is not the signer's. */
static void
test_no_flipped_byte_passes_unnoticed(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cms = build(fix, NULL);
    SaoyView der = saoy_view_of(cms);
    unsigned survived = 0;

    for (size_t i = 0; i < der.size; i++) {
        g_autofree uint8_t *copy = g_memdup2(der.data, der.size);
        g_auto(SaoyCms) out = { 0 };

        copy[i] ^= 0x10;
        if (!saoy_cms_check((SaoyView){ copy, der.size }, fix->digest, &out, NULL))
            continue;
        g_assert_true(g_bytes_equal(out.signer, fix->officer.der));
        survived++;
    }
    g_assert_cmpuint(survived, <, g_bytes_get_size(fix->issuing.der));
}

static void
test_cut_anywhere_it_is_malformed(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cms = build(fix, NULL);
    SaoyView der = saoy_view_of(cms);

    for (size_t n = 0; n < der.size; n++) {
        g_autoptr(GError) error = NULL;
        SaoyCms out = { 0 };

        g_assert_false(
            saoy_cms_check((SaoyView){ der.data, n }, fix->digest, &out, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

/* OpenSSL's own signer puts signingTime in, and no signing-certificate-v2. */
static GBytes *
foreign(Fixture *fix, unsigned flags, unsigned signers)
{
    g_autoptr(BIO) in = BIO_new_mem_buf(content, (int)strlen(content));
    g_autoptr(CMS_ContentInfo) cms = NULL;
    unsigned char *der = NULL;

    cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_BINARY);
    for (unsigned i = 0; i < signers; i++) {
        const PkiEntity *e = i == 0 ? &fix->officer : &fix->other;
        g_assert_nonnull(CMS_add1_signer(cms, e->certificate, e->key, EVP_sha256(), flags));
    }
    g_assert_cmpint(CMS_final(cms, in, NULL, flags | CMS_BINARY), ==, 1);
    int size = i2d_CMS_ContentInfo(cms, &der);
    GBytes *out = g_bytes_new(der, (size_t)size);
    OPENSSL_free(der);
    return out;
}

static void
test_foreign_shapes_are_refused_by_name(Fixture *fix, const void *data)
{
    const struct {
        unsigned flags, signers;
        SaoyErrorCode code;
        const char *word;
    } cases[] = {
        { CMS_DETACHED, 1, SAOY_ERROR_UNTRUSTED, "signing-certificate-v2" },
        { CMS_CADES, 1, SAOY_ERROR_MALFORMED, "content" },
        { CMS_DETACHED | CMS_CADES, 2, SAOY_ERROR_MALFORMED, "2 signers" },
        { CMS_DETACHED | CMS_NOATTR, 1, SAOY_ERROR_MALFORMED, "contentType" },
        { CMS_DETACHED | CMS_CADES | CMS_NOCERTS, 1, SAOY_ERROR_MALFORMED, "certificate" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) cms = foreign(fix, cases[i].flags, cases[i].signers);
        g_autoptr(GError) error = NULL;
        SaoyCms out = { 0 };

        g_assert_false(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, &error));
        g_assert_error(error, SAOY_ERROR, (int)cases[i].code);
        g_assert_nonnull(strstr(error->message, cases[i].word));
    }
}

static void
test_signing_time_is_not_ours(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cms = foreign(fix, CMS_DETACHED | CMS_CADES, 1);
    g_auto(SaoyCms) out = { 0 };

    g_assert_true(saoy_cms_check(saoy_view_of(cms), fix->digest, &out, NULL));
    g_assert_true(out.cades);
    g_assert_false(out.only_ours);
}

/* Whoever issues certificates may put any octets where the key stands. */
static void
test_a_key_that_cannot_be_read_has_no_size(Fixture *fix, const void *data)
{
    static const uint8_t p256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    g_autoptr(GPtrArray) chain = pki_chain(&fix->officer, NULL);
    SaoyView der = saoy_view_of(fix->officer.der);
    g_autofree uint8_t *copy = g_memdup2(der.data, der.size);
    uint8_t *curve = memmem(copy, der.size, p256, sizeof p256);
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(saoy_cms_size(chain, &error), >, der.size);
    g_assert_no_error(error);
    g_assert_nonnull(curve);
    curve[7] = 0x7f; /* a curve that nobody knows */
    g_autoptr(GPtrArray) odd =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_assert_cmpuint(saoy_cms_size(odd, &error), ==, 0);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_ptr_array_add(odd, g_bytes_new(copy, der.size));
    g_assert_cmpuint(saoy_cms_size(odd, &error), ==, 0);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Opening decodes every certificate that came along: they are counted before. */
static void
test_what_opening_costs(Fixture *fix, const void *data)
{
    enum { MANY = 3000 };
    g_autoptr(GBytes) cms = build(fix, NULL);
    g_autoptr(GPtrArray) crowd = pki_chain(&fix->officer, NULL);
    const uint8_t signature[64] = { 0 };
    g_autoptr(GByteArray) lists = g_byte_array_new();

    g_assert_cmpuint(saoy_cms_cost(saoy_view_of(cms)), ==, 2);
    for (int i = 1; i < MANY; i++)
        g_ptr_array_add(crowd, g_bytes_ref(fix->issuing.der));
    g_autoptr(GBytes) many = saoy_cms_write(NID_pkcs7_data, (SaoyView){ 0 }, fix->digest,
                                            fix->officer.certificate, crowd,
                                            (SaoyView){ signature, sizeof signature });
    g_assert_cmpuint(saoy_cms_cost(saoy_view_of(many)), >=, MANY);
    g_byte_array_set_size(lists, 1 << 20);
    g_assert_cmpuint(saoy_cms_cost((SaoyView){ lists->data, lists->len }), >, MANY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Fixture, NULL, set_up, f, tear_down)
    WITH("/cms/own", test_what_is_built_checks);
    WITH("/cms/openssl", test_openssl_verifies_it);
    WITH("/cms/pair", test_a_pair_becomes_der);
    WITH("/cms/rsa", test_rsa_signers_are_welcome);
    WITH("/cms/wrong-signature", test_a_wrong_signature_builds_nothing);
    WITH("/cms/another-content", test_another_content_is_untrusted);
    WITH("/cms/padding", test_zero_padding_is_fine_and_other_padding_not);
    WITH("/cms/flipped", test_no_flipped_byte_passes_unnoticed);
    WITH("/cms/cut", test_cut_anywhere_it_is_malformed);
    WITH("/cms/foreign", test_foreign_shapes_are_refused_by_name);
    WITH("/cms/size", test_a_key_that_cannot_be_read_has_no_size);
    WITH("/cms/signing-time", test_signing_time_is_not_ours);
    WITH("/cms/cost", test_what_opening_costs);
    return g_test_run();
}
