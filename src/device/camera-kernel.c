/* The real kernel behind the V4L2 driver's seam. */
#include "camera-kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    int fd;
} Kernel;

static unsigned
answer(int result)
{
    return result < 0 ? (unsigned)errno : 0;
}

static unsigned
kernel_open(void *self, const char *path)
{
    Kernel *kernel = self;

    kernel->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return answer(kernel->fd);
}

static unsigned
kernel_ioctl(void *self, unsigned long request, void *arg, size_t size)
{
    const Kernel *kernel = self;
    unsigned result = EINTR;

    while (result == EINTR)
        result = answer(ioctl(kernel->fd, request, arg));
    return result;
}

static uint8_t *
kernel_map(void *self, size_t i, size_t length, int64_t offset)
{
    const Kernel *kernel = self;
    void *data =
        mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, kernel->fd, (off_t)offset);

    return data != MAP_FAILED ? data : NULL;
}

static void
kernel_unmap(void *self, size_t i, uint8_t *data, size_t length)
{
    munmap(data, length);
}

static unsigned
kernel_wait(void *self, unsigned ms, GCancellable *cancel)
{
    const Kernel *kernel = self;
    GPollFD fds[2] = { { kernel->fd, G_IO_IN, 0 }, { -1, 0, 0 } };
    bool cancels = cancel != NULL && g_cancellable_make_pollfd(cancel, &fds[1]);
    int n = g_poll(fds, cancels ? 2 : 1, (int)ms);

    if (cancels)
        g_cancellable_release_fd(cancel);
    if (g_cancellable_is_cancelled(cancel))
        return ECANCELED;
    return n > 0 ? 0 : ETIMEDOUT;
}

static void
kernel_close(void *self)
{
    Kernel *kernel = self;

    if (kernel->fd >= 0)
        close(kernel->fd);
    kernel->fd = -1;
}

static const SaoyCameraKernelClass kernel_class = {
    .open = kernel_open,
    .ioctl = kernel_ioctl,
    .map = kernel_map,
    .unmap = kernel_unmap,
    .wait = kernel_wait,
    .close = kernel_close,
    .free = g_free,
};

SaoyCameraKernel
saoy_camera_kernel(void)
{
    Kernel *kernel = g_new0(Kernel, 1);

    kernel->fd = -1;
    return (SaoyCameraKernel){ &kernel_class, kernel };
}
