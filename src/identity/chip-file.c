/* The software chip's files: SELECT and READ BINARY, with the ways in which real cards
 * differ. */
#include "chip-state.h"

#include "core/file.h"
#include "ef.h"
#include "tlv.h"

#define SHORT_BLOCK 223 /* what fits one short protected answer */
#define OVERHEAD 40     /* of secure messaging, in an extended one */

enum {
    EF_ATR_INFO = 0x2f01,
    SFI_ATR_INFO = 0x01,
    SW_NO_EF = 0x6986,
    SW_NO_FUNCTION = 0x6a81,
    SW_EXACT = 0x6c00
};

static const uint8_t application[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

GBytes *
saoy_chip_card_access(const SaoyChip *chip)
{
    return chip->announced != NULL ? chip->announced : chip->card_access;
}

static GBytes *
file_of(const SaoyChip *chip, unsigned slot)
{
    return chip->changed[slot] != NULL ? chip->changed[slot] : chip->files[slot];
}

static uint16_t
find_card_access(const SaoyChip *chip, GBytes **out)
{
    GBytes *file = saoy_chip_card_access(chip);

    if (file == NULL ||
        (saoy_chip_is(chip, SAOY_LEVER_ACCESS_IN_MF) &&
         (chip->application || !chip->master)) ||
        (saoy_chip_is(chip, SAOY_LEVER_ACCESS_IN_APPLICATION) && !chip->application))
        return SAOY_SW_NOT_FOUND;
    *out = file;
    return SAOY_SW_OK;
}

/* Of the master file's files only EF.CardSecurity needs a session. */
static uint16_t
find_below_master(const SaoyChip *chip, uint16_t id, GBytes **out)
{
    GBytes *file = NULL;

    if (id == EF_ATR_INFO)
        file = chip->extended_info != NULL ? chip->extended_info : chip->atr_info;
    else if (id == SAOY_EF_CARD_SECURITY)
        file = chip->card_security;
    if (file == NULL)
        return SAOY_SW_NOT_FOUND;
    if (id == SAOY_EF_CARD_SECURITY && !chip->sealed)
        return SAOY_SW_SECURITY;
    *out = file;
    return SAOY_SW_OK;
}

/* SELECT and short file identifiers meet here. What is readable needs a session; DG3
 * (fingerprints) asks for terminal authentication. */
static uint16_t
find_file(const SaoyChip *chip, uint16_t id, GBytes **out)
{
    unsigned slot = SAOY_SLOT_N;

    *out = NULL;
    if (id == SAOY_EF_CARD_ACCESS)
        return find_card_access(chip, out);
    if (!chip->application)
        return find_below_master(chip, id, out);
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
select_application(SaoyChip *chip, SaoyView name)
{
    if (!saoy_view_same(name, (SaoyView){ application, sizeof application }))
        return SAOY_SW_NOT_FOUND;
    chip->application = true;
    chip->selected = NULL;
    return SAOY_SW_OK;
}

/* Many real cards know no such thing. */
static uint16_t
select_master(SaoyChip *chip, SaoyView name)
{
    if (!saoy_chip_is(chip, SAOY_LEVER_SELECTS_MF) &&
        !saoy_chip_is(chip, SAOY_LEVER_ACCESS_IN_MF))
        return SAOY_SW_NO_INS;
    if (name.size != 0 &&
        !saoy_view_same(name, (SaoyView){ (const uint8_t[]){ 0x3f, 0x00 }, 2 }))
        return SAOY_SW_NOT_FOUND;
    chip->master = true;
    chip->application = false;
    chip->selected = NULL;
    return SAOY_SW_OK;
}

uint16_t
saoy_chip_select(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView name = command->data;

    if (saoy_chip_is(chip, SAOY_LEVER_NO_P2_0C) && command->p2 == 0x0c)
        return SAOY_SW_WRONG_P1P2;
    if (saoy_chip_is(chip, command->le == 0 ? SAOY_LEVER_SELECT_WANTS_LE
                                            : SAOY_LEVER_SELECT_REFUSES_LE))
        return SAOY_SW_WRONG_LENGTH;
    if (command->p1 == 0x04)
        return select_application(chip, name);
    if (command->p1 == 0x00)
        return select_master(chip, name);
    if (command->p1 != 0x02)
        return SAOY_SW_WRONG_P1P2;
    if (saoy_chip_is(chip, SAOY_LEVER_SFI_ONLY))
        return SW_NO_FUNCTION;
    if (name.size != 2)
        return SAOY_SW_WRONG_DATA;
    return find_file(chip, (uint16_t)(name.data[0] << 8 | name.data[1]), &chip->selected);
}

/* The most that one answer carries. */
static size_t
block_of(const SaoyChip *chip, unsigned le)
{
    size_t most = chip->sealed ? SHORT_BLOCK : 256;

    if (chip->wide)
        most = saoy_chip_extended(chip) - OVERHEAD;
    if (saoy_chip_is(chip, SAOY_LEVER_SHORT_ANSWERS))
        most = MIN(most, chip->levers[SAOY_LEVER_SHORT_ANSWERS].n);
    return MIN(most, le);
}

/* What stands from offset on, at most le bytes. */
static uint16_t
take_bytes(const SaoyChip *chip, size_t offset, unsigned le, SaoyView *out)
{
    size_t n = block_of(chip, le), left = 0;
    SaoyView file = { 0 };

    if (chip->selected == NULL)
        return SW_NO_EF;
    if (saoy_chip_is(chip, SAOY_LEVER_ACCESS_SHUT) && !chip->sealed &&
        chip->selected == saoy_chip_card_access(chip))
        return SAOY_SW_SECURITY;
    if (le == 0)
        return SAOY_SW_WRONG_LENGTH;
    file = saoy_view_of(chip->selected);
    if (offset >= file.size)
        return SAOY_SW_WRONG_OFFSET;
    left = file.size - offset;
    if (le > left && le != 256 && saoy_chip_is(chip, SAOY_LEVER_STRICT_END))
        return SAOY_SW_WRONG_LENGTH;
    if (le > left && left < 256 && saoy_chip_is(chip, SAOY_LEVER_EXACT_LE))
        return (uint16_t)(SW_EXACT | left);
    *out = (SaoyView){ file.data + offset, MIN(n, left) };
    return left < n && n == le ? SAOY_SW_END_OF_FILE : SAOY_SW_OK;
}

/* P1: the short file identifier, which selects the file as well. */
static uint16_t
select_short(SaoyChip *chip, uint8_t p1)
{
    uint16_t id = (uint16_t)(0x0100 | (p1 & 0x1f));

    if (saoy_chip_is(chip, SAOY_LEVER_NO_SFI))
        return SAOY_SW_WRONG_P1P2;
    if (!chip->application && (p1 & 0x1f) == SFI_ATR_INFO)
        id = EF_ATR_INFO;
    return find_file(chip, id, &chip->selected);
}

uint16_t
saoy_chip_read(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    size_t offset = (size_t)command->p1 << 8 | command->p2;
    SaoyView bytes = { 0 };
    uint16_t sw;

    if ((command->p1 & 0x80) != 0) {
        sw = select_short(chip, command->p1);
        if (sw != SAOY_SW_OK)
            return sw;
        offset = command->p2;
    }
    sw = take_bytes(chip, offset, command->le, &bytes);
    g_byte_array_append(answer, bytes.data, (unsigned)bytes.size);
    return sw;
}

/* Odd instruction: offset in object 54, bytes in object 53; Le counts the object whole. */
uint16_t
saoy_chip_read_far(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView data = command->data, number = { 0 }, bytes = { 0 };
    size_t offset = 0;
    uint16_t sw;

    if (!saoy_tlv_take(&data, 0x54, &number, NULL) || number.size > 3 || command->le < 5)
        return SAOY_SW_WRONG_DATA;
    for (size_t i = 0; i < number.size; i++)
        offset = offset << 8 | number.data[i];
    sw =
        take_bytes(chip, offset, MAX((unsigned)block_of(chip, command->le), 5) - 4, &bytes);
    if (bytes.size > 0)
        saoy_tlv_put(answer, 0x53, bytes);
    return sw;
}
