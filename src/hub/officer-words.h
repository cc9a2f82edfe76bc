#pragma once
#include "core/json.h"

/* What our protocols' words and the reading's names are called before an officer:
 * Vietnamese. Results live for ever, or as long as what was passed in. */

/* Sets key to the text of a state, proof or outcome, and key_tone to good, warn, bad,
 * plain. */
void saoy_words_set(SaoyJson *values, const char *key, const char *word);

/* The sentence of a reading rule; the kiosk's own sentence when the rule is not known here.
 */
const char *saoy_words_of_rule(const char *rule, const char *text);
/* Of what the chip says twice and differently (SaoyIdentity.contradiction). */
const char *saoy_words_of_contradiction(const char *what);
const char *
saoy_words_of_field(const char *name); /* the name itself when it is not known */
