#include "signature/csc.h"

#include "csc-call.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define LOGIN_ANSWER_MAX 65536

const SaoyCscProfile saoy_csc_v2 = {
    .authorize = true,
    .repeats = true,
    .root = "/csc/v2",
    .login = "/csc/v2/oauth2/token",
    .credential_name = "credentialID",
    .hash_name = "hashes",
    .algorithm_name = "hashAlgorithmOID",
    .count_name = "numSignatures",
    .client_id = "",
    .pin_id = "",
};

SaoyCsc *
saoy_csc_new(SaoyHttp *http)
{
    SaoyCsc *csc = g_new0(SaoyCsc, 1);

    csc->http = http;
    csc->profile = &saoy_csc_v2;
    return csc;
}

void
saoy_csc_free(SaoyCsc *csc)
{
    g_free(csc);
}

/* RFC 6749, 4.4: who we are is said by the client certificate, or by id and secret too. */
static char *
login_form(const SaoyCscProfile *profile)
{
    g_autoptr(GString) form = g_string_new("grant_type=client_credentials&scope=service");

    if (profile->client_id[0] != '\0') {
        g_string_append(form, "&client_id=");
        g_string_append_uri_escaped(form, profile->client_id, NULL, TRUE);
    }
    if (profile->client_secret != NULL) {
        SaoyView secret = saoy_view_of(profile->client_secret);
        char *text = g_strndup((const char *)secret.data, secret.size);

        g_string_append(form, "&client_secret=");
        g_string_append_uri_escaped(form, text, NULL, TRUE);
        explicit_bzero(text, strlen(text));
        g_free(text);
    }
    return g_string_free(g_steal_pointer(&form), FALSE);
}

static bool
take_token(SaoyCsc *csc, const SaoyHttpAnswer *http, GError **error)
{
    g_auto(SaoyCscAnswer) answer = { 0 };
    const char *token = NULL;

    if (http->status != 200)
        return saoy_fail(error,
                         http->status == 429 || http->status >= 500 ? SAOY_ERROR_OFFLINE
                                                                    : SAOY_ERROR_REFUSED,
                         "status %d", http->status);
    if (!saoy_csc_answer_read(http->status, saoy_view_of(http->body), &answer, error))
        return false;
    token = saoy_csc_answer_token(&answer, error);
    if (token != NULL)
        saoy_http_set_bearer(csc->http, token);
    return token != NULL;
}

static bool
log_in(SaoyCsc *csc, SaoyView body, const char *type, GCancellable *cancel, GError **error)
{
    const SaoyHttpCall call = { .method = "POST",
                                .path = csc->profile->login,
                                .type = type,
                                .body = body,
                                .max_answer = LOGIN_ANSWER_MAX };
    g_auto(SaoyHttpAnswer) answer = { 0 };
    bool done = false;

    saoy_http_set_bearer(csc->http, NULL);
    done = saoy_http_call(csc->http, &call, &answer, cancel, error) &&
           take_token(csc, &answer, error);
    if (!done)
        g_prefix_error_literal(error, "signing service login: ");
    return done;
}

bool
saoy_csc_login(SaoyCsc *csc, GCancellable *cancel, GError **error)
{
    const SaoyCscProfile *profile = csc->profile;
    char *form = NULL;
    bool done = false;

    if (profile->login[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_REFUSED, "signing service: no login is set");
    if (profile->login_body != NULL)
        return log_in(csc, saoy_view_of(profile->login_body), "application/json", cancel,
                      error);
    form = login_form(profile);
    done = log_in(csc, (SaoyView){ (const uint8_t *)form, strlen(form) },
                  "application/x-www-form-urlencoded", cancel, error);
    explicit_bzero(form, strlen(form));
    g_free(form);
    return done;
}
