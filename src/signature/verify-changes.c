#include "verify-changes.h"

/* What one revision did to the one before it. Everything it wrote must be explained by one
 * of the few changes that product.md §5 allows; what is not explained is forbidden. */

/* A table is its revision's, an object stream holds what that table says. Another one is
 * nothing here, and all there is to a reader that puts the file together anew. */
static bool
is_idle_container(const SaoyDiff *diff, int64_t number, const SaoyPdfValue *value)
{
    SaoyPdf *pdf = diff->check->pdf;

    return saoy_pdf_is_container(value) &&
           value->at != saoy_pdf_trailer(pdf, diff->after)->at &&
           !saoy_pdf_is_pack_listed(pdf, diff->after, number);
}

static void
judge_added(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *value = saoy_diff_new(diff, number);

    /* the signed version asked for this object and found none: a shadow steps in */
    if (saoy_diff_has(diff->referenced, number))
        saoy_diff_judge(diff, number, "object that was missing", SAOY_LATER_FORBIDDEN);
    else if (saoy_pdf_is_container(value))
        saoy_diff_judge(diff, number, "structure", SAOY_LATER_ALLOWED);
    else
        saoy_diff_judge(diff, number, "unused object", saoy_diff_unless_certified(diff));
}

static void
judge_removed(SaoyDiff *diff, int64_t number)
{
    bool used = saoy_diff_has(diff->referenced, number);

    saoy_diff_judge(diff, number, "removed object",
                    used ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS);
}

/* Validation data written again may lead to more of it. */
static void
judge_dss_object(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *after = saoy_diff_new(diff, number);
    SaoyLater verdict =
        saoy_diff_has(diff->referenced, number) ? SAOY_LATER_FORBIDDEN : SAOY_LATER_ALLOWED;

    if (after == NULL || saoy_values_equal(diff->check, saoy_diff_old(diff, number), after))
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
    bool going = saoy_check_spend(diff->check, 4 * SAOY_LOOK_UP);
    bool readable = saoy_pdf_object(diff->check->pdf, diff->after, number, NULL) != NULL;

    if (!going)
        return;
    if (!readable)
        saoy_diff_judge(diff, number, "unreadable object", SAOY_LATER_FORBIDDEN);
    else if (is_renumbered(diff, number))
        saoy_diff_judge(diff, number, "generation", SAOY_LATER_FORBIDDEN);
    else if (is_idle_container(diff, number, after))
        saoy_diff_judge(diff, number, "structure", saoy_diff_unless_certified(diff));
    else if (saoy_values_equal(diff->check, before, after))
        return; /* written again as it was, or free as it was */
    else if (before == NULL && saoy_diff_has(diff->referenced, number))
        judge_added(diff, number);
    else if (g_hash_table_contains(diff->judged, GSIZE_TO_POINTER((size_t)number)))
        return;
    else if (before == NULL)
        judge_added(diff, number);
    else if (after == NULL)
        judge_removed(diff, number);
    else if (saoy_pdf_is_container(before) && saoy_pdf_is_container(after))
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

    if (!saoy_diff_has(diff->referenced, reference->number) &&
        saoy_check_spend(diff->check, SAOY_LOOK_UP) &&
        saoy_diff_now_at(diff, reference) == NULL)
        saoy_diff_judge(diff, holder->holder, "reference to nothing",
                        saoy_diff_unless_certified(diff));
}

static void
judge_references(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *after = saoy_diff_new(diff, number);
    Holder holder = { diff, number };

    if (!saoy_values_equal(diff->check, saoy_diff_old(diff, number), after))
        saoy_values_walk(diff->check, after, NULL, judge_reference, &holder);
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

    for (int64_t n = 1; n <= max && saoy_check_spend(diff->check, SAOY_LOOK_UP); n++)
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
judge_revision(SaoyDiff *diff, const GArray *written)
{
    saoy_diff_judge_trailer(diff);
    saoy_diff_judge_catalog(diff);
    saoy_diff_judge_validation(diff);
    for (size_t i = 0; i < written->len; i++)
        if (saoy_diff_has(diff->old_dss, g_array_index(written, int64_t, i)))
            judge_dss_object(diff, g_array_index(written, int64_t, i));
    for (size_t i = 0; i < written->len; i++)
        judge_object(diff, g_array_index(written, int64_t, i));
    for (size_t i = 0; i < written->len; i++)
        judge_references(diff, g_array_index(written, int64_t, i));
}

/* What is judged with half of what was to be known is not said. */
static void
check_revision(SaoyCheck *check, size_t revision)
{
    SaoyDiff diff = { .check = check, .before = revision - 1, .after = revision };
    g_autoptr(GArray) written = NULL;

    saoy_diff_prepare(&diff);
    written = written_objects(&diff);
    check->revisions[revision] = SAOY_LATER_ALLOWED;
    judge_revision(&diff, written);
    add_meant(&diff, written);
    if (saoy_check_is_spent(check))
        check->revisions[revision] = MAX(check->revisions[revision], SAOY_LATER_SUSPICIOUS);
    else
        report(&diff, written);
    saoy_diff_clear(&diff);
}

void
saoy_changes_check(SaoyCheck *check, size_t first)
{
    enum { A_REVISION = 256 }; /* looks that an empty one costs */
    size_t n = saoy_pdf_revisions(check->pdf);

    for (size_t r = first; r < n; r++)
        if (saoy_check_spend(check, A_REVISION))
            check_revision(check, r);
        else
            check->revisions[r] = SAOY_LATER_SUSPICIOUS;
}
