#pragma once
#include "core/bytes.h"

/* RFC 9285. encode: free with g_free. decode: MALFORMED with the offset. */
char *saoy_base45_encode(SaoyView bytes);
GBytes *saoy_base45_decode(const char *text, GError **error);
