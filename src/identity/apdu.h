#pragma once
#include "core/bytes.h"

/* ISO 7816-4 commands and status words. */
enum {
    SAOY_SW_OK = 0x9000,
    SAOY_SW_END_OF_FILE = 0x6282, /* fewer bytes than asked for: the file ended */
    SAOY_SW_WRONG_LENGTH = 0x6700,
    SAOY_SW_SECURITY = 0x6982, /* security status not satisfied */
    SAOY_SW_CONDITIONS = 0x6985,
    SAOY_SW_SM_MISSING = 0x6987, /* secure messaging objects missing */
    SAOY_SW_SM_WRONG = 0x6988,   /* or wrong */
    SAOY_SW_WRONG_DATA = 0x6a80,
    SAOY_SW_NOT_FOUND = 0x6a82,
    SAOY_SW_WRONG_P1P2 = 0x6a86,
    SAOY_SW_NO_REFERENCE = 0x6a88,
    SAOY_SW_WRONG_OFFSET = 0x6b00,
    SAOY_SW_NO_INS = 0x6d00,
    SAOY_SW_NO_CLA = 0x6e00,
    SAOY_SW_UNKNOWN = 0x6f00,
};

typedef struct {
    uint8_t cla, ins, p1, p2;
    SaoyView data;
    unsigned le; /* 0: none; 256: as many as there are; above: extended length */
} SaoyApdu;

/* Appends the command to *out; extended length only where short cannot say it. */
void saoy_apdu_put(GByteArray *out, const SaoyApdu *command);

/* Borrows raw. MALFORMED unless raw is exactly one of the seven forms of ISO 7816-3, 12.1.
 */
bool saoy_apdu_parse(SaoyView raw, SaoyApdu *out, GError **error);

/* Splits an answer: data and status word. MALFORMED when shorter than two bytes. */
bool saoy_apdu_answer(SaoyView raw, SaoyView *out_data, uint16_t *out_sw, GError **error);
