#include "device/bench.h"

#include "core/error.h"

typedef void OpenFunc(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error);

static void
open_scanner(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error)
{
    bench->scanner = saoy_scanner_open(at->driver, at->address, error);
}

static void
open_camera(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error)
{
    bench->camera = saoy_camera_open(at->driver, at->address, error);
}

static void
open_printer(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error)
{
    bench->printer = saoy_printer_open(at->driver, at->address, error);
}

static void
open_card(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error)
{
    bench->card = saoy_card_open(at->driver, at->address, error);
}

static void
open_payment(SaoyBench *bench, const SaoyDeviceAddress *at, GError **error)
{
    bench->payment = saoy_payment_open(at->driver, at->address, error);
}

static OpenFunc *const openers[SAOY_DEVICE_N] = {
    [SAOY_DEVICE_SCANNER] = open_scanner, [SAOY_DEVICE_CAMERA] = open_camera,
    [SAOY_DEVICE_PRINTER] = open_printer, [SAOY_DEVICE_CARD] = open_card,
    [SAOY_DEVICE_PAYMENT] = open_payment,
};

static void
note(SaoyBench *bench, SaoyDeviceKind kind, SaoyHealth health, const char *reason)
{
    bench->health[kind] = health;
    g_free(bench->reason[kind]);
    bench->reason[kind] = g_strdup(reason);
}

static void
open_one(SaoyBench *bench, SaoyDeviceKind kind, const SaoyDeviceAddress *at)
{
    g_autoptr(GError) error = NULL;

    if (at->driver == NULL || *at->driver == '\0' || g_str_equal(at->driver, "none")) {
        note(bench, kind, SAOY_HEALTH_ABSENT, "none configured");
        return;
    }
    bench->configured[kind] = true;
    openers[kind](bench, at, &error);
    note(bench, kind, error == NULL ? SAOY_HEALTH_READY : SAOY_HEALTH_ABSENT,
         error == NULL ? "" : error->message);
}

SaoyBench *
saoy_bench_open(const SaoyDeviceAddress addresses[SAOY_DEVICE_N])
{
    SaoyBench *bench = g_new0(SaoyBench, 1);

    for (int kind = 0; kind < SAOY_DEVICE_N; kind++)
        open_one(bench, (SaoyDeviceKind)kind, &addresses[kind]);
    return bench;
}

void
saoy_bench_close(SaoyBench *bench)
{
    g_clear_pointer(&bench->scanner, saoy_scanner_close);
    g_clear_pointer(&bench->camera, saoy_camera_close);
    g_clear_pointer(&bench->printer, saoy_printer_close);
    g_clear_pointer(&bench->card, saoy_card_close);
    g_clear_pointer(&bench->payment, saoy_payment_close);
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++)
        g_free(bench->reason[kind]);
    g_free(bench);
}

/* Who can mend it decides how bad it is. */
static SaoyHealth
health_of(const GError *error)
{
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
        return SAOY_HEALTH_ATTENTION;
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE))
        return SAOY_HEALTH_ABSENT;
    return SAOY_HEALTH_FAILED;
}

static void
poll_printer(SaoyBench *bench)
{
    g_autoptr(GError) error = NULL;

    if (!saoy_printer_ready(bench->printer, &error))
        note(bench, SAOY_DEVICE_PRINTER, health_of(error), error->message);
    else if (saoy_printer_busy(bench->printer))
        note(bench, SAOY_DEVICE_PRINTER, SAOY_HEALTH_BUSY, "a job is in the spool");
    else
        note(bench, SAOY_DEVICE_PRINTER, SAOY_HEALTH_READY, "");
}

static void
poll_camera(SaoyBench *bench)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) frame = saoy_camera_frame(bench->camera, NULL, &error);

    note(bench, SAOY_DEVICE_CAMERA, frame != NULL ? SAOY_HEALTH_READY : health_of(error),
         frame != NULL ? "" : error->message);
}

SaoyHealth
saoy_bench_poll(SaoyBench *bench, SaoyDeviceKind kind)
{
    if (kind == SAOY_DEVICE_PRINTER && bench->printer != NULL)
        poll_printer(bench);
    if (kind == SAOY_DEVICE_CAMERA && bench->camera != NULL)
        poll_camera(bench);
    /* a scanner is only asked by scanning, a till by paying: open is all that can be known
     */
    return bench->health[kind];
}

SaoyLeftovers
saoy_bench_leftovers(SaoyBench *bench)
{
    SaoyLeftovers left = { 0 };

    if (bench->scanner != NULL &&
        !saoy_scanner_look_at_glass(bench->scanner, &left.paper_on_glass, NULL, NULL))
        left.paper_on_glass = false;
    if (left.paper_on_glass)
        note(bench, SAOY_DEVICE_SCANNER, SAOY_HEALTH_ATTENTION, "paper lies on the glass");
    left.card_left = bench->card != NULL && saoy_card_present(bench->card);
    if (left.card_left)
        note(bench, SAOY_DEVICE_CARD, SAOY_HEALTH_ATTENTION, "a card lies on the reader");
    left.job_spooled = bench->printer != NULL && saoy_printer_busy(bench->printer);
    if (left.job_spooled)
        note(bench, SAOY_DEVICE_PRINTER, SAOY_HEALTH_BUSY, "a job is in the spool");
    return left;
}
