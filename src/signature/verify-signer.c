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

/* Nothing but the names binds a seal to those who signed around it, and anybody may have a
 * certificate: they must be the same. */
static void
compare_name(SaoyCheck *check, SaoyMark *mark, const char *claimed)
{
    if (claimed == NULL ||
        saoy_certificate_is_of(saoy_view_of(mark->chain->pdata[0]), claimed))
        return;
    mark->worst = MIN(mark->worst, SAOY_FOUND_SIGNER_OTHER);
    saoy_found_names(check, SAOY_FOUND_SIGNER_OTHER, mark->place.value_object, claimed,
                     mark->signer);
}

/* When an authority trusted here first saw the signature, itself or all of the file with
 * it; 0: none did. */
static int64_t
proven_us(const SaoyCheck *check, size_t i)
{
    const SaoyMark *own = &check->marks[i];
    int64_t at_us = own->stamped ? own->time_us : 0;

    for (size_t k = i + 1; k < check->n_marks; k++) {
        const SaoyMark *stamp = &check->marks[k];

        if (!stamp->is_stamp || !stamp->stamped || stamp->trust != SAOY_TRUST_TRUSTED ||
            stamp->integrity != SAOY_INTEGRITY_INTACT ||
            stamp->coverage == SAOY_COVERAGE_PARTIAL)
            continue;
        at_us = at_us == 0 ? stamp->time_us : MIN(at_us, stamp->time_us);
    }
    return at_us;
}

/* The hub seals, and the kiosk or the hub signs and stamps at once. A seal is there for
 * anybody to take, so one that is much older than the signatures around it is doubted; but
 * authorities may be away for days (decisions/0006), and clocks differ. /M is the same
 * second by composition. */
#define LATE_US (30 * 86400 * (int64_t)G_USEC_PER_SEC)
#define SKEW_US (10 * 60 * (int64_t)G_USEC_PER_SEC)

static void
compare_time(SaoyCheck *check, size_t i, const SaoySeal *seal)
{
    SaoyMark *mark = &check->marks[i];
    int64_t sealed_us = seal->issued_at_s * G_USEC_PER_SEC, at_us = proven_us(check, i);

    if (at_us == 0)
        saoy_mark_found(check, mark, SAOY_FOUND_TIME_UNPROVEN, SAOY_INTEGRITY_INTACT);
    if ((at_us != 0 && (at_us < sealed_us - SKEW_US || at_us > sealed_us + LATE_US)) ||
        ABS(mark->claimed_us - sealed_us) > SKEW_US)
        saoy_mark_found(check, mark, SAOY_FOUND_SEAL_TIME, SAOY_INTEGRITY_INTACT);
}

static void
compare(SaoyCheck *check, size_t i, const SaoySeal *seal)
{
    const SaoyMark *mark = &check->marks[i];
    bool officer = saoy_mark_is_prepared(check, mark, SAOY_FIELD_OFFICER);

    if (!officer && !saoy_mark_is_prepared(check, mark, SAOY_FIELD_AGENCY))
        return;
    compare_name(check, &check->marks[i], officer ? seal->officer : seal->office);
    compare_time(check, i, seal);
}

void
saoy_signers_check(SaoyCheck *check, const SaoySeal *seal, GBytes *cose)
{
    g_autoptr(GPtrArray) listed = saoy_seal_certificates(check->options->trust);

    if (seal != NULL && (seal->officer == NULL || seal->office == NULL))
        saoy_found(check, SAOY_FOUND_SEAL_NAMELESS, 0, 0);
    for (size_t i = 0; i < check->n_marks; i++) {
        SaoyMark *mark = &check->marks[i];

        if (mark->is_stamp || mark->chain == NULL)
            continue;
        if (is_seals_key(mark, listed, cose)) {
            mark->trust = SAOY_TRUST_UNKNOWN;
            saoy_mark_found(check, mark, SAOY_FOUND_SIGNER_IS_SEAL, SAOY_INTEGRITY_INTACT);
        }
        if (seal != NULL)
            compare(check, i, seal);
    }
}
