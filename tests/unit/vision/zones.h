#pragma once
/* Pictures of machine readable zones drawn by tests/specimen/mrz: once a build, under a
 * name that holds the generator's hash. */
#include "core/file.h"
#include "vision/image.h"

#include <glib/gstdio.h>
#include <string.h>

#define ZONES 30u

typedef struct {
    SaoyImage *picture;
    char *text; /* the lines that stand in it */
} Zone;

static inline void
zone_clear(Zone *zone)
{
    saoy_image_free(zone->picture);
    g_free(zone->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Zone, zone_clear)

static inline char *
zones_hash(void)
{
    static const char *const files[] = { "mrz", "degrade.py" };
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
static inline void
zones_draw(const char *folder)
{
    g_autofree char *aside = g_strdup_printf("%s.%d", folder, (int)g_random_int());
    g_autofree char *tool =
        g_build_filename(SAOY_SOURCE_DIR, "tests", "specimen", "mrz", NULL);
    g_autofree char *count = g_strdup_printf("%u", ZONES);
    char *argv[] = { tool, aside, (char *)"--count", count, NULL };
    int status = 1;

    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, NULL));
    g_assert_cmpint(status, ==, 0);
    if (g_rename(aside, folder) != 0)
        g_assert_true(saoy_dir_remove(aside, NULL)); /* another test was quicker */
}

static inline Zone
zone_of(unsigned seed)
{
    g_autofree char *hash = zones_hash();
    g_autofree char *name = g_strconcat("mrz-", hash, NULL);
    g_autofree char *folder = g_build_filename(SAOY_BUILD_DIR, "specimens", name, NULL);
    g_autofree char *picture = g_strdup_printf("%s/%03u.png", folder, seed);
    g_autofree char *truth = g_strdup_printf("%s/%03u.txt", folder, seed);
    g_autoptr(GError) error = NULL;
    Zone zone = { 0 };

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        zones_draw(folder);
    g_autoptr(GBytes) bytes = saoy_file_read(picture, 1u << 24, &error);
    g_assert_no_error(error);
    zone.picture = saoy_image_decode(bytes, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(truth, &zone.text, NULL, NULL));
    return zone;
}
