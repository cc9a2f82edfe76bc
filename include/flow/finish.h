#pragma once
#include "flow/hub.h"
#include "issue/issue.h"
#include "signature/signer.h"

/* saoy_copy_issue() over the hub's calls and its signing service: what a kiosk does with an
 * approved document while its lease lasts. Everything is borrowed. One thread. */
typedef struct {
    SaoyHub *hub;
    SaoyCsc *csc; /* over saoy_hub_http(hub) */
    /* who signs outside the hub; NULL: the hub. What is asked of them stands in the hub's
     * signing/{1|2} first, so that the next finisher goes on polling */
    SaoySigner *signers[SAOY_SIGNER_N];
    const char *dossier;
    unsigned document; /* from 0 */
    int64_t fence;     /* of the lease */
    const SaoyApproval *approval;
    const char *public_url; /* the hub's, "" unknown */
    unsigned patience_s;    /* for each signature */
    bool (*step)(void *user, const char *name, GError **error);
    void *user; /* step's */
} SaoyFinish;

/* base: from saoy_copy_prepare. Errors are saoy_copy_issue's. */
GBytes *saoy_finish_issue(const SaoyFinish *finish, GBytes *base, GCancellable *cancel,
                          GError **error);
