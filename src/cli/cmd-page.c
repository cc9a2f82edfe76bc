/* saoy page clean: one scanned page straightened, trimmed, turned upright, and judged. */
#include "cli.h"
#include "picture.h"

#include "core/clock.h"
#include "core/file.h"
#include "vision/page.h"

#include <glib/gi18n.h>

typedef struct {
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
    g_autoptr(SaoyImage) scan = saoy_cli_picture(in, NULL, error);
    g_autoptr(SaoyImage) page = NULL;
    g_autoptr(GBytes) file = NULL;

    if (scan == NULL)
        return false;
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

static SaoyJson *
quality_json(const Cleaned *cleaned)
{
    SaoyJson *quality = saoy_json_object();
    const SaoyPageReport *report = &cleaned->report;

    saoy_json_set_real(quality, "sharpness", report->sharpness);
    saoy_json_set_real(quality, "ink", report->ink);
    saoy_json_set_bool(quality, "blank", report->blank);
    saoy_json_set_bool(quality, "blurred", report->blurred);
    saoy_json_set_bool(quality, "too_dark", report->too_dark);
    saoy_json_set_bool(quality, "cut_edge", report->cut_edge);
    saoy_json_set_bool(quality, "low_resolution", report->low_resolution);
    if (cleaned->jpeg_quality > 0)
        saoy_json_set_int(quality, "jpeg", cleaned->jpeg_quality);
    saoy_json_set_string(quality, "hint", saoy_page_hint(report));
    return quality;
}

static void
print_json(const char *out, const Cleaned *cleaned)
{
    g_autoptr(SaoyJson) json = saoy_json_object();

    saoy_json_set_string(json, "file", out);
    saoy_json_set_real(json, "skew_deg", cleaned->report.skew_deg);
    saoy_json_set(json, "crop", saoy_box_to_json(cleaned->report.crop));
    saoy_json_set_int(json, "rotation", cleaned->report.rotation);
    saoy_json_set(json, "quality", quality_json(cleaned));
    saoy_json_set(json, "free_box", saoy_box_to_json(cleaned->report.free_box));
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
    Cleaned cleaned = { 0 };

    if (!saoy_cli_options(
            &argc, &argv, entries, "clean IN OUT",
            N_("Straightens, trims and turns one scanned page, as JPEG or PNG."), 3, 3,
            &ended))
        return ended;
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
