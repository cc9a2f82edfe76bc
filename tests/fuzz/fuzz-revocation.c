/* OCSP and CRLs, asked for and given; the certificates that say where to ask. */
#include "belief.h"
#include "signature/dss.h"

static GBytes *root, *leaf, *responder;

static void
load(void)
{
    if (root != NULL)
        return;
    fuzz_stop_clock();
    root = fuzz_file("roots/root.der");
    leaf = fuzz_file("pki/leaf.der");
    responder = fuzz_file("pki/responder.der");
}

/* As one of a heap of proofs, and by itself in earnest. */
static void
read_proof(GBytes *file)
{
    static const uint8_t nonce[] = "0123456789abcdef";
    const SaoyView der = saoy_view_of(file);
    SaoyView below = saoy_view_of(leaf), above = saoy_view_of(root);
    g_auto(SaoyProofs) proofs = { 0 };
    SaoyRevocationProof proof = { 0 };

    saoy_proofs_init(&proofs);
    saoy_proofs_add(proofs.ocsps, file);
    saoy_proofs_add(proofs.crls, file);
    g_assert_cmpint(saoy_revocation_at(below, above, &proofs, fuzz_now(), &proof), <,
                    SAOY_REVOCATION_N);
    (void)saoy_ocsp_accept(der, below, above, (SaoyView){ nonce, 16 }, fuzz_now(), NULL);
    if (proof.this_update_us == 0)
        return;
    fuzz_believes = false;
    (void)saoy_ocsp_check(der, below, above, &proof, NULL);
    (void)saoy_crl_check(der, below, above, &proof, NULL);
    fuzz_believes = true;
}

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    return g_bytes_ref(user);
}

/* Whatever is asked for, this comes. */
static void
collect(GBytes *file, GBytes *first)
{
    g_autoptr(GPtrArray) chain = fuzz_chain(first, NULL);
    const SaoyProofSource source = { .fetch = on_fetch,
                                     .user = file,
                                     .now_us = fuzz_now() };
    g_auto(SaoyProofs) pool = { 0 };
    g_auto(SaoyProofs) proofs = { 0 };

    saoy_proofs_init(&pool);
    saoy_proofs_init(&proofs);
    saoy_proofs_add(pool.certificates, root);
    (void)saoy_proofs_collect(chain, fuzz_now(), &source, &pool, &proofs, NULL, NULL);
}

/* ---- giving ---- */

static SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    bool even = serial.size > 0 && serial.data[serial.size - 1] % 2 == 0;

    return even ? (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 }
                : (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, fuzz_now(), 1 };
}

static void
give_answer(SaoyView request)
{
    g_autoptr(GPtrArray) chain = fuzz_chain(responder, NULL);
    const SaoyOcspResponder door = { .issuer = saoy_view_of(root),
                                     .responder = chain,
                                     .sign = fuzz_on_sign,
                                     .look = look,
                                     .now_us = fuzz_now(),
                                     .valid_s = 3600 };
    g_autoptr(GBytes) answer = saoy_ocsp_answer(request, &door, NULL);
    g_assert_nonnull(answer);
}

/* A list of what the bytes are taken for: number, reason and serial of each. */
static void
give_list(SaoyView bytes)
{
    SaoyCrlEntry entries[8] = { 0 };
    size_t n = 0;

    for (size_t at = 0; n < G_N_ELEMENTS(entries) && at + 2 < bytes.size; n++) {
        size_t size = MIN(bytes.data[at] % 24u, bytes.size - at - 2);

        entries[n] = (SaoyCrlEntry){ { bytes.data + at + 2, size },
                                     fuzz_now() - bytes.data[at] * INT64_C(1000000000000),
                                     bytes.data[at + 1] % 12 - 1 };
        at += size + 2;
    }
    g_autoptr(GBytes) list = saoy_crl_make(saoy_view_of(root), entries, n, (int64_t)n,
                                           fuzz_now(), 3600, fuzz_on_sign, NULL, NULL);
    SaoyRevocationProof proof = { 0 };
    if (list != NULL)
        (void)saoy_crl_check(saoy_view_of(list), saoy_view_of(leaf), saoy_view_of(root),
                             &proof, NULL);
}

/* ---- certificates ---- */

static void
assert_url(char *take)
{
    g_autofree char *url = take;

    g_assert_true(url == NULL || (g_str_is_ascii(url) && strlen(url) < 1000));
}

static void
read_certificate(GBytes *file)
{
    SaoyView der = saoy_view_of(file);
    g_autoptr(GBytes) request =
        saoy_ocsp_request(der, saoy_view_of(root), (SaoyView){ 0 }, NULL);

    assert_url(saoy_certificate_ocsp_url(der));
    assert_url(saoy_certificate_crl_url(der));
    assert_url(saoy_certificate_issuer_url(der));
    (void)saoy_certificate_is_issued_by(der, saoy_view_of(root));
    (void)saoy_certificate_is_root(der);
    (void)saoy_certificate_can_be_asked(der);
    (void)saoy_certificate_start_us(der);
    if (saoy_certificate_end_us(der) > 0)
        collect(file, file);
    if (request != NULL)
        give_answer(saoy_view_of(request));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) file = g_bytes_new(data, size);

    load();
    read_proof(file);
    collect(file, leaf);
    read_certificate(file);
    give_answer((SaoyView){ data, size });
    give_list((SaoyView){ data, size });
    return 0;
}
