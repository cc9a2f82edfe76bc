#include "device/printer.h"

#include "core/error.h"
#include "core/file.h"
#include "names.h"
#include "watch.h"

#include <string.h>

struct SaoyPrinter {
    const SaoyPrinterDriver *driver;
    void *self;
};

static const SaoyPrinterDriver *const drivers[] = { &saoy_printer_cups, &saoy_printer_emu };

SaoyPrinter *
saoy_printer_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        int64_t start = saoy_watch_start();
        void *self = drivers[i]->open(address, error);
        if (!saoy_watch_end(SAOY_DEVICE_PRINTER, driver, "open", start, self != NULL,
                            error))
            return NULL;
        SaoyPrinter *printer = g_new0(SaoyPrinter, 1);
        *printer = (SaoyPrinter){ drivers[i], self };
        return printer;
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no printer driver named %s", driver);
}

static bool
check_job(GBytes *pdf, const char *job, GError **error)
{
    SaoyView view = saoy_view_of(pdf);

    if (!saoy_name_is_plain(job))
        return saoy_fail(error, SAOY_ERROR_FAILED, "a job cannot be called that");
    if (view.size < 5 || memcmp(view.data, "%PDF-", 5) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "what should be printed is no PDF");
    return true;
}

bool
saoy_printer_print(SaoyPrinter *printer, GBytes *pdf, const char *job, unsigned copies,
                   GCancellable *cancel, GError **error)
{
    g_return_val_if_fail(copies >= 1 && copies <= 100, false);

    int64_t start = saoy_watch_start();
    bool done = check_job(pdf, job, error) &&
                !g_cancellable_set_error_if_cancelled(cancel, error) &&
                printer->driver->print(printer->self, pdf, job, copies, cancel, error);
    return saoy_watch_end(SAOY_DEVICE_PRINTER, printer->driver->name, "print", start, done,
                          error);
}

bool
saoy_printer_ready(SaoyPrinter *printer, GError **error)
{
    int64_t start = saoy_watch_start();
    bool done = printer->driver->ready(printer->self, error);

    return saoy_watch_end(SAOY_DEVICE_PRINTER, printer->driver->name, "ready", start, done,
                          error);
}

bool
saoy_printer_busy(SaoyPrinter *printer)
{
    return printer->driver->busy(printer->self);
}

void
saoy_printer_close(SaoyPrinter *printer)
{
    printer->driver->close(printer->self);
    g_free(printer);
}
