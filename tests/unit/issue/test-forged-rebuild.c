/* What makes a reader put the file together anew from its bytes, and objects that only such
 * a reader finds: another page under a good signature, and no key was needed. */
#include "later.h"

#include <gio/gio.h>

static World world;

#define FORGED "q 1 0 0 rg 0 0 999 999 re f Q"
#define POINT "/Rect [ 0 0 0 0 ] /T (Later) "

/* ---- pieces ---- */

/* The page's content. */
static int64_t
victim(GBytes *pdf)
{
    return forge_target(pdf, forge_which(pdf, "Type", "Page"), "Contents");
}

/* Another content of that number, under the header as given with its number for N. */
static char *
hidden_under(GBytes *pdf, const char *header)
{
    g_autofree char *number = g_strdup_printf("%ld", (long)victim(pdf));
    g_autofree char *full = forge_replaced(header, "N", number);

    return g_strdup_printf("\n%s\n<</Length %zu>>\nstream\n" FORGED "\nendstream\nendobj\n",
                           full, strlen(FORGED));
}

static char *
hidden(GBytes *pdf)
{
    return hidden_under(pdf, "N 0 obj");
}

static Forge
with_catalog(GBytes *base, const char *entry)
{
    Forge f = forge_begin(base);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *now = forge_with(old, entry);

    forge_put(&f, f.root, "%s", now);
    return f;
}

/* A DSS whose one certificate is a stream of those entries and that text. */
static Forge
with_dss(GBytes *base, const char *entries, const char *text)
{
    Forge f = forge_begin(base);
    int64_t stream = f.size;
    g_autofree char *entry = g_strdup_printf("/DSS << /Certs [ %ld 0 R ] >>", (long)stream);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *now = forge_with(old, entry);

    forge_put(&f, f.root, "%s", now);
    forge_put_stream(&f, stream, entries, text);
    return f;
}

static GBytes *
dss_saying(GBytes *base, const char *text)
{
    Forge f = with_dss(base, "", text);

    return forge_end(&f);
}

static GBytes *
with_tail(GBytes *take, size_t n, char c)
{
    g_autoptr(GBytes) base = take;
    g_autofree char *tail = g_strnfill(n, c);

    return forge_joined(base, tail, n);
}

/* The last such text, changed for another. */
static GBytes *
changed(GBytes *take, const char *what, const char *with)
{
    g_autoptr(GBytes) base = take;
    size_t at = forge_find_last(base, what), size = g_bytes_get_size(base);
    g_autoptr(GBytes) head = g_bytes_new_from_bytes(base, 0, at);
    g_autoptr(GBytes) middle = forge_joined(head, with, strlen(with));
    const char *rest = (const char *)g_bytes_get_data(base, NULL) + at + strlen(what);

    return forge_joined(middle, rest, size - at - strlen(what));
}

/* An update that says nothing, to be broken. */
static GBytes *
update(void)
{
    return dss_saying(world.pdf, "abc");
}

/* ---- objects where no table leads ---- */

static GBytes *
in_certificate(void)
{
    g_autofree char *text = hidden(world.pdf);

    return with_tail(dss_saying(world.pdf, text), 400, ' ');
}

static GBytes *
in_extension(void)
{
    g_autofree char *text = hidden(world.pdf);
    g_autofree char *entry =
        g_strdup_printf("/Extensions << /X << /BaseVersion /1.7 /URL (%s) >> >>", text);
    Forge f = with_catalog(world.pdf, entry);

    return forge_end(&f);
}

static GBytes *
in_stamp(void)
{
    g_autofree char *text = hidden(world.pdf);
    g_autofree char *entry = g_strdup_printf("/Location (%s)", text);

    return later_stamped(&world, world.pdf, POINT, entry, NULL);
}

static GBytes *
in_trailer(void)
{
    g_autofree char *text = hidden(world.pdf);
    g_autofree char *entry = g_strdup_printf("/Foo (%s)", text);
    Forge f = with_dss(world.pdf, "", "abc");

    return forge_end_with(&f, entry);
}

/* Within the length of a header behind a listed place. */
static GBytes *
behind_listed(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *entry = g_strdup_printf("/Extensions << /X %ld 0 R >>", (long)f.size);
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *now = forge_with(old, entry);
    int64_t number = f.size;

    forge_put(&f, f.root, "%s", now);
    forge_put(&f, number, "<</URL(%ld 0 obj\n(forged)\nendobj)>>", (long)victim(world.pdf));
    return forge_end(&f);
}

/* The listed header is the end of another one. */
static GBytes *
before_listed(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    g_string_append(f.out, "2");
    forge_put(&f, f.size, "<< /Length 0 >>\nstream\n\nendstream");
    return forge_end(&f);
}

/* An object stream that holds another page, as what it may pass for. */
static GBytes *
pack_in(const char *what)
{
    int64_t page = forge_which(world.pdf, "Type", "Page");
    g_autofree char *text =
        g_strdup_printf("%ld 0 << /Type /Page /MediaBox [ 0 0 9 9 ] >>", (long)page);
    g_autofree char *entries =
        g_strdup_printf("/Type /ObjStm /N 1 /First %zu", strcspn(text, "<"));
    Forge f = g_str_equal(what, "dss") ? with_dss(world.pdf, entries, text)
                                       : forge_begin(world.pdf);

    if (g_str_equal(what, "alone"))
        forge_put_stream(&f, f.size, entries, text);
    return forge_end(&f);
}

static GBytes *
pack_alone(void)
{
    return pack_in("alone");
}

static GBytes *
pack_in_dss(void)
{
    return pack_in("dss");
}

static GBytes *
table_in_dss(void)
{
    Forge f = with_dss(world.pdf, "/Type /XRef /W [ 1 1 1 ] /Size 1 /Root 3 0 R", "000");

    return forge_end(&f);
}

/* The table stream takes the number of the page's content, and lists itself nowhere. */
static GBytes *
table_as_content(void)
{
    Forge f = with_catalog(world.pdf, "/DSS << >>");
    g_autoptr(GBytes) pdf = forge_end_stream(&f, 0, NULL);
    g_autofree char *number = g_strdup_printf("%ld", (long)victim(world.pdf));
    size_t start = forge_start(pdf), n = strlen(number);
    g_autofree char *head =
        g_strndup((const char *)g_bytes_get_data(pdf, NULL) + start, 40);
    size_t length = strcspn(head, " ");
    g_autofree char *row = g_strdup_printf("01%08zx0000", start);
    g_autofree char *index = g_strndup(head, length);
    g_autofree char *pair = g_strdup_printf("%s 1 ]", index);
    g_autofree char *none = g_strnfill(strlen(row), ' ');
    g_autofree char *blank = g_strnfill(length - n, ' ');
    g_autoptr(GBytes) unlisted = forge_patched(pdf, forge_find(pdf, row, start), none, 14);
    g_autofree char *gone = g_strnfill(strlen(pair) - 1, ' ');
    g_autoptr(GBytes) short_one =
        forge_patched(unlisted, forge_find(pdf, pair, start), gone, strlen(gone));
    g_autoptr(GBytes) named = forge_patched(short_one, start, number, n);

    return forge_patched(named, start + n, blank, length - n);
}

/* ---- headers that only look otherwise ---- */

static const char *const headers[] = {
    "N 0 obj",           "N 0obj",      "N\t0\tobj",   "N\r0\robj",     "N 0 object",
    "+N 0 obj",          "00N 0 obj",   "N 00 obj",    "N\v0\fobj",     "N\2400\240obj",
    "% N 0 obj",         "N %x\n0 obj", "N 0 %x\nobj", "N%\r0%\r\nobj", "N 0 % x % y\nobj",
    "N 0%\n%\n % \nobj", "x N 0 obj",
};

static const char *const words[] = {
    "\ntrailer\n<< /Root 3 0 R >>\n",
    "\n\ttrailer<< /Root 3 0 R >>\n",
    "\nxref\n0 1\n",
};

/* 0 among the bytes cannot be printed with the rest. */
static GBytes *
apart_by_zeros(void)
{
    g_autofree char *text = hidden_under(world.pdf, "N~0~obj");
    g_autoptr(GBytes) pdf = dss_saying(world.pdf, text);
    size_t at = forge_find_last(pdf, "~0~");
    g_autoptr(GBytes) half = forge_patched(pdf, at, "", 1);

    return forge_patched(half, at + 2, "", 1);
}

/* ---- what makes a reader look ---- */

static GBytes *
blanks_behind(void)
{
    return with_tail(update(), 600, ' ');
}

static GBytes *
zeros_behind(void)
{
    return with_tail(update(), 1100, '\0');
}

static GBytes *
stamped_over(size_t n, char c)
{
    g_autoptr(GBytes) pdf = later_stamped(&world, world.pdf, POINT, "", NULL);
    size_t at = forge_find_last(pdf, "/ByteRange ["), end = g_bytes_get_size(pdf);
    g_autoptr(GBytes) blank =
        forge_patched(pdf, at + 11, "[ 0 0000000000 0000000000 0000000000 ]", 38);
    g_autofree char *zeros = g_strnfill(forge_room, '0');
    g_autoptr(GBytes) open =
        forge_patched(blank, forge_find(pdf, "/Contents <", at) + 11, zeros, forge_room);

    g_assert_cmpuint(end, >, at);
    return forge_sign(with_tail(g_steal_pointer(&open), n, c), &world.tsa, NULL,
                      world_stamp);
}

static GBytes *
blanks_stamped(void)
{
    return stamped_over(1100, ' ');
}

static GBytes *
rubbish_stamped(void)
{
    return stamped_over(9, 'x');
}

static GBytes *
size_small(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    f.size = 5;
    return forge_end(&f);
}

static GBytes *
size_large(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    f.size = 8000000;
    return forge_end(&f);
}

static GBytes *
comment_before_table(void)
{
    return changed(update(), "\nxref\n", "\n%%%%%\nxref\n");
}

/* startxref names the comment in front of the table. */
static GBytes *
start_at_comment(void)
{
    Forge f = with_dss(world.pdf, "", "abc");
    size_t start = f.out->len;
    g_autofree char *said = NULL, *is = NULL;

    g_string_append(f.out, "% x\n");
    g_autoptr(GBytes) pdf = forge_end(&f);
    is = g_strdup_printf("startxref\n%zu", start + 4);
    said = g_strdup_printf("startxref\n%zu", start);
    return changed(g_steal_pointer(&pdf), is, said);
}

static GBytes *
start_at_blank(void)
{
    g_autoptr(GBytes) pdf = update();
    g_autofree char *is = g_strdup_printf("startxref\n%zu", forge_start(pdf));
    g_autofree char *said = g_strdup_printf("startxref\n%zu", forge_start(pdf) - 1);

    return changed(g_steal_pointer(&pdf), is, said);
}

static GBytes *
start_apart(void)
{
    return changed(update(), "startxref\n", "startxref\n\n ");
}

static GBytes *
start_with_zeros(void)
{
    return changed(update(), "startxref\n", "startxref\n00");
}

static GBytes *
end_apart(void)
{
    return changed(update(), "\n%%EOF", "\n\n\n%%EOF");
}

static GBytes *
comment_in_table(void)
{
    return changed(update(), "\nxref\n", "\nxref\n%x\n");
}

static GBytes *
short_lines(void)
{
    return changed(update(), " 00000 n \ntrailer", " 00000 n\ntrailer");
}

static GBytes *
prev_at_blank(void)
{
    g_autofree char *is = g_strdup_printf("/Prev %zu", forge_start(world.pdf));
    g_autofree char *said = g_strdup_printf("/Prev %zu", forge_start(world.pdf) - 1);

    return changed(update(), is, said);
}

static GBytes *
place_at_blank(void)
{
    Forge f = with_dss(world.pdf, "", "abc");
    ForgeLine *line = &g_array_index(f.lines, ForgeLine, f.lines->len - 1);

    line->at--;
    return forge_end(&f);
}

static GBytes *
identifier_changed(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    return forge_end_with(&f, "/ID [ <00> <00> ]");
}

/* The document information is nowhere now. */
static GBytes *
information_gone(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    f.info = 999;
    return forge_end(&f);
}

static GBytes *
information_elsewhere(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    f.info = f.root;
    return forge_end(&f);
}

static GBytes *
trailer_refers(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    return forge_end_with(&f, "/Foo 999 0 R");
}

static GBytes *
encrypted_with_nothing(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    return forge_end_with(&f, "/Encrypt null");
}

static GBytes *
linearized_later(void)
{
    Forge f = with_dss(world.pdf, "", "abc");

    forge_put(&f, f.size, "<< /Linearized 1 /L 999 /H [ 9 9 ] /O 3 /E 9 /N 1 /T 9 >>");
    return forge_end(&f);
}

/* ---- references to nothing, values of the wrong kind ---- */

static GBytes *
extension(const char *value)
{
    g_autofree char *entry = g_strdup_printf("/Extensions << /X << %s >> >>", value);
    Forge f = with_catalog(world.pdf, entry);

    return forge_end(&f);
}

static GBytes *
extension_of_nothing(void)
{
    return extension("/BaseVersion /1.7 /URL 999 0 R");
}

static GBytes *
certificate_of_nothing(void)
{
    Forge f = with_catalog(world.pdf, "/DSS << /Certs [ 999 0 R ] >>");

    return forge_end(&f);
}

static GBytes *
dss_of_null(void)
{
    g_autoptr(GBytes) with = update();
    Forge f = forge_begin(with);
    g_autofree char *old = forge_object(with, f.root);
    const char *at = strstr(old, "/DSS");
    g_autofree char *entry = g_strndup(at, (gsize)(strstr(at, ">>") + 2 - at));
    g_autofree char *now = forge_replaced(old, entry, "/DSS null");

    forge_put(&f, f.root, "%s", now);
    return forge_end(&f);
}

static GBytes *
certificate_drawn(void)
{
    Forge f = with_dss(world.pdf, "/Type /XObject /Subtype /Form /F (x.bin)", "abc");

    return forge_end(&f);
}

static const char *const stamp_values[] = {
    "/M 999 0 R",
    "/Reason << /S /JavaScript /JS (1) >>",
    "/Name 1 0 R",
    "/Cert 1 0 R",
    "/Cert [ 1 0 R ]",
    "/Prop_Build << /App << /Name /X /AA 1 0 R >> >>",
    "/Prop_Build << /App << /AA << /S /JavaScript >> >> >>",
    "/V /x",
};

static const char *const stamp_fields[] = {
    POINT "/P null",
    POINT "/P << /Type /Page /AA << /O << /S /JavaScript /JS (1) >> >> >>",
    POINT "/P 1 0 R",
    POINT "/P 999 0 R",
};

/* ---- rows ---- */

static const struct {
    const char *name;
    GBytes *(*make)(void);
    const char *code;
} rows[] = {
    { "hidden/certificate", in_certificate, "OBJECT_UNLISTED" },
    { "hidden/extension", in_extension, "OBJECT_UNLISTED" },
    { "hidden/stamp", in_stamp, "OBJECT_UNLISTED" },
    { "hidden/trailer", in_trailer, "OBJECT_UNLISTED" },
    { "hidden/behind-listed", behind_listed, "OBJECT_UNLISTED" },
    { "hidden/before-listed", before_listed, "STRUCTURE_BROKEN" },
    { "hidden/zeros", apart_by_zeros, "OBJECT_UNLISTED" },
    { "hidden/object-stream", pack_alone, "CHANGE_FORBIDDEN" },
    { "hidden/object-stream-as-certificate", pack_in_dss, "CHANGE_FORBIDDEN" },
    { "hidden/table-as-certificate", table_in_dss, "CHANGE_FORBIDDEN" },
    { "hidden/table-as-content", table_as_content, "OBJECT_UNLISTED" },
    { "trigger/blanks", blanks_behind, "TRAILING_BYTES" },
    { "trigger/zeros", zeros_behind, "TRAILING_BYTES" },
    { "trigger/blanks-stamped", blanks_stamped, "TRAILING_BYTES" },
    { "trigger/rubbish-stamped", rubbish_stamped, "TRAILING_BYTES" },
    { "trigger/size-small", size_small, "STRUCTURE_BROKEN" },
    { "trigger/size-large", size_large, "STRUCTURE_BROKEN" },
    { "trigger/comment-before-table", comment_before_table, "STRUCTURE_BROKEN" },
    { "trigger/start-at-comment", start_at_comment, "STRUCTURE_BROKEN" },
    { "trigger/start-at-blank", start_at_blank, "STRUCTURE_BROKEN" },
    { "trigger/start-apart", start_apart, "STRUCTURE_BROKEN" },
    { "trigger/start-with-zeros", start_with_zeros, "STRUCTURE_BROKEN" },
    { "trigger/end-apart", end_apart, "STRUCTURE_BROKEN" },
    { "trigger/comment-in-table", comment_in_table, "STRUCTURE_BROKEN" },
    { "trigger/short-lines", short_lines, "STRUCTURE_BROKEN" },
    { "trigger/prev-at-blank", prev_at_blank, "STRUCTURE_BROKEN" },
    { "trigger/place-at-blank", place_at_blank, "STRUCTURE_BROKEN" },
    { "trailer/identifier", identifier_changed, "CHANGE_FORBIDDEN" },
    { "trailer/information-gone", information_gone, "CHANGE_FORBIDDEN" },
    { "trailer/information-elsewhere", information_elsewhere, "CHANGE_FORBIDDEN" },
    { "trailer/reference", trailer_refers, "CHANGE_FORBIDDEN" },
    { "trailer/encrypted", encrypted_with_nothing, "CHANGE_FORBIDDEN" },
    { "trailer/linearized", linearized_later, "CHANGE_FORBIDDEN" },
    { "nothing/extension", extension_of_nothing, "CHANGE_FORBIDDEN" },
    { "nothing/certificate", certificate_of_nothing, "CHANGE_FORBIDDEN" },
    { "kind/dss-of-null", dss_of_null, "CHANGE_FORBIDDEN" },
    { "kind/certificate-drawn", certificate_drawn, "CHANGE_FORBIDDEN" },
};

static void
must_fail(GBytes *pdf, const char *code)
{
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);

    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
    g_assert_true(world_found(&verdict, code, 0));
}

static void
test_is_called_forged(const void *data)
{
    g_autoptr(GBytes) pdf = rows[GPOINTER_TO_SIZE(data)].make();

    must_fail(pdf, rows[GPOINTER_TO_SIZE(data)].code);
}

static void
test_headers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(headers); i++) {
        g_autofree char *text = hidden_under(world.pdf, headers[i]);
        g_autoptr(GBytes) pdf = dss_saying(world.pdf, text);

        must_fail(pdf, "OBJECT_UNLISTED");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GBytes) pdf = dss_saying(world.pdf, words[i]);

        must_fail(pdf, "OBJECT_UNLISTED");
    }
}

static void
test_stamp_values(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stamp_values); i++) {
        g_autoptr(GBytes) pdf =
            later_stamped(&world, world.pdf, POINT, stamp_values[i], NULL);

        must_fail(pdf, "CHANGE_FORBIDDEN");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(stamp_fields); i++) {
        g_autoptr(GBytes) pdf = later_stamped(&world, world.pdf, stamp_fields[i], "", NULL);

        must_fail(pdf, "CHANGE_FORBIDDEN");
    }
}

/* ---- and what is none of this ---- */

static const char *const texts[] = {
    "of 10 objects, 3 are tables",
    "12 objects",
    "endobj\n5 endobj",
    "obj obj obj",
    "the\nobject",
    "%\nobj",
};

static void
test_texts_are_no_objects(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *entry = g_strdup_printf("/Reason (%s)", texts[i]);
        g_autoptr(GBytes) pdf = later_stamped(&world, world.pdf, POINT, entry, NULL);
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
        g_autofree char *report = saoy_json_print(verdict.report);

        g_test_message("%s", report);
        g_assert_false(world_found(&verdict, "OBJECT_UNLISTED", 0));
        g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
    }
}

/* Another's file that nobody certified: a person must judge; certified, it fails. */
static void
test_others_files(void)
{
    g_autoptr(GBytes) free_one = world_foreign(&world);
    g_autoptr(GBytes) closed = world_certified(&world, "2");
    g_autofree char *text = hidden(free_one);
    g_autoptr(GBytes) later = dss_saying(free_one, text);
    g_autoptr(GBytes) behind = dss_saying(closed, text);
    g_auto(SaoyVerdict) verdict = world_verify(&world, later, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(world_found(&verdict, "OBJECT_HIDDEN", 0));
    must_fail(behind, "OBJECT_UNLISTED");
}

/* qpdf, which cannot find the end, takes the last object of the number. */
static void
test_a_repaired_file_shows_it(void)
{
    g_autofree char *qpdf = g_find_program_in_path("qpdf");
    g_autoptr(GBytes) forged = in_certificate();
    g_autoptr(GBytes) pdf = with_tail(g_bytes_ref(forged), 1100, ' ');
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "saoy-rebuild-XXXXXX", NULL);
    g_autofree char *object = g_strdup_printf("--show-object=%ld", (long)victim(world.pdf));
    g_autofree char *shown = NULL;
    int file = g_mkstemp(path);

    g_assert_cmpint(file, >=, 0);
    g_assert_true(g_close(file, NULL));
    g_assert_true(g_file_set_contents(path, g_bytes_get_data(pdf, NULL),
                                      (gssize)g_bytes_get_size(pdf), NULL));
    if (qpdf == NULL) {
        g_test_skip("no qpdf here");
    } else {
        const char *argv[] = { qpdf, object, "--raw-stream-data", path, NULL };

        g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL,
                                   NULL, NULL, &shown, NULL, NULL, NULL));
        g_assert_true(g_str_has_prefix(shown, FORGED));
    }
    g_unlink(path);
    must_fail(pdf, "OBJECT_UNLISTED");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-rebuild/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_called_forged);
    }
    g_test_add_func("/forged-rebuild/headers", test_headers);
    g_test_add_func("/forged-rebuild/stamp-values", test_stamp_values);
    g_test_add_func("/forged-rebuild/texts", test_texts_are_no_objects);
    g_test_add_func("/forged-rebuild/others", test_others_files);
    g_test_add_func("/forged-rebuild/peer", test_a_repaired_file_shows_it);
    int status = g_test_run();
    world_close(&world);
    return status;
}
