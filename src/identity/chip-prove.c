/* How the software chip proves itself: chip authentication and active authentication. */
#include "chip-state.h"

#include "activeauth.h"
#include "tlv.h"

#include <openssl/core_names.h>

/* The protocols of chip authentication: the key agreement and the cipher follow. */
static const uint8_t protocols[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03 };

BIGNUM *
saoy_chip_secret(const SaoyChip *chip, EVP_PKEY *key)
{
    BIGNUM *secret = NULL;

    if (key == NULL || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &secret) != 1)
        return NULL;
    if (saoy_chip_is(chip, SAOY_LEVER_CLONE)) /* who copied the files could not copy it */
        BN_add_word(secret, 1);
    return secret;
}

static bool
is_of(const SaoyDomain *domain, const EC_GROUP *group, const BIGNUM *modulus)
{
    return domain->curve != NULL
               ? group != NULL && EC_GROUP_cmp(group, domain->curve, NULL) == 0
               : modulus != NULL && BN_cmp(modulus, domain->p) == 0;
}

SaoyDomain *
saoy_chip_domain(EVP_PKEY *key)
{
    bool curve = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    g_autoptr(EC_GROUP) group = curve ? saoy_ec_group_of(key, NULL) : NULL;
    g_autoptr(BIGNUM) modulus = NULL;

    if (!curve && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &modulus) != 1)
        return NULL;
    for (unsigned parameter = curve ? 8 : 0; parameter <= (curve ? 18u : 2u); parameter++) {
        g_autoptr(SaoyDomain) domain = saoy_domain_new(parameter);

        if (domain != NULL && is_of(domain, group, modulus))
            return g_steal_pointer(&domain);
    }
    return NULL;
}

/* The keys of the agreement hold from the next command on: the answer still goes under the
 * old ones. */
static uint16_t
agree_on(SaoyChip *chip, SaoyCipher cipher, SaoyView peer)
{
    g_autoptr(SaoyDomain) domain = saoy_chip_domain(chip->chip_auth);
    g_autoptr(BIGNUM) secret = saoy_chip_secret(chip, chip->chip_auth);
    g_autoptr(SaoyArray) shared = saoy_array_new(256);

    if (domain == NULL || secret == NULL ||
        !saoy_domain_agree(domain, secret, peer, shared, NULL) ||
        !saoy_sm_derive(&chip->coming, cipher, saoy_view_array(shared), NULL))
        return SAOY_SW_WRONG_DATA;
    return SAOY_SW_OK;
}

/* MSE:Set AT names one of the AES protocols (ICAO 9303-11, 6.2.4.2). */
static uint16_t
set_template(SaoyChip *chip, SaoyView protocol)
{
    bool curve = EVP_PKEY_get_base_id(chip->chip_auth) == EVP_PKEY_EC;
    const uint8_t *kind = protocol.data + sizeof protocols;

    if (protocol.size != sizeof protocols + 2 ||
        !saoy_view_same((SaoyView){ protocol.data, sizeof protocols },
                        (SaoyView){ protocols, sizeof protocols }) ||
        kind[0] != (curve ? 2 : 1) || kind[1] < 2 || kind[1] > SAOY_CIPHER_N)
        return SAOY_SW_WRONG_DATA;
    chip->chip_auth_cipher = (SaoyCipher)(kind[1] - 1);
    chip->chip_auth_selected = true;
    return SAOY_SW_OK;
}

/* MSE:Set KAT does the whole of it, and is the only way with 3DES. */
uint16_t
saoy_chip_manage_key(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyChipTemplate template = { 0 };

    if (command->p1 != 0x41 || (command->p2 != 0xa4 && command->p2 != 0xa6))
        return SAOY_SW_WRONG_P1P2;
    if (!chip->sealed || !chip->application)
        return SAOY_SW_SECURITY;
    if (!saoy_chip_template(command->data, &template) || chip->chip_auth == NULL)
        return SAOY_SW_WRONG_DATA;
    return command->p2 == 0xa4 ? set_template(chip, template.protocol)
                               : agree_on(chip, SAOY_CIPHER_3DES, template.ephemeral);
}

uint16_t
saoy_chip_agree(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    SaoyView data = command->data, peer = { 0 };
    uint16_t sw;

    if (!chip->chip_auth_selected)
        return SAOY_SW_CONDITIONS;
    chip->chip_auth_selected = false;
    if (!saoy_tlv_take(&data, 0x7c, &data, NULL) ||
        !saoy_tlv_take(&data, 0x80, &peer, NULL))
        return SAOY_SW_WRONG_DATA;
    sw = agree_on(chip, chip->chip_auth_cipher, peer);
    if (sw == SAOY_SW_OK)
        saoy_tlv_put(answer, 0x7c, (SaoyView){ 0 });
    return sw;
}

/* Active authentication. A copy has some key, but not the one of DG15; a dump has none. */
uint16_t
saoy_chip_internal(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    g_autoptr(EVP_PKEY) other = NULL;
    EVP_PKEY *key = chip->active_auth;

    if (saoy_chip_is(chip, SAOY_LEVER_NO_AA) || key == NULL)
        return SAOY_SW_NO_INS;
    if (!chip->sealed || !chip->application)
        return SAOY_SW_SECURITY;
    if (command->data.size != SAOY_CHALLENGE_SIZE)
        return SAOY_SW_WRONG_LENGTH;
    if (saoy_chip_is(chip, SAOY_LEVER_WRONG_AA) || saoy_chip_is(chip, SAOY_LEVER_CLONE))
        key = other = EVP_EC_gen("prime256v1");
    if (key == NULL ||
        !saoy_active_auth_sign(key, chip->active_digest, command->data.data, answer, NULL))
        return SAOY_SW_UNKNOWN;
    return SAOY_SW_OK;
}
