#include "csc-answer.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define MAX_CHAIN 8
#define MAX_TOKEN 4096
#define MAX_CERTIFICATE_TEXT 16384
#define MAX_SIGNATURE_TEXT 2048
#define MAX_STAMP_TEXT (96u << 10)

void
saoy_csc_answer_clear(SaoyCscAnswer *answer)
{
    g_clear_pointer(&answer->json, saoy_json_unref);
}

bool
saoy_csc_answer_read(int status, SaoyView body, SaoyCscAnswer *out, GError **error)
{
    g_autoptr(GError) why = NULL;
    SaoyJson *json = NULL;

    if (status < 200 || status >= 500 || (status >= 300 && status < 400))
        return saoy_fail(error, SAOY_ERROR_FAILED, "status %d", status);
    json = saoy_json_parse(body, SAOY_CSC_ANSWER_MAX, &why);
    if (json == NULL && status < 300)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s", why->message);
    *out = (SaoyCscAnswer){ status, json != NULL ? json : saoy_json_object() };
    return true;
}

/* Error codes are words of the protocol; anything else is not repeated to anybody. */
static const char *
error_word(const SaoyJson *json)
{
    const char *word = saoy_json_string_or(json, "error", "");

    for (const char *c = word; *c != '\0'; c++)
        if ((!g_ascii_islower(*c) && *c != '_') || c - word > 40)
            return "unnamed";
    return *word != '\0' ? word : "unnamed";
}

bool
saoy_csc_answer_refuse(const SaoyCscAnswer *answer, GError **error)
{
    return saoy_fail(error, SAOY_ERROR_REFUSED, "%s (%d)", error_word(answer->json),
                     answer->status);
}

/* Some services (SIGN8) say 400 with nothing but the standard's own sentence: the one text
 * that is read. */
bool
saoy_csc_answer_is_pending(const SaoyCscAnswer *answer)
{
    const char *text = saoy_json_string_or(answer->json, "error_description", "");

    if (answer->status != 400)
        return answer->status == 202;
    return g_str_equal(saoy_json_string_or(answer->json, "error", ""),
                       "accepted_request") ||
           strstr(text, "asynchronous signature request has been accepted") != NULL;
}

/* It goes into a header line of every later request. */
const char *
saoy_csc_answer_token(const SaoyCscAnswer *answer, GError **error)
{
    const char *token = saoy_json_string(answer->json, "access_token", MAX_TOKEN, error);

    if (token == NULL)
        return NULL;
    for (const char *c = token; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~')
            return saoy_null(error, SAOY_ERROR_MALFORMED, "token is not RFC 6750's");
    return *token != '\0' ? token
                          : saoy_null(error, SAOY_ERROR_MALFORMED, "token is empty");
}

GStrv
saoy_csc_answer_credentials(const SaoyCscAnswer *answer, GError **error)
{
    const SaoyJson *list =
        saoy_json_array_of(answer->json, "credentialIDs", SAOY_CSC_CREDENTIALS_MAX, error);
    g_autoptr(GStrvBuilder) ids = g_strv_builder_new();

    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const char *id = saoy_json_text(saoy_json_at(list, i));

        if (id == NULL || id[0] == '\0' || strlen(id) > MAX_TOKEN)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "credentialIDs[%zu]", i);
        g_strv_builder_add(ids, id);
    }
    return g_strv_builder_end(ids);
}

static GBytes *
decode(const char *text, size_t max, const char *what, GError **error)
{
    return text == NULL || text[0] == '\0' || strlen(text) > max
               ? saoy_null(error, SAOY_ERROR_MALFORMED, "no %s", what)
               : saoy_base64_decode(text, error);
}

GPtrArray *
saoy_csc_answer_chain(const SaoyCscAnswer *answer, GError **error)
{
    g_autoptr(GPtrArray) chain =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const SaoyJson *cert = saoy_json_object_of(answer->json, "cert", error);
    const SaoyJson *list =
        cert == NULL ? NULL : saoy_json_array_of(cert, "certificates", MAX_CHAIN, error);

    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < saoy_json_length(list); i++) {
        GBytes *der = decode(saoy_json_text(saoy_json_at(list, i)), MAX_CERTIFICATE_TEXT,
                             "certificate", error);

        if (der == NULL)
            return NULL;
        g_ptr_array_add(chain, der);
    }
    if (chain->len == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "credential without certificate");
    return g_steal_pointer(&chain);
}

const char *
saoy_csc_answer_sad(const SaoyCscAnswer *answer, GError **error)
{
    return saoy_json_string(answer->json, "SAD", MAX_TOKEN, error);
}

const char *
saoy_csc_answer_handle(const SaoyCscAnswer *answer, GError **error)
{
    return saoy_json_string(answer->json, "handle", MAX_TOKEN, error);
}

const char *
saoy_csc_answer_response(const SaoyCscAnswer *answer, GError **error)
{
    return saoy_json_member(answer->json, "signatures") != NULL
               ? NULL
               : saoy_json_string(answer->json, "responseID", MAX_TOKEN, error);
}

GBytes *
saoy_csc_answer_signature(const SaoyCscAnswer *answer, GError **error)
{
    const SaoyJson *list = saoy_json_array_of(answer->json, "signatures", 1, error);

    return list == NULL ? NULL
                        : decode(saoy_json_text(saoy_json_at(list, 0)), MAX_SIGNATURE_TEXT,
                                 "signature", error);
}

GBytes *
saoy_csc_answer_stamp(const SaoyCscAnswer *answer, GError **error)
{
    const char *text = saoy_json_string(answer->json, "timestamp", MAX_STAMP_TEXT, error);

    return text != NULL ? decode(text, MAX_STAMP_TEXT, "time stamp", error) : NULL;
}
