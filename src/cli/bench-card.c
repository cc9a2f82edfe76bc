/* A whole chip read against the software chip of a persona. What the chip itself computes
 * is measured apart: only the reader's CPU counts. */
#include "bench.h"

#include "core/error.h"
#include "core/file.h"
#include "identity/chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define RUNS 9
#define PERSONA_MAX (4u << 20)

typedef struct {
    SaoyChannel chip;
    double chip_s; /* CPU seconds on the chip's side */
    unsigned apdus;
    size_t bytes;
} Wire;

static bool
transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    Wire *wire = self;
    double start = saoy_bench_cpu_s(false);
    bool done = wire->chip.transceive(wire->chip.self, command, response, cancel, error);

    wire->chip_s += saoy_bench_cpu_s(false) - start;
    wire->apdus++;
    wire->bytes += command.size + response->len;
    return done;
}

/* The card's last six digits open it. */
static bool
find_key(const char *path, SaoyAccessKey *out, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, PERSONA_MAX, error);
    g_autoptr(SaoyJson) persona =
        file != NULL ? saoy_json_parse(saoy_view_of(file), PERSONA_MAX, error) : NULL;
    const char *number =
        persona != NULL ? saoy_json_string(persona, "number", 12, error) : NULL;

    return number != NULL && saoy_access_key_parse(number, out, error);
}

static bool
run_once(SaoyChip *chip, const SaoyAccessKey *key, Wire *wire, double *out_s,
         GError **error)
{
    g_auto(SaoyIdentity) who = { 0 };

    *wire = (Wire){ .chip = saoy_chip_channel(chip) };
    saoy_chip_reset(chip);
    double start = saoy_bench_cpu_s(false);
    if (!saoy_identity_read((SaoyChannel){ transceive, wire }, key, &(SaoyReadPolicy){ 0 },
                            NULL, NULL, &who, NULL, error))
        return false;
    *out_s = saoy_bench_cpu_s(false) - start - wire->chip_s;
    return true;
}

static bool
card(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_auto(SaoyAccessKey) key = { 0 };
    g_autoptr(SaoyChip) chip = NULL;
    double reader_s[RUNS] = { 0 }, chip_s[RUNS] = { 0 };
    Wire wire = { 0 };

    if (argc != 2)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name the persona: saoy bench card PERSONA.json");
    if (!find_key(argv[1], &key, error))
        return false;
    chip = saoy_chip_open(argv[1], error);
    if (chip == NULL)
        return false;
    for (size_t i = 0; i < RUNS; i++) {
        if (!run_once(chip, &key, &wire, &reader_s[i], error))
            return false;
        chip_s[i] = wire.chip_s;
    }
    saoy_json_set_int(out, "runs", RUNS);
    saoy_json_set_real(out, "reader_cpu_ms", saoy_bench_median(reader_s, RUNS) * 1e3);
    saoy_json_set_real(out, "chip_cpu_ms", saoy_bench_median(chip_s, RUNS) * 1e3);
    saoy_json_set_int(out, "apdus", wire.apdus);
    saoy_json_set_int(out, "bytes", (int64_t)wire.bytes);
    return true;
}

const SaoyBenchmark saoy_bench_card = {
    .name = "card",
    .run = card,
    .help = N_("read the software chip of a persona"),
};
