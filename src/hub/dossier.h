#pragma once
#include "core/json.h"
#include "core/words.h"
#include "document/record.h"
#include "node.h"

/* What the hub holds of a dossier. */
#define SAOY_DOSSIER_DOCUMENTS_MAX 20
#define SAOY_DOSSIER_PAGES_MAX 60

/* pages.stored */
#define SAOY_PAGE_COMING 2 /* its file may be there */
#define SAOY_PAGE_STORED 1

/* Opens one from the JSON body of product.md §6 (strictly checked). key is the visit's
 * Idempotency-Key: the same key and body give the same dossier, another body REFUSED.
 * Free *out_id with g_free. */
bool saoy_dossier_open(SaoyNode *node, const char *kiosk, const char *key,
                       const SaoyJson *body, char **out_id, GError **error);

/* NO_MEDIA unless the dossier is this kiosk's (kiosk NULL: anybody's). */
bool saoy_dossier_check(SaoyNode *node, const char *id, const char *kiosk, GError **error);

/* The JSON of GET dossiers/{id}. out_rev may be NULL. */
SaoyJson *saoy_dossier_state(SaoyNode *node, const char *id, int64_t *out_rev,
                             GError **error);

/* The body it was opened with; NO_MEDIA once it was forgotten. */
SaoyJson *saoy_dossier_body(SaoyNode *node, const char *id, GError **error);

/* Pages, text and faces may be brought until the dossier is submitted; again is harmless.
 */
bool saoy_dossier_put_page(SaoyNode *node, const char *id, unsigned document, unsigned page,
                           GBytes *jpeg, GError **error);
bool saoy_dossier_put_text(SaoyNode *node, const char *id, unsigned document, unsigned page,
                           SaoyView json, GError **error);
bool saoy_dossier_put_face(SaoyNode *node, const char *id, const char *which, GBytes *jpeg,
                           GError **error);
GBytes *saoy_dossier_page(SaoyNode *node, const char *id, unsigned document, unsigned page,
                          GError **error);
GBytes *saoy_dossier_face(SaoyNode *node, const char *id, const char *which,
                          GError **error);

/* Deletes what was opened and not submitted in time, and what of ended dossiers is no
 * longer needed: pictures and text after a day, the person's data after thirty. */
bool saoy_dossier_sweep(SaoyNode *node, int64_t now_us, GError **error);

/* One document's paper: everything composing needs. */
typedef struct {
    size_t n;
    GBytes **jpegs;
    SaoyWords *words;
    SaoyBox *boxes;
    int *dpi, *widths, *heights;
} SaoyPaper;
void saoy_paper_clear(SaoyPaper *paper);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyPaper, saoy_paper_clear)
bool saoy_paper_load(SaoyNode *node, const char *dossier, unsigned document, SaoyPaper *out,
                     GError **error);
