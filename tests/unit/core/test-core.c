/* Promises of core that everybody leans on. */
#include "core/arena.h"
#include "core/bytes.h"
#include "core/clock.h"
#include "core/config.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/log.h"
#include "core/ossl.h"
#include "core/text.h"
#include "core/words.h"
#include "core/worker.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define VIEW(text) ((SaoyView){ (const uint8_t *)(text), strlen(text) })

static void
test_tlv_advances_only_when_sure(void)
{
    static const uint8_t good[] = { 0x5f, 0x1f, 0x02, 'a', 'b', 0x61 };
    SaoyView in = { good, sizeof good }, out = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_tlv_take(&in, 0x5f1f, &out, &error));
    g_assert_cmpmem(out.data, out.size, "ab", 2);
    g_assert_false(saoy_tlv_take(&in, 0x61, &out, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_cmpuint(in.size, ==, 1);
}

static void
test_tlv_refuses_lengths_it_does_not_have(void)
{
    static const uint8_t huge[] = { 0x61, 0x84, 0x7f, 0xff, 0xff, 0xff, 1, 2 };
    static const uint8_t open[] = { 0x61, 0x80, 0, 0 };
    static const uint8_t over[] = { 0x61, 0x82, 0x01, 0x00, 1 };
    const SaoyView bad[] = { { huge, sizeof huge },
                             { open, sizeof open },
                             { over, sizeof over },
                             { huge, 1 },
                             { huge, 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        SaoyView in = bad[i], out = { 0 };

        g_assert_false(saoy_tlv_take(&in, 0x61, &out, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

static void
test_every_code_has_a_class(void)
{
    for (int code = 0; code < SAOY_ERROR_N; code++) {
        g_autoptr(GError) error = g_error_new(SAOY_ERROR, code, "x");

        g_assert_cmpint(saoy_error_class(error), <=, SAOY_CLASS_REFUSE);
    }
    g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, 0, "x");
    g_assert_cmpint(saoy_error_class(foreign), ==, SAOY_CLASS_SERVICE);
}

/* domain.md §3.4: 24 verifies */
static void
test_copy_id_of_the_specification(void)
{
    g_autofree char *id = saoy_copy_id_new("H26.132-251110-0007", 1);

    g_assert_cmpstr(id, ==, "H26.132-251110-0007.01-24");
    g_assert_true(saoy_copy_id_check(id));
    for (size_t i = 0; id[i] != '\0'; i++) {
        g_autofree char *wrong = g_strdup(id);

        if (!g_ascii_isdigit(id[i]))
            continue;
        wrong[i] = id[i] == '9' ? '0' : (char)(id[i] + 1);
        g_assert_false(saoy_copy_id_check(wrong));
    }
    g_assert_false(saoy_copy_id_check("H26.132-251110-0007.01-24\n"));
    g_assert_false(saoy_copy_id_check("H26.132-251110-0007.21-24"));
    g_assert_false(saoy_copy_id_check(""));
}

static void
test_dossier_id_takes_the_day_of_viet_nam(void)
{
    int64_t us = 0;

    /* 18:30 UTC is already the next day there */
    g_assert_true(saoy_time_parse("2025-11-09T18:30:00Z", &us));
    g_autofree char *id = saoy_dossier_id_new("H26.132", us, 7);
    g_assert_cmpstr(id, ==, "H26.132-251110-0007");
    g_assert_true(saoy_dossier_id_check(id));
    g_assert_false(saoy_dossier_id_check("H26.132-251110-0007; DROP"));
}

static void
test_tokens_are_eighty_bits_of_crockford(void)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 1000; i++) {
        char *token = saoy_token_new();

        g_assert_true(saoy_token_check(token));
        g_assert_true(g_hash_table_add(seen, token));
    }
    g_assert_false(saoy_token_check("0123456789ABCDEI"));
    g_assert_false(saoy_token_check("0123456789ABCDE"));
}

static void
test_times_have_three_faces(void)
{
    int64_t us = 0;

    g_assert_true(saoy_time_parse("2025-11-10T14:05:33+07:00", &us));
    g_autofree char *machine = saoy_time_rfc3339(us);
    g_autofree char *people = saoy_time_people(us);
    g_autofree char *asn1 = saoy_time_asn1(us);
    g_assert_cmpstr(machine, ==, "2025-11-10T14:05:33+07:00");
    g_assert_cmpstr(people, ==, "10/11/2025 14:05:33 +07:00");
    g_assert_cmpstr(asn1, ==, "20251110070533Z");

    static const char *const bad[] = { "",
                                       "2025-11-10",
                                       "2025-13-10T14:05:33Z",
                                       "2025-11-10T14:05:33",
                                       "2025-11-10 14:05:33Z",
                                       "2025-11-10T14:05:33+0700",
                                       "2025-11-10T25:05:33Z" };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(saoy_time_parse(bad[i], &us));
}

/* Thông tư 226/2016/TT-BTC: the check values of domain.md §1.10 */
static void
test_fee_of_the_circular(void)
{
    static const struct {
        unsigned pages;
        int64_t dong;
    } known[] = { { 1, 2000 },   { 2, 4000 },     { 3, 5000 },     { 5, 7000 },
                  { 10, 12000 }, { 100, 102000 }, { 198, 200000 }, { 500, 200000 } };

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        g_assert_cmpint(saoy_fee_of(known[i].pages, 1), ==, known[i].dong);
        g_assert_cmpint(saoy_fee_of(known[i].pages, 3), ==, 3 * known[i].dong);
    }
}

static void
test_words_for_people(void)
{
    g_autofree char *dong = saoy_text_dong(1207000);
    g_autofree char *date = saoy_text_date_words(2025, 2, 3);
    g_autofree char *later = saoy_text_date_words(2025, 11, 10);
    g_autofree char *number = saoy_text_mask_number("001090000001");
    g_autofree char *fold = saoy_text_fold("Nguyễn Thị Đào");

    g_assert_cmpstr(dong, ==, "1.207.000 đ");
    g_assert_cmpstr(date, ==, "Ngày 03 tháng 02 năm 2025");
    g_assert_cmpstr(later, ==, "Ngày 10 tháng 11 năm 2025");
    g_assert_cmpstr(number, ==, "001•••••0001");
    g_assert_cmpstr(fold, ==, "NGUYEN THI DAO");
}

static void
test_clean_text_is_composed_short_and_quiet(void)
{
    g_autofree char *nfc = saoy_text_clean("Nguye\xcc\x82\xcc\x83n\t\n Va\xcc\x86n", 100);
    g_autofree char *cut = saoy_text_clean("abcdef", 4);
    g_autofree char *broken = saoy_text_clean("a\xff\x01z", 10);

    static const char *const hidden[] = {
        "\xc2\x9b"
        "8m",
        "\xc2\xad",
        "\xd8\x9c",
        "\xe2\x80\x8b", /* CSI … */
        "\xe2\x80\xae",
        "\xe2\x81\xa6",
        "\xef\xbb\xbf",
        "\xf3\xa0\x81\x81",
        "\xe3\x85\xa4",
        "\xcd\x8f",
        "\xef\xb8\x8f",
        "\x1b[8m",
    };
    static const char *const shown[] = { "a 8mb", "ab", "ab", "ab", "ab", "ab",
                                         "ab",    "ab", "ab", "ab", "ab", "a [8mb" };

    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        g_autofree char *text = g_strdup_printf("a%sb", hidden[i]);
        g_autofree char *clean = saoy_text_clean(text, 100);

        g_assert_cmpstr(clean, ==, shown[i]);
    }
    g_assert_cmpstr(nfc, ==, "Nguyễn Văn");
    g_assert_cmpstr(cut, ==, "abc…");
    g_assert_true(g_utf8_validate(broken, -1, NULL));
}

static void
test_json_has_limits(void)
{
    g_autofree char *deep = g_strnfill(100, '[');
    static const char *const bad[] = { "", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}",
                                       "[1,]" };
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_json_parse(VIEW(deep), 1000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) why = NULL;

        g_assert_null(saoy_json_parse(VIEW(bad[i]), 1000, &why));
        g_assert_error(why, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    g_clear_error(&error);
    g_assert_null(saoy_json_parse(VIEW("{\"long\":1}"), 4, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_json_members_are_required_by_name(void)
{
    g_autoptr(SaoyJson) json = saoy_json_parse(VIEW("{\"s\":\"abc\",\"n\":7}"), 100, NULL);
    g_autoptr(GError) error = NULL;
    int64_t n = 0;

    g_assert_cmpstr(saoy_json_string(json, "s", 3, &error), ==, "abc");
    g_assert_null(saoy_json_string(json, "s", 2, &error));
    g_assert_nonnull(strstr(error->message, "\"s\""));
    g_assert_true(saoy_json_int(json, "n", 0, 7, &n, NULL));
    g_assert_false(saoy_json_int(json, "n", 0, 6, &n, NULL));
    g_assert_false(saoy_json_int(json, "s", 0, 6, &n, NULL));
    g_assert_cmpint(n, ==, 7);
}

static void
test_words_survive_the_wire(void)
{
    g_auto(SaoyWords) words = { 0 }, back = { 0 };

    for (int i = 0; i < 100; i++)
        saoy_words_append(&words, i % 2 ? "Cộng" : "hòa", (SaoyBox){ i, i, 10, 10 }, 90,
                          i / 10);
    g_autoptr(SaoyJson) json = saoy_words_to_json(&words);
    g_autoptr(GError) error = NULL;
    g_assert_true(saoy_words_from_json(json, 200, 200, &back, &error));
    g_assert_cmpuint(back.n, ==, 100);
    g_assert_cmpstr(back.items[99].text, ==, "Cộng");
    g_assert_cmpint(back.items[99].box.x, ==, 99);

    g_auto(SaoyWords) none = { 0 };
    g_assert_false(saoy_words_from_json(json, 100, 100, &none, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_cmpuint(none.n, ==, 0);
}

static void
test_arena_forgets(void)
{
    g_autoptr(SaoyArena) arena = saoy_arena_new(64 << 10, NULL);

    char *name = saoy_arena_string(arena, "NGUYEN VAN AN");
    g_assert_cmpstr(name, ==, "NGUYEN VAN AN");
    g_assert_false(saoy_arena_is_wiped(arena));
    g_assert_null(saoy_arena_alloc(arena, SIZE_MAX - 3));
    g_assert_null(saoy_arena_alloc(arena, 64 << 10));
    saoy_arena_wipe(arena);
    g_assert_true(saoy_arena_is_wiped(arena));
    g_assert_cmpuint(name[0], ==, 0);
}

static void
test_files_are_whole_or_absent(void)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "f", NULL);
    g_autofree char *nowhere = g_build_filename(dir, "no", "f", NULL);
    g_autoptr(GError) error = NULL;
    struct stat st;

    g_assert_null(saoy_file_read(path, 10, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_clear_error(&error);
    g_assert_true(saoy_file_write(path, VIEW("hello"), &error));
    g_assert_cmpint(g_stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    g_assert_null(saoy_file_read(path, 4, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_null(saoy_file_read(dir, 4, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_false(saoy_file_write(nowhere, VIEW("x"), &error));
    g_assert_nonnull(error);

    g_autoptr(GDir) left = g_dir_open(dir, 0, NULL);
    g_assert_cmpstr(g_dir_read_name(left), ==, "f");
    g_assert_null(g_dir_read_name(left));
    g_assert_true(saoy_dir_remove(dir, NULL));
    g_assert_true(saoy_dir_remove(dir, NULL));
}

static void
test_disk_full_leaves_the_old_file(void)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "f", NULL);
    g_autofree char *big = g_strnfill(100000, 'x');
    struct rlimit old, small = { 1000, RLIM_INFINITY };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_file_write(path, VIEW("old"), NULL));
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    g_assert_false(saoy_file_write(path, VIEW(big), &error));
    setrlimit(RLIMIT_FSIZE, &old);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);

    g_autoptr(GBytes) still = saoy_file_read(path, 10, NULL);
    g_assert_cmpuint(g_bytes_get_size(still), ==, 3);
    g_assert_true(saoy_dir_remove(dir, NULL));
}

typedef struct {
    char *name;
    int count, paper;
    bool on;
} Settings;

static const char *const papers[] = { "none", "print", NULL };
static const SaoyConfigKey keys[] = {
    { "a", "name", SAOY_CONFIG_STRING, offsetof(Settings, name), "x", .secret = true },
    { "a", "count", SAOY_CONFIG_INT, offsetof(Settings, count), "3", .min = 1, .max = 9 },
    { "b", "paper", SAOY_CONFIG_WORD, offsetof(Settings, paper), "none", .words = papers },
    { "b", "on", SAOY_CONFIG_BOOL, offsetof(Settings, on), "no" },
};

static void
test_configuration_reports_all_mistakes(void)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "k.conf", NULL);
    g_autoptr(GError) error = NULL;
    Settings settings = { 0 };

    saoy_file_write(path, VIEW("[a]\nname=n\ncount=5\n[b]\npaper=print\non=true\n"), NULL);
    g_assert_true(saoy_config_read(path, keys, 4, &settings, &error));
    g_assert_cmpint(settings.count, ==, 5);
    g_assert_cmpint(settings.paper, ==, 1);
    g_assert_true(settings.on);
    g_autofree char *shown = saoy_config_print(keys, 4, &settings);
    g_assert_nonnull(strstr(shown, "a.name = ***"));
    saoy_config_clear(keys, 4, &settings);

    saoy_file_write(path, VIEW("[a]\ncount=12\ncolour=red\n[b]\npaper=silk\n"), NULL);
    g_assert_false(saoy_config_read(path, keys, 4, &settings, &error));
    g_assert_nonnull(strstr(error->message, "count"));
    g_assert_nonnull(strstr(error->message, "colour"));
    g_assert_nonnull(strstr(error->message, "none, print"));
    g_assert_null(settings.name);
    g_assert_true(saoy_dir_remove(dir, NULL));
}

static bool
cancelled_but_done(void *data, GCancellable *cancel, GError **error)
{
    g_cancellable_cancel(cancel); /* it comes while the deed is being done */
    *(bool *)data = true;
    return true;
}

static void
on_done(GObject *source, GAsyncResult *result, void *user)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_worker_finish(result, &error));
    g_assert_no_error(error);
    g_main_loop_quit(user);
}

static void
test_a_deed_done_stays_done(void)
{
    g_autoptr(SaoyWorker) worker = saoy_worker_new("test");
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    bool done = false;

    saoy_worker_run(worker, cancelled_but_done, &done, NULL, cancel, on_done, loop);
    g_main_loop_run(loop);
    g_assert_true(done);
}

/* FIPS 180-4's "abc" */
static void
test_sha256(void)
{
    g_autofree char *hex = saoy_sha256_hex(VIEW("abc"));

    g_assert_cmpstr(hex, ==,
                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    g_autoptr(GBytes) bytes = saoy_unhex(hex, NULL);
    g_assert_cmpuint(g_bytes_get_size(bytes), ==, 32);
    g_assert_null(saoy_unhex("0g", NULL));
    g_assert_null(saoy_unhex("0", NULL));
}

static void
test_every_event_has_a_sentence(void)
{
    for (int id = 0; id < SAOY_LOG_N; id++) {
        g_assert_nonnull(saoy_log_name((SaoyLogId)id));
        g_assert_cmpuint(strlen(saoy_log_sentence((SaoyLogId)id)), >, 5);
    }
}

static void
test_a_folder_is_listed_in_order(void)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-list-XXXXXX", NULL);
    static const char *const names[] = { "b.pem", "a.der", "notes", "B.pem" };
    static const char *const endings[] = { ".der", ".pem", NULL };
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(dir, names[i], NULL);

        g_assert_true(saoy_file_write(path, (SaoyView){ (const uint8_t *)"x", 1 }, NULL));
    }
    g_auto(GStrv) some = saoy_dir_list(dir, endings, &error);
    g_auto(GStrv) all = saoy_dir_list(dir, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *line = g_strjoinv(" ", some);
    g_assert_cmpstr(line, ==, "B.pem a.der b.pem");
    g_assert_cmpuint(g_strv_length(all), ==, 4);
    g_assert_true(saoy_dir_sync(dir, &error));
    g_assert_true(saoy_dir_remove(dir, &error));
    g_assert_null(saoy_dir_list(dir, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_clear_error(&error);
    g_assert_false(saoy_dir_sync(dir, &error));
}

static void
test_base64_is_strict(void)
{
    static const char *const wrong[] = { "",      "Zg",   "Zg=",      "Zg==\n",
                                         "Z g==", "Zh==", "Zg==Zg==", "-_-_" };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) foo = saoy_base64_decode("Zm9v", &error);

    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(foo, NULL), g_bytes_get_size(foo), "foo", 3);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) why = NULL;

        g_assert_null(saoy_base64_decode(wrong[i], &why));
        g_assert_error(why, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bytes/advance", test_tlv_advances_only_when_sure);
    g_test_add_func("/bytes/lengths", test_tlv_refuses_lengths_it_does_not_have);
    g_test_add_func("/error/classes", test_every_code_has_a_class);
    g_test_add_func("/ids/copy", test_copy_id_of_the_specification);
    g_test_add_func("/ids/dossier", test_dossier_id_takes_the_day_of_viet_nam);
    g_test_add_func("/ids/token", test_tokens_are_eighty_bits_of_crockford);
    g_test_add_func("/clock/faces", test_times_have_three_faces);
    g_test_add_func("/text/fee", test_fee_of_the_circular);
    g_test_add_func("/text/people", test_words_for_people);
    g_test_add_func("/text/clean", test_clean_text_is_composed_short_and_quiet);
    g_test_add_func("/json/limits", test_json_has_limits);
    g_test_add_func("/json/members", test_json_members_are_required_by_name);
    g_test_add_func("/words/wire", test_words_survive_the_wire);
    g_test_add_func("/arena/forgets", test_arena_forgets);
    g_test_add_func("/file/whole", test_files_are_whole_or_absent);
    g_test_add_func("/file/full", test_disk_full_leaves_the_old_file);
    g_test_add_func("/config/mistakes", test_configuration_reports_all_mistakes);
    g_test_add_func("/worker/done", test_a_deed_done_stays_done);
    g_test_add_func("/ossl/sha256", test_sha256);
    g_test_add_func("/log/sentences", test_every_event_has_a_sentence);
    g_test_add_func("/core/dir/list", test_a_folder_is_listed_in_order);
    g_test_add_func("/core/base64", test_base64_is_strict);
    return g_test_run();
}
