#pragma once
#include "core/config.h"

/* The test PKI: ECDSA P-256, root named «TEST – KHÔNG CÓ GIÁ TRỊ» so that nothing made
 * under it can be taken for the real thing. Every NAME.crt holds its chain below the root,
 * PEM. */

/* Makes what is missing in folder; leaves what is there. */
bool saoy_pki_make(const char *folder, GError **error);

/* A signing certificate for one officer: officer-LOGIN.crt and .key. Left when it is there.
 */
bool saoy_pki_make_officer(const char *folder, const char *login, const char *name,
                           GError **error);
