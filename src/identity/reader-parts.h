#pragma once
#include "cam.h"
#include "identity/reader.h"
#include "lds.h"
#include "link.h"
#include "passive.h"

/* The reading of one card, shared by reader.c (files, proofs, what outlives a lost card)
 * and reader-open.c (how the chip is opened). */
struct SaoyReading {
    SaoyAccessKey key;
    char *trust;
    SaoyReadPolicy policy;
    SaoyReadProgress *progress;
    void *user;

    SaoyLink link;
    bool pace_announced, pace_usable;
    SaoyPaceInfo pace;
    uint16_t selected;      /* file that stands selected already, 0: none */
    bool challenge_refused; /* active authentication is listed, and answered with no */
    GBytes *proven;         /* file with the key that the chip has proven in this run */

    /* what outlives a lost card */
    SaoyLdsFiles files;
    SaoyGroups groups; /* what EF.COM lists of what is wanted; 0: not read yet */
    SaoyGroups done;   /* of these, read, or found not to be readable */
    bool short_only;   /* extended length has failed, by the chip or by its reader */
    GBytes *kept;      /* proven in the run that read the files; NULL: nothing is kept */

    unsigned step_apdus; /* where the running step began */
    size_t step_bytes, step_least;
    int64_t step_us;
    SaoyIdentity who;
};

#define SAOY_MAX_FILE (32u * 1024)

/* Ends the running step under this name, and tells. */
void saoy_reading_step(SaoyReading *reading, const char *name);

/* SELECT and READ BINARY. NULL without error: the chip has no such file or does not show
 * it. */
GBytes *saoy_reading_file(SaoyReading *reading, uint16_t id, size_t max, GError **error);

/* Access: EF.ATR/INFO, EF.CardAccess, then PACE or, by policy, BAC; the application stands
 * selected then. With chip authentication mapping its proof, too. */
bool saoy_reading_look(SaoyReading *reading, GError **error);
bool saoy_reading_open(SaoyReading *reading, GError **error);

/* After BAC on a chip that has shown no EF.CardAccess before: whether it announces PACE. */
void saoy_reading_look_again(SaoyReading *reading);

/* EF.CardAccess is signed by nobody: whoever stands between can leave out what is strong.
 * DG14 may say the same under its issuer's signature (ICAO 9303-11, 9.2): anything better
 * there than what the chip was opened with is a downgrade. */
void saoy_reading_compare_access(SaoyReading *reading);
