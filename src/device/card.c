#include "device/card.h"

#include "core/error.h"
#include "watch.h"

#include <string.h>

struct SaoyCard {
    const SaoyCardDriver *driver;
    void *self;
};

static const SaoyCardDriver *const drivers[] = { &saoy_card_pcsc, &saoy_card_emu };

SaoyCard *
saoy_card_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        int64_t start = saoy_watch_start();
        void *self = drivers[i]->open(address, error);
        if (!saoy_watch_end(SAOY_DEVICE_CARD, driver, "open", start, self != NULL, error))
            return NULL;
        SaoyCard *card = g_new0(SaoyCard, 1);
        *card = (SaoyCard){ drivers[i], self };
        return card;
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no card driver named %s", driver);
}

SaoyCard *
saoy_card_open_reader(const char *reader, GError **error)
{
    if (reader == NULL)
        reader = "";
    if (g_str_has_prefix(reader, "emu:"))
        return saoy_card_open("emu", reader + strlen("emu:"), error);
    if (g_str_has_prefix(reader, "pcsc:"))
        reader += strlen("pcsc:");
    return saoy_card_open("pcsc", reader, error);
}

bool
saoy_card_connect(SaoyCard *card, unsigned timeout_s, GCancellable *cancel, GError **error)
{
    int64_t start = saoy_watch_start();
    bool done = card->driver->connect(card->self, timeout_s, cancel, error);

    return saoy_watch_end(SAOY_DEVICE_CARD, card->driver->name, "connect", start, done,
                          error);
}

/* Not logged and not counted one by one: a reading is some hundred of them. */
static bool
transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    SaoyCard *card = self;

    g_byte_array_set_size(response, 0);
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    if (card->driver->transceive(card->self, command, response, cancel, error))
        return true;
    g_prefix_error(error, "card %s: ", card->driver->name);
    return false;
}

SaoyChannel
saoy_card_channel(SaoyCard *card)
{
    return (SaoyChannel){ transceive, card };
}

bool
saoy_card_present(SaoyCard *card)
{
    return card->driver->present(card->self);
}

void
saoy_card_disconnect(SaoyCard *card)
{
    card->driver->disconnect(card->self);
}

void
saoy_card_close(SaoyCard *card)
{
    if (card == NULL)
        return;
    card->driver->disconnect(card->self);
    card->driver->close(card->self);
    g_free(card);
}
