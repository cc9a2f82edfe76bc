#pragma once
#include "core/bytes.h"
#include "mrz.h"
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
bool saoy_der_number(SaoyView element, int64_t *out, GError **error);

/* EF.CardAccess: the best PACE variant that we can run. *out_announced: there is any PACE;
 * the function fails with FAILED when there is none that we can run. */
bool saoy_card_access_parse(SaoyView file, SaoyPaceInfo *out, bool *out_announced,
                            GError **error);

/* Data groups as a set of bits: bit n is DGn. */
typedef uint32_t SaoyGroups;
#define SAOY_GROUP(n) ((SaoyGroups)1 << (n))
#define SAOY_GROUP_MAX 16

bool saoy_com_parse(SaoyView file, SaoyGroups *out, GError **error);
uint16_t saoy_group_file(unsigned group); /* 0x0101 … */

bool saoy_dg1_parse(SaoyView file, SaoyMrz *out, GError **error);

typedef struct {
    SaoyView picture; /* JPEG or JPEG 2000 as it stands there */
    unsigned width, height;
    bool jpeg2000;
} SaoyFaceImage;

/* DG2: the first face (ISO 19794-5). MALFORMED also for the newer ISO 39794-5, by name. */
bool saoy_dg2_parse(SaoyView file, SaoyFaceImage *out, GError **error);

/* DG13 (domain.md §4.5): text by index; what is absent or empty stays NULL. */
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
    SaoyView text[SAOY_DG13_N][2]; /* [13][1]: the mother */
} SaoyDg13;
bool saoy_dg13_parse(SaoyView file, SaoyDg13 *out, GError **error);

/* DG14: chip authentication with ECDH and AES; how active authentication signs. */
typedef struct {
    bool offered;   /* a chip authentication key stands there */
    bool supported; /* and it is of a kind that we can run */
    uint8_t oid[SAOY_PACE_OID_SIZE];
    SaoyCipher cipher;
    SaoyView key;      /* SubjectPublicKeyInfo */
    int64_t key_id;    /* -1: none */
    int active_digest; /* NID for ECDSA of active authentication; 0: not said, -1: no other
                        */
} SaoyDg14;
bool saoy_dg14_parse(SaoyView file, SaoyDg14 *out, GError **error);

/* DG15: the SubjectPublicKeyInfo of active authentication. */
bool saoy_dg15_parse(SaoyView file, SaoyView *out_key, GError **error);
