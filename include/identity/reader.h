#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Who is this? Bytes in, facts out; knows no reader. Blocking; any one thread. */

/* One exchange with a chip: command APDU in, response (data ‖ SW1 SW2) out. OFFLINE when
 * the card has gone. transceive replaces *response's content. */
typedef struct {
    bool (*transceive)(void *self, SaoyView command, GByteArray *response,
                       GCancellable *cancel, GError **error);
    void *self;
} SaoyChannel;

/* What opens the chip: either the six digits (CAN) or the MRZ key (document number, birth
 * and expiry date as they stand in the MRZ, with check digits: ICAO 9303-11, 4.3). */
typedef struct {
    char can[7];      /* "" when absent */
    char mrz_key[40]; /* "" when absent; the MRZ information string */
} SaoyAccessKey;

void saoy_access_key_wipe(SaoyAccessKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyAccessKey, saoy_access_key_wipe)

/* From what a person typed or a camera saw: six digits, twelve digits (their last six), a
 * CCCD QR text ("number|old|name|…"), or MRZ lines. MALFORMED in words else. */
bool saoy_access_key_parse(const char *text, SaoyAccessKey *out, GError **error);

/* From two lines of an MRZ as a camera saw them (vision/mrz.h): look-alike characters are
 * put right as far as the check digits say which they are. MALFORMED else. */
bool saoy_access_key_seen(const char *lines, SaoyAccessKey *out, GError **error);

typedef enum {
    SAOY_PROOF_NOT_OFFERED,
    SAOY_PROOF_DONE,
    SAOY_PROOF_FAILED,
    SAOY_PROOF_UNDECIDED, /* e.g. issuer unknown */
    SAOY_PROOF_N
} SaoyProof;
const char *
saoy_proof_name(SaoyProof proof); /* "not_offered" "done" "failed" "undecided" */

typedef struct {
    const char *name; /* static: "select", "PACE-CAN", "DG1", "SOD", "passive" … */
    unsigned apdus;
    size_t bytes;       /* sent + received */
    size_t least_bytes; /* the fewest that this step could have taken: see below */
    double ms;
} SaoyReadStep;

/* least_bytes. A file: one SELECT by identifier and one READ BINARY of just its size (as
 * many as it takes where the chip refuses extended length), under the secure messaging that
 * stood (ICAO 9303-11, 9.8), status words included. Access and authentication: their
 * commands that the chip accepted, each once. What only explores the chip: nothing. */

/* Who the chip says it is and what was proven. Of DG13 only number, names, birth date, sex
 * and expiry are kept (product.md §6). */
typedef struct {
    char number[13];        /* 12 digits */
    char name[128];         /* as in the MRZ, upper case ASCII */
    char name_vi[128];      /* from DG13 or DG11, NFC; "": absent */
    char birth_date[11];    /* "YYYY-MM-DD"; "YYYY-MM", "YYYY", "" */
    char sex[8];            /* "M" "F" "" */
    char expiry_date[11];   /* "YYYY-MM-DD", "" = no expiry */
    char contradiction[48]; /* in what DG1 and DG13 or DG11 differ, by the names above, one
                               space between: "number sex"; "": they agree */
    char access[16];        /* "PACE-CAN" "PACE-MRZ" "BAC" */
    bool downgrade;         /* opened by less than the chip announces: BAC though there is
                               PACE, or PACE weaker than DG14 says */
    SaoyProof passive, chip_auth, active_auth; /* chip_auth: by mapping or by protocol */
    char passive_reason[96];                   /* msgid, no personal data; "" when done */
    GBytes *portrait; /* JPEG or JPEG 2000 out of DG2; NULL when absent */
    SaoyReadStep steps[40];
    unsigned n_steps;
} SaoyIdentity;

void saoy_identity_clear(SaoyIdentity *identity); /* frees and wipes */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyIdentity, saoy_identity_clear)

/* What all proofs together say of the card. That a chip holds its key counts only where its
 * issuer vouches for the key: DG14, DG15 under a trusted SOD, or EF.CardSecurity. */
typedef enum {
    SAOY_VERDICT_GENUINE,      /* signed by a known issuer, and the chip is no copy */
    SAOY_VERDICT_MAYBE_CLONED, /* signed by a known issuer; the chip may be a copy */
    SAOY_VERDICT_UNPROVEN,     /* the issuer is not known: nothing is proven */
    SAOY_VERDICT_FORGED,       /* a proof failed: changed data, or a chip without its key */
    SAOY_VERDICT_N
} SaoyVerdict;

SaoyVerdict saoy_identity_verdict(const SaoyIdentity *identity);
const char *saoy_verdict_name(SaoyVerdict verdict); /* "genuine" "maybe_cloned" … */
const char *saoy_verdict_text(SaoyVerdict verdict); /* msgid: one plain sentence */

/* msgid: what one proof's outcome means for this card. */
typedef enum {
    SAOY_PROVES_DATA, /* passive authentication */
    SAOY_PROVES_CHIP, /* chip authentication and active authentication */
    SAOY_PROVES_N
} SaoyProves;
const char *saoy_proof_text(SaoyProves what, SaoyProof proof);

/* Told after each step, on the calling thread. done/total in data groups. */
typedef void SaoyReadProgress(const char *step, unsigned done, unsigned total, void *user);

/* What the reader accepts. Strings are borrowed until the reading has ended. */
typedef struct {
    const char *trust; /* directory of CSCA certificates (DER or PEM) and master lists; NULL
                          or empty: passive is UNDECIDED */
    bool allow_bac;    /* open chips by BAC where PACE is not to be had; recorded */
    bool allow_sha1;   /* let SHA-1 sign documents, as old passports do; never the CCCD */
} SaoyReadPolicy;

/* Reads the whole chip: access, DG1 DG2 DG11 DG12 DG13 DG14 DG15 SOD, passive, chip and
 * active authentication. REFUSED wrong key (63xx) or way of access, NO_MEDIA the chip
 * opens with the MRZ only and key has none, OFFLINE card gone or
 * its session ended, MALFORMED chip talks nonsense, UNTRUSTED a MAC or hash is wrong. A
 * chip whose proof FAILED is a success of this function: ask the fields. */
bool saoy_identity_read(SaoyChannel channel, const SaoyAccessKey *key,
                        const SaoyReadPolicy *policy, SaoyReadProgress *progress,
                        void *user, SaoyIdentity *out, GCancellable *cancel,
                        GError **error);

/* The same for a card that may be taken away too early: what was read outlives a run that
 * ended OFFLINE, and the next run, on whatever channel, goes on behind the last complete
 * data group. The chip is opened anew, and the files are believed only when it proves the
 * same key again (chip authentication with the same DG14, or mapping with the same
 * EF.CardSecurity); without that proof, or with another card, all is read again and that is
 * no error. Steps are those of the last run. key and policy are copied; everything is wiped
 * by free. One thread at a time. */
typedef struct SaoyReading SaoyReading;
SaoyReading *saoy_reading_new(const SaoyAccessKey *key, const SaoyReadPolicy *policy);
bool saoy_reading_run(SaoyReading *reading, SaoyChannel channel, SaoyReadProgress *progress,
                      void *user, SaoyIdentity *out, GCancellable *cancel, GError **error);
void saoy_reading_free(SaoyReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyReading, saoy_reading_free)
