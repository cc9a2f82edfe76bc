/* One line on stderr, whatever is in it, and the exit code that belongs to it. */
#include "cli/cli.h"

#include <string.h>

static int
exit_of(int code)
{
    g_autoptr(GError) error = g_error_new(SAOY_ERROR, code, "because");

    return saoy_cli_fail("x.pdf", error);
}

static void
test_exit_codes_are_those_of_the_book(void)
{
    if (g_test_subprocess()) {
        g_assert_cmpint(exit_of(SAOY_ERROR_NO_MEDIA), ==, 2);
        g_assert_cmpint(exit_of(SAOY_ERROR_MALFORMED), ==, 4);
        g_assert_cmpint(exit_of(SAOY_ERROR_FAILED), ==, 4);
        g_assert_cmpint(exit_of(SAOY_ERROR_JAM), ==, 4);
        g_assert_cmpint(exit_of(SAOY_ERROR_REFUSED), ==, 1);
        g_assert_cmpint(exit_of(SAOY_ERROR_UNTRUSTED), ==, 1);
        g_assert_cmpint(exit_of(SAOY_ERROR_OFFLINE), ==, 3);
        g_assert_cmpint(exit_of(SAOY_ERROR_TIMEOUT), ==, 3);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

static void
test_a_device_is_always_four(void)
{
    if (g_test_subprocess()) {
        g_autoptr(GError) error = g_error_new(SAOY_ERROR, SAOY_ERROR_NO_MEDIA, "empty");
        g_autoptr(GError) foreign = g_error_new(G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");

        g_assert_cmpint(saoy_cli_fault("emu:x", error), ==, 4);
        g_assert_cmpint(saoy_cli_fail("x", foreign), ==, 4);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*saoy: emu:x: not there (empty)\n*");
}

static void
test_line_breaks_do_not_make_lines(void)
{
    if (g_test_subprocess()) {
        g_autoptr(GError) error =
            g_error_new(SAOY_ERROR, SAOY_ERROR_MALFORMED, "line\none\x1b[31m");

        saoy_cli_fail("two\nlines", error);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_stderr("*saoy: two lines: cannot be read (line one [31m)\n*");
}

/* Neither what turns a line around nor the one-byte escapes of old terminals. */
static void
test_lines_obey_nobody(void)
{
    if (g_test_subprocess()) {
        g_autoptr(GError) error = g_error_new(SAOY_ERROR, SAOY_ERROR_MALFORMED,
                                              "a\xe2\x80\xae"
                                              "b\xc2\x9b"
                                              "2Jc");

        saoy_cli_fail("fdp.\xe2\x81\xa6x\xe2\x80\x8b.pdf", error);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_stderr("*saoy: fdp.x.pdf: cannot be read (ab 2Jc)\n*");
}

static void
test_options_leave_the_arguments(void)
{
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, "", NULL },
        { NULL },
    };
    char *words[] = { "verify", "--json", "--", "--strange.pdf", NULL };
    char **argv = words;
    int argc = 4, ended = -1;

    g_assert_true(saoy_cli_options(&argc, &argv, entries, "FILE", NULL, 1, 1, &ended));
    g_assert_true(json);
    g_assert_cmpint(argc, ==, 2);
    g_assert_cmpstr(argv[1], ==, "--strange.pdf");
    g_assert_cmpint(ended, ==, -1);
}

static void
test_too_many_or_too_few_is_wrong_use(void)
{
    if (g_test_subprocess()) {
        char *words[] = { "verify", "a", "b", NULL };
        char **argv = words;
        int argc = 3, ended = 0;

        g_assert_false(saoy_cli_options(&argc, &argv, NULL, NULL, NULL, 1, 1, &ended));
        g_assert_cmpint(ended, ==, 2);
        argc = 1;
        g_assert_false(saoy_cli_options(&argc, &argv, NULL, NULL, NULL, 1, -1, &ended));
        g_assert_cmpint(ended, ==, 2);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cli/exit-codes", test_exit_codes_are_those_of_the_book);
    g_test_add_func("/cli/devices", test_a_device_is_always_four);
    g_test_add_func("/cli/one-line", test_line_breaks_do_not_make_lines);
    g_test_add_func("/report/obeys-nobody", test_lines_obey_nobody);
    g_test_add_func("/cli/options", test_options_leave_the_arguments);
    g_test_add_func("/cli/wrong-use", test_too_many_or_too_few_is_wrong_use);
    return g_test_run();
}
