#include "visit-private.h"

#include <glib/gi18n.h>

enum { SCAN_DPI = 300 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn, document;
    SaoyDevices *devices;
    bool ink;
} ScanJob;

static void
scan_job_free(void *p)
{
    ScanJob *job = p;

    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static ScanJob *
scan_job_new(SaoyVisit *visit, unsigned turn)
{
    ScanJob *job = g_new0(ScanJob, 1);

    *job = (ScanJob){ g_atomic_rc_box_acquire(visit->alive), visit->generation, turn,
                      visit->session->current, &visit->devices };
    return job;
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

    *sheet = (Sheet){ g_bytes_ref(picture), dpi, job->document };
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
    visit->session->problem = error != NULL ? problem_of(error) : NULL;
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_scan(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    visit->session->problem = NULL;
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
