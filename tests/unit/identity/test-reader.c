/* The whole reading against the software chip: what a person with a good card meets. */
#include "chip-state.h"
#include "fixture.h"

static const SaoyReadStep *
find_step(const SaoyIdentity *who, const char *name)
{
    for (unsigned i = 0; i < who->n_steps; i++)
        if (g_str_equal(who->steps[i].name, name))
            return &who->steps[i];
    return NULL;
}

static void
test_a_good_card_is_read_whole(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GError) error = NULL;

    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpstr(fix->who.name, ==, "NGUYEN THI ANH");
    g_assert_cmpstr(fix->who.name_vi, ==, "Nguyễn Thị Ánh");
    g_assert_cmpstr(fix->who.birth_date, ==, "1990-02-28");
    g_assert_cmpstr(fix->who.expiry_date, ==, "2035-02-28");
    g_assert_cmpstr(fix->who.sex, ==, "F");
    g_assert_cmpstr(fix->who.access, ==, "PACE-CAN");
    g_assert_false(fix->who.downgrade);
    g_assert_cmpstr(fix->who.passive_reason, ==, "");
    g_assert_cmpstr(saoy_proof_name(fix->who.passive), ==, "done");
    g_assert_cmpstr(saoy_proof_name(fix->who.chip_auth), ==, "done");
    g_assert_cmpstr(saoy_proof_name(fix->who.active_auth), ==, "done");
    g_assert_true(g_bytes_equal(fix->who.portrait, picture));
}

static void
test_each_step_says_what_it_cost(Fixture *fix, const void *data)
{
    static const char *const names[] = { "CardAccess", "PACE-CAN", "select", "COM",  "DG14",
                                         "CA",         "DG1",      "DG13",   "DG15", "DG2",
                                         "SOD",        "AA",       "passive" };
    g_autoptr(GError) error = NULL;

    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(fix->who.n_steps, ==, G_N_ELEMENTS(names));
    g_assert_cmpuint(fix->steps, ==, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_nonnull(find_step(&fix->who, names[i]));
    g_assert_cmpuint(find_step(&fix->who, "PACE-CAN")->apdus, ==, 5);
    g_assert_cmpuint(find_step(&fix->who, "CA")->apdus, ==, 3);
    g_assert_cmpuint(find_step(&fix->who, "passive")->apdus, ==, 0);
    g_assert_cmpuint(find_step(&fix->who, "DG2")->bytes, >,
                     g_bytes_get_size(fix->who.portrait));
}

static void
test_the_mrz_opens_it_too(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    char zone[] = "IDVNM1900000010001190000001<<1\n"
                  "9002284F3502286VNM<<<<<<<<<<<0\n";

    g_assert_false(saoy_access_key_parse(zone, &fix->key, &error));
    g_clear_error(&error);
    /* the persona writes its own, with the right check digits */
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    const char *mrz = strstr(text, "\"IDVNM") + 1;
    g_autofree char *line = g_strndup(mrz, 90);
    g_assert_true(saoy_access_key_parse(line, &fix->key, &error));
    g_assert_cmpstr(fix->key.can, ==, "");
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.access, ==, "PACE-MRZ");
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
}

static void
use_mrz(Fixture *fix)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    g_autofree char *line = g_strndup(strstr(text, "\"IDVNM") + 1, 90);
    g_assert_true(saoy_access_key_parse(line, &fix->key, NULL));
}

static void
test_bac_only_by_policy_and_recorded(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    use_mrz(fix);
    saoy_chip_fault(fix->chip, "no-pace");
    g_assert_false(read_chip(fix, fix->dir, false, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_clear_error(&error);

    read_chip(fix, fix->dir, true, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.access, ==, "BAC");
    g_assert_true(fix->who.downgrade);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_DONE);
}

static void
test_pace_is_not_left_while_it_works(Fixture *fix, const void *data)
{
    use_mrz(fix);
    g_assert_true(read_chip(fix, fix->dir, true, NULL, NULL));
    g_assert_cmpstr(fix->who.access, ==, "PACE-MRZ");
    g_assert_false(fix->who.downgrade);
}

static void
test_it_reads_again_and_again(Fixture *fix, const void *data)
{
    for (unsigned i = 0; i < 3; i++)
        g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    saoy_chip_reset(fix->chip);
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
}

/* EF.CardAccess with this one variant of PACE. */
static void
announce(Fixture *fix, unsigned mapping, unsigned cipher, unsigned parameter)
{
    g_autofree char *hex = g_strdup_printf(
        "31143012060a04007f0007020204%02x%02x0201020201%02x", mapping, cipher, parameter);

    g_bytes_unref(fix->chip->card_access);
    fix->chip->card_access = unhex(hex);
}

static void
assert_opens(Fixture *fix, unsigned mapping, unsigned cipher, unsigned parameter)
{
    g_autoptr(GError) error = NULL;

    announce(fix, mapping, cipher, parameter);
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.access, ==, "PACE-CAN");
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_DONE);
}

static void
test_every_cipher_and_curve(Fixture *fix, const void *data)
{
    for (unsigned cipher = 1; cipher <= 4; cipher++)
        for (unsigned curve = 8 + cipher % 2; curve <= 18; curve += 2)
            assert_opens(fix, SAOY_MAPPING_ECDH_GM, cipher, curve);
}

static void
test_integrated_mapping(Fixture *fix, const void *data)
{
    for (unsigned curve = 8; curve <= 18; curve++)
        if (curve != 10)
            assert_opens(fix, SAOY_MAPPING_ECDH_IM, 1 + curve % 4, curve);
    assert_opens(fix, SAOY_MAPPING_ECDH_IM, 3, 13);
}

static void
test_prime_fields(Fixture *fix, const void *data)
{
    for (unsigned parameter = 0; parameter <= 2; parameter++) {
        assert_opens(fix, SAOY_MAPPING_DH_GM, 1 + parameter, parameter);
        assert_opens(fix, SAOY_MAPPING_DH_IM, 2 + parameter, parameter);
    }
}

/* A wrong key shows only in the token, whatever the mapping. */
static void
test_a_wrong_can_in_every_mapping(Fixture *fix, const void *data)
{
    static const unsigned variants[][2] = { { SAOY_MAPPING_ECDH_GM, 13 },
                                            { SAOY_MAPPING_ECDH_IM, 13 },
                                            { SAOY_MAPPING_DH_GM, 0 },
                                            { SAOY_MAPPING_DH_IM, 0 } };

    g_assert_true(saoy_access_key_parse("999999", &fix->key, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_autoptr(GError) error = NULL;

        announce(fix, variants[i][0], 2, variants[i][1]);
        g_assert_false(read_chip(fix, fix->dir, true, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    }
}

static void
test_an_impossible_variant_is_said(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_bytes_unref(fix->chip->card_access);
    fix->chip->card_access =
        unhex("31143012060a04007f0007020204040202010202010a"); /* IM, P-224 */
    g_assert_false(read_chip(fix, fix->dir, false, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "BAC"));
    use_mrz(fix);
    g_assert_true(read_chip(fix, fix->dir, true, NULL, NULL));
    g_assert_true(fix->who.downgrade);
}

/* A card whose EF.CardAccess is found only below a selected master file. */
typedef struct {
    SaoyChannel inner;
    bool master;
} Below;

static bool
answer_below(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
             GError **error)
{
    static const uint8_t ok[] = { 0x90, 0x00 }, absent[] = { 0x6a, 0x82 };
    Below *below = self;
    bool plain_select = command.size > 3 && command.data[0] == 0 && command.data[1] == 0xa4;

    g_byte_array_set_size(response, 0);
    if (plain_select && command.data[2] == 0x00) {
        below->master = true;
        g_byte_array_append(response, ok, sizeof ok);
        return true;
    }
    if (plain_select && command.data[2] == 0x02 && !below->master) {
        g_byte_array_append(response, absent, sizeof absent);
        return true;
    }
    return below->inner.transceive(below->inner.self, command, response, cancel, error);
}

static void
test_card_access_below_the_master_file(Fixture *fix, const void *data)
{
    Below below = { .inner = saoy_chip_channel(fix->chip) };
    g_autoptr(GError) error = NULL;

    saoy_identity_read((SaoyChannel){ answer_below, &below }, &fix->key,
                       &(SaoyReadPolicy){ .trust = fix->dir }, NULL, NULL, &fix->who, NULL,
                       &error);
    g_assert_no_error(error);
    g_assert_true(below.master);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
}

/* A card that shows EF.CardAccess only to whom it has let in (6982), to SELECT or to READ.
 */
typedef struct {
    SaoyChannel inner;
    uint8_t ins;
    uint8_t sw[2];
    GBytes *instead; /* is read in its place; NULL: sw */
    bool access;     /* EF.CardAccess stands selected */
} Hidden;

static bool
hide_access(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
            GError **error)
{
    Hidden *hidden = self;
    bool plain = command.data[0] == 0;

    if (plain && command.data[1] == 0xa4)
        hidden->access = command.size >= 7 && command.data[6] == 0x1c;
    if (plain && hidden->access && command.data[1] == hidden->ins) {
        if (hidden->instead != NULL)
            g_byte_array_append(response, g_bytes_get_data(hidden->instead, NULL),
                                (unsigned)g_bytes_get_size(hidden->instead));
        g_byte_array_append(response, hidden->sw, sizeof hidden->sw);
        return true;
    }
    return hidden->inner.transceive(hidden->inner.self, command, response, cancel, error);
}

static void
test_hidden_card_access(Fixture *fix, const void *data)
{
    static const struct {
        uint8_t ins, sw[2];
    } hides[] = { { 0xa4, { 0x69, 0x82 } },
                  { 0xa4, { 0x6a, 0x82 } },
                  { 0xb0, { 0x69, 0x82 } } };

    use_mrz(fix);
    for (size_t i = 0; i < G_N_ELEMENTS(hides); i++) {
        Hidden hidden = { .inner = saoy_chip_channel(fix->chip),
                          .ins = hides[i].ins,
                          .sw = { hides[i].sw[0], hides[i].sw[1] } };
        SaoyReadPolicy policy = { .trust = fix->dir };
        SaoyAccessKey digits = { 0 };
        g_autoptr(GError) error = NULL;

        saoy_identity_clear(&fix->who);
        g_assert_false(saoy_identity_read((SaoyChannel){ hide_access, &hidden }, &fix->key,
                                          &policy, NULL, NULL, &fix->who, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
        g_clear_error(&error);
        policy.allow_bac = true;
        digits = fix->key;
        digits.mrz_key[0] = '\0';
        g_assert_false(saoy_identity_read((SaoyChannel){ hide_access, &hidden }, &digits,
                                          &policy, NULL, NULL, &fix->who, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
        g_clear_error(&error);
        saoy_identity_read((SaoyChannel){ hide_access, &hidden }, &fix->key, &policy, NULL,
                           NULL, &fix->who, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(fix->who.access, ==, "BAC");
        g_assert_true(fix->who.downgrade); /* it said so, once it could be asked */
        g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
    }
}

/* Somebody in between leaves out the better of two ways that the chip announces; what DG14
 * repeats under the issuer's signature brings it to light. */
static void
test_weakened_card_access(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GBytes) weak = unhex("31143012060A04007F0007020204020102010202010D");
    g_autofree char *path = g_build_filename(fix->dir, "both.json", NULL);
    const SaoyPersona persona = { .name_vi = "Nguyễn Thị Ánh",
                                  .number = NUMBER,
                                  .birth_date = "1990-02-28",
                                  .sex = "F",
                                  .portrait = picture,
                                  .access = "ecdh-gm-3des-13,ecdh-gm-aes128-13" };
    const SaoyReadPolicy policy = { .trust = fix->dir };
    g_autoptr(GError) error = NULL;

    saoy_persona_make(&persona, path, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(SaoyChip) chip = saoy_chip_open(path, &error);
        Hidden hidden = { .inner = saoy_chip_channel(chip),
                          .ins = i == 0 ? 0 : 0xb0,
                          .sw = { 0x90, 0x00 },
                          .instead = weak };

        saoy_identity_clear(&fix->who);
        saoy_identity_read((SaoyChannel){ hide_access, &hidden }, &fix->key, &policy, NULL,
                           NULL, &fix->who, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(fix->who.downgrade, ==, i == 1);
    }
}

/* Signed again by the folder's issuer, with what EF.COM now lists. */
static void
add_details(Fixture *fix)
{
    fix->chip->changed[11] = unhex("6B095C025F0E5F0E024141");
    fix->chip->changed[12] = unhex("6C085C015F195F190142");
    fix->chip->changed[SAOY_SLOT_COM] =
        unhex("60165F0104303130375F36063034303030305C0761756B6C6D6E6F");
}

static void
test_details_are_read_where_listed(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    add_details(fix);
    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(find_step(&fix->who, "DG11"));
    g_assert_nonnull(find_step(&fix->who, "DG12"));
    /* nobody has signed them: they are hashed like all that was read */
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
}

static void
test_no_step_takes_less_than_the_least(Fixture *fix, const void *data)
{
    size_t bytes = 0, least = 0;

    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    for (unsigned i = 0; i < fix->who.n_steps; i++) {
        const SaoyReadStep *step = &fix->who.steps[i];

        g_assert_cmpuint(step->least_bytes, <=, step->bytes);
        if (step->apdus > 0)
            g_assert_cmpuint(step->least_bytes, >, 0);
        bytes += step->bytes;
        least += step->least_bytes;
    }
    g_assert_cmpuint(least, >, g_bytes_get_size(fix->who.portrait));
    g_assert_cmpuint(bytes, <, least + least / 10);
    g_assert_cmpuint(find_step(&fix->who, "PACE-CAN")->bytes, ==,
                     find_step(&fix->who, "PACE-CAN")->least_bytes);
}

static void
test_the_verdict_over_all_proofs(Fixture *fix, const void *data)
{
    static const struct {
        SaoyProof passive, chip, active;
        SaoyVerdict verdict;
    } rows[] = {
        { SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_VERDICT_GENUINE },
        { SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_PROOF_NOT_OFFERED, SAOY_VERDICT_GENUINE },
        { SAOY_PROOF_DONE, SAOY_PROOF_UNDECIDED, SAOY_PROOF_DONE, SAOY_VERDICT_GENUINE },
        { SAOY_PROOF_DONE, SAOY_PROOF_NOT_OFFERED, SAOY_PROOF_NOT_OFFERED,
          SAOY_VERDICT_MAYBE_CLONED },
        { SAOY_PROOF_DONE, SAOY_PROOF_UNDECIDED, SAOY_PROOF_UNDECIDED,
          SAOY_VERDICT_MAYBE_CLONED },
        { SAOY_PROOF_UNDECIDED, SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_VERDICT_UNPROVEN },
        { SAOY_PROOF_NOT_OFFERED, SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_VERDICT_UNPROVEN },
        { SAOY_PROOF_FAILED, SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_VERDICT_FORGED },
        { SAOY_PROOF_DONE, SAOY_PROOF_FAILED, SAOY_PROOF_DONE, SAOY_VERDICT_FORGED },
        { SAOY_PROOF_DONE, SAOY_PROOF_DONE, SAOY_PROOF_FAILED, SAOY_VERDICT_FORGED },
        { SAOY_PROOF_UNDECIDED, SAOY_PROOF_FAILED, SAOY_PROOF_NOT_OFFERED,
          SAOY_VERDICT_FORGED },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SaoyIdentity who = { .passive = rows[i].passive,
                                   .chip_auth = rows[i].chip,
                                   .active_auth = rows[i].active };

        g_assert_cmpint(saoy_identity_verdict(&who), ==, rows[i].verdict);
    }
    for (unsigned v = 0; v < SAOY_VERDICT_N; v++)
        g_assert_true(*saoy_verdict_name((SaoyVerdict)v) != '\0' &&
                      *saoy_verdict_text((SaoyVerdict)v) != '\0');
    for (unsigned what = 0; what < SAOY_PROVES_N; what++)
        for (unsigned proof = 0; proof < SAOY_PROOF_N; proof++)
            g_assert_nonnull(saoy_proof_text((SaoyProves)what, (SaoyProof)proof));
}

/* The key of DG14 counts only where a trusted SOD covers it. */
static void
test_without_issuer_no_proof_counts(Fixture *fix, const void *data)
{
    g_assert_true(read_chip(fix, NULL, false, NULL, NULL));
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_UNDECIDED);
    g_assert_cmpint(fix->who.chip_auth, ==, SAOY_PROOF_UNDECIDED);
    g_assert_cmpint(fix->who.active_auth, ==, SAOY_PROOF_UNDECIDED);
    g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_UNPROVEN);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/reader/whole", test_a_good_card_is_read_whole },
        { "/reader/steps", test_each_step_says_what_it_cost },
        { "/reader/mrz", test_the_mrz_opens_it_too },
        { "/reader/bac", test_bac_only_by_policy_and_recorded },
        { "/reader/pace-first", test_pace_is_not_left_while_it_works },
        { "/reader/again", test_it_reads_again_and_again },
        { "/reader/ciphers", test_every_cipher_and_curve },
        { "/reader/integrated", test_integrated_mapping },
        { "/reader/fields", test_prime_fields },
        { "/reader/wrong-can", test_a_wrong_can_in_every_mapping },
        { "/reader/variant", test_an_impossible_variant_is_said },
        { "/reader/below", test_card_access_below_the_master_file },
        { "/reader/hidden", test_hidden_card_access },
        { "/reader/weakened", test_weakened_card_access },
        { "/reader/details", test_details_are_read_where_listed },
        { "/reader/least", test_no_step_takes_less_than_the_least },
        { "/reader/verdict", test_the_verdict_over_all_proofs },
        { "/reader/no-issuer", test_without_issuer_no_proof_counts },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
