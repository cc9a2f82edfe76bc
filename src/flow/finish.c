#include "flow/finish.h"

#define STAMP_S 15 /* a citizen waits; what is missing then a renewal adds */

static bool
on_step(void *user, const char *name, GError **error)
{
    const SaoyFinish *f = user;

    return f->step(f->user, name, error);
}

static bool
on_prepared(void *user, unsigned n, GBytes *pdf, GCancellable *cancel, GError **error)
{
    const SaoyFinish *f = user;

    return saoy_hub_prepared(f->hub, f->dossier, f->document + 1, n + 1, f->fence, pdf,
                             cancel, error);
}

static GPtrArray *
on_chain(void *user, unsigned n, GCancellable *cancel, GError **error)
{
    const SaoyFinish *f = user;
    const SaoyCredential *credential = &f->approval->credentials[n];

    return saoy_csc_chain(f->csc, credential->id, credential->certificate_sha256, cancel,
                          error);
}

static char *
fence_header(const SaoyFinish *f)
{
    return g_strdup_printf("X-Saoy-Fence: %" G_GINT64_FORMAT, f->fence);
}

static GBytes *
on_sign(void *user, unsigned n, const uint8_t hash[32], GCancellable *cancel,
        GError **error)
{
    const SaoyFinish *f = user;
    g_autofree char *tag = g_strdup_printf("%s/%u", f->approval->copy_id, n + 1);
    g_autofree char *fence = fence_header(f);
    const char *const headers[] = { fence, NULL };
    const SaoyCscRequest request = { .credential_id = f->approval->credentials[n].id,
                                     .client_data = tag,
                                     .headers = headers,
                                     .hash = hash,
                                     .patience_s = f->patience_s };

    return saoy_csc_sign(f->csc, &request, cancel, error);
}

static bool
on_archive(void *user, GBytes *pdf, GCancellable *cancel, GError **error)
{
    const SaoyFinish *f = user;

    return saoy_hub_archive(f->hub, f->approval->copy_id, f->fence, pdf, cancel, error);
}

static GBytes *
on_stamp(void *user, unsigned n, const uint8_t imprint[32], GCancellable *cancel,
         GError **error)
{
    const SaoyFinish *f = user;
    g_autofree char *tag =
        n < SAOY_SIGNER_N ? g_strdup_printf("%s/%u", f->approval->copy_id, n + 1) : NULL;
    g_autofree char *fence = fence_header(f);
    const char *const headers[] = { fence, NULL };

    return saoy_csc_timestamp(f->csc, imprint, tag, headers, STAMP_S, NULL, cancel, error);
}

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    const SaoyFinish *f = user;

    return saoy_hub_fetch(f->hub, f->public_url, url, type, body, cancel, error);
}

GBytes *
saoy_finish_issue(const SaoyFinish *finish, GBytes *base, GCancellable *cancel,
                  GError **error)
{
    static const SaoyIssueHooks hooks = { on_step,    on_prepared, on_chain, on_sign,
                                          on_archive, on_stamp,    on_fetch };

    return saoy_copy_issue(base, finish->approval, &hooks, (void *)(uintptr_t)finish,
                           cancel, error);
}
