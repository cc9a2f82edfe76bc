#pragma once
#include "core/bytes.h"
#include "core/config.h"

/* The test PKI: ECDSA P-256, root named «TEST – KHÔNG CÓ GIÁ TRỊ» so that nothing made
 * under it can be taken for the real thing. Every NAME.crt holds its chain below the root,
 * PEM. */

/* Makes what is missing in folder; leaves what is there. url: of the public listener, where
 * the certificates say that lists and answers are (/pki/…). */
bool saoy_pki_make(const char *folder, const char *url, GError **error);

/* A signing certificate for one officer: officer-LOGIN.crt and .key. Left when it is there.
 */
bool saoy_pki_make_officer(const char *folder, const char *url, const char *login,
                           const char *name, GError **error);

/* The same for seals: NAME.crt and .key. */
bool saoy_pki_make_seal(const char *folder, const char *url, const char *name,
                        GError **error);

/* folder/revoked: "<serial hex> <unix time> <reason> <name>" a line. */
typedef struct {
    GBytes *serial;
    int64_t revoked_us;
    int reason; /* RFC 5280, 5.3.1; -1: not said */
} SaoyPkiRevoked;

/* Array of them, g_array_unref. MALFORMED when a line cannot be read. */
GArray *saoy_pki_revoked(const char *folder, GError **error);
/* NAME.crt from now on. REFUSED when it is there already; NO_MEDIA no such certificate. */
bool saoy_pki_revoke(const char *folder, const char *name, int reason, GError **error);
/* Is there a certificate with that serial number in the folder? */
bool saoy_pki_issued(const char *folder, SaoyView serial);
