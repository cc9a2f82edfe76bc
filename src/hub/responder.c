#include "responder.h"

#include "issuing.h"
#include "pki.h"
#include "seals.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include "signature/cms.h"
#include "signature/dss.h"
#include "signature/seal-list.h"

#include <string.h>

#define POLICY "2.25.279721890993936042850261005041331299803" /* of our test authority */
#define OCSP_S 3600
#define CRL_S (24 * 3600)
#define INFO_ROOM 512
#define OUTSIDE_ROOM 8192
#define KEYS_S (7 * 24 * 3600)
#define DENIED_S (24 * 3600)

/* One signing with one credential. */
typedef struct {
    SaoyNode *node;
    const char *credential;
    GArray *revoked;
} Door;

static GBytes *
on_sign(void *user, const uint8_t hash[32], GError **error)
{
    const Door *door = user;

    return saoy_keys_sign(door->node->keys, door->credential, hash, error);
}

/* ---- time stamps ---- */

/* Never twice: 62 random bits. */
static bool
take_serial(int64_t *out, GError **error)
{
    uint8_t bytes[8];

    if (!saoy_random(bytes, sizeof bytes, error))
        return false;
    bytes[0] &= 0x3f;
    *out = 1;
    for (size_t i = 0; i < sizeof bytes; i++)
        *out = (int64_t)((uint64_t)*out << 8 | bytes[i]) & G_MAXINT64;
    return true;
}

typedef GBytes *StampFunc(const SaoyStampAuthority *authority, const void *what,
                          GError **error);

static GBytes *
as_authority(SaoyNode *node, StampFunc *stamp, const void *what, GError **error)
{
    Door door = { node, "tsa", NULL };
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, "tsa", error);
    SaoyStampAuthority authority = { .chain = chain,
                                     .sign = on_sign,
                                     .user = &door,
                                     .policy = POLICY,
                                     .now_us = saoy_clock_wall_us() };

    if (chain == NULL || !take_serial(&authority.serial, error))
        return NULL;
    return stamp(&authority, what, error);
}

static GBytes *
answer_request(const SaoyStampAuthority *authority, const void *what, GError **error)
{
    return saoy_stamp_answer(*(const SaoyView *)what, authority, error);
}

GBytes *
saoy_responder_tsp(SaoyNode *node, SaoyView request, GError **error)
{
    return as_authority(node, answer_request, &request, error);
}

static GBytes *
give_token(const SaoyStampAuthority *authority, const void *what, GError **error)
{
    const SaoyStampAsk *ask = what;

    return saoy_stamp_token(ask->imprint, (SaoyView){ ask->nonce, ask->nonce_size },
                            authority, error);
}

static GBytes *
ask_outside(SaoyNode *node, SaoyStampAsk *ask, GError **error)
{
    const SaoyHubConfig *config = node->config;
    const SaoyHttpTls tls = { .signed_answers = true };
    g_autoptr(SaoyHttp) http = saoy_http_new(config->tsa_url, &tls, error);
    g_autofree char *pki = saoy_hub_config_path(config, config->pki);
    g_autofree char *trust = g_build_filename(pki, "trust", NULL);

    ask->trust = trust;
    ask->policy = config->tsa_policy[0] != '\0' ? config->tsa_policy : NULL;
    return http == NULL ? NULL
                        : saoy_stamp_fetch(http, "", ask, (unsigned)config->tsa_timeout_s,
                                           NULL, error);
}

GBytes *
saoy_responder_token(SaoyNode *node, const uint8_t imprint[32], SaoyView nonce,
                     GError **error)
{
    SaoyStampAsk ask = { 0 };

    if (!saoy_stamp_ask(imprint, &ask, error))
        return NULL;
    if (nonce.size > sizeof ask.nonce)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "nonce of %zu bytes", nonce.size);
    if (nonce.size > 0) {
        memcpy(ask.nonce, nonce.data, nonce.size);
        ask.nonce_size = nonce.size;
    }
    return node->config->tsa_url[0] != '\0' ? ask_outside(node, &ask, error)
                                            : as_authority(node, give_token, &ask, error);
}

/* Ours is a CMS like others, around a TSTInfo of a few hundred bytes. Whoever stands
 * outside may send a longer chain. */
size_t
saoy_responder_stamp_room(SaoyNode *node)
{
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, "tsa", NULL);
    size_t own = chain != NULL ? saoy_cms_size(chain, NULL) : 0;

    return own > 0 && node->config->tsa_url[0] == '\0' ? own + INFO_ROOM : OUTSIDE_ROOM;
}

/* ---- a signature's one time stamp ---- */

static GBytes *
stamp_of(SaoyNode *node, const char *tag, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT token FROM stamps WHERE tag = ?", "b", error, "t", tag);

    if (rows == NULL || saoy_rows_count(rows) == 0)
        return NULL;
    return g_bytes_ref(saoy_rows_bytes(rows, 0, 0));
}

GBytes *
saoy_responder_stamp_given(SaoyNode *node, const char *copy_id, unsigned signer,
                           GError **error)
{
    g_autofree char *tag = g_strdup_printf("%s/%u", copy_id, signer + 1);

    return stamp_of(node, tag, error);
}

/* Only what was signed under that tag, and only while the file does not stand without. */
static bool
may_stamp(SaoyNode *node, const char *tag, const uint8_t imprint[32], GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT s.signature, COALESCE((SELECT filled FROM documents WHERE "
                         "copy_id || '/1' = "
                         "s.tag), '') FROM signatures s WHERE s.tag = ?",
                         "bt", error, "t", tag);
    uint8_t hash[32];

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "nothing was signed under that tag");
    saoy_sha256(saoy_view_of(saoy_rows_bytes(rows, 0, 0)), hash);
    if (memcmp(hash, imprint, sizeof hash) != 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "not the signature that was given");
    return saoy_rows_text(rows, 0, 1)[0] == '\0' ||
           saoy_fail(error, SAOY_ERROR_REFUSED, "the file is held without a time stamp");
}

static GBytes *
keep_stamp(SaoyNode *node, const char *tag, const uint8_t imprint[32], GBytes *token,
           GError **error)
{
    g_autofree char *hex = saoy_hex((SaoyView){ imprint, 32 });
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(GError) wrong = NULL;
    GBytes *before = transaction != NULL ? stamp_of(node, tag, &wrong) : NULL;

    if (transaction == NULL || before != NULL)
        return before; /* another was quicker */
    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return NULL;
    }
    if (!may_stamp(node, tag, imprint, error) ||
        !saoy_records_run(
            node->records,
            "INSERT INTO stamps (tag, imprint, token, made_at) VALUES (?, ?, ?, ?)", error,
            "ttbi", tag, hex, saoy_view_of(token), saoy_clock_wall_us()) ||
        !saoy_transaction_commit(&transaction, error))
        return NULL;
    return g_bytes_ref(token);
}

GBytes *
saoy_responder_stamp(SaoyNode *node, const char *tag, const uint8_t imprint[32],
                     SaoyView nonce, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GBytes) token = stamp_of(node, tag, &wrong);

    if (wrong != NULL) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return NULL;
    }
    if (token != NULL)
        return g_steal_pointer(&token);
    if (!may_stamp(node, tag, imprint, error))
        return NULL;
    /* outside of any transaction: the authority may take its time */
    token = saoy_responder_token(node, imprint, nonce, error);
    return token == NULL ? NULL : keep_stamp(node, tag, imprint, token, error);
}

/* ---- revocation ---- */

static char *
pki_folder(const SaoyNode *node)
{
    return saoy_hub_config_path(node->config, node->config->pki);
}

static const SaoyPkiRevoked *
find_revoked(const GArray *revoked, SaoyView serial)
{
    for (guint i = 0; i < revoked->len; i++) {
        const SaoyPkiRevoked *one = &g_array_index(revoked, SaoyPkiRevoked, i);
        SaoyView own = saoy_view_of(one->serial);

        if (own.size == serial.size && memcmp(own.data, serial.data, own.size) == 0)
            return one;
    }
    return NULL;
}

static SaoyRevocationEntry
look(void *user, SaoyView serial)
{
    const Door *door = user;
    g_autofree char *folder = pki_folder(door->node);
    const SaoyPkiRevoked *one = find_revoked(door->revoked, serial);

    if (one != NULL)
        return (SaoyRevocationEntry){ SAOY_REVOCATION_REVOKED, one->revoked_us,
                                      one->reason };
    return (SaoyRevocationEntry){ saoy_pki_issued(folder, serial) ? SAOY_REVOCATION_GOOD
                                                                  : SAOY_REVOCATION_UNKNOWN,
                                  0, -1 };
}

GBytes *
saoy_responder_ocsp(SaoyNode *node, SaoyView request, GError **error)
{
    g_autofree char *folder = pki_folder(node);
    g_autoptr(GArray) revoked = saoy_pki_revoked(folder, error);
    g_autoptr(GPtrArray) issuer =
        revoked != NULL ? saoy_keys_chain(node->keys, "issuing", error) : NULL;
    g_autoptr(GPtrArray) chain =
        issuer != NULL ? saoy_keys_chain(node->keys, "ocsp", error) : NULL;
    Door door = { node, "ocsp", revoked };

    if (chain == NULL)
        return NULL;
    const SaoyOcspResponder responder = { .issuer = saoy_view_of(issuer->pdata[0]),
                                          .responder = chain,
                                          .sign = on_sign,
                                          .user = &door,
                                          .look = look,
                                          .now_us = saoy_clock_wall_us(),
                                          .valid_s = OCSP_S };
    return saoy_ocsp_answer(request, &responder, error);
}

/* The file does not say who issued: both lists name all. Serial numbers are random. */
GBytes *
saoy_responder_crl(SaoyNode *node, const char *name, GError **error)
{
    g_autofree char *folder = pki_folder(node);
    g_autoptr(GArray) revoked = NULL;
    g_autoptr(GPtrArray) chain = NULL;
    g_autofree SaoyCrlEntry *entries = NULL;
    int64_t now = saoy_clock_wall_us();
    Door door = { node, name, NULL };

    if (!g_str_equal(name, "issuing") && !g_str_equal(name, "root"))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such list");
    revoked = saoy_pki_revoked(folder, error);
    chain = revoked != NULL ? saoy_keys_chain(node->keys, name, error) : NULL;
    if (chain == NULL)
        return NULL;
    entries = g_new0(SaoyCrlEntry, revoked->len + 1);
    for (guint i = 0; i < revoked->len; i++) {
        const SaoyPkiRevoked *one = &g_array_index(revoked, SaoyPkiRevoked, i);

        entries[i] =
            (SaoyCrlEntry){ saoy_view_of(one->serial), one->revoked_us, one->reason };
    }
    return saoy_crl_make(saoy_view_of(chain->pdata[0]), entries, revoked->len,
                         now / G_USEC_PER_SEC, now, CRL_S, on_sign, &door, error);
}

/* ---- asking ---- */

static GBytes *
fetch_own(SaoyNode *node, const char *name, GBytes *body, GError **error)
{
    g_autofree char *stem = g_str_has_suffix(name, ".crl") || g_str_has_suffix(name, ".crt")
                                ? g_strndup(name, strlen(name) - 4)
                                : NULL;
    g_autoptr(GPtrArray) chain = NULL;

    if (g_str_equal(name, "ocsp") && body != NULL)
        return saoy_responder_ocsp(node, saoy_view_of(body), error);
    if (stem == NULL)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such file");
    if (g_str_has_suffix(name, ".crl"))
        return saoy_responder_crl(node, stem, error);
    chain = saoy_keys_chain(node->keys, stem, error);
    return chain != NULL ? g_bytes_ref(chain->pdata[0]) : NULL;
}

GBytes *
saoy_responder_fetch(void *user, const char *url, const char *type, GBytes *body,
                     GCancellable *cancel, GError **error)
{
    SaoyNode *node = user;
    const char *own = saoy_url_own_path(node->config->public_url, "/pki/", url);

    return own != NULL
               ? fetch_own(node, own + strlen("/pki/"), body, error)
               : saoy_http_fetch(node->config->public_url, url, type, body, cancel, error);
}

/* ---- the seal's lists ---- */

static bool
sign_list(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    return saoy_keys_sign_raw(user, "root", hash, out, error);
}

/* Cancelled, or never issued after all. */
static bool
add_denied(SaoyNode *node, SaoySealList *list, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT copy_id FROM register WHERE cancelled_at > 0 UNION SELECT copy_id FROM "
        "documents WHERE state = 'not_issued' AND copy_id IS NOT NULL LIMIT 400000",
        "t", error, "");
    g_autoptr(GPtrArray) ids = g_ptr_array_new();

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        g_ptr_array_add(ids, (void *)(uintptr_t)saoy_rows_text(rows, i, 0));
    g_ptr_array_add(ids, NULL);
    list->denied = saoy_seal_denied_new((const char *const *)ids->pdata);
    return true;
}

static GBytes *
denied_list(SaoyNode *node, int64_t now_s, GError **error)
{
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_DENIED,
                                  .issued_at_s = now_s,
                                  .next_update_s = now_s + DENIED_S };
    g_autoptr(GPtrArray) root = saoy_keys_chain(node->keys, "root", error);

    if (root == NULL || !add_denied(node, &list, error))
        return NULL;
    return saoy_seal_list_make(&list, saoy_view_of(root->pdata[0]), sign_list,
                               (void *)(uintptr_t)node->keys, error);
}

GBytes *
saoy_responder_seal_list(SaoyNode *node, const char *kind, GError **error)
{
    int64_t now_s = saoy_clock_wall_us() / G_USEC_PER_SEC;
    g_autofree char *folder = pki_folder(node);

    return g_str_equal(kind, "keys")
               ? saoy_seals_list(node->keys, folder, now_s + KEYS_S, error)
               : denied_list(node, now_s, error);
}
