#pragma once
/* Sheets drawn in code, laid on a glass as a person lays them. 200 dpi keeps tests quick.
 */
#include "vision/page.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWN_DPI 200 /* the least that is allowed */

static inline int
drawn_px(double mm)
{
    return (int)lround(mm * DRAWN_DPI / 25.4);
}

static inline uint8_t *
drawn_at(const SaoyImage *image, int x, int y)
{
    return image->pixels + (size_t)y * (size_t)image->stride + (size_t)x * 3;
}

static inline void
drawn_fill(SaoyImage *image, int x, int y, int w, int h, uint32_t rgb)
{
    for (int v = MAX(y, 0); v < MIN(y + h, image->height); v++)
        for (int u = MAX(x, 0); u < MIN(x + w, image->width); u++)
            for (int c = 0; c < 3; c++)
                drawn_at(image, u, v)[c] = (uint8_t)(rgb >> (16 - 8 * c));
}

static inline SaoyImage *
drawn_sheet(double width_mm, double height_mm, uint32_t rgb)
{
    SaoyImage *image =
        saoy_image_new(drawn_px(width_mm), drawn_px(height_mm), 3, DRAWN_DPI, NULL);

    drawn_fill(image, 0, 0, image->width, image->height, rgb);
    return image;
}

/* Lines of letters: stems of x-height, more of them with ascenders than with descenders. */
static inline void
drawn_write(SaoyImage *image, double left_mm, double top_mm, int lines, int letters,
            uint32_t rgb)
{
    uint32_t state = 9;

    for (int line = 0; line < lines; line++)
        for (int i = 0; i < letters; i++) {
            int x = drawn_px(left_mm + i * 2.2), y = drawn_px(top_mm + line * 6.5);
            int up = 0, down = 0;

            state = state * 1664525u + 1013904223u;
            up = (state >> 24) % 5 < 2 ? drawn_px(1.0) : 0;
            down = (state >> 24) % 11 == 0 ? drawn_px(0.8) : 0;
            if (i % 7 == 6)
                continue;
            drawn_fill(image, x, y - up, 2, drawn_px(1.8) + up + down, rgb);
            drawn_fill(image, x, y, drawn_px(1.4), 2, rgb);
            drawn_fill(image, x, y + drawn_px(1.8) - 2, drawn_px(1.4), 2, rgb);
        }
}

/* Even noise of +-spread, the same on every run. */
static inline void
drawn_noise(SaoyImage *image, int spread)
{
    uint32_t state = 5;

    for (int i = 0; i < image->stride * image->height; i++) {
        state = state * 1664525u + 1013904223u;
        int v =
            image->pixels[i] + (int)((state >> 16) % (unsigned)(2 * spread + 1)) - spread;
        image->pixels[i] = (uint8_t)CLAMP(v, 0, 255);
    }
}

/* The homography that takes the unit square to four corners, clockwise from the top left
 * (Heckbert 1989, 2.2.3). */
static inline void
drawn_square_to(const double c[8], double h[9])
{
    double dx1 = c[2] - c[4], dx2 = c[6] - c[4], sx = c[0] - c[2] + c[4] - c[6];
    double dy1 = c[3] - c[5], dy2 = c[7] - c[5], sy = c[1] - c[3] + c[5] - c[7];
    double all = dx1 * dy2 - dx2 * dy1;
    double g = (sx * dy2 - dx2 * sy) / all, k = (dx1 * sy - sx * dy1) / all;
    const double out[9] = { c[2] - c[0] + g * c[2],
                            c[6] - c[0] + k * c[6],
                            c[0],
                            c[3] - c[1] + g * c[3],
                            c[7] - c[1] + k * c[7],
                            c[1],
                            g,
                            k,
                            1 };

    memcpy(h, out, sizeof out);
}

static inline void
drawn_invert(const double m[9], double out[9])
{
    const double r[9] = { m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8],
                          m[1] * m[5] - m[2] * m[4], m[5] * m[6] - m[3] * m[8],
                          m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
                          m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7],
                          m[0] * m[4] - m[1] * m[3] };

    memcpy(out, r, sizeof r);
}

static inline void
drawn_sample(const SaoyImage *from, double x, double y, uint8_t *out)
{
    int x0 = CLAMP((int)x, 0, from->width - 2), y0 = CLAMP((int)y, 0, from->height - 2);
    double u = CLAMP(x - x0, 0, 1), v = CLAMP(y - y0, 0, 1);
    const uint8_t *a = drawn_at(from, x0, y0), *b = drawn_at(from, x0, y0 + 1);

    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)lround((a[c] * (1 - u) + a[c + 3] * u) * (1 - v) +
                                 (b[c] * (1 - u) + b[c + 3] * u) * v);
}

/* Lays the sheet with its corners at these places of the glass, in mm. */
static inline void
drawn_lay(SaoyImage *glass, const SaoyImage *sheet, const double corners_mm[8])
{
    double corners[8], there[9], back[9];

    for (int i = 0; i < 8; i++)
        corners[i] = corners_mm[i] * DRAWN_DPI / 25.4;
    drawn_square_to(corners, there);
    drawn_invert(there, back);
    for (int y = 0; y < glass->height; y++)
        for (int x = 0; x < glass->width; x++) {
            double w = back[6] * x + back[7] * y + back[8];
            double u = (back[0] * x + back[1] * y + back[2]) / w;
            double v = (back[3] * x + back[4] * y + back[5]) / w;

            if (u >= 0 && u <= 1 && v >= 0 && v <= 1)
                drawn_sample(sheet, u * (sheet->width - 1), v * (sheet->height - 1),
                             drawn_at(glass, x, y));
        }
}

/* The same as a rectangle at x, y, turned clockwise around its middle. */
static inline void
drawn_lay_turned(SaoyImage *glass, const SaoyImage *sheet, double x_mm, double y_mm,
                 double degrees)
{
    double w = sheet->width * 25.4 / DRAWN_DPI, h = sheet->height * 25.4 / DRAWN_DPI;
    double s = sin(degrees * G_PI / 180), c = cos(degrees * G_PI / 180);
    const double dx[4] = { -w / 2, w / 2, w / 2, -w / 2 };
    const double dy[4] = { -h / 2, -h / 2, h / 2, h / 2 };
    double corners[8];

    for (int k = 0; k < 4; k++) {
        corners[2 * k] = x_mm + w / 2 + dx[k] * c - dy[k] * s;
        corners[2 * k + 1] = y_mm + h / 2 + dx[k] * s + dy[k] * c;
    }
    drawn_lay(glass, sheet, corners);
}

static inline SaoyImage *
drawn_clean(const SaoyImage *scan, SaoyPageReport *report)
{
    g_autoptr(GError) error = NULL;
    SaoyImage *page = saoy_page_clean(scan, report, &error);

    g_assert_no_error(error);
    return page;
}
