#pragma once
#include "flow/session.h"

/* Translated; static; the name itself when it is a new one. */
const char *saoy_field_label(const char *name);

/* A field as people write it and back: dates are "20/06/2012" to them and "2012-06-20" to
 * us. What is no date goes through unchanged. Free with g_free. */
char *saoy_field_shown(const char *name, const char *value);
char *saoy_field_taken(const char *name, const char *typed);
