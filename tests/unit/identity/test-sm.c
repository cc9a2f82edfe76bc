/* Secure messaging between both of our ends, and what becomes of a message touched on the
 * way. The published examples are in test-bac.c (3DES); AES is closed by the real chips'
 * conversation in appendix G.1 and by round trips here. */
#include "fixture.h"
#include "sm.h"

typedef struct {
    SaoySm terminal, chip;
} Ends;

static Ends
both_ends(SaoyCipher cipher)
{
    Ends ends = { 0 };
    static const uint8_t secret[] = "any shared secret";

    g_assert_true(saoy_sm_derive(&ends.terminal, cipher, (SaoyView){ secret, 17 }, NULL));
    ends.chip = ends.terminal;
    return ends;
}

static void
round_trip(Ends *ends, const SaoyApdu *command, SaoyView answer, uint16_t sw)
{
    g_autoptr(SaoyArray) wire = saoy_array_new(64), plain = saoy_array_new(64);
    g_autoptr(SaoyArray) back = saoy_array_new(64), data = saoy_array_new(64);
    SaoyApdu raw = { 0 }, opened = { 0 };
    uint16_t found = 0;

    g_assert_true(saoy_sm_wrap(&ends->terminal, command, wire, NULL));
    g_assert_true(saoy_apdu_parse(saoy_view_array(wire), &raw, NULL));
    g_assert_cmphex(raw.cla & 0x0c, ==, 0x0c);
    g_assert_true(saoy_sm_open(&ends->chip, &raw, plain, &opened, NULL));
    g_assert_cmphex(opened.ins, ==, command->ins);
    g_assert_true(saoy_view_same(opened.data, command->data));
    g_assert_cmpuint(opened.le, ==, command->le);
    g_assert_true(saoy_sm_seal(&ends->chip, answer, sw, back, NULL));
    g_assert_true(
        saoy_sm_unwrap(&ends->terminal, saoy_view_array(back), data, &found, NULL));
    g_assert_cmphex(found, ==, sw);
    g_assert_true(saoy_view_same(saoy_view_array(data), answer));
}

static void
test_round_trips(void)
{
    static const uint8_t bytes[600] = { 1, 2, 3, [599] = 0x80 };

    for (int cipher = 0; cipher < SAOY_CIPHER_N; cipher++) {
        Ends ends = both_ends((SaoyCipher)cipher);

        for (unsigned n = 0; n < 40; n++) {
            const SaoyApdu command = {
                .ins = n % 2 == 0 ? 0xa4 : 0xb1, .p1 = 2, .p2 = 12, .data = { bytes, n }
            };

            round_trip(&ends, &command, (SaoyView){ bytes, 40 - n }, 0x9000);
        }
        round_trip(&ends, &(SaoyApdu){ .ins = 0xb0, .le = 223 }, (SaoyView){ bytes, 223 },
                   0x6282);
        round_trip(&ends, &(SaoyApdu){ .ins = 0xb0, .le = 256 }, (SaoyView){ 0 }, 0x6a82);
        round_trip(&ends, &(SaoyApdu){ .ins = 0xb0, .le = 65536 }, (SaoyView){ bytes, 600 },
                   0x9000);
        round_trip(&ends, &(SaoyApdu){ .ins = 0x2a, .data = { bytes, 400 }, .le = 300 },
                   (SaoyView){ bytes, 300 }, 0x9000);
    }
}

/* Every bit of an answer counts, and so does its length. */
static void
test_a_touched_answer_is_noticed(void)
{
    static const uint8_t bytes[20] = { 9 };
    Ends ends = both_ends(SAOY_CIPHER_AES128);
    g_autoptr(SaoyArray) back = saoy_array_new(64);
    const SaoySm before = ends.terminal;

    ends.chip.ssc[15]++; /* as after a command */
    ends.terminal.ssc[15]++;
    g_assert_true(saoy_sm_seal(&ends.chip, (SaoyView){ bytes, 20 }, 0x9000, back, NULL));
    for (size_t at = 0; at + 2 < back->len; at++) {
        g_autoptr(SaoyArray) data = saoy_array_new(64);
        SaoySm sm = ends.terminal;
        uint16_t sw = 0;

        back->data[at] ^= 0x04;
        g_assert_false(saoy_sm_unwrap(&sm, saoy_view_array(back), data, &sw, NULL));
        back->data[at] ^= 0x04;
    }
    for (size_t n = 3; n < back->len; n++) {
        g_autoptr(SaoyArray) data = saoy_array_new(64);
        g_autofree uint8_t *copy = g_memdup2(back->data, n);
        SaoySm sm = ends.terminal;
        uint16_t sw = 0;

        g_assert_false(saoy_sm_unwrap(&sm, (SaoyView){ copy, n }, data, &sw, NULL));
    }
    g_assert_cmpint(before.cipher, ==, SAOY_CIPHER_AES128);
}

static void
test_an_answer_counts_once(void)
{
    static const uint8_t bytes[20] = { 9 };
    Ends ends = both_ends(SAOY_CIPHER_AES128);
    g_autoptr(SaoyArray) back = saoy_array_new(64), data = saoy_array_new(64);
    g_autoptr(GError) error = NULL;
    uint16_t sw = 0;

    g_assert_true(saoy_sm_seal(&ends.chip, (SaoyView){ bytes, 20 }, 0x9000, back, NULL));
    g_assert_true(saoy_sm_unwrap(&ends.terminal, saoy_view_array(back), data, &sw, NULL));
    g_assert_false(
        saoy_sm_unwrap(&ends.terminal, saoy_view_array(back), data, &sw, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_success_without_protection_is_none(void)
{
    static const uint8_t ok[] = { 0x90, 0x00 }, ended[] = { 0x69, 0x88 };
    Ends ends = both_ends(SAOY_CIPHER_AES128);
    g_autoptr(SaoyArray) data = saoy_array_new(8);
    g_autoptr(GError) error = NULL;
    uint16_t sw = 0;

    g_assert_false(saoy_sm_unwrap(&ends.terminal, (SaoyView){ ok, 2 }, data, &sw, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_true(saoy_sm_unwrap(&ends.terminal, (SaoyView){ ended, 2 }, data, &sw, NULL));
    g_assert_cmphex(sw, ==, 0x6988);
}

static void
test_commands_that_do_not_parse(void)
{
    static const char *const commands[] = { "",
                                            "00",
                                            "00A402",
                                            "00A4020C03",
                                            "00A4020C0201",
                                            "00A4020C00",
                                            "00A4020C000000",
                                            "00A4020C0000020101" };

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autoptr(GBytes) raw = unhex(commands[i]);
        SaoyApdu apdu = { .cla = 0x77 };

        if (saoy_apdu_parse(saoy_view_of(raw), &apdu, NULL))
            g_assert_cmphex(apdu.cla, ==, 0x00); /* le 256, le 65536, extended data */
        else
            g_assert_cmphex(apdu.cla, ==, 0x77);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sm/round-trips", test_round_trips);
    g_test_add_func("/sm/touched", test_a_touched_answer_is_noticed);
    g_test_add_func("/sm/once", test_an_answer_counts_once);
    g_test_add_func("/sm/unprotected", test_success_without_protection_is_none);
    g_test_add_func("/sm/commands", test_commands_that_do_not_parse);
    return g_test_run();
}
