#include "verify-parts.h"

#include "core/file.h"

/* FieldMDP (ISO 32000-1, 12.8.2.4): which form fields a signature locked. */

enum { MAX_NAMES = 1000, MAX_PARENTS = 32 };

/* The field's full name, "a.b.c", from its own and its parents' /T. */
static GBytes *
full_name(SaoyCheck *check, size_t revision, const SaoyPdfValue *field)
{
    g_autoptr(GString) name = g_string_new(NULL);

    for (int i = 0; field != NULL && i < MAX_PARENTS; i++) {
        const SaoyPdfValue *part = saoy_pdf_get(check->pdf, revision, field, "T");

        if (!saoy_check_spend(check, SAOY_LOOK_UP))
            break;
        if (part != NULL && part->type == SAOY_PDF_STRING &&
            saoy_check_spend(check, (name->len + part->text.size) / SAOY_LOOK_BYTES)) {
            if (name->len > 0)
                g_string_prepend_c(name, '.');
            g_string_prepend_len(name, (const char *)part->text.data,
                                 (gssize)part->text.size);
        }
        field = saoy_pdf_get(check->pdf, revision, field, "Parent");
    }
    return g_string_free_to_bytes(g_steal_pointer(&name));
}

/* The names lie in the file's own memory. */
static GHashTable *
names_of(SaoyCheck *check, size_t revision, const SaoyPdfValue *lock)
{
    const SaoyPdfValue *fields = saoy_pdf_get(check->pdf, revision, lock, "Fields");
    GHashTable *names = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                              (GDestroyNotify)g_bytes_unref, NULL);

    for (size_t i = 0;
         fields != NULL && fields->type == SAOY_PDF_ARRAY && i < fields->n && i < MAX_NAMES;
         i++) {
        const SaoyPdfValue *one = saoy_pdf_resolve(check->pdf, revision, &fields->items[i]);

        if (one != NULL && one->type == SAOY_PDF_STRING &&
            saoy_check_spend(check, SAOY_LOOK_UP + one->text.size / SAOY_LOOK_BYTES))
            g_hash_table_add(names, g_bytes_new_static(one->text.data, one->text.size));
    }
    return names;
}

static void
take_lock(SaoyCheck *check, SaoyMark *mark)
{
    const SaoyPdfValue *lock = saoy_mark_transform(check, mark->place.dict, "FieldMDP");
    const SaoyPdfValue *action = saoy_pdf_get(check->pdf, mark->revision, lock, "Action");

    mark->lock.names = names_of(check, mark->revision, lock);
    mark->lock.kind = saoy_pdf_is_name(action, "All")       ? SAOY_LOCK_ALL
                      : saoy_pdf_is_name(action, "Include") ? SAOY_LOCK_INCLUDE
                      : saoy_pdf_is_name(action, "Exclude") ? SAOY_LOCK_EXCLUDE
                                                            : SAOY_LOCK_NONE;
}

static bool
locks(const SaoyLock *lock, const GBytes *name)
{
    switch (lock->kind) {
    case SAOY_LOCK_ALL:
        return true;
    case SAOY_LOCK_INCLUDE:
        return g_hash_table_contains(lock->names, name);
    case SAOY_LOCK_EXCLUDE:
        return !g_hash_table_contains(lock->names, name);
    default:
        return false;
    }
}

bool
saoy_check_is_locked(SaoyCheck *check, size_t revision, const SaoyPdfValue *field)
{
    g_autoptr(GBytes) name = full_name(check, revision, field);
    size_t cost = 2 + g_bytes_get_size(name) / SAOY_LOOK_BYTES;

    for (size_t i = 0; i < check->n_marks; i++) {
        SaoyMark *mark = &check->marks[i];

        if (mark->coverage == SAOY_COVERAGE_PARTIAL || mark->revision > revision)
            continue;
        if (!saoy_check_spend(check, cost))
            return true;
        if (mark->lock.names == NULL)
            take_lock(check, mark);
        if (locks(&mark->lock, name))
            return true;
    }
    return false;
}
