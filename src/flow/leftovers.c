/* At start: what the hardware still holds of whoever was there before the machine went off
 * (house.md §3.4). The visit then begins by saying so, in SORRY. Emulated devices are asked
 * only when [emu] leftovers says so (docs/decisions/0005). */
#include "visit-private.h"

#include "device/bench.h"

typedef struct {
    SaoyDevices *devices;
    SaoyWorkerId id;
    SaoyLeftovers *left; /* only this device's share is written */
} LookJob;

/* on the device's own worker */
static bool
look(void *p, GCancellable *cancel, GError **error)
{
    LookJob *job = p;
    SaoyBench bench = { 0 };
    SaoyLeftovers left = { 0 };

    bench.scanner = job->id == SAOY_ON_SCANNER ? job->devices->scanner : NULL;
    bench.card = job->id == SAOY_ON_CARD ? job->devices->card : NULL;
    bench.printer = job->id == SAOY_ON_PRINTER ? job->devices->printer : NULL;
    left = saoy_bench_leftovers(&bench);
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++)
        g_free(bench.reason[kind]);
    if (bench.scanner != NULL)
        job->left->paper_on_glass = left.paper_on_glass;
    if (bench.card != NULL)
        job->left->card_left = left.card_left;
    if (bench.printer != NULL)
        job->left->job_spooled = left.job_spooled;
    return true;
}

static void
on_looked(GObject *source, GAsyncResult *result, gpointer user)
{
    unsigned *waiting = user;

    saoy_worker_finish(result, NULL);
    (*waiting)--;
}

static void
ask(SaoyVisit *visit, SaoyWorkerId id, const char *driver, SaoyLeftovers *left,
    unsigned *waiting)
{
    LookJob *job = NULL;

    if (g_str_equal(driver, "emu") && !visit->config->emu_leftovers)
        return;
    job = g_new0(LookJob, 1);
    *job = (LookJob){ &visit->devices, id, left };
    (*waiting)++;
    saoy_worker_run(visit->workers[id], look, job, g_free, NULL, on_looked, waiting);
}

/* As in saoy_devices_open, nothing else happens yet. */
bool
saoy_leftovers_look(SaoyVisit *visit)
{
    SaoyLeftovers left = { 0 };
    unsigned waiting = 0;

    ask(visit, SAOY_ON_SCANNER, visit->config->scanner_driver, &left, &waiting);
    ask(visit, SAOY_ON_CARD, visit->config->card_driver, &left, &waiting);
    ask(visit, SAOY_ON_PRINTER, visit->config->printer_driver, &left, &waiting);
    while (waiting > 0)
        g_main_context_iteration(NULL, TRUE);
    visit->session->sorry = (SaoySorry){ .at = SAOY_STATE_WELCOME,
                                         .why = SAOY_CLASS_USER,
                                         .paper_left = left.paper_on_glass,
                                         .card_left = left.card_left,
                                         .job_left = left.job_spooled };
    return left.paper_on_glass || left.card_left || left.job_spooled;
}
