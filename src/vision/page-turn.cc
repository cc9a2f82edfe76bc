/* Turning by three shears: along rows, down columns, along rows. A row is moved as a whole,
 * so that each pass is one filter with the same weights for a whole row, or the same down a
 * column: a third of the time of looking up sixteen neighbours for every pixel. */
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core/hal/intrin.hpp>
#include <string.h>
#include <vector>

#define SHARP -0.9 /* of the cubic filter: rows pass it twice */

enum {
    TAPS = 4,
    LANES = 16, /* samples at once: buffers have so many more */
    OPEN = 7, /* bits that a sample is raised by, to be weighed; a filter takes one away */
};

typedef struct {
    int whole; /* of the place: floor */
    int16_t weight[TAPS];
} Place;

/* The four samples around a place, weighed: in 32768ths. */
static Place
place_at(double at)
{
    Place place = { (int)std::floor(at), {} };
    const double f = at - place.whole;
    const double far[TAPS] = { 1 + f, f, 1 - f, 2 - f };

    for (int i = 0; i < TAPS; i++) {
        double d = far[i], w = d < 1 ? ((SHARP + 2) * d - (SHARP + 3)) * d * d + 1
                                     : (((d - 5) * d + 8) * d - 4) * SHARP;

        place.weight[i] = (int16_t)std::clamp(std::lround(w * 32768), -32768L, 32767L);
    }
    return place;
}

/* Which part of the plane is drawn, and how. */
typedef struct {
    cv::Mat page;
    cv::Rect cut;
    int channels, from, width; /* columns of the planes between, from.. */
    double slope, rise, middle_x, middle_y;
    std::vector<uint8_t> rim; /* a row of it */
} Turn;

/* Where a row's first sample comes from in a pass along rows. */
static Place
along_rows(const Turn &turn, double from, int y)
{
    return place_at(from - turn.slope * (y - turn.middle_y));
}

static int16_t
opened(uint8_t sample)
{
    return (int16_t)(sample << OPEN);
}

/* So many pixels of a row, from column x on; outside the page it is rim. */
static void
open_row(const Turn &turn, int y, int x, int pixels, int16_t *out)
{
    const int ch = turn.channels;
    const int first = std::clamp(-x, 0, pixels);
    const int last = std::clamp(turn.page.cols - x, first, pixels);
    const uint8_t *in = turn.page.ptr(y) + ch * (x + first);
    int i = ch * first;

    for (int k = 0; k < ch * first; k++)
        out[k] = opened(turn.rim[(size_t)(k % ch)]);
    for (; i + 8 <= ch * last; i += 8, in += 8)
        cv::v_store(out + i, cv::v_reinterpret_as_s16(cv::v_load_expand(in) << OPEN));
    for (; i < ch * last; i++)
        out[i] = opened(*in++);
    for (; i < ch * pixels; i++)
        out[i] = opened(turn.rim[(size_t)(i % ch)]);
}

static cv::v_int16x8
weighed(const int16_t *in, int step, const cv::v_int16x8 weight[TAPS])
{
    cv::v_int16x8 sum = cv::v_mul_hi(cv::v_load(in), weight[0]);

    for (int k = 1; k < TAPS; k++)
        sum = sum + cv::v_mul_hi(cv::v_load(in + k * step), weight[k]);
    return sum;
}

/* `bits`: that are left of OPEN. Each product was cut off by half a unit. */
static void
slide(const int16_t *in, const Place &place, int channels, int n, int bits, uint8_t *out)
{
    const cv::v_int16x8 half = cv::v_setall_s16((int16_t)((1 << bits) / 2 + TAPS / 2));
    cv::v_int16x8 weight[TAPS];

    for (int k = 0; k < TAPS; k++)
        weight[k] = cv::v_setall_s16(place.weight[k]);
    for (int i = 0; i < n; i += LANES) {
        cv::v_int16x8 a = weighed(in + i, channels, weight) + half;
        cv::v_int16x8 b = weighed(in + i + 8, channels, weight) + half;

        cv::v_store(out + i, cv::v_pack_u(a >> bits, b >> bits));
    }
}

/* The first pass: rows of the page from `top` on, as wide as the planes between. */
static cv::Mat
first_pass(const Turn &turn, int top, int rows)
{
    const int ch = turn.channels, n = turn.width * ch;
    cv::Mat plane(rows, n + LANES, CV_8U);
    std::vector<int16_t> open((size_t)(n + TAPS * ch + 2 * LANES));

    for (int y = 0; y < rows; y++) {
        Place place = along_rows(turn, turn.from, top + y);

        open_row(turn, top + y, place.whole - 1, turn.width + TAPS, open.data());
        slide(open.data(), place, ch, n, OPEN - 1, plane.ptr(y));
    }
    return plane;
}

/* Columns beside each other that come from the same rows. */
typedef struct {
    int from, to; /* samples */
    int rows;     /* the first of four is so far below */
} Run;

typedef struct {
    std::vector<Run> runs;
    std::vector<int16_t> weight[TAPS]; /* of each sample */
    int least, most;                   /* rows below */
} Columns;

static Columns
columns_of(const Turn &turn)
{
    const int ch = turn.channels;
    Columns columns = {};

    for (std::vector<int16_t> &weight : columns.weight)
        weight.resize((size_t)(turn.width * ch + LANES));
    for (int x = 0; x < turn.width; x++) {
        Place place = place_at(turn.rise * (turn.from + x - turn.middle_x));

        if (columns.runs.empty() || columns.runs.back().rows != place.whole - 1)
            columns.runs.push_back({ x * ch, x * ch, place.whole - 1 });
        columns.runs.back().to += ch;
        for (int i = 0; i < ch * TAPS; i++)
            columns.weight[i / ch][(size_t)(x * ch + i % ch)] = place.weight[i / ch];
    }
    columns.least = std::min(columns.runs.front().rows, columns.runs.back().rows);
    columns.most = std::max(columns.runs.front().rows, columns.runs.back().rows);
    return columns;
}

/* One run of a row; what is written behind its end the next run writes again. */
static void
mix(const Columns &columns, const Run &run, const uint8_t *const rows[TAPS], int16_t *out)
{
    for (int i = run.from; i < run.to; i += 8) {
        cv::v_int16x8 sum = cv::v_setzero_s16();

        for (int k = 0; k < TAPS; k++)
            sum = sum + cv::v_mul_hi(cv::v_reinterpret_as_s16(cv::v_load_expand(rows[k] + i)
                                                              << OPEN),
                                     cv::v_load(columns.weight[k].data() + i));
        cv::v_store(out + i, sum + cv::v_setall_s16(TAPS / 2));
    }
}

/* The second and third pass: row y of what is drawn. */
static void
draw_row(const Turn &turn, const Columns &columns, const cv::Mat &plane, int top, int y,
         std::vector<int16_t> *mixed, std::vector<uint8_t> *out)
{
    for (const Run &run : columns.runs) {
        const uint8_t *rows[TAPS];

        for (int k = 0; k < TAPS; k++) {
            int row = y + run.rows + k - top;

            rows[k] = row >= 0 && row < plane.rows ? plane.ptr(row) : turn.rim.data();
        }
        mix(columns, run, rows, mixed->data());
    }
    Place place = along_rows(turn, turn.cut.x, y);
    slide(mixed->data() + (place.whole - 1 - turn.from) * turn.channels, place,
          turn.channels, turn.cut.width * turn.channels, OPEN - 2, out->data());
}

static Turn
turn_of(const cv::Mat &page, double degrees, cv::Rect cut, cv::Scalar rim)
{
    const double angle = degrees * CV_PI / 180;
    Turn turn = { page,
                  cut,
                  page.channels(),
                  0,
                  0,
                  std::tan(angle / 2),
                  std::sin(angle),
                  (page.cols - 1) / 2.0,
                  (page.rows - 1) / 2.0,
                  {} };
    int first = along_rows(turn, cut.x, cut.y).whole;
    int last = along_rows(turn, cut.x, cut.y + cut.height - 1).whole;

    turn.from = std::min(first, last) - 1;
    turn.width = std::abs(first - last) + cut.width + 2 * TAPS;
    for (int i = 0; i < turn.width * turn.channels + LANES; i++)
        turn.rim.push_back(cv::saturate_cast<uint8_t>(rim[i % turn.channels]));
    return turn;
}

void
saoy_turn(const cv::Mat &page, double degrees, cv::Rect cut, cv::Scalar rim, cv::Mat *out)
{
    const Turn turn = turn_of(page, degrees, cut, rim);
    const Columns columns = columns_of(turn);
    const int top = std::clamp(cut.y + columns.least, 0, page.rows - 1);
    const int end =
        std::clamp(cut.y + cut.height + columns.most + TAPS, top + 1, page.rows);
    const cv::Mat plane = first_pass(turn, top, end - top);
    std::vector<int16_t> mixed((size_t)(turn.width * turn.channels + 2 * LANES));
    std::vector<uint8_t> row((size_t)(cut.width * turn.channels + LANES));

    for (int y = 0; y < cut.height; y++) {
        draw_row(turn, columns, plane, top, cut.y + y, &mixed, &row);
        memcpy(out->ptr(y), row.data(), (size_t)(cut.width * turn.channels));
    }
}
