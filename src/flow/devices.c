/* Opens and closes every device on its own worker (SANE wants one thread for a handle's
 * whole life). */
#include "visit-private.h"

#include <string.h>

typedef struct {
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
} Open;

static bool
wanted(const char *driver)
{
    return driver[0] != '\0' && !g_str_equal(driver, "none");
}

static bool
open_card(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;

    o->devices->card =
        saoy_card_open(o->config->card_driver, o->config->card_address, error);
    return o->devices->card != NULL;
}

static bool
open_scanner(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;

    o->devices->scanner =
        saoy_scanner_open(o->config->scanner_driver, o->config->scanner_address, error);
    return o->devices->scanner != NULL;
}

/* [emu] speed = 0: the emulated camera does not wait between frames */
static char *
camera_address(const SaoyKioskConfig *config)
{
    bool hurry = config->speed == 0 && g_str_equal(config->camera_driver, "emu") &&
                 strchr(config->camera_address, '?') == NULL;

    return g_strconcat(config->camera_address, hurry ? "?fps=0" : NULL, NULL);
}

/* A device that the visit can do without: what is wrong with it was counted and goes to the
 * log, and the visit goes on. */
static void
do_without(const GError *error)
{
    if (error != NULL)
        g_message("%s", error->message);
}

/* without camera or weights the officer compares the pictures: never a reason to close */
static bool
open_camera(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;
    g_autofree char *address = camera_address(o->config);
    g_autoptr(GError) fault = NULL;

    if (wanted(o->config->camera_driver))
        o->devices->camera = saoy_camera_open(o->config->camera_driver, address, &fault);
    do_without(fault);
    if (o->devices->camera == NULL)
        return true;
    o->devices->has_camera = true;
    o->devices->matcher = saoy_face_open(NULL);
    o->devices->has_matcher = o->devices->matcher != NULL;
    return true;
}

static bool
open_printer(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;
    g_autoptr(GError) fault = NULL;

    if (wanted(o->config->printer_driver) && o->config->paper == SAOY_PAPER_PRINT)
        o->devices->printer = saoy_printer_open(o->config->printer_driver,
                                                o->config->printer_address, &fault);
    do_without(fault);
    o->devices->has_printer = o->devices->printer != NULL;
    return true;
}

static bool
open_payment(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;
    g_autoptr(GError) fault = NULL;

    if (wanted(o->config->payment_driver) && !o->config->fee_waived)
        o->devices->payment = saoy_payment_open(o->config->payment_driver,
                                                o->config->payment_address, &fault);
    do_without(fault);
    o->devices->has_payment = o->devices->payment != NULL;
    return true;
}

static SaoyHub *
hub_of(const SaoyKioskConfig *config, GError **error)
{
    return saoy_hub_open(config->hub_url, config->hub_ca[0] != '\0' ? config->hub_ca : NULL,
                         config->hub_cert[0] != '\0' ? config->hub_cert : NULL,
                         config->hub_key[0] != '\0' ? config->hub_key : NULL, error);
}

static bool
open_hub(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;

    o->devices->hub = hub_of(o->config, error);
    return o->devices->hub != NULL;
}

static bool
open_lease_hub(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;

    o->devices->lease_hub = hub_of(o->config, error);
    return o->devices->lease_hub != NULL;
}

static bool
open_reader(void *p, GCancellable *cancel, GError **error)
{
    const Open *o = p;

    o->devices->reader = saoy_reader_open(error);
    return o->devices->reader != NULL;
}

/* ---- closing */

static bool
close_card(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->card, saoy_card_close);
    return true;
}

static bool
close_scanner(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->scanner, saoy_scanner_close);
    return true;
}

static bool
close_camera(void *p, GCancellable *cancel, GError **error)
{
    SaoyDevices *devices = p;

    g_clear_pointer(&devices->matcher, saoy_face_close);
    g_clear_pointer(&devices->camera, saoy_camera_close);
    return true;
}

static bool
close_printer(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->printer, saoy_printer_close);
    return true;
}

static bool
close_payment(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->payment, saoy_payment_close);
    return true;
}

static bool
close_hub(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->hub, saoy_hub_close);
    return true;
}

static bool
close_lease_hub(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->lease_hub, saoy_hub_close);
    return true;
}

static bool
close_reader(void *p, GCancellable *cancel, GError **error)
{
    g_clear_pointer(&((SaoyDevices *)p)->reader, saoy_reader_close);
    return true;
}

/* clang-format off */
static const struct {
    SaoyJob *open, *close;
    bool needed;
    const char *name;
} jobs[SAOY_ON_N] = {
    [SAOY_ON_CARD] =    { open_card,      close_card,      true,  "card reader" },
    [SAOY_ON_CAMERA] =  { open_camera,    close_camera,    false, "camera" },
    [SAOY_ON_SCANNER] = { open_scanner,   close_scanner,   true,  "scanner" },
    [SAOY_ON_PRINTER] = { open_printer,   close_printer,   false, "printer" },
    [SAOY_ON_PAYMENT] = { open_payment,   close_payment,   false, "payment" },
    [SAOY_ON_NET] =     { open_hub,       close_hub,       true,  "hub" },
    [SAOY_ON_LEASE] =   { open_lease_hub, close_lease_hub, true,  "hub" },
    [SAOY_ON_CPU] =     { open_reader,    close_reader,    true,  "text recognition" },
};
/* clang-format on */

static bool
is_there(const SaoyDevices *devices, SaoyWorkerId id)
{
    const void *const handles[SAOY_ON_N] = {
        [SAOY_ON_CARD] = devices->card,       [SAOY_ON_CAMERA] = devices->camera,
        [SAOY_ON_SCANNER] = devices->scanner, [SAOY_ON_PRINTER] = devices->printer,
        [SAOY_ON_PAYMENT] = devices->payment, [SAOY_ON_NET] = devices->hub,
        [SAOY_ON_LEASE] = devices->lease_hub, [SAOY_ON_CPU] = devices->reader,
    };

    return handles[id] != NULL;
}

bool
saoy_device_ensure(SaoyDevices *devices, const SaoyKioskConfig *config, SaoyWorkerId id,
                   GError **error)
{
    Open open = { devices, config };

    if (is_there(devices, id))
        return true;
    if (jobs[id].open(&open, NULL, error))
        return true;
    g_prefix_error(error, "%s: ", jobs[id].name);
    return !jobs[id].needed;
}

typedef struct {
    unsigned waiting;
    bool missing;
} Opening;

typedef struct {
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
    SaoyWorkerId id;
} Ensure;

static bool
ensure(void *p, GCancellable *cancel, GError **error)
{
    const Ensure *e = p;

    return saoy_device_ensure(e->devices, e->config, e->id, error);
}

static void
on_open(GObject *source, GAsyncResult *result, gpointer user)
{
    Opening *opening = user;
    g_autoptr(GError) error = NULL;

    opening->waiting--;
    if (saoy_worker_finish(result, &error))
        return;
    g_warning("%s", error->message);
    opening->missing = true;
}

/* At start nothing else happens yet, so the main loop may turn here till all have answered.
 */
bool
saoy_devices_open(SaoyVisit *visit)
{
    Opening opening = { 0 };

    for (int i = 0; i < SAOY_ON_N; i++) {
        Ensure *e = g_new0(Ensure, 1);

        *e = (Ensure){ &visit->devices, visit->config, (SaoyWorkerId)i };
        opening.waiting++;
        saoy_worker_run(visit->workers[i], ensure, e, g_free, NULL, on_open, &opening);
    }
    while (opening.waiting > 0)
        g_main_context_iteration(NULL, TRUE);
    return !opening.missing;
}

static void
on_close(GObject *source, GAsyncResult *result, gpointer user)
{
    saoy_worker_finish(result, NULL);
}

void
saoy_devices_close(SaoyVisit *visit)
{
    for (int i = 0; i < SAOY_ON_N; i++)
        if (visit->workers[i] != NULL)
            saoy_worker_run(visit->workers[i], jobs[i].close, &visit->devices, NULL, NULL,
                            on_close, NULL);
}
