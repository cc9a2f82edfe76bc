#pragma once
#include "apdu.h"
#include "crypto.h"

/* Secure messaging (ICAO 9303-11, 9.8), both sides of it. Keys live in the struct only;
 * wipe ends a session. After any failure the session is over: both sides forget its keys.
 */
typedef struct {
    SaoyCipher cipher;
    SaoyKey enc, mac;
    uint8_t ssc[SAOY_BLOCK_MAX]; /* send sequence counter, one block of the cipher */
    bool active;
} SaoySm;

/* ssc of size 0: zero (all but BAC). */
void saoy_sm_start(SaoySm *sm, SaoyCipher cipher, const SaoyKey *enc, const SaoyKey *mac,
                   SaoyView ssc);
/* Session keys out of a shared secret, counter zero. */
bool saoy_sm_derive(SaoySm *sm, SaoyCipher cipher, SaoyView secret, GError **error);
void saoy_sm_wipe(SaoySm *sm);

/* Bytes that a cryptogram object of plain bytes takes; 0 for none. */
size_t saoy_sm_object(const SaoySm *sm, size_t plain);

/* The most plain bytes whose protected answer is no longer than answer bytes of data. */
unsigned saoy_sm_room(const SaoySm *sm, size_t answer);

/* What stands around that object in an answer: protected status and MAC. */
#define SAOY_SM_AROUND (4 + 2 + SAOY_MAC_SIZE)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySm, saoy_sm_wipe)

/* Terminal: protects a command; checks and opens an answer. UNTRUSTED when the MAC is wrong
 * or missing; a bare status word of the chip is taken as such (REFUSED by the caller). */
bool saoy_sm_wrap(SaoySm *sm, const SaoyApdu *command, GByteArray *out, GError **error);
bool saoy_sm_unwrap(SaoySm *sm, SaoyView raw, GByteArray *out_data, uint16_t *out_sw,
                    GError **error);

/* Chip: the same from the other end. open's out->data borrows *plain. */
bool saoy_sm_open(SaoySm *sm, const SaoyApdu *command, GByteArray *plain, SaoyApdu *out,
                  GError **error);
bool saoy_sm_seal(SaoySm *sm, SaoyView data, uint16_t sw, GByteArray *out, GError **error);
