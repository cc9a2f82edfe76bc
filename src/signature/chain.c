#include "roots.h"

#include "core/file.h"
#include "core/ossl.h"
#include "signature/revocation.h"

#define MAX_TRUST_FILE (1u << 20)
#define MAX_CRL_FILE (16u << 20)

typedef STACK_OF(X509) X509Stack;

static void
x509_stack_free(X509Stack *stack)
{
    sk_X509_pop_free(stack, X509_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509Stack, x509_stack_free)

const char *
saoy_trust_name(SaoyTrust trust)
{
    static const char *const names[SAOY_TRUST_N] = { [SAOY_TRUST_TRUSTED] = "trusted",
                                                     [SAOY_TRUST_UNKNOWN] = "unknown",
                                                     [SAOY_TRUST_EXPIRED] = "expired",
                                                     [SAOY_TRUST_REVOKED] = "revoked" };

    return names[trust];
}

/* ---- the directory ---- */

/* Whole contents of the directory's files with one of these endings, in name order. */
static GPtrArray *
read_files(const char *directory, const char *const *suffixes, size_t max)
{
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_auto(GStrv) names =
        directory != NULL ? saoy_dir_list(directory, suffixes, NULL) : NULL;

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        GBytes *file = saoy_file_read(path, max, NULL);

        if (file != NULL)
            g_ptr_array_add(files, file);
    }
    return files;
}

GPtrArray *
saoy_trust_certificates(const char *directory)
{
    static const char *const suffixes[] = { ".der", ".crt", ".cer", ".pem", NULL };
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    g_autoptr(GPtrArray) files = read_files(directory, suffixes, MAX_TRUST_FILE);

    for (size_t i = 0; i < files->len; i++) {
        g_autoptr(GPtrArray) held = saoy_x509_list(saoy_view_of(files->pdata[i]));

        for (size_t k = 0; k < held->len; k++)
            g_ptr_array_add(out, saoy_x509_der(held->pdata[k]));
    }
    return out;
}

/* ---- building ---- */

struct SaoyRoots {
    X509_STORE *store;
    bool any, lists;
};

/* Revocation lists. Whether one is there for the leaf decides if it is asked. */
static bool
add_lists(X509_STORE *store, const char *directory)
{
    static const char *const suffixes[] = { ".crl", NULL };
    g_autoptr(GPtrArray) files = read_files(directory, suffixes, MAX_CRL_FILE);
    g_auto(SaoyProofs) held = { 0 };
    bool any = false;

    saoy_proofs_init(&held);
    for (size_t i = 0; i < files->len; i++)
        saoy_proofs_take_crl(&held, files->pdata[i], NULL);
    for (size_t i = 0; i < held.crls->len; i++) {
        SaoyView der = saoy_view_of(held.crls->pdata[i]);
        const unsigned char *at = der.data;
        g_autoptr(X509_CRL) list = d2i_X509_CRL(NULL, &at, (long)der.size);

        any = (list != NULL && X509_STORE_add_crl(store, list) == 1) || any;
    }
    ERR_clear_error();
    return any;
}

/* Time and absent lists do not end the building: whether the rest is right decides between
 * EXPIRED and UNKNOWN. The verdict is remembered in the store context's error. */
static int
on_finding(int good, X509_STORE_CTX *ctx)
{
    bool *late = X509_STORE_CTX_get_app_data(ctx);

    switch (X509_STORE_CTX_get_error(ctx)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        *late = true;
        return 1;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
        return 1;
    default:
        return good;
    }
}

/* ---- what a key is for ---- */

static bool
is_for(const ASN1_OBJECT *use, SaoyPurpose purpose)
{
    char oid[sizeof SAOY_USAGE_SEAL + 1];

    switch (OBJ_obj2nid(use)) {
    case NID_anyExtendedKeyUsage:
        return true; /* of an issuer; a time-stamp authority says what it is */
    case NID_time_stamp:
        return purpose == SAOY_PURPOSE_STAMP;
    case NID_server_auth:
    case NID_client_auth:
    case NID_OCSP_sign:
        return false;
    default:
        OBJ_obj2txt(oid, (int)sizeof oid, use, 1);
        return purpose == SAOY_PURPOSE_DOCUMENT && !g_str_equal(oid, SAOY_USAGE_SEAL);
    }
}

/* Unreadable or twice: nothing is allowed. *critical, *n: of the extension; n is 0 where
 * there is none. */
static bool
allows(const X509 *certificate, SaoyPurpose purpose, int *critical, int *n)
{
    EXTENDED_KEY_USAGE *uses =
        X509_get_ext_d2i(certificate, NID_ext_key_usage, critical, NULL);
    bool may = *critical == -1; /* there is none */

    *n = uses != NULL ? sk_ASN1_OBJECT_num(uses) : 0;
    for (int i = 0; i < *n; i++)
        may = may || is_for(sk_ASN1_OBJECT_value(uses, i), purpose);
    EXTENDED_KEY_USAGE_free(uses);
    ERR_clear_error();
    return may;
}

/* A time stamp's is critical and its only one (RFC 3161, 2.3). */
static bool
may_serve(X509 *leaf, SaoyPurpose purpose)
{
    uint32_t usage = X509_get_key_usage(leaf);
    int critical = 0, n = 0;

    if (!allows(leaf, purpose, &critical, &n) ||
        (purpose == SAOY_PURPOSE_STAMP && (critical != 1 || n != 1)))
        return false;
    ERR_clear_error();
    return (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

/* Where an issuer between leaf and root has an extended key usage, it bounds what it
 * issues: RFC 5280, 4.2.1.12, does not say so, and everybody reads it so. The root is
 * trusted as it is. */
static bool
may_issue(const STACK_OF(X509) * path, SaoyPurpose purpose)
{
    int critical = 0, n = 0;

    for (int i = 1; i + 1 < sk_X509_num(path); i++)
        if (!allows(sk_X509_value(path, i), purpose, &critical, &n))
            return false;
    return true;
}

bool
saoy_chain_may(GPtrArray *chain, SaoyPurpose purpose)
{
    g_autoptr(X509) leaf = chain != NULL && chain->len > 0
                               ? saoy_x509_parse(saoy_view_of(chain->pdata[0]), NULL)
                               : NULL;

    return leaf != NULL && may_serve(leaf, purpose);
}

/* ---- paths ---- */

/* No key or digest of less than 112 bits (RSA-2048, SHA-224) on the way: with MD5 and SHA-1
 * certificates can be made to order. */
static void
want_strength(X509_STORE_CTX *ctx)
{
    enum { LEVEL = 2 };

    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), LEVEL);
}

static SaoyTrust
build(X509 *leaf, X509Stack *helpers, const SaoyRoots *roots, int64_t at_us,
      SaoyPurpose purpose)
{
    g_autoptr(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    bool late = false;

    if (ctx == NULL || X509_STORE_CTX_init(ctx, roots->store, leaf, helpers) != 1)
        return SAOY_TRUST_UNKNOWN;
    want_strength(ctx);
    X509_STORE_CTX_set_app_data(ctx, &late);
    X509_STORE_CTX_set_verify_cb(ctx, on_finding);
    X509_STORE_CTX_set_time(ctx, roots->lists ? X509_V_FLAG_CRL_CHECK : 0,
                            (time_t)(at_us / G_USEC_PER_SEC));
    if (roots->lists)
        X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
    bool good = X509_verify_cert(ctx) == 1;
    int why = X509_STORE_CTX_get_error(ctx);
    ERR_clear_error();
    if (!good)
        return why == X509_V_ERR_CERT_REVOKED ? SAOY_TRUST_REVOKED : SAOY_TRUST_UNKNOWN;
    if (!may_issue(X509_STORE_CTX_get0_chain(ctx), purpose))
        return SAOY_TRUST_UNKNOWN;
    return late ? SAOY_TRUST_EXPIRED : SAOY_TRUST_TRUSTED;
}

/* ---- a directory opened ---- */

SaoyRoots *
saoy_roots_open(const char *directory, bool lists)
{
    SaoyRoots *roots = g_new0(SaoyRoots, 1);
    g_autoptr(GPtrArray) certificates = saoy_trust_certificates(directory);

    roots->store = X509_STORE_new();
    roots->any = certificates->len > 0 && roots->store != NULL;
    for (size_t i = 0; roots->any && i < certificates->len; i++) {
        g_autoptr(X509) one = saoy_x509_parse(saoy_view_of(certificates->pdata[i]), NULL);

        if (one != NULL)
            X509_STORE_add_cert(roots->store, one);
    }
    roots->lists = lists && roots->any && add_lists(roots->store, directory);
    ERR_clear_error();
    return roots;
}

void
saoy_roots_close(SaoyRoots *roots)
{
    X509_STORE_free(roots->store);
    g_free(roots);
}

/* Adds DER certificates from index `from` on, the first few: no path is longer, and whoever
 * adds hundreds has no path in mind. What is none is left out. */
static void
add_helpers(X509Stack *helpers, GPtrArray *certificates, size_t from)
{
    enum { MOST = 16 };

    for (size_t i = from; certificates != NULL && i < MIN(certificates->len, from + MOST);
         i++) {
        X509 *helper = saoy_x509_parse(saoy_view_of(certificates->pdata[i]), NULL);

        if (helper != NULL && sk_X509_push(helpers, helper) <= 0)
            X509_free(helper);
    }
    ERR_clear_error();
}

static GPtrArray *
der_of(const STACK_OF(X509) * path)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (int i = 0; i < sk_X509_num(path); i++)
        g_ptr_array_add(out, saoy_x509_der(sk_X509_value(path, i)));
    return out;
}

GPtrArray *
saoy_roots_path(const SaoyRoots *roots, GPtrArray *chain, GPtrArray *helpers, int64_t at_us,
                SaoyPurpose purpose)
{
    g_autoptr(X509Stack) between = sk_X509_new_null();
    g_autoptr(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    g_autoptr(X509) leaf = NULL;
    GPtrArray *out = NULL;

    if (chain == NULL || chain->len == 0 || !roots->any || ctx == NULL)
        return NULL;
    leaf = saoy_x509_parse(saoy_view_of(chain->pdata[0]), NULL);
    add_helpers(between, chain, 1);
    add_helpers(between, helpers, 0);
    if (leaf != NULL && X509_STORE_CTX_init(ctx, roots->store, leaf, between) == 1) {
        want_strength(ctx);
        X509_STORE_CTX_set_time(ctx, 0, (time_t)(at_us / G_USEC_PER_SEC));
        if (X509_verify_cert(ctx) == 1 &&
            may_issue(X509_STORE_CTX_get0_chain(ctx), purpose))
            out = der_of(X509_STORE_CTX_get0_chain(ctx));
    }
    ERR_clear_error();
    return out;
}

SaoyTrust
saoy_roots_check(const SaoyRoots *roots, GPtrArray *chain, GPtrArray *helpers,
                 int64_t at_us, SaoyPurpose purpose)
{
    g_autoptr(X509Stack) between = sk_X509_new_null();
    g_autoptr(X509) leaf = NULL;

    if (chain == NULL || chain->len == 0 || !roots->any)
        return SAOY_TRUST_UNKNOWN;
    leaf = saoy_x509_parse(saoy_view_of(chain->pdata[0]), NULL);
    add_helpers(between, chain, 1);
    add_helpers(between, helpers, 0);
    if (leaf == NULL || !may_serve(leaf, purpose))
        return SAOY_TRUST_UNKNOWN;
    return build(leaf, between, roots, at_us, purpose);
}

GPtrArray *
saoy_chain_path(GPtrArray *chain, GPtrArray *helpers, const char *directory, int64_t at_us)
{
    g_autoptr(SaoyRoots) roots = saoy_roots_open(directory, false);

    return saoy_roots_path(roots, chain, helpers, at_us, SAOY_PURPOSE_DOCUMENT);
}

SaoyTrust
saoy_chain_check(GPtrArray *chain, const char *directory, int64_t at_us,
                 SaoyPurpose purpose)
{
    g_autoptr(SaoyRoots) roots = saoy_roots_open(directory, true);

    return saoy_roots_check(roots, chain, NULL, at_us, purpose);
}
