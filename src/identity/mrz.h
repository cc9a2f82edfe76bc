#pragma once
#include "core/bytes.h"

/* Machine readable zone, TD1 (3 × 30) and TD3 (2 × 44): ICAO 9303-4, -5. */
typedef struct {
    char issuer[4], nationality[4];
    char document[15]; /* without filler; TD1 numbers longer than nine are put together */
    char optional[16]; /* TD1 line 1 / TD3, fillers at the end cut */
    char birth[7], expiry[7];    /* YYMMDD as printed */
    char sex;                    /* 'M' 'F' '<' */
    char surname[45], given[45]; /* words parted by one space */
    char key[40];                /* document number, birth, expiry, each with check digit */
} SaoyMrz;

/* 90 or 88 characters, white space between them ignored; 60: lines 1 and 2 of a TD1, no
 * name. Check digits must hold. MALFORMED in words. */
bool saoy_mrz_parse(SaoyView text, SaoyMrz *out, GError **error);

/* Check digit of ICAO 9303-3, 4.9 as a character; '\0' for a character outside the MRZ's.
 */
char saoy_mrz_check(const char *text, size_t size);

/* "YYMMDD" to "YYYY-MM-DD". A birth date lies before `today_year`, an expiry date up to
 * fifty years behind it; 991231 as expiry: "" (no expiry on Vietnamese cards). MALFORMED.
 */
bool saoy_mrz_birth(const char *yymmdd, int today_year, char out[11], GError **error);
bool saoy_mrz_expiry(const char *yymmdd, int today_year, char out[11], GError **error);

/* Writes the 90 characters of a Vietnamese TD1 (domain.md §4.3) and a NUL: twelve digits,
 * names in upper case ASCII, dates YYMMDD. */
void saoy_mrz_td1(const char *number, const char *name, const char *birth, char sex,
                  const char *expiry, char out[91]);
