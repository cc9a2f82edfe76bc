/* One contract for every camera. The V4L2 driver runs on the tapes in tests/data/tape,
 * which `contract-camera --make DIR` wrote: the driver's own conversation with a model of a
 * camera in this file, whose frames are known. */
#include "camera-kernel.h"
#include "core/error.h"
#include "core/file.h"
#include "device/camera.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

/* ---- a model of a camera: what a UVC device answers, frame by frame ---- */

#define FRAMES 6
#define WIDTH 64
#define HEIGHT 48

typedef struct {
    bool jpeg, busy, no_capture, damaged_frame;
    uint8_t *buffers[SAOY_CAMERA_BUFFERS];
    bool queued[SAOY_CAMERA_BUFFERS];
    unsigned made, ready;
} Model;

static size_t
model_length(const Model *m)
{
    return m->jpeg ? 32768 : WIDTH * HEIGHT * 2;
}

/* Frame n is all of one grey, brighter with every frame; its left half is red. */
static uint8_t
grey_of(unsigned n)
{
    return (uint8_t)(40 + 30 * n);
}

static size_t
make_yuyv(unsigned n, uint8_t *out)
{
    for (int i = 0; i < WIDTH * HEIGHT / 2; i++) {
        bool left = i % (WIDTH / 2) < WIDTH / 4;
        const uint8_t red[] = { 81, 90, 81, 240 },
                      grey[] = { grey_of(n), 128, grey_of(n), 128 };

        memcpy(out + 4 * i, left ? red : grey, 4);
    }
    return WIDTH * HEIGHT * 2;
}

static size_t
make_jpeg(unsigned n, uint8_t *out)
{
    g_autoptr(SaoyImage) image = saoy_image_new(WIDTH, HEIGHT, 3, 0, NULL);

    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            memcpy(image->pixels + y * image->stride + 3 * x,
                   x < WIDTH / 2 ? (uint8_t[]){ 254, 0, 0 }
                                 : (uint8_t[]){ grey_of(n), grey_of(n), grey_of(n) },
                   3);
    g_autoptr(GBytes) jpeg = saoy_image_encode_jpeg(image, 90, true, NULL);
    SaoyView v = saoy_view_of(jpeg);
    memcpy(out, v.data, v.size);
    return v.size;
}

static unsigned
model_open(void *self, const char *path)
{
    return g_str_equal(path, "/dev/none") ? ENOENT : 0;
}

static unsigned
model_dequeue(Model *m, struct v4l2_buffer *b)
{
    if (m->ready == 0)
        return EAGAIN;
    for (size_t i = 0; i < 4; i++) {
        if (!m->queued[i])
            continue;
        m->queued[i] = false;
        m->ready--;
        b->index = (uint32_t)i;
        b->flags = m->damaged_frame ? V4L2_BUF_FLAG_ERROR : 0;
        b->bytesused = (uint32_t)(m->jpeg ? make_jpeg(m->made, m->buffers[i])
                                          : make_yuyv(m->made, m->buffers[i]));
        m->made++;
        return 0;
    }
    return EAGAIN;
}

static unsigned
model_format(const Model *m, struct v4l2_format *f)
{
    f->fmt.pix.width = WIDTH;
    f->fmt.pix.height = HEIGHT;
    f->fmt.pix.pixelformat = m->jpeg ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
    f->fmt.pix.bytesperline = m->jpeg ? 0 : WIDTH * 2;
    return 0;
}

static unsigned
model_ioctl(void *self, unsigned long request, void *arg, size_t size)
{
    Model *m = self;
    struct v4l2_buffer *b = arg;

    switch (request) {
    case VIDIOC_QUERYCAP:
        ((struct v4l2_capability *)arg)->capabilities =
            V4L2_CAP_STREAMING | (m->no_capture ? 0 : V4L2_CAP_VIDEO_CAPTURE);
        return 0;
    case VIDIOC_S_FMT:
        return model_format(m, arg);
    case VIDIOC_REQBUFS:
        return m->busy ? EBUSY : 0;
    case VIDIOC_QUERYBUF:
        b->length = (uint32_t)model_length(m);
        b->m.offset = b->index * 4096;
        return 0;
    case VIDIOC_QBUF:
        m->queued[b->index] = true;
        return 0;
    case VIDIOC_DQBUF:
        return model_dequeue(m, b);
    case VIDIOC_STREAMON:
    case VIDIOC_STREAMOFF:
        return 0;
    }
    return ENOTTY;
}

static uint8_t *
model_map(void *self, size_t i, size_t length, int64_t offset)
{
    Model *m = self;

    m->buffers[i] = g_malloc0(length);
    return m->buffers[i];
}

static void
model_unmap(void *self, size_t i, uint8_t *data, size_t length)
{
    g_free(data);
}

static unsigned
model_wait(void *self, unsigned ms, GCancellable *cancel)
{
    Model *m = self;

    if (g_cancellable_is_cancelled(cancel))
        return ECANCELED;
    if (m->made >= FRAMES)
        return ETIMEDOUT;
    m->ready++;
    return 0;
}

static void
model_close(void *self)
{
}

static const SaoyCameraKernelClass model_class = {
    model_open, model_ioctl, model_map, model_unmap, model_wait, model_close, g_free,
};

static SaoyCameraKernel
model_new(Model how)
{
    return (SaoyCameraKernel){ &model_class, g_memdup2(&how, sizeof how) };
}

static void
make_tape(const char *dir, const char *name, bool jpeg)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    SaoyCameraKernel kernel =
        saoy_camera_kernel_record(model_new((Model){ .jpeg = jpeg }), path);
    g_autoptr(GError) error = NULL;
    void *self = saoy_camera_v4l2_new(kernel, "/dev/model", 640, 480, &error);

    g_assert_no_error(error);
    for (unsigned n = 0; n < FRAMES; n++)
        saoy_image_free(saoy_camera_v4l2.frame(self, NULL, NULL));
    g_assert_null(saoy_camera_v4l2.frame(self, NULL, &error));
    saoy_camera_v4l2.close(self);
    g_print("%s\n", path);
}

/* ---- the contract ---- */

typedef struct {
    const char *name, *driver;
    const char *tape; /* NULL: a folder of three pictures */
    const char *nothing;
} Kind;

static const Kind kinds[] = {
    { "emu", "emu", NULL, "/nowhere/at/all" },
    { "v4l2-yuyv", "v4l2", "yuyv.tape", "/dev/video-none" },
    { "v4l2-mjpeg", "v4l2", "mjpeg.tape", "/dev/video-none" },
};

typedef struct {
    char *folder;
    SaoyCamera *camera;
} Fixture;

static void
put(const Fixture *fix, const char *name, const void *data, size_t size)
{
    g_autofree char *path = g_build_filename(fix->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, data, (gssize)size, NULL));
}

static void
fill_folder(const Fixture *fix)
{
    uint8_t jpeg[32768];

    for (unsigned n = 0; n < 3; n++) {
        g_autofree char *name = g_strdup_printf("%03u.jpg", n);
        put(fix, name, jpeg, make_jpeg(n, jpeg));
    }
}

static void
set_up(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *address = NULL;

    fix->folder = g_dir_make_tmp("camera-XXXXXX", NULL);
    fill_folder(fix);
    address = kind->tape != NULL ? g_strdup_printf("tape:%s/tests/data/tape/%s",
                                                   SAOY_SOURCE_DIR, kind->tape)
                                 : g_strdup_printf("%s?fps=0", fix->folder);
    fix->camera = saoy_camera_open(kind->driver, address, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *data)
{
    g_clear_pointer(&fix->camera, saoy_camera_close);
    saoy_dir_remove(fix->folder, NULL);
    g_free(fix->folder);
}

/* The middle of the right half of frame n, and of the red left half. */
static void
check_frame(const SaoyImage *image, unsigned n, bool studio)
{
    const uint8_t *row = image->pixels + HEIGHT / 2 * image->stride;
    const uint8_t *red = row + 3 * (WIDTH / 4), *grey = row + 3 * (WIDTH * 3 / 4);
    int expect = studio ? (298 * (grey_of(n) - 16) + 128) >> 8 : grey_of(n);

    g_assert_cmpint(image->width, ==, WIDTH);
    g_assert_cmpint(image->height, ==, HEIGHT);
    g_assert_cmpint(image->channels, ==, 3);
    g_assert_cmpint(ABS(red[0] - 254), <=, 3);
    g_assert_cmpint(red[1] + red[2], <=, 6);
    for (int c = 0; c < 3; c++)
        g_assert_cmpint(ABS(grey[c] - expect), <=, 2);
}

static void
test_gives_the_known_frames_in_order(Fixture *fix, const void *data)
{
    const Kind *kind = data;

    for (unsigned n = 0; n < 3; n++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SaoyImage) image = saoy_camera_frame(fix->camera, NULL, &error);

        g_assert_no_error(error);
        check_frame(image, n, g_str_equal(kind->name, "v4l2-yuyv"));
    }
}

static void
test_opening_nothing_is_offline(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_camera_open(kind->driver, kind->nothing, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_cancel_wins(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    g_cancellable_cancel(cancel);
    g_assert_null(saoy_camera_frame(fix->camera, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    g_autoptr(SaoyImage) image = saoy_camera_frame(fix->camera, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(image);
}

static bool
frame_fails(Fixture *fix, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) image = saoy_camera_frame(fix->camera, NULL, &error);

    g_assert_null(image);
    return g_error_matches(error, SAOY_ERROR, code);
}

/* The model had six frames and no more; then the tape ends, as if the plug were pulled. */
static void
test_silence_is_timeout_and_going_away_is_offline(Fixture *fix, const void *data)
{
    const Kind *kind = data;

    for (unsigned n = 0; kind->tape != NULL && n < FRAMES; n++) {
        g_autoptr(SaoyImage) image = saoy_camera_frame(fix->camera, NULL, NULL);
        g_assert_nonnull(image);
    }
    put(fix, "fault", "hang", 4);
    g_assert_true(frame_fails(fix, SAOY_ERROR_TIMEOUT));
    put(fix, "fault", "offline", 7);
    g_assert_true(frame_fails(fix, SAOY_ERROR_OFFLINE));
    g_assert_true(frame_fails(fix, SAOY_ERROR_OFFLINE)); /* and stays so */
}

/* The lever of an empty place: a frame as large as the last, and nothing on it. */
static void
test_an_empty_place_shows_nobody(Fixture *fix, const void *data)
{
    g_autoptr(SaoyImage) before = saoy_camera_frame(fix->camera, NULL, NULL);
    g_autoptr(SaoyImage) wall = NULL;

    put(fix, "fault", "empty", 5);
    wall = saoy_camera_frame(fix->camera, NULL, NULL);
    g_assert_nonnull(wall);
    g_assert_cmpint(wall->width, ==, before->width);
    g_assert_cmpint(wall->height, ==, before->height);
    for (int x = 0; x < 3 * wall->width; x++)
        g_assert_cmpint(wall->pixels[x], ==, wall->pixels[0]);
}

static void
test_a_picture_that_does_not_decode_is_malformed(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyImage) image = NULL;

    put(fix, "000.jpg", "\xff\xd8\xff", 3);
    g_assert_true(frame_fails(fix, SAOY_ERROR_MALFORMED));
    image = saoy_camera_frame(fix->camera, NULL, &error); /* the next one is fine */
    g_assert_no_error(error);
    g_assert_nonnull(image);
}

static void
test_the_emulated_camera_loops(Fixture *fix, const void *data)
{
    for (unsigned n = 0; n < 3; n++)
        saoy_image_free(saoy_camera_frame(fix->camera, NULL, NULL));
    g_autoptr(SaoyImage) again = saoy_camera_frame(fix->camera, NULL, NULL);
    check_frame(again, 0, false);
}

/* What the kernel may say when the driver opens: no tape needed. */
static bool
model_fails(Model how, const char *path, int code)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_camera_v4l2_new(model_new(how), path, 640, 480, &error));
    return g_error_matches(error, SAOY_ERROR, code);
}

static void
test_what_opens_badly_is_offline(void)
{
    g_assert_true(model_fails((Model){ 0 }, "/dev/none", SAOY_ERROR_OFFLINE));
    g_assert_true(model_fails((Model){ .busy = true }, "/dev/model", SAOY_ERROR_OFFLINE));
    g_assert_true(model_fails((Model){ .no_capture = true }, "/dev/m", SAOY_ERROR_OFFLINE));
}

static void
test_a_damaged_frame_is_skipped_with_a_word(void)
{
    g_autoptr(GError) error = NULL;
    SaoyCameraKernel kernel = model_new((Model){ .damaged_frame = true });
    void *self = saoy_camera_v4l2_new(kernel, "/dev/model", 640, 480, &error);

    g_assert_no_error(error);
    g_assert_null(saoy_camera_v4l2.frame(self, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    ((Model *)kernel.self)->damaged_frame = false;
    g_autoptr(SaoyImage) image = saoy_camera_v4l2.frame(self, NULL, NULL);
    check_frame(image, 1, true);
    saoy_camera_v4l2.close(self);
}

static void
test_a_file_that_is_no_tape_is_malformed(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(
        saoy_camera_open("v4l2", "tape:" SAOY_SOURCE_DIR "/CMakeLists.txt", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

typedef void Test(Fixture *fix, const void *data);

static void
add(const Kind *kind, const char *name, Test *test)
{
    g_autofree char *path = g_strdup_printf("/camera/%s/%s", kind->name, name);

    g_test_add(path, Fixture, kind, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && g_str_equal(argv[1], "--make")) {
        make_tape(argv[2], "yuyv.tape", false);
        make_tape(argv[2], "mjpeg.tape", true);
        return 0;
    }
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        add(&kinds[i], "known-frames", test_gives_the_known_frames_in_order);
        add(&kinds[i], "nothing-is-offline", test_opening_nothing_is_offline);
        add(&kinds[i], "cancel-wins", test_cancel_wins);
        add(&kinds[i], "silence", test_silence_is_timeout_and_going_away_is_offline);
    }
    add(&kinds[0], "malformed", test_a_picture_that_does_not_decode_is_malformed);
    add(&kinds[0], "loops", test_the_emulated_camera_loops);
    add(&kinds[0], "empty-place", test_an_empty_place_shows_nobody);
    g_test_add_func("/camera/v4l2/opens-badly", test_what_opens_badly_is_offline);
    g_test_add_func("/camera/v4l2/damaged", test_a_damaged_frame_is_skipped_with_a_word);
    g_test_add_func("/camera/v4l2/no-tape", test_a_file_that_is_no_tape_is_malformed);
    return g_test_run();
}
