#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* CMS SignedData for remote signing (RFC 5652, ETSI EN 319 122-1, CAdES detached). The
 * attributes are exactly contentType, messageDigest, signing-certificate-v2: no
 * signingTime. */

/* DER SET OF signedAttrs, and its SHA-256: what signHash signs. certificate: DER. */
GBytes *saoy_cms_signed_attributes(const uint8_t content_digest[32], SaoyView certificate,
                                   uint8_t out_hash[32], GError **error);

/* SignedData: one SignerInfo, eContent absent, chain (array of GBytes DER, signer first).
 * signature: ECDSA as DER or r‖s, or RSA PKCS#1 v1.5, over SHA-256 of the attributes; it is
 * verified under the certificate before anything is built: UNTRUSTED else. */
GBytes *saoy_cms_build(const uint8_t content_digest[32], GPtrArray *chain,
                       SaoyView signature, GError **error);

/* The same CMS with that token as its signature-time-stamp (ETSI EN 319 122-1, 5.3). The
 * token must be right (saoy_stamp_check) and the first. */
GBytes *saoy_cms_add_stamp(SaoyView cms, SaoyView token, GError **error);

/* The most bytes saoy_cms_build makes of that chain; 0 with error set: no usable chain. */
size_t saoy_cms_size(GPtrArray *chain, GError **error);

/* Strict parse of what saoy_cms_build (or a peer) made. */
typedef struct {
    GPtrArray *certificates; /* GBytes DER */
    GBytes *signer;          /* the one that signed, DER */
    uint8_t message_digest[32];
    GBytes *signature;
    GBytes *time_stamp; /* unsigned attribute signature-time-stamp, or NULL */
    bool cades;         /* signing-certificate-v2 present and right */
    bool only_ours;     /* signed attributes are exactly the three above */
} SaoyCms;
void saoy_cms_clear(SaoyCms *cms);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyCms, saoy_cms_clear)
/* Checks one SignerInfo, absent eContent, the attributes, and the signature over them.
 * content digest must match. UNTRUSTED when a signature or digest is wrong, MALFORMED else.
 */
bool saoy_cms_check(SaoyView der, const uint8_t content_digest[32], SaoyCms *out,
                    GError **error);
