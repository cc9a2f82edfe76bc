#pragma once
#include "apdu.h"
#include "domain.h"
#include "identity/chip.h"
#include "lds.h"
#include "sm.h"

/* The software chip's inside, shared by chip.c (files, levers), chip-access.c (PACE, BAC,
 * chip authentication) and tests that look for keys left behind. */
enum { SAOY_SLOT_COM = 0, SAOY_SLOT_SOD = SAOY_GROUP_MAX + 1, SAOY_SLOT_N };

typedef enum {
    SAOY_STAGE_NONE,
    SAOY_STAGE_SELECTED,
    SAOY_STAGE_NONCE,
    SAOY_STAGE_MAPPED,
    SAOY_STAGE_AGREED
} SaoyPaceStage;

struct SaoyChip {
    GBytes *files[SAOY_SLOT_N];   /* as the persona has them; slots 1..16: data groups */
    GBytes *changed[SAOY_SLOT_N]; /* by a lever, shown instead */
    GBytes *card_access, *card_security; /* the latter may be NULL */
    EVP_PKEY *chip_auth, *active_auth;
    int active_digest; /* NID */
    SaoyAccessKey key;

    GBytes *selected; /* borrowed */
    bool application;
    bool sealed;   /* the command being answered came under secure messaging */
    SaoySm sm;     /* the standing session */
    SaoySm coming; /* the session that begins behind this answer */

    SaoyPaceStage stage;
    SaoyPaceInfo pace;
    unsigned reference;
    SaoyKey nonce;
    SaoyDomain *domain;
    SaoyArray *base, *own, *peer;
    BIGNUM *mapping; /* secret of the mapping */
    SaoySm agreed;
    uint8_t challenge[8];
    bool challenged, chip_auth_selected;

    bool pulled, wrong_mac, no_pace, clone, no_aa, wrong_aa;
    bool counts; /* pulled-after is set */
    unsigned left;
};

/* Each answers one instruction: data appended, status word returned. */
typedef uint16_t SaoyChipHandler(SaoyChip *chip, const SaoyApdu *command,
                                 GByteArray *answer);
SaoyChipHandler saoy_chip_manage, saoy_chip_authenticate, saoy_chip_challenge,
    saoy_chip_external, saoy_chip_internal;

/* Forgets a half-run PACE, BAC or chip authentication. */
void saoy_chip_forget(SaoyChip *chip);
