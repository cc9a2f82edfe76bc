#include "verify-parts.h"

#include "core/file.h"
#include "document/compose.h"

#include <string.h>

enum { MAX_MARKS = 100 }; /* each is a digest over the file */

const char *
saoy_conclusion_name(SaoyConclusion conclusion)
{
    static const char *const names[SAOY_CONCLUSION_N] = {
        [SAOY_PASSED] = "TOTAL-PASSED",
        [SAOY_FAILED] = "TOTAL-FAILED",
        [SAOY_INDETERMINATE] = "INDETERMINATE",
    };

    return names[conclusion];
}

void
saoy_verdict_clear(SaoyVerdict *verdict)
{
    g_clear_pointer(&verdict->copy_id, g_free);
    g_clear_pointer(&verdict->report, saoy_json_unref);
    *verdict = (SaoyVerdict){ 0 };
}

static void
check_clear(SaoyCheck *check)
{
    for (size_t i = 0; i < check->n_marks; i++)
        saoy_mark_clear(&check->marks[i]);
    g_clear_pointer(&check->marks, g_free);
    g_clear_pointer(&check->revisions, g_free);
    g_clear_pointer(&check->places, g_array_unref);
    g_clear_pointer(&check->findings, saoy_json_unref);
    g_clear_pointer(&check->changes, saoy_json_unref);
    g_clear_pointer(&check->copy_id, g_free);
    g_clear_pointer(&check->token, g_free);
    saoy_proofs_clear(&check->proofs);
    saoy_prefix_clear(&check->prefix);
    g_clear_pointer(&check->pdf, saoy_pdf_close);
}

typedef SaoyCheck Check;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Check, check_clear)

/* The end of what some signature covers, or 0. */
static size_t
covered_end(const SaoyCheck *check)
{
    size_t end = 0;

    for (size_t i = 0; i < check->n_marks; i++)
        if (check->marks[i].coverage != SAOY_COVERAGE_PARTIAL)
            end = MAX(end, check->marks[i].range[2] + check->marks[i].range[3]);
    return end;
}

/* Other readers may see more than ours does behind the end. */
static void
check_tail(SaoyCheck *check)
{
    size_t end = saoy_pdf_revision_end(check->pdf, saoy_pdf_revisions(check->pdf) - 1);
    size_t padding = 0, at = 0;

    if (saoy_pdf_damage(check->pdf, &at) == NULL && saoy_tail_check(check))
        return;
    for (size_t i = MAX(end, covered_end(check)); i < check->all.size; i++) {
        padding = check->all.data[i] == 0 && padding == 0 ? i : padding;
        if (g_ascii_isspace(check->all.data[i]) || check->all.data[i] == 0)
            continue;
        saoy_found(check, SAOY_FOUND_TRAILING_BYTES, 0, i);
        return;
    }
    if (padding > 0)
        saoy_found(check, SAOY_FOUND_TRAILING_ZEROS, 0, padding);
}

/* Where the oldest signature's bytes end: what is odd before is the signer's doing, what is
 * odd behind came after. */
static size_t
first_signed_end(const SaoyCheck *check)
{
    size_t end = check->all.size;

    for (size_t i = 0; i < check->n_marks; i++)
        if (check->marks[i].coverage != SAOY_COVERAGE_PARTIAL)
            end = MIN(end, check->marks[i].range[2] + check->marks[i].range[3]);
    return end;
}

/* Damage is whose bytes bring it: what was whole as it was signed, another broke. */
static bool
was_damaged_later(const SaoyCheck *check, size_t at)
{
    size_t end = first_signed_end(check);
    g_autoptr(GBytes) before = g_bytes_new_from_bytes(check->file, 0, end);
    g_autoptr(SaoyPdf) alone = end < check->all.size ? saoy_pdf_open(before, NULL) : NULL;

    return at >= end || alone != NULL;
}

static void
check_structure(SaoyCheck *check)
{
    size_t at = 0;
    bool damaged = saoy_pdf_damage(check->pdf, &at) != NULL;
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(check->pdf, NULL);

    if (pages == NULL && !damaged) /* in a circle, or without end */
        saoy_found(check, SAOY_FOUND_STRUCTURE_DAMAGED, 0, 0);
    if (saoy_pdf_is_ambiguous(check->pdf))
        saoy_found(check, SAOY_FOUND_HYBRID_CONFLICT, 0, 0);
    else if (saoy_pdf_is_hybrid(check->pdf))
        saoy_found(check, SAOY_FOUND_HYBRID, 0, 0);
    if (damaged)
        saoy_found(check,
                   was_damaged_later(check, at) ? SAOY_FOUND_STRUCTURE_BROKEN
                                                : SAOY_FOUND_STRUCTURE_DAMAGED,
                   0, at);
    else
        saoy_layout_gaps(check, first_signed_end(check));
}

static bool
same_contents(const SaoyMark *a, const SaoyMark *b)
{
    return a->place.dict == b->place.dict || (a->contents != NULL && b->contents != NULL &&
                                              g_bytes_equal(a->contents, b->contents));
}

/* Two fields with one value: one of them lies about who signed what. Made in one go, it is
 * the signer's own odd way. */
static void
check_sharing(SaoyCheck *check)
{
    for (size_t i = 0; i < check->n_marks; i++)
        for (size_t k = i + 1; k < check->n_marks; k++)
            if (same_contents(&check->marks[i], &check->marks[k])) {
                saoy_mark_found(check, &check->marks[k],
                                check->marks[i].place.revision ==
                                        check->marks[k].place.revision
                                    ? SAOY_FOUND_CONTENTS_REPEATED
                                    : SAOY_FOUND_CONTENTS_SHARED,
                                SAOY_INTEGRITY_INTACT);
                break; /* the next one is said of that one */
            }
}

static void
take_marks(SaoyCheck *check)
{
    check->n_marks = MIN(check->places->len, (guint)MAX_MARKS);
    if (check->places->len > MAX_MARKS)
        saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
    check->marks = g_new0(SaoyMark, check->n_marks);
    for (size_t i = 0; i < check->n_marks; i++) {
        check->marks[i].place = g_array_index(check->places, SaoyPdfSignature, i);
        saoy_mark_check(check, &check->marks[i]);
    }
}

/* A document time stamp says that the file was there, and speaks for nobody. */
static bool
is_signed(const SaoyCheck *check)
{
    for (size_t i = 0; i < check->n_marks; i++)
        if (!check->marks[i].is_stamp)
            return true;
    return false;
}

/* Everything behind the oldest signed revision is judged once, then each signature takes
 * the worst of what came behind its own. */
static void
check_later(SaoyCheck *check)
{
    size_t n = saoy_pdf_revisions(check->pdf), first = n;

    for (size_t i = 0; i < check->n_marks; i++)
        if (check->marks[i].coverage != SAOY_COVERAGE_PARTIAL)
            first = MIN(first, check->marks[i].revision + 1);
    saoy_changes_check(check, first);
    for (size_t i = 0; i < check->n_marks; i++) {
        SaoyMark *mark = &check->marks[i];

        if (mark->coverage == SAOY_COVERAGE_PARTIAL)
            continue;
        for (size_t r = mark->revision + 1; r < n; r++)
            mark->later = MAX(mark->later, check->revisions[r]);
        saoy_layout_check(check, mark);
    }
}

/* ETSI EN 319 142-1: what stands beside the signature raises its level. */
static void
raise_levels(SaoyCheck *check)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *root =
        saoy_pdf_get(check->pdf, newest, saoy_pdf_trailer(check->pdf, newest), "Root");
    bool dss = saoy_pdf_get(check->pdf, newest, root, "DSS") != NULL, archived = false;

    for (size_t i = check->n_marks; i-- > 0;) {
        SaoyMark *mark = &check->marks[i];

        archived = archived || (mark->is_stamp && mark->stamped &&
                                mark->integrity == SAOY_INTEGRITY_INTACT);
        if (dss && !mark->is_stamp && g_str_has_prefix(mark->level, "PAdES-B") &&
            (archived || mark->stamped))
            mark->level = archived ? "PAdES-B-LTA" : "PAdES-B-LT";
    }
}

/* Whose signature stands in that prepared field; a time stamp signs for nobody. */
static const SaoyMark *
signed_in(SaoyCheck *check, const char *name)
{
    for (size_t i = 0; i < check->n_marks; i++) {
        const SaoyMark *mark = &check->marks[i];

        if (!mark->is_stamp && mark->integrity == SAOY_INTEGRITY_INTACT &&
            mark->chain != NULL && saoy_mark_is_prepared(check, mark, name))
            return mark;
    }
    return NULL;
}

/* Cut behind the officer's revision, our file is still well signed, but no certified copy;
 * nor is it one when one key signed for both. */
static void
check_complete(SaoyCheck *check)
{
    const SaoyMark *officer = signed_in(check, SAOY_FIELD_OFFICER);
    const SaoyMark *agency = signed_in(check, SAOY_FIELD_AGENCY);

    if (check->copy_id == NULL || check->n_marks == 0)
        return;
    if (officer == NULL || agency == NULL ||
        saoy_certificate_same_key(saoy_view_of(officer->chain->pdata[0]),
                                  saoy_view_of(agency->chain->pdata[0])))
        saoy_found(check, SAOY_FOUND_SIGNATURE_MISSING, 0, 0);
}

static void
check_official(SaoyCheck *check)
{
    check->official = is_signed(check);
    for (size_t i = 0; i < check->n_marks; i++)
        if (!check->marks[i].is_stamp && !check->marks[i].official)
            check->official = false;
    if (!check->official && check->copy_id != NULL)
        saoy_found(check, SAOY_FOUND_NOT_OFFICIAL, 0, 0);
}

static bool
is_sealed(SaoyPdf *pdf)
{
    g_autofree char *seal = saoy_pdf_seal(pdf, NULL);

    return seal != NULL;
}

static SaoyConclusion
conclude(const SaoyCheck *check)
{
    if (check->failed)
        return SAOY_FAILED;
    return check->undecided ? SAOY_INDETERMINATE : SAOY_PASSED;
}

static SaoyJson *
write_report(SaoyCheck *check, SaoyJson *seal, SaoyJson *known)
{
    SaoyJson *report = saoy_json_object(), *signatures = saoy_json_array();

    for (size_t i = 0; i < check->n_marks; i++)
        saoy_json_append(signatures, saoy_mark_json(&check->marks[i]));
    saoy_json_set_string(report, "conclusion", saoy_conclusion_name(conclude(check)));
    saoy_json_set_string(report, "sub_indication", saoy_finding_sub(check->worst));
    saoy_json_set(report, "signatures", signatures);
    saoy_json_set(report, "changes", saoy_json_ref(check->changes));
    saoy_json_set(report, "seal", seal);
    saoy_json_set(report, "register", known);
    saoy_json_set(report, "findings", saoy_json_ref(check->findings));
    saoy_json_set_bool(report, "official", check->official);
    saoy_json_set(report, "file", saoy_file_json(check));
    return report;
}

/* What cannot be looked into is not judged; it is not called good either. */
static void
check_signatures(SaoyCheck *check)
{
    take_marks(check);
    if (!is_signed(check) && check->places->len == check->n_marks)
        saoy_found(check, SAOY_FOUND_NO_SIGNATURE, 0, 0);
    check_structure(check);
    check_tail(check);
    check_sharing(check);
    check_later(check);
    saoy_times_check(check);
    raise_levels(check);
}

static void
digest_file(SaoyCheck *check)
{
    const SaoyView whole[2] = { check->all, { (const uint8_t *)"", 0 } };

    if (!saoy_prefix_sha256(&check->prefix, whole, check->sha256))
        saoy_sha256(check->all, check->sha256);
}

bool
saoy_verify(GBytes *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out, GError **error)
{
    g_auto(Check) check = { .file = pdf,
                            .all = saoy_view_of(pdf),
                            .options = options,
                            .worst = SAOY_FOUND_N,
                            .findings = saoy_json_array(),
                            .changes = saoy_json_array() };
    SaoyJson *seal = NULL, *known = NULL;

    saoy_check_begin(&check);
    check.pdf = saoy_pdf_open_damaged(pdf, error);
    if (check.pdf == NULL)
        return false;
    check.sealed = is_sealed(check.pdf);
    check.revisions = g_new0(SaoyLater, saoy_pdf_revisions(check.pdf));
    if (saoy_pdf_is_encrypted(check.pdf)) {
        saoy_found(&check, SAOY_FOUND_ENCRYPTED, 0, 0);
        seal = saoy_json_object();
        saoy_json_set_string(seal, "status", "absent");
    } else {
        check.places = saoy_pdf_signatures(check.pdf, error);
        if (check.places == NULL)
            return false;
        check_signatures(&check);
        seal = saoy_verify_seal(&check);
    }
    digest_file(&check);
    known = saoy_verify_register(&check);
    check_complete(&check);
    check_official(&check);
    *out = (SaoyVerdict){ .conclusion = conclude(&check),
                          .copy_id = g_strdup(check.copy_id),
                          .signatures = (unsigned)check.n_marks,
                          .looks = check.looks,
                          .report = write_report(&check, seal, known) };
    return true;
}
