#pragma once
/* Specimens drawn by tests/specimen/make, kept in the build folder under a name that holds
 * the generator's hash: drawn once, never stale. */
#include "core/file.h"
#include "core/json.h"
#include "vision/image.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    SaoyImage *image;
    SaoyJson *truth;
} Specimen;

static inline void
specimen_clear(Specimen *specimen)
{
    saoy_image_free(specimen->image);
    saoy_json_unref(specimen->truth);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Specimen, specimen_clear)

static inline char *
generator_hash(void)
{
    static const char *const files[] = { "make", "render.py", "sheet.py", "people.py",
                                         "degrade.py" };
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path =
            g_build_filename(SAOY_SOURCE_DIR, "tests", "specimen", files[i], NULL);
        g_autofree char *text = NULL;
        gsize size = 0;

        g_assert_true(g_file_get_contents(path, &text, &size, NULL));
        g_checksum_update(sum, (const guchar *)text, (gssize)size);
    }
    return g_strndup(g_checksum_get_string(sum), 12);
}

/* Drawn aside, then renamed: test programs run at the same time. */
static inline char *
specimen_folder(const char *kind, const char *how, unsigned seed)
{
    g_autofree char *hash = generator_hash();
    g_autofree char *name = g_strdup_printf("%s-%s-%u-%s", kind, how, seed, hash);
    g_autofree char *folder = g_build_filename(SAOY_BUILD_DIR, "specimens", name, NULL);
    g_autofree char *aside = g_strdup_printf("%s.%d", folder, (int)g_random_int());
    g_autofree char *tool =
        g_build_filename(SAOY_SOURCE_DIR, "tests", "specimen", "make", NULL);
    g_autofree char *seed_text = g_strdup_printf("%u", seed);
    g_autofree char *how_option = g_strdup_printf("--%s", how);
    char *argv[] = { tool,         aside,      (char *)"--kind",
                     (char *)kind, how_option, (char *)"--seed",
                     seed_text,    NULL };
    int status = 1;

    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&folder);
    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, NULL));
    g_assert_cmpint(status, ==, 0);
    if (g_rename(aside, folder) != 0)
        g_assert_true(saoy_dir_remove(aside, NULL)); /* another test was quicker */
    return g_steal_pointer(&folder);
}

static inline SaoyImage *
picture_of(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = saoy_file_read(path, 1u << 28, &error);

    g_assert_no_error(error);
    SaoyImage *image = saoy_image_decode(bytes, &error);
    g_assert_no_error(error);
    return image;
}

static inline Specimen
specimen_of(const char *kind, const char *how, unsigned seed)
{
    g_autofree char *folder = specimen_folder(kind, how, seed);
    g_autofree char *picture =
        g_build_filename(folder, g_str_equal(how, "clean") ? "001.png" : "001.jpg", NULL);
    g_autofree char *truth = g_build_filename(folder, "001.json", NULL);
    g_autoptr(GBytes) text = saoy_file_read(truth, 1 << 20, NULL);

    g_assert_nonnull(text);
    return (Specimen){ picture_of(picture),
                       saoy_json_parse(saoy_view_of(text), 1 << 20, NULL) };
}
