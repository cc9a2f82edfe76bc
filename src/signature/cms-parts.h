#pragma once
#include "core/ossl.h"
#include "signature/cms.h"
#include "signature/stamp.h"

/* A peer's SignedData opened, before anything in it is believed. Borrowed pointers live as
 * long as info and certificates. */
typedef struct {
    CMS_ContentInfo *info;
    STACK_OF(X509) * certificates;
    CMS_SignerInfo *signer_info;
    X509 *signer;            /* among certificates */
    int digest;              /* NID of the digest algorithm */
    SaoyView message_digest; /* data NULL: the attribute is absent */
    SaoyView content;        /* eContent; data NULL: detached */
    int content_type;        /* NID of eContentType */
    bool cades;              /* signing-certificate-v2 (or v1) names the signer */
    bool only_ours;          /* signed attributes are exactly product.md §6's three */
    size_t size;             /* bytes of the DER or BER itself */
} SaoyCmsParts;

void saoy_cms_parts_clear(SaoyCmsParts *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyCmsParts, saoy_cms_parts_clear)

/* One SignerInfo whose certificate is inside; what follows the SignedData must be zeros
 * (padding of /Contents). MALFORMED else. */
bool saoy_cms_open(SaoyView bytes, SaoyCmsParts *out, GError **error);

/* How many certificates' worth of work opening it is, by its bytes alone: OpenSSL decodes
 * each certificate's key and each entry of a list on the way. */
size_t saoy_cms_cost(SaoyView bytes);

/* The signature over the signed attributes. UNTRUSTED when wrong. */
bool saoy_cms_signature_holds(const SaoyCmsParts *parts, GError **error);

/* Signer first, then all that came with it, DER: for saoy_chain_check. */
GPtrArray *saoy_cms_chain(const SaoyCmsParts *parts);

/* Unsigned attribute signature-time-stamp, or NULL. */
GBytes *saoy_cms_time_stamp(const SaoyCmsParts *parts);

/* The signature as CMS carries it (ECDSA r‖s becomes DER), if it is one of hash under that
 * certificate; UNTRUSTED else. */
GBytes *saoy_cms_accept(SaoyView certificate, const uint8_t hash[32], SaoyView signature,
                        GError **error);

/* Digest of two pieces by OpenSSL's number of it; 0: unknown algorithm. */
size_t saoy_cms_digest(int nid, const SaoyView data[2], uint8_t out[64]);

/* The three signed attributes for content of that type (OpenSSL's number), as the SET OF
 * that is signed; out_hash: its SHA-256. */
GBytes *saoy_cms_attributes(int content_type, const uint8_t digest[32],
                            SaoyView certificate, uint8_t out_hash[32]);
/* SignedData over them; content data NULL: detached; certificates NULL: none. signature: as
 * saoy_cms_accept gave it. */
GBytes *saoy_cms_write(int content_type, SaoyView content, const uint8_t digest[32],
                       X509 *signer, GPtrArray *certificates, SaoyView signature);

/* AlgorithmIdentifier of a signature over SHA-256 by that certificate's key (RFC 5754). */
void saoy_der_signature_algorithm(GByteArray *out, const X509 *certificate);

/* Issuer and subject of a certificate as they stand (RFC 5280, 4.1), with their headers,
 * without parsing it; false: it is none. */
bool saoy_certificate_names(SaoyView der, SaoyView *issuer, SaoyView *subject);
bool saoy_names_equal(SaoyView a, SaoyView b); /* 7.1 */
unsigned long saoy_name_hash(SaoyView name);   /* of equal names equal; 0: it is none */

int64_t saoy_asn1_us(const ASN1_TIME *time); /* UTC; 0: unreadable */

/* Digest, by OpenSSL's number of the algorithm, of what a token must be over; 0: none. */
typedef size_t SaoyDigestFunc(void *user, int algorithm, uint8_t out[64]);
/* saoy_stamp_check of what has that digest; asked only once the token's own signature
 * holds.
 */
bool saoy_stamp_check_by(SaoyView token, SaoyDigestFunc *digest, void *user, SaoyStamp *out,
                         GError **error);
/* saoy_stamp_check by the imprint, which must be SHA-256. */
bool saoy_stamp_check_imprint(SaoyView token, const uint8_t imprint[32], SaoyStamp *out,
                              GError **error);
