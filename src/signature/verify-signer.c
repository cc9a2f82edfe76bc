#include "verify-parts.h"

#include "core/file.h"
#include "document/compose.h"

#include <string.h>

/* Who signed, beside what the seal says: a seal's key signs no documents, and who certifies
 * is whom the seal names. */

static bool
is_seals_key(const SaoyMark *mark, const GPtrArray *listed, GBytes *cose)
{
    SaoyView leaf = saoy_view_of(mark->chain->pdata[0]);

    for (guint i = 0; i < listed->len; i++)
        if (saoy_certificate_same_key(leaf, saoy_view_of(listed->pdata[i])))
            return true;
    return cose != NULL && saoy_seal_is_by(cose, leaf);
}

/* Nothing but the names binds a seal to those who signed around it, and under an official
 * root anybody may have a certificate: there they must be the same. A sample's may differ.
 */
static void
compare_name(SaoyCheck *check, SaoyMark *mark, const char *claimed, bool holds)
{
    bool sample = holds && !mark->official;

    if (claimed == NULL ||
        saoy_certificate_bears(saoy_view_of(mark->chain->pdata[0]), claimed))
        return;
    if (!sample)
        mark->worst = MIN(mark->worst, SAOY_FOUND_SIGNER_OTHER);
    saoy_found_names(check, sample ? SAOY_FOUND_SIGNER_NAME : SAOY_FOUND_SIGNER_OTHER,
                     mark->place.value_object, claimed, mark->signer);
}

void
saoy_signers_check(SaoyCheck *check, const SaoySeal *seal, GBytes *cose, bool holds)
{
    g_autoptr(GPtrArray) listed = saoy_seal_certificates(check->options->trust);

    for (size_t i = 0; i < check->n_marks; i++) {
        SaoyMark *mark = &check->marks[i];

        if (mark->is_stamp || mark->chain == NULL)
            continue;
        if (is_seals_key(mark, listed, cose)) {
            mark->trust = SAOY_TRUST_UNKNOWN;
            saoy_mark_found(check, mark, SAOY_FOUND_SIGNER_IS_SEAL, SAOY_INTEGRITY_INTACT);
        }
        if (seal != NULL && saoy_mark_is_prepared(check, mark, SAOY_FIELD_OFFICER))
            compare_name(check, mark, seal->officer, holds);
        if (seal != NULL && saoy_mark_is_prepared(check, mark, SAOY_FIELD_AGENCY))
            compare_name(check, mark, seal->office, holds);
    }
}
