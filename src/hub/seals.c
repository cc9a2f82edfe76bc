#include "seals.h"

#include "pki.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/revocation.h"
#include "signature/seal-list.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <string.h>

#define PEM_MAX (64u << 10)

enum { KEY_COMPROMISE = 1, CA_COMPROMISE = 2 }; /* RFC 5280, 5.3.1 */

/* ---- the list ---- */

static GBytes *
first_of(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) file = saoy_file_read(path, PEM_MAX, error);
    g_autoptr(GPtrArray) held = file != NULL ? saoy_x509_list(saoy_view_of(file)) : NULL;

    if (held == NULL)
        return NULL;
    return held->len > 0
               ? saoy_x509_der(held->pdata[0])
               : saoy_null(error, SAOY_ERROR_MALFORMED, "%s: no certificate", path);
}

static bool
is_serial_of(GBytes *serial, GBytes *der)
{
    g_autoptr(X509) certificate = saoy_x509_parse(saoy_view_of(der), NULL);
    const ASN1_INTEGER *own =
        certificate != NULL ? X509_get0_serialNumber(certificate) : NULL;
    SaoyView view = saoy_view_of(serial);

    return own != NULL && view.size == (size_t)ASN1_STRING_length(own) &&
           memcmp(view.data, ASN1_STRING_get0_data(own), view.size) == 0;
}

static void
cut_short(SaoySealKey *key, const GArray *revoked)
{
    for (guint i = 0; i < revoked->len; i++) {
        const SaoyPkiRevoked *one = &g_array_index(revoked, SaoyPkiRevoked, i);
        bool never = one->reason == KEY_COMPROMISE || one->reason == CA_COMPROMISE;

        if (is_serial_of(one->serial, key->certificate))
            key->to_s =
                never ? key->from_s - 1 : MIN(key->to_s, one->revoked_us / G_USEC_PER_SEC);
    }
}

static bool
add_key(GArray *keys, const char *folder, const char *name, const GArray *revoked,
        GError **error)
{
    SaoySealKey key = { .certificate = first_of(folder, name, error) };

    if (key.certificate == NULL)
        return false;
    SaoyView der = saoy_view_of(key.certificate);
    key.from_s = saoy_certificate_start_us(der) / G_USEC_PER_SEC;
    key.to_s = saoy_certificate_end_us(der) / G_USEC_PER_SEC;
    cut_short(&key, revoked);
    g_array_append_val(keys, key);
    return true;
}

/* The one in use and every one before it. */
static GArray *
all_keys(const char *folder, GError **error)
{
    static const char *const suffixes[] = { ".crt", NULL };
    g_autoptr(GArray) keys = saoy_seal_keys_new();
    g_autoptr(GArray) revoked = saoy_pki_revoked(folder, error);
    g_auto(GStrv) names = revoked != NULL ? saoy_dir_list(folder, suffixes, error) : NULL;

    if (names == NULL || !add_key(keys, folder, "seal.crt", revoked, error))
        return NULL;
    for (char **name = names; *name != NULL; name++)
        if (g_str_has_prefix(*name, "seal-") && !g_str_equal(*name, "seal-next.crt") &&
            !add_key(keys, folder, *name, revoked, error))
            return NULL;
    return g_steal_pointer(&keys);
}

static bool
sign_list(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    return saoy_keys_sign_raw(user, "root", hash, out, error);
}

GBytes *
saoy_seals_list(const SaoyKeys *keys, const char *folder, int64_t next_update_s,
                GError **error)
{
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_KEYS,
                                  .issued_at_s = saoy_clock_wall_us() / G_USEC_PER_SEC,
                                  .next_update_s = next_update_s,
                                  .keys = all_keys(folder, error) };
    g_autoptr(GPtrArray) root =
        list.keys != NULL ? saoy_keys_chain(keys, "root", error) : NULL;

    if (root == NULL)
        return NULL;
    for (guint i = 0; next_update_s == 0 && i < list.keys->len; i++)
        list.next_update_s =
            MAX(list.next_update_s, g_array_index(list.keys, SaoySealKey, i).to_s);
    return saoy_seal_list_make(&list, saoy_view_of(root->pdata[0]), sign_list,
                               (void *)(uintptr_t)keys, error);
}

/* Without key files there is no root's key here that could sign it. */
static bool
write_list(const SaoyHubConfig *config, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "trust", "seal-keys.cose", NULL);

    if (config->key_files == 0)
        return true;
    g_autoptr(SaoyKeys) keys = saoy_keys_open(config, error);
    g_autoptr(GBytes) list = keys != NULL ? saoy_seals_list(keys, folder, 0, error) : NULL;

    return list != NULL && saoy_file_write(path, saoy_view_of(list), error);
}

/* ---- the next one ---- */

static char *
file_of(GBytes *der)
{
    g_autofree char *digest = saoy_sha256_hex(saoy_view_of(der));

    return g_strdup_printf("seal-%.16s.crt", digest); /* its key id */
}

static bool
copy(const char *folder, const char *from, const char *to, GError **error)
{
    g_autofree char *source = g_build_filename(folder, from, NULL);
    g_autofree char *target = g_build_filename(folder, to, NULL);
    g_autoptr(GBytes) bytes = saoy_file_read(source, PEM_MAX, error);

    return bytes != NULL && saoy_file_write(target, saoy_view_of(bytes), error);
}

/* Absent: it was moved before. */
static bool
move(const char *folder, const char *from, const char *to, GError **error)
{
    g_autofree char *source = g_build_filename(folder, from, NULL);
    g_autofree char *target = g_build_filename(folder, to, NULL);

    return g_rename(source, target) == 0 || errno == ENOENT ||
           saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", source, g_strerror(errno));
}

/* P-256, of today, and not one that made seals before: what a list withdrew stays so. */
static bool
is_fit(const char *folder, GBytes *der, GError **error)
{
    g_autoptr(X509) certificate = saoy_x509_parse(saoy_view_of(der), error);
    g_autofree char *file = file_of(der);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    char group[32] = "";

    if (certificate == NULL)
        return false;
    EVP_PKEY_get_group_name(X509_get0_pubkey(certificate), group, sizeof group, NULL);
    ERR_clear_error();
    if (!g_str_equal(group, "prime256v1"))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seals are signed by P-256 keys");
    if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0 ||
        X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the certificate is not of today");
    return !g_file_test(path, G_FILE_TEST_EXISTS) ||
           saoy_fail(error, SAOY_ERROR_REFUSED, "%s made seals before", file);
}

/* pki/seal-next.crt, and its key beside it if it is ours. */
static bool
bring(const SaoyHubConfig *config, const char *folder, const char *certificate,
      GError **error)
{
    g_autofree char *next = g_build_filename(folder, "seal-next.crt", NULL);
    g_autoptr(GBytes) file = NULL;

    if ((certificate != NULL) != (config->seal_signer[0] != '\0'))
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         certificate == NULL
                             ? "[keys] seal names a provider: give its new certificate"
                             : "[keys] seal names no provider that holds its key");
    if (certificate == NULL)
        return saoy_pki_make_seal(folder, config->public_url, "seal-next", error);
    file = saoy_file_read(certificate, PEM_MAX, error);
    return file != NULL && saoy_file_write(next, saoy_view_of(file), error);
}

/* The key first: with a certificate that is not its own, no approval is recorded. */
static bool
put_in_use(const char *folder, GBytes *der, GError **error)
{
    g_autofree char *own = file_of(der);
    g_autofree char *trusted = g_build_filename("trust", own, NULL);

    return copy(folder, "seal-next.crt", trusted, error) &&
           move(folder, "seal-next.key", "seal.key", error) &&
           move(folder, "seal-next.crt", "seal.crt", error);
}

/* What is not fit does not lie there to be taken the next time. */
static GBytes *
take_next(const SaoyHubConfig *config, const char *folder, GBytes *old,
          const char *certificate, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "seal-next.crt", NULL);
    g_autoptr(GBytes) new = NULL;

    if (!bring(config, folder, certificate, error))
        return NULL;
    new = first_of(folder, "seal-next.crt", error);
    if (new != NULL && g_bytes_equal(old, new))
        saoy_set_error(error, SAOY_ERROR_REFUSED, "it makes the seals already");
    else if (new != NULL && is_fit(folder, new, error))
        return g_steal_pointer(&new);
    g_unlink(path);
    return NULL;
}

bool
saoy_seals_next(const SaoyHubConfig *config, const char *certificate, GError **error)
{
    g_autofree char *folder = saoy_hub_config_path(config, config->pki);
    g_autoptr(GBytes) old = first_of(folder, "seal.crt", error);
    g_autofree char *kept = old != NULL ? file_of(old) : NULL;
    g_autoptr(GBytes) new =
        old != NULL ? take_next(config, folder, old, certificate, error) : NULL;

    return new != NULL &&copy(folder, "seal.crt", kept, error) &&
           put_in_use(folder, new, error) && write_list(config, folder, error);
}

bool
saoy_seals_revoke(const SaoyHubConfig *config, const char *name, int reason, GError **error)
{
    g_autofree char *folder = saoy_hub_config_path(config, config->pki);

    if (g_str_equal(name, "seal"))
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         "it makes the seals: \"saoy-hub seal DIR next\" first");
    return saoy_pki_revoke(folder, name, reason, error) &&
           write_list(config, folder, error);
}
