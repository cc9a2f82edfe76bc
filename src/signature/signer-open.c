#include "csc-signer.h"
#include "pkcs11.h"

#include "core/config.h"
#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define SECRET_MAX (64u << 10)

enum { DRIVER_CSC2, DRIVER_CSC1, DRIVER_PKCS11 };
static const char *const driver_words[] = { "csc2", "csc1", "pkcs11", NULL };

/* A provider's file. Paths in it are below its folder. */
typedef struct {
    int driver, patience_s;
    char *credential;
    bool repeats;
    char *url, *ca, *cert, *key, *server_key; /* [csc] */
    char *root, *login, *client_id;
    char *client_secret_file, *login_file, *members_file, *pin_file, *otp_file;
    char *pin_id, *credential_name, *hash_name, *algorithm_name, *count_name;
    bool authorize;
    char *module, *token, *label, *id, *chain; /* [pkcs11] */
    char *token_pin_file;
} Settings;

#define AT(member) offsetof(Settings, member)
#define TEXT(section, key, member, fallback)                   \
    {                                                          \
        section, key, SAOY_CONFIG_STRING, AT(member), fallback \
    }

/* clang-format off */
static const SaoyConfigKey keys[] = {
    { "signer", "driver", SAOY_CONFIG_WORD, AT(driver), NULL, .words = driver_words },
    TEXT("signer", "credential", credential, ""),
    { "signer", "patience_s", SAOY_CONFIG_INT, AT(patience_s), "0", .min = 0, .max = 3600 },
    { "signer", "repeats", SAOY_CONFIG_BOOL, AT(repeats), "false" },
    TEXT("csc", "url", url, ""),
    TEXT("csc", "ca", ca, ""),
    TEXT("csc", "cert", cert, ""),
    TEXT("csc", "key", key, ""),
    TEXT("csc", "server_key", server_key, ""),
    TEXT("csc", "root", root, "/csc/v2"),
    TEXT("csc", "login", login, ""),
    TEXT("csc", "client_id", client_id, ""),
    TEXT("csc", "client_secret_file", client_secret_file, ""),
    TEXT("csc", "login_file", login_file, ""),
    TEXT("csc", "members_file", members_file, ""),
    TEXT("csc", "pin_file", pin_file, ""),
    TEXT("csc", "pin_id", pin_id, "PIN"),
    TEXT("csc", "otp_file", otp_file, ""),
    { "csc", "authorize", SAOY_CONFIG_BOOL, AT(authorize), "true" },
    TEXT("csc", "credential_name", credential_name, "credentialID"),
    TEXT("csc", "hash_name", hash_name, ""),
    TEXT("csc", "hash_algorithm_name", algorithm_name, ""),
    TEXT("csc", "count_name", count_name, "numSignatures"),
    TEXT("pkcs11", "module", module, ""),
    TEXT("pkcs11", "token", token, ""),
    TEXT("pkcs11", "label", label, ""),
    TEXT("pkcs11", "id", id, ""),
    TEXT("pkcs11", "certificates", chain, ""),
    TEXT("pkcs11", "pin_file", token_pin_file, ""),
};
/* clang-format on */

static void
settings_clear(Settings *settings)
{
    saoy_config_clear(keys, G_N_ELEMENTS(keys), settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Settings, settings_clear)

/* ---- files ---- */

static char *
below(const char *folder, const char *path)
{
    return path[0] != '\0' ? g_canonicalize_filename(path, folder) : NULL;
}

static void
wipe_and_free(void *p)
{
    GByteArray *bytes = p;

    explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

/* A secret in a file: its bytes without the line's end, wiped when the last user goes. */
static bool
read_secret(const char *folder, const char *file, GBytes **out, GError **error)
{
    g_autofree char *path = below(folder, file);
    g_autoptr(GBytes) bytes = path != NULL ? saoy_file_read(path, SECRET_MAX, error) : NULL;
    GByteArray *kept = NULL;

    if (path == NULL)
        return true;
    if (bytes == NULL)
        return false;
    kept = g_bytes_unref_to_array(g_steal_pointer(&bytes)); /* the only reference */
    while (kept->len > 0 && strchr("\r\n", kept->data[kept->len - 1]) != NULL)
        g_byte_array_set_size(kept, kept->len - 1);
    *out = g_bytes_new_with_free_func(kept->data, kept->len, wipe_and_free, kept);
    return kept->len > 0 || saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: is empty", path);
}

/* ---- a service ---- */

/* Keeps a text as long as the signer. */
static const char *
keep(SaoyCscSigner *self, const char *text)
{
    char *copy = g_strdup(text);

    g_ptr_array_add(self->texts, copy);
    return copy;
}

static void
set_words(SaoyCscSigner *self, const Settings *s)
{
    SaoyCscProfile *profile = &self->profile;
    bool v1 = s->driver == DRIVER_CSC1;

    *profile = (SaoyCscProfile){
        .v1 = v1,
        .authorize = s->authorize,
        .repeats = s->repeats,
        .root = keep(self, s->root),
        .login = keep(self, s->login),
        .credential_name = keep(self, s->credential_name),
        .hash_name = keep(self, s->hash_name[0] != '\0' ? s->hash_name
                                : v1                    ? "hash"
                                                        : "hashes"),
        .algorithm_name = keep(self, s->algorithm_name[0] != '\0' ? s->algorithm_name
                                     : v1                         ? "hashAlgo"
                                                                  : "hashAlgorithmOID"),
        .count_name = keep(self, s->count_name),
        .client_id = keep(self, s->client_id),
        .pin_id = keep(self, s->pin_id),
    };
}

static bool
read_secrets(SaoyCscProfile *profile, const char *folder, const Settings *s, GError **error)
{
    return read_secret(folder, s->client_secret_file, &profile->client_secret, error) &&
           read_secret(folder, s->login_file, &profile->login_body, error) &&
           read_secret(folder, s->members_file, &profile->members, error) &&
           read_secret(folder, s->pin_file, &profile->pin, error) &&
           read_secret(folder, s->otp_file, &profile->otp, error);
}

static SaoyHttp *
open_http(const char *folder, const Settings *s, GError **error)
{
    g_autofree char *ca = below(folder, s->ca);
    g_autofree char *cert = below(folder, s->cert);
    g_autofree char *key = below(folder, s->key);
    const SaoyHttpTls tls = { .ca = ca,
                              .cert = cert,
                              .key = key,
                              .pin = s->server_key[0] != '\0' ? s->server_key : NULL };

    return s->url[0] != '\0' ? saoy_http_new(s->url, &tls, error)
                             : saoy_null(error, SAOY_ERROR_MALFORMED, "[csc] url is empty");
}

static SaoySigner *
open_csc(const char *folder, const Settings *s, GError **error)
{
    SaoyCscSigner *self = g_new0(SaoyCscSigner, 1);

    self->texts = g_ptr_array_new_with_free_func(g_free);
    set_words(self, s);
    self->http = open_http(folder, s, error);
    if (self->http != NULL) {
        self->csc = saoy_csc_new(self->http);
        self->csc->profile = &self->profile;
    }
    if (self->http == NULL || !read_secrets(&self->profile, folder, s, error)) {
        saoy_csc_signer_free(self);
        return NULL;
    }
    return saoy_signer_new(&saoy_signer_csc, self);
}

/* ---- a token ---- */

static SaoySigner *
open_token(const char *folder, const Settings *s, GError **error)
{
    g_autofree char *certificates = below(folder, s->chain);
    g_autoptr(GBytes) pin = NULL;
    SaoyToken *token = NULL;

    if (s->module[0] == '\0')
        return saoy_null(error, SAOY_ERROR_MALFORMED, "[pkcs11] module is empty");
    if (!read_secret(folder, s->token_pin_file, &pin, error))
        return NULL;
    const SaoyTokenAddress address = { .module = s->module,
                                       .token = s->token,
                                       .key = s->label,
                                       .key_id = s->id,
                                       .certificates = certificates,
                                       .pin = pin };
    token = saoy_token_open(&address, error);
    return token != NULL ? saoy_signer_new(&saoy_signer_pkcs11, token) : NULL;
}

SaoySigner *
saoy_signer_open(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_auto(Settings) settings = { 0 };
    SaoySigner *signer = NULL;

    if (!saoy_config_read(path, keys, G_N_ELEMENTS(keys), &settings, error))
        return NULL;
    signer = settings.driver == DRIVER_PKCS11 ? open_token(folder, &settings, error)
                                              : open_csc(folder, &settings, error);
    if (signer == NULL) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    signer->credential =
        settings.credential[0] != '\0' ? g_strdup(settings.credential) : NULL;
    signer->by_name = settings.driver == DRIVER_PKCS11 && signer->credential == NULL;
    signer->patience_s = (unsigned)settings.patience_s;
    signer->repeats = settings.repeats && settings.driver != DRIVER_PKCS11;
    return signer;
}
