#include "title.h"
#include "core/text.h"
#include "syllable.h"
#include "value.h"

#include <string.h>

#define MOST_TITLE 200
#define TITLE_CAPITALS 0.7
#define SURE 90 /* a syllable read so is the one that is printed */

static bool
is_sure(const SaoyWord *word)
{
    g_autofree char *low = g_utf8_strdown(word->text, -1);

    low[strcspn(low, ",;:.")] = '\0';
    return word->confidence >= SURE && saoy_syllable_is_lawful(low);
}

/* One word of a title, with a letter misread; never a figure. */
static bool
is_title_word(const SaoyWord *word, const char *said, const char *known)
{
    if (g_str_equal(said, known))
        return true;
    return strlen(known) >= 3 && strpbrk(known, "0123456789") == NULL &&
           saoy_line_alike(said, known) >=
               1 - 1.0 / (double)MAX(strlen(known), strlen(said)) - 1e-9 &&
           !is_sure(word);
}

/* The next word of a title that is no sign; a sign before it goes to *out_sign. */
static const char *
next_word(char **want, size_t *at, const char **out_sign)
{
    *out_sign = NULL;
    for (; want[*at] != NULL; ++*at) {
        g_autofree char *folded = saoy_line_fold(want[*at]);

        if (folded[0] != '\0')
            return want[*at];
        *out_sign = want[*at];
    }
    return NULL;
}

/* One sign, or one letter that a sign was read as. */
static bool
is_sign(const char *text)
{
    g_autofree char *folded = saoy_line_fold(text);

    return folded[0] == '\0' || (g_utf8_strlen(text, -1) == 1 && !g_ascii_isdigit(text[0]));
}

static void
append(GString *out, const char *text, size_t n)
{
    g_string_append_printf(out, "%s%.*s", out->len > 0 ? " " : "", (int)n, text);
}

/* The words from i on say this title: as the kind spells it, a sign between them as read,
 * and what follows as read. NULL: they do not. */
static char *
spelt(const SaoyWord *words, size_t n, size_t i, const char *title)
{
    g_auto(GStrv) want = g_strsplit(title, " ", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    const char *sign = NULL;
    bool printed = false;
    size_t at = 0;

    for (; i < n; i++) {
        const char *known = next_word(want, &at, &sign);
        g_autofree char *said = saoy_line_fold(words[i].text);
        g_autofree char *folded = known != NULL ? saoy_line_fold(known) : NULL;
        bool same = known != NULL && is_title_word(&words[i], said, folded);

        if (known == NULL &&
            (is_sign(words[i].text) || saoy_line_capitals(words[i].text) < TITLE_CAPITALS))
            break; /* what a stamp or a ground left behind it */
        if (!same && known != NULL && (at == 0 || !is_sign(words[i].text)))
            return NULL;
        if (!same) {
            bool printed_so =
                strpbrk(words[i].text, "-/") != NULL || g_str_equal(words[i].text, "–");
            const char *text = sign != NULL && !printed_so ? sign : words[i].text;

            append(out, text, strlen(text));
            printed = true;
            continue;
        }
        if (sign != NULL && !printed)
            append(out, sign, strlen(sign)); /* too fine to be read */
        append(out, known, strcspn(known, ",;"));
        g_string_append(out, g_str_has_suffix(words[i].text, ",") ? "," : "");
        printed = false;
        at++;
    }
    return next_word(want, &at, &sign) == NULL ? g_string_free(g_steal_pointer(&out), FALSE)
                                               : NULL;
}

/* A known title whose marks were misread is still known: "BANG CƯ NHAN"; what a stamp left
 * before it is no part of it. NULL: it is said otherwise. */
static char *
with_marks(const SaoyKindRule *rule, const SaoyWord *words, size_t n)
{
    size_t most = 0;
    char *best = NULL;

    for (size_t i = 0; rule->titles[i] != NULL; i++)
        for (size_t from = 0; from < n; from++) {
            g_autofree char *text = spelt(words, n, from, rule->title_texts[i]);

            if (text == NULL || strlen(rule->titles[i]) <= most)
                continue;
            most = strlen(rule->titles[i]);
            g_free(best);
            best = saoy_text_clean(text, MOST_TITLE);
        }
    return best;
}

char *
saoy_title_text(const SaoyKindRule *rule, const SaoyTitle *title, SaoyBox *out_box,
                int *out_confidence)
{
    g_autoptr(GArray) words = g_array_new(FALSE, FALSE, sizeof(SaoyWord));
    size_t used = 0;

    *out_confidence = 100;
    for (size_t i = 0; i < title->n; i++)
        g_array_append_vals(words, title->lines[i]->words, (guint)title->lines[i]->n);
    const SaoyWord *first = (const SaoyWord *)(void *)words->data;
    for (guint i = 0; i < words->len; i++)
        *out_confidence = MIN(*out_confidence, first[i].confidence);
    *out_box = saoy_words_box(first, words->len);
    char *text = with_marks(rule, first, words->len);
    return text != NULL ? text
                        : saoy_value_of(SAOY_VALUE_TITLE, NULL, first, words->len, &used);
}

bool
saoy_title_has(const SaoyTitle *title, const SaoyWord *word)
{
    for (size_t i = 0; i < title->n; i++)
        if (word >= title->lines[i]->words &&
            word < title->lines[i]->words + title->lines[i]->n)
            return true;
    return false;
}
