#pragma once
#include "core/bytes.h"
#include "core/ossl.h"
#include "identity/chip.h"
#include "lds.h"
#include "persona-access.h"

/* The data groups of a synthetic person, as the chip shows them. What comes in is checked.
 */

/* EF.CardAccess of every CCCD (domain.md §4.5). */
SaoyView saoy_persona_card_access(void);

/* The 90, 72 or 88 characters of a TD1, TD2 or TD3: the same person, other lines. name: as
 * saoy_mrz_td1 wants it; false: no such document. */
bool saoy_persona_mrz(const char *document, const char *number, const char *name,
                      const char *birth, char sex, const char *expiry, char out[91]);

GBytes *saoy_persona_com(SaoyGroups groups);
GBytes *saoy_persona_dg1(const char *mrz);
/* MALFORMED: no JPEG, JPEG 2000 */
GBytes *saoy_persona_dg2(SaoyView portrait, bool iso39794, GError **error);
GBytes *saoy_persona_dg11(const SaoyPersona *persona);
GBytes *saoy_persona_dg12(void);
GBytes *saoy_persona_dg13(const SaoyPersona *persona);
GBytes *saoy_persona_dg14(const SaoyPersonaAccess *access, EVP_PKEY *chip_auth,
                          const SaoyPersonaProof *proof, GError **error);
GBytes *saoy_persona_dg15(EVP_PKEY *active_auth, GError **error);
