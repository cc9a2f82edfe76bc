#pragma once
#include "identity/reader.h"
#include "link.h"

/* Basic access control (ICAO 9303-11, 4.3), terminal side, and what both sides share. */
#define SAOY_BAC_MESSAGE 32 /* RND ‖ RND ‖ K */
#define SAOY_BAC_SEALED (SAOY_BAC_MESSAGE + SAOY_MAC_SIZE)

/* K_Enc and K_MAC out of the MRZ key. */
bool saoy_bac_keys(const char *mrz_key, SaoyKey *out_enc, SaoyKey *out_mac, GError **error);

/* E(K_Enc, message) ‖ MAC; open: UNTRUSTED when the MAC is wrong. */
bool saoy_bac_seal(const SaoyKey *enc, const SaoyKey *mac,
                   const uint8_t message[SAOY_BAC_MESSAGE], uint8_t out[SAOY_BAC_SEALED],
                   GError **error);
bool saoy_bac_open(const SaoyKey *enc, const SaoyKey *mac, SaoyView sealed,
                   uint8_t out[SAOY_BAC_MESSAGE], GError **error);

/* Session keys and counter out of both nonces and both key halves. */
bool saoy_bac_session(const uint8_t *rnd_ic, const uint8_t *rnd_ifd, const uint8_t *k_ic,
                      const uint8_t *k_ifd, SaoySm *out, GError **error);

/* Runs it; the application is selected already. REFUSED: wrong key. */
bool saoy_bac_run(SaoyLink *link, const SaoyAccessKey *key, GError **error);
