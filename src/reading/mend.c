#include "mend.h"

#include "kinds.h"
#include "line.h"
#include "ocr.h"
#include "syllable.h"

#include <string.h>

enum {
    SURE = 90,     /* a word read so teaches how others are spelt */
    DOUBTFUL = 80, /* below it even a word in plain letters may have lost its marks */
};

/* Letters that Tesseract's `vie` gives and no Vietnamese word has. */
static const struct {
    gunichar stray;
    const char *like; /* the likeliest first */
} strays[] = {
    { 0xe4, "ãâaă" }, { 0xe5, "ăâa" },  { 0xeb, "êẽe" },  { 0xef, "ĩịi" },
    { 0xee, "ĩi" },   { 0xf6, "õôơo" }, { 0xf8, "ơoø" },  { 0xfc, "ũưu" },
    { 0xfb, "ũưu" },  { 0xff, "ỹy" },   { 0xf1, "n" },    { 0xe7, "c" },
    { 0xa1, "i" },    { 0x131, "i" },   { 0x11b, "êẽe" }, { 0x1d0, "ĩi" },
    { 0x1ce, "ăãa" }, { 0x1d2, "õôo" }, { 0x1d4, "ũưu" },
};

static const char *const families[] = { "aăâ", "eê", "oôơ", "uư", "dđ", "il", "nu", "ce" };

/* ---- what is known to be spelt right */

static void
learn(GHashTable *known, const char *word)
{
    g_autofree char *low = g_utf8_strdown(word, -1);

    if (saoy_syllable_is_lawful(low)) {
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(known, low));
        g_hash_table_insert(known, g_steal_pointer(&low), GUINT_TO_POINTER(n + 1));
    }
}

static void
learn_text(const char *text, void *known)
{
    g_auto(GStrv) words = g_strsplit_set(text, " ,;:.()/-", -1);

    for (size_t i = 0; words[i] != NULL; i++)
        if (words[i][0] != '\0')
            learn(known, words[i]);
}

static GHashTable *
known_words(const SaoyWords *words)
{
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    saoy_kind_each_text(learn_text, known);
    for (size_t i = 0; i < words->n; i++)
        if (words->items[i].confidence >= SURE)
            learn_text(words->items[i].text, known);
    return known;
}

/* ---- one word */

bool
saoy_word_core(const char *word, const char **out_from, const char **out_to)
{
    const char *from = word, *to = word + strlen(word);

    while (from < to && !g_unichar_isalpha(g_utf8_get_char(from)) &&
           g_utf8_get_char(from) != 0xa1)
        from = g_utf8_next_char(from);
    while (to > from && !g_unichar_isalpha(g_utf8_get_char(g_utf8_prev_char(to))))
        to = g_utf8_prev_char(to);
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (g_unichar_isdigit(c) ||
            (p >= from && p < to && !g_unichar_isalpha(c) && c != 0xa1))
            return false;
    }
    *out_from = from;
    *out_to = to;
    return from < to && to - from <= SAOY_CORE;
}

/* The syllables that may be meant, how often each is known; the best and whether it is
 * alone at the top. */
typedef struct {
    GHashTable *known;
    char *best;
    guint most;
    bool tie;
} Choice;

static void
consider(Choice *choice, const char *word)
{
    g_autofree char *placed = saoy_syllable_placed(word);
    g_autofree char *low = placed != NULL ? g_utf8_strdown(placed, -1) : NULL;
    guint n = low != NULL ? GPOINTER_TO_UINT(g_hash_table_lookup(choice->known, low)) : 0;

    if (n == 0 || (choice->best != NULL && g_str_equal(choice->best, placed)))
        return;
    choice->tie = n == choice->most;
    if (n <= choice->most)
        return;
    g_free(choice->best);
    choice->best = g_steal_pointer(&placed);
    choice->most = n;
}

/* The letter at i made another, in its case. */
static void
consider_letter(Choice *choice, const gunichar *letters, glong n, glong i, gunichar other)
{
    gunichar changed[SAOY_CORE];

    memcpy(changed, letters, (size_t)n * sizeof *letters);
    changed[i] = g_unichar_isupper(letters[i]) ? g_unichar_toupper(other) : other;
    g_autofree char *word = g_ucs4_to_utf8(changed, n, NULL, NULL, NULL);
    consider(choice, word);
}

static void
consider_family(Choice *choice, const gunichar *letters, glong n, glong i)
{
    SaoyTone tone = SAOY_TONE_LEVEL;
    gunichar plain = g_unichar_tolower(saoy_letter_plain(letters[i], &tone));

    for (size_t f = 0; f < G_N_ELEMENTS(families); f++) {
        if (g_utf8_strchr(families[f], -1, plain) == NULL)
            continue;
        for (const char *p = families[f]; *p != '\0'; p = g_utf8_next_char(p))
            for (int t = 0; t < SAOY_TONE_N; t++)
                consider_letter(
                    choice, letters, n, i,
                    saoy_letter_toned(g_utf8_get_char(p), t == 0 ? tone : (SaoyTone)t));
    }
    if (tone != SAOY_TONE_LEVEL)
        consider_letter(choice, letters, n, i, plain);
}

/* Known words one letter away. */
static char *
known_like(const char *core, GHashTable *known)
{
    glong n = 0;
    g_autofree gunichar *letters = g_utf8_to_ucs4_fast(core, -1, &n);
    Choice choice = { .known = known };

    for (glong i = 0; i < n; i++)
        consider_family(&choice, letters, n, i);
    if (choice.tie)
        g_clear_pointer(&choice.best, g_free);
    return choice.best;
}

static const char *
stray_like(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strays); i++)
        if (strays[i].stray == g_unichar_tolower(c))
            return strays[i].like;
    return NULL;
}

/* The first stray letter made what it looks like: what makes a syllable, else the first; a
 * letter that stands alone counts something and has no marks. */
static char *
without_stray(const char *core)
{
    for (const char *p = core; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        const char *like = saoy_letter_is_ours(c) ? NULL : stray_like(c);
        g_autofree char *first = NULL;

        for (; like != NULL && *like != '\0'; like = g_utf8_next_char(like)) {
            gunichar other = g_utf8_get_char(like);

            if (other > 127 && *g_utf8_next_char(core) == '\0')
                continue;
            g_autoptr(GString) word = g_string_new_len(core, p - core);

            g_string_append_unichar(word, g_unichar_isupper(c) ? g_unichar_toupper(other)
                                                               : other);
            g_string_append(word, g_utf8_next_char(p));
            g_autofree char *placed = saoy_syllable_placed(word->str);
            if (placed != NULL)
                return g_steal_pointer(&placed);
            if (first == NULL)
                first = g_string_free(g_steal_pointer(&word), FALSE);
        }
        if (first != NULL)
            return g_steal_pointer(&first);
    }
    return NULL;
}

static bool
is_plain(const char *core)
{
    for (; *core != '\0'; core++)
        if ((guchar)*core > 127)
            return false;
    return true;
}

/* NULL: as it is. */
static char *
mended(const char *core, int confidence, GHashTable *known)
{
    g_autofree char *clean = without_stray(core);
    const char *word = clean != NULL ? clean : core;
    g_autofree char *placed = saoy_syllable_placed(word);

    if (placed != NULL)
        return g_str_equal(placed, core) ? NULL : g_steal_pointer(&placed);
    if (is_plain(word) && confidence >= DOUBTFUL)
        return NULL; /* a foreign word, or letters that stand for something */
    g_autofree char *like = known_like(word, known);
    return like != NULL ? g_steal_pointer(&like) : g_steal_pointer(&clean);
}

/* "25I08I2026" is a date: nothing else has two, two and four figures between such strokes.
 */
static void
mend_date(char *text)
{
    static const char shape[] = "00/00/0000";
    size_t i = 0;

    for (; shape[i] != '\0' && text[i] != '\0'; i++)
        if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : strchr("/Il|", text[i]) == NULL)
            return;
    if (shape[i] == '\0' && !g_ascii_isalnum(text[i]))
        text[2] = text[5] = '/';
}

/* "SốINo:" is "Số/No:": in a word no capital follows a small letter. */
static void
mend_slash(char *text)
{
    for (char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        const char *last = g_utf8_find_prev_char(text, p);

        if (strchr("Il|1", *p) != NULL && last != NULL &&
            g_unichar_islower(g_utf8_get_char(last)) &&
            g_unichar_isupper(g_utf8_get_char(p + 1)))
            *p = '/';
    }
}

static void
mend_word(SaoyWord *word, GHashTable *known)
{
    const char *from = NULL, *to = NULL;

    mend_date(word->text);
    mend_slash(word->text);
    if (!saoy_word_core(word->text, &from, &to))
        return;
    g_autofree char *core = g_strndup(from, (size_t)(to - from));
    g_autofree char *better = mended(core, word->confidence, known);
    if (better == NULL)
        return;
    char *text =
        g_strdup_printf("%.*s%s%s", (int)(from - word->text), word->text, better, to);
    explicit_bzero(word->text, strlen(word->text));
    g_free(word->text);
    word->text = text;
}

void
saoy_words_mend(SaoyWords *words)
{
    g_autoptr(GHashTable) known = known_words(words);

    for (size_t i = 0; i < words->n; i++)
        mend_word(&words->items[i], known);
}
