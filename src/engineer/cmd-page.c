/* saoy page clean: one scanned page straightened, trimmed, turned upright, and judged.
 * saoy page join: front and back of a card on one sheet. */
#include "engineer.h"
#include "picture.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"
#include "vision/page.h"

#include <glib/gi18n.h>

#define MAX_PICTURE_FILE ((size_t)256 << 20)

typedef struct {
    char *scan_sha256; /* of the file */
    SaoyPageReport report;
    int jpeg_quality; /* 0: written as PNG */
    size_t bytes;
    double ms;
} Cleaned;

static GBytes *
encode(const SaoyImage *page, const char *out, int *out_quality, GError **error)
{
    if (g_str_has_suffix(out, ".png"))
        return saoy_image_encode_png(page, error);
    return saoy_page_encode(page, out_quality, error);
}

static bool
clean(const char *in, const char *out, Cleaned *cleaned, GError **error)
{
    int64_t start = saoy_clock_mono_us();
    g_autoptr(GBytes) bytes = saoy_file_read(in, MAX_PICTURE_FILE, error);
    g_autoptr(SaoyImage) scan = bytes != NULL ? saoy_image_decode(bytes, error) : NULL;
    g_autoptr(SaoyImage) page = NULL;
    g_autoptr(GBytes) file = NULL;

    if (scan == NULL)
        return false;
    cleaned->scan_sha256 = saoy_sha256_hex(saoy_view_of(bytes));
    page = saoy_page_clean(scan, &cleaned->report, error);
    if (page == NULL)
        return false;
    file = encode(page, out, &cleaned->jpeg_quality, error);
    if (file == NULL)
        return false;
    cleaned->bytes = g_bytes_get_size(file);
    cleaned->ms = (double)(saoy_clock_mono_us() - start) / 1e3;
    return saoy_file_write(out, saoy_view_of(file), error);
}

static void
print_json(const char *out, const Cleaned *cleaned)
{
    g_autoptr(SaoyJson) json = saoy_page_report_to_json(&cleaned->report);

    saoy_json_set_string(json, "file", out);
    saoy_json_set_string(json, "scan_sha256", cleaned->scan_sha256);
    saoy_json_set(json, "free_box", saoy_box_to_json(cleaned->report.free_box));
    if (cleaned->jpeg_quality > 0)
        saoy_json_set_int(saoy_json_member(json, "quality"), "jpeg", cleaned->jpeg_quality);
    saoy_json_set_int(json, "bytes", (int64_t)cleaned->bytes);
    saoy_json_set_real(json, "ms", cleaned->ms);
    saoy_cli_json(json);
}

static void
print_text(const char *out, const Cleaned *cleaned)
{
    const char *hint = saoy_page_hint(&cleaned->report);

    g_print("%s: %.2f°, %d × 90°, %zu KB\n", out, cleaned->report.skew_deg,
            cleaned->report.rotation, cleaned->bytes / 1024);
    if (hint != NULL)
        g_print("%s\n", _(hint));
}

static void
cleaned_clear(Cleaned *cleaned)
{
    g_free(cleaned->scan_sha256);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cleaned, cleaned_clear)

static SaoyImage *
clean_side(const char *file, GError **error)
{
    g_autoptr(SaoyImage) scan = saoy_engineer_picture(file, NULL, error);
    SaoyPageReport report = { 0 };

    return scan != NULL ? saoy_page_clean(scan, &report, error) : NULL;
}

static int
join(char **files)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) front = clean_side(files[0], &error);
    g_autoptr(SaoyImage) back = front != NULL ? clean_side(files[1], &error) : NULL;
    g_autoptr(SaoyImage) sheet = NULL;
    int quality = 0;

    if (back == NULL)
        return saoy_cli_fail(files[front != NULL], error);
    sheet = saoy_page_join_cards(front, back, &error);
    if (sheet == NULL)
        return saoy_cli_fail(files[0], error);
    g_autoptr(GBytes) file = encode(sheet, files[2], &quality, &error);
    if (file == NULL || !saoy_file_write(files[2], saoy_view_of(file), &error))
        return saoy_cli_fail(files[2], error);
    return SAOY_EXIT_OK;
}

int
saoy_cmd_page(int argc, char **argv)
{
    gboolean json = FALSE;
    int ended = 0;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;
    g_auto(Cleaned) cleaned = { 0 };

    if (!saoy_cli_options(
            &argc, &argv, entries, "clean IN OUT | join FRONT BACK OUT",
            N_("Straightens, trims and turns one scanned page, as JPEG or PNG."), 3, 4,
            &ended))
        return ended;
    if (argc == 5 && g_str_equal(argv[1], "join"))
        return join(argv + 2);
    if (argc == 5)
        return saoy_cli_usage(_("%s: unknown command"), argv[1]);
    if (!g_str_equal(argv[1], "clean"))
        return saoy_cli_usage(_("%s: unknown command"), argv[1]);
    if (!clean(argv[2], argv[3], &cleaned, &error))
        return saoy_cli_fail(argv[2], error);
    if (json)
        print_json(argv[3], &cleaned);
    else
        print_text(argv[3], &cleaned);
    return SAOY_EXIT_OK;
}
