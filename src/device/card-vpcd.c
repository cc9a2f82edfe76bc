/* The chip's side of vpcd, pcscd's virtual reader: it listens, we call. Messages both ways
 * are a length in two bytes, high byte first, and that many bytes; one byte is a control
 * code, more are a command APDU. So neither command nor answer has more than 65,535 bytes;
 * extended length comes through. The reader looks for its card every 0.4 s and knows no
 * speed and no field that weakens: what takes its time on the air takes none here. */
#include "card-chip.h"
#include "core/error.h"
#include "device/card.h"
#include "watch.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, GET_ATR = 4 };

#define MAX_MESSAGE 65535
/* pcscd looks for cards every 0.4 s: it has to see that this one is gone */
#define AWAY_MS 1000

/* As a PC/SC reader makes it up for an ISO 14443-4 card without historical bytes. */
static const uint8_t atr[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 };

static bool
receive(GInputStream *in, GByteArray *message, GCancellable *cancel, GError **error)
{
    uint8_t length[2];
    gsize n = 0;
    unsigned size;

    if (!g_input_stream_read_all(in, length, sizeof length, &n, cancel, error))
        return false;
    if (n < sizeof length)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the virtual reader has gone");
    size = (unsigned)length[0] << 8 | length[1];
    g_byte_array_set_size(message, size);
    if (!g_input_stream_read_all(in, message->data, size, &n, cancel, error))
        return false;
    return n == size || saoy_fail(error, SAOY_ERROR_OFFLINE, "the virtual reader has gone");
}

static bool
answer(GOutputStream *out, SaoyView bytes, GCancellable *cancel, GError **error)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    const uint8_t length[] = { (uint8_t)(bytes.size >> 8), (uint8_t)bytes.size };

    g_byte_array_append(message, length, sizeof length);
    g_byte_array_append(message, bytes.data, (unsigned)bytes.size);
    return g_output_stream_write_all(out, message->data, message->len, NULL, cancel, error);
}

/* Power and reset want no answer. */
static bool
control(SaoyChip *chip, uint8_t code, GOutputStream *out, GCancellable *cancel,
        GError **error)
{
    if (code == GET_ATR)
        return answer(out, (SaoyView){ atr, sizeof atr }, cancel, error);
    if (code == POWER_OFF || code == POWER_ON || code == RESET)
        saoy_chip_reset(chip);
    return true;
}

/* vpcd sends length and bytes apart: an acknowledgement held back would cost 40 ms each. */
static void
acknowledge_at_once(GSocketConnection *connection)
{
    g_socket_set_option(g_socket_connection_get_socket(connection), IPPROTO_TCP,
                        TCP_QUICKACK, 1, NULL);
}

static bool
serve(SaoyChip *chip, GSocketConnection *connection, GCancellable *cancel, GError **error)
{
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    g_autoptr(GByteArray) message = g_byte_array_sized_new(MAX_MESSAGE);
    g_autoptr(GByteArray) response = g_byte_array_sized_new(MAX_MESSAGE);
    SaoyChannel channel = saoy_chip_channel(chip);

    for (;;) {
        acknowledge_at_once(connection);
        if (!receive(in, message, cancel, error))
            return false;
        if (message->len == 1) {
            if (!control(chip, message->data[0], out, cancel, error))
                return false;
            continue;
        }
        if (message->len == 0)
            continue;
        if (!channel.transceive(channel.self, (SaoyView){ message->data, message->len },
                                response, cancel, error) ||
            !answer(out, (SaoyView){ response->data, response->len }, cancel, error))
            return false;
    }
}

/* One life on the reader: till it goes, or the card does. */
static bool
lie_there(SaoyChip *chip, const char *host, uint16_t port, void (*on_ready)(void *user),
          void *user, GCancellable *cancel, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;

    g_socket_client_set_enable_proxy(client, FALSE);
    connection = g_socket_client_connect_to_host(client, host, port, cancel, error);
    if (connection == NULL)
        return false;
    if (on_ready != NULL)
        on_ready(user);
    return serve(chip, connection, cancel, error);
}

bool
saoy_card_emulate(const char *persona, const char *const *levers, const char *host,
                  uint16_t port, void (*on_ready)(void *user), void *user,
                  GCancellable *cancel, GError **error)
{
    g_autoptr(SaoyChip) chip = saoy_card_chip_open(persona, levers, error);
    g_autoptr(GError) why = NULL;

    if (chip == NULL)
        return false;
    (void)lie_there(chip, host, port, on_ready, user, cancel, &why);
    while (saoy_chip_returns(chip)) {
        g_clear_error(&why);
        if (!saoy_watch_sleep(AWAY_MS, cancel, &why))
            break;
        saoy_chip_reset(chip);
        (void)lie_there(chip, host, port, NULL, NULL, cancel, &why);
    }
    if (why->domain == SAOY_ERROR ||
        g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return saoy_fail(error, SAOY_ERROR_OFFLINE, "virtual reader %s:%u: %s", host, port,
                     why->message);
}
