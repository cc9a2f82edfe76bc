#pragma once
#include "domain.h"
#include "lds.h"
#include "sm.h"

/* Chip authentication mapping: PACE that also proves the chip's static key. */

/* Object 8A, under the encryption key of the new session. open: UNTRUSTED. */
bool saoy_cam_seal(const SaoySm *sm, SaoyView data, GByteArray *out, GError **error);
bool saoy_cam_open(const SaoySm *sm, SaoyView sealed, GByteArray *out, GError **error);

/* Chip: what goes into it. UNTRUSTED when a secret has no inverse. */
bool saoy_cam_data(const SaoyDomain *domain, const BIGNUM *fixed, const BIGNUM *mapping,
                   GByteArray *out, GError **error);

/* Whether a key among these SecurityInfos (a SET, as in EF.CardSecurity) is the one that
 * the chip has proven. UNTRUSTED. */
bool saoy_cam_check(unsigned parameter, const SaoyCam *cam, SaoyView infos, GError **error);
