#pragma once
/* Writes revisions of a PDF by hand, right or wrong, and signs them as any producer would.
 */
#include "fixture.h"

#include "document/pdf-write.h"
#include "document/pdf.h"
#include "signature/cms.h"
#include "signature/dss.h"

#include <openssl/cms.h>

typedef struct {
    int64_t number;
    size_t at; /* 0: freed */
} ForgeLine;

typedef struct {
    GString *out;
    GArray *lines; /* ForgeLine of the revision being written */
    size_t prev;   /* startxref of the one before, 0: none */
    int64_t size, root, info;
} Forge;

/* ---- looking ---- */

static inline size_t
forge_find(GBytes *pdf, const char *text, size_t from)
{
    SaoyView all = saoy_view_of(pdf);
    const uint8_t *at = memmem(all.data + from, all.size - from, text, strlen(text));

    g_assert_nonnull(at);
    return (size_t)(at - all.data);
}

static inline size_t
forge_find_last(GBytes *pdf, const char *text)
{
    SaoyView all = saoy_view_of(pdf);

    for (size_t at = all.size - strlen(text) + 1; at-- > 0;)
        if (memcmp(all.data + at, text, strlen(text)) == 0)
            return at;
    g_assert_not_reached();
}

static inline size_t
forge_start(GBytes *pdf)
{
    const char *at = (const char *)g_bytes_get_data(pdf, NULL);

    return (size_t)g_ascii_strtoull(at + forge_find_last(pdf, "startxref") + 9, NULL, 10);
}

static inline char *
forge_text_of(GBytes *pdf, const SaoyPdfValue *value)
{
    g_assert_cmpuint(value->at, >, 0);
    return g_strndup((const char *)g_bytes_get_data(pdf, NULL) + value->at,
                     value->end - value->at);
}

/* The source text of an object as the newest revision sees it. */
static inline char *
forge_object(GBytes *pdf, int64_t number)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);

    return forge_text_of(pdf,
                         saoy_pdf_object(open, saoy_pdf_revisions(open) - 1, number, NULL));
}

/* The first object whose dictionary has that name under that key; 0: none. */
static inline int64_t
forge_which(GBytes *pdf, const char *key, const char *name)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;

    for (int64_t n = 1; n <= saoy_pdf_max_object(open, newest); n++)
        if (saoy_pdf_is_name(saoy_pdf_get_raw(saoy_pdf_object(open, newest, n, NULL), key),
                             name))
            return n;
    return 0;
}

/* What an entry of an object refers to. */
static inline int64_t
forge_target(GBytes *pdf, int64_t number, const char *key)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;
    const SaoyPdfValue *value =
        saoy_pdf_get_raw(saoy_pdf_object(open, newest, number, NULL), key);

    g_assert_nonnull(value);
    g_assert_cmpint(value->type, ==, SAOY_PDF_REF);
    return value->number;
}

static inline int64_t
forge_field(GBytes *pdf, const char *name)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) all = saoy_pdf_signatures(open, NULL);

    for (guint i = 0; i < all->len; i++)
        if (g_str_equal(g_array_index(all, SaoyPdfSignature, i).field, name))
            return g_array_index(all, SaoyPdfSignature, i).field_object;
    g_assert_not_reached();
}

static inline SaoySignatureSpace
forge_space(GBytes *pdf, const char *field)
{
    SaoySignatureSpace space = { 0 };

    g_assert_true(saoy_pdf_signature_space(pdf, field, &space, NULL));
    return space;
}

/* ---- patching ---- */

static inline GBytes *
forge_patched(GBytes *pdf, size_t at, const void *bytes, size_t n)
{
    uint8_t *copy = g_memdup2(g_bytes_get_data(pdf, NULL), g_bytes_get_size(pdf));

    g_assert_cmpuint(at + n, <=, g_bytes_get_size(pdf));
    memcpy(copy + at, bytes, n);
    return g_bytes_new_take(copy, g_bytes_get_size(pdf));
}

static inline GBytes *
forge_flipped(GBytes *pdf, size_t at, uint8_t mask)
{
    uint8_t byte = saoy_view_of(pdf).data[at] ^ mask;

    return forge_patched(pdf, at, &byte, 1);
}

static inline GBytes *
forge_joined(GBytes *pdf, const char *more, size_t n)
{
    GByteArray *out = g_byte_array_new();
    SaoyView all = saoy_view_of(pdf);

    g_byte_array_append(out, all.data, (guint)all.size);
    g_byte_array_append(out, (const guint8 *)more, (guint)n);
    return g_byte_array_free_to_bytes(out);
}

/* `more` in front of the `>>` that closes the dictionary. */
static inline char *
forge_with(const char *object, const char *more)
{
    const char *end = g_strrstr(object, ">>");

    g_assert_nonnull(end);
    return g_strdup_printf("%.*s %s >>", (int)(end - object), object, more);
}

static inline char *
forge_replaced(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);

    g_assert_nonnull(at);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, with, at + strlen(what));
}

/* ---- writing ---- */

/* A new file, or a revision behind base. */
static inline Forge
forge_begin(GBytes *base)
{
    Forge f = { .out = g_string_new(NULL),
                .lines = g_array_new(FALSE, FALSE, sizeof(ForgeLine)),
                .root = 1 };

    if (base == NULL) {
        g_string_append(f.out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
        return f;
    }
    g_autoptr(SaoyPdf) open = saoy_pdf_open(base, NULL);
    g_assert_nonnull(open);
    size_t newest = saoy_pdf_revisions(open) - 1;
    const SaoyPdfValue *trailer = saoy_pdf_trailer(open, newest);
    const SaoyPdfValue *info = saoy_pdf_get_raw(trailer, "Info");
    g_string_append_len(f.out, g_bytes_get_data(base, NULL),
                        (gssize)g_bytes_get_size(base));
    f.prev = forge_start(base);
    f.size = saoy_pdf_max_object(open, newest) + 1;
    f.root = saoy_pdf_get_raw(trailer, "Root")->number;
    f.info = info != NULL ? info->number : 0;
    return f;
}

static inline void
forge_note(Forge *f, int64_t number, size_t at)
{
    ForgeLine line = { number, at };

    g_array_append_val(f->lines, line);
    f->size = MAX(f->size, number + 1);
}

static inline G_GNUC_PRINTF(3, 4) void forge_put(Forge *f, int64_t number,
                                                 const char *format, ...)
{
    va_list args;

    forge_note(f, number, f->out->len);
    g_string_append_printf(f->out, "%ld 0 obj\n", (long)number);
    va_start(args, format);
    g_string_append_vprintf(f->out, format, args);
    va_end(args);
    g_string_append(f->out, "\nendobj\n");
}

static inline void
forge_put_stream(Forge *f, int64_t number, const char *entries, const char *data)
{
    forge_put(f, number, "<< %s /Length %zu >>\nstream\n%s\nendstream", entries,
              strlen(data), data);
}

/* As if that object of the revision being written had never been. */
static inline void
forge_erase(Forge *f, int64_t number)
{
    for (guint i = 0; i < f->lines->len; i++) {
        size_t at = g_array_index(f->lines, ForgeLine, i).at;

        if (g_array_index(f->lines, ForgeLine, i).number != number)
            continue;
        char *end = strstr(f->out->str + at, "\nendobj\n");
        g_assert_nonnull(end);
        memset(f->out->str + at, ' ', (size_t)(end - f->out->str) + 8 - at);
        g_array_remove_index(f->lines, i);
        return;
    }
    g_assert_not_reached();
}

static inline void
forge_drop(Forge *f, int64_t number)
{
    forge_note(f, number, 0);
}

static inline GBytes *
forge_close(Forge *f)
{
    size_t length = f->out->len;
    GBytes *file = g_bytes_new_take(g_string_free(f->out, FALSE), length);

    g_array_unref(f->lines);
    *f = (Forge){ 0 };
    return file;
}

static inline void
forge_trailer_entries(const Forge *f, GString *out, const char *more)
{
    g_string_append_printf(out, "/Size %ld /Root %ld 0 R", (long)f->size, (long)f->root);
    if (f->info > 0)
        g_string_append_printf(out, " /Info %ld 0 R", (long)f->info);
    if (f->prev > 0)
        g_string_append_printf(out, " /Prev %zu", f->prev);
    g_string_append_printf(out, " %s", more);
}

/* Table, trailer with `more`, startxref. */
static inline GBytes *
forge_end_with(Forge *f, const char *more)
{
    size_t start = f->out->len;

    g_string_append(f->out, "xref\n");
    if (f->prev == 0)
        g_string_append(f->out, "0 1\n0000000000 65535 f \n");
    for (guint i = 0; i < f->lines->len; i++) {
        const ForgeLine *line = &g_array_index(f->lines, ForgeLine, i);

        g_string_append_printf(f->out, "%ld 1\n%010zu %s \n", (long)line->number, line->at,
                               line->at > 0 ? "00000 n" : "00001 f");
    }
    g_string_append(f->out, "trailer\n<< ");
    forge_trailer_entries(f, f->out, more);
    g_string_append_printf(f->out, ">>\nstartxref\n%zu\n%%%%EOF\n", start);
    return forge_close(f);
}

static inline GBytes *
forge_end(Forge *f)
{
    return forge_end_with(f, "");
}

/* A cross-reference stream instead. packed: numbers in object stream `home`, 0 ends. */
static inline GBytes *
forge_end_stream(Forge *f, int64_t home, const int64_t *packed)
{
    int64_t self = f->size;
    size_t start = f->out->len;
    g_autoptr(GString) rows = g_string_new(NULL), index = g_string_new(NULL);
    g_autoptr(GString) entries = g_string_new(NULL);

    forge_note(f, self, start);
    for (guint i = 0; i < f->lines->len; i++) {
        const ForgeLine *line = &g_array_index(f->lines, ForgeLine, i);

        g_string_append_printf(index, "%ld 1 ", (long)line->number);
        g_string_append_printf(rows, "%02x%08zx%04x", line->at > 0 ? 1 : 0, line->at, 0);
    }
    for (int i = 0; packed != NULL && packed[i] != 0; i++) {
        f->size = MAX(f->size, packed[i] + 1);
        g_string_append_printf(index, "%ld 1 ", (long)packed[i]);
        g_string_append_printf(rows, "02%08lx%04x", (unsigned long)home, i);
    }
    forge_trailer_entries(f, entries, "");
    g_string_append_printf(f->out,
                           "%ld 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ %s] %s "
                           "/Filter /ASCIIHexDecode /Length %zu >>\nstream\n%s\n"
                           "endstream\nendobj\nstartxref\n%zu\n%%%%EOF\n",
                           (long)self, index->str, entries->str, rows->len, rows->str,
                           start);
    return forge_close(f);
}

/* ---- signing ---- */

static size_t forge_room = 12000; /* hex digits of a signature */

/* A signature dictionary with room, to be filled by forge_sign. */
static inline void
forge_put_signature(Forge *f, int64_t number, const char *kind, const char *more)
{
    g_autofree char *zeros = g_strnfill(forge_room, '0');

    forge_put(f, number,
              "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s %s /ByteRange "
              "[ 0 0000000000 0000000000 0000000000 ] /Contents <%s> >>",
              kind, more, zeros);
}

/* Range of the last room in the file, up to `end`. */
static inline GBytes *
forge_range(GBytes *pdf, size_t end, size_t range[4])
{
    size_t at = forge_find_last(pdf, "[ 0 0000000000 0000000000 0000000000 ]");
    size_t open = forge_find(pdf, "/Contents <", at) + 10;
    g_autofree char *text = NULL;

    range[0] = 0;
    range[1] = open;
    range[2] = open + forge_room + 2;
    range[3] = end - range[2];
    text = g_strdup_printf("[ 0 %010zu %010zu %010zu ]", range[1], range[2], range[3]);
    return forge_patched(pdf, at, text, strlen(text));
}

static inline GBytes *
forge_covered(GBytes *pdf, const size_t range[4])
{
    GByteArray *all = g_byte_array_new();
    const uint8_t *data = g_bytes_get_data(pdf, NULL);

    g_byte_array_append(all, data, (guint)range[1]);
    g_byte_array_append(all, data + range[2], (guint)range[3]);
    return g_byte_array_free_to_bytes(all);
}

static inline GBytes *
forge_embed(GBytes *pdf, size_t open, GBytes *value)
{
    g_autofree char *hex = saoy_hex(saoy_view_of(value));

    g_assert_cmpuint(strlen(hex), <=, forge_room);
    return forge_patched(pdf, open + 1, hex, strlen(hex));
}

/* Makes the value of a signature over bytes. */
typedef GBytes *ForgeValue(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes);

/* CAdES by our own writer. */
static inline GBytes *
forge_cades(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GPtrArray) chain = pki_chain(signer, issuer);
    uint8_t digest[32], hash[32];

    saoy_sha256(saoy_view_of(bytes), digest);
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(digest, saoy_view_of(signer->der), hash, NULL);
    g_assert_nonnull(attributes);
    g_autoptr(GBytes) signature = pki_sign(signer, hash);
    GBytes *cms = saoy_cms_build(digest, chain, saoy_view_of(signature), NULL);
    g_assert_nonnull(cms);
    return cms;
}

/* CMS by OpenSSL's own writer. padding 0: the key's own. */
static inline GBytes *
forge_openssl(const PkiEntity *signer, GBytes *bytes, unsigned flags, const EVP_MD *md,
              int padding)
{
    BIO *in = BIO_new_mem_buf(g_bytes_get_data(bytes, NULL), (int)g_bytes_get_size(bytes));
    unsigned all = flags | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, all);
    CMS_SignerInfo *info = CMS_add1_signer(cms, signer->certificate, signer->key, md,
                                           all | (padding != 0 ? CMS_KEY_PARAM : 0));
    unsigned char *der = NULL;

    g_assert_nonnull(info);
    if (padding != 0)
        g_assert_cmpint(
            EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(info), padding), ==,
            1);
    g_assert_cmpint(CMS_final(cms, in, NULL, all), ==, 1);
    int size = i2d_CMS_ContentInfo(cms, &der);
    GBytes *out = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return out;
}

/* adbe.pkcs7.sha1: the SHA-1 of the bytes is what is signed, and stands inside. */
static inline GBytes *
forge_over_sha1(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    uint8_t sha1[20];

    g_assert_cmpint(EVP_Digest(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), sha1,
                               NULL, EVP_sha1(), NULL),
                    ==, 1);
    g_autoptr(GBytes) content = g_bytes_new(sha1, sizeof sha1);
    return forge_openssl(signer, content, 0, EVP_sha1(), 0);
}

/* Fills the last room of the file, over everything up to `end` (0: all). */
static inline GBytes *
forge_sign_until(GBytes *take, const PkiEntity *signer, const PkiEntity *issuer,
                 ForgeValue *value, size_t end)
{
    g_autoptr(GBytes) pdf = take;
    size_t range[4];
    g_autoptr(GBytes) ranged =
        forge_range(pdf, end > 0 ? end : g_bytes_get_size(pdf), range);
    g_autoptr(GBytes) covered = forge_covered(ranged, range);
    g_autoptr(GBytes) cms = value(signer, issuer, covered);

    return forge_embed(ranged, range[1], cms);
}

static inline GBytes *
forge_sign(GBytes *take, const PkiEntity *signer, const PkiEntity *issuer,
           ForgeValue *value)
{
    return forge_sign_until(take, signer, issuer, value, 0);
}
