#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* Called on the scanner's own thread while a side is read: side 1, 2 … in the order they
 * are read, lines come so far; of is -1 when nobody knows how long the sheet is. */
typedef void SaoyLinesFunc(unsigned side, int lines, int of, void *user);

typedef struct {
    int dpi; /* 75..1200 */
    bool duplex;
    bool preview;         /* one 75-dpi look at the glass, in grey */
    SaoyLinesFunc *lines; /* may be NULL */
    void *lines_user;
} SaoyScanRequest;

/* Called on the scanner's own thread, once a sheet; borrows both sides: picture files (PNM
 * of the real scanner; PNG, JPEG or PNM of the emulated one) with their dpi given. back is
 * NULL when simplex. */
typedef void SaoySheetFunc(GBytes *front, GBytes *back, int dpi, void *user);

/* What every scanner can do. All calls block, run on one thread, and may be cancelled. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    bool (*scan)(void *self, const SaoyScanRequest *request, SaoySheetFunc *sheet,
                 void *user, GCancellable *cancel, GError **error);
    void (*close)(void *self);
} SaoyScannerDriver;

/* libsane. Address: a SANE device name, then options of that device to set, if any:
 * "pnm:0?filename=/tmp/page.ppm". "" is the first device found. A network scanner is one
 * like any other ("airscan:e0:NAME", docs/scanner.md). */
extern const SaoyScannerDriver saoy_scanner_sane;

/* The SANE devices of this machine, then those of the network: name, "vendor model", kind.
 * OFFLINE when SANE itself fails; none is no error. Takes seconds. Not while a scanner is
 * open on another thread. */
typedef void SaoyScannerFoundFunc(const char *name, const char *model, const char *kind,
                                  void *user);
bool saoy_scanner_find(SaoyScannerFoundFunc *found, void *user, GError **error);

/* A folder of pictures, fed in name order; the name's end "-back" marks a back side. The
 * sheets stay: the next visit scans them again. Levers are files in it: "fault" ("jam 2",
 * "double 1", "empty 0", "offline 0": the word and the sheet it happens at, 0 before the
 * first), "delay" (milliseconds a sheet), "glass" (paper was left on the glass). */
extern const SaoyScannerDriver saoy_scanner_emu;

typedef struct SaoyScanner SaoyScanner;

/* OFFLINE when there is no such device or it is open already. Free with saoy_scanner_close.
 */
SaoyScanner *saoy_scanner_open(const char *driver, const char *address, GError **error);

/* All sheets that lie in it. NO_MEDIA none, JAM (sheets already fed are kept), OFFLINE,
 * CANCELLED within a second. The scanner can be used again after any of them. */
bool saoy_scanner_scan(SaoyScanner *scanner, const SaoyScanRequest *request,
                       SaoySheetFunc *sheet, void *user, GCancellable *cancel,
                       GError **error);

/* What to say to the person about a scan that failed so (a msgid), or NULL: no words. */
const char *saoy_scanner_hint(const GError *error);

/* One preview: is there ink on the glass, more than dust is? */
bool saoy_scanner_look_at_glass(SaoyScanner *scanner, bool *out_paper, GCancellable *cancel,
                                GError **error);
void saoy_scanner_close(SaoyScanner *scanner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyScanner, saoy_scanner_close)
