#include "pdf-parts.h"

#include "core/file.h"

#include <math.h>
#include <string.h>

/* Dark rectangles that a page's content fills (ISO 32000-1, 8.5): enough to read a drawn
 * QR symbol module by module, without rendering. What is drawn otherwise is counted, so
 * that no symbol stands beside it unseen. */
enum {
    MAX_NUMBERS = 6,
    MAX_STATES = 64,
    MAX_BOXES = 200000,
    MAX_CONTENT = 16 << 20,
    MAX_DRAWN = 64 << 20 /* of all pages */,
    PER_STREAM = 100
};

typedef struct {
    double m[6]; /* current transformation */
    bool dark;   /* fill colour */
} State;

typedef struct {
    double number[MAX_NUMBERS];
    size_t n_numbers;
    State state[MAX_STATES];
    size_t depth;
    GArray *path;  /* SaoyPdfBox, not painted yet */
    GArray *boxes; /* painted */
    unsigned group;
    const char *broken; /* it cannot be said what is drawn */
} Drawing;

static double
operand(const Drawing *drawing, size_t from_end)
{
    return drawing->n_numbers > from_end
               ? drawing->number[drawing->n_numbers - 1 - from_end]
               : 0;
}

static void
push_number(Drawing *drawing, double number)
{
    if (drawing->n_numbers == MAX_NUMBERS) {
        memmove(drawing->number, drawing->number + 1,
                (MAX_NUMBERS - 1) * sizeof drawing->number[0]);
        drawing->n_numbers--;
    }
    drawing->number[drawing->n_numbers++] = number;
}

static void
save(Drawing *drawing)
{
    if (drawing->depth + 1 < MAX_STATES) {
        drawing->state[drawing->depth + 1] = drawing->state[drawing->depth];
        drawing->depth++;
    } else {
        drawing->broken = "graphics states too deep";
    }
}

static void
restore(Drawing *drawing)
{
    if (drawing->depth > 0)
        drawing->depth--;
}

static void
transform(Drawing *drawing)
{
    double a[6], b[6];

    for (size_t i = 0; i < 6; i++)
        a[i] = operand(drawing, 5 - i);
    memcpy(b, drawing->state[drawing->depth].m, sizeof b);
    const double out[6] = {
        a[0] * b[0] + a[1] * b[2],        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5],
    };
    memcpy(drawing->state[drawing->depth].m, out, sizeof out);
}

static void
add_box(Drawing *drawing, SaoyPdfBox box)
{
    if (drawing->path->len + drawing->boxes->len < MAX_BOXES)
        g_array_append_val(drawing->path, box);
    else
        drawing->broken = "too many boxes";
}

static void
rectangle(Drawing *drawing)
{
    const double *m = drawing->state[drawing->depth].m;
    double x = operand(drawing, 3), y = operand(drawing, 2);
    double w = operand(drawing, 1), h = operand(drawing, 0);
    double x0 = m[0] * x + m[2] * y + m[4], y0 = m[1] * x + m[3] * y + m[5];
    double x1 = m[0] * (x + w) + m[2] * (y + h) + m[4];
    double y1 = m[1] * (x + w) + m[3] * (y + h) + m[5];
    SaoyPdfBox box = { MIN(x0, x1), MIN(y0, y1), ABS(x1 - x0), ABS(y1 - y0), 0 };

    if (!isfinite(box.x) || !isfinite(box.y) || !isfinite(box.w) || !isfinite(box.h))
        drawing->broken = "a box of no size";
    else
        add_box(drawing, box);
}

/* A path of lines or curves: no module, but something. */
static void
begin(Drawing *drawing)
{
    add_box(drawing, (SaoyPdfBox){ 0 });
}

static void
paint(Drawing *drawing)
{
    drawing->group++;
    for (guint i = 0; drawing->state[drawing->depth].dark && i < drawing->path->len; i++) {
        SaoyPdfBox *box = &g_array_index(drawing->path, SaoyPdfBox, i);

        box->group = drawing->group;
        g_array_append_vals(drawing->boxes, box, 1);
    }
    g_array_set_size(drawing->path, 0);
}

/* What is only outlined is no module either. */
static void
outline(Drawing *drawing)
{
    drawing->group++;
    for (guint i = 0; i < drawing->path->len; i++) {
        const SaoyPdfBox line = { .group = drawing->group };

        g_array_append_val(drawing->boxes, line);
    }
    g_array_set_size(drawing->path, 0);
}

static void
forget(Drawing *drawing)
{
    g_array_set_size(drawing->path, 0);
}

/* Half of white is what a camera may still take for black. */
static void
set_light(Drawing *drawing, double light)
{
    drawing->state[drawing->depth].dark = !(light > 0.5);
}

static void
set_grey(Drawing *drawing)
{
    set_light(drawing, operand(drawing, 0));
}

static void
set_rgb(Drawing *drawing)
{
    set_light(drawing, 0.299 * operand(drawing, 2) + 0.587 * operand(drawing, 1) +
                           0.114 * operand(drawing, 0));
}

static void
set_cmyk(Drawing *drawing)
{
    double ink = MAX(operand(drawing, 3), MAX(operand(drawing, 2), operand(drawing, 1)));

    set_light(drawing, 1 - operand(drawing, 0) - ink);
}

/* Of another colour space, or a pattern. */
static void
set_other(Drawing *drawing)
{
    set_light(drawing, 0);
}

static void
refuse(Drawing *drawing)
{
    drawing->broken = "drawn by other means than boxes";
}

#define ROW(word, act)             \
    {                              \
        word, sizeof word - 1, act \
    }

static const struct {
    const char *word;
    size_t size;
    void (*act)(Drawing *drawing);
} operators[] = {
    ROW("re", rectangle),  ROW("m", begin),    ROW("q", save),       ROW("Q", restore),
    ROW("cm", transform),  ROW("f", paint),    ROW("F", paint),      ROW("f*", paint),
    ROW("B", paint),       ROW("B*", paint),   ROW("b", paint),      ROW("b*", paint),
    ROW("n", forget),      ROW("S", outline),  ROW("s", outline),    ROW("g", set_grey),
    ROW("rg", set_rgb),    ROW("k", set_cmyk), ROW("cs", set_other), ROW("sc", set_other),
    ROW("scn", set_other), ROW("BI", refuse),  ROW("sh", refuse),
};

static void
run(Drawing *drawing, SaoyView word)
{
    size_t i = 0;

    while (i < G_N_ELEMENTS(operators) &&
           (word.size != operators[i].size ||
            memcmp(word.data, operators[i].word, word.size) != 0))
        i++;
    if (i < G_N_ELEMENTS(operators))
        operators[i].act(drawing);
    drawing->n_numbers = 0;
}

/* A string or hex string is stepped over; nothing in it is an operator. */
static void
skip_string(SaoyPdfLexer *lexer)
{
    size_t open = 0;

    for (; lexer->at < lexer->all.size; lexer->at++) {
        uint8_t c = lexer->all.data[lexer->at];

        if (c == '\\')
            lexer->at++;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0)
            break;
    }
    lexer->at = MIN(lexer->at + 1, lexer->all.size);
}

static SaoyView
take_word(SaoyPdfLexer *lexer)
{
    size_t from = lexer->at++;

    while (lexer->at < lexer->all.size && saoy_pdf_classes[lexer->all.data[lexer->at]] == 0)
        lexer->at++;
    return (SaoyView){ lexer->all.data + from, lexer->at - from };
}

/* "1e5" is none (7.3.3): no operand, and whoever wanted it gets nothing. "--5", "1.2.3" and
 * what is too long or too large are numbers to some readers. */
static void
run_no_number(Drawing *drawing, SaoyView word)
{
    bool figures = true;

    for (size_t i = 0; i < word.size; i++)
        figures = figures && word.data[i] != 0 && strchr("0123456789+-.", word.data[i]);
    if (figures)
        drawing->broken = "a number that is none";
    else
        run(drawing, word);
}

static void
step(Drawing *drawing, SaoyPdfLexer *lexer)
{
    uint8_t c = lexer->all.data[lexer->at];

    if (c == '(') {
        skip_string(lexer);
    } else if (g_ascii_isdigit(c) || c == '-' || c == '+' || c == '.') {
        SaoyPdfValue number = { 0 };

        if (saoy_pdf_number(lexer, &number, NULL))
            push_number(drawing, number.real);
        else
            run_no_number(drawing, take_word(lexer));
    } else if (c == '/' || saoy_pdf_is_delimiter(c)) {
        take_word(lexer);
    } else {
        run(drawing, take_word(lexer));
    }
}

/* All streams of /Contents as one, a space between (7.8.2). */
static GByteArray *
join_contents(SaoyPdf *pdf, const SaoyPdfValue *page, GError **error)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *contents = saoy_pdf_get(pdf, newest, page, "Contents");
    bool list = contents != NULL && contents->type == SAOY_PDF_ARRAY;
    g_autoptr(GByteArray) all = g_byte_array_new();

    for (size_t i = 0; contents != NULL && i < (list ? contents->n : 1); i++) {
        const SaoyPdfValue *stream =
            list ? saoy_pdf_resolve(pdf, newest, &contents->items[i]) : contents;
        g_autoptr(GBytes) bytes = saoy_pdf_stream(pdf, newest, stream, MAX_CONTENT, error);

        if (bytes == NULL)
            return NULL;
        SaoyView view = saoy_view_of(bytes);
        g_byte_array_append(all, view.data, (guint)view.size);
        g_byte_array_append(all, (const uint8_t *)" ", 1);
        pdf->drawn += view.size + PER_STREAM;
        if (all->len > MAX_CONTENT || pdf->drawn > MAX_DRAWN)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: page content too large");
    }
    return g_steal_pointer(&all);
}

GArray *
saoy_pdf_dark_boxes(SaoyPdf *pdf, const SaoyPdfValue *page, GError **error)
{
    g_autoptr(GByteArray) content = join_contents(pdf, page, error);
    g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(SaoyPdfBox));
    Drawing drawing = { .path = path,
                        .boxes = g_array_new(FALSE, FALSE, sizeof(SaoyPdfBox)),
                        .state = { { { 1, 0, 0, 1, 0, 0 }, true } } };
    SaoyPdfLexer lexer = { 0 };

    if (content == NULL) {
        g_array_unref(drawing.boxes);
        return NULL;
    }
    lexer.all = (SaoyView){ content->data, content->len };
    for (saoy_pdf_skip(&lexer); lexer.at < lexer.all.size && drawing.broken == NULL;
         saoy_pdf_skip(&lexer))
        step(&drawing, &lexer);
    if (drawing.broken == NULL)
        return drawing.boxes;
    g_array_unref(drawing.boxes);
    return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: %s", drawing.broken);
}
