/* EF.CardSecurity: its signature, and the chip authentication mapping that is judged by
 * what it signs. The signed part is also tried by itself: no fuzzer forges a signature. */
#include "cam.h"
#include "fuzz.h"
#include "passive.h"

static const SaoyReadPolicy policy = { .trust = SAOY_SOURCE_DIR "/tests/fuzz/corpus/trust",
                                       .allow_sha1 = true };
#define BRAINPOOL_P256R1 13

/* Chip authentication mapping of the card in the corpus: data 1 and its own key. */
static void
check_mapping(SaoyView infos)
{
    static const uint8_t one[] = { 1 };
    g_autoptr(SaoyDomain) domain = saoy_domain_new(BRAINPOOL_P256R1);
    g_auto(SaoyCam) cam = { 0 };

    cam.data = saoy_array_new(sizeof one);
    g_byte_array_append(cam.data, one, sizeof one);
    cam.mapping = saoy_array_new(160);
    if (saoy_ec_point_put(domain->curve, EC_GROUP_get0_generator(domain->curve),
                          cam.mapping, NULL))
        (void)saoy_cam_check(BRAINPOOL_P256R1, &cam, infos, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) infos = NULL;

    fuzz_stop_clock();
    (void)saoy_card_security_check((SaoyView){ data, size }, &policy, &infos);
    if (infos != NULL)
        check_mapping(saoy_view_of(infos));
    check_mapping((SaoyView){ data, size });
    return 0;
}
