#include "card-chip.h"

#include "core/error.h"

#include <glib/gstdio.h>

#define MAX_LEVERS 16

char **
saoy_card_levers(const char *persona)
{
    g_autofree char *path = g_strconcat(persona, ".fault", NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_new0(char *, 1);
    g_strstrip(text);
    return g_strsplit(text, "\n", MAX_LEVERS);
}

static bool
set_levers(SaoyChip *chip, const char *const *levers, SaoyErrorCode code, GError **error)
{
    for (size_t i = 0; levers != NULL && levers[i] != NULL; i++)
        if (*levers[i] != '\0' && !g_str_equal(levers[i], "absent") &&
            !saoy_chip_fault(chip, levers[i]))
            return saoy_fail(error, code, "this card has no lever \"%s\"", levers[i]);
    return true;
}

SaoyChip *
saoy_card_chip_open(const char *persona, const char *const *levers, GError **error)
{
    g_auto(GStrv) written = saoy_card_levers(persona);
    g_autoptr(SaoyChip) chip = saoy_chip_open(persona, error);

    if (chip == NULL)
        return NULL;
    if (!set_levers(chip, (const char *const *)written, SAOY_ERROR_FAILED, error)) {
        g_prefix_error(error, "%s.fault: ", persona);
        return NULL;
    }
    return set_levers(chip, levers, SAOY_ERROR_REFUSED, error) ? g_steal_pointer(&chip)
                                                               : NULL;
}

char *
saoy_card_stamp(const char *persona)
{
    g_autofree char *path = g_strconcat(persona, ".fault", NULL);
    GStatBuf file = { 0 }, levers = { 0 };

    (void)g_stat(persona, &file);
    (void)g_stat(path, &levers);
    return g_strdup_printf("%ld.%09ld %ld.%09ld %ld", (long)file.st_mtim.tv_sec,
                           file.st_mtim.tv_nsec, (long)levers.st_mtim.tv_sec,
                           levers.st_mtim.tv_nsec, (long)levers.st_ino);
}
