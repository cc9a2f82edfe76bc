#pragma once
#include "core/bytes.h"
#include "identity/mrz.h"
#include "pace.h"

/* The logical data structure (ICAO 9303-10): files in, facts out. Views borrow the file. */

/* One SecurityInfo of EF.CardAccess or DG14. */
typedef struct {
    SaoyView oid;
    SaoyView required; /* the second member, header and content */
    SaoyView rest;     /* what stands behind it */
    int64_t number;    /* the third member if it is an INTEGER, else -1 */
} SaoySecurityInfo;

/* Takes the content of the outer SET; then one info after the other. */
bool saoy_security_infos(SaoyView file, SaoyView *out_set, GError **error);
bool saoy_security_info_next(SaoyView *set, SaoySecurityInfo *out, GError **error);

/* A small non-negative INTEGER element with its header. MALFORMED. */
bool saoy_lds_number(SaoyView element, int64_t *out, GError **error);

/* EF.CardAccess: the best PACE variant that we can run. *out_announced: there is any PACE;
 * the function fails with FAILED when there is none that we can run. */
bool saoy_card_access_parse(SaoyView file, SaoyPaceInfo *out, bool *out_announced,
                            GError **error);

/* Stronger first: not the 1024-bit field, then the cipher by key length, then the group by
 * its id; a mapping that proves the chip before generic, that before integrated. */
bool saoy_pace_is_better(const SaoyPaceInfo *a, const SaoyPaceInfo *b);

/* Data groups as a set of bits: bit n is DGn. */
typedef uint32_t SaoyGroups;
#define SAOY_GROUP(n) ((SaoyGroups)1 << (n))
#define SAOY_GROUP_MAX 16

/* EF.COM: the list of data groups; the versions of LDS and Unicode are digits. */
bool saoy_com_parse(SaoyView file, SaoyGroups *out, GError **error);
uint16_t saoy_group_file(unsigned group); /* 0x0101 … */

bool saoy_dg1_parse(SaoyView file, SaoyMrz *out, GError **error);

typedef struct {
    SaoyView picture;       /* JPEG or JPEG 2000 as it stands there */
    unsigned width, height; /* as the file says; 0: it does not */
    bool jpeg2000;
} SaoyFaceImage;

/* DG2: of all faces the one that serves best: frontal before basic, then the larger. Both
 * encodings, ISO 19794-5 and ISO 39794-5, also mixed. MALFORMED in words when there is none
 * that can be used. */
bool saoy_dg2_parse(SaoyView file, SaoyFaceImage *out, GError **error);

/* DG11, more about the person (ICAO 9303-10, 4.7.11). What nobody here needs is passed over
 * unread. Views as they stand in the file; absent: size 0. */
#define SAOY_OTHER_NAMES 4
typedef struct {
    SaoyView name; /* national characters; '<' between words, "<<" behind the family name */
    SaoyView other_names[SAOY_OTHER_NAMES];
    unsigned n_other_names;
    SaoyView number; /* personal number */
    char birth[11];  /* "YYYY-MM-DD", "YYYY-MM", "YYYY", "" */
} SaoyDg11;
bool saoy_dg11_parse(SaoyView file, SaoyDg11 *out, GError **error);

/* DG12, more about the document (ICAO 9303-10, 4.7.12). */
typedef struct {
    SaoyView authority;
    char issued[11]; /* as SaoyDg11.birth */
} SaoyDg12;
bool saoy_dg12_parse(SaoyView file, SaoyDg12 *out, GError **error);

/* DG13 of Vietnam (domain.md §4.5): text by index; what is absent, empty or does not parse
 * stays NULL. */
#define SAOY_DG13_N 17
enum {
    SAOY_DG13_NUMBER = 1,
    SAOY_DG13_NAME = 2,
    SAOY_DG13_BIRTH = 3,
    SAOY_DG13_SEX = 4,
    SAOY_DG13_EXPIRY = 12,
    SAOY_DG13_PARENTS = 13
};
typedef struct {
    SaoyView text[SAOY_DG13_N][2];  /* [13][1]: the mother */
    uint8_t string[SAOY_DG13_N][2]; /* tag of the string, for saoy_lds_text */
} SaoyDg13;
bool saoy_dg13_parse(SaoyView file, SaoyDg13 *out, GError **error);

/* Text of a DER string of that tag (or 0: UTF-8 with '<' for space) in UTF-8, NFC, one
 * line. False, *out "": empty, of more than 512 bytes, not text, or it does not fit. */
#define SAOY_LDS_TEXT_MAX 512
bool saoy_lds_text(SaoyView value, uint8_t string, char *out, size_t size);

/* "YYYY-MM-DD" out of CCYYMMDD in text or BCD, dd/mm/yyyy, dd-mm-yyyy, yyyy-mm-dd; with
 * parts that are unknown ('<' or 0) "YYYY-MM" or "YYYY". False, *out "": no date. */
bool saoy_lds_date(SaoyView value, char out[11]);

/* One way to run chip authentication v1: a key of the chip and a protocol for it. */
typedef struct {
    uint8_t oid[SAOY_PACE_OID_SIZE]; /* of the protocol */
    SaoyCipher cipher;
    SaoyView key;   /* SubjectPublicKeyInfo */
    int64_t key_id; /* -1: none */
} SaoyChipAuthOffer;

/* DG14 (ICAO 9303-11, 9.2): chip authentication, the strongest offer first, and how active
 * authentication signs. */
#define SAOY_OFFERS_MAX 8
typedef struct {
    bool offered;   /* a chip authentication key stands there */
    bool supported; /* and there is an offer that we can run */
    SaoyChipAuthOffer offers[SAOY_OFFERS_MAX];
    size_t n_offers;
    int active_digest; /* NID for ECDSA of active authentication; 0: not said, -1: no other
                        */
} SaoyDg14;
bool saoy_dg14_parse(SaoyView file, SaoyDg14 *out, GError **error);

/* DG15: the SubjectPublicKeyInfo of active authentication. */
bool saoy_dg15_parse(SaoyView file, SaoyView *out_key, GError **error);
