#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* job: idempotency number, letters, digits, ".", "_" and "-", at most 64; the driver
 * refuses (REFUSED) a job name it has spooled before. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    /* spools the PDF and waits until it has come out */
    bool (*print)(void *self, GBytes *pdf, const char *job, unsigned copies,
                  GCancellable *cancel, GError **error);
    bool (*ready)(void *self, GError **error); /* NO_MEDIA, JAM, OFFLINE */
    bool (*busy)(void *self);                  /* does the spool still hold a job of ours */
    void (*close)(void *self);
} SaoyPrinterDriver;

extern const SaoyPrinterDriver saoy_printer_cups; /* address: queue, or ipp:// URI */

/* A folder that takes the PDFs as <job>.pdf, <job>-2.pdf … Levers are files in it:
 * "offline", "jam", "out-of-paper" (before anything is spooled), "jam-while-printing". */
extern const SaoyPrinterDriver saoy_printer_emu;

typedef struct SaoyPrinter SaoyPrinter;

/* OFFLINE when there is no such printer or queue. */
SaoyPrinter *saoy_printer_open(const char *driver, const char *address, GError **error);

/* Waits until all copies have come out. NO_MEDIA, JAM, OFFLINE as ready() says, before
 * anything is spooled: the same job may be tried again. After that the name is used up,
 * whatever happens: REFUSED when it comes again. MALFORMED when it is no PDF. Cancelling
 * takes the job out of the spool. */
bool saoy_printer_print(SaoyPrinter *printer, GBytes *pdf, const char *job, unsigned copies,
                        GCancellable *cancel, GError **error);
bool saoy_printer_ready(SaoyPrinter *printer, GError **error);
bool saoy_printer_busy(SaoyPrinter *printer);
void saoy_printer_close(SaoyPrinter *printer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPrinter, saoy_printer_close)
