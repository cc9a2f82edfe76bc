#pragma once
#include "document/record.h"

/* The XMP packet of a copy: PDF/A-2b, Dublin Core, and our own properties with their
 * extension schema (ISO 19005-2, 6.6.2.3). Free with g_free. */
#define SAOY_PRODUCER "Sao Y"
#define SAOY_XMP_NAMESPACE "urn:saoy:copy:1#"
char *saoy_xmp_packet(const SaoyApproval *approval, const char *title);
