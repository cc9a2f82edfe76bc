#pragma once
/* One approved document with everything its issue needs: a PKI, pages, approval, hooks. */
#include "../signature/pki.h"

#include "core/ids.h"
#include "issue/issue.h"
#include "signature/seal.h"
#include "signature/verify.h"
#include "vision/image.h"

typedef struct {
    PkiEntity root, issuing, signer[2], seal, stranger;
    char *trust; /* root and seal certificate */
    GBytes *jpegs[2];
    SaoyWords words[2];
    SaoyApproval *approval;
    GBytes *base;
    GPtrArray *steps, *prepared;
    GBytes *archived;
    const char *stop_at; /* step that fails */
    bool swap_chain, swap_key;
} Copy;

static inline bool
copy_sign_seal(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    g_autoptr(GBytes) der = pki_sign(user, hash);

    pki_pair(der, out);
    return true;
}

/* A page with some marks, so that two pages differ. */
static inline GBytes *
copy_page(int shade)
{
    g_autoptr(SaoyImage) image = saoy_image_new(1654, 2339, 3, 200, NULL);

    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * (size_t)image->stride;

        memset(row, 255, (size_t)image->width * 3);
        if (y > 300 && y < 900 && y % 60 < 20)
            memset(row + 600, shade, 1800);
    }
    return saoy_image_encode_jpeg(image, 80, true, NULL);
}

static inline void
copy_seal_pages(Copy *copy, int64_t approved_at_us, GBytes *const *jpegs, unsigned n)
{
    SaoyApproval *a = copy->approval;
    g_auto(SaoySeal) claims = { .issued_at_s = approved_at_us / G_USEC_PER_SEC,
                                .copy_id = g_strdup(a->copy_id),
                                .title = g_strdup(a->title),
                                .holder = g_strdup("Nguyễn Thị Phương Thảo"),
                                .office = g_strdup(a->agency),
                                .officer = g_strdup(a->officer_name),
                                .file_pages = n,
                                .scanned_pages = n };
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(copy->seal.der), hash);
    memcpy(claims.key_id, hash, 8);
    saoy_content_digest(jpegs, n, claims.content_digest);
    g_autoptr(GBytes) cose =
        saoy_seal_make(&claims, strlen(a->link) + 1, copy_sign_seal, &copy->seal, NULL);
    g_assert_nonnull(cose);
    g_free(a->seal);
    a->seal = saoy_seal_text(a->link, cose);
}

static inline void
copy_seal(Copy *copy, int64_t approved_at_us)
{
    copy_seal_pages(copy, approved_at_us, copy->jpegs, 2);
}

static inline void
copy_approve(Copy *copy)
{
    static const char *const ids[] = { "officer-1", "agency-1" };
    SaoyApproval *a = copy->approval = g_new0(SaoyApproval, 1);
    g_autoptr(GError) error = NULL;
    const char *templates = saoy_templates_digest(&error);

    g_assert_no_error(error);
    a->approved_at_us = g_get_real_time() / G_USEC_PER_SEC * G_USEC_PER_SEC;
    a->number = 24;
    a->book = g_strdup("01/2025-SCTĐT/BS");
    a->copy_id = saoy_copy_id_new("H26.132-251110-0007", 1);
    a->token = saoy_token_new();
    a->link = g_strdup_printf("https://kiemtra.example.vn/v/%s?t=%s", a->copy_id, a->token);
    a->title = g_strdup("Bằng tốt nghiệp trung học phổ thông");
    a->officer_name = g_strdup("Trần Văn Dũng");
    a->officer_title = g_strdup("Công chức tư pháp");
    a->agency = g_strdup("UBND phường Ba Đình");
    a->composer = g_strdup(SAOY_COMPOSER);
    g_strlcpy(a->templates, templates, sizeof(a->templates));
    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        g_autofree char *hex = saoy_sha256_hex(saoy_view_of(copy->signer[i].der));

        a->appearance[i] = g_strdup("text");
        a->credentials[i].id = g_strdup(ids[i]);
        a->credentials[i].contents_bytes = 8192;
        g_strlcpy(a->credentials[i].certificate_sha256, hex, 65);
    }
    copy_seal(copy, a->approved_at_us);
}

static inline GBytes *
copy_compose(Copy *copy, GError **error)
{
    const SaoyBox boxes[2] = { { 0 }, { 100, 1000, 1450, 1300 } };
    const int dpi[2] = { 200, 200 };

    return saoy_copy_prepare(copy->jpegs, copy->words, boxes, dpi, 2, copy->approval,
                             error);
}

static inline void
copy_set_up(Copy *copy, const void *data)
{
    g_autoptr(GError) error = NULL;

    copy->root = pki_entity("TEST – KHÔNG CÓ GIÁ TRỊ", NULL, true);
    copy->issuing = pki_entity("TEST issuing", &copy->root, true);
    copy->signer[0] = pki_entity("Trần Văn Dũng", &copy->issuing, false);
    copy->signer[1] = pki_entity("UBND phường Ba Đình", &copy->issuing, false);
    copy->stranger = pki_entity("Somebody else", NULL, false);
    copy->seal = pki_entity("TEST seal", &copy->issuing, false);
    copy->trust = pki_folder();
    pki_write(copy->trust, "root.der", copy->root.der);
    pki_write(copy->trust, "seal.der", copy->seal.der);
    copy->jpegs[0] = copy_page(40);
    copy->jpegs[1] = copy_page(90);
    for (int i = 0; i < 2; i++)
        saoy_words_append(&copy->words[i], "CHỨNG", (SaoyBox){ 200, 320, 180, 40 }, 95, 0);
    copy_approve(copy);
    copy->steps = g_ptr_array_new_with_free_func(g_free);
    copy->prepared = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    copy->base = copy_compose(copy, &error);
    g_assert_no_error(error);
}

static inline void
copy_tear_down(Copy *copy, const void *data)
{
    pki_entity_clear(&copy->root);
    pki_entity_clear(&copy->issuing);
    pki_entity_clear(&copy->signer[0]);
    pki_entity_clear(&copy->signer[1]);
    pki_entity_clear(&copy->seal);
    pki_entity_clear(&copy->stranger);
    saoy_dir_remove(copy->trust, NULL);
    g_free(copy->trust);
    for (int i = 0; i < 2; i++) {
        g_bytes_unref(copy->jpegs[i]);
        saoy_words_clear(&copy->words[i]);
    }
    saoy_approval_free(copy->approval);
    g_bytes_unref(copy->base);
    g_ptr_array_unref(copy->steps);
    g_ptr_array_unref(copy->prepared);
    g_clear_pointer(&copy->archived, g_bytes_unref);
}

/* ---- hooks ---- */

static inline bool
copy_on_step(void *user, const char *name, GError **error)
{
    Copy *copy = user;

    g_ptr_array_add(copy->steps, g_strdup(name));
    return g_strcmp0(copy->stop_at, name) != 0 ||
           saoy_fail(error, SAOY_ERROR_REFUSED, "lease lost");
}

static inline bool
copy_on_prepared(void *user, unsigned n, GBytes *pdf, GCancellable *cancel, GError **error)
{
    Copy *copy = user;

    g_assert_cmpuint(n, ==, copy->prepared->len);
    g_ptr_array_add(copy->prepared, g_bytes_ref(pdf));
    return true;
}

static inline GPtrArray *
copy_on_chain(void *user, unsigned n, GCancellable *cancel, GError **error)
{
    Copy *copy = user;

    return copy->swap_chain ? pki_chain(&copy->stranger, NULL)
                            : pki_chain(&copy->signer[n], &copy->issuing);
}

static inline GBytes *
copy_on_sign(void *user, unsigned n, const uint8_t hash[32], GCancellable *cancel,
             GError **error)
{
    Copy *copy = user;

    return pki_sign(copy->swap_key ? &copy->stranger : &copy->signer[n], hash);
}

static inline bool
copy_on_archive(void *user, GBytes *pdf, GCancellable *cancel, GError **error)
{
    Copy *copy = user;

    copy->archived = g_bytes_ref(pdf);
    return true;
}

static const SaoyIssueHooks copy_hooks = { .step = copy_on_step,
                                           .prepared = copy_on_prepared,
                                           .chain = copy_on_chain,
                                           .sign = copy_on_sign,
                                           .archive = copy_on_archive };

static inline GBytes *
copy_issue(Copy *copy, GError **error)
{
    return saoy_copy_issue(copy->base, copy->approval, &copy_hooks, copy, NULL, error);
}

/* ---- what others say ---- */

/* NULL: it is not installed. */
static inline char *
output_of(const char *const *argv, int *out_status)
{
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE, NULL);
    char *text = NULL;

    if (child == NULL)
        return NULL;
    g_subprocess_communicate_utf8(child, NULL, NULL, &text, NULL, NULL);
    *out_status = g_subprocess_get_exit_status(child);
    return text;
}

static inline unsigned
count(const char *text, const char *word)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        n++;
    return n;
}
