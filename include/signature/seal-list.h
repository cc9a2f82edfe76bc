#pragma once
#include "signature/seal.h"

/* What a verifier without network carries along: the seal certificates and the copies that
 * no longer count, each a COSE_Sign1 under the seal root (product.md §6, `GET /seal/keys`,
 * `GET /seal/denied`). Any thread. */
typedef enum { SAOY_SEAL_KEYS, SAOY_SEAL_DENIED, SAOY_SEAL_LIST_N } SaoySealListKind;

typedef struct {
    GBytes *certificate;  /* DER */
    int64_t from_s, to_s; /* seals made within are good; within the certificate's own time;
                             an end before the start: never, the key was stolen */
} SaoySealKey;

typedef struct {
    SaoySealListKind kind;
    int64_t issued_at_s, next_update_s; /* older than next update: say how old */
    GArray *keys;                       /* SaoySealKey; KEYS alone */
    GBytes *denied; /* 8 bytes each, rising: of SHA-256 of copy ids; DENIED alone */
} SaoySealList;
void saoy_seal_list_clear(SaoySealList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySealList, saoy_seal_list_clear)

GArray *saoy_seal_keys_new(void); /* frees its elements */
void saoy_seal_denied_id(const char *copy_id, uint8_t out[8]);
GBytes *saoy_seal_denied_new(const char *const *copy_ids); /* NULL-terminated */

/* root: DER of the certificate whose key sign has (ES256). */
GBytes *saoy_seal_list_make(const SaoySealList *list, SaoyView root, SaoySealSigner *sign,
                            void *user, GError **error);

/* Strict, and signed by a self-signed certificate of the directory: OFFLINE when none has
 * its key id, UNTRUSTED a wrong signature, MALFORMED. Whether it is too old is the caller's
 * to say. */
bool saoy_seal_list_read(GBytes *cose, SaoySealListKind kind, const char *trust,
                         SaoySealList *out, GError **error);

bool saoy_seal_list_denies(const SaoySealList *list, const char *copy_id);
/* The certificate with that key id, or NULL. Borrowed. */
const SaoySealKey *saoy_seal_list_key(const SaoySealList *list, const uint8_t key_id[8]);
