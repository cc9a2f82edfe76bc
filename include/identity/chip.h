#pragma once
#include "core/bytes.h"
#include "identity/reader.h"

#include <gio/gio.h>

/* The other side: a software chip that behaves like a CCCD (domain.md §4.5). Real
 * cryptography: its own PACE and BAC, secure messaging, chip authentication. */
typedef struct SaoyChip SaoyChip;

/* From a persona file (saoy_persona_make). MALFORMED, NO_MEDIA. */
SaoyChip *saoy_chip_open(const char *persona_json, GError **error);
void saoy_chip_close(SaoyChip *chip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyChip, saoy_chip_close)

/* Power: forgets session keys and selection. */
void saoy_chip_reset(SaoyChip *chip);

/* One command in, one response out; never fails, answers with a status word. */
void saoy_chip_respond(SaoyChip *chip, SaoyView command, GByteArray *response);

/* A channel to it, in process. Borrows the chip. */
SaoyChannel saoy_chip_channel(SaoyChip *chip);

/* Levers: "pulled-after N" (APDUs, then OFFLINE), "wrong-mac" (of every protected answer),
 * "wrong-sod" (its signature), "changed-dg N" (one byte of data group N), "foreign-csca"
 * (the SOD signed under another issuer), "clone" (without the keys of chip and active
 * authentication), "no-aa" (challenge refused), "wrong-aa" (signed by another key),
 * "no-pace" (announced, but refused), "clear". false when the word is unknown. */
bool saoy_chip_fault(SaoyChip *chip, const char *lever);

/* Makes a synthetic person: key pairs, DG1 DG2 DG13 DG14 DG15, SOD signed by a fresh
 * document signer under a test CSCA. Writes path (JSON, base64 inside), and csca.der beside
 * it; a csca.der + csca.key already there is used. portrait: JPEG bytes put verbatim into
 * DG2. number: 12 digits, NULL: "001" + invented; dates "YYYY-MM-DD". */
typedef struct {
    const char *name_vi, *number, *birth_date, *sex, *expiry_date;
    GBytes *portrait;
} SaoyPersona;
bool saoy_persona_check(const SaoyPersona *persona,
                        GError **error); /* all but the portrait */
bool saoy_persona_make(const SaoyPersona *persona, const char *path, GError **error);
