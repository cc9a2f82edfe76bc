#pragma once
#include "node.h"

/* One round of the hub's own work: documents that were released or whose lease ran out are
 * issued, the outbox is delivered, old time stamps are renewed, what was never submitted is
 * deleted. Its own worker. */
bool saoy_finisher_work(SaoyNode *node, GError **error);
