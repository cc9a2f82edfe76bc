#pragma once
#include "maint/maint.h"

/* The store of issuers whose chips are believed: how many, what is wrong with which file,
 * days left of the operator's own. dir: NULL or "" when there is none. */
void saoy_check_chip_issuers(const char *dir, GPtrArray *checks);
