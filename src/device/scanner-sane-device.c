/* libsane behind the driver's seam. It is used by one thread at a time. */
#include "scanner-sane-device.h"

#include "core/error.h"
#include "device/scanner.h"
#include "scanner-sane-options.h"

/* sane_init() and sane_exit() bracket all open handles. */
static unsigned users;

static bool
sane_enter(GError **error)
{
    SANE_Status status = users > 0 ? SANE_STATUS_GOOD : sane_init(NULL, NULL);

    if (status != SANE_STATUS_GOOD)
        return saoy_sane_fail(status, "init", error);
    users++;
    return true;
}

static void
sane_leave(void)
{
    if (--users == 0)
        sane_exit();
}

/* NULL-terminated, until the next call: this machine's devices, or the network's too. */
static const SANE_Device **
devices_of(bool local, GError **error)
{
    const SANE_Device **devices = NULL;
    SANE_Status status = sane_get_devices(&devices, local ? SANE_TRUE : SANE_FALSE);

    if (status != SANE_STATUS_GOOD) {
        saoy_sane_fail(status, "devices", error);
        return NULL;
    }
    return devices;
}

bool
saoy_scanner_find(SaoyScannerFoundFunc *found, void *user, GError **error)
{
    if (!sane_enter(error))
        return false;
    const SANE_Device **devices = devices_of(false, error);
    for (size_t i = 0; devices != NULL && devices[i] != NULL; i++) {
        g_autofree char *model =
            g_strdup_printf("%s %s", devices[i]->vendor, devices[i]->model);

        found(devices[i]->name, model, devices[i]->type, user);
    }
    sane_leave();
    return devices != NULL;
}

/* The first there is: looking through the network takes seconds, so this machine first. */
static const char *
first_device(void)
{
    for (int local = 1; local >= 0; local--) {
        const SANE_Device **devices = devices_of(local != 0, NULL);

        if (devices != NULL && devices[0] != NULL)
            return devices[0]->name;
    }
    return "";
}

static const SANE_Option_Descriptor *
live_option(void *self, SANE_Int i)
{
    return sane_get_option_descriptor(self, i);
}

static SANE_Status
live_control(void *self, SANE_Int i, SANE_Action action, void *value, SANE_Int *info)
{
    return sane_control_option(self, i, action, value, info);
}

static SANE_Status
live_parameters(void *self, SANE_Parameters *out)
{
    return sane_get_parameters(self, out);
}

static SANE_Status
live_start(void *self)
{
    return sane_start(self);
}

static SANE_Status
live_read(void *self, SANE_Byte *buffer, SANE_Int max, SANE_Int *out_n)
{
    return sane_read(self, buffer, max, out_n);
}

static void
live_cancel(void *self)
{
    sane_cancel(self);
}

static void
live_close(void *self)
{
    sane_close(self);
    sane_leave();
}

static const SaoySaneClass live_class = {
    live_option, live_control, live_parameters, live_start,
    live_read,   live_cancel,  live_close,
};

static bool
open_handle(const char *name, SANE_Handle *out, GError **error)
{
    if (*name == '\0')
        name = first_device();
    if (*name == '\0')
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no scanner found");

    SANE_Status status = sane_open(name, out);
    if (status == SANE_STATUS_INVAL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no scanner %s", name);
    return status == SANE_STATUS_GOOD || saoy_sane_fail(status, "open", error);
}

bool
saoy_sane_device_open(const char *name, SaoySaneDevice *out, GError **error)
{
    SANE_Handle handle = NULL;

    if (!sane_enter(error))
        return false;
    if (!open_handle(name, &handle, error)) {
        sane_leave();
        return false;
    }
    *out = (SaoySaneDevice){ &live_class, handle };
    return true;
}
