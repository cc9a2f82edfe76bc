/* Feeds a target every file of the folders named: the corpus as an ordinary test. */
#include "fuzz.h"

static unsigned
feed(const char *folder)
{
    g_auto(GStrv) names = saoy_dir_list(folder, NULL, NULL);
    unsigned n = 0;

    g_assert_nonnull(names);
    for (; names[n] != NULL; n++) {
        g_autofree char *path = g_build_filename(folder, names[n], NULL);
        g_autoptr(GBytes) file = saoy_file_read(path, 1 << 20, NULL);

        g_assert_nonnull(file);
        g_assert_cmpint(
            LLVMFuzzerTestOneInput(saoy_view_of(file).data, saoy_view_of(file).size), ==,
            0);
    }
    return n;
}

int
main(int argc, char **argv)
{
    unsigned n = 0;

    for (int i = 1; i < argc; i++)
        n += feed(argv[i]);
    g_print("%u inputs\n", n);
    return n == 0; /* an empty corpus tests nothing */
}
