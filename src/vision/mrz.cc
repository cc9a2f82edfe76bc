/* Reads OCR-B as it is printed on cards and passports: rows of one pitch, then each
 * character by its likeness to thirty-seven patterns. */
#include "vision/mrz.h"
#include "mrz-glyphs.h"
#include "mrz-rows.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#define MOST_SIDE 1600
#define LEAST_CHARACTERS 24
#define MOST_TEXTS 12u
#define MOST_STRAYS 8u
#define LEAST_LIKENESS 0.65
#define GLYPH_SIZE (GLYPH_W * GLYPH_H)
#define SLACK_X 2
#define SLACK_Y 3

/* A pattern with mean 0 and length 1. */
static cv::Mat
pattern_of(const char *rows)
{
    cv::Mat out = cv::Mat::zeros(GLYPH_H, GLYPH_W, CV_32F);

    for (int y = GLYPH_FIRST; y <= GLYPH_LAST; y++)
        for (int x = 0; x < GLYPH_W; x++) {
            int four = g_ascii_xdigit_value(rows[(y - GLYPH_FIRST) * 4 + x / 4]);

            out.at<float>(y, x) = (float)(four >> (3 - x % 4) & 1);
        }
    cv::GaussianBlur(out, out, cv::Size(0, 0), 0.9);
    out -= cv::mean(out)[0];
    return out / cv::norm(out);
}

/* One a row. */
static const cv::Mat &
patterns()
{
    static const cv::Mat all = [] {
        cv::Mat made;

        for (const Glyph &glyph : glyphs)
            made.push_back(pattern_of(glyph.rows).reshape(1, 1));
        return made;
    }();

    return all;
}

/* The place of the k-th character, ink light, so large that its pattern can be moved about
 * in it. */
static cv::Mat
cell_of(const cv::Mat &grey, const SaoyRow &row, int k)
{
    const int w = GLYPH_W + 2 * SLACK_X, h = GLYPH_H + 2 * SLACK_Y;
    double along = row.pitch + 2 * k * row.bend, turn = std::atan2(row.rise, along);
    double sx = along / std::cos(turn) / GLYPH_W, sy = row.height / GLYPH_DIGIT;
    cv::Point2d middle = saoy_row_at(row, k);
    cv::Mat_<double> to(2, 3);
    cv::Mat cell;

    to << sx * std::cos(turn), -sy * std::sin(turn), 0, sx * std::sin(turn),
        sy * std::cos(turn), 0;
    to(0, 2) = middle.x - to(0, 0) * (w - 1) / 2 - to(0, 1) * (h - 1) / 2;
    to(1, 2) = middle.y - to(1, 0) * (w - 1) / 2 - to(1, 1) * (h - 1) / 2;
    cv::warpAffine(grey, cell, to, cv::Size(w, h), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    cell.convertTo(cell, CV_32F, -1);
    return cell;
}

/* What lies under a pattern at (left, top), with mean 0 and length 1. */
static void
take_window(const cv::Mat &cell, int left, int top, float *out)
{
    float mean = 0, square = 0;

    for (int y = 0; y < GLYPH_H; y++)
        for (int x = 0; x < GLYPH_W; x++) {
            float value = cell.ptr<float>(top + y)[left + x];

            out[y * GLYPH_W + x] = value;
            mean += value / GLYPH_SIZE;
            square += value * value;
        }
    float length = std::sqrt(std::max(square - GLYPH_SIZE * mean * mean, 1.0f));
    for (int i = 0; i < GLYPH_SIZE; i++)
        out[i] = (out[i] - mean) / length;
}

/* Every place in the cell where a pattern may lie, one a row: times a pattern it is their
 * likeness. */
static cv::Mat
windows_of(const cv::Mat &cell)
{
    cv::Mat all((2 * SLACK_X + 1) * (2 * SLACK_Y + 1), GLYPH_SIZE, CV_32F);
    int row = 0;

    for (int y = 0; y <= 2 * SLACK_Y; y++)
        for (int x = 0; x <= 2 * SLACK_X; x++)
            take_window(cell, x, y, all.ptr<float>(row++));
    return all;
}

static char
read_cell(const cv::Mat &cell)
{
    cv::Mat likeness = windows_of(cell) * patterns().t();
    cv::Point at;
    double best = 0;

    cv::minMaxLoc(likeness, NULL, &best, NULL, &at);
    return best < LEAST_LIKENESS ? '?' : glyphs[at.x].character;
}

static std::string
read_row(const cv::Mat &grey, const SaoyRow &row)
{
    std::string text;

    for (int k = 0; k < row.n; k++)
        text += read_cell(cell_of(grey, row, k));
    return text;
}

/* How many characters the lower row begins to the right of the upper one. */
static double
offset_of(const SaoyRow &upper, const SaoyRow &lower)
{
    double turn = std::atan2(upper.rise, upper.pitch);
    double dx = lower.x0 - upper.x0, dy = lower.y0 - upper.y0;

    return (dx * std::cos(turn) + dy * std::sin(turn)) * std::cos(turn) / upper.pitch;
}

/* Lines of a zone: one pitch, one direction, a sixth of an inch apart (4.23 mm to a pitch
 * of 2.54 mm). */
static bool
belong_together(const SaoyRow &upper, const SaoyRow &lower)
{
    double turn = std::atan2(upper.rise, upper.pitch);
    double dx = lower.x0 - upper.x0, dy = lower.y0 - upper.y0;
    double apart = (dy * std::cos(turn) - dx * std::sin(turn)) / upper.pitch;

    return apart > 1.2 && apart < 2.3 && std::abs(lower.pitch / upper.pitch - 1) < 0.1 &&
           std::abs(lower.rise / lower.pitch - upper.rise / upper.pitch) < 0.04;
}

/* A blot at either end makes a row longer: every pair of stretches of the right length that
 * begin below one another is a reading. */
static void
add_readings(const std::string &upper, const std::string &lower, double offset,
             std::vector<std::string> *out)
{
    for (size_t n : { (size_t)30, (size_t)36, (size_t)44 })
        for (size_t a = 0; a + n <= upper.size() && a <= MOST_STRAYS; a++)
            for (size_t b = 0; b + n <= lower.size() && b <= MOST_STRAYS; b++)
                if (std::abs((double)b + offset - (double)a) < 0.6 &&
                    upper.size() <= n + MOST_STRAYS && lower.size() <= n + MOST_STRAYS &&
                    out->size() < MOST_TEXTS)
                    out->push_back(upper.substr(a, n) + "\n" + lower.substr(b, n));
}

static std::vector<std::string>
readings_of(const cv::Mat &grey)
{
    std::vector<SaoyRow> rows = saoy_rows_of(grey, LEAST_CHARACTERS);
    std::vector<std::string> lines(rows.size()), out;
    cv::Mat soft = grey;

    for (size_t i = 0; i < rows.size(); i++)
        for (size_t j = i + 1; j < rows.size(); j++) {
            if (!belong_together(rows[i], rows[j]))
                continue;
            for (size_t k : { i, j })
                if (lines[k].empty())
                    lines[k] = read_row(soft, rows[k]);
            add_readings(lines[i], lines[j], offset_of(rows[i], rows[j]), &out);
        }
    for (std::string &line : lines)
        explicit_bzero(line.data(), line.size());
    return out;
}

static cv::Mat
grey_of(const SaoyImage *frame)
{
    cv::Mat grey = saoy_mat_of(frame);
    double scale = (double)MOST_SIDE / std::max(frame->width, frame->height);

    if (frame->channels == 3)
        cv::cvtColor(grey, grey, cv::COLOR_RGB2GRAY);
    if (scale < 1)
        cv::resize(grey, grey, cv::Size(), scale, scale, cv::INTER_AREA);
    return grey;
}

char **
saoy_mrz_see(const SaoyImage *frame, GError **error)
{
    return saoy_guarded(error, [&] {
        std::vector<std::string> texts = readings_of(grey_of(frame));
        char **out = g_new0(char *, texts.size() + 1);

        for (size_t i = 0; i < texts.size(); i++) {
            out[i] = g_strdup(texts[i].c_str());
            explicit_bzero(texts[i].data(), texts[i].size());
        }
        return out;
    });
}
