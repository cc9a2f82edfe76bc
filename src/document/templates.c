#include "templates.h"

#include "core/config.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

enum { MAX_FONT = 8 << 20, MAX_TEMPLATE = 1 << 20 };

/* Section and key are named as the struct's members are. */
#define TEXT(section, key)                                                              \
    {                                                                                   \
#section, #key, SAOY_CONFIG_STRING, offsetof(SaoyTemplates, section.key), NULL, \
            NULL, 0, 0, false                                                           \
    }
#define NUMBER(section, key, min, max)                                                     \
    {                                                                                      \
#section, #key, SAOY_CONFIG_INT, offsetof(SaoyTemplates, section.key), NULL, NULL, \
            min, max, false                                                                \
    }
#define PLACE(section, key) NUMBER(section, key, 0, 200000)
#define SIZE(section, key) NUMBER(section, key, 500, 3000)
#define PIN(section, key, field)                                                         \
    {                                                                                    \
        section, key, SAOY_CONFIG_STRING, offsetof(SaoyTemplates, field), NULL, NULL, 0, \
            0, false                                                                     \
    }
#define ROW(key, n)                                                                    \
    {                                                                                  \
        "strip", key, SAOY_CONFIG_INT, offsetof(SaoyTemplates, strip.row_um[n]), NULL, \
            NULL, 0, 60000, false                                                      \
    }

/* clang-format off */
static const SaoyConfigKey keys[] = {
    PIN("fonts", "regular", font[SAOY_FACE_REGULAR]),
    PIN("fonts", "regular_sha256", font_sha256[SAOY_FACE_REGULAR]),
    PIN("fonts", "bold", font[SAOY_FACE_BOLD]),
    PIN("fonts", "bold_sha256", font_sha256[SAOY_FACE_BOLD]),
    PIN("profile", "sha256", profile_sha256),
    { "symbol", "module_um", SAOY_CONFIG_INT, offsetof(SaoyTemplates, module_um), NULL, NULL,
      380, 1000, false },
    NUMBER(strip, height_um, 22000, 60000),
    NUMBER(strip, least_width_um, 120000, 300000),
    NUMBER(strip, margin_um, 4000, 20000),
    NUMBER(strip, qr_um, 18000, 50000),
    NUMBER(strip, gap_um, 2000, 20000),
    ROW("row_1_um", 0), ROW("row_2_um", 1), ROW("row_3_um", 2), ROW("row_4_um", 3),
    ROW("row_5_um", 4),
    SIZE(strip, heading_size), SIZE(strip, text_size), SIZE(strip, page_size),
    TEXT(strip, heading), TEXT(strip, copy_id), TEXT(strip, token), TEXT(strip, look_up),
    TEXT(strip, page),
    TEXT(sample, mark), TEXT(sample, watermark), TEXT(sample, seal),
    TEXT(outline, original), TEXT(outline, attestation),
    TEXT(watermark, text),
    NUMBER(watermark, grey_percent, 10, 15),
    NUMBER(watermark, angle_degrees, 0, 90),
    NUMBER(added, width_um, 180000, 300000),
    NUMBER(added, height_um, 150000, 420000),
    PLACE(added, heading_um), SIZE(added, heading_size), PLACE(added, block_um),
    TEXT(added, heading),
    NUMBER(block, width_um, 150000, 200000),
    NUMBER(block, height_um, 60000, 120000),
    NUMBER(block, margin_um, 2000, 10000),
    PLACE(block, gap_um),
    PLACE(block, title_um), SIZE(block, title_size), SIZE(block, mark_size),
    PLACE(block, seal_um), PLACE(block, text_um), PLACE(block, text_width_um),
    PLACE(block, figures_um), PLACE(block, row_um), SIZE(block, figures_size),
    PLACE(block, of_um), PLACE(block, of_height_um), SIZE(block, of_size),
    PLACE(block, note_um), PLACE(block, note_height_um), SIZE(block, note_size),
    PLACE(block, signers_um), SIZE(block, signer_size),
    PLACE(block, signatures_um), PLACE(block, stamp_um),
    PLACE(block, name_um), SIZE(block, name_size),
    PLACE(block, sentence_um), SIZE(block, sentence_size),
    TEXT(block, title), TEXT(block, title_official), TEXT(block, number), TEXT(block, book),
    TEXT(block, of), TEXT(block, seal_note),
    TEXT(block, conversion), TEXT(block, conversion_official),
    SIZE(signature, by_size), SIZE(signature, text_size),
    TEXT(signature, officer_by), TEXT(signature, time),
    PLACE(print, margin_um), PLACE(print, head_um), PLACE(print, row_um),
    SIZE(print, heading_size), SIZE(print, text_size),
    TEXT(print, heading), TEXT(print, system), TEXT(print, owner), TEXT(print, printed),
    TEXT(print, copy_id), TEXT(print, look_up), TEXT(print, scaled), TEXT(print, scaled_not),
    TEXT(print, serves), TEXT(print, page),
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
    g_autofree char *more = saoy_data_path("models/templates/conf.d");
    g_autoptr(GError) reason = NULL;

    /* what it would add, the set's digest would not cover */
    if (g_file_test(more, G_FILE_TEST_EXISTS))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "templates: %s may not be there", more);
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

    return last->free_box.w * pixel >= set->block.width_um &&
           last->free_box.h * pixel >= set->block.height_um;
}

void
saoy_block_place(const SaoyTemplates *set, const SaoyCopyPage *last, double *out_x,
                 double *out_y)
{
    double pixel = 25400.0 / last->dpi;
    double side = last->free_box.w - set->block.width_um / pixel;
    double slack = last->free_box.h - set->block.height_um / pixel;

    *out_x = last->free_box.x + side / 2;
    *out_y = last->free_box.y + MIN(slack / 2, set->block.gap_um / pixel);
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
                      .w = (int)(set->block.width_um * last->dpi / 25400.0) + 1,
                      .h = (int)(set->block.height_um * last->dpi / 25400.0) + 1 };
}

unsigned
saoy_copy_file_pages(const SaoyCopyPage *pages, size_t n_pages)
{
    const SaoyTemplates *set = saoy_templates(NULL);

    if (set == NULL || n_pages == 0)
        return 0;
    return (unsigned)n_pages + !saoy_block_fits(set, &pages[n_pages - 1]);
}
