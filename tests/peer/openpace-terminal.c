#include "core/ossl.h"
#include "openpace-parts.h"
#include "openpace.h"

#include <eac/pace.h>

typedef struct {
    SaoyChannel channel;
    const PeerSetup *setup;
    EAC_CTX *eac;
    bool sealed;
    GByteArray *response, *answer; /* of the last command: as it came, opened */
} Terminal;

static void
append(GByteArray *out, const Mem *mem)
{
    g_byte_array_append(out, (const uint8_t *)mem->data, (unsigned)mem->length);
}

/* Objects and their MAC in place of the data; the counter counts. */
static void
seal(Terminal *terminal, uint8_t head[4], SaoyView data, bool answered, GByteArray *out)
{
    g_autoptr(GByteArray) value = g_byte_array_new();
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_autoptr(Mem) padded_head = NULL;
    g_autoptr(Mem) all = NULL;
    g_autoptr(Mem) mac = NULL;

    head[0] |= 0x0c;
    g_assert_cmpint(EAC_increment_ssc(terminal->eac), ==, 1);
    if (data.size > 0) {
        g_autoptr(Mem) padded = pad(terminal->eac, data);
        g_autoptr(Mem) sealed = EAC_encrypt(terminal->eac, padded);

        g_byte_array_append(value, (const uint8_t[]){ 1 }, 1);
        append(value, sealed);
        put(out, 0x87, array_view(value));
    }
    if (answered)
        put(out, 0x97, (SaoyView){ (const uint8_t[]){ 0 }, 1 });
    padded_head = pad(terminal->eac, (SaoyView){ head, 4 });
    append(message, padded_head);
    if (out->len > 0) {
        g_autoptr(Mem) objects = pad(terminal->eac, array_view(out));

        append(message, objects);
    }
    all = mem_of(array_view(message));
    mac = EAC_authenticate(terminal->eac, all);
    put(out, 0x8e, view_of(mac));
}

static void
open_answer(Terminal *terminal, SaoyView objects, unsigned *sw)
{
    SaoyView rest = objects, cryptogram = { 0 }, status = { 0 }, mac = { 0 };
    g_autoptr(Mem) covered = NULL;
    g_autoptr(Mem) theirs = NULL;

    g_assert_cmpint(EAC_increment_ssc(terminal->eac), ==, 1);
    if (rest.size > 0 && rest.data[0] == 0x87)
        g_assert_true(saoy_tlv_take(&rest, 0x87, &cryptogram, NULL));
    g_assert_true(saoy_tlv_take(&rest, 0x99, &status, NULL));
    covered = pad(terminal->eac, (SaoyView){ objects.data, objects.size - rest.size });
    g_assert_true(saoy_tlv_take(&rest, 0x8e, &mac, NULL));
    theirs = mem_of(mac);
    g_assert_cmpint(EAC_verify_authentication(terminal->eac, covered, theirs), ==, 1);
    *sw = (unsigned)status.data[0] << 8 | status.data[1];
    if (cryptogram.size > 0) {
        g_autoptr(Mem) sealed =
            mem_of((SaoyView){ cryptogram.data + 1, cryptogram.size - 1 });
        g_autoptr(Mem) padded = EAC_decrypt(terminal->eac, sealed);
        g_autoptr(Mem) plain = EAC_remove_iso_pad(padded);

        append(terminal->answer, plain);
    }
}

/* One command; its answer is in terminal->answer. */
static unsigned
send(Terminal *terminal, unsigned head, SaoyView data, bool answered)
{
    uint8_t octets[4] = { (uint8_t)(head >> 24), (uint8_t)(head >> 16),
                          (uint8_t)(head >> 8), (uint8_t)head };
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) command = g_byte_array_new();
    SaoyView response = { 0 };
    unsigned sw;

    if (terminal->sealed)
        seal(terminal, octets, data, answered, body);
    else if (data.size > 0)
        g_byte_array_append(body, data.data, (unsigned)data.size);
    g_byte_array_append(command, octets, 4);
    if (body->len > 0xff)
        g_byte_array_append(
            command, (const uint8_t[]){ 0, (uint8_t)(body->len >> 8), (uint8_t)body->len },
            3);
    else
        g_byte_array_append(command, (const uint8_t[]){ (uint8_t)body->len }, 1);
    g_byte_array_append(command, body->data, body->len);
    if (answered || terminal->sealed)
        g_byte_array_append(command, (const uint8_t[]){ 0, 0 }, body->len > 0xff ? 2 : 1);
    g_byte_array_set_size(terminal->response, 0);
    g_byte_array_set_size(terminal->answer, 0);
    g_assert_true(terminal->channel.transceive(terminal->channel.self, array_view(command),
                                               terminal->response, NULL, NULL));
    response = array_view(terminal->response);
    g_assert_cmpuint(response.size, >=, 2);
    sw = (unsigned)response.data[response.size - 2] << 8 | response.data[response.size - 1];
    response.size -= 2;
    if (terminal->sealed)
        open_answer(terminal, response, &sw);
    else if (response.size > 0)
        g_byte_array_append(terminal->answer, response.data, (unsigned)response.size);
    return sw;
}

/* A step of GENERAL AUTHENTICATE. NULL: the chip does not answer 9000. */
static Mem *
step(Terminal *terminal, bool last, unsigned tag, const Mem *value)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    g_autoptr(GByteArray) outer = g_byte_array_new();
    SaoyView answer = { 0 };

    if (value != NULL)
        put(inner, tag, view_of(value));
    put(outer, 0x7c, array_view(inner));
    if (send(terminal, last ? 0x00860000 : 0x10860000, array_view(outer), true) != 0x9000)
        return NULL;
    answer = array_view(terminal->answer);
    g_assert_true(saoy_tlv_take(&answer, 0x7c, &answer, NULL));
    g_assert_true(saoy_tlv_take(&answer, value == NULL ? 0x80 : tag + 1, &answer, NULL));
    return mem_of(answer);
}

static void
choose(Terminal *terminal)
{
    g_autoptr(ASN1_OBJECT) oid = OBJ_txt2obj(terminal->setup->pace, 1);
    g_autoptr(GByteArray) data = g_byte_array_new();

    put(data, 0x80, (SaoyView){ OBJ_get0_data(oid), OBJ_length(oid) });
    put(data, 0x83, (SaoyView){ (const uint8_t[]){ 2 }, 1 });
    g_assert_cmphex(send(terminal, 0x0022c1a4, array_view(data), false), ==, 0x9000);
}

static bool
open_chip(Terminal *terminal, const PACE_SEC *can)
{
    EAC_CTX *eac = terminal->eac;
    g_autoptr(Mem) nonce = step(terminal, false, 0, NULL);
    g_autoptr(Mem) map = NULL;
    g_autoptr(Mem) their_map = NULL;
    g_autoptr(Mem) key = NULL;
    g_autoptr(Mem) their_key = NULL;
    g_autoptr(Mem) token = NULL;
    g_autoptr(Mem) their_token = NULL;

    g_assert_nonnull(nonce);
    g_assert_cmpint(PACE_STEP2_dec_nonce(eac, can, nonce), ==, 1);
    map = PACE_STEP3A_generate_mapping_data(eac);
    their_map = step(terminal, false, 0x81, map);
    g_assert_nonnull(their_map);
    g_assert_cmpint(PACE_STEP3A_map_generator(eac, their_map), ==, 1);
    key = PACE_STEP3B_generate_ephemeral_key(eac);
    their_key = step(terminal, false, 0x83, key);
    g_assert_nonnull(their_key);
    g_assert_cmpint(PACE_STEP3B_compute_shared_secret(eac, their_key), ==, 1);
    pad_secret(eac->pace_ctx->ka_ctx, terminal->setup->parameter);
    g_assert_cmpint(PACE_STEP3C_derive_keys(eac), ==, 1);
    token = PACE_STEP3D_compute_authentication_token(eac, their_key);
    their_token = step(terminal, true, 0x85, token);
    if (their_token == NULL)
        return false;
    g_assert_cmpint(PACE_STEP3D_verify_authentication_token(eac, their_token), ==, 1);
    g_assert_cmpint(EAC_CTX_set_encryption_ctx(eac, EAC_ID_PACE), ==, 1);
    g_assert_cmpint(EAC_reset_ssc(eac), ==, 1);
    return terminal->sealed = true;
}

GBytes *
peer_terminal_read(SaoyChannel channel, const PeerSetup *setup, unsigned id)
{
    static const uint8_t application[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };
    const uint8_t file[] = { (uint8_t)(id >> 8), (uint8_t)id };
    g_autoptr(GByteArray) response = g_byte_array_new();
    g_autoptr(GByteArray) answer = g_byte_array_new();
    Terminal terminal = { channel, setup, NULL, false, response, answer };
    PACE_SEC *can;
    GBytes *content = NULL;

    peer_start();
    can = PACE_SEC_new(setup->can, strlen(setup->can), PACE_CAN);
    terminal.eac = EAC_CTX_new();
    g_assert_cmpint(
        EAC_CTX_init_pace(terminal.eac, EAC_OBJ_txt2nid(setup->pace), setup->parameter), ==,
        1);
    choose(&terminal);
    if (open_chip(&terminal, can) &&
        send(&terminal, 0x00a4040c, (SaoyView){ application, sizeof application }, false) ==
            0x9000 &&
        send(&terminal, 0x00a4020c, (SaoyView){ file, sizeof file }, false) == 0x9000 &&
        send(&terminal, 0x00b00000, (SaoyView){ 0 }, true) == 0x9000)
        content = g_bytes_new(answer->data, answer->len);
    EAC_CTX_clear_free(terminal.eac);
    PACE_SEC_clear_free(can);
    return content;
}
