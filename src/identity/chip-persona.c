#include "chip-state.h"

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "persona-files.h"
#include "persona-pki.h"
#include "tlv.h"

#include <stdio.h>
#include <string.h>

#define MAX_PERSONA (1024 * 1024)
#define MAX_BASE64 (512 * 1024)

/* The last byte of a file, to something that still parses (an MRZ ends in fillers). */
static bool
change_last_byte(SaoyChip *chip, unsigned slot)
{
    SaoyView file = { 0 };
    uint8_t *copy;

    if (slot >= SAOY_SLOT_N || chip->files[slot] == NULL)
        return false;
    file = saoy_view_of(chip->files[slot]);
    copy = g_memdup2(file.data, file.size);
    copy[file.size - 1] = copy[file.size - 1] == '<' ? 'X' : copy[file.size - 1] ^ 0x01;
    chip->selected = NULL;
    g_clear_pointer(&chip->changed[slot], g_bytes_unref);
    chip->changed[slot] = g_bytes_new_take(copy, file.size);
    return true;
}

static bool
sign_elsewhere(SaoyChip *chip)
{
    g_auto(SaoyIssuer) foreign = { 0 };
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };
    GBytes *sod = NULL;

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (chip->files[n] != NULL)
            groups[n] = saoy_view_of(chip->files[n]);
    if (saoy_issuer_new("CSCA of somebody else", &foreign, NULL))
        sod = saoy_sod_sign(&foreign, groups, NULL);
    if (sod == NULL)
        return false;
    chip->selected = NULL;
    g_clear_pointer(&chip->changed[SAOY_SLOT_SOD], g_bytes_unref);
    chip->changed[SAOY_SLOT_SOD] = sod;
    return true;
}

static void
clear_faults(SaoyChip *chip)
{
    for (unsigned i = 0; i < SAOY_SLOT_N; i++)
        g_clear_pointer(&chip->changed[i], g_bytes_unref);
    chip->selected = NULL;
    chip->wrong_mac = chip->no_pace = chip->clone = false;
    chip->no_aa = chip->wrong_aa = false;
    chip->counts = chip->pulled = false;
}

bool
saoy_chip_fault(SaoyChip *chip, const char *lever)
{
    unsigned n = 0;
    char end = '\0';

    if (sscanf(lever, "pulled-after %u%c", &n, &end) == 1) {
        chip->counts = true;
        chip->left = n;
        return true;
    }
    if (sscanf(lever, "changed-dg %u%c", &n, &end) == 1)
        return n >= 1 && n <= SAOY_GROUP_MAX && change_last_byte(chip, n);
    if (g_str_equal(lever, "wrong-mac"))
        return chip->wrong_mac = true;
    if (g_str_equal(lever, "no-pace"))
        return chip->no_pace = true;
    if (g_str_equal(lever, "clone"))
        return chip->clone = true;
    if (g_str_equal(lever, "no-aa"))
        return chip->no_aa = true;
    if (g_str_equal(lever, "wrong-aa"))
        return chip->wrong_aa = true;
    if (g_str_equal(lever, "wrong-sod"))
        return change_last_byte(chip, SAOY_SLOT_SOD);
    if (g_str_equal(lever, "foreign-csca"))
        return sign_elsewhere(chip);
    if (!g_str_equal(lever, "clear"))
        return false;
    clear_faults(chip);
    return true;
}

static GBytes *
take_base64(const SaoyJson *object, const char *key, GError **error)
{
    const char *text = saoy_json_string(object, key, MAX_BASE64, error);

    return text != NULL ? saoy_base64_decode(text, error) : NULL;
}

static bool
take_file(SaoyChip *chip, unsigned slot, const SaoyJson *files, const char *key,
          GError **error)
{
    SaoyView bytes = { 0 };
    size_t total = 0;

    chip->files[slot] = take_base64(files, key, error);
    if (chip->files[slot] == NULL)
        return false;
    bytes = saoy_view_of(chip->files[slot]);
    if (!saoy_tlv_total(bytes, &total, NULL) || total != bytes.size)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" is no whole file", key);
    return true;
}

static bool
take_files(SaoyChip *chip, const SaoyJson *json, GError **error)
{
    static const struct {
        const char *key;
        unsigned slot;
    } wanted[] = { { "dg1", 1 },   { "dg2", 2 },   { "dg13", 13 },
                   { "dg14", 14 }, { "dg15", 15 }, { "sod", SAOY_SLOT_SOD } };
    SaoyJson *files = saoy_json_object_of(json, "files", error);

    if (files == NULL)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        if (!take_file(chip, wanted[i].slot, files, wanted[i].key, error))
            return false;
    chip->files[SAOY_SLOT_COM] = saoy_persona_com();
    chip->card_access = g_bytes_new_static(saoy_persona_card_access().data,
                                           saoy_persona_card_access().size);
    return true;
}

static EVP_PKEY *
take_key(const SaoyJson *keys, const char *name, GError **error)
{
    g_autoptr(GBytes) der = take_base64(keys, name, error);
    const uint8_t *at = der == NULL ? NULL : saoy_view_of(der).data;
    EVP_PKEY *key =
        der == NULL ? NULL : d2i_AutoPrivateKey(NULL, &at, (long)saoy_view_of(der).size);

    if (der != NULL && key == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, name);
    return key;
}

/* ECDSA signs as DG14 says; for RSA, and where it is silent, SHA-256. */
static void
choose_active_digest(SaoyChip *chip)
{
    SaoyDg14 dg14 = { 0 };

    chip->active_digest = NID_sha256;
    if (saoy_dg14_parse(saoy_view_of(chip->files[14]), &dg14, NULL) &&
        dg14.active_digest > 0)
        chip->active_digest = dg14.active_digest;
}

static bool
take_keys(SaoyChip *chip, const SaoyJson *json, GError **error)
{
    const char *can = saoy_json_string(json, "can", 6, error);
    const char *mrz_key = can == NULL ? NULL : saoy_json_string(json, "mrz_key", 32, error);
    SaoyJson *keys = mrz_key == NULL ? NULL : saoy_json_object_of(json, "keys", error);

    if (keys == NULL)
        return false;
    g_strlcpy(chip->key.can, can, sizeof chip->key.can);
    g_strlcpy(chip->key.mrz_key, mrz_key, sizeof chip->key.mrz_key);
    chip->chip_auth = take_key(keys, "chip_auth", error);
    if (chip->chip_auth == NULL)
        return false;
    chip->active_auth = take_key(keys, "active_auth", error);
    choose_active_digest(chip);
    return chip->active_auth != NULL;
}

SaoyChip *
saoy_chip_open(const char *persona_json, GError **error)
{
    g_autoptr(GBytes) text = saoy_file_read(persona_json, MAX_PERSONA, error);
    g_autoptr(SaoyJson) json =
        text == NULL ? NULL : saoy_json_parse(saoy_view_of(text), MAX_PERSONA, error);
    g_autoptr(SaoyChip) chip = NULL;

    if (json == NULL)
        return NULL;
    if (g_strcmp0(saoy_json_string_or(json, "format", ""), "saoy-persona-1") != 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "not a persona file");
    chip = g_new0(SaoyChip, 1);
    if (!take_files(chip, json, error) || !take_keys(chip, json, error))
        return NULL;
    return g_steal_pointer(&chip);
}

void
saoy_chip_close(SaoyChip *chip)
{
    if (chip == NULL)
        return;
    saoy_chip_reset(chip);
    clear_faults(chip);
    for (unsigned i = 0; i < SAOY_SLOT_N; i++)
        g_clear_pointer(&chip->files[i], g_bytes_unref);
    g_clear_pointer(&chip->card_access, g_bytes_unref);
    g_clear_pointer(&chip->card_security, g_bytes_unref);
    EVP_PKEY_free(chip->chip_auth);
    EVP_PKEY_free(chip->active_auth);
    explicit_bzero(chip, sizeof *chip);
    g_free(chip);
}
