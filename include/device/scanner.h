#pragma once
#include <gio/gio.h>
#include <stdbool.h>

typedef struct {
    int dpi;      /* 75..1200 */
    bool duplex;
    bool preview; /* one 75-dpi look at the glass */
} SaoyScanRequest;

/* Called on the scanner's own thread, once a sheet; borrows both sides (picture files: PNM or
 * PNG with their dpi given). back is NULL when simplex. */
typedef void SaoySheetFunc(GBytes *front, GBytes *back, int dpi, void *user);

/* What every scanner can do. All calls block, run on one thread, and may be cancelled. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    bool (*scan)(void *self, const SaoyScanRequest *request, SaoySheetFunc *sheet, void *user,
                 GCancellable *cancel, GError **error);
    void (*close)(void *self);
} SaoyScannerDriver;

extern const SaoyScannerDriver saoy_scanner_sane; /* libsane; address: SANE device name */
extern const SaoyScannerDriver saoy_scanner_emu;  /* address: folder of pictures, and faults */

typedef struct SaoyScanner SaoyScanner;

/* OFFLINE when there is no such device or it is open already. */
SaoyScanner *saoy_scanner_open(const char *driver, const char *address, GError **error);

/* All sheets that lie in it. NO_MEDIA none, JAM (sheets already fed are kept), OFFLINE. */
bool saoy_scanner_scan(SaoyScanner *scanner, const SaoyScanRequest *request,
                       SaoySheetFunc *sheet, void *user, GCancellable *cancel,
                       GError **error);
void saoy_scanner_close(SaoyScanner *scanner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyScanner, saoy_scanner_close)
