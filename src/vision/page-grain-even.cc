/* Evening the grain where it was told to be alone. */
#include "page-grain.h"

#include <algorithm>
#include <opencv2/core/hal/intrin.hpp>
#include <string.h>

#define BLOCK SAOY_BLOCK

enum { REACH = 3, LINE = 2 * REACH + 1 };

/* A row of each: eight samples. */
typedef cv::v_int16x8 Block[BLOCK];

/* Sums of 7 down each column, the block mirrored at its ends. */
static void
sum_down(Block block)
{
    static const int mirror[BLOCK + 2 * REACH] = {
        2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5
    };
    Block out;
    cv::v_int16x8 sum = cv::v_setzero_s16();

    for (int i = 0; i < BLOCK + 2 * REACH; i++) {
        sum = sum + block[mirror[i]];
        if (i >= LINE)
            sum = sum - block[mirror[i - LINE]];
        if (i >= LINE - 1)
            out[i - LINE + 1] = sum;
    }
    std::copy(out, out + BLOCK, block);
}

static void
transpose(Block b)
{
    Block a;

    for (int i = 0; i < 4; i++)
        cv::v_zip(b[i], b[i + 4], a[2 * i], a[2 * i + 1]);
    for (int i = 0; i < 4; i++)
        cv::v_zip(a[i], a[i + 4], b[2 * i], b[2 * i + 1]);
    for (int i = 0; i < 4; i++)
        cv::v_zip(b[i], b[i + 4], a[2 * i], a[2 * i + 1]);
    std::copy(a, a + BLOCK, b);
}

/* Means of 7 x 7 samples: sums are 255 x 49 at most. */
static void
smooth(Block block)
{
    const cv::v_float32x4 share = cv::v_setall_f32(1.0f / (LINE * LINE));

    sum_down(block);
    transpose(block);
    sum_down(block);
    transpose(block);
    for (int y = 0; y < BLOCK; y++) {
        cv::v_int32x4 low, high;

        cv::v_expand(block[y], low, high);
        block[y] = cv::v_pack(cv::v_round(cv::v_cvt_f32(low) * share),
                              cv::v_round(cv::v_cvt_f32(high) * share));
    }
}

/* Two blocks beside each other: what is done to either is kept or not. */
typedef struct {
    Block plane[3][2];
} Pair;

static void
load(const cv::Mat &page, int x, int y, Pair *out)
{
    for (int i = 0; i < BLOCK; i++) {
        cv::v_uint8x16 bytes[3];
        const uint8_t *p = page.ptr(y + i) + x * page.channels();

        if (page.channels() == 3)
            cv::v_load_deinterleave(p, bytes[0], bytes[1], bytes[2]);
        else
            bytes[0] = cv::v_load(p);
        for (int c = 0; c < page.channels(); c++) {
            cv::v_uint16x8 low, high;

            cv::v_expand(bytes[c], low, high);
            out->plane[c][0][i] = cv::v_reinterpret_as_s16(low);
            out->plane[c][1][i] = cv::v_reinterpret_as_s16(high);
        }
    }
}

static void
store(const Pair &pair, int x, int y, cv::Mat *page)
{
    for (int i = 0; i < BLOCK; i++) {
        cv::v_uint8x16 bytes[3];
        uint8_t *p = page->ptr(y + i) + x * page->channels();

        for (int c = 0; c < page->channels(); c++)
            bytes[c] = cv::v_pack_u(pair.plane[c][0][i], pair.plane[c][1][i]);
        if (page->channels() == 3)
            cv::v_store_interleave(p, bytes[0], bytes[1], bytes[2]);
        else
            cv::v_store(p, bytes[0]);
    }
}

static cv::v_int16x8
light_of(const cv::v_int16x8 &r, const cv::v_int16x8 &g, const cv::v_int16x8 &b)
{
    cv::v_uint16x8 sum =
        cv::v_mul_wrap(cv::v_reinterpret_as_u16(r), cv::v_setall_u16(77)) +
        cv::v_mul_wrap(cv::v_reinterpret_as_u16(g), cv::v_setall_u16(150)) +
        cv::v_mul_wrap(cv::v_reinterpret_as_u16(b), cv::v_setall_u16(29)) +
        cv::v_setall_u16(128);

    return cv::v_reinterpret_as_s16(sum >> 8);
}

/* A grey of the paper's tint: of light 0..255 and a share in 4096ths. */
static cv::v_int16x8
shade(const cv::v_int16x8 &light, uint16_t part)
{
    return cv::v_reinterpret_as_s16(
        cv::v_mul_hi(cv::v_reinterpret_as_u16(light) << 4, cv::v_setall_u16(part)));
}

typedef struct {
    uint16_t part[3]; /* of the paper's light */
} Shades;

/* Bare: nothing but the mean is left of the grain. Else of its colours alone: the light of
 * each sample stays, and with it all print that is darker or lighter than the paper. */
static void
even_block(Pair *pair, int half, int channels, const Shades &shades, bool bare)
{
    Block light;

    for (int y = 0; y < BLOCK && !bare; y++)
        light[y] = light_of(pair->plane[0][half][y], pair->plane[1][half][y],
                            pair->plane[2][half][y]);
    for (int c = 0; c < channels; c++) {
        cv::v_int16x8 *block = pair->plane[c][half];

        for (int y = 0; y < BLOCK && !bare; y++)
            block[y] = block[y] - shade(light[y], shades.part[c]);
        smooth(block);
        for (int y = 0; y < BLOCK && !bare; y++)
            block[y] = block[y] + shade(light[y], shades.part[c]);
    }
}

static Shades
shades_of(const SaoyTint &tint)
{
    const double part[3] = { tint.red, (1 - 0.299 * tint.red - 0.114 * tint.blue) / 0.587,
                             tint.blue };
    Shades shades = {};

    for (int c = 0; c < 3; c++)
        shades.part[c] = cv::saturate_cast<uint16_t>(part[c] * 4096);
    return shades;
}

static bool
is_even(const SaoyGrain &grain, int x, int y, int channels)
{
    return grain.bare.at<uint8_t>(y, x) == 0 &&
           (channels == 1 || grain.pale.at<uint8_t>(y, x) == 0);
}

/* Blocks x and x + 1 of a row, or of these the second alone. */
static void
even_pair(const SaoyGrain &grain, int x, int y, int first, const Shades &shades,
          cv::Mat *page)
{
    const int channels = page->channels();
    Pair pair;

    if ((first == 1 || is_even(grain, x, y, channels)) &&
        is_even(grain, x + 1, y, channels))
        return;
    load(*page, x * BLOCK, y * BLOCK, &pair);
    for (int half = first; half < 2; half++)
        if (!is_even(grain, x + half, y, channels))
            even_block(&pair, half, channels, shades,
                       grain.bare.at<uint8_t>(y, x + half) != 0);
    store(pair, x * BLOCK, y * BLOCK, page);
}

void
saoy_grain_even(const SaoyGrain &grain, cv::Mat *page)
{
    const Shades shades = shades_of(grain.tint);
    const int cols = grain.bare.cols;

    for (int y = 0; y < grain.bare.rows; y++) {
        for (int x = 0; x + 2 <= cols; x += 2)
            even_pair(grain, x, y, 0, shades, page);
        if (cols % 2 != 0)
            even_pair(grain, cols - 2, y, 1, shades, page);
    }
}
