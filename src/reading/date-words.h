#pragma once
#include <stdbool.h>

/* "NGAY BA MUOI THANG TU NAM MOT NGHIN CHIN TRAM CHIN MUOI LAM" as saoy_line_fold makes it:
 * day, month and year of a date said in words. False when it is none. */
bool saoy_date_words(const char *folded, unsigned *day, unsigned *month, unsigned *year);
