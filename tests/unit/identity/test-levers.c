/* Every lever of the software chip, read by our reader: what a genuine card may do changes
 * nothing, and each fault has the one right outcome. */
#include "fixture.h"

#define OK -1 /* no error */
#define NO SAOY_PROOF_FAILED
#define YES SAOY_PROOF_DONE
#define OPEN SAOY_PROOF_UNDECIDED

typedef struct {
    const char *levers; /* parted by semicolons */
    const char *access; /* also says what the card is read with; with BAC by policy */
    int error;
    SaoyProof passive, chip_auth, active_auth;
    const char *words; /* in the reason, or in the error */
} Row;

/* clang-format off */
static const Row rows[] = {
    /* as genuine cards are */
    { "", "PACE-CAN", OK, YES, YES, YES, "" },
    { "no-bac", "PACE-CAN", OK, YES, YES, YES, "" },
    { "selects-mf", "PACE-CAN", OK, YES, YES, YES, "" },
    { "access-in-mf", "PACE-CAN", OK, YES, YES, YES, "" },
    { "access-in-application", "PACE-CAN", OK, YES, YES, YES, "" },
    { "access-shut", "BAC", OK, YES, YES, YES, "" },
    { "no-p2-0c", "PACE-CAN", OK, YES, YES, YES, "" },
    { "select-wants-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "select-refuses-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "mse-wants-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "mse-refuses-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "auth-wants-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "auth-refuses-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "mse-strict", "PACE-CAN", OK, YES, YES, YES, "" },
    { "short-answers 100", "PACE-CAN", OK, YES, YES, YES, "" },
    { "short-answers 40;no-extended", "PACE-CAN", OK, YES, YES, YES, "" },
    { "strict-end", "PACE-CAN", OK, YES, YES, YES, "" },
    { "strict-end;no-extended", "PACE-CAN", OK, YES, YES, YES, "" },
    { "exact-le", "PACE-CAN", OK, YES, YES, YES, "" },
    { "exact-le;no-extended", "PACE-CAN", OK, YES, YES, YES, "" },
    { "get-response", "PACE-CAN", OK, YES, YES, YES, "" },
    { "get-response;no-extended", "PACE-CAN", OK, YES, YES, YES, "" },
    { "get-response;no-bac", "PACE-CAN", OK, YES, YES, YES, "" },
    { "sfi-only", "PACE-CAN", OK, YES, YES, YES, "" },
    { "no-sfi", "PACE-CAN", OK, YES, YES, YES, "" },
    { "extended 300", "PACE-CAN", OK, YES, YES, YES, "" },
    { "extended 1024", "PACE-CAN", OK, YES, YES, YES, "" },
    { "extended 65000", "PACE-CAN", OK, YES, YES, YES, "" },
    { "extended-lies", "PACE-CAN", OK, YES, YES, YES, "" },
    { "no-extended", "PACE-CAN", OK, YES, YES, YES, "" },
    { "extended 1024;short-answers 200;no-p2-0c", "PACE-CAN", OK, YES, YES, YES, "" },
    { "pss-signer", "PACE-CAN", OK, YES, YES, YES, "" },
    { "slow 1", "PACE-CAN", OK, YES, YES, YES, "" },
    { "no-pace", "BAC", OK, YES, YES, YES, "" },
    { "no-pace", "PACE-CAN", SAOY_ERROR_FAILED, 0, 0, 0, "6fff" }, /* no key for BAC */
    { "access ecdh-cam-aes256-13", "PACE-CAN", OK, YES, YES, YES, "" },
    { "access dh-im-3des-0,ecdh-gm-3des-8", "PACE-CAN", OK, YES, YES, YES, "" },

    /* taken away: test-resume.c goes on from here */
    { "pulled-after 20", "PACE-CAN", SAOY_ERROR_OFFLINE, 0, 0, 0, "gone" },
    { "pulled-once 20", "PACE-CAN", SAOY_ERROR_OFFLINE, 0, 0, 0, "gone" },
    { "other-card 20", "PACE-CAN", SAOY_ERROR_OFFLINE, 0, 0, 0, "gone" },
    { "ends-session 20", "PACE-CAN", SAOY_ERROR_OFFLINE, 0, 0, 0, "ended the session" },

    /* lies on the wire */
    { "wrong-token", "PACE-CAN", SAOY_ERROR_UNTRUSTED, 0, 0, 0, "" },
    { "pace-then-6300", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "6300" },
    { "wrong-mac", "PACE-CAN", SAOY_ERROR_UNTRUSTED, 0, 0, 0, "MAC" },
    { "wrong-mac-after 20", "PACE-CAN", SAOY_ERROR_UNTRUSTED, 0, 0, 0, "MAC" },
    { "huge-dg 1", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "DG1: " },
    { "huge-dg 2", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "DG2: " },
    { "huge-dg 14", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "DG14: " },
    { "endless-61", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "endless" },
    { "endless-6c", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "length" },
    { "short-answers 0", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "" },
    { "short-answers 1", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "" },
    { "short-answers 1;no-extended", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "" },

    /* lies in the files */
    { "garbage-dg 1", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "" },
    { "garbage-dg 2", "PACE-CAN", SAOY_ERROR_MALFORMED, 0, 0, 0, "" },
    { "garbage-dg 13", "PACE-CAN", OK, NO, OPEN, OPEN, "data group" },
    { "garbage-dg 14", "PACE-CAN", OK, NO, NO, OPEN, "" },
    { "garbage-dg 15", "PACE-CAN", OK, NO, OPEN, NO, "" },
    { "changed-dg 1", "PACE-CAN", OK, NO, OPEN, OPEN, "" },
    { "changed-dg 2", "PACE-CAN", OK, NO, OPEN, OPEN, "" },
    { "changed-dg 13", "PACE-CAN", OK, NO, OPEN, OPEN, "" },
    { "wrong-hash 2", "PACE-CAN", OK, NO, OPEN, OPEN, "" },
    { "wrong-sod", "PACE-CAN", OK, NO, OPEN, OPEN, "signature" },

    /* who signed */
    { "foreign-csca", "PACE-CAN", OK, OPEN, OPEN, OPEN, "not known" },
    { "foreign-csca;no-aa", "PACE-CAN", OK, OPEN, OPEN, OPEN, "not known" },
    { "foreign-csca;wrong-aa", "PACE-CAN", OK, OPEN, OPEN, NO, "not known" },
    { "expired-signer", "PACE-CAN", OK, NO, OPEN, OPEN, "expired" },
    { "sha1-signer", "PACE-CAN", OK, NO, OPEN, OPEN, "weak digest" },
    { "revoked-signer", "PACE-CAN", OK, NO, OPEN, OPEN, "revoked" },

    /* copies */
    { "clone", "PACE-CAN", OK, YES, NO, NO, "" },
    { "clone;access ecdh-cam-aes128-13", "PACE-CAN", OK, YES, NO, NO, "" },
    { "no-aa", "PACE-CAN", OK, YES, YES, NO, "" },
    { "wrong-aa", "PACE-CAN", OK, YES, YES, NO, "" },
    { "clear", "PACE-CAN", OK, YES, YES, YES, "" },
};
/* clang-format on */

static void
pull(Fixture *fix, const char *levers)
{
    g_auto(GStrv) words = g_strsplit(levers, ";", -1);

    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    for (size_t i = 0; words[i] != NULL; i++)
        g_assert_true(saoy_chip_fault(fix->chip, words[i]));
    saoy_chip_reset(fix->chip);
}

static void
take_key(Fixture *fix, const Row *row)
{
    g_autofree char *text = NULL;
    g_autofree char *zone = NULL;

    if (!g_str_equal(row->access, "BAC")) {
        g_assert_true(saoy_access_key_parse(CAN, &fix->key, NULL));
        return;
    }
    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    zone = g_strndup(strstr(text, "\"IDVNM") + 1, 90);
    g_assert_true(saoy_access_key_parse(zone, &fix->key, NULL));
}

static SaoyVerdict
verdict_of(const Row *row)
{
    if (row->passive == NO || row->chip_auth == NO || row->active_auth == NO)
        return SAOY_VERDICT_FORGED;
    return row->passive == YES ? SAOY_VERDICT_GENUINE : SAOY_VERDICT_UNPROVEN;
}

static void
read_row(Fixture *fix, const Row *row)
{
    g_autoptr(GError) error = NULL;

    pull(fix, row->levers);
    take_key(fix, row);
    read_chip(fix, fix->dir, true, NULL, &error);
    if (row->error != OK) {
        g_assert_error(error, SAOY_ERROR, row->error);
        g_assert_nonnull(strstr(error->message, row->words));
        g_assert_cmpstr(fix->who.number, ==, "");
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpstr(fix->who.access, ==, row->access);
    g_assert_cmpstr(saoy_proof_name(fix->who.passive), ==, saoy_proof_name(row->passive));
    g_assert_cmpstr(saoy_proof_name(fix->who.chip_auth), ==,
                    saoy_proof_name(row->chip_auth));
    g_assert_cmpstr(saoy_proof_name(fix->who.active_auth), ==,
                    saoy_proof_name(row->active_auth));
    g_assert_nonnull(strstr(fix->who.passive_reason, row->words));
    g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, verdict_of(row));
    /* the signed DG14 goes on announcing what the card now opens by something weaker than
     */
    g_assert_cmpint(fix->who.downgrade, ==,
                    g_str_equal(row->access, "BAC") || strstr(row->levers, "3des") != NULL);
}

static void
test_each_has_its_outcome(Fixture *fix, const void *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].levers);
        read_row(fix, &rows[i]);
    }
}

static bool
is_in_rows(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) levers = g_strsplit(rows[i].levers, ";", -1);

        for (size_t k = 0; levers[k] != NULL; k++)
            if (g_str_has_prefix(levers[k], word) &&
                (levers[k][strlen(word)] == ' ' || levers[k][strlen(word)] == '\0'))
                return true;
    }
    return false;
}

static void
test_none_is_forgotten(Fixture *fix, const void *data)
{
    for (size_t i = 0; saoy_chip_lever(i) != NULL; i++) {
        g_test_message("%s", saoy_chip_lever(i)->word);
        g_assert_true(is_in_rows(saoy_chip_lever(i)->word));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/levers/outcome", Fixture, NULL, set_up, test_each_has_its_outcome,
               tear_down);
    g_test_add("/levers/all", Fixture, NULL, set_up, test_none_is_forgotten, tear_down);
    return g_test_run();
}
