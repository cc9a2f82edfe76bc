/* The small files of the logical data structure: each goes by its own tag, so every parser
 * sees every input. */
#include "domain.h"
#include "facts.h"
#include "fuzz.h"
#include "lds.h"

/* The static keys of the chip, as chip authentication would load them. */
static void
load_keys(const SaoyDg14 *dg14)
{
    for (size_t i = 0; i < dg14->n_offers; i++) {
        g_autoptr(SaoyArray) element = NULL;
        g_autoptr(SaoyDomain) domain =
            saoy_domain_of_key(dg14->offers[i].key, &element, NULL);

        g_assert_true((domain != NULL) == (element != NULL));
    }
}

static void
parse_all(SaoyView file)
{
    SaoyPaceInfo pace = { 0 };
    SaoyGroups groups = 0;
    SaoyMrz mrz = { 0 };
    SaoyDg14 dg14 = { 0 };
    SaoyView key = { 0 };
    bool announced = false;
    size_t total = 0;

    (void)saoy_tlv_total(file, &total, NULL);
    (void)saoy_com_parse(file, &groups, NULL);
    (void)saoy_card_access_parse(file, &pace, &announced, NULL);
    (void)saoy_dg1_parse(file, &mrz, NULL);
    if (saoy_dg14_parse(file, &dg14, NULL))
        load_keys(&dg14);
    (void)saoy_dg15_parse(file, &key, NULL);
}

/* The person out of the files, beside a good DG1. */
static void
take_facts(GBytes *file, GBytes *good)
{
    SaoyLdsFiles files = { .groups = { [1] = good } };
    g_auto(SaoyIdentity) who = { 0 };

    switch (saoy_tlv_peek(saoy_view_of(file))) {
    case 0x61:
        files.groups[1] = file;
        break;
    case 0x6b:
        files.groups[11] = file;
        break;
    case 0x6c:
        files.groups[12] = file;
        break;
    case 0x6d:
        files.groups[13] = file;
        break;
    default:
        return;
    }
    (void)saoy_facts_take(&files, &who, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) file = g_bytes_new(data, size);
    static GBytes *good;

    if (good == NULL) {
        fuzz_stop_clock();
        good = fuzz_file("lds/dg1");
    }
    parse_all(saoy_view_of(file));
    take_facts(file, good);
    return 0;
}
