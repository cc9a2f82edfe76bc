#pragma once
#include "config.h"

/* Serves until SIGTERM or SIGINT: two listeners, workers, long polls, the finisher. Prints
 * one line when ready. Main thread. A port 0 in [public] url becomes the one that was
 * found. */
bool saoy_hub_serve(SaoyHubConfig *config, GError **error);
