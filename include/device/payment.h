#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* Verbs of product.md §3: request, state, settle, give_back; all keyed by the order number
 * (letters, digits, ".", "_", "-", at most 64) and harmless when repeated. Waived by policy
 * needs no driver. */
typedef enum {
    SAOY_PAY_OPEN,
    SAOY_PAY_PAID,
    SAOY_PAY_DECLINED,
    SAOY_PAY_GIVEN_BACK,
    SAOY_PAY_SETTLED,
    SAOY_PAY_UNKNOWN, /* the bank knows no such order */
    SAOY_PAY_N
} SaoyPayState;
const char *saoy_pay_state_name(SaoyPayState state); /* "open" "paid" … */

typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    /* *out_qr: text to show as QR, "" when none; free with g_free */
    bool (*request)(void *self, const char *order, int64_t dong, char **out_qr,
                    GCancellable *cancel, GError **error);
    bool (*state)(void *self, const char *order, SaoyPayState *out, GCancellable *cancel,
                  GError **error);
    bool (*settle)(void *self, const char *order, int64_t dong, GCancellable *cancel,
                   GError **error);
    bool (*give_back)(void *self, const char *order, int64_t dong, GCancellable *cancel,
                      GError **error);
    void (*close)(void *self);
} SaoyPaymentDriver;

/* A folder, a file an order. The lever file "answer" holds "pays" (also without it),
 * "declines", "hangs" (the person never pays) or "offline". */
extern const SaoyPaymentDriver saoy_payment_emu;

typedef struct SaoyPayment SaoyPayment;
/* All of them block and run on one thread. OFFLINE when there is no such driver or the bank
 * is away; TIMEOUT. */
SaoyPayment *saoy_payment_open(const char *driver, const char *address, GError **error);

/* Asks for dong; the same order and amount again give the same QR. REFUSED another amount,
 * or an order that is over. dong > 0. */
bool saoy_payment_request(SaoyPayment *payment, const char *order, int64_t dong,
                          char **out_qr, GCancellable *cancel, GError **error);

/* What the bank knows now; does not wait. */
bool saoy_payment_state(SaoyPayment *payment, const char *order, SaoyPayState *out,
                        GCancellable *cancel, GError **error);

/* The fee is earned. REFUSED when it was not paid. */
bool saoy_payment_settle(SaoyPayment *payment, const char *order, int64_t dong,
                         GCancellable *cancel, GError **error);

/* Gives back what was paid, or closes what was not, so that it cannot be paid later. An
 * order nobody asked for is closed too: true. REFUSED more than was asked for. */
bool saoy_payment_give_back(SaoyPayment *payment, const char *order, int64_t dong,
                            GCancellable *cancel, GError **error);
void saoy_payment_close(SaoyPayment *payment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPayment, saoy_payment_close)
