/* The pages of a folder with what is true of them, and whether that was read. */
#include "bench-page.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define PAGES_MAX 2000u
#define TRUTH_MAX ((size_t)1 << 20)
#define LINES_MAX 1000

static void
page_clear(SaoyBenchPage *page)
{
    g_free(page->file);
    saoy_json_unref(page->json);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyBenchPage, page_clear)

static char *
truth_beside(const char *picture)
{
    const char *dot = strrchr(picture, '.');

    return g_strdup_printf("%.*s.json", (int)(dot - picture), picture);
}

static bool
read_truth(SaoyBenchPage *page, GError **error)
{
    g_autofree char *path = truth_beside(page->file);
    g_autoptr(GBytes) bytes = saoy_file_read(path, TRUTH_MAX, error);
    int64_t quarter = 0;

    page->json =
        bytes != NULL ? saoy_json_parse(saoy_view_of(bytes), TRUTH_MAX, error) : NULL;
    if (page->json == NULL || !saoy_json_real(page->json, "angle", &page->angle, error))
        return false;
    if (saoy_json_member(page->json, "text") != NULL &&
        (saoy_json_array_of(page->json, "text", LINES_MAX, error) == NULL ||
         saoy_json_array_of(page->json, "columns", LINES_MAX, error) == NULL ||
         saoy_json_array_of(page->json, "names", LINES_MAX, error) == NULL ||
         saoy_json_object_of(page->json, "fields", error) == NULL ||
         !saoy_json_int(page->json, "quarter", 0, 3, &quarter, error)))
        return false;
    page->has_text = saoy_json_member(page->json, "text") != NULL;
    page->quarter = (int)quarter;
    page->kind = saoy_json_string_or(page->json, "kind", NULL);
    page->degraded = saoy_json_bool_or(page->json, "degraded", true);
    page->tamper =
        saoy_json_string_or(saoy_json_member(page->json, "tamper"), "kind", NULL);
    page->held_out = saoy_json_bool_or(page->json, "held_out", false);
    return true;
}

static bool
list_folder(const char *folder, GArray *pages, GError **error)
{
    static const char *const endings[] = { ".jpg", ".png", NULL };
    g_auto(GStrv) names = saoy_dir_list(folder, endings, error);

    if (names == NULL)
        return false;
    for (size_t i = 0; names[i] != NULL; i++) {
        g_auto(SaoyBenchPage) page = { .file = g_build_filename(folder, names[i], NULL) };

        if (pages->len >= PAGES_MAX)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: more than %u pages", folder,
                             PAGES_MAX);
        if (!read_truth(&page, error))
            return false;
        g_array_append_val(pages, page);
        page = (SaoyBenchPage){ 0 };
    }
    return pages->len > 0 ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: no pages in it", folder);
}

GArray *
saoy_bench_pages(const char *path, GError **error)
{
    g_autoptr(GArray) pages = g_array_new(FALSE, FALSE, sizeof(SaoyBenchPage));

    g_array_set_clear_func(pages, (GDestroyNotify)page_clear);
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        if (!list_folder(path, pages, error))
            return NULL;
        return g_steal_pointer(&pages);
    }
    SaoyBenchPage page = { .file = g_strdup(path) };
    g_array_append_val(pages, page);
    return g_steal_pointer(&pages);
}

/* The value a page gives for a field; NULL: none. */
static const char *
value_of(const GArray *fields, const char *name)
{
    for (guint i = 0; i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);

        if (g_str_equal(field->name, name))
            return field->value;
    }
    return NULL;
}

/* Fields that are as they are printed, and those nobody printed. */
static void
judge_fields(SaoyBenchRow *row, const GArray *fields)
{
    SaoyJson *truth = saoy_json_member(row->page->json, "fields");
    SaoyJson *names = saoy_json_member(row->page->json, "names");

    row->fields = (unsigned)saoy_json_length(names);
    for (unsigned i = 0; i < row->fields; i++) {
        const char *name = saoy_json_text(saoy_json_at(names, i));
        const char *want = name != NULL ? saoy_json_string_or(truth, name, NULL) : NULL;
        const char *value = want != NULL ? value_of(fields, name) : NULL;

        if (value != NULL && g_str_equal(value, want))
            row->fields_right++;
        else if (name != NULL)
            g_ptr_array_add(row->wrong, g_strdup_printf("%s: %s, not %s", name,
                                                        value != NULL ? value : "-",
                                                        want != NULL ? want : "-"));
    }
    for (guint i = 0; i < fields->len; i++)
        row->fields_more +=
            saoy_json_string_or(truth, g_array_index(fields, SaoyField, i).name, NULL) ==
            NULL;
}

void
saoy_bench_judge(SaoyBenchRow *row, const SaoyKind *kind, const GArray *fields,
                 const GArray *flags)
{
    const char *want = row->page->kind != NULL ? row->page->kind : "unknown";

    row->kind = kind->id;
    row->kind_right = g_str_equal(kind->id, want);
    judge_fields(row, fields);
    for (guint i = 0; i < flags->len; i++) {
        const char *rule = g_array_index(flags, SaoyFlag, i).rule;

        row->altered = row->altered || saoy_ground_of(rule) == SAOY_GROUND_ALTERED;
        if (!g_ptr_array_find(row->rules, rule, NULL))
            g_ptr_array_add(row->rules, (char *)rule);
    }
}
