#pragma once
/* Fills in the forms of forms.h and papers.h with people, days and numbers, lays them out
 * as words, lets an engine misread some, and scores what is read. */
#include "asked.h"
#include "forms.h"
#include "mend.h"
#include "syllable.h"

#include <string.h>

#define WORDS_MISREAD 10 /* one of so many; a letter of five makes CER 2 % */

static const char *const family[] = { "Nguyễn", "Trần", "Lê",   "Phạm",
                                      "Hoàng",  "Vũ",   "Đặng", "Dương" };
static const char *const given[] = { "Văn An",    "Quốc Bình", "Thị Ánh",  "Ngọc Bích",
                                     "Thùy Chi",  "Mỹ Duyên",  "Tường Vi", "Hữu Đạt",
                                     "Kiều Oanh", "Như Quỳnh", "Thế Lực",  "Gia Huy" };
static const char *const days[] = { "mười lăm", "hai mươi mốt", "ba" };
static const int day_numbers[] = { 15, 21, 3 };
static const char *const years[] = { "một nghìn chín trăm chín mươi",
                                     "hai nghìn không trăm linh năm" };
static const int year_numbers[] = { 1990, 2005 };
static const char *const months[] = { "January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December" };

/* Print and truth of one {field…}; born is kept, that words and figures agree. */
typedef struct {
    GRand *rand;
    GHashTable *truth;
    guint day, year;
} Filler;

static inline void
add_truth(Filler *f, const char *name, const char *value)
{
    const char *old = g_hash_table_lookup(f->truth, name);

    g_hash_table_insert(f->truth, g_strdup(name),
                        old != NULL ? g_strconcat(old, " ", value, NULL) : g_strdup(value));
}

static inline void
fill_date(Filler *f, const char *name, char how, GString *out)
{
    bool birth = g_str_has_prefix(name, "birth");
    int day = birth ? day_numbers[f->day] : g_rand_int_range(f->rand, 1, 29);
    int month = birth ? 8 : g_rand_int_range(f->rand, 1, 13);
    int year = birth ? year_numbers[f->year] : g_rand_int_range(f->rand, 2012, 2025);
    g_autofree char *iso = g_strdup_printf("%04d-%02d-%02d", year, month, day);

    switch (how) {
    case '+':
        g_string_append_printf(out, "Ngày %s tháng tám năm %s", days[f->day],
                               years[f->year]);
        break;
    case '~':
        g_string_append_printf(out, "ngày %02d tháng %02d năm %d", day, month, year);
        break;
    case '&':
        g_string_append_printf(out, "Ngày %02d tháng %d năm %d", day, month, year);
        break;
    case '!':
        g_string_append_printf(out, "%02d tháng %d năm %d", day, month, year);
        break;
    case '*':
        g_string_append_printf(out, "ngày/date %02d tháng/month %02d năm/year %d", day,
                               month, year);
        break;
    case '%':
        g_string_append_printf(out, "%02d %s %d", day, months[month - 1], year);
        break;
    default: {
        char dot = how == '-' || how == '.' ? how : '/';

        g_string_append_printf(out, "%02d%c%02d%c%d", day, dot, month, dot, year);
    }
    }
    g_hash_table_insert(f->truth, g_strdup(name), g_steal_pointer(&iso));
}

static inline void
fill_pattern(Filler *f, const char *name, const char *pattern, GString *out)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *p = pattern; *p != '\0'; p++)
        g_string_append_c(text,
                          *p == '#' ? (char)('1' + g_rand_int_range(f->rand, 0, 9)) : *p);
    g_string_append(out, text->str);
    g_auto(GStrv) parts = g_strsplit(text->str, " ", -1);
    g_autofree char *joined = g_strjoinv("", parts);
    add_truth(f, name, joined);
}

static inline void
fill_person(Filler *f, const char *name, bool small, GString *out)
{
    g_autofree char *person =
        g_strdup_printf("%s %s", family[g_rand_int_range(f->rand, 0, G_N_ELEMENTS(family))],
                        given[g_rand_int_range(f->rand, 0, G_N_ELEMENTS(given))]);
    g_autofree char *capitals = g_utf8_strup(person, -1);

    g_string_append(out, small ? person : capitals);
    add_truth(f, name, small ? person : capitals);
}

static inline void
fill(Filler *f, const char *slot, GString *out)
{
    size_t n = strcspn(slot, "=|~+&!*%-.");
    g_autofree char *name = g_strndup(slot, n);

    if (slot[n] == '=') {
        fill_pattern(f, name, slot + n + 1, out);
    } else if (slot[n] == '|') {
        g_auto(GStrv) list = g_strsplit(slot + n + 1, "|", -1);
        gint32 which = g_rand_int_range(f->rand, 0, (gint32)g_strv_length(list));

        g_string_append(out, list[which]);
        add_truth(f, name, list[which]);
    } else if (g_str_has_suffix(name, "_date") || slot[n] == '+') {
        fill_date(f, name, slot[n], out);
    } else if (g_str_equal(name, "personal_number")) {
        fill_pattern(f, name, "001#########", out);
    } else {
        fill_person(f, name, slot[n] == '&', out);
    }
}

/* Without the marks of title lines, whose words are the truth of the title. */
static inline void
fill_line(Filler *f, const char *line, GString *out)
{
    const char *mark = strstr(line, "# ");
    bool title = mark != NULL && (mark == line || g_str_has_suffix(line, mark)) &&
                 strchr(mark, '{') == NULL;

    if (title) {
        add_truth(f, "title", mark + 2);
        g_string_append_printf(out, "%.*s%c%s", (int)(mark - line), line, LARGE, mark + 2);
        return;
    }
    for (const char *p = line; *p != '\0'; p++) {
        if (*p != '{') {
            g_string_append_c(out, *p);
            continue;
        }
        const char *end = strchr(p, '}');
        g_autofree char *slot = g_strndup(p + 1, (size_t)(end - p - 1));

        fill(f, slot, out);
        p = end;
    }
}

static inline char *
filled(const char *text, Filler *f)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    f->day = (guint)g_rand_int_range(f->rand, 0, G_N_ELEMENTS(days));
    f->year = (guint)g_rand_int_range(f->rand, 0, G_N_ELEMENTS(years));
    for (size_t i = 0; lines[i] != NULL; i++) {
        g_string_append(out, i > 0 ? "\n" : "");
        fill_line(f, lines[i], out);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* A letter of the word as a tired engine has it: another mark, or a look-alike. */
static inline void
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

static inline void
score_fields(const Form *form, GHashTable *truth, const SaoyWords *words, bool degraded,
             Score *score)
{
    g_autoptr(GArray) fields = saoy_fields_of(saoy_kind_find(form->kind), words, NULL, 1);
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

static inline void
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
    score->papers++;
    score->kinds += g_str_equal(kind->id, form->kind);
    if (!g_str_equal(kind->id, form->kind))
        g_test_message("%s taken for %s", form->kind, kind->id);
    score_fields(form, truth, &words, degraded, score);
}

static inline Score
score_all(const Form *forms_of, size_t n, unsigned rounds, bool degraded)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20251110);
    Score score = { 0 };

    for (unsigned round = 0; round < rounds; round++)
        for (size_t i = 0; i < n; i++)
            score_paper(&forms_of[i], rand, degraded, &score);
    g_test_message("%s: kind %u of %u, fields %u of %u (%.1f %%)",
                   degraded ? "degraded" : "clean", score.kinds, score.papers, score.right,
                   score.fields, 100.0 * score.right / score.fields);
    return score;
}
