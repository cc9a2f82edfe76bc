#include "signature/dss.h"

#include "cms-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "document/pdf-update.h"
#include "document/pdf-write.h"

#include <openssl/objects.h>

/* What a signed file still needs to be believed for long, and the time stamp over it all.
 */
enum { ROOM = 6144, MARGIN = 256, MAX_ROOM = 256 << 10, TRIES = 3 };

static void
clear_entry(void *p)
{
    SaoyDssEntry *entry = p;

    g_clear_pointer(&entry->contents, g_bytes_unref);
    saoy_proofs_clear(&entry->proofs);
}

/* ---- who signed, when ---- */

typedef struct {
    GBytes *contents;
    GPtrArray *chain, *stamp_chain; /* stamp_chain NULL: no time stamp of its own */
    int64_t time_us;                /* 0: not stamped */
    bool is_stamp;                  /* document time stamp */
} Signer;

static void
signer_clear(Signer *signer)
{
    g_clear_pointer(&signer->contents, g_bytes_unref);
    g_clear_pointer(&signer->chain, g_ptr_array_unref);
    g_clear_pointer(&signer->stamp_chain, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Signer, signer_clear)

/* Of the signature value; a wrong one is the validator's to judge, not ours to prove. */
static void
read_inner_stamp(const SaoyCmsParts *parts, Signer *out)
{
    g_autoptr(GBytes) token = saoy_cms_time_stamp(parts);
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts->signer_info);
    const SaoyView data[2] = {
        { ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) },
        { (const uint8_t *)"", 0 },
    };
    g_auto(SaoyStamp) stamp = { 0 };

    if (token == NULL || !saoy_stamp_check(saoy_view_of(token), data, &stamp, NULL))
        return;
    out->time_us = stamp.time_us;
    out->stamp_chain = g_steal_pointer(&stamp.chain);
}

static void
pieces_of(GBytes *file, const SaoySignatureSpace *space, SaoyView out[2])
{
    const uint8_t *all = saoy_view_of(file).data;

    out[0] = (SaoyView){ all + space->range[0], space->range[1] };
    out[1] = (SaoyView){ all + space->range[2], space->range[3] };
}

static bool
read_document_stamp(GBytes *file, const char *field, Signer *out, GError **error)
{
    SaoySignatureSpace space = { 0 };
    SaoyView pieces[2];
    g_auto(SaoyStamp) stamp = { 0 };

    if (!saoy_pdf_signature_space(file, field, &space, error))
        return false;
    pieces_of(file, &space, pieces);
    if (!saoy_stamp_check(saoy_view_of(out->contents), pieces, &stamp, error))
        return false;
    out->time_us = stamp.time_us;
    out->is_stamp = true;
    out->chain = g_steal_pointer(&stamp.chain);
    return true;
}

static bool
read_signer(GBytes *file, SaoyPdf *pdf, const SaoyPdfSignature *signature, Signer *out,
            GError **error)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *contents = saoy_pdf_get_raw(signature->dict, "Contents");
    const SaoyPdfValue *kind = saoy_pdf_get(pdf, newest, signature->dict, "SubFilter");
    g_auto(SaoyCmsParts) parts = { 0 };

    if (contents == NULL || contents->type != SAOY_PDF_STRING)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s holds no signature",
                         signature->field);
    out->contents = g_bytes_new(contents->text.data, contents->text.size);
    if (saoy_pdf_is_name(kind, "ETSI.RFC3161"))
        return read_document_stamp(file, signature->field, out, error);
    if (!saoy_cms_open(contents->text, &parts, error))
        return false;
    out->chain = saoy_cms_chain(&parts);
    read_inner_stamp(&parts, out);
    return true;
}

/* ---- collecting ---- */

typedef struct {
    GBytes *file;
    SaoyPdf *pdf;
    const SaoyProofSource *source;
    SaoyProofs pool;
    GCancellable *cancel;
    int64_t later_us; /* the time of the next document time stamp */
} Collect;

/* A time stamp counts as long as its authority is known to have been good when the next one
 * was laid around it: it is asked about at that time. */
static bool
collect_one(Collect *c, const SaoyPdfSignature *signature, SaoyDssEntry *out,
            GError **error)
{
    g_auto(Signer) signer = { 0 };

    if (!read_signer(c->file, c->pdf, signature, &signer, error))
        return false;
    int64_t at_us = signer.time_us != 0 ? signer.time_us : c->source->now_us;
    out->contents = g_bytes_ref(signer.contents);
    saoy_proofs_init(&out->proofs);
    if (!saoy_proofs_collect(signer.chain, signer.is_stamp ? c->later_us : at_us, c->source,
                             &c->pool, &out->proofs, c->cancel, error))
        return false;
    if (signer.is_stamp)
        c->later_us = MIN(c->later_us, signer.time_us);
    return signer.stamp_chain == NULL ||
           saoy_proofs_collect(signer.stamp_chain, c->later_us, c->source, &c->pool,
                               &out->proofs, c->cancel, error);
}

GArray *
saoy_dss_collect(GBytes *file, const SaoyProofSource *source, GCancellable *cancel,
                 GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, error);
    g_autoptr(GArray) places = pdf != NULL ? saoy_pdf_signatures(pdf, error) : NULL;
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(SaoyDssEntry));
    Collect collect = { file, pdf, source, { 0 }, cancel, source->now_us };
    bool good = places != NULL;

    g_array_set_clear_func(entries, clear_entry);
    if (good && !saoy_dss_read(pdf, saoy_pdf_revisions(pdf) - 1, (SaoyView){ 0 },
                               &collect.pool, NULL))
        saoy_proofs_init(&collect.pool);
    for (guint i = good ? places->len : 0; good && i-- > 0;) {
        SaoyDssEntry entry = { 0 };

        good = collect_one(&collect, &g_array_index(places, SaoyPdfSignature, i), &entry,
                           error);
        g_array_prepend_val(entries, entry);
    }
    saoy_proofs_clear(&collect.pool);
    return good ? g_steal_pointer(&entries) : NULL;
}

/* ---- the document time stamp ---- */

static size_t
der_size(SaoyView contents)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    return saoy_cms_open(contents, &parts, NULL) ? parts.size : 0;
}

/* A new token is about as long as the file's others are. */
static size_t
guess_room(GBytes *file)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(GArray) places = pdf != NULL ? saoy_pdf_signatures(pdf, NULL) : NULL;
    size_t room = 0;

    for (guint i = 0; places != NULL && i < places->len; i++) {
        const SaoyPdfSignature *one = &g_array_index(places, SaoyPdfSignature, i);
        const SaoyPdfValue *contents = saoy_pdf_get_raw(one->dict, "Contents");
        g_auto(SaoyCmsParts) parts = { 0 };
        g_autoptr(GBytes) token = NULL;

        if (contents == NULL || contents->type != SAOY_PDF_STRING ||
            !saoy_cms_open(contents->text, &parts, NULL))
            continue;
        if (parts.content_type == NID_id_smime_ct_TSTInfo)
            room = MAX(room, parts.size);
        else
            token = saoy_cms_time_stamp(&parts);
        if (token != NULL)
            room = MAX(room, der_size(saoy_view_of(token)));
    }
    return room > 0 ? room + MARGIN : ROOM;
}

/* Verified over the very bytes before it is embedded. NULL without error: *room is more. */
static GBytes *
stamp_once(GBytes *file, size_t *room, SaoyTokenFunc *token, void *user,
           GCancellable *cancel, GError **error)
{
    g_autofree char *field = NULL;
    g_autoptr(GBytes) space_file = saoy_pdf_append_stamp(file, *room, &field, error);
    g_autoptr(GBytes) der = NULL;
    g_auto(SaoyStamp) stamp = { 0 };
    SaoySignatureSpace space = { 0 };
    SaoyView pieces[2];
    uint8_t imprint[32];

    if (space_file == NULL || !saoy_pdf_signature_space(space_file, field, &space, error) ||
        !saoy_pdf_range_digest(space_file, &space, imprint, error))
        return NULL;
    der = token(user, imprint, cancel, error);
    if (der == NULL)
        return NULL;
    pieces_of(space_file, &space, pieces);
    if (!saoy_stamp_check(saoy_view_of(der), pieces, &stamp, error))
        return NULL;
    if (g_bytes_get_size(der) > *room) {
        *room = g_bytes_get_size(der) + MARGIN;
        return NULL;
    }
    return saoy_pdf_fill(space_file, field, saoy_view_of(der), error);
}

GBytes *
saoy_dss_stamp(GBytes *file, size_t room, SaoyTokenFunc *token, void *user,
               GCancellable *cancel, GError **error)
{
    if (room == 0)
        room = guess_room(file);
    for (int i = 0; i < TRIES && room <= MAX_ROOM; i++) {
        g_autoptr(GError) wrong = NULL;
        GBytes *out = stamp_once(file, &room, token, user, cancel, &wrong);

        if (out != NULL)
            return out;
        if (wrong != NULL) {
            g_propagate_error(error, g_steal_pointer(&wrong));
            return NULL;
        }
    }
    return saoy_null(error, SAOY_ERROR_MALFORMED, "time stamp tokens that do not fit");
}
