#pragma once
/* Revisions that software, or a forger, writes by hand behind an issued file. */
#include "world.h"

/* The object's array under that key with one reference more. */
static inline char *
later_grown(GBytes *pdf, int64_t object, const char *key, int64_t more)
{
    g_autofree char *old = forge_object(pdf, object);
    const char *at = strstr(old, key), *end = at != NULL ? strchr(at, ']') : NULL;

    g_assert_nonnull(end);
    return g_strdup_printf("%.*s %ld 0 R %s", (int)(end - old), old, (long)more, end);
}

/* The object that holds /Fields: the form, or the catalog. */
static inline int64_t
later_form(GBytes *pdf)
{
    Forge f = forge_begin(pdf);
    g_autofree char *root = forge_object(pdf, f.root);
    int64_t form =
        strstr(root, "/Fields") != NULL ? f.root : forge_target(pdf, f.root, "AcroForm");

    g_bytes_unref(forge_close(&f));
    return form;
}

/* field: entries of the new field, without /V; value: of its signature dictionary; looks:
 * content of a stream beside them, or NULL. */
static inline GBytes *
later_stamped(World *world, GBytes *base, const char *field, const char *value,
              const char *looks)
{
    int64_t form = later_form(base);
    Forge f = forge_begin(base);
    int64_t widget = f.size, token = f.size + 1;
    g_autofree char *fields = later_grown(base, form, "/Fields", widget);

    world->object = widget;
    forge_put(&f, form, "%s", fields);
    forge_put(&f, widget,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 %s /V %ld 0 R >>", field,
              (long)token);
    forge_put_signature(&f, token, "ETSI.RFC3161", value);
    if (looks != NULL)
        forge_put_stream(&f, token + 1, "/Type /XObject /Subtype /Form /BBox [ 0 0 99 99 ]",
                         looks);
    return forge_sign(forge_end(&f), &world->tsa, NULL, world_stamp);
}

/* Signed anew by both over a file composed with something else in it: no signature helps.
 */
static inline GBytes *
later_issued(World *world, GBytes *base)
{
    Copy *copy = &world->copy;
    GBytes *kept = copy->base;
    GBytes *pdf = NULL;

    copy->base = base;
    g_ptr_array_set_size(copy->prepared, 0);
    g_clear_pointer(&copy->archived, g_bytes_unref);
    /* the procedure itself refuses what does not verify: what it signed last is taken */
    g_autoptr(GBytes) whole = copy_issue(copy, NULL);
    pdf = whole != NULL ? g_bytes_ref(whole)
                        : g_bytes_ref(copy->prepared->pdata[copy->prepared->len - 1]);
    copy->base = kept;
    g_bytes_unref(base);
    return pdf;
}
