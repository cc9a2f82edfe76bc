#pragma once
#include "core/bytes.h"
#include "core/ossl.h"
#include "identity/chip.h"

/* The data groups of a synthetic person, as the chip shows them. What comes in is checked.
 */

/* EF.CardAccess of every CCCD (domain.md §4.5). */
SaoyView saoy_persona_card_access(void);

GBytes *saoy_persona_com(void);
GBytes *saoy_persona_dg1(const char *mrz);
GBytes *saoy_persona_dg2(SaoyView portrait,
                         GError **error); /* MALFORMED: no JPEG, JPEG 2000 */
GBytes *saoy_persona_dg13(const SaoyPersona *persona);
GBytes *saoy_persona_dg14(EVP_PKEY *chip_auth, GError **error);
GBytes *saoy_persona_dg15(EVP_PKEY *active_auth, GError **error);
