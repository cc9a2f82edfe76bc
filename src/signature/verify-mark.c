#include "cms-parts.h"
#include "verify-parts.h"

#include "core/file.h"

#include <openssl/objects.h>

#include <string.h>

void
saoy_mark_clear(SaoyMark *mark)
{
    g_clear_pointer(&mark->contents, g_bytes_unref);
    g_clear_pointer(&mark->signer, g_free);
}

static void
judge(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding, SaoyIntegrity integrity)
{
    const SaoyPdfValue *contents = saoy_pdf_get_raw(mark->place.dict, "Contents");

    mark->integrity = integrity;
    saoy_found(check, finding, mark->place.value_object,
               contents != NULL ? contents->at : 0);
}

static void
broken(SaoyCheck *check, SaoyMark *mark, SaoyFinding finding)
{
    judge(check, mark, finding, SAOY_INTEGRITY_BROKEN);
}

static void
unsupported(SaoyCheck *check, SaoyMark *mark)
{
    judge(check, mark, SAOY_FOUND_UNSUPPORTED_SIGNATURE, SAOY_INTEGRITY_UNDECIDED);
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
    mark->contents = g_bytes_new(contents->text.data, contents->text.size);
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

/* The revision that ends where the range ends, and in which the signature was written. */
static bool
find_revision(const SaoyCheck *check, const SaoyMark *mark, size_t *out)
{
    size_t end = mark->range[2] + mark->range[3];

    for (size_t r = 0; r < saoy_pdf_revisions(check->pdf); r++) {
        size_t from = r > 0 ? saoy_pdf_revision_end(check->pdf, r - 1) : 0;
        size_t to = saoy_pdf_revision_end(check->pdf, r);

        if (mark->range[1] < from || mark->range[1] >= to)
            continue;
        *out = r;
        return is_line_end(check->all, MIN(end, to), MAX(end, to));
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
        saoy_found(check, SAOY_FOUND_BYTE_RANGE_END, mark->place.value_object,
                   contents->at);
        return;
    }
    size_t end = mark->range[2] + mark->range[3];
    bool last = mark->revision + 1 == saoy_pdf_revisions(check->pdf);
    mark->coverage = last && is_line_end(check->all, end, check->all.size)
                         ? SAOY_COVERAGE_FILE
                         : SAOY_COVERAGE_REVISION;
}

static void
take_pieces(const SaoyCheck *check, const SaoyMark *mark, SaoyView out[2])
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

/* /P of the DocMDP transform, 0 when this is no certification (12.8.2.2). */
static unsigned
permission_of(SaoyCheck *check, const SaoyMark *mark)
{
    size_t newest = saoy_pdf_revisions(check->pdf) - 1;
    const SaoyPdfValue *list =
        saoy_pdf_get(check->pdf, newest, mark->place.dict, "Reference");

    for (size_t i = 0; list != NULL && list->type == SAOY_PDF_ARRAY && i < list->n; i++) {
        const SaoyPdfValue *one = saoy_pdf_resolve(check->pdf, newest, &list->items[i]);
        const SaoyPdfValue *params =
            saoy_pdf_get(check->pdf, newest, one, "TransformParams");
        const SaoyPdfValue *p = saoy_pdf_get(check->pdf, newest, params, "P");

        if (!saoy_pdf_is_name(saoy_pdf_get(check->pdf, newest, one, "TransformMethod"),
                              "DocMDP"))
            continue;
        return p != NULL && p->type == SAOY_PDF_INT && p->number >= 1 && p->number <= 3
                   ? (unsigned)p->number
                   : 2;
    }
    return 0;
}

/* ---- the signature value ---- */

static void
check_trust(SaoyCheck *check, SaoyMark *mark, GPtrArray *chain, int64_t at_us)
{
    static const SaoyFinding why[SAOY_TRUST_N] = {
        [SAOY_TRUST_UNKNOWN] = SAOY_FOUND_TRUST_UNKNOWN,
        [SAOY_TRUST_EXPIRED] = SAOY_FOUND_TRUST_EXPIRED,
        [SAOY_TRUST_REVOKED] = SAOY_FOUND_TRUST_REVOKED,
    };

    mark->trust = saoy_chain_check(chain, check->options->trust, at_us);
    mark->official =
        saoy_chain_check(chain, check->options->official, at_us) == SAOY_TRUST_TRUSTED;
    if (mark->trust != SAOY_TRUST_TRUSTED)
        saoy_found(check, why[mark->trust], mark->place.value_object, 0);
}

/* The signature time stamp, if there is one: the only time that counts. */
static int64_t
check_inner_stamp(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts)
{
    g_autoptr(GBytes) token = saoy_cms_time_stamp(parts);
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts->signer_info);
    const SaoyView data[2] = { { ASN1_STRING_get0_data(value),
                                 (size_t)ASN1_STRING_length(value) },
                               { (const uint8_t *)"", 0 } };
    g_auto(SaoyStamp) stamp = { 0 };

    if (token == NULL)
        return check->options->now_us;
    if (!saoy_stamp_check(saoy_view_of(token), data, &stamp, NULL)) {
        broken(check, mark, SAOY_FOUND_STAMP_WRONG);
        return check->options->now_us;
    }
    mark->time_us = stamp.time_us;
    mark->stamped = true;
    mark->level = "PAdES-B-T";
    /* an authority nobody here knows proves no time */
    return saoy_chain_check(stamp.chain, check->options->trust, check->options->now_us) ==
                   SAOY_TRUST_TRUSTED
               ? stamp.time_us
               : check->options->now_us;
}

static bool
has_certificate_attribute(const SaoyCmsParts *parts)
{
    return CMS_signed_get_attr_by_NID(parts->signer_info,
                                      NID_id_smime_aa_signingCertificateV2, -1) >= 0 ||
           CMS_signed_get_attr_by_NID(parts->signer_info,
                                      NID_id_smime_aa_signingCertificate, -1) >= 0;
}

static bool
is_weak(int digest)
{
    return digest == NID_sha1 || digest == NID_md5 || digest == NID_ripemd160;
}

static bool
check_digest(SaoyCheck *check, SaoyMark *mark, const SaoyCmsParts *parts)
{
    SaoyView pieces[2];
    uint8_t digest[64];

    /* none at all is lawful CMS, but no CAdES: bytes that mean two things can be signed */
    if (parts->message_digest.data == NULL) {
        broken(check, mark, SAOY_FOUND_MESSAGE_DIGEST_ABSENT);
        return false;
    }
    take_pieces(check, mark, pieces);
    size_t size = saoy_digest_of(parts->digest, pieces, digest);
    if (size == 0) {
        unsupported(check, mark);
        return false;
    }
    if (size != parts->message_digest.size ||
        memcmp(digest, parts->message_digest.data, size) != 0)
        broken(check, mark, SAOY_FOUND_DIGEST_MISMATCH);
    return true;
}

static void
check_cms(SaoyCheck *check, SaoyMark *mark, bool cades)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (!saoy_cms_open(saoy_view_of(mark->contents), &parts, NULL)) {
        broken(check, mark, SAOY_FOUND_CMS_MALFORMED);
        return;
    }
    g_autoptr(GPtrArray) chain = saoy_cms_chain(&parts);
    mark->signer = saoy_certificate_name(saoy_view_of(chain->pdata[0]));
    mark->level = parts.cades ? "PAdES-B-B" : "CMS";
    if (parts.content.data != NULL && parts.content.size > 0)
        broken(check, mark, SAOY_FOUND_CMS_HAS_CONTENT);
    if (!check_digest(check, mark, &parts))
        return;
    if (!saoy_cms_signature_holds(&parts, NULL))
        broken(check, mark, SAOY_FOUND_SIGNATURE_WRONG);
    if (!parts.cades && has_certificate_attribute(&parts))
        broken(check, mark, SAOY_FOUND_CERTIFICATE_SWAPPED);
    else if (!parts.cades && cades)
        saoy_found(check, SAOY_FOUND_CADES_ABSENT, mark->place.value_object, 0);
    if (is_weak(parts.digest))
        saoy_found(check, SAOY_FOUND_WEAK_DIGEST, mark->place.value_object, 0);
    check_trust(check, mark, chain, check_inner_stamp(check, mark, &parts));
}

static void
check_stamp(SaoyCheck *check, SaoyMark *mark)
{
    g_auto(SaoyStamp) stamp = { 0 };
    SaoyView pieces[2];

    mark->is_stamp = true;
    mark->level = "DocTimeStamp";
    take_pieces(check, mark, pieces);
    if (!saoy_stamp_check(saoy_view_of(mark->contents), pieces, &stamp, NULL)) {
        broken(check, mark, SAOY_FOUND_STAMP_WRONG);
        return;
    }
    mark->signer = saoy_certificate_name(saoy_view_of(stamp.chain->pdata[0]));
    mark->time_us = stamp.time_us;
    mark->stamped = true;
    check_trust(check, mark, stamp.chain, check->options->now_us);
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
    mark->time_us = pdf_time(saoy_pdf_get(check->pdf, newest, mark->place.dict, "M"));
    mark->permission = permission_of(check, mark);
    check_geometry(check, mark);
    if (mark->integrity == SAOY_INTEGRITY_BROKEN)
        return;
    if (saoy_pdf_is_name(kind, "ETSI.RFC3161"))
        check_stamp(check, mark);
    else if (cades || saoy_pdf_is_name(kind, "adbe.pkcs7.detached"))
        check_cms(check, mark, cades);
    else
        unsupported(check, mark);
}
