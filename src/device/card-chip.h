#pragma once
#include "identity/chip.h"

/* What card-emu.c and card-vpcd.c share: a persona's chip with the levers of <file>.fault.
 */

/* The lines of the fault file, empty when there is none. Free with g_strfreev. */
char **saoy_card_levers(const char *persona);

/* "absent" is no lever of the chip and is passed over. */
SaoyChip *saoy_card_chip_open(const char *persona, GError **error);
