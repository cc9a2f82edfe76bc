#pragma once
#include "identity/chip.h"

/* What card-emu.c and card-vpcd.c share: a persona's chip with the levers of <file>.fault.
 */

/* The lines of the fault file, empty when there is none. Free with g_strfreev. */
char **saoy_card_levers(const char *persona);

/* Levers: NULL-terminated, behind those of the file; may be NULL. "absent" is no lever of
 * the chip and is passed over. NO_MEDIA, MALFORMED; no such lever: FAILED
 * of the file, REFUSED of the rest. */
SaoyChip *saoy_card_chip_open(const char *persona, const char *const *levers,
                              GError **error);

/* Changes when the persona or its fault file is written. Free with g_free. */
char *saoy_card_stamp(const char *persona);
