/* The real scanner, by libsane. SANE is used by one thread at a time: the scanner's worker.
 *
 * Cancelling: the flag is looked at between two reads, which is enough for most devices.
 * One that sits in sane_start() or sane_read() is freed by sane_cancel() from another
 * thread after half a second; the standard allows that at any time, but not every backend
 * is well with it, so it comes second. */
#include "core/bytes.h"
#include "core/error.h"
#include "scanner-frame.h"
#include "scanner-sane-options.h"
#include "watch.h"

#include <string.h>

#define READ_BYTES (64 * 1024)
#define SHEETS_MAX 200  /* a feeder holds fewer; a broken one never ends */
#define PATIENCE_MS 500 /* before a blocked call is cancelled from outside */
#define WARM_UP_S 60

typedef struct {
    SaoyAddress address;
    SaoySaneDevice device;
    const SaoyScanRequest *request; /* of the scan under way */
    unsigned side;                  /* sides read before this one */
    int over; /* atomic: the scan has ended, the canceller may go home */
    GThread *canceller;
} Sane;

static bool
try_wishes(const Sane *sane, GError **error)
{
    for (size_t i = 0; sane->address.keys[i] != NULL; i++)
        if (!saoy_sane_set(&sane->device, sane->address.keys[i], sane->address.values[i],
                           error))
            return false;
    return true;
}

static void
sane_free(Sane *sane)
{
    saoy_address_clear(&sane->address);
    g_free(sane);
}

static void
close_device(void *self)
{
    Sane *sane = self;

    if (sane->device.cls != NULL)
        sane->device.cls->close(sane->device.self);
    sane_free(sane);
}

/* "tape:FILE" plays; "NAME?record=FILE" writes what passes. */
static bool
find_device(Sane *sane, GError **error)
{
    g_autofree char *record = saoy_address_take(&sane->address, "record");

    if (g_str_has_prefix(sane->address.base, "tape:"))
        return saoy_sane_device_play(sane->address.base + strlen("tape:"), &sane->device,
                                     error);
    if (!saoy_sane_device_open(sane->address.base, &sane->device, error))
        return false;
    if (record != NULL)
        sane->device = saoy_sane_device_record(sane->device, record);
    return true;
}

static void *
open_device(const char *text, GError **error)
{
    Sane *sane = g_new0(Sane, 1);

    saoy_address_parse(text, &sane->address);
    if (find_device(sane, error) && try_wishes(sane, error))
        return sane;
    close_device(sane);
    return NULL;
}

static void *
cancel_blocked_call(void *data)
{
    Sane *sane = data;

    for (unsigned ms = 0; ms < PATIENCE_MS; ms += 10) {
        if (g_atomic_int_get(&sane->over))
            return NULL;
        g_usleep(10 * 1000);
    }
    if (!g_atomic_int_get(&sane->over))
        sane->device.cls->cancel(sane->device.self);
    return NULL;
}

static void
on_cancelled(GCancellable *cancel, Sane *sane)
{
    if (sane->canceller == NULL)
        sane->canceller = g_thread_new("scan-cancel", cancel_blocked_call, sane);
}

static bool
start_frame(const Sane *sane, GCancellable *cancel, GError **error)
{
    for (unsigned s = 0;; s++) {
        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        SANE_Status status = sane->device.cls->start(sane->device.self);
        if (status == SANE_STATUS_GOOD)
            return true;
        if ((int)status != SAOY_SANE_WARMING_UP || s >= WARM_UP_S)
            return saoy_sane_fail(status, "start", error);
        if (!saoy_watch_sleep(1000, cancel, error))
            return false;
    }
}

static bool
frame_format(const Sane *sane, SaoyFrameFormat *out, bool *out_last, int *out_lines,
             GError **error)
{
    static const SaoyBand bands[] = {
        [SANE_FRAME_GRAY] = SAOY_BAND_GRAY, [SANE_FRAME_RGB] = SAOY_BAND_RGB,
        [SANE_FRAME_RED] = SAOY_BAND_RED,   [SANE_FRAME_GREEN] = SAOY_BAND_GREEN,
        [SANE_FRAME_BLUE] = SAOY_BAND_BLUE,
    };
    SANE_Parameters p = { 0 };
    SANE_Status status = sane->device.cls->parameters(sane->device.self, &p);

    if (status != SANE_STATUS_GOOD)
        return saoy_sane_fail(status, "parameters", error);
    if ((unsigned)p.format >= G_N_ELEMENTS(bands))
        return saoy_fail(error, SAOY_ERROR_FAILED, "frame format %d is not known",
                         (int)p.format);
    *out = (SaoyFrameFormat){ bands[p.format], p.pixels_per_line, p.depth,
                              (size_t)MAX(p.bytes_per_line, 0) };
    *out_last = p.last_frame || p.format == SANE_FRAME_GRAY || p.format == SANE_FRAME_RGB;
    *out_lines = p.lines > 0 ? p.lines : -1; /* nobody knows how long the sheet is */
    return saoy_frame_check(out, error);
}

static void
tell_lines(const Sane *sane, int lines, int of)
{
    if (sane->request->lines != NULL)
        sane->request->lines(sane->side, lines, of, sane->request->lines_user);
}

static bool
read_frame(const Sane *sane, SaoySheet *sheet, int expected, GCancellable *cancel,
           GError **error)
{
    g_autofree SANE_Byte *buffer = g_malloc(READ_BYTES);

    for (;;) {
        SANE_Int n = 0;
        int before = sheet->lines;

        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        SANE_Status status =
            sane->device.cls->read(sane->device.self, buffer, READ_BYTES, &n);
        if (status == SANE_STATUS_EOF)
            return !g_cancellable_set_error_if_cancelled(cancel, error);
        if (status != SANE_STATUS_GOOD)
            return saoy_sane_fail(status, "read", error);
        if (n < 0 || n > READ_BYTES)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "read %d bytes", n);
        if (!saoy_sheet_feed(sheet, (SaoyView){ buffer, (size_t)n }, error))
            return false;
        if (sheet->lines > before)
            tell_lines(sane, sheet->lines, expected);
    }
}

/* One side of a sheet: one frame, or three passes of one colour each. */
static GBytes *
read_side(Sane *sane, GCancellable *cancel, GError **error)
{
    g_auto(SaoySheet) sheet = { 0 };
    bool last = false;

    sane->side++;
    while (!last) {
        SaoyFrameFormat format = { 0 };
        int expected = -1;

        if (!start_frame(sane, cancel, error) ||
            !frame_format(sane, &format, &last, &expected, error) ||
            !saoy_sheet_begin(&sheet, &format, expected, error) ||
            !read_frame(sane, &sheet, expected, cancel, error) ||
            !saoy_sheet_end(&sheet, error))
            return NULL;
    }
    tell_lines(sane, sheet.height, sheet.height);
    return saoy_sheet_take(&sheet, error);
}

static bool
read_sheet(Sane *sane, SaoySource source, int dpi, SaoySheetFunc *sheet, void *user,
           GCancellable *cancel, GError **error)
{
    g_autoptr(GBytes) front = read_side(sane, cancel, error);
    g_autoptr(GBytes) back = NULL;
    g_autoptr(GError) why = NULL;

    if (front == NULL)
        return false;
    if (source == SAOY_SOURCE_DUPLEX)
        back = read_side(sane, cancel, &why);
    if (why != NULL && !g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    sheet(front, back, dpi, user); /* a last sheet without a back is a sheet */
    return true;
}

static bool
read_sheets(Sane *sane, SaoySource source, int dpi, SaoySheetFunc *sheet, void *user,
            unsigned *out_n, GCancellable *cancel, GError **error)
{
    unsigned most = source == SAOY_SOURCE_ONE ? 1 : SHEETS_MAX;

    for (*out_n = 0; *out_n < most; ++*out_n) {
        g_autoptr(GError) why = NULL;

        if (read_sheet(sane, source, dpi, sheet, user, cancel, &why))
            continue;
        if (*out_n > 0 && g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
            return true; /* the feeder has run empty, as it should */
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return true;
}

/* The feeder first; when it is empty, what lies on the glass. */
static bool
scan_any(Sane *sane, const SaoyScanRequest *request, SaoySheetFunc *sheet, void *user,
         GCancellable *cancel, GError **error)
{
    bool fixed = saoy_address_get(&sane->address, "source", NULL) != NULL;

    for (int feeder = 1; feeder >= 0; feeder--) {
        SaoySource source = SAOY_SOURCE_ONE;
        g_autoptr(GError) why = NULL;
        unsigned n = 0;
        int dpi = 0;

        if (!saoy_sane_configure(&sane->device, &sane->address, request, feeder != 0,
                                 &source, &dpi, error))
            return false;
        if (read_sheets(sane, source, dpi, sheet, user, &n, cancel, &why))
            return true;
        sane->device.cls->cancel(sane->device.self);
        if (n == 0 && feeder != 0 && !fixed && source != SAOY_SOURCE_ONE &&
            g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
            continue;
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "nothing to scan");
}

/* A backend answers EOF, IO_ERROR or GOOD to a cancelled call, as it likes: cancel wins. */
static bool
say_cancelled(bool done, GCancellable *cancel, GError **error)
{
    if (!done && g_cancellable_is_cancelled(cancel) &&
        !(error != NULL && g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))) {
        g_clear_error(error);
        g_cancellable_set_error_if_cancelled(cancel, error);
    }
    return done;
}

static bool
scan_device(void *self, const SaoyScanRequest *request, SaoySheetFunc *sheet, void *user,
            GCancellable *cancel, GError **error)
{
    Sane *sane = self;
    gulong id = 0;

    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    g_atomic_int_set(&sane->over, 0);
    sane->request = request;
    sane->side = 0;
    if (cancel != NULL)
        id = g_cancellable_connect(cancel, G_CALLBACK(on_cancelled), sane, NULL);
    bool done = scan_any(sane, request, sheet, user, cancel, error);
    g_atomic_int_set(&sane->over, 1);
    g_cancellable_disconnect(cancel, id);
    g_clear_pointer(&sane->canceller, g_thread_join);
    sane->device.cls->cancel(
        sane->device.self); /* ends every scan, also one that went well */
    return say_cancelled(done, cancel, error);
}

const SaoyScannerDriver saoy_scanner_sane = {
    .name = "sane",
    .open = open_device,
    .scan = scan_device,
    .close = close_device,
};
