/* Whole readings of cards of every kind: what opens them, what they prove and how, what
 * their files are like. Every value of every column once, with others each time; PACE alone
 * in all its variants is in test-pace-grid.c. */
#include "fixture.h"
#include "identity/mrz.h"

typedef struct {
    const char *access, *chip_auth, *active_auth, *document;
    bool iso39794, details, mrz, jpeg2000;
    int extended;
} Row;

/* clang-format off */
static const Row rows[] = {
    { "bac",                     "ecdh-3des-8",     "rsa-sha1-1024",    "TD3", false, false, true,  false, -1 },
    { "bac",                     "none",            "none",             "TD2", true,  true,  true,  true,  0 },
    { "bac",                     "dh-3des-0",       "rsa-sha256-1280",  "TD1", false, true,  true,  false, 1024 },
    { "ecdh-cam-aes128-8",       "ecdh-aes128-9",   "ecdsa-sha256-13",  "TD1", false, false, false, false, 0 },
    { "ecdh-cam-aes192-9,bac",   "ecdh-aes192-10",  "ecdsa-sha384-16",  "TD2", true,  false, false, true,  -1 },
    { "ecdh-cam-aes256-10",      "ecdh-aes256-11",  "ecdsa-sha512-17",  "TD3", false, true,  true,  false, 512 },
    { "ecdh-cam-aes128-11",      "none",            "rsa-sha512-1536",  "TD1", false, false, true,  true,  2048 },
    { "ecdh-cam-aes192-12",      "ecdh-3des-12",    "none",             "TD3", true,  true,  false, false, 0 },
    { "ecdh-cam-aes256-13,bac",  "ecdh-aes128-13",  "ecdsa-sha224-11",  "TD1", true,  false, false, false, -1 },
    { "ecdh-cam-aes128-14",      "ecdh-aes256-14",  "ecdsa-sha256-12",  "TD2", false, false, true,  false, 65000 },
    { "ecdh-cam-aes192-15",      "dh-aes192-1",     "ecdsa-sha384-15",  "TD1", false, false, false, true,  1500 },
    { "ecdh-cam-aes256-16",      "ecdh-aes192-16",  "rsa-sha384-1024",  "TD3", true,  false, false, false, 0 },
    { "ecdh-cam-aes128-17",      "dh-aes256-2",     "ecdsa-sha256-14",  "TD2", false, true,  true,  false, 0 },
    { "ecdh-cam-aes256-18",      "ecdh-3des-17",    "ecdsa-sha512-18",  "TD1", false, false, false, false, -1 },
    { "ecdh-gm-3des-12,ecdh-im-aes256-17,dh-gm-aes128-0,bac",
                                 "dh-aes128-2",     "ecdsa-sha256-10",  "TD1", false, false, false, false, 4096 },
    { "dh-gm-aes256-2",          "ecdh-aes128-18",  "rsa-sha224-1024",  "TD3", false, false, true,  false, 0 },
    { "dh-im-3des-1,dh-gm-aes192-1",
                                 "dh-3des-1",       "none",             "TD2", true,  false, false, false, 800 },
    { "ecdh-im-aes192-18",       "ecdh-aes256-15",  "ecdsa-sha256-9",   "TD1", false, true,  false, true,  0 },
};
/* clang-format on */

/* Signature and image header of a JPEG 2000 file: all that the card's side looks at. */
static GBytes *
picture_of(const Row *row)
{
    static const uint8_t jp2[] = { 0,    0,    0,   12,  'j', 'P', ' ', ' ', 0x0d, 0x0a,
                                   0x87, 0x0a, 0,   0,   0,   20,  'f', 't', 'y',  'p',
                                   'j',  'p',  '2', ' ', 0,   0,   0,   0,   'j',  'p',
                                   '2',  ' ',  0,   0,   0,   45,  'j', 'p', '2',  'h',
                                   0,    0,    0,   22,  'i', 'h', 'd', 'r', 0,    0,
                                   0,    96,   0,   0,   0,   77,  0,   3,   7,    7,
                                   0,    0,    0,   0,   0,   0,   0,   0,   0,    0 };

    return row->jpeg2000 ? g_bytes_new_static(jp2, sizeof jp2) : portrait();
}

static void
make(Fixture *fix, const Row *row, GBytes *picture)
{
    g_autoptr(GError) error = NULL;
    const SaoyPersona persona = { .name_vi = "Nguyễn Thị Ánh",
                                  .number = NUMBER,
                                  .birth_date = "1990-02-28",
                                  .sex = "F",
                                  .expiry_date = "2035-02-28",
                                  .portrait = picture,
                                  .document = row->document,
                                  .access = row->access,
                                  .chip_auth = row->chip_auth,
                                  .active_auth = row->active_auth,
                                  .iso39794 = row->iso39794,
                                  .details = row->details,
                                  .extended = row->extended };

    saoy_persona_make(&persona, fix->path, &error);
    g_assert_no_error(error);
    g_clear_pointer(&fix->chip, saoy_chip_close);
    fix->chip = saoy_chip_open(fix->path, &error);
    g_assert_no_error(error);
}

/* The zone as it stands on the card, or the six digits. */
static void
take_key(Fixture *fix, const Row *row)
{
    g_autofree char *text = NULL;
    g_autofree char *zone = NULL;
    SaoyMrz mrz = { 0 };

    saoy_access_key_wipe(&fix->key);
    if (!row->mrz) {
        g_assert_true(saoy_access_key_parse(CAN, &fix->key, NULL));
        return;
    }
    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    const char *start = strstr(text, "\"mrz\": \"") + strlen("\"mrz\": \"");
    zone = g_strndup(start, strcspn(start, "\""));
    g_assert_true(
        saoy_mrz_parse((SaoyView){ (const uint8_t *)zone, strlen(zone) }, &mrz, NULL));
    g_strlcpy(fix->key.mrz_key, mrz.key, sizeof fix->key.mrz_key);
}

static void
assert_proof(SaoyProof proof, bool offered)
{
    g_assert_cmpstr(saoy_proof_name(proof), ==, offered ? "done" : "not_offered");
}

static void
read_and_compare(Fixture *fix, const Row *row, bool cam, GBytes *picture)
{
    g_autoptr(GError) error = NULL;
    bool bac = g_str_equal(row->access, "bac");

    read_chip(fix, fix->dir, bac, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpstr(fix->who.name, ==, "NGUYEN THI ANH");
    g_assert_cmpstr(fix->who.name_vi, ==, "Nguyễn Thị Ánh");
    g_assert_cmpstr(fix->who.birth_date, ==, "1990-02-28");
    g_assert_cmpstr(fix->who.access, ==, bac ? "BAC" : row->mrz ? "PACE-MRZ" : "PACE-CAN");
    g_assert_true(g_bytes_equal(fix->who.portrait, picture));
    assert_proof(fix->who.passive, true);
    assert_proof(fix->who.chip_auth, cam || !g_str_equal(row->chip_auth, "none"));
    assert_proof(fix->who.active_auth, !g_str_equal(row->active_auth, "none"));
}

static void
read_row(Fixture *fix, const Row *row)
{
    g_autoptr(GBytes) picture = picture_of(row);
    bool cam = strstr(row->access, "cam") != NULL;

    make(fix, row, picture);
    take_key(fix, row);
    read_and_compare(fix, row, cam, picture);
    if (!cam)
        return;
    /* with the mapping alone the other chip authentication would not be asked for */
    g_assert_true(saoy_chip_fault(fix->chip, "access ecdh-gm-aes128-13"));
    read_and_compare(fix, row, false, picture);
}

static void
test_every_kind_of_card(Fixture *fix, const void *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s %s %s", rows[i].access, rows[i].chip_auth, rows[i].active_auth);
        read_row(fix, &rows[i]);
    }
}

/* 40 kB: beyond what READ BINARY reaches with its two octets of offset. */
static void
test_a_large_picture(Fixture *fix, const void *data)
{
    static const int extended[] = { -1, 0, 1500, 65000 };
    g_autoptr(GBytes) small = portrait();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GBytes) large = NULL;

    g_byte_array_append(bytes, saoy_view_of(small).data, (guint)saoy_view_of(small).size);
    g_byte_array_set_size(bytes, 40000);
    large = g_bytes_new(bytes->data, bytes->len);
    for (size_t i = 0; i < G_N_ELEMENTS(extended); i++) {
        g_autoptr(GError) error = NULL;

        make(fix, &(Row){ .extended = extended[i] }, large);
        read_chip(fix, fix->dir, false, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(g_bytes_equal(fix->who.portrait, large));
        assert_proof(fix->who.passive, true);
    }
}

static void
test_words_that_do_not_go_together(Fixture *fix, const void *data)
{
    static const Row wrong[] = {
        { .access = "" },
        { .access = "pace" },
        { .access = "ecdh-gm-aes128" },
        { .access = "ecdh-gm-aes128-" },
        { .access = "ecdh-gm-aes128-7" },
        { .access = "ecdh-gm-aes128-1" },
        { .access = "dh-gm-aes128-13" },
        { .access = "ecdh-im-aes128-10x" },
        { .access = "ecdh-cam-3des-13" },
        { .access = "ecdh-cam-aes128-13,ecdh-cam-aes128-12" },
        { .access = "bac,,bac" },
        { .chip_auth = "ecdh-aes128-2" },
        { .chip_auth = "dh-aes128-8" },
        { .chip_auth = "rsa-aes128-8" },
        { .chip_auth = "dh-aes128-2", .extended = -1 },
        { .active_auth = "rsa-sha256-512" },
        { .active_auth = "rsa-sha256-1025" },
        { .active_auth = "ecdsa-md5-12" },
        { .document = "TD4" },
        { .extended = 255 },
        { .extended = 70000 },
        { .extended = -2 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        const SaoyPersona persona = { .name_vi = "An",
                                      .document = wrong[i].document,
                                      .access = wrong[i].access,
                                      .chip_auth = wrong[i].chip_auth,
                                      .active_auth = wrong[i].active_auth,
                                      .extended = wrong[i].extended };

        g_assert_false(saoy_persona_check(&persona, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/matrix/kinds", Fixture, NULL, set_up, test_every_kind_of_card, tear_down);
    g_test_add("/matrix/large", Fixture, NULL, set_up, test_a_large_picture, tear_down);
    g_test_add("/matrix/words", Fixture, NULL, set_up, test_words_that_do_not_go_together,
               tear_down);
    return g_test_run();
}
