#include "verify-parts.h"

/* A cross-reference table of the signed revision may point anywhere in the file, also
 * behind the signed bytes or into the signature's own hole. Nothing it points to may be
 * there. */

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

void
saoy_layout_check(SaoyCheck *check, const SaoyMark *mark)
{
    int64_t max = saoy_pdf_max_object(check->pdf, mark->revision);

    for (int64_t n = 1; n <= max; n++) {
        if (saoy_pdf_object_written_in(check->pdf, mark->revision, n) < 0)
            continue;
        const SaoyPdfValue *value = saoy_pdf_object(check->pdf, mark->revision, n, NULL);

        if (value == NULL) {
            saoy_found(check, SAOY_FOUND_OBJECT_UNREADABLE, n, 0);
            return;
        }
        if (!lies_within(mark, value)) {
            saoy_found(check, SAOY_FOUND_OBJECT_OUTSIDE, n, value->at);
            return;
        }
    }
}
