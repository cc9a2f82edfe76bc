#pragma once
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* Whom we believe about chips: a directory of issuers (CSCA, ICAO 9303-12).
 *   .der .cer .crt .pem   certificates, as many as stand in one: the operator's word
 *   .ml                   master lists: used when the issuer of their signer, or their
 *                         signer, is one of the above, or when "pinned" names them
 *   pinned                lines of SHA-256, each the operator's word for one master list
 *   .crl                  revocation lists, DER or PEM
 * All else is passed over. A link certificate introduces its key when the key that signed
 * it was trusted; a revocation list out of date is used, and said to be. Blocking; any one
 * thread. */
typedef enum {
    SAOY_CSCA_CERTIFICATES,
    SAOY_CSCA_MASTER_LIST,
    SAOY_CSCA_CRL,
    SAOY_CSCA_KIND_N
} SaoyCscaKind;
const char *saoy_csca_kind_name(SaoyCscaKind kind); /* "certificates" "master_list" "crl" */

typedef struct {
    unsigned issuers;               /* certificates that may sign others */
    unsigned valid, expired, early; /* of them, now */
    unsigned links;                 /* of them: signed by an older key */
    unsigned unusable;     /* of them: a key that is too short or of another kind */
    unsigned signers;      /* the other certificates */
    GHashTable *countries; /* issuers by country: char * to GUINT_TO_POINTER(n) */
} SaoyCscaCount;

typedef struct {
    char *name; /* in the directory */
    SaoyCscaKind kind;
    bool used;          /* what stands in it counts */
    const char *reason; /* msgid: why not, or what is wrong with a part; NULL: nothing */
    char *sha256;       /* of a master list, else NULL */
    SaoyCscaCount count;
    unsigned revoked;      /* certificates that a revocation list names */
    int64_t next_update_s; /* of a revocation list; 0: not said */
} SaoyCscaFileReport;

typedef struct {
    GPtrArray *files;    /* of SaoyCscaFileReport */
    SaoyCscaCount count; /* of the files that are used, every certificate once */
    bool has_expiry;     /* the operator's own certificates hold a valid issuer */
    int days_left;       /* till the first of those expires */
    unsigned stale;      /* revocation lists out of date */
    unsigned left_out;   /* files that are not used */
} SaoyCscaReport;

/* What the store holds, every certificate looked at (a few hundred: 100 ms). NULL and
 * NO_MEDIA when there is no such directory. */
SaoyCscaReport *saoy_csca_report(const char *dir, GError **error);
void saoy_csca_report_free(SaoyCscaReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCscaReport, saoy_csca_report_free)

/* Checks a master list and copies it into the directory, whole or not at all, as its name
 * plus ".ml" if that is not its ending. pin: its SHA-256 as the operator knows it from
 * elsewhere, then it is pinned as well; else NULL. A list whose signature holds but for
 * whose signer nobody vouches is copied, too: the report's only file says used or not.
 * MALFORMED no master list, UNTRUSTED the signature does not hold, REFUSED another SHA-256
 * than pin. NULL on errors. */
SaoyCscaReport *saoy_csca_import(const char *path, const char *dir, const char *pin,
                                 GError **error);
