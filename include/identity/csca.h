#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* Whom we believe about chips: a directory of issuers (CSCA, ICAO 9303-12).
 *   .der .cer .crt .pem   certificates, as many as stand in one: the operator's word
 *   .ml                   master lists: used when their signer's issuer is one of the
 *                         above, or their SHA-256 is a line of the file "pinned"
 *   .crl                  revocation lists, DER or PEM
 * All else is passed over. Blocking; any one thread. */
typedef enum {
    SAOY_CSCA_CERTIFICATES,
    SAOY_CSCA_MASTER_LIST,
    SAOY_CSCA_CRL,
    SAOY_CSCA_KIND_N
} SaoyCscaKind;
