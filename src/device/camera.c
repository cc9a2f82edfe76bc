#include "device/camera.h"

#include "core/error.h"
#include "watch.h"

struct SaoyCamera {
    const SaoyCameraDriver *driver;
    void *self;
};

static const SaoyCameraDriver *const drivers[] = { &saoy_camera_v4l2, &saoy_camera_emu };

SaoyCamera *
saoy_camera_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        int64_t start = saoy_watch_start();
        void *self = drivers[i]->open(address, error);
        if (!saoy_watch_end(SAOY_DEVICE_CAMERA, driver, "open", start, self != NULL, error))
            return NULL;
        SaoyCamera *camera = g_new0(SaoyCamera, 1);
        *camera = (SaoyCamera){ drivers[i], self };
        return camera;
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no camera driver named %s", driver);
}

SaoyImage *
saoy_camera_frame(SaoyCamera *camera, GCancellable *cancel, GError **error)
{
    int64_t start = saoy_watch_start();
    SaoyImage *image = NULL;

    if (!g_cancellable_set_error_if_cancelled(cancel, error))
        image = camera->driver->frame(camera->self, cancel, error);
    if (image == NULL) /* a dozen good frames a second are no news */
        saoy_watch_end(SAOY_DEVICE_CAMERA, camera->driver->name, "frame", start, false,
                       error);
    return image;
}

void
saoy_camera_close(SaoyCamera *camera)
{
    camera->driver->close(camera->self);
    g_free(camera);
}
