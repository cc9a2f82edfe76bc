#include "document/compose.h"

#include "assemble.h"
#include "layer.h"

#include "core/error.h"

enum {
    MAX_PIXELS = 32767,
    QUIET = 4, /* modules without ink around a symbol (ISO/IEC 18004) */
};

/* One page of the copy: the picture below, the strip above. */
typedef struct {
    SaoyArea whole, scan, strip;
} Sheet;

static bool
check_matrix(const SaoyMatrix *matrix, int most, const char *what, GError **error)
{
    if (matrix->modules == NULL || matrix->size < 21 || matrix->size > most ||
        (matrix->size - 17) % 4 != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "compose: no usable %s", what);
    return true;
}

static bool
check_page(const SaoyCopyPage *page, GError **error)
{
    if (page->jpeg == NULL || page->width < 1 || page->width > MAX_PIXELS ||
        page->height < 1 || page->height > MAX_PIXELS || page->dpi < 72 ||
        page->dpi > 2400 || page->width / page->dpi > 190 || page->height / page->dpi > 190)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "compose: a page has no usable size");
    if (page->channels != 1 && page->channels != 3)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "compose: a page has %d channels",
                         page->channels);
    return true;
}

/* Modules a seal may have, so that its quiet zone stays free. */
static int
seal_room(const SaoyTemplates *set)
{
    int across = set->block.text_um - set->block.margin_um;

    return MIN(across, set->block.sentence_um - set->block.seal_um) / set->module_um -
           QUIET;
}

static bool
check(const SaoyTemplates *set, const SaoyCopy *copy, GError **error)
{
    if (copy->n_pages < 1 || copy->n_pages > SAOY_COPY_MAX_PAGES)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "compose: %zu pages", copy->n_pages);
    if (!check_matrix(&copy->link_qr, set->strip.qr_um / set->module_um, "link QR",
                      error) ||
        !check_matrix(&copy->seal_qr, seal_room(set), "seal QR", error))
        return false;
    for (size_t i = 0; i < copy->n_pages; i++)
        if (!check_page(&copy->pages[i], error))
            return false;
    for (int i = 0; i < SAOY_SIGNER_N; i++)
        if (copy->approval->credentials[i].contents_bytes < 1024)
            return saoy_fail(error, SAOY_ERROR_MALFORMED,
                             "compose: no room for a signature");
    return true;
}

/* 100 %: a pixel is 1/dpi inch. A narrow original (a card) still gets a strip that can be
 * read. */
static Sheet
sheet_of(const SaoyTemplates *set, const SaoyCopyPage *page)
{
    double w = page->width * 72.0 / page->dpi, h = page->height * 72.0 / page->dpi;
    double whole = MAX(w, saoy_um_to_pt(set->strip.least_width_um));
    double strip = saoy_um_to_pt(set->strip.height_um);

    return (Sheet){ { 0, 0, whole, h + strip },
                    { (whole - w) / 2, 0, w, h },
                    { 0, h, whole, strip } };
}

static Sheet
added_sheet(const SaoyTemplates *set)
{
    double w = saoy_um_to_pt(set->added.width_um), h = saoy_um_to_pt(set->added.height_um);
    double strip = saoy_um_to_pt(set->strip.height_um);

    return (Sheet){ { 0, 0, w, h }, { 0, 0, w, h - strip }, { 0, h - strip, w, strip } };
}

static bool
draw_page(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy, size_t i,
          unsigned pages, GError **error)
{
    const SaoyCopyPage *page = &copy->pages[i];
    Sheet on = sheet_of(set, page);

    saoy_canvas_page(canvas, on.whole.w, on.whole.h);
    if (!saoy_canvas_jpeg(canvas, page->jpeg, page->width, page->height, page->channels,
                          on.scan.x, on.scan.y, on.scan.w, on.scan.h, error))
        return false;
    saoy_draw_strip(canvas, set, copy, (unsigned)i + 1, pages, on.strip);
    saoy_draw_words(canvas, page, on.scan);
    saoy_draw_watermark(canvas, set, copy->approval->official, on.scan);
    return true;
}

static void
draw_block_inside(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                  SaoyLayout *layout)
{
    const SaoyCopyPage *last = &copy->pages[copy->n_pages - 1];
    Sheet on = sheet_of(set, last);
    double pixel = 72.0 / last->dpi, x = 0, y = 0;

    saoy_block_place(set, last, &x, &y);
    layout->block_page = (unsigned)copy->n_pages - 1;
    layout->block_top = on.scan.y + on.scan.h - y * pixel;
    saoy_draw_block(canvas, set, copy, on.scan.x + x * pixel, layout->block_top,
                    layout->widgets);
}

static void
draw_block_added(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                 SaoyLayout *layout)
{
    Sheet on = added_sheet(set);
    double x = (on.whole.w - saoy_um_to_pt(set->block.width_um)) / 2;
    double top = on.strip.y - saoy_um_to_pt(set->added.block_um);
    g_autofree char *heading = saoy_template_fill(
        set->added.heading,
        (const char *const[]){ "copy_id", copy->approval->copy_id, NULL });

    saoy_canvas_page(canvas, on.whole.w, on.whole.h);
    saoy_draw_strip(canvas, set, copy, (unsigned)layout->n_pages, (unsigned)layout->n_pages,
                    on.strip);
    saoy_draw_watermark(canvas, set, copy->approval->official, on.scan);
    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, saoy_size_to_pt(set->added.heading_size),
                   SAOY_CENTRE, x, on.strip.y - saoy_um_to_pt(set->added.heading_um),
                   saoy_um_to_pt(set->block.width_um), heading);
    layout->block_page = (unsigned)copy->n_pages;
    layout->block_top = on.strip.y;
    saoy_draw_block(canvas, set, copy, x, top, layout->widgets);
}

static bool
draw(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy, SaoyLayout *layout,
     GError **error)
{
    bool inside = saoy_block_fits(set, &copy->pages[copy->n_pages - 1]);

    layout->n_pages = copy->n_pages + !inside;
    layout->first_top = sheet_of(set, &copy->pages[0]).whole.h;
    for (size_t i = 0; i < copy->n_pages; i++)
        if (!draw_page(canvas, set, copy, i, (unsigned)layout->n_pages, error))
            return false;
    (inside ? draw_block_inside : draw_block_added)(canvas, set, copy, layout);
    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        SaoyArea size = { 0, 0, layout->widgets[i].w, layout->widgets[i].h };

        saoy_canvas_page(canvas, size.w, size.h);
        saoy_draw_signature(canvas, set, copy->approval, i, size);
    }
    return true;
}

GBytes *
saoy_compose(const SaoyCopy *copy, GError **error)
{
    const SaoyTemplates *set = saoy_templates(error);
    g_autoptr(SaoyCanvas) canvas = NULL;
    g_autoptr(GBytes) drawn = NULL;
    SaoyLayout layout = { 0 };

    if (set == NULL || !check(set, copy, error))
        return NULL;
    canvas = saoy_canvas_new(set, error);
    if (canvas == NULL || !draw(canvas, set, copy, &layout, error))
        return NULL;
    drawn = saoy_canvas_save(canvas, error);
    if (drawn == NULL)
        return NULL;
    return saoy_assemble(drawn, canvas, set, copy->approval, &layout, error);
}
