#include "layer.h"

/* Words of one line share size and baseline, so that readers of the text see one line; each
 * is stretched over its own box, with a space behind it as its end. */
static int
by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static int
median(GArray *values)
{
    g_array_sort(values, by_value);
    return g_array_index(values, int, values->len / 2);
}

/* Size and baseline of words [from, to), in pixels: letters without tails stand on the
 * median bottom, and a box is about two thirds of the type's size high. */
static void
measure_line(const SaoyWords *words, size_t from, size_t to, double *size, double *baseline)
{
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) bottoms = g_array_new(FALSE, FALSE, sizeof(int));

    for (size_t i = from; i < to; i++) {
        int bottom = words->items[i].box.y + words->items[i].box.h;

        g_array_append_val(heights, words->items[i].box.h);
        g_array_append_val(bottoms, bottom);
    }
    *size = median(heights);
    *baseline = median(bottoms);
}

void
saoy_draw_words(SaoyCanvas *canvas, const SaoyCopyPage *page, SaoyArea scan)
{
    const SaoyWords *words = &page->words;
    double pixel = 72.0 / page->dpi;

    for (size_t from = 0, to = 0; from < words->n; from = to) {
        double size = 0, baseline = 0;

        for (to = from; to < words->n && words->items[to].line == words->items[from].line;
             to++)
            ;
        measure_line(words, from, to, &size, &baseline);
        size = CLAMP(size * pixel, 3, 144);
        for (size_t i = from; i < to; i++) {
            const SaoyWord *word = &words->items[i];
            g_autofree char *text = g_strconcat(word->text, i + 1 < to ? " " : "", NULL);

            saoy_canvas_hidden_text(canvas, size, scan.x + word->box.x * pixel,
                                    scan.y + scan.h - baseline * pixel, word->box.w * pixel,
                                    text);
        }
    }
}
