#pragma once
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* The seam below the V4L2 driver: the handful of system calls it makes. Each answers 0 or
 * an errno. The kernel stands behind it, or a tape, or a test's own camera. */
typedef struct {
    unsigned (*open)(void *self, const char *path);
    unsigned (*ioctl)(void *self, unsigned long request, void *arg, size_t size);
    /* the i-th buffer; NULL when it cannot be mapped */
    uint8_t *(*map)(void *self, size_t i, size_t length, int64_t offset);
    void (*unmap)(void *self, size_t i, uint8_t *data, size_t length);
    /* 0 a frame is there, ETIMEDOUT, ECANCELED */
    unsigned (*wait)(void *self, unsigned ms, GCancellable *cancel);
    void (*close)(void *self);
    void (*free)(void *self);
} SaoyCameraKernelClass;

typedef struct {
    const SaoyCameraKernelClass *cls;
    void *self;
} SaoyCameraKernel;

#define SAOY_CAMERA_BUFFERS 8

SaoyCameraKernel saoy_camera_kernel(void);

/* Wraps: writes every call to a tape. Takes inner. */
SaoyCameraKernel saoy_camera_kernel_record(SaoyCameraKernel inner, const char *tape);

/* Answers from a tape alone; calls that are not on it fail with ENODEV. */
bool saoy_camera_kernel_play(const char *tape, SaoyCameraKernel *out, GError **error);

/* The driver over any such kernel; takes it. For tests and tools; others open the driver.
 */
void *saoy_camera_v4l2_new(SaoyCameraKernel kernel, const char *path, int width, int height,
                           GError **error);
