/* The emulated bank: a folder, a file "<state> <amount>" an order. It knows nothing of who
 * pays; it pays, declines or hangs as its lever says. */
#include "core/error.h"
#include "core/file.h"
#include "device/payment.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    char *folder;
} Emu;

typedef struct {
    SaoyPayState state;
    int64_t dong;
} Order;

static void *
emu_open(const char *address, GError **error)
{
    if (!g_file_test(address, G_FILE_TEST_IS_DIR))
        return saoy_null(error, SAOY_ERROR_OFFLINE, "no folder %s", address);

    Emu *emu = g_new0(Emu, 1);
    emu->folder = g_strdup(address);
    return emu;
}

static char *
path_of(const Emu *emu, const char *order)
{
    return g_strdup_printf("%s/%s.order", emu->folder, order);
}

static bool
says(const Emu *emu, const char *answer)
{
    g_autofree char *path = g_build_filename(emu->folder, "answer", NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return g_str_equal(answer, "pays");
    return g_str_equal(g_strstrip(text), answer);
}

static bool
is_there(const Emu *emu, GCancellable *cancel, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    return !says(emu, "offline") || saoy_fail(error, SAOY_ERROR_OFFLINE, "no bank");
}

static bool
load(const Emu *emu, const char *order, Order *out, GError **error)
{
    g_autofree char *path = path_of(emu, order);
    g_autofree char *text = NULL;
    char word[16] = "";
    Order found = { SAOY_PAY_UNKNOWN, 0 };

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        *out = found;
        return true;
    }
    if (sscanf(text, "%15s %" G_GINT64_FORMAT, word, &found.dong) != 2)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "order %s is damaged", order);
    for (int s = 0; s < SAOY_PAY_N; s++)
        if (g_str_equal(saoy_pay_state_name((SaoyPayState)s), word))
            found.state = (SaoyPayState)s;
    *out = found;
    return true;
}

static bool
save(const Emu *emu, const char *order, Order now, GError **error)
{
    g_autofree char *path = path_of(emu, order);
    g_autofree char *text = g_strdup_printf("%s %" G_GINT64_FORMAT "\n",
                                            saoy_pay_state_name(now.state), now.dong);

    return saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

static bool
emu_request(void *self, const char *order, int64_t dong, char **out_qr,
            GCancellable *cancel, GError **error)
{
    Order known = { 0 };

    if (!is_there(self, cancel, error) || !load(self, order, &known, error))
        return false;
    if (known.state == SAOY_PAY_UNKNOWN &&
        !save(self, order, (Order){ SAOY_PAY_OPEN, dong }, error))
        return false;
    if (known.state != SAOY_PAY_UNKNOWN && known.dong != dong)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "order %s has another amount", order);
    if (known.state == SAOY_PAY_GIVEN_BACK || known.state == SAOY_PAY_DECLINED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "order %s is over", order);
    *out_qr = g_strdup_printf("SAOY-EMU|%s|%" G_GINT64_FORMAT, order, dong);
    return true;
}

/* The person with the telephone: pays or declines when somebody looks. */
static bool
let_person_act(const Emu *emu, const char *order, Order *known, GError **error)
{
    if (known->state != SAOY_PAY_OPEN)
        return true;
    if (says(emu, "pays"))
        known->state = SAOY_PAY_PAID;
    else if (says(emu, "declines"))
        known->state = SAOY_PAY_DECLINED;
    return known->state == SAOY_PAY_OPEN || save(emu, order, *known, error);
}

static bool
emu_state(void *self, const char *order, SaoyPayState *out, GCancellable *cancel,
          GError **error)
{
    Order known = { 0 };

    if (!is_there(self, cancel, error) || !load(self, order, &known, error) ||
        !let_person_act(self, order, &known, error))
        return false;
    *out = known.state;
    return true;
}

static bool
emu_settle(void *self, const char *order, int64_t dong, GCancellable *cancel,
           GError **error)
{
    Order known = { 0 };

    if (!is_there(self, cancel, error) || !load(self, order, &known, error))
        return false;
    if (known.state == SAOY_PAY_SETTLED)
        return true;
    if (known.state != SAOY_PAY_PAID || dong > known.dong)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "order %s cannot be settled: %s", order,
                         saoy_pay_state_name(known.state));
    known.state = SAOY_PAY_SETTLED;
    return save(self, order, known, error);
}

static bool
emu_give_back(void *self, const char *order, int64_t dong, GCancellable *cancel,
              GError **error)
{
    Order known = { 0 };

    if (!is_there(self, cancel, error) || !load(self, order, &known, error))
        return false;
    if (known.state == SAOY_PAY_GIVEN_BACK || known.state == SAOY_PAY_DECLINED)
        return true;
    if (known.state == SAOY_PAY_UNKNOWN)
        known.dong = dong;
    if (dong > known.dong)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "order %s was for less", order);
    known.state = SAOY_PAY_GIVEN_BACK;
    return save(self, order, known, error);
}

static void
emu_close(void *self)
{
    Emu *emu = self;

    g_free(emu->folder);
    g_free(emu);
}

const SaoyPaymentDriver saoy_payment_emu = {
    .name = "emu",
    .open = emu_open,
    .request = emu_request,
    .state = emu_state,
    .settle = emu_settle,
    .give_back = emu_give_back,
    .close = emu_close,
};
