#pragma once
#include "config.h"

/* `saoy-hub key`: a line per credential. `saoy-hub log`: a line per archived file, then the
 * tree's head; UNTRUSTED when the stored tree does not lead from the leaves to the head. */
bool saoy_show_keys(const SaoyHubConfig *config, GError **error);
bool saoy_show_log(const SaoyHubConfig *config, GError **error);
