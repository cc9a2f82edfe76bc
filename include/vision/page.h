#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

typedef enum {
    SAOY_SHEET_OTHER,
    SAOY_SHEET_A3,
    SAOY_SHEET_A4,
    SAOY_SHEET_A5,
    SAOY_SHEET_ID1, /* a card */
    SAOY_SHEET_N
} SaoySheetSize;
const char *saoy_sheet_size_name(SaoySheetSize size); /* "other" "A3" "A4" "A5" "ID-1" */

#define SAOY_PAGE_STREAKS_MAX 4

/* What cleaning did, with every parameter it chose, and what it saw. */
typedef struct {
    /* of the scan: saoy_page_assess() leaves it */
    uint8_t scan_sha256[32]; /* of the scan's samples, row by row */
    int scan_dpi;            /* believed: what it said, or by the sheet's size */
    double skew_deg;         /* how far the scan was turned; positive = clockwise */
    SaoyBox crop;            /* in the scan's pixels, before turning */
    int rotation;            /* quarter turns clockwise applied */
    bool outlined;           /* all four sides of the sheet were seen */
    double outline[8]; /* then: x, y of its corners in the scan, clockwise from top left */
    bool rectified;    /* they made no rectangle and were drawn into one */
    unsigned cards;    /* ID-1 cards that lay on the glass; two are put on one A4 sheet */
    double light;      /* most that a place was lit up to make the light even; 1 none */
    bool shadow, glare, finger, cut_corner, double_feed;
    unsigned n_streaks; /* lines down the whole scan, mm from its left */
    double streaks_mm[SAOY_PAGE_STREAKS_MAX];
    /* of the page as it lies now */
    SaoySheetSize size;
    double width_mm, height_mm;
    double sharpness; /* 0 blurred .. 1 crisp */
    double ink;       /* share of the page that is not paper */
    bool blank, blurred, too_dark, cut_edge, too_small, low_resolution;
    SaoyBox free_box; /* clear rectangle for the attestation, cleaned page's pixels; w 0:
                         none */
} SaoyPageReport;

/* Straightens (within 15 degrees), draws a sheet seen askew into its rectangle, trims dark
 * or coloured surroundings, turns upright by quarter turns, evens the light; never changes
 * ink. A scan finer than 300 dpi comes down to 300; besides that it is resampled once at
 * most. A scan without believable dpi is taken for A4, or a card by its shape. The lines of
 * writing tell angle and side; where there are none the sheet's edges do, and a page
 * without lines is not turned. MALFORMED when there is no page in it. CPU bound, any
 * thread, deterministic. */
SaoyImage *saoy_page_clean(const SaoyImage *scan, SaoyPageReport *out, GError **error);

/* Judges a page that is clean already, as when a person turned it by hand: the second half
 * of *inout is written anew, what is of the scan stays. */
bool saoy_page_assess(const SaoyImage *page, SaoyPageReport *inout, GError **error);

/* The clean page turned clockwise by quarters, because its words say that it lies so: its
 * rotation grows by them, and it is judged as it lies now. Two cards on their sheet turn
 * around within the place they take. */
SaoyImage *saoy_page_turn(const SaoyImage *page, int quarters, SaoyPageReport *inout,
                          GError **error);

/* A progressive JPEG within the quality rule of product.md §5: luma >= 60, 4:4:4 where
 * there is colour ink, 400 KB aimed at, cap 1.2 MB; the quality chosen goes to
 * *out_quality. A page over 400 KB at quality 75 first loses the scanner's grain, where
 * there is nothing but grain (docs/page.md); nothing else is altered. Below 60 is only what
 * else would break the cap: noise that is no page. Deterministic. */
GBytes *saoy_page_encode(const SaoyImage *page, int *out_quality, GError **error);

/* Every parameter and measure, as one object: samples_sha256, scan_dpi, skew_deg, crop,
 * rotation, outline (corners in the scan, or empty), rectified, cards, light, size,
 * width_mm, height_mm, quality {sharpness, ink, blank, …, faults, hint}. */
typedef struct SaoyJson SaoyJson; /* core/json.h */
SaoyJson *saoy_page_report_to_json(const SaoyPageReport *report);

/* A hint in plain English (a msgid) for the worst fault, or NULL when the page is good. */
const char *saoy_page_hint(const SaoyPageReport *report);

/* Dirt on the glass: the same streak on several pages of one scan, at least two and half of
 * them. A hint as above, or NULL. */
const char *saoy_page_glass_hint(const SaoyPageReport *reports, size_t n);

/* Front and back of a card, each clean and of size ID-1, on one A4 sheet at true size.
 * MALFORMED when one is no card. */
SaoyImage *saoy_page_join_cards(const SaoyImage *front, const SaoyImage *back,
                                GError **error);

G_END_DECLS
