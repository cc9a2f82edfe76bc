/* Makes the first inputs for what binds a copy, out of a PKI made for it:
 *
 *   fuzz-seed-signature FOLDER
 *
 * Its keys are forgotten; roots, pki and seals hold what the targets know of it. */
#include "../unit/signature/pki.h"
#include "cms-parts.h"
#include "fuzz.h"

#include "signature/revocation.h"
#include "signature/seal-list.h"

#include <glib/gstdio.h>

#define YEAR_S (365L * 86400)
#define POLICY "1.3.6.1.4.1.99999.1"

typedef struct {
    const char *folder;
    PkiEntity root, leaf, rsa, tsa, responder, seal;
    SaoyStampAuthority authority;
} Seed;

static const SaoyView stamped = { (const uint8_t *)"Sao Y", 5 };

static void
write_seed(const Seed *seed, const char *target, const char *name, GBytes *bytes)
{
    g_autofree char *folder = g_build_filename(seed->folder, target, NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_nonnull(bytes);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(saoy_file_write(path, saoy_view_of(bytes), NULL));
}

static PkiEntity
make_entity(EVP_PKEY *key, const char *name, const PkiEntity *issuer, const char *usage,
            const PkiExtra *extra)
{
    return pki_entity_full(key, name, issuer, issuer == NULL, usage, -10 * YEAR_S,
                           30 * YEAR_S, extra);
}

static void
make_pki(Seed *seed)
{
    static const PkiExtra asks[] = {
        { NID_info_access, "OCSP;URI:http://pki.example.vn/ocsp,"
                           "caIssuers;URI:http://pki.example.vn/root.der" },
        { NID_crl_distribution_points, "URI:http://pki.example.vn/root.crl" },
        { 0, NULL }
    };
    static const PkiExtra stamps[] = { { NID_ext_key_usage, "critical,timeStamping" },
                                       { 0, NULL } };
    static const PkiExtra answers[] = { { NID_ext_key_usage, "OCSPSigning" },
                                        { NID_id_pkix_OCSP_noCheck, "NULL" },
                                        { 0, NULL } };
    static const char signs[] = "critical,digitalSignature";

    seed->root = make_entity(EVP_EC_gen("P-256"), "Sao Y fuzzing root", NULL,
                             "critical,keyCertSign,cRLSign", NULL);
    seed->leaf = make_entity(EVP_EC_gen("P-256"), "Trần Văn Dũng", &seed->root,
                             "critical,nonRepudiation", asks);
    seed->rsa = make_entity(EVP_RSA_gen(2048), "RSA", &seed->root, signs, NULL);
    seed->tsa = make_entity(EVP_EC_gen("P-256"), "TSA", &seed->root, signs, stamps);
    seed->responder = make_entity(EVP_EC_gen("P-256"), "OCSP", &seed->root, signs, answers);
    seed->seal = make_entity(EVP_EC_gen("P-256"), "Seal", &seed->root, signs, NULL);
    seed->authority = (SaoyStampAuthority){ .chain = pki_chain(&seed->tsa, NULL),
                                            .sign = pki_on_sign,
                                            .user = &seed->tsa,
                                            .policy = POLICY,
                                            .now_us = fuzz_now(),
                                            .serial = 4711 };
}

static void
write_pki(const Seed *seed)
{
    const struct {
        const char *name;
        const PkiEntity *who;
    } all[] = { { "leaf", &seed->leaf },
                { "rsa", &seed->rsa },
                { "tsa", &seed->tsa },
                { "responder", &seed->responder } };

    write_seed(seed, "roots", "root.der", seed->root.der);
    write_seed(seed, "seals", "root.der", seed->root.der);
    write_seed(seed, "seals", "seal.der", seed->seal.der);
    write_seed(seed, "revocation", "root", seed->root.der);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *file = g_strconcat(all[i].name, ".der", NULL);

        write_seed(seed, "pki", file, all[i].who->der);
        write_seed(seed, "revocation", all[i].name, all[i].who->der);
    }
}

/* ---- time stamps ---- */

static GBytes *
make_token(const Seed *seed, SaoyView bytes)
{
    static const uint8_t nonce[] = { 0x47, 0x11 };
    uint8_t imprint[32];

    saoy_sha256(bytes, imprint);
    return saoy_stamp_token(imprint, (SaoyView){ nonce, sizeof nonce }, &seed->authority,
                            NULL);
}

static void
write_stamps(const Seed *seed)
{
    SaoyStampAsk ask = { .nonce = { 0x47, 0x11 }, .nonce_size = 2 };
    g_autoptr(GBytes) token = make_token(seed, stamped);
    g_autoptr(GBytes) bare = NULL;

    saoy_sha256(stamped, ask.imprint);
    bare = saoy_stamp_request(&ask);
    ask.policy = POLICY;
    g_autoptr(GBytes) request = saoy_stamp_request(&ask);
    g_autoptr(GBytes) response =
        saoy_stamp_answer(saoy_view_of(request), &seed->authority, NULL);
    g_autoptr(GBytes) refusal = saoy_stamp_answer(stamped, &seed->authority, NULL);
    write_seed(seed, "tst", "token", token);
    write_seed(seed, "tst", "request", request);
    write_seed(seed, "tst", "request-bare", bare);
    write_seed(seed, "tst", "response", response);
    write_seed(seed, "tst", "refusal", refusal);
}

/* ---- signatures ---- */

static GBytes *
make_cms(const PkiEntity *signer, const PkiEntity *issuer)
{
    g_autoptr(GPtrArray) chain = pki_chain(signer, issuer);
    uint8_t digest[32], hash[32];

    saoy_sha256(stamped, digest);
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(digest, saoy_view_of(signer->der), hash, NULL);
    g_autoptr(GBytes) signature = pki_sign(signer, hash);
    g_assert_nonnull(attributes);
    return saoy_cms_build(digest, chain, saoy_view_of(signature), NULL);
}

/* As others make them: issuer and serial, signing time, S/MIME capabilities; and with the
 * content in it. */
static GBytes *
make_foreign(const PkiEntity *signer, unsigned flags)
{
    g_autoptr(BIO) content = BIO_new_mem_buf(stamped.data, (int)stamped.size);
    g_autoptr(CMS_ContentInfo) cms =
        CMS_sign(signer->certificate, signer->key, NULL, content, CMS_BINARY | flags);
    unsigned char *der = NULL;
    int size = cms != NULL ? i2d_CMS_ContentInfo(cms, &der) : 0;

    g_assert_cmpint(size, >, 0);
    GBytes *out = g_bytes_new(der, (size_t)size);
    OPENSSL_free(der);
    return out;
}

static void
write_signatures(const Seed *seed)
{
    g_autoptr(GBytes) ecdsa = make_cms(&seed->leaf, &seed->root);
    g_autoptr(GBytes) rsa = make_cms(&seed->rsa, NULL);
    g_autoptr(GBytes) foreign = make_foreign(&seed->leaf, CMS_DETACHED);
    g_autoptr(GBytes) cades = make_foreign(&seed->leaf, CMS_DETACHED | CMS_CADES);
    g_autoptr(GBytes) whole = make_foreign(&seed->rsa, 0);
    g_auto(SaoyCmsParts) parts = { 0 };

    g_assert_true(saoy_cms_open(saoy_view_of(ecdsa), &parts, NULL));
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts.signer_info);
    g_autoptr(GBytes) token =
        make_token(seed, (SaoyView){ ASN1_STRING_get0_data(value),
                                     (size_t)ASN1_STRING_length(value) });
    g_autoptr(GBytes) with_time =
        saoy_cms_add_stamp(saoy_view_of(ecdsa), saoy_view_of(token), NULL);
    write_seed(seed, "cms", "ecdsa", ecdsa);
    write_seed(seed, "cms", "rsa", rsa);
    write_seed(seed, "cms", "stamped", with_time);
    write_seed(seed, "cms", "foreign", foreign);
    write_seed(seed, "cms", "cades", cades);
    write_seed(seed, "cms", "whole", whole);
    write_seed(seed, "tst", "no-token", whole);
}

/* ---- revocation ---- */

static SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    const PkiEntity *const revoked = user;
    const ASN1_INTEGER *own =
        revoked != NULL ? X509_get0_serialNumber(revoked->certificate) : NULL;
    bool is_it = own != NULL && (size_t)ASN1_STRING_length(own) == serial.size &&
                 memcmp(ASN1_STRING_get0_data(own), serial.data, serial.size) == 0;

    return is_it ? (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, fuzz_now(), 1 }
                 : (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
}

typedef struct {
    const PkiEntity *signer, *revoked;
} Door;

static GBytes *
on_sign(void *user, const uint8_t hash[32], GError **error)
{
    return pki_sign(((Door *)user)->signer, hash);
}

static SaoyRevocationEntry
on_look(void *user, SaoyView serial)
{
    return look((PkiEntity *)(uintptr_t)((Door *)user)->revoked, serial);
}

static void
write_answer(const Seed *seed, const char *folder, const char *name, Door *door,
             GBytes *request)
{
    g_autoptr(GPtrArray) chain = pki_chain(door->signer, NULL);
    const SaoyOcspResponder responder = { .issuer = saoy_view_of(seed->root.der),
                                          .responder = chain,
                                          .sign = on_sign,
                                          .look = on_look,
                                          .user = door,
                                          .now_us = fuzz_now(),
                                          .valid_s = 30 * 86400 };
    g_autoptr(GBytes) answer = saoy_ocsp_answer(saoy_view_of(request), &responder, NULL);

    write_seed(seed, folder, name, answer);
}

static void
write_list(const Seed *seed, const char *name, const PkiEntity *revoked)
{
    const ASN1_INTEGER *own = X509_get0_serialNumber(revoked->certificate);
    const SaoyCrlEntry entries[] = {
        { { ASN1_STRING_get0_data(own), (size_t)ASN1_STRING_length(own) }, fuzz_now(), 1 },
        { { (const uint8_t *)"\x01\x02", 2 }, fuzz_now(), -1 },
    };
    g_autoptr(GBytes) list = saoy_crl_make(
        saoy_view_of(seed->root.der), entries, G_N_ELEMENTS(entries), 7, fuzz_now(),
        30 * 86400, pki_on_sign, (PkiEntity *)(uintptr_t)&seed->root, NULL);

    write_seed(seed, "revocation", name, list);
}

static void
write_revocation(const Seed *seed)
{
    const SaoyView nonce = { (const uint8_t *)"0123456789abcdef", 16 };
    SaoyView below = saoy_view_of(seed->leaf.der), above = saoy_view_of(seed->root.der);
    g_autoptr(GBytes) request = saoy_ocsp_request(below, above, nonce, NULL);
    g_autoptr(GBytes) bare = saoy_ocsp_request(below, above, (SaoyView){ 0 }, NULL);
    g_autoptr(GBytes) refusal = g_bytes_new_static("\x30\x03\x0a\x01\x06", 5);
    Door good = { &seed->responder, NULL }, own = { &seed->root, NULL };
    Door revoked = { &seed->responder, &seed->leaf };

    write_seed(seed, "revocation", "request", request);
    write_seed(seed, "revocation", "request-bare", bare);
    write_seed(seed, "revocation", "refusal", refusal);
    write_answer(seed, "revocation", "good", &good, request);
    write_answer(seed, "pki", "leaf.ocsp", &good, bare);
    write_answer(seed, "revocation", "good-bare", &own, bare);
    write_answer(seed, "revocation", "revoked", &revoked, request);
    write_list(seed, "list-revoked", &seed->leaf);
    write_list(seed, "list-good", &seed->rsa);
}

/* ---- seals ---- */

static bool
sign_pair(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    g_autoptr(GBytes) der = pki_sign(user, hash);

    pki_pair(der, out);
    return true;
}

static void
write_seal(Seed *seed)
{
    SaoySeal claims = { .issued_at_s = fuzz_now() / G_USEC_PER_SEC,
                        .copy_id = (char *)"H26.132-251110-0007.01-24",
                        .title = (char *)"Bằng tốt nghiệp trung học phổ thông",
                        .holder = (char *)"Nguyễn Thị Phương Thảo",
                        .issuer = (char *)"Sở Giáo dục và Đào tạo Hà Nội",
                        .office = (char *)"UBND phường Ba Đình",
                        .officer = (char *)"Trần Văn Dũng",
                        .file_pages = 2,
                        .scanned_pages = 2 };
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(seed->seal.der), hash);
    memcpy(claims.key_id, hash, sizeof claims.key_id);
    g_autoptr(GBytes) cose = saoy_seal_make(&claims, 40, sign_pair, &seed->seal, NULL);
    write_seed(seed, "seal", "seal", cose);
    claims.expires_at_s = claims.issued_at_s + 86400;
    claims.title = claims.issuer = claims.officer = NULL;
    g_autoptr(GBytes) bare = saoy_seal_make(&claims, 40, sign_pair, &seed->seal, NULL);
    write_seed(seed, "seal", "seal-bare", bare);
    g_autofree char *text = saoy_seal_text("https://kiemtra.example.vn/v/1", cose);
    g_autoptr(GBytes) link = g_bytes_new(text, strlen(text));
    write_seed(seed, "seal", "link", link);
}

/* The worked example of facts-seal, in the form of Base45. */
static void
write_paper(const Seed *seed)
{
    static const char text[] =
        "VC1:RRQT 9O60GO0$+VEFN5C3HSG8CKTLD*70:+AWY0 "
        "CD:-7/E7V50T309807465W5846NW6646746QF60R6B$67H0F8FE+9OZA7OSUWG-34R99+VN$34099/9M/"
        "BKS:8LTA6OSGNKZ-0234FDEOJ84+4*Q8CKC0MLRYLA3VNMA6KMVU7-URMX44:2NE3$FGR78A8I160QWO:+"
        "TJU0+DTC05OGBA4Q:S5OLE.ZQ$PSF2TN1DR+BU24718$J4*WQBQJ-M0U1F%PCK6J/ "
        "2O:7RGL4ZBY:UDP110";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof text - 1);

    write_seed(seed, "seal", "paper", bytes);
}

static void
write_lists(Seed *seed)
{
    static const char *const ids[] = { "H26.132-251110-0007.01-24",
                                       "H26.132-251110-0008.01-05", NULL };
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_DENIED,
                                  .issued_at_s = 1000,
                                  .next_update_s = 2000,
                                  .keys = saoy_seal_keys_new(),
                                  .denied = saoy_seal_denied_new(ids + 1) };
    SaoySealKey key = { g_bytes_ref(seed->seal.der), 10, INT64_C(1) << 40 };
    SaoyView root = saoy_view_of(seed->root.der);

    g_array_append_val(list.keys, key);
    g_autoptr(GBytes) denied =
        saoy_seal_list_make(&list, root, sign_pair, &seed->root, NULL);
    list.kind = SAOY_SEAL_KEYS;
    g_autoptr(GBytes) keys = saoy_seal_list_make(&list, root, sign_pair, &seed->root, NULL);
    write_seed(seed, "seal", "list-denied", denied);
    write_seed(seed, "seal", "list-keys", keys);
    write_seed(seed, "seals", "denied.cose", denied);
    write_seed(seed, "seals", "keys.cose", keys);
}

/* ---- what a signing service says: lines as fuzz-csc.c takes them ---- */

#define TAG "H26.132-251110-0007.01-24/1"

static void
write_script(const Seed *seed, const char *name, const char *const *lines)
{
    g_autofree char *text = g_strjoinv("\n", (char **)(uintptr_t)lines);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    write_seed(seed, "csc", name, bytes);
}

static char *
base64(GBytes *bytes)
{
    return g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static char *
make_info(const Seed *seed)
{
    g_autofree char *leaf = base64(seed->leaf.der);
    g_autofree char *root = base64(seed->root.der);

    return g_strdup_printf("200 {\"cert\":{\"certificates\":[\"%s\",\"%s\"]}}", leaf, root);
}

/* Asked at once, after a person's confirmation, in both styles of pending, with every
 * mishap that is waited out. */
static void
write_signings(const Seed *seed)
{
    static const char sad[] = "200 {\"SAD\":\"MTIzNA==\",\"expiresIn\":300}";
    static const char wait[] = "202 {\"handle\":\"7f3a\"}";
    static const char id[] = "200 {\"responseID\":\"r-1\"}";
    static const char old[] =
        "400 {\"error\":\"accepted_request\",\"error_description\":\"\"}";
    static const uint8_t hash[32];
    g_autoptr(GBytes) signature = pki_sign(&seed->leaf, hash);
    g_autofree char *text = base64(signature);
    g_autofree char *done = g_strdup_printf("200 {\"signatures\":[\"%s\"]}", text);
    g_autofree char *info = make_info(seed);
    g_autofree char *kept = g_strdup_printf(
        "200 {\"tag\":\"" TAG "\",\"credential\":\"officer-1\",\"hash\":\"%064d\","
        "\"stage\":\"done\",\"signature\":\"%s\"}",
        0, text);

    write_script(seed, "at-once", (const char *[]){ info, sad, done, NULL });
    write_script(seed, "old-shape",
                 (const char *[]){ "200 {\"credentialIDs\":[\"officer-1\"]}", info, sad,
                                   done, NULL });
    write_script(seed, "confirmed",
                 (const char *[]){ info, wait, wait, sad, id, "202 {}", done, NULL });
    write_script(seed, "mishaps",
                 (const char *[]){ "401 {}", "200 {\"access_token\":\"a.b\"}", info,
                                   "429 {}", "0", sad, id, old, "503 {}", done, NULL });
    write_script(
        seed, "refused",
        (const char *[]){ info, sad, id, "400 {\"error\":\"invalid_request\"}", NULL });
    write_script(seed, "listed",
                 (const char *[]){ "200 {\"credentialIDs\":[\"officer-1\",\"x\"]}", info,
                                   "500 oops", NULL });
    write_script(seed, "kept", (const char *[]){ kept, NULL });
}

/* A token with the nonce that csc-stamp.c derives for that tag. */
static void
write_service_stamp(const Seed *seed)
{
    static const uint8_t imprint[32];
    uint8_t asked[32 + sizeof TAG - 1] = { 0 }, nonce[32];

    memcpy(asked + 32, TAG, sizeof TAG - 1);
    saoy_sha256((SaoyView){ asked, sizeof asked }, nonce);
    nonce[0] = (uint8_t)((nonce[0] & 0x7f) | 0x40);
    g_autoptr(GBytes) token =
        saoy_stamp_token(imprint, (SaoyView){ nonce, 16 }, &seed->authority, NULL);
    g_autofree char *text = base64(token);
    g_autofree char *line = g_strdup_printf("200 {\"timestamp\":\"%s\"}", text);
    write_script(seed, "stamp", (const char *[]){ line, NULL });
}

int
main(int argc, char **argv)
{
    Seed seed = { .folder = argv[1] };
    PkiEntity *const all[] = { &seed.root, &seed.leaf,      &seed.rsa,
                               &seed.tsa,  &seed.responder, &seed.seal };

    if (argc != 2) {
        g_printerr("fuzz-seed-signature FOLDER\n");
        return 2;
    }
    fuzz_stop_clock();
    make_pki(&seed);
    write_pki(&seed);
    write_stamps(&seed);
    write_signatures(&seed);
    write_revocation(&seed);
    write_seal(&seed);
    write_paper(&seed);
    write_lists(&seed);
    write_signings(&seed);
    write_service_stamp(&seed);
    g_ptr_array_unref(seed.authority.chain);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        pki_entity_clear(all[i]);
    return 0;
}
