#pragma once
#include "signature/revocation.h"

/* Is the response of a shape that can be read, with few certificates, and about that serial
 * number? Read as bytes, nothing of it is parsed or believed. */
bool saoy_ocsp_is_about(SaoyView response, SaoyView certificate);
