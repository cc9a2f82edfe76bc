/* Names of people. */
#include "value.h"

#include <string.h>

#define MOST_NAME_WORDS 7u

static bool
is_honorific(const char *folded)
{
    static const char *const words[] = { "ONG", "BA", "ONG BA", "ANH",
                                         "CHI", "MR", "MS",     "MRS" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(folded, words[i]))
            return true;
    return false;
}

/* Of nineteen in twenty people. */
static bool
is_surname(const char *folded)
{
    static const char *const names[] = {
        "NGUYEN", "TRAN",  "LE",     "PHAM",  "HOANG",  "HUYNH", "PHAN",  "VU",   "VO",
        "DANG",   "BUI",   "DO",     "HO",    "NGO",    "DUONG", "LY",    "DAO",  "DOAN",
        "VUONG",  "TRINH", "TRUONG", "DINH",  "LAM",    "PHUNG", "MAI",   "TO",   "HA",
        "TA",     "CHU",   "CHAU",   "LUONG", "LUU",    "QUACH", "THAI",  "CAO",  "TANG",
        "TRIEU",  "KIEU",  "LA",     "DAM",   "NGHIEM", "TONG",  "BACH",  "BE",   "NONG",
        "HUA",    "QUANG", "LO",     "VI",    "MA",     "GIANG", "THACH", "DIEP", "TON",
        "CU",     "KHUC",  "MAC",    "THAN",  "THIEU",  "UNG",   "VAN",   "AU",   "TU",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(names[i], folded))
            return true;
    return false;
}

/* "Ông NGUYỄN VĂN AN", but not the family name of ÔNG THU HẰNG: that is written as the rest
 * is, and no other follows it. */
static bool
is_address(const SaoyWord *words, size_t n, const char *folded)
{
    if (n > 1 && g_str_equal(words[0].text, "Hộ"))
        return true; /* "Hộ ông" */
    if (!is_honorific(folded))
        return false;
    if (n < 2 || (saoy_line_capitals(words[0].text) == 1) !=
                     (saoy_line_capitals(words[1].text) == 1))
        return true;
    g_autofree char *next = saoy_line_fold(words[1].text);
    return !g_str_equal(next, "VAN") &&
           (is_surname(next) || g_str_equal(next, "BA") || g_str_equal(next, "ONG"));
}

/* A family name whose mark was misread, where no other is written so without marks. */
static char *
with_surname(const char *name)
{
    static const char *const names[] = { "NGUYỄN", "TRẦN",  "PHẠM",  "HOÀNG", "HUỲNH",
                                         "TRƯƠNG", "ĐINH",  "BÙI",   "TRỊNH", "LƯƠNG",
                                         "PHÙNG",  "VƯƠNG", "QUÁCH", "TRIỆU", "NGHIÊM" };
    size_t n = strcspn(name, " ");
    g_autofree char *first = g_strndup(name, n);
    g_autofree char *folded = saoy_line_fold(first);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *plain = saoy_line_fold(names[i]);
        g_autofree char *small = g_utf8_strdown(g_utf8_next_char(names[i]), -1);

        if (!g_str_equal(folded, plain))
            continue;
        if (saoy_line_capitals(first) == 1)
            return g_strconcat(names[i], name + n, NULL);
        return g_strdup_printf("%.*s%s%s", (int)(g_utf8_next_char(names[i]) - names[i]),
                               names[i], small, name + n);
    }
    return g_strdup(name);
}

/* Letters only; ends at the first number or word of one sign. */
char *
saoy_name_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    g_autoptr(GString) name = g_string_new(NULL);
    unsigned taken = 0;
    bool capitals = false; /* a name in capitals goes on in capitals */

    for (size_t i = 0; i < n && taken < MOST_NAME_WORDS; i++) {
        g_autofree char *word = saoy_value_bare(words[i].text);
        g_autofree char *folded = saoy_line_fold(words[i].text);

        if (folded[0] == '\0' || (taken == 0 && is_address(words + i, n - i, folded)))
            continue;
        if (strpbrk(folded, "0123456789") != NULL ||
            !g_unichar_isupper(g_utf8_get_char(word)) ||
            (capitals && saoy_line_capitals(word) < 1))
            break;
        capitals = taken == 0 ? saoy_line_capitals(word) == 1 : capitals;
        g_string_append_printf(name, "%s%s", taken > 0 ? " " : "", word);
        taken++;
        *out_words = i + 1;
        if (g_str_has_suffix(words[i].text, ",") || g_str_has_suffix(words[i].text, ";"))
            break;
    }
    if (taken < 2)
        return NULL;
    return with_surname(name->str);
}
