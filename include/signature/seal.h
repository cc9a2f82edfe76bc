#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* The seal: COSE_Sign1 / CWT, ES256 (product.md §5, facts-seal.md). */
typedef struct {
    int64_t issued_at_s;
    int64_t expires_at_s; /* 0: never */
    char *copy_id, *title, *holder, *issuer, *office,
        *officer; /* NFC; issuer may be NULL */
    unsigned file_pages, scanned_pages;
    uint8_t content_digest[32];
    uint8_t key_id[8]; /* first 8 bytes of SHA-256 of the seal certificate's DER */
} SaoySeal;
void saoy_seal_clear(SaoySeal *seal);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySeal, saoy_seal_clear)

/* Signs Sig_structure's SHA-256; r‖s, 64 bytes. */
typedef bool SaoySealSigner(void *user, const uint8_t hash[32], uint8_t out[64],
                            GError **error);

/* COSE bytes, deterministic CBOR. Titles are shortened with «…» until the whole QR text
 * stays within 560 bytes: prefix_bytes (of the link and its «#») and base64url. Claims that
 * are NULL or 0 are left out; copy id and file_pages are required. */
GBytes *saoy_seal_make(const SaoySeal *claims, size_t prefix_bytes, SaoySealSigner *sign,
                       void *user, GError **error);

/* link ‖ "#" ‖ base64url(COSE), without padding. Free with g_free. */
char *saoy_seal_text(const char *link, GBytes *cose);

/* out is not touched on failure; out_cose may be NULL.
 * Takes a QR text of the form above, bare base64url, or "VC1:…" (Base45), down to the COSE
 * bytes, and reads them strictly. The signature is not looked at yet. */
bool saoy_seal_read(const char *text, SaoySeal *out, GBytes **out_cose, GError **error);

/* Does the link in front of the seal open its copy (…/v/<copy id>)? True when there is no
 * link. The host it leads to, also when it does not, and the look-up token, NULL if there
 * is no right one; free both with g_free; either may be NULL, both are otherwise to be NULL
 * before. No seal vouches for the link: the host is for a person to know or not. */
bool saoy_seal_link(const char *text, const SaoySeal *seal, char **out_host,
                    char **out_token);

/* Under one of the certificates in trust (directory; DER or PEM; NULL: none), or one that a
 * list in it (*.cose, signature/seal-list.h) holds: UNTRUSTED when the signature is wrong
 * or the certificate was not valid when the seal was made; REFUSED when a deny-list in it
 * names the copy or it is past its expiry; OFFLINE when no certificate has the key id, or
 * the key was stolen (undecided). out_signer (may be NULL): subject's common name, free
 * with g_free. */
bool saoy_seal_check(GBytes *cose, const char *trust, char **out_signer, GError **error);
/* Does the newest list say of the seal's key that it never counted: that it was stolen? */
bool saoy_seal_is_withdrawn(GBytes *cose, const char *trust);
bool saoy_seal_is_over(const SaoySeal *seal, int64_t now_s);
/* Is a list in the directory past its next update? */
bool saoy_seal_lists_are_old(const char *trust, int64_t now_s);
bool saoy_seal_check_key(GBytes *cose, SaoyView certificate, GError **error);
/* Made with that certificate's key, whatever certificate it names? */
bool saoy_seal_is_by(GBytes *cose, SaoyView certificate);
/* Does the directory say of any key that it makes seals: by a list, or by a certificate
 * that is no authority's? */
bool saoy_seal_keys_are_held(const char *trust);
/* Of every key in the directory's signed lists, withdrawn ones too: array of GBytes DER. */
GPtrArray *saoy_seal_certificates(const char *trust);
