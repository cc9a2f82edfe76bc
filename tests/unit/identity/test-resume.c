/* A card taken away at any moment and laid down again; another card in its place; a chip,
 * or a reader, that drops everything over one extended command. */
#include "chip-state.h"
#include "fixture.h"
#include "reader-parts.h"

typedef struct {
    SaoyChannel inner;
    unsigned commands, opened, extended;
    /* the nth extended command: answered so; 0: the channel breaks */
    unsigned refuse_at, refusals;
    uint16_t refusal;
    bool resets; /* the driver does, and the card is gone until it is connected anew */
    bool dead;
    unsigned kill_at; /* the nth command: answered 6988 in the open */
} Wire;

static bool
pass(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
     GError **error)
{
    Wire *wire = self;
    bool extended = command.size > 5 && command.data[4] == 0;
    uint8_t sw[] = { (uint8_t)(wire->refusal >> 8), (uint8_t)wire->refusal };

    wire->opened += command.size > 3 && command.data[0] == 0 && command.data[1] == 0x22;
    if (++wire->commands == wire->kill_at) {
        g_byte_array_append(response, (const uint8_t[]){ 0x69, 0x88 }, 2);
        return true;
    }
    if (wire->dead)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the card was reset");
    if (!extended || ++wire->extended < wire->refuse_at || wire->refuse_at == 0)
        return wire->inner.transceive(wire->inner.self, command, response, cancel, error);
    wire->refusals++;
    wire->dead = wire->resets;
    if (wire->refusal == 0)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the driver chokes");
    g_byte_array_append(response, sw, sizeof sw);
    return true;
}

static SaoyReading *
start(Fixture *fix)
{
    return saoy_reading_new(&fix->key, &(SaoyReadPolicy){ .trust = fix->dir });
}

static bool
run(Fixture *fix, SaoyReading *reading, GError **error)
{
    saoy_identity_clear(&fix->who);
    return saoy_reading_run(reading, saoy_chip_channel(fix->chip), on_progress, fix,
                            &fix->who, NULL, error);
}

static const SaoyReadStep *
find_step(const SaoyIdentity *who, const char *name)
{
    for (unsigned i = 0; i < who->n_steps; i++)
        if (g_str_equal(who->steps[i].name, name))
            return &who->steps[i];
    return NULL;
}

static unsigned
apdus_of(const SaoyIdentity *who)
{
    unsigned all = 0;

    for (unsigned i = 0; i < who->n_steps; i++)
        all += who->steps[i].apdus;
    return all;
}

/* What was read and proven, whatever it took. */
static void
assert_same(const SaoyIdentity *a, const SaoyIdentity *b)
{
    g_assert_cmpstr(a->number, ==, b->number);
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpstr(a->name_vi, ==, b->name_vi);
    g_assert_cmpstr(a->birth_date, ==, b->birth_date);
    g_assert_cmpstr(a->sex, ==, b->sex);
    g_assert_cmpstr(a->expiry_date, ==, b->expiry_date);
    g_assert_cmpstr(a->access, ==, b->access);
    g_assert_cmpint(a->downgrade, ==, b->downgrade);
    g_assert_cmpint(a->passive, ==, b->passive);
    g_assert_cmpint(a->chip_auth, ==, b->chip_auth);
    g_assert_cmpint(a->active_auth, ==, b->active_auth);
    g_assert_true(g_bytes_equal(a->portrait, b->portrait));
}

static void
take_unbroken(Fixture *fix, SaoyIdentity *out)
{
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
    *out = fix->who;
    fix->who = (SaoyIdentity){ 0 };
}

static void
lift_after(Fixture *fix, unsigned n)
{
    g_autofree char *lever = g_strdup_printf("pulled-after %u", n);

    saoy_chip_reset(fix->chip);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    g_assert_true(saoy_chip_fault(fix->chip, lever));
}

static void
lay_down(Fixture *fix)
{
    saoy_chip_reset(fix->chip);
    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
}

static void
test_goes_on_from_every_moment(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) whole = { 0 };
    unsigned all, spared = 0, longer = 0;

    take_unbroken(fix, &whole);
    all = apdus_of(&whole);
    for (unsigned n = 0; n < all; n++) {
        g_autoptr(SaoyReading) reading = start(fix);
        g_autoptr(GError) error = NULL;

        lift_after(fix, n);
        g_assert_false(run(fix, reading, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
        g_assert_cmpstr(fix->who.number, ==, "");
        g_clear_error(&error);
        lay_down(fix);
        run(fix, reading, &error);
        g_assert_no_error(error);
        assert_same(&fix->who, &whole);
        if (apdus_of(&fix->who) > all)
            longer++;
        else
            spared += all - apdus_of(&fix->who);
    }
    g_assert_cmpuint(spared, >, all); /* it did go on, and not over again */
    /* lifted over the first extended command, plain or protected: short from there on */
    g_assert_cmpuint(longer, ==, 2);
}

static void
test_what_is_read_is_not_read_twice(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) whole = { 0 };
    g_autoptr(SaoyReading) reading = start(fix);

    take_unbroken(fix, &whole);
    lift_after(fix, apdus_of(&whole) - 1); /* all but active authentication */
    g_assert_false(run(fix, reading, NULL));
    lay_down(fix);
    fix->steps = 0;
    g_assert_true(run(fix, reading, NULL));
    g_assert_nonnull(find_step(&fix->who, "DG14"));
    g_assert_nonnull(find_step(&fix->who, "CA"));
    g_assert_nonnull(find_step(&fix->who, "AA"));
    g_assert_null(find_step(&fix->who, "DG2"));
    g_assert_null(find_step(&fix->who, "DG1"));
    g_assert_null(find_step(&fix->who, "SOD"));
    assert_same(&fix->who, &whole);
}

static void
test_lifted_again_and_again(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) whole = { 0 };
    g_autoptr(SaoyReading) reading = start(fix);
    unsigned runs = 0;

    take_unbroken(fix, &whole);
    do { /* time for opening it and for a file or two, each time */
        lift_after(fix, 19);
        g_assert_cmpuint(++runs, <, 20);
    } while (!run(fix, reading, NULL));
    g_assert_cmpuint(runs, >, 2);
    assert_same(&fix->who, &whole);
}

static SaoyChip *
another_person(Fixture *fix)
{
    g_autofree char *path = g_build_filename(fix->dir, "other.json", NULL);
    g_autoptr(GBytes) picture = portrait();
    const SaoyPersona persona = { .name_vi = "Trần Văn Bình",
                                  .number = "079085" CAN, /* opens with the same digits */
                                  .birth_date = "1985-05-05",
                                  .sex = "M",
                                  .expiry_date = "2033-05-05",
                                  .portrait = picture };

    g_assert_true(saoy_persona_make(&persona, path, NULL));
    return saoy_chip_open(path, NULL);
}

static void
test_another_card_starts_over(Fixture *fix, const void *data)
{
    g_autoptr(SaoyChip) other = another_person(fix);
    unsigned all = 0;

    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    all = apdus_of(&fix->who);
    for (unsigned n = 0; n < all; n++) {
        g_autoptr(SaoyReading) reading = start(fix);
        g_autoptr(GError) error = NULL;

        lift_after(fix, n);
        g_assert_false(run(fix, reading, NULL));
        saoy_identity_clear(&fix->who);
        saoy_chip_reset(other);
        saoy_reading_run(reading, saoy_chip_channel(other), NULL, NULL, &fix->who, NULL,
                         &error);
        g_assert_no_error(error);
        g_assert_cmpstr(fix->who.number, ==, "079085" CAN);
        g_assert_cmpstr(fix->who.name_vi, ==, "Trần Văn Bình");
        g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
    }
}

/* The files of the card that was taken, but not its key. */
static void
test_a_copy_in_its_place_is_read_as_a_copy(Fixture *fix, const void *data)
{
    g_autoptr(SaoyReading) reading = start(fix);
    g_auto(SaoyIdentity) whole = { 0 };

    take_unbroken(fix, &whole);
    lift_after(fix, apdus_of(&whole) - 1);
    g_assert_false(run(fix, reading, NULL));
    lay_down(fix);
    g_assert_true(saoy_chip_fault(fix->chip, "clone"));
    g_assert_true(run(fix, reading, NULL));
    g_assert_nonnull(find_step(&fix->who, "DG1")); /* read again, all of it */
    g_assert_nonnull(find_step(&fix->who, "DG2"));
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_FAILED);
    g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_FORGED);
}

/* Without a key that can be proven again nothing is believed. */
static void
test_a_chip_without_key_is_read_anew(Fixture *fix, const void *data)
{
    g_autoptr(SaoyReading) reading = start(fix);

    g_clear_pointer(&fix->chip->changed[14], g_bytes_unref);
    fix->chip->changed[14] = unhex("6E023100");
    g_assert_true(saoy_chip_fault(fix->chip, "pulled-once 20"));
    g_assert_false(run(fix, reading, NULL));
    saoy_chip_reset(fix->chip);
    g_assert_true(run(fix, reading, NULL));
    g_assert_nonnull(find_step(&fix->who, "COM"));
    g_assert_nonnull(find_step(&fix->who, "DG1"));
}

/* --- a session lost --- */

static void
test_a_session_killed_at_every_moment(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) whole = { 0 };

    take_unbroken(fix, &whole);
    for (unsigned n = 1; n <= apdus_of(&whole); n++) {
        Wire wire = { .inner = saoy_chip_channel(fix->chip), .kill_at = n };
        g_autoptr(SaoyReading) reading = start(fix);
        g_autoptr(GError) error = NULL;

        saoy_chip_reset(fix->chip);
        saoy_identity_clear(&fix->who);
        if (!saoy_reading_run(reading, (SaoyChannel){ pass, &wire }, NULL, NULL, &fix->who,
                              NULL, &error))
            g_assert_true(error != NULL && error->domain == SAOY_ERROR);
        g_assert_cmpuint(wire.opened, <=, 2);
        saoy_chip_reset(fix->chip);
        saoy_identity_clear(&fix->who);
        g_clear_error(&error);
        run(fix, reading, &error);
        g_assert_no_error(error);
        assert_same(&fix->who, &whole);
    }
}

/* Whatever the chip says to the nth extended command, or its reader by breaking down: short
 * from there on, opened once more at most, and all is read. */
static void
test_extended_refused_at_every_moment(Fixture *fix, const void *data)
{
    static const uint16_t words[] = { 0x6700, 0x6a86, 0x6f00, 0x6988, 0 };
    g_auto(SaoyIdentity) whole = { 0 };

    take_unbroken(fix, &whole);
    for (unsigned at = 1; at <= 4; at++) {
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
            Wire wire = { .inner = saoy_chip_channel(fix->chip),
                          .refuse_at = at,
                          .refusal = words[i] };
            g_autoptr(SaoyReading) reading = start(fix);
            g_autoptr(GError) error = NULL;
            bool done;

            saoy_chip_reset(fix->chip);
            saoy_identity_clear(&fix->who);
            done = saoy_reading_run(reading, (SaoyChannel){ pass, &wire }, NULL, NULL,
                                    &fix->who, NULL, &error);
            if (words[i] == 0 && at > 2) { /* it has worked: the card was taken */
                g_assert_false(done && wire.refusals > 0);
                continue;
            }
            g_assert_no_error(error);
            g_assert_cmpuint(wire.refusals, <=, 1);
            g_assert_cmpuint(wire.opened, <=, 2);
            assert_same(&fix->who, &whole);
        }
    }
}

/* A reader that drops the card whenever it meets extended length: no third try. */
static void
test_a_reader_that_resets(Fixture *fix, const void *data)
{
    for (unsigned at = 1; at <= 2; at++) {
        Wire wire = { .inner = saoy_chip_channel(fix->chip),
                      .refuse_at = at,
                      .resets = true };
        g_autoptr(SaoyReading) reading = start(fix);
        g_autoptr(GError) error = NULL;

        saoy_chip_reset(fix->chip);
        saoy_identity_clear(&fix->who);
        g_assert_false(saoy_reading_run(reading, (SaoyChannel){ pass, &wire }, NULL, NULL,
                                        &fix->who, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
        g_clear_error(&error);
        saoy_chip_reset(fix->chip);
        wire.dead = false;
        saoy_reading_run(reading, (SaoyChannel){ pass, &wire }, NULL, NULL, &fix->who, NULL,
                         &error);
        g_assert_no_error(error);
        g_assert_cmpuint(wire.refusals, ==, 1);
        g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/resume/every-moment", test_goes_on_from_every_moment },
        { "/resume/once", test_what_is_read_is_not_read_twice },
        { "/resume/again", test_lifted_again_and_again },
        { "/resume/other", test_another_card_starts_over },
        { "/resume/copy", test_a_copy_in_its_place_is_read_as_a_copy },
        { "/resume/keyless", test_a_chip_without_key_is_read_anew },
        { "/resume/killed", test_a_session_killed_at_every_moment },
        { "/resume/extended", test_extended_refused_at_every_moment },
        { "/resume/resets", test_a_reader_that_resets },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
