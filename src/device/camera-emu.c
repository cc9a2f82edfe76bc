/* The emulated camera: a folder of pictures at a camera's pace. No frame is left out, so
 * that the same folder always tells the same story, however slow the machine. */
#include "address.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "device/camera.h"
#include "picture.h"
#include "watch.h"

#include <string.h>

#define FRAME_MAX_BYTES (32u << 20)
#define FPS_MAX 120u
#define GREY 128 /* an empty place */

typedef struct {
    char *folder;
    GPtrArray *names;
    unsigned next;
    int64_t period_us, due_us;
} Emu;

static void *
emu_open(const char *text, GError **error)
{
    g_auto(SaoyAddress) address = { 0 };
    g_autoptr(GPtrArray) names = NULL;

    saoy_address_parse(text, &address);
    names = saoy_picture_list(address.base, false);
    if (names->len == 0)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "no pictures in %s", address.base);

    uint64_t fps = g_ascii_strtoull(saoy_address_get(&address, "fps", "12"), NULL, 10);
    Emu *emu = g_new0(Emu, 1);
    *emu = (Emu){
        .folder = g_strdup(address.base),
        .names = g_steal_pointer(&names),
        .period_us = fps == 0 ? 0 : (int64_t)(1000000 / MIN(fps, FPS_MAX)),
    };
    return emu;
}

static bool
meet_fault(const Emu *emu, bool *empty, GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_build_filename(emu->folder, "fault", NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return true;
    *empty = g_str_has_prefix(text, "empty");
    if (g_str_has_prefix(text, "offline"))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "unplugged");
    if (g_str_has_prefix(text, "hang"))
        return saoy_watch_sleep(1000, cancel, error) &&
               saoy_fail(error, SAOY_ERROR_TIMEOUT, "no frame within 1 s");
    return true;
}

static bool
keep_pace(Emu *emu, GCancellable *cancel, GError **error)
{
    int64_t now = saoy_clock_mono_us();
    int64_t wait_us = CLAMP(emu->due_us - now, 0, emu->period_us);

    emu->due_us = MAX(emu->due_us, now) + emu->period_us;
    return wait_us == 0 || saoy_watch_sleep((unsigned)(wait_us / 1000), cancel, error);
}

static SaoyImage *
emu_frame(void *self, GCancellable *cancel, GError **error)
{
    Emu *emu = self;
    bool empty = false;

    if (!meet_fault(emu, &empty, cancel, error) || !keep_pace(emu, cancel, error))
        return NULL;

    const char *name = emu->names->pdata[emu->next++ % emu->names->len];
    g_autofree char *path = g_build_filename(emu->folder, name, NULL);
    g_autoptr(GBytes) file = saoy_file_read(path, FRAME_MAX_BYTES, error);
    SaoyImage *frame = file != NULL ? saoy_picture_rgb(file, error) : NULL;
    if (frame != NULL && empty)
        memset(frame->pixels, GREY, (size_t)frame->stride * (size_t)frame->height);
    return frame;
}

static void
emu_close(void *self)
{
    Emu *emu = self;

    g_ptr_array_unref(emu->names);
    g_free(emu->folder);
    g_free(emu);
}

const SaoyCameraDriver saoy_camera_emu = {
    .name = "emu",
    .open = emu_open,
    .frame = emu_frame,
    .close = emu_close,
};
