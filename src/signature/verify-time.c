#include "cms-parts.h"
#include "roots.h"
#include "verify-parts.h"

#include "core/clock.h"
#include "core/file.h"

/* When something is proven to have existed decides at which time its certificate is judged
 * (ETSI EN 319 102-1, 5.6): from the newest document time stamp inwards, each authority is
 * judged at the time the next outer stamp proves, the outermost at the present. */

/* ---- revocation ---- */

static void
set_time(SaoyJson *row, const char *key, int64_t time_us)
{
    g_autofree char *text = time_us != 0 ? saoy_time_rfc3339(time_us) : NULL;

    saoy_json_set_string(row, key, text);
}

/* Which of the heap's proofs it was, and whence that came. */
static void
set_source(const SaoyCheck *check, SaoyJson *row, GBytes *proof)
{
    static const char *const kinds[] = { "ocsp", "crl" };
    const GPtrArray *const lists[] = { check->proofs.ocsps, check->proofs.crls };

    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++) {
            if (lists[k]->pdata[i] != proof)
                continue;
            saoy_json_set_string(row, "kind", kinds[k]);
            saoy_json_set_string(row, "source",
                                 i < check->n_file[k]        ? "file"
                                 : i < check->n_directory[k] ? "trust"
                                                             : "given");
        }
}

static void
note_answer(const SaoyCheck *check, SaoyMark *mark, SaoyView certificate,
            SaoyRevocation verdict, const SaoyRevocationProof *proof)
{
    SaoyJson *row = saoy_json_object();
    g_autofree char *name = saoy_certificate_name(certificate);

    saoy_set_clean(row, "certificate", name);
    saoy_json_set_string(row, "status", saoy_revocation_name(verdict));
    if (proof->proof != NULL) {
        set_source(check, row, proof->proof);
        set_time(row, "this_update", proof->this_update_us);
        set_time(row, "revoked_at", proof->revoked_us);
    }
    saoy_json_append(mark->revocation, row);
}

/* ---- paths ---- */

/* What the marks of one file share. */
typedef struct {
    SaoyCheck *check;
    SaoyRoots *trust, *official;
    GHashTable *by_subject; /* name's hash -> GPtrArray of the heap's certificates */
} Times;

static void
times_clear(Times *times)
{
    g_clear_pointer(&times->trust, saoy_roots_close);
    g_clear_pointer(&times->official, saoy_roots_close);
    g_clear_pointer(&times->by_subject, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Times, times_clear)

static GHashTable *
sort_by_subject(const GPtrArray *certificates)
{
    GHashTable *out = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < certificates->len; i++) {
        SaoyView issuer = { 0 }, subject = { 0 };

        if (!saoy_certificate_names(saoy_view_of(certificates->pdata[i]), &issuer,
                                    &subject))
            continue;
        gpointer key = GSIZE_TO_POINTER(saoy_name_hash(subject));
        GPtrArray *same = g_hash_table_lookup(out, key);
        if (same == NULL) {
            same = g_ptr_array_new();
            g_hash_table_insert(out, key, same);
        }
        g_ptr_array_add(same, certificates->pdata[i]);
    }
    return out;
}

/* Of the heap, those that may have issued what is in chain, and then those that may have
 * issued these: a file may hold thousands. */
static GPtrArray *
find_helpers(const Times *times, const GPtrArray *chain)
{
    enum { MOST = 16 };
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (guint i = 0; i < MIN(chain->len, MOST) + out->len && out->len < MOST; i++) {
        GBytes *below = i < MIN(chain->len, MOST) ? chain->pdata[i]
                                                  : out->pdata[i - MIN(chain->len, MOST)];
        SaoyView issuer = { 0 }, subject = { 0 };
        const GPtrArray *same = NULL;

        if (saoy_certificate_names(saoy_view_of(below), &issuer, &subject))
            same = g_hash_table_lookup(times->by_subject,
                                       GSIZE_TO_POINTER(saoy_name_hash(issuer)));
        for (guint k = 0; same != NULL && k < same->len && out->len < MOST; k++)
            saoy_proofs_add(out, same->pdata[k]);
    }
    return out;
}

/* Whose revocation must be known: each signer's, each signature time stamp's authority, and
 * that of a document time stamp which a later one was made to preserve. Of the last one
 * nothing can be known yet that the file could hold (ETSI EN 319 142-1, 5.5). */
static bool
must_be_known(const SaoyCheck *check, const SaoyMark *mark, int64_t at_us)
{
    return !mark->is_stamp || at_us != check->options->now_us;
}

static SaoyTrust
judge_path(SaoyCheck *check, SaoyMark *mark, GPtrArray *path, int64_t at_us, bool must)
{
    SaoyTrust trust = SAOY_TRUST_TRUSTED;
    bool known = true, published = false, had_room = !saoy_proofs_exhausted(&check->proofs);

    for (size_t i = 0; i + 1 < path->len; i++) {
        SaoyView certificate = saoy_view_of(path->pdata[i]);
        SaoyRevocationProof proof = { 0 };
        SaoyRevocation verdict = saoy_revocation_at(
            certificate, saoy_view_of(path->pdata[i + 1]), &check->proofs, at_us, &proof);

        if (verdict == SAOY_REVOCATION_REVOKED)
            trust = SAOY_TRUST_REVOKED;
        if (verdict == SAOY_REVOCATION_UNKNOWN) {
            known = false;
            published = published || saoy_certificate_can_be_asked(certificate);
        }
        note_answer(check, mark, certificate, verdict, &proof);
    }
    if (had_room && saoy_proofs_exhausted(&check->proofs))
        saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
    if (!must || known || trust != SAOY_TRUST_TRUSTED)
        return trust;
    if (published)
        saoy_mark_found(check, mark, SAOY_FOUND_REVOCATION_UNKNOWN, SAOY_INTEGRITY_INTACT);
    else
        saoy_found(check, SAOY_FOUND_REVOCATION_UNPUBLISHED, mark->place.value_object, 0);
    return trust;
}

/* Most signatures bring their whole chain along: the heap is asked only for the others. */
static GPtrArray *
find_path(Times *times, GPtrArray *chain, int64_t at_us, SaoyPurpose purpose,
          GPtrArray **out_helpers)
{
    GPtrArray *path = saoy_roots_path(times->trust, chain, NULL, at_us, purpose);

    if (path != NULL || times->check->options->trust == NULL)
        return path;
    if (times->by_subject == NULL)
        times->by_subject = sort_by_subject(times->check->proofs.certificates);
    *out_helpers = find_helpers(times, chain);
    return saoy_roots_path(times->trust, chain, *out_helpers, at_us, purpose);
}

static SaoyTrust
judge_chain(Times *times, SaoyMark *mark, GPtrArray *chain, int64_t at_us,
            SaoyPurpose purpose)
{
    g_autoptr(GPtrArray) helpers = NULL;
    g_autoptr(GPtrArray) path = saoy_chain_may(chain, purpose)
                                    ? find_path(times, chain, at_us, purpose, &helpers)
                                    : NULL;

    if (path != NULL)
        return judge_path(times->check, mark, path, at_us,
                          must_be_known(times->check, mark, at_us));
    SaoyTrust trust = saoy_roots_check(times->trust, chain, helpers, at_us, purpose);
    return trust == SAOY_TRUST_TRUSTED ? SAOY_TRUST_UNKNOWN : trust;
}

static bool
begins_after(GPtrArray *chain, int64_t at_us)
{
    return saoy_certificate_start_us(saoy_view_of(chain->pdata[0])) > at_us;
}

static void
judge_trust(Times *times, SaoyMark *mark, int64_t at_us)
{
    static const SaoyFinding why[SAOY_TRUST_N] = {
        [SAOY_TRUST_UNKNOWN] = SAOY_FOUND_TRUST_UNKNOWN,
        [SAOY_TRUST_EXPIRED] = SAOY_FOUND_TRUST_EXPIRED,
        [SAOY_TRUST_REVOKED] = SAOY_FOUND_TRUST_REVOKED,
    };
    SaoyCheck *check = times->check;
    bool proven = at_us != check->options->now_us;
    SaoyPurpose purpose = mark->is_stamp ? SAOY_PURPOSE_STAMP : SAOY_PURPOSE_DOCUMENT;

    mark->trust = judge_chain(times, mark, mark->chain, at_us, purpose);
    mark->official = saoy_roots_check(times->official, mark->chain, NULL, at_us, purpose) ==
                     SAOY_TRUST_TRUSTED;
    if (proven && mark->trust == SAOY_TRUST_EXPIRED && begins_after(mark->chain, at_us))
        saoy_mark_found(check, mark, SAOY_FOUND_NOT_YET_VALID, SAOY_INTEGRITY_INTACT);
    else if (!saoy_chain_may(mark->chain, purpose))
        saoy_mark_found(check, mark, SAOY_FOUND_SIGNER_PURPOSE, SAOY_INTEGRITY_INTACT);
    else if (mark->trust != SAOY_TRUST_TRUSTED)
        saoy_mark_found(check, mark, why[mark->trust], SAOY_INTEGRITY_INTACT);
}

/* The time an authority known here proves, at most *poe_us; a stamp that is younger than
 * one laid around it was not there when that was made. */
static int64_t
proven_by(Times *times, SaoyMark *mark, int64_t poe_us)
{
    SaoyCheck *check = times->check;
    const SaoyStamp *stamp = &mark->stamp;

    if (stamp->chain == NULL)
        return poe_us;
    mark->stamped =
        (mark->is_stamp ? mark->trust
                        : judge_chain(times, mark, stamp->chain, poe_us,
                                      SAOY_PURPOSE_STAMP)) == SAOY_TRUST_TRUSTED;
    if (!mark->stamped) {
        saoy_found(check, SAOY_FOUND_STAMP_UNTRUSTED, mark->place.value_object, 0);
        return poe_us;
    }
    if (!mark->is_stamp) {
        mark->time_us = stamp->time_us;
        mark->level = "PAdES-B-T";
    }
    if (poe_us != check->options->now_us &&
        stamp->time_us > poe_us + stamp->accuracy_us + G_USEC_PER_SEC)
        saoy_mark_found(check, mark, SAOY_FOUND_STAMP_ORDER, SAOY_INTEGRITY_INTACT);
    return MIN(stamp->time_us, poe_us);
}

/* A document time stamp is its own signer, judged at the time the next one proves. */
static int64_t
judge(Times *times, SaoyMark *mark, int64_t poe_us)
{
    int64_t at_us = poe_us;

    if (mark->is_stamp)
        judge_trust(times, mark, poe_us);
    at_us = proven_by(times, mark, poe_us);
    if (!mark->is_stamp)
        judge_trust(times, mark, at_us);
    return at_us;
}

void
saoy_times_check(SaoyCheck *check)
{
    int64_t poe_us = check->options->now_us;
    g_auto(Times) times = { .check = check };

    saoy_check_take_proofs(check);
    times.trust = saoy_roots_open(check->options->trust, false);
    times.official = saoy_roots_open(check->options->official, true);
    for (size_t i = check->n_marks; i-- > 0;) {
        SaoyMark *mark = &check->marks[i];
        int64_t at_us = poe_us;

        if (mark->chain == NULL || mark->integrity == SAOY_INTEGRITY_BROKEN)
            continue;
        at_us = judge(&times, mark, poe_us);
        if (mark->is_stamp && mark->coverage != SAOY_COVERAGE_PARTIAL)
            poe_us = at_us;
    }
}
