/* Kinds of paper are files: models/kinds/<id>.ini, and models/labels.ini of what they have
 * in common; their keys stand in models/README.md. */
#include "core/file.h"
#include "kinds.h"

#include <string.h>

/* ---- labels */

static SaoyLabelWhere
where_of(const char *text)
{
    switch (text[0]) {
    case ',':
        return SAOY_LABEL_PLACE;
    case '^':
        return SAOY_LABEL_COLUMN;
    case '=':
        return SAOY_LABEL_ALONE;
    default:
        return strchr(text, ' ') == NULL && g_unichar_isupper(g_utf8_get_char(text))
                   ? SAOY_LABEL_PHRASE
                   : SAOY_LABEL_ANYWHERE;
    }
}

static SaoyLabel
label_of(const char *text)
{
    return (SaoyLabel){ saoy_line_fold(text), g_utf8_strdown(text, -1), where_of(text) };
}

/* Own labels, then those of all kinds; either may be NULL. */
static SaoyLabel *
labels_of(char **own, char **common)
{
    size_t n = own != NULL ? g_strv_length(own) : 0;
    size_t m = common != NULL ? g_strv_length(common) : 0;
    SaoyLabel *labels = g_new0(SaoyLabel, n + m + 1);

    for (size_t i = 0; i < n + m; i++)
        labels[i] = label_of(i < n ? own[i] : common[i - n]);
    return labels;
}

static void *
load_common(void *unused)
{
    GKeyFile *file = g_key_file_new();
    g_autofree char *path = saoy_data_path("models/labels.ini");
    g_autoptr(GError) error = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error))
        g_warning("labels of all kinds: %s", error->message);
    return file;
}

static GKeyFile *
common_file(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, load_common, NULL);
}

static char **
common_list(const char *group, const char *key)
{
    return g_key_file_get_string_list(common_file(), group, key, NULL, NULL);
}

static void
add_texts(GStrvBuilder *texts, char **labels)
{
    for (size_t i = 0; labels != NULL && labels[i] != NULL; i++)
        g_strv_builder_add(texts, labels[i] + strspn(labels[i], ",^= "));
}

/* What all kinds have in common, once. */
static char **
common_texts(void)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    g_auto(GStrv) names = g_key_file_get_keys(common_file(), "labels", NULL, NULL);
    g_auto(GStrv) ends = common_list("ends", "labels");

    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        g_auto(GStrv) labels = common_list("labels", names[i]);

        add_texts(texts, labels);
    }
    add_texts(texts, ends);
    return g_strv_builder_end(texts);
}

static void *
load_ends(void *unused)
{
    g_auto(GStrv) texts = common_texts();

    return labels_of(texts, NULL);
}

const SaoyLabel *
saoy_kind_ends(void)
{
    static GOnce once = G_ONCE_INIT;

    return g_once(&once, load_ends, NULL);
}

/* ---- one kind */

static char **
folded_list(GKeyFile *file, const char *group, const char *key)
{
    g_auto(GStrv) list = g_key_file_get_string_list(file, group, key, NULL, NULL);
    size_t n = list != NULL ? g_strv_length(list) : 0;
    char **out = g_new0(char *, n + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = saoy_line_fold(list[i]);
    return out;
}

static SaoyValue
value_of(GKeyFile *file, const char *group)
{
    static const char *const names[SAOY_VALUE_N] = { "text",  "name", "date",
                                                     "words", "code", "digits",
                                                     "title", "area", "sex" };
    g_autofree char *name = g_key_file_get_string(file, group, "value", NULL);

    for (int i = 0; name != NULL && i < SAOY_VALUE_N; i++)
        if (g_str_equal(name, names[i]))
            return (SaoyValue)i;
    return SAOY_VALUE_TEXT;
}

/* The whole value, not a part of it. NULL: no grammar, or one that is none. */
static GRegex *
grammar_of(GKeyFile *file, const char *group)
{
    g_autofree char *pattern = g_key_file_get_string(file, group, "grammar", NULL);
    g_autofree char *whole = pattern != NULL ? g_strdup_printf("^(?:%s)$", pattern) : NULL;
    g_autoptr(GError) error = NULL;

    if (whole == NULL)
        return NULL;
    GRegex *grammar = g_regex_new(whole, G_REGEX_OPTIMIZE, 0, &error);
    if (grammar == NULL)
        g_warning("kind grammar %s: %s", group, error->message);
    return grammar;
}

static void
load_fields(GKeyFile *file, SaoyKindRule *rule)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();

    rule->fields = g_array_new(FALSE, FALSE, sizeof(SaoyFieldRule));
    for (size_t i = 0; groups[i] != NULL; i++) {
        if (!g_str_has_prefix(groups[i], "field "))
            continue;
        const char *name = groups[i] + strlen("field ");
        g_auto(GStrv) own =
            g_key_file_get_string_list(file, groups[i], "labels", NULL, NULL);
        g_auto(GStrv) common = common_list("labels", name);
        SaoyFieldRule field = { g_strdup(name), value_of(file, groups[i]),
                                labels_of(own, common), grammar_of(file, groups[i]) };

        g_array_append_val(rule->fields, field);
        add_texts(texts, own);
    }
    rule->label_texts = g_strv_builder_end(texts);
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
    rule->kind.app = g_key_file_get_string(file, "kind", "app", NULL);
    rule->order = g_key_file_get_integer(file, "kind", "order", NULL);
    rule->titles = folded_list(file, "kind", "titles");
    rule->title_texts = g_key_file_get_string_list(file, "kind", "titles", NULL, NULL);
    rule->anchors = folded_list(file, "kind", "anchors");
    rule->copy_marks = folded_list(file, "kind", "not_original");
    rule->sides = (unsigned)MAX(0, g_key_file_get_integer(file, "kind", "sides", NULL));
    rule->seal = g_key_file_get_boolean(file, "kind", "seal", NULL);
    rule->code = g_key_file_get_boolean(file, "kind", "code", NULL);
    rule->zone = g_key_file_get_boolean(file, "kind", "zone", NULL);
    rule->void_since = g_key_file_get_string(file, "kind", "void_since", NULL);
    rule->valid_months = g_key_file_get_integer(file, "kind", "valid_months", NULL);
    load_fields(file, rule);
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

        if (rule != NULL && rule->kind.title != NULL && rule->kind.title_en != NULL &&
            rule->title_texts != NULL)
            g_ptr_array_add(rules, rule);
    }
    g_ptr_array_sort(rules, by_order);
    return rules;
}

const GPtrArray *
saoy_kind_rules(void)
{
    static GOnce once = G_ONCE_INIT;

    g_once(&once, load_all, NULL);
    return once.retval;
}

static void
each_of(char **texts, SaoyKindTextFunc *each, void *user)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        each(texts[i], user);
}

void
saoy_kind_each_text(SaoyKindTextFunc *each, void *user)
{
    const GPtrArray *rules = saoy_kind_rules();

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];

        each_of(rule->title_texts, each, user);
        each_of(rule->label_texts, each, user);
    }
    g_auto(GStrv) common = common_texts();
    each_of(common, each, user);
}
