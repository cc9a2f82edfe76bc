#include "policy.h"

#include "core/clock.h"

static int64_t
at(const char *rfc3339)
{
    int64_t us = 0;

    g_assert_true(saoy_time_parse(rfc3339, &us));
    return us;
}

static void
check_promise(const char *now, const char *promised)
{
    int64_t us = saoy_policy_promised_us("08:00-17:00", at(now));

    if (promised == NULL)
        g_assert_cmpint(us, ==, 0);
    else
        g_assert_cmpint(us, ==, at(promised));
}

/* Nghị định 23/2015 Điều 7: the same day; the next working day when received after 15:00 */
static void
test_the_promise_obeys_the_law(void)
{
    check_promise("2025-11-10T09:00:00+07:00", NULL);
    check_promise("2025-11-10T14:59:59+07:00", NULL);
    check_promise("2025-11-10T15:00:00+07:00", "2025-11-11T17:00:00+07:00");
    check_promise("2025-11-10T23:30:00+07:00", "2025-11-11T17:00:00+07:00");
    check_promise("2025-11-10T06:00:00+07:00", "2025-11-10T17:00:00+07:00");
    check_promise("2025-11-14T16:00:00+07:00", "2025-11-17T17:00:00+07:00"); /* Friday */
    check_promise("2025-11-15T10:00:00+07:00", "2025-11-17T17:00:00+07:00"); /* Saturday */
}

static void
test_office_hours(void)
{
    const char *hours = "08:00-17:00";

    g_assert_true(saoy_policy_office_open(hours, at("2025-11-10T08:00:00+07:00")));
    g_assert_true(saoy_policy_office_open(hours, at("2025-11-10T16:59:00+07:00")));
    g_assert_false(saoy_policy_office_open(hours, at("2025-11-10T07:59:59+07:00")));
    g_assert_false(saoy_policy_office_open(hours, at("2025-11-10T17:00:00+07:00")));
    g_assert_false(saoy_policy_office_open(hours, at("2025-11-16T10:00:00+07:00")));
    g_assert_true(saoy_policy_office_open(hours, at("2025-11-10T01:00:00+00:00")));
    g_assert_false(saoy_policy_office_open("nonsense", at("2025-11-10T10:00:00+07:00")));
    g_assert_false(saoy_policy_office_open("17:00-08:00", at("2025-11-10T10:00:00+07:00")));
}

static SaoySession *
two_papers(void)
{
    SaoySession *session = g_new0(SaoySession, 1);

    session->n_documents = 2;
    session->documents[0].copies = 2;
    session->documents[1].copies = 1;
    session->n_pages = 4;
    session->pages[3].document = 1;
    return session;
}

/* TT 226/2016: three pages 2,000 + 2,000 + 1,000, twice; one page 2,000 */
static void
test_the_fee_is_per_paper_and_copy(void)
{
    g_autofree SaoySession *session = two_papers();

    g_assert_cmpint(saoy_policy_fee(session), ==, 12000);
    g_assert_cmpint(session->documents[0].fee, ==, 10000);
    g_assert_cmpint(session->documents[1].fee, ==, 2000);
}

static void
test_a_waived_fee_is_not_due(void)
{
    g_autofree SaoySession *session = two_papers();
    SaoyKioskConfig config = { .fee_waived = true };

    session->fee = saoy_policy_fee(session);
    g_assert_false(saoy_policy_fee_due(&config, session));
    config.fee_waived = false;
    g_assert_true(saoy_policy_fee_due(&config, session));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/the-promise-obeys-the-law", test_the_promise_obeys_the_law);
    g_test_add_func("/policy/office-hours", test_office_hours);
    g_test_add_func("/policy/the-fee", test_the_fee_is_per_paper_and_copy);
    g_test_add_func("/policy/a-waived-fee", test_a_waived_fee_is_not_due);
    return g_test_run();
}
