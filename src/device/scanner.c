#include "device/scanner.h"

#include "core/error.h"
#include "vision/image.h"
#include "watch.h"

/* Share of dark samples from which a preview shows paper: dust and a worn lid stay below.
 */
#define INK_SHARE 0.002
#define DARK 128

struct SaoyScanner {
    const SaoyScannerDriver *driver;
    void *self;
};

static const SaoyScannerDriver *const drivers[] = { &saoy_scanner_sane, &saoy_scanner_emu };

SaoyScanner *
saoy_scanner_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        int64_t start = saoy_watch_start();
        void *self = drivers[i]->open(address, error);
        if (!saoy_watch_end(SAOY_DEVICE_SCANNER, driver, "open", start, self != NULL,
                            error))
            return NULL;
        SaoyScanner *scanner = g_new0(SaoyScanner, 1);
        *scanner = (SaoyScanner){ drivers[i], self };
        return scanner;
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no scanner driver named %s", driver);
}

bool
saoy_scanner_scan(SaoyScanner *scanner, const SaoyScanRequest *request,
                  SaoySheetFunc *sheet, void *user, GCancellable *cancel, GError **error)
{
    g_return_val_if_fail(request->preview || (request->dpi >= 75 && request->dpi <= 1200),
                         false);

    int64_t start = saoy_watch_start();
    bool done = scanner->driver->scan(scanner->self, request, sheet, user, cancel, error);
    return saoy_watch_end(SAOY_DEVICE_SCANNER, scanner->driver->name,
                          request->preview ? "preview" : "scan", start, done, error);
}

static double
ink_share(const SaoyImage *image)
{
    size_t row = (size_t)image->width * (size_t)image->channels;
    size_t dark = 0;

    for (int y = 0; y < image->height; y++) {
        const uint8_t *line = image->pixels + (size_t)y * (size_t)image->stride;

        for (size_t x = 0; x < row; x++)
            dark += line[x] < DARK;
    }
    return (double)dark / ((double)row * image->height);
}

static void
on_preview(GBytes *front, GBytes *back, int dpi, void *user)
{
    GBytes **out = user;

    if (*out == NULL)
        *out = g_bytes_ref(front);
}

bool
saoy_scanner_look_at_glass(SaoyScanner *scanner, bool *out_paper, GCancellable *cancel,
                           GError **error)
{
    const SaoyScanRequest request = { .dpi = 75, .preview = true };
    g_autoptr(GBytes) picture = NULL;
    g_autoptr(SaoyImage) image = NULL;

    bool done = saoy_scanner_scan(scanner, &request, on_preview, &picture, cancel, error);
    if (!done)
        return false;
    if (picture == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the preview gave no picture");
    image = saoy_image_decode(picture, error);
    if (image == NULL)
        return false;
    *out_paper = ink_share(image) > INK_SHARE;
    return true;
}

void
saoy_scanner_close(SaoyScanner *scanner)
{
    scanner->driver->close(scanner->self);
    g_free(scanner);
}
