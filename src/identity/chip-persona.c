/* The software chip out of a persona file or a dump. */
#include "chip-state.h"

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "persona-files.h"
#include "tlv.h"

#include <openssl/objects.h>

#include <stdio.h>
#include <string.h>

#define MAX_PERSONA (1024 * 1024)
#define MAX_BASE64 (512 * 1024)
#define MAX_DUMP (512 * 1024) /* of one file */
#define EXTENDED 65535        /* understood, as long as nobody says otherwise */

static GBytes *
take_base64(const SaoyJson *object, const char *key, GError **error)
{
    const char *text = saoy_json_string(object, key, MAX_BASE64, error);

    return text != NULL ? saoy_base64_decode(text, error) : NULL;
}

static bool
is_whole(GBytes *file, const char *name, GError **error)
{
    SaoyView bytes = saoy_view_of(file);
    size_t total = 0;

    return (saoy_tlv_total(bytes, &total, NULL) && total == bytes.size) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" is no whole file", name);
}

/* Absent is no mistake where a card may do without. */
static bool
take_file(const SaoyJson *files, const char *key, bool required, GBytes **out,
          GError **error)
{
    if (!required && saoy_json_member(files, key) == NULL)
        return true;
    *out = take_base64(files, key, error);
    return *out != NULL && is_whole(*out, key, error);
}

static bool
take_groups(SaoyChip *chip, const SaoyJson *files, GError **error)
{
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++) {
        char name[8];

        g_snprintf(name, sizeof name, "dg%u", n);
        if (!take_file(files, name, n <= 2, &chip->files[n], error))
            return false;
    }
    return take_file(files, "sod", true, &chip->files[SAOY_SLOT_SOD], error);
}

/* EF.COM lists DG3 too: there are fingerprints on every card, which nobody here may read.
 */
static void
make_com(SaoyChip *chip)
{
    SaoyGroups groups = SAOY_GROUP(3);

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (chip->files[n] != NULL)
            groups |= SAOY_GROUP(n);
    chip->files[SAOY_SLOT_COM] = saoy_persona_com(groups);
}

/* Where nothing is said of EF.CardAccess it is that of every CCCD; null: there is none. */
static bool
take_card_access(SaoyChip *chip, const SaoyJson *files, GError **error)
{
    SaoyView usual = saoy_persona_card_access();

    if (saoy_json_member(files, "card_access") == NULL)
        chip->card_access = g_bytes_new_static(usual.data, usual.size);
    else if (saoy_json_string_or(files, "card_access", NULL) != NULL)
        return take_file(files, "card_access", true, &chip->card_access, error);
    return true;
}

static bool
take_files(SaoyChip *chip, const SaoyJson *json, GError **error)
{
    SaoyJson *files = saoy_json_object_of(json, "files", error);

    if (files == NULL || !take_groups(chip, files, error) ||
        !take_card_access(chip, files, error) ||
        !take_file(files, "card_security", false, &chip->card_security, error))
        return false;
    make_com(chip);
    if (saoy_json_member(files, "atr_info") == NULL)
        return true;
    chip->atr_info = take_base64(files, "atr_info", error); /* several objects in a row */
    return chip->atr_info != NULL;
}

static bool
take_key(const SaoyJson *keys, const char *name, EVP_PKEY **out, GError **error)
{
    g_autoptr(GBytes) der = NULL;
    const uint8_t *at = NULL;

    if (saoy_json_member(keys, name) == NULL)
        return true;
    der = take_base64(keys, name, error);
    if (der == NULL)
        return false;
    at = saoy_view_of(der).data;
    *out = d2i_AutoPrivateKey(NULL, &at, (long)saoy_view_of(der).size);
    return *out != NULL || saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, name);
}

/* ECDSA signs as DG14 says; RSA as the persona says; where all is silent, SHA-256. */
static void
choose_active_digest(SaoyChip *chip, const SaoyJson *json)
{
    int named = OBJ_sn2nid(saoy_json_string_or(json, "active_digest", "SHA256"));
    SaoyDg14 dg14 = { 0 };

    chip->active_digest = named != NID_undef ? named : NID_sha256;
    if (chip->files[14] != NULL &&
        saoy_dg14_parse(saoy_view_of(chip->files[14]), &dg14, NULL) &&
        dg14.active_digest > 0)
        chip->active_digest = dg14.active_digest;
}

static bool
take_keys(SaoyChip *chip, const SaoyJson *json, GError **error)
{
    const char *can = saoy_json_string(json, "can", 6, error);
    const char *mrz_key = can == NULL ? NULL : saoy_json_string(json, "mrz_key", 38, error);
    SaoyJson *keys = mrz_key == NULL ? NULL : saoy_json_object_of(json, "keys", error);

    if (keys == NULL)
        return false;
    g_strlcpy(chip->key.can, can, sizeof chip->key.can);
    g_strlcpy(chip->key.mrz_key, mrz_key, sizeof chip->key.mrz_key);
    chip->no_bac = !saoy_json_bool_or(json, "bac", true);
    choose_active_digest(chip, json);
    return take_key(keys, "chip_auth", &chip->chip_auth, error) &&
           take_key(keys, "mapping_auth", &chip->mapping_auth, error) &&
           take_key(keys, "active_auth", &chip->active_auth, error);
}

static bool
take_extended(SaoyChip *chip, const SaoyJson *json, GError **error)
{
    int64_t n = EXTENDED;

    if (saoy_json_member(json, "extended") != NULL &&
        !saoy_json_int(json, "extended", 0, EXTENDED, &n, error))
        return false;
    chip->extended = (unsigned)n;
    return n == 0 || n >= 256 ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "\"extended\" is 0 or 256 to 65535");
}

SaoyChip *
saoy_chip_parse(SaoyView text, const char *folder, GError **error)
{
    g_autoptr(SaoyJson) json = saoy_json_parse(text, MAX_PERSONA, error);
    g_autoptr(SaoyChip) chip = NULL;

    if (json == NULL)
        return NULL;
    if (g_strcmp0(saoy_json_string_or(json, "format", ""), "saoy-persona-1") != 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "not a persona file");
    chip = g_new0(SaoyChip, 1);
    chip->folder = g_strdup(folder);
    if (!take_files(chip, json, error) || !take_keys(chip, json, error) ||
        !take_extended(chip, json, error))
        return NULL;
    return g_steal_pointer(&chip);
}

/* --- the dump of a real card --- */

/* NULL without error: there is no such file. */
static GBytes *
read_dumped(const char *folder, uint16_t id, GError **error)
{
    g_autofree char *name = g_strdup_printf("ef%04X.bin", id);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) file = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    file = saoy_file_read(path, MAX_DUMP, error);
    return file != NULL && is_whole(file, name, error) ? g_steal_pointer(&file) : NULL;
}

static bool
read_slots(SaoyChip *chip, const char *folder, GError **error)
{
    g_autoptr(GError) why = NULL;

    for (unsigned slot = 0; slot < SAOY_SLOT_N && why == NULL; slot++) {
        uint16_t id = saoy_group_file(slot);

        if (slot == SAOY_SLOT_COM)
            id = 0x011e;
        else if (slot == SAOY_SLOT_SOD)
            id = 0x011d;
        chip->files[slot] = read_dumped(folder, id, &why);
    }
    if (why == NULL)
        chip->card_access = read_dumped(folder, 0x011c, &why);
    if (why == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool
read_dump_keys(SaoyChip *chip, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "can", NULL);
    g_autoptr(GBytes) can =
        g_file_test(path, G_FILE_TEST_EXISTS) ? saoy_file_read(path, 64, error) : NULL;
    SaoyMrz mrz = { 0 };

    if (chip->files[1] == NULL || chip->files[SAOY_SLOT_SOD] == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "no dump: ef0101.bin and ef011D.bin are not there");
    if (!saoy_dg1_parse(saoy_view_of(chip->files[1]), &mrz, error))
        return false;
    g_strlcpy(chip->key.mrz_key, mrz.key, sizeof chip->key.mrz_key);
    explicit_bzero(&mrz, sizeof mrz);
    for (size_t i = 0; can != NULL && i < saoy_view_of(can).size && i < 6; i++)
        chip->key.can[i] = (char)saoy_view_of(can).data[i];
    return true;
}

static SaoyChip *
open_dump(const char *folder, GError **error)
{
    g_autoptr(SaoyChip) chip = g_new0(SaoyChip, 1);

    chip->folder = g_strdup(folder);
    chip->extended = EXTENDED;
    chip->active_digest = NID_sha256;
    if (!read_slots(chip, folder, error) || !read_dump_keys(chip, folder, error))
        return NULL;
    if (chip->files[SAOY_SLOT_COM] == NULL)
        make_com(chip);
    return g_steal_pointer(&chip);
}

SaoyChip *
saoy_chip_open(const char *persona, GError **error)
{
    g_autofree char *folder = NULL;
    g_autoptr(GBytes) text = NULL;

    if (g_file_test(persona, G_FILE_TEST_IS_DIR))
        return open_dump(persona, error);
    text = saoy_file_read(persona, MAX_PERSONA, error);
    folder = g_path_get_dirname(persona);
    return text == NULL ? NULL : saoy_chip_parse(saoy_view_of(text), folder, error);
}

void
saoy_chip_close(SaoyChip *chip)
{
    GBytes **files[] = { NULL, NULL, NULL };

    if (chip == NULL)
        return;
    files[0] = &chip->card_access;
    files[1] = &chip->card_security;
    files[2] = &chip->atr_info;
    saoy_chip_reset(chip);
    saoy_chip_clear_levers(chip);
    for (unsigned i = 0; i < SAOY_SLOT_N; i++)
        g_clear_pointer(&chip->files[i], g_bytes_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        g_clear_pointer(files[i], g_bytes_unref);
    EVP_PKEY_free(chip->chip_auth);
    EVP_PKEY_free(chip->mapping_auth);
    EVP_PKEY_free(chip->active_auth);
    g_free(chip->folder);
    explicit_bzero(chip, sizeof *chip);
    g_free(chip);
}
