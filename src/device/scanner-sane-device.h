#pragma once
#include <gio/gio.h>
#include <sane/sane.h>
#include <stdbool.h>

/* The seam below the SANE driver: what it asks of one open device. libsane stands behind
 * it, or a tape. One thread; cancel from any. */
typedef struct {
    const SANE_Option_Descriptor *(*option)(void *self, SANE_Int i);
    SANE_Status (*control)(void *self, SANE_Int i, SANE_Action action, void *value,
                           SANE_Int *info);
    SANE_Status (*parameters)(void *self, SANE_Parameters *out);
    SANE_Status (*start)(void *self);
    SANE_Status (*read)(void *self, SANE_Byte *buffer, SANE_Int max, SANE_Int *out_n);
    void (*cancel)(void *self);
    void (*close)(void *self);
} SaoySaneClass;

typedef struct {
    const SaoySaneClass *cls;
    void *self;
} SaoySaneDevice;

/* "": the first there is. OFFLINE when there is none, or not this one. */
bool saoy_sane_device_open(const char *name, SaoySaneDevice *out, GError **error);

/* Wraps: writes every call but cancel to a tape. Takes inner. */
SaoySaneDevice saoy_sane_device_record(SaoySaneDevice inner, const char *tape);

/* Answers from a tape alone; after its end, or asked something else, as a device that was
 * pulled out. */
bool saoy_sane_device_play(const char *tape, SaoySaneDevice *out, GError **error);
