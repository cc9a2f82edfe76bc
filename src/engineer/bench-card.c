/* A whole chip read against the software chip of a persona: one that announces extended
 * length, one that only understands it, one that refuses it. What the chip itself computes
 * is measured apart: only the reader's CPU counts. */
#include "bench.h"

#include "core/error.h"
#include "core/file.h"
#include "identity/chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define RUNS 9
#define PERSONA_MAX (4u << 20)
#define PORTRAIT_BYTES (20u * 1024) /* what a CCCD's DG2 holds */

/* ISO 14443-3 and -4, type A, with the largest frames (FSD = FSC = 256): a block is PCB, up
 * to 253 bytes and two of CRC; a byte takes nine bits for its parity, a frame a start and
 * an end besides. Each block but the last of a chain is answered by R(ACK), three bytes.
 * Before each frame stands the frame delay time, 1236/fc at least. A bit lasts 128/fc at
 * 106 kbit/s. What the chip computes in between, and asks time for, is not in it. */
#define FC_HZ 13.56e6
#define BLOCK_BYTES 253u
#define BLOCK_BITS(n) (((n) + 3) * 9 + 2)
#define DELAY_S (1236 / FC_HZ)
#define BIT_S (128 / FC_HZ)

static const unsigned speeds[] = { 106, 212, 424, 848 }; /* twice as fast each */

typedef struct {
    SaoyChannel chip;
    double chip_s; /* CPU seconds on the chip's side */
    unsigned apdus;
    size_t bytes, bits, frames; /* as they travel */
} Wire;

static void
count_message(Wire *wire, size_t size)
{
    size_t chained = size == 0 ? 0 : (size - 1) / BLOCK_BYTES;

    wire->bits += chained * (BLOCK_BITS(BLOCK_BYTES) + BLOCK_BITS(0)) +
                  BLOCK_BITS(size - chained * BLOCK_BYTES);
    wire->frames += 2 * chained + 1;
    wire->bytes += size;
}

static double
wire_ms(const Wire *wire, size_t speed)
{
    return 1e3 *
           ((double)wire->frames * DELAY_S + (double)wire->bits * BIT_S / (1u << speed));
}

static bool
transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    Wire *wire = self;
    double start = saoy_bench_cpu_s(false);
    bool done = wire->chip.transceive(wire->chip.self, command, response, cancel, error);

    wire->chip_s += saoy_bench_cpu_s(false) - start;
    wire->apdus++;
    count_message(wire, command.size);
    count_message(wire, response->len);
    return done;
}

/* --- the card --- */

typedef struct {
    SaoyJson *json; /* the persona that was named */
    char *folder;   /* of one made for the measure; NULL: none was */
    char *trust;
    SaoyChip *chip;
    SaoyAccessKey key;
} Card;

static void
card_clear(Card *card)
{
    g_clear_pointer(&card->json, saoy_json_unref);
    saoy_chip_close(card->chip);
    if (card->folder != NULL)
        saoy_dir_remove(card->folder, NULL);
    g_free(card->folder);
    g_free(card->trust);
    saoy_access_key_wipe(&card->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Card, card_clear)

static bool
run_once(const Card *card, Wire *wire, SaoyIdentity *who, double *out_s, GError **error)
{
    const SaoyReadPolicy policy = { .trust = card->trust };
    double start;

    saoy_chip_reset(card->chip);
    start = saoy_bench_cpu_s(false);
    if (!saoy_identity_read((SaoyChannel){ transceive, wire }, &card->key, &policy, NULL,
                            NULL, who, NULL, error))
        return false;
    *out_s = saoy_bench_cpu_s(false) - start - wire->chip_s;
    return true;
}

/* The card's last six digits open it. */
static bool
open_card(const char *path, Card *out, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, PERSONA_MAX, error);
    const char *number;

    if (file == NULL)
        return false;
    out->json = saoy_json_parse(saoy_view_of(file), PERSONA_MAX, error);
    number = out->json != NULL ? saoy_json_string(out->json, "number", 12, error) : NULL;
    if (number == NULL || !saoy_access_key_parse(number, &out->key, error))
        return false;
    out->trust = g_path_get_dirname(path);
    out->chip = saoy_chip_open(path, error);
    return out->chip != NULL;
}

/* A comment segment behind the start of a JPEG: it shows the same, and is as long as a
 * portrait of a CCCD. NULL: it is long enough, or no JPEG. */
static GBytes *
pad_portrait(GBytes *portrait)
{
    SaoyView jpeg = saoy_view_of(portrait);
    uint8_t head[] = { 0xff, 0xd8, 0xff, 0xfe, 0, 0 };
    GByteArray *padded = NULL;
    size_t size = PORTRAIT_BYTES - MIN(jpeg.size, PORTRAIT_BYTES);

    if (size < 4 || jpeg.size < 4 || memcmp(jpeg.data, head, 3) != 0)
        return NULL;
    head[4] = (uint8_t)((size - 2) >> 8);
    head[5] = (uint8_t)(size - 2);
    padded = g_byte_array_sized_new(PORTRAIT_BYTES);
    g_byte_array_append(padded, head, sizeof head);
    g_byte_array_set_size(padded, 2 + (unsigned)size);
    memset(padded->data + sizeof head, ' ', size - 4);
    g_byte_array_append(padded, jpeg.data + 2, (unsigned)jpeg.size - 2);
    return g_byte_array_free_to_bytes(padded);
}

/* The same person again, with this portrait, under an issuer of the folder's own. */
static bool
make_card(const Card *card, GBytes *portrait, Card *out, GError **error)
{
    const SaoyJson *json = card->json;
    const SaoyPersona persona = {
        .name_vi = saoy_json_string_or(json, "name_vi", ""),
        .number = saoy_json_string_or(json, "number", NULL),
        .birth_date = saoy_json_string_or(json, "birth_date", NULL),
        .sex = saoy_json_string_or(json, "sex", NULL),
        .expiry_date = saoy_json_string_or(json, "expiry_date", NULL),
        .portrait = portrait,
    };
    g_autofree char *path = NULL;

    out->folder = g_dir_make_tmp("saoy-bench-XXXXXX", error);
    if (out->folder == NULL)
        return false;
    path = g_build_filename(out->folder, "card.json", NULL);
    return saoy_persona_make(&persona, path, error) && open_card(path, out, error);
}

/* portrait: a picture to put on the card, or NULL: its own, made as long as usual. */
static bool
choose_card(const char *path, const char *portrait, Card *out, GError **error)
{
    g_auto(Card) named = { 0 };
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GBytes) picture = NULL;
    Wire wire = { 0 };
    double s = 0;

    if (!open_card(path, &named, error))
        return false;
    wire.chip = saoy_chip_channel(named.chip);
    if (portrait != NULL)
        picture = saoy_file_read(portrait, PERSONA_MAX, error);
    else if (run_once(&named, &wire, &who, &s, error) && who.portrait != NULL)
        picture = pad_portrait(who.portrait);
    if (error != NULL && *error != NULL)
        return false;
    if (picture != NULL)
        return make_card(&named, picture, out, error);
    *out = named;
    named = (Card){ 0 };
    return true;
}

/* --- the measure --- */

static size_t
least_bytes(const SaoyIdentity *who)
{
    size_t least = 0;

    for (unsigned i = 0; i < who->n_steps; i++)
        least += who->steps[i].least_bytes;
    return least;
}

static SaoyJson *
figures(const Wire *wire, const SaoyIdentity *who, double *reader_s, double *chip_s)
{
    SaoyJson *json = saoy_json_object();
    SaoyJson *times = saoy_json_object();

    saoy_json_set_real(json, "reader_cpu_ms", saoy_bench_median(reader_s, RUNS) * 1e3);
    saoy_json_set_real(json, "chip_cpu_ms", saoy_bench_median(chip_s, RUNS) * 1e3);
    saoy_json_set_int(json, "apdus", wire->apdus);
    saoy_json_set_int(json, "bytes", (int64_t)wire->bytes);
    saoy_json_set_int(json, "least_bytes", (int64_t)least_bytes(who));
    for (size_t i = 0; i < G_N_ELEMENTS(speeds); i++) {
        char name[8];

        g_snprintf(name, sizeof name, "%u", speeds[i]);
        saoy_json_set_real(times, name, wire_ms(wire, i));
    }
    saoy_json_set(json, "wire_ms", times);
    return json;
}

static bool
measure(const Card *card, const char *lever, const char *name, SaoyJson *out,
        GError **error)
{
    double reader_s[RUNS] = { 0 }, chip_s[RUNS] = { 0 };
    g_auto(SaoyIdentity) who = { 0 };
    Wire wire = { 0 };

    saoy_chip_fault(card->chip, "clear");
    saoy_chip_fault(card->chip, lever);
    for (size_t i = 0; i < RUNS; i++) {
        saoy_identity_clear(&who);
        wire = (Wire){ .chip = saoy_chip_channel(card->chip) };
        if (!run_once(card, &wire, &who, &reader_s[i], error))
            return false;
        chip_s[i] = wire.chip_s;
    }
    saoy_json_set_string(out, "access", who.access);
    saoy_json_set_string(out, "verdict", saoy_verdict_name(saoy_identity_verdict(&who)));
    saoy_json_set_int(out, "portrait_bytes",
                      who.portrait == NULL ? 0 : (int64_t)g_bytes_get_size(who.portrait));
    saoy_json_set(out, name, figures(&wire, &who, reader_s, chip_s));
    return true;
}

static bool
card(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_auto(Card) card = { 0 };
    GError *why = NULL;

    if (argc < 2 || argc > 3)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name the persona: saoy bench card PERSONA.json [PORTRAIT.jpg]");
    if (!choose_card(argv[1], argc == 3 ? argv[2] : NULL, &card, &why)) {
        g_propagate_error(error, why);
        return false;
    }
    saoy_json_set_int(out, "runs", RUNS);
    return measure(&card, "extended 65000", "announced", out, error) &&
           measure(&card, "clear", "extended", out, error) &&
           measure(&card, "no-extended", "short", out, error);
}

const SaoyBenchmark saoy_bench_card = {
    .name = "card",
    .run = card,
    .help =
        N_("PERSONA.json [PORTRAIT.jpg]: read its software chip, portrait of 20 kB: "
           "access, verdict, portrait_bytes; announced, extended, short {reader_cpu_ms, "
           "chip_cpu_ms, apdus, bytes, least_bytes, wire_ms {106, 212, 424, 848 "
           "kbit/s}}"),
};
