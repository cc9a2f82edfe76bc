#pragma once
#include "prefix.h"

#include "document/pdf.h"
#include "signature/chain.h"
#include "signature/revocation.h"
#include "signature/seal.h"
#include "signature/verify.h"

/* What the files of the validator share. One SaoyCheck a run; nothing outlives it but the
 * report. */

/* Codes of the JSON, the worse before the less; effect, sub-indication and sentence of
 * each: see verify-report.c */
typedef enum {
    SAOY_FOUND_NO_SIGNATURE,
    SAOY_FOUND_BYTE_RANGE_MALFORMED,
    SAOY_FOUND_BYTE_RANGE_GAP,
    SAOY_FOUND_BYTE_RANGE_END,
    SAOY_FOUND_CONTENTS_MALFORMED,
    SAOY_FOUND_CONTENTS_SHARED,
    SAOY_FOUND_CMS_MALFORMED,
    SAOY_FOUND_CMS_SIGNERS,
    SAOY_FOUND_CMS_HAS_CONTENT,
    SAOY_FOUND_MESSAGE_DIGEST_ABSENT,
    SAOY_FOUND_DIGEST_MISMATCH,
    SAOY_FOUND_SIGNATURE_WRONG,
    SAOY_FOUND_CERTIFICATE_SWAPPED,
    SAOY_FOUND_STAMP_WRONG,
    SAOY_FOUND_OBJECT_OUTSIDE,
    SAOY_FOUND_TRAILING_BYTES,
    SAOY_FOUND_STRUCTURE_BROKEN,
    SAOY_FOUND_HYBRID_CONFLICT,
    SAOY_FOUND_OBJECT_UNLISTED,
    SAOY_FOUND_STAMP_ORDER,
    SAOY_FOUND_NOT_YET_VALID,
    SAOY_FOUND_CHANGE_FORBIDDEN,
    SAOY_FOUND_SIGNER_IS_SEAL,
    SAOY_FOUND_SEAL_UNREADABLE,
    SAOY_FOUND_SEAL_WRONG,
    SAOY_FOUND_SEAL_DENIED,
    SAOY_FOUND_SEAL_EXPIRED,
    SAOY_FOUND_SEAL_CONTENT,
    SAOY_FOUND_SEAL_LINK,
    SAOY_FOUND_SEAL_DRAWING,
    SAOY_FOUND_REGISTER_CANCELLED,
    SAOY_FOUND_REGISTER_UNKNOWN,
    SAOY_FOUND_REGISTER_UNAVAILABLE,
    SAOY_FOUND_CHANGE_SUSPICIOUS,
    SAOY_FOUND_UPDATE_PACKED,
    SAOY_FOUND_SIGNATURE_MISSING,
    SAOY_FOUND_SIGNER_OTHER,
    SAOY_FOUND_SEAL_ABSENT,
    SAOY_FOUND_SEAL_NAMELESS,
    SAOY_FOUND_SEAL_PAGES,
    SAOY_FOUND_SEAL_TIME,
    SAOY_FOUND_SEAL_WITHDRAWN,
    SAOY_FOUND_SEAL_UNKNOWN,
    SAOY_FOUND_CADES_ABSENT,
    SAOY_FOUND_CERTIFICATE_ABSENT,
    SAOY_FOUND_CONTENTS_REPEATED,
    SAOY_FOUND_CONTENTS_PADDING,
    SAOY_FOUND_STRUCTURE_DAMAGED,
    SAOY_FOUND_OBJECT_HIDDEN,
    SAOY_FOUND_WEAK_DIGEST,
    SAOY_FOUND_UNSUPPORTED_SIGNATURE,
    SAOY_FOUND_ENCRYPTED,
    SAOY_FOUND_HYBRID,
    SAOY_FOUND_TOO_COMPLEX,
    SAOY_FOUND_OBJECT_UNREADABLE,
    SAOY_FOUND_DSS_UNREADABLE,
    SAOY_FOUND_SIGNER_PURPOSE,
    SAOY_FOUND_TRUST_LIST_UNREADABLE,
    SAOY_FOUND_TRUST_UNKNOWN,
    SAOY_FOUND_TRUST_EXPIRED,
    SAOY_FOUND_TRUST_REVOKED,
    SAOY_FOUND_REVOCATION_UNKNOWN,
    SAOY_FOUND_TIME_UNPROVEN,
    SAOY_FOUND_SEAL_UNDECIDED,
    SAOY_FOUND_REVOCATION_UNPUBLISHED,
    SAOY_FOUND_STAMP_UNTRUSTED,
    SAOY_FOUND_NOT_OFFICIAL,
    SAOY_FOUND_SEAL_LIST_OLD,
    SAOY_FOUND_TRAILING_ZEROS,
    SAOY_FOUND_N
} SaoyFinding;

typedef enum {
    SAOY_INTEGRITY_INTACT,
    SAOY_INTEGRITY_BROKEN,
    SAOY_INTEGRITY_UNDECIDED
} SaoyIntegrity;

typedef enum {
    SAOY_COVERAGE_FILE,
    SAOY_COVERAGE_REVISION,
    SAOY_COVERAGE_PARTIAL,
} SaoyCoverage;

/* Ordered: the worst of many counts. */
typedef enum {
    SAOY_LATER_NONE,
    SAOY_LATER_ALLOWED,
    SAOY_LATER_SUSPICIOUS,
    SAOY_LATER_FORBIDDEN,
} SaoyLater;

/* Which form fields a signature locked (FieldMDP). */
typedef struct {
    enum { SAOY_LOCK_NONE, SAOY_LOCK_ALL, SAOY_LOCK_INCLUDE, SAOY_LOCK_EXCLUDE } kind;
    GHashTable *names; /* GBytes; NULL: not looked at yet */
} SaoyLock;

/* One signature or document time stamp. */
typedef struct {
    SaoyPdfSignature place; /* owned by the check's array */
    size_t range[4];
    GBytes *contents;
    size_t revision;     /* the range ends with it; only if coverage is not PARTIAL */
    bool is_stamp;       /* document time stamp */
    unsigned permission; /* DocMDP /P; 0: no certification */
    SaoyFinding worst;   /* what decided; SAOY_FOUND_N: nothing */
    SaoyIntegrity integrity;
    SaoyCoverage coverage;
    SaoyLater later;
    SaoyTrust trust;
    bool official;
    char *signer;
    const char *level;
    int64_t claimed_us; /* /M; 0: none */
    int64_t time_us;    /* the same until a time stamp proves one; 0: none */
    bool stamped;       /* time_us comes from a time stamp, not from the signer's word */
    GPtrArray *chain;   /* GBytes DER, the signer's first; NULL: none was found */
    SaoyLock lock;
    SaoyStamp stamp;      /* of the signature, or the document time stamp itself */
    SaoyJson *revocation; /* what was found out of each certificate, and where */
} SaoyMark;

typedef struct {
    SaoyPdf *pdf;
    GBytes *file;
    SaoyView all;
    const SaoyVerifyOptions *options;
    GArray *places; /* SaoyPdfSignature */
    SaoyMark *marks;
    size_t n_marks;
    SaoyLater *revisions; /* what each revision did to the one before it */
    SaoyJson *findings, *changes;
    bool failed, undecided, official;
    bool sealed;       /* one of our copies, or made to look like one */
    SaoyFinding worst; /* of all findings; SAOY_FOUND_N: none but notes */
    char *copy_id, *token;
    SaoyPrefix prefix;                /* of the file, digested so far */
    uint8_t sha256[SAOY_SHA256_SIZE]; /* of the whole */
    int64_t began_us;                 /* of this thread's processor time */
    size_t looks;                     /* spent, see saoy_check_spend */
    SaoyProofs proofs; /* of the file, the trust directory, the caller, in this order */
    guint n_file[2], n_directory[2]; /* OCSP answers and CRLs, up to there */
    size_t cms_work;                 /* saoy_cms_cost of the values opened */
} SaoyCheck;

/* verify-report.c */
void saoy_found(SaoyCheck *check, SaoyFinding finding, int64_t object, size_t offset);
/* The two names that should be one, in the text too. */
void saoy_found_names(SaoyCheck *check, SaoyFinding finding, int64_t object,
                      const char *claimed, const char *signer);
void saoy_changed(SaoyCheck *check, size_t revision, int64_t object, const char *what,
                  SaoyLater verdict);
const char *saoy_finding_sub(SaoyFinding finding); /* sub-indication, or NULL */
/* What somebody else wrote, as everybody may print it (saoy_text_clean). */
void saoy_set_clean(SaoyJson *row, const char *key, const char *text);
SaoyJson *saoy_mark_json(const SaoyMark *mark);
SaoyJson *saoy_file_json(const SaoyCheck *check);

/* verify-mark.c: geometry and what the dictionary says of one signature, then its value. */
void saoy_mark_check(SaoyCheck *check, SaoyMark *mark);
void saoy_mark_clear(SaoyMark *mark);
/* The finding at the signature's place; the first integrity other than INTACT stays. */
void saoy_mark_found(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding,
                     SaoyIntegrity integrity);
void saoy_mark_pieces(const SaoyCheck *check, const SaoyMark *mark, SaoyView out[2]);
/* In the field of that name that the first revision prepared: a later one may call itself
 * so too. */
bool saoy_mark_is_prepared(SaoyCheck *check, const SaoyMark *mark, const char *name);
/* /TransformParams of the signature's reference of that method, or NULL (12.8.1). */
const SaoyPdfValue *saoy_mark_transform(SaoyCheck *check, const SaoyPdfValue *dict,
                                        const char *method);

/* verify-lock.c: FieldMDP (12.8.2.4): has a signature of that revision or an older one
 * locked it? */
bool saoy_check_is_locked(SaoyCheck *check, size_t revision, const SaoyPdfValue *field);

/* verify-store.c: fills check->proofs. */
void saoy_check_take_proofs(SaoyCheck *check);

/* verify-time.c: when what is proven to have been, and each chain's trust at that time. */
void saoy_times_check(SaoyCheck *check);

/* verify-cms.c: the signature value by its /SubFilter: digest, signature, certificate. */
void saoy_mark_check_cms(SaoyCheck *check, SaoyMark *mark, bool cades);
void saoy_mark_check_legacy(SaoyCheck *check, SaoyMark *mark); /* adbe.pkcs7.sha1 */
void saoy_mark_check_stamp(SaoyCheck *check, SaoyMark *mark);
void saoy_mark_check_unknown(SaoyCheck *check, SaoyMark *mark); /* any other, or none */
/* /Contents without its padding, which is looked at: one ASN.1 value of that universal tag,
 * or all of it. */
SaoyView saoy_mark_value(SaoyCheck *check, SaoyMark *mark, int tag);
/* Digest of the bytes the signature is over, or of others, by OpenSSL's number of the
 * algorithm. 0: unknown; or more than the file is worth was digested, which is said. */
size_t saoy_mark_digest(SaoyCheck *check, SaoyMark *mark, int algorithm,
                        const SaoyView data[2], uint8_t out[64]);
bool saoy_cms_is_weak(int digest); /* OpenSSL's number of it */
bool saoy_key_is_weak(EVP_PKEY *key);

/* verify-pkcs1.c: adbe.x509.rsa_sha1, a bare RSA signature beside its certificates. */
void saoy_mark_check_pkcs1(SaoyCheck *check, SaoyMark *mark);
/* Of a kind that is not known: if it is one after all, its digest at least. */
void saoy_mark_compare_pkcs1(SaoyCheck *check, SaoyMark *mark);

/* verify-changes.c: fills check->revisions from revision `first` on. */
void saoy_changes_check(SaoyCheck *check, size_t first);

/* verify-layout.c: every object the signed revision sees lies within the signed bytes. */
void saoy_layout_check(SaoyCheck *check, const SaoyMark *mark);

/* verify-budget.c: one budget for every walk over what a file holds, counted before it is
 * walked: a value is one, looking up an object SAOY_LOOK_UP. False, and TOO_COMPLEX once,
 * when it is spent: from then on nothing is judged any more, neither good nor bad. */
enum { SAOY_LOOK_UP = 8, SAOY_LOOK_BYTES = 16 /* compared or blotted for one */ };
bool saoy_check_spend(SaoyCheck *check, size_t looks);
bool saoy_check_is_spent(const SaoyCheck *check);
void saoy_check_begin(SaoyCheck *check); /* the clock of options->cpu_us */

/* verify-scan.c: nothing that a repairing reader would take for an object: between listed
 * things a failure from `signed_end` on, before it a doubt; inside later ones a failure
 * from saoy_strict_end on, before it a doubt. */
void saoy_layout_gaps(SaoyCheck *check, size_t signed_end);

/* verify-tail.c: where the bytes end behind which only so much may follow: our oldest
 * signature's, another's certification's; SIZE_MAX: there is none. */
size_t saoy_strict_end(const SaoyCheck *check, size_t *revision);
/* The bytes from there on, one by one, and the file's end; false when there is none. */
bool saoy_tail_check(SaoyCheck *check);

/* verify-seal.c: the seal of XMP against the page pictures, offline; sets copy_id. Then the
 * register, if the caller can ask it. */
SaoyJson *saoy_verify_seal(SaoyCheck *check);
SaoyJson *saoy_verify_register(SaoyCheck *check);

/* verify-signer.c: of the signatures, names and times against the seal; NULL: the file has
 * none. */
void saoy_signers_check(SaoyCheck *check, const SaoySeal *seal, GBytes *cose);

/* verify-drawing.c: the seal stands on one page as a symbol, its link on each, no other. */
bool saoy_seal_is_drawn(SaoyCheck *check, const char *text);

/* verify-symbol.c: does a symbol drawn on a page open a copy of ours? */
bool saoy_symbols_are_ours(SaoyCheck *check);

/* verify-values.c */
bool saoy_values_equal(SaoyCheck *check, const SaoyPdfValue *a, const SaoyPdfValue *b);
typedef void SaoyReferenceFunc(void *user, const SaoyPdfValue *reference);
/* Every reference inside, the value itself included; skip: entries of the outermost
 * dictionary left out, NULL-terminated, or NULL. Ends early when all is spent, and so does
 * the comparison, as unequal. */
void saoy_values_walk(SaoyCheck *check, const SaoyPdfValue *value, const char *const *skip,
                      SaoyReferenceFunc *on, void *user);
