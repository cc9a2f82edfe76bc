#include "core/clock.h"
#include "kinds.h"

#include <glib/gi18n.h>
#include <string.h>

/* Each rule names the ground of Điều 22 of 23/2015/NĐ-CP it serves, or the definition of an
 * original. A flag is for the officer's eye; it decides nothing. */
typedef struct {
    const char *rule, *phrase; /* folded; must be a whole line, or stand in capitals */
    bool whole_line;
    const char *text;
} PhraseRule;

/* clang-format off */
static const PhraseRule phrases[] = {
    { "copy-not-original", "BAN SAO", false,
      N_("The page calls itself a copy: an original is needed.") },
    { "copy-not-original", "CHUNG THUC BAN SAO DUNG VOI BAN CHINH", false,
      N_("The page is already a certified copy: an original is needed.") },
    { "copy-not-original", "SAO Y BAN CHINH", false,
      N_("The page is already a copy: an original is needed.") },
    { "secret", "MAT", true, N_("The page is marked secret.") },
    { "secret", "TOI MAT", true, N_("The page is marked secret.") },
    { "secret", "TUYET MAT", true, N_("The page is marked secret.") },
    { "no-copy", "KHONG SAO CHUP", false, N_("The page says that it must not be copied.") },
    { "no-copy", "CAM SAO CHUP", false, N_("The page says that it must not be copied.") },
    { "no-copy", "KHONG DUOC SAO CHUP", false, N_("The page says that it must not be copied.") },
};
/* clang-format on */

void
saoy_flag_clear(SaoyFlag *flag)
{
    g_free(flag->text);
}

static void
add(GArray *flags, const char *rule, unsigned page, SaoyBox box, const char *text)
{
    for (guint i = 0; i < flags->len; i++) {
        const SaoyFlag *known = &g_array_index(flags, SaoyFlag, i);

        if (g_str_equal(known->rule, rule) && known->page == page)
            return;
    }
    SaoyFlag flag = { rule, page, box, g_strdup(text) };
    g_array_append_val(flags, flag);
}

/* The words of the line that say the phrase, all in capitals: "BẢN SAO" on a stamp, not the
 * law that speaks of a "bản sao". */
static size_t
phrase_at(const SaoyLine *line, size_t i, const char *phrase)
{
    g_autoptr(GString) said = g_string_new(NULL);

    for (size_t n = 0; i + n < line->n && said->len < strlen(phrase); n++) {
        g_autofree char *folded = saoy_line_fold(line->words[i + n].text);

        if (folded[0] == '\0' || saoy_line_capitals(line->words[i + n].text) < 1)
            return 0;
        g_string_append_printf(said, "%s%s", said->len > 0 ? " " : "", folded);
        if (g_str_equal(said->str, phrase))
            return n + 1;
    }
    return 0;
}

static void
check_phrases(const GArray *lines, unsigned page, GArray *flags)
{
    for (guint l = 0; l < lines->len; l++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, l);

        for (size_t r = 0; r < G_N_ELEMENTS(phrases); r++)
            for (size_t i = 0; i < line->n; i++) {
                size_t n = phrase_at(line, i, phrases[r].phrase);

                if (n > 0 && (!phrases[r].whole_line || n == line->n))
                    add(flags, phrases[r].rule, page, saoy_words_box(line->words + i, n),
                        phrases[r].text);
            }
    }
}

static bool
is_vietnamese(const char *word)
{
    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if ((c >= 0x1ea0 && c <= 0x1ef9) || c == 0x110 || c == 0x111 || c == 0x1a0 ||
            c == 0x1a1 || c == 0x1af || c == 0x1b0 || c == 0x102 || c == 0x103)
            return true;
    }
    return false;
}

/* How it reads as a whole: nothing at all, hardly, or not Vietnamese. */
static void
check_reading(const SaoyWords *words, unsigned page, GArray *flags)
{
    size_t vietnamese = 0;
    int sum = 0;

    if (words->n < 3) {
        add(flags, "blank-page", page, (SaoyBox){ 0 },
            N_("Hardly anything can be read on this page."));
        return;
    }
    for (size_t i = 0; i < words->n; i++) {
        sum += words->items[i].confidence;
        vietnamese += is_vietnamese(words->items[i].text);
    }
    if (sum / (int)words->n < 60)
        add(flags, "hard-to-read", page, (SaoyBox){ 0 },
            N_("The page is hard to read: is it damaged or worn?"));
    if (words->n >= 40 && vietnamese * 12 < words->n)
        add(flags, "foreign-paper", page, (SaoyBox){ 0 },
            N_("The page is not in Vietnamese: a foreign paper may need legalisation."));
}

/* "3/5", "Trang 3/5", "Trang 3 / 5" alone on one of the page's outer lines. */
static bool
page_number(const GArray *lines, unsigned *out_i, unsigned *out_n)
{
    for (guint l = 0; l < lines->len; l++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, l);
        g_auto(GStrv) parts = g_strsplit(line->folded, " ", 4);
        char **at = parts;
        bool outer = l < 2 || l + 2 >= lines->len;

        if (*at != NULL && (g_str_equal(*at, "TRANG") || g_str_equal(*at, "PAGE")))
            at++;
        else if (strchr(line->text, '/') == NULL)
            continue;
        if (!outer || g_strv_length(at) != 2 ||
            strspn(at[0], "0123456789") != strlen(at[0]) ||
            strspn(at[1], "0123456789") != strlen(at[1]))
            continue;
        *out_i = (unsigned)g_ascii_strtoull(at[0], NULL, 10);
        *out_n = (unsigned)g_ascii_strtoull(at[1], NULL, 10);
        if (*out_i >= 1 && *out_i <= *out_n && *out_n <= 99)
            return true;
    }
    return false;
}

static void
check_numbering(const GArray *lines, unsigned page, size_t n_pages, GArray *flags)
{
    unsigned i = 0, n = 0;

    if (!page_number(lines, &i, &n))
        return;
    if (n > n_pages)
        add(flags, "missing-page", page, (SaoyBox){ 0 },
            N_("The page numbers say that pages are missing."));
    else if (i != page + 1)
        add(flags, "page-order", page, (SaoyBox){ 0 },
            N_("The page numbers say that pages are twice here or out of order."));
}

static const SaoyField *
field_of(const GArray *fields, const char *name)
{
    for (guint i = 0; i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);

        if (g_str_equal(field->name, name))
            return field;
    }
    return NULL;
}

/* Names are compared without their marks: an old typewriter's paper is still the person's.
 */
static void
check_against(const GArray *fields, const char *name, const char *known, const char *rule,
              const char *text, GArray *flags)
{
    const SaoyField *field = field_of(fields, name);

    if (field == NULL || known == NULL || known[0] == '\0')
        return;
    g_autofree char *a = saoy_line_fold(field->value);
    g_autofree char *b = saoy_line_fold(known);
    if (!g_str_equal(a, b))
        add(flags, rule, field->page, field->box, text);
}

/* Dates are "YYYY-MM-DD": their order is that of the text. */
static void
check_dates(const GArray *fields, GArray *flags)
{
    const SaoyField *birth = field_of(fields, "birth_date");
    const SaoyField *issue = field_of(fields, "issue_date");
    const SaoyField *expiry = field_of(fields, "expiry_date");
    int year = 0, month = 0, day = 0;

    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    g_autofree char *today = g_strdup_printf("%04d-%02d-%02d", year, month, day);
    if (expiry != NULL && strcmp(expiry->value, today) < 0)
        add(flags, "expired", expiry->page, expiry->box, N_("The paper has expired."));
    if (issue != NULL && strcmp(issue->value, today) > 0)
        add(flags, "date-impossible", issue->page, issue->box,
            N_("The date of issue lies in the future."));
    if (issue != NULL && birth != NULL && strcmp(issue->value, birth->value) < 0)
        add(flags, "date-impossible", issue->page, issue->box,
            N_("The date of issue lies before the date of birth."));
}

GArray *
saoy_collate(const SaoyKind *kind, const SaoyWords *pages, size_t n_pages, GArray *fields,
             const char *name_vi, const char *number, const char *birth_date)
{
    GArray *flags = g_array_new(FALSE, FALSE, sizeof(SaoyFlag));

    g_array_set_clear_func(flags, (GDestroyNotify)saoy_flag_clear);
    for (size_t p = 0; p < n_pages; p++) {
        g_autoptr(GArray) lines = saoy_lines_of(&pages[p]);

        check_reading(&pages[p], (unsigned)p, flags);
        check_phrases(lines, (unsigned)p, flags);
        check_numbering(lines, (unsigned)p, n_pages, flags);
    }
    check_against(fields, "holder", name_vi, "holder-differs",
                  N_("The name on the paper is not the name on the chip card."), flags);
    check_against(fields, "birth_date", birth_date, "birth-date-differs",
                  N_("The date of birth is not that on the chip card."), flags);
    check_against(fields, "personal_number", number, "number-differs",
                  N_("The personal number is not that on the chip card."), flags);
    check_dates(fields, flags);
    return flags;
}

SaoyJson *
saoy_flags_to_json(const GArray *flags, bool translated)
{
    SaoyJson *list = saoy_json_array();

    for (guint i = 0; flags != NULL && i < flags->len; i++) {
        const SaoyFlag *flag = &g_array_index(flags, SaoyFlag, i);
        SaoyJson *item = saoy_json_object();

        saoy_json_set_string(item, "rule", flag->rule);
        saoy_json_set_int(item, "page", flag->page + 1);
        saoy_json_set(item, "box", saoy_box_to_json(flag->box));
        saoy_json_set_string(item, "text", translated ? _(flag->text) : flag->text);
        saoy_json_append(list, item);
    }
    return list;
}
