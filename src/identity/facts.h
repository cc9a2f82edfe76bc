#pragma once
#include "identity/reader.h"
#include "passive.h"

/* Fills the person, the portrait and active_auth from the files that were read; nothing is
 * proven by it. MALFORMED: DG1 or DG2 does not parse, or there is no DG1. */
bool saoy_facts_take(const SaoyLdsFiles *files, SaoyIdentity *who, GError **error);
