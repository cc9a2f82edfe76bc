/* Seals and the lists a verifier carries along: text as it comes out of the QR code, and
 * COSE bytes, which arrive in each of the text's forms. */
#include "base45.h"
#include "belief.h"
#include "signature/seal-list.h"

#define TRUST SAOY_SOURCE_DIR "/tests/fuzz/corpus/seals"

static bool
on_sign(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    memset(out, 1, 64);
    return true;
}

static void
check(GBytes *cose)
{
    static GBytes *own;
    g_autofree char *signer = NULL;

    if (own == NULL)
        own = fuzz_file("seals/seal.der");
    (void)saoy_seal_check_key(cose, saoy_view_of(own), NULL);
    if (!saoy_seal_check(cose, TRUST, &signer, NULL))
        return;
    fuzz_believes = false;
    (void)saoy_seal_check_key(cose, saoy_view_of(own), NULL);
    fuzz_believes = true;
}

/* What reads can be made, or is too long for a QR code. */
static void
read_text(const char *text)
{
    g_auto(SaoySeal) seal = { 0 };
    g_autoptr(GBytes) cose = NULL;
    g_autoptr(GBytes) made = NULL;

    if (!saoy_seal_read(text, &seal, &cose, NULL))
        return;
    g_assert_nonnull(seal.copy_id);
    check(cose);
    made = saoy_seal_make(&seal, 40, on_sign, NULL, NULL);
    g_assert_true(made == NULL || g_bytes_get_size(made) < 560);
}

static void
read_cose(GBytes *cose)
{
    g_autofree char *link = saoy_seal_text("https://kiemtra.example.vn/v/1", cose);
    g_autofree char *base45 = saoy_base45_encode(saoy_view_of(cose));
    g_autofree char *paper = g_strconcat("VC1:", base45, NULL);

    read_text(link);
    read_text(paper);
}

static void
read_lists(GBytes *cose)
{
    for (int kind = 0; kind < SAOY_SEAL_LIST_N; kind++) {
        g_auto(SaoySealList) list = { 0 };
        static const uint8_t nobody[8];

        if (!saoy_seal_list_read(cose, (SaoySealListKind)kind, FUZZ_ROOTS, &list, NULL))
            continue;
        (void)saoy_seal_list_denies(&list, "H26.132-251110-0007.01-24");
        (void)saoy_seal_list_key(&list, nobody);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autofree char *text = g_strndup((const char *)data, size);

    fuzz_stop_clock();
    read_text(text);
    read_cose(bytes);
    read_lists(bytes);
    return 0;
}
