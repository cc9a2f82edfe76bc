#pragma once
#include "fixture.h"
#include "link.h"

/* A chip that knows one conversation by heart, and randomness that is handed out: what the
 * worked examples of ICAO 9303-11 need. Tests run one after another, so one of each will
 * do. */
typedef struct {
    const char *command, *answer;
} ScriptLine;

static const ScriptLine *script_line;
static const char *const *script_random;

static inline bool
script_transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
                  GError **error)
{
    g_autoptr(GBytes) answer = NULL;

    g_assert_nonnull(script_line->command);
    assert_hex(command, script_line->command);
    answer = unhex(script_line->answer);
    g_byte_array_append(response, saoy_view_of(answer).data,
                        (unsigned)saoy_view_of(answer).size);
    script_line++;
    return true;
}

static inline bool
script_draw(uint8_t *out, size_t size, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    g_assert_nonnull(*script_random);
    bytes = unhex(*script_random++);
    g_assert_cmpuint(saoy_view_of(bytes).size, ==, size);
    memcpy(out, saoy_view_of(bytes).data, size);
    return true;
}

static inline void
script_start(SaoyLink *link, const ScriptLine *lines, const char *const *draws)
{
    script_line = lines;
    script_random = draws;
    saoy_link_init(link, (SaoyChannel){ script_transceive, NULL }, NULL);
    link->random = script_draw;
}

static inline SaoyView
key_view(const SaoyKey *key)
{
    return (SaoyView){ key->bytes, key->size };
}
