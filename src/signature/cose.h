#pragma once
#include "core/bytes.h"

/* COSE_Sign1 with ES256 as facts of the seal fix it: protected {1: -7, 4: kid}, nothing
 * unprotected, signature r‖s (RFC 9052, 4.2). */
typedef struct {
    SaoyView header, payload, signature; /* header: content of the protected bstr */
    uint8_t key_id[8];
} SaoyCose;

bool saoy_cose_read(SaoyView cose, SaoyCose *out, GError **error); /* MALFORMED */

/* SHA-256 of Sig_structure: what is signed. */
void saoy_cose_hash(const SaoyCose *cose, uint8_t out[32]);

/* The protected header of that key. */
void saoy_cose_header(const uint8_t key_id[8], uint8_t out[13]);

GBytes *saoy_cose_write(const SaoyCose *cose);
