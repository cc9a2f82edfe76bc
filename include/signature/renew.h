#pragma once
#include "signature/dss.h"

/* Renewal (ETSI EN 319 142-1, 6.2.2, B-LTA): current validation data and a later document
 * time stamp, before the last one can no longer be believed. Also lifts what was issued
 * below B-LTA. */
typedef struct {
    SaoyProofSource source;
    SaoyTokenFunc *token;
    void *user;        /* token's */
    const char *trust; /* directory for looking at the file, or NULL */
} SaoyRenewal;

/* When the file wants its next time stamp: margin_us before the first certificate of the
 * last one ends; 0: now, for no document time stamp covers it. REFUSED when nothing is
 * signed; MALFORMED. */
bool saoy_renewal_due(GBytes *pdf, int64_t margin_us, int64_t *out_us, GError **error);

/* The renewed file, looked at by our own validator before and after. REFUSED when it is not
 * intact, a signer was revoked, or its structure cannot be added to; OFFLINE, TIMEOUT when
 * a time stamp or data could not be had. */
GBytes *saoy_renew(GBytes *pdf, const SaoyRenewal *renewal, GCancellable *cancel,
                   GError **error);
