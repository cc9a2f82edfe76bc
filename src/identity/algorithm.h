#pragma once
#include "core/ossl.h"

/* Which signatures count: RSA PKCS #1, RSA-PSS and ECDSA over SHA-2, and over SHA-1 where
 * somebody has allowed it (ICAO 9303-12, 4.4). */

/* SHA-1 or one of SHA-2 by its OID, else NULL. */
const EVP_MD *saoy_digest_of(const ASN1_OBJECT *oid);
bool saoy_digest_is_weak(const EVP_MD *digest); /* it is SHA-1 */

/* The digest that a signature algorithm signs. given: what stands beside it in a CMS
 * signature, must be the same; NULL in certificates. NULL when the algorithm is none of
 * ours, or its parameters are not sound. */
const EVP_MD *saoy_signature_digest(const X509_ALGOR *algorithm, const EVP_MD *given);

/* RSA of 2,048 to 8,192 bits; EC on a named curve of 224 bits and more, or on one that is
 * spelt out and equal to it, as 160 of 164 issuers do. */
bool saoy_key_is_usable(X509 *certificate);
