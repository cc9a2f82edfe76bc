#include "cms-parts.h"
#include "roots.h"
#include "verify-parts.h"

#include "core/clock.h"
#include "core/file.h"
#include "signature/dss.h"

#include <string.h>

#define MAX_STORE_WORK ((size_t)256 << 20)
#define MAX_STORED ((size_t)64 << 20)  /* of different bytes */
#define ENTRY_COST 64                  /* of finding one entry of a DSS, in bytes read */
#define STORED_COST 32768              /* of keeping one */
#define BROKEN_COST ((size_t)64 << 20) /* of a DSS whose last entry turns out broken */

/* When something is proven to have existed decides at which time its certificate is judged
 * (ETSI EN 319 102-1, 5.6): from the newest document time stamp inwards, each authority is
 * judged at the time the next outer stamp proves, the outermost at the present. */

typedef bool TakeFunc(SaoyProofs *proofs, GBytes *file, GError **error);

/* False: one of them is none. */
static bool
add_files(const char *directory, const char *suffix, TakeFunc *take, SaoyProofs *out)
{
    bool all = true;
    const char *const suffixes[] = { suffix, NULL };
    g_auto(GStrv) names =
        directory != NULL ? saoy_dir_list(directory, suffixes, NULL) : NULL;

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        g_autoptr(GBytes) file = saoy_file_read(path, 16u << 20, NULL);

        all = file != NULL && take(out, file, NULL) && all;
    }
    return all;
}

static void
add_all(GPtrArray *out, const GPtrArray *more)
{
    for (guint i = 0; more != NULL && i < more->len; i++)
        saoy_proofs_add(out, more->pdata[i]);
}

/* ---- the file's own proofs ---- */

/* Which values the DSS of a revision is made of; equal: nothing of it was rewritten. */
static GPtrArray *
store_parts(SaoyPdf *pdf, size_t revision)
{
    static const char *const keys[] = { "Certs", "OCSPs", "CRLs" };
    GPtrArray *parts = g_ptr_array_new();
    const SaoyPdfValue *root =
        saoy_pdf_get(pdf, revision, saoy_pdf_trailer(pdf, revision), "Root");
    const SaoyPdfValue *dss = saoy_pdf_get(pdf, revision, root, "DSS");

    g_ptr_array_add(parts, (void *)(uintptr_t)dss);
    for (size_t k = 0; k < G_N_ELEMENTS(keys); k++) {
        const SaoyPdfValue *list = saoy_pdf_get(pdf, revision, dss, keys[k]);

        g_ptr_array_add(parts, (void *)(uintptr_t)list);
        for (size_t i = 0; list != NULL && list->type == SAOY_PDF_ARRAY && i < list->n; i++)
            g_ptr_array_add(
                parts, (void *)(uintptr_t)saoy_pdf_resolve(pdf, revision, &list->items[i]));
    }
    return parts;
}

static bool
same_parts(const GPtrArray *a, const GPtrArray *b)
{
    return a != NULL && a->len == b->len &&
           memcmp(a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0;
}

/* Returns what it cost. */
static size_t
add_store(SaoyCheck *check, size_t revision)
{
    g_auto(SaoyProofs) store = { 0 };
    g_autoptr(GError) error = NULL;
    SaoyProofs *all = &check->proofs;
    size_t cost = 0;

    if (!saoy_dss_read(check->pdf, revision, (SaoyView){ 0 }, &store, &error)) {
        if (error != NULL)
            saoy_found(check, SAOY_FOUND_DSS_UNREADABLE, 0, 0);
        return error != NULL ? BROKEN_COST : 0;
    }
    const GPtrArray *const from[] = { store.certificates, store.ocsps, store.crls };
    GPtrArray *const to[] = { all->certificates, all->ocsps, all->crls };
    for (size_t k = 0; k < G_N_ELEMENTS(from); k++) {
        for (guint i = 0; i < from[k]->len; i++)
            cost += STORED_COST + g_bytes_get_size(from[k]->pdata[i]);
        add_all(to[k], from[k]);
    }
    return cost;
}

static size_t
stored_bytes(const SaoyProofs *proofs)
{
    const GPtrArray *const lists[] = { proofs->certificates, proofs->ocsps, proofs->crls };
    size_t bytes = 0;

    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++)
            bytes += g_bytes_get_size(lists[k]->pdata[i]);
    return bytes;
}

/* Of all revisions: what one knew of a revocation, no later one makes unknown. The oldest
 * first, so that no later one changes how an older is read. */
static void
add_stores(SaoyCheck *check)
{
    g_autoptr(GPtrArray) before = NULL;
    size_t n = saoy_pdf_revisions(check->pdf), work = 0;

    for (size_t r = 0; r < n; r++) {
        GPtrArray *parts = store_parts(check->pdf, r);

        work += ENTRY_COST * (size_t)parts->len;
        if (!same_parts(before, parts))
            work += add_store(check, r);
        g_clear_pointer(&before, g_ptr_array_unref);
        before = parts;
        if (work > MAX_STORE_WORK || stored_bytes(&check->proofs) > MAX_STORED) {
            saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
            return;
        }
    }
}

/* The file's own validation data, what the trust directory holds, and what was given. */
static void
take_proofs(SaoyCheck *check)
{
    const SaoyProofs *given = check->options->given;
    SaoyProofs *all = &check->proofs;

    saoy_proofs_init(all);
    if (check->n_marks == 0)
        return;
    add_stores(check);
    check->n_file[0] = all->ocsps->len;
    check->n_file[1] = all->crls->len;
    bool answers = add_files(check->options->trust, ".ocsp", saoy_proofs_take_ocsp, all);
    bool lists = add_files(check->options->trust, ".crl", saoy_proofs_take_crl, all);
    if (!answers || !lists)
        saoy_found(check, SAOY_FOUND_TRUST_LIST_UNREADABLE, 0, 0);
    check->n_directory[0] = all->ocsps->len;
    check->n_directory[1] = all->crls->len;
    add_all(all->certificates, given != NULL ? given->certificates : NULL);
    add_all(all->ocsps, given != NULL ? given->ocsps : NULL);
    add_all(all->crls, given != NULL ? given->crls : NULL);
}

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

    saoy_json_set_string(row, "certificate", name);
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

static SaoyTrust
judge_chain(const Times *times, SaoyMark *mark, GPtrArray *chain, int64_t at_us,
            SaoyPurpose purpose)
{
    g_autoptr(GPtrArray) helpers = find_helpers(times, chain);
    g_autoptr(GPtrArray) path = saoy_chain_may(chain, purpose)
                                    ? saoy_roots_path(times->trust, chain, helpers, at_us)
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
judge_trust(const Times *times, SaoyMark *mark, int64_t at_us)
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
proven_by(const Times *times, SaoyMark *mark, int64_t poe_us)
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
judge(const Times *times, SaoyMark *mark, int64_t poe_us)
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

    take_proofs(check);
    times.trust = saoy_roots_open(check->options->trust, false);
    times.official = saoy_roots_open(check->options->official, true);
    times.by_subject = sort_by_subject(check->proofs.certificates);
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
