#pragma once
#include "core/ossl.h"
#include "crypto.h"
#include "domain.h"
#include "identity/reader.h"
#include "link.h"

/* PACE (ICAO 9303-11, 4.4), terminal side, and the steps both sides share. */
typedef enum {
    SAOY_MAPPING_DH_GM = 1,
    SAOY_MAPPING_ECDH_GM = 2,
    SAOY_MAPPING_DH_IM = 3,
    SAOY_MAPPING_ECDH_IM = 4,
    SAOY_MAPPING_ECDH_CAM = 6
} SaoyMapping;

#define SAOY_PACE_OID_SIZE 10

typedef struct {
    uint8_t oid[SAOY_PACE_OID_SIZE]; /* content of the OBJECT IDENTIFIER */
    SaoyMapping mapping;
    SaoyCipher cipher;
    unsigned parameter; /* standardised domain parameter id */
} SaoyPaceInfo;

/* What chip authentication mapping (ICAO 9303-11, 4.4.3.5) leaves to be checked: see cam.h.
 */
typedef struct {
    SaoyArray *mapping; /* the chip's public key of the mapping */
    SaoyArray *data;    /* its secret, divided by the static one */
} SaoyCam;

void saoy_cam_clear(SaoyCam *cam);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyCam, saoy_cam_clear)

enum { SAOY_PASSWORD_MRZ = 1, SAOY_PASSWORD_CAN = 2 };

/* false when the OID is no PACE protocol at all. supported: the mapping, its cipher and the
 * domain parameters go together. */
bool saoy_pace_info(SaoyView oid, unsigned parameter, SaoyPaceInfo *out);
bool saoy_pace_supported(const SaoyPaceInfo *info);

/* K of the password (before the derivation of Kπ): CAN digits or SHA-1 of the MRZ key. */
void saoy_pace_password(const SaoyAccessKey *key, unsigned reference, SaoyKey *out);

bool saoy_pace_integrates(const SaoyPaceInfo *info);

/* Authentication token over the other side's ephemeral public key. */
bool saoy_pace_token(const SaoyPaceInfo *info, const SaoyKey *mac, SaoyView peer,
                     uint8_t out[SAOY_MAC_SIZE], GError **error);

/* Runs it; afterwards link->sm stands. REFUSED: wrong password. FAILED: the chip does not
 * do what it announced (BAC may be tried by policy). *out_cam is filled by chip
 * authentication mapping only, for saoy_cam_check. */
bool saoy_pace_run(SaoyLink *link, const SaoyPaceInfo *info, const SaoyAccessKey *key,
                   unsigned reference, SaoyCam *out_cam, GError **error);

/* One step of GENERAL AUTHENTICATE: 7C { tag value } there, 7C { answer_tag value } back.
 * tag 0: empty. *out borrows link->answer. */
bool saoy_general_authenticate(SaoyLink *link, bool more, uint32_t tag, SaoyView value,
                               uint32_t answer_tag, SaoyView *out, uint16_t *out_sw,
                               GError **error);
