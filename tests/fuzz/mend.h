#pragma once
#include "belief.h"
#include "cms-parts.h"

#include <openssl/ts.h>

/* Digests are no more computed by a fuzzer than signatures are: here they are put right. */

/* Every run of bytes in the file that equals `was` becomes `wanted`. Short ones stay. */
static inline void
fuzz_mend(GByteArray *file, SaoyView was, const uint8_t *wanted)
{
    uint8_t *at = file->data;

    while (was.size >= 16 && (at = memmem(at, (size_t)(file->data + file->len - at),
                                          was.data, was.size)) != NULL) {
        memcpy(at, wanted, was.size);
        at += was.size;
    }
}

/* never without data, so that places in it can be pointed at */
static inline GByteArray *
fuzz_copy(SaoyView bytes)
{
    GByteArray *copy = g_byte_array_sized_new((guint)bytes.size + 1);

    g_byte_array_append(copy, bytes.data, (guint)bytes.size);
    return copy;
}

static inline SaoyView
fuzz_view(const GByteArray *file)
{
    return (SaoyView){ file->data, file->len };
}

/* What a token says of the data. */
static inline void
fuzz_mend_imprint(GByteArray *file, SaoyView content, const SaoyView data[2])
{
    const unsigned char *at = content.data;
    TS_TST_INFO *info = d2i_TS_TST_INFO(NULL, &at, (long)content.size);
    uint8_t digest[64];

    if (info == NULL && content.size == 20 && saoy_cms_digest(NID_sha1, data, digest) == 20)
        fuzz_mend(file, content, digest); /* adbe.pkcs7.sha1 */
    if (info == NULL)
        return;
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    const ASN1_OCTET_STRING *was = TS_MSG_IMPRINT_get_msg(imprint);
    int nid = OBJ_obj2nid(TS_MSG_IMPRINT_get_algo(imprint)->algorithm);
    size_t size = saoy_cms_digest(nid, data, digest);

    if (size > 0 && size == (size_t)ASN1_STRING_length(was))
        fuzz_mend(file, (SaoyView){ ASN1_STRING_get0_data(was), size }, digest);
    TS_TST_INFO_free(info);
}

static inline void
fuzz_mend_digest(GByteArray *file, const SaoyCmsParts *parts, const SaoyView data[2])
{
    uint8_t digest[64];
    size_t size = saoy_cms_digest(parts->digest, data, digest);

    if (size > 0 && size == parts->message_digest.size)
        fuzz_mend(file, parts->message_digest, digest);
}

/* A token over data, which begins `at` bytes into the file: imprint first, for it stands in
 * what is digested. */
static inline void
fuzz_mend_token(GByteArray *file, size_t at, const SaoyView data[2])
{
    for (int round = 0; round < 2; round++) {
        const SaoyView token = { file->data + at, file->len - at };
        g_auto(SaoyCmsParts) parts = { 0 };

        if (!saoy_cms_open(token, &parts, NULL) || parts.content.data == NULL)
            return;
        const SaoyView content[2] = { parts.content, { (const uint8_t *)"", 0 } };
        if (round == 0)
            fuzz_mend_imprint(file, parts.content, data);
        else
            fuzz_mend_digest(file, &parts, content);
    }
}

/* A signature over data, or a token, and the time stamp in the signature. */
static inline void
fuzz_mend_value(GByteArray *file, const SaoyView data[2])
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (!saoy_cms_open(fuzz_view(file), &parts, NULL))
        return;
    if (parts.content.data != NULL) {
        fuzz_mend_token(file, 0, data);
        return;
    }
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts.signer_info);
    const SaoyView stamped[2] = { { ASN1_STRING_get0_data(value),
                                    (size_t)ASN1_STRING_length(value) },
                                  { (const uint8_t *)"", 0 } };
    g_autoptr(GBytes) token = saoy_cms_time_stamp(&parts);
    if (token != NULL) {
        g_autoptr(GByteArray) inner = fuzz_copy(saoy_view_of(token));

        fuzz_mend_token(inner, 0, stamped);
        fuzz_mend(file, saoy_view_of(token), inner->data);
    }
    fuzz_mend_digest(file, &parts, data);
}
