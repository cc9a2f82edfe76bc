#include "collate.h"

#include "core/clock.h"
#include "machine.h"
#include "value.h"

#include <glib/gi18n.h>
#include <string.h>

void
saoy_flag_clear(SaoyFlag *flag)
{
    g_free(flag->text);
}

void
saoy_flag_add(GArray *flags, const char *rule, unsigned page, SaoyBox box, const char *text)
{
    for (guint i = 0; i < flags->len; i++) {
        const SaoyFlag *known = &g_array_index(flags, SaoyFlag, i);

        if (g_str_equal(known->rule, rule) && known->page == page)
            return;
    }
    saoy_flag_add_place(flags, rule, page, box, text);
}

void
saoy_flag_add_place(GArray *flags, const char *rule, unsigned page, SaoyBox box,
                    const char *text)
{
    if (flags->len >= SAOY_FLAGS_MAX)
        return;
    SaoyFlag flag = { rule, page, box, g_strdup(text) };
    g_array_append_val(flags, flag);
}

static void
flag_field(GArray *flags, const char *rule, const SaoyField *field, const char *text)
{
    saoy_flag_add(flags, rule, field->page, field->box, text);
}

static bool
says_the_same(const char *a, const char *b)
{
    g_autofree char *x = saoy_line_fold(a);
    g_autofree char *y = saoy_line_fold(b);

    return g_str_equal(x, y);
}

/* ---- the person of the chip */

/* Names are compared without their marks: an old typewriter's paper is still the person's.
 */
static void
check_against(const GArray *fields, const char *name, const char *known, const char *rule,
              const char *text, GArray *flags)
{
    const SaoyField *field = saoy_field_find(fields, name);

    if (field != NULL && known != NULL && known[0] != '\0' &&
        !says_the_same(field->value, known))
        flag_field(flags, rule, field, text);
}

/* Of a marriage one of the two is enough. */
static void
check_couple(const GArray *fields, const char *known, GArray *flags)
{
    const SaoyField *wife = saoy_field_find(fields, "wife");
    const SaoyField *husband = saoy_field_find(fields, "husband");

    if (wife != NULL && husband != NULL && known != NULL && known[0] != '\0' &&
        !says_the_same(wife->value, known) && !says_the_same(husband->value, known))
        flag_field(flags, "holder-differs", wife,
                   N_("Neither of the two names is the name on the chip card."));
}

/* ---- print against what machines read */

/* A passport prints "Nữ / F". */
static bool
means_the_same(const SaoyField *print, const SaoyField *read)
{
    return g_str_equal(print->name, "sex")
               ? saoy_sex_letter(print->value) == saoy_sex_letter(read->value)
               : says_the_same(print->value, read->value);
}

static void
check_machine(const SaoyCase *c, GArray *flags)
{
    g_autoptr(GArray) machine = saoy_machine_fields(c->facts, c->n);

    for (guint i = 0; i < machine->len; i++) {
        const SaoyField *read = &g_array_index(machine, SaoyField, i);
        const SaoyField *print = saoy_field_find(c->fields, read->name);

        if (print != NULL && print->box.w > 0 && !means_the_same(print, read))
            flag_field(flags, "code-differs", print,
                       N_("The print is not what its bar code or machine readable lines "
                          "say."));
    }
}

/* ---- dates: "YYYY-MM-DD", their order is that of the text */

static void
check_validity(const SaoyCase *c, const char *today, GArray *flags)
{
    const SaoyField *issue = saoy_field_find(c->fields, "issue_date");
    GDate date;

    if (c->rule == NULL)
        return;
    if (c->rule->void_since != NULL && strcmp(today, c->rule->void_since) >= 0)
        saoy_flag_add(flags, "kind-void", 0, (SaoyBox){ 0 },
                      N_("Papers of this kind are no longer of use by law."));
    if (issue == NULL || c->rule->valid_months <= 0 || strlen(issue->value) != 10)
        return;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_ascii_strtoull(issue->value + 8, NULL, 10),
                   (GDateMonth)g_ascii_strtoull(issue->value + 5, NULL, 10),
                   (GDateYear)g_ascii_strtoull(issue->value, NULL, 10));
    g_date_add_months(&date, (guint)c->rule->valid_months);
    g_autofree char *last =
        g_strdup_printf("%04u-%02u-%02u", (unsigned)g_date_get_year(&date),
                        (unsigned)g_date_get_month(&date), (unsigned)g_date_get_day(&date));
    if (strcmp(last, today) < 0)
        flag_field(flags, "expired", issue,
                   N_("The time for which a paper of this kind is good has passed."));
}

static void
check_order(const GArray *fields, const char *today, GArray *flags)
{
    const SaoyField *birth = saoy_field_find(fields, "birth_date");
    const SaoyField *issue = saoy_field_find(fields, "issue_date");
    const SaoyField *expiry = saoy_field_find(fields, "expiry_date");
    const SaoyField *words = saoy_field_find(fields, "birth_words");

    if (expiry != NULL && strcmp(expiry->value, today) < 0)
        flag_field(flags, "expired", expiry, N_("The paper has expired."));
    if (birth != NULL && strcmp(birth->value, today) > 0)
        flag_field(flags, "date-impossible", birth,
                   N_("The date of birth lies in the future."));
    if (issue != NULL && strcmp(issue->value, today) > 0)
        flag_field(flags, "date-impossible", issue,
                   N_("The date of issue lies in the future."));
    if (issue != NULL && birth != NULL && strcmp(issue->value, birth->value) < 0)
        flag_field(flags, "date-impossible", issue,
                   N_("The date of issue lies before the date of birth."));
    if (issue != NULL && expiry != NULL && strcmp(expiry->value, issue->value) < 0)
        flag_field(flags, "date-impossible", expiry,
                   N_("The paper ends before it was issued."));
    if (words != NULL && birth != NULL && !g_str_equal(words->value, birth->value))
        flag_field(flags, "date-words-differ", words,
                   N_("The date of birth in words is not the one in figures."));
}

static void
check_dates(const SaoyCase *c, GArray *flags)
{
    int year = 0, month = 0, day = 0;

    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    g_autofree char *today = g_strdup_printf("%04d-%02d-%02d", year, month, day);
    check_order(c->fields, today, flags);
    check_validity(c, today, flags);
}

GArray *
saoy_collate(const SaoyKind *kind, const SaoyWords *pages, const SaoyPageFacts *facts,
             size_t n_pages, GArray *fields, const char *name_vi, const char *number,
             const char *birth_date)
{
    const SaoyCase c = { saoy_kind_rule(kind), pages, facts, n_pages, fields };
    GArray *flags = g_array_new(FALSE, FALSE, sizeof(SaoyFlag));

    g_array_set_clear_func(flags, (GDestroyNotify)saoy_flag_clear);
    saoy_check_sight(&c, flags);
    saoy_check_phrases(&c, flags);
    saoy_check_pages(&c, flags);
    check_against(fields, "holder", name_vi, "holder-differs",
                  N_("The name on the paper is not the name on the chip card."), flags);
    check_couple(fields, name_vi, flags);
    check_against(fields, "birth_date", birth_date, "birth-date-differs",
                  N_("The date of birth is not that on the chip card."), flags);
    check_against(fields, "personal_number", number, "number-differs",
                  N_("The personal number is not that on the chip card."), flags);
    check_machine(&c, flags);
    check_dates(&c, flags);
    return flags;
}

SaoyJson *
saoy_flags_to_json(const GArray *flags, bool translated)
{
    SaoyJson *list = saoy_json_array();

    for (guint i = 0; flags != NULL && i < flags->len; i++) {
        const SaoyFlag *flag = &g_array_index(flags, SaoyFlag, i);
        SaoyGround ground = saoy_ground_of(flag->rule);
        SaoyJson *item = saoy_json_object();

        saoy_json_set_string(item, "rule", flag->rule);
        saoy_json_set_int(item, "page", flag->page + 1);
        saoy_json_set(item, "box", saoy_box_to_json(flag->box));
        saoy_json_set_string(item, "text", translated ? _(flag->text) : flag->text);
        if (ground >= SAOY_GROUND_ALTERED && ground <= SAOY_GROUND_UNCONFIRMED)
            saoy_json_set_int(item, "ground", ground);
        if (saoy_ground_clause(ground) != NULL)
            saoy_json_set_string(item, "clause", saoy_ground_clause(ground));
        saoy_json_append(list, item);
    }
    return list;
}
