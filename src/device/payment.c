#include "device/payment.h"

#include "core/error.h"
#include "names.h"
#include "watch.h"

struct SaoyPayment {
    const SaoyPaymentDriver *driver;
    void *self;
};

static const SaoyPaymentDriver *const drivers[] = { &saoy_payment_emu };

static const char *const states[SAOY_PAY_N] = {
    [SAOY_PAY_OPEN] = "open",         [SAOY_PAY_PAID] = "paid",
    [SAOY_PAY_DECLINED] = "declined", [SAOY_PAY_GIVEN_BACK] = "given_back",
    [SAOY_PAY_SETTLED] = "settled",   [SAOY_PAY_UNKNOWN] = "unknown",
};

const char *
saoy_pay_state_name(SaoyPayState state)
{
    return states[state];
}

SaoyPayment *
saoy_payment_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        int64_t start = saoy_watch_start();
        void *self = drivers[i]->open(address, error);
        if (!saoy_watch_end(SAOY_DEVICE_PAYMENT, driver, "open", start, self != NULL,
                            error))
            return NULL;
        SaoyPayment *payment = g_new0(SaoyPayment, 1);
        *payment = (SaoyPayment){ drivers[i], self };
        return payment;
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no payment driver named %s", driver);
}

static bool
check_order(const char *order, GError **error)
{
    return saoy_name_is_plain(order) ||
           saoy_fail(error, SAOY_ERROR_FAILED, "an order cannot be called that");
}

static bool
end(const SaoyPayment *payment, const char *verb, int64_t start, bool done, GError **error)
{
    return saoy_watch_end(SAOY_DEVICE_PAYMENT, payment->driver->name, verb, start, done,
                          error);
}

bool
saoy_payment_request(SaoyPayment *payment, const char *order, int64_t dong, char **out_qr,
                     GCancellable *cancel, GError **error)
{
    g_return_val_if_fail(dong > 0, false);

    int64_t start = saoy_watch_start();
    bool done = check_order(order, error) &&
                payment->driver->request(payment->self, order, dong, out_qr, cancel, error);
    return end(payment, "request", start, done, error);
}

bool
saoy_payment_state(SaoyPayment *payment, const char *order, SaoyPayState *out,
                   GCancellable *cancel, GError **error)
{
    int64_t start = saoy_watch_start();
    bool done = check_order(order, error) &&
                payment->driver->state(payment->self, order, out, cancel, error);

    return end(payment, "state", start, done, error);
}

bool
saoy_payment_settle(SaoyPayment *payment, const char *order, int64_t dong,
                    GCancellable *cancel, GError **error)
{
    int64_t start = saoy_watch_start();
    bool done = check_order(order, error) &&
                payment->driver->settle(payment->self, order, dong, cancel, error);

    return end(payment, "settle", start, done, error);
}

bool
saoy_payment_give_back(SaoyPayment *payment, const char *order, int64_t dong,
                       GCancellable *cancel, GError **error)
{
    int64_t start = saoy_watch_start();
    bool done = check_order(order, error) &&
                payment->driver->give_back(payment->self, order, dong, cancel, error);

    return end(payment, "give_back", start, done, error);
}

void
saoy_payment_close(SaoyPayment *payment)
{
    payment->driver->close(payment->self);
    g_free(payment);
}
