/* Time stamps, by whoever gives or asks for one: tokens, responses, requests. Imprint and
 * digest are put right first. */
#include "belief.h"
#include "cms-parts.h"
#include "signature/stamp.h"

#include <openssl/ts.h>

static const SaoyView stamped[2] = { { (const uint8_t *)"Sao Y", 5 },
                                     { (const uint8_t *)"", 0 } };

/* Imprint first: it stands in what is digested. */
static void
mend_imprint(GByteArray *file, SaoyView content)
{
    const unsigned char *at = content.data;
    TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &at, (long)content.size);
    uint8_t digest[64];

    if (info == NULL)
        return;
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OCTET_STRING *was = TS_MSG_IMPRINT_get_msg(imprint);
    int nid = OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm);
    size_t size = saoy_cms_digest(nid, stamped, digest);

    if (size > 0 && size == (size_t)ASN1_STRING_length(was))
        fuzz_mend(file, (SaoyView){ ASN1_STRING_get0_data(was), size }, digest);
    TS_TST_INFO_free(info);
}

static void
mend_digest(GByteArray *file, const SaoyCmsParts *parts)
{
    const SaoyView content[2] = { parts->content, stamped[1] };
    uint8_t digest[64];
    size_t size = saoy_cms_digest(parts->digest, content, digest);

    if (size > 0 && size == parts->message_digest.size)
        fuzz_mend(file, parts->message_digest, digest);
}

/* The token, which begins `at` bytes into the file. */
static void
mend(GByteArray *file, size_t at)
{
    for (int round = 0; round < 2; round++) {
        const SaoyView token = { file->data + at, file->len - at };
        g_auto(SaoyCmsParts) parts = { 0 };

        if (!saoy_cms_open(token, &parts, NULL) || parts.content.data == NULL)
            return;
        if (round == 0)
            mend_imprint(file, parts.content);
        else
            mend_digest(file, &parts);
    }
}

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
    g_autoptr(GByteArray) file = fuzz_copy(data, size);

    fuzz_stop_clock();
    give((SaoyView){ data, size });
    mend(file, token_in(fuzz_view(file)));
    check_token(fuzz_view(file));
    accept_both(fuzz_view(file));
    return 0;
}
