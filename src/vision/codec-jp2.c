#include "codec.h"
#include "core/error.h"

#include <openjpeg.h>
#include <string.h>

typedef struct {
    SaoyView file;
    size_t at;
    char message[160];
} Memory;

static OPJ_SIZE_T
on_read(void *into, OPJ_SIZE_T n, void *user)
{
    Memory *memory = user;
    size_t got = MIN(n, memory->file.size - memory->at);

    if (got == 0)
        return (OPJ_SIZE_T)-1;
    memcpy(into, memory->file.data + memory->at, got);
    memory->at += got;
    return got;
}

static OPJ_OFF_T
on_skip(OPJ_OFF_T n, void *user)
{
    Memory *memory = user;

    if (n < 0 || (uint64_t)n > memory->file.size - memory->at)
        return -1;
    memory->at += (size_t)n;
    return n;
}

static OPJ_BOOL
on_seek(OPJ_OFF_T to, void *user)
{
    Memory *memory = user;

    if (to < 0 || (uint64_t)to > memory->file.size)
        return OPJ_FALSE;
    memory->at = (size_t)to;
    return OPJ_TRUE;
}

static void
on_error(const char *text, void *user)
{
    Memory *memory = user;

    if (memory->message[0] == '\0')
        g_strlcpy(memory->message, text, sizeof memory->message);
    g_strchomp(memory->message);
}

static opj_stream_t *
open_stream(Memory *memory)
{
    opj_stream_t *stream = opj_stream_create(1 << 16, OPJ_TRUE);

    opj_stream_set_user_data(stream, memory, NULL);
    opj_stream_set_user_data_length(stream, memory->file.size);
    opj_stream_set_read_function(stream, on_read);
    opj_stream_set_skip_function(stream, on_skip);
    opj_stream_set_seek_function(stream, on_seek);
    return stream;
}

static uint8_t
sample(const opj_image_comp_t *comp, size_t i)
{
    int64_t v = comp->data[i];

    if (comp->sgnd)
        v += (int64_t)1 << (comp->prec - 1);
    int64_t top = ((int64_t)1 << comp->prec) - 1;
    return (uint8_t)(CLAMP(v, 0, top) * 255 / top);
}

static void
ycc_to_rgb(uint8_t *p)
{
    double y = p[0], cb = p[1] - 128.0, cr = p[2] - 128.0;
    double rgb[3] = { y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb };

    for (int c = 0; c < 3; c++)
        p[c] = (uint8_t)(CLAMP(rgb[c], 0, 255) + 0.5);
}

static void
copy_components(const opj_image_t *picture, SaoyImage *image)
{
    size_t n = (size_t)image->width * (size_t)image->height;
    bool ycc = picture->color_space == OPJ_CLRSPC_SYCC && image->channels == 3;

    for (size_t i = 0; i < n; i++) {
        uint8_t *p = image->pixels + i * (size_t)image->channels;

        for (int c = 0; c < image->channels; c++)
            p[c] = sample(&picture->comps[c], i);
        if (ycc)
            ycc_to_rgb(p);
    }
}

/* Only what the header says, before anything of that size is allocated. */
static SaoyImage *
image_for(const opj_image_t *picture, GError **error)
{
    uint32_t width = picture->x1 - picture->x0, height = picture->y1 - picture->y0;

    if (picture->x1 <= picture->x0 || picture->y1 <= picture->y0 || picture->numcomps < 1 ||
        picture->numcomps > 4)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad JPEG 2000 header");
    for (uint32_t c = 0; c < picture->numcomps; c++)
        if (picture->comps[c].dx != 1 || picture->comps[c].dy != 1 ||
            picture->comps[c].prec < 1 || picture->comps[c].prec > 16)
            return saoy_null(error, SAOY_ERROR_MALFORMED,
                             "JPEG 2000 with such components is not supported");
    return saoy_image_new((int)MIN(width, INT32_MAX), (int)MIN(height, INT32_MAX),
                          picture->numcomps < 3 ? 1 : 3, 0, error);
}

static SaoyImage *
decode(opj_codec_t *codec, opj_stream_t *stream, opj_image_t **picture, GError **error)
{
    g_autoptr(SaoyImage) image = NULL;

    if (!opj_read_header(stream, codec, picture))
        return NULL;
    image = image_for(*picture, error);
    if (image == NULL)
        return NULL;
    if (!opj_decode(codec, stream, *picture) || !opj_end_decompress(codec, stream))
        return NULL;
    for (int c = 0; c < image->channels; c++)
        if ((*picture)->comps[c].data == NULL ||
            (*picture)->comps[c].w != (uint32_t)image->width ||
            (*picture)->comps[c].h != (uint32_t)image->height)
            return NULL;
    copy_components(*picture, image);
    return g_steal_pointer(&image);
}

SaoyImage *
saoy_jp2_decode(SaoyView file, GError **error)
{
    Memory memory = { .file = file };
    g_autoptr(GError) why = NULL;
    opj_dparameters_t parameters;
    opj_image_t *picture = NULL;
    opj_codec_t *codec =
        opj_create_decompress(file.data[0] == 0xff ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
    opj_stream_t *stream = open_stream(&memory);

    opj_set_default_decoder_parameters(&parameters);
    opj_set_error_handler(codec, on_error, &memory);
    SaoyImage *image = NULL;
    if (opj_setup_decoder(codec, &parameters) &&
        opj_decoder_set_strict_mode(codec, OPJ_TRUE))
        image = decode(codec, stream, &picture, &why);
    opj_image_destroy(picture);
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    if (image != NULL)
        return image;
    if (why == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad JPEG 2000: %s", memory.message);
    g_propagate_error(error, g_steal_pointer(&why));
    return NULL;
}
