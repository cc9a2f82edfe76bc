#pragma once
#include "vision/image.h"

#include <gio/gio.h>

typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    /* the next frame, RGB; blocks at most 1 s */
    SaoyImage *(*frame)(void *self, GCancellable *cancel, GError **error);
    void (*close)(void *self);
} SaoyCameraDriver;

extern const SaoyCameraDriver saoy_camera_v4l2; /* /dev/videoN: YUYV or MJPEG */
extern const SaoyCameraDriver saoy_camera_emu;  /* folder of 000.jpg …, 12 a second, in a loop */

typedef struct SaoyCamera SaoyCamera;
SaoyCamera *saoy_camera_open(const char *driver, const char *address, GError **error);
SaoyImage *saoy_camera_frame(SaoyCamera *camera, GCancellable *cancel, GError **error);
void saoy_camera_close(SaoyCamera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCamera, saoy_camera_close)
