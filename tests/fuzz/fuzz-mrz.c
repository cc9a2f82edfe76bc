/* What a person types and a camera sees. */
#include "fuzz.h"
#include "identity/mrz.h"
#include "identity/reader.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(SaoyAccessKey) key = { 0 };
    SaoyMrz mrz = { 0 };
    char date[11];

    fuzz_stop_clock();
    (void)saoy_access_key_parse(text, &key, NULL);
    (void)saoy_access_key_seen(text, &key, NULL);
    if (!saoy_mrz_parse((SaoyView){ data, size }, &mrz, NULL))
        return 0;
    (void)saoy_mrz_birth(mrz.birth, 20261122, date, NULL);
    (void)saoy_mrz_expiry(mrz.expiry, 20261122, date, NULL);
    return 0;
}
