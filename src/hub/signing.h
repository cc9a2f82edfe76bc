#pragma once
#include "issuing.h"

#include "signature/signer.h"

/* Signatures whose key another holds: a token, a service ([keys] officer, agency), or the
 * kiosk's own provider. Where each stands is a text in documents.signing_{1|2}, written by
 * saoy_signer_sign (signature/signer.h) of whoever finishes. */

/* "" nothing asked. Free with g_free. */
char *saoy_signing_read(SaoyNode *node, const char *copy_id, unsigned signer,
                        GError **error);

/* after in place of before; with a signature in it that is right it is recorded as given,
 * once. turn: who writes it, or NULL: the hub itself. REFUSED when another stands there or
 * the turn is over; MALFORMED, UNTRUSTED what is no journal of that tag and hash. */
bool saoy_signing_write(SaoyNode *node, const SaoyTurn *turn, const char *copy_id,
                        unsigned signer, const char *before, const char *after,
                        GError **error);

/* The hub asks its provider, within a few seconds: TIMEOUT while it is not ready, to be
 * called again. Errors are saoy_signer_sign's. */
bool saoy_signing_run(SaoyNode *node, SaoySigner *provider, const char *tag,
                      const char *credential, const uint8_t hash[32], GError **error);

/* Asked without an answer, of a provider that may not be asked twice: for an operator. */
bool saoy_signing_is_stuck(SaoyNode *node, const char *dossier, unsigned n);

/* One "tag" a line: what is stuck. And: an operator has looked, nothing was signed: it may
 * be asked anew. REFUSED when it is not stuck. */
GStrv saoy_signing_stuck(SaoyNode *node, GError **error);
bool saoy_signing_again(SaoyNode *node, const char *tag, GError **error);
