/* saoy scan: pages from a scanner, a file each, whole or not there. */
#include "engineer.h"

#include "core/clock.h"
#include "core/file.h"
#include "device/scanner.h"
#include "vision/image.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *dir;
    unsigned pages;
    SaoyJson *list;
    GCancellable *cancel; /* stops the feeder when a page could not be kept */
    GError *error;
} Scan;

/* PNG keeps every sample and, unlike the scanner's PNM, its resolution. */
static bool
write_page(Scan *scan, GBytes *picture, int dpi, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%03u.png", scan->dir, scan->pages + 1);
    g_autoptr(SaoyImage) image = saoy_image_decode(picture, error);
    g_autoptr(SaoyJson) row = saoy_json_object();

    if (image == NULL)
        return false;
    image->dpi = dpi;
    g_autoptr(GBytes) png = saoy_image_encode_png(image, error);
    if (png == NULL || !saoy_file_write(path, saoy_view_of(png), error))
        return false;
    scan->pages++;
    saoy_json_set_string(row, "file", path);
    saoy_json_set_int(row, "width", image->width);
    saoy_json_set_int(row, "height", image->height);
    saoy_json_set_int(row, "dpi", dpi);
    saoy_json_set_int(row, "bytes", (int64_t)g_bytes_get_size(png));
    saoy_json_append(scan->list, g_steal_pointer(&row));
    return true;
}

static void
on_sheet(GBytes *front, GBytes *back, int dpi, void *user)
{
    Scan *scan = user;

    if (scan->error != NULL)
        return;
    if (!write_page(scan, front, dpi, &scan->error) ||
        (back != NULL && !write_page(scan, back, dpi, &scan->error)))
        g_cancellable_cancel(scan->cancel);
}

/* For whoever waits before a terminal; scripts read only the answer. */
static void
on_lines(unsigned side, int lines, int of, void *user)
{
    bool done = lines == of;

    if (of > 0)
        g_printerr("\r%3u: %3d %%%s", side, lines * 100 / of, done ? "\n" : "");
    else
        g_printerr("\r%3u: %d", side, lines);
}

/* "emu:DIR" is our own; everything else is a SANE name. */
static SaoyScanner *
open_scanner(const char *device, GError **error)
{
    if (g_str_has_prefix(device, "emu:"))
        return saoy_scanner_open("emu", device + strlen("emu:"), error);
    return saoy_scanner_open("sane", device, error);
}

static bool
scan_all(Scan *scan, const char *device, const SaoyScanRequest *request, GError **error)
{
    g_autoptr(SaoyScanner) scanner = open_scanner(device, error);

    if (scanner == NULL)
        return false;
    if (g_mkdir_with_parents(scan->dir, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", scan->dir, g_strerror(errno));
    if (saoy_scanner_scan(scanner, request, on_sheet, scan, scan->cancel, error) &&
        scan->error == NULL)
        return true;
    if (scan->error != NULL) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&scan->error));
    }
    return false;
}

static void
on_found(const char *name, const char *model, const char *kind, void *user)
{
    SaoyJson *row = saoy_json_object();

    saoy_json_set_string(row, "device", name);
    saoy_json_set_string(row, "model", model);
    saoy_json_set_string(row, "kind", kind);
    saoy_json_append(user, row);
}

static int
list_scanners(bool json)
{
    g_autoptr(SaoyJson) list = saoy_json_array();
    g_autoptr(SaoyJson) out = saoy_json_object();
    g_autoptr(GError) error = NULL;

    if (!saoy_scanner_find(on_found, list, &error))
        return saoy_cli_fault("SANE", error);
    for (size_t i = 0; i < saoy_json_length(list) && !json; i++)
        g_print("%s\t%s\n", saoy_json_string_or(saoy_json_at(list, i), "device", ""),
                saoy_json_string_or(saoy_json_at(list, i), "model", ""));
    saoy_json_set(out, "scanners", g_steal_pointer(&list));
    if (json)
        saoy_cli_json(out);
    return SAOY_EXIT_OK;
}

/* The sentence for the person first, what the machine said behind it. */
static int
tell_fault(const char *device, const GError *error)
{
    const char *hint = saoy_scanner_hint(error);
    g_autoptr(GError) told = g_error_copy(error);

    if (hint == NULL)
        return saoy_cli_fault(device, error);
    g_free(told->message);
    told->message = g_strdup_printf("%s %s", _(hint), error->message);
    return saoy_cli_fault(device, told);
}

static void
print_pages(const Scan *scan, bool json, double ms)
{
    g_autoptr(SaoyJson) out = saoy_json_object();

    if (!json) {
        for (size_t i = 0; i < saoy_json_length(scan->list); i++)
            g_print("%s\n", saoy_json_string_or(saoy_json_at(scan->list, i), "file", ""));
        return;
    }
    saoy_json_set(out, "pages", saoy_json_ref(scan->list));
    saoy_json_set_real(out, "ms", ms);
    saoy_cli_json(out);
}

int
saoy_cmd_scan(int argc, char **argv)
{
    g_autofree char *device = NULL;
    g_autofree char *dir = NULL;
    gboolean json = FALSE, duplex = FALSE, find = FALSE;
    int dpi = 300, ended = 0;
    const GOptionEntry entries[] = {
        { "device", 0, 0, G_OPTION_ARG_STRING, &device,
          N_("a SANE name (\"\": the first scanner), or emu:DIR"), N_("NAME") },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &dir, N_("where the pages go"), N_("DIR") },
        { "dpi", 0, 0, G_OPTION_ARG_INT, &dpi, N_("75 to 1200, default 300"), N_("N") },
        { "list", 0, 0, G_OPTION_ARG_NONE, &find, N_("name the scanners there are"), NULL },
        { "duplex", 0, 0, G_OPTION_ARG_NONE, &duplex, N_("both sides"), NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(SaoyJson) list = saoy_json_array();
    g_autoptr(GError) error = NULL;

    if (!saoy_cli_options(&argc, &argv, entries, NULL,
                          N_("Scans all pages that lie there."), 0, 0, &ended))
        return ended;
    if (find)
        return list_scanners(json);
    if (device == NULL || dir == NULL)
        return saoy_cli_usage(_("%s needs %s"), "saoy scan", "--device, --out");
    if (dpi < 75 || dpi > 1200)
        return saoy_cli_usage(_("--dpi is 75 to 1200"));

    Scan scan = { .dir = dir, .list = list, .cancel = cancel };
    int64_t start = saoy_clock_mono_us();
    const SaoyScanRequest request = { .dpi = dpi,
                                      .duplex = duplex,
                                      .lines = isatty(STDERR_FILENO) ? on_lines : NULL };
    if (!scan_all(&scan, device, &request, &error))
        return tell_fault(device, error);
    print_pages(&scan, json, (double)(saoy_clock_mono_us() - start) / 1e3);
    return SAOY_EXIT_OK;
}
