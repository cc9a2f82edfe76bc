/* DG13 of Vietnam, which no public paper specifies (domain.md §4.5):
 *
 *     6D { SEQUENCE { version, OID, SET { SEQUENCE { index, value … } … } } }
 *
 * The decoders that are known agree on the index and on little else. So the records are
 * looked for at any depth down to LEVELS, and the strings in a record likewise. */
#include "lds.h"

#include "core/error.h"
#include "tlv.h"

#include <string.h>

enum {
    INTEGER = 0x02,
    OBJECT_IDENTIFIER = 0x06,
    SEQUENCE = 0x30,
    SET = 0x31,
};

/* What is still to be read, from the outermost on. */
enum { LEVELS = 5 };
typedef struct {
    SaoyView level[LEVELS];
    unsigned depth;
} Walk;

/* Takes the next element; 0 with *out empty: the end. Opens no element by itself. */
static bool
walk_next(Walk *walk, uint32_t *out_tag, SaoyView *out, GError **error)
{
    *out_tag = 0;
    while (walk->depth > 0 && walk->level[walk->depth - 1].size == 0)
        walk->depth--;
    return walk->depth == 0 ||
           saoy_tlv_next(&walk->level[walk->depth - 1], out_tag, out, error);
}

static bool
walk_open(Walk *walk, SaoyView content, GError **error)
{
    if (walk->depth == LEVELS)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG13: nested too deeply");
    walk->level[walk->depth++] = content;
    return true;
}

static bool
is_string(uint32_t tag)
{
    return tag == 0x04 || tag == 0x0c || (tag >= 0x12 && tag <= 0x16 && tag != 0x15) ||
           (tag >= 0x1a && tag <= 0x1e && tag != 0x1d);
}

/* An empty string keeps its place: a father may be unknown. */
static bool
take_strings(SaoyView record, SaoyView out[2], uint8_t out_string[2])
{
    Walk walk = { { record }, 1 };
    SaoyView value = { 0 };
    uint32_t tag = 0;
    unsigned n = 0;

    while (walk_next(&walk, &tag, &value, NULL)) {
        if (tag == 0)
            return true;
        if (tag == SEQUENCE || tag == SET) {
            if (!walk_open(&walk, value, NULL))
                return false;
        } else if (is_string(tag) && n < 2) {
            out[n] = value;
            out_string[n++] = (uint8_t)tag;
        }
    }
    return false;
}

/* An index and what is no head of a list. */
static bool
is_record(SaoyView sequence)
{
    SaoyView index = { 0 };
    uint32_t next;

    if (!saoy_tlv_take(&sequence, INTEGER, &index, NULL))
        return false;
    next = saoy_tlv_peek(sequence);
    return next != OBJECT_IDENTIFIER && next != SET;
}

/* A record that does not parse is passed over: the others are no worse for it. The first of
 * two with one index counts. */
static void
take_record(SaoyView record, SaoyDg13 *out)
{
    SaoyView text[2] = { { 0 } }, index = { 0 };
    uint8_t string[2] = { 0 };
    int64_t n = 0;

    if (!saoy_lds_number(record, &n, NULL) ||
        !saoy_tlv_take(&record, INTEGER, &index, NULL) || n < 1 || n >= SAOY_DG13_N ||
        out->text[n][0].size > 0 || out->text[n][1].size > 0 ||
        !take_strings(record, text, string))
        return;
    memcpy(out->text[n], text, sizeof text);
    memcpy(out->string[n], string, sizeof string);
}

bool
saoy_dg13_parse(SaoyView file, SaoyDg13 *out, GError **error)
{
    SaoyView body = { 0 }, value = { 0 };
    SaoyDg13 found = { 0 };
    Walk walk = { 0 };
    unsigned records = 0;
    uint32_t tag = 0;

    if (!saoy_tlv_take(&file, 0x6d, &body, error) || !walk_open(&walk, body, error))
        return false;
    do {
        if (!walk_next(&walk, &tag, &value, error))
            return false;
        if (tag == SEQUENCE && is_record(value)) {
            take_record(value, &found);
            records++;
        } else if ((tag == SEQUENCE || tag == SET) && !walk_open(&walk, value, error)) {
            return false;
        }
    } while (tag != 0);
    if (records == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG13: no records");
    *out = found;
    return true;
}
