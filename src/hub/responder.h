#pragma once
#include "node.h"

/* The services of the test PKI, and the outside world they stand in for: time stamps,
 * revocation, the seal's lists. */

/* A token over a SHA-256; nonce size 0: a fresh one where an outside authority is asked. By
 * [tsa] url if there is one, else by our own. Blocking. */
GBytes *saoy_responder_token(SaoyNode *node, const uint8_t imprint[32], SaoyView nonce,
                             GError **error);
/* Bytes such a token takes at most, as far as can be told. */
size_t saoy_responder_stamp_room(SaoyNode *node);
/* The time stamp a signature gets, once: tag "<copy id>/<signer 1|2>". The imprint must be
 * of the signature value given under that tag; the same tag gives the same token, whatever
 * nonce. REFUSED when the file is held without one already. */
GBytes *saoy_responder_stamp(SaoyNode *node, const char *tag, const uint8_t imprint[32],
                             SaoyView nonce, GError **error);
/* The token given under a tag; NULL with *error NULL: none. */
GBytes *saoy_responder_stamp_given(SaoyNode *node, const char *copy_id, unsigned signer,
                                   GError **error);

/* TimeStampResp, OCSPResponse, CRL of "issuing" or "root" (NO_MEDIA of others). */
GBytes *saoy_responder_tsp(SaoyNode *node, SaoyView request, GError **error);
GBytes *saoy_responder_ocsp(SaoyNode *node, SaoyView request, GError **error);
GBytes *saoy_responder_crl(SaoyNode *node, const char *name, GError **error);

/* A SaoyFetchFunc, user is the node: our own /pki/ without a network, else over HTTP. */
GBytes *saoy_responder_fetch(void *user, const char *url, const char *type, GBytes *body,
                             GCancellable *cancel, GError **error);

/* The seal's signed lists (COSE_Sign1 under the root): "keys" and "denied". */
GBytes *saoy_responder_seal_list(SaoyNode *node, const char *kind, GError **error);
