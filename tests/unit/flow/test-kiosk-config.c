#include "flow/config.h"

#include "core/error.h"

#include <glib/gstdio.h>
#include <string.h>

static SaoyKioskConfig *
read_text(const char *text, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-config-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "kiosk.conf", NULL);
    SaoyKioskConfig *config = NULL;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    config = saoy_kiosk_config_read(path, error);
    g_unlink(path);
    g_rmdir(folder);
    return config;
}

static void
test_defaults_serve_people(void)
{
    g_autoptr(SaoyKioskConfig) config = saoy_kiosk_config_read(NULL, NULL);

    g_assert_nonnull(config);
    g_assert_true(config->fee_waived);
    g_assert_false(config->allow_bac);
    g_assert_cmpint(config->paper, ==, SAOY_PAPER_PRINT);
    g_assert_cmpint(config->csc_patience_s, ==, 60);
    g_assert_cmpint(config->away_s, ==, 45);
    g_assert_cmpint(config->lease_s, ==, 120);
    g_assert_cmpint(config->patience, ==, 1);
}

static void
test_what_is_written_counts(void)
{
    g_autoptr(SaoyKioskConfig) config = read_text(
        "[policy]\npaper = none\nfee_waived = false\n[issue]\nlease_s = 1\n[emu]\n"
        "patience = 10\n",
        NULL);

    g_assert_nonnull(config);
    g_assert_cmpint(config->paper, ==, SAOY_PAPER_NONE);
    g_assert_false(config->fee_waived);
    g_assert_cmpint(config->lease_s, ==, 1);
    g_assert_cmpint(config->patience, ==, 10);
}

static void
test_mistakes_are_told(void)
{
    static const char *const texts[] = {
        "[policy]\npapers = none\n",
        "[policy]\npaper = gold\n",
        "[issue]\nlease_s = 0\n",
        "[kiosk]\nid\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(read_text(texts[i], &error));
        g_assert_nonnull(error);
    }
}

static void
test_the_key_is_masked(void)
{
    g_autoptr(SaoyKioskConfig) config =
        read_text("[hub]\nkey = /etc/saoy/kiosk.key\n", NULL);
    g_autofree char *text = saoy_kiosk_config_print(config);

    g_assert_nonnull(strstr(text, "hub.url = "));
    g_assert_null(strstr(text, "/etc/saoy/kiosk.key"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/defaults", test_defaults_serve_people);
    g_test_add_func("/config/what-is-written", test_what_is_written_counts);
    g_test_add_func("/config/mistakes-are-told", test_mistakes_are_told);
    g_test_add_func("/config/the-key-is-masked", test_the_key_is_masked);
    return g_test_run();
}
