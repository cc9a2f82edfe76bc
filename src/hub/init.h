#pragma once
#include <glib.h>
#include <stdbool.h>

/* Makes a working folder: hub.conf, kiosk.conf, hub.db, blobs, vault key, test PKI. What is
 * there is left as it is. Ports: 0 any free one when serving. */
bool saoy_hub_init(const char *dir, int port, int public_port, GError **error);
