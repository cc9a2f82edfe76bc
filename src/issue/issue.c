#include "issue-parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/ossl.h"
#include "issue/verify.h"
#include "signature/cms.h"
#include "signature/dss.h"

/* One run of the procedure; hooks and user are the finisher's. */
typedef struct {
    const SaoyApproval *approval;
    const SaoyIssueHooks *hooks;
    void *user;
    GCancellable *cancel;
    unsigned stamped; /* signatures that got their time stamp */
    bool away; /* the authority: not asked again in this run, somebody may be waiting */
    const char *level;
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
get_chain(Run *run, unsigned n, GError **error)
{
    g_autoptr(GPtrArray) chain = run->hooks->chain(run->user, n, run->cancel, error);

    if (chain == NULL || !is_pinned(chain, &run->approval->credentials[n], error))
        return NULL;
    return g_steal_pointer(&chain);
}

static bool
step(Run *run, const char *name, GError **error)
{
    return run->hooks->step(run->user, name, error);
}

/* ---- signing ---- */

/* Over the signature value, once. NULL without error: this one goes without. */
static GBytes *
stamp_for(Run *run, unsigned n, const uint8_t imprint[32], GError **error)
{
    g_autoptr(GError) why = NULL;
    GBytes *token = NULL;

    if (run->hooks->stamp == NULL || run->away)
        return NULL;
    token = run->hooks->stamp(run->user, n, imprint, run->cancel, &why);
    if (token != NULL || g_cancellable_set_error_if_cancelled(run->cancel, error))
        return token;
    run->away = true;
    saoy_log(SAOY_LOG_STAMP_MISSING, SAOY_N("signer", n));
    g_info("time stamp: %s", why->message);
    return NULL;
}

static GBytes *
stamped(Run *run, unsigned n, GBytes *cms, const uint8_t digest[32], GError **error)
{
    static const char *const names[] = { "stamp/1", "stamp/2" };
    g_auto(SaoyCms) parts = { 0 };
    g_autoptr(GBytes) token = NULL;
    g_autoptr(GError) wrong = NULL;
    uint8_t imprint[32];
    GBytes *out = NULL;

    if (!step(run, names[n], error) ||
        !saoy_cms_check(saoy_view_of(cms), digest, &parts, error))
        return NULL;
    saoy_sha256(saoy_view_of(parts.signature), imprint);
    token = stamp_for(run, n, imprint, &wrong);
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return NULL;
    }
    if (token == NULL)
        return g_bytes_ref(cms);
    out = saoy_cms_add_stamp(saoy_view_of(cms), saoy_view_of(token), error);
    run->stamped += out != NULL;
    return out;
}

/* The same file with signer n's CMS in its place. */
static GBytes *
sign(Run *run, unsigned n, GBytes *pdf, GError **error)
{
    g_autoptr(GPtrArray) chain = get_chain(run, n, error);
    g_autoptr(GBytes) signature = NULL, plain = NULL, cms = NULL;
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
    plain = saoy_cms_build(digest, chain, saoy_view_of(signature), error);
    cms = plain != NULL ? stamped(run, n, plain, digest, error) : NULL;
    if (cms == NULL)
        return NULL;
    saoy_log(SAOY_LOG_SIGNED, SAOY_N("signer", n));
    return saoy_pdf_fill(pdf, saoy_signer_fields[n], saoy_view_of(cms), error);
}

static GBytes *
prepare_and_sign(Run *run, unsigned n, GBytes *pdf, GError **error)
{
    static const char *const prepared[] = { "prepared/1", "prepared/2" };
    static const char *const signing[] = { "sign/1", "sign/2" };

    if (!step(run, prepared[n], error) ||
        !run->hooks->prepared(run->user, n, pdf, run->cancel, error) ||
        !step(run, signing[n], error))
        return NULL;
    return sign(run, n, pdf, error);
}

/* ---- for long ---- */

/* Whether the copy waits for it: only when it is wrong for good. A revoked certificate may
 * not sign; anything else a later renewal makes up for. */
static bool
goes_on(Run *run, GError *why, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(run->cancel, error))
        return false;
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "%s", why->message);
    saoy_log(SAOY_LOG_PROOFS_MISSING, SAOY_N("count", run->stamped));
    g_info("validation data: %s", why->message);
    return true;
}

static GBytes *
with_proofs(Run *run, GBytes *pdf, GError **error)
{
    const SaoyProofSource source = { .fetch = run->hooks->fetch,
                                     .user = run->user,
                                     .now_us = saoy_clock_wall_us() };
    g_autoptr(GError) why = NULL;
    g_autoptr(GArray) entries = NULL;

    if (run->hooks->fetch == NULL || run->stamped < SAOY_SIGNER_N)
        return g_bytes_ref(pdf);
    if (!step(run, "proofs", error))
        return NULL;
    entries = saoy_dss_collect(pdf, &source, run->cancel, &why);
    if (entries == NULL)
        return goes_on(run, why, error) ? g_bytes_ref(pdf) : NULL;
    run->level = "level/B-LT";
    return saoy_dss_append(pdf, entries, error);
}

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    Run *run = user;

    return run->hooks->stamp(run->user, SAOY_SIGNER_N, imprint, cancel, error);
}

static GBytes *
with_stamp(Run *run, GBytes *pdf, GError **error)
{
    g_autoptr(GError) why = NULL;
    GBytes *out = NULL;

    if (!g_str_equal(run->level, "level/B-LT"))
        return g_bytes_ref(pdf);
    if (!step(run, "stamp/3", error))
        return NULL;
    out = saoy_dss_stamp(pdf, 0, on_token, run, run->cancel, &why);
    if (out == NULL && !g_cancellable_set_error_if_cancelled(run->cancel, error)) {
        saoy_log(SAOY_LOG_STAMP_MISSING, SAOY_N("signer", SAOY_SIGNER_N));
        g_info("document time stamp: %s", why->message);
        return g_bytes_ref(pdf);
    }
    if (out != NULL)
        run->level = "level/B-LTA";
    return out;
}

static bool
finish(Run *run, GBytes *pdf, GError **error)
{
    return step(run, run->level, error) && step(run, "check", error) &&
           saoy_copy_self_check(pdf, run->approval, error) && step(run, "archive", error) &&
           run->hooks->archive(run->user, pdf, run->cancel, error);
}

GBytes *
saoy_copy_issue(GBytes *base, const SaoyApproval *approval, const SaoyIssueHooks *hooks,
                void *user, GCancellable *cancel, GError **error)
{
    Run run = { approval, hooks, user, cancel, 0, false, "level/B-B" };
    g_autoptr(GBytes) officer = NULL, both = NULL, proven = NULL, whole = NULL;

    officer = prepare_and_sign(&run, SAOY_SIGNER_OFFICER, base, error);
    both =
        officer == NULL ? NULL : prepare_and_sign(&run, SAOY_SIGNER_AGENCY, officer, error);
    if (run.stamped == SAOY_SIGNER_N)
        run.level = "level/B-T";
    proven = both == NULL ? NULL : with_proofs(&run, both, error);
    whole = proven == NULL ? NULL : with_stamp(&run, proven, error);
    if (whole == NULL || !finish(&run, whole, error))
        return NULL;
    return g_steal_pointer(&whole);
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
    bool last = g_str_equal(saoy_json_string_or(signature, "coverage", ""), coverage[1]);

    return signature != NULL && says(signature, "field", saoy_signer_fields[n], error) &&
           says(signature, "integrity", "intact", error) &&
           says(signature, "coverage", coverage[last && n > 0], error) &&
           says(signature, "later_changes", later[last && n > 0], error);
}

/* Behind the two signatures nothing but intact document time stamps. */
static bool
check_stamps(const SaoyJson *list, GError **error)
{
    for (size_t i = SAOY_SIGNER_N; i < saoy_json_length(list); i++) {
        const SaoyJson *stamp = saoy_json_at(list, i);

        if (!says(stamp, "level", "DocTimeStamp", error) ||
            !says(stamp, "integrity", "intact", error))
            return false;
    }
    return true;
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

    if (!saoy_copy_verify(pdf, &options, &verdict, error))
        return false;
    if (verdict.conclusion == SAOY_FAILED || verdict.signatures < SAOY_SIGNER_N ||
        g_strcmp0(verdict.copy_id, approval->copy_id) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "self-check: %s, %u signatures, %s",
                         saoy_conclusion_name(verdict.conclusion), verdict.signatures,
                         worst(verdict.report));
    const SaoyJson *list = saoy_json_member(verdict.report, "signatures");
    return check_signature(list, SAOY_SIGNER_OFFICER, error) &&
           check_signature(list, SAOY_SIGNER_AGENCY, error) && check_stamps(list, error);
}
