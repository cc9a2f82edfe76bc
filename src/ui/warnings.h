#pragma once

/* Translated; static; never NULL. */
const char *saoy_warning_todo(const char *rule);
