#pragma once
#include "lds.h"
#include "link.h"

/* Chip authentication v1 with ECDH (ICAO 9303-11, 6.2), terminal side: on success link->sm
 * holds the new keys and counter zero. The chip has proven itself only when the next
 * protected answer verifies. UNTRUSTED: the key is unusable. FAILED: the chip answers no.
 */
bool saoy_chip_auth_run(SaoyLink *link, const SaoyDg14 *dg14, GError **error);
