#include "codec.h"
#include "core/error.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

#define DOTS_PER_METRE_PER_INCH 39.37

/* Everything that lives across longjmp stands in this struct, not in locals. */
typedef struct {
    png_structp png;
    png_infop info;
    SaoyView left;
    GByteArray *out;
    SaoyImage *image;
    png_bytep *rows;
    GError *error;
    char message[128];
} Png;

static void
on_error(png_structp png, png_const_charp text)
{
    Png *self = png_get_error_ptr(png);

    g_strlcpy(self->message, text, sizeof self->message);
    png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
    /* libpng warns about harmless chunks; the picture itself fails with an error */
}

static void
on_read(png_structp png, png_bytep into, size_t n)
{
    Png *self = png_get_io_ptr(png);
    SaoyView part = { 0 };

    if (!saoy_view_take(&self->left, n, &part, NULL))
        png_error(png, "file ends too early");
    memcpy(into, part.data, n);
}

/* acTL stands in an animated PNG: which of its pictures is meant nobody knows. */
static int
on_chunk(png_structp png, png_unknown_chunkp chunk)
{
    if (memcmp(chunk->name, "acTL", 4) == 0)
        png_error(png, "an animated picture is no page");
    return 1;
}

static void
on_write(png_structp png, png_bytep from, size_t n)
{
    Png *self = png_get_io_ptr(png);

    g_byte_array_append(self->out, from, (guint)n);
}

static void
on_flush(png_structp png)
{
}

/* 8 bits, grey or RGB, transparency on white paper. */
static void
set_plain(Png *self)
{
    static const png_color_16 white = { 0, 255, 255, 255, 255 };
    int type = png_get_color_type(self->png, self->info);

    if (png_get_bit_depth(self->png, self->info) == 16)
        png_set_strip_16(self->png);
    png_set_expand(self->png);
    if ((type & PNG_COLOR_MASK_ALPHA) != 0 ||
        png_get_valid(self->png, self->info, PNG_INFO_tRNS))
        png_set_background(self->png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    png_set_interlace_handling(self->png);
    png_read_update_info(self->png, self->info);
}

static bool
run_decode(Png *self)
{
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return false;
    png_set_user_limits(self->png, SAOY_IMAGE_MAX_SIDE, SAOY_IMAGE_MAX_SIDE);
    png_set_chunk_malloc_max(self->png, 8u << 20);
    png_set_chunk_cache_max(self->png, 64);
    png_set_read_fn(self->png, self, on_read);
    png_set_read_user_chunk_fn(self->png, self, on_chunk);
    png_read_info(self->png, self->info);

    bool grey = (png_get_color_type(self->png, self->info) & PNG_COLOR_MASK_COLOR) == 0;
    png_uint_32 metre = png_get_pixels_per_meter(self->png, self->info);
    self->image = saoy_image_new(
        (int)png_get_image_width(self->png, self->info),
        (int)png_get_image_height(self->png, self->info), grey ? 1 : 3,
        metre < 200000 ? (int)(metre / DOTS_PER_METRE_PER_INCH + 0.5) : 0, &self->error);
    if (self->image == NULL)
        return false;
    set_plain(self);
    if (png_get_rowbytes(self->png, self->info) != (size_t)self->image->stride)
        png_error(self->png, "unknown kind of samples");

    self->rows = g_new(png_bytep, (size_t)self->image->height);
    for (int y = 0; y < self->image->height; y++)
        self->rows[y] = self->image->pixels + (size_t)y * (size_t)self->image->stride;
    png_read_image(self->png, self->rows);
    png_read_end(self->png, NULL);
    return true;
}

SaoyImage *
saoy_png_decode(SaoyView file, GError **error)
{
    g_autofree Png *self = g_new0(Png, 1);

    self->left = file;
    self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
    self->info = self->png != NULL ? png_create_info_struct(self->png) : NULL;
    bool good = self->info != NULL && run_decode(self);
    png_destroy_read_struct(&self->png, &self->info, NULL);
    g_free(self->rows);
    if (good)
        return self->image;

    saoy_image_free(self->image);
    if (self->error == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad PNG: %s", self->message);
    g_propagate_error(error, self->error);
    return NULL;
}

static bool
run_encode(Png *self, const SaoyImage *image)
{
    if (setjmp(png_jmpbuf(self->png)) != 0)
        return false;
    png_set_write_fn(self->png, self, on_write, on_flush);
    png_set_IHDR(self->png, self->info, (png_uint_32)image->width,
                 (png_uint_32)image->height, 8,
                 image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (image->dpi > 0) {
        png_uint_32 metre = (png_uint_32)(image->dpi * DOTS_PER_METRE_PER_INCH + 0.5);

        png_set_pHYs(self->png, self->info, metre, metre, PNG_RESOLUTION_METER);
    }
    png_set_compression_level(self->png, 4);
    png_write_info(self->png, self->info);
    for (int y = 0; y < image->height; y++)
        png_write_row(self->png, image->pixels + (size_t)y * (size_t)image->stride);
    png_write_end(self->png, NULL);
    return true;
}

GBytes *
saoy_image_encode_png(const SaoyImage *image, GError **error)
{
    g_autofree Png *self = g_new0(Png, 1);
    g_autoptr(GByteArray) out = g_byte_array_new();

    self->out = out;
    self->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, on_error, on_warning);
    self->info = self->png != NULL ? png_create_info_struct(self->png) : NULL;
    bool good = self->info != NULL && run_encode(self, image);
    png_destroy_write_struct(&self->png, &self->info);
    if (!good)
        return saoy_null(error, SAOY_ERROR_FAILED, "PNG: %s", self->message);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}
