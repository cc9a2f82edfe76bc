#include "flow/finish.h"

#define STAMP_S 15 /* a citizen waits; what is missing then a renewal adds */

/* One run, with the hub as the signer where there is no other. */
typedef struct {
    const SaoyFinish *f;
    SaoySigner *hub;
} Run;

static bool
on_step(void *user, const char *name, GError **error)
{
    const SaoyFinish *f = ((const Run *)user)->f;

    return f->step(f->user, name, error);
}

static bool
on_prepared(void *user, unsigned n, GBytes *pdf, GCancellable *cancel, GError **error)
{
    const SaoyFinish *f = ((const Run *)user)->f;

    return saoy_hub_prepared(f->hub, f->dossier, f->document + 1, n + 1, f->fence, pdf,
                             cancel, error);
}

static SaoySigner *
signer_of(const Run *run, unsigned n)
{
    return run->f->signers[n] != NULL ? run->f->signers[n] : run->hub;
}

static GPtrArray *
on_chain(void *user, unsigned n, GCancellable *cancel, GError **error)
{
    const Run *run = user;
    const SaoyCredential *credential = &run->f->approval->credentials[n];

    return saoy_signer_chain(signer_of(run, n), credential->id,
                             credential->certificate_sha256, cancel, error);
}

static char *
fence_header(const SaoyFinish *f)
{
    return g_strdup_printf("X-Saoy-Fence: %" G_GINT64_FORMAT, f->fence);
}

/* The journal of an outside provider lies at the hub, under the lease. */
typedef struct {
    const SaoyFinish *f;
    unsigned n;
    GCancellable *cancel;
} Journal;

static char *
recall(void *user, GError **error)
{
    const Journal *j = user;

    return saoy_hub_signing(j->f->hub, j->f->dossier, j->f->document + 1, j->n + 1,
                            j->f->fence, j->cancel, error);
}

/* Not cancelled: what was done must be known. */
static bool
journal(void *user, const char *before, const char *after, GError **error)
{
    const Journal *j = user;

    return saoy_hub_put_signing(j->f->hub, j->f->dossier, j->f->document + 1, j->n + 1,
                                j->f->fence, before, after, NULL, error);
}

static GBytes *
on_sign(void *user, unsigned n, const uint8_t hash[32], GCancellable *cancel,
        GError **error)
{
    const Run *run = user;
    const SaoyFinish *f = run->f;
    bool outside = f->signers[n] != NULL;
    g_autofree char *tag = g_strdup_printf("%s/%u", f->approval->copy_id, n + 1);
    g_autofree char *fence = fence_header(f);
    const char *const headers[] = { fence, NULL };
    Journal at_hub = { f, n, cancel };
    const SaoySigning signing = { .credential_id = f->approval->credentials[n].id,
                                  .tag = tag,
                                  .headers = outside ? NULL : headers,
                                  .hash = hash,
                                  .patience_s = f->patience_s,
                                  .recall = outside ? recall : NULL,
                                  .journal = outside ? journal : NULL,
                                  .user = &at_hub };
    GBytes *signature = saoy_signer_sign(signer_of(run, n), &signing, cancel, error);

    if (signature == NULL && g_cancellable_is_cancelled(cancel)) {
        /* what only waits for a person is asked anew by whoever goes on */
        at_hub.cancel = NULL;
        saoy_signer_cancel(signer_of(run, n), &signing, NULL);
    }
    return signature;
}

static bool
on_archive(void *user, GBytes *pdf, GCancellable *cancel, GError **error)
{
    const SaoyFinish *f = ((const Run *)user)->f;

    return saoy_hub_archive(f->hub, f->approval->copy_id, f->fence, pdf, cancel, error);
}

static GBytes *
on_stamp(void *user, unsigned n, const uint8_t imprint[32], GCancellable *cancel,
         GError **error)
{
    const SaoyFinish *f = ((const Run *)user)->f;
    g_autofree char *tag =
        n < SAOY_SIGNER_N ? g_strdup_printf("%s/%u", f->approval->copy_id, n + 1) : NULL;
    g_autofree char *fence = fence_header(f);
    const char *const headers[] = { fence, NULL };

    /* no roots: the kiosk has none of time stamp authorities. The hub hands on only what
     * holds under its own, and archives no file without having looked at all of it */
    return saoy_csc_timestamp(f->csc, imprint, tag, headers, STAMP_S, NULL, cancel, error);
}

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    const SaoyFinish *f = ((const Run *)user)->f;

    return saoy_hub_fetch(f->hub, f->public_url, url, type, body, cancel, error);
}

GBytes *
saoy_finish_issue(const SaoyFinish *finish, GBytes *base, GCancellable *cancel,
                  GError **error)
{
    static const SaoyIssueHooks hooks = { on_step,    on_prepared, on_chain, on_sign,
                                          on_archive, on_stamp,    on_fetch };

    g_autoptr(SaoySigner) at_hub = saoy_signer_of_csc(finish->csc);
    Run run = { finish, at_hub };

    return saoy_copy_issue(base, finish->approval, &hooks, &run, cancel, error);
}
