#pragma once
#include "request.h"

/* Every address the hub answers, one row each. */
const SaoyRoute *saoy_routes(size_t *n);
