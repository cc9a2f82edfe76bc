#include "api.h"

#include "archive.h"
#include "dossier.h"
#include "issuing.h"
#include "signing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/ossl.h"

#include <string.h>

#define SIGNING_MAX (32u << 10)

static bool
take_document(SaoyNode *node, const SaoyRequest *request, unsigned *n, GError **error)
{
    return saoy_dossier_check(node, request->args[0], request->kiosk, error) &&
           saoy_request_number(request, 1, SAOY_DOSSIER_DOCUMENTS_MAX, n, error);
}

static bool
answer_lease(SaoyRequest *request, int64_t fence, int64_t until_us)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    g_autofree char *until = saoy_time_rfc3339(until_us);

    saoy_json_set_int(json, "fence", fence);
    saoy_json_set_string(json, "until", until);
    return saoy_answer_json(request, 200, json);
}

static bool
do_lease(SaoyNode *node, SaoyRequest *request, unsigned n, const char *verb, int64_t fence,
         GError **error)
{
    const char *dossier = request->args[0];
    int64_t until = 0;

    if (g_str_equal(verb, "take"))
        return saoy_lease_take(node, dossier, n, request->kiosk, &fence, &until, error) &&
               answer_lease(request, fence, until);
    if (g_str_equal(verb, "renew"))
        return saoy_lease_renew(node, dossier, n, request->kiosk, fence, &until, error) &&
               answer_lease(request, fence, until);
    if (!g_str_equal(verb, "release"))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "verb is take, renew or release");
    if (!saoy_lease_release(node, dossier, n, request->kiosk, fence, error))
        return false;
    saoy_answer_bytes(request, 204, NULL, NULL);
    return true;
}

bool
saoy_api_lease(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = NULL;
    const char *verb = NULL;
    unsigned n = 0;

    if (!take_document(node, request, &n, error))
        return false;
    body = saoy_request_json(request, error);
    verb = body != NULL ? saoy_json_string(body, "verb", 16, error) : NULL;
    if (verb == NULL)
        return false;
    return do_lease(node, request, n, verb, saoy_json_int_or(body, "fence", request->fence),
                    error);
}

bool
saoy_api_prepared(SaoyNode *node, SaoyRequest *request, GError **error)
{
    SaoyTurn turn = { request->args[0], 0, request->kiosk, request->fence };
    g_autoptr(GBytes) pdf = NULL;
    unsigned part = 0;

    if (!take_document(node, request, &turn.n, error) ||
        !saoy_request_number(request, 2, 2, &part, error) ||
        !saoy_turn_check(node, &turn, error))
        return false;
    pdf = g_bytes_new(request->body->data, request->body->len);
    return saoy_issuing_prepared(node, &turn, part, pdf, error) &&
           saoy_answer_bytes(request, 204, NULL, NULL);
}

/* What was asked of an outside provider, kept so that the next finisher can go on polling:
 * which copy it is, and which of its signatures. */
static char *
take_signing(SaoyNode *node, const SaoyRequest *request, SaoyTurn *turn, unsigned *signer,
             GError **error)
{
    g_autoptr(SaoyApproval) approval = NULL;
    unsigned part = 0;

    *turn = (SaoyTurn){ request->args[0], 0, request->kiosk, request->fence };
    if (!take_document(node, request, &turn->n, error) ||
        !saoy_request_number(request, 2, 2, &part, error) ||
        !saoy_turn_check(node, turn, error))
        return NULL;
    *signer = part - 1;
    approval = saoy_issuing_approval(node, turn->dossier, turn->n, error);
    return approval != NULL ? g_strdup(approval->copy_id) : NULL;
}

bool
saoy_api_signing_read(SaoyNode *node, SaoyRequest *request, GError **error)
{
    SaoyTurn turn = { 0 };
    unsigned signer = 0;
    g_autofree char *copy_id = take_signing(node, request, &turn, &signer, error);
    g_autofree char *text =
        copy_id != NULL ? saoy_signing_read(node, copy_id, signer, error) : NULL;
    g_autoptr(SaoyJson) answer = NULL;

    if (text == NULL)
        return false;
    answer = saoy_json_object();
    saoy_json_set_string(answer, "signing", text);
    return saoy_answer_json(request, 200, answer);
}

bool
saoy_api_signing(SaoyNode *node, SaoyRequest *request, GError **error)
{
    SaoyTurn turn = { 0 };
    unsigned signer = 0;
    g_autofree char *copy_id = take_signing(node, request, &turn, &signer, error);
    g_autoptr(SaoyJson) body = copy_id != NULL ? saoy_request_json(request, error) : NULL;
    const char *before = NULL, *after = NULL;

    if (body == NULL)
        return false;
    before = saoy_json_string(body, "before", SIGNING_MAX, error);
    after = before != NULL ? saoy_json_string(body, "signing", SIGNING_MAX, error) : NULL;
    return after != NULL &&
           saoy_signing_write(node, &turn, copy_id, signer, before, after, error) &&
           saoy_answer_bytes(request, 204, NULL, NULL);
}

bool
saoy_api_archive(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *copy_id = request->args[0];
    g_autofree char *sha256 =
        saoy_sha256_hex((SaoyView){ request->body->data, request->body->len });
    g_autoptr(GBytes) pdf = NULL;
    g_autoptr(SaoyJson) answer = NULL;
    g_autoptr(GError) failed = NULL;
    g_autofree char *dossier = NULL;
    unsigned n = 0;

    if (!saoy_copy_find(node, copy_id, &dossier, &n, error) ||
        !saoy_dossier_check(node, dossier, request->kiosk, error))
        return false;
    answer = saoy_archive_answer(node, sha256, copy_id, &failed);
    if (answer != NULL)
        return saoy_answer_json(request, 200, answer); /* brought before */
    if (failed != NULL) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return false;
    }
    const SaoyTurn turn = { dossier, n, request->kiosk, request->fence };
    if (!saoy_turn_check(node, &turn, error))
        return false;
    pdf = g_bytes_new(request->body->data, request->body->len);
    answer = saoy_archive_put(node, &turn, pdf, error);
    return answer != NULL && saoy_answer_json(request, 201, answer);
}

bool
saoy_api_later(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return saoy_answer_fail(request, 501, "not_implemented",
                            "this version of the hub does not offer this call yet");
}
