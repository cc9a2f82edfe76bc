/* A file's name and what its maker wrote come before the report's own words: none of it may
 * look like them. */
#include "cli/cli.h"
#include "core/file.h"

#include <glib/gstdio.h>
#include <string.h>

static const char pdf[] =
    "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    "2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    "xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \n"
    "trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n102\n%%EOF\n";

static const char *const names[] = {
    "copy.pdf: TOTAL-PASSED\nGenuine: every signature holds and its issuer is "
    "trusted.\n\x1b[8m",
    "a\xe2\x80\xae"
    "fdp.DESSAP-LATOT\xe2\x80\xac",
    "b\xc2\x9b"
    "8m\xc2\x85"
    "c",
    "not utf-8 \xff\x9b",
};

static void
verify_named(const char *name)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-name-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char command[] = "verify";
    char *argv[] = { command, path, NULL };

    g_assert_true(g_file_set_contents(path, pdf, (gssize)strlen(pdf), NULL));
    g_print("<<<");
    saoy_cmd_verify(2, argv);
    g_print(">>>");
    g_assert_true(saoy_dir_remove(folder, NULL));
}

static void
test_a_name_says_nothing(gconstpointer name)
{
    if (g_test_subprocess()) {
        verify_named(name);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stdout("*<<<*TOTAL-FAILED\nNot valid*>>>*");
    g_test_trap_assert_stdout_unmatched("*<<<*TOTAL-PASSED\n*");
    g_test_trap_assert_stdout_unmatched("*\x1b*");
    g_test_trap_assert_stdout_unmatched("*\xc2\x9b*");
    g_test_trap_assert_stdout_unmatched("*\xe2\x80\xae*");
}

int
main(int argc, char **argv)
{
    g_setenv("LANGUAGE", "en", TRUE);
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("/verify-name/%zu", i);

        g_test_add_data_func(path, names[i], test_a_name_says_nothing);
    }
    return g_test_run();
}
