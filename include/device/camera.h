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

/* /dev/videoN: YUYV or MJPEG, "?width=1280&height=720" (default 640 x 480 or the nearest);
 * "tape:FILE" replays a recorded conversation with the kernel (tests/data/tape). */
extern const SaoyCameraDriver saoy_camera_v4l2;

/* A folder of pictures in name order, in a loop, none left out; 12 a second, or "?fps=N",
 * fps=0 without any waiting. The lever file "fault" holding "offline" takes it away, "hang"
 * makes it time out, "empty" shows a grey wall: nobody is there. */
extern const SaoyCameraDriver saoy_camera_emu;

typedef struct SaoyCamera SaoyCamera;

/* OFFLINE when there is no such camera, or another program streams from it. */
SaoyCamera *saoy_camera_open(const char *driver, const char *address, GError **error);

/* The next frame, RGB, to be freed by the caller. TIMEOUT after 1 s, OFFLINE when it has
 * gone, MALFORMED a picture that does not decode (the next may), CANCELLED. */
SaoyImage *saoy_camera_frame(SaoyCamera *camera, GCancellable *cancel, GError **error);
void saoy_camera_close(SaoyCamera *camera);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCamera, saoy_camera_close)
