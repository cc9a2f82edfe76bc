/* One contract for every till: verbs keyed by the order number, harmless when repeated. */
#include "core/error.h"
#include "core/file.h"
#include "device/payment.h"

#include <string.h>

typedef struct {
    char *folder;
    SaoyPayment *payment;
} Fixture;

static void
set_up(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;

    fix->folder = g_dir_make_tmp("payment-XXXXXX", NULL);
    fix->payment = saoy_payment_open(driver, fix->folder, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *driver)
{
    saoy_payment_close(fix->payment);
    saoy_dir_remove(fix->folder, NULL);
    g_free(fix->folder);
}

static void
answer(const Fixture *fix, const char *word)
{
    g_autofree char *path = g_build_filename(fix->folder, "answer", NULL);

    g_assert_true(g_file_set_contents(path, word, -1, NULL));
}

static char *
request(Fixture *fix, const char *order, int64_t dong, GError **error)
{
    char *qr = NULL;

    return saoy_payment_request(fix->payment, order, dong, &qr, NULL, error) ? qr : NULL;
}

static SaoyPayState
state(Fixture *fix, const char *order)
{
    g_autoptr(GError) error = NULL;
    SaoyPayState now = SAOY_PAY_N;

    g_assert_true(saoy_payment_state(fix->payment, order, &now, NULL, &error));
    g_assert_no_error(error);
    return now;
}

static bool
settle(Fixture *fix, const char *order, int64_t dong, GError **error)
{
    return saoy_payment_settle(fix->payment, order, dong, NULL, error);
}

static bool
give_back(Fixture *fix, const char *order, int64_t dong, GError **error)
{
    return saoy_payment_give_back(fix->payment, order, dong, NULL, error);
}

static void
test_paid_and_settled(Fixture *fix, const void *driver)
{
    g_autofree char *qr = request(fix, "o-1", 14000, NULL);

    g_assert_nonnull(qr);
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_PAID);
    g_assert_true(settle(fix, "o-1", 14000, NULL));
    g_assert_true(settle(fix, "o-1", 14000, NULL));
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_SETTLED);
}

static void
test_asking_again_asks_the_same(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *one = request(fix, "o-1", 14000, NULL);
    g_autofree char *two = request(fix, "o-1", 14000, NULL);
    g_autofree char *other = request(fix, "o-1", 15000, &error);

    g_assert_cmpstr(one, ==, two);
    g_assert_null(other);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_who_declines_has_not_paid(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *qr = request(fix, "o-1", 2000, NULL);

    g_assert_nonnull(qr);
    answer(fix, "declines");
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_DECLINED);
    answer(fix, "pays");
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_DECLINED);
    g_assert_false(settle(fix, "o-1", 2000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_true(give_back(fix, "o-1", 2000, NULL));
}

static void
test_given_back_can_never_be_paid(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *qr = NULL, *again = NULL;

    answer(fix, "hangs");
    qr = request(fix, "o-1", 2000, NULL);
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_OPEN);
    g_assert_true(give_back(fix, "o-1", 2000, NULL));
    answer(fix, "pays"); /* the bank's late answer */
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_GIVEN_BACK);
    again = request(fix, "o-1", 2000, &error);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_giving_back_twice_gives_once(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *qr = request(fix, "o-1", 2000, NULL);

    g_assert_nonnull(qr);
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_PAID);
    g_assert_false(give_back(fix, "o-1", 2001, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_true(give_back(fix, "o-1", 2000, NULL));
    g_assert_true(give_back(fix, "o-1", 2000, NULL));
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_GIVEN_BACK);
}

static void
test_an_order_nobody_made_is_unknown_and_can_be_closed(Fixture *fix, const void *driver)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(state(fix, "o-9"), ==, SAOY_PAY_UNKNOWN);
    g_assert_false(settle(fix, "o-9", 2000, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_true(give_back(fix, "o-9", 2000, NULL));
    g_assert_cmpint(state(fix, "o-9"), ==, SAOY_PAY_GIVEN_BACK);
}

static void
test_orders_survive_a_restart(Fixture *fix, const void *driver)
{
    g_autofree char *qr = request(fix, "o-1", 2000, NULL);

    g_assert_nonnull(qr);
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_PAID);
    saoy_payment_close(fix->payment);
    answer(fix, "hangs");
    fix->payment = saoy_payment_open(driver, fix->folder, NULL);
    g_assert_cmpint(state(fix, "o-1"), ==, SAOY_PAY_PAID);
}

static void
test_faults_are_ours(Fixture *fix, const void *driver)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    SaoyPayState now = SAOY_PAY_N;

    answer(fix, "offline");
    g_assert_false(saoy_payment_state(fix->payment, "o-1", &now, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_clear_error(&error);
    g_assert_false(saoy_payment_state(fix->payment, "../o", &now, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_clear_error(&error);
    g_cancellable_cancel(cancel);
    g_assert_false(saoy_payment_state(fix->payment, "o-1", &now, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    g_assert_null(saoy_payment_open(driver, "/nowhere/at/all", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, test) \
    g_test_add("/payment/emu/" name, Fixture, "emu", set_up, test, tear_down)
    CASE("paid", test_paid_and_settled);
    CASE("again", test_asking_again_asks_the_same);
    CASE("declined", test_who_declines_has_not_paid);
    CASE("late-payment", test_given_back_can_never_be_paid);
    CASE("given-once", test_giving_back_twice_gives_once);
    CASE("unknown", test_an_order_nobody_made_is_unknown_and_can_be_closed);
    CASE("restart", test_orders_survive_a_restart);
    CASE("faults", test_faults_are_ours);
    return g_test_run();
}
