/* What comes with a security object or lies in the store: certificates and their chain,
 * revocation lists, master lists. */
#include "csca-store.h"
#include "fuzz.h"

static SaoyCsca *
store(void)
{
    static SaoyCsca *csca;

    if (csca == NULL) {
        fuzz_stop_clock();
        csca = saoy_csca_open(SAOY_SOURCE_DIR "/tests/fuzz/corpus/trust");
    }
    return csca;
}

/* As the signer of a document, which is what a chip may hand in. */
static void
judge_certificate(const SaoyCsca *csca, SaoyView der)
{
    const SaoyChainRules rules = { .at_s = fuzz_now() / 1000000, .allow_sha1 = true };
    SaoyCscaEntry *entry = saoy_csca_entry_new(der);
    X509 *certificate = entry == NULL ? NULL : saoy_csca_entry_certificate(entry);

    if (certificate != NULL) {
        (void)saoy_signs_lists(certificate);
        g_assert_cmpint(saoy_csca_chain(csca->files, certificate, &rules).end, <,
                        SAOY_CHAIN_N);
    }
    if (entry != NULL)
        saoy_csca_entry_free(entry);
}

static void
judge_list(SaoyView der)
{
    SaoyCscaEntry *entry = saoy_csca_entry_new_crl(der);

    if (entry == NULL)
        return;
    (void)saoy_csca_entry_crl(entry);
    saoy_csca_entry_free(entry);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const SaoyView bytes = { data, size };
    SaoyCsca *csca = store();
    g_autoptr(SaoyCscaFile) file = saoy_csca_file_new("list.ml", SAOY_CSCA_MASTER_LIST);

    judge_certificate(csca, bytes);
    judge_list(bytes);
    (void)saoy_master_list_read(file, bytes, csca->anchors, NULL, NULL);
    return 0;
}
