#include "identity/chip.h"

#include "chip-state.h"
#include "core/error.h"
#include "core/file.h"
#include "ef.h"
#include "tlv.h"

#define SHORT_BLOCK 223 /* what fits one short protected answer */

static const uint8_t application[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

static GBytes *
file_of(const SaoyChip *chip, unsigned slot)
{
    return chip->changed[slot] != NULL ? chip->changed[slot] : chip->files[slot];
}

/* SELECT and short file identifiers meet here. What is readable needs a session; only
 * EF.CardAccess does not. DG3 (fingerprints) asks for terminal authentication. */
static uint16_t
find_file(SaoyChip *chip, uint16_t id, GBytes **out)
{
    unsigned slot = SAOY_SLOT_N;

    *out = NULL;
    if (id == SAOY_EF_CARD_ACCESS) {
        *out = chip->card_access;
        return SAOY_SW_OK;
    }
    if (!chip->application && id == SAOY_EF_CARD_SECURITY && chip->card_security != NULL) {
        *out = chip->sealed ? chip->card_security : NULL;
        return chip->sealed ? SAOY_SW_OK : SAOY_SW_SECURITY;
    }
    if (!chip->application)
        return SAOY_SW_NOT_FOUND;
    if (!chip->sealed || id == saoy_group_file(3))
        return SAOY_SW_SECURITY;
    if (id == SAOY_EF_COM)
        slot = SAOY_SLOT_COM;
    else if (id == SAOY_EF_SOD)
        slot = SAOY_SLOT_SOD;
    else if (id > 0x0100 && id <= saoy_group_file(SAOY_GROUP_MAX))
        slot = id & 0xffu;
    if (slot == SAOY_SLOT_N || file_of(chip, slot) == NULL)
        return SAOY_SW_NOT_FOUND;
    *out = file_of(chip, slot);
    return SAOY_SW_OK;
}

static uint16_t
select_file(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView name = command->data;

    if (command->p1 == 0x04) {
        if (!saoy_view_same(name, (SaoyView){ application, sizeof application }))
            return SAOY_SW_NOT_FOUND;
        chip->application = true;
        chip->selected = NULL;
        return SAOY_SW_OK;
    }
    if (command->p1 == 0x00)
        return SAOY_SW_NO_INS; /* SELECT MF: many real cards know no such thing */
    if (command->p1 != 0x02)
        return SAOY_SW_WRONG_P1P2;
    if (name.size != 2)
        return SAOY_SW_WRONG_DATA;
    return find_file(chip, (uint16_t)(name.data[0] << 8 | name.data[1]), &chip->selected);
}

/* What stands from offset on, at most le bytes. */
static uint16_t
take_bytes(const SaoyChip *chip, size_t offset, unsigned le, SaoyView *out)
{
    SaoyView file = { 0 };
    size_t n = le > 256 ? le : MIN(le, chip->sealed ? SHORT_BLOCK : 256u);

    if (chip->selected == NULL)
        return 0x6986;
    if (le == 0)
        return SAOY_SW_WRONG_LENGTH;
    file = saoy_view_of(chip->selected);
    if (offset >= file.size)
        return SAOY_SW_WRONG_OFFSET;
    *out = (SaoyView){ file.data + offset, MIN(n, file.size - offset) };
    return out->size < n && n == le ? SAOY_SW_END_OF_FILE : SAOY_SW_OK;
}

static uint16_t
read_binary(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    size_t offset = (size_t)command->p1 << 8 | command->p2;
    SaoyView bytes = { 0 };
    uint16_t sw;

    if ((command->p1 & 0x80) != 0) {
        sw = find_file(chip, (uint16_t)(0x0100 | (command->p1 & 0x1f)), &chip->selected);
        if (sw != SAOY_SW_OK)
            return sw;
        offset = command->p2;
    }
    sw = take_bytes(chip, offset, command->le, &bytes);
    g_byte_array_append(answer, bytes.data, (unsigned)bytes.size);
    return sw;
}

/* Odd instruction: offset in object 54, bytes in object 53. */
static uint16_t
read_far(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView data = command->data, number = { 0 }, bytes = { 0 };
    size_t offset = 0;
    uint16_t sw;

    if (!saoy_tlv_take(&data, 0x54, &number, NULL) || number.size > 3 || command->le < 5)
        return SAOY_SW_WRONG_DATA;
    for (size_t i = 0; i < number.size; i++)
        offset = offset << 8 | number.data[i];
    sw = take_bytes(chip, offset, MIN(command->le, SHORT_BLOCK) - 4, &bytes);
    if (bytes.size > 0)
        saoy_tlv_put(answer, 0x53, bytes);
    return sw;
}

static const struct {
    uint8_t ins;
    SaoyChipHandler *run;
} instructions[] = {
    { 0xa4, select_file },
    { 0xb0, read_binary },
    { 0xb1, read_far },
    { 0x22, saoy_chip_manage },
    { 0x86, saoy_chip_authenticate },
    { 0x84, saoy_chip_challenge },
    { 0x82, saoy_chip_external },
    { 0x88, saoy_chip_internal },
};

static uint16_t
dispatch(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    if (command->cla != 0x00 && command->cla != 0x10)
        return SAOY_SW_NO_CLA;
    for (size_t i = 0; i < G_N_ELEMENTS(instructions); i++)
        if (instructions[i].ins == command->ins)
            return instructions[i].run(chip, command, answer);
    return SAOY_SW_NO_INS;
}

static void
put_status(GByteArray *response, uint16_t sw)
{
    const uint8_t bytes[] = { (uint8_t)(sw >> 8), (uint8_t)sw };

    g_byte_array_append(response, bytes, sizeof bytes);
}

static void
end_session(SaoyChip *chip)
{
    saoy_sm_wipe(&chip->sm);
    saoy_chip_forget(chip);
    chip->selected = NULL;
}

static void
respond_sealed(SaoyChip *chip, const SaoyApdu *command, GByteArray *response)
{
    g_autoptr(SaoyArray) plain = saoy_array_new(command->data.size);
    g_autoptr(SaoyArray) answer = saoy_array_new(1024);
    SaoyApdu opened = { 0 };
    uint16_t sw;

    if (!chip->sm.active || !saoy_sm_open(&chip->sm, command, plain, &opened, NULL)) {
        put_status(response, chip->sm.active ? SAOY_SW_SM_WRONG : SAOY_SW_SM_MISSING);
        end_session(chip);
        return;
    }
    chip->sealed = true;
    sw = dispatch(chip, &opened, answer);
    chip->sealed = false;
    if (!saoy_sm_seal(&chip->sm, saoy_view_array(answer), sw, response, NULL)) {
        g_byte_array_set_size(response, 0);
        put_status(response, SAOY_SW_UNKNOWN);
        end_session(chip);
    } else if (chip->wrong_mac) {
        response->data[response->len - 3] ^= 0x01; /* last byte of the MAC object */
    }
}

void
saoy_chip_respond(SaoyChip *chip, SaoyView command, GByteArray *response)
{
    SaoyApdu apdu = { 0 };

    g_byte_array_set_size(response, 0);
    if (!saoy_apdu_parse(command, &apdu, NULL)) {
        put_status(response, SAOY_SW_WRONG_LENGTH);
        return;
    }
    if ((apdu.cla & 0x0c) == 0x0c) {
        respond_sealed(chip, &apdu, response);
    } else {
        if (chip->sm.active)
            end_session(chip); /* a plain command ends it (ICAO 9303-11, 9.8.8) */
        uint16_t sw = dispatch(chip, &apdu, response);
        put_status(response, sw);
    }
    if (chip->coming.active) {
        chip->sm = chip->coming;
        saoy_sm_wipe(&chip->coming);
    }
}

void
saoy_chip_reset(SaoyChip *chip)
{
    end_session(chip);
    saoy_sm_wipe(&chip->coming);
    chip->application = false;
    chip->pulled = false;
}

static bool
transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    SaoyChip *chip = self;

    if (chip->counts && chip->left == 0)
        chip->pulled = true;
    if (chip->pulled)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the card has gone");
    if (chip->counts)
        chip->left--;
    saoy_chip_respond(chip, command, response);
    return true;
}

SaoyChannel
saoy_chip_channel(SaoyChip *chip)
{
    return (SaoyChannel){ transceive, chip };
}
