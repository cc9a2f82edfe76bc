#pragma once
#include "apdu.h"
#include "domain.h"
#include "identity/chip.h"
#include "lds.h"
#include "sm.h"

/* The software chip's inside, shared by chip*.c and tests that look for keys left behind.
 */
enum { SAOY_SLOT_COM = 0, SAOY_SLOT_SOD = SAOY_GROUP_MAX + 1, SAOY_SLOT_N };

typedef enum {
    SAOY_STAGE_NONE,
    SAOY_STAGE_SELECTED,
    SAOY_STAGE_NONCE,
    SAOY_STAGE_MAPPED,
    SAOY_STAGE_AGREED
} SaoyPaceStage;

/* What chip-lever.c sets and the rest asks for. Levers that only exchange a file, or the
 * whole card, need no place here. */
typedef enum {
    /* a genuine card may be like that */
    SAOY_LEVER_NO_BAC,
    SAOY_LEVER_SELECTS_MF,
    SAOY_LEVER_ACCESS_IN_MF,
    SAOY_LEVER_ACCESS_IN_APPLICATION,
    SAOY_LEVER_ACCESS_SHUT,
    SAOY_LEVER_NO_P2_0C,
    SAOY_LEVER_SELECT_WANTS_LE,
    SAOY_LEVER_SELECT_REFUSES_LE,
    SAOY_LEVER_MSE_WANTS_LE,
    SAOY_LEVER_MSE_REFUSES_LE,
    SAOY_LEVER_AUTH_WANTS_LE,
    SAOY_LEVER_AUTH_REFUSES_LE,
    SAOY_LEVER_MSE_STRICT,
    SAOY_LEVER_SHORT_ANSWERS,
    SAOY_LEVER_STRICT_END,
    SAOY_LEVER_EXACT_LE,
    SAOY_LEVER_GET_RESPONSE,
    SAOY_LEVER_SFI_ONLY,
    SAOY_LEVER_NO_SFI,
    SAOY_LEVER_EXTENDED,
    SAOY_LEVER_EXTENDED_LIES,
    SAOY_LEVER_NO_EXTENDED,
    SAOY_LEVER_SLOW,
    /* a genuine card is never like that */
    SAOY_LEVER_NO_PACE,
    SAOY_LEVER_WRONG_TOKEN,
    SAOY_LEVER_PACE_6300,
    SAOY_LEVER_PULLED_AFTER,
    SAOY_LEVER_PULLED_ONCE,
    SAOY_LEVER_OTHER_CARD,
    SAOY_LEVER_ENDS_SESSION,
    SAOY_LEVER_WRONG_MAC,
    SAOY_LEVER_ENDLESS_61,
    SAOY_LEVER_ENDLESS_6C,
    SAOY_LEVER_CLONE,
    SAOY_LEVER_NO_AA,
    SAOY_LEVER_WRONG_AA,
    SAOY_LEVER_NONE,
    SAOY_LEVER_N = SAOY_LEVER_NONE
} SaoyLever;

struct SaoyChip {
    char *folder;                 /* of the persona: its issuer may lie there */
    GBytes *files[SAOY_SLOT_N];   /* as the persona has them; slots 1..16: data groups */
    GBytes *changed[SAOY_SLOT_N]; /* by a lever, shown instead */
    GBytes *card_access, *card_security; /* may be NULL */
    GBytes *atr_info;                    /* EF.ATR/INFO; NULL: there is none */
    GBytes *announced, *extended_info;   /* by levers: EF.CardAccess, EF.ATR/INFO instead */
    EVP_PKEY *chip_auth, *active_auth;   /* may be NULL */
    EVP_PKEY *mapping_auth; /* of chip authentication mapping; NULL: chip_auth */
    int active_digest;      /* NID */
    bool no_bac;
    unsigned extended; /* bytes of the longest command and answer; 0: short ones only */
    SaoyAccessKey key;

    struct {
        bool on;
        unsigned n;
    } levers[SAOY_LEVER_N];
    bool pulled;
    unsigned seen;   /* commands since there is power, or since a lever was set */
    SaoyChip *other; /* lies there when this one has been pulled */
    bool swapped;

    GBytes *selected; /* borrowed */
    bool master;      /* the master file was selected by name */
    bool application;
    bool sealed;       /* the command being answered came under secure messaging */
    bool wide;         /* and in extended length */
    SaoySm sm;         /* the standing session */
    SaoySm coming;     /* the session that begins behind this answer */
    bool by_pace;      /* how it was opened */
    SaoyArray *chain;  /* data of a chained command so far */
    SaoyApdu chaining; /* its header */
    SaoyArray *held;   /* what GET RESPONSE will fetch, and its status word */
    size_t held_at;

    SaoyPaceStage stage;
    SaoyPaceInfo pace;
    unsigned reference;
    SaoyKey nonce;
    SaoyDomain *domain;
    SaoyArray *base, *own, *peer;
    BIGNUM *mapping; /* secret of the mapping */
    SaoySm agreed;
    uint8_t challenge[8];
    bool challenged;
    bool chip_auth_selected;
    SaoyCipher chip_auth_cipher;
};

static inline bool
saoy_chip_is(const SaoyChip *chip, SaoyLever lever)
{
    return chip->levers[lever].on;
}

/* Bytes of the longest command and answer. 0: no extended length. */
static inline unsigned
saoy_chip_extended(const SaoyChip *chip)
{
    if (saoy_chip_is(chip, SAOY_LEVER_NO_EXTENDED) ||
        saoy_chip_is(chip, SAOY_LEVER_EXTENDED_LIES))
        return 0;
    return saoy_chip_is(chip, SAOY_LEVER_EXTENDED) ? chip->levers[SAOY_LEVER_EXTENDED].n
                                                   : chip->extended;
}

/* Each answers one instruction: data appended, status word returned. */
typedef uint16_t SaoyChipHandler(SaoyChip *chip, const SaoyApdu *command,
                                 GByteArray *answer);
SaoyChipHandler saoy_chip_select, saoy_chip_read, saoy_chip_read_far; /* chip-file.c */
SaoyChipHandler saoy_chip_manage, saoy_chip_authenticate;             /* chip-access.c */
SaoyChipHandler saoy_chip_challenge, saoy_chip_external;              /* chip-access.c */
SaoyChipHandler saoy_chip_manage_key, saoy_chip_agree,
    saoy_chip_internal; /* chip-prove.c */

/* The secret of a static key as the chip has it; a copy has another. NULL: no such key. */
BIGNUM *saoy_chip_secret(const SaoyChip *chip, EVP_PKEY *key);

/* The group of a static key. NULL: none that is standardised. */
SaoyDomain *saoy_chip_domain(EVP_PKEY *key);

/* Template of MSE: 80 protocol, 83 password, 84 parameter or key, 91 ephemeral key. false:
 * anything else. Absent: size 0. */
typedef struct {
    SaoyView protocol, password, parameter, ephemeral;
} SaoyChipTemplate;
bool saoy_chip_template(SaoyView data, SaoyChipTemplate *out);

/* Forgets a half-run PACE, BAC or chip authentication. */
void saoy_chip_forget(SaoyChip *chip);

GBytes *saoy_chip_card_access(const SaoyChip *chip); /* borrowed; NULL: it has none */

/* A chip out of a persona's text; folder is kept. MALFORMED. */
SaoyChip *saoy_chip_parse(SaoyView json, const char *folder, GError **error);
void saoy_chip_clear_levers(SaoyChip *chip);
