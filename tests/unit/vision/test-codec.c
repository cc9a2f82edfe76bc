/* Pictures from outside: what is good comes back as it was, what is bad is one clear line.
 */
#include "core/error.h"
#include "vision/image.h"

#include <glib.h>
#include <openjpeg.h>
#include <png.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

static SaoyImage *
pattern(int width, int height, int channels)
{
    SaoyImage *image = saoy_image_new(width, height, channels, 300, NULL);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < image->stride; x++)
            image->pixels[y * image->stride + x] = (uint8_t)(x * 3 + y * 5 + x * y / 40);
    return image;
}

static void
assert_same(const SaoyImage *a, const SaoyImage *b)
{
    g_assert_cmpint(a->width, ==, b->width);
    g_assert_cmpint(a->height, ==, b->height);
    g_assert_cmpint(a->channels, ==, b->channels);
    g_assert_cmpmem(a->pixels, (size_t)a->stride * (size_t)a->height, b->pixels,
                    (size_t)b->stride * (size_t)b->height);
}

static GBytes *
file_of(const char *path)
{
    char *text = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &text, &size, NULL));
    unlink(path);
    return g_bytes_new_take(text, size);
}

static char *
temp_path(void)
{
    char *path = NULL;
    int file = g_file_open_tmp("saoy-codec-XXXXXX", &path, NULL);

    g_assert_cmpint(file, >=, 0);
    close(file);
    return path;
}

/* libopenjp2 and libtiff as the independent writers */
static GBytes *
jp2_of(const SaoyImage *image)
{
    g_autofree char *path = temp_path();
    opj_cparameters_t parameters;
    opj_image_cmptparm_t parts[3] = { 0 };
    opj_codec_t *codec = opj_create_compress(OPJ_CODEC_JP2);

    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = 3;
    for (int c = 0; c < 3; c++)
        parts[c] = (opj_image_cmptparm_t){ .dx = 1,
                                           .dy = 1,
                                           .w = (OPJ_UINT32)image->width,
                                           .h = (OPJ_UINT32)image->height,
                                           .prec = 8 };
    opj_image_t *picture = opj_image_create(3, parts, OPJ_CLRSPC_SRGB);
    picture->x1 = (OPJ_UINT32)image->width;
    picture->y1 = (OPJ_UINT32)image->height;
    for (int i = 0; i < image->width * image->height; i++)
        for (int c = 0; c < 3; c++)
            picture->comps[c].data[i] = image->pixels[i * 3 + c];
    g_assert_true(opj_setup_encoder(codec, &parameters, picture));
    opj_stream_t *stream = opj_stream_create_default_file_stream(path, OPJ_FALSE);
    g_assert_true(opj_start_compress(codec, picture, stream) && opj_encode(codec, stream) &&
                  opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(picture);
    return file_of(path);
}

static GBytes *
tiff_of(const SaoyImage *image, int orientation, uint32_t claimed_height)
{
    g_autofree char *path = temp_path();
    TIFF *tiff = TIFFOpen(path, "w");

    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, claimed_height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, image->channels);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 image->channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
    TIFFSetField(tiff, TIFFTAG_XRESOLUTION, 200.0);
    TIFFSetField(tiff, TIFFTAG_YRESOLUTION, 200.0);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
    for (int y = 0; y < image->height; y++)
        TIFFWriteScanline(tiff, image->pixels + y * image->stride, (uint32_t)y, 0);
    TIFFClose(tiff);
    return file_of(path);
}

static GBytes *
pnm_of(const SaoyImage *image)
{
    GByteArray *out = g_byte_array_new();
    g_autofree char *head =
        g_strdup_printf("P%c\n# a comment 9 9\n%d %d\n255\n",
                        image->channels == 3 ? '6' : '5', image->width, image->height);

    g_byte_array_append(out, (uint8_t *)head, (guint)strlen(head));
    g_byte_array_append(out, image->pixels, (guint)(image->stride * image->height));
    return g_byte_array_free_to_bytes(out);
}

static void
assert_decodes_to(GBytes *file, const SaoyImage *image)
{
    g_autoptr(GBytes) held = file;
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) back = saoy_image_decode(held, &error);

    g_assert_no_error(error);
    assert_same(back, image);
}

static void
test_lossless_formats_come_back_as_they_were(void)
{
    g_autoptr(SaoyImage) colour = pattern(61, 47, 3);
    g_autoptr(SaoyImage) grey = pattern(33, 20, 1);

    assert_decodes_to(saoy_image_encode_png(colour, NULL), colour);
    assert_decodes_to(saoy_image_encode_png(grey, NULL), grey);
    assert_decodes_to(tiff_of(colour, 1, 47), colour);
    assert_decodes_to(tiff_of(grey, 1, 20), grey);
    assert_decodes_to(pnm_of(colour), colour);
    assert_decodes_to(pnm_of(grey), grey);
    assert_decodes_to(jp2_of(colour), colour);
}

static void
test_resolution_travels(void)
{
    g_autoptr(SaoyImage) image = pattern(20, 20, 3);
    g_autoptr(GBytes) png = saoy_image_encode_png(image, NULL);
    g_autoptr(GBytes) jpeg = saoy_image_encode_jpeg(image, 80, true, NULL);
    g_autoptr(GBytes) tiff = tiff_of(image, 1, 20);
    g_autoptr(SaoyImage) a = saoy_image_decode(png, NULL);
    g_autoptr(SaoyImage) b = saoy_image_decode(jpeg, NULL);
    g_autoptr(SaoyImage) c = saoy_image_decode(tiff, NULL);

    g_assert_cmpint(a->dpi, ==, 300);
    g_assert_cmpint(b->dpi, ==, 300);
    g_assert_cmpint(c->dpi, ==, 200);
}

static void
test_jpeg_is_deterministic_and_says_what_it_is(void)
{
    g_autoptr(SaoyImage) image = pattern(123, 45, 3);
    g_autoptr(GBytes) a = saoy_image_encode_jpeg(image, 70, true, NULL);
    g_autoptr(GBytes) b = saoy_image_encode_jpeg(image, 70, true, NULL);
    int width = 0, height = 0, channels = 0, dpi = 0;

    g_assert_true(g_bytes_equal(a, b));
    g_assert_true(saoy_jpeg_info(a, &width, &height, &channels, &dpi, NULL));
    g_assert_cmpint(width, ==, 123);
    g_assert_cmpint(height, ==, 45);
    g_assert_cmpint(channels, ==, 3);
    g_assert_cmpint(dpi, ==, 300);
}

static void
test_exif_turning_is_applied(void)
{
    /* APP1 with one entry: orientation 6, the camera was held upright */
    static const uint8_t exif[] = { 0xff, 0xe1, 0,   34,   'E', 'x', 'i', 'f', 0,
                                    0,    'M',  'M', 0,    42,  0,   0,   0,   8,
                                    0,    1,    1,   0x12, 0,   3,   0,   0,   0,
                                    1,    0,    6,   0,    0,   0,   0,   0,   0 };
    g_autoptr(SaoyImage) image = pattern(40, 24, 1);
    g_autoptr(GBytes) plain = saoy_image_encode_jpeg(image, 95, true, NULL);
    GByteArray *out = g_byte_array_new();
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(plain, &size);

    g_byte_array_append(out, data, 2);
    g_byte_array_append(out, exif, sizeof exif);
    g_byte_array_append(out, data + 2, (guint)size - 2);
    g_autoptr(GBytes) turned = g_byte_array_free_to_bytes(out);
    g_autoptr(SaoyImage) straight = saoy_image_decode(plain, NULL);
    g_autoptr(SaoyImage) want = saoy_image_rotate(straight, 1, NULL);
    assert_decodes_to(g_bytes_ref(turned), want);
}

static void
test_four_quarter_turns_are_none(void)
{
    g_autoptr(SaoyImage) image = pattern(17, 9, 3);
    g_autoptr(SaoyImage) a = saoy_image_rotate(image, 1, NULL);
    g_autoptr(SaoyImage) b = saoy_image_rotate(a, 3, NULL);
    g_autoptr(SaoyImage) c = saoy_image_rotate(image, 2, NULL);
    g_autoptr(SaoyImage) d = saoy_image_rotate(a, 1, NULL);

    g_assert_cmpint(a->width, ==, 9);
    assert_same(b, image);
    assert_same(c, d);
    /* clockwise: the top left corner goes to the top right */
    g_assert_cmpmem(a->pixels + 8 * 3, 3, image->pixels, 3);
}

static void
test_bits_and_wide_samples(void)
{
    static const uint8_t bits[] = "P4 10 2\n\xaa\x80\x55\x40";
    static const uint8_t wide[] = "P5 2 1 65535\n\xff\xff\x80\x00";
    g_autoptr(GBytes) a = g_bytes_new_static(bits, sizeof bits - 1);
    g_autoptr(GBytes) b = g_bytes_new_static(wide, sizeof wide - 1);
    g_autoptr(SaoyImage) one = saoy_image_decode(a, NULL);
    g_autoptr(SaoyImage) two = saoy_image_decode(b, NULL);

    g_assert_cmpint(one->pixels[0], ==, 0);
    g_assert_cmpint(one->pixels[1], ==, 255);
    g_assert_cmpint(one->pixels[8], ==, 0);
    g_assert_cmpint(one->pixels[10], ==, 255);
    g_assert_cmpint(two->pixels[0], ==, 255);
    g_assert_cmpint(two->pixels[1], ==, 127);
}

static void
assert_malformed(GBytes *file)
{
    g_autoptr(GBytes) held = file;
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) image = saoy_image_decode(held, &error);

    g_assert_null(image);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_null(strchr(error->message, '\n'));
}

static void
on_write(png_structp png, png_bytep from, size_t n)
{
    g_byte_array_append(png_get_io_ptr(png), from, (guint)n);
}

static GBytes *
png_claiming(unsigned width, unsigned height)
{
    GByteArray *out = g_byte_array_new();
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);

    png_set_write_fn(png, out, on_write, NULL);
    png_set_IHDR(png, info, width, height, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    png_destroy_write_struct(&png, &info);
    return g_byte_array_free_to_bytes(out);
}

static GBytes *
jpeg_claiming(unsigned width, unsigned height)
{
    g_autoptr(SaoyImage) image = pattern(8, 8, 3);
    g_autoptr(GBytes) jpeg = saoy_image_encode_jpeg(image, 80, true, NULL);
    gsize size = 0;
    const uint8_t *file = g_bytes_get_data(jpeg, &size);
    g_autofree uint8_t *data = g_memdup2(file, size);

    for (size_t i = 0; i + 9 < size; i++)
        if (data[i] == 0xff && data[i + 1] == 0xc0) {
            data[i + 5] = (uint8_t)(height >> 8);
            data[i + 6] = (uint8_t)height;
            data[i + 7] = (uint8_t)(width >> 8);
            data[i + 8] = (uint8_t)width;
            break;
        }
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

static void
test_bombs_are_refused_by_their_header(void)
{
    g_autoptr(SaoyImage) strip = pattern(20000, 16, 1);

    assert_malformed(png_claiming(20000, 10000)); /* 200 megapixels */
    assert_malformed(png_claiming(1000000, 2));
    assert_malformed(jpeg_claiming(20000, 10000));
    assert_malformed(jpeg_claiming(65500, 65500));
    assert_malformed(tiff_of(strip, 1, 10000));
    assert_malformed(g_bytes_new_static("P5 20000 10000 255\nx", 20));
    assert_malformed(g_bytes_new_static("P5 99999999999999999999 1 255\nx", 31));
}

static void
test_no_pictures(void)
{
    static const char html[] = "<!DOCTYPE html><p>not a picture</p>";

    assert_malformed(g_bytes_new_static("", 0));
    assert_malformed(g_bytes_new_static(html, sizeof html - 1));
    assert_malformed(g_bytes_new_static("\xff\xd8\xff", 3));
    assert_malformed(g_bytes_new_static("P6", 2));
    assert_malformed(g_bytes_new_static("P6 0 5 255\n", 11));
    assert_malformed(g_bytes_new_static("%PDF-1.7\n", 9));
}

/* Cut anywhere a file is refused; changed anywhere it is a picture or refused, never a
 * crash. */
static void
hurt(GBytes *file)
{
    g_autoptr(GBytes) held = file;
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(held, &size);
    uint32_t state = 1;

    for (size_t i = 0; i < 24; i++)
        assert_malformed(g_bytes_new(data, size * i / 24));
    for (int i = 0; i < 150; i++) {
        g_autofree uint8_t *copy = g_memdup2(data, size);

        for (int k = 0; k < 3; k++) {
            state = state * 1664525u + 1013904223u;
            copy[(state >> 8) % size] = (uint8_t)(state >> 24);
        }
        g_autoptr(GBytes) changed = g_bytes_new_take(g_steal_pointer(&copy), size);
        g_autoptr(GError) error = NULL;
        g_autoptr(SaoyImage) image = saoy_image_decode(changed, &error);
        g_assert_true((image != NULL) != (error != NULL));
    }
}

static void
test_hurt_files_never_crash(void)
{
    g_autoptr(SaoyImage) image = pattern(90, 70, 3);

    hurt(saoy_image_encode_jpeg(image, 80, false, NULL));
    hurt(saoy_image_encode_png(image, NULL));
    hurt(pnm_of(image));
    hurt(jp2_of(image));
}

static void
test_hurt_tiffs_never_crash(void)
{
    g_autoptr(SaoyImage) image = pattern(90, 70, 3);
    g_autoptr(GBytes) tiff = tiff_of(image, 3, 70);
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(tiff, &size);

    /* the directory stands at the end: any cut loses it */
    for (size_t i = 0; i < 24; i++)
        assert_malformed(g_bytes_new(data, size * i / 24));
}

static void
test_thumbnails_fit(void)
{
    g_autoptr(SaoyImage) image = pattern(400, 300, 3);
    g_autoptr(SaoyImage) small = saoy_image_thumbnail(image, 100, NULL);
    g_autoptr(SaoyImage) same = saoy_image_thumbnail(image, 500, NULL);

    g_assert_cmpint(small->width, ==, 100);
    g_assert_cmpint(small->height, ==, 75);
    g_assert_cmpint(small->dpi, ==, 75);
    assert_same(same, image);
}

int
main(int argc, char **argv)
{
    TIFFSetWarningHandler(NULL);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/lossless-come-back",
                    test_lossless_formats_come_back_as_they_were);
    g_test_add_func("/codec/resolution-travels", test_resolution_travels);
    g_test_add_func("/codec/jpeg-deterministic",
                    test_jpeg_is_deterministic_and_says_what_it_is);
    g_test_add_func("/codec/exif-turning", test_exif_turning_is_applied);
    g_test_add_func("/codec/quarter-turns", test_four_quarter_turns_are_none);
    g_test_add_func("/codec/bits-and-wide", test_bits_and_wide_samples);
    g_test_add_func("/codec/bombs", test_bombs_are_refused_by_their_header);
    g_test_add_func("/codec/no-pictures", test_no_pictures);
    g_test_add_func("/codec/hurt-files", test_hurt_files_never_crash);
    g_test_add_func("/codec/hurt-tiffs", test_hurt_tiffs_never_crash);
    g_test_add_func("/codec/thumbnails", test_thumbnails_fit);
    return g_test_run();
}
