#include "apdu.h"

#include "core/error.h"

static void
put_u8(GByteArray *out, unsigned value)
{
    uint8_t octet = (uint8_t)value;

    g_byte_array_append(out, &octet, 1);
}

static void
put_u16(GByteArray *out, unsigned value)
{
    put_u8(out, value >> 8);
    put_u8(out, value);
}

void
saoy_apdu_put(GByteArray *out, const SaoyApdu *command)
{
    const uint8_t head[] = { command->cla, command->ins, command->p1, command->p2 };
    bool extended = command->data.size > 255 || command->le > 256;

    g_byte_array_append(out, head, sizeof head);
    if (extended)
        put_u8(out, 0);
    if (command->data.size > 0) {
        if (extended)
            put_u16(out, (unsigned)command->data.size);
        else
            put_u8(out, (unsigned)command->data.size);
        g_byte_array_append(out, command->data.data, (unsigned)command->data.size);
    }
    if (command->le == 0)
        return;
    if (extended)
        put_u16(out, command->le);
    else
        put_u8(out, command->le);
}

/* What follows the header in extended form, the marker byte 00 being taken already. */
static bool
parse_extended(SaoyView rest, SaoyApdu *out, GError **error)
{
    SaoyView octets = { 0 };
    unsigned n = 0;

    if (!saoy_view_take(&rest, 2, &octets, error))
        return false;
    n = (unsigned)octets.data[0] << 8 | octets.data[1];
    if (rest.size == 0) {
        out->le = n == 0 ? 65536 : n;
        return true;
    }
    if (n == 0 || !saoy_view_take(&rest, n, &out->data, error))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "command length");
    if (rest.size == 0)
        return true;
    if (rest.size != 2)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "command length");
    n = (unsigned)rest.data[0] << 8 | rest.data[1];
    out->le = n == 0 ? 65536 : n;
    return true;
}

static bool
parse_short(SaoyView rest, SaoyApdu *out, GError **error)
{
    SaoyView octet = { 0 };

    if (!saoy_view_take(&rest, 1, &octet, error))
        return false;
    if (rest.size == 0) {
        out->le = octet.data[0] == 0 ? 256 : octet.data[0];
        return true;
    }
    if (!saoy_view_take(&rest, octet.data[0], &out->data, NULL) || rest.size > 1)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "command length");
    if (rest.size == 1)
        out->le = rest.data[0] == 0 ? 256 : rest.data[0];
    return true;
}

bool
saoy_apdu_parse(SaoyView raw, SaoyApdu *out, GError **error)
{
    SaoyView rest = raw;
    SaoyView head = { 0 };
    SaoyApdu apdu = { 0 };

    if (!saoy_view_take(&rest, 4, &head, error))
        return false;
    apdu = (SaoyApdu){
        .cla = head.data[0], .ins = head.data[1], .p1 = head.data[2], .p2 = head.data[3]
    };
    if (rest.size > 1 && rest.data[0] == 0) {
        rest = (SaoyView){ rest.data + 1, rest.size - 1 };
        if (!parse_extended(rest, &apdu, error))
            return false;
    } else if (rest.size > 0 && !parse_short(rest, &apdu, error)) {
        return false;
    }
    *out = apdu;
    return true;
}

bool
saoy_apdu_answer(SaoyView raw, SaoyView *out_data, uint16_t *out_sw, GError **error)
{
    if (raw.size < 2)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "answer of %zu bytes", raw.size);
    *out_data = (SaoyView){ raw.data, raw.size - 2 };
    *out_sw = (uint16_t)(raw.data[raw.size - 2] << 8 | raw.data[raw.size - 1]);
    return true;
}
