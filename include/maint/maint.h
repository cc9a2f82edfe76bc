#pragma once
#include "device/bench.h"

#include <gio/gio.h>

/* What a technician asks of a machine (product.md §8): the self-test behind `saoy doctor`
 * and the MAINT page, and the PIN that opens it. No personal data anywhere in it. */
typedef enum {
    SAOY_CHECK_OK,
    SAOY_CHECK_NOTE,  /* works, with something to know */
    SAOY_CHECK_FAULT, /* does not work */
    SAOY_CHECK_N
} SaoyCheckState;
const char *saoy_check_state_name(SaoyCheckState state); /* "ok" "note" "fault" */

typedef struct {
    char *name; /* "scanner", "model saoy-face-embed.onnx", "hub" … */
    SaoyCheckState state;
    const char *sentence; /* msgid, static: what it means to people */
    char *detail;         /* English or figures, "" none: what it means to engineers */
} SaoyCheck;

/* An array of SaoyCheck *, owned by it. */
GPtrArray *saoy_checks_new(void);
void saoy_checks_add(GPtrArray *checks, const char *name, SaoyCheckState state,
                     const char *sentence, const char *detail);
SaoyCheckState saoy_checks_worst(const GPtrArray *checks);

/* What to look at; NULL or "" where the machine has none. All borrowed. */
typedef struct {
    SaoyDeviceAddress devices[SAOY_DEVICE_N];
    const char *data_dir, *journal;
    const char *hub_url, *hub_ca, *hub_cert, *hub_key;
    const char *csca_trust, *seal_trust; /* directories */
    const SaoyBench *asked; /* what each device answered on its own thread; NULL: ask now */
} SaoySelftest;

/* Looks at everything, one after another, and appends to checks. bench: the devices already
 * open, or NULL to open and close them here (a kiosk that runs holds them). Blocks for
 * seconds; any one thread on which the bench may be used. Moves no paper. */
void saoy_selftest(const SaoySelftest *what, SaoyBench *bench, GPtrArray *checks,
                   GCancellable *cancel);

/* One line per device kind that was used: name, "commands N, faults M, last CODE". */
void saoy_counters_report(GPtrArray *checks);

/* Where the PIN of technician 1..999 is kept, and whether this machine has any; the path is
 * freed with g_free. */
char *saoy_pin_path(const char *data_dir, unsigned technician);
bool saoy_pin_any(const char *data_dir);

/* The technician's PIN: scrypt (RFC 7914) in a file of mode 0600, 4 to 12 digits. */
bool saoy_pin_set(const char *path, const char *pin, GError **error);

/* True when it is right. REFUSED when it is wrong or locked: after five wrong ones a
 * minute, doubling to an hour; attempts are counted in "<path>.tries" before they are
 * checked, so that switching off does not help. NO_MEDIA when none is set: nobody gets in.
 * Takes 50 ms CPU. */
bool saoy_pin_check(const char *path, const char *pin, GError **error);
