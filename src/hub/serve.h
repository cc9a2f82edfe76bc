#pragma once
#include "config.h"

/* Serves until SIGTERM or SIGINT: two listeners, workers, long polls, the finisher. Prints
 * one line when ready. Main thread. */
bool saoy_hub_serve(const SaoyHubConfig *config, GError **error);
