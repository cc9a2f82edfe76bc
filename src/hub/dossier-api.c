#include "api.h"

#include "approval.h"
#include "dossier.h"

#include "core/error.h"

#include <string.h>

static bool
answer_state(SaoyNode *node, SaoyRequest *request, unsigned status, GError **error)
{
    g_autoptr(SaoyJson) json = saoy_dossier_state(node, request->args[0], NULL, error);

    return json != NULL && saoy_answer_json(request, status, json);
}

static bool
check_mine(SaoyNode *node, const SaoyRequest *request, GError **error)
{
    return saoy_dossier_check(node, request->args[0], request->kiosk, error);
}

static GBytes *
body_bytes(const SaoyRequest *request)
{
    return g_bytes_new(request->body->data, request->body->len);
}

bool
saoy_api_open(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = NULL;
    g_autoptr(SaoyJson) state = NULL;
    g_autofree char *id = NULL;

    if (request->key == NULL || request->key[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "Idempotency-Key is required");
    body = saoy_request_json(request, error);
    if (body == NULL ||
        !saoy_dossier_open(node, request->kiosk, request->key, body, &id, error))
        return false;
    state = saoy_dossier_state(node, id, NULL, error);
    return state != NULL && saoy_answer_json(request, 201, state);
}

bool
saoy_api_state(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *after = saoy_request_query(request, "after");
    g_autoptr(SaoyJson) json = NULL;
    int64_t rev = 0;
    gint64 known = 0;

    if (!check_mine(node, request, error))
        return false;
    if (after != NULL && !g_ascii_string_to_signed(after, 10, 0, G_MAXINT64, &known, NULL))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "after is a revision number");
    json = saoy_dossier_state(node, request->args[0], &rev, error);
    if (json == NULL)
        return false;
    if (after == NULL || rev > known)
        return saoy_answer_json(request, 200, json);
    if (request->wait_for != NULL) {
        request->parked = true;
        return true;
    }
    return saoy_answer_bytes(request, 204, NULL, NULL);
}

/* Arguments 1 and 2: document and page. */
static bool
take_place(const SaoyRequest *request, unsigned *document, unsigned *page, GError **error)
{
    return saoy_request_number(request, 1, SAOY_DOSSIER_DOCUMENTS_MAX, document, error) &&
           saoy_request_number(request, 2, SAOY_DOSSIER_PAGES_MAX, page, error);
}

bool
saoy_api_page(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GBytes) jpeg = body_bytes(request);
    unsigned document = 0, page = 0;

    return check_mine(node, request, error) &&
           take_place(request, &document, &page, error) &&
           saoy_dossier_put_page(node, request->args[0], document, page, jpeg, error) &&
           saoy_answer_bytes(request, 204, NULL, NULL);
}

bool
saoy_api_text(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const SaoyView text = { request->body->data, request->body->len };
    unsigned document = 0, page = 0;

    return check_mine(node, request, error) &&
           take_place(request, &document, &page, error) &&
           saoy_dossier_put_text(node, request->args[0], document, page, text, error) &&
           saoy_answer_bytes(request, 204, NULL, NULL);
}

bool
saoy_api_face(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GBytes) jpeg = body_bytes(request);

    return check_mine(node, request, error) &&
           saoy_dossier_put_face(node, request->args[0], request->args[1], jpeg, error) &&
           saoy_answer_bytes(request, 204, NULL, NULL);
}

bool
saoy_api_submit(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyJson) body = NULL;
    const char *reference = NULL;

    if (!check_mine(node, request, error))
        return false;
    body = saoy_request_json(request, error);
    if (body == NULL)
        return false;
    /* no reference: the fee was waived */
    reference = saoy_json_string_or(body, "payment_reference", "");
    if (strlen(reference) > 100)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "payment_reference is too long");
    return saoy_dossier_submit(node, request->args[0], request->kiosk, reference, error) &&
           answer_state(node, request, 200, error);
}

bool
saoy_api_withdraw(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return check_mine(node, request, error) &&
           saoy_dossier_withdraw(node, request->args[0], request->kiosk, error) &&
           answer_state(node, request, 200, error);
}

bool
saoy_api_release(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return check_mine(node, request, error) &&
           saoy_dossier_release(node, request->args[0], request->kiosk, error) &&
           answer_state(node, request, 200, error);
}
