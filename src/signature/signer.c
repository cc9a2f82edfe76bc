#include "signer-driver.h"

#include "cms-parts.h"

#include "backoff.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/ossl.h"

#include <string.h>

#define MAX_TEXT (32u << 10)
#define MAX_HANDLE 4096
#define UNDER_WAY_S 30 /* at least, and MARGIN_S more: the request that signs */
#define MARGIN_S 5
#define FIRST_POLL_MS 50
#define LONGEST_POLL_MS 2000

static const char *const stage_names[SAOY_SIGNING_N] = {
    [SAOY_SIGNING_NEW] = "new",     [SAOY_SIGNING_CONFIRM] = "confirm",
    [SAOY_SIGNING_ASKED] = "asked", [SAOY_SIGNING_PENDING] = "pending",
    [SAOY_SIGNING_DONE] = "done",
};

SaoySigner *
saoy_signer_new(const SaoySignerDriver *driver, void *self)
{
    SaoySigner *signer = g_new0(SaoySigner, 1);

    signer->driver = driver;
    signer->self = self;
    signer->keys =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, saoy_signer_key_free);
    return signer;
}

void
saoy_signer_close(SaoySigner *signer)
{
    if (signer == NULL)
        return;
    signer->driver->close(signer->self);
    g_hash_table_unref(signer->keys);
    g_free(signer->credential);
    g_free(signer);
}

SaoySignerKey *
saoy_signer_key_new(char *id, GPtrArray *chain)
{
    SaoySignerKey *key = g_new0(SaoySignerKey, 1);

    key->id = id;
    key->chain = chain;
    return key;
}

void
saoy_signer_key_free(void *p)
{
    SaoySignerKey *key = p;

    g_ptr_array_unref(key->chain);
    g_free(key->id);
    g_free(key);
}

/* ---- certificates ---- */

/* The one whose certificate is pinned; taken out of the array. */
static SaoySignerKey *
take_pinned(GPtrArray *keys, const char *sha256)
{
    for (unsigned i = 0; i < keys->len; i++) {
        const SaoySignerKey *key = keys->pdata[i];
        g_autofree char *found = saoy_sha256_hex(saoy_view_of(key->chain->pdata[0]));

        if (g_str_equal(found, sha256))
            return g_ptr_array_steal_index_fast(keys, i);
    }
    return NULL;
}

GPtrArray *
saoy_signer_chain(SaoySigner *signer, const char *credential_id,
                  const char *certificate_sha256, GCancellable *cancel, GError **error)
{
    const char *id = signer->by_name ? credential_id : signer->credential;
    g_autoptr(GPtrArray) keys =
        signer->driver->certificates(signer->self, id, cancel, error);
    SaoySignerKey *key = NULL;

    if (keys == NULL) {
        g_prefix_error(error, "%s: ", signer->driver->name);
        return NULL;
    }
    key = take_pinned(keys, certificate_sha256);
    if (key == NULL)
        return saoy_null(error, SAOY_ERROR_UNTRUSTED,
                         "%s: no certificate there is the one of the approval",
                         signer->driver->name);
    g_hash_table_replace(signer->keys, g_strdup(credential_id), key);
    return g_ptr_array_ref(key->chain);
}

/* ---- what is journalled ---- */

static char *
base64(GBytes *bytes)
{
    SaoyView view = saoy_view_of(bytes);

    return g_base64_encode(view.data, view.size);
}

/* Until when the request may still be under way, seconds since 1970: others wait as long.
 */
static int64_t
under_way_until(const SaoySigningRun *run)
{
    int64_t left_s = (run->deadline_us - saoy_clock_mono_us()) / G_USEC_PER_SEC;

    return saoy_clock_wall_us() / G_USEC_PER_SEC + MAX(left_s, UNDER_WAY_S) + MARGIN_S;
}

/* "" for NEW: as if nothing had been asked. */
static char *
print_stage(const SaoySigningRun *run, SaoySigningStage stage, const char *handle)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    g_autofree char *hash = saoy_hex((SaoyView){ run->asked->hash, SAOY_SHA256_SIZE });
    g_autofree char *signature = stage == SAOY_SIGNING_DONE ? base64(run->signature) : NULL;

    if (stage == SAOY_SIGNING_NEW)
        return g_strdup("");
    saoy_json_set_string(json, "tag", run->asked->tag);
    saoy_json_set_string(json, "credential", run->asked->credential_id);
    saoy_json_set_string(json, "hash", hash);
    saoy_json_set_string(json, "stage", stage_names[stage]);
    if (stage == SAOY_SIGNING_ASKED)
        saoy_json_set_int(json, "until", under_way_until(run));
    if (handle != NULL)
        saoy_json_set_string(json, "handle", handle);
    if (signature != NULL)
        saoy_json_set_string(json, "signature", signature);
    return saoy_json_print(json);
}

bool
saoy_signing_note(SaoySigningRun *run, SaoySigningStage stage, const char *handle,
                  GError **error)
{
    g_autofree char *kept = g_strdup(handle);
    g_autofree char *after = print_stage(run, stage, handle);

    if (run->asked->journal != NULL &&
        !run->asked->journal(run->asked->user, run->text, after, error)) {
        g_prefix_error_literal(error, "signing journal: ");
        return false;
    }
    g_free(run->text);
    run->text = g_steal_pointer(&after);
    g_free(run->handle);
    run->handle = g_steal_pointer(&kept);
    run->stage = stage;
    return true;
}

static bool
find_stage(const char *name, SaoySigningStage *out)
{
    for (int i = SAOY_SIGNING_CONFIRM; i < SAOY_SIGNING_N; i++)
        if (g_str_equal(name, stage_names[i])) {
            *out = (SaoySigningStage)i;
            return true;
        }
    return false;
}

static bool
is_of(const SaoyJson *json, const char *tag, const uint8_t *hash, GError **error)
{
    g_autofree char *hex = saoy_hex((SaoyView){ hash, SAOY_SHA256_SIZE });
    const char *its_tag = saoy_json_string(json, "tag", 256, error);
    const char *its_hash =
        its_tag != NULL ? saoy_json_string(json, "hash", 64, error) : NULL;

    if (its_hash == NULL)
        return false;
    return (g_str_equal(its_tag, tag) && g_str_equal(its_hash, hex)) ||
           saoy_fail(error, SAOY_ERROR_REFUSED,
                     "conflict: another hash was asked for under this tag");
}

/* Handle and signature of the run, as the stage wants them. */
static bool
take_rest(const SaoyJson *json, SaoySigningRun *run, GError **error)
{
    const char *text = NULL;

    if (run->stage == SAOY_SIGNING_CONFIRM || run->stage == SAOY_SIGNING_PENDING) {
        run->handle = g_strdup(saoy_json_string(json, "handle", MAX_HANDLE, error));
        return run->handle != NULL;
    }
    run->until_s = saoy_json_int_or(json, "until", 0);
    if (run->stage != SAOY_SIGNING_DONE)
        return true;
    text = saoy_json_string(json, "signature", MAX_HANDLE, error);
    run->signature = text != NULL ? saoy_base64_decode(text, error) : NULL;
    return run->signature != NULL;
}

static bool
parse_stage(const char *text, const char *tag, const uint8_t *hash, SaoySigningRun *run,
            GError **error)
{
    g_autoptr(SaoyJson) json = NULL;
    const char *name = NULL;

    if (text[0] == '\0')
        return true; /* NEW */
    json =
        saoy_json_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, MAX_TEXT, error);
    if (json == NULL || !is_of(json, tag, hash, error))
        return false;
    name = saoy_json_string(json, "stage", 16, error);
    if (name == NULL)
        return false;
    return find_stage(name, &run->stage)
               ? take_rest(json, run, error)
               : saoy_fail(error, SAOY_ERROR_MALFORMED, "no stage of signing");
}

static void
run_clear(SaoySigningRun *run)
{
    g_clear_pointer(&run->signature, g_bytes_unref);
    g_clear_pointer(&run->handle, g_free);
    g_clear_pointer(&run->text, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySigningRun, run_clear)

static GBytes *
accept(const SaoySigningRun *run, GError **error)
{
    return saoy_cms_accept(saoy_view_of(run->certificate), run->asked->hash,
                           saoy_view_of(run->signature), error);
}

GBytes *
saoy_signing_result(const char *text, const char *tag, const uint8_t hash[32],
                    SaoyView certificate, GError **error)
{
    g_auto(SaoySigningRun) run = { 0 };

    if (!parse_stage(text, tag, hash, &run, error) || run.signature == NULL)
        return NULL;
    return saoy_cms_accept(certificate, hash, saoy_view_of(run.signature), error);
}

/* ---- signing ---- */

static bool
recall(SaoySigner *signer, SaoySigningRun *run, GError **error)
{
    const SaoySigning *asked = run->asked;
    const SaoySignerKey *key = g_hash_table_lookup(signer->keys, asked->credential_id);

    if (key == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "certificate of %s not asked for",
                         asked->credential_id);
    if ((asked->recall == NULL || asked->journal == NULL) && !signer->repeats)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s signs only with a journal",
                         signer->driver->name);
    run->credential = key->id;
    run->certificate = key->chain->pdata[0];
    run->deadline_us = saoy_clock_mono_us() +
                       (signer->patience_s > 0 ? signer->patience_s : asked->patience_s) *
                           (int64_t)G_USEC_PER_SEC;
    run->text = asked->recall != NULL ? asked->recall(asked->user, error) : g_strdup("");
    return run->text != NULL && parse_stage(run->text, asked->tag, asked->hash, run, error);
}

/* Asked by somebody who may still get the answer, or who is no more. */
static bool
may_go_on(const SaoySigner *signer, const SaoySigningRun *run, GError **error)
{
    if (run->stage != SAOY_SIGNING_ASKED || signer->repeats)
        return true;
    if (run->until_s > saoy_clock_wall_us() / G_USEC_PER_SEC)
        return saoy_fail(error, SAOY_ERROR_TIMEOUT, "%s: asked, the answer is awaited",
                         signer->driver->name);
    return saoy_fail(error, SAOY_ERROR_FAILED,
                     "%s: asked before without an answer; an operator must look",
                     signer->driver->name);
}

static bool
take_step(SaoySigner *signer, SaoySigningRun *run, GCancellable *cancel, GError **error)
{
    bool polls = run->stage == SAOY_SIGNING_CONFIRM || run->stage == SAOY_SIGNING_PENDING;
    bool done = polls ? signer->driver->poll(signer->self, run, cancel, error)
                      : signer->driver->start(signer->self, run, cancel, error);

    if (!done)
        g_prefix_error(error, "%s: ", signer->driver->name);
    return done;
}

GBytes *
saoy_signer_sign(SaoySigner *signer, const SaoySigning *signing, GCancellable *cancel,
                 GError **error)
{
    g_auto(SaoySigningRun) run = { .asked = signing };
    SaoyBackoff backoff = { FIRST_POLL_MS, LONGEST_POLL_MS };
    g_autoptr(GBytes) signature = NULL;

    if (!recall(signer, &run, error))
        return NULL;
    if (!may_go_on(signer, &run, error))
        return NULL;
    for (unsigned steps = 1; run.signature == NULL; steps++)
        /* what has just been asked for may be there by now: the first poll comes at once */
        if (!take_step(signer, &run, cancel, error) ||
            (run.signature == NULL && (steps > 1 || run.stage != SAOY_SIGNING_PENDING) &&
             !saoy_backoff_wait(&backoff, 0, run.deadline_us, cancel, error)))
            return NULL;
    signature = accept(&run, error);
    if (signature == NULL || run.stage == SAOY_SIGNING_DONE)
        return g_steal_pointer(&signature);
    return saoy_signing_note(&run, SAOY_SIGNING_DONE, NULL, error)
               ? g_steal_pointer(&signature)
               : NULL;
}

bool
saoy_signer_cancel(SaoySigner *signer, const SaoySigning *signing, GError **error)
{
    g_auto(SaoySigningRun) run = { .asked = signing };

    if (!recall(signer, &run, error))
        return false;
    if (run.stage >= SAOY_SIGNING_ASKED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "%s: a signature may still come",
                         signer->driver->name);
    return run.stage == SAOY_SIGNING_NEW ||
           (signer->driver->cancel(signer->self, &run, error) &&
            saoy_signing_note(&run, SAOY_SIGNING_NEW, NULL, error));
}
