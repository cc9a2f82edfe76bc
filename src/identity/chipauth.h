#pragma once
#include "core/ossl.h"
#include "lds.h"
#include "link.h"

/* Chip authentication v1 with DH or ECDH (ICAO 9303-11, 6.2), terminal side: the strongest
 * offer whose key is usable. On success link->sm holds the new keys and counter zero; the
 * chip has proven itself only when the next protected answer verifies. UNTRUSTED: no key is
 * usable. FAILED: the chip answers no. */
bool saoy_chip_auth_run(SaoyLink *link, const SaoyDg14 *dg14, GError **error);
