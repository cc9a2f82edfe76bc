#pragma once
#include <glib.h>
#include <stdbool.h>

/* Job and order numbers become names of files and of spooled jobs: letters, digits, ".",
 * "_",
 * "-", 1 to 64 of them, not beginning with ".". */
static inline bool
saoy_name_is_plain(const char *name)
{
    size_t n = 0;

    for (; name[n] != '\0'; n++)
        if (!g_ascii_isalnum(name[n]) && name[n] != '.' && name[n] != '_' && name[n] != '-')
            return false;
    return n >= 1 && n <= 64 && name[0] != '.';
}
