#pragma once
#include "core/bytes.h"

/* The symmetric side of ICAO 9303-11: key derivation, CBC, MAC, padding. */
typedef enum {
    SAOY_CIPHER_3DES,
    SAOY_CIPHER_AES128,
    SAOY_CIPHER_AES192,
    SAOY_CIPHER_AES256,
    SAOY_CIPHER_N
} SaoyCipher;

enum { SAOY_KDF_ENC = 1, SAOY_KDF_MAC = 2, SAOY_KDF_PASSWORD = 3 };
#define SAOY_MAC_SIZE 8
#define SAOY_BLOCK_MAX 16

size_t saoy_cipher_block(SaoyCipher cipher);
size_t saoy_cipher_key(SaoyCipher cipher); /* bytes of a key */

/* Smallest whole number of blocks that is as long as a key: PACE's nonce. */
size_t saoy_nonce_size(SaoyCipher cipher);

/* ICAO 9303-11, 9.7.1: SHA-1 for 3DES and AES-128, SHA-256 above; DES parity adjusted. */
bool saoy_kdf(SaoyCipher cipher, SaoyView secret, uint32_t counter, SaoyKey *out,
              GError **error);

/* CBC without padding; in.size is a multiple of the block; out has room for in.size bytes
 * and may be in.data. iv NULL: zero. */
bool saoy_cbc(SaoyCipher cipher, const SaoyKey *key, const uint8_t *iv, bool encrypt,
              SaoyView in, uint8_t *out, GError **error);

/* AES: CMAC cut to 8 bytes. 3DES: retail MAC (ISO 9797-1 MAC algorithm 3), message padded.
 */
bool saoy_mac(SaoyCipher cipher, const SaoyKey *key, SaoyView message,
              uint8_t out[SAOY_MAC_SIZE], GError **error);

/* ISO 7816-4 padding: 80 00 … to a whole block, counted from `from`. */
void saoy_pad(GByteArray *array, size_t from, size_t block);
bool saoy_unpad(SaoyView *view);
