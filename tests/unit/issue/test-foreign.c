/* What other software writes and ours does not, right and changed behind the signer's back:
 * kinds of signature values, of keys, of looks. */
#include "world.h"

static World world;

static GBytes *
finish(Forge *f, const PkiEntity *signer, ForgeValue *value)
{
    return forge_sign(forge_end(f), signer, NULL, value);
}

static GBytes *
with_value(const char *kind, ForgeValue *value)
{
    Forge f = world_draft(kind, "", "");

    return finish(&f, &world.copy.signer[0], value);
}

/* The text on the page, one digit higher; same length, in signed bytes. */
static GBytes *
richer(GBytes *take)
{
    g_autoptr(GBytes) pdf = take;

    return forge_patched(pdf, forge_find(pdf, "(100 dong)", 0) + 1, "9", 1);
}

/* No signed attributes: lawful in PKCS #7, but what is signed may be taken for attributes.
 */
static GBytes *
bare_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED | CMS_NOATTR, EVP_sha256(), 0);
}

static GBytes *
bare(void)
{
    return with_value("adbe.pkcs7.detached", bare_value);
}

/* ---- adbe.x509.rsa_sha1 ---- */

static PkiEntity rsa;
static const EVP_MD *pkcs1_digest;

static GBytes *
pkcs1_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    SaoyView all = saoy_view_of(bytes);
    uint8_t value[1024];
    size_t size = sizeof value;
    g_autoptr(GByteArray) out = g_byte_array_new();

    g_assert_cmpint(EVP_DigestSignInit(ctx, NULL, pkcs1_digest, NULL, signer->key), ==, 1);
    g_assert_cmpint(EVP_DigestSign(ctx, value, &size, all.data, all.size), ==, 1);
    const uint8_t head[4] = { 4, 0x82, (uint8_t)(size >> 8), (uint8_t)size };
    g_byte_array_append(out, head, sizeof head);
    g_byte_array_append(out, value, (guint)size);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static GBytes *
pkcs1(const EVP_MD *digest, const char *format, const PkiEntity *signer)
{
    g_autofree char *hex = saoy_hex(saoy_view_of(rsa.der));
    g_autofree char *entry = forge_replaced(format, "CERT", hex);
    Forge f = world_draft("adbe.x509.rsa_sha1", "", entry);

    pkcs1_digest = digest;
    return finish(&f, signer, pkcs1_value);
}

static GBytes *
pkcs1_sha1(void)
{
    return pkcs1(EVP_sha1(), "/Cert <CERT>", &rsa);
}

static GBytes *
pkcs1_sha256(void)
{
    return pkcs1(EVP_sha256(), "/Cert [ <CERT> ]", &rsa);
}

static GBytes *
pkcs1_without_certificate(void)
{
    return pkcs1(EVP_sha256(), "/Cerf <CERT>", &rsa);
}

static GBytes *
pkcs1_changed(void)
{
    return richer(pkcs1_sha256());
}

static GBytes *
pkcs1_of_another(void)
{
    PkiEntity other = pki_entity_with(EVP_RSA_gen(2048), "Other", &world.copy.root, false,
                                      "critical,nonRepudiation", -3600, 86400);
    GBytes *pdf = pkcs1(EVP_sha256(), "/Cert <CERT>", &other);

    pki_entity_clear(&other);
    return pdf;
}

static GBytes *
pkcs1_rubbish_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return g_bytes_new_static("\x30\x03\x02\x01\x01", 5);
}

static GBytes *
pkcs1_rubbish(void)
{
    Forge f = world_draft("adbe.x509.rsa_sha1", "", "");

    return finish(&f, &rsa, pkcs1_rubbish_value);
}

/* ---- BER ---- */

/* ContentInfo's outer three values again with indefinite length (X.690, 8.1.3.6). */
static GBytes *
ber_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    static const uint8_t tags[] = { 0x30, 0xa0, 0x30 }, open = 0x80;
    static const uint8_t close[2 * G_N_ELEMENTS(tags)] = { 0 };
    g_autoptr(GBytes) der = forge_cades(signer, issuer, bytes);
    g_autoptr(GByteArray) out = g_byte_array_new();
    SaoyView rest = saoy_view_of(der), inner = { 0 }, oid = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++) {
        const uint8_t *at = rest.data;

        if (i == 1) {
            g_assert_true(saoy_tlv_take(&rest, 0x06, &oid, NULL));
            g_byte_array_append(out, at, (guint)(rest.data - at));
        }
        g_assert_true(saoy_tlv_take(&rest, tags[i], &inner, NULL));
        rest = inner;
        g_byte_array_append(out, &tags[i], 1);
        g_byte_array_append(out, &open, 1);
    }
    g_byte_array_append(out, rest.data, (guint)rest.size);
    g_byte_array_append(out, close, sizeof close);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static GBytes *
ber(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, ber_value);
}

static GBytes *
ber_changed(void)
{
    return richer(ber());
}

/* ---- keys ---- */

static GBytes *
by_key(EVP_PKEY *key, const EVP_MD *digest)
{
    PkiEntity signer = pki_entity_with(key, "Key", &world.copy.root, false,
                                       "critical,nonRepudiation", -3600, 86400);
    Forge f = world_draft("adbe.pkcs7.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);
    size_t range[4];
    g_autoptr(GBytes) ranged = forge_range(draft, g_bytes_get_size(draft), range);
    g_autoptr(GBytes) covered = forge_covered(ranged, range);
    g_autoptr(GBytes) cms = forge_openssl(&signer, covered, CMS_DETACHED, digest, 0);
    GBytes *pdf = forge_embed(ranged, range[1], cms);

    pki_entity_clear(&signer);
    return pdf;
}

static GBytes *
key_p521(void)
{
    return by_key(EVP_EC_gen("P-521"), EVP_sha512());
}

static GBytes *
key_brainpool(void)
{
    return by_key(EVP_EC_gen("brainpoolP256r1"), EVP_sha256());
}

static GBytes *
key_sha3(void)
{
    return by_key(EVP_RSA_gen(2048), EVP_sha3_256());
}

/* A value whose certificate holds an Ed25519 key: lawful (RFC 8419), but not checked here.
 */
static GBytes *
ed25519_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) plain =
        forge_openssl(signer, bytes, CMS_DETACHED | CMS_NOCERTS, EVP_sha512(), 0);
    SaoyView der = saoy_view_of(plain);
    const unsigned char *at = der.data;
    g_autoptr(CMS_ContentInfo) cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);
    g_autoptr(X509) twin = X509_dup(signer->certificate);
    g_autoptr(EVP_PKEY) key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    unsigned char *out = NULL;

    X509_set_pubkey(twin, key);
    X509_sign(twin, world.copy.issuing.key, EVP_sha256());
    g_assert_cmpint(CMS_add1_cert(cms, twin), ==, 1);
    int size = i2d_CMS_ContentInfo(cms, &out);
    GBytes *value = g_bytes_new(out, (gsize)size);
    OPENSSL_free(out);
    return value;
}

static GBytes *
key_ed25519(void)
{
    return with_value("adbe.pkcs7.detached", ed25519_value);
}

static GBytes *
key_ed25519_changed(void)
{
    return richer(key_ed25519());
}

/* ---- a kind nobody knows ---- */

static GBytes *
renamed_kind(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);

    return forge_patched(pdf, forge_find(pdf, "ETSI.CAdES", 0), "Evil.CAdES", 10);
}

/* A bare signature, its kind changed in the signed bytes. */
static GBytes *
renamed_pkcs1(void)
{
    g_autoptr(GBytes) pdf = pkcs1_sha256();

    return forge_patched(pdf, forge_find(pdf, "adbe.x509", 0), "evil.x509", 9);
}

static GBytes *
closed_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED | CMS_NOCERTS, EVP_sha256(), 0);
}

/* The same of a value that carries no certificate. */
static GBytes *
renamed_closed(void)
{
    g_autoptr(GBytes) pdf = with_value("adbe.pkcs7.detached", closed_value);

    return forge_patched(pdf, forge_find(pdf, "adbe.pkcs7", 0), "evil.pkcs7", 10);
}

/* And of one that holds the digest as its content. */
static GBytes *
renamed_sha1(void)
{
    g_autoptr(GBytes) pdf = with_value("adbe.pkcs7.sha1", forge_over_sha1);

    return forge_patched(pdf, forge_find(pdf, "adbe.pkcs7", 0), "evil.pkcs7", 10);
}

static GBytes *
renamed_stamp(void)
{
    Forge f = world_draft("ETSI.RFC3161", "", "");
    g_autoptr(GBytes) pdf = forge_sign(forge_end(&f), &world.tsa, NULL, world_stamp);

    return forge_patched(pdf, forge_find(pdf, "ETSI.RFC3161", 0), "Evil", 4);
}

/* ---- looks ---- */

static const char qdf[] = "%% Original object ID: 6 0\n% 3 objects\n";

static GBytes *
comments_about_objects(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    g_string_append(f.out, qdf);
    forge_put(&f, 12, "<< /Unused true >>");
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

static GBytes *
comments_in_an_update(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    Forge f = forge_begin(pdf);

    g_string_append(f.out, qdf);
    return forge_end(&f);
}

/* A comment between the numbers and the word: some recover such an object. */
static GBytes *
comment_hides_object(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    Forge f = forge_begin(pdf);

    g_string_append(f.out,
                    "4 0 % x\nobj\n<< /Length 3 >>\nstream\n(9)\nendstream\nendobj\n");
    return forge_end(&f);
}

/* A field that shows a name and holds no signature. */
static GBytes *
looks_added(GBytes *pdf, const char *looks)
{
    Forge f = forge_begin(pdf);

    forge_put(&f, 6,
              "<< /Fields [ 7 0 R 9 0 R 20 0 R ] /SigFlags 3 "
              "/DR << /Font << /F 5 0 R >> >> >>");
    forge_put(&f, 20,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Mayor) "
              "/Rect [ 10 10 90 40 ] %s >>",
              looks);
    if (*looks != '\0')
        forge_put_stream(&f, 21, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 30 ]",
                         "BT /F 9 Tf (Mayor) Tj ET");
    return forge_end(&f);
}

static GBytes *
looks_without_signature(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);

    return looks_added(pdf, "/AP << /N 21 0 R >>");
}

/* Prepared for the next signer, nothing to be seen. */
static GBytes *
field_for_the_next(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);

    return looks_added(pdf, "");
}

/* Shown first, signed in the next save. */
static GBytes *
looks_then_signature(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    g_autoptr(GBytes) shown = looks_added(pdf, "/AP << /N 21 0 R >>");
    Forge f = forge_begin(shown);

    forge_put(&f, 20,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Mayor) "
              "/Rect [ 10 10 90 40 ] /AP << /N 21 0 R >> /V 22 0 R >>");
    forge_put_signature(&f, 22, "ETSI.CAdES.detached", "");
    return forge_sign(forge_end(&f), &world.copy.signer[1], &world.copy.issuing,
                      forge_cades);
}

/* MuPDF's table: the first free object has a generation of five digits and one too many. */
static GBytes *
free_generation(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);
    size_t at = forge_find(draft, "65535 f", 0);

    return forge_sign(forge_patched(draft, at, "65536", 5), &world.copy.signer[0],
                      &world.copy.issuing, forge_cades);
}

/* The front half's table, which qpdf ends without a startxref; it lists the page. */
static char *
front_half(size_t main_at, size_t page, size_t first, size_t self)
{
    return g_strdup_printf("20 0 obj\n<< /Linearized 1 >>\nendobj\n"
                           "21 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ 3 1 20 2 ] "
                           "/Size 23 /Root 1 0 R /Prev %010zu /Filter /ASCIIHexDecode "
                           "/Length 42 >>\nstream\n01%08zx000001%08zx000001%08zx0000\n"
                           "endstream\nendobj\n",
                           main_at, page, first, self);
}

static GBytes *
linearized(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autofree char *blank = front_half(0, 0, 0, 0);
    size_t first = (size_t)g_array_index(f.lines, ForgeLine, 0).at, page = 0;
    size_t self = first + (size_t)(strstr(blank, "21 0 obj") - blank);
    g_autoptr(GString) rows = g_string_new(NULL), index = g_string_new(NULL);

    g_string_insert(f.out, (gssize)first, blank);
    forge_note(&f, 22, f.out->len - strlen(blank));
    for (guint i = 0; i < f.lines->len; i++) {
        const ForgeLine *line = &g_array_index(f.lines, ForgeLine, i);
        size_t at = line->at + strlen(blank);

        if (line->number == 3) {
            page = at;
            continue;
        }
        g_string_append_printf(index, "%ld 1 ", (long)line->number);
        g_string_append_printf(rows, "01%08zx0000", at);
    }
    g_autofree char *front = front_half(f.out->len, page, first, self);
    memcpy(f.out->str + first, front, strlen(front));
    g_string_append_printf(
        f.out,
        "22 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ %s] /Size 23 "
        "/Root 1 0 R /Filter /ASCIIHexDecode /Length %zu >>\nstream\n%s\n"
        "endstream\nendobj\nstartxref\n%zu\n%%%%EOF\n",
        index->str, rows->len, rows->str, self);
    return forge_sign(forge_close(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* The signed file is whole; what was put behind it leads nowhere. */
static GBytes *
prev_to_nowhere(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    Forge f = forge_begin(pdf);

    f.prev = 3;
    forge_put(&f, 20, "<< >>");
    return forge_end(&f);
}

/* code NULL: nothing but trust is found wanting. */
/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*make)(void);
    SaoyConclusion conclusion;
    const char *code;
} rows[] = {
    { "value/no-attributes",      bare,                      SAOY_FAILED, "MESSAGE_DIGEST_ABSENT" },
    { "pkcs1/sha1",               pkcs1_sha1,                SAOY_INDETERMINATE, "WEAK_DIGEST" },
    { "pkcs1/sha256",             pkcs1_sha256,              SAOY_PASSED },
    { "pkcs1/no-certificate",     pkcs1_without_certificate, SAOY_INDETERMINATE, "CERTIFICATE_ABSENT" },
    { "pkcs1/changed",            pkcs1_changed,             SAOY_FAILED, "DIGEST_MISMATCH" },
    { "pkcs1/of-another",         pkcs1_of_another,          SAOY_FAILED, "SIGNATURE_WRONG" },
    { "pkcs1/rubbish",            pkcs1_rubbish,             SAOY_FAILED, "CMS_MALFORMED" },
    { "ber/right",                ber,                       SAOY_PASSED },
    { "ber/changed",              ber_changed,               SAOY_FAILED, "DIGEST_MISMATCH" },
    { "key/p521",                 key_p521,                  SAOY_PASSED },
    { "key/brainpool",            key_brainpool,             SAOY_PASSED },
    { "key/sha3",                 key_sha3,                  SAOY_PASSED },
    { "key/ed25519",              key_ed25519,               SAOY_INDETERMINATE, "UNSUPPORTED_SIGNATURE" },
    { "key/ed25519-changed",      key_ed25519_changed,       SAOY_FAILED, "DIGEST_MISMATCH" },
    { "kind/renamed",             renamed_kind,              SAOY_FAILED, "DIGEST_MISMATCH" },
    { "kind/renamed-pkcs1",       renamed_pkcs1,             SAOY_FAILED, "DIGEST_MISMATCH" },
    { "kind/renamed-closed",      renamed_closed,            SAOY_FAILED, "DIGEST_MISMATCH" },
    { "kind/renamed-sha1",        renamed_sha1,              SAOY_FAILED, "DIGEST_MISMATCH" },
    { "kind/renamed-stamp",       renamed_stamp,             SAOY_FAILED, "STAMP_WRONG" },
    { "shape/free-generation",    free_generation,           SAOY_PASSED },
    { "shape/linearized",         linearized,                SAOY_PASSED },
    { "looks/comments",           comments_about_objects,    SAOY_PASSED },
    { "looks/comments-later",     comments_in_an_update,     SAOY_PASSED },
    { "looks/comment-hides",      comment_hides_object,      SAOY_FAILED, "OBJECT_UNLISTED" },
    { "looks/no-signature",       looks_without_signature,   SAOY_FAILED, "CHANGE_FORBIDDEN" },
    { "looks/for-the-next",       field_for_the_next,        SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "looks/signed-after",       looks_then_signature,      SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "looks/prev-to-nowhere",    prev_to_nowhere,           SAOY_FAILED, "STRUCTURE_BROKEN" },
};
/* clang-format on */

static void
test_is_judged(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) pdf = rows[i].make();
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, rows[i].conclusion);
    if (rows[i].code != NULL)
        g_assert_true(world_found(&verdict, rows[i].code, 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    pki_write(world.copy.trust, "issuing.der", world.copy.issuing.der);
    rsa = pki_entity_with(EVP_RSA_gen(2048), "RSA", &world.copy.root, false,
                          "critical,nonRepudiation", -3600, 86400);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/foreign/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_judged);
    }
    int status = g_test_run();
    pki_entity_clear(&rsa);
    world_close(&world);
    return status;
}
