#include "openpace.h"

#include "core/error.h"
#include "openpace-parts.h"

#include <eac/ca.h>
#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>

#include <string.h>

/* In the library, but not in its headers: what CA_STEP5 does for version 2, with a nonce.
 */
int KA_CTX_derive_keys(KA_CTX *ctx, const BUF_MEM *nonce, EVP_MD_CTX *md_ctx);

#define OK 0x9000
#define WRONG 0x6a80
#define MAX_FILES 8

struct PeerChip {
    PeerSetup setup;
    EAC_CTX *eac;
    PACE_SEC *can, *mrz;
    const PACE_SEC *password;
    GByteArray *key;
    struct {
        unsigned id;
        GBytes *content;
    } files[MAX_FILES];
    GBytes *selected;
    unsigned step, sessions;
    Mem *terminal_key;
    bool sealed, coming;
    int coming_id;
};

typedef struct {
    uint8_t head[4];
    SaoyView data;
    unsigned le;
} Command;

/* Le at the end, in one or two bytes; 0: all. */
static unsigned
take_le(SaoyView rest)
{
    unsigned le = 0;

    if (rest.size == 0)
        return 0;
    for (size_t i = 0; i < rest.size; i++)
        le = le << 8 | rest.data[i];
    return le == 0 ? 65536 : le;
}

static bool
parse(SaoyView raw, Command *out)
{
    bool extended = raw.size > 6 && raw.data[4] == 0;
    size_t at = extended ? 5 : 4, octets = extended ? 2 : 1;
    SaoyView rest = { 0 };

    *out = (Command){ 0 };
    if (raw.size < at)
        return false;
    memcpy(out->head, raw.data, 4);
    rest = (SaoyView){ raw.data + at, raw.size - at };
    if (rest.size > octets) {
        size_t size = extended ? (size_t)(rest.data[0] << 8 | rest.data[1]) : rest.data[0];

        if (rest.size < octets + size)
            return false;
        out->data = (SaoyView){ rest.data + octets, size };
        rest = (SaoyView){ rest.data + octets + size, rest.size - octets - size };
    }
    out->le = take_le(rest);
    return true;
}

static unsigned
select_file(PeerChip *chip, const Command *command)
{
    unsigned id = 0;

    chip->selected = NULL;
    if (command->head[2] != 0x02) /* application or master file: both are here */
        return OK;
    if (command->data.size == 2)
        id = (unsigned)command->data.data[0] << 8 | command->data.data[1];
    for (size_t i = 0; i < MAX_FILES; i++)
        if (chip->files[i].id == id && id != 0)
            chip->selected = chip->files[i].content;
    return chip->selected == NULL ? 0x6a82 : OK;
}

static unsigned
read_file(PeerChip *chip, const Command *command, GByteArray *answer)
{
    size_t offset = (size_t)command->head[2] << 8 | command->head[3], size = 0;
    const uint8_t *data =
        chip->selected == NULL ? NULL : g_bytes_get_data(chip->selected, &size);

    if (data == NULL)
        return 0x6986;
    if (!chip->sealed && chip->selected != chip->files[0].content)
        return 0x6982;
    if (offset >= size)
        return 0x6b00;
    g_byte_array_append(answer, data + offset, (unsigned)MIN(size - offset, command->le));
    return OK;
}

static unsigned
begin_pace(PeerChip *chip, SaoyView data)
{
    SaoyView oid = { 0 }, reference = { 0 };

    if (!saoy_tlv_take(&data, 0x80, &oid, NULL) ||
        !saoy_tlv_take(&data, 0x83, &reference, NULL) || reference.size != 1)
        return WRONG;
    chip->password = reference.data[0] == 2 ? chip->can : chip->mrz;
    chip->step = 1;
    chip->sealed = false;
    return EAC_CTX_init_pace(chip->eac, EAC_OBJ_txt2nid(chip->setup.pace),
                             chip->setup.parameter) == 1
               ? OK
               : 0x6985;
}

/* OpenPACE draws one block, which for 3DES is half of what ICAO asks for; so the cryptogram
 * is drawn and the nonce what it decrypts to. */
static Mem *
draw_nonce(PeerChip *chip)
{
    uint8_t sealed[16];
    g_autoptr(Mem) mem = NULL;

    if (RAND_bytes(sealed, sizeof sealed) != 1)
        return NULL;
    mem = mem_of((SaoyView){ sealed, sizeof sealed });
    return PACE_STEP2_dec_nonce(chip->eac, chip->password, mem) == 1 ? g_steal_pointer(&mem)
                                                                     : NULL;
}

static Mem *
map(PeerChip *chip, const Mem *in)
{
    g_autoptr(Mem) own = PACE_STEP3A_generate_mapping_data(chip->eac);

    return own != NULL && PACE_STEP3A_map_generator(chip->eac, in) == 1
               ? g_steal_pointer(&own)
               : NULL;
}

static Mem *
agree(PeerChip *chip, const Mem *in)
{
    g_autoptr(Mem) own = PACE_STEP3B_generate_ephemeral_key(chip->eac);

    BUF_MEM_clear_free(chip->terminal_key);
    chip->terminal_key = mem_of(view_of(in));
    if (own == NULL || PACE_STEP3B_compute_shared_secret(chip->eac, in) != 1)
        return NULL;
    pad_secret(chip->eac->pace_ctx->ka_ctx, chip->setup.parameter);
    return PACE_STEP3C_derive_keys(chip->eac) == 1 ? g_steal_pointer(&own) : NULL;
}

static Mem *
confirm(PeerChip *chip, const Mem *in)
{
    if (PACE_STEP3D_verify_authentication_token(chip->eac, in) != 1)
        return NULL;
    chip->coming = true;
    chip->coming_id = EAC_ID_PACE;
    return PACE_STEP3D_compute_authentication_token(chip->eac, chip->terminal_key);
}

static unsigned
authenticate(PeerChip *chip, SaoyView data, GByteArray *answer)
{
    static const struct {
        unsigned in, out;
        Mem *(*run)(PeerChip *chip, const Mem *in);
    } steps[] = { { 0x81, 0x82, map }, { 0x83, 0x84, agree }, { 0x85, 0x86, confirm } };
    g_autoptr(GByteArray) inner = g_byte_array_new();
    g_autoptr(Mem) in = NULL;
    g_autoptr(Mem) out = NULL;
    SaoyView value = { 0 };
    unsigned tag = 0x80;

    if (!saoy_tlv_take(&data, 0x7c, &data, NULL) || chip->step == 0 || chip->step > 4)
        return WRONG;
    if (chip->step == 1) {
        out = draw_nonce(chip);
    } else {
        if (!saoy_tlv_take(&data, steps[chip->step - 2].in, &value, NULL))
            return WRONG;
        in = mem_of(value);
        out = steps[chip->step - 2].run(chip, in);
        tag = steps[chip->step - 2].out;
    }
    chip->step++;
    if (out == NULL) {
        chip->step = 0;
        return 0x6300;
    }
    put(inner, tag, view_of(out));
    put(answer, 0x7c, array_view(inner));
    return OK;
}

/* Chip authentication: MSE:Set KAT for 3DES, GENERAL AUTHENTICATE for AES. */
static unsigned
authenticate_chip(PeerChip *chip, SaoyView key)
{
    g_autoptr(Mem) in = mem_of(key);

    if (CA_STEP4_compute_shared_secret(chip->eac, in) != 1)
        return WRONG;
    pad_secret(chip->eac->ca_ctx->ka_ctx, chip->setup.auth_parameter);
    if (KA_CTX_derive_keys(chip->eac->ca_ctx->ka_ctx, NULL, chip->eac->md_ctx) != 1)
        return WRONG;
    chip->coming = true;
    chip->coming_id = EAC_ID_CA;
    return OK;
}

static unsigned
manage(PeerChip *chip, const Command *command)
{
    SaoyView data = command->data, value = { 0 };

    switch (command->head[2] << 8 | command->head[3]) {
    case 0xc1a4:
        return begin_pace(chip, data);
    case 0x41a4:
        return chip->sealed && saoy_tlv_take(&data, 0x80, &value, NULL) ? OK : WRONG;
    case 0x41a6:
        return chip->sealed && saoy_tlv_take(&data, 0x91, &value, NULL)
                   ? authenticate_chip(chip, value)
                   : WRONG;
    default:
        return 0x6a86;
    }
}

static unsigned
answer_plain(PeerChip *chip, const Command *command, GByteArray *answer)
{
    SaoyView data = command->data, key = { 0 };

    switch (command->head[1]) {
    case 0xa4:
        return select_file(chip, command);
    case 0xb0:
        return read_file(chip, command, answer);
    case 0x22:
        return manage(chip, command);
    case 0x86:
        if (!chip->sealed)
            return authenticate(chip, data, answer);
        if (!saoy_tlv_take(&data, 0x7c, &data, NULL) ||
            !saoy_tlv_take(&data, 0x80, &key, NULL))
            return WRONG;
        put(answer, 0x7c, (SaoyView){ 0 });
        return authenticate_chip(chip, key);
    default:
        return 0x6d00;
    }
}

static bool
has_right_mac(PeerChip *chip, const Command *command, SaoyView objects, SaoyView mac)
{
    g_autoptr(Mem) head = pad(chip->eac, (SaoyView){ command->head, 4 });
    g_autoptr(Mem) body = objects.size > 0 ? pad(chip->eac, objects) : mem_of(objects);
    g_autoptr(GByteArray) message = g_byte_array_new();
    g_autoptr(Mem) all = NULL;
    g_autoptr(Mem) theirs = mem_of(mac);

    g_byte_array_append(message, (uint8_t *)head->data, (unsigned)head->length);
    g_byte_array_append(message, (uint8_t *)body->data, (unsigned)body->length);
    all = mem_of(array_view(message));
    return EAC_verify_authentication(chip->eac, all, theirs) == 1;
}

/* Cryptogram and Le out of the objects; what stood before the MAC. */
static bool
take_objects(SaoyView objects, SaoyView *cryptogram, unsigned *le, SaoyView *covered,
             SaoyView *mac)
{
    SaoyView rest = objects, value = { 0 };

    if (rest.size > 0 && rest.data[0] == 0x87 &&
        (!saoy_tlv_take(&rest, 0x87, cryptogram, NULL) || cryptogram->data[0] != 1))
        return false;
    if (rest.size > 0 && rest.data[0] == 0x97) {
        if (!saoy_tlv_take(&rest, 0x97, &value, NULL) || value.size < 1 || value.size > 2)
            return false;
        *le = take_le(value);
    }
    *covered = (SaoyView){ objects.data, objects.size - rest.size };
    return saoy_tlv_take(&rest, 0x8e, mac, NULL) && rest.size == 0;
}

static bool
open_command(PeerChip *chip, Command *command, GByteArray *plain)
{
    SaoyView cryptogram = { 0 }, covered = { 0 }, mac = { 0 };
    g_autoptr(Mem) sealed = NULL;
    g_autoptr(Mem) padded = NULL;
    g_autoptr(Mem) opened = NULL;
    unsigned le = 0;

    if (EAC_increment_ssc(chip->eac) != 1 ||
        !take_objects(command->data, &cryptogram, &le, &covered, &mac) ||
        !has_right_mac(chip, command, covered, mac))
        return false;
    command->data = (SaoyView){ 0 };
    command->le = le;
    if (cryptogram.size == 0)
        return true;
    sealed = mem_of((SaoyView){ cryptogram.data + 1, cryptogram.size - 1 });
    padded = EAC_decrypt(chip->eac, sealed);
    opened = padded == NULL ? NULL : EAC_remove_iso_pad(padded);
    if (opened == NULL)
        return false;
    g_byte_array_append(plain, (uint8_t *)opened->data, (unsigned)opened->length);
    command->data = array_view(plain);
    return true;
}

static void
seal_answer(PeerChip *chip, SaoyView data, unsigned sw, GByteArray *response)
{
    const uint8_t status[] = { (uint8_t)(sw >> 8), (uint8_t)sw };
    g_autoptr(GByteArray) value = g_byte_array_new();
    g_autoptr(Mem) covered = NULL;
    g_autoptr(Mem) mac = NULL;

    g_assert_cmpint(EAC_increment_ssc(chip->eac), ==, 1);
    if (data.size > 0) {
        g_autoptr(Mem) padded = pad(chip->eac, data);
        g_autoptr(Mem) sealed = EAC_encrypt(chip->eac, padded);

        g_byte_array_append(value, (const uint8_t[]){ 1 }, 1);
        g_byte_array_append(value, (uint8_t *)sealed->data, (unsigned)sealed->length);
        put(response, 0x87, array_view(value));
    }
    put(response, 0x99, (SaoyView){ status, sizeof status });
    covered = pad(chip->eac, array_view(response));
    mac = EAC_authenticate(chip->eac, covered);
    g_assert_nonnull(mac);
    put(response, 0x8e, view_of(mac));
}

/* A new session begins behind the answer that made it possible. */
static void
change_keys(PeerChip *chip)
{
    if (!chip->coming)
        return;
    g_assert_cmpint(EAC_CTX_set_encryption_ctx(chip->eac, chip->coming_id), ==, 1);
    g_assert_cmpint(EAC_reset_ssc(chip->eac), ==, 1);
    chip->coming = false;
    chip->sealed = true;
    chip->step = 0;
    chip->sessions++;
}

static bool
transceive(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    PeerChip *chip = self;
    g_autoptr(GByteArray) plain = g_byte_array_new();
    g_autoptr(GByteArray) answer = g_byte_array_new();
    Command command = { 0 };
    bool sealed;
    unsigned sw = 0x6700;

    if (parse(raw, &command)) {
        sealed = (command.head[0] & 0x0c) == 0x0c;
        if (sealed != chip->sealed || (sealed && !open_command(chip, &command, plain))) {
            chip->sealed = false;
            sw = 0x6988;
        } else {
            sw = answer_plain(chip, &command, answer);
            if (sealed)
                seal_answer(chip, array_view(answer), sw, response);
            else
                g_byte_array_append(response, answer->data, answer->len);
        }
    }
    g_byte_array_append(response, (const uint8_t[]){ (uint8_t)(sw >> 8), (uint8_t)sw }, 2);
    change_keys(chip);
    return true;
}

/* A static key of OpenPACE's own making, and its public half as it travels. */
static bool
make_key(PeerChip *chip)
{
    int nid = EAC_OBJ_txt2nid(chip->setup.chip_auth);
    KA_CTX *agreement;
    g_autoptr(Mem) public = NULL;

    if (EAC_CTX_init_ca(chip->eac, nid, chip->setup.auth_parameter) != 1)
        return false;
    agreement = chip->eac->ca_ctx->ka_ctx;
    public = agreement->generate_key(agreement->key, chip->eac->bn_ctx);
    if (public == NULL)
        return false;
    g_byte_array_append(chip->key, (uint8_t *)public->data, (unsigned)public->length);
    return true;
}

PeerChip *
peer_chip_new(const PeerSetup *setup)
{
    g_autoptr(PeerChip) chip = g_new0(PeerChip, 1);

    peer_start();
    chip->setup = *setup;
    chip->key = g_byte_array_new();
    chip->eac = EAC_CTX_new();
    chip->can = PACE_SEC_new(setup->can, strlen(setup->can), PACE_CAN);
    chip->mrz = PACE_SEC_new(setup->mrz, strlen(setup->mrz), PACE_MRZ);
    if (chip->eac == NULL || chip->can == NULL || chip->mrz == NULL)
        return NULL;
    if (setup->chip_auth != NULL && !make_key(chip))
        return NULL;
    return g_steal_pointer(&chip);
}

void
peer_chip_free(PeerChip *chip)
{
    for (size_t i = 0; i < MAX_FILES; i++)
        g_clear_pointer(&chip->files[i].content, g_bytes_unref);
    BUF_MEM_clear_free(chip->terminal_key);
    PACE_SEC_clear_free(chip->can);
    PACE_SEC_clear_free(chip->mrz);
    EAC_CTX_clear_free(chip->eac);
    g_byte_array_unref(chip->key);
    g_free(chip);
}

SaoyView
peer_chip_key(const PeerChip *chip)
{
    return array_view(chip->key);
}

SaoyChannel
peer_chip_channel(PeerChip *chip)
{
    return (SaoyChannel){ transceive, chip };
}

void
peer_chip_file(PeerChip *chip, unsigned id, GBytes *content)
{
    for (size_t i = 0; i < MAX_FILES; i++) {
        if (chip->files[i].id != 0 && chip->files[i].id != id)
            continue;
        g_clear_pointer(&chip->files[i].content, g_bytes_unref);
        chip->files[i].id = id;
        chip->files[i].content = content;
        return;
    }
    g_assert_not_reached();
}

unsigned
peer_chip_sessions(const PeerChip *chip)
{
    return chip->sessions;
}
