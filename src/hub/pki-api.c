#include "api.h"

#include "responder.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

/* The test PKI's doors (product.md §6): RFC 3161, RFC 6960, certificates and lists, the
 * seal's lists. Their answers prove themselves, so anybody may ask. */

static SaoyView
body_of(const SaoyRequest *request)
{
    return (SaoyView){ request->body->data, request->body->len };
}

static bool
answer(SaoyRequest *request, const char *type, GBytes *bytes)
{
    g_autoptr(GBytes) owned = bytes;

    return owned != NULL && saoy_answer_bytes(request, 200, type, owned);
}

bool
saoy_api_tsa(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return answer(request, "application/timestamp-reply",
                  saoy_responder_tsp(node, body_of(request), error));
}

bool
saoy_api_ocsp(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return answer(request, "application/ocsp-response",
                  saoy_responder_ocsp(node, body_of(request), error));
}

/* RFC 6960, A.1: the request in the path, base64. */
bool
saoy_api_ocsp_get(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_base64_decode(request->args[0], error);

    return bytes != NULL && answer(request, "application/ocsp-response",
                                   saoy_responder_ocsp(node, saoy_view_of(bytes), error));
}

bool
saoy_api_pki_file(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *name = request->args[0];
    bool list = g_str_has_suffix(name, ".crl");
    g_autofree char *stem =
        list || g_str_has_suffix(name, ".crt") ? g_strndup(name, strlen(name) - 4) : NULL;
    g_autoptr(GPtrArray) chain = NULL;

    if (stem == NULL || (!g_str_equal(stem, "root") && !g_str_equal(stem, "issuing")))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such file");
    if (list)
        return answer(request, "application/pkix-crl",
                      saoy_responder_crl(node, stem, error));
    chain = saoy_keys_chain(node->keys, stem, error);
    return chain != NULL &&
           answer(request, "application/pkix-cert", g_bytes_ref(chain->pdata[0]));
}

bool
saoy_api_seal_keys(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return answer(request, "application/cose",
                  saoy_responder_seal_list(node, "keys", error));
}

bool
saoy_api_seal_denied(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return answer(request, "application/cose",
                  saoy_responder_seal_list(node, "denied", error));
}
