#pragma once
#include "font-file.h"

#include "core/bytes.h"
#include "document/compose.h"

#include <gio/gio.h>

/* models/templates/copy.ini as a struct, section by section: wording, lengths in
 * micrometres, type sizes in hundredths of a point. */
typedef enum { SAOY_FACE_REGULAR, SAOY_FACE_BOLD, SAOY_FACE_N } SaoyFace;

enum { SAOY_STRIP_ROWS = 5 };

typedef struct {
    char *font[SAOY_FACE_N], *font_sha256[SAOY_FACE_N];
    char *profile_sha256;
    int module_um; /* of the symbols */
    struct {
        int height_um, least_width_um, margin_um, qr_um, gap_um, row_um[SAOY_STRIP_ROWS];
        int heading_size, text_size, page_size;
        char *heading, *copy_id, *token, *look_up, *page;
    } strip;
    struct {
        char *mark, *watermark, *seal;
    } sample;
    struct {
        char *original, *attestation;
    } outline;
    struct {
        char *text;
        int grey_percent, angle_degrees;
    } watermark;
    struct {
        int width_um, height_um, heading_um, heading_size, block_um;
        char *heading;
    } added;
    struct {
        int width_um, height_um, margin_um, gap_um;
        int title_um, title_size, mark_size, seal_um, text_um, text_width_um;
        int figures_um, row_um, figures_size, of_um, of_height_um, of_size;
        int note_um, note_height_um, note_size, signers_um, signer_size;
        int signatures_um, stamp_um, name_um, name_size, sentence_um, sentence_size;
        char *title, *title_official, *number, *book, *of, *seal_note;
        char *conversion, *conversion_official;
    } block;
    struct {
        int by_size, text_size;
        char *officer_by, *time;
    } signature;
    struct {
        int margin_um, head_um, row_um, heading_size, text_size;
        char *heading, *system, *owner, *printed, *copy_id, *look_up;
        char *scaled, *scaled_not, *serves, *page;
    } print;
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

static inline double
saoy_size_to_pt(int size)
{
    return size / 100.0;
}

/* Where the attestation stands on the last page. */
bool saoy_block_fits(const SaoyTemplates *templates, const SaoyCopyPage *last);

/* Where its upper left corner stands then, in the page's pixels: middle across the free
 * box, close below what stands above it. */
void saoy_block_place(const SaoyTemplates *set, const SaoyCopyPage *last, double *out_x,
                      double *out_y);
