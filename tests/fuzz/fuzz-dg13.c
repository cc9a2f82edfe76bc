/* DG13 of a Vietnamese card. */
#include "fuzz.h"
#include "lds.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SaoyDg13 fields = { 0 };

    if (!saoy_dg13_parse((SaoyView){ data, size }, &fields, NULL))
        return 0;
    for (size_t i = 0; i < SAOY_DG13_N; i++)
        for (size_t j = 0; j < 2; j++)
            g_assert_cmpuint(fields.text[i][j].size, <=, size);
    return 0;
}
