#pragma once
#include "link.h"

/* Elementary files over a link (ISO 7816-4 SELECT, READ BINARY). */
enum {
    SAOY_EF_CARD_ACCESS = 0x011c,
    SAOY_EF_SOD = 0x011d,
    SAOY_EF_CARD_SECURITY = 0x011d, /* below the master file */
    SAOY_EF_COM = 0x011e,
};

/* SELECT by file identifier; any status word is a success. */
bool saoy_ef_select(SaoyLink *link, uint16_t id, uint16_t *out_sw, GError **error);

/* Reads the selected file, which must be one BER-TLV object, whole; bytes behind it are
 * cut. Wiped when the last reference goes. MALFORMED when it is larger than max, ends
 * early, or comes in crumbs; REFUSED when the chip will not read. */
GBytes *saoy_ef_fetch(SaoyLink *link, size_t max, GError **error);

/* SELECT by application or master file name; tries the known P2 variants. */
bool saoy_application_select(SaoyLink *link, uint16_t *out_sw, GError **error);
bool saoy_master_select(SaoyLink *link, uint16_t *out_sw, GError **error);

/* Bytes that are wiped when the last reference goes. Takes array. */
GBytes *saoy_bytes_take(GByteArray *array);
