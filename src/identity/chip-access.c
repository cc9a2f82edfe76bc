/* How the software chip is opened: PACE in all its mappings, and BAC. */
#include "chip-state.h"

#include "bac.h"
#include "cam.h"
#include "core/file.h"
#include "tlv.h"

#include <openssl/crypto.h>

#include <string.h>

enum { SW_TOKEN_WRONG = 0x6300 };

void
saoy_chip_forget(SaoyChip *chip)
{
    chip->stage = SAOY_STAGE_NONE;
    chip->challenged = false;
    chip->chip_auth_selected = false;
    explicit_bzero(chip->challenge, sizeof chip->challenge);
    saoy_key_wipe(&chip->nonce);
    saoy_sm_wipe(&chip->agreed);
    g_clear_pointer(&chip->domain, saoy_domain_free);
    g_clear_pointer(&chip->base, saoy_array_free);
    g_clear_pointer(&chip->own, saoy_array_free);
    g_clear_pointer(&chip->peer, saoy_array_free);
    g_clear_pointer(&chip->mapping, BN_clear_free);
}

bool
saoy_chip_template(SaoyView data, SaoyChipTemplate *out)
{
    SaoyChipTemplate found = { 0 };

    while (data.size > 0) {
        uint32_t tag = 0;
        SaoyView value = { 0 };

        if (!saoy_tlv_next(&data, &tag, &value, NULL))
            return false;
        if (tag == 0x80)
            found.protocol = value;
        else if (tag == 0x83)
            found.password = value;
        else if (tag == 0x84)
            found.parameter = value;
        else if (tag == 0x91)
            found.ephemeral = value;
        else
            return false;
    }
    *out = found;
    return true;
}

/* Which of the announced variants is meant; the parameter id is said only where several
 * have the same protocol. */
static bool
find_variant(const SaoyChip *chip, const SaoyChipTemplate *template, SaoyPaceInfo *out)
{
    GBytes *file = saoy_chip_card_access(chip);
    SaoyView set = { 0 };

    if (file == NULL || !saoy_security_infos(saoy_view_of(file), &set, NULL))
        return false;
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };

        if (!saoy_security_info_next(&set, &info, NULL))
            return false;
        if (saoy_view_same(info.oid, template->protocol) && info.number >= 0 &&
            (template->parameter.size != 1 || template->parameter.data[0] == info.number) &&
            saoy_pace_info(info.oid, (unsigned)info.number, out) &&
            saoy_pace_supported(out))
            return true;
    }
    return false;
}

/* MSE:Set AT for PACE, which belongs to the master file. */
uint16_t
saoy_chip_manage(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyChipTemplate template = { 0 };

    if (command->p2 != 0xa4)
        return SAOY_SW_WRONG_P1P2;
    if (chip->sealed)
        return SAOY_SW_CONDITIONS;
    saoy_chip_forget(chip);
    if (saoy_chip_is(chip, SAOY_LEVER_NO_PACE))
        return 0x6fff;
    if (!saoy_chip_template(command->data, &template) ||
        (saoy_chip_is(chip, SAOY_LEVER_MSE_STRICT) && template.parameter.size > 0) ||
        !find_variant(chip, &template, &chip->pace))
        return SAOY_SW_WRONG_DATA;
    if (template.password.size != 1 || (template.password.data[0] != SAOY_PASSWORD_CAN &&
                                        template.password.data[0] != SAOY_PASSWORD_MRZ))
        return SAOY_SW_NO_REFERENCE;
    chip->reference = template.password.data[0];
    chip->application = false;
    chip->selected = NULL;
    chip->stage = SAOY_STAGE_SELECTED;
    return SAOY_SW_OK;
}

static void
put_dynamic(GByteArray *answer, uint32_t tag, SaoyView value)
{
    g_autoptr(SaoyArray) inner = saoy_array_new(value.size + 8);

    saoy_tlv_put(inner, tag, value);
    saoy_tlv_put(answer, 0x7c, saoy_view_array(inner));
}

static uint16_t
give_nonce(SaoyChip *chip, SaoyView data, GByteArray *answer)
{
    g_auto(SaoyKey) password = { 0 };
    g_auto(SaoyKey) key = { 0 };
    uint8_t sealed[32];

    chip->domain = saoy_domain_new(chip->pace.parameter);
    chip->nonce.size = saoy_nonce_size(chip->pace.cipher);
    if (chip->reference == SAOY_PASSWORD_CAN ? chip->key.can[0] == '\0'
                                             : chip->key.mrz_key[0] == '\0')
        return SAOY_SW_CONDITIONS; /* a dump without that password */
    saoy_pace_password(&chip->key, chip->reference, &password);
    if (data.size > 0 || chip->domain == NULL ||
        !saoy_random(chip->nonce.bytes, chip->nonce.size, NULL) ||
        !saoy_kdf(chip->pace.cipher, (SaoyView){ password.bytes, password.size },
                  SAOY_KDF_PASSWORD, &key, NULL) ||
        !saoy_cbc(chip->pace.cipher, &key, NULL, true,
                  (SaoyView){ chip->nonce.bytes, chip->nonce.size }, sealed, NULL))
        return SAOY_SW_WRONG_DATA;
    put_dynamic(answer, 0x80, (SaoyView){ sealed, chip->nonce.size });
    chip->stage = SAOY_STAGE_NONCE;
    return SAOY_SW_OK;
}

static uint16_t
map_base(SaoyChip *chip, SaoyView data, GByteArray *answer)
{
    g_auto(SaoyDomainPair) own = { 0 };
    SaoyView nonce = { chip->nonce.bytes, chip->nonce.size }, theirs = { 0 };

    if (!saoy_tlv_take(&data, 0x81, &theirs, NULL))
        return SAOY_SW_WRONG_DATA;
    if (saoy_pace_integrates(&chip->pace))
        chip->base =
            saoy_domain_integrate(chip->domain, chip->pace.cipher, nonce, theirs, NULL);
    else if (saoy_domain_pair(chip->domain, (SaoyView){ 0 }, saoy_random, &own, NULL))
        chip->base = saoy_domain_map(chip->domain, nonce, own.secret, theirs, NULL);
    if (chip->base == NULL)
        return SAOY_SW_WRONG_DATA;
    chip->mapping = g_steal_pointer(&own.secret);
    put_dynamic(answer, 0x82,
                own.element == NULL ? (SaoyView){ 0 } : saoy_view_array(own.element));
    chip->stage = SAOY_STAGE_MAPPED;
    return SAOY_SW_OK;
}

static uint16_t
agree(SaoyChip *chip, SaoyView data, GByteArray *answer)
{
    g_auto(SaoyDomainPair) own = { 0 };
    g_autoptr(SaoyArray) secret = saoy_array_new(256);
    SaoyView theirs = { 0 };

    if (!saoy_tlv_take(&data, 0x83, &theirs, NULL) ||
        !saoy_domain_pair(chip->domain, saoy_view_array(chip->base), saoy_random, &own,
                          NULL) ||
        !saoy_domain_agree(chip->domain, own.secret, theirs, secret, NULL) ||
        !saoy_sm_derive(&chip->agreed, chip->pace.cipher, saoy_view_array(secret), NULL))
        return SAOY_SW_WRONG_DATA;
    chip->peer = saoy_array_new(theirs.size);
    g_byte_array_append(chip->peer, theirs.data, (unsigned)theirs.size);
    chip->own = g_steal_pointer(&own.element);
    put_dynamic(answer, 0x84, saoy_view_array(chip->own));
    chip->stage = SAOY_STAGE_AGREED;
    return SAOY_SW_OK;
}

/* Object 8A. false: the static key lives on another curve. */
static bool
put_cam(SaoyChip *chip, GByteArray *inner)
{
    EVP_PKEY *key = chip->mapping_auth != NULL ? chip->mapping_auth : chip->chip_auth;
    g_autoptr(EC_GROUP) group = key == NULL ? NULL : saoy_ec_group_of(key, NULL);
    g_autoptr(BIGNUM) secret = saoy_chip_secret(chip, key);
    g_autoptr(SaoyArray) data = saoy_array_new(80);
    g_autoptr(SaoyArray) sealed = saoy_array_new(96);

    if (group == NULL || secret == NULL ||
        EC_GROUP_cmp(group, chip->domain->curve, NULL) != 0 ||
        !saoy_cam_data(chip->domain, secret, chip->mapping, data, NULL) ||
        !saoy_cam_seal(&chip->agreed, saoy_view_array(data), sealed, NULL))
        return false;
    saoy_tlv_put(inner, 0x8a, saoy_view_array(sealed));
    return true;
}

static uint16_t
check_token(SaoyChip *chip, SaoyView data, GByteArray *answer)
{
    uint8_t expected[SAOY_MAC_SIZE], mine[SAOY_MAC_SIZE];
    g_autoptr(SaoyArray) inner = saoy_array_new(128);
    SaoyView token = { 0 };

    if (!saoy_tlv_take(&data, 0x85, &token, NULL) || token.size != sizeof expected ||
        !saoy_pace_token(&chip->pace, &chip->agreed.mac, saoy_view_array(chip->own),
                         expected, NULL) ||
        !saoy_pace_token(&chip->pace, &chip->agreed.mac, saoy_view_array(chip->peer), mine,
                         NULL))
        return SAOY_SW_WRONG_DATA;
    if (CRYPTO_memcmp(expected, token.data, sizeof expected) != 0)
        return SW_TOKEN_WRONG;
    mine[0] ^= saoy_chip_is(chip, SAOY_LEVER_WRONG_TOKEN);
    saoy_tlv_put(inner, 0x86, (SaoyView){ mine, sizeof mine });
    if (chip->pace.mapping == SAOY_MAPPING_ECDH_CAM && !put_cam(chip, inner))
        return SAOY_SW_WRONG_DATA;
    saoy_tlv_put(answer, 0x7c, saoy_view_array(inner));
    chip->coming = chip->agreed;
    chip->by_pace = true;
    saoy_chip_forget(chip);
    return SAOY_SW_OK;
}

static const struct {
    uint8_t cla; /* 10: another command follows */
    uint16_t (*run)(SaoyChip *chip, SaoyView data, GByteArray *answer);
} stages[] = {
    [SAOY_STAGE_SELECTED] = { 0x10, give_nonce },
    [SAOY_STAGE_NONCE] = { 0x10, map_base },
    [SAOY_STAGE_MAPPED] = { 0x10, agree },
    [SAOY_STAGE_AGREED] = { 0x00, check_token },
};

uint16_t
saoy_chip_authenticate(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView data = command->data;
    uint16_t sw;

    if (!saoy_tlv_take(&data, 0x7c, &data, NULL))
        return SAOY_SW_WRONG_DATA;
    if (chip->stage == SAOY_STAGE_NONE || command->cla != stages[chip->stage].cla)
        return SAOY_SW_CONDITIONS;
    sw = stages[chip->stage].run(chip, data, answer);
    if (sw != SAOY_SW_OK)
        saoy_chip_forget(chip);
    return sw;
}

uint16_t
saoy_chip_challenge(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    if (chip->no_bac || saoy_chip_is(chip, SAOY_LEVER_NO_BAC))
        return SAOY_SW_NO_INS;
    if (!chip->application || !saoy_random(chip->challenge, sizeof chip->challenge, NULL))
        return SAOY_SW_CONDITIONS;
    chip->challenged = true;
    g_byte_array_append(answer, chip->challenge, sizeof chip->challenge);
    return SAOY_SW_OK;
}

/* BAC: RND.IFD ‖ RND.IC ‖ K.IFD there, RND.IC ‖ RND.IFD ‖ K.IC back. */
uint16_t
saoy_chip_external(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };
    g_auto(SaoyKey) theirs = { 0 };
    g_auto(SaoyKey) mine = { 0 };
    uint8_t sealed[SAOY_BAC_SEALED];

    if (!chip->challenged)
        return SAOY_SW_CONDITIONS;
    chip->challenged = false;
    if (!saoy_bac_keys(chip->key.mrz_key, &enc, &mac, NULL) ||
        !saoy_bac_open(&enc, &mac, command->data, theirs.bytes, NULL) ||
        CRYPTO_memcmp(theirs.bytes + 8, chip->challenge, 8) != 0)
        return SW_TOKEN_WRONG;
    memcpy(mine.bytes, chip->challenge, 8);
    memcpy(mine.bytes + 8, theirs.bytes, 8);
    if (!saoy_random(mine.bytes + 16, 16, NULL) ||
        !saoy_bac_seal(&enc, &mac, mine.bytes, sealed, NULL) ||
        !saoy_bac_session(mine.bytes, theirs.bytes, mine.bytes + 16, theirs.bytes + 16,
                          &chip->coming, NULL))
        return SAOY_SW_UNKNOWN;
    chip->by_pace = false;
    g_byte_array_append(answer, sealed, sizeof sealed);
    return SAOY_SW_OK;
}
