#include "issue-parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/ossl.h"
#include "signature/cms.h"
#include "signature/verify.h"

/* One run of the procedure; hooks and user are the finisher's. */
typedef struct {
    const SaoyApproval *approval;
    const SaoyIssueHooks *hooks;
    void *user;
    GCancellable *cancel;
} Run;

static bool
is_pinned(GPtrArray *chain, const SaoyCredential *credential, GError **error)
{
    if (chain->len == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "empty certificate chain");
    g_autofree char *found = saoy_sha256_hex(saoy_view_of(chain->pdata[0]));
    return g_str_equal(found, credential->certificate_sha256) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "certificate is not the approval's");
}

static GPtrArray *
get_chain(const Run *run, unsigned n, GError **error)
{
    g_autoptr(GPtrArray) chain = run->hooks->chain(run->user, n, run->cancel, error);

    if (chain == NULL || !is_pinned(chain, &run->approval->credentials[n], error))
        return NULL;
    return g_steal_pointer(&chain);
}

/* The same file with signer n's CMS in its place. */
static GBytes *
sign(const Run *run, unsigned n, GBytes *pdf, GError **error)
{
    g_autoptr(GPtrArray) chain = get_chain(run, n, error);
    g_autoptr(GBytes) signature = NULL, cms = NULL;
    SaoySignatureSpace space = { 0 };
    uint8_t digest[32], hash[32];

    if (chain == NULL ||
        !saoy_copy_hash(pdf, n, saoy_view_of(chain->pdata[0]), hash, error))
        return NULL;
    signature = run->hooks->sign(run->user, n, hash, run->cancel, error);
    if (signature == NULL ||
        !saoy_pdf_signature_space(pdf, saoy_signer_fields[n], &space, error) ||
        !saoy_pdf_range_digest(pdf, &space, digest, error))
        return NULL;
    /* verifies the signature under the pinned certificate before anything is built */
    cms = saoy_cms_build(digest, chain, saoy_view_of(signature), error);
    if (cms == NULL)
        return NULL;
    saoy_log(SAOY_LOG_SIGNED, SAOY_N("signer", n));
    return saoy_pdf_fill(pdf, saoy_signer_fields[n], saoy_view_of(cms), error);
}

static GBytes *
prepare_and_sign(const Run *run, unsigned n, GBytes *pdf, GError **error)
{
    static const char *const prepared[] = { "prepared/1", "prepared/2" };
    static const char *const signing[] = { "sign/1", "sign/2" };

    if (!run->hooks->step(run->user, prepared[n], error) ||
        !run->hooks->prepared(run->user, n, pdf, run->cancel, error) ||
        !run->hooks->step(run->user, signing[n], error))
        return NULL;
    return sign(run, n, pdf, error);
}

static bool
finish(const Run *run, GBytes *pdf, GError **error)
{
    return run->hooks->step(run->user, "check", error) &&
           saoy_copy_self_check(pdf, run->approval, error) &&
           run->hooks->step(run->user, "archive", error) &&
           run->hooks->archive(run->user, pdf, run->cancel, error);
}

GBytes *
saoy_copy_issue(GBytes *base, const SaoyApproval *approval, const SaoyIssueHooks *hooks,
                void *user, GCancellable *cancel, GError **error)
{
    const Run run = { approval, hooks, user, cancel };
    g_autoptr(GBytes) officer = NULL, both = NULL;

    officer = prepare_and_sign(&run, SAOY_SIGNER_OFFICER, base, error);
    both =
        officer == NULL ? NULL : prepare_and_sign(&run, SAOY_SIGNER_AGENCY, officer, error);
    if (both == NULL || !finish(&run, both, error))
        return NULL;
    return g_steal_pointer(&both);
}

/* ---- the self-check ---- */

static bool
says(const SaoyJson *signature, const char *key, const char *expected, GError **error)
{
    const char *found = saoy_json_string_or(signature, key, "");

    return g_str_equal(found, expected) ||
           saoy_fail(error, SAOY_ERROR_FAILED, "self-check: %s: %s is %s, not %s",
                     saoy_json_string_or(signature, "field", "?"), key, found, expected);
}

static bool
check_signature(const SaoyJson *list, unsigned n, GError **error)
{
    static const char *const coverage[] = { "whole_revision", "whole_file" };
    static const char *const later[] = { "allowed", "none" };
    const SaoyJson *signature = saoy_json_at(list, n);

    return signature != NULL && says(signature, "field", saoy_signer_fields[n], error) &&
           says(signature, "integrity", "intact", error) &&
           says(signature, "coverage", coverage[n], error) &&
           says(signature, "later_changes", later[n], error);
}

/* The first thing found wrong, as its code. */
static const char *
worst(const SaoyJson *report)
{
    const SaoyJson *findings = saoy_json_member(report, "findings");

    for (size_t i = 0; i < saoy_json_length(findings); i++) {
        const SaoyJson *row = saoy_json_at(findings, i);

        if (g_str_equal(saoy_json_string_or(row, "severity", ""), "error"))
            return saoy_json_string_or(row, "code", "?");
    }
    return "no finding";
}

bool
saoy_copy_self_check(GBytes *pdf, const SaoyApproval *approval, GError **error)
{
    const SaoyVerifyOptions options = { .now_us = saoy_clock_wall_us() };
    g_auto(SaoyVerdict) verdict = { 0 };

    if (!saoy_verify(pdf, &options, &verdict, error))
        return false;
    if (verdict.conclusion == SAOY_FAILED || verdict.signatures != SAOY_SIGNER_N ||
        g_strcmp0(verdict.copy_id, approval->copy_id) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "self-check: %s, %u signatures, %s",
                         saoy_conclusion_name(verdict.conclusion), verdict.signatures,
                         worst(verdict.report));
    const SaoyJson *list = saoy_json_member(verdict.report, "signatures");
    return check_signature(list, SAOY_SIGNER_OFFICER, error) &&
           check_signature(list, SAOY_SIGNER_AGENCY, error);
}
