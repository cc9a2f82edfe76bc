#include "approval.h"
#include "archive.h"
#include "dossier.h"
#include "finisher.h"
#include "init.h"
#include "issuing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "vision/image.h"

#include <string.h>

#define SECOND ((int64_t)G_USEC_PER_SEC)
#define DAY (24 * 3600 * SECOND)

/* A whole hub without its sockets, and time that stands still until it is told to move. */
typedef struct {
    char *dir;
    SaoyHubConfig *config;
    SaoyKeys *keys;
    SaoyBlobs *blobs;
    SaoyNode node;
    GBytes *picture;
    unsigned visits;
} Fixture;

static int64_t fake_now;

static int64_t
now(void)
{
    return fake_now;
}

static const SaoyClock stopped = { now, now };
static const SaoyOfficer officer = { (char *)"an", (char *)"Người thực hiện chứng thực",
                                     (char *)"PHÓ CHỦ TỊCH", (char *)"" };

static void
set_up(Fixture *fix, const void *unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *blobs = NULL;

    fake_now = saoy_clock_wall_us();
    saoy_clock_set(&stopped);
    fix->dir = g_dir_make_tmp("saoy-hub-XXXXXX", NULL);
    g_assert_true(saoy_hub_init(fix->dir, 0, 0, &error));
    g_assert_no_error(error);
    fix->config = saoy_hub_config_read(fix->dir, &error);
    fix->keys = saoy_keys_open(fix->config, &error);
    blobs = saoy_hub_config_path(fix->config, fix->config->blobs_address);
    fix->blobs = saoy_blobs_open("dir", blobs, &error);
    g_assert_true(saoy_node_open(&fix->node, fix->config, fix->keys, fix->blobs, &error));
    fix->picture = saoy_file_read(SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg",
                                  1 << 24, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *unused)
{
    saoy_node_close(&fix->node);
    saoy_blobs_close(fix->blobs);
    saoy_keys_close(fix->keys);
    saoy_hub_config_free(fix->config);
    g_bytes_unref(fix->picture);
    saoy_dir_remove(fix->dir, NULL);
    g_free(fix->dir);
    saoy_clock_set(NULL);
}

static SaoyJson *
make_body(const Fixture *fix, unsigned documents)
{
    g_autofree char *sha256 = saoy_sha256_hex(saoy_view_of(fix->picture));
    g_autoptr(GString) text = g_string_new(NULL);
    int width = 0, height = 0, channels = 0, dpi = 0;

    g_assert_true(saoy_jpeg_info(fix->picture, &width, &height, &channels, &dpi, NULL));
    for (unsigned i = 0; i < documents; i++)
        g_string_append_printf(
            text,
            "%s{\"kind\":\"diploma\",\"title\":\"Bằng %u\",\"copies\":1,\"fields\":[],"
            "\"flags\":[],\"pages\":[{\"sha256\":\"%s\",\"width\":%d,\"height\":%d,"
            "\"dpi\":150,\"free_box\":[0,0,0,0]}]}",
            i > 0 ? "," : "", i + 1, sha256, width, height);
    g_autofree char *body = g_strdup_printf(
        "{\"kiosk\":\"K01\",\"holder\":{\"number\":\"001090000001\",\"name\":\"Nguyễn Văn "
        "Bình\",\"birth_date\":\"1990-01-01\",\"sex\":\"M\",\"expiry\":\"2030-01-01\"},"
        "\"identity\":{},\"face\":{},\"delivery\":{},\"documents\":[%s]}",
        text->str);
    SaoyJson *json =
        saoy_json_parse((SaoyView){ (uint8_t *)body, strlen(body) }, 1 << 20, NULL);

    g_assert_nonnull(json);
    return json;
}

/* Opened, brought, submitted. */
static char *
bring(Fixture *fix, unsigned documents)
{
    static const char words[] = "{\"words\":[]}";
    g_autoptr(SaoyJson) body = make_body(fix, documents);
    g_autofree char *key = g_strdup_printf("visit-%u", fix->visits++);
    g_autoptr(GError) error = NULL;
    char *id = NULL;

    g_assert_true(saoy_dossier_open(&fix->node, "K01", key, body, &id, &error));
    g_assert_no_error(error);
    for (unsigned d = 1; d <= documents; d++) {
        g_assert_true(saoy_dossier_put_page(&fix->node, id, d, 1, fix->picture, &error));
        g_assert_true(saoy_dossier_put_text(
            &fix->node, id, d, 1, (SaoyView){ (const uint8_t *)words, sizeof words - 1 },
            &error));
    }
    g_assert_true(saoy_dossier_submit(&fix->node, id, "K01", "R-1", &error));
    g_assert_no_error(error);
    return id;
}

static SaoyApproval *
approve(Fixture *fix, const char *id, unsigned n)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_dossier_look(&fix->node, id, &officer, &error));
    g_assert_true(saoy_document_approve(&fix->node, id, n, &officer, &error));
    g_assert_no_error(error);
    SaoyApproval *approval = saoy_issuing_approval(&fix->node, id, n, &error);
    g_assert_no_error(error);
    return approval;
}

static const char *
state_of(Fixture *fix, const char *id, unsigned n)
{
    g_autoptr(SaoyJson) json = saoy_dossier_state(&fix->node, id, NULL, NULL);
    const SaoyJson *list = saoy_json_member(json, "documents");

    return saoy_stage_name(
        saoy_stage_of(saoy_json_string_or(saoy_json_at(list, n - 1), "state", "")));
}

/* The certification date is Việt Nam's: half past five in the evening of 31 December in
 * Greenwich is next year's book already, and its first number is 1. */
static void
test_a_new_year_opens_a_new_book(Fixture *fix, const void *unused)
{
    int year = 0, month = 0, day = 0;
    g_autofree char *eve = NULL;

    saoy_time_day(fake_now, &year, &month, &day);
    eve = g_strdup_printf("%04d-12-31T16:59:58+00:00", year);
    g_assert_true(saoy_time_parse(eve, &fake_now));
    g_autofree char *id = bring(fix, 3);
    g_autoptr(SaoyApproval) first = approve(fix, id, 1);
    g_autoptr(SaoyApproval) second = approve(fix, id, 2);
    fake_now += 30 * 60 * SECOND;
    g_autoptr(SaoyApproval) third = approve(fix, id, 3);
    g_autofree char *old = g_strdup_printf("01/%d-SCTĐT/BS", year);
    g_autofree char *next = g_strdup_printf("01/%d-SCTĐT/BS", year + 1);

    g_assert_cmpuint(first->number, ==, 1);
    g_assert_cmpuint(second->number, ==, 2);
    g_assert_cmpuint(third->number, ==, 1);
    g_assert_cmpstr(second->book, ==, old);
    g_assert_cmpstr(third->book, ==, next);
    g_assert_cmpint(third->approved_at_us % SECOND, ==, 0);
    g_assert_false(third->official); /* a test root: «MẪU» */
}

static void
test_what_fails_takes_no_number(Fixture *fix, const void *unused)
{
    g_autofree char *id = bring(fix, 2);
    g_autofree char *key = g_build_filename(fix->dir, "pki", "seal.key", NULL);
    g_autoptr(GBytes) kept = saoy_file_read(key, 1 << 16, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_dossier_look(&fix->node, id, &officer, NULL));
    g_assert_true(saoy_file_write(key, (SaoyView){ (const uint8_t *)"x", 1 }, NULL));
    g_assert_false(saoy_document_approve(&fix->node, id, 1, &officer, &error));
    g_assert_nonnull(error);
    g_assert_cmpstr(state_of(fix, id, 1), ==, "opened");
    g_assert_true(saoy_file_write(key, saoy_view_of(kept), NULL));
    g_autoptr(SaoyApproval) approval = approve(fix, id, 2);
    g_assert_cmpuint(approval->number, ==, 1);
}

static void
test_the_hub_waits_for_a_kiosk_that_waits(Fixture *fix, const void *unused)
{
    g_autofree char *id = bring(fix, 2);
    g_autoptr(SaoyApproval) first = approve(fix, id, 1);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(first);
    fake_now += 3600 * SECOND; /* the officer takes an hour for the second document */
    g_assert_true(saoy_finisher_work(&fix->node, &error));
    g_assert_cmpstr(state_of(fix, id, 1), ==, "approved");
    g_assert_true(saoy_document_refuse(&fix->node, id, 2, &officer, "bị mờ", &error));
    g_assert_true(saoy_finisher_work(&fix->node, &error));
    g_assert_cmpstr(state_of(fix, id, 1), ==, "approved"); /* now it is the kiosk's turn */
    fake_now += (fix->config->lease_s + 1) * SECOND;
    g_assert_true(saoy_finisher_work(&fix->node, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(state_of(fix, id, 1), ==, "issued");
}

static size_t
count_files(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    size_t n = 0;

    for (const char *name = NULL; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        n += g_file_test(below, G_FILE_TEST_IS_DIR) ? count_files(below) : 1;
    }
    return n;
}

static int64_t
number(Fixture *fix, const char *sql)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(fix->node.records, sql, "i", NULL, "");

    return saoy_rows_int(rows, 0, 0);
}

/* Pictures and drafts go after a day, the person after thirty; the copy and the register
 * stay. */
static void
test_what_is_no_longer_needed_is_forgotten(Fixture *fix, const void *unused)
{
    g_autofree char *id = bring(fix, 1);
    g_autofree char *blobs = g_build_filename(fix->dir, "blobs", NULL);
    g_autoptr(SaoyApproval) approval = approve(fix, id, 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;

    g_assert_true(saoy_dossier_release(&fix->node, id, "K01", &error));
    g_assert_true(saoy_finisher_work(&fix->node, &error));
    g_assert_cmpstr(state_of(fix, id, 1), ==, "issued");
    g_assert_cmpuint(count_files(blobs), ==, 4); /* page, base, officer's, final */
    fake_now += DAY / 2;
    g_assert_true(saoy_dossier_sweep(&fix->node, fake_now, &error));
    g_assert_cmpuint(count_files(blobs), ==, 4);
    fake_now += DAY;
    g_assert_true(saoy_dossier_sweep(&fix->node, fake_now, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count_files(blobs), ==, 1);
    pdf = saoy_archive_get(&fix->node, approval->copy_id, &error);
    g_assert_nonnull(pdf);
    g_assert_cmpint(number(fix, "SELECT COUNT(*) FROM pages"), ==, 0);
    g_assert_cmpint(number(fix, "SELECT MIN(length(body_sealed) > 0) FROM dossiers"), ==,
                    1);
    fake_now += 30 * DAY;
    g_assert_true(saoy_dossier_sweep(&fix->node, fake_now, &error));
    g_assert_cmpint(number(fix, "SELECT MAX(length(body_sealed) > 0) FROM dossiers"), ==,
                    0);
    g_assert_cmpint(number(fix, "SELECT COUNT(*) FROM register"), ==, 1);
}

static void
test_a_picture_of_two_dossiers_goes_with_the_last(Fixture *fix, const void *unused)
{
    g_autofree char *blobs = g_build_filename(fix->dir, "blobs", NULL);
    g_autofree char *first = bring(fix, 1);
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_dossier_withdraw(&fix->node, first, "K01", &error));
    g_autofree char *second = bring(fix, 1);
    fake_now += 2 * DAY;
    g_assert_true(saoy_dossier_sweep(&fix->node, fake_now, &error));
    g_assert_cmpuint(count_files(blobs), ==, 1);
    g_autoptr(GBytes) page = saoy_dossier_page(&fix->node, second, 1, 1, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(page, fix->picture));
}

static void
test_ids_start_anew_each_day(Fixture *fix, const void *unused)
{
    g_autofree char *first = bring(fix, 1);
    g_autofree char *second = bring(fix, 1);

    fake_now += DAY;
    g_autofree char *third = bring(fix, 1);
    g_assert_true(g_str_has_suffix(first, "-0001"));
    g_assert_true(g_str_has_suffix(second, "-0002"));
    g_assert_true(g_str_has_suffix(third, "-0001"));
    g_assert_cmpstr(first, !=, third);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *unused);
    } tests[] = {
        { "/dossier/new-year", test_a_new_year_opens_a_new_book },
        { "/dossier/no-number", test_what_fails_takes_no_number },
        { "/dossier/kiosk-first", test_the_hub_waits_for_a_kiosk_that_waits },
        { "/dossier/forgotten", test_what_is_no_longer_needed_is_forgotten },
        { "/dossier/shared-picture", test_a_picture_of_two_dossiers_goes_with_the_last },
        { "/dossier/days", test_ids_start_anew_each_day },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
