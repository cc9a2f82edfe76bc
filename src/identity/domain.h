#pragma once
#include "crypto.h"
#include "ec.h"
#include "tlv.h"

/* The group in which PACE runs: a standardised curve or prime field (ICAO 9303-11, 9.5.1).
 * Its elements travel as octets: an uncompressed point, or a number without leading zeros.
 */
typedef struct {
    EC_GROUP *curve;   /* NULL: a prime field */
    BIGNUM *p, *q, *g; /* of which: modulus, order (NULL: not known) and generator */
} SaoyDomain;

/* 0–2: MODP groups of RFC 5114; 8–18: curves. NULL: no such. */
SaoyDomain *saoy_domain_new(unsigned parameter);
void saoy_domain_free(SaoyDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyDomain, saoy_domain_free)

/* Whether these octets are an element of the group, and not the neutral one: on the curve,
 * or of the subgroup where its order is known. MALFORMED, UNTRUSTED. */
bool saoy_domain_holds(const SaoyDomain *domain, SaoyView element, GError **error);

/* The group of a SubjectPublicKeyInfo and the key as an element of it. Its parameters are
 * a curve by name or spelt out, a prime field of 1024 to 4096 bits, or a standardised id
 * (0.4.0.127.0.7.1.2, BSI TR-03110). UNTRUSTED: none of these, or the key lies outside. */
SaoyDomain *saoy_domain_of_key(SaoyView info, SaoyArray **out_element, GError **error);

typedef struct {
    BIGNUM *secret;
    SaoyArray *element;
} SaoyDomainPair;
void saoy_domain_pair_clear(SaoyDomainPair *pair);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyDomainPair, saoy_domain_pair_clear)

/* A fresh pair over a base (size 0: the group's own generator). */
bool saoy_domain_pair(const SaoyDomain *domain, SaoyView base, SaoyRandomFunc *random,
                      SaoyDomainPair *out, GError **error);

/* The shared secret, as long as the field: x coordinate or number. UNTRUSTED: peer is no
 * element of the group, or the neutral one. */
bool saoy_domain_agree(const SaoyDomain *domain, const BIGNUM *secret, SaoyView peer,
                       GByteArray *out, GError **error);

/* secret · peer as an element: what chip authentication mapping compares. */
SaoyArray *saoy_domain_multiply(const SaoyDomain *domain, const BIGNUM *secret,
                                SaoyView peer, GError **error);

/* Generic mapping: nonce · generator + secret · peer. */
SaoyArray *saoy_domain_map(const SaoyDomain *domain, SaoyView nonce, const BIGNUM *secret,
                           SaoyView peer, GError **error);

/* Integrated mapping of both nonces (ICAO 9303-11, 4.4.3.3.2 and appendix B): nonce of
 * saoy_nonce_size, other as long as the key of the cipher. */
SaoyArray *saoy_domain_integrate(const SaoyDomain *domain, SaoyCipher cipher,
                                 SaoyView nonce, SaoyView other, GError **error);
