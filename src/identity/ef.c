#include "ef.h"

#include "core/error.h"
#include "tlv.h"

#define FIRST_BYTES 8 /* header of any file, for chips that do not read past the end */
#define ODD_OFFSET 0x8000
#define OBJECT_HEAD 5 /* at most, of the object around the bytes above ODD_OFFSET */
#define TRIAL_BYTES (SAOY_ANSWER_SHORT + 1)

static const uint8_t application[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };
static const uint8_t master[] = { 0x3f, 0x00 };

static void
free_array(void *array)
{
    saoy_array_free(array);
}

GBytes *
saoy_bytes_take(GByteArray *array)
{
    return g_bytes_new_with_free_func(array->data, array->len, free_array, array);
}

/* One way to say SELECT; the last one says it with READ BINARY. */
typedef struct {
    uint8_t ins, p1, p2;
    unsigned le;
    bool nameless;
} Variant;

/* Absent is absent, and forbidden is forbidden, however one asks; but P1 00 may look for a
 * directory only. */
static bool
is_final(const Variant *variant, uint16_t sw)
{
    return sw == SAOY_SW_OK || sw == SAOY_SW_SECURITY ||
           (sw == SAOY_SW_NOT_FOUND && variant->p1 != 0x00);
}

/* *way: the variant that is tried first, and the one that has worked. */
static bool
select_any(SaoyLink *link, const Variant *variants, unsigned n, SaoyView name,
           unsigned *way, uint16_t *out_sw, GError **error)
{
    bool sealed = link->sm.active;
    unsigned first = *way;
    SaoyView data = { 0 };

    for (unsigned i = 0; i < n; i++) {
        const Variant *variant = &variants[(first + i) % n];
        const SaoyApdu command = { .ins = variant->ins,
                                   .p1 = variant->p1,
                                   .p2 = variant->p2,
                                   .data = variant->nameless ? (SaoyView){ 0 } : name,
                                   .le = variant->le };

        if (!saoy_link_send(link, &command, &data, out_sw, error))
            return false;
        if (*out_sw == SAOY_SW_END_OF_FILE)
            *out_sw = SAOY_SW_OK;
        if (*out_sw == SAOY_SW_OK)
            *way = (unsigned)(variant - variants);
        if (is_final(variant, *out_sw) || (sealed && !link->sm.active))
            break;
    }
    return true;
}

bool
saoy_ef_select(SaoyLink *link, uint16_t id, uint16_t *out_sw, GError **error)
{
    const uint8_t name[] = { (uint8_t)(id >> 8), (uint8_t)id };
    const Variant variants[] = {
        { 0xa4, 0x02, 0x0c, 0, false },
        { 0xa4, 0x02, 0x00, 256, false },
        { 0xa4, 0x00, 0x0c, 0, false },
        { 0xb0, 0x80 | (id & 0x1f), 0x00, FIRST_BYTES, true }, /* short identifier */
    };

    return select_any(link, variants, G_N_ELEMENTS(variants),
                      (SaoyView){ name, sizeof name }, &link->select_way, out_sw, error);
}

bool
saoy_application_select(SaoyLink *link, uint16_t *out_sw, GError **error)
{
    static const Variant variants[] = { { 0xa4, 0x04, 0x0c, 0, false },
                                        { 0xa4, 0x04, 0x00, 256, false } };
    unsigned way = 0;

    return select_any(link, variants, G_N_ELEMENTS(variants),
                      (SaoyView){ application, sizeof application }, &way, out_sw, error);
}

bool
saoy_master_select(SaoyLink *link, uint16_t *out_sw, GError **error)
{
    static const Variant variants[] = { { 0xa4, 0x00, 0x0c, 0, false },
                                        { 0xa4, 0x00, 0x00, 256, false },
                                        { 0xa4, 0x00, 0x0c, 0, true },
                                        { 0xa4, 0x00, 0x00, 256, true } };
    unsigned way = 0;

    return select_any(link, variants, G_N_ELEMENTS(variants),
                      (SaoyView){ master, sizeof master }, &way, out_sw, error);
}

/* The bytes in an object 53, whose length chips write in any form; one that was cut short
 * counts as far as it goes. */
static bool
take_object(SaoyView in, SaoyView *out, GError **error)
{
    size_t size = 0;
    unsigned octets;

    if (in.size < 2 || in.data[0] != 0x53)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "READ BINARY: no object 53");
    size = in.data[1];
    octets = size > 0x80 ? (unsigned)size & 0x7f : 0;
    if (size == 0x80 || octets > 4 || in.size < 2 + octets)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "READ BINARY: length form %02zx",
                         size);
    if (octets > 0)
        size = 0;
    for (unsigned i = 0; i < octets; i++)
        size = size << 8 | in.data[2 + i];
    *out = (SaoyView){ in.data + 2 + octets, MIN(size, in.size - 2 - octets) };
    return true;
}

/* READ BINARY with the offset in P1 P2 up to 32 KiB, in a data object above it. */
static bool
read_at(SaoyLink *link, size_t offset, unsigned want, SaoyView *out, uint16_t *out_sw,
        GError **error)
{
    const uint8_t object[] = { 0x54, 0x03, (uint8_t)(offset >> 16), (uint8_t)(offset >> 8),
                               (uint8_t)offset };
    SaoyApdu command = {
        .ins = 0xb0, .p1 = (uint8_t)(offset >> 8), .p2 = (uint8_t)offset, .le = want
    };

    if (offset < ODD_OFFSET)
        return saoy_link_send(link, &command, out, out_sw, error);
    command = (SaoyApdu){ .ins = 0xb1, .data = { object, sizeof object }, .le = want };
    if (!saoy_link_send(link, &command, out, out_sw, error))
        return false;
    return (*out_sw != SAOY_SW_OK && *out_sw != SAOY_SW_END_OF_FILE) ||
           take_object(*out, out, error);
}

static bool
is_read(uint16_t sw)
{
    return sw == SAOY_SW_OK || sw == SAOY_SW_END_OF_FILE;
}

/* What is asked for before the size of a file is known. A chip that has announced how much
 * it gives is asked for all of it. One that has said nothing is tried once, in the open,
 * where a refusal costs no session. */
static unsigned
first_bytes(const SaoyLink *link)
{
    if (link->length == SAOY_LENGTH_EXTENDED && link->announced)
        return saoy_link_room(link, true);
    if (link->length == SAOY_LENGTH_TRIAL && !link->sm.active)
        return TRIAL_BYTES;
    return saoy_link_room(link, false);
}

/* The first bytes, which tell the size of the whole. */
static bool
read_first(SaoyLink *link, SaoyView *out, size_t *out_total, GError **error)
{
    bool sealed = link->sm.active;
    uint16_t sw = 0;

    if (!read_at(link, 0, first_bytes(link), out, &sw, error))
        return false;
    if (!is_read(sw) && sw != SAOY_SW_SECURITY && sealed == link->sm.active &&
        !read_at(link, 0, FIRST_BYTES, out, &sw, error))
        return false;
    if (!is_read(sw))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the chip does not read (%04x)", sw);
    return saoy_tlv_total(*out, out_total, error);
}

/* How much to ask for next. Extended length where short would take a second command. */
static unsigned
next_bytes(const SaoyLink *link, size_t offset, size_t left)
{
    unsigned shortest = saoy_link_room(link, false);
    unsigned most = saoy_link_room(link, true);

    left += offset < ODD_OFFSET ? 0 : OBJECT_HEAD;
    if (link->length == SAOY_LENGTH_SHORT || left <= SAOY_ANSWER_SHORT)
        return link->le_zero ? shortest : (unsigned)MIN(shortest, left);
    return (unsigned)MIN(most, left);
}

static bool
read_rest(SaoyLink *link, GByteArray *file, size_t total, GError **error)
{
    size_t rounds = 16 + total / 32; /* a chip that gives crumbs is not waited for */

    while (file->len < total) {
        size_t left = total - file->len;
        unsigned want = next_bytes(link, file->len, left);
        SaoyView part = { 0 };
        uint16_t sw = 0;

        if (!read_at(link, file->len, want, &part, &sw, error))
            return false;
        if (!is_read(sw))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "the file ends early (%04x)", sw);
        if (part.size == 0 || rounds-- == 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "the file ends early");
        g_byte_array_append(file, part.data, (unsigned)MIN(part.size, left));
    }
    return true;
}

GBytes *
saoy_ef_fetch(SaoyLink *link, size_t max, GError **error)
{
    g_autoptr(SaoyArray) file = NULL;
    SaoyView first = { 0 };
    size_t total = 0;

    if (!read_first(link, &first, &total, error))
        return NULL;
    if (total > max)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the file announces %zu bytes",
                         total);
    file = saoy_array_new(total);
    g_byte_array_append(file, first.data, (unsigned)MIN(first.size, total));
    if (!read_rest(link, file, total, error))
        return NULL;
    return saoy_bytes_take(g_steal_pointer(&file));
}

/* Header, data and Le of a command, and the answer with its status word; under secure
 * messaging both sides carry a MAC, the answer a status object, the command object 97. */
static size_t
exchange_bytes(const SaoyLink *link, size_t data, size_t le, size_t answer)
{
    size_t lengths = (data > 0) + (le > 0);

    if (link->sm.active) {
        data = saoy_sm_object(&link->sm, data) +
               (le > 256 ? 4
                : le > 0 ? 3
                         : 0) +
               2 + SAOY_MAC_SIZE;
        answer = saoy_sm_object(&link->sm, answer) + SAOY_SM_AROUND;
        lengths = 2;
    }
    if (le > 256 || data > 255)
        lengths = 1 + 2 * lengths;
    return 4 + lengths + data + answer + 2;
}

size_t
saoy_ef_least(const SaoyLink *link, size_t size)
{
    size_t room = saoy_link_room(link, link->length == SAOY_LENGTH_EXTENDED);
    size_t least = exchange_bytes(link, 2, 0, 0);

    for (size_t left = size; left > 0 && room > 0; left -= MIN(left, room))
        least += exchange_bytes(link, 0, MIN(left, room), MIN(left, room));
    return least;
}

/* DO 7F66: two INTEGERs, the longest command and the longest answer (ISO 7816-4, 12.7.1).
 */
static void
take_limits(SaoyLink *link, SaoyView object)
{
    SaoyView number = { 0 };
    size_t answer = 0;

    if (!saoy_tlv_take(&object, 0x02, &number, NULL) ||
        !saoy_tlv_take(&object, 0x02, &number, NULL) || number.size > 4)
        return;
    for (size_t i = 0; i < number.size; i++)
        answer = answer << 8 | number.data[i];
    link->announced = answer > SAOY_ANSWER_SHORT + 2;
    link->length = link->announced ? SAOY_LENGTH_EXTENDED : SAOY_LENGTH_SHORT;
    if (link->announced) /* the status word is counted in */
        link->answer_max = (unsigned)MIN(answer - 2, SAOY_ANSWER_EXTENDED);
}

/* DO 47: bit 7 of the third software function byte (ISO 7816-4, 12.1.1.9). */
void
saoy_atr_info_take(SaoyLink *link, SaoyView file)
{
    SaoyView value = { 0 }, limits = { 0 };
    uint32_t tag = 0;

    while (saoy_tlv_next(&file, &tag, &value, NULL)) {
        if (tag == 0x47 && value.size >= 3)
            link->length =
                (value.data[2] & 0x40) != 0 ? SAOY_LENGTH_EXTENDED : SAOY_LENGTH_SHORT;
        else if (tag == 0x7f66)
            limits = value;
    }
    if (limits.size > 0 && link->length != SAOY_LENGTH_SHORT)
        take_limits(link, limits);
}

bool
saoy_atr_info_read(SaoyLink *link, GError **error)
{
    const SaoyApdu read = { .ins = 0xb0, .le = SAOY_ANSWER_SHORT };
    size_t least = link->least;
    SaoyView file = { 0 };
    uint16_t sw = 0;

    if (!saoy_ef_select(link, SAOY_EF_ATR_INFO, &sw, error))
        return false;
    if (sw == SAOY_SW_OK && !saoy_link_send(link, &read, &file, &sw, error))
        return false;
    if (is_read(sw) && file.size > 0)
        saoy_atr_info_take(link, file);
    link->least = least; /* nobody needs it but for speed */
    return true;
}
