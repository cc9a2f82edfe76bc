#include "tape.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define TAPE_MAX_BYTES (64u << 20)

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
    g_autoptr(GBytes) file = saoy_file_read(path, TAPE_MAX_BYTES, error);
    SaoyView head = { 0 };

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

void
saoy_tape_free(SaoyTape *tape)
{
    g_autoptr(GError) error = NULL;

    if (tape->path != NULL &&
        !saoy_file_write(tape->path, (SaoyView){ tape->record->data, tape->record->len },
                         &error))
        g_message("tape: %s", error->message);
    g_clear_pointer(&tape->record, g_byte_array_unref);
    g_clear_pointer(&tape->file, g_bytes_unref);
    g_free(tape->path);
    g_free(tape);
}
