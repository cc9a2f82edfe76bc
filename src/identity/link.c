#include "link.h"

#include "core/ossl.h"
#include "tlv.h"

#include <string.h>

/* one extended answer and its secure messaging objects */
#define SCRATCH 66000
#define MAX_ROUNDS 64     /* of GET RESPONSE for one command */
#define MAX_CORRECTIONS 3 /* of the length of one command */

void
saoy_link_init(SaoyLink *link, SaoyChannel channel, GCancellable *cancel)
{
    *link = (SaoyLink){ .channel = channel,
                        .cancel = cancel,
                        .random = saoy_random,
                        .answer_max = SAOY_ANSWER_EXTENDED };
    link->part = saoy_array_new(SCRATCH);
    link->raw = saoy_array_new(SCRATCH);
    link->answer = saoy_array_new(SCRATCH);
}

void
saoy_link_clear(SaoyLink *link)
{
    saoy_array_free(link->part);
    saoy_array_free(link->raw);
    saoy_array_free(link->answer);
    explicit_bzero(link, sizeof *link);
}

unsigned
saoy_link_room(const SaoyLink *link, bool extended)
{
    unsigned most = extended ? link->answer_max : SAOY_ANSWER_SHORT;

    if (!extended && link->le_zero)
        return SAOY_ANSWER_SHORT;
    return link->sm.active ? saoy_sm_room(&link->sm, most) : most;
}

/* One exchange as it travels; the answer is in link->part. */
static bool
exchange(SaoyLink *link, SaoyView command, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(link->cancel, error))
        return false;
    saoy_array_clear(link->part);
    if (!link->channel.transceive(link->channel.self, command, link->part, link->cancel,
                                  error)) {
        link->broken = true;
        return false;
    }
    link->apdus++;
    link->bytes += command.size + link->part->len;
    return link->part->len <= SCRATCH - 200 ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "answer of %u bytes", link->part->len);
}

/* One command and all of its answer, in link->raw. 61xx is the transport's way of saying
 * that there is more (ISO 7816-4, 5.3.4); GET RESPONSE therefore goes unprotected, and what
 * it brings is one protected answer in pieces. Only the first piece may be empty. */
static bool
converse(SaoyLink *link, SaoyView command, GError **error)
{
    uint8_t more[] = { 0x00, 0xc0, 0x00, 0x00, 0x00 };

    saoy_array_clear(link->raw);
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        SaoyView data = { 0 };

        if (!exchange(link, command, error) ||
            !saoy_apdu_answer(saoy_view_array(link->part), &data, &link->sw, error))
            return false;
        if (link->raw->len + data.size > SCRATCH - 2 || (round > 0 && data.size == 0))
            break;
        g_byte_array_append(link->raw, data.data, (unsigned)data.size);
        if (link->sw >> 8 != 0x61) {
            const uint8_t sw[] = { (uint8_t)(link->sw >> 8), (uint8_t)link->sw };

            g_byte_array_append(link->raw, sw, sizeof sw);
            return true;
        }
        more[4] = (uint8_t)link->sw;
        command = (SaoyView){ more, sizeof more };
    }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "endless answer (61xx)");
}

static bool
send_plain(SaoyLink *link, const SaoyApdu *command, GError **error)
{
    g_autoptr(SaoyArray) bytes = saoy_array_new(command->data.size + 16);
    SaoyView data = { 0 };

    saoy_apdu_put(bytes, command);
    if (!converse(link, saoy_view_array(bytes), error) ||
        !saoy_apdu_answer(saoy_view_array(link->raw), &data, &link->sw, error))
        return false;
    g_byte_array_append(link->answer, data.data, (unsigned)data.size);
    return true;
}

static bool
send_protected(SaoyLink *link, const SaoyApdu *command, GError **error)
{
    g_autoptr(SaoyArray) bytes = saoy_array_new(command->data.size + 128);
    bool sent = saoy_sm_wrap(&link->sm, command, bytes, error) &&
                converse(link, saoy_view_array(bytes), error) &&
                saoy_sm_unwrap(&link->sm, saoy_view_array(link->raw), link->answer,
                               &link->sw, error);

    if (!sent || link->raw->len == 2)
        saoy_sm_wipe(&link->sm); /* the chip has ended the session, or we do */
    return sent;
}

/* What a chip answers that does not know extended length, or not so much of it. */
static bool
is_about_length(uint16_t sw)
{
    return sw == SAOY_SW_WRONG_LENGTH || sw == SAOY_SW_WRONG_P1P2 ||
           sw == SAOY_SW_WRONG_OFFSET || sw == SAOY_SW_UNKNOWN || sw == SAOY_SW_SM_WRONG ||
           sw == SAOY_SW_SM_MISSING;
}

static bool
is_reading(const SaoyApdu *command)
{
    return (command->ins & 0xfe) == 0xb0;
}

/* READ BINARY may be given less than it asks for; the others are answered whole or not. */
static void
shorten(const SaoyLink *link, SaoyApdu *command)
{
    if (command->le > SAOY_ANSWER_SHORT)
        command->le = is_reading(command) ? saoy_link_room(link, false) : SAOY_ANSWER_SHORT;
}

/* One try, and what it says about extended length. */
typedef struct {
    SaoyApdu command;
    bool sealed, extended, zeroed, done;
    unsigned corrections;
} Try;

static bool
is_extended(const SaoyApdu *command)
{
    return command->le > SAOY_ANSWER_SHORT || command->data.size > 255;
}

static bool
can_be_short(const Try *try)
{
    return try->extended && try->command.data.size <= 255;
}

/* After an extended command that failed: whether it may be sent again in short form. When
 * the session went with it, the chip must be opened again. */
static bool
fall_back(SaoyLink *link, Try *try)
{
    link->length = SAOY_LENGTH_SHORT;
    link->fell_back = try->sealed && !link->sm.active;
    shorten(link, &try->command);
    return !link->fell_back;
}

/* A reader's driver may choke on extended length before any chip sees it. Where it has
 * worked before, a broken channel means a card that was taken. */
static bool
recover(SaoyLink *link, Try *try, const GError *why)
{
    bool again = link->broken && can_be_short(try) && !link->worked[try->sealed] &&
                 why->domain == SAOY_ERROR && fall_back(link, try);

    link->broken = link->broken && !again;
    return again;
}

/* Le for the next try when the chip dislikes this one: 00 for a number, none for 00, 00 for
 * none (ISO 7816-4 leaves it open; chips do not). */
static unsigned
next_le(const SaoyApdu *command)
{
    if (command->le == SAOY_ANSWER_SHORT)
        return command->data.size > 0 ? 0 : SAOY_ANSWER_SHORT;
    return SAOY_ANSWER_SHORT;
}

/* A session lost over a number of bytes is opened once more, and then no number is named.
 */
static void
blame_le(SaoyLink *link, const Try *try)
{
    if (is_reading(&try->command) && try->command.le < SAOY_ANSWER_SHORT && !link->le_zero)
        link->le_zero = link->fell_back = true;
}

/* Whether the same command is to be sent once more, changed as the status word suggests. */
static bool
correct(SaoyLink *link, Try *try)
{
    unsigned le = try->command.le;

    if (can_be_short(try) && is_about_length(link->sw))
        return fall_back(link, try);
    if (link->sw >> 8 == 0x6c)
        le = (link->sw & 0xffu) == 0 ? SAOY_ANSWER_SHORT : link->sw & 0xffu;
    else if (link->sw == SAOY_SW_WRONG_LENGTH && !try->extended)
        le = next_le(&try->command);
    if (le == try->command.le)
        return false;
    if (try->sealed && !link->sm.active) {
        blame_le(link, try);
        return false;
    }
    try->zeroed = is_reading(&try->command) && le == SAOY_ANSWER_SHORT;
    try->command.le = le;
    return true;
}

static bool
send_once(SaoyLink *link, Try *try, GError **error)
{
    size_t before = link->bytes;
    bool sent;

    try->sealed = link->sm.active;
    try->extended = is_extended(&try->command);
    saoy_array_clear(link->answer);
    sent = try->sealed ? send_protected(link, &try->command, error)
                       : send_plain(link, &try->command, error);
    if (!sent || (link->sw != SAOY_SW_OK && link->sw != SAOY_SW_END_OF_FILE))
        return sent;
    link->least += link->bytes - before;
    if (try->extended) {
        link->length = SAOY_LENGTH_EXTENDED;
        link->worked[try->sealed] = true;
    }
    link->le_zero = link->le_zero || try->zeroed;
    try->done = true;
    return true;
}

bool
saoy_link_send(SaoyLink *link, const SaoyApdu *command, SaoyView *out_data,
               uint16_t *out_sw, GError **error)
{
    Try try = { .command = *command };
    bool again = true;

    if (link->length == SAOY_LENGTH_SHORT)
        shorten(link, &try.command);
    for (; again && try.corrections <= MAX_CORRECTIONS; try.corrections++) {
        g_autoptr(GError) why = NULL;

        if (send_once(link, &try, &why)) {
            again = !try.done && correct(link, &try);
        } else if (!recover(link, &try, why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    if (again)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no length pleases the chip (%04x)",
                         link->sw);
    *out_data = saoy_view_array(link->answer);
    *out_sw = link->sw;
    return true;
}
