#pragma once
#include <glib.h>
#include <stdbool.h>

/* Vietnamese spelling: a word is one syllable of onset, rime and tone. */
typedef enum {
    SAOY_TONE_LEVEL, /* no mark */
    SAOY_TONE_ACUTE,
    SAOY_TONE_GRAVE,
    SAOY_TONE_HOOK,
    SAOY_TONE_TILDE,
    SAOY_TONE_DOT,
    SAOY_TONE_N
} SaoyTone;

/* A letter without its tone mark, NFC ("ế" is "ê" and ACUTE); what has none is itself. */
gunichar saoy_letter_plain(gunichar c, SaoyTone *out_tone);
/* With one; c itself when it cannot carry it. */
gunichar saoy_letter_toned(gunichar c, SaoyTone tone);
/* One of the letters of Vietnamese and of the names and codes beside it: A to Z, Ă Â Đ Ê Ô
 * Ơ Ư with and without tone. */
bool saoy_letter_is_ours(gunichar c);

/* Whether a word of one lower case NFC syllable is spelt as a Vietnamese word can be: onset
 * before a rime it goes with, a tone the rime can bear, its mark where it belongs. */
bool saoy_syllable_is_lawful(const char *word);

/* The word with its tone mark where it belongs, letters and capitals as they are. Where
 * both styles are in use (hoà and hòa, khoẻ and khỏe, thuý and thúy) the writer's is kept.
 * NULL when the letters make no Vietnamese word, or there are two marks. Free with g_free.
 */
char *saoy_syllable_placed(const char *word);

/* Every lawful syllable without tone, for tests: calls each once. */
typedef void SaoySyllableFunc(const char *plain, bool stopped, void *user);
void saoy_syllable_each(SaoySyllableFunc *each, void *user);
