#pragma once
#include "core/words.h"
#include "vision/image.h"

G_BEGIN_DECLS

/* What may have been done to the paper itself, told by how the place differs from the paper
 * around it (docs/page.md, «Altered originals»). */
typedef enum {
    SAOY_TAMPER_ERASED,  /* scraped or rubbed: the surface is rough, the tint or ground gone
                          */
    SAOY_TAMPER_COVERED, /* white-out: whiter than the paper */
    SAOY_TAMPER_PASTED,  /* other paper: its own tone */
    SAOY_TAMPER_EDITED,  /* the paper's grain or ground is missing: changed before printing
                          */
    SAOY_TAMPER_STROKES, /* the ink of some letters is not that of those beside them */
    SAOY_TAMPER_N
} SaoyTamperKind;

typedef struct {
    SaoyTamperKind kind;
    SaoyBox box;     /* page pixels */
    double strength; /* 1 is the least; each more is e times likelier */
} SaoyTamper;

#define SAOY_TAMPERS_MAX 8
typedef struct {
    unsigned n;
    SaoyTamper items[SAOY_TAMPERS_MAX]; /* the strongest first */
} SaoyTampers;

/* Places with writing whose paper is not the page's. page: clean, not yet encoded; grey or
 * below 100 dpi: nothing is told. Never a proof: an officer looks. CPU bound (60 ms at A4,
 * 300 dpi), any thread, deterministic. */
bool saoy_page_tampers(const SaoyImage *page, SaoyTampers *out, GError **error);

/* Adds places whose ink is not that of the writing beside: a figure changed with a pen, a
 * word added or replaced by another machine. words: as read on this page. Needs colour and
 * 150 dpi. CPU bound (60 ms at A4, 300 dpi), any thread, deterministic. */
bool saoy_page_strokes(const SaoyImage *page, const SaoyWords *words, SaoyTampers *out,
                       GError **error);

/* The same places once the page, of that height before, was turned a quarter clockwise. */
void saoy_tampers_turn(SaoyTampers *tampers, int height);

G_END_DECLS
