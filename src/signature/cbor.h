#pragma once
#include "core/bytes.h"

/* Deterministic CBOR (RFC 8949, 4.2.1): shortest heads, definite lengths. The reader
 * refuses whatever the writer would not have written. */
typedef enum {
    SAOY_CBOR_UINT = 0,
    SAOY_CBOR_NEGATIVE = 1,
    SAOY_CBOR_BYTES = 2,
    SAOY_CBOR_TEXT = 3,
    SAOY_CBOR_ARRAY = 4,
    SAOY_CBOR_MAP = 5,
    SAOY_CBOR_TAG = 6,
} SaoyCborMajor;

void saoy_cbor_head(GByteArray *out, SaoyCborMajor major, uint64_t argument);
void saoy_cbor_int(GByteArray *out, int64_t number);
void saoy_cbor_bytes(GByteArray *out, SaoyView bytes);
void saoy_cbor_text(GByteArray *out, const char *text);

/* Each takes one item off the front of *in; on failure both stay untouched. MALFORMED. */
bool saoy_cbor_take(SaoyView *in, SaoyCborMajor major, uint64_t *out_argument,
                    GError **error);
bool saoy_cbor_take_int(SaoyView *in, int64_t *out, GError **error);
bool saoy_cbor_take_bytes(SaoyView *in, SaoyView *out, GError **error);
bool saoy_cbor_take_text(SaoyView *in, char **out, GError **error); /* UTF-8; g_free */
