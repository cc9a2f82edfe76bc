#pragma once
#include <gtk/gtk.h>
#include <stdbool.h>

/* An on-screen keyboard that types into one editable. EMAIL has letters, figures and @ . _
 * -; NAME adds capitals, space, ă â đ ê ô ơ ư and the five tone marks, which go to the
 * vowel before the cursor (result NFC). */
typedef enum { SAOY_KEYS_EMAIL, SAOY_KEYS_NAME } SaoyKeys;
GtkWidget *saoy_keyboard_new(GtkEditable *editable, SaoyKeys keys);

/* The text with the tone (a combining mark) on the right vowel; free with g_free. For
 * tests. */
char *saoy_keyboard_tone(const char *text, gunichar mark);
