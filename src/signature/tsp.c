#include "cms-parts.h"
#include "der.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "signature/chain.h"

#include <openssl/objects.h>

#include <string.h>

/* The Time-Stamp Protocol, RFC 3161: the asking side. The giving side: tsp-answer.c. */
enum { TOLERANCE_S = 300, TIMEOUT_S = 10, MAX_ANSWER = 64 << 10 };

bool
saoy_stamp_ask(const uint8_t imprint[32], SaoyStampAsk *out, GError **error)
{
    SaoyStampAsk ask = { .nonce_size = sizeof ask.nonce, .now_us = saoy_clock_wall_us() };

    if (!saoy_random(ask.nonce, sizeof ask.nonce, error))
        return false;
    /* a positive INTEGER of exactly this size */
    ask.nonce[0] = (uint8_t)((ask.nonce[0] & 0x7f) | 0x40);
    memcpy(ask.imprint, imprint, sizeof ask.imprint);
    *out = ask;
    return true;
}

static void
add_policy(GByteArray *out, const char *policy)
{
    g_autoptr(ASN1_OBJECT) object = OBJ_txt2obj(policy, 1);

    if (object != NULL)
        saoy_der_bytes(out, SAOY_DER_OID,
                       (SaoyView){ OBJ_get0_data(object), OBJ_length(object) });
}

GBytes *
saoy_stamp_request(const SaoyStampAsk *ask)
{
    static const uint8_t yes = 0xff;
    g_autoptr(GByteArray) out = g_byte_array_new();

    saoy_der_small(out, 1);
    size_t from = out->len;
    saoy_der_algorithm(out, NID_sha256, true);
    saoy_der_bytes(out, SAOY_DER_OCTETS, (SaoyView){ ask->imprint, sizeof ask->imprint });
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    if (ask->policy != NULL)
        add_policy(out, ask->policy);
    if (ask->nonce_size > 0)
        saoy_der_positive(out, (SaoyView){ ask->nonce, ask->nonce_size });
    saoy_der_bytes(out, SAOY_DER_BOOLEAN, (SaoyView){ &yes, 1 });
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

static const char *
what_is_wrong(const SaoyStampAsk *ask, const SaoyStamp *stamp)
{
    int64_t tolerance_us =
        (int64_t)(ask->tolerance_s != 0 ? ask->tolerance_s : TOLERANCE_S) * G_USEC_PER_SEC;
    int64_t apart_us = ABS(stamp->time_us - ask->now_us);

    if (ask->nonce_size != 0 && (stamp->nonce_size != ask->nonce_size ||
                                 memcmp(stamp->nonce, ask->nonce, ask->nonce_size) != 0))
        return "of another request";
    if (ask->policy != NULL && g_strcmp0(ask->policy, stamp->policy) != 0)
        return "under another policy";
    if (!stamp->for_stamps)
        return "certificate is not for time stamps alone";
    if (!stamp->named)
        return "does not name its certificate";
    if (!stamp->strong)
        return "of an algorithm that is no longer safe";
    if (apart_us > tolerance_us + stamp->accuracy_us)
        return "time is far from our clock";
    if (saoy_chain_check(stamp->chain, ask->trust, stamp->time_us, SAOY_PURPOSE_STAMP) !=
            SAOY_TRUST_TRUSTED &&
        ask->trust != NULL)
        return "authority is not trusted";
    return NULL;
}

bool
saoy_stamp_accept_token(SaoyView token, const SaoyStampAsk *ask, GError **error)
{
    g_auto(SaoyStamp) stamp = { 0 };
    const char *wrong = NULL;

    if (!saoy_stamp_check_imprint(token, ask->imprint, &stamp, error))
        return false;
    wrong = what_is_wrong(ask, &stamp);
    return wrong == NULL || saoy_fail(error, SAOY_ERROR_UNTRUSTED, "time stamp: %s", wrong);
}

/* PKIStatus granted or grantedWithMods; the token follows. */
static bool
take_token(SaoyView response, SaoyView *out, GError **error)
{
    SaoyView body = { 0 }, info = { 0 }, status = { 0 };

    if (!saoy_tlv_take(&response, SAOY_DER_SEQUENCE, &body, error) ||
        !saoy_tlv_take(&body, SAOY_DER_SEQUENCE, &info, error) ||
        !saoy_tlv_take(&info, SAOY_DER_INTEGER, &status, error))
        return false;
    if (status.size != 1 || response.size > 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no time stamp response");
    if (status.data[0] > 1)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "time stamp not granted: status %u",
                         status.data[0]);
    *out = body;
    return true;
}

GBytes *
saoy_stamp_accept(SaoyView response, const SaoyStampAsk *ask, GError **error)
{
    SaoyView token = { 0 };

    if (!take_token(response, &token, error) || !saoy_stamp_accept_token(token, ask, error))
        return NULL;
    return g_bytes_new(token.data, token.size);
}

GBytes *
saoy_stamp_fetch(SaoyHttp *http, const char *path, const SaoyStampAsk *ask,
                 unsigned timeout_s, GCancellable *cancel, GError **error)
{
    g_autoptr(GBytes) request = saoy_stamp_request(ask);
    const SaoyHttpCall call = { .method = "POST",
                                .path = path,
                                .type = "application/timestamp-query",
                                .body = saoy_view_of(request),
                                .timeout_s = timeout_s != 0 ? timeout_s : TIMEOUT_S,
                                .max_answer = MAX_ANSWER };
    g_auto(SaoyHttpAnswer) answer = { 0 };
    GBytes *token = NULL;

    if (saoy_http_call(http, &call, &answer, cancel, error)) {
        if (answer.status != 200)
            saoy_set_error(error,
                           answer.status >= 500 ? SAOY_ERROR_OFFLINE : SAOY_ERROR_REFUSED,
                           "status %d", answer.status);
        else
            token = saoy_stamp_accept(saoy_view_of(answer.body), ask, error);
    }
    if (token == NULL)
        g_prefix_error(error, "time stamp authority: ");
    return token;
}
