#include "page-jpeg.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

/* ITU-T T.81, table B.1 */
enum {
    SOF0 = 0xC0,
    SOF2 = 0xC2,
    DHT = 0xC4,
    RST0 = 0xD0,
    RST7 = 0xD7,
    SOI = 0xD8,
    EOI = 0xD9,
    SOS = 0xDA,
    DQT = 0xDB,
    DRI = 0xDD,
    APP0 = 0xE0,
};

typedef struct {
    SaoyView bytes;
    size_t at;
    unsigned jfifs, frames, scans;
} Walk;

static bool
is_frame(uint8_t marker, SaoyView body)
{
    return (marker == SOF0 || marker == SOF2) && body.size >= 6 && body.data[0] == 8 &&
           (body.data[5] == 1 || body.data[5] == 3);
}

/* true: a segment that may stand in a page. */
static bool
count(Walk *walk, uint8_t marker, SaoyView body)
{
    if (marker == APP0)
        return body.size >= 5 && memcmp(body.data, "JFIF", 5) == 0 && ++walk->jfifs == 1 &&
               walk->frames == 0;
    if (marker == SOF0 || marker == SOF2)
        return is_frame(marker, body) && ++walk->frames == 1 && walk->jfifs == 1;
    if (marker == SOS)
        return ++walk->scans > 0 && walk->frames == 1;
    return marker == DQT || marker == DHT || marker == DRI;
}

/* Entropy-coded data ends at the first marker that is no restart. */
static void
skip_scan(Walk *walk)
{
    const uint8_t *p = walk->bytes.data;

    for (; walk->at + 1 < walk->bytes.size; walk->at++) {
        uint8_t next = p[walk->at + 1];

        if (p[walk->at] == 0xFF && next != 0 && (next < RST0 || next > RST7))
            return;
    }
}

/* One marker with its segment; *end at EOI. */
static bool
step(Walk *walk, bool *end)
{
    SaoyView rest = { walk->bytes.data + walk->at, walk->bytes.size - walk->at };

    if (rest.size < 2 || rest.data[0] != 0xFF)
        return false;
    *end = rest.data[1] == EOI;
    if (*end)
        return rest.size == 2 && walk->scans > 0;
    if (rest.size < 4)
        return false;
    size_t size = (size_t)rest.data[2] << 8 | rest.data[3];
    if (size < 2 || size + 2 > rest.size ||
        !count(walk, rest.data[1], (SaoyView){ rest.data + 4, size - 2 }))
        return false;
    walk->at += 2 + size;
    if (rest.data[1] == SOS)
        skip_scan(walk);
    return true;
}

bool
saoy_page_jpeg_check(GBytes *jpeg, GError **error)
{
    Walk walk = { .bytes = saoy_view_of(jpeg), .at = 2 };
    bool end = false;

    if (walk.bytes.size < 4 || walk.bytes.data[0] != 0xFF || walk.bytes.data[1] != SOI)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "not a JPEG");
    while (!end)
        if (!step(&walk, &end))
            return saoy_fail(error, SAOY_ERROR_MALFORMED,
                             "not a plain JPEG, at byte %zu of the file", walk.at);
    return true;
}
