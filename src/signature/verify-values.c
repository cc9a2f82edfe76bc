#include "verify-parts.h"

#include <string.h>

/* Values are trees of the reader's making, at most 64 deep; both walks keep their own
 * stack. */
typedef struct {
    const SaoyPdfValue *a, *b;
} Pair;

static bool
same_text(SaoyView a, SaoyView b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Equal but for what is inside. */
static bool
equal_shallow(const SaoyPdfValue *a, const SaoyPdfValue *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case SAOY_PDF_NULL:
        return true;
    case SAOY_PDF_BOOL:
    case SAOY_PDF_INT:
        return a->number == b->number;
    case SAOY_PDF_REAL:
        return !(a->real < b->real) && !(a->real > b->real);
    case SAOY_PDF_REF:
        return a->number == b->number && a->generation == b->generation;
    case SAOY_PDF_STRING:
    case SAOY_PDF_NAME:
        return same_text(a->text, b->text);
    case SAOY_PDF_STREAM:
        return a->n == b->n && same_text(a->text, b->text);
    default:
        return a->n == b->n;
    }
}

static bool
push_pairs(GArray *stack, const SaoyPdfValue *a, const SaoyPdfValue *b)
{
    bool dict = a->type == SAOY_PDF_DICT || a->type == SAOY_PDF_STREAM;

    for (size_t i = 0; (dict || a->type == SAOY_PDF_ARRAY) && i < a->n; i++) {
        Pair inner = { dict ? &a->items[2 * i + 1] : &a->items[i],
                       dict ? saoy_pdf_find(b, a->items[2 * i].text) : &b->items[i] };

        if (inner.b == NULL)
            return false;
        g_array_append_val(stack, inner);
    }
    return true;
}

bool
saoy_values_equal(const SaoyPdfValue *a, const SaoyPdfValue *b)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Pair));
    Pair pair = { a, b };

    if (a == NULL || b == NULL)
        return a == b;
    g_array_append_val(stack, pair);
    while (stack->len > 0) {
        pair = g_array_index(stack, Pair, stack->len - 1);
        g_array_set_size(stack, stack->len - 1);
        if (pair.a == pair.b)
            continue;
        if (!equal_shallow(pair.a, pair.b) || !push_pairs(stack, pair.a, pair.b))
            return false;
    }
    return true;
}

static void
push_items(GPtrArray *stack, const SaoyPdfValue *value, const char *const *skip)
{
    if (value->type == SAOY_PDF_ARRAY)
        for (size_t i = 0; i < value->n; i++)
            g_ptr_array_add(stack, (void *)(uintptr_t)&value->items[i]);
    if (value->type != SAOY_PDF_DICT && value->type != SAOY_PDF_STREAM)
        return;
    for (size_t i = 0; i < value->n; i++)
        if (!saoy_pdf_is_any_name(&value->items[2 * i], skip))
            g_ptr_array_add(stack, (void *)(uintptr_t)&value->items[2 * i + 1]);
}

void
saoy_values_walk(const SaoyPdfValue *value, const char *const *skip, SaoyReferenceFunc *on,
                 void *user)
{
    g_autoptr(GPtrArray) stack = g_ptr_array_new();

    if (value == NULL)
        return;
    if (value->type == SAOY_PDF_REF)
        on(user, value);
    push_items(stack, value, skip);
    while (stack->len > 0) {
        const SaoyPdfValue *top = g_ptr_array_steal_index(stack, stack->len - 1);

        if (top->type == SAOY_PDF_REF)
            on(user, top);
        push_items(stack, top, NULL);
    }
}
