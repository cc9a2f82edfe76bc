/* CMS as it comes from a signing service or stands in a file: read, its chain judged, built
 * again of its own parts. */
#include "belief.h"
#include "cms-parts.h"
#include "signature/chain.h"
#include "signature/revocation.h"

static void
judge_certificates(GPtrArray *chain)
{
    g_autoptr(GPtrArray) path = saoy_chain_path(chain, chain, FUZZ_ROOTS, fuzz_now());

    g_assert_cmpint(saoy_chain_check(chain, FUZZ_ROOTS, fuzz_now(), SAOY_PURPOSE_DOCUMENT),
                    <, SAOY_TRUST_N);
    g_assert_true(path == NULL || path->len > 0);
    for (guint i = 0; i < MIN(chain->len, 4); i++) {
        g_autofree char *name = saoy_certificate_name(saoy_view_of(chain->pdata[i]));

        g_assert_true(g_utf8_validate(name, -1, NULL));
    }
}

/* The time stamp in it, of its signature or not. */
static void
judge_stamp(const SaoyCmsParts *parts)
{
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts->signer_info);
    const SaoyView data[2] = { { ASN1_STRING_get0_data(value),
                                 (size_t)ASN1_STRING_length(value) },
                               { (const uint8_t *)"", 0 } };
    g_autoptr(GBytes) token = saoy_cms_time_stamp(parts);
    g_auto(SaoyStamp) stamp = { 0 };

    if (token != NULL && saoy_stamp_check(saoy_view_of(token), data, &stamp, NULL))
        judge_certificates(stamp.chain);
}

/* Of what was accepted a signature of ours can be built, too. */
static void
build_again(const SaoyCms *cms, SaoyView der)
{
    uint8_t hash[32];
    g_autoptr(GPtrArray) chain = fuzz_chain(cms->signer, NULL);
    g_autoptr(GBytes) attributes = saoy_cms_signed_attributes(
        cms->message_digest, saoy_view_of(cms->signer), hash, NULL);
    g_autoptr(GBytes) built =
        saoy_cms_build(cms->message_digest, chain, saoy_view_of(cms->signature), NULL);
    g_autoptr(GBytes) stamped = NULL;

    g_assert_nonnull(attributes);
    g_assert_true(built == NULL || saoy_cms_size(chain, NULL) > 0);
    if (cms->time_stamp == NULL)
        return;
    stamped = saoy_cms_add_stamp(built != NULL ? saoy_view_of(built) : der,
                                 saoy_view_of(cms->time_stamp), NULL);
    g_assert_true(stamped == NULL ||
                  g_bytes_get_size(stamped) > g_bytes_get_size(cms->time_stamp));
}

static void
check_strictly(SaoyView der, const SaoyCmsParts *parts)
{
    g_auto(SaoyCms) cms = { 0 };
    g_auto(SaoyCms) earnest = { 0 };
    uint8_t digest[32] = { 0 };

    if (parts->message_digest.size == sizeof digest)
        memcpy(digest, parts->message_digest.data, sizeof digest);
    if (!saoy_cms_check(der, digest, &cms, NULL))
        return;
    build_again(&cms, der);
    fuzz_believes = false;
    (void)saoy_cms_check(der, digest, &earnest, NULL);
    fuzz_believes = true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const SaoyView der = { data, size };
    g_auto(SaoyCmsParts) parts = { 0 };

    fuzz_stop_clock();
    if (!saoy_cms_open(der, &parts, NULL))
        return 0;
    g_autoptr(GPtrArray) chain = saoy_cms_chain(&parts);
    judge_certificates(chain);
    judge_stamp(&parts);
    (void)saoy_cms_signature_holds(&parts, NULL);
    check_strictly(der, &parts);
    return 0;
}
