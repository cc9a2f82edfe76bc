#include "core/file.h"
#include "maint/maint.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    char *dir, *journal, *file;
    GPtrArray *checks;
    SaoySelftest what;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("selftest-XXXXXX", NULL);
    fix->journal = g_build_filename(fix->dir, "journal.jsonl", NULL);
    fix->file = g_build_filename(fix->dir, "hub.pem", NULL);
    fix->checks = saoy_checks_new();
    fix->what = (SaoySelftest){ .data_dir = fix->dir, .journal = fix->journal };
}

static void
tear_down(Fixture *fix, const void *data)
{
    g_ptr_array_unref(fix->checks);
    saoy_dir_remove(fix->dir, NULL);
    g_free(fix->dir);
    g_free(fix->journal);
    g_free(fix->file);
}

static const SaoyCheck *
run_and_find(Fixture *fix, const char *name)
{
    g_ptr_array_set_size(fix->checks, 0);
    saoy_selftest(&fix->what, NULL, fix->checks, NULL);
    for (unsigned i = 0; i < fix->checks->len; i++) {
        const SaoyCheck *check = fix->checks->pdata[i];
        if (g_str_equal(check->name, name))
            return check;
    }
    g_assert_not_reached();
}

static void
test_a_device_that_is_there_is_ready(Fixture *fix, const void *data)
{
    fix->what.devices[SAOY_DEVICE_SCANNER] = (SaoyDeviceAddress){ "emu", fix->dir };
    g_assert_cmpint(run_and_find(fix, "scanner")->state, ==, SAOY_CHECK_OK);
    g_assert_cmpint(run_and_find(fix, "printer")->state, ==, SAOY_CHECK_NOTE); /* none */
}

static void
test_a_device_that_is_gone_is_a_fault_with_a_reason(Fixture *fix, const void *data)
{
    fix->what.devices[SAOY_DEVICE_PRINTER] =
        (SaoyDeviceAddress){ "emu", "/nowhere/at/all" };
    const SaoyCheck *check = run_and_find(fix, "printer");

    g_assert_cmpint(check->state, ==, SAOY_CHECK_FAULT);
    g_assert_nonnull(strstr(check->detail, "/nowhere/at/all"));
    g_assert_cmpint(saoy_checks_worst(fix->checks), ==, SAOY_CHECK_FAULT);
}

static void
test_an_empty_tray_wants_somebody(Fixture *fix, const void *data)
{
    g_autofree char *lever = g_build_filename(fix->dir, "out-of-paper", NULL);

    fix->what.devices[SAOY_DEVICE_PRINTER] = (SaoyDeviceAddress){ "emu", fix->dir };
    g_assert_true(g_file_set_contents(lever, "", 0, NULL));
    g_assert_cmpint(run_and_find(fix, "printer")->state, ==, SAOY_CHECK_NOTE);
}

static void
test_a_broken_journal_is_a_fault(Fixture *fix, const void *data)
{
    g_assert_cmpint(run_and_find(fix, "journal")->state, ==, SAOY_CHECK_NOTE);
    g_assert_true(g_file_set_contents(fix->journal, "{}\n", -1, NULL));
    g_assert_cmpint(run_and_find(fix, "journal")->state, ==, SAOY_CHECK_FAULT);
}

static void
test_a_folder_that_is_not_there_is_a_fault(Fixture *fix, const void *data)
{
    g_assert_cmpint(run_and_find(fix, "storage")->state, <, SAOY_CHECK_FAULT);
    fix->what.data_dir = "/nowhere/at/all";
    g_assert_cmpint(run_and_find(fix, "storage")->state, ==, SAOY_CHECK_FAULT);
}

static void
test_certificates_keys_and_hub(Fixture *fix, const void *data)
{
    fix->what.hub_cert = fix->file;
    fix->what.hub_key = fix->file;
    g_assert_cmpint(run_and_find(fix, "hub certificate")->state, ==, SAOY_CHECK_FAULT);
    g_assert_cmpint(run_and_find(fix, "hub key")->state, ==, SAOY_CHECK_FAULT);
    g_assert_true(g_file_set_contents(fix->file, "no certificate", -1, NULL));
    g_assert_cmpint(g_chmod(fix->file, 0644), ==, 0);
    g_assert_cmpint(run_and_find(fix, "hub certificate")->state, ==, SAOY_CHECK_FAULT);
    g_assert_cmpint(run_and_find(fix, "hub key")->state, ==, SAOY_CHECK_NOTE);
    g_assert_cmpint(g_chmod(fix->file, 0600), ==, 0);
    g_assert_cmpint(run_and_find(fix, "hub key")->state, ==, SAOY_CHECK_OK);
    fix->what.hub_url = "http://127.0.0.1:1";
    g_assert_cmpint(run_and_find(fix, "hub")->state, ==, SAOY_CHECK_FAULT);
}

/* An issuer of nowhere, for a hundred years; its key is forgotten. */
static const char issuer[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARygAwIBAgIUHY9J45Ollih5d6pso0lEbNibwHswCgYIKoZIzj0EAwIw\n"
    "JjELMAkGA1UEBhMCVVQxFzAVBgNVBAMMDkNTQ0Egb2YgVXRvcGlhMCAXDTIwMDEw\n"
    "MTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAmMQswCQYDVQQGEwJVVDEXMBUGA1UE\n"
    "AwwOQ1NDQSBvZiBVdG9waWEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQPoFgk\n"
    "aJMpnae74egliy75rf+y/LbDKozGHlXhAc0P+zjeAxdILZ4bmYDDSh5V1/31JOmB\n"
    "LuNb/6cFbvdWZ3pWoyYwJDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQE\n"
    "AwIBBjAKBggqhkjOPQQDAgNHADBEAiA+Efhmt2wHi4VhxDoFTTj/A6+0UDWLMl4+\n"
    "GdlFtLNuYQIgNFjhe9+v1jpNCI0tGUOwP71AqOEgi/2+b6XJ5e1Fqq8=\n"
    "-----END CERTIFICATE-----\n";

/* What lies in the folder of chip issuers and cannot be used is named with its reason. */
static void
test_chip_issuers(Fixture *fix, const void *data)
{
    g_autofree char *rubbish = g_build_filename(fix->dir, "rubbish.der", NULL);
    const SaoyCheck *check;

    g_assert_cmpint(run_and_find(fix, "chip issuers")->state, ==, SAOY_CHECK_NOTE);
    fix->what.csca_trust = "/nowhere/at/all";
    g_assert_cmpint(run_and_find(fix, "chip issuers")->state, ==, SAOY_CHECK_NOTE);
    g_assert_true(g_file_set_contents(rubbish, "no certificate", -1, NULL));
    fix->what.csca_trust = fix->dir;
    check = run_and_find(fix, "chip issuers rubbish.der");
    g_assert_cmpint(check->state, ==, SAOY_CHECK_NOTE);
    g_assert_cmpstr(check->sentence, ==, "there is no certificate in it");
    g_assert_true(g_file_set_contents(fix->file, issuer, -1, NULL));
    check = run_and_find(fix, "chip issuers");
    g_assert_cmpint(check->state, ==, SAOY_CHECK_OK);
    g_assert_true(g_str_has_prefix(check->detail, "1/1, 1: "));
    g_assert_cmpint(run_and_find(fix, "chip issuers' time")->state, ==, SAOY_CHECK_OK);
}

static void
test_counters_tell_faults(Fixture *fix, const void *data)
{
    SaoyDeviceCounters before = saoy_device_counters(SAOY_DEVICE_PRINTER);

    g_assert_null(saoy_printer_open("emu", "/nowhere/at/all", NULL));
    g_autoptr(GError) error = NULL;
    g_assert_null(saoy_printer_open("emu", "/nowhere/at/all", &error));
    g_assert_cmpuint(saoy_device_counters(SAOY_DEVICE_PRINTER).faults, >=,
                     before.faults + 1);
    saoy_counters_report(fix->checks);
    g_assert_cmpuint(fix->checks->len, >=, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, test) \
    g_test_add("/selftest/" name, Fixture, NULL, set_up, test, tear_down)
    CASE("ready", test_a_device_that_is_there_is_ready);
    CASE("gone", test_a_device_that_is_gone_is_a_fault_with_a_reason);
    CASE("empty-tray", test_an_empty_tray_wants_somebody);
    CASE("journal", test_a_broken_journal_is_a_fault);
    CASE("folder", test_a_folder_that_is_not_there_is_a_fault);
    CASE("hub", test_certificates_keys_and_hub);
    CASE("chip-issuers", test_chip_issuers);
    CASE("counters", test_counters_tell_faults);
    return g_test_run();
}
