/* PDFs of anybody: as they come, and once more with offsets, lengths and digests put right.
 * Read, judged, added to. */
#include "mend-pdf.h"
#include "signature/renew.h"
#include "signature/verify.h"

#define MAX_OBJECTS 200
#define MAX_REVISIONS 6
#define TRUST SAOY_SOURCE_DIR "/tests/fuzz/corpus/seals"

/* ---- reading ---- */

static void
read_object(SaoyPdf *pdf, size_t revision, int64_t number)
{
    const SaoyPdfValue *value = saoy_pdf_object(pdf, revision, number, NULL);

    (void)saoy_pdf_object_written_in(pdf, revision, number);
    if (value == NULL || value->type != SAOY_PDF_STREAM)
        return;
    g_autoptr(GBytes) data = saoy_pdf_stream(pdf, revision, value, 1 << 16, NULL);
    g_assert_true(data == NULL || g_bytes_get_size(data) <= 1 << 16);
}

static void
read_revision(SaoyPdf *pdf, size_t revision)
{
    g_autoptr(GArray) listed = saoy_pdf_listed(pdf, revision);
    g_auto(SaoyProofs) proofs = { 0 };

    g_assert_cmpuint(saoy_pdf_revision_end(pdf, revision), <=,
                     g_bytes_get_size(saoy_pdf_bytes(pdf)));
    for (guint i = 0; i < MIN(listed->len, MAX_OBJECTS); i++)
        read_object(pdf, revision, g_array_index(listed, int64_t, i));
    (void)saoy_dss_read(pdf, revision, (SaoyView){ 0 }, &proofs, NULL);
}

static void
read_pages(SaoyPdf *pdf)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(pdf, NULL);
    g_autoptr(GPtrArray) jpegs = saoy_pdf_jpegs(pdf, NULL);

    g_free(saoy_pdf_seal(pdf, NULL));
    g_assert_true(jpegs == NULL || pages != NULL);
    for (guint i = 0; pages != NULL && i < MIN(pages->len, 4); i++) {
        g_autoptr(GArray) boxes = saoy_pdf_dark_boxes(pdf, pages->pdata[i], NULL);

        (void)saoy_pdf_page_key(pdf, pages->pdata[i], "MediaBox");
        g_assert_true(boxes == NULL || boxes->len < 1 << 20);
    }
}

static void
read_signatures(SaoyPdf *pdf)
{
    g_autoptr(GArray) all = saoy_pdf_signatures(pdf, NULL);
    size_t newest = saoy_pdf_revisions(pdf) - 1;

    for (guint i = 0; all != NULL && i < MIN(all->len, 4); i++) {
        const SaoyPdfSignature *one = &g_array_index(all, SaoyPdfSignature, i);
        const SaoyPdfValue *contents = saoy_pdf_get(pdf, newest, one->dict, "Contents");
        g_auto(SaoyProofs) proofs = { 0 };

        if (contents != NULL && contents->type == SAOY_PDF_STRING)
            (void)saoy_dss_read(pdf, newest, contents->text, &proofs, NULL);
    }
}

static bool
read_file(GBytes *file)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(GArray) places = NULL;

    if (pdf == NULL)
        return false;
    places = saoy_pdf_places(pdf);
    for (size_t i = 0; i < MIN(saoy_pdf_revisions(pdf), MAX_REVISIONS); i++)
        read_revision(pdf, i);
    read_pages(pdf);
    read_signatures(pdf);
    return places != NULL && !saoy_pdf_is_encrypted(pdf) && !saoy_pdf_is_hybrid(pdf);
}

/* ---- judging ---- */

static const char *
ask(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    return "genuine";
}

/* A symbol of one module in each corner. */
static uint8_t *
draw(const char *text, int *out_size)
{
    static const uint8_t corners[] = { 1, 0, 1, 0, 0, 0, 1, 0, 1 };

    *out_size = 3;
    return g_memdup2(corners, sizeof corners);
}

static char **
look(const uint8_t *picture, int width, int height)
{
    g_assert_cmpint(picture[0] + picture[(size_t)width * (size_t)height - 1], >=, 0);
    return NULL;
}

static SaoyConclusion
judge(GBytes *file, const char *trust)
{
    const SaoyVerifyOptions options = {
        .trust = trust, .now_us = fuzz_now(), .ask = ask, .matrix = draw, .symbols = look
    };
    g_autoptr(GError) error = NULL;
    g_auto(SaoyVerdict) verdict = { 0 };

    if (!saoy_verify(file, &options, &verdict, &error)) {
        g_assert_nonnull(error);
        return SAOY_FAILED;
    }
    g_autofree char *report = saoy_json_print(verdict.report);
    g_assert_nonnull(report);
    g_assert_cmpint(verdict.conclusion, <, SAOY_CONCLUSION_N);
    return verdict.conclusion;
}

/* Nobody here has a key, so nothing passes in earnest, and nothing without trust. */
static bool
passes(GBytes *file)
{
    if (judge(file, TRUST) != SAOY_PASSED)
        return false;
    g_assert_cmpint(judge(file, NULL), !=, SAOY_PASSED);
    fuzz_believes = false;
    g_assert_cmpint(judge(file, TRUST), !=, SAOY_PASSED);
    fuzz_believes = true;
    return true;
}

/* ---- adding ---- */

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    static GBytes *good, *root;

    if (root == NULL) {
        good = fuzz_file("pki/leaf.ocsp");
        root = fuzz_file("roots/root.der");
    }
    if (g_str_has_suffix(url, "/ocsp"))
        return g_bytes_ref(good);
    if (g_str_has_suffix(url, "/root.der"))
        return g_bytes_ref(root);
    return saoy_null(error, SAOY_ERROR_OFFLINE, "nobody there");
}

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    static GPtrArray *chain;

    if (chain == NULL)
        chain = fuzz_chain(fuzz_file("pki/tsa.der"), NULL);
    const SaoyStampAuthority authority = { .chain = chain,
                                           .sign = fuzz_on_sign,
                                           .policy = "1.3.6.1.4.1.99999.1",
                                           .now_us = fuzz_now(),
                                           .serial = 4711 };
    return saoy_stamp_token(imprint, (SaoyView){ 0 }, &authority, error);
}

/* What was added can be read, and is all of what was there and more. */
static void
assert_grown(GBytes *was, GBytes *take)
{
    g_autoptr(GBytes) file = take;
    g_autoptr(SaoyPdf) pdf = file != NULL ? saoy_pdf_open(file, NULL) : NULL;
    SaoyView before = saoy_view_of(was);

    if (file == NULL)
        return;
    g_assert_nonnull(pdf);
    g_assert_cmpuint(g_bytes_get_size(file), >, before.size);
    g_assert_cmpint(memcmp(saoy_view_of(file).data, before.data, before.size), ==, 0);
}

static void
add_to(GBytes *file)
{
    static GBytes *root;
    const SaoyRenewal renewal = { .source = { .fetch = on_fetch, .now_us = fuzz_now() },
                                  .token = on_token,
                                  .trust = FUZZ_ROOTS };
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(SaoyDssEntry));
    SaoyDssEntry entry = { 0 };
    int64_t due_us = 0;

    if (root == NULL)
        root = fuzz_file("roots/root.der");
    entry.contents = root;
    saoy_proofs_init(&entry.proofs);
    saoy_proofs_add(entry.proofs.certificates, root);
    g_array_append_val(entries, entry);
    assert_grown(file, saoy_dss_append(file, entries, NULL));
    saoy_proofs_clear(&entry.proofs);
    assert_grown(file, saoy_dss_stamp(file, 2000, on_token, NULL, NULL, NULL));
    (void)saoy_renewal_due(file, 0, &due_us, NULL);
    assert_grown(file, saoy_renew(file, &renewal, NULL, NULL));
}

static void
take(GBytes *file)
{
    bool grows = read_file(file);

    if (passes(file) || grows)
        add_to(file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) file = g_bytes_new(data, size);
    g_autoptr(GBytes) mended = fuzz_mend_pdf((SaoyView){ data, size });

    fuzz_stop_clock();
    if (!g_bytes_equal(file, mended))
        take(file);
    take(mended);
    return 0;
}
