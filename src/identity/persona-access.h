#pragma once
#include "activeauth.h"
#include "pace.h"

/* What opens and proves a persona's chip, from the words of SaoyPersona to the files that
 * announce it. */
enum { SAOY_PERSONA_VARIANTS = 8 };

typedef struct {
    SaoyPaceInfo pace[SAOY_PERSONA_VARIANTS];
    unsigned n_pace;
    bool bac;
    unsigned mapping; /* curve of chip authentication mapping, by parameter id; 0: none */
    bool chip_auth;
    SaoyCipher chip_auth_cipher;
    unsigned chip_auth_parameter; /* 0-2: DH; 8-18: ECDH */
    bool needs_extended;          /* some command is longer than 255 bytes */
} SaoyPersonaAccess;

typedef struct {
    bool offered, rsa;
    int digest;    /* NID */
    unsigned size; /* bits of RSA, or parameter id of the curve */
} SaoyPersonaProof;

/* NULL: as SaoyPersona says. MALFORMED names the word. */
bool saoy_persona_access_parse(const char *access, const char *chip_auth,
                               SaoyPersonaAccess *out, GError **error);
bool saoy_persona_proof_parse(const char *active_auth, SaoyPersonaProof *out,
                              GError **error);

/* A fresh static key of a standardised group; one for active authentication. FAILED. */
EVP_PKEY *saoy_persona_key(unsigned parameter, GError **error);
EVP_PKEY *saoy_persona_proof_key(const SaoyPersonaProof *proof, GError **error);

/* EF.CardAccess; NULL when only BAC opens the chip. */
GBytes *saoy_persona_access_file(const SaoyPersonaAccess *access);

/* The SecurityInfos of EF.CardAccess and more, as a SET: with key those that belong to it,
 * with proof how active authentication signs (either may be NULL). For DG14 and
 * EF.CardSecurity. FAILED. */
SaoyArray *saoy_persona_infos(const SaoyPersonaAccess *access, EVP_PKEY *key,
                              const SaoyPersonaProof *proof, GError **error);

/* EF.ATR/INFO: commands and answers may have up to n bytes (ISO 7816-4, 12.7.1). */
GBytes *saoy_persona_atr_info(unsigned n);
