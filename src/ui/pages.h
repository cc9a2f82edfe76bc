#pragma once
#include "ui/page.h"

/* One page a state; page-<state>.c each. */
extern const SaoyPageClass saoy_page_welcome, saoy_page_advice, saoy_page_consent,
    saoy_page_card, saoy_page_face, saoy_page_choose, saoy_page_scan, saoy_page_check,
    saoy_page_review, saoy_page_delivery, saoy_page_pay, saoy_page_officer, saoy_page_sign,
    saoy_page_deliver, saoy_page_done, saoy_page_lookup, saoy_page_verify, saoy_page_maint,
    saoy_page_sorry, saoy_page_wipe, saoy_page_closed;
