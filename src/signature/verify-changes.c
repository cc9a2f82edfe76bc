#include "verify-changes.h"

#include <string.h>

/* What one revision did to the one before it. Everything it wrote must be explained by one
 * of the few changes that product.md §5 allows; what is not explained is forbidden. */

#define MAX_WORK 4000000 /* objects looked at, over all revisions */

/* ---- what is there ---- */

static const SaoyPdfValue *
object_in(const SaoyDiff *diff, size_t revision, int64_t number)
{
    const SaoyPdfValue *value = saoy_pdf_object(diff->check->pdf, revision, number, NULL);

    return value != NULL && value->type == SAOY_PDF_NULL ? NULL : value;
}

const SaoyPdfValue *
saoy_diff_old(const SaoyDiff *diff, int64_t number)
{
    return object_in(diff, diff->before, number);
}

const SaoyPdfValue *
saoy_diff_new(const SaoyDiff *diff, int64_t number)
{
    return object_in(diff, diff->after, number);
}

static void
add_number(void *user, const SaoyPdfValue *reference)
{
    g_hash_table_add(user, GSIZE_TO_POINTER((size_t)reference->number));
}

static bool
has(GHashTable *set, int64_t number)
{
    return g_hash_table_contains(set, GSIZE_TO_POINTER((size_t)number));
}

/* ---- reaching ---- */

typedef struct {
    const SaoyDiff *diff;
    GHashTable *seen;
    GArray *queue;
    size_t revision;
    bool only_new; /* stop at objects that the revision before already had */
} Reach;

static void
on_reached(void *user, const SaoyPdfValue *reference)
{
    Reach *reach = user;
    int64_t number = reference->number;

    if (reach->only_new && saoy_diff_old(reach->diff, number) != NULL &&
        !has(reach->diff->old_dss, number))
        return;
    if (g_hash_table_add(reach->seen, GSIZE_TO_POINTER((size_t)number)))
        g_array_append_val(reach->queue, number);
}

/* Adds to seen every object that value leads to but by the entries to skip; the array of
 * these. */
static GArray *
reach_from(const SaoyDiff *diff, size_t revision, const SaoyPdfValue *value,
           const char *const *skip, bool only_new, GHashTable *seen)
{
    GArray *reached = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Reach reach = { diff, seen, reached, revision, only_new };

    saoy_values_walk(value, skip, on_reached, &reach);
    for (guint i = 0; i < reached->len; i++)
        saoy_values_walk(object_in(diff, revision, g_array_index(reached, int64_t, i)),
                         NULL, on_reached, &reach);
    return reached;
}

/* What was explained with a verdict led to nothing new: it is walked once. */
void
saoy_diff_explain(SaoyDiff *diff, const SaoyPdfValue *value, const char *what,
                  SaoyLater verdict)
{
    g_autoptr(GArray) reached =
        reach_from(diff, diff->after, value, NULL, true, diff->explained[verdict]);

    for (guint i = 0; i < reached->len; i++)
        saoy_diff_judge(diff, g_array_index(reached, int64_t, i), what, verdict);
}

void
saoy_diff_judge(SaoyDiff *diff, int64_t number, const char *what, SaoyLater verdict)
{
    SaoyJudgement *known =
        g_hash_table_lookup(diff->judged, GSIZE_TO_POINTER((size_t)number));

    if (known == NULL) {
        known = g_new0(SaoyJudgement, 1);
        g_hash_table_insert(diff->judged, GSIZE_TO_POINTER((size_t)number), known);
        *known = (SaoyJudgement){ what, verdict };
    } else if (verdict > known->verdict) {
        *known = (SaoyJudgement){ what, verdict };
    }
}

/* ---- before judging: who refers to what in the revision before ---- */

static bool
is_widget(const SaoyDiff *diff, const SaoyPdfValue *value)
{
    return value->type == SAOY_PDF_DICT && saoy_pdf_get_raw(value, "AP") != NULL &&
           saoy_pdf_is_name(saoy_pdf_get_raw(value, "Subtype"), "Widget");
}

/* The entries of an object that lead to validation data or to a field's looks. */
static const char *const *
private_keys(const SaoyDiff *diff, int64_t number, const SaoyPdfValue *value)
{
    static const char *const catalog[] = { "DSS", "Extensions", NULL };
    static const char *const widget[] = { "AP", NULL };

    return number == diff->catalog ? catalog : is_widget(diff, value) ? widget : NULL;
}

/* References of everything but the DSS's own objects and what only fields' looks need. */
static void
collect_references(SaoyDiff *diff)
{
    int64_t max = saoy_pdf_max_object(diff->check->pdf, diff->before);

    for (int64_t n = 1; n <= max; n++) {
        bool mine = has(diff->old_dss, n) || has(diff->drawn, n);
        const SaoyPdfValue *value = mine ? NULL : saoy_diff_old(diff, n);

        if (value != NULL)
            saoy_values_walk(value, private_keys(diff, n, value), add_number,
                             diff->referenced);
    }
    /* of the trailer's entries only /Info says anything to a reader; writers leave others'
     */
    saoy_values_walk(
        saoy_pdf_get_raw(saoy_pdf_trailer(diff->check->pdf, diff->before), "Info"), NULL,
        add_number, diff->referenced);
}

/* What a reader of the revision before comes to without its validation data. Older
 * validation data that nothing leads to any more may share with the newer. */
static void
collect_outside(SaoyDiff *diff)
{
    static const char *const validation[] = { "DSS", "Extensions", NULL };
    const SaoyPdfValue *trailer = saoy_pdf_trailer(diff->check->pdf, diff->before);
    g_autoptr(GArray) catalog = NULL, information = NULL;

    g_hash_table_add(diff->outside, GSIZE_TO_POINTER((size_t)diff->catalog));
    catalog = reach_from(diff, diff->before, saoy_diff_old(diff, diff->catalog), validation,
                         false, diff->outside);
    information = reach_from(diff, diff->before, saoy_pdf_get_raw(trailer, "Info"), NULL,
                             false, diff->outside);
}

/* What fields' looks alone lead to: a stream that a page uses too is the page's. */
static void
collect_drawn(SaoyDiff *diff)
{
    int64_t max = saoy_pdf_max_object(diff->check->pdf, diff->before);

    for (int64_t n = 1; n <= max; n++) {
        const SaoyPdfValue *value = saoy_diff_old(diff, n);

        if (value != NULL && is_widget(diff, value) &&
            !saoy_pdf_is_name(saoy_pdf_get_raw(value, "FT"), "Sig"))
            g_array_unref(reach_from(diff, diff->before, saoy_pdf_get_raw(value, "AP"),
                                     NULL, false, diff->drawn));
    }
}

/* Whatever else leads there, directly or through what it shares, takes it away again. */
static void
drop_shared(SaoyDiff *diff)
{
    g_autoptr(GHashTable) shared = g_hash_table_new(g_direct_hash, g_direct_equal);
    GHashTableIter iter;
    void *number = NULL;

    g_hash_table_iter_init(&iter, diff->drawn);
    while (g_hash_table_iter_next(&iter, &number, NULL))
        if (g_hash_table_contains(diff->referenced, number)) {
            const SaoyPdfValue reference = { .type = SAOY_PDF_REF,
                                             .number = (int64_t)GPOINTER_TO_SIZE(number) };

            g_array_unref(reach_from(diff, diff->before, &reference, NULL, false, shared));
        }
    g_hash_table_iter_init(&iter, shared);
    while (g_hash_table_iter_next(&iter, &number, NULL)) {
        g_hash_table_remove(diff->drawn, number);
        g_hash_table_add(diff->referenced, number);
    }
}

/* By the certifications that already stood when this revision was written. */
static void
take_permission(SaoyDiff *diff)
{
    for (size_t i = 0; i < diff->check->n_marks; i++) {
        const SaoyMark *mark = &diff->check->marks[i];

        if (mark->permission == 0 || mark->coverage == SAOY_COVERAGE_PARTIAL ||
            mark->revision > diff->before)
            continue;
        diff->certified = true;
        if (diff->permission == 0 || mark->permission < diff->permission)
            diff->permission = mark->permission;
    }
}

static void
prepare(SaoyDiff *diff)
{
    SaoyPdf *pdf = diff->check->pdf;
    const SaoyPdfValue *root =
        saoy_pdf_get_raw(saoy_pdf_trailer(pdf, diff->before), "Root");

    take_permission(diff);
    diff->catalog = root != NULL && root->type == SAOY_PDF_REF ? root->number : 0;
    diff->outside = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->claimed = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->old_dss = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->drawn = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->referenced = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->judged = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(diff->explained); i++)
        diff->explained[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
    collect_outside(diff);
    saoy_diff_collect_validation(diff);
    collect_drawn(diff);
    collect_references(diff);
    drop_shared(diff);
}

static void
diff_clear(SaoyDiff *diff)
{
    g_clear_pointer(&diff->outside, g_hash_table_unref);
    g_clear_pointer(&diff->claimed, g_hash_table_unref);
    g_clear_pointer(&diff->old_dss, g_hash_table_unref);
    g_clear_pointer(&diff->drawn, g_hash_table_unref);
    g_clear_pointer(&diff->referenced, g_hash_table_unref);
    g_clear_pointer(&diff->judged, g_hash_table_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(diff->explained); i++)
        g_clear_pointer(&diff->explained[i], g_hash_table_unref);
}

/* ---- judging what is left ---- */

static bool
is_container(const SaoyPdfValue *value)
{
    const SaoyPdfValue *type = saoy_pdf_get_raw(value, "Type");

    return value != NULL && value->type == SAOY_PDF_STREAM &&
           (saoy_pdf_is_name(type, "XRef") || saoy_pdf_is_name(type, "ObjStm"));
}

/* A table is its revision's, an object stream holds what that table says. Another one is
 * nothing here, and all there is to a reader that puts the file together anew. */
static bool
is_idle_container(const SaoyDiff *diff, int64_t number, const SaoyPdfValue *value)
{
    SaoyPdf *pdf = diff->check->pdf;

    return is_container(value) && value->at != saoy_pdf_trailer(pdf, diff->after)->at &&
           !saoy_pdf_is_pack_listed(pdf, diff->after, number);
}

static void
judge_added(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *value = saoy_diff_new(diff, number);

    /* the signed version asked for this object and found none: a shadow steps in */
    if (has(diff->referenced, number))
        saoy_diff_judge(diff, number, "object that was missing", SAOY_LATER_FORBIDDEN);
    else if (is_container(value))
        saoy_diff_judge(diff, number, "structure", SAOY_LATER_ALLOWED);
    else
        saoy_diff_judge(diff, number, "unused object", saoy_diff_unless_certified(diff));
}

static void
judge_removed(SaoyDiff *diff, int64_t number)
{
    bool used = has(diff->referenced, number);

    saoy_diff_judge(diff, number, "removed object",
                    used ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS);
}

/* Validation data written again may lead to more of it. */
static void
judge_dss_object(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *after = saoy_diff_new(diff, number);
    SaoyLater verdict =
        has(diff->referenced, number) ? SAOY_LATER_FORBIDDEN : SAOY_LATER_ALLOWED;

    if (after == NULL || saoy_values_equal(saoy_diff_old(diff, number), after))
        return;
    saoy_diff_judge(diff, number, "validation data", verdict);
    saoy_diff_explain(diff, after, "validation data", verdict);
}

/* Under another generation every reference to it leads nowhere, whatever it says. */
static bool
is_renumbered(const SaoyDiff *diff, int64_t number)
{
    const SaoyPdf *pdf = diff->check->pdf;

    return saoy_diff_old(diff, number) != NULL && saoy_diff_new(diff, number) != NULL &&
           saoy_pdf_object_generation(pdf, diff->before, number) !=
               saoy_pdf_object_generation(pdf, diff->after, number);
}

/* One object that the revision wrote. */
static void
judge_object(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *before = saoy_diff_old(diff, number);
    const SaoyPdfValue *after = saoy_diff_new(diff, number);
    bool readable = saoy_pdf_object(diff->check->pdf, diff->after, number, NULL) != NULL;

    if (!readable)
        saoy_diff_judge(diff, number, "unreadable object", SAOY_LATER_FORBIDDEN);
    else if (is_renumbered(diff, number))
        saoy_diff_judge(diff, number, "generation", SAOY_LATER_FORBIDDEN);
    else if (is_idle_container(diff, number, after))
        saoy_diff_judge(diff, number, "structure", saoy_diff_unless_certified(diff));
    else if (saoy_values_equal(before, after))
        return; /* written again as it was, or free as it was */
    else if (before == NULL && has(diff->referenced, number))
        judge_added(diff, number);
    else if (g_hash_table_contains(diff->judged, GSIZE_TO_POINTER((size_t)number)))
        return;
    else if (before == NULL)
        judge_added(diff, number);
    else if (after == NULL)
        judge_removed(diff, number);
    else if (is_container(before) && is_container(after))
        saoy_diff_judge(diff, number, "structure", SAOY_LATER_ALLOWED);
    else
        saoy_diff_judge_change(diff, number, before, after);
}

typedef struct {
    SaoyDiff *diff;
    int64_t holder;
} Holder;

/* A reference to nothing makes some readers look for the object in all the bytes. */
static void
judge_reference(void *user, const SaoyPdfValue *reference)
{
    const Holder *holder = user;
    SaoyDiff *diff = holder->diff;

    if (!has(diff->referenced, reference->number) &&
        saoy_diff_now_at(diff, reference) == NULL)
        saoy_diff_judge(diff, holder->holder, "reference to nothing",
                        saoy_diff_unless_certified(diff));
}

static void
judge_references(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *after = saoy_diff_new(diff, number);
    Holder holder = { diff, number };

    if (!saoy_values_equal(saoy_diff_old(diff, number), after))
        saoy_values_walk(after, NULL, judge_reference, &holder);
}

static int
compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void
report(SaoyDiff *diff, GArray *written)
{
    SaoyCheck *check = diff->check;

    g_array_sort(written, compare_numbers);
    for (size_t i = 0; i < written->len; i++) {
        int64_t number = g_array_index(written, int64_t, i);
        const SaoyJudgement *j =
            g_hash_table_lookup(diff->judged, GSIZE_TO_POINTER((size_t)number));
        const SaoyPdfValue *value = saoy_diff_new(diff, number);

        if (j == NULL)
            continue;
        saoy_changed(check, diff->after, number, j->what, j->verdict);
        if (j->verdict >= SAOY_LATER_SUSPICIOUS)
            saoy_found(check,
                       j->verdict == SAOY_LATER_FORBIDDEN ? SAOY_FOUND_CHANGE_FORBIDDEN
                                                          : SAOY_FOUND_CHANGE_SUSPICIOUS,
                       number, value != NULL ? value->at : 0);
    }
}

static GArray *
written_objects(const SaoyDiff *diff)
{
    GArray *written = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t max = saoy_pdf_max_object(diff->check->pdf, diff->after);

    for (int64_t n = 1; n <= max; n++)
        if (saoy_pdf_object_written_in(diff->check->pdf, diff->after, n) ==
            (int)diff->after)
            g_array_append_val(written, n);
    return written;
}

/* What an entry came to mean by leading elsewhere was not written, and is named too. */
static void
add_meant(const SaoyDiff *diff, GArray *written)
{
    GHashTableIter iter;
    void *key = NULL, *judgement = NULL;

    g_hash_table_iter_init(&iter, diff->judged);
    while (g_hash_table_iter_next(&iter, &key, &judgement)) {
        int64_t number = (int64_t)GPOINTER_TO_SIZE(key);

        if (((const SaoyJudgement *)judgement)->verdict >= SAOY_LATER_SUSPICIOUS &&
            saoy_pdf_object_written_in(diff->check->pdf, diff->after, number) !=
                (int)diff->after)
            g_array_append_val(written, number);
    }
}

static void
check_revision(SaoyCheck *check, size_t revision)
{
    SaoyDiff diff = { .check = check, .before = revision - 1, .after = revision };
    g_autoptr(GArray) written = NULL;

    prepare(&diff);
    written = written_objects(&diff);
    check->revisions[revision] = SAOY_LATER_ALLOWED;
    saoy_diff_judge_trailer(&diff);
    saoy_diff_judge_catalog(&diff);
    saoy_diff_judge_validation(&diff);
    for (size_t i = 0; i < written->len; i++)
        if (has(diff.old_dss, g_array_index(written, int64_t, i)))
            judge_dss_object(&diff, g_array_index(written, int64_t, i));
    for (size_t i = 0; i < written->len; i++)
        judge_object(&diff, g_array_index(written, int64_t, i));
    for (size_t i = 0; i < written->len; i++)
        judge_references(&diff, g_array_index(written, int64_t, i));
    add_meant(&diff, written);
    report(&diff, written);
    diff_clear(&diff);
}

void
saoy_changes_check(SaoyCheck *check, size_t first)
{
    size_t n = saoy_pdf_revisions(check->pdf);
    int64_t work = 0;

    for (size_t r = first; r < n; r++) {
        work += saoy_pdf_max_object(check->pdf, r) * (int64_t)(r + 1);
        if (work > MAX_WORK) {
            saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
            check->revisions[r] = SAOY_LATER_SUSPICIOUS;
            continue;
        }
        check_revision(check, r);
    }
}
