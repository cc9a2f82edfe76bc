#include "verify-register.h"

#include "core/file.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/ossl.h"

#define MAX_REGISTER_ANSWER (256u << 10)
#define PATIENCE_S 15

static const char unavailable[] = "unavailable";

/* The register keeps the SHA-256 of every archived revision: a file equal to any is
 * genuine. */
static bool
is_listed(const SaoyJson *json, const char *sha256)
{
    const SaoyJson *list = saoy_json_member(json, "files");

    if (g_str_equal(saoy_json_string_or(json, "sha256", ""), sha256))
        return true;
    for (size_t i = 0; list != NULL && i < saoy_json_length(list); i++)
        if (g_str_equal(saoy_json_string_or(saoy_json_at(list, i), "sha256", ""), sha256))
            return true;
    return false;
}

static const char *
judge(const SaoyHttpAnswer *answer, const char *sha256)
{
    g_autoptr(SaoyJson) json = NULL;

    if (answer->status == 404)
        return "unknown";
    if (answer->status != 200)
        return unavailable;
    json = saoy_json_parse(saoy_view_of(answer->body), MAX_REGISTER_ANSWER, NULL);
    if (json == NULL)
        return unavailable;
    const char *status = saoy_json_string_or(json, "status", "");
    if (g_str_equal(status, "cancelled") || g_str_equal(status, "not_issued"))
        return "cancelled";
    return g_str_equal(status, "genuine") && is_listed(json, sha256) ? "genuine"
                                                                     : "unknown";
}

const char *
saoy_register_ask(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    static const char *const headers[] = { "Accept: application/json", NULL };
    g_autofree char *path = g_strdup_printf("/api/v1/copies/%s?t=%s", copy_id, token);
    g_autofree char *hex = saoy_hex(sha256);
    const SaoyHttpCall call = { .method = "GET",
                                .path = path,
                                .headers = headers,
                                .timeout_s = PATIENCE_S,
                                .max_answer = MAX_REGISTER_ANSWER };
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (!saoy_copy_id_check(copy_id) || !saoy_token_check(token))
        return "unknown";
    if (!saoy_http_call(user, &call, &answer, NULL, NULL))
        return unavailable;
    return judge(&answer, hex);
}
