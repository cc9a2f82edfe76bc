#include "core/json.h"
#include "core/ossl.h"
#include "core/words.h"
#include "vision/page.h"

#include <glib/gi18n.h>
#include <math.h>

#define SAME_STREAK_MM 0.6

void saoy_scan_hash(const SaoyImage *scan, uint8_t out[SAOY_SHA256_SIZE]);

void
saoy_scan_hash(const SaoyImage *scan, uint8_t out[SAOY_SHA256_SIZE])
{
    saoy_sha256((SaoyView){ scan->pixels, (size_t)scan->stride * (size_t)scan->height },
                out);
}

const char *
saoy_sheet_size_name(SaoySheetSize size)
{
    static const char *const names[SAOY_SHEET_N] = {
        [SAOY_SHEET_OTHER] = "other", [SAOY_SHEET_A3] = "A3",    [SAOY_SHEET_A4] = "A4",
        [SAOY_SHEET_A5] = "A5",       [SAOY_SHEET_ID1] = "ID-1",
    };

    g_return_val_if_fail(size < SAOY_SHEET_N, "other");
    return names[size];
}

/* The worst first: what hides the page, then what harms it, then what is only suspected. */
const char *
saoy_page_hint(const SaoyPageReport *report)
{
    const struct {
        bool seen;
        const char *hint;
    } hints[] = {
        { report->blank, N_("This page is empty. Is the sheet the right way down?") },
        { report->too_small, N_("This is smaller than a card. Lay the whole sheet on the "
                                "glass and scan again.") },
        { report->finger, N_("A finger covers part of the page. Lay the sheet down, close "
                             "the lid and scan again.") },
        { report->cut_edge,
          N_("Part of the sheet lies outside the glass. Move it inside and scan again.") },
        { report->double_feed,
          N_("Two sheets seem to have gone in together. Part them and scan again.") },
        { report->glare, N_("A bright spot hides part of the page. Take off any glossy "
                            "cover and scan again.") },
        { report->shadow, N_("A shadow lies on the page. Close the lid and scan again.") },
        { report->blurred,
          N_("The picture is blurred. Lay the sheet flat on the glass and scan again.") },
        { report->too_dark, N_("The picture is too dark. Close the lid and scan again.") },
        { report->low_resolution,
          N_("The picture is too coarse. Scan again at 200 dots an inch or more.") },
        { report->cut_corner,
          N_("A corner of the sheet is missing or folded. Unfold it and scan again.") },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(hints); i++)
        if (hints[i].seen)
            return hints[i].hint;
    return NULL;
}

/* ---- as JSON */

static void
set_rounded(SaoyJson *json, const char *key, double value, double parts)
{
    saoy_json_set_real(json, key, round(value * parts) / parts);
}

static SaoyJson *
faults_json(const SaoyPageReport *report)
{
    const struct {
        const char *name;
        bool seen;
    } faults[] = {
        { "shadow", report->shadow },       { "glare", report->glare },
        { "finger", report->finger },       { "cut_corner", report->cut_corner },
        { "cut_edge", report->cut_edge },   { "double_feed", report->double_feed },
        { "too_small", report->too_small }, { "streaks", report->n_streaks > 0 },
        { "too_dark", report->too_dark },   { "low_resolution", report->low_resolution },
        { "blurred", report->blurred },
    };
    SaoyJson *list = saoy_json_array();

    for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
        if (faults[i].seen)
            saoy_json_append_string(list, faults[i].name);
    return list;
}

static SaoyJson *
outline_json(const SaoyPageReport *report)
{
    SaoyJson *list = saoy_json_array();

    for (int i = 0; i < 8 && report->outlined; i++)
        saoy_json_append_int(list, lround(report->outline[i]));
    return list;
}

static SaoyJson *
quality_json(const SaoyPageReport *report)
{
    SaoyJson *quality = saoy_json_object();

    set_rounded(quality, "sharpness", report->sharpness, 1e3);
    set_rounded(quality, "ink", report->ink, 1e5);
    saoy_json_set_bool(quality, "blank", report->blank);
    saoy_json_set_bool(quality, "blurred", report->blurred);
    saoy_json_set_bool(quality, "too_dark", report->too_dark);
    saoy_json_set_bool(quality, "cut_edge", report->cut_edge);
    saoy_json_set_bool(quality, "low_resolution", report->low_resolution);
    saoy_json_set(quality, "faults", faults_json(report));
    saoy_json_set_string(quality, "hint", saoy_page_hint(report));
    return quality;
}

SaoyJson *
saoy_page_report_to_json(const SaoyPageReport *report)
{
    SaoyJson *json = saoy_json_object();
    char samples[2 * SAOY_SHA256_SIZE + 1] = "";

    for (size_t i = 0; i < SAOY_SHA256_SIZE; i++)
        g_snprintf(samples + 2 * i, 3, "%02x", report->scan_sha256[i]);
    saoy_json_set_string(json, "samples_sha256", samples);
    saoy_json_set_int(json, "scan_dpi", report->scan_dpi);
    set_rounded(json, "skew_deg", report->skew_deg, 1e4);
    saoy_json_set(json, "crop", saoy_box_to_json(report->crop));
    saoy_json_set_int(json, "rotation", report->rotation);
    saoy_json_set(json, "outline", outline_json(report));
    saoy_json_set_bool(json, "rectified", report->rectified);
    saoy_json_set_int(json, "cards", report->cards);
    set_rounded(json, "light", report->light, 1e4);
    saoy_json_set_string(json, "size", saoy_sheet_size_name(report->size));
    set_rounded(json, "width_mm", report->width_mm, 1e2);
    set_rounded(json, "height_mm", report->height_mm, 1e2);
    saoy_json_set(json, "quality", quality_json(report));
    return json;
}

/* ---- what several pages say together */

static bool
has_streak(const SaoyPageReport *report, double at_mm)
{
    for (unsigned i = 0; i < report->n_streaks; i++)
        if (fabs(report->streaks_mm[i] - at_mm) < SAME_STREAK_MM)
            return true;
    return false;
}

const char *
saoy_page_glass_hint(const SaoyPageReport *reports, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < reports[i].n_streaks; k++) {
            size_t same = 0;

            for (size_t j = 0; j < n; j++)
                same += has_streak(&reports[j], reports[i].streaks_mm[k]);
            if (same >= 2 && 2 * same >= n)
                return N_("There is dirt on the scanner's glass. Please wipe it with a "
                          "soft cloth and scan again.");
        }
    return NULL;
}
