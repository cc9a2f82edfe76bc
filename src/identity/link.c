#include "link.h"

#include "core/ossl.h"
#include "tlv.h"

#include <string.h>

/* one extended answer and its secure messaging objects */
#define SCRATCH 66000
#define MAX_ROUNDS 64 /* of GET RESPONSE for one command */

void
saoy_link_init(SaoyLink *link, SaoyChannel channel, GCancellable *cancel)
{
    *link = (SaoyLink){ .channel = channel, .cancel = cancel, .random = saoy_random };
    link->raw = saoy_array_new(SCRATCH);
    link->answer = saoy_array_new(SCRATCH);
}

void
saoy_link_clear(SaoyLink *link)
{
    saoy_array_free(link->raw);
    saoy_array_free(link->answer);
    explicit_bzero(link, sizeof *link);
}

/* One exchange as it travels; the answer is in link->raw. */
static bool
exchange(SaoyLink *link, SaoyView command, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(link->cancel, error))
        return false;
    saoy_array_clear(link->raw);
    if (!link->channel.transceive(link->channel.self, command, link->raw, link->cancel,
                                  error))
        return false;
    link->apdus++;
    link->bytes += command.size + link->raw->len;
    if (link->raw->len > SCRATCH - 200)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "answer of %u bytes", link->raw->len);
    return true;
}

/* Adds what the chip has in answer to a plain command: 61xx and 6Cxx are its ways of saying
 * how much there is (ISO 7816-4, 5.1.3). */
static bool
send_plain(SaoyLink *link, SaoyApdu command, uint16_t *out_sw, GError **error)
{
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        g_autoptr(SaoyArray) bytes = saoy_array_new(command.data.size + 16);
        SaoyView data = { 0 };
        uint16_t sw = 0;

        saoy_apdu_put(bytes, &command);
        if (!exchange(link, saoy_view_array(bytes), error) ||
            !saoy_apdu_answer(saoy_view_array(link->raw), &data, &sw, error))
            return false;
        if (link->answer->len + data.size > SCRATCH)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "endless answer");
        g_byte_array_append(link->answer, data.data, (unsigned)data.size);
        if (sw >> 8 == 0x6c && command.le != (sw & 0xffu)) {
            command.le = (sw & 0xffu) == 0 ? 256 : sw & 0xffu;
        } else if (sw >> 8 == 0x61) {
            command = (SaoyApdu){ .ins = 0xc0, .le = (sw & 0xffu) == 0 ? 256 : sw & 0xffu };
        } else {
            *out_sw = sw;
            return true;
        }
    }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "endless answer");
}

static bool
send_protected(SaoyLink *link, const SaoyApdu *command, uint16_t *out_sw, GError **error)
{
    g_autoptr(SaoyArray) bytes = saoy_array_new(command->data.size + 128);

    return saoy_sm_wrap(&link->sm, command, bytes, error) &&
           exchange(link, saoy_view_array(bytes), error) &&
           saoy_sm_unwrap(&link->sm, saoy_view_array(link->raw), link->answer, out_sw,
                          error);
}

bool
saoy_link_send(SaoyLink *link, const SaoyApdu *command, SaoyView *out_data,
               uint16_t *out_sw, GError **error)
{
    uint16_t sw = 0;

    saoy_array_clear(link->answer);
    if (link->sm.active) {
        if (!send_protected(link, command, &sw, error)) {
            saoy_sm_wipe(&link->sm);
            return false;
        }
        if (link->raw->len == 2)
            saoy_sm_wipe(&link->sm); /* the chip has ended the session */
    } else if (!send_plain(link, *command, &sw, error)) {
        return false;
    }
    *out_data = saoy_view_array(link->answer);
    *out_sw = sw;
    return true;
}
