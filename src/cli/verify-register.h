#pragma once
#include "core/bytes.h"
#include "net/http.h"

/* Asks a hub's register about a file: GET /api/v1/copies/{id}?t=token, compared by SHA-256.
 * A SaoyRegisterFunc; user is the SaoyHttp. */
const char *saoy_register_ask(void *user, const char *copy_id, const char *token,
                              SaoyView sha256);
