/* Pictures nobody should bring and everybody does: each is decoded rightly or refused in
 * one line. All of them are made here. */
#include "core/error.h"
#include "vision/image.h"
#include "vision/page.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <stdarg.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

typedef struct {
    int width, height, bits, samples;
    uint16_t light; /* TIFF's photometric */
    int pages;
    uint32_t subfile; /* of the pages after the first */
} Kind;

static char *
temp_path(void)
{
    char *path = NULL;
    int file = g_file_open_tmp("saoy-odd-XXXXXX", &path, NULL);

    g_assert_cmpint(file, >=, 0);
    close(file);
    return path;
}

static GBytes *
take_file(const char *path)
{
    char *text = NULL;
    gsize size = 0;

    g_assert_true(g_file_get_contents(path, &text, &size, NULL));
    unlink(path);
    return g_bytes_new_take(text, size);
}

/* Every row: all samples at value, in the bits of the kind. */
static GBytes *
tiff_of(const Kind *kind, unsigned value)
{
    g_autofree char *path = temp_path();
    TIFF *tiff = TIFFOpen(path, "w");
    g_autofree uint8_t *row = g_malloc0((size_t)kind->width * 8);

    for (int i = 0; i < kind->width * kind->samples && kind->bits >= 8; i++)
        if (kind->bits == 16)
            memcpy(row + 2 * i, &(uint16_t){ (uint16_t)(value << 8) }, 2);
        else
            row[i] = (uint8_t)value;
    for (int page = 0; page < kind->pages; page++) {
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, kind->width);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, kind->height);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, kind->samples);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->light);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, kind->height);
        if (page > 0)
            TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, kind->subfile);
        for (int y = 0; y < kind->height; y++)
            TIFFWriteScanline(tiff, row, (uint32_t)y, 0);
        TIFFWriteDirectory(tiff);
    }
    TIFFClose(tiff);
    return take_file(path);
}

static SaoyImage *
decoded(GBytes *file)
{
    g_autoptr(GBytes) held = file;
    g_autoptr(GError) error = NULL;
    SaoyImage *image = saoy_image_decode(held, &error);

    g_assert_no_error(error);
    return image;
}

static void
assert_refused(GBytes *file, const char *word)
{
    g_autoptr(GBytes) held = file;
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_image_decode(held, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_test_message("%s", error->message);
    g_assert_null(strchr(error->message, '\n'));
    g_assert_nonnull(strstr(error->message, word));
}

static void
test_tiffs_of_every_depth(void)
{
    static const struct {
        Kind kind;
        unsigned value;
        int channels, red;
    } all[] = {
        { { 33, 9, 1, 1, PHOTOMETRIC_MINISWHITE, 1, 0 }, 0, 1, 255 },
        { { 33, 9, 1, 1, PHOTOMETRIC_MINISBLACK, 1, 0 }, 0, 1, 0 },
        { { 33, 9, 8, 1, PHOTOMETRIC_MINISBLACK, 1, 0 }, 200, 1, 200 },
        { { 33, 9, 16, 1, PHOTOMETRIC_MINISBLACK, 1, 0 }, 200, 1, 200 },
        { { 33, 9, 16, 3, PHOTOMETRIC_RGB, 1, 0 }, 200, 3, 200 },
        { { 33, 9, 8, 4, PHOTOMETRIC_SEPARATED, 1, 0 }, 0, 3, 255 }, /* CMYK, no ink */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(SaoyImage) image = decoded(tiff_of(&all[i].kind, all[i].value));

        g_test_message("%u: %d channels, %d", i, image->channels, image->pixels[0]);
        g_assert_cmpint(image->width, ==, 33);
        g_assert_cmpint(image->channels, ==, all[i].channels);
        g_assert_cmpint(abs(image->pixels[0] - all[i].red), <=, 1);
    }
}

/* Half a paper certified is worse than none; a file's own small preview is no page. */
static void
test_several_pages_in_one_tiff(void)
{
    const Kind three = { 20, 20, 8, 1, PHOTOMETRIC_MINISBLACK, 3, FILETYPE_PAGE };
    const Kind bare = { 20, 20, 8, 1, PHOTOMETRIC_MINISBLACK, 2, 0 };
    const Kind preview = { 20, 20, 8, 1, PHOTOMETRIC_MINISBLACK, 2, FILETYPE_REDUCEDIMAGE };
    g_autoptr(SaoyImage) image = decoded(tiff_of(&preview, 90));

    g_assert_cmpint(image->pixels[0], ==, 90);
    assert_refused(tiff_of(&three, 90), "several pages");
    assert_refused(tiff_of(&bare, 90), "several pages");
}

static void
on_write(png_structp png, png_bytep from, size_t n)
{
    g_byte_array_append(png_get_io_ptr(png), from, (guint)n);
}

static GBytes *
png_of(int type, int bits, bool animated)
{
    GByteArray *out = g_byte_array_new();
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    static const uint8_t control[8] = { 0, 0, 0, 2, 0, 0, 0, 0 }; /* two frames, for ever */
    uint8_t row[256];

    memset(row, 0xc8, sizeof row);
    png_set_write_fn(png, out, on_write, NULL);
    png_set_IHDR(png, info, 16, 4, bits, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, (png_color[2]){ { 1, 2, 3 }, { 200, 100, 50 } }, 2);
    png_write_info(png, info);
    if (animated)
        png_write_chunk(png, (png_const_bytep) "acTL", control, sizeof control);
    for (int y = 0; y < 4; y++)
        png_write_row(png, row);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return g_byte_array_free_to_bytes(out);
}

static void
test_pngs_of_every_kind(void)
{
    g_autoptr(SaoyImage) bit = decoded(png_of(PNG_COLOR_TYPE_GRAY, 1, false));
    g_autoptr(SaoyImage) wide = decoded(png_of(PNG_COLOR_TYPE_RGB, 16, false));
    g_autoptr(SaoyImage) palette = decoded(png_of(PNG_COLOR_TYPE_PALETTE, 1, false));
    g_autoptr(SaoyImage) clear = decoded(png_of(PNG_COLOR_TYPE_RGB_ALPHA, 8, false));

    g_assert_cmpint(bit->channels, ==, 1);
    g_assert_cmpint(bit->pixels[0], ==, 255); /* 0xc8 is 11001000 */
    g_assert_cmpint(bit->pixels[2], ==, 0);
    g_assert_cmpint(wide->pixels[0], ==, 0xc8);
    g_assert_cmpint(palette->channels, ==, 3);
    g_assert_cmpint(palette->pixels[0], ==, 200);
    g_assert_cmpint(clear->pixels[0], >, 0xc8); /* on white paper */
    assert_refused(png_of(PNG_COLOR_TYPE_GRAY, 8, true), "animated");
}

static void
test_gif_and_other_strangers(void)
{
    static const uint8_t gif[] =
        "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00"
        ",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;";
    static const uint8_t webp[] = "RIFF\x24\x00\x00\x00WEBPVP8 ";
    static const uint8_t heic[] = "\x00\x00\x00\x18"
                                  "ftypheic\x00\x00\x00\x00mif1heic";

    assert_refused(g_bytes_new_static(gif, sizeof gif - 1), "not a picture (JPEG");
    assert_refused(g_bytes_new_static(webp, sizeof webp - 1), "not a picture (JPEG");
    assert_refused(g_bytes_new_static(heic, sizeof heic - 1), "not a picture (JPEG");
}

typedef struct {
    int width, height, components;
    bool progressive;
    int scans; /* 0: libjpeg's own */
} Jpeg;

static GBytes *
jpeg_of(const Jpeg *how)
{
    struct jpeg_compress_struct out = { 0 };
    struct jpeg_error_mgr mgr;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    g_autofree uint8_t *row = g_malloc0((size_t)how->width * 4);
    g_autofree jpeg_scan_info *scans = g_new0(jpeg_scan_info, how->scans + 1);

    out.err = jpeg_std_error(&mgr);
    jpeg_create_compress(&out);
    jpeg_mem_dest(&out, &bytes, &size);
    out.image_width = (JDIMENSION)how->width;
    out.image_height = (JDIMENSION)how->height;
    out.input_components = how->components;
    out.in_color_space = how->components == 4   ? JCS_CMYK
                         : how->components == 1 ? JCS_GRAYSCALE
                                                : JCS_RGB;
    jpeg_set_defaults(&out);
    if (how->progressive)
        jpeg_simple_progression(&out);
    /* DC, then one coefficient a scan: lawful, and without end if somebody likes */
    for (int i = 0; i < how->scans; i++)
        scans[i] = (jpeg_scan_info){ 1, { 0 }, i, i, 0, 0 };
    if (how->scans > 0) {
        out.scan_info = scans;
        out.num_scans = how->scans;
    }
    jpeg_start_compress(&out, TRUE);
    while (out.next_scanline < out.image_height)
        jpeg_write_scanlines(&out, &row, 1);
    jpeg_finish_compress(&out);
    jpeg_destroy_compress(&out);
    GBytes *file = g_bytes_new(bytes, size);
    (free)(bytes);
    return file;
}

static void
test_jpegs_of_every_kind(void)
{
    g_autoptr(SaoyImage) cmyk = decoded(jpeg_of(&(Jpeg){ 24, 16, 4, false, 0 }));
    g_autoptr(SaoyImage) steps = decoded(jpeg_of(&(Jpeg){ 24, 16, 3, true, 0 }));

    g_assert_cmpint(cmyk->channels, ==, 3);
    g_assert_cmpint(steps->channels, ==, 3);
}

/* The last scan of an honest file, again and again. */
static GBytes *
with_scans_repeated(GBytes *file, unsigned times)
{
    g_autoptr(GBytes) held = file;
    GByteArray *out = g_byte_array_new();
    gsize size = 0, last = 0;
    const uint8_t *p = g_bytes_get_data(held, &size);

    for (gsize i = 0; i + 1 < size; i++)
        if (p[i] == 0xff && p[i + 1] == 0xda)
            last = i;
    g_byte_array_append(out, p, (guint)size - 2);
    for (unsigned i = 0; i < times; i++)
        g_byte_array_append(out, p + last, (guint)(size - 2 - last));
    g_byte_array_append(out, p + size - 2, 2);
    return g_byte_array_free_to_bytes(out);
}

static void
test_progressive_bombs(void)
{
    const Jpeg small = { 64, 64, 1, false, 64 }, large = { 9000, 6000, 1, false, 8 };
    g_autoptr(SaoyImage) many = decoded(jpeg_of(&small)); /* 64 scans of a small picture */

    g_assert_cmpint(many->width, ==, 64);
    assert_refused(with_scans_repeated(jpeg_of(&small), 400), "bad JPEG");
    assert_refused(with_scans_repeated(jpeg_of(&large), 60), "bad JPEG");
}

static void
test_the_smallest_and_the_longest(void)
{
    g_autoptr(SaoyImage) dot = decoded(g_bytes_new_static("P6 1 1 255\n\x10\x20\x30", 14));
    g_autoptr(SaoyImage) strip = saoy_image_new(20000, 2, 3, 300, NULL);
    g_autoptr(SaoyImage) back = decoded(saoy_image_encode_png(strip, NULL));
    g_autoptr(GError) error = NULL;
    SaoyPageReport report = { 0 };

    g_assert_cmpint(back->width, ==, 20000);
    g_assert_null(saoy_page_clean(dot, &report, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_null(saoy_page_clean(back, &report, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    assert_refused(g_bytes_new_static("P5 20001 1 255\n", 15), "too much");
}

/* As much as a 32-bit header can say, behind a file of a few bytes. */
static void
test_gigabytes_announced(void)
{
    const Kind kind = { 16, 16, 8, 1, PHOTOMETRIC_MINISBLACK, 1, 0 };
    g_autoptr(GBytes) tiff = tiff_of(&kind, 7);
    gsize size = 0;
    const uint8_t *data = g_bytes_get_data(tiff, &size);
    g_autofree uint8_t *copy = g_memdup2(data, size);
    unsigned changed = 0;

    /* ImageWidth and ImageLength, little-endian entries of one SHORT or LONG */
    for (gsize i = 0; i + 12 <= size; i++)
        if ((copy[i] == 0x00 || copy[i] == 0x01) && copy[i + 1] == 0x01 &&
            (copy[i + 2] == 3 || copy[i + 2] == 4) && copy[i + 3] == 0 &&
            copy[i + 4] == 1 && copy[i + 8] == 16) {
            copy[i + 2] = 4;
            memcpy(copy + i + 8, "\xff\xff\x00\x00", 4);
            changed++;
        }
    g_assert_cmpuint(changed, ==, 2);
    assert_refused(g_bytes_new(copy, size), "65535 x 65535");
    assert_refused(g_bytes_new_static("P6 20000 20000 255\nx", 20), "too early");
}

int
main(int argc, char **argv)
{
    TIFFSetWarningHandler(NULL);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/odd/tiff-depths", test_tiffs_of_every_depth);
    g_test_add_func("/odd/tiff-pages", test_several_pages_in_one_tiff);
    g_test_add_func("/odd/png-kinds", test_pngs_of_every_kind);
    g_test_add_func("/odd/strangers", test_gif_and_other_strangers);
    g_test_add_func("/odd/jpeg-kinds", test_jpegs_of_every_kind);
    g_test_add_func("/odd/progressive-bombs", test_progressive_bombs);
    g_test_add_func("/odd/smallest-longest", test_the_smallest_and_the_longest);
    g_test_add_func("/odd/gigabytes", test_gigabytes_announced);
    return g_test_run();
}
