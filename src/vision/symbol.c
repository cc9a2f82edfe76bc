/* Reading bar codes. */
#include "vision/symbol.h"

#include "core/error.h"
#include "core/library.h"

#include <string.h>
#include <zbar.h>

#define MAX_SYMBOLS 32
#define ENLARGED_MOST (4u << 20) /* an A4 page at 200 dpi */
#define LEAST_SIDE 16            /* no code is smaller */

/* Opened with the first picture: it brings X11 and a camera library along. */
typedef struct {
    __typeof__(zbar_image_scanner_create) *image_scanner_create;
    __typeof__(zbar_image_scanner_destroy) *image_scanner_destroy;
    __typeof__(zbar_image_scanner_set_config) *image_scanner_set_config;
    __typeof__(zbar_image_create) *image_create;
    __typeof__(zbar_image_destroy) *image_destroy;
    __typeof__(zbar_image_set_format) *image_set_format;
    __typeof__(zbar_image_set_size) *image_set_size;
    __typeof__(zbar_image_set_data) *image_set_data;
    __typeof__(zbar_scan_image) *scan_image;
    __typeof__(zbar_image_first_symbol) *image_first_symbol;
    __typeof__(zbar_symbol_next) *symbol_next;
    __typeof__(zbar_symbol_get_loc_size) *symbol_get_loc_size;
    __typeof__(zbar_symbol_get_loc_y) *symbol_get_loc_y;
    __typeof__(zbar_symbol_get_data) *symbol_get_data;
    __typeof__(zbar_symbol_get_data_length) *symbol_get_data_length;
} Zbar;

static const Zbar *zbar = NULL;

#define ROW(name)                           \
    {                                       \
        "zbar_" #name, offsetof(Zbar, name) \
    }

static const SaoyLibraryCall calls[] = {
    ROW(image_scanner_create), ROW(image_scanner_destroy), ROW(image_scanner_set_config),
    ROW(image_create),         ROW(image_destroy),         ROW(image_set_format),
    ROW(image_set_size),       ROW(image_set_data),        ROW(scan_image),
    ROW(image_first_symbol),   ROW(symbol_next),           ROW(symbol_get_loc_size),
    ROW(symbol_get_loc_y),     ROW(symbol_get_data),       ROW(symbol_get_data_length),
};
G_STATIC_ASSERT(sizeof(Zbar) == G_N_ELEMENTS(calls) * sizeof(void *));

static bool
open_zbar(GError **error)
{
    static Zbar table;
    static gsize once = 0;

    if (g_once_init_enter(&once)) {
        if (saoy_library_open("libzbar.so.0", calls, G_N_ELEMENTS(calls), &table, NULL))
            zbar = &table;
        g_once_init_leave(&once, 1);
    }
    return zbar != NULL || saoy_fail(error, SAOY_ERROR_FAILED, "no usable libzbar");
}

typedef struct {
    int y;
    char *text;
} Found;

static void
found_clear(Found *found)
{
    g_free(found->text);
}

static gint
by_height(gconstpointer a, gconstpointer b)
{
    return ((const Found *)a)->y - ((const Found *)b)->y;
}

static void
to_grey(const SaoyImage *image, uint8_t *out)
{
    for (int y = 0; y < image->height; y++) {
        const uint8_t *in = image->pixels + (size_t)y * (size_t)image->stride;

        for (int x = 0; x < image->width; x++, in += image->channels)
            *out++ = image->channels == 1
                         ? in[0]
                         : (uint8_t)((in[0] * 77 + in[1] * 150 + in[2] * 29) >> 8);
    }
}

/* UTF-8 as it is; other bytes are Latin-1, the standard's own charset (ISO/IEC 18004). */
static char *
text_of(const char *bytes, size_t size)
{
    if (memchr(bytes, 0, size) != NULL)
        return NULL;
    if (g_utf8_validate(bytes, (gssize)size, NULL))
        return g_strndup(bytes, size);
    return g_convert(bytes, (gssize)size, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

static void
add(GArray *all, const char *bytes, size_t size, int y)
{
    Found found = { y, text_of(bytes, size) };

    for (guint i = 0; found.text != NULL && i < all->len; i++)
        if (g_str_equal(g_array_index(all, Found, i).text, found.text))
            g_clear_pointer(&found.text, g_free);
    if (found.text != NULL)
        g_array_append_val(all, found);
}

/* One pass of zbar over grey pixels; y of what is found is multiplied by scale. */
static void
pass(const uint8_t *grey, int width, int height, double scale, GArray *all)
{
    zbar_image_scanner_t *scanner = zbar->image_scanner_create();
    zbar_image_t *frame = zbar->image_create();

    zbar->image_scanner_set_config(scanner, 0, ZBAR_CFG_ENABLE, 1);
    /* No paper of ours bears them, and their decoder trips over print (libzbar 0.23). */
    zbar->image_scanner_set_config(scanner, ZBAR_DATABAR, ZBAR_CFG_ENABLE, 0);
    zbar->image_scanner_set_config(scanner, ZBAR_DATABAR_EXP, ZBAR_CFG_ENABLE, 0);
    zbar->image_scanner_set_config(scanner, 0, ZBAR_CFG_BINARY, 1); /* no guessed charset */
    zbar->image_set_format(frame, zbar_fourcc('Y', '8', '0', '0'));
    zbar->image_set_size(frame, (unsigned)width, (unsigned)height);
    zbar->image_set_data(frame, grey, (unsigned long)width * (unsigned long)height, NULL);
    zbar->scan_image(scanner, frame);
    for (const zbar_symbol_t *s = zbar->image_first_symbol(frame);
         s != NULL && all->len < MAX_SYMBOLS; s = zbar->symbol_next(s)) {
        int y = zbar->symbol_get_loc_size(s) > 0 ? zbar->symbol_get_loc_y(s, 0) : 0;

        add(all, zbar->symbol_get_data(s), zbar->symbol_get_data_length(s),
            (int)(y * scale));
    }
    zbar->image_destroy(frame);
    zbar->image_scanner_destroy(scanner);
}

/* Bilinear enlargement of at least 2 x 2 pixels: noise at module size is smoothed, and zbar
 * finds thin modules. */
static uint8_t *
enlarge(const uint8_t *in, int width, int height, int times)
{
    int w = width * times, h = height * times;
    uint8_t *out = g_try_malloc((size_t)w * (size_t)h);

    for (int y = 0; out != NULL && y < h; y++) {
        int sy = CLAMP((2 * y + 1 - times) * 128 / times, 0, (height - 1) * 256 - 1);
        const uint8_t *row = in + (size_t)(sy >> 8) * (size_t)width;
        const uint8_t *next = row + width;

        for (int x = 0; x < w; x++) {
            int sx = CLAMP((2 * x + 1 - times) * 128 / times, 0, (width - 1) * 256 - 1);
            int l = sx >> 8, fx = sx & 255, fy = sy & 255, r = l + 1;
            int top = row[l] * (256 - fx) + row[r] * fx;
            int low = next[l] * (256 - fx) + next[r] * fx;

            out[(size_t)y * (size_t)w + (size_t)x] =
                (uint8_t)((top * (256 - fy) + low * fy) >> 16);
        }
    }
    return out;
}

/* 3 x 3 means: a scan at 200 dpi leaves 3 pixels a module, noisy ones. */
static void
smooth(const uint8_t *in, uint8_t *out, int width, int height)
{
    memcpy(out, in, (size_t)width * (size_t)height);
    for (int y = 1; y < height - 1; y++)
        for (int x = 1; x < width - 1; x++) {
            const uint8_t *p = in + (size_t)y * (size_t)width + x;
            int sum = 4 * p[0] + 2 * (p[-1] + p[1] + p[-width] + p[width]) + p[-width - 1] +
                      p[-width + 1] + p[width - 1] + p[width + 1];

            out[(size_t)y * (size_t)width + (size_t)x] = (uint8_t)(sum / 16);
        }
}

/* One try at a coarse scan: thin modules want several, as blur, noise and copying leave
 * different ones readable. */
static void
pass_enlarged(const uint8_t *grey, int width, int height, int times, GArray *all)
{
    g_autofree uint8_t *large = enlarge(grey, width, height, times);

    if (large != NULL)
        pass(large, times * width, times * height, 1.0 / times, all);
}

static void
read_all(const SaoyImage *image, GArray *all)
{
    int width = image->width, height = image->height;
    size_t n = (size_t)width * (size_t)height;
    g_autofree uint8_t *grey = g_malloc(n);
    g_autofree uint8_t *soft = g_malloc(n);
    const struct {
        const uint8_t *grey;
        int times;
    } tries[] = { { soft, 2 }, { grey, 2 }, { grey, 3 } };

    to_grey(image, grey);
    pass(grey, width, height, 1, all);
    smooth(grey, soft, width, height);
    pass(soft, width, height, 1, all);
    if (MIN(width, height) < LEAST_SIDE || n > ENLARGED_MOST)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(tries) && all->len == 0; i++)
        pass_enlarged(tries[i].grey, width, height, tries[i].times, all);
}

char **
saoy_symbol_read(const SaoyImage *image, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Found));

    if (!open_zbar(error))
        return NULL;
    g_array_set_clear_func(all, (GDestroyNotify)found_clear);
    read_all(image, all);
    g_array_sort(all, by_height);
    char **texts = g_new0(char *, all->len + 1);
    for (guint i = 0; i < all->len; i++)
        texts[i] = g_steal_pointer(&g_array_index(all, Found, i).text);
    return texts;
}
