/* A page as its grain is looked at: light alone, and how far red and blue are from the
 * paper's own. */
#include "page-grain.h"

#include <algorithm>
#include <opencv2/core/hal/intrin.hpp>

#define BLOCK SAOY_BLOCK
#define REACH SAOY_REACH

enum { LANES = 16 }; /* pixels at once: rows of a strip have so many more */

/* Red and blue of a grey of the paper's tint, in 4096ths. */
typedef struct {
    uint16_t red, blue;
} Parts;

static cv::v_int16x8
off_tint(const cv::v_uint16x8 &colour, const cv::v_uint16x8 &grey, uint16_t part)
{
    cv::v_uint16x8 own = cv::v_mul_hi(grey << 4, cv::v_setall_u16(part));

    return cv::v_reinterpret_as_s16(cv::v_sub_wrap(colour, own));
}

static cv::v_uint16x8
grey_of(const cv::v_uint16x8 rgb[3])
{
    return (cv::v_mul_wrap(rgb[0], cv::v_setall_u16(77)) +
            cv::v_mul_wrap(rgb[1], cv::v_setall_u16(150)) +
            cv::v_mul_wrap(rgb[2], cv::v_setall_u16(29)) + cv::v_setall_u16(128)) >>
           8;
}

/* LANES pixels. */
static void
split_lanes(const uint8_t *p, Parts parts, int16_t *const out[3])
{
    cv::v_uint8x16 bytes[3];
    cv::v_uint16x8 half[2][3];

    cv::v_load_deinterleave(p, bytes[0], bytes[1], bytes[2]);
    for (int c = 0; c < 3; c++)
        cv::v_expand(bytes[c], half[0][c], half[1][c]);
    for (int i = 0; i < 2; i++) {
        cv::v_uint16x8 grey = grey_of(half[i]);

        cv::v_store(out[0] + 8 * i, cv::v_reinterpret_as_s16(grey));
        cv::v_store(out[1] + 8 * i, off_tint(half[i][0], grey, parts.red));
        cv::v_store(out[2] + 8 * i, off_tint(half[i][2], grey, parts.blue));
    }
}

static void
mirror_sides(int16_t *row, int n)
{
    for (int k = 1; k <= REACH; k++) {
        row[-k] = row[k];
        row[n - 1 + k] = row[n - 1 - k];
    }
}

static void
split_row(const uint8_t *p, int n, int channels, Parts parts, int16_t *const out[3])
{
    const int whole = n / LANES * LANES;
    uint8_t rest[3 * LANES] = {};

    for (int x = 0; channels == 1 && x < n; x++)
        out[0][x] = p[x];
    for (int x = 0; channels == 3 && x < whole; x += LANES) {
        int16_t *const at[3] = { out[0] + x, out[1] + x, out[2] + x };

        split_lanes(p + 3 * x, parts, at);
    }
    if (channels == 3) {
        int16_t *const at[3] = { out[0] + whole, out[1] + whole, out[2] + whole };

        std::copy(p + 3 * whole, p + 3 * n, rest);
        split_lanes(rest, parts, at);
    }
    for (int c = 0; c < channels; c++)
        mirror_sides(out[c], n);
}

void
saoy_strip_of(const cv::Mat &page, const SaoyTint &tint, int from, int rows,
              SaoyStrip *strip)
{
    const Parts parts = { cv::saturate_cast<uint16_t>(tint.red * 4096),
                          cv::saturate_cast<uint16_t>(tint.blue * 4096) };
    const int height = rows * BLOCK + 2 * REACH;

    strip->n = page.channels();
    for (int c = 0; c < strip->n; c++)
        strip->plane[c].create(height, page.cols + 2 * REACH + LANES, CV_16S);
    for (int y = 0; y < height; y++) {
        int at = std::abs(from * BLOCK + y - REACH);
        int16_t *out[3] = {};

        at = at < page.rows ? at : 2 * page.rows - 2 - at;
        for (int c = 0; c < strip->n; c++)
            out[c] = strip->plane[c].ptr<int16_t>(y) + REACH;
        split_row(page.ptr(at), page.cols, strip->n, parts, out);
    }
}
