#include "signature/renew.h"

#include "cms-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "signature/verify.h"

/* ---- when ---- */

static int64_t
first_end(GPtrArray *chain)
{
    int64_t first = G_MAXINT64;

    for (size_t i = 0; i < chain->len; i++)
        first = MIN(first, saoy_certificate_end_us(saoy_view_of(chain->pdata[i])));
    return first;
}

/* The certificates of a token whose own signature holds; the validator looked at the rest.
 */
static int64_t
end_of_stamp(const SaoyPdfSignature *signature)
{
    const SaoyPdfValue *contents = saoy_pdf_get_raw(signature->dict, "Contents");
    g_auto(SaoyCmsParts) parts = { 0 };

    if (contents == NULL || contents->type != SAOY_PDF_STRING ||
        !saoy_cms_open(contents->text, &parts, NULL))
        return 0;
    g_autoptr(GPtrArray) chain = saoy_cms_chain(&parts);
    return first_end(chain);
}

bool
saoy_renewal_due(GBytes *file, int64_t margin_us, int64_t *out_us, GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, error);
    g_autoptr(GArray) places = pdf != NULL ? saoy_pdf_signatures(pdf, error) : NULL;
    size_t newest = pdf != NULL ? saoy_pdf_revisions(pdf) - 1 : 0;
    int64_t end = 0;

    if (places == NULL)
        return false;
    if (places->len == 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the file carries no signature");
    const SaoyPdfSignature *last =
        &g_array_index(places, SaoyPdfSignature, places->len - 1);
    if (saoy_pdf_is_name(saoy_pdf_get(pdf, newest, last->dict, "SubFilter"),
                         "ETSI.RFC3161"))
        end = end_of_stamp(last);
    *out_us = MAX(end - margin_us, 0);
    return true;
}

/* ---- what ---- */

static const char *
first_error(const SaoyJson *report)
{
    const SaoyJson *findings = saoy_json_member(report, "findings");

    for (size_t i = 0; i < saoy_json_length(findings); i++) {
        const SaoyJson *row = saoy_json_at(findings, i);

        if (g_str_equal(saoy_json_string_or(row, "severity", ""), "error"))
            return saoy_json_string_or(row, "code", "?");
    }
    return "?";
}

static bool
is_intact(GBytes *file, const SaoyRenewal *renewal, GError **error)
{
    const SaoyVerifyOptions options = { .trust = renewal->trust,
                                        .now_us = renewal->source.now_us };
    g_auto(SaoyVerdict) verdict = { 0 };

    if (!saoy_verify(file, &options, &verdict, error))
        return false;
    if (verdict.conclusion == SAOY_FAILED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the file is not intact: %s",
                         first_error(verdict.report));
    return true;
}

static bool
holds_all(GPtrArray *have, GPtrArray *wanted)
{
    for (size_t i = 0; i < wanted->len; i++)
        if (!g_ptr_array_find_with_equal_func(have, wanted->pdata[i], g_bytes_equal, NULL))
            return false;
    return true;
}

static bool
is_known(SaoyPdf *pdf, const SaoyDssEntry *entry)
{
    g_auto(SaoyProofs) have = { 0 };

    return saoy_dss_read(pdf, saoy_pdf_revisions(pdf) - 1, saoy_view_of(entry->contents),
                         &have, NULL) &&
           holds_all(have.certificates, entry->proofs.certificates) &&
           holds_all(have.ocsps, entry->proofs.ocsps) &&
           holds_all(have.crls, entry->proofs.crls);
}

/* A revision only for what is new. */
static GBytes *
with_proofs(GBytes *file, const SaoyRenewal *renewal, GCancellable *cancel, GError **error)
{
    g_autoptr(GArray) entries = saoy_dss_collect(file, &renewal->source, cancel, error);
    g_autoptr(SaoyPdf) pdf = entries != NULL ? saoy_pdf_open(file, error) : NULL;

    if (pdf == NULL)
        return NULL;
    for (guint i = 0; i < entries->len; i++)
        if (!is_known(pdf, &g_array_index(entries, SaoyDssEntry, i)))
            return saoy_dss_append(file, entries, error);
    return g_bytes_ref(file);
}

GBytes *
saoy_renew(GBytes *file, const SaoyRenewal *renewal, GCancellable *cancel, GError **error)
{
    g_autoptr(GBytes) proven = NULL, stamped = NULL;
    int64_t unused = 0;

    if (!saoy_renewal_due(file, 0, &unused, error) || !is_intact(file, renewal, error))
        return NULL;
    proven = with_proofs(file, renewal, cancel, error);
    stamped = proven != NULL
                  ? saoy_dss_stamp(proven, 0, renewal->token, renewal->user, cancel, error)
                  : NULL;
    if (stamped == NULL || !is_intact(stamped, renewal, error))
        return NULL;
    return g_steal_pointer(&stamped);
}
