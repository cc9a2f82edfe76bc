#include "pdf-parts.h"

/* Which table says where an object is. All lines of all tables stand in one array by number
 * and revision, so that a thousand revisions cost no more to look through than one. */

int
saoy_pdf_by_number(const void *a, const void *b)
{
    const SaoyPdfEntry *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static int
by_number_and_age(const void *a, const void *b)
{
    const SaoyPdfEntry *x = a, *y = b;
    int order = saoy_pdf_by_number(a, b);

    return order != 0 ? order : (x->revision > y->revision) - (x->revision < y->revision);
}

static void
clear_revision(void *p)
{
    SaoyPdfRevision *revision = p;

    g_clear_pointer(&revision->numbers, g_array_unref);
}

void
saoy_pdf_add_revision(SaoyPdf *pdf, size_t start, size_t end, const SaoyPdfValue *trailer,
                      const GArray *entries)
{
    SaoyPdfRevision revision = {
        start, end, trailer, g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), entries->len)
    };

    if (pdf->revisions == NULL) {
        pdf->revisions = g_array_new(FALSE, TRUE, sizeof revision);
        g_array_set_clear_func(pdf->revisions, clear_revision);
        pdf->index = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));
    }
    for (guint i = 0; i < entries->len; i++) {
        SaoyPdfEntry entry = g_array_index(entries, SaoyPdfEntry, i);

        entry.revision = pdf->revisions->len;
        g_array_append_val(pdf->index, entry);
        g_array_append_val(revision.numbers, entry.number);
    }
    g_array_append_val(pdf->revisions, revision);
}

void
saoy_pdf_sort_index(SaoyPdf *pdf)
{
    const SaoyPdfEntry *all = (const SaoyPdfEntry *)(void *)pdf->index->data;
    bool sorted = true;

    for (guint i = 1; sorted && i < pdf->index->len; i++)
        sorted = by_number_and_age(&all[i - 1], &all[i]) <= 0;
    if (!sorted)
        g_array_sort(pdf->index, by_number_and_age);
    pdf->is_indexed = true;
}

/* The last line not behind (number, revision). */
const SaoyPdfEntry *
saoy_pdf_entry(const SaoyPdf *pdf, size_t revision, int64_t number)
{
    SaoyPdfEntry key = { .number = (uint32_t)number };
    const SaoyPdfEntry *all = NULL;
    size_t low = 0, high = 0;

    if (!pdf->is_indexed || number < 0 || number > SAOY_PDF_MAX_NUMBER)
        return NULL;
    key.revision = (uint32_t)MIN(revision, (size_t)pdf->revisions->len - 1);
    all = (const SaoyPdfEntry *)(void *)pdf->index->data;
    for (high = pdf->index->len; low < high;) {
        size_t middle = (low + high) / 2;

        if (by_number_and_age(&all[middle], &key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && all[low - 1].number == key.number ? &all[low - 1] : NULL;
}

int
saoy_pdf_object_written_in(const SaoyPdf *pdf, size_t revision, int64_t number)
{
    const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, number), *home = NULL;

    if (entry != NULL && entry->place == SAOY_PDF_PACKED)
        home = saoy_pdf_entry(pdf, revision, (int64_t)entry->where);
    if (entry == NULL)
        return -1;
    return (int)MAX(entry->revision, home != NULL ? home->revision : 0);
}

unsigned
saoy_pdf_object_generation(const SaoyPdf *pdf, size_t revision, int64_t number)
{
    const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, number);

    return entry != NULL && entry->place == SAOY_PDF_PLAIN ? entry->generation : 0;
}

int64_t
saoy_pdf_max_object(const SaoyPdf *pdf, size_t revision)
{
    int64_t max = 0;

    for (size_t r = 0; r <= revision && r < pdf->revisions->len; r++) {
        const GArray *numbers = g_array_index(pdf->revisions, SaoyPdfRevision, r).numbers;

        if (numbers->len > 0)
            max = MAX(max, g_array_index(numbers, uint32_t, numbers->len - 1));
    }
    return max;
}

static int
by_size(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

GArray *
saoy_pdf_places(const SaoyPdf *pdf)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(size_t));

    for (guint i = 0; i < pdf->index->len; i++) {
        const SaoyPdfEntry *entry = &g_array_index(pdf->index, SaoyPdfEntry, i);

        if (entry->place == SAOY_PDF_PLAIN && entry->revision < pdf->revisions->len)
            g_array_append_val(places, entry->where);
    }
    g_array_sort(places, by_size);
    return places;
}

GArray *
saoy_pdf_listed(const SaoyPdf *pdf, size_t revision)
{
    const GArray *own = g_array_index(pdf->revisions, SaoyPdfRevision, revision).numbers;
    GArray *numbers = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), own->len);

    for (guint i = 0; i < own->len; i++) {
        int64_t number = g_array_index(own, uint32_t, i);

        g_array_append_val(numbers, number);
    }
    return numbers;
}
