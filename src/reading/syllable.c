#include "syllable.h"

#include <string.h>

#define MOST_LETTERS 8u /* "nghiêng" has seven */

/* clang-format off */

/* Onsets by the letters that may follow them; of two that fit the first is meant: "giá" is
 * gi and a, "gì" is g and i. */
typedef enum { BEFORE_ANY, BEFORE_BACK, BEFORE_FRONT, BEFORE_I } Place;

static const struct {
    const char *text;
    Place before;
} onsets[] = {
    { "", BEFORE_ANY }, { "b", BEFORE_ANY }, { "c", BEFORE_BACK }, { "ch", BEFORE_ANY },
    { "d", BEFORE_ANY }, { "đ", BEFORE_ANY }, { "gi", BEFORE_ANY }, { "g", BEFORE_BACK },
    { "g", BEFORE_I }, { "gh", BEFORE_FRONT }, { "h", BEFORE_ANY },
    { "k", BEFORE_FRONT }, { "kh", BEFORE_ANY }, { "l", BEFORE_ANY }, { "m", BEFORE_ANY },
    { "n", BEFORE_ANY }, { "ng", BEFORE_BACK }, { "ngh", BEFORE_FRONT },
    { "nh", BEFORE_ANY }, { "p", BEFORE_ANY }, { "ph", BEFORE_ANY }, { "r", BEFORE_ANY },
    { "s", BEFORE_ANY }, { "t", BEFORE_ANY }, { "th", BEFORE_ANY }, { "tr", BEFORE_ANY },
    { "v", BEFORE_ANY }, { "x", BEFORE_ANY },
};

/* Rimes in groups of one nucleus. */
static const char *const rimes[] = {
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay",
    "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây",
    "e", "ec", "em", "en", "eng", "eo", "ep", "et",
    "ê", "êch", "êm", "ên", "ênh", "êp", "êt", "êu",
    "i", "ia", "ich", "im", "in", "inh", "ip", "it", "iu",
    "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu",
    "o", "oc", "oi", "om", "on", "ong", "op", "ot", "ooc", "oong",
    "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay",
    "oăc", "oăm", "oăn", "oăng", "oăt", "oe", "oen", "oeo", "oet",
    "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt",
    "ơ", "ơi", "ơm", "ơn", "ơp", "ơt",
    "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut",
    "uôc", "uôi", "uôm", "uôn", "uông", "uôt",
    "uân", "uâng", "uât", "uây", "uê", "uêch", "uêu", "uênh", "uơ",
    "uy", "uya", "uych", "uyên", "uyêt", "uynh", "uyp", "uyt", "uyu",
    "ư", "ưa", "ưc", "ưi", "ưng", "ưt", "ưu",
    "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu",
    "y", "yêm", "yên", "yêng", "yêt", "yêu",
};

/* What may stand behind "qu", whose u is its own. */
static const char *const rimes_of_qu[] = {
    "a", "ac", "ach", "ai", "an", "ang", "anh", "ao", "ap", "at", "au", "ay",
    "ăc", "ăm", "ăn", "ăng", "ăp", "ăt", "ân", "âng", "âp", "ât", "ây",
    "e", "en", "eng", "eo", "et", "ê", "êch", "ên", "ênh", "êt", "êu",
    "i", "ich", "in", "inh", "it", "iu", "ơ", "ơi", "ơn", "ơt", "ôc",
    "y", "ych", "ynh", "yt", "yên", "yêt", "yêu",
};

/* Bare letter, then level and the five marks in the order of SaoyTone. */
static const gunichar letters[][SAOY_TONE_N] = {
    { 'a', 0xe1, 0xe0, 0x1ea3, 0xe3, 0x1ea1 },         { 0x103, 0x1eaf, 0x1eb1, 0x1eb3, 0x1eb5, 0x1eb7 },
    { 0xe2, 0x1ea5, 0x1ea7, 0x1ea9, 0x1eab, 0x1ead },  { 'e', 0xe9, 0xe8, 0x1ebb, 0x1ebd, 0x1eb9 },
    { 0xea, 0x1ebf, 0x1ec1, 0x1ec3, 0x1ec5, 0x1ec7 },  { 'i', 0xed, 0xec, 0x1ec9, 0x129, 0x1ecb },
    { 'o', 0xf3, 0xf2, 0x1ecf, 0xf5, 0x1ecd },         { 0xf4, 0x1ed1, 0x1ed3, 0x1ed5, 0x1ed7, 0x1ed9 },
    { 0x1a1, 0x1edb, 0x1edd, 0x1edf, 0x1ee1, 0x1ee3 }, { 'u', 0xfa, 0xf9, 0x1ee7, 0x169, 0x1ee5 },
    { 0x1b0, 0x1ee9, 0x1eeb, 0x1eed, 0x1eef, 0x1ef1 }, { 'y', 0xfd, 0x1ef3, 0x1ef7, 0x1ef9, 0x1ef5 },
};
/* clang-format on */

gunichar
saoy_letter_plain(gunichar c, SaoyTone *out_tone)
{
    gunichar low = g_unichar_tolower(c);

    *out_tone = SAOY_TONE_LEVEL;
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        for (int t = 1; t < SAOY_TONE_N; t++)
            if (letters[i][t] == low) {
                *out_tone = (SaoyTone)t;
                return c == low ? letters[i][0] : g_unichar_toupper(letters[i][0]);
            }
    return c;
}

gunichar
saoy_letter_toned(gunichar c, SaoyTone tone)
{
    gunichar low = g_unichar_tolower(c);

    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (letters[i][0] == low)
            return c == low ? letters[i][tone] : g_unichar_toupper(letters[i][tone]);
    return c;
}

bool
saoy_letter_is_ours(gunichar c)
{
    SaoyTone tone = SAOY_TONE_LEVEL;
    gunichar plain = g_unichar_tolower(saoy_letter_plain(c, &tone));

    if (plain < 128)
        return g_ascii_isalpha((char)plain);
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++)
        if (letters[i][0] == plain)
            return true;
    return plain == 0x111;
}

/* "eêiy" stand behind k, gh, ngh; all others behind c, g, ng. */
static bool
goes_with(Place place, const char *rime)
{
    gunichar first = g_utf8_get_char(rime);
    bool front = first == 'e' || first == 0xea || first == 'i' || first == 'y';

    switch (place) {
    case BEFORE_BACK:
        return !front;
    case BEFORE_FRONT:
        return front;
    case BEFORE_I:
        return first == 'i';
    default:
        return true;
    }
}

static bool
is_among(const char *const *list, size_t n, const char *rime)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(list[i], rime))
            return true;
    return false;
}

/* Where the rime begins in a word without tones; NULL: this is no syllable. */
static const char *
rime_of(const char *plain)
{
    if (g_str_has_prefix(plain, "qu") &&
        is_among(rimes_of_qu, G_N_ELEMENTS(rimes_of_qu), plain + 2))
        return plain + 2;
    for (size_t i = 0; i < G_N_ELEMENTS(onsets); i++) {
        const char *rime = plain + strlen(onsets[i].text);

        if (g_str_has_prefix(plain, onsets[i].text) && *rime != '\0' &&
            goes_with(onsets[i].before, rime) && is_among(rimes, G_N_ELEMENTS(rimes), rime))
            return rime;
    }
    return NULL;
}

/* Stopped syllables are said with a rising or a heavy tone only. */
static bool
is_stopped(const char *rime)
{
    size_t n = strlen(rime);

    return n > 1 && (strchr("cpt", rime[n - 1]) != NULL || g_str_has_suffix(rime, "ch"));
}

/* A vowel with a mark of its own bears the tone, the last of them; else of two or three
 * vowels the one before the last, and the last before a consonant. */
static size_t
place_of_tone(const gunichar *rime, size_t n)
{
    size_t vowels = 0, marked = n;

    for (; vowels < n && saoy_letter_toned(rime[vowels], SAOY_TONE_ACUTE) != rime[vowels];
         vowels++)
        if (rime[vowels] > 127)
            marked = vowels;
    if (marked < n)
        return marked;
    if (vowels == 1)
        return 0;
    return vowels == n ? vowels - 2 : vowels - 1;
}

static bool
has_two_styles(const char *rime)
{
    return g_str_equal(rime, "oa") || g_str_equal(rime, "oe") || g_str_equal(rime, "uy");
}

typedef struct {
    gunichar letters[MOST_LETTERS]; /* as written, without tone */
    size_t n, tone_at;
    SaoyTone tone;
} Spelt;

/* False: too long, or two tone marks. */
static bool
spell(const char *word, Spelt *out)
{
    *out = (Spelt){ 0 };
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        SaoyTone tone = SAOY_TONE_LEVEL;

        if (out->n == MOST_LETTERS)
            return false;
        out->letters[out->n] = saoy_letter_plain(g_utf8_get_char(p), &tone);
        if (tone != SAOY_TONE_LEVEL && out->tone != SAOY_TONE_LEVEL)
            return false;
        if (tone != SAOY_TONE_LEVEL) {
            out->tone = tone;
            out->tone_at = out->n;
        }
        out->n++;
    }
    return out->n > 0;
}

char *
saoy_syllable_placed(const char *word)
{
    char plain[MOST_LETTERS * 4 + 1] = "", *end = plain;
    Spelt spelt;

    if (!spell(word, &spelt))
        return NULL;
    for (size_t i = 0; i < spelt.n; i++)
        end += g_unichar_to_utf8(g_unichar_tolower(spelt.letters[i]), end);
    *end = '\0';
    const char *rime = rime_of(plain);
    if (rime == NULL ||
        (is_stopped(rime) && spelt.tone != SAOY_TONE_ACUTE && spelt.tone != SAOY_TONE_DOT))
        return NULL;
    size_t from = (size_t)g_utf8_pointer_to_offset(plain, rime);
    gunichar low[MOST_LETTERS];
    for (size_t i = from; i < spelt.n; i++)
        low[i - from] = g_unichar_tolower(spelt.letters[i]);
    size_t at = from + place_of_tone(low, spelt.n - from);
    if (has_two_styles(rime) && spelt.tone_at >= from)
        at = spelt.tone_at;
    spelt.letters[at] = saoy_letter_toned(spelt.letters[at], spelt.tone);
    return g_ucs4_to_utf8(spelt.letters, (glong)spelt.n, NULL, NULL, NULL);
}

bool
saoy_syllable_is_lawful(const char *word)
{
    g_autofree char *placed = saoy_syllable_placed(word);

    return placed != NULL && g_str_equal(placed, word);
}

static void
each_rime(const char *onset, const char *rime, GHashTable *seen, SaoySyllableFunc *each,
          void *user)
{
    char *plain = g_strconcat(onset, rime, NULL);

    if (g_hash_table_add(seen, plain))
        each(plain, is_stopped(rime), user);
}

void
saoy_syllable_each(SaoySyllableFunc *each, void *user)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(onsets); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(rimes); k++)
            if (goes_with(onsets[i].before, rimes[k]))
                each_rime(onsets[i].text, rimes[k], seen, each, user);
    for (size_t k = 0; k < G_N_ELEMENTS(rimes_of_qu); k++)
        each_rime("qu", rimes_of_qu[k], seen, each, user);
}
