#pragma once
#include "document/pdf.h"
#include "signature/chain.h"
#include "signature/stamp.h"
#include "signature/verify.h"

/* What the files of the validator share. One SaoyCheck a run; nothing outlives it but the
 * report. */

/* Codes of the JSON; effect and sentence of each: see verify-report.c */
typedef enum {
    SAOY_FOUND_NO_SIGNATURE,
    SAOY_FOUND_BYTE_RANGE_MALFORMED,
    SAOY_FOUND_BYTE_RANGE_GAP,
    SAOY_FOUND_BYTE_RANGE_END,
    SAOY_FOUND_CONTENTS_MALFORMED,
    SAOY_FOUND_CONTENTS_SHARED,
    SAOY_FOUND_CMS_MALFORMED,
    SAOY_FOUND_CMS_HAS_CONTENT,
    SAOY_FOUND_MESSAGE_DIGEST_ABSENT,
    SAOY_FOUND_DIGEST_MISMATCH,
    SAOY_FOUND_SIGNATURE_WRONG,
    SAOY_FOUND_CERTIFICATE_SWAPPED,
    SAOY_FOUND_STAMP_WRONG,
    SAOY_FOUND_OBJECT_OUTSIDE,
    SAOY_FOUND_TRAILING_BYTES,
    SAOY_FOUND_CHANGE_FORBIDDEN,
    SAOY_FOUND_SEAL_UNREADABLE,
    SAOY_FOUND_SEAL_WRONG,
    SAOY_FOUND_SEAL_CONTENT,
    SAOY_FOUND_REGISTER_CANCELLED,
    SAOY_FOUND_REGISTER_UNKNOWN,
    SAOY_FOUND_REGISTER_UNAVAILABLE,
    SAOY_FOUND_CHANGE_SUSPICIOUS,
    SAOY_FOUND_SIGNATURE_MISSING,
    SAOY_FOUND_CADES_ABSENT,
    SAOY_FOUND_WEAK_DIGEST,
    SAOY_FOUND_UNSUPPORTED_SIGNATURE,
    SAOY_FOUND_ENCRYPTED,
    SAOY_FOUND_HYBRID,
    SAOY_FOUND_TOO_COMPLEX,
    SAOY_FOUND_OBJECT_UNREADABLE,
    SAOY_FOUND_TRUST_UNKNOWN,
    SAOY_FOUND_TRUST_EXPIRED,
    SAOY_FOUND_TRUST_REVOKED,
    SAOY_FOUND_NOT_OFFICIAL,
    SAOY_FOUND_SEAL_UNDECIDED,
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

/* One signature or document time stamp. */
typedef struct {
    SaoyPdfSignature place; /* owned by the check's array */
    size_t range[4];
    GBytes *contents;
    size_t revision;     /* the range ends with it; only if coverage is not PARTIAL */
    bool is_stamp;       /* document time stamp */
    unsigned permission; /* DocMDP /P; 0: no certification */
    SaoyIntegrity integrity;
    SaoyCoverage coverage;
    SaoyLater later;
    SaoyTrust trust;
    bool official;
    char *signer;
    const char *level;
    int64_t time_us; /* 0: none */
    bool stamped;    /* time_us comes from a time stamp, not from the signer's word */
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
    bool has_certification;
    unsigned permission; /* the certification's */
    SaoyJson *findings, *changes;
    bool failed, undecided, official;
    char *copy_id, *token;
} SaoyCheck;

/* verify-report.c */
void saoy_found(SaoyCheck *check, SaoyFinding finding, int64_t object, size_t offset);
void saoy_changed(SaoyCheck *check, size_t revision, int64_t object, const char *what,
                  SaoyLater verdict);
SaoyJson *saoy_mark_json(const SaoyMark *mark);
SaoyJson *saoy_file_json(const SaoyCheck *check);

/* verify-mark.c: geometry, CMS, digest, trust of one signature. */
void saoy_mark_check(SaoyCheck *check, SaoyMark *mark);
void saoy_mark_clear(SaoyMark *mark);

/* verify-changes.c: fills check->revisions from revision `first` on. */
void saoy_changes_check(SaoyCheck *check, size_t first);

/* verify-layout.c: every object the signed revision sees lies within the signed bytes. */
void saoy_layout_check(SaoyCheck *check, const SaoyMark *mark);

/* verify-seal.c: the seal of XMP against the page pictures, offline; sets copy_id. Then the
 * register, if the caller can ask it. */
SaoyJson *saoy_verify_seal(SaoyCheck *check);
SaoyJson *saoy_verify_register(SaoyCheck *check);

/* verify-values.c */
bool saoy_values_equal(const SaoyPdfValue *a, const SaoyPdfValue *b);
typedef void SaoyReferenceFunc(void *user, const SaoyPdfValue *reference);
/* Every reference inside, the value itself included; skip_key: entry of the outermost
 * dictionary left out, or NULL. */
void saoy_values_walk(const SaoyPdfValue *value, const char *skip_key,
                      SaoyReferenceFunc *on, void *user);
