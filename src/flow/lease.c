/* The lease of the document being issued is renewed each third of its time, whatever SIGN
 * waits for: beside the net worker, on a connection of its own. */
#include "visit-private.h"

#include "core/log.h"

typedef struct {
    SaoyDevices *devices;
    char *dossier;
    unsigned document;
    int64_t fence;
} Renewal;

static void
renewal_free(void *p)
{
    Renewal *renewal = p;

    g_free(renewal->dossier);
    g_free(renewal);
}

/* on the lease's worker */
static bool
renew(void *p, GCancellable *cancel, GError **error)
{
    Renewal *r = p;

    return saoy_hub_lease(r->devices->lease_hub, r->dossier, r->document + 1, "renew",
                          &r->fence, cancel, error);
}

static void
on_renewed(SaoyVisit *visit, void *data, const GError *error)
{
    const Renewal *renewal = data;

    if (error == NULL || saoy_error_class(error) == SAOY_CLASS_RETRY ||
        renewal->fence != visit->lease_fence)
        return; /* an unanswered renewal is tried again while the lease lasts */
    saoy_log(SAOY_LOG_LEASE_LOST, SAOY_N("document", renewal->document + 1));
    if (visit->lease_lost != NULL)
        g_cancellable_cancel(visit->lease_lost);
}

static gboolean
on_lease_tick(void *user)
{
    SaoyVisit *visit = user;
    Renewal *renewal = g_new0(Renewal, 1);

    *renewal = (Renewal){ &visit->devices, g_strdup(visit->session->dossier),
                          visit->lease_document, visit->lease_fence };
    saoy_visit_run(visit, SAOY_ON_LEASE, renew, renewal, renewal_free, NULL, on_renewed);
    return G_SOURCE_CONTINUE;
}

void
saoy_lease_keep(SaoyVisit *visit, unsigned document, int64_t fence)
{
    visit->lease_document = document;
    visit->lease_fence = fence;
    g_clear_handle_id(&visit->lease_tick, g_source_remove);
    visit->lease_tick =
        g_timeout_add((guint)visit->config->lease_s * 1000 / 3, on_lease_tick, visit);
}
