/* Each rule serves a ground of Điều 22 of 23/2015/NĐ-CP, or the definition of an original
 * (ground.c). A flag is for the officer's eye; it decides nothing. */
#include "collate.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum {
    AMONG_OTHERS, /* in capitals, as on a stamp: not the law that speaks of a "bản sao" */
    ALONE,        /* a whole line in capitals */
    ANY_WAY,      /* in small letters too */
    LINE,         /* a whole line, in small letters too */
    NUMBERED,     /* begins a line that holds a number, in small letters too */
} Standing;

typedef struct {
    const char *rule, *phrase; /* folded */
    Standing standing;
    const char *text;
} PhraseRule;

/* clang-format off */
static const PhraseRule phrases[] = {
    { "copy-not-original", "BAN SAO", AMONG_OTHERS,
      N_("The page calls itself a copy: an original is needed.") },
    { "copy-not-original", "CHUNG THUC BAN SAO DUNG VOI BAN CHINH", AMONG_OTHERS,
      N_("The page is already a certified copy: an original is needed.") },
    { "copy-not-original", "CHUNG THUC BAN SAO DUNG VOI BAN CHINH", LINE,
      N_("The page is already a certified copy: an original is needed.") },
    { "copy-not-original", "SAO Y BAN CHINH", AMONG_OTHERS,
      N_("The page is already a copy: an original is needed.") },
    { "copy-not-original", "SAO Y", ALONE,
      N_("The page is already a copy: an original is needed.") },
    { "copy-not-original", "SAO LUC", ALONE,
      N_("The page is already a copy: an original is needed.") },
    { "copy-not-original", "SO CHUNG THUC", NUMBERED,
      N_("The page is already a certified copy: an original is needed.") },
    { "secret", "MAT", ALONE, N_("The page is marked secret.") },
    { "secret", "TOI MAT", ALONE, N_("The page is marked secret.") },
    { "secret", "TUYET MAT", ALONE, N_("The page is marked secret.") },
    { "no-copy", "KHONG SAO CHUP", AMONG_OTHERS, N_("The page says that it must not be copied.") },
    { "no-copy", "CAM SAO CHUP", AMONG_OTHERS, N_("The page says that it must not be copied.") },
    { "no-copy", "KHONG DUOC SAO CHUP", AMONG_OTHERS, N_("The page says that it must not be copied.") },
    { "unlawful-words", "CONG HOA MIEN NAM VIET NAM", ANY_WAY,
      N_("The page bears the name or words of another order of state: look at what it says.") },
    { "unlawful-words", "VIET NAM CONG HOA", AMONG_OTHERS,
      N_("The page bears the name or words of another order of state: look at what it says.") },
    { "unlawful-words", "LAT DO CHINH QUYEN", ANY_WAY,
      N_("The page bears the name or words of another order of state: look at what it says.") },
    { "unlawful-words", "CHONG CHE DO XA HOI CHU NGHIA", ANY_WAY,
      N_("The page bears the name or words of another order of state: look at what it says.") },
    { "self-written", "DON XIN", AMONG_OTHERS,
      N_("The paper was written by a person: does an office confirm and seal it?") },
    { "self-written", "DON DE NGHI", AMONG_OTHERS,
      N_("The paper was written by a person: does an office confirm and seal it?") },
    { "self-written", "GIAY VIET TAY", AMONG_OTHERS,
      N_("The paper was written by a person: does an office confirm and seal it?") },
    { "self-written", "BAN CAM KET", AMONG_OTHERS,
      N_("The paper was written by a person: does an office confirm and seal it?") },
    { "self-written", "SO YEU LY LICH", AMONG_OTHERS,
      N_("The paper was written by a person: does an office confirm and seal it?") },
};
/* clang-format on */

/* How many words from i on say the phrase; 0: they do not. */
static size_t
phrase_at(const SaoyLine *line, size_t i, const char *phrase, Standing standing)
{
    g_autoptr(GString) said = g_string_new(NULL);

    for (size_t n = 0; i + n < line->n && said->len < strlen(phrase); n++) {
        g_autofree char *folded = saoy_line_fold(line->words[i + n].text);

        if (folded[0] == '\0' || (n > 0 && saoy_line_gap(line, i + n)) ||
            (standing < ANY_WAY && saoy_line_capitals(line->words[i + n].text) < 1))
            return 0;
        g_string_append_printf(said, "%s%s", said->len > 0 ? " " : "", folded);
        if (g_str_equal(said->str, phrase))
            return n + 1;
    }
    return 0;
}

static bool
stands(const SaoyLine *line, size_t i, size_t n, Standing standing)
{
    if (standing == ALONE || standing == LINE)
        return n == line->n;
    return standing != NUMBERED || (i == 0 && strpbrk(line->folded, "0123456789") != NULL);
}

/* A will that was certified says so as a copy does: of its kind that is a label. */
static bool
is_label_of(const SaoyKindRule *kind, const char *phrase)
{
    for (guint f = 0; kind != NULL && f < kind->fields->len; f++) {
        const SaoyLabel *label = g_array_index(kind->fields, SaoyFieldRule, f).labels;

        for (; label->text != NULL; label++)
            if (g_str_equal(label->text, phrase))
                return true;
    }
    return false;
}

static void
check_line(const SaoyCase *c, const SaoyLine *line, unsigned page, GArray *flags)
{
    for (size_t r = 0; r < G_N_ELEMENTS(phrases); r++)
        for (size_t i = 0; i < line->n; i++) {
            const PhraseRule *rule = &phrases[r];
            size_t n = phrase_at(line, i, rule->phrase, rule->standing);

            if (n > 0 && stands(line, i, n, rule->standing) &&
                !is_label_of(c->rule, rule->phrase))
                saoy_flag_add(flags, rule->rule, page, saoy_words_box(line->words + i, n),
                              rule->text);
        }
}

/* What makes this kind no original, as its file says. */
static void
check_copy_marks(const SaoyCase *c, const SaoyLine *line, unsigned page, GArray *flags)
{
    for (size_t m = 0; c->rule != NULL && c->rule->copy_marks[m] != NULL; m++)
        for (size_t i = 0; i < line->n; i++) {
            size_t n = phrase_at(line, i, c->rule->copy_marks[m], AMONG_OTHERS);

            if (n > 0)
                saoy_flag_add(flags, "copy-not-original", page,
                              saoy_words_box(line->words + i, n),
                              N_("The page calls itself a copy: an original is needed."));
        }
}

static bool
is_vietnamese(const char *word)
{
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if ((c >= 0x1ea0 && c <= 0x1ef9) || c == 0x110 || c == 0x111 || c == 0x1a0 ||
            c == 0x1a1 || c == 0x1af || c == 0x1b0 || c == 0x102 || c == 0x103)
            return true;
    }
    return false;
}

/* A foreign passport, residence card, driving licence or diploma needs no legalisation
 * (Thông tư 01/2020/TT-BTP); which paper this is the officer sees. The stamp of the
 * consular department takes the flag away. */
static void
check_language(const SaoyWords *words, unsigned page, GArray *flags)
{
    g_autofree char *text = saoy_words_text(words);
    g_autofree char *folded = saoy_line_fold(text);
    size_t vietnamese = 0;

    for (size_t i = 0; i < words->n; i++)
        vietnamese += is_vietnamese(words->items[i].text);
    if (words->n >= 40 && vietnamese * 12 < words->n &&
        strstr(folded, "HOP PHAP HOA LANH SU") == NULL)
        saoy_flag_add(flags, "foreign-paper", page, (SaoyBox){ 0 },
                      N_("The page is not in Vietnamese: a foreign paper may need "
                         "legalisation."));
}

void
saoy_check_phrases(const SaoyCase *c, GArray *flags)
{
    for (size_t p = 0; p < c->n; p++) {
        g_autoptr(GArray) lines = saoy_lines_of(&c->pages[p]);
        g_autoptr(GArray) columns = saoy_columns_of(lines);

        for (guint l = 0; l < columns->len; l++) {
            const SaoyLine *line = &g_array_index(columns, SaoyLine, l);

            check_line(c, line, (unsigned)p, flags);
            check_copy_marks(c, line, (unsigned)p, flags);
        }
        check_language(&c->pages[p], (unsigned)p, flags);
    }
}
