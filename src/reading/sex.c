/* Man or woman, in one language or in two. */
#include "value.h"

#include <string.h>

static const struct {
    const char *said, *capitals, *small, *letter;
} sexes[] = {
    { "NAM", "NAM", "Nam", "M" },    { "NU", "NỮ", "Nữ", "F" },
    { "MALE", "MALE", "Male", "M" }, { "FEMALE", "FEMALE", "Female", "F" },
    { "M", "M", "M", "M" },          { "F", "F", "F", "F" },
};

/* How many words the letter behind a slash takes: "/ F", "/F"; 0: there is none. */
static size_t
letter_words(const SaoyWord *words, size_t n)
{
    if (n > 0 && words[0].text[0] == '/' && strlen(words[0].text) == 2)
        return 1;
    return n > 1 && g_str_equal(words[0].text, "/") && strlen(words[1].text) <= 2 ? 2 : 0;
}

char *
saoy_sex_of(const SaoyWord *words, size_t n, size_t *out_words)
{
    size_t skip = 0;

    while (skip < n && saoy_value_is_leader(words[skip].text))
        skip++;
    if (skip == n)
        return NULL;
    g_autofree char *folded = saoy_line_fold(words[skip].text);
    size_t first = strcspn(folded, " ");
    bool capitals = saoy_line_capitals(words[skip].text) == 1;
    bool both = folded[first] == ' ' && strchr(words[skip].text, '/') != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(sexes); i++) {
        if (strlen(sexes[i].said) != first || strncmp(folded, sexes[i].said, first) != 0)
            continue;
        size_t more = both ? 0 : letter_words(words + skip + 1, n - skip - 1);
        const char *said = capitals ? sexes[i].capitals : sexes[i].small;

        *out_words = skip + 1 + more;
        return both || more > 0 ? g_strdup_printf("%s / %s", said, sexes[i].letter)
                                : g_strdup(said);
    }
    return NULL;
}

char
saoy_sex_letter(const char *value)
{
    g_autofree char *folded = saoy_line_fold(value);
    size_t first = strcspn(folded, " /");

    for (size_t i = 0; i < G_N_ELEMENTS(sexes); i++)
        if (strlen(sexes[i].said) == first && strncmp(folded, sexes[i].said, first) == 0)
            return sexes[i].letter[0];
    return '\0';
}
