#pragma once
#include "device/camera.h"
#include "device/card.h"
#include "device/payment.h"
#include "device/printer.h"
#include "device/scanner.h"

/* All devices of one machine, and one picture of their health. */
typedef enum {
    SAOY_DEVICE_SCANNER,
    SAOY_DEVICE_CAMERA,
    SAOY_DEVICE_PRINTER,
    SAOY_DEVICE_CARD,
    SAOY_DEVICE_PAYMENT,
    SAOY_DEVICE_N
} SaoyDeviceKind;
const char *saoy_device_name(SaoyDeviceKind kind); /* "scanner" … */

typedef enum {
    SAOY_HEALTH_ABSENT, /* none configured, or it does not open */
    SAOY_HEALTH_READY,
    SAOY_HEALTH_BUSY,      /* another program holds it */
    SAOY_HEALTH_ATTENTION, /* a person can mend it: no paper, paper left inside */
    SAOY_HEALTH_FAILED,    /* staff must: jam, fault */
    SAOY_HEALTH_N
} SaoyHealth;

/* What the commands of a kind came to since the program started; any thread. */
typedef struct {
    unsigned commands, faults;
    int last_fault; /* SaoyErrorCode, -1 none yet */
    int64_t last_fault_us;
    unsigned care; /* times that something wanted a technician's hand */
} SaoyDeviceCounters;
SaoyDeviceCounters saoy_device_counters(SaoyDeviceKind kind);

/* It works, but a technician should look: into the log and the counters. what: a static
 * word of ours ("glass": dirt on it). Any thread. */
void saoy_device_needs_care(SaoyDeviceKind kind, const char *what);

/* What the hardware still holds from before: the flow then begins by saying so. */
typedef struct {
    bool paper_on_glass, card_left, job_spooled;
} SaoyLeftovers;

typedef struct {
    const char *driver, *address; /* driver NULL or "": this machine has none */
} SaoyDeviceAddress;

/* Owns the handles; each belongs to one thread at a time (its device's worker). A handle is
 * NULL when the device is absent. */
typedef struct {
    SaoyScanner *scanner;
    SaoyCamera *camera;
    SaoyPrinter *printer;
    SaoyCard *card;
    SaoyPayment *payment;
    SaoyHealth health[SAOY_DEVICE_N];
    char *reason[SAOY_DEVICE_N]; /* English, for logs and technicians; "" when ready */
    bool configured[SAOY_DEVICE_N];
} SaoyBench;

/* Opens what can be opened; a device that does not open is absent, not an error. addresses
 * are indexed by SaoyDeviceKind and borrowed only during the call. */
SaoyBench *saoy_bench_open(const SaoyDeviceAddress addresses[SAOY_DEVICE_N]);
void saoy_bench_close(SaoyBench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyBench, saoy_bench_close)

/* Asks one device anew, without moving paper. Blocks; on that device's thread only. */
SaoyHealth saoy_bench_poll(SaoyBench *bench, SaoyDeviceKind kind);

/* Looks at the glass (75 dpi), the card slot and the spool. Blocks for seconds; on the
 * thread that opened, before the workers start. A look that fails counts as "holds
 * nothing". */
SaoyLeftovers saoy_bench_leftovers(SaoyBench *bench);
