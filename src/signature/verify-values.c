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

/* What comparing or walking the value itself costs, without what is inside. */
static size_t
cost_of(const SaoyPdfValue *value)
{
    bool text = value->type >= SAOY_PDF_STRING && value->type <= SAOY_PDF_NAME;

    return 1 + (text || value->type == SAOY_PDF_STREAM ? value->text.size / SAOY_LOOK_BYTES
                                                       : 0);
}

static bool
has_items(const SaoyPdfValue *value)
{
    return value->type == SAOY_PDF_ARRAY || value->type == SAOY_PDF_DICT ||
           value->type == SAOY_PDF_STREAM;
}

static bool
push_pairs(GArray *stack, const SaoyPdfValue *a, const SaoyPdfValue *b)
{
    bool list = a->type == SAOY_PDF_ARRAY;

    for (size_t i = 0; has_items(a) && i < a->n; i++) {
        Pair inner = { list ? &a->items[i] : &a->items[2 * i + 1],
                       list ? &b->items[i] : saoy_pdf_find(b, a->items[2 * i].text) };

        if (inner.b == NULL)
            return false;
        g_array_append_val(stack, inner);
    }
    return true;
}

static bool
equal_deep(SaoyCheck *check, Pair pair)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Pair));

    g_array_append_val(stack, pair);
    while (stack->len > 0) {
        pair = g_array_index(stack, Pair, stack->len - 1);
        g_array_set_size(stack, stack->len - 1);
        if (pair.a == pair.b)
            continue;
        if (!saoy_check_spend(check, cost_of(pair.a)) || !equal_shallow(pair.a, pair.b) ||
            !push_pairs(stack, pair.a, pair.b))
            return false;
    }
    return true;
}

bool
saoy_values_equal(SaoyCheck *check, const SaoyPdfValue *a, const SaoyPdfValue *b)
{
    if (a == NULL || b == NULL || a == b)
        return a == b;
    if (has_items(a))
        return equal_deep(check, (Pair){ a, b });
    return saoy_check_spend(check, cost_of(a)) && equal_shallow(a, b);
}

/* What holds others is put aside for later, the rest is nothing or a reference. */
static void
take_item(GPtrArray *stack, const SaoyPdfValue *item, SaoyReferenceFunc *on, void *user)
{
    if (item->type == SAOY_PDF_REF)
        on(user, item);
    else if (has_items(item))
        g_ptr_array_add(stack, (void *)(uintptr_t)item);
}

static void
take_items(GPtrArray *stack, const SaoyPdfValue *value, const char *const *skip,
           SaoyReferenceFunc *on, void *user)
{
    bool list = value->type == SAOY_PDF_ARRAY;

    for (size_t i = 0; i < value->n; i++)
        if (list)
            take_item(stack, &value->items[i], on, user);
        else if (!saoy_pdf_is_any_name(&value->items[2 * i], skip))
            take_item(stack, &value->items[2 * i + 1], on, user);
}

void
saoy_values_walk(SaoyCheck *check, const SaoyPdfValue *value, const char *const *skip,
                 SaoyReferenceFunc *on, void *user)
{
    g_autoptr(GPtrArray) stack = NULL;

    if (value == NULL || !saoy_check_spend(check, 1))
        return;
    stack = g_ptr_array_new();
    take_item(stack, value, on, user);
    while (stack->len > 0) {
        const SaoyPdfValue *top = g_ptr_array_steal_index(stack, stack->len - 1);

        if (!saoy_check_spend(check, 1 + top->n))
            return;
        take_items(stack, top, skip, on, user);
        skip = NULL;
    }
}
