/* Makes the first inputs of every target out of a synthetic person and her chip:
 *
 *   fuzz-seed FOLDER PORTRAIT.jpg
 *
 * The fuzzer takes it from there; what it finds is merged into tests/fuzz/corpus. */
#include "../unit/identity/infos.h"
#include "../unit/identity/pki.h"
#include "bac.h"
#include "chip-state.h"
#include "fuzz.h"
#include "persona-pki.h"

#include <glib/gstdio.h>

typedef struct {
    const char *folder;
    SaoyChip *chip;
    SaoyLink link;      /* behind the reader's back, to the same chip */
    SaoySm sm;          /* with the reader */
    bool between;       /* speaks BAC itself and notes what travels inside */
    GByteArray *script; /* answers as fuzz-apdu.c takes them */
} Seed;

static void
write_seed(const Seed *seed, const char *target, const char *name, SaoyView bytes)
{
    g_autofree char *folder = g_build_filename(seed->folder, target, NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(saoy_file_write(path, bytes, NULL));
}

static void
note_answer(Seed *seed, SaoyView answer)
{
    const uint8_t wide[] = { 0xff, (uint8_t)(answer.size >> 8), (uint8_t)answer.size };
    bool is_short = answer.size < 0xff;

    g_byte_array_append(seed->script, is_short ? wide + 2 : wide, is_short ? 1 : 3);
    g_byte_array_append(seed->script, answer.data, (unsigned)answer.size);
}

/* What a chip says that does not understand, and what it ends a session with. */
static bool
give_up(Seed *seed, GByteArray *response)
{
    g_byte_array_set_size(response, 0);
    g_byte_array_append(response, (const uint8_t[]){ 0x69, 0x88 }, 2);
    saoy_sm_wipe(&seed->sm);
    return true;
}

static bool
open_behind(Seed *seed, SaoyView sealed, GByteArray *response)
{
    uint8_t theirs[SAOY_BAC_MESSAGE], mine[SAOY_BAC_MESSAGE] = { 0 };
    uint8_t out[SAOY_BAC_SEALED];
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };
    const char *key = seed->chip->key.mrz_key;

    if (!saoy_bac_keys(key, &enc, &mac, NULL) ||
        !saoy_bac_open(&enc, &mac, sealed, theirs, NULL))
        return false;
    memcpy(mine, theirs + 8, 8);
    memcpy(mine + 8, theirs, 8);
    if (!saoy_bac_seal(&enc, &mac, mine, out, NULL) ||
        !saoy_bac_session(mine, theirs, mine + 16, theirs + 16, &seed->sm, NULL) ||
        !saoy_bac_run(&seed->link, &seed->chip->key, NULL))
        return false;
    g_byte_array_append(response, out, sizeof out);
    g_byte_array_append(response, (const uint8_t[]){ 0x90, 0x00 }, 2);
    return true;
}

static bool
pass_on(Seed *seed, const SaoyApdu *command, GByteArray *response)
{
    g_autoptr(SaoyArray) plain = saoy_array_new(256);
    g_autoptr(SaoyArray) noted = saoy_array_new(256);
    SaoyApdu opened = { 0 };
    SaoyView data = { 0 };
    uint16_t sw = 0;

    if (!saoy_sm_open(&seed->sm, command, plain, &opened, NULL) ||
        !saoy_link_send(&seed->link, &opened, &data, &sw, NULL) ||
        !saoy_sm_seal(&seed->sm, data, sw, response, NULL))
        return false;
    g_byte_array_append(noted, data.data, (unsigned)data.size);
    g_byte_array_append(noted, (const uint8_t[]){ (uint8_t)(sw >> 8), (uint8_t)sw }, 2);
    note_answer(seed, saoy_view_array(noted));
    return true;
}

static bool
transceive(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    Seed *seed = self;
    SaoyApdu command = { 0 };

    g_assert_true(saoy_apdu_parse(raw, &command, error));
    if (seed->between && command.ins == 0x82)
        return open_behind(seed, command.data, response) || give_up(seed, response);
    if (seed->between && (command.cla & 0x0c) != 0)
        return pass_on(seed, &command, response) || give_up(seed, response);
    saoy_chip_respond(seed->chip, raw, response);
    note_answer(seed, saoy_view_array(response));
    return true;
}

/* One reading of the chip, noted. */
static void
write_reading(Seed *seed, const char *name, uint8_t mode)
{
    g_auto(SaoyAccessKey) key = seed->chip->key;
    g_auto(SaoyIdentity) who = { 0 };
    const SaoyChannel channel = { transceive, seed };
    const SaoyReadPolicy policy = { .allow_bac = true };

    seed->between = mode & 1;
    memset(mode & 2 ? key.mrz_key : key.can, 0, mode & 2 ? sizeof key.mrz_key : 7);
    seed->script = g_byte_array_new();
    g_byte_array_append(seed->script, &mode, 1);
    saoy_link_init(&seed->link, saoy_chip_channel(seed->chip), NULL);
    saoy_chip_reset(seed->chip);
    (void)saoy_identity_read(channel, &key, &policy, NULL, NULL, &who, NULL, NULL);
    write_seed(seed, "apdu", name, saoy_view_array(seed->script));
    saoy_link_clear(&seed->link);
    g_byte_array_unref(seed->script);
}

static void
set_card_access(Seed *seed, unsigned mapping, unsigned cipher, unsigned parameter)
{
    uint8_t file[] = { 0x31, 0x14, 0x30, 0x12, 0x06, 0x0a, 0x04, 0x00, 0x7f, 0x00, 0x07,
                       0x02, 0x02, 0x04, 0x02, 0x02, 0x02, 0x01, 0x02, 0x02, 0x01, 0x0d };

    file[14] = (uint8_t)mapping;
    file[15] = (uint8_t)cipher;
    file[21] = (uint8_t)parameter;
    g_bytes_unref(seed->chip->card_access);
    seed->chip->card_access = g_bytes_new(file, sizeof file);
}

static void
write_readings(Seed *seed)
{
    static const struct {
        const char *name;
        uint8_t mapping, cipher, parameter;
    } variants[] = { { "pace-dh-gm", 1, 2, 0 },
                     { "pace-ecdh-gm", 2, 1, 12 },
                     { "pace-dh-im", 3, 2, 0 },
                     { "pace-ecdh-im", 4, 4, 13 },
                     { "pace-ecdh-cam", 6, 2, 13 } };

    write_reading(seed, "pace-can", 2);
    g_assert_true(saoy_chip_fault(seed->chip, "no-pace"));
    write_reading(seed, "bac-inside", 1);
    write_reading(seed, "bac", 0);
    g_assert_true(saoy_chip_fault(seed->chip, "clear"));
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        set_card_access(seed, variants[i].mapping, variants[i].cipher,
                        variants[i].parameter);
        write_seed(seed, "lds", variants[i].name, saoy_view_of(seed->chip->card_access));
        write_reading(seed, variants[i].name, 2);
    }
}

/* Secure messaging objects: status alone, data and status, an odd instruction's. */
static void
write_objects(Seed *seed)
{
    static const uint8_t objects[] = {
        0x04, 4,    0x99, 0x02, 0x90, 0x00, /* mode and lengths as fuzz-apdu.c wants them */
        23,   0x87, 0x11, 0x01, 1,    2,    3,  4,  5,    6,    7,    8,
        9,    10,   11,   12,   13,   14,   15, 16, 0x99, 0x02, 0x90, 0x00,
        0,    22,   0x85, 0x10, 1,    2,    3,  4,  5,    6,    7,    8,
        9,    10,   11,   12,   13,   14,   15, 16, 0x99, 0x02, 0x62, 0x82,
    };

    write_seed(seed, "apdu", "objects", (SaoyView){ objects, sizeof objects });
}

static void
write_groups(Seed *seed)
{
    static const struct {
        unsigned slot;
        const char *target, *name;
    } files[] = { { SAOY_SLOT_COM, "lds", "com" }, { 1, "lds", "dg1" },
                  { 13, "lds", "dg13" },           { 14, "lds", "dg14" },
                  { 15, "lds", "dg15" },           { 2, "dg2", "jpeg" },
                  { 13, "dg13", "persona" },       { SAOY_SLOT_SOD, "sod", "whole" } };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        write_seed(seed, files[i].target, files[i].name,
                   saoy_view_of(seed->chip->files[files[i].slot]));
    write_seed(seed, "lds", "card-access", saoy_view_of(seed->chip->card_access));
}

static void
write_signed(Seed *seed, const SaoyIssuer *issuer, const char *name)
{
    SaoyView dg14 = saoy_view_of(seed->chip->files[14]), infos = { 0 };
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };
    g_autoptr(GBytes) sod = NULL;
    g_autoptr(GBytes) security = NULL;

    groups[1] = saoy_view_of(seed->chip->files[1]);
    sod = saoy_sod_sign(issuer, groups, NULL);
    g_assert_true(saoy_tlv_take(&dg14, 0x6e, &infos, NULL));
    security = saoy_card_security_sign(issuer, infos, NULL);
    write_seed(seed, "sod", name, saoy_view_of(sod));
    write_seed(seed, "cardsecurity", name, saoy_view_of(security));
    write_seed(seed, "cardsecurity", "infos", infos);
}

/* DG14 with two keys: on a curve by name, in a standardised field. */
static void
write_keys(Seed *seed)
{
    static const uint8_t number[128] = { 0x80 };
    g_autoptr(EVP_PKEY) curve = EVP_EC_gen("prime256v1");
    g_autoptr(GBytes) on_curve = public_key(curve);
    g_autoptr(GBytes) standard = standard_key(0, (SaoyView){ number, sizeof number });
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) file = NULL;

    put_info(set, "0.4.0.127.0.7.2.2.3.2.4", 1, 1);
    put_info(set, "0.4.0.127.0.7.2.2.3.1.2", 1, 3);
    put_key(set, 2, on_curve, 1);
    put_key(set, 1, standard, 3);
    file = finish_set(set, 0x6e);
    write_seed(seed, "lds", "dg14-keys", saoy_view_of(file));
}

/* What is signed in a security object, by itself. */
static void
write_content(Seed *seed)
{
    SaoyView sod = saoy_view_of(seed->chip->files[SAOY_SLOT_SOD]);
    g_autoptr(CMS_ContentInfo) cms = NULL;
    ASN1_OCTET_STRING *content;

    g_assert_true(saoy_tlv_take(&sod, 0x77, &sod, NULL));
    cms = d2i_CMS_ContentInfo(NULL, &sod.data, (long)sod.size);
    content = *CMS_get0_content(cms);
    write_seed(
        seed, "sod", "content",
        (SaoyView){ ASN1_STRING_get0_data(content), (size_t)ASN1_STRING_length(content) });
}

static void
write_certificate(const Seed *seed, const char *name, X509 *certificate)
{
    g_autoptr(GBytes) der = saoy_x509_der(certificate);

    write_seed(seed, "issuer", name, saoy_view_of(der));
}

/* Signers under the issuer, by every kind of key, and what they sign. */
static void
write_signers(Seed *seed, const SaoyIssuer *issuer)
{
    static const struct {
        const char *name;
        SaoySignerPlan plan;
    } cases[] = { { "ecdsa", { 0 } },
                  { "rsa", { .kind = SAOY_SIGNS_RSA, .digest = NID_sha1 } },
                  { "pss", { .kind = SAOY_SIGNS_PSS, .digest = NID_sha512 } } };
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    groups[1] = saoy_view_of(seed->chip->files[1]);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(SaoyIssuer) signer = { 0 };
        g_autoptr(GBytes) sod = NULL;

        g_assert_true(saoy_document_signer_new(issuer, &cases[i].plan, &signer, NULL));
        sod = saoy_sod_sign_by(&signer, &cases[i].plan, groups, NULL);
        write_seed(seed, "sod", cases[i].name, saoy_view_of(sod));
        write_certificate(seed, cases[i].name, signer.certificate);
    }
    write_certificate(seed, "csca", issuer->certificate);
}

static void
write_lists(Seed *seed, const char *folder, const SaoyIssuer *issuer)
{
    const Party csca = { issuer->certificate, issuer->key };
    g_auto(Party) signer =
        make_signer((Plan){ .issuer = &csca, .extended = "critical,2.23.136.1.1.3" });
    g_autoptr(GBytes) content = list_of(&issuer->certificate, 1, 1);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), &signer, (How){ .type = "2.23.136.1.1.2" });
    g_autoptr(GBytes) list = cms_bytes(cms);
    g_autofree char *path = g_build_filename(folder, "csca.crl", NULL);
    g_autoptr(GBytes) crl = NULL;

    g_assert_true(saoy_crl_write(folder, issuer, signer.certificate, NULL));
    crl = saoy_file_read(path, 1 << 20, NULL);
    write_seed(seed, "issuer", "master-list", saoy_view_of(list));
    write_seed(seed, "issuer", "revocation-list", saoy_view_of(crl));
    write_certificate(seed, "list-signer", signer.certificate);
}

static void
write_text(Seed *seed)
{
    static const char *const texts[] = {
        "000001",
        "001190000001",
        "001090000001|012345678|Nguyễn Văn An|01011990|Nam|Số 1 Phố Mẫu, Hà Nội|10052021",
        "IDVNM0900000018001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6\n"
        "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<\n",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *name = g_strdup_printf("text-%zu", i);

        write_seed(seed, "mrz", name,
                   (SaoyView){ (const uint8_t *)texts[i], strlen(texts[i]) });
    }
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-seed-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "person.json", NULL);
    g_autoptr(GBytes) portrait = argc == 3 ? saoy_file_read(argv[2], 1 << 20, NULL) : NULL;
    const SaoyPersona persona = { .name_vi = "Nguyễn Văn An",
                                  .number = "001090000001",
                                  .birth_date = "1990-01-01",
                                  .sex = "M",
                                  .expiry_date = "2030-01-01",
                                  .portrait = portrait };
    g_auto(SaoyIssuer) issuer = { 0 };
    g_auto(SaoyIssuer) foreign = { 0 };
    g_autoptr(GBytes) certificate = NULL;
    Seed seed = { 0 };

    if (portrait == NULL) {
        g_printerr("fuzz-seed FOLDER PORTRAIT.jpg\n");
        return 2;
    }
    seed.folder = argv[1];
    g_assert_true(saoy_persona_make(&persona, path, NULL));
    seed.chip = saoy_chip_open(path, NULL);
    g_assert_true(saoy_issuer_of_folder(folder, &issuer, NULL));
    g_assert_true(saoy_issuer_new("CSCA of somebody else", &foreign, NULL));
    write_groups(&seed);
    write_signed(&seed, &foreign, "foreign");
    write_signed(&seed, &issuer, "trusted");
    certificate = saoy_x509_der(issuer.certificate);
    write_seed(&seed, "trust", "csca.der", saoy_view_of(certificate));
    write_content(&seed);
    write_keys(&seed);
    write_signers(&seed, &issuer);
    write_lists(&seed, folder, &issuer);
    write_readings(&seed);
    write_objects(&seed);
    write_text(&seed);
    saoy_chip_close(seed.chip);
    return saoy_dir_remove(folder, NULL) ? 0 : 1;
}
