/* Kind and fields of every kind of paper, as printed and with an engine's mistakes: words
 * with boxes, no engine. What is counted is printed; bounds are the product's. */
#include "forms.h"
#include "mend.h"
#include "paper.h"
#include "reading/reading.h"
#include "syllable.h"

#include <string.h>

#define ROUNDS 4u
#define WORDS_MISREAD 10 /* one of so many; a letter of five makes CER 2 % */

static const char *const family[] = { "NGUYỄN", "TRẦN", "LÊ",   "PHẠM",
                                      "HOÀNG",  "VŨ",   "ĐẶNG", "DƯƠNG" };
static const char *const given[] = { "VĂN AN",    "QUỐC BÌNH", "THỊ ÁNH",  "NGỌC BÍCH",
                                     "THÙY CHI",  "MỸ DUYÊN",  "TƯỜNG VI", "HỮU ĐẠT",
                                     "KIỀU OANH", "NHƯ QUỲNH", "THẾ LỰC",  "GIA HUY" };
static const char *const days[] = { "mười lăm", "hai mươi mốt", "ba" };
static const int day_numbers[] = { 15, 21, 3 };
static const char *const years[] = { "một nghìn chín trăm chín mươi",
                                     "hai nghìn không trăm linh năm" };
static const int year_numbers[] = { 1990, 2005 };

/* Print and truth of one {field…}; born is kept, that words and figures agree. */
typedef struct {
    GRand *rand;
    GHashTable *truth;
    guint day, year;
} Filler;

static void
fill_date(Filler *f, const char *name, char how, GString *out)
{
    bool birth = g_str_has_prefix(name, "birth");
    int day = birth ? day_numbers[f->day] : g_rand_int_range(f->rand, 1, 29);
    int month = birth ? 8 : g_rand_int_range(f->rand, 1, 13);
    int year = birth ? year_numbers[f->year] : g_rand_int_range(f->rand, 2012, 2025);

    if (how == '+')
        g_string_append_printf(out, "Ngày %s tháng tám năm %s", days[f->day],
                               years[f->year]);
    else if (how == '~')
        g_string_append_printf(out, "ngày %02d tháng %02d năm %d", day, month, year);
    else
        g_string_append_printf(out, "%02d/%02d/%d", day, month, year);
    g_hash_table_insert(f->truth, g_strdup(name),
                        g_strdup_printf("%04d-%02d-%02d", year, month, day));
}

static void
fill_pattern(Filler *f, const char *name, const char *pattern, GString *out)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *p = pattern; *p != '\0'; p++)
        g_string_append_c(text,
                          *p == '#' ? (char)('1' + g_rand_int_range(f->rand, 0, 9)) : *p);
    g_string_append(out, text->str);
    g_auto(GStrv) parts = g_strsplit(text->str, " ", -1);
    g_hash_table_insert(f->truth, g_strdup(name), g_strjoinv("", parts));
}

static void
fill(Filler *f, const char *slot, GString *out)
{
    size_t n = strcspn(slot, "=|~+");
    g_autofree char *name = g_strndup(slot, n);

    if (slot[n] == '=') {
        fill_pattern(f, name, slot + n + 1, out);
    } else if (slot[n] == '|') {
        g_auto(GStrv) list = g_strsplit(slot + n + 1, "|", -1);
        gint32 which = g_rand_int_range(f->rand, 0, (gint32)g_strv_length(list));

        g_string_append(out, list[which]);
        g_hash_table_insert(f->truth, g_strdup(name), g_strdup(list[which]));
    } else if (slot[n] != '\0' || g_str_has_suffix(name, "_date")) {
        fill_date(f, name, slot[n], out);
    } else if (g_str_equal(name, "personal_number")) {
        fill_pattern(f, name, "001#########", out);
    } else {
        char *person = g_strdup_printf(
            "%s %s", family[g_rand_int_range(f->rand, 0, G_N_ELEMENTS(family))],
            given[g_rand_int_range(f->rand, 0, G_N_ELEMENTS(given))]);

        g_string_append(out, person);
        g_hash_table_insert(f->truth, g_strdup(name), person);
    }
}

static char *
filled(const char *text, Filler *f)
{
    g_autoptr(GString) out = g_string_new(NULL);

    f->day = (guint)g_rand_int_range(f->rand, 0, G_N_ELEMENTS(days));
    f->year = (guint)g_rand_int_range(f->rand, 0, G_N_ELEMENTS(years));
    for (const char *p = text; *p != '\0'; p++) {
        if (*p != '{') {
            g_string_append_c(out, *p);
            continue;
        }
        const char *end = strchr(p, '}');
        g_autofree char *slot = g_strndup(p + 1, (size_t)(end - p - 1));

        fill(f, slot, out);
        p = end;
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A letter of the word as a tired engine has it: another mark, or a look-alike. */
static void
misread(SaoyWord *word, GRand *rand)
{
    static const char pairs[] = "0O1l5S8BO0lIuniioeec";
    glong n = 0;
    g_autofree gunichar *letters = g_utf8_to_ucs4_fast(word->text, -1, &n);
    glong at = g_rand_int_range(rand, 0, (gint32)n);
    SaoyTone tone = SAOY_TONE_LEVEL;
    gunichar plain = saoy_letter_plain(letters[at], &tone);
    const char *like = plain < 128 ? strchr(pairs, (int)plain) : NULL;

    if (saoy_letter_toned(plain, SAOY_TONE_ACUTE) != plain)
        letters[at] = saoy_letter_toned(plain, (SaoyTone)g_rand_int_range(rand, 0, 6));
    else if (like != NULL && (like - pairs) % 2 == 0)
        letters[at] = (gunichar)like[1];
    g_free(word->text);
    word->text = g_ucs4_to_utf8(letters, n, NULL, NULL, NULL);
    word->confidence = g_rand_int_range(rand, 40, 90);
}

typedef struct {
    unsigned papers, kinds, fields, right;
} Score;

static const char *
value_of(const GArray *fields, const char *name)
{
    for (guint i = 0; i < fields->len; i++)
        if (g_str_equal(g_array_index(fields, SaoyField, i).name, name))
            return g_array_index(fields, SaoyField, i).value;
    return NULL;
}

static void
score_paper(const Form *form, GRand *rand, bool degraded, Score *score)
{
    g_autoptr(GHashTable) truth =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Filler filler = { rand, truth, 0, 0 };
    g_autofree char *text = filled(form->text, &filler);
    g_auto(SaoyWords) words = page_of(text);

    for (size_t i = 0; degraded && i < words.n; i++)
        if (g_rand_int_range(rand, 0, WORDS_MISREAD) == 0)
            misread(&words.items[i], rand);
    saoy_words_drop_rubbish(&words);
    saoy_words_mend(&words);
    const SaoyKind *kind = saoy_kind_of(&words, 3508);
    g_autoptr(GArray) fields = saoy_fields_of(saoy_kind_find(form->kind), &words, NULL, 1);
    score->papers++;
    score->kinds += g_str_equal(kind->id, form->kind);
    if (!g_str_equal(kind->id, form->kind))
        g_test_message("%s taken for %s", form->kind, kind->id);

    GHashTableIter at;
    void *name = NULL, *value = NULL;
    for (g_hash_table_iter_init(&at, truth); g_hash_table_iter_next(&at, &name, &value);) {
        const char *read = value_of(fields, name);
        bool right = read != NULL && g_str_equal(read, value);

        score->fields++;
        score->right += right;
        if (!right)
            g_test_message("%s %s: %s is %s, read %s", degraded ? "degraded" : "clean",
                           form->kind, (char *)name, (char *)value,
                           read != NULL ? read : "nothing");
    }
}

static Score
score_all(bool degraded)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20251110);
    Score score = { 0 };

    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
            score_paper(&forms[i], rand, degraded, &score);
    g_test_message("%s: kind %u of %u, fields %u of %u (%.1f %%)",
                   degraded ? "degraded" : "clean", score.kinds, score.papers, score.right,
                   score.fields, 100.0 * score.right / score.fields);
    return score;
}

static void
test_every_kind_has_a_form(void)
{
    size_t n = 0;
    const SaoyKind *kinds = saoy_kind_list(&n);

    for (size_t k = 0; k < n; k++) {
        unsigned layouts = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
            layouts += g_str_equal(forms[i].kind, kinds[k].id);
        if (layouts < 2 && !g_str_equal(kinds[k].id, "unknown"))
            g_test_fail_printf("%s has %u layouts", kinds[k].id, layouts);
    }
}

static void
test_clean_papers(void)
{
    Score score = score_all(false);

    g_assert_cmpuint(score.kinds * 100, >=, score.papers * 98);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 95);
}

static void
test_degraded_papers(void)
{
    Score score = score_all(true);

    g_assert_cmpuint(score.kinds * 100, >=, score.papers * 98);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 85);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kinds/forms", test_every_kind_has_a_form);
    g_test_add_func("/kinds/clean", test_clean_papers);
    g_test_add_func("/kinds/degraded", test_degraded_papers);
    return g_test_run();
}
