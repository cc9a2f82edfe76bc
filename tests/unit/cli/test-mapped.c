#include "cli/mapped.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* A file that is written to while it is read. */
typedef struct {
    char *folder, *path;
} Place;

static void
set_up(Place *place, const void *data)
{
    place->folder = g_dir_make_tmp("saoy-mapped-XXXXXX", NULL);
    place->path = g_build_filename(place->folder, "file.pdf", NULL);
    g_assert_true(g_file_set_contents(place->path, "%PDF-1.7 and more", -1, NULL));
}

static void
tear_down(Place *place, const void *data)
{
    g_unlink(place->path);
    g_rmdir(place->folder);
    g_free(place->path);
    g_free(place->folder);
}

static void
test_reads_what_is_there(Place *place, const void *data)
{
    g_auto(SaoyMapped) mapped = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_mapped_open(&mapped, place->path, 17, &error));
    g_assert_cmpmem(g_bytes_get_data(mapped.bytes, NULL), 17, "%PDF-1.7 and more", 17);
    g_assert_true(saoy_mapped_is_unchanged(&mapped, &error));
    g_assert_no_error(error);
}

static void
test_refuses(Place *place, const void *data)
{
    g_auto(SaoyMapped) large = { 0 }, folder = { 0 }, absent = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_mapped_open(&large, place->path, 16, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_false(saoy_mapped_open(&folder, place->folder, 1000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_false(saoy_mapped_open(&absent, "/nowhere/at/all", 1000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

static void
test_an_empty_file(Place *place, const void *data)
{
    g_auto(SaoyMapped) mapped = { 0 };

    g_assert_true(g_file_set_contents(place->path, "", 0, NULL));
    g_assert_true(saoy_mapped_open(&mapped, place->path, 1000, NULL));
    g_assert_cmpuint(g_bytes_get_size(mapped.bytes), ==, 0);
}

/* The same size and the same second: the time of the change itself tells. */
static void
test_says_that_it_was_changed(Place *place, const void *data)
{
    g_auto(SaoyMapped) mapped = { 0 };
    g_autoptr(GError) error = NULL;
    int fd = -1;

    g_assert_true(saoy_mapped_open(&mapped, place->path, 1000, NULL));
    do { /* a clock of the file system's may be coarse */
        g_usleep(1000);
        fd = g_open(place->path, O_WRONLY);
        g_assert_cmpint(write(fd, "%PDF-2", 6), ==, 6);
        close(fd);
        g_clear_error(&error);
    } while (saoy_mapped_is_unchanged(&mapped, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_a_file_replaced_is_another(Place *place, const void *data)
{
    g_auto(SaoyMapped) mapped = { 0 };

    g_assert_true(saoy_mapped_open(&mapped, place->path, 1000, NULL));
    g_assert_true(g_file_set_contents(place->path, "another", -1, NULL)); /* renames */
    g_assert_cmpmem(g_bytes_get_data(mapped.bytes, NULL), 8, "%PDF-1.7", 8);
}

static void
test_ends_when_it_is_cut_off(Place *place, const void *data)
{
    if (g_test_subprocess()) {
        SaoyMapped mapped = { 0 };
        int fd = g_open(place->path, O_WRONLY);

        g_assert_true(saoy_mapped_open(&mapped, place->path, 1000, NULL));
        g_unlink(place->path); /* nobody tears down behind the signal */
        g_rmdir(place->folder);
        g_assert_cmpint(ftruncate(fd, 0), ==, 0);
        g_assert_cmpint(*(const volatile char *)g_bytes_get_data(mapped.bytes, NULL), ==,
                        0);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("saoy: */file.pdf: *became shorter*\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/mapped/reads", Place, NULL, set_up, test_reads_what_is_there, tear_down);
    g_test_add("/mapped/refuses", Place, NULL, set_up, test_refuses, tear_down);
    g_test_add("/mapped/empty", Place, NULL, set_up, test_an_empty_file, tear_down);
    g_test_add("/mapped/changed", Place, NULL, set_up, test_says_that_it_was_changed,
               tear_down);
    g_test_add("/mapped/replaced", Place, NULL, set_up, test_a_file_replaced_is_another,
               tear_down);
    g_test_add("/mapped/cut-off", Place, NULL, set_up, test_ends_when_it_is_cut_off,
               tear_down);
    return g_test_run();
}
