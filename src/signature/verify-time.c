#include "cms-parts.h"
#include "verify-parts.h"

#include "core/file.h"
#include "signature/dss.h"

/* When something is proven to have existed decides at which time its certificate is judged
 * (ETSI EN 319 102-1, 5.6): from the newest document time stamp inwards, each authority is
 * judged at the time the next outer stamp proves, the outermost at the present. */

static void
add_files(const char *directory, const char *suffix, GPtrArray *out)
{
    const char *const suffixes[] = { suffix, NULL };
    g_auto(GStrv) names =
        directory != NULL ? saoy_dir_list(directory, suffixes, NULL) : NULL;

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        g_autoptr(GBytes) file = saoy_file_read(path, 16u << 20, NULL);

        if (file != NULL)
            saoy_proofs_add(out, file);
    }
}

/* The file's own validation data, and what the trust directory holds. */
static void
take_proofs(SaoyCheck *check)
{
    saoy_proofs_init(&check->proofs);
    if (check->n_marks == 0)
        return;
    saoy_dss_read(check->pdf, saoy_pdf_revisions(check->pdf) - 1, (SaoyView){ 0 },
                  &check->proofs, NULL);
    add_files(check->options->trust, ".crl", check->proofs.crls);
    add_files(check->options->trust, ".ocsp", check->proofs.ocsps);
}

static SaoyTrust
judge_path(SaoyCheck *check, GPtrArray *path, int64_t at_us)
{
    for (size_t i = 0; i + 1 < path->len; i++)
        if (saoy_revocation_at(saoy_view_of(path->pdata[i]),
                               saoy_view_of(path->pdata[i + 1]), &check->proofs, at_us,
                               NULL) == SAOY_REVOCATION_REVOKED)
            return SAOY_TRUST_REVOKED;
    return SAOY_TRUST_TRUSTED;
}

/* What came with the signature, and with the file. */
static GPtrArray *
with_helpers(const SaoyCheck *check, GPtrArray *chain)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const GPtrArray *more = check->proofs.certificates;

    for (guint i = 0; i < chain->len; i++)
        g_ptr_array_add(all, g_bytes_ref(chain->pdata[i]));
    for (guint i = 0; more != NULL && i < more->len; i++)
        g_ptr_array_add(all, g_bytes_ref(more->pdata[i]));
    return all;
}

static SaoyTrust
judge_chain(SaoyCheck *check, GPtrArray *chain, const char *directory, int64_t at_us)
{
    g_autoptr(GPtrArray) all = with_helpers(check, chain);
    g_autoptr(GPtrArray) path = NULL;
    SaoyTrust trust = saoy_chain_check(all, directory, at_us);

    /* the directory's lists are asked again below, for what was true at that time */
    if (trust != SAOY_TRUST_TRUSTED && trust != SAOY_TRUST_REVOKED)
        return trust;
    path = saoy_chain_path(chain, check->proofs.certificates, directory, at_us);
    return path != NULL ? judge_path(check, path, at_us) : trust;
}

static bool
begins_after(GPtrArray *chain, int64_t at_us)
{
    g_autoptr(X509) leaf = saoy_x509_parse(saoy_view_of(chain->pdata[0]), NULL);

    return leaf != NULL && saoy_asn1_us(X509_get0_notBefore(leaf)) > at_us;
}

static void
judge_trust(SaoyCheck *check, SaoyMark *mark, int64_t at_us)
{
    static const SaoyFinding why[SAOY_TRUST_N] = {
        [SAOY_TRUST_UNKNOWN] = SAOY_FOUND_TRUST_UNKNOWN,
        [SAOY_TRUST_EXPIRED] = SAOY_FOUND_TRUST_EXPIRED,
        [SAOY_TRUST_REVOKED] = SAOY_FOUND_TRUST_REVOKED,
    };
    bool proven = at_us != check->options->now_us;

    mark->trust = judge_chain(check, mark->chain, check->options->trust, at_us);
    mark->official = saoy_chain_check(mark->chain, check->options->official, at_us) ==
                     SAOY_TRUST_TRUSTED;
    if (proven && mark->trust == SAOY_TRUST_EXPIRED && begins_after(mark->chain, at_us))
        saoy_mark_found(check, mark, SAOY_FOUND_NOT_YET_VALID, SAOY_INTEGRITY_INTACT);
    else if (mark->trust != SAOY_TRUST_TRUSTED)
        saoy_mark_found(check, mark, why[mark->trust], SAOY_INTEGRITY_INTACT);
}

/* The time an authority known here proves, at most *poe_us; a stamp that is younger than
 * one laid around it was not there when that was made. */
static int64_t
proven_by(SaoyCheck *check, SaoyMark *mark, int64_t poe_us)
{
    const SaoyStamp *stamp = &mark->stamp;

    if (stamp->chain == NULL || judge_chain(check, stamp->chain, check->options->trust,
                                            poe_us) != SAOY_TRUST_TRUSTED)
        return poe_us;
    if (poe_us != check->options->now_us &&
        stamp->time_us > poe_us + stamp->accuracy_us + G_USEC_PER_SEC)
        saoy_mark_found(check, mark, SAOY_FOUND_STAMP_ORDER, SAOY_INTEGRITY_INTACT);
    return MIN(stamp->time_us, poe_us);
}

void
saoy_times_check(SaoyCheck *check)
{
    int64_t poe_us = check->options->now_us;

    take_proofs(check);
    for (size_t i = check->n_marks; i-- > 0;) {
        SaoyMark *mark = &check->marks[i];
        int64_t at_us = poe_us;

        if (mark->chain == NULL || mark->integrity == SAOY_INTEGRITY_BROKEN)
            continue;
        at_us = proven_by(check, mark, poe_us);
        judge_trust(check, mark, mark->is_stamp ? poe_us : at_us);
        if (mark->is_stamp && mark->coverage != SAOY_COVERAGE_PARTIAL)
            poe_us = at_us;
    }
}
