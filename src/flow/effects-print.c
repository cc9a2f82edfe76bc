#include "visit-private.h"

#include "core/clock.h"
#include "document/print.h"

#include <glib/gi18n.h>

#include <string.h>

typedef struct {
    SaoyApproval *approval;
    GBytes *pdf;
    unsigned copies;
    char *job_name;
} Sheets;

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
    Sheets sheets[SAOY_DOCUMENTS_MAX];
    size_t n;
} PrintJob;

static void
print_job_free(void *p)
{
    PrintJob *job = p;

    for (size_t i = 0; i < job->n; i++) {
        saoy_approval_free(job->sheets[i].approval);
        g_bytes_unref(job->sheets[i].pdf);
        g_free(job->sheets[i].job_name);
    }
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static void
on_printed_one(SaoyVisit *visit, void *data, const GError *error)
{
    visit->session->print_done++;
    saoy_visit_refresh(visit);
}

/* people's address of the look-up page: the link without what is secret in it */
static char *
look_up_address(const SaoyKioskConfig *config, const SaoyApproval *approval)
{
    const char *end = strstr(approval->link, "/v/");

    if (config->public_url[0] != '\0')
        return g_strdup(config->public_url);
    return end != NULL ? g_strndup(approval->link, (gsize)(end - approval->link))
                       : g_strdup(approval->link);
}

static bool
print_one(const PrintJob *job, const Sheets *sheets, GCancellable *cancel, GError **error)
{
    g_autofree char *address = look_up_address(job->config, sheets->approval);
    const SaoyPrintNote note = { .approval = sheets->approval,
                                 .system = job->config->system,
                                 .owner = job->config->owner,
                                 .kiosk_id = job->config->kiosk_id,
                                 .printed_at_us = saoy_clock_wall_us(),
                                 .look_up = address };
    g_autoptr(GBytes) edition = saoy_print_edition(sheets->pdf, &note, error);

    return edition != NULL &&
           saoy_printer_print(job->devices->printer, edition, sheets->job_name,
                              sheets->copies, cancel, error);
}

/* on the printer's worker */
static bool
print(void *p, GCancellable *cancel, GError **error)
{
    PrintJob *job = p;

    for (size_t i = 0; i < job->n; i++) {
        if (!print_one(job, &job->sheets[i], cancel, error))
            return false;
        saoy_visit_tell(job->alive, job->generation, on_printed_one, NULL, NULL);
    }
    return true;
}

/* A failed print refunds nothing: slip, link and QR remain (product.md §3). */
static void
on_printed(SaoyVisit *visit, void *data, const GError *error)
{
    const PrintJob *job = data;
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "dossier", visit->session->dossier);
    saoy_visit_note(visit, error == NULL ? "printed" : "print_failed", entry, NULL);
    if (!saoy_visit_current(visit, job->turn))
        return;
    visit->session->print_failed = error != NULL;
    saoy_visit_done(visit, job->turn, NULL);
}

static void
take_sheets(SaoyVisit *visit, PrintJob *job)
{
    for (unsigned d = 0; d < visit->session->n_documents; d++) {
        const SaoyDocument *document = &visit->session->documents[d];
        g_autoptr(SaoyJson) json = NULL;

        if (document->state != SAOY_DOC_ISSUED || document->pdf == NULL)
            continue;
        json = saoy_approval_to_json(visit->approvals[d]);
        job->sheets[job->n++] =
            (Sheets){ saoy_approval_from_json(json, NULL), g_bytes_ref(document->pdf),
                      document->copies,
                      g_strdup_printf("%s-p%u", document->copy_id, ++visit->prints) };
    }
}

static bool
note_printing(SaoyVisit *visit, const PrintJob *job)
{
    SaoyJson *entry = saoy_json_object();
    SaoyJson *names = saoy_json_array();

    for (size_t i = 0; i < job->n; i++)
        saoy_json_append_string(names, job->sheets[i].job_name);
    saoy_json_set_string(entry, "dossier", visit->session->dossier);
    saoy_json_set(entry, "jobs", names);
    return saoy_visit_note(visit, "printing", entry, NULL);
}

void
saoy_do_deliver(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    PrintJob *job = NULL;

    if (visit->config->paper != SAOY_PAPER_PRINT || !visit->devices.has_printer) {
        saoy_visit_done(visit, turn, NULL);
        return;
    }
    job = g_new0(PrintJob, 1);
    *job = (PrintJob){ g_atomic_rc_box_acquire(visit->alive), visit->generation, turn,
                       &visit->devices, visit->config };
    take_sheets(visit, job);
    visit->session->print_done = 0;
    visit->session->print_total = (unsigned)job->n;
    visit->session->print_failed = false;
    if (job->n == 0 || !note_printing(visit, job)) {
        visit->session->print_failed = job->n > 0;
        print_job_free(job);
        saoy_visit_done(visit, turn, NULL);
        return;
    }
    saoy_visit_run(visit, SAOY_ON_PRINTER, print, job, print_job_free, cancel, on_printed);
}
