#pragma once
#include "identity/chip.h"
#include "lds.h"
#include "persona-access.h"

/* Everything about a synthetic person that the file of hers is made of. */
typedef struct {
    char number[13], birth[11], expiry[11], mrz[91], key[40];
    char *name_vi, *name;
    GBytes *groups[SAOY_GROUP_MAX + 1];
    GBytes *sod, *card_access, *card_security, *atr_info; /* NULL: there is none */
    SaoyPersonaAccess access;
    SaoyPersonaProof proof;
    EVP_PKEY *chip_auth, *mapping_auth, *active_auth; /* NULL: none of its own */
    SaoyPersona persona;                              /* borrows the above */
} SaoyPersonaDraft;

/* The text of a persona file, as saoy_persona_make writes it (persona-write.c). g_free. */
char *saoy_persona_print(const SaoyPersonaDraft *draft, GError **error);

/* The same for a whole person; folder: where her issuer is or will be. */
char *saoy_persona_write(const SaoyPersona *persona, const char *folder, GError **error);
