#include "verify-changes.h"

/* Two neighbouring revisions side by side: what is there, where it leads, and who referred
 * to what before. Nothing is judged here. */

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
        !saoy_diff_has(reach->diff->old_dss, number))
        return;
    if (saoy_check_spend(reach->diff->check, 1) &&
        g_hash_table_add(reach->seen, GSIZE_TO_POINTER((size_t)number)))
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

    saoy_values_walk(diff->check, value, skip, on_reached, &reach);
    for (guint i = 0; i < reached->len && saoy_check_spend(diff->check, SAOY_LOOK_UP); i++)
        saoy_values_walk(diff->check,
                         object_in(diff, revision, g_array_index(reached, int64_t, i)),
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

    for (int64_t n = 1; n <= max && saoy_check_spend(diff->check, SAOY_LOOK_UP); n++) {
        bool mine = saoy_diff_has(diff->old_dss, n) || saoy_diff_has(diff->drawn, n);
        const SaoyPdfValue *value = mine ? NULL : saoy_diff_old(diff, n);

        if (value != NULL)
            saoy_values_walk(diff->check, value, private_keys(diff, n, value), add_number,
                             diff->referenced);
    }
    /* of the trailer's entries only /Info says anything to a reader; writers leave others'
     */
    saoy_values_walk(
        diff->check,
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

    for (int64_t n = 1; n <= max && saoy_check_spend(diff->check, SAOY_LOOK_UP); n++) {
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
    while (saoy_check_spend(diff->check, 1) && g_hash_table_iter_next(&iter, &number, NULL))
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

void
saoy_diff_prepare(SaoyDiff *diff)
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
    diff->appended = g_hash_table_new(g_direct_hash, g_direct_equal);
    diff->judged = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    for (size_t i = 0; i < G_N_ELEMENTS(diff->explained); i++)
        diff->explained[i] = g_hash_table_new(g_direct_hash, g_direct_equal);
    collect_outside(diff);
    saoy_diff_collect_validation(diff);
    collect_drawn(diff);
    collect_references(diff);
    drop_shared(diff);
}

void
saoy_diff_clear(SaoyDiff *diff)
{
    g_clear_pointer(&diff->outside, g_hash_table_unref);
    g_clear_pointer(&diff->claimed, g_hash_table_unref);
    g_clear_pointer(&diff->old_dss, g_hash_table_unref);
    g_clear_pointer(&diff->drawn, g_hash_table_unref);
    g_clear_pointer(&diff->referenced, g_hash_table_unref);
    g_clear_pointer(&diff->appended, g_hash_table_unref);
    g_clear_pointer(&diff->judged, g_hash_table_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(diff->explained); i++)
        g_clear_pointer(&diff->explained[i], g_hash_table_unref);
}
