#pragma once
#include "signature/stamp.h"

/* Revocation: OCSP (RFC 6960) and CRLs (RFC 5280, 5), read, judged, asked for and given.
 * All certificates are DER. Any thread. */
typedef enum {
    SAOY_REVOCATION_GOOD,
    SAOY_REVOCATION_REVOKED,
    SAOY_REVOCATION_UNKNOWN, /* no usable proof */
    SAOY_REVOCATION_N
} SaoyRevocation;
const char *saoy_revocation_name(SaoyRevocation revocation); /* "good" … */

/* What one OCSP response or CRL says of one certificate. */
typedef struct {
    SaoyRevocation verdict;
    int64_t this_update_us, next_update_us; /* next 0: not said */
    int64_t produced_us;                    /* OCSP producedAt; CRL: this_update_us */
    int64_t revoked_us;                     /* 0: not revoked */
    int64_t retained_us; /* expired certificates are kept from then on: archiveCutoff,
                          * expiredCertsOnCRL; 0: not said */
    int reason;          /* RFC 5280, 5.3.1; -1: not said */
    GBytes *proof;       /* of a heap: the one that said it, borrowed; NULL: none */
} SaoyRevocationProof;

/* response: OCSPResponse, or a BasicOCSPResponse alone. The signer is the issuer, or a
 * responder the issuer delegated (OCSPSigning) whose certificate was valid at producedAt.
 * UNTRUSTED a wrong signature or signer; NO_MEDIA it is about other certificates;
 * MALFORMED, also when the response says no success. */
bool saoy_ocsp_check(SaoyView response, SaoyView certificate, SaoyView issuer,
                     SaoyRevocationProof *out, GError **error);
/* Of issuer, under its key, whole, and about that certificate (RFC 5280, 6.3.3, b): lists
 * of another distribution point, of some reasons, of others' certificates, of changes only,
 * or with unknown critical extensions are MALFORMED. NO_MEDIA of another issuer. */
bool saoy_crl_check(SaoyView crl, SaoyView certificate, SaoyView issuer,
                    SaoyRevocationProof *out, GError **error);

/* A heap of proofs, as a DSS holds them, and what they were found to say: a proof is read
 * once for each certificate. For one thread at a time. */
typedef struct SaoyAnswers SaoyAnswers;
typedef struct {
    GPtrArray *certificates, *ocsps, *crls; /* GBytes DER */
    SaoyAnswers *answers;
} SaoyProofs;
void saoy_proofs_init(SaoyProofs *proofs); /* empty */
void saoy_proofs_clear(SaoyProofs *proofs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyProofs, saoy_proofs_clear)
/* Adds what is not there yet. */
void saoy_proofs_add(GPtrArray *list, GBytes *der);
/* Adds a file from outside, one CRL (DER or PEM) or one OCSP answer (DER). MALFORMED when
 * it is none, or larger than 16 MiB. Whom it is about and who signed it is not asked yet.
 */
bool saoy_proofs_take_crl(SaoyProofs *proofs, GBytes *file, GError **error);
bool saoy_proofs_take_ocsp(SaoyProofs *proofs, GBytes *file, GError **error);

/* How many bytes of proofs were read for answers; and whether there was more than what one
 * heap is worth (128 MiB): proofs not read by then say nothing. */
size_t saoy_proofs_read(const SaoyProofs *proofs);
bool saoy_proofs_exhausted(const SaoyProofs *proofs);

/* What they say of the certificate at that time. A proof that was over by then (next update
 * before at_us) does not count, later ones do: who was good later was good then. But "good"
 * from after the certificate's end counts only where the issuer says that it keeps expired
 * ones (retained_us). Revoked later than at_us is good. out (may be NULL): the proof that
 * decided. */
SaoyRevocation saoy_revocation_at(SaoyView certificate, SaoyView issuer,
                                  const SaoyProofs *proofs, int64_t at_us,
                                  SaoyRevocationProof *out);

/* ---- asking ---- */

/* OCSPRequest for one certificate, CertID by SHA-1 as every responder knows it. nonce size
 * 0: none. */
GBytes *saoy_ocsp_request(SaoyView certificate, SaoyView issuer, SaoyView nonce,
                          GError **error);
/* Checked like saoy_ocsp_check, about that certificate, current at now_us within 300 s, and
 * with that nonce if the response has any. */
bool saoy_ocsp_accept(SaoyView response, SaoyView certificate, SaoyView issuer,
                      SaoyView nonce, int64_t now_us, GError **error);

/* http(s) addresses in a certificate, the first of each kind; NULL: none. g_free. */
char *saoy_certificate_ocsp_url(SaoyView certificate);
char *saoy_certificate_crl_url(SaoyView certificate);
char *saoy_certificate_issuer_url(SaoyView certificate);
bool saoy_certificate_is_issued_by(SaoyView certificate, SaoyView issuer); /* and signed */
bool saoy_certificate_is_root(SaoyView certificate);                       /* self-signed */
/* Does it name where its revocation is published, and may it be revoked at all? */
bool saoy_certificate_can_be_asked(SaoyView certificate);
int64_t saoy_certificate_start_us(SaoyView certificate); /* notBefore */
int64_t saoy_certificate_end_us(SaoyView certificate);   /* notAfter; 0: unreadable */

/* ---- giving ---- */

/* One entry of a CRL or an OCSP answer; serial: big-endian, as in the certificate. */
typedef struct {
    SaoyRevocation verdict;
    int64_t revoked_us;
    int reason;
} SaoyRevocationEntry;

typedef struct {
    SaoyView issuer;      /* the CA whose certificates are asked about */
    GPtrArray *responder; /* GBytes DER, the signer's first; the CA itself or delegated */
    SaoySignFunc *sign;
    void *user;
    /* what is known of a serial number */
    SaoyRevocationEntry (*look)(void *user, SaoyView serial);
    int64_t now_us, valid_s;
} SaoyOcspResponder;

/* OCSPResponse for a request of at most 8 certificates. What is no request gets
 * malformedRequest, another issuer's certificate "unknown", not an error. */
GBytes *saoy_ocsp_answer(SaoyView request, const SaoyOcspResponder *responder,
                         GError **error);

typedef struct {
    SaoyView serial;
    int64_t revoked_us;
    int reason; /* -1: none */
} SaoyCrlEntry;

/* Version 2 CRL with authority key identifier and CRL number. */
GBytes *saoy_crl_make(SaoyView issuer, const SaoyCrlEntry *entries, size_t n,
                      int64_t number, int64_t now_us, int64_t valid_s, SaoySignFunc *sign,
                      void *user, GError **error);
