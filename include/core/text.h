#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Words and figures as people in Việt Nam write them; no locale needed. Free with g_free.
 */
char *saoy_text_dong(int64_t amount);                     /* "7.000 đ" */
char *saoy_text_date(int year, int month, int day);       /* "10/11/2025" */
char *saoy_text_date_words(int year, int month, int day); /* "Ngày 10 tháng 11 năm 2025" */

/* Text from outside, on one line: NFC, white space folded, controls, line ends, what turns
 * the direction of writing and what has no width out, at most max_chars characters; "…"
 * where it was cut; not UTF-8: mended. Free with g_free, as the two below. */
char *saoy_text_clean(const char *utf8, size_t max_chars);

/* "001090000001" -> "001•••••0001": for screens. */
char *saoy_text_mask_number(const char *number);

/* Fee of one copy of `pages` pages of the original (Thông tư 226/2016/TT-BTC), in đồng. */
int64_t saoy_fee_of(unsigned pages, unsigned copies);

/* Vietnamese without its marks, upper case ASCII, for comparing ("Nguyễn" -> "NGUYEN"). */
char *saoy_text_fold(const char *utf8);
