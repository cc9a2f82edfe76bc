/* What may be written behind a signature without a key, and must be called forged: pages
 * said to be validation data, objects under another generation. */
#include "world.h"

static World world;

/* ---- validation data ---- */

static GBytes *
with_entry(GBytes *base, const char *entry)
{
    Forge f = forge_begin(base);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *now = forge_with(old, entry);

    forge_put(&f, f.root, "%s", now);
    world.object = f.root;
    return forge_end(&f);
}

/* First the page becomes the DSS's, then its text is written anew. */
static GBytes *
seized(const char *entry, bool replaced)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    g_autoptr(GBytes) with = with_entry(base, entry);

    if (!replaced)
        return g_steal_pointer(&with);
    Forge f = forge_begin(with);
    forge_put_stream(&f, 4, "", "BT /F 20 Tf 20 200 Td (999 dong) Tj ET");
    world.object = 4;
    return forge_end(&f);
}

static GBytes *
page_as_vri(void)
{
    return seized("/DSS << /VRI << /A 3 0 R >> >>", false);
}

static GBytes *
page_as_vri_replaced(void)
{
    return seized("/DSS << /VRI << /A 3 0 R >> >>", true);
}

static GBytes *
page_under_unknown_key_replaced(void)
{
    return seized("/DSS << /X 3 0 R >>", true);
}

static GBytes *
page_as_extension(void)
{
    return seized("/Extensions << /ADBE << /X 3 0 R >> >>", false);
}

static GBytes *
page_as_extension_replaced(void)
{
    return seized("/Extensions << /ADBE << /X 3 0 R >> >>", true);
}

static GBytes *
catalog_as_dss(void)
{
    return seized("/DSS << /VRI << /A 1 0 R >> >>", true);
}

/* Ours, certified; the store is an object of its own that gains the page later. */
static GBytes *
page_in_grown_dss(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t dss = f.size, page = forge_which(world.pdf, "Type", "Page");
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *entry = g_strdup_printf("/DSS %ld 0 R", (long)dss);
    g_autofree char *now = forge_with(old, entry);

    forge_put(&f, f.root, "%s", now);
    forge_put(&f, dss, "<< /Type /DSS >>");
    g_autoptr(GBytes) with = forge_end(&f);
    Forge g = forge_begin(with);
    forge_put(&g, dss, "<< /Type /DSS /VRI << /A %ld 0 R >> >>", (long)page);
    world.object = dss;
    return forge_end(&g);
}

static GBytes *
script_as_extension(void)
{
    return with_entry(world.pdf, "/Extensions << /X << /S /JavaScript /JS (1) >> >>");
}

/* ---- generations ---- */

/* The object as it was, as generation 1: references to it lead nowhere now. */
static GBytes *
under_generation_one(GBytes *base, int64_t number)
{
    Forge f = forge_begin(base);
    size_t from = f.out->len;
    g_autofree char *old = forge_object(base, number);
    g_autofree char *head = g_strdup_printf("%ld 0 obj", (long)number);

    forge_put(&f, number, "%s", old);
    g_autoptr(GBytes) pdf = forge_end(&f);
    g_autoptr(GBytes) named =
        forge_patched(pdf, forge_find(pdf, head, from) + strlen(head) - 5, "1", 1);
    world.object = number;
    return forge_patched(named, forge_find(named, " 00000 n", from) + 5, "1", 1);
}

static GBytes *
dictionary_under_generation_one(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);

    return under_generation_one(base, 5);
}

static GBytes *
field_under_generation_one(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);

    return under_generation_one(base, 9);
}

static GBytes *
font_under_generation_one(void)
{
    return under_generation_one(world.pdf, forge_which(world.pdf, "Type", "Font"));
}

/* ---- rows ---- */

static const struct {
    const char *name;
    GBytes *(*make)(void);
} rows[] = {
    { "dss/page-as-vri", page_as_vri },
    { "dss/page-as-vri-replaced", page_as_vri_replaced },
    { "dss/page-under-unknown-key-replaced", page_under_unknown_key_replaced },
    { "dss/catalog-replaced", catalog_as_dss },
    { "dss/grown", page_in_grown_dss },
    { "extensions/page", page_as_extension },
    { "extensions/page-replaced", page_as_extension_replaced },
    { "extensions/script", script_as_extension },
    { "generation/dictionary", dictionary_under_generation_one },
    { "generation/field", field_under_generation_one },
    { "generation/font", font_under_generation_one },
};

static void
test_is_called_forged(const void *data)
{
    g_autoptr(GBytes) pdf = rows[GPOINTER_TO_SIZE(data)].make();
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
    g_assert_true(world_found(&verdict, "CHANGE_FORBIDDEN", world.object));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-revisions/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_called_forged);
    }
    int status = g_test_run();
    world_close(&world);
    return status;
}
