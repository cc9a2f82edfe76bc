#pragma once
#include "core/bytes.h"

/* What identity needs beside core's cursor: any tag, building, and a file's announced size.
 */

/* Tag of the element at the front, 0 when nothing readable stands there. */
uint32_t saoy_tlv_peek(SaoyView in);

/* Takes one element of whatever tag off the front of *in. MALFORMED. */
bool saoy_tlv_next(SaoyView *in, uint32_t *out_tag, SaoyView *out, GError **error);

/* Appends one element; value.size < 2^24. */
void saoy_tlv_put(GByteArray *out, uint32_t tag, SaoyView value);

/* Size of a whole file from its first bytes: header and announced content. MALFORMED. */
bool saoy_tlv_total(SaoyView head, size_t *out, GError **error);

/* A GByteArray that may hold personal data or keys: zeroed before it is emptied or freed.
 */
void saoy_array_clear(GByteArray *array);
void saoy_array_free(GByteArray *array);
typedef GByteArray SaoyArray;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyArray, saoy_array_free)

/* Room for size bytes at once, so that growing leaves no copy behind on the heap. */
SaoyArray *saoy_array_new(size_t size);

static inline SaoyView
saoy_view_array(const GByteArray *array)
{
    return (SaoyView){ array->data, array->len };
}

static inline bool
saoy_view_same(SaoyView a, SaoyView b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (a.data[i] != b.data[i])
            return false;
    return true;
}
