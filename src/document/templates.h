#pragma once
#include "font-file.h"

#include "core/bytes.h"
#include "document/compose.h"

#include <gio/gio.h>

/* models/templates/copy.ini as a struct: wording, and lengths in micrometres. */
typedef enum { SAOY_FACE_REGULAR, SAOY_FACE_BOLD, SAOY_FACE_N } SaoyFace;

typedef struct {
    char *font[SAOY_FACE_N], *font_sha256[SAOY_FACE_N];
    char *profile_sha256;
    int strip_height_um, least_width_um, strip_margin_um, link_qr_um;
    char *strip_heading, *strip_copy_id, *strip_token, *strip_look_up, *strip_page;
    char *sample_mark, *sample_watermark, *sample_seal;
    char *outline_original, *outline_attestation;
    char *watermark;
    int grey_percent, angle_degrees;
    int block_width_um, block_height_um, block_margin_um;
    char *title, *title_official, *number, *book, *of, *seal_note;
    char *conversion, *conversion_official, *added;
    char *officer_by, *officer_title, *agency_by, *time;
    char *print_heading, *system, *owner, *printed, *print_copy_id, *print_look_up;
    char *scaled, *scaled_not, *serves, *print_page;
    GBytes *profile;             /* the ICC file */
    SaoyFont *face[SAOY_FACE_N]; /* the pinned files */
    char digest[65];             /* of the whole set */
} SaoyTemplates;

/* Read and checked against their pins once a process. OFFLINE with the file's name else. */
const SaoyTemplates *saoy_templates(GError **error);

/* text with every {key} replaced; pairs: key, value, …, NULL. Free with g_free. */
char *saoy_template_fill(const char *text, const char *const *pairs);

static inline double
saoy_um_to_pt(int um)
{
    return um * 72.0 / 25400.0;
}

/* Where the attestation stands on the last page. */
bool saoy_block_fits(const SaoyTemplates *templates, const SaoyCopyPage *last);

/* Where its upper left corner stands then, in the page's pixels: middle across the free
 * box, close below what stands above it. */
void saoy_block_place(const SaoyTemplates *set, const SaoyCopyPage *last, double *out_x,
                      double *out_y);
