#include "ef.h"

#include "core/error.h"
#include "tlv.h"

/* As much as one short protected answer carries: 223 bytes, their padding and objects. */
#define BLOCK 223
#define FIRST_BYTES 8 /* header of any file, for chips that do not read past the end */
#define ODD_OFFSET 0x8000

static const uint8_t application[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

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

bool
saoy_ef_select(SaoyLink *link, uint16_t id, uint16_t *out_sw, GError **error)
{
    const uint8_t bytes[] = { (uint8_t)(id >> 8), (uint8_t)id };
    const SaoyApdu command = {
        .ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = { bytes, sizeof bytes }
    };
    SaoyView data = { 0 };

    return saoy_link_send(link, &command, &data, out_sw, error);
}

/* P2 0C (no answer wanted) first, then 00, as vendors differ. */
static bool
select_either(SaoyLink *link, SaoyApdu command, uint16_t *out_sw, GError **error)
{
    SaoyView data = { 0 };

    command.p2 = 0x0c;
    if (!saoy_link_send(link, &command, &data, out_sw, error))
        return false;
    if (*out_sw == SAOY_SW_OK || *out_sw == SAOY_SW_NO_INS)
        return true;
    command.p2 = 0x00;
    command.le = 256;
    return saoy_link_send(link, &command, &data, out_sw, error);
}

bool
saoy_application_select(SaoyLink *link, uint16_t *out_sw, GError **error)
{
    return select_either(
        link,
        (SaoyApdu){ .ins = 0xa4, .p1 = 0x04, .data = { application, sizeof application } },
        out_sw, error);
}

bool
saoy_master_select(SaoyLink *link, uint16_t *out_sw, GError **error)
{
    static const uint8_t master[] = { 0x3f, 0x00 };

    return select_either(link, (SaoyApdu){ .ins = 0xa4, .data = { master, sizeof master } },
                         out_sw, error);
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
    if (*out_sw != SAOY_SW_OK && *out_sw != SAOY_SW_END_OF_FILE)
        return true;
    return saoy_tlv_take(out, 0x53, out, error);
}

static bool
is_read(uint16_t sw)
{
    return sw == SAOY_SW_OK || sw == SAOY_SW_END_OF_FILE;
}

/* The first bytes, which tell the size of the whole. */
static bool
read_first(SaoyLink *link, SaoyView *out, size_t *out_total, GError **error)
{
    uint16_t sw = 0;

    if (!read_at(link, 0, BLOCK, out, &sw, error))
        return false;
    if (!is_read(sw) && sw != SAOY_SW_SECURITY &&
        !read_at(link, 0, FIRST_BYTES, out, &sw, error))
        return false;
    if (!is_read(sw))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the chip does not read (%04x)", sw);
    return saoy_tlv_total(*out, out_total, error);
}

static bool
read_rest(SaoyLink *link, GByteArray *file, size_t total, GError **error)
{
    size_t rounds = 16 + total / 32; /* a chip that gives crumbs is not waited for */

    while (file->len < total) {
        /* an object 53 LL of its own stands around the bytes above 32 KiB */
        unsigned spare = file->len < ODD_OFFSET ? 0 : 4;
        size_t want = MIN(BLOCK - spare, total - file->len);
        SaoyView part = { 0 };
        uint16_t sw = 0;

        if (!read_at(link, file->len, (unsigned)want + spare, &part, &sw, error))
            return false;
        if (!is_read(sw))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "the file ends early (%04x)", sw);
        if (part.size == 0 || part.size > want + spare || rounds-- == 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "the file ends early");
        g_byte_array_append(file, part.data, (unsigned)MIN(part.size, total - file->len));
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
