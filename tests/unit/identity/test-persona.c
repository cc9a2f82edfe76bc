/* Synthetic people: what is made, what is used again, and what is refused. */
#include "core/json.h"
#include "fixture.h"
#include "lds.h"
#include "persona-files.h"

static void
test_the_issuer_is_used_again(Fixture *fix, const void *data)
{
    g_autofree char *csca = g_build_filename(fix->dir, "csca.der", NULL);
    g_autofree char *second = g_build_filename(fix->dir, "second.json", NULL);
    g_autoptr(GBytes) before = saoy_file_read(csca, 65536, NULL);
    g_autoptr(GBytes) after = NULL;
    g_autoptr(GError) error = NULL;

    make_person(second);
    after = saoy_file_read(csca, 65536, NULL);
    g_assert_true(g_bytes_equal(before, after));
    g_clear_pointer(&fix->chip, saoy_chip_close);
    fix->chip = saoy_chip_open(second, &error);
    g_assert_no_error(error);
    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
}

static void
test_little_is_enough(Fixture *fix, const void *data)
{
    g_autofree char *path = g_build_filename(fix->dir, "short.json", NULL);
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GError) error = NULL;
    const SaoyPersona persona = { .name_vi = "  Đỗ\u0303  A ", .portrait = picture };

    saoy_persona_make(&persona, path, &error);
    g_assert_no_error(error);
    g_autoptr(SaoyChip) chip = saoy_chip_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) text = saoy_file_read(path, 1 << 20, NULL);
    g_autoptr(SaoyJson) json = saoy_json_parse(saoy_view_of(text), 1 << 20, NULL);
    const char *number = saoy_json_string_or(json, "number", "");
    g_assert_cmpuint(strlen(number), ==, 12);
    g_assert_true(g_str_has_prefix(number, "001090"));
    g_assert_true(saoy_access_key_parse(number, &fix->key, NULL));
    g_assert_true(saoy_identity_read(saoy_chip_channel(chip), &fix->key,
                                     &(SaoyReadPolicy){ .trust = fix->dir }, NULL, NULL,
                                     &fix->who, NULL, NULL));
    g_assert_cmpstr(fix->who.number, ==, number);
    g_assert_true(g_str_has_prefix(fix->who.name, "DO"));
}

static void
test_a_card_without_end(Fixture *fix, const void *data)
{
    g_autofree char *path = g_build_filename(fix->dir, "old.json", NULL);
    g_autoptr(GBytes) picture = portrait();
    const SaoyPersona persona = { .name_vi = "Trần Văn Cổ",
                                  .number = NUMBER,
                                  .birth_date = "1940-12-31",
                                  .expiry_date = "",
                                  .portrait = picture };

    g_assert_true(saoy_persona_make(&persona, path, NULL));
    g_autoptr(SaoyChip) chip = saoy_chip_open(path, NULL);
    g_assert_true(saoy_identity_read(saoy_chip_channel(chip), &fix->key,
                                     &(SaoyReadPolicy){ .trust = fix->dir }, NULL, NULL,
                                     &fix->who, NULL, NULL));
    g_assert_cmpstr(fix->who.birth_date, ==, "1940-12-31");
    g_assert_cmpstr(fix->who.expiry_date, ==, "");
    g_assert_cmpstr(fix->who.sex, ==, "M");
}

static void
test_people_who_cannot_be(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GBytes) text = g_bytes_new_static("no picture at all", 17);
    g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
    g_autoptr(GBytes) head = g_bytes_new_from_bytes(picture, 0, 12);
    const SaoyPersona people[] = {
        { .name_vi = NULL, .portrait = picture },
        { .name_vi = "", .portrait = picture },
        { .name_vi = "A1", .portrait = picture },
        { .name_vi = "\xff\xfe", .portrait = picture },
        { .name_vi = "An", .portrait = NULL },
        { .name_vi = "An", .portrait = text },
        { .name_vi = "An", .portrait = empty },
        { .name_vi = "An", .portrait = head },
        { .name_vi = "An", .portrait = picture, .number = "123" },
        { .name_vi = "An", .portrait = picture, .number = "00119000000a" },
        { .name_vi = "An", .portrait = picture, .birth_date = "1990-02-30" },
        { .name_vi = "An", .portrait = picture, .birth_date = "01/01/1990" },
        { .name_vi = "An", .portrait = picture, .expiry_date = "2030-13-01" },
        { .name_vi = "An", .portrait = picture, .expiry_date = "2030-01-01 and more" },
        { .name_vi = "An", .portrait = picture, .sex = "X" },
    };
    g_autofree char *folder = g_build_filename(fix->dir, "new", NULL);
    g_autofree char *path = g_build_filename(folder, "p.json", NULL);

    g_mkdir(folder, 0700);
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_persona_make(&people[i], path, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing was left in it */
}

static void
test_files_that_are_no_persona(Fixture *fix, const void *data)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"format\":\"saoy-persona-1\"}",
        "{\"format\":\"saoy-persona-1\",\"files\":{\"dg1\":\"\"},\"keys\":{}}",
    };
    g_autofree char *path = g_build_filename(fix->dir, "x.json", NULL);
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        g_assert_null(saoy_chip_open(path, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_clear_error(&error);
    }
    g_assert_null(saoy_chip_open("/nowhere/at/all.json", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

static void
test_a_cut_persona_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) whole = saoy_file_read(fix->path, 1 << 20, NULL);
    g_autofree char *path = g_build_filename(fix->dir, "cut.json", NULL);
    SaoyView view = saoy_view_of(whole);

    for (size_t n = 0; n + 2 < view.size; n += 997) {
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(path, (const char *)view.data, (gssize)n, NULL));
        g_assert_null(saoy_chip_open(path, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

static void
test_another_issuers_key_is_noticed(Fixture *fix, const void *data)
{
    g_autofree char *other = g_build_filename(fix->dir, "other", NULL);
    g_autofree char *person = g_build_filename(other, "p.json", NULL);
    g_autofree char *theirs = g_build_filename(other, "csca.key", NULL);
    g_autofree char *ours = g_build_filename(fix->dir, "csca.key", NULL);
    g_autoptr(GBytes) key = NULL;
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GError) error = NULL;
    const SaoyPersona persona = { .name_vi = "An", .portrait = picture };

    g_mkdir(other, 0700);
    make_person(person);
    key = saoy_file_read(theirs, 65536, NULL);
    g_assert_true(saoy_file_write(ours, saoy_view_of(key), NULL));
    g_assert_false(saoy_persona_make(&persona, fix->path, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Who asks for nothing special gets a file that knows of nothing special: it was written
 * like that before there were other cards. */
static void
test_a_cccd_needs_no_words(Fixture *fix, const void *data)
{
    static const char *const news[] = { "document", "bac", "extended", "active_digest" };
    static const char *const files[] = { "card_access", "card_security", "atr_info", "dg11",
                                         "dg12" };
    g_autoptr(GBytes) text = saoy_file_read(fix->path, 1 << 20, NULL);
    g_autoptr(SaoyJson) json = saoy_json_parse(saoy_view_of(text), 1 << 20, NULL);
    SaoyJson *shown = saoy_json_object_of(json, "files", NULL);
    SaoyPersonaAccess access = { 0 };
    g_autoptr(GBytes) usual = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(news); i++)
        g_assert_null(saoy_json_member(json, news[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        g_assert_null(saoy_json_member(shown, files[i]));
    g_assert_true(saoy_persona_access_parse(NULL, NULL, &access, NULL));
    usual = saoy_persona_access_file(&access);
    g_assert_true(saoy_view_same(saoy_view_of(usual), saoy_persona_card_access()));
}

/* What a file says of a card that differs is looked at like all the rest of it. */
static void
test_words_of_a_file_that_cannot_be(Fixture *fix, const void *data)
{
    static const char *const words[] = {
        "\"extended\":12",
        "\"extended\":-1",
        "\"extended\":\"x\"",
        "\"extended\":70000",
        "\"files\":{}",
        "\"files\":{\"card_access\":\"!\"}",
        "\"keys\":{\"chip_auth\":\"MAA=\"}",
        "\"can\":1234567",
    };
    g_autofree char *whole = NULL;
    g_autofree char *path = g_build_filename(fix->dir, "x.json", NULL);

    g_assert_true(g_file_get_contents(fix->path, &whole, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *key = g_strndup(words[i], strcspn(words[i], ":"));
        g_autoptr(GString) text = g_string_new(whole);
        g_autoptr(GError) error = NULL;

        /* renamed where it stands, and said otherwise at the front */
        g_string_replace(text, key, "\"was\"", 1);
        g_string_replace(text, "{", "{,", 1);
        g_string_insert(text, (gssize)strcspn(text->str, ","), words[i]);
        g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
        g_assert_null(saoy_chip_open(path, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/persona/issuer", test_the_issuer_is_used_again },
        { "/persona/little", test_little_is_enough },
        { "/persona/endless", test_a_card_without_end },
        { "/persona/cannot-be", test_people_who_cannot_be },
        { "/persona/no-persona", test_files_that_are_no_persona },
        { "/persona/cut", test_a_cut_persona_is_refused },
        { "/persona/cccd", test_a_cccd_needs_no_words },
        { "/persona/words", test_words_of_a_file_that_cannot_be },
        { "/persona/other-key", test_another_issuers_key_is_noticed },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
