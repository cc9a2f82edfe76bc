#include "verify-parts.h"

#include "core/file.h"

#include <string.h>

void
saoy_mark_clear(SaoyMark *mark)
{
    g_clear_pointer(&mark->contents, g_bytes_unref);
    g_clear_pointer(&mark->lock.names, g_hash_table_unref);
    g_clear_pointer(&mark->signer, g_free);
    g_clear_pointer(&mark->chain, g_ptr_array_unref);
    g_clear_pointer(&mark->revocation, saoy_json_unref);
    saoy_stamp_clear(&mark->stamp);
}

void
saoy_mark_found(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding,
                SaoyIntegrity integrity)
{
    const SaoyPdfValue *contents = saoy_pdf_get_raw(mark->place.dict, "Contents");

    if (mark->integrity != SAOY_INTEGRITY_BROKEN && integrity != SAOY_INTEGRITY_INTACT)
        mark->integrity = integrity;
    mark->worst = MIN(mark->worst, finding);
    saoy_found(check, finding, mark->place.value_object,
               contents != NULL ? contents->at : 0);
}

static void
broken(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding)
{
    saoy_mark_found(check, mark, finding, SAOY_INTEGRITY_BROKEN);
}

/* ---- geometry ---- */

/* Four direct numbers that lie in the file, in order (ISO 32000-1, 12.8.1). */
static bool
take_range(const SaoyCheck *check, SaoyMark *mark)
{
    const SaoyPdfValue *range = saoy_pdf_get_raw(mark->place.dict, "ByteRange");

    if (range == NULL || range->type != SAOY_PDF_ARRAY || range->n != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const SaoyPdfValue *number = &range->items[i];

        if (number->type != SAOY_PDF_INT || number->number < 0 ||
            (uint64_t)number->number > check->all.size)
            return false;
        mark->range[i] = (size_t)number->number;
    }
    return mark->range[0] == 0 && mark->range[1] <= mark->range[2] &&
           mark->range[3] <= check->all.size - mark->range[2];
}

static bool
take_contents(SaoyMark *mark)
{
    const SaoyPdfValue *contents = saoy_pdf_get_raw(mark->place.dict, "Contents");

    if (contents == NULL || contents->type != SAOY_PDF_STRING || !contents->is_hex ||
        contents->at == 0 || contents->text.size == 0)
        return false;
    /* the file's own: a hundred fields may share one value of megabytes */
    mark->contents = g_bytes_new_static(contents->text.data, contents->text.size);
    return true;
}

/* At most a line end between the two: writers differ in whether they sign the last one. */
static bool
is_line_end(SaoyView all, size_t from, size_t to)
{
    if (from > to || to - from > 2)
        return false;
    for (size_t i = from; i < to; i++)
        if (all.data[i] != '\r' && all.data[i] != '\n')
            return false;
    return true;
}

/* Where the revision's own bytes end: at %%EOF, or, when the range goes on, where it ends:
 * what was signed behind %%EOF is the signer's, as long as no later revision lives there.
 */
static bool
ends_with(SaoyCheck *check, size_t revision, size_t end)
{
    size_t to = saoy_pdf_revision_end(check->pdf, revision);
    bool last = revision + 1 == saoy_pdf_revisions(check->pdf);

    if (is_line_end(check->all, MIN(end, to), MAX(end, to)))
        return true;
    if (end < to || (!last && end > saoy_pdf_revision_end(check->pdf, revision + 1)))
        return false;
    if (!saoy_check_spend(check, (end - to) / SAOY_LOOK_BYTES))
        return false;
    for (size_t i = to; i < end; i++)
        if (!g_ascii_isspace(check->all.data[i]) && check->all.data[i] != 0)
            return last && end == check->all.size;
    return true;
}

/* The revision that ends where the range ends: the one in which the value stands, or a
 * later one that the signer covered too. */
static bool
find_revision(SaoyCheck *check, const SaoyMark *mark, size_t *out)
{
    size_t end = mark->range[2] + mark->range[3];

    for (size_t r = 0; r < saoy_pdf_revisions(check->pdf) && saoy_check_spend(check, 1);
         r++) {
        if (mark->range[1] >= saoy_pdf_revision_end(check->pdf, r))
            continue;
        *out = r;
        if (ends_with(check, r, end))
            return true;
    }
    return false;
}

static void
check_geometry(SaoyCheck *check, SaoyMark *mark)
{
    const SaoyPdfValue *contents = saoy_pdf_get_raw(mark->place.dict, "Contents");
    bool has_contents = take_contents(mark);

    mark->coverage = SAOY_COVERAGE_PARTIAL;
    if (!has_contents)
        broken(check, mark, SAOY_FOUND_CONTENTS_MALFORMED);
    if (!take_range(check, mark)) {
        broken(check, mark, SAOY_FOUND_BYTE_RANGE_MALFORMED);
        return;
    }
    if (!has_contents)
        return;
    if (mark->range[1] != contents->at || mark->range[2] != contents->end) {
        broken(check, mark, SAOY_FOUND_BYTE_RANGE_GAP);
        return;
    }
    if (!find_revision(check, mark, &mark->revision)) {
        if (!saoy_check_is_spent(check)) /* else it was not looked for */
            saoy_mark_found(check, mark, SAOY_FOUND_BYTE_RANGE_END, SAOY_INTEGRITY_INTACT);
        return;
    }
    size_t end = mark->range[2] + mark->range[3];
    bool last = mark->revision + 1 == saoy_pdf_revisions(check->pdf);
    mark->coverage = last && is_line_end(check->all, end, check->all.size)
                         ? SAOY_COVERAGE_FILE
                         : SAOY_COVERAGE_REVISION;
}

void
saoy_mark_pieces(const SaoyCheck *check, const SaoyMark *mark, SaoyView out[2])
{
    out[0] = (SaoyView){ check->all.data + mark->range[0], mark->range[1] };
    out[1] = (SaoyView){ check->all.data + mark->range[2], mark->range[3] };
}

/* ---- what the dictionary says ---- */

static int
digits(const char *text, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "D:20251110140533+07'00'" (ISO 32000-1, 7.9.4), with all of the date and the time. */
static int64_t
pdf_time(const SaoyPdfValue *value)
{
    char text[32] = "";
    int part[6], zone = 0;
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    if (value == NULL || value->type != SAOY_PDF_STRING || value->text.size < 16 ||
        memcmp(value->text.data, "D:", 2) != 0)
        return 0;
    memcpy(text, value->text.data, MIN(value->text.size, sizeof(text) - 1));
    for (int i = 0, at = 2; i < 6; at += i == 0 ? 4 : 2, i++)
        part[i] = digits(text + at, i == 0 ? 4 : 2);
    g_autoptr(GDateTime) date =
        part[0] < 1
            ? NULL
            : g_date_time_new(utc, part[0], part[1], part[2], part[3], part[4], part[5]);
    if (date == NULL)
        return 0;
    if (text[16] == '+' || text[16] == '-')
        zone = MAX(digits(text + 17, 2), 0) * 60 + MAX(digits(text + 20, 2), 0);
    int64_t shift = (text[16] == '-' ? -1 : 1) * (int64_t)zone * 60;
    return (g_date_time_to_unix(date) - shift) * G_USEC_PER_SEC;
}

const SaoyPdfValue *
saoy_mark_transform(SaoyCheck *check, const SaoyPdfValue *dict, const char *method)
{
    static const SaoyPdfValue none = { .type = SAOY_PDF_DICT };
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *list = saoy_pdf_get(check->pdf, newest, dict, "Reference");

    for (size_t i = 0; list != NULL && list->type == SAOY_PDF_ARRAY && i < list->n &&
                       saoy_check_spend(check, 2 * SAOY_LOOK_UP);
         i++) {
        const SaoyPdfValue *one = saoy_pdf_resolve(check->pdf, newest, &list->items[i]);
        const SaoyPdfValue *params = NULL;

        if (!saoy_pdf_is_name(saoy_pdf_get(check->pdf, newest, one, "TransformMethod"),
                              method))
            continue;
        params = saoy_pdf_get(check->pdf, newest, one, "TransformParams");
        return params != NULL ? params : &none;
    }
    return NULL;
}

static unsigned
permission_in(SaoyCheck *check, const SaoyPdfValue *params, unsigned fallback)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *p = saoy_pdf_get(check->pdf, newest, params, "P");

    return p != NULL && p->type == SAOY_PDF_INT && p->number >= 1 && p->number <= 3
               ? (unsigned)p->number
               : fallback;
}

/* /P of DocMDP (2 when it does not say), or of the field's lock (ISO 32000-2, 12.7.5.5); 0
 * when this is no certification (12.8.2.2). */
static unsigned
permission_of(SaoyCheck *check, const SaoyMark *mark)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *params = saoy_mark_transform(check, mark->place.dict, "DocMDP");
    const SaoyPdfValue *field =
        saoy_pdf_object(check->pdf, newest, mark->place.field_object, NULL);

    if (params != NULL)
        return permission_in(check, params, 2);
    return permission_in(check, saoy_pdf_get(check->pdf, newest, field, "Lock"), 0);
}

bool
saoy_mark_is_prepared(SaoyCheck *check, const SaoyMark *mark, const char *name)
{
    const SaoyPdfValue *field =
        saoy_pdf_object(check->pdf, 0, mark->place.field_object, NULL);
    const SaoyPdfValue *own = saoy_pdf_get(check->pdf, 0, field, "T");

    return own != NULL && own->type == SAOY_PDF_STRING && own->text.size == strlen(name) &&
           memcmp(own->text.data, name, own->text.size) == 0 &&
           g_str_equal(mark->place.field, name);
}

void
saoy_mark_check(SaoyCheck *check, SaoyMark *mark)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *kind =
        saoy_pdf_get(check->pdf, newest, mark->place.dict, "SubFilter");
    bool cades = saoy_pdf_is_name(kind, "ETSI.CAdES.detached");

    mark->level = "";
    mark->trust = SAOY_TRUST_UNKNOWN;
    mark->worst = SAOY_FOUND_N;
    mark->revocation = saoy_json_array();
    mark->claimed_us = pdf_time(saoy_pdf_get(check->pdf, newest, mark->place.dict, "M"));
    mark->time_us = mark->claimed_us;
    mark->permission = permission_of(check, mark);
    check_geometry(check, mark);
    if (mark->integrity == SAOY_INTEGRITY_BROKEN)
        return;
    if (saoy_pdf_is_name(kind, "ETSI.RFC3161"))
        saoy_mark_check_stamp(check, mark);
    else if (cades || saoy_pdf_is_name(kind, "adbe.pkcs7.detached"))
        saoy_mark_check_cms(check, mark, cades);
    else if (saoy_pdf_is_name(kind, "adbe.pkcs7.sha1"))
        saoy_mark_check_legacy(check, mark);
    else if (saoy_pdf_is_name(kind, "adbe.x509.rsa_sha1"))
        saoy_mark_check_pkcs1(check, mark);
    else
        saoy_mark_check_unknown(check, mark);
}
