#pragma once
#include "flow/config.h"
#include "flow/session.h"

/* What the office decides and the machine obeys: fees, limits, hours. Pure but for the
 * clock value handed in. */

/* Fee of the whole dossier in đồng; writes each document's share (TT 226/2016/TT-BTC). */
int64_t saoy_policy_fee(SaoySession *session);
unsigned saoy_policy_pages_of(const SaoySession *session, unsigned document);
bool saoy_policy_fee_due(const SaoyKioskConfig *config, const SaoySession *session);

/* hours: "08:00-17:00", Monday to Friday. */
bool saoy_policy_office_open(const char *hours, int64_t now_us);

/* When the result will be there: 0 = while waiting. After 15:00 or outside hours: the end
 * of the next working day (Nghị định 23/2015 Điều 7). */
int64_t saoy_policy_promised_us(const char *hours, int64_t now_us);
