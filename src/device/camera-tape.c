/* The V4L2 driver's conversation with the kernel on a tape: recorded, and played back. A
 * frame's bytes do not pass through ioctl() but lie in the mapped buffer: they are the
 * extra of VIDIOC_DQBUF. */
#include "camera-kernel.h"
#include "tape.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>

enum { OPEN = 1, MAP, WAIT };

typedef struct {
    SaoyCameraKernel inner; /* recording only */
    SaoyTape *tape;
    struct {
        uint8_t *data;
        size_t length;
    } maps[SAOY_CAMERA_BUFFERS];
} Deck;

static SaoyView
view(const void *data, size_t size)
{
    return (SaoyView){ data, size };
}

static void
deck_free(void *self)
{
    Deck *deck = self;

    if (deck->inner.cls != NULL)
        deck->inner.cls->free(deck->inner.self);
    saoy_tape_free(deck->tape);
    g_free(deck);
}

/* What lies in the buffer that was just taken out of the queue. */
static SaoyView
frame_bytes(const Deck *deck, unsigned long request, const void *arg, unsigned result)
{
    struct v4l2_buffer buffer = { 0 };

    if (request != VIDIOC_DQBUF || result != 0)
        return view(NULL, 0);
    memcpy(&buffer, arg, sizeof buffer);
    if (buffer.index >= SAOY_CAMERA_BUFFERS ||
        buffer.bytesused > deck->maps[buffer.index].length)
        return view(NULL, 0);
    return view(deck->maps[buffer.index].data, buffer.bytesused);
}

static unsigned
record_open(void *self, const char *path)
{
    Deck *deck = self;
    unsigned result = deck->inner.cls->open(deck->inner.self, path);

    /* not the path: the tape is played where no such device is */
    saoy_tape_put(deck->tape, view(NULL, 0), &(SaoyTapeCall){ OPEN, result });
    return result;
}

static unsigned
record_ioctl(void *self, unsigned long request, void *arg, size_t size)
{
    Deck *deck = self;
    g_autofree uint8_t *asked = g_memdup2(arg, size);
    unsigned result = deck->inner.cls->ioctl(deck->inner.self, request, arg, size);

    saoy_tape_put(deck->tape, view(asked, size),
                  &(SaoyTapeCall){ (uint32_t)request, result, view(arg, size),
                                   frame_bytes(deck, request, arg, result) });
    return result;
}

static uint8_t *
record_map(void *self, size_t i, size_t length, int64_t offset)
{
    Deck *deck = self;
    uint8_t *data = deck->inner.cls->map(deck->inner.self, i, length, offset);

    saoy_tape_put(deck->tape, view(&length, sizeof length),
                  &(SaoyTapeCall){ MAP, data != NULL ? 0 : ENOMEM });
    if (i < SAOY_CAMERA_BUFFERS && data != NULL) {
        deck->maps[i].data = data;
        deck->maps[i].length = length;
    }
    return data;
}

static void
record_unmap(void *self, size_t i, uint8_t *data, size_t length)
{
    Deck *deck = self;

    deck->inner.cls->unmap(deck->inner.self, i, data, length);
}

static unsigned
record_wait(void *self, unsigned ms, GCancellable *cancel)
{
    Deck *deck = self;
    unsigned result = deck->inner.cls->wait(deck->inner.self, ms, cancel);

    saoy_tape_put(deck->tape, view(NULL, 0), &(SaoyTapeCall){ WAIT, result });
    return result;
}

static void
record_close(void *self)
{
    Deck *deck = self;

    deck->inner.cls->close(deck->inner.self);
}

static const SaoyCameraKernelClass record_class = {
    record_open, record_ioctl, record_map, record_unmap,
    record_wait, record_close, deck_free,
};

SaoyCameraKernel
saoy_camera_kernel_record(SaoyCameraKernel inner, const char *tape)
{
    Deck *deck = g_new0(Deck, 1);

    *deck = (Deck){ .inner = inner, .tape = saoy_tape_record(tape) };
    return (SaoyCameraKernel){ &record_class, deck };
}

/* After its last call the tape behaves as a camera that was pulled out. */
static unsigned
ask(Deck *deck, uint32_t verb, SaoyView asked, SaoyTapeCall *out)
{
    return saoy_tape_ask(deck->tape, verb, asked, ENODEV, out);
}

static unsigned
play_open(void *self, const char *path)
{
    SaoyTapeCall call = { 0 };

    return ask(self, OPEN, view(NULL, 0), &call);
}

static unsigned
play_ioctl(void *self, unsigned long request, void *arg, size_t size)
{
    Deck *deck = self;
    SaoyTapeCall call = { 0 };
    unsigned result = ask(deck, (uint32_t)request, view(arg, size), &call);
    struct v4l2_buffer buffer = { 0 };

    if (call.answer.size == size)
        memcpy(arg, call.answer.data, size);
    if (request != VIDIOC_DQBUF || call.extra.size == 0 || size != sizeof buffer)
        return result;
    memcpy(&buffer, arg, size);
    if (buffer.index >= SAOY_CAMERA_BUFFERS ||
        call.extra.size > deck->maps[buffer.index].length)
        return ENODEV;
    memcpy(deck->maps[buffer.index].data, call.extra.data, call.extra.size);
    return result;
}

static uint8_t *
play_map(void *self, size_t i, size_t length, int64_t offset)
{
    Deck *deck = self;
    SaoyTapeCall call = { 0 };

    if (i >= SAOY_CAMERA_BUFFERS || length > (64u << 20) ||
        ask(deck, MAP, view(&length, sizeof length), &call) != 0)
        return NULL;
    deck->maps[i].data = g_malloc0(length);
    deck->maps[i].length = length;
    return deck->maps[i].data;
}

static void
play_unmap(void *self, size_t i, uint8_t *data, size_t length)
{
    g_free(data);
}

static unsigned
play_wait(void *self, unsigned ms, GCancellable *cancel)
{
    SaoyTapeCall call = { 0 };

    if (g_cancellable_is_cancelled(cancel))
        return ECANCELED;
    return ask(self, WAIT, view(NULL, 0), &call);
}

static void
play_close(void *self)
{
}

static const SaoyCameraKernelClass play_class = {
    play_open, play_ioctl, play_map, play_unmap, play_wait, play_close, deck_free,
};

bool
saoy_camera_kernel_play(const char *path, SaoyCameraKernel *out, GError **error)
{
    SaoyTape *tape = saoy_tape_play(path, error);

    if (tape == NULL)
        return false;
    Deck *deck = g_new0(Deck, 1);
    deck->tape = tape;
    *out = (SaoyCameraKernel){ &play_class, deck };
    return true;
}
