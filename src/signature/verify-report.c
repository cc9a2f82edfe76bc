#include "verify-parts.h"

#include "core/clock.h"
#include "core/ossl.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>

#define MAX_LISTED 1000
#define MAX_NAME 200
#define MAX_TEXT 1000

typedef enum { NOTE, DOUBT, FAIL } Effect;

/* FAIL: TOTAL-FAILED; DOUBT: INDETERMINATE at best; NOTE: said, no more. */
/* clang-format off */
static const struct {
    const char *code;
    Effect effect;
    const char *sub; /* sub-indication, ETSI EN 319 102-1, 5.1.3; NULL: no word for it */
    const char *sentence;
} known[SAOY_FOUND_N] = {
    [SAOY_FOUND_NO_SIGNATURE] =
        { "NO_SIGNATURE", FAIL, "FORMAT_FAILURE",
          N_("The file carries no signature.") },
    [SAOY_FOUND_BYTE_RANGE_MALFORMED] =
        { "BYTE_RANGE_MALFORMED", FAIL, "FORMAT_FAILURE",
          N_("A signature does not say properly which bytes it covers.") },
    [SAOY_FOUND_BYTE_RANGE_GAP] =
        { "BYTE_RANGE_GAP", FAIL, "FORMAT_FAILURE",
          N_("A signature leaves out bytes that are not its own value.") },
    [SAOY_FOUND_BYTE_RANGE_END] =
        { "BYTE_RANGE_END", FAIL, "FORMAT_FAILURE",
          N_("The signed bytes do not end where the signed version of the file ends.") },
    [SAOY_FOUND_CONTENTS_MALFORMED] =
        { "CONTENTS_MALFORMED", FAIL, "FORMAT_FAILURE",
          N_("A signature field holds no readable signature value.") },
    [SAOY_FOUND_CONTENTS_SHARED] =
        { "CONTENTS_SHARED", FAIL, "FORMAT_FAILURE",
          N_("Two fields claim the same signature.") },
    [SAOY_FOUND_CMS_MALFORMED] =
        { "CMS_MALFORMED", FAIL, "FORMAT_FAILURE",
          N_("A signature value is not well-formed.") },
    [SAOY_FOUND_CMS_SIGNERS] =
        { "CMS_SIGNERS", FAIL, "FORMAT_FAILURE",
          N_("A signature value has several signers.") },
    [SAOY_FOUND_CMS_HAS_CONTENT] =
        { "CMS_HAS_CONTENT", FAIL, "FORMAT_FAILURE",
          N_("A signature value carries content of its own.") },
    [SAOY_FOUND_MESSAGE_DIGEST_ABSENT] =
        { "MESSAGE_DIGEST_ABSENT", FAIL, "FORMAT_FAILURE",
          N_("A signature does not bind the document.") },
    [SAOY_FOUND_DIGEST_MISMATCH] =
        { "DIGEST_MISMATCH", FAIL, "HASH_FAILURE",
          N_("The document was changed after it was signed.") },
    [SAOY_FOUND_SIGNATURE_WRONG] =
        { "SIGNATURE_WRONG", FAIL, "SIG_CRYPTO_FAILURE",
          N_("A signature does not hold under its certificate.") },
    [SAOY_FOUND_CERTIFICATE_SWAPPED] =
        { "CERTIFICATE_SWAPPED", FAIL, "SIG_CRYPTO_FAILURE",
          N_("A signature was made for another certificate than the one it carries.") },
    [SAOY_FOUND_STAMP_WRONG] =
        { "STAMP_WRONG", FAIL, "HASH_FAILURE",
          N_("A time stamp does not belong to what it stands on.") },
    [SAOY_FOUND_OBJECT_OUTSIDE] =
        { "OBJECT_OUTSIDE", FAIL, "FORMAT_FAILURE",
          N_("Something the signed version shows lies outside the signed bytes.") },
    [SAOY_FOUND_TRAILING_BYTES] =
        { "TRAILING_BYTES", FAIL, "FORMAT_FAILURE",
          N_("Bytes were added behind the end of the file.") },
    [SAOY_FOUND_STRUCTURE_BROKEN] =
        { "STRUCTURE_BROKEN", FAIL, "FORMAT_FAILURE",
          N_("What was added after signing is not a well-formed PDF.") },
    [SAOY_FOUND_HYBRID_CONFLICT] =
        { "HYBRID_CONFLICT", FAIL, "FORMAT_FAILURE",
          N_("The file shows one thing to one reader and another to the next.") },
    [SAOY_FOUND_OBJECT_UNLISTED] =
        { "OBJECT_UNLISTED", FAIL, "FORMAT_FAILURE",
          N_("Bytes were added after signing that belong to no listed object.") },
    [SAOY_FOUND_STAMP_ORDER] =
        { "STAMP_ORDER", FAIL, "TIMESTAMP_ORDER_FAILURE",
          N_("A time stamp is younger than the one laid around it.") },
    [SAOY_FOUND_NOT_YET_VALID] =
        { "NOT_YET_VALID", FAIL, "NOT_YET_VALID",
          N_("The signature is proven to be older than its certificate.") },
    [SAOY_FOUND_CHANGE_FORBIDDEN] =
        { "CHANGE_FORBIDDEN", FAIL, "FORMAT_FAILURE",
          N_("Something was changed after signing that may not change.") },
    [SAOY_FOUND_SIGNER_IS_SEAL] =
        { "SIGNER_IS_SEAL", FAIL, "CHAIN_CONSTRAINTS_FAILURE",
          N_("A signature was made with a key that is for seals alone.") },
    [SAOY_FOUND_SEAL_UNREADABLE] =
        { "SEAL_UNREADABLE", FAIL, NULL,
          N_("The seal is not readable.") },
    [SAOY_FOUND_SEAL_WRONG] =
        { "SEAL_WRONG", FAIL, NULL,
          N_("The seal does not hold under its certificate.") },
    [SAOY_FOUND_SEAL_DENIED] =
        { "SEAL_DENIED", FAIL, NULL,
          N_("This copy is on the signed list of copies that no longer count.") },
    [SAOY_FOUND_SEAL_EXPIRED] =
        { "SEAL_EXPIRED", FAIL, NULL,
          N_("The seal is past its time.") },
    [SAOY_FOUND_SEAL_CONTENT] =
        { "SEAL_CONTENT", FAIL, NULL,
          N_("The page pictures are not the ones that were sealed.") },
    [SAOY_FOUND_SEAL_LINK] =
        { "SEAL_LINK", FAIL, NULL,
          N_("The seal's link leads to another copy.") },
    [SAOY_FOUND_SEAL_DRAWING] =
        { "SEAL_DRAWING", FAIL, NULL,
          N_("The seal drawn on the page is not the seal of the file.") },
    [SAOY_FOUND_REGISTER_CANCELLED] =
        { "REGISTER_CANCELLED", FAIL, NULL,
          N_("The register says that this copy was cancelled.") },
    [SAOY_FOUND_REGISTER_UNKNOWN] =
        { "REGISTER_UNKNOWN", DOUBT, NULL,
          N_("The register does not know this file.") },
    [SAOY_FOUND_REGISTER_UNAVAILABLE] =
        { "REGISTER_UNAVAILABLE", DOUBT, NULL,
          N_("The register could not be asked.") },
    [SAOY_FOUND_CHANGE_SUSPICIOUS] =
        { "CHANGE_SUSPICIOUS", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("Something was changed after signing; a person must judge it.") },
    [SAOY_FOUND_UPDATE_PACKED] =
        { "UPDATE_PACKED", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("What was added to the copy is packed; readers may unpack it differently.") },
    [SAOY_FOUND_SIGNATURE_MISSING] =
        { "SIGNATURE_MISSING", DOUBT, NULL,
          N_("A certified copy carries two signatures; this file lacks one.") },
    [SAOY_FOUND_SIGNER_OTHER] =
        { "SIGNER_OTHER", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("Somebody signed whom the seal does not name.") },
    [SAOY_FOUND_SEAL_ABSENT] =
        { "SEAL_ABSENT", DOUBT, NULL,
          N_("The file looks like a certified copy but has no seal: it is none.") },
    [SAOY_FOUND_SEAL_NAMELESS] =
        { "SEAL_NAMELESS", DOUBT, NULL,
          N_("The seal does not name both officer and office: who signed cannot be compared.") },
    [SAOY_FOUND_SEAL_PAGES] =
        { "SEAL_PAGES", DOUBT, NULL,
          N_("The file has more or fewer pages than the seal says.") },
    [SAOY_FOUND_SEAL_TIME] =
        { "SEAL_TIME", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("A signature is of another time than the seal.") },
    [SAOY_FOUND_SEAL_WITHDRAWN] =
        { "SEAL_WITHDRAWN", DOUBT, NULL,
          N_("The seal's key was stolen and withdrawn: the seal proves nothing any more.") },
    [SAOY_FOUND_SEAL_UNKNOWN] =
        { "SEAL_UNKNOWN", DOUBT, NULL,
          N_("The seal was made with a key that is none of those known here.") },
    [SAOY_FOUND_CADES_ABSENT] =
        { "CADES_ABSENT", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("A signature does not name its certificate.") },
    [SAOY_FOUND_CERTIFICATE_ABSENT] =
        { "CERTIFICATE_ABSENT", DOUBT, "NO_SIGNING_CERTIFICATE_FOUND",
          N_("A signature does not carry its signer's certificate.") },
    [SAOY_FOUND_CONTENTS_REPEATED] =
        { "CONTENTS_REPEATED", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("Two fields were made with one signature.") },
    [SAOY_FOUND_CONTENTS_PADDING] =
        { "CONTENTS_PADDING", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("Behind a signature value stand bytes that belong to nothing.") },
    [SAOY_FOUND_STRUCTURE_DAMAGED] =
        { "STRUCTURE_DAMAGED", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("The signed file is not a well-formed PDF; readers may differ.") },
    [SAOY_FOUND_OBJECT_HIDDEN] =
        { "OBJECT_HIDDEN", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("The signed file holds objects that no table lists.") },
    [SAOY_FOUND_WEAK_DIGEST] =
        { "WEAK_DIGEST", DOUBT, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
          N_("A signature uses an algorithm that is no longer safe.") },
    [SAOY_FOUND_UNSUPPORTED_SIGNATURE] =
        { "UNSUPPORTED_SIGNATURE", DOUBT, "CRYPTO_CONSTRAINTS_FAILURE",
          N_("A signature is of a kind that is not supported.") },
    [SAOY_FOUND_ENCRYPTED] =
        { "ENCRYPTED", DOUBT, "SIGNED_DATA_NOT_FOUND",
          N_("The file is encrypted.") },
    [SAOY_FOUND_HYBRID] =
        { "HYBRID", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("The file can be read in two ways.") },
    [SAOY_FOUND_TOO_COMPLEX] =
        { "TOO_COMPLEX", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("The file is too complex to be checked.") },
    [SAOY_FOUND_OBJECT_UNREADABLE] =
        { "OBJECT_UNREADABLE", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("A part of the signed version is not readable.") },
    [SAOY_FOUND_DSS_UNREADABLE] =
        { "DSS_UNREADABLE", DOUBT, "SIG_CONSTRAINTS_FAILURE",
          N_("What the file keeps about revocation is not readable.") },
    [SAOY_FOUND_SIGNER_PURPOSE] =
        { "SIGNER_PURPOSE", DOUBT, "CHAIN_CONSTRAINTS_FAILURE",
          N_("The signer's certificate is not for signing documents.") },
    [SAOY_FOUND_TRUST_LIST_UNREADABLE] =
        { "TRUST_LIST_UNREADABLE", DOUBT, "TRY_LATER",
          N_("Whom the lists here revoke is not known: one is not readable.") },
    [SAOY_FOUND_TRUST_UNKNOWN] =
        { "TRUST_UNKNOWN", DOUBT, "NO_CERTIFICATE_CHAIN_FOUND",
          N_("Who issued the signer's certificate is not known here.") },
    [SAOY_FOUND_TRUST_EXPIRED] =
        { "TRUST_EXPIRED", DOUBT, "OUT_OF_BOUNDS_NO_POE",
          N_("The signer's certificate is outside its time.") },
    [SAOY_FOUND_TRUST_REVOKED] =
        { "TRUST_REVOKED", DOUBT, "REVOKED_NO_POE",
          N_("The signer's certificate was revoked.") },
    [SAOY_FOUND_REVOCATION_UNKNOWN] =
        { "REVOCATION_UNKNOWN", DOUBT, "TRY_LATER",
          N_("Whether the signer's certificate was revoked is not known here.") },
    [SAOY_FOUND_TIME_UNPROVEN] =
        { "TIME_UNPROVEN", DOUBT, "NO_POE",
          N_("No time stamp known here proves that a signature is as old as the seal.") },
    [SAOY_FOUND_SEAL_UNDECIDED] =
        { "SEAL_UNDECIDED", DOUBT, NULL,
          N_("The seal cannot be checked: no key of seals is known here.") },
    [SAOY_FOUND_REVOCATION_UNPUBLISHED] =
        { "REVOCATION_UNPUBLISHED", NOTE, NULL,
          N_("The signer's issuer does not say where revoked certificates are listed.") },
    [SAOY_FOUND_STAMP_UNTRUSTED] =
        { "STAMP_UNTRUSTED", NOTE, NULL,
          N_("A time stamp is of an authority not trusted here; its time proves nothing.") },
    [SAOY_FOUND_NOT_OFFICIAL] =
        { "NOT_OFFICIAL", NOTE, NULL,
          N_("Sample without legal value: the signer is not under an official root.") },
    [SAOY_FOUND_SEAL_LIST_OLD] =
        { "SEAL_LIST_OLD", NOTE, NULL,
          N_("The lists for checking seals are out of date.") },
    [SAOY_FOUND_TRAILING_ZEROS] =
        { "TRAILING_ZEROS", NOTE, NULL,
          N_("Behind the end of the file stand zero bytes, which say nothing.") },
};
/* clang-format on */

static const char *const severities[] = {
    [NOTE] = "info", [DOUBT] = "warning", [FAIL] = "error"
};
static const char *const integrities[] = { "intact", "broken", "undecided" };
static const char *const coverages[] = { "whole_file", "whole_revision", "partial" };
static const char *const laters[] = { "none", "allowed", "suspicious", "forbidden" };

/* Owned by the findings; NULL: there are too many to list. */
static SaoyJson *
add_row(SaoyCheck *check, SaoyFinding finding, int64_t object, size_t offset)
{
    check->failed = check->failed || known[finding].effect == FAIL;
    check->undecided = check->undecided || known[finding].effect == DOUBT;
    if (known[finding].effect >= DOUBT)
        check->worst = MIN(check->worst, finding);
    if (saoy_json_length(check->findings) >= MAX_LISTED)
        return NULL;
    SaoyJson *row = saoy_json_object();
    saoy_json_set_string(row, "code", known[finding].code);
    saoy_json_set_string(row, "severity", severities[known[finding].effect]);
    saoy_json_set_string(row, "sub_indication", known[finding].sub);
    if (object > 0)
        saoy_json_set_int(row, "object", object);
    else
        saoy_json_set_string(row, "object", NULL);
    if (offset > 0)
        saoy_json_set_int(row, "offset", (int64_t)offset);
    else
        saoy_json_set_string(row, "offset", NULL);
    saoy_json_set_string(row, "text", _(known[finding].sentence));
    saoy_json_append(check->findings, row);
    return row;
}

void
saoy_found(SaoyCheck *check, SaoyFinding finding, int64_t object, size_t offset)
{
    add_row(check, finding, object, offset);
}

void
saoy_found_names(SaoyCheck *check, SaoyFinding finding, int64_t object, const char *claimed,
                 const char *signer)
{
    SaoyJson *row = add_row(check, finding, object, 0);
    g_autofree char *one = saoy_text_clean(claimed, MAX_NAME);
    g_autofree char *two = saoy_text_clean(signer, MAX_NAME);
    g_autofree char *text =
        g_strdup_printf("%s («%s», «%s»)", _(known[finding].sentence), one, two);

    if (row == NULL)
        return;
    saoy_json_set_string(row, "claimed", one);
    saoy_json_set_string(row, "signer", two);
    saoy_json_set_string(row, "text", text);
}

void
saoy_changed(SaoyCheck *check, size_t revision, int64_t object, const char *what,
             SaoyLater verdict)
{
    check->revisions[revision] = MAX(check->revisions[revision], verdict);
    if (saoy_json_length(check->changes) >= MAX_LISTED)
        return;
    SaoyJson *row = saoy_json_object();
    saoy_json_set_int(row, "revision", (int64_t)revision + 1);
    saoy_json_set_int(row, "object", object);
    saoy_json_set_string(row, "what", what);
    saoy_json_set_string(row, "verdict", laters[verdict]);
    saoy_json_append(check->changes, row);
}

const char *
saoy_finding_sub(SaoyFinding finding)
{
    return finding < SAOY_FOUND_N ? known[finding].sub : NULL;
}

/* The worst of what was found on it and of what came later. */
static SaoyFinding
reason(const SaoyMark *mark)
{
    SaoyFinding later = mark->later == SAOY_LATER_FORBIDDEN ? SAOY_FOUND_CHANGE_FORBIDDEN
                        : mark->later == SAOY_LATER_SUSPICIOUS
                            ? SAOY_FOUND_CHANGE_SUSPICIOUS
                            : SAOY_FOUND_N;

    return MIN(mark->worst, later);
}

static SaoyConclusion
indication(SaoyFinding why)
{
    if (why == SAOY_FOUND_N)
        return SAOY_PASSED;
    return known[why].effect == FAIL ? SAOY_FAILED : SAOY_INDETERMINATE;
}

void
saoy_set_clean(SaoyJson *row, const char *key, const char *text)
{
    g_autofree char *clean = text != NULL ? saoy_text_clean(text, MAX_TEXT) : NULL;

    saoy_json_set_string(row, key, clean);
}

SaoyJson *
saoy_mark_json(const SaoyMark *mark)
{
    SaoyJson *row = saoy_json_object();
    g_autofree char *time = mark->time_us != 0 ? saoy_time_rfc3339(mark->time_us) : NULL;

    saoy_set_clean(row, "field", mark->place.field);
    saoy_set_clean(row, "signer", mark->signer);
    saoy_json_set_string(row, "time", time);
    saoy_json_set_string(row, "time_source",
                         time == NULL    ? NULL
                         : mark->stamped ? "time_stamp"
                                         : "claimed");
    saoy_json_set_string(row, "level", mark->level);
    saoy_json_set_string(row, "integrity", integrities[mark->integrity]);
    saoy_json_set_string(row, "coverage", coverages[mark->coverage]);
    saoy_json_set_string(row, "later_changes", laters[mark->later]);
    saoy_json_set_string(row, "trust", saoy_trust_name(mark->trust));
    saoy_json_set(row, "revocation", saoy_json_ref(mark->revocation));
    saoy_json_set_bool(row, "certification", mark->permission != 0);
    saoy_json_set_string(row, "indication", saoy_conclusion_name(indication(reason(mark))));
    saoy_json_set_string(row, "sub_indication", saoy_finding_sub(reason(mark)));
    return row;
}

SaoyJson *
saoy_file_json(const SaoyCheck *check)
{
    SaoyJson *file = saoy_json_object();
    g_autofree char *sha256 = saoy_hex((SaoyView){ check->sha256, sizeof check->sha256 });

    saoy_json_set_string(file, "sha256", sha256);
    saoy_json_set_int(file, "bytes", (int64_t)check->all.size);
    saoy_json_set_int(file, "revisions", (int64_t)saoy_pdf_revisions(check->pdf));
    return file;
}
