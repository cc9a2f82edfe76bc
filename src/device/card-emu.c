/* The emulated reader behaves: what lies on it is the software chip of a persona file, real
 * cryptography and all, and it obeys the levers in <file>.fault. */
#include "card-chip.h"
#include "core/clock.h"
#include "core/error.h"
#include "device/card.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOOK_MS 20

typedef struct {
    char *persona;
    int lock; /* the persona file, flocked: one reader, one user */
    SaoyChip *chip;
    char *stamp; /* of the persona and levers that it was made from */
    bool connected;
} Emu;

static bool
lies_there(const Emu *emu)
{
    g_auto(GStrv) levers = saoy_card_levers(emu->persona);

    return !g_strv_contains((const char *const *)levers, "absent") &&
           access(emu->persona, R_OK) == 0;
}

static void
emu_close(void *self)
{
    Emu *emu = self;

    saoy_chip_close(emu->chip);
    if (emu->lock >= 0)
        close(emu->lock);
    g_free(emu->persona);
    g_free(emu->stamp);
    g_free(emu);
}

static void *
emu_open(const char *address, GError **error)
{
    Emu *emu = g_new0(Emu, 1);

    emu->persona = g_strdup(address);
    emu->lock = open(address, O_RDONLY | O_CLOEXEC);
    if (emu->lock < 0)
        saoy_set_error(error, SAOY_ERROR_OFFLINE, "%s: %s", address, g_strerror(errno));
    else if (flock(emu->lock, LOCK_EX | LOCK_NB) != 0)
        saoy_set_error(error, SAOY_ERROR_OFFLINE, "%s is open already", address);
    else
        return emu;
    emu_close(emu);
    return NULL;
}

/* The same card stays the same one, and what its levers have done once is done; written
 * anew, they are new. */
static bool
lay_down(Emu *emu, GError **error)
{
    g_autofree char *stamp = saoy_card_stamp(emu->persona);

    emu->connected = false;
    if (emu->chip != NULL && g_strcmp0(stamp, emu->stamp) == 0) {
        saoy_chip_reset(emu->chip);
    } else {
        g_clear_pointer(&emu->chip, saoy_chip_close);
        g_free(emu->stamp);
        emu->stamp = g_steal_pointer(&stamp);
        emu->chip = saoy_card_chip_open(emu->persona, NULL, error);
    }
    emu->connected = emu->chip != NULL;
    return emu->connected;
}

static bool
emu_connect(void *self, unsigned timeout_s, GCancellable *cancel, GError **error)
{
    Emu *emu = self;
    int64_t end = saoy_clock_mono_us() + (int64_t)timeout_s * G_USEC_PER_SEC;

    for (;;) {
        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        if (lies_there(emu))
            return lay_down(emu, error);
        if (saoy_clock_mono_us() >= end)
            return saoy_fail(error, SAOY_ERROR_TIMEOUT, "no card within %u s", timeout_s);
        if (!saoy_watch_sleep(LOOK_MS, cancel, error))
            return false;
    }
}

static bool
emu_transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
               GError **error)
{
    Emu *emu = self;
    SaoyChannel channel = { 0 };

    if (!emu->connected || !lies_there(emu))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the card has gone");
    channel = saoy_chip_channel(emu->chip);
    return channel.transceive(channel.self, command, response, cancel, error);
}

static bool
emu_present(void *self)
{
    const Emu *emu = self;

    return (emu->chip == NULL || !saoy_chip_pulled(emu->chip)) && lies_there(emu);
}

static void
emu_disconnect(void *self)
{
    Emu *emu = self;

    if (emu->chip != NULL && !saoy_chip_pulled(emu->chip))
        saoy_chip_reset(emu->chip); /* no key outlives it */
    emu->connected = false;
}

const SaoyCardDriver saoy_card_emu = {
    .name = "emu",
    .open = emu_open,
    .connect = emu_connect,
    .transceive = emu_transceive,
    .present = emu_present,
    .disconnect = emu_disconnect,
    .close = emu_close,
};
