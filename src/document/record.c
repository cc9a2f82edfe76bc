#include "document/record.h"

#include "core/clock.h"
#include "core/error.h"

#include <string.h>

enum { MAX_ID = 64, MAX_LINE = 300, MAX_TITLE = 1000, MAX_SEAL = 2048, MAX_CMS = 32767 };

void
saoy_approval_free(SaoyApproval *approval)
{
    if (approval == NULL)
        return;
    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        g_free(approval->appearance[i]);
        g_free(approval->credentials[i].id);
    }
    g_free(approval->book);
    g_free(approval->copy_id);
    g_free(approval->token);
    g_free(approval->link);
    g_free(approval->seal);
    g_free(approval->title);
    g_free(approval->officer_name);
    g_free(approval->officer_title);
    g_free(approval->agency);
    g_free(approval->composer);
    g_free(approval);
}

static SaoyJson *
credential_to_json(const SaoyCredential *credential)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "id", credential->id);
    saoy_json_set_string(json, "certificate_sha256", credential->certificate_sha256);
    saoy_json_set_int(json, "contents_bytes", credential->contents_bytes);
    return json;
}

SaoyJson *
saoy_approval_to_json(const SaoyApproval *approval)
{
    SaoyJson *json = saoy_json_object();
    SaoyJson *officer = saoy_json_object();
    SaoyJson *appearances = saoy_json_array(), *credentials = saoy_json_array();
    g_autofree char *at = saoy_time_rfc3339(approval->approved_at_us);

    saoy_json_set_string(officer, "name", approval->officer_name);
    saoy_json_set_string(officer, "title", approval->officer_title);
    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        saoy_json_append_string(appearances, approval->appearance[i]);
        saoy_json_append(credentials, credential_to_json(&approval->credentials[i]));
    }
    saoy_json_set_string(json, "approved_at", at);
    saoy_json_set_int(json, "number", approval->number);
    saoy_json_set_string(json, "book", approval->book);
    saoy_json_set_string(json, "copy_id", approval->copy_id);
    saoy_json_set_string(json, "token", approval->token);
    saoy_json_set_string(json, "link", approval->link);
    saoy_json_set_string(json, "seal", approval->seal);
    saoy_json_set_string(json, "title", approval->title);
    saoy_json_set(json, "officer", officer);
    saoy_json_set_string(json, "agency", approval->agency);
    saoy_json_set_bool(json, "official", approval->official);
    saoy_json_set(json, "appearances", appearances);
    saoy_json_set(json, "credentials", credentials);
    saoy_json_set_string(json, "templates", approval->templates);
    saoy_json_set_string(json, "composer", approval->composer);
    return json;
}

static bool
take_text(const SaoyJson *json, const char *key, size_t max, char **out, GError **error)
{
    const char *text = saoy_json_string(json, key, max, error);

    if (text == NULL)
        return false;
    *out = g_strdup(text);
    return true;
}

static bool
take_digest(const SaoyJson *json, const char *key, char out[65], GError **error)
{
    const char *text = saoy_json_string(json, key, 64, error);

    if (text == NULL)
        return false;
    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: not a SHA-256 in hex", key);
    memcpy(out, text, 65);
    return true;
}

static bool
take_time(const SaoyJson *json, const char *key, int64_t *out, GError **error)
{
    const char *text = saoy_json_string(json, key, 40, error);

    if (text == NULL)
        return false;
    if (!saoy_time_parse(text, out) || *out % G_USEC_PER_SEC != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: not a time of whole seconds",
                         key);
    return true;
}

static bool
take_credential(const SaoyJson *json, SaoyCredential *out, GError **error)
{
    int64_t room = 0;

    if (json == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "credentials: two are needed");
    if (!take_text(json, "id", MAX_LINE, &out->id, error) ||
        !take_digest(json, "certificate_sha256", out->certificate_sha256, error) ||
        !saoy_json_int(json, "contents_bytes", 1024, MAX_CMS, &room, error))
        return false;
    out->contents_bytes = (int)room;
    return true;
}

static bool
take_signers(const SaoyJson *json, SaoyApproval *out, GError **error)
{
    SaoyJson *appearances = saoy_json_array_of(json, "appearances", SAOY_SIGNER_N, error);
    SaoyJson *credentials = NULL;

    if (appearances == NULL)
        return false;
    credentials = saoy_json_array_of(json, "credentials", SAOY_SIGNER_N, error);
    if (credentials == NULL)
        return false;
    for (size_t i = 0; i < SAOY_SIGNER_N; i++) {
        SaoyJson *appearance = saoy_json_at(appearances, i);
        const char *text = appearance != NULL ? saoy_json_text(appearance) : NULL;

        if (text == NULL || strlen(text) > MAX_ID)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "appearances: two are needed");
        out->appearance[i] = g_strdup(text);
        if (!take_credential(saoy_json_at(credentials, i), &out->credentials[i], error))
            return false;
    }
    return true;
}

static bool
take_officer(const SaoyJson *json, SaoyApproval *out, GError **error)
{
    SaoyJson *officer = saoy_json_object_of(json, "officer", error);

    return officer != NULL &&
           take_text(officer, "name", MAX_LINE, &out->officer_name, error) &&
           take_text(officer, "title", MAX_LINE, &out->officer_title, error);
}

static bool
take_all(const SaoyJson *json, SaoyApproval *out, GError **error)
{
    int64_t number = 0;

    if (!take_time(json, "approved_at", &out->approved_at_us, error) ||
        !saoy_json_int(json, "number", 1, 99999999, &number, error) ||
        !take_text(json, "book", MAX_ID, &out->book, error) ||
        !take_text(json, "copy_id", MAX_ID, &out->copy_id, error) ||
        !take_text(json, "token", MAX_ID, &out->token, error) ||
        !take_text(json, "link", MAX_SEAL, &out->link, error) ||
        !take_text(json, "seal", MAX_SEAL, &out->seal, error) ||
        !take_text(json, "title", MAX_TITLE, &out->title, error) ||
        !take_officer(json, out, error) ||
        !take_text(json, "agency", MAX_LINE, &out->agency, error) ||
        !saoy_json_bool(json, "official", &out->official, error) ||
        !take_signers(json, out, error) ||
        !take_digest(json, "templates", out->templates, error) ||
        !take_text(json, "composer", MAX_ID, &out->composer, error))
        return false;
    out->number = (unsigned)number;
    return true;
}

SaoyApproval *
saoy_approval_from_json(const SaoyJson *json, GError **error)
{
    g_autoptr(SaoyApproval) approval = g_new0(SaoyApproval, 1);

    if (!take_all(json, approval, error)) {
        g_prefix_error_literal(error, "approval: ");
        return NULL;
    }
    return g_steal_pointer(&approval);
}
