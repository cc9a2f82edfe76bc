#pragma once
#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"
#include "tlv.h"

#include <string.h>

/* What the targets share. libFuzzer brings main(), or replay.c does over the corpus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A day of 2026 that never ends: the same input does the same for ever. */
static inline int64_t
fuzz_now(void)
{
    return INT64_C(1795305600) * 1000000;
}

static inline void
fuzz_stop_clock(void)
{
    static const SaoyClock still = { fuzz_now, fuzz_now };

    saoy_clock_set(&still);
}

/* A file of tests/fuzz/corpus that is no input itself. */
static inline GBytes *
fuzz_file(const char *name)
{
    g_autofree char *path =
        g_build_filename(SAOY_SOURCE_DIR "/tests/fuzz/corpus", name, NULL);
    GBytes *file = saoy_file_read(path, 1 << 20, NULL);

    g_assert_nonnull(file);
    return file;
}
