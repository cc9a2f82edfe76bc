#pragma once
#include "link.h"

/* Elementary files over a link (ISO 7816-4 SELECT, READ BINARY). */
enum {
    SAOY_EF_CARD_ACCESS = 0x011c,
    SAOY_EF_SOD = 0x011d,
    SAOY_EF_CARD_SECURITY = 0x011d, /* below the master file */
    SAOY_EF_COM = 0x011e,
    SAOY_EF_ATR_INFO = 0x2f01, /* below the master file */
};

/* SELECT by file identifier. Vendors differ in P1, P2 and Le: the known variants are tried
 * in turn until the chip has found the file or says plainly that it has none; what has
 * worked comes first the next time. Any status word is a success. */
bool saoy_ef_select(SaoyLink *link, uint16_t id, uint16_t *out_sw, GError **error);

/* Reads the selected file, which must be one BER-TLV object, whole; bytes behind it are
 * cut. Wiped when the last reference goes. Chips may answer less than was asked for.
 * MALFORMED when it announces more than max, ends early, or comes in crumbs; REFUSED when
 * the chip will not read. */
GBytes *saoy_ef_fetch(SaoyLink *link, size_t max, GError **error);

/* The fewest bytes that SELECT and READ BINARY of a file of size bytes take: one READ
 * BINARY, or as many as the longest answer demands that the chip is not known to refuse,
 * and secure messaging as it stands. */
size_t saoy_ef_least(const SaoyLink *link, size_t size);

/* SELECT by application or master file name; tries the known variants. */
bool saoy_application_select(SaoyLink *link, uint16_t *out_sw, GError **error);
bool saoy_master_select(SaoyLink *link, uint16_t *out_sw, GError **error);

/* EF.ATR/INFO, the card's own word about extended length: link->length, ->answer_max,
 * ->announced. A card without it, or with nonsense in it, is no worse for it. */
bool saoy_atr_info_read(SaoyLink *link, GError **error);
void saoy_atr_info_take(SaoyLink *link, SaoyView file);

/* Bytes that are wiped when the last reference goes. Takes array. */
GBytes *saoy_bytes_take(GByteArray *array);
