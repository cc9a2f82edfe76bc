/* Colours as they were: a chart of seals, hands and papers through cleaning and encoding,
 * with the scanner's grain and without. Distances are CIE 1976 (Delta E*ab), sRGB, D65. */
#include "drawn.h"

typedef struct {
    double l, a, b;
} Lab;

static double
linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
curve(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static Lab
lab_of(const double rgb[3])
{
    double r = linear(rgb[0] / 255), g = linear(rgb[1] / 255), b = linear(rgb[2] / 255);
    double x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = curve(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = curve((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);

    return (Lab){ 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static double
distance(const double a[3], const double b[3])
{
    Lab p = lab_of(a), q = lab_of(b);

    return sqrt((p.l - q.l) * (p.l - q.l) + (p.a - q.a) * (p.a - q.a) +
                (p.b - q.b) * (p.b - q.b));
}

/* red, green and blue light, mixed: Lab as published (Lindbloom) */
static void
test_the_measure_itself(void)
{
    static const double white[] = { 255, 255, 255 }, red[] = { 255, 0, 0 },
                        black[] = { 0, 0, 0 };
    Lab of_red = lab_of(red);

    g_assert_cmpfloat(fabs(of_red.l - 53.2408), <, 0.01);
    g_assert_cmpfloat(fabs(of_red.a - 80.0925), <, 0.02);
    g_assert_cmpfloat(fabs(of_red.b - 67.2032), <, 0.02);
    g_assert_cmpfloat(fabs(distance(white, black) - 100), <, 0.01);
}

static const struct {
    const char *name;
    uint32_t rgb;
} inks[] = {
    { "seal", 0xc83038 },       { "seal, dark", 0xaa1428 }, { "seal, worn", 0xdc6468 },
    { "hand", 0x2840a8 },       { "hand, dark", 0x142878 }, { "hand, pale", 0x5a6ec8 },
    { "violet", 0x6e3c96 },     { "green", 0x2f6b52 },      { "cream", 0xf2e8cc },
    { "pink paper", 0xf3dfe0 }, { "blue paper", 0xdfe8f3 }, { "grey paper", 0xdcdcda },
};

#define SIDE_MM 14

static int
left_of(unsigned i)
{
    return drawn_px(25 + i % 4 * 42);
}

static int
top_of(unsigned i)
{
    return drawn_px(95 + i / 4 * 45);
}

/* A patch of each, and below it strokes half a millimetre wide. */
static SaoyImage *
chart(void)
{
    SaoyImage *page = drawn_sheet(210, 297, 0xf4f3ee);

    drawn_write(page, 25, 25, 9, 70, 0x202020);
    for (unsigned i = 0; i < G_N_ELEMENTS(inks); i++) {
        drawn_fill(page, left_of(i), top_of(i), drawn_px(SIDE_MM), drawn_px(SIDE_MM),
                   inks[i].rgb);
        for (int k = 0; k < 5; k++)
            drawn_fill(page, left_of(i), top_of(i) + drawn_px(18) + k * drawn_px(2.5),
                       drawn_px(SIDE_MM), 4, inks[i].rgb);
    }
    return page;
}

static void
mean_of(const SaoyImage *page, int x, int y, int w, int h, double out[3])
{
    memset(out, 0, 3 * sizeof out[0]);
    for (int v = y; v < y + h; v++)
        for (int u = x; u < x + w; u++)
            for (int c = 0; c < 3; c++)
                out[c] += drawn_at(page, u, v)[c] / (double)(w * h);
}

/* Over the page as it was drawn, before any grain. */
static void
worst_of(const SaoyImage *drawn, const SaoyImage *page, double *patch, double *stroke)
{
    *patch = *stroke = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(inks); i++) {
        double was[3], is[3], line[3], area = 0, thin = 0;
        int x = left_of(i) + 10, y = top_of(i), in = drawn_px(SIDE_MM) - 20;

        mean_of(drawn, x, y + 10, in, in, was);
        mean_of(page, x, y + 10, in, in, is);
        mean_of(page, x, y + drawn_px(18) + 1, in, 2, line);
        area = distance(was, is);
        thin = distance(was, line);
        g_test_message("%-11s patch %.2f stroke %.2f", inks[i].name, area, thin);
        *patch = MAX(*patch, area);
        *stroke = MAX(*stroke, thin);
    }
}

static void
test_colours_stay(void)
{
    g_autoptr(SaoyImage) drawn = chart();

    for (int spread = 0; spread <= 6; spread += 6) {
        g_autoptr(SaoyImage) scan = saoy_image_copy(drawn);
        SaoyPageReport report = { 0 };
        double patch = 0, stroke = 0;
        int quality = 0;

        drawn_noise(scan, spread);
        g_autoptr(SaoyImage) page = drawn_clean(scan, &report);
        g_autoptr(GBytes) file = saoy_page_encode(page, &quality, NULL);
        g_autoptr(SaoyImage) copy = saoy_image_decode(file, NULL);
        g_assert_cmpint(copy->width, ==, drawn->width); /* neither turned nor trimmed */
        g_assert_cmpint(copy->height, ==, drawn->height);
        worst_of(drawn, copy, &patch, &stroke);
        g_test_message("grain %d: worst patch %.2f, worst stroke %.2f, quality %d, %zu KB",
                       spread, patch, stroke, quality, g_bytes_get_size(file) / 1024);
        g_assert_cmpfloat(patch, <, 1.5);
        g_assert_cmpfloat(stroke, <, 4.5);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/colour/measure", test_the_measure_itself);
    g_test_add_func("/colour/chart", test_colours_stay);
    return g_test_run();
}
