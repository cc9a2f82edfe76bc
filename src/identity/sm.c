#include "sm.h"

#include "core/ossl.h"
#include "tlv.h"

#include <openssl/crypto.h>

#include <string.h>

enum {
    DO_PLAIN_ODD = 0x85, /* cryptogram of BER-TLV data: odd instructions */
    DO_CRYPTOGRAM = 0x87,
    DO_MAC = 0x8e,
    DO_LE = 0x97,
    DO_STATUS = 0x99,
};

void
saoy_sm_start(SaoySm *sm, SaoyCipher cipher, const SaoyKey *enc, const SaoyKey *mac,
              SaoyView ssc)
{
    *sm = (SaoySm){ .cipher = cipher, .enc = *enc, .mac = *mac, .active = true };
    if (ssc.size > 0)
        memcpy(sm->ssc, ssc.data, MIN(ssc.size, sizeof sm->ssc));
}

bool
saoy_sm_derive(SaoySm *sm, SaoyCipher cipher, SaoyView secret, GError **error)
{
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };

    if (!saoy_kdf(cipher, secret, SAOY_KDF_ENC, &enc, error) ||
        !saoy_kdf(cipher, secret, SAOY_KDF_MAC, &mac, error))
        return false;
    saoy_sm_start(sm, cipher, &enc, &mac, (SaoyView){ 0 });
    return true;
}

void
saoy_sm_wipe(SaoySm *sm)
{
    explicit_bzero(sm, sizeof *sm);
}

size_t
saoy_sm_object(const SaoySm *sm, size_t plain)
{
    size_t block = saoy_cipher_block(sm->cipher);
    size_t value = 1 + (plain / block + 1) * block; /* padding there always is */

    if (plain == 0)
        return 0;
    return value + (value < 0x80 ? 2 : value <= 0xff ? 3 : value <= 0xffff ? 4 : 5);
}

unsigned
saoy_sm_room(const SaoySm *sm, size_t answer)
{
    size_t block = saoy_cipher_block(sm->cipher);
    size_t blocks = answer / block;

    while (blocks > 0 && saoy_sm_object(sm, blocks * block - 1) + SAOY_SM_AROUND > answer)
        blocks--;
    return blocks == 0 ? 0 : (unsigned)(blocks * block - 1);
}

static void
count_up(SaoySm *sm)
{
    for (size_t i = saoy_cipher_block(sm->cipher); i-- > 0;)
        if (++sm->ssc[i] != 0)
            return;
}

/* AES: the initial vector is the encrypted counter; 3DES: zero. */
static bool
run_cbc(const SaoySm *sm, bool encrypt, SaoyView in, uint8_t *out, GError **error)
{
    uint8_t iv[SAOY_BLOCK_MAX];
    size_t block = saoy_cipher_block(sm->cipher);

    if (sm->cipher == SAOY_CIPHER_3DES)
        return saoy_cbc(sm->cipher, &sm->enc, NULL, encrypt, in, out, error);
    return saoy_cbc(sm->cipher, &sm->enc, NULL, true, (SaoyView){ sm->ssc, block }, iv,
                    error) &&
           saoy_cbc(sm->cipher, &sm->enc, iv, encrypt, in, out, error);
}

static bool
put_cryptogram(const SaoySm *sm, uint32_t tag, SaoyView plain, GByteArray *out,
               GError **error)
{
    g_autoptr(SaoyArray) value = saoy_array_new(plain.size + SAOY_BLOCK_MAX + 1);
    unsigned from = tag == DO_CRYPTOGRAM ? 1 : 0;

    if (from > 0)
        g_byte_array_append(value, (const uint8_t[]){ 0x01 }, 1);
    g_byte_array_append(value, plain.data, (unsigned)plain.size);
    saoy_pad(value, from, saoy_cipher_block(sm->cipher));
    if (!run_cbc(sm, true, (SaoyView){ value->data + from, value->len - from },
                 value->data + from, error))
        return false;
    saoy_tlv_put(out, tag, saoy_view_array(value));
    return true;
}

static bool
take_cryptogram(const SaoySm *sm, uint32_t tag, SaoyView value, GByteArray *out,
                GError **error)
{
    SaoyView marker = { 0 };
    SaoyView plain = { 0 };
    unsigned at = out->len;

    if (tag == DO_CRYPTOGRAM &&
        (!saoy_view_take(&value, 1, &marker, error) || marker.data[0] != 0x01))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "padding indicator");
    if (value.size == 0 || value.size % saoy_cipher_block(sm->cipher) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "cryptogram of %zu bytes",
                         value.size);
    g_byte_array_set_size(out, at + (unsigned)value.size);
    if (!run_cbc(sm, false, value, out->data + at, error))
        return false;
    plain = (SaoyView){ out->data + at, value.size };
    if (!saoy_unpad(&plain))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "padding");
    g_byte_array_set_size(out, at + (unsigned)plain.size);
    return true;
}

/* MAC over counter ‖ head (padded, unless empty) ‖ objects, padded where there are any. */
static bool
run_mac(const SaoySm *sm, SaoyView head, SaoyView objects, uint8_t out[SAOY_MAC_SIZE],
        GError **error)
{
    g_autoptr(SaoyArray) message = saoy_array_new(64 + objects.size);
    size_t block = saoy_cipher_block(sm->cipher);

    g_byte_array_append(message, sm->ssc, (unsigned)block);
    if (head.size > 0) {
        g_byte_array_append(message, head.data, (unsigned)head.size);
        saoy_pad(message, 0, block);
    }
    if (objects.size > 0) {
        g_byte_array_append(message, objects.data, (unsigned)objects.size);
        saoy_pad(message, 0, block);
    }
    return saoy_mac(sm->cipher, &sm->mac, saoy_view_array(message), out, error);
}

static bool
check_mac(const SaoySm *sm, SaoyView head, SaoyView objects, SaoyView mac, GError **error)
{
    uint8_t own[SAOY_MAC_SIZE];

    if (!run_mac(sm, head, objects, own, error))
        return false;
    if (mac.size != sizeof own || CRYPTO_memcmp(own, mac.data, sizeof own) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "wrong MAC");
    return true;
}

static void
put_le(GByteArray *out, unsigned le)
{
    const uint8_t wide[] = { (uint8_t)(le >> 8), (uint8_t)le };

    if (le > 256)
        saoy_tlv_put(out, DO_LE, (SaoyView){ wide, 2 });
    else if (le > 0)
        saoy_tlv_put(out, DO_LE, (SaoyView){ wide + 1, 1 });
}

bool
saoy_sm_wrap(SaoySm *sm, const SaoyApdu *command, GByteArray *out, GError **error)
{
    const uint8_t head[] = { command->cla | 0x0c, command->ins, command->p1, command->p2 };
    g_autoptr(SaoyArray) objects = saoy_array_new(command->data.size + 64);
    uint8_t mac[SAOY_MAC_SIZE];
    SaoyApdu wrapped = {
        .cla = head[0], .ins = head[1], .p1 = head[2], .p2 = head[3], .le = 256
    };

    count_up(sm);
    if (command->data.size > 0 &&
        !put_cryptogram(sm, (command->ins & 1) != 0 ? DO_PLAIN_ODD : DO_CRYPTOGRAM,
                        command->data, objects, error))
        return false;
    put_le(objects, command->le);
    if (!run_mac(sm, (SaoyView){ head, sizeof head }, saoy_view_array(objects), mac, error))
        return false;
    saoy_tlv_put(objects, DO_MAC, (SaoyView){ mac, sizeof mac });
    wrapped.data = saoy_view_array(objects);
    if (wrapped.data.size > 255 || command->le > 256)
        wrapped.le = 65536;
    saoy_apdu_put(out, &wrapped);
    return true;
}

/* The objects of one protected message, each at most once and in the standard's order. */
typedef struct {
    SaoyView cryptogram, le, status, mac;
    SaoyView covered; /* everything before the MAC object */
    uint32_t cryptogram_tag;
} Objects;

static bool
take_objects(SaoyView in, Objects *out, GError **error)
{
    SaoyView rest = in;
    Objects found = { 0 };

    while (saoy_tlv_peek(rest) != DO_MAC) {
        uint32_t tag = 0;
        SaoyView value = { 0 };

        if (!saoy_tlv_next(&rest, &tag, &value, error))
            return false;
        if ((tag == DO_CRYPTOGRAM || tag == DO_PLAIN_ODD) && found.cryptogram_tag == 0) {
            found.cryptogram = value;
            found.cryptogram_tag = tag;
        } else if (tag == DO_LE && found.le.data == NULL) {
            found.le = value;
        } else if (tag == DO_STATUS && found.status.data == NULL) {
            found.status = value;
        } else {
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "object %02x", tag);
        }
    }
    found.covered = (SaoyView){ in.data, in.size - rest.size };
    if (!saoy_tlv_take(&rest, DO_MAC, &found.mac, error))
        return false;
    if (rest.size > 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "bytes behind the MAC");
    *out = found;
    return true;
}

bool
saoy_sm_unwrap(SaoySm *sm, SaoyView raw, GByteArray *out_data, uint16_t *out_sw,
               GError **error)
{
    SaoyView body = { 0 };
    Objects objects = { 0 };
    uint16_t sw = 0;

    count_up(sm);
    if (!saoy_apdu_answer(raw, &body, &sw, error))
        return false;
    if (body.size == 0) {
        /* an unprotected status word: the chip has ended the session (ICAO 9303-11, 9.8.8)
         */
        *out_sw = sw;
        return sw != SAOY_SW_OK ||
               saoy_fail(error, SAOY_ERROR_UNTRUSTED, "answer without protection");
    }
    if (!take_objects(body, &objects, error))
        return false;
    if (!check_mac(sm, (SaoyView){ 0 }, objects.covered, objects.mac, error))
        return false;
    if (objects.status.size != 2)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "answer without protected status");
    if (objects.cryptogram_tag != 0 &&
        !take_cryptogram(sm, objects.cryptogram_tag, objects.cryptogram, out_data, error))
        return false;
    *out_sw = (uint16_t)(objects.status.data[0] << 8 | objects.status.data[1]);
    return true;
}

bool
saoy_sm_open(SaoySm *sm, const SaoyApdu *command, GByteArray *plain, SaoyApdu *out,
             GError **error)
{
    const uint8_t head[] = { command->cla, command->ins, command->p1, command->p2 };
    Objects objects = { 0 };
    SaoyApdu opened = {
        .cla = command->cla & 0xf3, .ins = head[1], .p1 = head[2], .p2 = head[3]
    };

    count_up(sm);
    if (!take_objects(command->data, &objects, error) ||
        !check_mac(sm, (SaoyView){ head, sizeof head }, objects.covered, objects.mac,
                   error))
        return false;
    if (objects.cryptogram_tag != 0) {
        if (!take_cryptogram(sm, objects.cryptogram_tag, objects.cryptogram, plain, error))
            return false;
        opened.data = saoy_view_array(plain);
    }
    for (size_t i = 0; i < MIN(objects.le.size, 2); i++)
        opened.le = opened.le << 8 | objects.le.data[i];
    if (objects.le.size > 0 && opened.le == 0)
        opened.le = objects.le.size == 1 ? 256 : 65536;
    *out = opened;
    return true;
}

bool
saoy_sm_seal(SaoySm *sm, SaoyView data, uint16_t sw, GByteArray *out, GError **error)
{
    const uint8_t status[] = { (uint8_t)(sw >> 8), (uint8_t)sw };
    g_autoptr(SaoyArray) objects = saoy_array_new(data.size + 64);
    uint8_t mac[SAOY_MAC_SIZE];

    count_up(sm);
    if (data.size > 0 && !put_cryptogram(sm, DO_CRYPTOGRAM, data, objects, error))
        return false;
    saoy_tlv_put(objects, DO_STATUS, (SaoyView){ status, sizeof status });
    if (!run_mac(sm, (SaoyView){ 0 }, saoy_view_array(objects), mac, error))
        return false;
    saoy_tlv_put(objects, DO_MAC, (SaoyView){ mac, sizeof mac });
    g_byte_array_append(out, objects->data, objects->len);
    g_byte_array_append(out, status, sizeof status);
    return true;
}
