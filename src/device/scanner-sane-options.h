#pragma once
#include "address.h"
#include "device/scanner.h"
#include "scanner-sane-device.h"

/* In sane.h, but behind a condition there. */
enum { SAOY_SANE_WARMING_UP = 12, SAOY_SANE_HW_LOCKED = 13 };

/* SANE's dozens of statuses become ours here. at: "open", "start", "read", an option's
 * name. */
bool saoy_sane_fail(SANE_Status status, const char *at, GError **error);

/* Where the sheets come from. */
typedef enum {
    SAOY_SOURCE_ONE,    /* no choice: a glass, or a device that has no such option */
    SAOY_SOURCE_FEEDER, /* sheets until NO_DOCS */
    SAOY_SOURCE_DUPLEX  /* the same, front and back in turn */
} SaoySource;

/* Sets one option from text by its type; FAILED when there is none, it is not settable now,
 * or the text is not a value of it. */
bool saoy_sane_set(const SaoySaneDevice *device, const char *name, const char *text,
                   GError **error);

/* Colour, 8 bits, the resolution asked for or the nearest, the whole area, and the source,
 * each as far as this device can; then what the address says, which wins. */
bool saoy_sane_configure(const SaoySaneDevice *device, const SaoyAddress *address,
                         const SaoyScanRequest *request, bool feeder,
                         SaoySource *out_source, int *out_dpi, GError **error);
