#include "card-chip.h"

#include "core/error.h"

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

SaoyChip *
saoy_card_chip_open(const char *persona, GError **error)
{
    g_auto(GStrv) levers = saoy_card_levers(persona);
    g_autoptr(SaoyChip) chip = saoy_chip_open(persona, error);

    if (chip == NULL)
        return NULL;
    for (size_t i = 0; levers[i] != NULL; i++)
        if (*levers[i] != '\0' && !g_str_equal(levers[i], "absent") &&
            !saoy_chip_fault(chip, levers[i]))
            return saoy_null(error, SAOY_ERROR_FAILED, "%s.fault: no lever \"%s\"", persona,
                             levers[i]);
    return g_steal_pointer(&chip);
}
