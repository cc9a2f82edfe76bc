#include "core/file.h"
#include "kinds.h"

#include <string.h>

#define TITLE_ALIKE 0.8
#define TITLE_CAPITALS 0.7
#define TITLE_PART 0.45 /* of the page, from its top */
#define LEAST_ANCHORS 3u

static const SaoyKind unknown = { "unknown", "Giấy tờ khác", "Other paper" };

static char **
folded_list(GKeyFile *file, const char *group, const char *key)
{
    char **list = g_key_file_get_string_list(file, group, key, NULL, NULL);

    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        char *folded = saoy_line_fold(list[i]);

        g_free(list[i]);
        list[i] = folded;
    }
    return list != NULL ? list : g_new0(char *, 1);
}

static SaoyValue
value_of(GKeyFile *file, const char *group)
{
    static const char *const names[SAOY_VALUE_N] = { "text", "name", "date", "code",
                                                     "title" };
    g_autofree char *name = g_key_file_get_string(file, group, "value", NULL);

    for (int i = 0; name != NULL && i < SAOY_VALUE_N; i++)
        if (g_str_equal(name, names[i]))
            return (SaoyValue)i;
    return SAOY_VALUE_TEXT;
}

/* Groups are [kind] and one [field NAME] for each field. */
static SaoyKindRule *
load_kind(const char *path, const char *id)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
        g_warning("kind %s: %s", id, error->message);
        return NULL;
    }
    SaoyKindRule *rule = g_new0(SaoyKindRule, 1);
    rule->kind.id = g_strdup(id);
    rule->kind.title = g_key_file_get_string(file, "kind", "title", NULL);
    rule->kind.title_en = g_key_file_get_string(file, "kind", "title_en", NULL);
    rule->order = g_key_file_get_integer(file, "kind", "order", NULL);
    rule->titles = folded_list(file, "kind", "titles");
    rule->title_texts = g_key_file_get_string_list(file, "kind", "titles", NULL, NULL);
    rule->anchors = folded_list(file, "kind", "anchors");
    rule->fields = g_array_new(FALSE, FALSE, sizeof(SaoyFieldRule));

    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (!g_str_has_prefix(groups[i], "field "))
            continue;
        SaoyFieldRule field = { g_strdup(groups[i] + strlen("field ")),
                                value_of(file, groups[i]),
                                folded_list(file, groups[i], "labels") };
        g_array_append_val(rule->fields, field);
    }
    return rule;
}

static gint
by_order(gconstpointer a, gconstpointer b)
{
    const SaoyKindRule *const *x = a, *const *y = b;

    return (*x)->order - (*y)->order;
}

/* An ini without titles in both languages is no kind: it would be an empty tile. */
static void *
load_all(void *unused)
{
    g_autofree char *folder = saoy_data_path("models/kinds");
    g_auto(GStrv) names =
        saoy_dir_list(folder, (const char *const[]){ ".ini", NULL }, NULL);
    GPtrArray *rules = g_ptr_array_new();

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(folder, *name, NULL);
        g_autofree char *id = g_strndup(*name, strlen(*name) - strlen(".ini"));
        SaoyKindRule *rule = load_kind(path, id);
        if (rule != NULL && rule->kind.title != NULL && rule->kind.title_en != NULL)
            g_ptr_array_add(rules, rule);
    }
    g_ptr_array_sort(rules, by_order);
    return rules;
}

static const GPtrArray *
all_rules(void)
{
    static GOnce once = G_ONCE_INIT;

    g_once(&once, load_all, NULL);
    return once.retval;
}

static void *
list_all(void *unused)
{
    const GPtrArray *rules = all_rules();
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(SaoyKind));

    for (guint i = 0; i < rules->len; i++)
        g_array_append_val(kinds, ((SaoyKindRule *)rules->pdata[i])->kind);
    g_array_append_val(kinds, unknown);
    return kinds;
}

const SaoyKind *
saoy_kind_list(size_t *n)
{
    static GOnce once = G_ONCE_INIT;
    const GArray *kinds = g_once(&once, list_all, NULL);

    *n = kinds->len;
    return (const SaoyKind *)(const void *)kinds->data;
}

const SaoyKindRule *
saoy_kind_rule(const SaoyKind *kind)
{
    const GPtrArray *rules = all_rules();

    for (guint i = 0; kind != NULL && i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];

        if (g_str_equal(rule->kind.id, kind->id))
            return rule;
    }
    return NULL;
}

const SaoyKind *
saoy_kind_find(const char *id)
{
    SaoyKind asked = { .id = id };
    const SaoyKindRule *rule = id != NULL ? saoy_kind_rule(&asked) : NULL;

    return rule != NULL ? &rule->kind : &unknown;
}

/* The pattern as whole words at either end, with little else: "BẰNG CỬ NHÂN LUẬT", or a
 * stamp that was read into the line before it. */
static bool
stands_at_an_end(const char *folded, const char *pattern)
{
    size_t want = strlen(pattern), have = strlen(folded);

    if (have <= want)
        return false;
    if (folded[want] == ' ' && strncmp(folded, pattern, want) == 0)
        return true;
    return have <= 2 * want && folded[have - want - 1] == ' ' &&
           g_str_has_suffix(folded, pattern);
}

static void
try_title(const char *folded, const SaoyKindRule *rule, double *best)
{
    for (size_t i = 0; rule->titles[i] != NULL; i++) {
        double alike = saoy_line_alike(folded, rule->titles[i]);

        if (stands_at_an_end(folded, rule->titles[i]))
            alike = MAX(alike, 0.9);
        /* of two that fit the longer says more */
        if (alike >= TITLE_ALIKE)
            *best = MAX(*best, alike * (double)strlen(rule->titles[i]));
    }
}

bool
saoy_kind_title(const SaoyKindRule *rule, const GArray *lines, int page_height,
                size_t *out_line, size_t *out_n, double *out_score)
{
    double most = 0;

    for (guint i = 0; i < lines->len; i++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, i);
        double one = 0, two = 0;

        if ((page_height > 0 && line->top > TITLE_PART * page_height) ||
            saoy_line_capitals(line->text) < TITLE_CAPITALS)
            continue;
        try_title(line->folded, rule, &one);
        if (i + 1 < lines->len) {
            const SaoyLine *next = &g_array_index(lines, SaoyLine, i + 1);
            g_autofree char *both = g_strjoin(" ", line->folded, next->folded, NULL);

            if (saoy_line_capitals(next->text) >= TITLE_CAPITALS)
                try_title(both, rule, &two);
        }
        if (MAX(one, two) <= most)
            continue;
        most = MAX(one, two);
        *out_line = i;
        *out_n = two > one ? 2 : 1;
    }
    *out_score = most;
    return most > 0;
}

static unsigned
count_anchors(const SaoyKindRule *rule, const char *page)
{
    unsigned n = 0;

    for (size_t i = 0; rule->anchors[i] != NULL; i++)
        n += strstr(page, rule->anchors[i]) != NULL;
    return n;
}

static const SaoyKind *
kind_by_title(const GArray *lines, int page_height)
{
    const GPtrArray *rules = all_rules();
    const SaoyKind *found = NULL;
    double most = 0;

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];
        size_t line = 0, n = 0;
        double score = 0;

        if (saoy_kind_title(rule, lines, page_height, &line, &n, &score) && score > most) {
            most = score;
            found = &rule->kind;
        }
    }
    return found;
}

static const SaoyKind *
kind_by_anchors(const SaoyWords *words)
{
    const GPtrArray *rules = all_rules();
    const SaoyKind *found = &unknown;
    g_autofree char *text = saoy_words_text(words);
    g_autofree char *folded = saoy_line_fold(text);
    unsigned most = LEAST_ANCHORS - 1;

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];
        unsigned n = count_anchors(rule, folded);

        if (n > most) {
            most = n;
            found = &rule->kind;
        }
    }
    return found;
}

const SaoyKind *
saoy_kind_of(const SaoyWords *words, int page_height)
{
    g_autoptr(GArray) lines = saoy_lines_of(words);
    const SaoyKind *kind = kind_by_title(lines, page_height);

    return kind != NULL ? kind : kind_by_anchors(words);
}
