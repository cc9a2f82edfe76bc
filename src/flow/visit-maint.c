/* What a technician does, written down before it is done; how the devices are. */
#include "visit-private.h"

#include "core/log.h"

#include <string.h>

bool
saoy_visit_note_action(SaoyVisit *visit, const char *action, unsigned technician,
                       GError **error)
{
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "action", action);
    saoy_json_set_int(entry, "technician", technician);
    saoy_log(SAOY_LOG_MAINT, SAOY_W("action", action), SAOY_N("technician", technician));
    return saoy_visit_note(visit, "maint", entry, error);
}

/* ---- the devices */

typedef struct {
    SaoyBench *bench;
    SaoyVisit **alive;
    SaoyAskedFunc *asked;
    void *user;
    unsigned out; /* workers that have not answered; main thread only */
} Ask;

typedef struct {
    Ask *ask;
    SaoyDeviceKind kind;
} AskOne;

static bool
ask_one(void *data, GCancellable *cancel, GError **error)
{
    const AskOne *one = data;

    saoy_bench_poll(one->ask->bench, one->kind);
    return true;
}

static void
on_asked(GObject *source, GAsyncResult *result, void *user)
{
    Ask *ask = user;

    if (--ask->out > 0)
        return;
    memset(ask->bench, 0, offsetof(SaoyBench, health)); /* the handles stay the visit's */
    if (*ask->alive != NULL)
        ask->asked(ask->user, ask->bench);
    else
        saoy_bench_close(ask->bench);
    g_atomic_rc_box_release(ask->alive);
    g_free(ask);
}

static SaoyBench *
bench_of(const SaoyVisit *visit)
{
    const SaoyDevices *d = &visit->devices;
    const SaoyKioskConfig *c = visit->config;
    const bool there[SAOY_DEVICE_N] = {
        [SAOY_DEVICE_SCANNER] = d->scanner != NULL,
        [SAOY_DEVICE_CAMERA] = d->camera != NULL,
        [SAOY_DEVICE_PRINTER] = d->printer != NULL,
        [SAOY_DEVICE_CARD] = d->card != NULL,
        [SAOY_DEVICE_PAYMENT] = d->payment != NULL,
    };
    const char *const drivers[SAOY_DEVICE_N] = {
        [SAOY_DEVICE_SCANNER] = c->scanner_driver,
        [SAOY_DEVICE_CAMERA] = c->camera_driver,
        [SAOY_DEVICE_PRINTER] = c->paper == SAOY_PAPER_PRINT ? c->printer_driver : "none",
        [SAOY_DEVICE_CARD] = c->card_driver,
        [SAOY_DEVICE_PAYMENT] = c->fee_waived ? "none" : c->payment_driver,
    };
    SaoyBench *bench = g_new0(SaoyBench, 1);

    *bench = (SaoyBench){ d->scanner, d->camera, d->printer, d->card, d->payment };
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++) {
        bench->configured[kind] = *drivers[kind] != '\0' && strcmp(drivers[kind], "none");
        bench->health[kind] = there[kind] ? SAOY_HEALTH_READY : SAOY_HEALTH_ABSENT;
        bench->reason[kind] = g_strdup(there[kind] ? "" : "it did not open");
    }
    return bench;
}

void
saoy_visit_ask_devices(SaoyVisit *visit, SaoyAskedFunc *asked, void *user)
{
    static const SaoyWorkerId on[SAOY_DEVICE_N] = {
        [SAOY_DEVICE_SCANNER] = SAOY_ON_SCANNER, [SAOY_DEVICE_CAMERA] = SAOY_ON_CAMERA,
        [SAOY_DEVICE_PRINTER] = SAOY_ON_PRINTER, [SAOY_DEVICE_CARD] = SAOY_ON_CARD,
        [SAOY_DEVICE_PAYMENT] = SAOY_ON_PAYMENT,
    };
    Ask *ask = g_new0(Ask, 1);

    *ask = (Ask){ bench_of(visit), g_atomic_rc_box_acquire(visit->alive), asked, user,
                  SAOY_DEVICE_N };
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++) {
        AskOne *one = g_new0(AskOne, 1);

        *one = (AskOne){ ask, (SaoyDeviceKind)kind };
        saoy_worker_run(visit->workers[on[kind]], ask_one, one, g_free, NULL, on_asked,
                        ask);
    }
}
