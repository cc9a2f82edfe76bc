/* The file of a synthetic person: JSON, its files and keys in base64. */
#include "persona-draft.h"

#include "core/file.h"
#include "core/json.h"
#include "core/ossl.h"

#include <string.h>

static void
set_file(SaoyJson *files, const char *key, GBytes *bytes)
{
    g_autofree char *text = NULL;

    if (bytes == NULL)
        return;
    text = g_base64_encode(saoy_view_of(bytes).data, saoy_view_of(bytes).size);
    saoy_json_set_string(files, key, text);
}

static bool
set_key(SaoyJson *keys, const char *name, EVP_PKEY *key, GError **error)
{
    g_autofree char *text = NULL;
    uint8_t *der = NULL;
    int size;

    if (key == NULL)
        return true;
    size = i2d_PrivateKey(key, &der);
    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key");
    text = g_base64_encode(der, (gsize)size);
    OPENSSL_clear_free(der, (size_t)size);
    saoy_json_set_string(keys, name, text);
    return true;
}

static void
set_person(const SaoyPersonaDraft *draft, SaoyJson *json)
{
    const char *document = draft->persona.document;

    saoy_json_set_string(json, "format", "saoy-persona-1");
    saoy_json_set_string(json, "number", draft->number);
    saoy_json_set_string(json, "name", draft->name);
    saoy_json_set_string(json, "name_vi", draft->name_vi);
    saoy_json_set_string(json, "birth_date", draft->birth);
    saoy_json_set_string(json, "sex", draft->persona.sex);
    saoy_json_set_string(json, "expiry_date", draft->expiry);
    saoy_json_set_string(json, "can", draft->number + 6);
    saoy_json_set_string(json, "mrz", draft->mrz);
    saoy_json_set_string(json, "mrz_key", draft->key);
    if (document != NULL)
        saoy_json_set_string(json, "document", document);
}

/* What no CCCD needs said is left out, so that older readers of the file know it. */
static void
set_differences(const SaoyPersonaDraft *draft, SaoyJson *json, SaoyJson *files)
{
    if (!draft->access.bac)
        saoy_json_set_bool(json, "bac", false);
    if (draft->persona.extended != 0)
        saoy_json_set_int(json, "extended", MAX(draft->persona.extended, 0));
    if (draft->proof.rsa)
        saoy_json_set_string(json, "active_digest", OBJ_nid2sn(draft->proof.digest));
    if (draft->card_access == NULL)
        saoy_json_set_string(files, "card_access", NULL);
    else if (draft->persona.access != NULL || draft->persona.chip_auth != NULL)
        set_file(files, "card_access", draft->card_access);
    set_file(files, "card_security", draft->card_security);
    set_file(files, "atr_info", draft->atr_info);
}

char *
saoy_persona_print(const SaoyPersonaDraft *draft, GError **error)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *files = saoy_json_object();
    SaoyJson *keys = saoy_json_object();

    set_person(draft, json);
    saoy_json_set(json, "files", files);
    saoy_json_set(json, "keys", keys);
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++) {
        char name[8];

        g_snprintf(name, sizeof name, "dg%u", n);
        set_file(files, name, draft->groups[n]);
    }
    set_file(files, "sod", draft->sod);
    set_differences(draft, json, files);
    if (!set_key(keys, "chip_auth", draft->chip_auth, error) ||
        !set_key(keys, "mapping_auth", draft->mapping_auth, error) ||
        !set_key(keys, "active_auth", draft->active_auth, error))
        return NULL;
    return saoy_json_print_pretty(json);
}
