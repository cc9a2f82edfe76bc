#include "pdf-sign.h"

#include "core/error.h"

#include <string.h>

/* Signature placeholders (ISO 32000-1, 12.8.1): /ByteRange has room for any file and is
 * filled in once the revision's length is known; /Contents stays zero. */
enum { RANGE_ROOM = 46 };

const char saoy_range_blank[] = "[                                              ]";

unsigned
saoy_two_revisions_value(const SaoyTwoRevisions *two)
{
    return saoy_pdf_builder_count(two->builder) + 1;
}

static char *
signature_text(const SaoyApproval *approval, int signer)
{
    static const char reference[] =
        "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams"
        "<</Type/TransformParams/P 2/V/1.2>>>>]";
    const char *who =
        signer == SAOY_SIGNER_OFFICER ? approval->officer_name : approval->agency;
    g_autofree char *name = saoy_pdf_text_string(who);
    g_autofree char *date = saoy_pdf_date(approval->approved_at_us);
    g_autofree char *zero =
        g_strnfill((gsize)approval->credentials[signer].contents_bytes * 2, '0');

    return g_strdup_printf("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
                           "/M%s/Name%s/ByteRange%s/Contents<%s>%s>>",
                           date, name, saoy_range_blank, zero,
                           signer == SAOY_SIGNER_OFFICER ? reference : "");
}

static size_t
find(const GByteArray *out, size_t from, const char *text)
{
    const void *found = memmem(out->data + from, out->len - from, text, strlen(text));

    return (size_t)((const uint8_t *)found - out->data);
}

void
saoy_range_set(GByteArray *out, size_t at, size_t contents_bytes)
{
    size_t range = find(out, at, "/ByteRange") + strlen("/ByteRange");
    size_t gap = find(out, at, "/Contents<") + strlen("/Contents");
    size_t after = gap + 2 + contents_bytes * 2;
    g_autofree char *text = g_strdup_printf("[0 %zu %zu %zu", gap, after, out->len - after);

    memcpy(out->data + range, text, MIN(strlen(text), (size_t)RANGE_ROOM));
}

static void
append(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const uint8_t *)text, (guint)strlen(text));
}

/* Two objects and a table of their own, after everything that is there. */
static void
append_revision(GByteArray *out, const SaoyTwoRevisions *two, unsigned value, size_t prev)
{
    g_autofree char *signature = signature_text(two->approval, SAOY_SIGNER_AGENCY);
    g_autofree char *field =
        g_strdup_printf("%u 0 obj\n%s\nendobj\n", two->field, two->field_text);
    g_autofree char *object = g_strdup_printf("%u 0 obj\n%s\nendobj\n", value, signature);
    size_t field_at = out->len, value_at = out->len + strlen(field);
    g_autofree char *table = NULL;

    append(out, field);
    append(out, object);
    table = g_strdup_printf("xref\n0 1\n0000000000 65535 f \n%u 1\n%010zu 00000 n \n"
                            "%u 1\n%010zu 00000 n \n"
                            "trailer\n<</Size %u%s/Prev %zu>>\nstartxref\n%u\n%%%%EOF\n",
                            two->field, field_at, value, value_at, value + 1, two->trailer,
                            prev, out->len);
    append(out, table);
    saoy_range_set(out, value_at,
                   (size_t)two->approval->credentials[SAOY_SIGNER_AGENCY].contents_bytes);
}

/* The offset behind the word startxref, with which a revision ends. */
static size_t
last_table(const GByteArray *out)
{
    size_t at = out->len;
    size_t number = 0;

    while (at > 9 && memcmp(out->data + at - 9, "startxref", 9) != 0)
        at--;
    for (at++; at < out->len && g_ascii_isdigit(out->data[at]); at++)
        number = number * 10 + (size_t)(out->data[at] - '0');
    return number;
}

GBytes *
saoy_write_two_revisions(const SaoyTwoRevisions *two, GError **error)
{
    const SaoyApproval *approval = two->approval;
    g_autofree char *signature = signature_text(approval, SAOY_SIGNER_OFFICER);
    g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_autoptr(GByteArray) out = NULL;
    unsigned value = saoy_two_revisions_value(two);

    saoy_pdf_builder_set(two->builder, two->value, "%s", signature);
    out = saoy_pdf_builder_finish(two->builder, two->trailer, offsets, error);
    if (out == NULL)
        return NULL;
    if (out->len > G_MAXINT32)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the copy is too large");
    saoy_range_set(out, g_array_index(offsets, size_t, two->value - 1),
                   (size_t)approval->credentials[SAOY_SIGNER_OFFICER].contents_bytes);
    append_revision(out, two, value, last_table(out));
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}
