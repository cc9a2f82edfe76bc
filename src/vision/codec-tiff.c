#include "codec.h"
#include "core/error.h"

#include <string.h>
#include <tiffio.h>

#define DIRECTORIES_MAX 16

typedef struct {
    SaoyView file;
    toff_t at;
    char message[160];
} Memory;

static tsize_t
on_read(thandle_t handle, tdata_t into, tsize_t n)
{
    Memory *memory = (Memory *)handle;
    size_t left = memory->at < memory->file.size ? memory->file.size - memory->at : 0;
    size_t got = MIN((size_t)n, left);

    if (got > 0)
        memcpy(into, memory->file.data + memory->at, got);
    memory->at += got;
    return (tsize_t)got;
}

static tsize_t
on_write(thandle_t handle, tdata_t from, tsize_t n)
{
    return 0;
}

static toff_t
on_seek(thandle_t handle, toff_t to, int whence)
{
    Memory *memory = (Memory *)handle;

    memory->at = whence == SEEK_CUR   ? memory->at + to
                 : whence == SEEK_END ? memory->file.size + to
                                      : to;
    return memory->at;
}

static int
on_close(thandle_t handle)
{
    return 0;
}

static toff_t
on_size(thandle_t handle)
{
    return ((Memory *)handle)->file.size;
}

/* Kept for our one line instead of printed; the first is the cause. */
static int G_GNUC_PRINTF(4, 0)
    on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list list)
{
    Memory *memory = user;

    if (memory->message[0] == '\0')
        g_vsnprintf(memory->message, sizeof memory->message, format, list);
    return 1;
}

static int G_GNUC_PRINTF(4, 0)
    on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list list)
{
    return 1;
}

static TIFF *
open_memory(Memory *memory)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)SAOY_IMAGE_MAX_PIXELS * 4);
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, memory);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, memory);
    TIFF *tiff = TIFFClientOpenExt("memory", "rm", (thandle_t)memory, on_read, on_write,
                                   on_seek, on_close, on_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static int
dpi_of(TIFF *tiff)
{
    float x = 0;
    uint16_t unit = RESUNIT_INCH;

    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (unit == RESUNIT_CENTIMETER)
        x *= 2.54f;
    return unit != RESUNIT_NONE && x >= 10 && x <= 4800 ? (int)(x + 0.5f) : 0;
}

static void
copy_raster(const uint32_t *raster, SaoyImage *image)
{
    size_t n = (size_t)image->width * (size_t)image->height;
    uint8_t *out = image->pixels;

    for (size_t i = 0; i < n; i++) {
        /* premultiplied by libtiff: what is missing to opaque is white paper */
        unsigned paper = 255 - TIFFGetA(raster[i]);

        *out++ = (uint8_t)MIN(255, TIFFGetR(raster[i]) + paper);
        if (image->channels == 1)
            continue;
        *out++ = (uint8_t)MIN(255, TIFFGetG(raster[i]) + paper);
        *out++ = (uint8_t)MIN(255, TIFFGetB(raster[i]) + paper);
    }
}

/* Further pages beside the first; a small preview of it is none. A file that names
 * directories in a ring ends where libtiff sees it. */
static bool
has_more_pages(TIFF *tiff)
{
    bool more = false;

    for (unsigned i = 0; i < DIRECTORIES_MAX && !more && TIFFReadDirectory(tiff); i++) {
        uint32_t type = 0;

        TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &type);
        more = (type & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0;
    }
    return more || !TIFFSetDirectory(tiff, 0);
}

static SaoyImage *
read_first(TIFF *tiff, GError **error)
{
    g_autoptr(SaoyImage) image = NULL;

    if (has_more_pages(tiff))
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "a TIFF of several pages: one page a file is taken");
    uint32_t width = 0, height = 0;
    uint16_t samples = 1, light = PHOTOMETRIC_RGB;

    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &light);
    bool grey = samples == 1 && light <= PHOTOMETRIC_MINISBLACK;

    image = saoy_image_new((int)MIN(width, INT32_MAX), (int)MIN(height, INT32_MAX),
                           grey ? 1 : 3, dpi_of(tiff), error);
    if (image == NULL)
        return NULL;
    g_autofree uint32_t *raster = g_try_new(uint32_t, (size_t)width * height);
    if (raster == NULL)
        return saoy_null(error, SAOY_ERROR_FAILED, "no memory for a TIFF");
    if (!TIFFReadRGBAImageOriented(tiff, width, height, raster, ORIENTATION_TOPLEFT, 1))
        return NULL;
    copy_raster(raster, image);
    return g_steal_pointer(&image);
}

SaoyImage *
saoy_tiff_decode(SaoyView file, GError **error)
{
    Memory memory = { .file = file };
    g_autoptr(GError) why = NULL;
    TIFF *tiff = open_memory(&memory);
    SaoyImage *image = tiff != NULL ? read_first(tiff, &why) : NULL;

    if (tiff != NULL)
        TIFFClose(tiff);
    if (image != NULL)
        return image;
    if (why == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad TIFF: %s", memory.message);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
