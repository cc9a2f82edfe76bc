/* EF.SOD as the chip sends it, under a store of one issuer, about a fixed DG1. No fuzzer
 * forges a signature, so what stands behind one is tried by itself, too. */
#include "fuzz.h"
#include "passive.h"
#include "sod.h"

static const SaoyReadPolicy policy = { .trust = SAOY_SOURCE_DIR "/tests/fuzz/corpus/trust",
                                       .allow_sha1 = true };

static void
check_file(SaoyLdsFiles *files)
{
    SaoyGroups vouched = 0;
    const char *reason = NULL;
    SaoyProof proof = saoy_passive_check(files, &policy, &reason, &vouched);

    g_assert_nonnull(reason);
    g_assert_true(proof == SAOY_PROOF_DONE || proof == SAOY_PROOF_FAILED ||
                  proof == SAOY_PROOF_UNDECIDED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GBytes *dg1;
    g_autoptr(GBytes) sod = g_bytes_new(data, size);
    SaoySecurityObject object = { 0 };

    if (dg1 == NULL) {
        fuzz_stop_clock();
        dg1 = fuzz_file("lds/dg1");
    }
    SaoyLdsFiles files = { .sod = sod, .groups = { [1] = dg1 } };

    check_file(&files);
    if (saoy_security_object_parse((SaoyView){ data, size }, &object) == NULL)
        (void)saoy_security_object_compare(&object, &files);
    return 0;
}
