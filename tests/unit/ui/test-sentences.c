#include "fields.h"
#include "sentences.h"
#include "ui/page.h"
#include "warnings.h"

#include <glib.h>
#include <string.h>

static void
test_every_fault_is_explained(void)
{
    for (int state = 0; state < SAOY_STATE_N; state++)
        for (int why = SAOY_CLASS_RETRY; why <= SAOY_CLASS_REFUSE; why++) {
            SaoySorry sorry = { (SaoyState)state, (SaoyErrorClass)why, false };
            SaoySentences say = saoy_sentences_for(&sorry);

            g_assert_true(say.what != NULL && say.means != NULL && say.todo != NULL);
        }
}

/* the row of each class that can really end a visit in SORRY has words of its own */
static void
test_where_a_visit_can_fail_the_words_are_its_own(void)
{
    const SaoySorry nowhere = { SAOY_STATE_WELCOME, SAOY_CLASS_RETRY, false };
    const SaoyState states[] = { SAOY_STATE_CARD,   SAOY_STATE_FACE, SAOY_STATE_SCAN,
                                 SAOY_STATE_CHECK,  SAOY_STATE_PAY,  SAOY_STATE_DELIVERY,
                                 SAOY_STATE_OFFICER };
    const char *otherwise = saoy_sentences_for(&nowhere).what;

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        for (int why = SAOY_CLASS_RETRY; why <= SAOY_CLASS_REFUSE; why++) {
            SaoySorry sorry = { states[i], (SaoyErrorClass)why, false };

            g_assert_cmpstr(saoy_sentences_for(&sorry).what, !=, otherwise);
        }
}

static void
test_a_refusal_is_no_fault_of_the_machine(void)
{
    SaoySorry fault = { SAOY_STATE_OFFICER, SAOY_CLASS_USER, false };
    SaoySorry refused = { SAOY_STATE_OFFICER, SAOY_CLASS_USER, true };

    g_assert_cmpstr(saoy_sentences_for(&fault).what, !=, saoy_sentences_for(&refused).what);
}

static void
test_every_state_has_its_page(void)
{
    for (int state = 0; state < SAOY_STATE_N; state++) {
        const SaoyPageClass *cls = saoy_page_class((SaoyState)state);

        g_assert_nonnull(cls);
        g_assert_cmpint(cls->state, ==, state);
    }
}

static void
test_dates_are_shown_as_people_write_them(void)
{
    static const struct {
        const char *name, *kept, *shown;
    } fields[] = {
        { "issue_date", "2012-08-09", "09/08/2012" },
        { "birth_date", "không rõ", "không rõ" },
        { "number", "2012-08-09", "2012-08-09" },
        { "birth_date", "2012-08-09x", "2012-08-09x" },
        { "birth_date", "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *shown = saoy_field_shown(fields[i].name, fields[i].kept);
        g_autofree char *taken = saoy_field_taken(fields[i].name, shown);

        g_assert_cmpstr(shown, ==, fields[i].shown);
        g_assert_cmpstr(taken, ==, fields[i].kept);
    }
}

static void
test_a_new_warning_still_says_what_to_do(void)
{
    g_assert_cmpuint(strlen(saoy_warning_todo("never-heard-of")), >, 0);
    g_assert_cmpuint(strlen(saoy_warning_todo(NULL)), >, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sentences/complete", test_every_fault_is_explained);
    g_test_add_func("/sentences/own", test_where_a_visit_can_fail_the_words_are_its_own);
    g_test_add_func("/sentences/refused", test_a_refusal_is_no_fault_of_the_machine);
    g_test_add_func("/pages/all", test_every_state_has_its_page);
    g_test_add_func("/fields/dates", test_dates_are_shown_as_people_write_them);
    g_test_add_func("/warnings/unknown", test_a_new_warning_still_says_what_to_do);
    return g_test_run();
}
