#pragma once
#include "core/json.h"
#include "node.h"

/* Fills values with all that the officer's page shows of one dossier. */
bool saoy_officer_view(SaoyNode *node, const char *dossier, SaoyJson *values,
                       GError **error);
