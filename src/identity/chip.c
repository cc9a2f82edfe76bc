#include "identity/chip.h"

#include "chip-state.h"
#include "core/clock.h"
#include "core/error.h"
#include "tlv.h"

#define MAX_CHAIN 4096 /* bytes of a chained command */
#define NAP_US 10000

enum {
    INS_AUTHENTICATE = 0x86,
    INS_GET_RESPONSE = 0xc0,
    CLA_CHAINED = 0x10,
    SW_MORE = 0x6100,
    SW_OTHER_LE = 0x6c00,
    SW_CHAIN_BROKEN = 0x6883
};

static uint16_t
manage(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    if (saoy_chip_is(chip, command->le == 0 ? SAOY_LEVER_MSE_WANTS_LE
                                            : SAOY_LEVER_MSE_REFUSES_LE))
        return SAOY_SW_WRONG_LENGTH;
    return command->p1 == 0xc1 ? saoy_chip_manage(chip, command, answer)
                               : saoy_chip_manage_key(chip, command, answer);
}

/* The first of PACE is the one in which chips are particular about Le. */
static uint16_t
authenticate(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    if (chip->sealed)
        return saoy_chip_agree(chip, command, answer);
    if (chip->stage == SAOY_STAGE_SELECTED &&
        saoy_chip_is(chip, command->le == 0 ? SAOY_LEVER_AUTH_WANTS_LE
                                            : SAOY_LEVER_AUTH_REFUSES_LE))
        return SAOY_SW_WRONG_LENGTH;
    return saoy_chip_authenticate(chip, command, answer);
}

static const struct {
    uint8_t ins;
    SaoyChipHandler *run;
} instructions[] = {
    { 0xa4, saoy_chip_select },         { 0xb0, saoy_chip_read },
    { 0xb1, saoy_chip_read_far },       { 0x22, manage },
    { INS_AUTHENTICATE, authenticate }, { 0x84, saoy_chip_challenge },
    { 0x82, saoy_chip_external },       { 0x88, saoy_chip_internal },
};

static uint16_t
dispatch(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    if (command->cla != 0x00 && command->cla != CLA_CHAINED)
        return SAOY_SW_NO_CLA;
    for (size_t i = 0; i < G_N_ELEMENTS(instructions); i++)
        if (instructions[i].ins == command->ins)
            return instructions[i].run(chip, command, answer);
    return SAOY_SW_NO_INS;
}

static void
drop_chain(SaoyChip *chip)
{
    g_clear_pointer(&chip->chain, saoy_array_free);
}

/* GENERAL AUTHENTICATE chains whole steps of PACE; only a template that is not there whole
 * is chained like the data of other commands (ISO 7816-4, 5.1.1.1). */
static bool
is_chained(const SaoyChip *chip, const SaoyApdu *command)
{
    SaoyView head = chip->chain != NULL ? saoy_view_array(chip->chain) : command->data;
    size_t so_far = chip->chain != NULL ? chip->chain->len : 0, total = 0;

    if (command->cla != CLA_CHAINED)
        return false;
    return command->ins != INS_AUTHENTICATE ||
           (saoy_tlv_total(head, &total, NULL) && so_far + command->data.size < total);
}

/* The command with all of its data. false: *out_sw answers it, here or so far. */
static bool
gather(SaoyChip *chip, SaoyApdu *command, uint16_t *out_sw)
{
    bool more = is_chained(chip, command);

    if (chip->chain == NULL && !more)
        return true;
    if (chip->chain == NULL) {
        chip->chain = saoy_array_new(MAX_CHAIN);
        chip->chaining = *command;
    }
    *out_sw = SW_CHAIN_BROKEN;
    if (command->ins != chip->chaining.ins || command->p1 != chip->chaining.p1 ||
        command->p2 != chip->chaining.p2 ||
        chip->chain->len + command->data.size > MAX_CHAIN) {
        drop_chain(chip);
        return false;
    }
    g_byte_array_append(chip->chain, command->data.data, (unsigned)command->data.size);
    *out_sw = SAOY_SW_OK;
    command->data = saoy_view_array(chip->chain);
    return !more;
}

static uint16_t
run(SaoyChip *chip, SaoyApdu command, GByteArray *answer)
{
    uint16_t sw = SAOY_SW_UNKNOWN;

    if (!gather(chip, &command, &sw))
        return sw;
    sw = dispatch(chip, &command, answer);
    drop_chain(chip);
    return sw;
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
    saoy_sm_wipe(&chip->coming);
    saoy_chip_forget(chip);
    drop_chain(chip);
    g_clear_pointer(&chip->held, saoy_array_free);
    chip->selected = NULL;
}

static bool
strikes(SaoyChip *chip, SaoyLever lever)
{
    return saoy_chip_is(chip, lever) && chip->seen > chip->levers[lever].n;
}

static uint16_t
run_sealed(SaoyChip *chip, const SaoyApdu *command, GByteArray *answer)
{
    uint16_t sw;

    if (chip->by_pace && saoy_chip_is(chip, SAOY_LEVER_PACE_6300))
        return 0x6300;
    chip->sealed = true;
    sw = run(chip, *command, answer);
    chip->sealed = false;
    return sw;
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
    sw = run_sealed(chip, &opened, answer);
    if (!saoy_sm_seal(&chip->sm, saoy_view_array(answer), sw, response, NULL)) {
        g_byte_array_set_size(response, 0);
        put_status(response, SAOY_SW_UNKNOWN);
        end_session(chip);
    } else if (strikes(chip, SAOY_LEVER_WRONG_MAC)) {
        response->data[response->len - 3] ^= 0x01; /* last byte of the MAC object */
    }
}

/* What the chip holds back for GET RESPONSE goes out in pieces; nothing else may come in
 * between. */
static void
fetch(SaoyChip *chip, const SaoyApdu *command, GByteArray *response)
{
    size_t left = chip->held == NULL ? 0 : chip->held->len - 2 - chip->held_at;
    size_t n = MIN(left, command->le);

    if (chip->held == NULL || n == 0) {
        put_status(response, SAOY_SW_CONDITIONS);
        return;
    }
    g_byte_array_append(response, chip->held->data + chip->held_at, (unsigned)n);
    chip->held_at += n;
    if (n < left)
        put_status(response, (uint16_t)(SW_MORE | MIN(left - n, 255)));
    else
        g_byte_array_append(response, chip->held->data + chip->held->len - 2, 2);
    if (n == left)
        g_clear_pointer(&chip->held, saoy_array_free);
}

static void
hold_back(SaoyChip *chip, GByteArray *response)
{
    size_t n = response->len - 2;

    if (n == 0)
        return;
    chip->held = saoy_array_new(response->len);
    g_byte_array_append(chip->held, response->data, response->len);
    chip->held_at = 0;
    g_byte_array_set_size(response, 0);
    put_status(response, (uint16_t)(SW_MORE | MIN(n, 255)));
}

/* Two answers to reading that never come to an end. */
static bool
respond_endlessly(const SaoyChip *chip, const SaoyApdu *command, GByteArray *response)
{
    bool reads = command->ins == 0xb0 || command->ins == 0xb1;

    if (saoy_chip_is(chip, SAOY_LEVER_ENDLESS_61) &&
        (reads || command->ins == INS_GET_RESPONSE)) {
        g_byte_array_append(response, (const uint8_t[]){ 0x00 }, 1);
        put_status(response, SW_MORE | 1);
        return true;
    }
    if (!saoy_chip_is(chip, SAOY_LEVER_ENDLESS_6C) || !reads)
        return false;
    put_status(response, (uint16_t)(SW_OTHER_LE | ((command->le + 1) & 0xffu)));
    return true;
}

/* Whether these bytes may be said to this chip at all, by their length. */
static bool
fits(SaoyChip *chip, SaoyView command)
{
    chip->wide = command.size > 5 && command.data[4] == 0;
    return !chip->wide || command.size <= saoy_chip_extended(chip);
}

static void
respond(SaoyChip *chip, const SaoyApdu *command, GByteArray *response)
{
    if (command->ins == INS_GET_RESPONSE) { /* belongs to the transport: no session ends */
        fetch(chip, command, response);
        return;
    }
    g_clear_pointer(&chip->held, saoy_array_free);
    if ((command->cla & 0x0c) == 0x0c) {
        respond_sealed(chip, command, response);
    } else {
        if (chip->sm.active)
            end_session(chip); /* a plain command ends it (ICAO 9303-11, 9.8.8) */
        uint16_t sw = run(chip, *command, response);
        put_status(response, sw);
    }
    if (saoy_chip_is(chip, SAOY_LEVER_GET_RESPONSE) && !chip->wide)
        hold_back(chip, response);
    if (chip->coming.active) {
        chip->sm = chip->coming;
        saoy_sm_wipe(&chip->coming);
    }
}

void
saoy_chip_respond(SaoyChip *chip, SaoyView command, GByteArray *response)
{
    SaoyApdu apdu = { 0 };

    g_byte_array_set_size(response, 0);
    chip->seen++;
    if (!fits(chip, command) || !saoy_apdu_parse(command, &apdu, NULL)) {
        put_status(response, SAOY_SW_WRONG_LENGTH);
        if (chip->sm.active)
            end_session(chip);
        return;
    }
    if (strikes(chip, SAOY_LEVER_ENDS_SESSION) && chip->sm.active) {
        chip->levers[SAOY_LEVER_ENDS_SESSION].on = false;
        put_status(response, SAOY_SW_SM_WRONG);
        end_session(chip);
        return;
    }
    if (!respond_endlessly(chip, &apdu, response))
        respond(chip, &apdu, response);
}

void
saoy_chip_reset(SaoyChip *chip)
{
    if (chip->other != NULL) {
        chip->swapped = chip->pulled || chip->swapped;
        saoy_chip_reset(chip->other);
    }
    if (chip->pulled)
        chip->levers[SAOY_LEVER_PULLED_ONCE].on = false;
    end_session(chip);
    chip->application = chip->master = false;
    chip->pulled = false;
    chip->seen = 0;
}

bool
saoy_chip_pulled(const SaoyChip *chip)
{
    return chip->pulled;
}

bool
saoy_chip_returns(const SaoyChip *chip)
{
    return chip->pulled && !saoy_chip_is(chip, SAOY_LEVER_PULLED_AFTER);
}

static bool
is_pulled(const SaoyChip *chip)
{
    static const SaoyLever levers[] = { SAOY_LEVER_PULLED_AFTER, SAOY_LEVER_PULLED_ONCE,
                                        SAOY_LEVER_OTHER_CARD };

    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++)
        if (saoy_chip_is(chip, levers[i]) && chip->seen >= chip->levers[levers[i]].n)
            return true;
    return false;
}

/* A slow card; whoever waits may give up. */
static bool
dawdle(const SaoyChip *chip, GCancellable *cancel, GError **error)
{
    int64_t end = saoy_clock_mono_us() + chip->levers[SAOY_LEVER_SLOW].n * 1000ll;

    if (!saoy_chip_is(chip, SAOY_LEVER_SLOW))
        return true;
    for (int64_t left; (left = end - saoy_clock_mono_us()) > 0;) {
        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        g_usleep((gulong)MIN(left, NAP_US));
    }
    return true;
}

static bool
transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    SaoyChip *chip = self;

    if (chip->swapped)
        chip = chip->other;
    if (!chip->pulled && is_pulled(chip)) {
        chip->pulled = true;
        end_session(chip); /* no power */
    }
    if (chip->pulled)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the card has gone");
    if (!dawdle(chip, cancel, error))
        return false;
    saoy_chip_respond(chip, command, response);
    return true;
}

SaoyChannel
saoy_chip_channel(SaoyChip *chip)
{
    return (SaoyChannel){ transceive, chip };
}
