#include "visit-private.h"

#include <glib/gi18n.h>

enum { SCAN_DPI = 300, GATE_US = 50 * 1000 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn, document;
    SaoyDevices *devices;
    GAsyncQueue *gate;
    GCancellable *cancel; /* of the scan under way */
    bool ink;
} ScanJob;

static void
scan_job_free(void *p)
{
    ScanJob *job = p;

    g_async_queue_unref(job->gate);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static ScanJob *
scan_job_new(SaoyVisit *visit, unsigned turn)
{
    ScanJob *job = g_new0(ScanJob, 1);

    if (visit->scan_gate == NULL) {
        visit->scan_gate = g_async_queue_new();
        g_async_queue_push(visit->scan_gate, GINT_TO_POINTER(1));
    }
    *job = (ScanJob){ .alive = g_atomic_rc_box_acquire(visit->alive),
                      .generation = visit->generation,
                      .turn = turn,
                      .document = visit->session->current,
                      .devices = &visit->devices,
                      .gate = g_async_queue_ref(visit->scan_gate) };
    return job;
}

/* ---- the gate: a feeder is faster than the reading of its pages, and a scan is 25 MB. One
 * waits to be cleaned or is being cleaned while the scanner holds the next; whoever drops
 * the former last lets the latter pass. */

typedef struct {
    GBytes *picture;
    GAsyncQueue *gate;
} Passed;

static void
open_gate(void *p)
{
    Passed *passed = p;

    g_bytes_unref(passed->picture);
    g_async_queue_push(passed->gate, GINT_TO_POINTER(1));
    g_async_queue_unref(passed->gate);
    g_free(passed);
}

/* What was fed is the person's also when the scan is cancelled here. */
static GBytes *
pass_gate(const ScanJob *job, GBytes *picture)
{
    Passed *passed = NULL;

    while (g_async_queue_timeout_pop(job->gate, GATE_US) == NULL)
        if (g_cancellable_is_cancelled(job->cancel))
            return g_bytes_ref(picture);
    passed = g_new0(Passed, 1);
    *passed = (Passed){ g_bytes_ref(picture), g_async_queue_ref(job->gate) };
    return g_bytes_new_with_free_func(g_bytes_get_data(picture, NULL),
                                      g_bytes_get_size(picture), open_gate, passed);
}

/* ---- a scan */

typedef struct {
    GBytes *picture;
    int dpi;
    unsigned document;
} Sheet;

static void
sheet_free(void *p)
{
    Sheet *sheet = p;

    g_bytes_unref(sheet->picture);
    g_free(sheet);
}

static void
on_side(SaoyVisit *visit, void *data, const GError *error)
{
    Sheet *sheet = data;

    /* the person may have gone back meanwhile: what was fed is hers all the same */
    saoy_page_start(visit, sheet->picture, sheet->dpi, sheet->document);
    saoy_visit_touch(visit);
    saoy_visit_refresh(visit);
}

static void
tell_side(const ScanJob *job, GBytes *picture, int dpi)
{
    Sheet *sheet = g_new0(Sheet, 1);

    *sheet = (Sheet){ pass_gate(job, picture), dpi, job->document };
    saoy_visit_tell(job->alive, job->generation, on_side, sheet, sheet_free);
}

/* on the scanner's worker */
static void
on_sheet(GBytes *front, GBytes *back, int dpi, void *user)
{
    tell_side(user, front, dpi);
    if (back != NULL)
        tell_side(user, back, dpi);
}

static bool
scan(void *p, GCancellable *cancel, GError **error)
{
    ScanJob *job = p;
    const SaoyScanRequest request = { .dpi = SCAN_DPI };

    job->cancel = cancel;
    return saoy_scanner_scan(job->devices->scanner, &request, on_sheet, job, cancel, error);
}

static const char *
problem_of(const GError *error)
{
    const char *hint = saoy_scanner_hint(error);

    return hint != NULL ? hint : N_("The scanner did not answer. Scan again.");
}

static void
on_scanned(SaoyVisit *visit, void *data, const GError *error)
{
    const ScanJob *job = data;

    if (!saoy_visit_current(visit, job->turn))
        return;
    visit->session->problem =
        error != NULL ? problem_of(error) : visit->session->glass_hint;
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_scan(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    visit->session->problem = visit->session->note = NULL;
    saoy_visit_run(visit, SAOY_ON_SCANNER, scan, scan_job_new(visit, turn), scan_job_free,
                   cancel, on_scanned);
}

/* ---- a look at the glass */

static bool
look_at_glass(void *p, GCancellable *cancel, GError **error)
{
    ScanJob *job = p;

    return saoy_scanner_look_at_glass(job->devices->scanner, &job->ink, cancel, error);
}

static void
on_looked(SaoyVisit *visit, void *data, const GError *error)
{
    const ScanJob *job = data;

    if (!saoy_visit_current(visit, job->turn))
        return;
    visit->session->paper_on_glass = job->ink;
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_look_at_glass(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    saoy_visit_run(visit, SAOY_ON_SCANNER, look_at_glass, scan_job_new(visit, turn),
                   scan_job_free, cancel, on_looked);
}
