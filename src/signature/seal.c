#include "signature/seal.h"

#include "base45.h"
#include "cose.h"
#include "seal-claims.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define MAX_TEXT 560      /* bytes of the whole QR text: v18-M at most */
#define MAX_INFLATED 4096 /* what a compressed VC1 seal may grow to */
#define MAX_SEAL_TEXT 8192
#define PREFIX_BASE45 "VC1:"
#define ELLIPSIS "…"

/* ---- making ---- */

static size_t
text_size(GBytes *payload)
{
    /* tag, array, bstr of 13, empty map, bstr head of 2 or 3, bstr of 64 */
    size_t n = g_bytes_get_size(payload);
    size_t head = n < 24 ? 1 : n < 256 ? 2 : 3;
    size_t cose = 2 + 14 + 1 + head + n + 66;

    return (cose * 4 + 2) / 3;
}

static char *
shorten(const char *title, long keep)
{
    g_autofree char *cut = g_utf8_substring(title, 0, keep);

    return g_strconcat(g_strchomp(cut), ELLIPSIS, NULL);
}

/* The claims with as much of the title as the symbol has room for. */
static GBytes *
fit_claims(const SaoySeal *claims, size_t prefix_bytes, GError **error)
{
    long keep = claims->title != NULL ? g_utf8_strlen(claims->title, -1) : 0;
    g_autofree char *title = g_strdup(claims->title);

    for (;;) {
        g_autoptr(GBytes) payload = saoy_claims_write(claims, title);

        if (prefix_bytes + text_size(payload) <= MAX_TEXT)
            return g_steal_pointer(&payload);
        if (--keep < 1)
            return saoy_null(error, SAOY_ERROR_MALFORMED,
                             "seal does not fit into %d bytes even without title",
                             MAX_TEXT);
        g_free(title);
        title = shorten(claims->title, keep);
    }
}

GBytes *
saoy_seal_make(const SaoySeal *claims, size_t prefix_bytes, SaoySealSigner *sign,
               void *user, GError **error)
{
    uint8_t header[13], hash[32], signature[64] = { 0 };

    if (claims->copy_id == NULL || *claims->copy_id == '\0' || claims->file_pages == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "seal without copy id or pages");
    if (!saoy_claims_check(claims, error))
        return NULL;
    g_autoptr(GBytes) payload = fit_claims(claims, prefix_bytes, error);
    if (payload == NULL)
        return NULL;
    saoy_cose_header(claims->key_id, header);
    SaoyCose cose = { .header = { header, sizeof(header) },
                      .payload = saoy_view_of(payload),
                      .signature = { signature, sizeof(signature) } };
    saoy_cose_hash(&cose, hash);
    if (!sign(user, hash, signature, error))
        return NULL;
    return saoy_cose_write(&cose);
}

/* RFC 4648, 5, without padding. */
static char *
base64url(SaoyView bytes)
{
    char *text = g_base64_encode(bytes.data, bytes.size);

    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    g_strdelimit(text, "=", '\0');
    return text;
}

char *
saoy_seal_text(const char *link, GBytes *cose)
{
    g_autofree char *code = base64url(saoy_view_of(cose));

    return g_strconcat(link, "#", code, NULL);
}

/* ---- reading ---- */

static GBytes *
take_base64url(const char *code, GError **error)
{
    size_t size = strlen(code);
    g_autofree char *padded = g_malloc(size + 4);
    gsize n = 0;

    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isalnum(code[i]) && code[i] != '-' && code[i] != '_')
            return saoy_null(error, SAOY_ERROR_MALFORMED, "seal: not base64url at %zu", i);
        padded[i] = code[i] == '-' ? '+' : code[i] == '_' ? '/' : code[i];
    }
    memcpy(padded + size, "===", 4);
    padded[(size + 3) / 4 * 4] = '\0';
    g_autofree guchar *bytes = g_base64_decode(padded, &n);
    g_autofree char *again = base64url((SaoyView){ bytes, n });
    if (size % 4 == 1 || !g_str_equal(again, code))
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "seal: base64url is cut or not canonical");
    return g_bytes_new_take(g_steal_pointer(&bytes), n);
}

static GBytes *
inflate(GBytes *packed, GError **error)
{
    g_autoptr(GZlibDecompressor) inflater =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autofree uint8_t *out = g_malloc(MAX_INFLATED);
    SaoyView in = saoy_view_of(packed);
    gsize used = 0, made = 0;
    g_autoptr(GError) why = NULL;
    GConverterResult result =
        g_converter_convert(G_CONVERTER(inflater), in.data, in.size, out, MAX_INFLATED,
                            G_CONVERTER_INPUT_AT_END, &used, &made, &why);

    if (result != G_CONVERTER_FINISHED)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "seal: %s",
                         why != NULL           ? why->message
                         : made < MAX_INFLATED ? "packed bytes are cut"
                                               : "inflates to more than allowed");
    if (used != in.size)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "seal: bytes behind the packed ones");
    return g_bytes_new_take(g_steal_pointer(&out), made);
}

static GBytes *
take_base45(const char *code, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_base45_decode(code, error);

    if (bytes == NULL || g_bytes_get_size(bytes) == 0)
        return bytes == NULL ? NULL : saoy_null(error, SAOY_ERROR_MALFORMED, "seal: empty");
    if (saoy_view_of(bytes).data[0] == 0x78)
        return inflate(bytes, error);
    return g_steal_pointer(&bytes);
}

static GBytes *
take_cose(const char *text, GError **error)
{
    const char *hash = strchr(text, '#');

    if (strlen(text) > MAX_SEAL_TEXT)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "seal: longer than any QR code");
    if (g_str_has_prefix(text, PREFIX_BASE45))
        return take_base45(text + strlen(PREFIX_BASE45), error);
    return take_base64url(hash != NULL ? hash + 1 : text, error);
}

bool
saoy_seal_read(const char *text, SaoySeal *out, GBytes **out_cose, GError **error)
{
    g_autoptr(GBytes) bytes = take_cose(text, error);
    SaoyCose cose = { 0 };

    if (bytes == NULL || !saoy_cose_read(saoy_view_of(bytes), &cose, error) ||
        !saoy_claims_read(cose.payload, out, error))
        return false;
    memcpy(out->key_id, cose.key_id, sizeof(out->key_id));
    if (out_cose != NULL)
        *out_cose = g_steal_pointer(&bytes);
    return true;
}
