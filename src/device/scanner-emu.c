/* The emulated scanner behaves: it feeds sheets from a folder in name order and obeys the
 * levers of device/scanner.h. Nothing is taken out of the folder. */
#include "core/error.h"
#include "core/file.h"
#include "device/scanner.h"
#include "picture.h"
#include "scanner-fault.h"
#include "vision/image.h"
#include "watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SHEET_MAX_BYTES (256u << 20)
#define DEFAULT_DPI 300
#define PREVIEW_DPI 75
#define PREVIEW_WIDTH 620 /* A4 at 75 dpi */
#define PREVIEW_HEIGHT 877

typedef struct {
    char *folder;
    int lock; /* the folder itself, flocked: one scanner, one user */
} Emu;

static const struct {
    const char *word;
    SaoyScanFault fault;
} faults[] = {
    { "jam", SAOY_SCAN_JAMMED },
    { "double", SAOY_SCAN_DOUBLE },
    { "empty", SAOY_SCAN_EMPTY },
    { "offline", SAOY_SCAN_SILENT },
};

static char *
read_lever(const Emu *emu, const char *name)
{
    g_autofree char *path = g_build_filename(emu->folder, name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static bool
meet_fault(const Emu *emu, unsigned sheet, GError **error)
{
    g_autofree char *text = read_lever(emu, "fault");
    g_autofree char *where = g_strdup_printf("sheet %u", sheet);
    char word[16] = "";
    unsigned at = 0;

    if (text == NULL || sscanf(text, "%15s %u", word, &at) != 2 || at != sheet)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        if (g_str_equal(faults[i].word, word))
            return saoy_scan_fail(faults[i].fault, where, error);
    return true;
}

/* A sheet takes its time, line by line. */
static bool
take_time(const Emu *emu, const SaoyScanRequest *request, unsigned sheet,
          GCancellable *cancel, GError **error)
{
    const int steps = 10, lines = request->dpi * 1169 / 100; /* A4 */
    g_autofree char *text = read_lever(emu, "delay");
    uint64_t ms = text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;

    for (int i = 1; i <= steps; i++) {
        if (!saoy_watch_sleep((unsigned)MIN(ms, 60000u) / (unsigned)steps, cancel, error))
            return false;
        if (request->lines != NULL)
            request->lines(sheet, lines * i / steps, lines, request->lines_user);
    }
    return true;
}

static void *
emu_open(const char *address, GError **error)
{
    int lock = open(address, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (lock < 0)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "no folder %s", address);
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return saoy_null(error, SAOY_ERROR_OFFLINE, "%s is in use", address);
    }

    Emu *emu = g_new0(Emu, 1);
    *emu = (Emu){ g_strdup(address), lock };
    return emu;
}

static GBytes *
load_back(const Emu *emu, const char *front, GError **error)
{
    g_autofree char *name = saoy_picture_back_of(front);
    g_autofree char *path = g_build_filename(emu->folder, name, NULL);

    if (!g_file_test(path,
                     G_FILE_TEST_EXISTS)) /* an empty back: the sheet is still two-sided */
        return saoy_picture_white(PREVIEW_WIDTH, PREVIEW_HEIGHT);
    return saoy_file_read(path, SHEET_MAX_BYTES, error);
}

static bool
feed(const Emu *emu, const char *name, const SaoyScanRequest *request, SaoySheetFunc *sheet,
     void *user, GError **error)
{
    g_autofree char *path = g_build_filename(emu->folder, name, NULL);
    g_autoptr(GBytes) front = saoy_file_read(path, SHEET_MAX_BYTES, error);
    g_autoptr(GBytes) back = NULL;

    if (front == NULL)
        return false;
    if (request->duplex && (back = load_back(emu, name, error)) == NULL)
        return false;
    sheet(front, back, saoy_picture_dpi(front, DEFAULT_DPI), user);
    return true;
}

/* What lies on the glass: the first sheet of the folder if there is one, else something
 * dark. */
static GBytes *
left_on_glass(const Emu *emu)
{
    g_autoptr(GPtrArray) names = saoy_picture_list(emu->folder, true);
    g_autofree char *path =
        names->len > 0 ? g_build_filename(emu->folder, names->pdata[0], NULL) : NULL;
    g_autoptr(GBytes) file = path ? saoy_file_read(path, SHEET_MAX_BYTES, NULL) : NULL;
    g_autoptr(SaoyImage) page = file != NULL ? saoy_image_decode(file, NULL) : NULL;
    g_autoptr(SaoyImage) small =
        page != NULL ? saoy_image_thumbnail(page, PREVIEW_HEIGHT, NULL) : NULL;

    return small != NULL ? saoy_image_encode_png(small, NULL)
                         : saoy_picture_grey(PREVIEW_WIDTH, PREVIEW_HEIGHT, 64);
}

static bool
look(const Emu *emu, SaoySheetFunc *sheet, void *user, GError **error)
{
    g_autofree char *lever = read_lever(emu, "glass");
    g_autoptr(GBytes) picture = NULL;

    picture = lever != NULL ? left_on_glass(emu)
                            : saoy_picture_white(PREVIEW_WIDTH, PREVIEW_HEIGHT);
    if (picture == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no preview");
    sheet(picture, NULL, PREVIEW_DPI, user);
    return true;
}

static bool
emu_scan(void *self, const SaoyScanRequest *request, SaoySheetFunc *sheet, void *user,
         GCancellable *cancel, GError **error)
{
    const Emu *emu = self;
    g_autoptr(GPtrArray) names = saoy_picture_list(emu->folder, true);

    if (g_cancellable_set_error_if_cancelled(cancel, error) || !meet_fault(emu, 0, error))
        return false;
    if (request->preview)
        return look(emu, sheet, user, error);
    for (unsigned i = 0; i < names->len; i++)
        if (!take_time(emu, request, i + 1, cancel, error) ||
            !meet_fault(emu, i + 1, error) ||
            !feed(emu, names->pdata[i], request, sheet, user, error))
            return false;
    return names->len > 0 || saoy_scan_fail(SAOY_SCAN_EMPTY, "start", error);
}

static void
emu_close(void *self)
{
    Emu *emu = self;

    close(emu->lock);
    g_free(emu->folder);
    g_free(emu);
}

const SaoyScannerDriver saoy_scanner_emu = {
    .name = "emu",
    .open = emu_open,
    .scan = emu_scan,
    .close = emu_close,
};
