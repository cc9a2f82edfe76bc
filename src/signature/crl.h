#pragma once
#include "core/ossl.h"
#include "signature/revocation.h"

/* What the asking side of CRLs (crl.c, crl-scope.c) shares. */

/* Does it name the issuer? Read as bytes, nothing of it is parsed or believed. */
bool saoy_crl_is_by(SaoyView crl, SaoyView issuer);

/* RFC 5280, 6.3.3, b 2: is the certificate among those that the list's issuing distribution
 * point speaks of, for all reasons? An indirect list covers none. */
bool saoy_crl_covers(const X509_EXTENSIONS *extensions, X509 *certificate);
