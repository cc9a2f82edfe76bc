#pragma once
#include "identity/reader.h"

/* A chip whose cryptography is OpenPACE's and none of ours: PACE with generic mapping,
 * chip authentication version 1, and secure messaging. Only the files are given to it. */
typedef struct PeerChip PeerChip;

typedef struct {
    const char *pace, *chip_auth; /* OIDs in dots; chip_auth may be NULL */
    int parameter;                /* of PACE: standardised domain parameters */
    int auth_parameter;           /* of the static key */
    const char *can, *mrz;        /* six digits; the 90 characters of a TD1 */
} PeerSetup;

/* NULL: OpenPACE has not got that protocol or these parameters. */
PeerChip *peer_chip_new(const PeerSetup *setup);
void peer_chip_free(PeerChip *chip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerChip, peer_chip_free)

/* The static public key, made at random, as it travels: point or number. */
SaoyView peer_chip_key(const PeerChip *chip);

/* Borrows the chip. */
SaoyChannel peer_chip_channel(PeerChip *chip);

/* Takes the content; an id that was given before changes it. */
void peer_chip_file(PeerChip *chip, unsigned id, GBytes *content);

/* How many sessions PACE and chip authentication have begun. */
unsigned peer_chip_sessions(const PeerChip *chip);

/* The other side: OpenPACE's terminal opens a chip by its digits and reads the start of a
 * file, as much as a short answer carries. NULL: the chip refuses. Anything that is wrong
 * ends the test. */
GBytes *peer_terminal_read(SaoyChannel channel, const PeerSetup *setup, unsigned id);
