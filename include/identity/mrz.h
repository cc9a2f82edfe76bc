#pragma once
#include "core/bytes.h"

/* Machine readable zone, TD1 (3 × 30), TD2 (2 × 36), TD3 (2 × 44): ICAO 9303-4, -5, -6. */
typedef struct {
    char code[3]; /* "ID" "P" … fillers at the end cut, as in all that follow */
    char issuer[4], nationality[4];
    char document[24];           /* longer than nine in TD1 and TD2: put together */
    char optional[16];           /* TD1: of line 1 */
    char optional_2[12];         /* TD1: of line 2 */
    char birth[7], expiry[7];    /* YYMMDD as printed, unknown parts "<<" */
    char sex;                    /* 'M' 'F' '<' */
    char surname[45], given[45]; /* words parted by one space */
    bool name_cut; /* the names fill their field: more may have been cut off */
    char key[40];  /* document number, birth, expiry, each with check digit */
} SaoyMrz;

/* 90, 72 or 88 characters, white space between them ignored; 60: lines 1 and 2 of a TD1, no
 * name. All check digits must hold. MALFORMED in words. */
bool saoy_mrz_parse(SaoyView text, SaoyMrz *out, GError **error);

/* Of what a camera saw: two lines of 30 (the first of a TD1), 36 or 44 characters, parted
 * by a '\n' or not, '?' what could not be read. Look-alikes (O 0, I 1, B 8 …) are put right
 * where the place says what they are, and one O or 0 in a document number where the check
 * digits leave one way only. MALFORMED: it does not hold. */
bool saoy_mrz_mend(const char *seen, SaoyMrz *out, GError **error);

/* Check digit of ICAO 9303-3, 4.9 as a character; '\0' for a character outside the MRZ's.
 */
char saoy_mrz_check(const char *text, size_t size);

/* "YYMMDD" to "YYYY-MM-DD", or "YYYY-MM", "YYYY", "" where parts are unknown. The century
 * is nowhere said: a birth date is the last one that is not after `today` (yyyymmdd), so
 * who is over a hundred seems a child unless another file says more (facts.c); an expiry
 * date is the last one up to fifty years after it. 991231 as expiry: "" (no expiry on
 * Vietnamese cards). MALFORMED. */
bool saoy_mrz_birth(const char *yymmdd, int today, char out[11], GError **error);
bool saoy_mrz_expiry(const char *yymmdd, int today, char out[11], GError **error);

/* Writes the 90 characters of a Vietnamese TD1 (domain.md §4.3) and a NUL: twelve digits,
 * names in upper case ASCII, dates YYMMDD. */
void saoy_mrz_td1(const char *number, const char *name, const char *birth, char sex,
                  const char *expiry, char out[91]);
