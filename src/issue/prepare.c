#include "issue-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/cms.h"
#include "vision/image.h"
#include "vision/symbol.h"

#include <string.h>

const char *const saoy_signer_fields[SAOY_SIGNER_N] = {
    [SAOY_SIGNER_OFFICER] = SAOY_FIELD_OFFICER,
    [SAOY_SIGNER_AGENCY] = SAOY_FIELD_AGENCY,
};

/* ---- composing ---- */

/* What was approved was shown with one template set by one composer: no other will do. */
static bool
is_our_approval(const SaoyApproval *approval, GError **error)
{
    const char *templates = saoy_templates_digest(error);

    if (templates == NULL)
        return false;
    if (g_strcmp0(approval->composer, SAOY_COMPOSER) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "approved for another composer");
    return g_str_equal(approval->templates, templates) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "approved with another template set");
}

static bool
describe_page(GBytes *jpeg, const SaoyWords *words, SaoyBox free_box, int dpi,
              SaoyCopyPage *out, GError **error)
{
    SaoyCopyPage page = { .jpeg = jpeg, .free_box = free_box };
    int own_dpi = 0;

    if (words != NULL)
        page.words = *words;
    if (!saoy_jpeg_info(jpeg, &page.width, &page.height, &page.channels, &own_dpi, error))
        return false;
    page.dpi = dpi > 0 ? dpi : own_dpi;
    *out = page;
    return true;
}

GBytes *
saoy_copy_prepare(GBytes *const *jpegs, const SaoyWords *words, const SaoyBox *free_boxes,
                  const int *dpi, size_t n_pages, const SaoyApproval *approval,
                  GError **error)
{
    g_autofree SaoyCopyPage *pages = g_new0(SaoyCopyPage, n_pages);
    g_autoptr(SaoyQr) link = NULL, seal = NULL;

    if (n_pages == 0 || n_pages > SAOY_COPY_MAX_PAGES)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "a copy of %zu pages", n_pages);
    if (!is_our_approval(approval, error))
        return NULL;
    for (size_t i = 0; i < n_pages; i++) {
        if (!describe_page(jpegs[i], words != NULL ? &words[i] : NULL, free_boxes[i],
                           dpi != NULL ? dpi[i] : 0, &pages[i], error)) {
            g_prefix_error(error, "page %zu: ", i + 1);
            return NULL;
        }
    }
    link = saoy_qr_make(approval->link, error);
    seal = link == NULL ? NULL : saoy_qr_make(approval->seal, error);
    if (seal == NULL)
        return NULL;
    const SaoyCopy copy = { .pages = pages,
                            .n_pages = n_pages,
                            .approval = approval,
                            .link_qr = { link->size, link->modules },
                            .seal_qr = { seal->size, seal->modules } };
    return saoy_compose(&copy, error);
}

/* ---- the hash to sign ---- */

GBytes *
saoy_contents_of(GBytes *pdf, const SaoySignatureSpace *space, GError **error)
{
    SaoyView all = saoy_view_of(pdf);
    size_t digits = 2 * space->contents_size;

    if (space->contents_at >= all.size || digits + 2 > all.size - space->contents_at)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "/Contents runs out of the file");
    g_autofree char *hex =
        g_strndup((const char *)all.data + space->contents_at + 1, digits);
    return saoy_unhex(hex, error);
}

static bool
is_signed(GBytes *pdf, unsigned signer, GError **error)
{
    SaoySignatureSpace space = { 0 };
    g_auto(SaoyCms) cms = { 0 };
    uint8_t digest[32];

    if (!saoy_pdf_signature_space(pdf, saoy_signer_fields[signer], &space, error) ||
        !saoy_pdf_range_digest(pdf, &space, digest, error))
        return false;
    g_autoptr(GBytes) contents = saoy_contents_of(pdf, &space, error);
    return contents != NULL && saoy_cms_check(saoy_view_of(contents), digest, &cms, error);
}

bool
saoy_copy_hash(GBytes *prepared, unsigned signer, SaoyView certificate, uint8_t out[32],
               GError **error)
{
    SaoySignatureSpace space = { 0 };
    uint8_t digest[32];

    g_return_val_if_fail(signer < SAOY_SIGNER_N, false);
    if (signer == SAOY_SIGNER_AGENCY && !is_signed(prepared, SAOY_SIGNER_OFFICER, error)) {
        g_prefix_error_literal(error, "officer's signature: ");
        return false;
    }
    if (!saoy_pdf_signature_space(prepared, saoy_signer_fields[signer], &space, error) ||
        !saoy_pdf_range_digest(prepared, &space, digest, error))
        return false;
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(digest, certificate, out, error);
    return attributes != NULL;
}

/* ---- what came back ---- */

static bool
same_outside(SaoyView base, SaoyView filled, const SaoySignatureSpace *space)
{
    size_t from = space->contents_at + 1, to = from + 2 * space->contents_size;

    return base.size == filled.size && to <= base.size &&
           memcmp(base.data, filled.data, from) == 0 &&
           memcmp(base.data + to, filled.data + to, base.size - to) == 0;
}

static bool
is_of(const SaoyCms *cms, const SaoyCredential *credential, GBytes *stamp, GError **error)
{
    bool stamped = cms->time_stamp != NULL;

    g_autofree char *found = saoy_sha256_hex(saoy_view_of(cms->signer));

    if (!g_str_equal(found, credential->certificate_sha256))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "signed under another certificate");
    if (!cms->only_ours)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "signed attributes are not ours");
    /* a token has unsigned corners of its own: only the one that was given may ride along
     */
    if (stamped != (stamp != NULL) || (stamped && !g_bytes_equal(cms->time_stamp, stamp)))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "not the time stamp that was given");
    return true;
}

/* What is not signed could carry anything: more certificates, revocation lists, unsigned
 * attributes, even the case of hex digits. Built again from the one thing that may differ,
 * it must be the same file. */
static bool
is_as_built(GBytes *base, GBytes *filled, unsigned signer, const SaoyCms *cms,
            GPtrArray *chain, GError **error)
{
    g_autoptr(GBytes) plain =
        saoy_cms_build(cms->message_digest, chain, saoy_view_of(cms->signature), error);
    g_autoptr(GBytes) der =
        plain == NULL || cms->time_stamp == NULL
            ? g_steal_pointer(&plain)
            : saoy_cms_add_stamp(saoy_view_of(plain), saoy_view_of(cms->time_stamp), error);
    g_autoptr(GBytes) again = der != NULL ? saoy_pdf_fill(base, saoy_signer_fields[signer],
                                                          saoy_view_of(der), error)
                                          : NULL;

    if (again == NULL)
        return false;
    return g_bytes_equal(again, filled) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "more than the signature in /Contents");
}

bool
saoy_copy_check_filled(GBytes *base, GBytes *filled, unsigned signer,
                       const SaoyCredential *credential, GPtrArray *chain, GBytes *recorded,
                       GBytes *stamp, GError **error)
{
    SaoySignatureSpace space = { 0 };
    g_auto(SaoyCms) cms = { 0 };
    uint8_t digest[32];

    g_return_val_if_fail(signer < SAOY_SIGNER_N, false);
    if (!saoy_pdf_signature_space(base, saoy_signer_fields[signer], &space, error))
        return false;
    if (!same_outside(saoy_view_of(base), saoy_view_of(filled), &space))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "file differs outside /Contents");
    g_autoptr(GBytes) contents = saoy_contents_of(filled, &space, error);
    if (contents == NULL || !saoy_pdf_range_digest(base, &space, digest, error) ||
        !saoy_cms_check(saoy_view_of(contents), digest, &cms, error))
        return false;
    if (recorded != NULL && !g_bytes_equal(recorded, cms.signature))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "not the signature that was given");
    return is_of(&cms, credential, stamp, error) &&
           is_as_built(base, filled, signer, &cms, chain, error);
}
