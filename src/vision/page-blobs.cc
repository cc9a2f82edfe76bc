/* What hangs together, by runs of rows: ink is a twentieth of a page, so that a table of
 * labels as large as the page, as OpenCV has it, is mostly written for nothing. */
#include "page-parts.h"

#include <algorithm>
#include <string.h>

/* The first sample from x on that is ink; n: none. Paper is passed eight at a time. */
static int
next_ink(const uint8_t *row, int x, int n)
{
    uint64_t eight = 0;

    for (; x + 8 <= n; x += 8) {
        memcpy(&eight, row + x, sizeof eight);
        if (eight != 0)
            break;
    }
    while (x < n && row[x] == 0)
        x++;
    return x;
}

static int
root_of(std::vector<int> *parent, int i)
{
    while ((*parent)[(size_t)i] != i) {
        int above = (*parent)[(size_t)i];

        (*parent)[(size_t)i] = (*parent)[(size_t)above];
        i = (*parent)[(size_t)i];
    }
    return i;
}

/* A run takes the blob of each run above that it touches, by a corner too; *from..end are
 * those not left of it. */
static void
join_above(const std::vector<SaoyRun> &runs, size_t end, size_t *from, SaoyRun *run,
           std::vector<int> *parent)
{
    while (*from < end && runs[*from].to < run->from)
        ++*from;
    for (size_t i = *from; i < end && runs[i].from <= run->to; i++) {
        int root = root_of(parent, runs[i].blob);

        if (run->blob < 0)
            run->blob = root;
        else
            (*parent)[(size_t)std::max(root, run->blob)] = std::min(root, run->blob);
        run->blob = root_of(parent, run->blob);
    }
    if (run->blob < 0) {
        run->blob = (int)parent->size();
        parent->push_back(run->blob);
    }
}

/* The runs of row y; those of the row above are first..end. */
static void
runs_of_row(const cv::Mat &ink, int y, size_t first, size_t end, SaoyBlobs *out,
            std::vector<int> *parent)
{
    const uint8_t *row = ink.ptr(y);
    size_t above = first;

    for (int x = next_ink(row, 0, ink.cols); x < ink.cols; x = next_ink(row, x, ink.cols)) {
        SaoyRun run = { y, x, x, -1 };

        while (x < ink.cols && row[x] != 0)
            x++;
        run.to = x;
        join_above(out->runs, end, &above, &run, parent);
        out->runs.push_back(run);
    }
}

static void
measure(std::vector<int> *parent, SaoyBlobs *out)
{
    std::vector<int> number(parent->size(), -1);

    for (SaoyRun &run : out->runs) {
        int &blob = number[(size_t)root_of(parent, run.blob)];
        cv::Rect box(run.from, run.y, run.to - run.from, 1);

        if (blob < 0) {
            blob = (int)out->blobs.size();
            out->blobs.push_back({ box, 0 });
        }
        run.blob = blob;
        out->blobs[(size_t)blob].box |= box;
        out->blobs[(size_t)blob].area += box.width;
    }
}

SaoyBlobs
saoy_blobs_of(const cv::Mat &ink)
{
    SaoyBlobs out = {};
    std::vector<int> parent;
    size_t first = 0;

    for (int y = 0; y < ink.rows; y++) {
        size_t end = out.runs.size();

        runs_of_row(ink, y, first, end, &out, &parent);
        first = end;
    }
    measure(&parent, &out);
    return out;
}
