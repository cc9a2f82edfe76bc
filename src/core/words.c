#include "core/words.h"

#include "core/error.h"

#include <string.h>

#define WORDS_MAX 20000
#define WORD_BYTES_MAX 512

void
saoy_words_clear(SaoyWords *words)
{
    for (size_t i = 0; i < words->n; i++) {
        explicit_bzero(words->items[i].text, strlen(words->items[i].text));
        g_free(words->items[i].text);
    }
    g_free(words->items);
    *words = (SaoyWords){ 0 };
}

void
saoy_words_append(SaoyWords *words, const char *text, SaoyBox box, int confidence, int line)
{
    /* capacity is the next power of two: it grows exactly when n is one */
    if (words->n == 0 || (words->n >= 16 && (words->n & (words->n - 1)) == 0))
        words->items = g_renew(SaoyWord, words->items, MAX(16, 2 * words->n));
    words->items[words->n++] = (SaoyWord){ g_strdup(text), box, confidence, line };
}

SaoyJson *
saoy_box_to_json(SaoyBox box)
{
    SaoyJson *json = saoy_json_array();

    saoy_json_append_int(json, box.x);
    saoy_json_append_int(json, box.y);
    saoy_json_append_int(json, box.w);
    saoy_json_append_int(json, box.h);
    return json;
}

SaoyJson *
saoy_words_to_json(const SaoyWords *words)
{
    SaoyJson *json = saoy_json_object();
    SaoyJson *list = saoy_json_array();

    for (size_t i = 0; i < words->n; i++) {
        const SaoyWord *word = &words->items[i];
        SaoyJson *item = saoy_json_object();

        saoy_json_set_string(item, "t", word->text);
        saoy_json_set(item, "b", saoy_box_to_json(word->box));
        saoy_json_set_int(item, "c", word->confidence);
        saoy_json_set_int(item, "l", word->line);
        saoy_json_append(list, item);
    }
    saoy_json_set(json, "words", list);
    return json;
}

static bool
read_box(const SaoyJson *item, int width, int height, SaoyBox *out, GError **error)
{
    const SaoyJson *list = saoy_json_array_of(item, "b", 4, error);
    int64_t v[4];

    if (list == NULL)
        return false;
    if (saoy_json_length(list) != 4)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a box has four numbers");
    for (size_t i = 0; i < 4; i++)
        v[i] = saoy_json_number(saoy_json_at(list, i));
    if (v[0] < 0 || v[1] < 0 || v[2] < 1 || v[3] < 1 || v[0] > width || v[1] > height ||
        v[2] > width - v[0] || v[3] > height - v[1])
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a box leaves the page");

    *out = (SaoyBox){ (int)v[0], (int)v[1], (int)v[2], (int)v[3] };
    return true;
}

static bool
read_word(const SaoyJson *item, int width, int height, SaoyWords *out, GError **error)
{
    const char *text = saoy_json_string(item, "t", WORD_BYTES_MAX, error);
    int64_t confidence = 0, line = 0;
    SaoyBox box = { 0 };

    if (text == NULL || !read_box(item, width, height, &box, error) ||
        !saoy_json_int(item, "c", 0, 100, &confidence, error) ||
        !saoy_json_int(item, "l", 0, WORDS_MAX, &line, error))
        return false;
    if (*text == '\0')
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "an empty word");
    saoy_words_append(out, text, box, (int)confidence, (int)line);
    return true;
}

bool
saoy_words_from_json(const SaoyJson *json, int width, int height, SaoyWords *out,
                     GError **error)
{
    const SaoyJson *list = saoy_json_array_of(json, "words", WORDS_MAX, error);
    g_auto(SaoyWords) words = { 0 };

    if (list == NULL)
        return false;
    for (size_t i = 0; i < saoy_json_length(list); i++)
        if (!read_word(saoy_json_at(list, i), width, height, &words, error))
            return false;

    *out = words;
    words = (SaoyWords){ 0 };
    return true;
}

char *
saoy_words_text(const SaoyWords *words)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < words->n; i++) {
        if (i > 0)
            g_string_append_c(
                text, words->items[i].line == words->items[i - 1].line ? ' ' : '\n');
        g_string_append(text, words->items[i].text);
    }
    return g_string_free(text, FALSE);
}
