#include "templates.h"

#include "core/config.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define BLOCK_GAP_UM 8000.0 /* at most, below what stands above the block */

enum { MAX_FONT = 8 << 20, MAX_TEMPLATE = 1 << 20 };

#define TEXT(section, key, field)                                                        \
    {                                                                                    \
        section, key, SAOY_CONFIG_STRING, offsetof(SaoyTemplates, field), NULL, NULL, 0, \
            0, false                                                                     \
    }
#define LENGTH(section, key, field, min, max)                                           \
    {                                                                                   \
        section, key, SAOY_CONFIG_INT, offsetof(SaoyTemplates, field), NULL, NULL, min, \
            max, false                                                                  \
    }

/* clang-format off */
static const SaoyConfigKey keys[] = {
    TEXT("fonts", "regular", font[SAOY_FACE_REGULAR]),
    TEXT("fonts", "regular_sha256", font_sha256[SAOY_FACE_REGULAR]),
    TEXT("fonts", "bold", font[SAOY_FACE_BOLD]),
    TEXT("fonts", "bold_sha256", font_sha256[SAOY_FACE_BOLD]),
    TEXT("profile", "sha256", profile_sha256),
    LENGTH("strip", "height_um", strip_height_um, 22000, 60000),
    LENGTH("strip", "least_width_um", least_width_um, 120000, 300000),
    LENGTH("strip", "margin_um", strip_margin_um, 4000, 20000),
    LENGTH("strip", "qr_um", link_qr_um, 18000, 50000),
    TEXT("strip", "heading", strip_heading),
    TEXT("strip", "copy_id", strip_copy_id),
    TEXT("strip", "token", strip_token),
    TEXT("strip", "look_up", strip_look_up),
    TEXT("strip", "page", strip_page),
    TEXT("sample", "mark", sample_mark),
    TEXT("sample", "watermark", sample_watermark),
    TEXT("sample", "seal", sample_seal),
    TEXT("outline", "original", outline_original),
    TEXT("outline", "attestation", outline_attestation),
    TEXT("watermark", "text", watermark),
    LENGTH("watermark", "grey_percent", grey_percent, 10, 15),
    LENGTH("watermark", "angle_degrees", angle_degrees, 0, 90),
    LENGTH("block", "width_um", block_width_um, 150000, 200000),
    LENGTH("block", "height_um", block_height_um, 60000, 120000),
    LENGTH("block", "margin_um", block_margin_um, 2000, 10000),
    TEXT("block", "title", title),
    TEXT("block", "title_official", title_official),
    TEXT("block", "number", number),
    TEXT("block", "book", book),
    TEXT("block", "of", of),
    TEXT("block", "seal_note", seal_note),
    TEXT("block", "conversion", conversion),
    TEXT("block", "conversion_official", conversion_official),
    TEXT("block", "added", added),
    TEXT("signature", "officer_by", officer_by),
    TEXT("signature", "officer_title", officer_title),
    TEXT("signature", "agency_by", agency_by),
    TEXT("signature", "time", time),
    TEXT("print", "heading", print_heading),
    TEXT("print", "system", system),
    TEXT("print", "owner", owner),
    TEXT("print", "printed", printed),
    TEXT("print", "copy_id", print_copy_id),
    TEXT("print", "look_up", print_look_up),
    TEXT("print", "scaled", scaled),
    TEXT("print", "scaled_not", scaled_not),
    TEXT("print", "serves", serves),
    TEXT("print", "page", print_page),
};
/* clang-format on */

static SaoyTemplates templates;
static GError *failure; /* why they could not be read; kept for the process's life */

static GBytes *
read_pinned(const char *path, size_t max, const char *pin, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_file_read(path, max, NULL);
    g_autofree char *hex = NULL;

    if (bytes == NULL)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "templates: %s cannot be read", path);
    hex = saoy_sha256_hex(saoy_view_of(bytes));
    if (!g_str_equal(hex, pin))
        return saoy_null(error, SAOY_ERROR_OFFLINE, "templates: %s is not the pinned file",
                         path);
    return g_steal_pointer(&bytes);
}

/* The pins stand in copy.ini, so its own digest with them covers the whole set. */
static bool
take_digest(const char *path, GError **error)
{
    g_autoptr(GBytes) ini = saoy_file_read(path, MAX_TEMPLATE, NULL);
    g_autofree char *hex = NULL, *set = NULL, *whole = NULL;

    if (ini == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "templates: %s cannot be read", path);
    hex = saoy_sha256_hex(saoy_view_of(ini));
    set = g_strdup_printf("copy.ini %s\nsrgb.icc %s\nTinos-Regular.ttf %s\n"
                          "Tinos-Bold.ttf %s\n",
                          hex, templates.profile_sha256,
                          templates.font_sha256[SAOY_FACE_REGULAR],
                          templates.font_sha256[SAOY_FACE_BOLD]);
    whole = saoy_sha256_hex((SaoyView){ (const uint8_t *)set, strlen(set) });
    g_strlcpy(templates.digest, whole, sizeof templates.digest);
    return true;
}

static bool
load(GError **error)
{
    g_autofree char *ini = saoy_data_path("models/templates/copy.ini");
    g_autofree char *icc = saoy_data_path("models/templates/srgb.icc");
    g_autoptr(GError) reason = NULL;

    if (!saoy_config_read(ini, keys, G_N_ELEMENTS(keys), &templates, &reason))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "templates: %s", reason->message);
    for (int i = 0; i < SAOY_FACE_N; i++) {
        g_autoptr(GBytes) font =
            read_pinned(templates.font[i], MAX_FONT, templates.font_sha256[i], error);

        if (font == NULL)
            return false;
        templates.face[i] = saoy_font_open(font, error);
        if (templates.face[i] == NULL)
            return false;
    }
    templates.profile = read_pinned(icc, MAX_TEMPLATE, templates.profile_sha256, error);
    return templates.profile != NULL && take_digest(ini, error);
}

const SaoyTemplates *
saoy_templates(GError **error)
{
    static gsize once = 0;

    if (g_once_init_enter(&once)) {
        load(&failure);
        g_once_init_leave(&once, 1);
    }
    if (failure == NULL)
        return &templates;
    if (error != NULL)
        *error = g_error_copy(failure);
    return NULL;
}

const char *
saoy_templates_digest(GError **error)
{
    const SaoyTemplates *set = saoy_templates(error);

    return set != NULL ? set->digest : NULL;
}

char *
saoy_template_fill(const char *text, const char *const *pairs)
{
    GString *out = g_string_new(NULL);
    const char *at = text;

    while (*at != '\0') {
        const char *const *pair = pairs;
        size_t length = 0;

        for (; *pair != NULL; pair += 2) {
            length = strlen(pair[0]);
            if (at[0] == '{' && strncmp(at + 1, pair[0], length) == 0 &&
                at[length + 1] == '}')
                break;
        }
        if (*pair != NULL) {
            g_string_append(out, pair[1]);
            at += length + 2;
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, FALSE);
}

bool
saoy_block_fits(const SaoyTemplates *set, const SaoyCopyPage *last)
{
    double pixel = last->dpi > 0 ? 25400.0 / last->dpi : 0;

    return last->free_box.w * pixel >= set->block_width_um &&
           last->free_box.h * pixel >= set->block_height_um;
}

void
saoy_block_place(const SaoyTemplates *set, const SaoyCopyPage *last, double *out_x,
                 double *out_y)
{
    double pixel = 25400.0 / last->dpi;
    double side = last->free_box.w - set->block_width_um / pixel;
    double slack = last->free_box.h - set->block_height_um / pixel;

    *out_x = last->free_box.x + side / 2;
    *out_y = last->free_box.y + MIN(slack / 2, BLOCK_GAP_UM / pixel);
}

SaoyBox
saoy_copy_block_box(const SaoyCopyPage *last)
{
    const SaoyTemplates *set = saoy_templates(NULL);
    double x = 0, y = 0;

    if (set == NULL || !saoy_block_fits(set, last))
        return (SaoyBox){ 0 };
    saoy_block_place(set, last, &x, &y);
    return (SaoyBox){ .x = (int)x,
                      .y = (int)y,
                      .w = (int)(set->block_width_um * last->dpi / 25400.0) + 1,
                      .h = (int)(set->block_height_um * last->dpi / 25400.0) + 1 };
}

unsigned
saoy_copy_file_pages(const SaoyCopyPage *pages, size_t n_pages)
{
    const SaoyTemplates *set = saoy_templates(NULL);

    if (set == NULL || n_pages == 0)
        return 0;
    return (unsigned)n_pages + !saoy_block_fits(set, &pages[n_pages - 1]);
}
