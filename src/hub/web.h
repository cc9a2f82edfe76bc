#pragma once
#include "core/json.h"

/* Files built into the program: templates, css, schema. path below src/hub, e.g.
 * "web/login.html". Aborts when it is not there: it was there when we were linked. */
char *saoy_web_file(const char *path);

/* Fills a template of src/hub/web with a JSON object, HTML-escaping everything:
 *   {{key}}                 text or integer; nothing when absent
 *   {{#key}}…{{/key}}       once for true, text that is not "", or an object; for each of a
 * list
 *   {{^key}}…{{/key}}       when that would be nothing
 *   {{.}}                   the list's own text
 *   {{>name}}               another template, name.html
 * Keys are looked up in the innermost object first, then outwards. Free with g_free. */
char *saoy_web_render(const char *name, const SaoyJson *values);

/* The same on a text, for tests. */
char *saoy_web_render_text(const char *text, const SaoyJson *values);
