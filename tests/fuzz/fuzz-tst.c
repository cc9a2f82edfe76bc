/* Time stamps, by whoever gives or asks for one: tokens, responses, requests. Imprint and
 * digest are put right first. */
#include "mend.h"
#include "signature/stamp.h"

static const SaoyView stamped[2] = { { (const uint8_t *)"Sao Y", 5 },
                                     { (const uint8_t *)"", 0 } };

/* Where a response has its token; 0: it has none. */
static size_t
token_in(SaoyView file)
{
    SaoyView rest = file, body = { 0 }, status = { 0 };

    return saoy_tlv_take(&rest, 0x30, &body, NULL) &&
                   saoy_tlv_take(&body, 0x30, &status, NULL) && body.size > 0
               ? (size_t)(body.data - file.data)
               : 0;
}

static void
check_token(SaoyView token)
{
    g_auto(SaoyStamp) stamp = { 0 };
    g_auto(SaoyStamp) earnest = { 0 };

    if (!saoy_stamp_check(token, stamped, &stamp, NULL))
        return;
    g_assert_true(stamp.chain->len > 0 && stamp.time_us != 0 && stamp.policy != NULL);
    fuzz_believes = false;
    (void)saoy_stamp_check(token, stamped, &earnest, NULL);
    fuzz_believes = true;
}

static void
accept_both(SaoyView file)
{
    SaoyStampAsk ask = { .policy = "1.3.6.1.4.1.99999.1",
                         .trust = FUZZ_ROOTS,
                         .now_us = fuzz_now(),
                         .nonce = { 0x47, 0x11 },
                         .nonce_size = 2 };
    uint8_t digest[64];

    (void)saoy_cms_digest(NID_sha256, stamped, digest);
    memcpy(ask.imprint, digest, sizeof ask.imprint);
    g_autoptr(GBytes) token = saoy_stamp_accept(file, &ask, NULL);
    g_assert_true(token == NULL ||
                  saoy_stamp_accept_token(saoy_view_of(token), &ask, NULL));
    (void)saoy_stamp_accept_token(file, &ask, NULL);
}

static void
give(SaoyView request)
{
    static GBytes *tsa;
    static GPtrArray *chain;

    if (chain == NULL) {
        tsa = fuzz_file("pki/tsa.der");
        chain = fuzz_chain(tsa, NULL);
    }
    const SaoyStampAuthority authority = { .chain = chain,
                                           .sign = fuzz_on_sign,
                                           .policy = "1.3.6.1.4.1.99999.1",
                                           .now_us = fuzz_now(),
                                           .serial = 4711 };
    g_autoptr(GBytes) answer = saoy_stamp_answer(request, &authority, NULL);
    g_assert_nonnull(answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) file = fuzz_copy((SaoyView){ data, size });

    fuzz_stop_clock();
    give((SaoyView){ data, size });
    fuzz_mend_token(file, token_in(fuzz_view(file)), stamped);
    check_token(fuzz_view(file));
    accept_both(fuzz_view(file));
    return 0;
}
