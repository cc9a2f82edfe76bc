#pragma once
#include "hsm.h"

/* The hub's seal certificates: pki/seal.crt makes seals now; pki/seal-<key id>.crt made
 * them before, and what they made holds on. Root's signed list of them all goes to whoever
 * checks seals without network (product.md §5, §6). */

/* COSE: each with its time, cut short where it was revoked; after a key's compromise
 * nothing of it holds, for a seal's time is its maker's word. next_update_s 0: when the
 * last of them ends. */
GBytes *saoy_seals_list(const SaoyKeys *keys, const char *folder, int64_t next_update_s,
                        GError **error);

/* A new one from now on: certificate, a PEM file, when a provider holds the key, else NULL:
 * key and certificate are made in the test PKI. The old one's private key is gone then. The
 * trust folder gets the new certificate and the list. May be repeated when it was cut
 * short. REFUSED who holds the key is not who was said; MALFORMED no certificate for seals.
 */
bool saoy_seals_next(const SaoyHubConfig *config, const char *certificate, GError **error);

/* saoy_pki_revoke of one that makes none any more, and the list anew. REFUSED for the one
 * in use. */
bool saoy_seals_revoke(const SaoyHubConfig *config, const char *name, int reason,
                       GError **error);
