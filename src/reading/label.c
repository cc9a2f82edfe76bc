#include "label.h"
#include "syllable.h"

#include <string.h>

#define MOST_TAIL 7 /* words of a label that no rule knows */
#define MOST_WORD 30u
#define MOST_PLACE 6 /* words of a place before its date */
#define MOST_LABEL 6 /* words another label may begin before this one */
#define SURE 90      /* a syllable read so is the one that is printed */

/* The syllable that word i was read as, and surely so, in small letters; NULL: none. */
static char *
sure_syllable(const SaoyLine *line, size_t i)
{
    const SaoyWord *word = &line->words[i];

    if (word->confidence < SURE)
        return NULL;
    g_autofree char *low = g_utf8_strdown(word->text, -1);
    low[strcspn(low, ".,:;)/")] = '\0';
    return saoy_syllable_is_lawful(low) ? g_steal_pointer(&low) : NULL;
}

static bool
is_sure(const SaoyLine *line, size_t i)
{
    g_autofree char *syllable = sure_syllable(line, i);

    return syllable != NULL;
}

/* TRƯƠNG, whose family name it is, says not "Trường". */
static bool
is_another_word(const SaoyLine *line, size_t i, const SaoyLabel *label)
{
    g_autofree char *syllable = sure_syllable(line, i);

    return syllable != NULL && !g_str_equal(syllable, label->spelt);
}

/* A letter may be misread in a long word, in a short one it makes another. */
static bool
same_word(const SaoyLine *line, size_t i, const char *said, const char *label)
{
    size_t m = strcspn(said, " "), n = strcspn(label, " ");
    size_t worst = n < 4 ? 0 : n < 7 ? 1 : 2;
    char a[MOST_WORD + 1], b[MOST_WORD + 1];

    if (m == n && strncmp(said, label, n) == 0)
        return n > 0;
    if (MAX(m, n) - MIN(m, n) > worst || MAX(m, n) > MOST_WORD || worst == 0)
        return false;
    g_strlcpy(a, said, m + 1);
    g_strlcpy(b, label, n + 1);
    return saoy_line_alike(a, b) >= 1 - (double)worst / (double)MAX(n, m) &&
           !is_sure(line, i);
}

static const char *
next_part(const char *part)
{
    part += strcspn(part, " ");
    return part + (part[0] == ' ');
}

static bool
ends_label(const SaoyLine *line, size_t i)
{
    return g_str_has_suffix(line->words[i].text, ":");
}

/* How many words from i on say it, of the first what stands from part on. */
static size_t
said_from(const SaoyLine *line, size_t i, const char *first, const char *want)
{
    bool colon = false;
    size_t n = 0;

    while (want[0] != '\0') {
        if (i + n >= line->n)
            return 0;
        for (const char *part = n == 0 ? first : line->folds[i + n]; part[0] != '\0';
             part = next_part(part)) {
            if (want[0] == '\0' && part != line->folds[i + n] &&
                strchr(line->words[i + n].text, '/') != NULL)
                return n + 1;
            if (!same_word(line, i + n, part, want))
                return 0;
            want = next_part(want);
        }
        colon = colon || (want[0] != '\0' && ends_label(line, i + n));
        n++;
    }
    /* "tên: VÕ" is no "tên vợ", "CCCD: số:" is "CCCD số:" */
    return colon && !ends_label(line, i + n - 1) ? 0 : n;
}

static bool
is_capital(const char *word)
{
    return g_unichar_isupper(g_utf8_get_char(word));
}

/* Words of a place: "Hà Nội", "Quận 3". */
static bool
is_place(const SaoyLine *line, size_t from, size_t to)
{
    for (size_t k = from; k < to; k++)
        if (strpbrk(line->words[k].text, ":;") != NULL ||
            !(is_capital(line->words[k].text) ||
              (k > from && g_ascii_isdigit(line->words[k].text[0]))))
            return false;
    return to > from && to - from <= MOST_PLACE;
}

/* "Nội," of "Hà Nội, ngày 10 tháng 11 năm 2025"; where the comma was not read all before it
 * in the column is a place. */
static bool
is_behind_place(const SaoyLine *line, size_t i)
{
    size_t from = saoy_line_column(line, i), end = i;

    while (end > from && strlen(line->folds[end - 1]) == 0)
        end--; /* the comma alone */
    if (end == from)
        return false;
    const char *last = line->words[end - 1].text;
    if (end == i && strchr(",.", last[strlen(last) - 1]) == NULL)
        return is_place(line, from, end);
    return is_capital(last) || (end >= from + 2 && is_place(line, end - 2, end));
}

static bool
opens_phrase(const SaoyLine *line, size_t i)
{
    if (i == 0 || saoy_line_gap(line, i) || is_capital(line->words[i].text))
        return true;
    const char *last = line->words[i - 1].text;
    return strchr(".;)*-|", last[strlen(last) - 1]) != NULL;
}

/* The first of its column, but for what counts it: "1.", "a)", "-". */
static bool
opens_column(const SaoyLine *line, size_t i)
{
    size_t from = saoy_line_column(line, i);
    const char *first = line->words[from].text;

    return i == from || (i == from + 1 && strlen(first) <= 3 &&
                         (strchr("-*+", first[0]) != NULL || strpbrk(first, ".)") != NULL));
}

static bool
may_stand(const SaoyLine *line, size_t i, const SaoyLabel *label)
{
    switch (label->where) {
    case SAOY_LABEL_PHRASE:
        return opens_phrase(line, i) && !is_another_word(line, i, label);
    case SAOY_LABEL_PLACE:
        return is_behind_place(line, i);
    case SAOY_LABEL_COLUMN:
        return opens_column(line, i);
    case SAOY_LABEL_ANYWHERE:
        return true;
    case SAOY_LABEL_ALONE:
    default:
        return false;
    }
}

size_t
saoy_label_at(const SaoyLine *line, size_t i, const SaoyLabel *label)
{
    const char *part = line->folds[i];
    bool slash = strchr(line->words[i].text, '/') != NULL;
    size_t n = 0;

    if (label->text[0] == '\0')
        return 0;
    do {
        n = said_from(line, i, part, label->text);
        part = next_part(part);
    } while (n == 0 && slash && part[0] != '\0');
    return n > 0 && may_stand(line, i, label) ? n : 0;
}

/* The words as the label is spelt, marks and all. */
static bool
is_spelt(const SaoyLine *line, size_t i, size_t n, const SaoyLabel *label)
{
    g_autoptr(GString) said = g_string_new(NULL);

    for (size_t k = i; k < i + n; k++)
        g_string_append_printf(said, "%s%s", k > i ? " " : "", line->words[k].text);
    g_autofree char *low = g_utf8_strdown(said->str, -1);
    return g_str_has_prefix(low, label->spelt);
}

/* With a colon it is one; without, the name Nguyễn Quân is no "Nguyên quán", and one word
 * alone, as "Trường" is to the name Tường, is none. */
static bool
ends_value(const SaoyLine *line, size_t i, const SaoyLabel *label)
{
    if (strlen(label->text) <= 4 || label->where >= SAOY_LABEL_PLACE)
        return false;
    size_t n = saoy_label_at(line, i, label);
    return n > 0 && (ends_label(line, i + n - 1) ||
                     (strchr(label->text, ' ') != NULL && is_spelt(line, i, n, label)));
}

static bool
ends_any(const SaoyLine *line, size_t i, const SaoyLabel *labels)
{
    for (; labels->text != NULL; labels++)
        if (ends_value(line, i, labels))
            return true;
    return false;
}

bool
saoy_label_any(const SaoyKindRule *rule, const SaoyLine *line, size_t i)
{
    for (guint f = 0; f < rule->fields->len; f++)
        if (ends_any(line, i, g_array_index(rule->fields, SaoyFieldRule, f).labels))
            return true;
    return ends_any(line, i, saoy_kind_ends());
}

bool
saoy_label_opens(const SaoyKindRule *rule, const SaoyLine *line)
{
    for (guint f = 0; f < rule->fields->len; f++) {
        const SaoyLabel *labels = g_array_index(rule->fields, SaoyFieldRule, f).labels;

        for (; labels->text != NULL; labels++)
            for (size_t i = 0; i < line->n && labels->where >= SAOY_LABEL_PLACE; i++)
                if (saoy_label_at(line, i, labels) > 0)
                    return true;
    }
    return false;
}

size_t
saoy_label_end(const SaoyLine *line, size_t from)
{
    const char *last = line->words[from - 1].text;
    bool slash = strchr(last, '/') != NULL, open = false;

    if (g_str_has_suffix(last, ":"))
        return from;
    for (size_t i = from; i < line->n && i < from + MOST_TAIL; i++) {
        const char *word = line->words[i].text;

        if (saoy_line_gap(line, i))
            return slash ? i : from;
        slash = slash || strchr(word, '/') != NULL;
        open = open || word[0] == '(';
        if (strpbrk(word, "0123456789") != NULL)
            return from;
        if (g_str_has_suffix(word, ":"))
            return i + 1;
        if (!slash && !open && !g_unichar_islower(g_utf8_get_char(word)))
            return from;
    }
    return slash && line->n < from + MOST_TAIL ? line->n : from;
}

static bool
is_part_of(const SaoyLine *line, size_t at, size_t n, const SaoyLabel *labels)
{
    for (; labels->text != NULL; labels++)
        for (size_t i = at >= MOST_LABEL ? at - MOST_LABEL : 0; i <= at; i++) {
            size_t said = saoy_label_at(line, i, labels);

            if (said > n && i + said >= at + n)
                return true;
        }
    return false;
}

bool
saoy_label_is_part(const SaoyKindRule *rule, const SaoyFieldRule *own, const SaoyLine *line,
                   size_t at, size_t n)
{
    for (guint f = 0; f < rule->fields->len; f++) {
        const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);

        if (field != own && is_part_of(line, at, n, field->labels))
            return true;
    }
    return is_part_of(line, at, n, saoy_kind_ends());
}
