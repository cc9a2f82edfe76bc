#include "verify-parts.h"

/* Where bytes lie. A cross-reference table of the signed revision may point anywhere in the
 * file, also behind the signed bytes or into the signature's own hole: nothing it points to
 * may be there. */

static bool
lies_within(const SaoyMark *mark, const SaoyPdfValue *value)
{
    size_t end = mark->range[2] + mark->range[3];

    if (value->at == 0)
        return true; /* in an object stream, which is looked at as an object of its own */
    if (value->end > end)
        return false;
    if (value->at >= mark->range[2] || value->end <= mark->range[1])
        return true;
    /* the one object around the hole is the signature dictionary */
    return value == mark->place.dict ||
           (value->at < mark->range[1] && value->end > mark->range[2] &&
            value->type == SAOY_PDF_DICT);
}

/* One revision's own objects as the signed revision sees them; false ends the search. */
static bool
check_listed(SaoyCheck *check, const SaoyMark *mark, size_t revision)
{
    g_autoptr(GArray) numbers = saoy_pdf_listed(check->pdf, revision);

    if (!saoy_check_spend(check, 1 + SAOY_LOOK_UP * (size_t)numbers->len))
        return false;
    for (guint i = 0; i < numbers->len; i++) {
        int64_t n = g_array_index(numbers, int64_t, i);
        const SaoyPdfValue *value =
            n > 0 ? saoy_pdf_object(check->pdf, mark->revision, n, NULL) : NULL;

        if (n > 0 && value == NULL) {
            saoy_found(check, SAOY_FOUND_OBJECT_UNREADABLE, n, 0);
            return false;
        }
        if (n > 0 && !lies_within(mark, value)) {
            saoy_found(check, SAOY_FOUND_OBJECT_OUTSIDE, n, value->at);
            return false;
        }
    }
    return true;
}

void
saoy_layout_check(SaoyCheck *check, const SaoyMark *mark)
{
    for (size_t r = 0; r <= mark->revision; r++)
        if (!check_listed(check, mark, r))
            return;
}
