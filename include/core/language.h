#pragma once

/* The language a person reads: LANGUAGE through gettext, Vietnamese unless something else
 * is asked for. The process locale is always C.UTF-8 (product.md §2). Main thread. */
typedef enum { SAOY_LANGUAGE_VI, SAOY_LANGUAGE_EN } SaoyLanguage;

/* Once, first thing in a program. Catalogues: $SAOY_LOCALE_DIR, the "locale" folder beside
 * the program, share/locale of the installation. */
void saoy_language_start(void);

/* Every text asked for from now on is in this language. */
void saoy_language_use(SaoyLanguage language);
