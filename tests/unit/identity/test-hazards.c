/* What can go wrong with a card, a file per hazard: wrong key, pulled, copied, hostile. */
#include "apdu.h"
#include "chip-state.h"
#include "ef.h"
#include "fixture.h"

static void
assert_fails(Fixture *fix, SaoyErrorCode code)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(read_chip(fix, fix->dir, false, NULL, &error));
    g_assert_error(error, SAOY_ERROR, (int)code);
    g_assert_cmpstr(fix->who.number, ==, "");
    g_assert_null(fix->who.portrait);
}

static void
test_a_wrong_can_is_refused(Fixture *fix, const void *data)
{
    g_assert_true(saoy_access_key_parse("999999", &fix->key, NULL));
    assert_fails(fix, SAOY_ERROR_REFUSED);
    g_assert_true(saoy_access_key_parse(CAN, &fix->key, NULL));
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
}

static void
test_a_refused_key_is_no_reason_for_bac(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_access_key_parse("IDVNM0900000018001090000001<<9"
                                        "9001011M3001019VNM<<<<<<<<<<<6",
                                        &fix->key, NULL));
    g_assert_false(read_chip(fix, fix->dir, true, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_a_wrong_mac_is_not_believed(Fixture *fix, const void *data)
{
    g_assert_true(saoy_chip_fault(fix->chip, "wrong-mac"));
    assert_fails(fix, SAOY_ERROR_UNTRUSTED);
    g_assert_false(fix->chip->sm.active &&
                   fix->chip->selected != NULL); /* nothing was read */
}

static void
test_a_copied_chip_fails_and_is_read_on(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_chip_fault(fix->chip, "clone"));
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_FAILED);
    g_assert_cmpint(fix->who.active_auth, ==, SAOY_PROOF_FAILED);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
}

/* APDUs of a whole, good reading. */
static unsigned
count_apdus(Fixture *fix)
{
    unsigned all = 0;

    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    for (unsigned i = 0; i < fix->who.n_steps; i++)
        all += fix->who.steps[i].apdus;
    return all;
}

static void
test_pulled_at_every_moment(Fixture *fix, const void *data)
{
    unsigned all = count_apdus(fix);

    for (unsigned n = 0; n < all; n++) {
        g_autofree char *lever = g_strdup_printf("pulled-after %u", n);

        saoy_chip_reset(fix->chip);
        g_assert_true(saoy_chip_fault(fix->chip, lever));
        assert_fails(fix, SAOY_ERROR_OFFLINE);
    }
    saoy_chip_reset(fix->chip);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
}

/* --- a channel in between, which cancels, cuts or changes --- */

typedef struct {
    SaoyChannel inner;
    GCancellable *cancel;
    unsigned n, at;
    void (*touch)(GByteArray *response, unsigned seed);
    unsigned seed;
} Between;

static bool
pass(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
     GError **error)
{
    Between *between = self;

    if (!between->inner.transceive(between->inner.self, command, response, cancel, error))
        return false;
    if (between->n++ != between->at)
        return true;
    if (between->touch != NULL)
        between->touch(response, between->seed);
    else
        g_cancellable_cancel(between->cancel);
    return true;
}

static bool
read_between(Fixture *fix, Between *between, GError **error)
{
    between->inner = saoy_chip_channel(fix->chip);
    between->n = 0;
    saoy_chip_reset(fix->chip);
    saoy_identity_clear(&fix->who);
    return saoy_identity_read((SaoyChannel){ pass, between }, &fix->key,
                              &(SaoyReadPolicy){ .trust = fix->dir }, NULL, NULL, &fix->who,
                              between->cancel, error);
}

static void
test_cancelled_at_every_moment(Fixture *fix, const void *data)
{
    unsigned all = count_apdus(fix);

    for (unsigned at = 0; at + 1 < all; at++) { /* behind the last one it is too late */
        g_autoptr(GCancellable) cancel = g_cancellable_new();
        g_autoptr(GError) error = NULL;
        Between between = { .cancel = cancel, .at = at };

        g_assert_false(read_between(fix, &between, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
        g_assert_cmpuint(between.n, ==, at + 1); /* not one command more */
        g_assert_cmpstr(fix->who.number, ==, "");
    }
}

static void
cut(GByteArray *response, unsigned seed)
{
    g_byte_array_set_size(response, seed % (response->len + 1));
}

static void
flip(GByteArray *response, unsigned seed)
{
    if (response->len > 2) /* not the status word, which nothing protects */
        response->data[seed % (response->len - 2)] ^= (uint8_t)(1u << seed % 8);
}

static void
swell(GByteArray *response, unsigned seed)
{
    g_byte_array_set_size(response, 70000);
    memset(response->data, (int)seed, response->len);
}

static void
lie(GByteArray *response, unsigned seed)
{
    static const uint8_t huge[] = { 0x31, 0x83, 0xff, 0xff, 0xff, 0x30, 0x90, 0x00 };

    g_byte_array_set_size(response, 0);
    g_byte_array_append(response, huge, sizeof huge);
}

/* Whatever one answer is turned into: an error or an honest reading, never a proof that is
 * none. */
static void
test_changed_answers_are_survived(Fixture *fix, const void *data)
{
    void (*const touches[])(GByteArray *, unsigned) = { cut, flip, swell, lie };

    for (unsigned seed = 0; seed < 120; seed++) {
        g_autoptr(GError) error = NULL;
        Between between = { .touch = touches[seed % 4],
                            .seed = seed * 7919u,
                            .at = seed / 4 * 2 % 50 };
        bool done = read_between(fix, &between, &error);

        g_assert_true(done == (error == NULL));
        if (!done) {
            g_assert_true(error->domain == SAOY_ERROR);
            g_assert_cmpstr(fix->who.number, ==, "");
        } else {
            g_assert_cmpstr(fix->who.number, ==, NUMBER);
        }
    }
}

/* --- files that a hostile chip shows inside a sound session --- */

static void
show(Fixture *fix, unsigned slot, const char *hex)
{
    g_clear_pointer(&fix->chip->changed[slot], g_bytes_unref);
    fix->chip->changed[slot] = unhex(hex);
    fix->chip->selected = NULL;
}

static void
test_a_huge_announced_length(Fixture *fix, const void *data)
{
    static const unsigned slots[] = { 1, 2, 13, 14, 15, SAOY_SLOT_SOD, SAOY_SLOT_COM };

    for (size_t i = 0; i < G_N_ELEMENTS(slots); i++) {
        show(fix, slots[i], "7583FFFFFF0102030405");
        assert_fails(fix, SAOY_ERROR_MALFORMED);
        show(fix, slots[i], "75840000000102");
        assert_fails(fix, SAOY_ERROR_MALFORMED);
        show(fix, slots[i], "7582100001"); /* promises more than it has */
        g_assert_false(read_chip(fix, fix->dir, false, NULL, NULL));
        g_clear_pointer(&fix->chip->changed[slots[i]], g_bytes_unref);
    }
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
}

static void
test_nonsense_in_a_file(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    show(fix, 1, "61025F1F");
    assert_fails(fix, SAOY_ERROR_MALFORMED);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    show(fix, 2,
         "7502"
         "7F61");
    assert_fails(fix, SAOY_ERROR_MALFORMED);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    show(fix, SAOY_SLOT_SOD, "77023000");
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    show(fix, 13, "6D023000"); /* no ICAO file: the name is missing, the hash wrong */
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.name_vi, ==, "");
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    show(fix, 14, "6E023100"); /* the key left out, so as not to be asked for it */
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_NOT_OFFERED);
}

static void
test_a_com_that_hides_groups(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    show(fix, SAOY_SLOT_COM, "60045C026175"); /* DG1, DG2 only */
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_NOT_OFFERED);
}

static void
test_a_far_file_is_read_beyond_32_kib(Fixture *fix, const void *data)
{
    g_autoptr(SaoyArray) big = saoy_array_new(70000), file = saoy_array_new(70010);
    g_autoptr(GBytes) back = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(SaoyLink) link = { 0 };
    uint16_t sw = 0;

    for (unsigned i = 0; i < 70000; i++)
        g_byte_array_append(big, &(uint8_t){ (uint8_t)(i * 31 >> 3) }, 1);
    saoy_tlv_put(file, 0x31, saoy_view_array(big));
    g_bytes_unref(fix->chip->card_access); /* the one file that needs no session */
    fix->chip->card_access = g_bytes_new(file->data, file->len);
    saoy_link_init(&link, saoy_chip_channel(fix->chip), NULL);
    g_assert_true(saoy_ef_select(&link, SAOY_EF_CARD_ACCESS, &sw, NULL));
    back = saoy_ef_fetch(&link, 100000, &error);
    g_assert_no_error(error);
    g_assert_true(saoy_view_same(saoy_view_of(back), saoy_view_array(file)));
    g_assert_null(saoy_ef_fetch(&link, 60000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* --- a chip that never ends --- */

static bool
drip(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
     GError **error)
{
    static const uint8_t first[] = { 0x31, 0x82, 0x0f, 0xf0, 0x90, 0x00 };
    static const uint8_t crumb[] = { 0x00, 0x90, 0x00 };
    unsigned *n = self;

    (*n)++;
    if (command.data[1] == 0xa4)
        g_byte_array_append(response, (const uint8_t[]){ 0x90, 0x00 }, 2);
    else if (*n <= 2)
        g_byte_array_append(response, first, sizeof first);
    else
        g_byte_array_append(response, crumb, sizeof crumb);
    return true;
}

static bool
more(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
     GError **error)
{
    unsigned *n = self;

    (*n)++;
    g_byte_array_append(response, (const uint8_t[]){ 0x61, 0x00 }, 2);
    return true;
}

static bool
wrong_le(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
         GError **error)
{
    unsigned *n = self;

    (*n)++;
    g_byte_array_append(response, (const uint8_t[]){ 0x6c, (uint8_t)*n }, 2);
    return true;
}

static void
test_an_endless_chip_is_left(Fixture *fix, const void *data)
{
    bool (*const chips[])(void *, SaoyView, GByteArray *, GCancellable *,
                          GError **) = { drip, more, wrong_le };

    for (size_t i = 0; i < G_N_ELEMENTS(chips); i++) {
        g_autoptr(GError) error = NULL;
        unsigned n = 0;

        g_assert_false(saoy_identity_read((SaoyChannel){ chips[i], &n }, &fix->key,
                                          &(SaoyReadPolicy){ .allow_bac = true }, NULL,
                                          NULL, &fix->who, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_cmpuint(n, <, 500);
    }
}

/* --- the chip against a hostile terminal --- */

static void
test_the_chip_survives_any_command(Fixture *fix, const void *data)
{
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(20251110);
    static const uint8_t starts[] = { 0xa4, 0xb0, 0xb1, 0x22, 0x86, 0x84, 0x82, 0x00 };

    for (unsigned round = 0; round < 20000; round++) {
        size_t size = (size_t)g_rand_int_range(random, 0, 40);
        g_autofree uint8_t *command = g_malloc(MAX(size, 1));

        for (size_t i = 0; i < size; i++)
            command[i] = (uint8_t)g_rand_int_range(random, 0, 256);
        if (size > 5 && round % 2 == 0) {
            command[0] = round % 3 == 0 ? 0x0c : 0x00;
            command[1] = starts[round / 2 % G_N_ELEMENTS(starts)];
            command[4] = (uint8_t)(size - 5);
        }
        saoy_chip_respond(fix->chip, (SaoyView){ command, size }, answer);
        g_assert_cmpuint(answer->len, >=, 2);
    }
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
}

static void
test_nothing_is_shown_without_a_key(Fixture *fix, const void *data)
{
    static const char *const commands[] = {
        "00A4040C07A0000002471001", "00A4020C020101", "00B0810000", "00B0000000",
        "00A4020C02011E",           "00A4000C023F00"
    };
    static const char *const answers[] = { "9000", "6982", "6982", "6986", "6982", "6D00" };

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_autoptr(GByteArray) answer = g_byte_array_new();
        g_autoptr(GBytes) command = unhex(commands[i]);

        saoy_chip_respond(fix->chip, saoy_view_of(command), answer);
        assert_hex(saoy_view_array(answer), answers[i]);
    }
}

static void
test_words_that_are_no_levers(Fixture *fix, const void *data)
{
    static const char *const words[] = {
        "", "pulled-after", "pulled-after x", "changed-dg 0", "wrong", "pulled-after 3 4"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        g_assert_false(saoy_chip_fault(fix->chip, words[i]));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/hazard/wrong-can", test_a_wrong_can_is_refused },
        { "/hazard/no-bac", test_a_refused_key_is_no_reason_for_bac },
        { "/hazard/wrong-mac", test_a_wrong_mac_is_not_believed },
        { "/hazard/clone", test_a_copied_chip_fails_and_is_read_on },
        { "/hazard/pulled", test_pulled_at_every_moment },
        { "/hazard/cancelled", test_cancelled_at_every_moment },
        { "/hazard/changed", test_changed_answers_are_survived },
        { "/hazard/huge", test_a_huge_announced_length },
        { "/hazard/nonsense", test_nonsense_in_a_file },
        { "/hazard/com", test_a_com_that_hides_groups },
        { "/hazard/far", test_a_far_file_is_read_beyond_32_kib },
        { "/hazard/endless", test_an_endless_chip_is_left },
        { "/hazard/any-command", test_the_chip_survives_any_command },
        { "/hazard/shut", test_nothing_is_shown_without_a_key },
        { "/hazard/levers", test_words_that_are_no_levers },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
