#include "pkcs11-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <dlfcn.h>
#include <string.h>

#define MAX_SLOTS 64
#define MAX_CERTIFICATE (64u << 10)

bool
saoy_token_fail(CK_RV rv, const char *what, GError **error)
{
    bool gone = rv == CKR_TOKEN_NOT_PRESENT || rv == CKR_DEVICE_REMOVED ||
                rv == CKR_TOKEN_NOT_RECOGNIZED || rv == CKR_SLOT_ID_INVALID;
    bool pin = rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED ||
               rv == CKR_PIN_INVALID || rv == CKR_PIN_LEN_RANGE;

    return saoy_fail(error,
                     gone  ? SAOY_ERROR_OFFLINE
                     : pin ? SAOY_ERROR_REFUSED
                           : SAOY_ERROR_FAILED,
                     "token: %s: 0x%lx", what, rv);
}

bool
saoy_token_lost(CK_RV rv)
{
    return rv == CKR_SESSION_HANDLE_INVALID || rv == CKR_SESSION_CLOSED ||
           rv == CKR_USER_NOT_LOGGED_IN || rv == CKR_DEVICE_REMOVED ||
           rv == CKR_CRYPTOKI_NOT_INITIALIZED;
}

/* ---- the module ---- */

/* It stays loaded and initialised while the process lives: others may use it too. */
static bool
load(SaoyToken *token, GError **error)
{
    CK_C_GetFunctionList list = NULL;
    CK_RV rv = CKR_OK;

    if (!g_path_is_absolute(token->module))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pkcs11 module: %s is no full path",
                         token->module);
    token->library = dlopen(token->module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (token->library == NULL)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "pkcs11 module: %s", dlerror());
    *(void **)&list = dlsym(token->library, "C_GetFunctionList");
    if (list == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: no PKCS #11 module",
                         token->module);
    rv = list(&token->call);
    return rv == CKR_OK || saoy_token_fail(rv, "C_GetFunctionList", error);
}

static bool
initialise(SaoyToken *token, GError **error)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_RV rv = token->call->C_Initialize(&args);

    return rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ||
           saoy_token_fail(rv, "C_Initialize", error);
}

/* Labels are padded with blanks, not ended (PKCS #11 v2.40, 3.2). */
static bool
is_labelled(const SaoyToken *token, const CK_TOKEN_INFO *info)
{
    size_t size = strlen(token->label);

    if (size > sizeof info->label || memcmp(info->label, token->label, size) != 0)
        return false;
    for (; size < sizeof info->label; size++)
        if (info->label[size] != ' ')
            return false;
    return true;
}

static bool
find_slot(SaoyToken *token, CK_SLOT_ID *out, GError **error)
{
    CK_SLOT_ID slots[MAX_SLOTS], found = 0;
    CK_ULONG n = MAX_SLOTS;
    unsigned matches = 0;
    CK_RV rv = token->call->C_GetSlotList(CK_TRUE, slots, &n);

    if (rv != CKR_OK)
        return saoy_token_fail(rv, "C_GetSlotList", error);
    for (CK_ULONG i = 0; i < n; i++) {
        CK_TOKEN_INFO info = { 0 };

        if (token->call->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
            (info.flags & CKF_TOKEN_INITIALIZED) == 0 ||
            (token->label[0] != '\0' && !is_labelled(token, &info)))
            continue;
        found = slots[i];
        matches++;
    }
    if (matches == 0)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "token: none called \"%s\"",
                         token->label);
    if (matches > 1)
        return saoy_fail(error, SAOY_ERROR_FAILED, "token: several called \"%s\"",
                         token->label);
    *out = found;
    return true;
}

bool
saoy_token_log_in(SaoyToken *token, GError **error)
{
    SaoyView pin = token->pin != NULL ? saoy_view_of(token->pin) : (SaoyView){ 0 };
    CK_SLOT_ID slot = 0;
    CK_RV rv = CKR_OK;

    if (token->session != 0)
        token->call->C_CloseSession(token->session);
    token->session = 0;
    if (!initialise(token, error) || !find_slot(token, &slot, error))
        return false;
    rv = token->call->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
    if (rv != CKR_OK)
        return saoy_token_fail(rv, "C_OpenSession", error);
    if (token->pin == NULL)
        return true;
    rv =
        token->call->C_Login(token->session, CKU_USER, (CK_UTF8CHAR_PTR)pin.data, pin.size);
    return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ||
           saoy_token_fail(rv, "C_Login", error);
}

SaoyToken *
saoy_token_open(const SaoyTokenAddress *address, GError **error)
{
    SaoyToken *token = g_new0(SaoyToken, 1);

    token->module = g_strdup(address->module);
    token->label = g_strdup(address->token);
    token->key = g_strdup(address->key);
    token->key_id = g_strdup(address->key_id);
    token->certificates = g_strdup(address->certificates);
    token->pin = address->pin != NULL ? g_bytes_ref(address->pin) : NULL;
    if (load(token, error) && saoy_token_log_in(token, error))
        return token;
    saoy_token_close(token);
    return NULL;
}

/* No C_Logout: the login is the process's, and another session may be at work. It ends with
 * the last session. */
void
saoy_token_close(SaoyToken *token)
{
    if (token->session != 0)
        token->call->C_CloseSession(token->session);
    if (token->library != NULL)
        dlclose(token->library);
    g_clear_pointer(&token->pin, g_bytes_unref);
    g_free(token->module);
    g_free(token->label);
    g_free(token->key);
    g_free(token->key_id);
    g_free(token->certificates);
    g_free(token);
}

/* ---- objects ---- */

/* At most max; 0 with *out_rv CKR_OK: none. */
static CK_ULONG
find(SaoyToken *token, CK_ATTRIBUTE *wanted, CK_ULONG n, CK_OBJECT_HANDLE *out,
     CK_ULONG max, CK_RV *out_rv)
{
    CK_ULONG found = 0;

    *out_rv = token->call->C_FindObjectsInit(token->session, wanted, n);
    if (*out_rv != CKR_OK)
        return 0;
    *out_rv = token->call->C_FindObjects(token->session, out, max, &found);
    token->call->C_FindObjectsFinal(token->session);
    return *out_rv == CKR_OK ? found : 0;
}

static CK_ATTRIBUTE
text_attribute(CK_ATTRIBUTE_TYPE type, const char *text)
{
    return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)text, strlen(text) };
}

bool
saoy_token_find_key(SaoyToken *token, const char *credential, CK_OBJECT_HANDLE *out,
                    CK_RV *out_rv, GError **error)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE wanted[3] = { { CKA_CLASS, &class, sizeof class } };
    CK_OBJECT_HANDLE found[2] = { 0 };
    g_autoptr(GBytes) id = NULL;
    CK_ULONG n = 1;

    if (token->key_id[0] != '\0') {
        id = saoy_unhex(token->key_id, error);
        if (id == NULL)
            return false;
        wanted[n++] = (CK_ATTRIBUTE){ CKA_ID, (void *)(uintptr_t)saoy_view_of(id).data,
                                      g_bytes_get_size(id) };
    }
    if (token->key[0] != '\0' || id == NULL)
        wanted[n++] =
            text_attribute(CKA_LABEL, token->key[0] != '\0' ? token->key : credential);
    n = find(token, wanted, n, found, G_N_ELEMENTS(found), out_rv);
    if (*out_rv != CKR_OK)
        return saoy_token_fail(*out_rv, "C_FindObjects", error);
    if (n != 1)
        return saoy_fail(error, n == 0 ? SAOY_ERROR_NO_MEDIA : SAOY_ERROR_FAILED,
                         "token: %s private key called %s", n == 0 ? "no" : "more than one",
                         credential);
    *out = found[0];
    return true;
}

static GBytes *
get_value(SaoyToken *token, CK_OBJECT_HANDLE object, GError **error)
{
    CK_ATTRIBUTE value = { CKA_VALUE, NULL, 0 };
    CK_RV rv = token->call->C_GetAttributeValue(token->session, object, &value, 1);

    if (rv == CKR_OK && (value.ulValueLen == 0 || value.ulValueLen > MAX_CERTIFICATE))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "token: certificate of %lu bytes",
                         value.ulValueLen);
    if (rv == CKR_OK) {
        value.pValue = g_malloc(value.ulValueLen);
        rv = token->call->C_GetAttributeValue(token->session, object, &value, 1);
    }
    if (rv == CKR_OK)
        return g_bytes_new_take(value.pValue, value.ulValueLen);
    g_free(value.pValue);
    saoy_token_fail(rv, "C_GetAttributeValue", error);
    return NULL;
}

GPtrArray *
saoy_token_certificates(SaoyToken *token, const char *label, GError **error)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_ATTRIBUTE wanted[3] = { { CKA_CLASS, &class, sizeof class },
                               { CKA_CERTIFICATE_TYPE, &type, sizeof type } };
    CK_OBJECT_HANDLE found[16] = { 0 };
    CK_RV rv = CKR_OK;
    CK_ULONG n = 2;
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    if (label != NULL)
        wanted[n++] = text_attribute(CKA_LABEL, label);
    n = find(token, wanted, n, found, G_N_ELEMENTS(found), &rv);
    if (rv != CKR_OK) {
        saoy_token_fail(rv, "C_FindObjects", error);
        return NULL;
    }
    for (CK_ULONG i = 0; i < n; i++) {
        GBytes *der = get_value(token, found[i], error);

        if (der == NULL)
            return NULL;
        g_ptr_array_add(out, der);
    }
    return g_steal_pointer(&out);
}
