#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* job: idempotency number; the driver refuses (REFUSED) a job name it has spooled before. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    /* spools the PDF and waits until it has come out */
    bool (*print)(void *self, GBytes *pdf, const char *job, unsigned copies,
                  GCancellable *cancel, GError **error);
    bool (*ready)(void *self, GError **error); /* NO_MEDIA, JAM, OFFLINE */
    void (*close)(void *self);
} SaoyPrinterDriver;

extern const SaoyPrinterDriver saoy_printer_cups; /* address: queue, or ipp:// URI */
extern const SaoyPrinterDriver saoy_printer_emu;  /* address: folder that takes the PDFs */

typedef struct SaoyPrinter SaoyPrinter;
SaoyPrinter *saoy_printer_open(const char *driver, const char *address, GError **error);
bool saoy_printer_print(SaoyPrinter *printer, GBytes *pdf, const char *job, unsigned copies,
                        GCancellable *cancel, GError **error);
bool saoy_printer_ready(SaoyPrinter *printer, GError **error);
void saoy_printer_close(SaoyPrinter *printer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPrinter, saoy_printer_close)
