#pragma once
#include <gio/gio.h>
#include <stdbool.h>

G_BEGIN_DECLS

/* Weights by models/manifest.txt: lines "file sha256 licence origin". A file is looked for
 * in $SAOY_MODELS_DIR, the installed models folder, models/; a wrong hash is refused
 * (UNTRUSTED), absence is NO_MEDIA. The bytes are what was hashed. */
GBytes *saoy_model_load(const char *file, GError **error);

/* For doctor: every line of the manifest with "ok", "missing" or "wrong hash". */
typedef void SaoyModelFunc(const char *file, const char *state, void *user);
bool saoy_model_each(SaoyModelFunc *each, void *user, GError **error);

G_END_DECLS
