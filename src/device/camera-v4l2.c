/* The real camera: V4L2 streaming over mapped buffers, YUYV or MJPEG. */
#include "address.h"
#include "camera-kernel.h"
#include "core/error.h"
#include "device/camera.h"
#include "picture.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

#define BUFFERS 4
#define STALE_MAX 8 /* frames thrown away to reach the newest */
#define WAIT_MS 1000

typedef struct {
    SaoyCameraKernel kernel;
    uint32_t format, width, height, bytes_per_line;
    struct {
        uint8_t *data;
        size_t length;
    } buffers[SAOY_CAMERA_BUFFERS];
    size_t n_buffers;
    bool streaming;
} V4l2;

static bool
fail_errno(unsigned number, const char *what, GError **error)
{
    SaoyErrorCode code = SAOY_ERROR_FAILED;

    if (number == ENODEV || number == ENOENT || number == ENXIO || number == EIO ||
        number == EBUSY)
        code = SAOY_ERROR_OFFLINE;
    return saoy_fail(error, code, "%s: %s", what, g_strerror((int)number));
}

static bool
call(const V4l2 *v, unsigned long request, void *arg, size_t size, const char *what,
     GError **error)
{
    unsigned result = v->kernel.cls->ioctl(v->kernel.self, request, arg, size);

    return result == 0 || fail_errno(result, what, error);
}

static bool
check_device(const V4l2 *v, GError **error)
{
    struct v4l2_capability can;
    uint32_t caps = 0;

    memset(&can, 0, sizeof can);
    if (!call(v, VIDIOC_QUERYCAP, &can, sizeof can, "capabilities", error))
        return false;
    caps = can.capabilities & V4L2_CAP_DEVICE_CAPS ? can.device_caps : can.capabilities;
    if ((caps & V4L2_CAP_VIDEO_CAPTURE) == 0 || (caps & V4L2_CAP_STREAMING) == 0)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "it is no camera that streams");
    return true;
}

/* The device answers with the format nearest to the wish. Large frames only come compressed
 * over USB 2. */
static bool
choose_format(V4l2 *v, int width, int height, GError **error)
{
    struct v4l2_format f;

    memset(&f, 0, sizeof f);
    f.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    f.fmt.pix.width = (uint32_t)width;
    f.fmt.pix.height = (uint32_t)height;
    f.fmt.pix.pixelformat = width > 640 ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
    f.fmt.pix.field = V4L2_FIELD_NONE;
    if (!call(v, VIDIOC_S_FMT, &f, sizeof f, "format", error))
        return false;
    *v = (V4l2){ .kernel = v->kernel,
                 .format = f.fmt.pix.pixelformat,
                 .width = f.fmt.pix.width,
                 .height = f.fmt.pix.height,
                 .bytes_per_line = f.fmt.pix.bytesperline };
    if (v->format == V4L2_PIX_FMT_MJPEG || v->format == V4L2_PIX_FMT_JPEG)
        return true;
    if (v->format != V4L2_PIX_FMT_YUYV)
        return saoy_fail(error, SAOY_ERROR_FAILED, "it gives neither YUYV nor MJPEG");
    if (v->width < 2 || v->width % 2 != 0 || v->width > 8192 || v->height < 1 ||
        v->height > 8192 || v->bytes_per_line < 2 * v->width || v->bytes_per_line > 65536)
        return saoy_fail(error, SAOY_ERROR_FAILED, "it gives %u x %u pixels", v->width,
                         v->height);
    return true;
}

static void
describe(struct v4l2_buffer *buffer, size_t i)
{
    memset(buffer, 0, sizeof *buffer);
    buffer->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    buffer->memory = V4L2_MEMORY_MMAP;
    buffer->index = (uint32_t)i;
}

static bool
queue(const V4l2 *v, size_t i, GError **error)
{
    struct v4l2_buffer buffer;

    describe(&buffer, i);
    return call(v, VIDIOC_QBUF, &buffer, sizeof buffer, "queue", error);
}

static bool
map_buffer(V4l2 *v, size_t i, GError **error)
{
    struct v4l2_buffer buffer;

    describe(&buffer, i);
    if (!call(v, VIDIOC_QUERYBUF, &buffer, sizeof buffer, "buffer", error))
        return false;
    uint8_t *data =
        v->kernel.cls->map(v->kernel.self, i, buffer.length, (int64_t)buffer.m.offset);
    if (data == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "buffer %zu cannot be mapped", i);
    v->buffers[i].data = data;
    v->buffers[i].length = buffer.length;
    v->n_buffers = i + 1;
    return queue(v, i, error);
}

static bool
start(V4l2 *v, GError **error)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    struct v4l2_requestbuffers request;

    memset(&request, 0, sizeof request);
    request.count = BUFFERS;
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    request.memory = V4L2_MEMORY_MMAP;
    if (!call(v, VIDIOC_REQBUFS, &request, sizeof request, "buffers", error))
        return false;
    if (request.count < 2)
        return saoy_fail(error, SAOY_ERROR_FAILED, "it gives %u buffers", request.count);
    for (size_t i = 0; i < MIN(request.count, (uint32_t)SAOY_CAMERA_BUFFERS); i++)
        if (!map_buffer(v, i, error))
            return false;
    if (!call(v, VIDIOC_STREAMON, &type, sizeof type, "start", error))
        return false;
    v->streaming = true;
    return true;
}

static void
v4l2_close(void *self)
{
    V4l2 *v = self;
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

    if (v->streaming)
        call(v, VIDIOC_STREAMOFF, &type, sizeof type, "stop", NULL);
    for (size_t i = 0; i < v->n_buffers; i++)
        v->kernel.cls->unmap(v->kernel.self, i, v->buffers[i].data, v->buffers[i].length);
    v->kernel.cls->close(v->kernel.self);
    v->kernel.cls->free(v->kernel.self);
    g_free(v);
}

void *
saoy_camera_v4l2_new(SaoyCameraKernel kernel, const char *path, int width, int height,
                     GError **error)
{
    V4l2 *v = g_new0(V4l2, 1);
    unsigned result = kernel.cls->open(kernel.self, path);

    v->kernel = kernel;
    if (result == 0 ? check_device(v, error) && choose_format(v, width, height, error) &&
                          start(v, error)
                    : fail_errno(result, path, error))
        return v;
    v4l2_close(v);
    return NULL;
}

static int
side(const SaoyAddress *address, const char *key, int fallback)
{
    const char *text = saoy_address_get(address, key, NULL);
    uint64_t n = text != NULL ? g_ascii_strtoull(text, NULL, 10) : 0;

    return n >= 16 && n <= 8192 ? (int)n : fallback;
}

static void *
v4l2_open(const char *text, GError **error)
{
    g_auto(SaoyAddress) address = { 0 };
    SaoyCameraKernel kernel = { 0 };

    saoy_address_parse(text, &address);
    const char *record = saoy_address_get(&address, "record", NULL);
    if (!g_str_has_prefix(address.base, "tape:"))
        kernel = saoy_camera_kernel();
    else if (!saoy_camera_kernel_play(address.base + strlen("tape:"), &kernel, error))
        return NULL;
    if (record != NULL)
        kernel = saoy_camera_kernel_record(kernel, record);
    return saoy_camera_v4l2_new(kernel, address.base, side(&address, "width", 640),
                                side(&address, "height", 480), error);
}

/* 0, EAGAIN when none is ready, or what went wrong. */
static unsigned
take(const V4l2 *v, struct v4l2_buffer *out)
{
    describe(out, 0);
    unsigned result = v->kernel.cls->ioctl(v->kernel.self, VIDIOC_DQBUF, out, sizeof *out);
    return result == 0 && out->index >= v->n_buffers ? EIO : result;
}

/* The newest frame that is ready: older ones show the person as she was. */
static unsigned
take_newest(const V4l2 *v, struct v4l2_buffer *out)
{
    unsigned result = take(v, out);

    for (unsigned n = 0; result == 0 && n < STALE_MAX; n++) {
        struct v4l2_buffer newer;

        if (take(v, &newer) != 0)
            break;
        if (!queue(v, out->index, NULL))
            return EIO;
        *out = newer;
    }
    return result;
}

static uint8_t
clamp(int value)
{
    return (uint8_t)CLAMP(value, 0, 255);
}

/* BT.601, studio range, in 8-bit fixed point. */
static void
yuv_to_rgb(int y, int u, int v, uint8_t *out)
{
    int luma = 298 * (y - 16) + 128;

    out[0] = clamp((luma + 409 * (v - 128)) >> 8);
    out[1] = clamp((luma - 100 * (u - 128) - 208 * (v - 128)) >> 8);
    out[2] = clamp((luma + 516 * (u - 128)) >> 8);
}

static SaoyImage *
decode_yuyv(const V4l2 *v, const uint8_t *data, size_t size, GError **error)
{
    SaoyImage *image = NULL;

    if (size < (size_t)v->bytes_per_line * v->height)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "a frame of %zu bytes", size);
    image = saoy_image_new((int)v->width, (int)v->height, 3, 0, error);
    for (uint32_t y = 0; image != NULL && y < v->height; y++) {
        const uint8_t *in = data + (size_t)y * v->bytes_per_line;
        uint8_t *out = image->pixels + (size_t)y * (size_t)image->stride;

        for (uint32_t x = 0; x < v->width; x += 2, in += 4, out += 6) {
            yuv_to_rgb(in[0], in[1], in[3], out);
            yuv_to_rgb(in[2], in[1], in[3], out + 3);
        }
    }
    return image;
}

static SaoyImage *
decode(const V4l2 *v, const struct v4l2_buffer *buffer, GError **error)
{
    const uint8_t *data = v->buffers[buffer->index].data;
    size_t size = MIN((size_t)buffer->bytesused, v->buffers[buffer->index].length);

    if (buffer->flags & V4L2_BUF_FLAG_ERROR)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "a damaged frame");
    if (v->format == V4L2_PIX_FMT_YUYV)
        return decode_yuyv(v, data, size, error);

    g_autoptr(GBytes) jpeg = g_bytes_new(data, size);
    return saoy_picture_rgb(jpeg, error);
}

static bool
wait_for_frame(const V4l2 *v, GCancellable *cancel, GError **error)
{
    unsigned result = v->kernel.cls->wait(v->kernel.self, WAIT_MS, cancel);

    if (result == ECANCELED) {
        g_cancellable_set_error_if_cancelled(cancel, error);
        return false;
    }
    if (result == ETIMEDOUT)
        return saoy_fail(error, SAOY_ERROR_TIMEOUT, "no frame within 1 s");
    return result == 0 || fail_errno(result, "wait", error);
}

static SaoyImage *
v4l2_frame(void *self, GCancellable *cancel, GError **error)
{
    V4l2 *v = self;
    struct v4l2_buffer buffer;
    unsigned result = EAGAIN;

    for (unsigned n = 0; result == EAGAIN && n < 10; n++) {
        if (!wait_for_frame(v, cancel, error))
            return NULL;
        result = take_newest(v, &buffer);
    }
    if (result != 0) {
        fail_errno(result == EAGAIN ? EIO : result, "frame", error);
        return NULL;
    }

    g_autoptr(SaoyImage) image = decode(v, &buffer, error);
    if (!queue(v, buffer.index, image != NULL ? error : NULL))
        return NULL;
    return g_steal_pointer(&image);
}

const SaoyCameraDriver saoy_camera_v4l2 = {
    .name = "v4l2",
    .open = v4l2_open,
    .frame = v4l2_frame,
    .close = v4l2_close,
};
