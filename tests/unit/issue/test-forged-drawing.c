/* Something drawn on a sealed page that is not what was sealed, by whatever means a page
 * can be drawn on; well signed by both. */
#include "later.h"

static World world;

/* ---- what is drawn besides ---- */

static const char *
black(void)
{
    return "q 0 0 0 rg ";
}

/* `one` with a place for x and y, in 15 rows of 15. */
static char *
field_of(const char *start, const char *one, const char *end)
{
    GString *out = g_string_new(start);

    for (int i = 0; i < 225; i++)
        if (i % 2 == 0 || i < 15 || i >= 210) {
            g_autofree char *x = g_strdup_printf("%d", 40 + 2 * (i % 15));
            g_autofree char *y = g_strdup_printf("%d", 40 + 2 * (i / 15));
            g_autofree char *with_x = forge_replaced(one, "X", x);
            g_autofree char *both = forge_replaced(with_x, "Y", y);

            g_string_append(out, both);
        }
    g_string_append(out, end);
    return g_string_free(out, FALSE);
}

static char *
at_once(void)
{
    return field_of(black(), "X Y 2 2 re ", "f Q");
}

static char *
one_by_one(void)
{
    return field_of(black(), "X Y 2 2 re f ", "Q");
}

static char *
in_blue(void)
{
    return field_of("q 0 0 0.9 rg ", "X Y 2 2 re ", "f Q");
}

static char *
in_another_colour_space(void)
{
    return field_of("q /DeviceRGB cs 1 1 1 scn ", "X Y 2 2 re ", "f Q");
}

static char *
by_lines(void)
{
    return field_of(black(), "q 1 0 0 1 X Y cm 0 0 m 2 0 l 2 2 l 0 2 l h f Q ", "Q");
}

static char *
by_strokes(void)
{
    return field_of("q 2 w ", "q 1 0 0 1 X Y cm 0 0 m 2 0 l S Q ", "Q");
}

static char *
by_inline_picture(void)
{
    return g_strdup("q 30 0 0 30 40 40 cm BI /W 1 /H 1 /CS /G /BPC 8 ID 0 EI Q");
}

static char *
by_shading(void)
{
    return g_strdup("/S sh");
}

/* Sizes that are no numbers: every comparison with them is false. */
static char *
without_size(void)
{
    GString *out = g_string_new(black());

    for (int i = 0; i < 20; i++)
        g_string_append(out, "100000000000000000 0 0 100000000000000000 0 0 cm ");
    g_string_append(out, "0 0 2 2 re f Q");
    return g_string_free(out, FALSE);
}

static const struct {
    const char *name;
    char *(*make)(void);
} rows[] = {
    { "at-once", at_once },
    { "one-by-one", one_by_one },
    { "in-blue", in_blue },
    { "in-another-colour-space", in_another_colour_space },
    { "by-lines", by_lines },
    { "by-strokes", by_strokes },
    { "by-inline-picture", by_inline_picture },
    { "by-shading", by_shading },
    { "without-size", without_size },
};

/* ---- the page with it ---- */

/* entries: of the page's resources' /XObject, or "". */
static GBytes *
drawn(const char *content, const char *entries)
{
    GBytes *base = world.copy.base;
    int64_t page = forge_which(base, "Type", "Page");
    Forge f = forge_begin(base);
    int64_t stream = f.size;
    g_autofree char *old = forge_object(base, page);
    g_autofree char *is =
        g_strdup_printf("/Contents %ld 0 R", (long)forge_target(base, page, "Contents"));
    g_autofree char *both = g_strdup_printf("/Contents [%s %ld 0 R]", is + 9, (long)stream);
    g_autofree char *with = forge_replaced(old, is, both);
    g_autofree char *now = forge_replaced(with, "/XObject<<", entries);

    forge_put(&f, page, "%s", now);
    forge_put_stream(&f, stream, "", content);
    forge_put_stream(&f, stream + 1, "/Type /XObject /Subtype /Form /BBox [ 0 0 99 99 ]",
                     "0 0 99 99 re f");
    return later_issued(&world, forge_end(&f));
}

static void
must_fail(GBytes *pdf)
{
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
    g_assert_true(world_found(&verdict, "SEAL_DRAWING", 0));
}

static void
test_is_seen(const void *data)
{
    g_autofree char *content = rows[GPOINTER_TO_SIZE(data)].make();
    g_autoptr(GBytes) pdf = drawn(content, "/XObject<<");

    must_fail(pdf);
}

static void
test_a_form_is_seen(void)
{
    Forge f = forge_begin(world.copy.base);
    g_autofree char *entry = g_strdup_printf("/XObject<</Form %ld 0 R ", (long)f.size + 1);
    g_bytes_unref(forge_close(&f));
    g_autoptr(GBytes) pdf = drawn("/Form Do", entry);

    must_fail(pdf);
}

/* A line and a box or two are no symbol. */
static void
test_a_little_is_none(void)
{
    g_autoptr(GBytes) pdf = drawn("q 0 0 9 9 re f 0 0 m 9 9 l S Q", "/XObject<<");
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_false(world_found(&verdict, "SEAL_DRAWING", 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-drawing/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_seen);
    }
    g_test_add_func("/forged-drawing/by-form", test_a_form_is_seen);
    g_test_add_func("/forged-drawing/a-little", test_a_little_is_none);
    int status = g_test_run();
    world_close(&world);
    return status;
}
