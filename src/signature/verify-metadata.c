#include "verify-changes.h"

#include "core/file.h"

#include <string.h>

/* Document information and XMP, which honest software dates anew with each revision. */

enum { BLOTTED_BYTES = 2 }; /* unpacked and blotted for one look */

/* A date or tool, as an attribute or an element; NULL: none begins here. */
static const char *
dated_at(const char *at, const char *end)
{
    static const char *const names[] = { "xmp:ModifyDate", "xmp:MetadataDate",
                                         "xmp:CreatorTool", "pdf:Producer",
                                         "xmpMM:InstanceID" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t length = strlen(names[i]);

        if ((size_t)(end - at) > length && memcmp(at, names[i], length) == 0)
            return at + length;
    }
    return NULL;
}

/* Where what it says ends; NULL: it is no such thing, or without end: then no later one has
 * an end either. */
static const char *
value_end(const char *at, const char *end)
{
    if (*at == '>') {
        const char *close = memchr(at, '<', (size_t)(end - at));

        return close != NULL ? close : end;
    }
    if (end - at < 2 || at[0] != '=' || at[1] != '"')
        return NULL;
    at = memchr(at + 2, '"', (size_t)(end - at - 2));
    return at != NULL ? at + 1 : NULL;
}

/* Dates and tools, which every writer sets, and blanks blotted out of an XMP packet, in one
 * pass. */
static GBytes *
blot(SaoyView packet)
{
    char *out = g_malloc(packet.size + 1);
    const char *at = (const char *)packet.data, *end = at + packet.size;
    size_t n = 0;

    while (at < end) {
        const char *value = *at == 'x' || *at == 'p' ? dated_at(at, end) : NULL;
        const char *after = value != NULL ? value_end(value, end) : NULL;

        if (after == NULL && !g_ascii_isspace(*at))
            out[n++] = *at;
        at = after != NULL ? after : at + 1;
    }
    return g_bytes_new_take(out, n);
}

static GBytes *
without_dates(SaoyDiff *diff, size_t revision, const SaoyPdfValue *stream)
{
    g_autoptr(GBytes) packet =
        saoy_pdf_stream(diff->check->pdf, revision, stream, 1 << 20, NULL);
    size_t size = packet != NULL ? g_bytes_get_size(packet) : 0;

    return packet != NULL && saoy_check_spend(diff->check, 1 + size / BLOTTED_BYTES)
               ? blot(saoy_view_of(packet))
               : NULL;
}

SaoyLater
saoy_diff_judge_metadata(SaoyDiff *diff, const SaoyPdfValue *before,
                         const SaoyPdfValue *after)
{
    g_autoptr(GBytes) old = without_dates(diff, diff->before, before);
    g_autoptr(GBytes) now = without_dates(diff, diff->after, after);

    return old != NULL && now != NULL && g_bytes_equal(old, now)
               ? SAOY_LATER_SUSPICIOUS
               : saoy_diff_unless_certified(diff);
}

static SaoyLater
information_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
                  const SaoyPdfValue *after)
{
    static const char *const dates[] = { "ModDate", "Producer", NULL };

    return saoy_diff_key_is(key, dates) ? SAOY_LATER_SUSPICIOUS
                                        : saoy_diff_unless_certified(diff);
}

SaoyLater
saoy_diff_judge_information(SaoyDiff *diff, const SaoyPdfValue *before,
                            const SaoyPdfValue *after)
{
    if (before == NULL || after == NULL || before->type != SAOY_PDF_DICT ||
        after->type != SAOY_PDF_DICT)
        return saoy_diff_unless_certified(diff);
    return saoy_diff_entries(diff, before, after, information_entry);
}
