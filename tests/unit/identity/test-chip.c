/* The software chip by itself: what it answers, command by command, where our reader would
 * not ask. */
#include "chip-state.h"
#include "fixture.h"

static void
ask(Fixture *fix, const char *command, const char *expected)
{
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GBytes) bytes = unhex(command);

    saoy_chip_respond(fix->chip, saoy_view_of(bytes), answer);
    assert_hex(saoy_view_array(answer), expected);
}

static void
set(Fixture *fix, const char *lever)
{
    g_assert_true(saoy_chip_fault(fix->chip, lever));
}

static void
test_selecting(Fixture *fix, const void *data)
{
    ask(fix, "00A4000C023F00", "6D00");
    ask(fix, "00A4020C022F01", "6A82"); /* no EF.ATR/INFO */
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0000002", "31349000");
    ask(fix, "00B09C0002", "31349000"); /* by short identifier */
    ask(fix, "00A4020C02011D", "6A82");
    set(fix, "selects-mf");
    ask(fix, "00A4000C023F00", "9000");
    ask(fix, "00A4000C", "9000");
    ask(fix, "00A4000C023F01", "6A82");
    set(fix, "no-p2-0c");
    ask(fix, "00A4020C02011C", "6A86");
    ask(fix, "00A4020002011C00", "9000");
    set(fix, "select-wants-le");
    ask(fix, "00A4020002011C", "6700");
    set(fix, "sfi-only");
    ask(fix, "00A4020002011C00", "6A81");
    set(fix, "no-sfi");
    ask(fix, "00B09C0002", "6A86");
}

static void
test_where_card_access_is(Fixture *fix, const void *data)
{
    set(fix, "access-in-mf");
    ask(fix, "00A4020C02011C", "6A82");
    ask(fix, "00A4000C023F00", "9000");
    ask(fix, "00A4020C02011C", "9000");
    set(fix, "clear");
    set(fix, "access-in-application");
    ask(fix, "00A4020C02011C", "6A82");
    ask(fix, "00A4040C07A0000002471001", "9000");
    ask(fix, "00A4020C02011C", "9000");
    set(fix, "clear");
    set(fix, "access-shut");
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0000008", "6982");
}

static void
test_lengths_of_reading(Fixture *fix, const void *data)
{
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0003408", "010D6282"); /* two bytes are left */
    ask(fix, "00B0003402", "010D9000");
    ask(fix, "00B0003608", "6B00");
    ask(fix, "00B00034000008", "010D6282");
    set(fix, "strict-end");
    ask(fix, "00B0003408", "6700");
    ask(fix, "00B0003402", "010D9000");
    set(fix, "clear");
    set(fix, "exact-le");
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0003408", "6C02");
    ask(fix, "00B0003402", "010D9000");
    set(fix, "clear");
    set(fix, "short-answers 1");
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0000008", "319000");
}

static void
test_extended_length(Fixture *fix, const void *data)
{
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B00000000002", "31349000"); /* understood, though not announced */
    set(fix, "no-extended");
    ask(fix, "00B00000000002", "6700");
    ask(fix, "00B0000002", "31349000");
    set(fix, "clear");
    set(fix, "extended 300");
    ask(fix, "00A4020C022F01", "9000");
    ask(fix, "00B0000000", "47030001E07F66080202012C0202012C6282");
    ask(fix, "00B0810011", "47030001E07F66080202012C0202012C6282");
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B00000000002", "31349000");
    set(fix, "extended-lies");
    ask(fix, "00A4020C022F01", "9000");
    ask(fix, "00B00000000002", "6700");
    g_assert_false(saoy_chip_fault(fix->chip, "extended 255"));
}

/* A command longer than what was announced is refused whole. */
static void
test_a_command_too_long(Fixture *fix, const void *data)
{
    g_autoptr(GByteArray) answer = g_byte_array_new();
    uint8_t command[7 + 400] = { 0x00, 0xa4, 0x04, 0x0c, 0x00, 400 >> 8, 400 & 0xff };

    saoy_chip_respond(fix->chip, (SaoyView){ command, sizeof command }, answer);
    assert_hex(saoy_view_array(answer), "6A82");
    set(fix, "extended 300");
    saoy_chip_respond(fix->chip, (SaoyView){ command, sizeof command }, answer);
    assert_hex(saoy_view_array(answer), "6700");
}

static void
test_pieces_of_an_answer(Fixture *fix, const void *data)
{
    set(fix, "get-response");
    ask(fix, "00C0000000", "6985");
    ask(fix, "00A4020C02011C", "9000"); /* nothing to fetch */
    ask(fix, "00B0000008", "6108");
    ask(fix, "00C0000003", "3134306105");
    ask(fix, "00C0000005", "0D060804009000");
    ask(fix, "00C0000005", "6985");
    ask(fix, "00B0000008", "6108");
    ask(fix, "00A4020C02011C", "9000"); /* lets go of it */
    ask(fix, "00C0000008", "6985");
}

static void
test_pieces_of_a_command(Fixture *fix, const void *data)
{
    ask(fix, "10A4020C0101", "9000");
    ask(fix, "00A4020C011C", "9000");
    ask(fix, "00B0000002", "31349000");
    ask(fix, "10A4020C0101", "9000");
    ask(fix, "00B0000002", "6883"); /* another command in between */
    ask(fix, "00B0000002", "31349000");
    ask(fix, "0022C1A40F800A04007F00070202040202830102", "9000");
    /* a step of PACE is chained to the next; one that is cut, to its rest */
    ask(fix, "10860000027C02", "9000");
    ask(fix, "1086000002810000", "6A80"); /* whole, but not what this step wants */
}

static void
test_what_never_ends(Fixture *fix, const void *data)
{
    set(fix, "endless-61");
    ask(fix, "00A4020C02011C", "9000");
    ask(fix, "00B0000008", "006101");
    ask(fix, "00C0000001", "006101");
    set(fix, "clear");
    set(fix, "endless-6c");
    ask(fix, "00B0000008", "6C09");
    ask(fix, "00B0000009", "6C0A");
}

static void
test_the_protocol_must_be_announced(Fixture *fix, const void *data)
{
    ask(fix, "0022C1A40F800A04007F00070202040204830102", "6A80");       /* AES-256 */
    ask(fix, "0022C1A412800A04007F0007020204020283010284010C", "6A80"); /* P-256 */
    ask(fix, "0022C1A412800A04007F0007020204020283010284010D", "9000");
    ask(fix, "0022C1A40F800A04007F00070202040202830103", "6A88"); /* a PIN */
    set(fix, "mse-strict");
    ask(fix, "0022C1A412800A04007F0007020204020283010284010D", "6A80");
    ask(fix, "0022C1A40F800A04007F00070202040202830102", "9000");
    set(fix, "access ecdh-gm-aes256-12,ecdh-gm-aes256-13");
    ask(fix, "0022C1A40F800A04007F00070202040202830102", "6A80");
    ask(fix, "0022C1A40F800A04007F00070202040204830102", "9000");
    ask(fix, "0022C1A400", "6A80");
    set(fix, "no-bac");
    ask(fix, "00A4040C07A0000002471001", "9000");
    ask(fix, "0084000008", "6D00");
}

static bool
is_there(Fixture *fix)
{
    static const uint8_t command[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x01, 0x1c };
    SaoyChannel channel = saoy_chip_channel(fix->chip);
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    bool there = channel.transceive(channel.self, (SaoyView){ command, sizeof command },
                                    answer, NULL, &error);

    g_assert_true(there || g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE));
    return there;
}

static void
test_taken_away_and_laid_back(Fixture *fix, const void *data)
{
    static const char *const levers[] = { "pulled-after 2", "pulled-once 2" };

    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++) {
        set(fix, "clear");
        set(fix, levers[i]);
        g_assert_true(is_there(fix) && is_there(fix));
        g_assert_false(saoy_chip_pulled(fix->chip));
        g_assert_false(is_there(fix));
        g_assert_true(saoy_chip_pulled(fix->chip));
        g_assert_cmpint(saoy_chip_returns(fix->chip), ==, i == 1);
        g_assert_false(is_there(fix));
        saoy_chip_reset(fix->chip);
        g_assert_true(is_there(fix) && is_there(fix));
        g_assert_cmpint(is_there(fix), ==, i == 1); /* once is once */
    }
}

static void
test_another_card_lies_there_then(Fixture *fix, const void *data)
{
    g_autofree char *key = g_build_filename(fix->dir, "csca.key", NULL);

    set(fix, "other-card 30");
    g_assert_false(read_chip(fix, fix->dir, false, NULL, NULL) &&
                   read_chip(fix, fix->dir, false, NULL, NULL));
    saoy_chip_reset(fix->chip);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
        g_assert_cmpstr(fix->who.number, ==, "001190" CAN);
        g_assert_cmpstr(fix->who.name_vi, ==, "Trần Thị Khác");
        g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
        saoy_chip_reset(fix->chip);
    }
    set(fix, "clear");
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpint(g_unlink(key), ==, 0); /* nobody can sign for another card now */
    g_assert_false(saoy_chip_fault(fix->chip, "other-card 30"));
    g_assert_false(saoy_chip_fault(fix->chip, "expired-signer"));
    g_assert_false(g_file_test(key, G_FILE_TEST_EXISTS));
}

static void
test_who_waits_for_a_slow_chip_may_give_up(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    set(fix, "slow 60000");
    g_cancellable_cancel(cancel);
    g_assert_false(read_chip(fix, fix->dir, false, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- dumps --- */

static char *
write_dump(Fixture *fix, const char *without)
{
    static const struct {
        const char *name;
        unsigned slot;
    } files[] = { { "ef0101.bin", 1 },
                  { "ef0102.bin", 2 },
                  { "ef010D.bin", 13 },
                  { "ef010E.bin", 14 },
                  { "ef010F.bin", 15 },
                  { "ef011D.bin", SAOY_SLOT_SOD },
                  { "ef011E.bin", SAOY_SLOT_COM } };
    char *dir = g_build_filename(fix->dir, "dump", NULL);

    g_mkdir(dir, 0700);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(dir, files[i].name, NULL);

        if (g_str_equal(files[i].name, without))
            g_unlink(path);
        else
            saoy_file_write(path, saoy_view_of(fix->chip->files[files[i].slot]), NULL);
    }
    return dir;
}

static void
add(const char *dir, const char *name, SaoyView bytes)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    g_assert_true(saoy_file_write(path, bytes, NULL));
}

static void
test_a_dump_is_opened_by_its_own_keys(Fixture *fix, const void *data)
{
    g_autofree char *dir = write_dump(fix, "");
    g_autoptr(GError) error = NULL;

    add(dir, "ef011C.bin", saoy_view_of(fix->chip->card_access));
    add(dir, "can", (SaoyView){ (const uint8_t *)CAN "\n", 7 });
    g_clear_pointer(&fix->chip, saoy_chip_close);
    fix->chip = saoy_chip_open(dir, &error);
    g_assert_no_error(error);
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.access, ==, "PACE-CAN");
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_FAILED); /* its key stayed behind */
    g_assert_cmpint(fix->who.active_auth, ==, SAOY_PROOF_FAILED);
    /* where nobody knows the issuer, silence is no lie */
    read_chip(fix, NULL, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fix->who.active_auth, ==, SAOY_PROOF_UNDECIDED);
}

static void
test_folders_that_are_no_dump(Fixture *fix, const void *data)
{
    static const char *const needed[] = { "ef0101.bin", "ef011D.bin" };
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        g_autofree char *dir = write_dump(fix, needed[i]);

        g_assert_null(saoy_chip_open(dir, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_clear_error(&error);
    }
    g_autofree char *dir = write_dump(fix, "");
    add(dir, "ef0102.bin", (SaoyView){ (const uint8_t *)"\x75\x05\x01", 3 });
    g_assert_null(saoy_chip_open(dir, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/chip/selecting", test_selecting },
        { "/chip/card-access", test_where_card_access_is },
        { "/chip/lengths", test_lengths_of_reading },
        { "/chip/extended", test_extended_length },
        { "/chip/too-long", test_a_command_too_long },
        { "/chip/get-response", test_pieces_of_an_answer },
        { "/chip/chaining", test_pieces_of_a_command },
        { "/chip/endless", test_what_never_ends },
        { "/chip/announced", test_the_protocol_must_be_announced },
        { "/chip/pulled", test_taken_away_and_laid_back },
        { "/chip/other", test_another_card_lies_there_then },
        { "/chip/slow", test_who_waits_for_a_slow_chip_may_give_up },
        { "/chip/dump", test_a_dump_is_opened_by_its_own_keys },
        { "/chip/no-dump", test_folders_that_are_no_dump },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
