#include "codec.h"
#include "core/error.h"
#include "core/file.h"

#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>
#include <string.h>

/* A progressive file may repeat its scans without end: each costs a pass over the picture.
 * Honest ones hold some ten. */
#define MAX_SCANS 200
#define MAX_SCANNED_PIXELS ((uint64_t)20 * SAOY_IMAGE_MAX_PIXELS)

/* Everything that lives across longjmp stands in this struct, not in locals. */
typedef struct {
    struct jpeg_error_mgr mgr;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    char message[JMSG_LENGTH_MAX];
    struct jpeg_decompress_struct in;
    struct jpeg_compress_struct out;
    SaoyImage *image;
    GError *error;
    uint8_t *line;
    unsigned char *bytes;
    unsigned long n_bytes;
    int orientation;
} Jpeg;

static void
on_error(j_common_ptr info)
{
    Jpeg *jpeg = info->client_data;

    info->err->format_message(info, jpeg->message);
    longjmp(jpeg->back, 1);
}

static void
on_message(j_common_ptr info, int level)
{
    int code = info->err->msg_code;

    /* libjpeg would paint the missing rest grey: half a page is no page */
    if (level < 0 &&
        (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE))
        on_error(info);
}

static void
on_progress(j_common_ptr info)
{
    Jpeg *jpeg = info->client_data;

    uint64_t scans = (uint64_t)jpeg->in.input_scan_number;
    if (scans > MAX_SCANS ||
        scans * jpeg->in.image_width * jpeg->in.image_height > MAX_SCANNED_PIXELS)
        ERREXIT(info, JERR_NOTIMPL);
}

static void
jpeg_init(Jpeg *jpeg, j_common_ptr info)
{
    info->err = jpeg_std_error(&jpeg->mgr);
    info->client_data = jpeg;
    jpeg->mgr.error_exit = on_error;
    jpeg->mgr.emit_message = on_message;
    jpeg->progress.progress_monitor = on_progress;
}

/* The orientation in the first IFD of an APP1 EXIF block (TIFF 6.0), 1 if there is none. */
static unsigned
number(const uint8_t *p, unsigned n, bool big)
{
    unsigned value = 0;

    for (unsigned i = 0; i < n; i++)
        value |= (unsigned)p[i] << (8 * (big ? n - 1 - i : i));
    return value;
}

static int
exif_orientation(const uint8_t *p, size_t size)
{
    if (size < 14 || memcmp(p, "Exif\0\0", 6) != 0)
        return 1;
    p += 6;
    size -= 6;

    bool big = p[0] == 'M';
    size_t at = number(p + 4, 4, big);
    if (at > size - 2 || at < 8)
        return 1;
    unsigned entries = number(p + at, 2, big);
    at += 2;
    for (unsigned i = 0; i < entries && at + 12 <= size; i++, at += 12)
        if (number(p + at, 2, big) == 0x0112)
            return (int)number(p + at + 8, 2, big);
    return 1;
}

static void
read_header(Jpeg *jpeg)
{
    jpeg_save_markers(&jpeg->in, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&jpeg->in, TRUE);
    jpeg->orientation = 1;
    for (jpeg_saved_marker_ptr m = jpeg->in.marker_list; m != NULL; m = m->next)
        if (jpeg->orientation == 1)
            jpeg->orientation = exif_orientation(m->data, m->data_length);
}

static int
dpi_of(const struct jpeg_decompress_struct *in)
{
    if (!in->saw_JFIF_marker || in->X_density < 10 || in->X_density > 4800)
        return 0;
    if (in->density_unit == 1)
        return in->X_density;
    return in->density_unit == 2 ? (int)(in->X_density * 2.54 + 0.5) : 0;
}

/* Adobe writes CMYK turned round; the naive conversion is enough for reading. */
static void
cmyk_to_rgb(const uint8_t *from, uint8_t *to, int width, bool turned)
{
    for (int x = 0; x < width; x++, from += 4, to += 3)
        for (int c = 0; c < 3; c++) {
            int ink = turned ? from[c] : 255 - from[c];
            int key = turned ? from[3] : 255 - from[3];

            to[c] = (uint8_t)(ink * key / 255);
        }
}

static bool
run_decode(Jpeg *jpeg, SaoyView file)
{
    if (setjmp(jpeg->back) != 0)
        return false;
    jpeg_create_decompress(&jpeg->in);
    jpeg->in.progress = &jpeg->progress;
    jpeg_mem_src(&jpeg->in, file.data, file.size);
    read_header(jpeg);

    bool cmyk = jpeg->in.num_components == 4;
    bool grey = jpeg->in.num_components == 1;
    jpeg->in.out_color_space = cmyk ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->in.mem->max_memory_to_use = 512L << 20;
    jpeg->image = saoy_image_new((int)jpeg->in.image_width, (int)jpeg->in.image_height,
                                 grey ? 1 : 3, dpi_of(&jpeg->in), &jpeg->error);
    if (jpeg->image == NULL)
        return false;
    jpeg_start_decompress(&jpeg->in);
    if (cmyk)
        jpeg->line = g_malloc0(4 * (size_t)jpeg->image->width);
    while (jpeg->in.output_scanline < jpeg->in.output_height) {
        uint8_t *row = jpeg->image->pixels +
                       (size_t)jpeg->in.output_scanline * (size_t)jpeg->image->stride;
        uint8_t *into = cmyk ? jpeg->line : row;

        jpeg_read_scanlines(&jpeg->in, &into, 1);
        if (cmyk)
            cmyk_to_rgb(into, row, jpeg->image->width, jpeg->in.saw_Adobe_marker);
    }
    jpeg_finish_decompress(&jpeg->in);
    return true;
}

SaoyImage *
saoy_jpeg_decode(SaoyView file, GError **error)
{
    g_autofree Jpeg *jpeg = g_new0(Jpeg, 1);

    jpeg_init(jpeg, (j_common_ptr)&jpeg->in);
    bool good = run_decode(jpeg, file);
    int orientation = jpeg->orientation;
    jpeg_destroy_decompress(&jpeg->in);
    g_free(jpeg->line);
    if (good)
        return saoy_image_upright(jpeg->image, orientation, error);

    saoy_image_free(jpeg->image);
    if (jpeg->error == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad JPEG: %s", jpeg->message);
    g_propagate_error(error, jpeg->error);
    return NULL;
}

static bool
run_info(Jpeg *jpeg, SaoyView file)
{
    if (setjmp(jpeg->back) != 0)
        return false;
    jpeg_create_decompress(&jpeg->in);
    jpeg_mem_src(&jpeg->in, file.data, file.size);
    read_header(jpeg);
    return true;
}

bool
saoy_jpeg_info(GBytes *file, int *width, int *height, int *channels, int *dpi,
               GError **error)
{
    g_autofree Jpeg *jpeg = g_new0(Jpeg, 1);
    SaoyView bytes = saoy_view_of(file);

    if (bytes.size < 4 || memcmp(bytes.data, "\xff\xd8\xff", 3) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "not a JPEG");
    jpeg_init(jpeg, (j_common_ptr)&jpeg->in);
    bool good = run_info(jpeg, bytes);
    if (good) {
        *width = (int)jpeg->in.image_width;
        *height = (int)jpeg->in.image_height;
        *channels = jpeg->in.num_components;
        *dpi = dpi_of(&jpeg->in);
    }
    jpeg_destroy_decompress(&jpeg->in);
    if (!good)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "bad JPEG: %s", jpeg->message);
    return true;
}

/* Chroma is quantised coarser than luma: what it saves is scanner noise. Saturated ink is
 * far above any step of it (tests measure the colour). */
#define CHROMA_BEHIND 25

/* ITU-T T.81, Annex K, table K.2, but for the first: the mean colour of 8 x 8 pixels costs
 * next to nothing, and paper and seals are told by it. */
static const unsigned chroma_table[DCTSIZE2] = {
    6,  18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
    99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99
};

/* Means of all colours, then each colour's detail in one scan, of light in two: half the
 * time of libjpeg's own ten scans, and smaller, as a sheet is mostly blocks of nothing. */
static const jpeg_scan_info colour_scans[] = {
    { 3, { 0, 1, 2 }, 0, 0, 0, 0 }, { 1, { 0 }, 1, 5, 0, 0 },  { 1, { 1 }, 1, 63, 0, 0 },
    { 1, { 2 }, 1, 63, 0, 0 },      { 1, { 0 }, 6, 63, 0, 0 },
};
static const jpeg_scan_info grey_scans[] = {
    { 1, { 0 }, 0, 0, 0, 0 },
    { 1, { 0 }, 1, 5, 0, 0 },
    { 1, { 0 }, 6, 63, 0, 0 },
};

static void
make_progressive(struct jpeg_compress_struct *out)
{
    bool grey = out->num_components == 1;

    out->scan_info = grey ? grey_scans : colour_scans;
    out->num_scans = grey ? G_N_ELEMENTS(grey_scans) : G_N_ELEMENTS(colour_scans);
}

static bool
run_encode(Jpeg *jpeg, const SaoyImage *image, int quality, bool full_chroma,
           bool progressive)
{
    if (setjmp(jpeg->back) != 0)
        return false;
    jpeg_create_compress(&jpeg->out);
    jpeg_mem_dest(&jpeg->out, &jpeg->bytes, &jpeg->n_bytes);
    jpeg->out.image_width = (JDIMENSION)image->width;
    jpeg->out.image_height = (JDIMENSION)image->height;
    jpeg->out.input_components = image->channels;
    jpeg->out.in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg->out);
    jpeg_set_quality(&jpeg->out, quality, TRUE);
    jpeg_add_quant_table(&jpeg->out, 1, chroma_table,
                         jpeg_quality_scaling(MAX(quality - CHROMA_BEHIND, 1)), TRUE);
    jpeg->out.optimize_coding = TRUE;
    jpeg->out.dct_method = JDCT_ISLOW;
    if (image->channels == 3 && full_chroma)
        jpeg->out.comp_info[0].h_samp_factor = jpeg->out.comp_info[0].v_samp_factor = 1;
    if (image->dpi > 0) {
        jpeg->out.density_unit = 1;
        jpeg->out.X_density = jpeg->out.Y_density = (UINT16)image->dpi;
    }
    if (progressive)
        make_progressive(&jpeg->out);
    jpeg_start_compress(&jpeg->out, TRUE);
    while (jpeg->out.next_scanline < jpeg->out.image_height) {
        uint8_t *row =
            image->pixels + (size_t)jpeg->out.next_scanline * (size_t)image->stride;

        jpeg_write_scanlines(&jpeg->out, &row, 1);
    }
    jpeg_finish_compress(&jpeg->out);
    return true;
}

GBytes *
saoy_jpeg_encode(const SaoyImage *image, int quality, bool full_chroma, bool progressive,
                 GError **error)
{
    g_autofree Jpeg *jpeg = g_new0(Jpeg, 1);

    jpeg_init(jpeg, (j_common_ptr)&jpeg->out);
    bool good = run_encode(jpeg, image, quality, full_chroma, progressive);
    jpeg_destroy_compress(&jpeg->out);
    GBytes *file = good ? g_bytes_new(jpeg->bytes, jpeg->n_bytes) : NULL;
    (free)(jpeg->bytes); /* libjpeg allocated it with malloc */
    if (!good)
        return saoy_null(error, SAOY_ERROR_FAILED, "JPEG: %s", jpeg->message);
    return file;
}

GBytes *
saoy_image_encode_jpeg(const SaoyImage *image, int quality, bool full_chroma,
                       GError **error)
{
    return saoy_jpeg_encode(image, quality, full_chroma, false, error);
}
