#pragma once

/* Translated; static. */
const char *saoy_warning_todo(const char *rule); /* never NULL */
const char *saoy_field_label(const char *name);  /* the name itself when it is a new one */
