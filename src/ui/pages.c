#include "pages.h"

static const SaoyPageClass *const pages[SAOY_STATE_N] = {
    [SAOY_STATE_WELCOME] = &saoy_page_welcome, [SAOY_STATE_ADVICE] = &saoy_page_advice,
    [SAOY_STATE_CONSENT] = &saoy_page_consent, [SAOY_STATE_CARD] = &saoy_page_card,
    [SAOY_STATE_FACE] = &saoy_page_face,       [SAOY_STATE_CHOOSE] = &saoy_page_choose,
    [SAOY_STATE_SCAN] = &saoy_page_scan,       [SAOY_STATE_CHECK] = &saoy_page_check,
    [SAOY_STATE_REVIEW] = &saoy_page_review,   [SAOY_STATE_DELIVERY] = &saoy_page_delivery,
    [SAOY_STATE_PAY] = &saoy_page_pay,         [SAOY_STATE_OFFICER] = &saoy_page_officer,
    [SAOY_STATE_SIGN] = &saoy_page_sign,       [SAOY_STATE_DELIVER] = &saoy_page_deliver,
    [SAOY_STATE_DONE] = &saoy_page_done,       [SAOY_STATE_LOOKUP] = &saoy_page_lookup,
    [SAOY_STATE_VERIFY] = &saoy_page_verify,   [SAOY_STATE_MAINT] = &saoy_page_maint,
    [SAOY_STATE_SORRY] = &saoy_page_sorry,     [SAOY_STATE_WIPE] = &saoy_page_wipe,
    [SAOY_STATE_CLOSED] = &saoy_page_closed,
};

const SaoyPageClass *
saoy_page_class(SaoyState state)
{
    g_return_val_if_fail(state < SAOY_STATE_N, &saoy_page_closed);
    return pages[state];
}
