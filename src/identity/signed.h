#pragma once
#include "core/ossl.h"

/* CMS SignedData with one signer: EF.SOD, EF.CardSecurity, master lists (RFC 5652, ICAO
 * 9303-10, 4.6.2). What does not hold, in one word; SAOY_FLAW_NONE: nothing. */
typedef enum {
    SAOY_FLAW_NONE,
    SAOY_FLAW_UNREADABLE,
    SAOY_FLAW_CONTENT,    /* something else is signed */
    SAOY_FLAW_SIGNERS,    /* not exactly one signer */
    SAOY_FLAW_ALGORITHM,  /* none of ours, or digest and signature do not agree */
    SAOY_FLAW_ATTRIBUTES, /* the signature does not say what it covers */
    SAOY_FLAW_CHANGED,    /* it covers other content */
    SAOY_FLAW_UNNAMED,    /* the signer's certificate is not there */
    SAOY_FLAW_KEY,        /* the signer's key is none of ours */
    SAOY_FLAW_SIGNATURE,
    SAOY_FLAW_N
} SaoyFlaw;

typedef STACK_OF(X509) SaoyCertificates;
void saoy_certificates_free(SaoyCertificates *certificates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCertificates, saoy_certificates_free)

typedef struct {
    CMS_ContentInfo *cms;
    CMS_SignerInfo *info;
    SaoyView content;     /* borrowed from cms */
    const EVP_MD *digest; /* what the signature is over */
    int64_t signed_at_s;  /* what the signer says; 0: nothing */
    bool bare;            /* no certificate travels in it */
    X509 *signer;         /* borrowed from cms or others; known after the check */
} SaoySigned;

void saoy_signed_clear(SaoySigned *signed_);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySigned, saoy_signed_clear)

/* Parses all and checks everything but the signature. types: OIDs in dots, NULL-terminated,
 * of what may be signed. */
SaoyFlaw saoy_signed_parse(SaoyView der, const char *const *types, SaoySigned *out);

/* The signature. Its signer is named by key identifier or by issuer and serial number, and
 * sought in the object, then in others (NULL: none; must outlive signed_). */
SaoyFlaw saoy_signed_check(SaoySigned *signed_, SaoyCertificates *others);
