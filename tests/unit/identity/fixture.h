#pragma once
#include "core/error.h"
#include "core/file.h"
#include "identity/chip.h"
#include "identity/reader.h"
#include "tlv.h"

#include <glib/gstdio.h>
#include <string.h>

/* One synthetic person in a folder of its own, her chip, and what was read of it. */
typedef struct {
    char *dir, *path;
    SaoyChip *chip;
    SaoyAccessKey key;
    SaoyIdentity who;
    unsigned steps;
} Fixture;

#define NUMBER "001190000001"
#define CAN "000001"

static inline GBytes *
portrait(void)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes = saoy_file_read(SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg",
                                   1 << 20, &error);

    g_assert_no_error(error);
    return bytes;
}

static inline void
make_person(const char *path)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GError) error = NULL;
    const SaoyPersona persona = { .name_vi = "Nguyễn Thị Ánh",
                                  .number = NUMBER,
                                  .birth_date = "1990-02-28",
                                  .sex = "F",
                                  .expiry_date = "2035-02-28",
                                  .portrait = picture };

    saoy_persona_make(&persona, path, &error);
    g_assert_no_error(error);
}

static inline void
set_up(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    fix->dir = g_dir_make_tmp("saoy-identity-XXXXXX", NULL);
    fix->path = g_build_filename(fix->dir, "person.json", NULL);
    make_person(fix->path);
    fix->chip = saoy_chip_open(fix->path, &error);
    g_assert_no_error(error);
    g_assert_true(saoy_access_key_parse(CAN, &fix->key, &error));
}

static inline void
tear_down(Fixture *fix, const void *data)
{
    saoy_identity_clear(&fix->who);
    saoy_chip_close(fix->chip);
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
    g_free(fix->path);
}

static inline void
on_progress(const char *step, unsigned done, unsigned total, void *user)
{
    Fixture *fix = user;

    g_assert_nonnull(step);
    g_assert_cmpuint(done, <=, total);
    fix->steps++;
}

static inline bool
read_chip(Fixture *fix, const char *trust, bool allow_bac, GCancellable *cancel,
          GError **error)
{
    saoy_identity_clear(&fix->who);
    return saoy_identity_read(saoy_chip_channel(fix->chip), &fix->key,
                              &(SaoyReadPolicy){ .trust = trust, .allow_bac = allow_bac },
                              on_progress, fix, &fix->who, cancel, error);
}

static inline GBytes *
unhex(const char *text)
{
    GByteArray *bytes = g_byte_array_new();

    for (const char *c = text; *c != '\0'; c += 2) {
        while (*c == ' ')
            c++;
        if (*c == '\0')
            break;
        uint8_t byte =
            (uint8_t)(g_ascii_xdigit_value(c[0]) << 4 | g_ascii_xdigit_value(c[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return g_byte_array_free_to_bytes(bytes);
}

static inline void
assert_hex(SaoyView bytes, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < bytes.size; i++)
        g_string_append_printf(text, "%02X", bytes.data[i]);
    g_assert_cmpstr(text->str, ==, expected);
}
