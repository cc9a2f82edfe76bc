#pragma once
#include "core/ossl.h"
#include "identity/csca.h"
#include "signed.h"

/* The CSCA store: a directory of issuers' certificates, master lists and revocation lists.
 * Hundreds of certificates lie in it and one is needed, so a certificate is parsed only
 * when the country in its subject is the one that is sought. One thread. */
typedef struct {
    GBytes *der;
    char country[3];   /* of the subject, or of a revocation list's issuer; upper case */
    X509 *certificate; /* NULL till it was asked for */
    X509_CRL *crl;
} SaoyCscaEntry;

/* NULL when der is no certificate (revocation list). */
SaoyCscaEntry *saoy_csca_entry_new(SaoyView der);
SaoyCscaEntry *saoy_csca_entry_new_crl(SaoyView der);
void saoy_csca_entry_free(SaoyCscaEntry *entry);
X509 *saoy_csca_entry_certificate(SaoyCscaEntry *entry); /* borrowed; NULL: unreadable */
X509_CRL *saoy_csca_entry_crl(SaoyCscaEntry *entry);

/* The country of a Name, DER: two letters, upper case; "" when it has none. */
void saoy_csca_country(SaoyView name, char out[3]);

typedef struct {
    char *name; /* in the directory */
    SaoyCscaKind kind;
    GPtrArray *entries; /* of SaoyCscaEntry */
    bool trusted;       /* its certificates count */
    const char *reason; /* msgid: what is wrong with it; NULL: nothing */
    char *sha256;       /* of a master list */
} SaoyCscaFile;

SaoyCscaFile *saoy_csca_file_new(const char *name, SaoyCscaKind kind);
void saoy_csca_file_free(SaoyCscaFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCscaFile, saoy_csca_file_free)

typedef struct {
    GPtrArray *files;   /* of SaoyCscaFile */
    GPtrArray *anchors; /* those of them that may vouch for a master list; borrowed */
    unsigned certificates;
} SaoyCsca;

#define SAOY_CSCA_MAX_LIST ((size_t)8 << 20) /* bytes; that of all the world is 1 MiB */

/* Never NULL. dir: NULL, "" or not there: empty. Master lists come last, since they need
 * an anchor among the others. */
SaoyCsca *saoy_csca_open(const char *dir);
void saoy_csca_close(SaoyCsca *csca);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCsca, saoy_csca_close)
bool saoy_csca_is_empty(const SaoyCsca *csca);

/* The SHA-256 that "pinned" names. Free with g_hash_table_unref. */
GHashTable *saoy_csca_pins(const char *dir);

/* All certificates of ordinary files: among them may be signers whose certificate does not
 * travel with what they sign. Free with saoy_certificates_free. */
SaoyCertificates *saoy_csca_certificates(const GPtrArray *files);

/* Reads a master list into file->entries and judges it: anchors are the files that may
 * vouch for its signer, pinned the SHA-256 of lists the operator knows (NULL: none).
 * file->reason says why it is not trusted. MALFORMED it is no list, UNTRUSTED its signature
 * does not hold. */
bool saoy_master_list_read(SaoyCscaFile *file, SaoyView bytes, const GPtrArray *anchors,
                           GHashTable *pinned, GError **error);

bool saoy_signs_lists(X509 *signer); /* says its extended key usage */

/* From a signer up to an issuer that is self-signed and trusted, over link certificates
 * (ICAO 9303-12, 4.1.3). */
typedef enum {
    SAOY_CHAIN_TRUSTED,
    SAOY_CHAIN_UNKNOWN, /* no issuer of that name and key */
    SAOY_CHAIN_EXPIRED,
    SAOY_CHAIN_EARLY, /* not valid yet */
    SAOY_CHAIN_REVOKED,
    SAOY_CHAIN_WEAK,    /* SHA-1 without leave, a short key, an unknown algorithm */
    SAOY_CHAIN_PURPOSE, /* its key is not for signing this */
    SAOY_CHAIN_BROKEN,  /* a signature or an extension does not hold */
    SAOY_CHAIN_N
} SaoyChainEnd;

typedef struct {
    int64_t at_s; /* when it must have been valid */
    bool allow_sha1;
} SaoyChainRules;

typedef struct {
    SaoyChainEnd end;
    bool sha1;  /* SHA-1 signs in it */
    bool stale; /* the revocation list of its issuer is out of date */
} SaoyChain;

/* signer: any certificate that may sign (key usage). files: where issuers and revocation
 * lists are sought; a file that is not trusted is passed over. */
SaoyChain saoy_csca_chain(const GPtrArray *files, X509 *signer,
                          const SaoyChainRules *rules);

/* What the revocation lists in files say: the newest by this issuer's key, and the newest
 * by other trusted keys of its name (after a rollover the new key signs). */
typedef enum {
    SAOY_REVOCATION_NONE, /* no list */
    SAOY_REVOCATION_FINE,
    SAOY_REVOCATION_STALE,
    SAOY_REVOCATION_REVOKED
} SaoyRevocation;
SaoyRevocation saoy_revocation_of(const GPtrArray *files, X509 *certificate, X509 *issuer,
                                  int64_t at_s);

/* A report on some files out of those that count (identity/csca.h). */
SaoyCscaReport *saoy_csca_report_on(const GPtrArray *shown, const GPtrArray *files);

/* Whether a trusted certificate in files has signed this revocation list. */
bool saoy_crl_holds(const GPtrArray *files, X509_CRL *crl);
