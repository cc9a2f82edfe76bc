/* The emulated printer: a folder in which the sheets come out. */
#include "core/error.h"
#include "core/file.h"
#include "device/printer.h"

#include <glib/gstdio.h>

typedef struct {
    char *folder;
} Emu;

static const struct {
    const char *lever;
    SaoyErrorCode code;
} levers[] = {
    { "offline", SAOY_ERROR_OFFLINE },
    { "jam", SAOY_ERROR_JAM },
    { "out-of-paper", SAOY_ERROR_NO_MEDIA },
};

static bool
is_set(const Emu *emu, const char *lever)
{
    g_autofree char *path = g_build_filename(emu->folder, lever, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void *
emu_open(const char *address, GError **error)
{
    if (!g_file_test(address, G_FILE_TEST_IS_DIR))
        return saoy_null(error, SAOY_ERROR_OFFLINE, "no folder %s", address);

    Emu *emu = g_new0(Emu, 1);
    emu->folder = g_strdup(address);
    return emu;
}

static bool
emu_ready(void *self, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++)
        if (is_set(self, levers[i].lever))
            return saoy_fail(error, levers[i].code, "%s", levers[i].lever);
    return true;
}

static bool
emu_busy(void *self)
{
    return false; /* a print ends before it returns */
}

/* Written before the first sheet: from here on the name is used up. */
static bool
spool(const Emu *emu, const char *job, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.spooled", emu->folder, job);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "job %s was spooled before", job);
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)"", 0 }, error);
}

static bool
put_out(const Emu *emu, GBytes *pdf, const char *job, unsigned copy, GError **error)
{
    g_autofree char *path = copy == 1
                                ? g_strdup_printf("%s/%s.pdf", emu->folder, job)
                                : g_strdup_printf("%s/%s-%u.pdf", emu->folder, job, copy);

    return saoy_file_write(path, saoy_view_of(pdf), error);
}

static bool
emu_print(void *self, GBytes *pdf, const char *job, unsigned copies, GCancellable *cancel,
          GError **error)
{
    const Emu *emu = self;

    if (!emu_ready(self, error) || !spool(emu, job, error))
        return false;
    for (unsigned copy = 1; copy <= copies; copy++) {
        if (is_set(emu, "jam-while-printing"))
            return saoy_fail(error, SAOY_ERROR_JAM, "jam at copy %u", copy);
        if (g_cancellable_set_error_if_cancelled(cancel, error) ||
            !put_out(emu, pdf, job, copy, error))
            return false;
    }
    return true;
}

static void
emu_close(void *self)
{
    Emu *emu = self;

    g_free(emu->folder);
    g_free(emu);
}

const SaoyPrinterDriver saoy_printer_emu = {
    .name = "emu",
    .open = emu_open,
    .print = emu_print,
    .ready = emu_ready,
    .busy = emu_busy,
    .close = emu_close,
};
