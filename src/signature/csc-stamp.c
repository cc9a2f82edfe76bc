#include "csc-call.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/stamp.h"

#include <string.h>

/* CSC API v2, 11.12: signatures/timestamp. */
#define SHA256_OID "2.16.840.1.101.3.4.2.1"
#define TOLERANCE_S (24 * 3600) /* a token given before comes again */

static void
derive_nonce(SaoyStampAsk *ask, const char *tag)
{
    g_autoptr(GByteArray) seed = g_byte_array_new();
    uint8_t hash[SAOY_SHA256_SIZE];

    g_byte_array_append(seed, ask->imprint, sizeof ask->imprint);
    g_byte_array_append(seed, (const uint8_t *)tag, (guint)strlen(tag));
    saoy_sha256((SaoyView){ seed->data, seed->len }, hash);
    memcpy(ask->nonce, hash, sizeof ask->nonce);
    ask->nonce[0] = (uint8_t)((ask->nonce[0] & 0x7f) | 0x40);
}

static SaoyJson *
body_of(const SaoyStampAsk *ask, const char *tag)
{
    g_autofree char *hash = g_base64_encode(ask->imprint, sizeof ask->imprint);
    g_autofree char *nonce = saoy_hex((SaoyView){ ask->nonce, ask->nonce_size });
    SaoyJson *body = saoy_json_object();

    saoy_json_set_string(body, "hash", hash);
    saoy_json_set_string(body, "hashAlgo", SHA256_OID);
    saoy_json_set_string(body, "nonce", nonce);
    if (tag != NULL)
        saoy_json_set_string(body, "clientData", tag);
    return body;
}

static GBytes *
take_token(const SaoyCscAnswer *answer, const SaoyStampAsk *ask, GError **error)
{
    g_autoptr(GBytes) token = saoy_csc_answer_stamp(answer, error);

    return token != NULL && saoy_stamp_accept_token(saoy_view_of(token), ask, error)
               ? g_steal_pointer(&token)
               : NULL;
}

GBytes *
saoy_csc_timestamp(SaoyCsc *csc, const uint8_t hash[32], const char *tag,
                   const char *const *headers, unsigned patience_s, const char *trust,
                   GCancellable *cancel, GError **error)
{
    static const char path[] = "/signatures/timestamp";
    int64_t deadline_us = saoy_clock_mono_us() + patience_s * (int64_t)G_USEC_PER_SEC;
    g_auto(SaoyCscAnswer) answer = { 0 };
    g_autoptr(SaoyJson) body = NULL;
    SaoyStampAsk ask = { 0 };
    bool answered = false;

    if (!saoy_stamp_ask(hash, &ask, error))
        return NULL;
    ask.trust = trust;
    if (tag != NULL) {
        derive_nonce(&ask, tag);
        ask.tolerance_s = TOLERANCE_S;
    }
    body = body_of(&ask, tag);
    const SaoyCscCall call = { .path = path, .body = body, .deadline_us = deadline_us };
    csc->headers = headers;
    answered = saoy_csc_call(csc, &call, &answer, cancel, error);
    csc->headers = NULL;
    if (!answered)
        return NULL;
    if (answer.status != 200) {
        saoy_csc_refuse(&answer, path, error);
        return NULL;
    }
    return take_token(&answer, &ask, error);
}
