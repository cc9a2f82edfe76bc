#pragma once
#include "core/bytes.h"
#include "identity/reader.h"

#include <gio/gio.h>

/* The other side: a software chip that behaves like a CCCD (domain.md §4.5), or like any
 * other ICAO card a persona asks for. Real cryptography: its own PACE and BAC, secure
 * messaging, chip authentication, active authentication. */
typedef struct SaoyChip SaoyChip;

/* From a persona file (saoy_persona_make), or from a folder with the dump of a real card:
 * files efXXXX.bin by their identifiers. A dump has no keys, so it proves nothing of
 * itself; it is opened by its own MRZ with BAC, by PACE where ef011C.bin announces it, and
 * by the six digits in a file "can". MALFORMED, NO_MEDIA. */
SaoyChip *saoy_chip_open(const char *persona, GError **error);
void saoy_chip_close(SaoyChip *chip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyChip, saoy_chip_close)

/* Power: forgets session keys and selection, and counts commands from the first. A card
 * that was taken away lies there again, or after "other-card" the other one does. */
void saoy_chip_reset(SaoyChip *chip);

/* One command in, one response out; never fails, answers with a status word. */
void saoy_chip_respond(SaoyChip *chip, SaoyView command, GByteArray *response);

/* A channel to it, in process. Borrows the chip. OFFLINE while it is pulled. */
SaoyChannel saoy_chip_channel(SaoyChip *chip);

/* Whether a lever has taken it away; and one that also lays it back. */
bool saoy_chip_pulled(const SaoyChip *chip);
bool saoy_chip_returns(const SaoyChip *chip);

/* Makes the chip behave otherwise: a word, or a word, a space and its argument. Several may
 * be set, one after another. false: no such word, or it cannot be with this card.
 *
 * What a genuine card may do: "access LIST" (EF.CardAccess as in SaoyPersona, at most one
 * mapping), "no-bac", "selects-mf" (SELECT MF: 9000 instead of 6D00), "access-in-mf",
 * "access-in-application", "access-shut" (EF.CardAccess only there; 6982 before it is
 * open), "no-p2-0c" (6A86), "select-wants-le", "select-refuses-le", "mse-wants-le",
 * "mse-refuses-le", "auth-wants-le", "auth-refuses-le" (6700), "mse-strict" (no object 84),
 * "short-answers N" (bytes of READ BINARY), "strict-end" (6700 past the end), "exact-le"
 * (6Cxx there), "get-response" (61xx), "sfi-only", "no-sfi", "extended N" (EF.ATR/INFO says
 * so), "extended-lies" (says so, and refuses: 6700), "no-extended", "pss-signer", "slow N"
 * (milliseconds an answer).
 *
 * Faults: "pulled-after N" (commands, then OFFLINE till reset, and each time again),
 * "pulled-once N", "other-card N" (reset lays another one there, with the same six digits
 * and issuer), "ends-session N" (bare 6988, once), "no-pace" (announced, but refused),
 * "wrong-token" (of PACE), "pace-then-6300" (to all that follows), "wrong-mac" (of every
 * protected answer), "wrong-mac-after N", "huge-dg N" (2 GB announced), "garbage-dg N"
 * (no TLV inside), "endless-61", "endless-6c", "wrong-sod" (its signature), "wrong-hash N"
 * (signed, but another one of data group N), "changed-dg N" (one byte of it),
 * "foreign-csca" (the SOD signed under another issuer), "expired-signer", "revoked-signer"
 * (writes csca.crl beside the persona), "sha1-signer", "clone" (without the keys of chip
 * and active authentication), "no-aa" (challenge refused), "wrong-aa" (signed by another
 * key).
 *
 * "clear" lets go of all of them. The signers, wrong-hash and other-card need csca.key
 * beside the persona. */
bool saoy_chip_fault(SaoyChip *chip, const char *lever);

/* The same words as a table, for help texts and for who writes levers down; NULL past the
 * end. argument: NULL, "N" (a number) or "LIST". help: msgid. */
typedef struct {
    const char *word, *argument, *help;
} SaoyChipLever;
const SaoyChipLever *saoy_chip_lever(size_t i);

/* Makes a synthetic person: key pairs, DG1 DG2 DG13 DG14 DG15, SOD signed by a fresh
 * document signer under a test CSCA. Writes path (JSON, base64 inside), and csca.der beside
 * it; a csca.der + csca.key already there is used. portrait: JPEG or JPEG 2000 bytes put
 * verbatim into DG2. number: 12 digits, NULL: "001" + invented; dates "YYYY-MM-DD".
 *
 * The rest is how her card differs from a CCCD; all zero: not at all. */
typedef struct {
    const char *name_vi, *number, *birth_date, *sex, *expiry_date;
    GBytes *portrait;

    const char *document; /* "TD1" (NULL), "TD2", "TD3" */
    /* What opens it, parted by commas: "bac" and MAPPING-CIPHER-PARAMETER with dh-gm dh-im
     * ecdh-gm ecdh-im ecdh-cam, 3des aes128 aes192 aes256, and the standardised domain
     * parameters 0-2 (dh) or 8-18 (ICAO 9303-11, 9.5.1). NULL: "ecdh-gm-aes128-13,bac" */
    const char *access;
    const char *chip_auth;   /* "ecdh-aes128-13" (NULL), "dh-3des-2" …, "none" */
    const char *active_auth; /* "ecdsa-sha256-12" (NULL), "rsa-sha1-2048" …, "none" */
    bool iso39794;           /* face in ISO 39794-5, not in ISO 19794-5 */
    bool details;            /* DG11 and DG12 too */
    int extended; /* bytes that EF.ATR/INFO announces, 256 to 65000; 0: extended length is
                     understood, but not announced; -1: not understood */
} SaoyPersona;
bool saoy_persona_check(const SaoyPersona *persona,
                        GError **error); /* all but the portrait */
bool saoy_persona_make(const SaoyPersona *persona, const char *path, GError **error);
