/* Another page under good signatures, without any key: the page is written again "as it
 * was", in a form that viewers unpack, cut or wrap otherwise than a validator might. */
#include "world.h"

#include <gio/gio.h>

static World world;

#define FORGED "q 1 0 0 rg 0 0 999 999 re f Q"

/* ---- pieces ---- */

static int64_t
page_of(GBytes *pdf)
{
    return forge_which(pdf, "Type", "Page");
}

/* A revision with room for what the forged page draws: as a certificate of the DSS. Behind
 * it another one of that text, whose length is the object after that. */
static Forge
with_two(GBytes *base, int64_t *content, const char *second)
{
    Forge f = forge_begin(base);
    int64_t first = f.size;
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *entry = g_strdup_printf("/DSS << /Certs [ %ld 0 R %ld 0 R ] >>",
                                             (long)first, (long)first + 1);
    g_autofree char *now = forge_with(old, entry);

    *content = first;
    forge_put(&f, f.root, "%s", now);
    forge_put_stream(&f, first, "", FORGED);
    forge_put(&f, first + 1, "<< /Length %ld 0 R >>\nstream\n%s\nendstream",
              (long)first + 2, second);
    return f;
}

static Forge
with_content(GBytes *base, int64_t *content)
{
    Forge f = with_two(base, content, "fifteen letters");

    forge_put(&f, f.size, "15");
    return f;
}

/* The page with `with` in front of the number of its content, or that content. */
static char *
page_text(GBytes *base, const char *with, int64_t content)
{
    g_autofree char *page = forge_object(base, page_of(base));
    g_auto(GStrv) parts = g_strsplit(page, "/Contents ", 2);
    g_autofree char *number = content > 0 ? g_strdup_printf("%ld", (long)content) : NULL;
    const char *rest = parts[1];

    if (number != NULL)
        rest += strspn(rest, "0123456789");
    return g_strconcat(parts[0], "/Contents ", with, number != NULL ? number : "", rest,
                       NULL);
}

static GBytes *
deflated(const char *bytes, size_t n)
{
    g_autoptr(GZlibCompressor) zip =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
    g_autofree char *out = g_malloc(n + 1000);
    gsize read = 0, written = 0;

    g_assert_cmpint(g_converter_convert(G_CONVERTER(zip), bytes, n, out, n + 1000,
                                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                    ==, G_CONVERTER_FINISHED);
    g_assert_cmpuint(read, ==, n);
    return g_bytes_new(out, written);
}

static void
put_bytes(Forge *f, int64_t number, const char *entries, GBytes *data)
{
    SaoyView all = saoy_view_of(data);

    forge_note(f, number, f->out->len);
    g_string_append_printf(f->out, "%ld 0 obj\n<< %s /Length %zu >>\nstream\n",
                           (long)number, entries, all.size);
    g_string_append_len(f->out, (const char *)all.data, (gssize)all.size);
    g_string_append(f->out, "\nendstream\nendobj\n");
}

/* Closes the revision with the page in an object stream of that text, unpacked as entries
 * say; %zu there is the length of the text less one. */
static GBytes *
packed(Forge *f, GBytes *base, const char *entries, const char *text, size_t n)
{
    int64_t page = page_of(base), home = f->size;
    g_autoptr(GBytes) data = deflated(text, n);
    g_auto(GStrv) around = g_strsplit(entries, "%zu", 2);
    g_autofree char *width = g_strdup_printf("%zu", n - 1);
    g_autofree char *parms = g_strjoinv(width, around);
    g_autofree char *all = g_strconcat("/Type /ObjStm ", parms, NULL);

    put_bytes(f, home, all, data);
    return forge_end_stream(f, home, (const int64_t[]){ page, 0 });
}

/* ---- streams that are unpacked in two ways ---- */

/* Three colours of four bits are a pixel of two bytes; to whoever rounds down one, and then
 * a per cent sign hides the forged page. */
static GBytes *
pixel_rounded(GBytes *base)
{
    int64_t content = 0;
    Forge f = with_content(base, &content);
    g_autofree char *was = page_text(base, "", 0), *now = page_text(base, "", content);
    g_autofree char *head = g_strdup_printf("%ld 5 ", (long)page_of(base));
    g_autofree char *entries =
        g_strdup_printf("/N 1 /First 16 /Filter /FlateDecode /DecodeParms << /Predictor 15 "
                        "/Colors 3 /BitsPerComponent 4 /Columns 1 >>");
    g_autofree char *behind = g_strdup_printf("%s\n%s\n\n", now, was);
    g_autoptr(GString) rows = g_string_new(NULL);
    g_autofree char *before = g_strdup_printf("%-20s", head);

    for (size_t i = 0; i < 20; i += 2) {
        g_string_append_c(rows, '\0');
        g_string_append_len(rows, before + i, 2);
    }
    g_string_append_len(rows, "\1\5\40", 3);
    for (size_t i = 0; i + 1 < strlen(behind); i += 2) {
        g_string_append_c(rows, '\0');
        g_string_append_len(rows, behind + i, 2);
    }
    return packed(&f, base, entries, rows->str, rows->len);
}

/* tagged: the page as it was appears if the predictor is undone; else if it is not. */
static GBytes *
by_parameters(GBytes *base, const char *entries, bool tagged)
{
    int64_t content = 0;
    Forge f = with_content(base, &content);
    g_autofree char *page = page_text(base, "", 0);
    g_autofree char *all = g_strdup_printf("%ld 0 %s", (long)page_of(base), page);
    g_autofree char *first = g_strdup_printf("/N 1 /First %zu", strcspn(all, "<"));
    g_autofree char *more = g_strconcat(first, entries, NULL);
    g_autoptr(GString) text = g_string_new(all);

    if (tagged)
        g_string_prepend_c(text, '\0');
    return packed(&f, base, more, text->str, text->len);
}

static GBytes *
list_with_dictionary(GBytes *base)
{
    return by_parameters(
        base, "/Filter [ /FlateDecode ] /DecodeParms << /Predictor 15 /Columns %zu >>",
        true);
}

static GBytes *
name_with_list(GBytes *base)
{
    return by_parameters(
        base, "/Filter /FlateDecode /DecodeParms [ << /Predictor 15 /Columns %zu >> ]",
        true);
}

static GBytes *
parameter_elsewhere(GBytes *base)
{
    Forge f = forge_begin(base);
    g_autofree char *entries = g_strdup_printf(
        "/Filter /FlateDecode /DecodeParms << /Predictor %ld 0 R /Columns %%zu >>",
        (long)f.size + 2);

    g_bytes_unref(forge_close(&f));
    return by_parameters(base, entries, false);
}

static GBytes *
parameter_real(GBytes *base)
{
    return by_parameters(
        base, "/Filter /FlateDecode /DecodeParms << /Predictor 15.0 /Columns %zu >>",
        false);
}

static GBytes *
short_key(GBytes *base)
{
    return by_parameters(base, "/Filter /FlateDecode /DP << /Predictor 15 /Columns %zu >>",
                         false);
}

static GBytes *
filters_end_at_null(GBytes *base)
{
    return by_parameters(base, "/Filter [ /FlateDecode null /ASCIIHexDecode ]", false);
}

/* ---- objects of an object stream that lie in one another ---- */

/* Who cuts an object where the next one begins finds half a page. */
static GBytes *
overlapping(GBytes *base)
{
    int64_t content = 0;
    Forge f = with_two(base, &content, "");
    g_autofree char *page = page_text(base, "", 0);
    size_t inside = (size_t)(strstr(page, "/MediaBox") - page);
    int64_t number = page_of(base), other = f.size, home = other + 1;

    inside += strcspn(page + inside, "0123456789");
    g_autofree char *head =
        g_strdup_printf("%ld 0 %ld %zu ", (long)number, (long)other, inside);
    g_autofree char *all = g_strconcat(head, page, "\n", NULL);
    g_autofree char *entries =
        g_strdup_printf("/Type /ObjStm /N 2 /First %zu", strlen(head));
    forge_put_stream(&f, home, entries, all);
    return forge_end_stream(&f, home, (const int64_t[]){ number, other, 0 });
}

/* ---- words longer than PDFium's ---- */

static GBytes *
plain_page(GBytes *base, const char *page)
{
    int64_t content = 0;
    Forge f = with_content(base, &content);

    forge_put(&f, page_of(base), "%s", page);
    return forge_end(&f);
}

static GBytes *
long_reference(GBytes *base)
{
    g_autofree char *zeros = g_strnfill(255, '0');
    g_autofree char *page = page_text(base, zeros, 0);

    return plain_page(base, page);
}

static GBytes *
long_generation(GBytes *base)
{
    g_autofree char *page = page_text(base, "", 0);
    char *at = strstr(page, "/Contents ") + 10;
    g_autofree char *zeros = g_strnfill(300, '0');

    at += strcspn(at, " ");
    g_autofree char *now =
        g_strdup_printf("%.*s %s%s", (int)(at - page), page, zeros, at + 1);
    return plain_page(base, now);
}

static GBytes *
long_box(GBytes *base)
{
    g_autofree char *page = page_text(base, "", 0);
    char *at = strchr(strstr(page, "/MediaBox"), ']');
    g_autofree char *zeros = g_strnfill(254, '0');

    while (at[-1] == ' ')
        at--;
    while (at[-1] != ' ')
        at--;
    g_autofree char *now = g_strdup_printf("%.*s%s%s", (int)(at - page), page, zeros, at);
    return plain_page(base, now);
}

/* ---- tables ---- */

/* Some readers add up all widths, others three of them. */
static GBytes *
four_widths(GBytes *base)
{
    Forge f = forge_begin(base);
    int64_t self = f.size++;
    size_t start = f.out->len;
    g_autoptr(GString) entries = g_string_new(NULL);
    g_autofree char *row = g_strdup_printf("01%08zx0000", start);

    forge_trailer_entries(&f, entries, "");
    g_string_append_printf(f.out,
                           "%ld 0 obj\n<< /Type /XRef /W [ 1 4 2 7 ] /Index [ %ld 1 ] %s "
                           "/Filter /ASCIIHexDecode /Length 28 >>\nstream\n%s%s\n"
                           "endstream\nendobj\nstartxref\n%zu\n%%%%EOF\n",
                           (long)self, (long)self, entries->str, row, row, start);
    return forge_close(&f);
}

/* ---- rows ---- */

static const struct {
    const char *name;
    GBytes *(*make)(GBytes *base);
    const char *code;
} rows[] = {
    { "unpacked/pixel-rounded", pixel_rounded, "CHANGE_FORBIDDEN" },
    { "unpacked/list-with-dictionary", list_with_dictionary, "CHANGE_FORBIDDEN" },
    { "unpacked/name-with-list", name_with_list, "CHANGE_FORBIDDEN" },
    { "unpacked/parameter-elsewhere", parameter_elsewhere, "CHANGE_FORBIDDEN" },
    { "unpacked/parameter-real", parameter_real, "CHANGE_FORBIDDEN" },
    { "unpacked/short-key", short_key, "CHANGE_FORBIDDEN" },
    { "unpacked/null", filters_end_at_null, "CHANGE_FORBIDDEN" },
    { "cut/overlapping", overlapping, "CHANGE_FORBIDDEN" },
    { "cut/reference", long_reference, "CHANGE_FORBIDDEN" },
    { "cut/generation", long_generation, "CHANGE_FORBIDDEN" },
    { "cut/box", long_box, "CHANGE_FORBIDDEN" },
    { "table/four-widths", four_widths, "STRUCTURE_BROKEN" },
};

static GBytes *
base_of(size_t kind)
{
    return kind == 0   ? g_bytes_ref(world.pdf)
           : kind == 1 ? world_certified(&world, "1")
                       : world_foreign(&world);
}

static void
test_is_called_forged(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    for (size_t kind = 0; kind < 3; kind++) {
        g_autoptr(GBytes) base = base_of(kind);
        g_autoptr(GBytes) pdf = rows[i].make(base);
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
        g_autofree char *report = saoy_json_print(verdict.report);

        g_test_message("%s", report);
        g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
        g_assert_true(world_found(&verdict, rows[i].code, 0));
    }
}

/* What is packed behind our seal is a doubt, whatever is in it; unpacked it is none. */
static void
test_our_copies_are_never_packed(void)
{
    g_autoptr(GBytes) pack = by_parameters(world.pdf, "/Filter /FlateDecode", false);
    g_auto(SaoyVerdict) verdict = world_verify(&world, pack, true);
    g_autofree char *page = page_text(world.pdf, "", 0);
    g_autoptr(GBytes) plain = plain_page(world.pdf, page);
    g_auto(SaoyVerdict) unpacked = world_verify(&world, plain, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&verdict, "UPDATE_PACKED", 0));
    g_assert_cmpint(unpacked.conclusion, ==, SAOY_PASSED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-packed/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_called_forged);
    }
    g_test_add_func("/forged-packed/ours", test_our_copies_are_never_packed);
    int status = g_test_run();
    world_close(&world);
    return status;
}
