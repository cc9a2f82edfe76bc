/* A hostile chip. The input is a mode and then answers, one after another: a length byte
 * (ff: two more follow) and as many bytes, status word included.
 *
 *   bit 0  the chip knows the MRZ key: BAC is spoken for real, and what follows is sealed
 *          as a chip seals it, so that the reader sees the input behind the MAC
 *   bit 1  open with the digits (PACE only)
 *   bit 2  no reader: the answers are secure messaging objects, each given its right MAC
 */
#include "bac.h"
#include "fuzz.h"
#include "sm.h"

#define KEY "090000001890010113001019"

typedef struct {
    SaoyView input;
    bool speaks_bac;
    SaoySm sm;
} Hostile;

static bool
take_answer(SaoyView *input, SaoyView *out)
{
    SaoyView head = { 0 };
    size_t size;

    if (!saoy_view_take(input, 1, &head, NULL))
        return false;
    size = head.data[0];
    if (size == 0xff) {
        if (!saoy_view_take(input, 2, &head, NULL))
            return false;
        size = (size_t)head.data[0] << 8 | head.data[1];
    }
    size = MIN(size, input->size);
    return saoy_view_take(input, size, out, NULL);
}

/* EXTERNAL AUTHENTICATE: the right answer to it, under which a session begins. */
static void
answer_bac(Hostile *chip, SaoyView sealed, GByteArray *response)
{
    uint8_t theirs[SAOY_BAC_MESSAGE] = { 0 }, mine[SAOY_BAC_MESSAGE] = { 0 };
    uint8_t out[SAOY_BAC_SEALED];
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };

    if (!saoy_bac_keys(KEY, &enc, &mac, NULL) ||
        !saoy_bac_open(&enc, &mac, sealed, theirs, NULL))
        return;
    memcpy(mine, theirs + 8, 8);
    memcpy(mine + 8, theirs, 8);
    if (saoy_bac_seal(&enc, &mac, mine, out, NULL) &&
        saoy_bac_session(mine, theirs, mine + 16, theirs + 16, &chip->sm, NULL)) {
        g_byte_array_append(response, out, sizeof out);
        g_byte_array_append(response, (const uint8_t[]){ 0x90, 0x00 }, 2);
    }
}

/* The command counts, whatever is in it; then the answer is sealed. After chip
 * authentication there are keys that this chip has not got. */
static void
answer_sealed(Hostile *chip, const SaoyApdu *command, SaoyView answer, GByteArray *response)
{
    g_autoptr(SaoyArray) plain = saoy_array_new(256);
    SaoyApdu opened = { 0 };
    SaoyView data = { 0 };
    uint16_t sw = 0;

    if (answer.size < 2 || !saoy_sm_open(&chip->sm, command, plain, &opened, NULL)) {
        g_byte_array_append(response, (const uint8_t[]){ 0x69, 0x88 }, 2);
        saoy_sm_wipe(&chip->sm);
    } else if (saoy_apdu_answer(answer, &data, &sw, NULL)) {
        g_assert_true(saoy_sm_seal(&chip->sm, data, sw, response, NULL));
    }
}

static bool
transceive(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    Hostile *chip = self;
    SaoyApdu command = { 0 };
    SaoyView answer = { 0 };

    g_assert_true(saoy_apdu_parse(raw, &command, error));
    if (chip->speaks_bac && command.ins == 0x82) {
        answer_bac(chip, command.data, response);
        return true;
    }
    if (!take_answer(&chip->input, &answer))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no more answers");
    if (chip->sm.active && (command.cla & 0x0c) == 0x0c)
        answer_sealed(chip, &command, answer, response);
    else
        g_byte_array_append(response, answer.data, (unsigned)answer.size);
    return true;
}

static void
read_chip(Hostile *chip, bool digits)
{
    const SaoyChannel channel = { transceive, chip };
    const SaoyReadPolicy policy = { .allow_bac = true };
    g_auto(SaoyAccessKey) key = { 0 };
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    if (digits)
        g_strlcpy(key.can, "000001", sizeof key.can);
    else
        g_strlcpy(key.mrz_key, KEY, sizeof key.mrz_key);
    g_assert_true(saoy_identity_read(channel, &key, &policy, NULL, NULL, &who, NULL,
                                     &error) == (error == NULL));
    saoy_sm_wipe(&chip->sm);
}

/* Objects ‖ 8E MAC ‖ 90 00: into the structure behind a MAC that holds. */
static void
unwrap_all(SaoyView input)
{
    g_auto(SaoyKey) key = { .size = 32 };
    g_autoptr(SaoyArray) data = saoy_array_new(256);
    SaoyView objects = { 0 };
    SaoySm chip = { 0 };

    for (unsigned i = 0; take_answer(&input, &objects); i++) {
        g_autoptr(SaoyArray) raw = saoy_array_new(objects.size + 16);
        g_autoptr(SaoyArray) message = saoy_array_new(objects.size + 64);
        SaoyCipher cipher = (SaoyCipher)(i % SAOY_CIPHER_N);
        size_t block = saoy_cipher_block(cipher);
        uint8_t mac[SAOY_MAC_SIZE];
        uint16_t sw = 0;

        key.size = saoy_cipher_key(cipher);
        saoy_sm_start(&chip, cipher, &key, &key, (SaoyView){ 0 });
        g_byte_array_append(message, chip.ssc, (unsigned)block - 1);
        g_byte_array_append(message, (const uint8_t[]){ 1 }, 1);
        g_byte_array_append(message, objects.data, (unsigned)objects.size);
        if (objects.size > 0)
            saoy_pad(message, 0, block);
        g_assert_true(saoy_mac(cipher, &key, saoy_view_array(message), mac, NULL));
        g_byte_array_append(raw, objects.data, (unsigned)objects.size);
        saoy_tlv_put(raw, 0x8e, (SaoyView){ mac, sizeof mac });
        g_byte_array_append(raw, (const uint8_t[]){ 0x90, 0x00 }, 2);
        saoy_array_clear(data);
        (void)saoy_sm_unwrap(&chip, saoy_view_array(raw), data, &sw, NULL);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Hostile chip = { .input = { data, size } };
    SaoyView mode = { 0 };

    if (!saoy_view_take(&chip.input, 1, &mode, NULL))
        return 0;
    fuzz_stop_clock();
    if (mode.data[0] & 4) {
        unwrap_all(chip.input);
        return 0;
    }
    chip.speaks_bac = mode.data[0] & 1;
    read_chip(&chip, mode.data[0] & 2);
    return 0;
}
