#pragma once
#include "core/json.h"
#include "document/record.h"
#include "net/http.h"

/* The kiosk's side of product.md §6. Blocking; one thread (the net worker). Every call
 * carries an Idempotency-Key derived from its meaning, so repeating is harmless. */
typedef struct SaoyHub SaoyHub;
SaoyHub *saoy_hub_open(const char *url, const char *ca, const char *cert, const char *key,
                       GError **error);
void saoy_hub_close(SaoyHub *hub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyHub, saoy_hub_close)
SaoyHttp *saoy_hub_http(SaoyHub *hub); /* logged in when needed; for the CSC client */

/* dossier: the JSON body; visit_key: idempotency (journalled). Returns the dossier's id. */
char *saoy_hub_open_dossier(SaoyHub *hub, const SaoyJson *dossier, const char *visit_key,
                            GCancellable *cancel, GError **error);
bool saoy_hub_put_page(SaoyHub *hub, const char *dossier, unsigned document, unsigned page,
                       GBytes *jpeg, const SaoyJson *text, GCancellable *cancel,
                       GError **error);
bool saoy_hub_put_face(SaoyHub *hub, const char *dossier, const char *which,
                       GBytes *picture, GCancellable *cancel,
                       GError **error); /* which: "chip" "live" */
bool saoy_hub_submit(SaoyHub *hub, const char *dossier, const char *payment_reference,
                     GCancellable *cancel, GError **error);
/* Answers the dossier's state (JSON of GET dossiers/{id}). */
SaoyJson *saoy_hub_withdraw(SaoyHub *hub, const char *dossier, GCancellable *cancel,
                            GError **error);
SaoyJson *saoy_hub_release(SaoyHub *hub, const char *dossier, GCancellable *cancel,
                           GError **error);
/* Long poll: NULL with *error NULL when nothing changed within wait_s. */
SaoyJson *saoy_hub_wait(SaoyHub *hub, const char *dossier, int64_t after_rev,
                        unsigned wait_s, GCancellable *cancel, GError **error);
/* verb: "take" "renew" "release"; REFUSED when another holds it. */
bool saoy_hub_lease(SaoyHub *hub, const char *dossier, unsigned document, const char *verb,
                    int64_t *inout_fence, GCancellable *cancel, GError **error);
/* n 1 or 2. REFUSED with "differs" in the message when the hub's own file is another. */
bool saoy_hub_prepared(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                       int64_t fence, GBytes *pdf, GCancellable *cancel, GError **error);
/* What is known of signature n (1 or 2) at an outside provider: saoy_signer_sign's journal,
 * "" nothing; free with g_free. */
char *saoy_hub_signing(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                       int64_t fence, GCancellable *cancel, GError **error);
/* `after` in place of `before`; REFUSED when another stands there. */
bool saoy_hub_put_signing(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                          int64_t fence, const char *before, const char *after,
                          GCancellable *cancel, GError **error);
bool saoy_hub_archive(SaoyHub *hub, const char *copy_id, int64_t fence, GBytes *pdf,
                      GCancellable *cancel, GError **error);
/* What the register says of a copy to somebody who shows its token: "genuine" "cancelled"
 * "not_issued" "not_yet_signed" "unknown". Free with g_free. */
char *saoy_hub_copy_status(SaoyHub *hub, const char *copy_id, const char *token,
                           GCancellable *cancel, GError **error);

/* OCSP answers, CRLs and issuers for a copy's validation data: what lies below /pki/ on the
 * hub's public host comes over our own connection, everything else from where it is.
 * public_url: the hub's, "" unknown. OFFLINE. */
GBytes *saoy_hub_fetch(SaoyHub *hub, const char *public_url, const char *url,
                       const char *type, GBytes *body, GCancellable *cancel,
                       GError **error);
