/* The seal as paper sees it: printed at 300 dpi at its size on the copy, copied twice,
 * scanned askew with blur and noise at 200 and 300 dpi, read by zbar. Seeded: the same
 * trials in every run. */
#include "bench.h"

#include "core/error.h"
#include "vision/image.h"
#include "vision/symbol.h"

#include <glib/gi18n.h>
#include <math.h>

enum { TRIALS = 200, PRINT_DPI = 300, QUIET = 4, SEAL_BYTES = 560 };

/* As the attestation block draws it, and as the kiosk's sheet shows an A4 page that has a
 * head above it and the strip beside it (document/print.h). */
static const double modules_mm[] = { 0.38, 0.30 };

/* A text as long as a seal may be: the hardest symbol of all. */
static char *
longest_text(GRand *dice)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    g_autoptr(GString) text =
        g_string_new("https://kiemtra.example.vn/v/H26.132-251110-0007.01-24?t=#");

    while (text->len < SEAL_BYTES)
        g_string_append_c(text,
                          letters[g_rand_int_range(dice, 0, (int)sizeof letters - 1)]);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Paper under light, 0 to 1, at any place in millimetres. */
typedef struct {
    const SaoyQr *qr;
    double module_mm, angle, shift;
} Sheet;

static double
ink_at(const Sheet *sheet, double x, double y)
{
    double side = (sheet->qr->size + 2 * QUIET) * sheet->module_mm, half = side / 2;
    double c = cos(sheet->angle), s = sin(sheet->angle);
    double u = (x - half) * c + (y - half) * s + half + sheet->shift;
    double v = (y - half) * c - (x - half) * s + half + sheet->shift;
    /* the printer's dots */
    double dot = 25.4 / PRINT_DPI;
    int column = (int)floor((floor(u / dot) + 0.5) * dot / sheet->module_mm) - QUIET;
    int row = (int)floor((floor(v / dot) + 0.5) * dot / sheet->module_mm) - QUIET;

    if (column < 0 || row < 0 || column >= sheet->qr->size || row >= sheet->qr->size)
        return 1;
    return sheet->qr->modules[(size_t)row * (size_t)sheet->qr->size + (size_t)column] != 0
               ? 0.08
               : 1;
}

static SaoyImage *
scan(const Sheet *sheet, int dpi, GError **error)
{
    double side = (sheet->qr->size + 2 * QUIET) * sheet->module_mm;
    int pixels = (int)ceil(side / 25.4 * dpi) + 40;
    SaoyImage *image = saoy_image_new(pixels, pixels, 1, dpi, error);

    for (int y = 0; image != NULL && y < pixels; y++)
        for (int x = 0; x < pixels; x++) {
            double light = 0;

            /* four looks into each pixel: a sensor has an area */
            for (int i = 0; i < 4; i++)
                light += ink_at(sheet, (x - 20 + 0.25 + 0.5 * (i % 2)) * 25.4 / dpi,
                                (y - 20 + 0.25 + 0.5 * (i / 2)) * 25.4 / dpi) /
                         4;
            image->pixels[y * image->stride + x] = (uint8_t)(light * 255);
        }
    return image;
}

static double
noise(GRand *dice)
{
    double sum = 0;

    for (int i = 0; i < 6; i++)
        sum += g_rand_double_range(dice, -1, 1);
    return sum / 1.414; /* variance 1 */
}

/* One pass through a copier or scanner: blur by a 3 x 3 mean with weight, contrast, noise.
 */
static void
degrade(SaoyImage *image, GRand *dice, double blur, double gain, double grain)
{
    size_t n = (size_t)image->stride * (size_t)image->height;
    g_autofree uint8_t *was = g_memdup2(image->pixels, n);

    for (int y = 1; y + 1 < image->height; y++)
        for (int x = 1; x + 1 < image->width; x++) {
            double around = 0, here = was[y * image->stride + x];

            for (int i = 0; i < 9; i++)
                around += was[(y + i / 3 - 1) * image->stride + x + i % 3 - 1] / 9.0;
            double light = here + (around - here) * blur;
            light = (light - 128) * gain + 128 + noise(dice) * grain;
            image->pixels[y * image->stride + x] = (uint8_t)CLAMP(light, 0, 255);
        }
}

static bool
reads(const SaoyQr *qr, double module_mm, const char *text, int dpi, GRand *dice,
      GError **error)
{
    const Sheet sheet = { qr, module_mm, g_rand_double_range(dice, -0.05, 0.05),
                          g_rand_double_range(dice, -0.05, 0.05) };
    g_autoptr(SaoyImage) image = scan(&sheet, dpi, error);
    g_auto(GStrv) texts = NULL;

    if (image == NULL)
        return false;
    degrade(image, dice, 0.25, 1.15, 4); /* first copy */
    degrade(image, dice, 0.25, 1.15, 4); /* copy of the copy */
    degrade(image, dice, 0.2, 1.0, 6);   /* the scanner */
    texts = saoy_symbol_read(image, error);
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        if (g_str_equal(texts[i], text))
            return true;
    return false;
}

enum { SIZES = G_N_ELEMENTS(modules_mm), RESOLUTIONS = 2 };

typedef struct {
    int size, read[SIZES][RESOLUTIONS];
} Count;

static const int resolutions[RESOLUTIONS] = { 200, 300 };

static bool
trial(GRand *dice, Count *count, GError **error)
{
    g_autofree char *text = longest_text(dice);
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, error);

    if (qr == NULL)
        return false;
    count->size = qr->size;
    for (size_t m = 0; m < SIZES; m++)
        for (size_t r = 0; r < RESOLUTIONS; r++)
            count->read[m][r] += reads(qr, modules_mm[m], text, resolutions[r], dice, NULL);
    return true;
}

static bool
seal(int argc, char **argv, SaoyJson *out, GError **error)
{
    int trials =
        argc > 1 ? CLAMP((int)g_ascii_strtoll(argv[1], NULL, 10), 1, 10000) : TRIALS;
    g_autoptr(GRand) dice = g_rand_new_with_seed(280);
    SaoyJson *sizes = saoy_json_array();
    Count count = { 0 };

    saoy_json_set_int(out, "trials", trials);
    saoy_json_set_int(out, "bytes", SEAL_BYTES);
    saoy_json_set(out, "sizes", sizes);
    for (int i = 0; i < trials; i++)
        if (!trial(dice, &count, error))
            return false;
    for (size_t m = 0; m < SIZES; m++) {
        SaoyJson *row = saoy_json_object();

        saoy_json_set_real(row, "module_mm", modules_mm[m]);
        saoy_json_set_real(row, "mm", count.size * modules_mm[m]);
        saoy_json_set_int(row, "read_200_dpi", count.read[m][0]);
        saoy_json_set_int(row, "read_300_dpi", count.read[m][1]);
        saoy_json_append(sizes, row);
    }
    saoy_json_set_int(out, "modules", count.size);
    return true;
}

const SaoyBenchmark saoy_bench_seal = {
    .name = "seal",
    .run = seal,
    .help = N_("read seals that were printed, copied twice and scanned"),
};
