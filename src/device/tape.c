#include "tape.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define TAPE_MAX_BYTES (64u << 20)
#define PACK_BYTES (64u << 10)

/* Then one call after another, numbers little-endian:
 * verb u32, result u32, hash u64, size of answer u32, of extra u32, answer, extra. */
static const char magic[] = "SAOY-TAPE-1\n";

struct SaoyTape {
    char *path; /* NULL: playing */
    GByteArray *record;
    GBytes *file;
    SaoyView rest;
};

static uint64_t
hash_of(SaoyView asked)
{
    uint8_t sum[SAOY_SHA256_SIZE];
    uint64_t hash = 0;

    saoy_sha256(asked, sum);
    memcpy(&hash, sum, sizeof hash);
    return hash;
}

/* A tape whose name ends in .gz is packed: a scanned sheet is mostly paper. */
static GByteArray *
convert(GConverter *converter, SaoyView in, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree uint8_t *buffer = g_malloc(PACK_BYTES);
    GConverterResult result = G_CONVERTER_CONVERTED;

    while (result != G_CONVERTER_FINISHED) {
        gsize taken = 0, made = 0;

        result = g_converter_convert(converter, in.data, in.size, buffer, PACK_BYTES,
                                     G_CONVERTER_INPUT_AT_END, &taken, &made, error);
        if (result == G_CONVERTER_ERROR)
            return NULL;
        if (out->len + made > TAPE_MAX_BYTES)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "the tape is too long");
        g_byte_array_append(out, buffer, (guint)made);
        in = (SaoyView){ in.data + taken, in.size - taken };
    }
    return g_steal_pointer(&out);
}

static GBytes *
unpack(GBytes *packed, GError **error)
{
    g_autoptr(GZlibDecompressor) zlib =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    GByteArray *plain = convert(G_CONVERTER(zlib), saoy_view_of(packed), error);

    return plain != NULL ? g_byte_array_free_to_bytes(plain) : NULL;
}

SaoyTape *
saoy_tape_record(const char *path)
{
    SaoyTape *tape = g_new0(SaoyTape, 1);

    tape->path = g_strdup(path);
    tape->record = g_byte_array_new();
    g_byte_array_append(tape->record, (const uint8_t *)magic, (guint)strlen(magic));
    return tape;
}

SaoyTape *
saoy_tape_play(const char *path, GError **error)
{
    g_autoptr(GBytes) stored = saoy_file_read(path, TAPE_MAX_BYTES, error);
    bool packed = g_str_has_suffix(path, ".gz");
    SaoyView head = { 0 };

    if (stored == NULL)
        return NULL;
    g_autoptr(GBytes) file = packed ? unpack(stored, error) : g_bytes_ref(stored);
    if (file == NULL)
        return NULL;
    SaoyView rest = saoy_view_of(file);
    if (!saoy_view_take(&rest, strlen(magic), &head, NULL) ||
        memcmp(head.data, magic, head.size) != 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "%s is no tape", path);

    SaoyTape *tape = g_new0(SaoyTape, 1);
    tape->file = g_steal_pointer(&file);
    tape->rest = rest;
    return tape;
}

static void
put_number(GByteArray *out, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(number >> 8 * i);
        g_byte_array_append(out, &byte, 1);
    }
}

void
saoy_tape_put(SaoyTape *tape, SaoyView asked, const SaoyTapeCall *call)
{
    put_number(tape->record, call->verb, 4);
    put_number(tape->record, call->result, 4);
    put_number(tape->record, hash_of(asked), 8);
    put_number(tape->record, call->answer.size, 4);
    put_number(tape->record, call->extra.size, 4);
    if (call->answer.size > 0)
        g_byte_array_append(tape->record, call->answer.data, (unsigned)call->answer.size);
    if (call->extra.size > 0)
        g_byte_array_append(tape->record, call->extra.data, (unsigned)call->extra.size);
}

static bool
take_number(SaoyView *in, unsigned bytes, uint64_t *out, GError **error)
{
    SaoyView view = { 0 };

    if (!saoy_view_take(in, bytes, &view, error))
        return false;
    *out = 0;
    for (unsigned i = 0; i < bytes; i++)
        *out |= (uint64_t)view.data[i] << 8 * i;
    return true;
}

static bool
take_call(SaoyView *in, SaoyTapeCall *out, uint64_t *hash, GError **error)
{
    uint64_t verb = 0, result = 0, n = 0, m = 0;

    if (!take_number(in, 4, &verb, error) || !take_number(in, 4, &result, error) ||
        !take_number(in, 8, hash, error) || !take_number(in, 4, &n, error) ||
        !take_number(in, 4, &m, error) || !saoy_view_take(in, n, &out->answer, error) ||
        !saoy_view_take(in, m, &out->extra, error))
        return false;
    out->verb = (uint32_t)verb;
    out->result = (uint32_t)result;
    return true;
}

bool
saoy_tape_next(SaoyTape *tape, uint32_t verb, SaoyView asked, SaoyTapeCall *out,
               GError **error)
{
    SaoyView rest = tape->rest;
    SaoyTapeCall call = { 0 };
    uint64_t hash = 0;

    if (rest.size == 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "the tape has ended");
    if (!take_call(&rest, &call, &hash, error))
        return false;
    if (call.verb != verb || hash != hash_of(asked))
        return saoy_fail(error, SAOY_ERROR_FAILED, "the tape has call %08x here, not %08x",
                         call.verb, verb);
    tape->rest = rest;
    *out = call;
    return true;
}

uint32_t
saoy_tape_ask(SaoyTape *tape, uint32_t verb, SaoyView asked, uint32_t lost,
              SaoyTapeCall *out)
{
    g_autoptr(GError) error = NULL;

    if (saoy_tape_next(tape, verb, asked, out, &error))
        return out->result;
    g_debug("tape: %s", error->message);
    return lost;
}

static bool
write_tape(const SaoyTape *tape, GError **error)
{
    g_autoptr(GZlibCompressor) zlib =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    SaoyView plain = { tape->record->data, tape->record->len };
    g_autoptr(GByteArray) packed = NULL;

    if (!g_str_has_suffix(tape->path, ".gz"))
        return saoy_file_write(tape->path, plain, error);
    packed = convert(G_CONVERTER(zlib), plain, error);
    return packed != NULL &&
           saoy_file_write(tape->path, (SaoyView){ packed->data, packed->len }, error);
}

void
saoy_tape_free(SaoyTape *tape)
{
    g_autoptr(GError) error = NULL;

    if (tape->path != NULL && !write_tape(tape, &error))
        g_message("tape: %s", error->message);
    g_clear_pointer(&tape->record, g_byte_array_unref);
    g_clear_pointer(&tape->file, g_bytes_unref);
    g_free(tape->path);
    g_free(tape);
}
