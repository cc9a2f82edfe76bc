#pragma once
#include "core/bytes.h"

/* A DER writer: append values, then wrap what was appended. No state but the array. */
void saoy_der_bytes(GByteArray *out, uint8_t tag, SaoyView value);
void saoy_der_small(GByteArray *out, uint8_t number); /* INTEGER 0..127 */
void saoy_der_oid(GByteArray *out, int nid);
void saoy_der_null(GByteArray *out);
void saoy_der_raw(GByteArray *out, SaoyView der); /* one element as it is */
void saoy_der_number(GByteArray *out, uint8_t tag, int64_t number); /* INTEGER's contents */
void saoy_der_positive(GByteArray *out, SaoyView big_endian);       /* INTEGER, unsigned */
void saoy_der_time(GByteArray *out, uint8_t tag, int64_t wall_us);  /* YYYYMMDDHHMMSSZ */
/* AlgorithmIdentifier: parameters NULL or absent. */
void saoy_der_algorithm(GByteArray *out, int nid, bool null_parameters);

/* Everything from index `from` on becomes the value of one element of that tag. */
void saoy_der_wrap(GByteArray *out, size_t from, uint8_t tag);

/* Reading: like saoy_tlv_take, but with the element's header. */
bool saoy_der_take(SaoyView *in, uint8_t tag, SaoyView *out);

#define SAOY_DER_INTEGER 0x02
#define SAOY_DER_OCTETS 0x04
#define SAOY_DER_OID 0x06
#define SAOY_DER_SEQUENCE 0x30
#define SAOY_DER_SET 0x31
#define SAOY_DER_CONTEXT_0 0xa0
#define SAOY_DER_CONTEXT_1 0xa1
#define SAOY_DER_BOOLEAN 0x01
#define SAOY_DER_BITS 0x03
#define SAOY_DER_ENUMERATED 0x0a
#define SAOY_DER_UTC_TIME 0x17
#define SAOY_DER_TIME 0x18
