#pragma once
#include "node.h"

/* Delivers what is due in the outbox: mails by [mail]; without a server they stay queued.
 * "settle" and "give_back" wait for a payment connector, which this version has not. */
bool saoy_mailer_work(SaoyNode *node, GError **error);
