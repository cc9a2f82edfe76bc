/* What a forger does to a signed file, and what the validator calls it: one row each. Ours
 * (issued, certified) unless the row makes another's. */
#include "later.h"

static World world;

/* ---- universal signature forgery: what says which bytes, or holds the value ---- */

static GBytes *
over_range(GBytes *pdf, const char *text)
{
    size_t from =
        forge_find(pdf, "/ByteRange", forge_space(pdf, SAOY_FIELD_OFFICER).range[2]);
    size_t open = forge_find(pdf, "[", from), close = forge_find(pdf, "]", from);
    g_autofree char *room = g_strnfill(close - open + 1, ' ');

    g_assert_cmpuint(strlen(text), <=, close - open + 1);
    memcpy(room, text, strlen(text));
    return forge_patched(pdf, open, room, close - open + 1);
}

static GBytes *
with_range(long a, long b, long c, long d)
{
    SaoySignatureSpace s = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *text = g_strdup_printf("[%ld %ld %ld %ld]", a, (long)s.range[1] + b,
                                            (long)s.range[2] + c, (long)s.range[3] + d);

    return over_range(world.pdf, text);
}

static GBytes *
usf_range_gone(void)
{
    return forge_patched(world.pdf, forge_find(world.pdf, "/ByteRange", 0), "/ByteRangf",
                         10);
}

static GBytes *
usf_range_null(void)
{
    return over_range(world.pdf, " null");
}

static GBytes *
usf_range_zero(void)
{
    return over_range(world.pdf, "[0 0 0 0]");
}

static GBytes *
usf_range_three(void)
{
    return over_range(world.pdf, "[0 10 20]");
}

static GBytes *
usf_range_negative(void)
{
    return over_range(world.pdf, "[0 -1 20 10]");
}

static GBytes *
usf_range_reference(void)
{
    return over_range(world.pdf, "[0 1 0 R 20 10]");
}

static size_t
hole(void)
{
    return forge_space(world.pdf, SAOY_FIELD_AGENCY).contents_at;
}

static GBytes *
usf_contents_gone(void)
{
    size_t at = forge_find(world.pdf, "/Contents", hole() - 12);

    return forge_patched(world.pdf, at, "/Contentz", 9);
}

static GBytes *
usf_contents_empty(void)
{
    SaoySignatureSpace space = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *blank = g_strnfill(2 * space.contents_size, ' ');

    return forge_patched(world.pdf, hole() + 1, blank, strlen(blank));
}

static GBytes *
usf_contents_zero(void)
{
    SaoySignatureSpace space = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *zeros = g_strnfill(2 * space.contents_size, '0');

    return forge_patched(world.pdf, hole() + 1, zeros, strlen(zeros));
}

static GBytes *
usf_contents_null(void)
{
    SaoySignatureSpace space = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *blank = g_strnfill(2 * space.contents_size + 2, ' ');

    memcpy(blank, " null", 5);
    return forge_patched(world.pdf, hole(), blank, strlen(blank));
}

static GBytes *
usf_value_gone(void)
{
    int64_t field = forge_field(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *old = forge_object(world.pdf, field);
    g_autofree char *now = forge_replaced(old, "/V ", "/W ");
    Forge f = forge_begin(world.pdf);

    world.object = field;
    forge_put(&f, field, "%s", now);
    return forge_end(&f);
}

/* ---- signature wrapping ---- */

static GBytes *
swa_late_start(void)
{
    return with_range(1, -1, 0, 0);
}

static GBytes *
swa_wide_gap(void)
{
    return with_range(0, -2, 0, 0);
}

static GBytes *
swa_late_second(void)
{
    return with_range(0, 0, 9, -9);
}

static GBytes *
swa_short_end(void)
{
    return with_range(0, 0, 0, -40);
}

static GBytes *
swa_long_end(void)
{
    return with_range(0, 0, 0, 40);
}

static GBytes *
swa_overlap(void)
{
    return with_range(0, 9000, -9000, 0);
}

/* The true tail goes to the end of the file, a copy that the forger may change into the
 * gap.
 */
static GBytes *
swa_moved_tail(void)
{
    SaoySignatureSpace s = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    const char *data = g_bytes_get_data(world.pdf, NULL);
    g_autoptr(GString) out = g_string_new_len(data, (gssize)g_bytes_get_size(world.pdf));

    g_autofree char *text =
        g_strdup_printf("[0 %zu %zu %zu]", s.range[1], out->len, s.range[3]);
    g_autoptr(GBytes) aimed = over_range(world.pdf, text);
    g_string_append_len(out, data + s.range[2], (gssize)s.range[3]);
    memcpy(out->str, g_bytes_get_data(aimed, NULL), s.range[2]);
    return g_bytes_new(out->str, out->len);
}

static GBytes *
swa_shared_value(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    Forge f = forge_begin(base);

    forge_put(
        &f, 6,
        "<< /Fields [ 7 0 R 9 0 R 20 0 R ] /SigFlags 3 /DR << /Font << /F 5 0 R >> >> >>");
    forge_put(&f, 20, "<< /FT /Sig /T (Mayor) /V 8 0 R >>");
    return forge_end(&f);
}

static GBytes *
swa_copied_value(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    g_autofree char *value = forge_object(base, 8);
    Forge f = forge_begin(base);

    forge_put(
        &f, 6,
        "<< /Fields [ 7 0 R 9 0 R 20 0 R ] /SigFlags 3 /DR << /Font << /F 5 0 R >> >> >>");
    forge_put(&f, 20, "<< /FT /Sig /T (Mayor) /V 21 0 R >>");
    forge_put(&f, 21, "%s", value);
    return forge_end(&f);
}

static GBytes *
swa_rewritten_value(void)
{
    g_autoptr(GBytes) base = world_foreign_with(&world, "", "/Reason (I have read this)");
    g_autofree char *value = forge_object(base, 8);
    g_autofree char *other = forge_replaced(value, "have read", "agree to");
    Forge f = forge_begin(base);

    forge_put(&f, 8, "%s", other);
    return forge_end(&f);
}

/* ---- incremental saving ---- */

static int64_t
page_of(GBytes *pdf)
{
    return forge_which(pdf, "Type", "Page");
}

/* One object of ours replaced by its own text with a change. */
static GBytes *
changed(int64_t number, const char *what, const char *with)
{
    g_autofree char *old = forge_object(world.pdf, number);
    g_autofree char *now = forge_replaced(old, what, with);
    Forge f = forge_begin(world.pdf);

    world.object = number;
    forge_put(&f, number, "%s", now);
    return forge_end(&f);
}

static GBytes *
isa_overlay(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t page = page_of(world.pdf), overlay = f.size;
    g_autofree char *old = forge_object(world.pdf, page);
    g_autofree char *gone = forge_replaced(old, "/Contents", "/Was");
    g_autofree char *entry = g_strdup_printf("/Contents %ld 0 R", (long)overlay);
    g_autofree char *now = forge_with(gone, entry);

    world.object = page;
    forge_put(&f, page, "%s", now);
    forge_put_stream(&f, overlay, "", "0 0 500 500 re f");
    return forge_end(&f);
}

static GBytes *
isa_content_stream(void)
{
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");
    Forge f = forge_begin(world.pdf);

    world.object = content;
    forge_put_stream(&f, content, "", "0 0 500 500 re f");
    return forge_end(&f);
}

static GBytes *
isa_picture(void)
{
    int64_t picture = forge_which(world.pdf, "Subtype", "Image");
    Forge f = forge_begin(world.pdf);

    world.object = picture;
    forge_put_stream(&f, picture, "/Type /XObject /Subtype /Image", "abc");
    return forge_end(&f);
}

static GBytes *
isa_body_without_table(void)
{
    static const char body[] = "3 0 obj\n<< /Type /Page >>\nendobj\n";

    return forge_joined(world.pdf, body, strlen(body));
}

static GBytes *
isa_body_and_trailer(void)
{
    static const char body[] =
        "3 0 obj\n<< /Type /Page >>\nendobj\ntrailer\n<< /Root 1 0 R /Size 99 >>\n%%EOF\n";

    return forge_joined(world.pdf, body, strlen(body));
}

static GBytes *
isa_wrong_startxref(void)
{
    g_autofree char *body =
        g_strdup_printf("3 0 obj\n<< /Type /Page >>\nendobj\nstartxref\n%zu\n%%%%EOF\n",
                        g_bytes_get_size(world.pdf) + 5);

    return forge_joined(world.pdf, body, strlen(body));
}

static GBytes *
isa_another_pdf(void)
{
    g_autoptr(GBytes) other = world_foreign(&world);

    return forge_joined(world.pdf, g_bytes_get_data(other, NULL), g_bytes_get_size(other));
}

static GBytes *
isa_pages_removed(void)
{
    return changed(forge_which(world.pdf, "Type", "Pages"), "/Count 2", "/Count 1");
}

static GBytes *
isa_page_added(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    Forge f = forge_begin(base);

    world.object = 2;
    forge_put(&f, 2, "<< /Type /Pages /Count 2 /Kids [ 3 0 R 20 0 R ] >>");
    forge_put(&f, 20, "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] >>");
    return forge_end(&f);
}

/* The list of pages is an object of its own that only grows. */
static GBytes *
isa_page_added_to_list(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 11, "[ 3 0 R ]");
    forge_put(&f, 2, "<< /Type /Pages /Count 1 /Kids 11 0 R >>");
    /* the first 2 0 obj stays behind as an object no table lists */
    g_array_remove_index(f.lines, 1);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 11;
    forge_put(&g, 11, "[ 3 0 R 20 0 R ]");
    forge_put(&g, 20, "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] >>");
    return forge_end(&g);
}

static GBytes *
isa_page_freed(void)
{
    Forge f = forge_begin(world.pdf);

    world.object = page_of(world.pdf);
    forge_drop(&f, world.object);
    return forge_end(&f);
}

static GBytes *
isa_page_turned(void)
{
    return changed(page_of(world.pdf), "/Type", "/Rotate 180 /Type");
}

static GBytes *
isa_page_cut(void)
{
    return changed(page_of(world.pdf), "/MediaBox", "/CropBox [ 0 0 9 9 ] /MediaBox");
}

static GBytes *
isa_script(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *now =
        forge_with(old, "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>");

    world.object = f.root;
    forge_put(&f, f.root, "%s", now);
    return forge_end(&f);
}

static GBytes *
isa_other_catalog(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, f.root);
    int64_t copy = f.size;

    world.object = f.root;
    forge_put(&f, copy, "%s", old);
    f.root = copy;
    return forge_end(&f);
}

static GBytes *
isa_encrypted_afterwards(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t key = f.size;

    forge_put(&f, key, "<< /Filter /Standard /V 1 /R 2 /P -4 /O <00> /U <00> >>");
    g_autofree char *entry = g_strdup_printf("/Encrypt %ld 0 R", (long)key);
    return forge_end_with(&f, entry);
}

/* ---- shadow attacks ---- */

/* Hide: something drawn over the text at signing time is taken away. */
static GBytes *
shadow_hide(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    forge_put_stream(&f, 11, "/Type /XObject /Subtype /Form /BBox [ 0 0 300 300 ]",
                     "1 g 0 0 300 300 re f");
    forge_put(&f, 12,
              "<< /Type /Annot /Subtype /Stamp /Rect [ 0 0 300 300 ] "
              "/AP << /N 11 0 R >> >>");
    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] /Contents 4 0 R "
              "/Resources << /Font << /F 5 0 R >> >> /Annots [ 7 0 R 9 0 R 12 0 R ] >>");
    g_array_remove_index(f.lines, 2);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 11;
    forge_drop(&g, 11);
    return forge_end(&g);
}

/* Replace: a font of the same name draws other letters. */
static GBytes *
shadow_replace_font(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    Forge f = forge_begin(base);

    world.object = 5;
    forge_put(&f, 5,
              "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
              "/Encoding << /Differences [ 49 /nine ] >> >>");
    return forge_end(&f);
}

/* Hide and replace: a second version of an object lies ready, only the table switches. */
static GBytes *
shadow_hide_and_replace(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    size_t ready = f.out->len;

    forge_put_stream(&f, 4, "", "BT /F 20 Tf 20 200 Td (999 dong) Tj ET");
    g_array_remove_index(f.lines, f.lines->len - 1);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 4;
    forge_note(&g, 4, ready);
    return forge_end(&g);
}

/* Something the signed page asks for is missing, and comes later. */
static GBytes *
shadow_missing_object(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] "
              "/Contents [ 4 0 R 30 0 R ] /Resources << >> /Annots [ 7 0 R 9 0 R ] >>");
    g_array_remove_index(f.lines, 2);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 30;
    forge_put_stream(&g, 30, "", "0 0 300 300 re f");
    return forge_end(&g);
}

static GBytes *
shadow_layers(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "/OCProperties 11 0 R", "");

    forge_put(&f, 11, "<< /OCGs [ 12 0 R ] /D << /OFF [ 12 0 R ] >> >>");
    forge_put(&f, 12, "<< /Type /OCG /Name (Price) >>");
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 11;
    forge_put(&g, 11, "<< /OCGs [ 12 0 R ] /D << /ON [ 12 0 R ] >> >>");
    return forge_end(&g);
}

/* A field's looks that the page draws too: the page changes with them. */
static GBytes *
shadow_shared_looks(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] /Contents 4 0 R "
              "/Resources << /XObject << /X 10 0 R >> >> /Annots [ 7 0 R 9 0 R ] >>");
    g_array_remove_index(f.lines, 2);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    Forge g = forge_begin(base);
    world.object = 10;
    forge_put_stream(&g, 10, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 20 ]",
                     "0 0 80 20 re f");
    return forge_end(&g);
}

/* A page's picture that the DSS is said to need. */
static GBytes *
shadow_called_validation_data(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t picture = forge_which(world.pdf, "Subtype", "Image");
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *entry =
        g_strdup_printf("/DSS << /Certs [ %ld 0 R ] >>", (long)picture);
    g_autofree char *now = forge_with(old, entry);

    world.object = picture;
    forge_put(&f, f.root, "%s", now);
    forge_put_stream(&f, picture, "/Type /XObject /Subtype /Image", "abc");
    return forge_end(&f);
}

/* ---- evil annotation ---- */

static GBytes *
annotated(GBytes *base, const char *annotation)
{
    Forge f = forge_begin(base);
    int64_t page = page_of(base), note = f.size;
    g_autofree char *old = forge_object(base, page);
    const char *list = strstr(old, "/Annots [");
    g_autofree char *with = g_strdup_printf("/Annots [ %ld 0 R", (long)note);
    g_autofree char *now = list != NULL ? forge_replaced(old, "/Annots [", with) : NULL;
    g_autofree char *closed = g_strconcat(with, " ]", NULL);
    g_autofree char *fresh = list == NULL ? forge_with(old, closed) : NULL;

    world.object = page;
    forge_put(&f, page, "%s", now != NULL ? now : fresh);
    forge_put(&f, note, "<< /Type /Annot /Rect [ 0 0 300 300 ] %s >>", annotation);
    return forge_end(&f);
}

static GBytes *
eaa_free_text(void)
{
    return annotated(world.pdf, "/Subtype /FreeText /Contents (10) /DA (/F 9 Tf)");
}

static GBytes *
eaa_stamp_on_certified(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "3");

    return annotated(base, "/Subtype /Stamp /AP << /N 10 0 R >>");
}

static GBytes *
eaa_redact_on_approval(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);

    return annotated(base, "/Subtype /Redact");
}

static GBytes *
eaa_text_field(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);

    return annotated(base, "/Subtype /Widget /FT /Tx /T (More) /V (10)");
}

/* ---- sneaky signature, certification ---- */

static GBytes *
ssa_visible(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "2");

    return world_sign_again(&world, base, "[ 0 0 300 300 ]", "ETSI.CAdES.detached",
                            &world.copy.signer[1], forge_cades);
}

static GBytes *
ssa_invisible(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "2");

    return world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.CAdES.detached",
                            &world.copy.stranger, forge_cades);
}

static GBytes *
ssa_stamp_that_shows(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "2");

    return world_sign_again(&world, base, "[ 0 0 300 300 ]", "ETSI.RFC3161", &world.tsa,
                            world_stamp);
}

static GBytes *
ssa_looks_of_a_signature(void)
{
    int64_t field = forge_field(world.pdf, SAOY_FIELD_AGENCY);
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, field);
    g_autofree char *entry = g_strdup_printf("/AP << /N %ld 0 R >>", (long)f.size);
    g_autofree char *gone =
        strstr(old, "/AP") != NULL ? forge_replaced(old, "/AP", "/XX") : g_strdup(old);
    g_autofree char *now = forge_with(gone, entry);

    world.object = field;
    forge_put_stream(&f, f.size, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 20 ]", " ");
    forge_put(&f, field, "%s", now);
    return forge_end(&f);
}

static GBytes *
ssa_looks_without_certification(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    g_autofree char *old = forge_object(base, 7);
    g_autofree char *now = forge_with(old, "/AP << /N 10 0 R >>");
    Forge f = forge_begin(base);

    world.object = 7;
    forge_put(&f, 7, "%s", now);
    return forge_end(&f);
}

static GBytes *
ssa_moved_signature(void)
{
    int64_t field = forge_field(world.pdf, SAOY_FIELD_OFFICER);

    return changed(field, "/Rect", "/Rect [ 0 0 1 1 ] /Wect");
}

static GBytes *
mdp_filled_under_one(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "1");
    g_autofree char *old = forge_object(base, 9);
    g_autofree char *now = forge_with(old, "/V (More)");
    Forge f = forge_begin(base);

    world.object = 9;
    forge_put(&f, 9, "%s", now);
    return forge_end(&f);
}

static GBytes *
mdp_permission_raised(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t dict = forge_target(world.pdf, forge_field(world.pdf, SAOY_FIELD_OFFICER), "V");
    g_autofree char *old = forge_object(world.pdf, dict);
    g_autofree char *now = forge_replaced(old, "/P 2", "/P 3");

    world.object = dict;
    forge_put(&f, dict, "%s", now);
    return forge_end(&f);
}

static GBytes *
mdp_perms_dropped(void)
{
    return changed(forge_which(world.pdf, "Type", "Catalog"), "/Perms", "/Qerms");
}

static GBytes *
mdp_locked_field(void)
{
    g_autoptr(GBytes) base = world_foreign_with(
        &world, "",
        "/Reference [ << /Type /SigRef /TransformMethod /FieldMDP /TransformParams "
        "<< /Type /TransformParams /Action /Include /Fields [ (Name) ] >> >> ]");
    g_autofree char *old = forge_object(base, 9);
    g_autofree char *now = forge_with(old, "/V (More)");
    Forge f = forge_begin(base);

    world.object = 9;
    forge_put(&f, 9, "%s", now);
    return forge_end(&f);
}

static GBytes *
fields_value_changed_to_page_text(void)
{
    return changed(forge_which(world.pdf, "Type", "Font"), "/Type", "/Encodinx 1 /Type");
}

/* ---- tables at odds ---- */

static GBytes *
xref_circle(void)
{
    size_t start = g_bytes_get_size(world.pdf);
    g_autofree char *text = g_strdup_printf(
        "xref\n0 0\ntrailer\n<< /Size 99 /Root %ld 0 R /Prev %zu >>\nstartxref\n%zu\n"
        "%%%%EOF\n",
        (long)forge_which(world.pdf, "Type", "Catalog"), start, start);

    return forge_joined(world.pdf, text, strlen(text));
}

/* The last word sends readers back to a table before the agency signed. */
static GBytes *
xref_back(void)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(world.pdf, NULL);
    g_autoptr(GBytes) first =
        g_bytes_new_from_bytes(world.pdf, 0, saoy_pdf_revision_end(open, 0));
    g_autofree char *text =
        g_strdup_printf("startxref\n%zu\n%%%%EOF\n", forge_start(first));

    return forge_joined(world.pdf, text, strlen(text));
}

static GBytes *
xref_listed_twice(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");
    size_t at = f.out->len;

    forge_put_stream(&f, content, "", "0 0 500 500 re f");
    forge_note(&f, content, at);
    return forge_end(&f);
}

static GBytes *
xref_hybrid(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");
    size_t at = f.out->len;

    forge_put_stream(&f, content, "", "0 0 500 500 re f");
    size_t table = f.out->len;
    g_string_append_printf(f.out,
                           "%ld 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ %ld 1 ] /Size "
                           "99 /Filter /ASCIIHexDecode /Length 14 >>\nstream\n01%08zx0000\n"
                           "endstream\nendobj\n",
                           (long)f.size, (long)content, at);
    g_array_set_size(f.lines, 0);
    forge_note(&f, f.size, table);
    g_autofree char *entry = g_strdup_printf("/XRefStm %zu", table);
    world.object = content;
    return forge_end_with(&f, entry);
}

static GBytes *
xref_stream_revision(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");

    world.object = content;
    forge_put_stream(&f, content, "", "0 0 500 500 re f");
    return forge_end_stream(&f, 0, NULL);
}

static GBytes *
xref_packed_page(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t page = page_of(world.pdf), home = f.size;
    g_autofree char *old = forge_object(world.pdf, page);
    g_autofree char *now = forge_replaced(old, "/Contents", "/Was");
    g_autofree char *head = g_strdup_printf("%ld 0 ", (long)page);
    g_autofree char *all = g_strconcat(head, now, NULL);
    g_autofree char *entries =
        g_strdup_printf("/Type /ObjStm /N 1 /First %zu", strlen(head));

    world.object = page;
    forge_put_stream(&f, home, entries, all);
    return forge_end_stream(&f, home, (const int64_t[]){ page, 0 });
}

static GBytes *
xref_into_a_stream(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");

    world.object = content;
    forge_note(&f, content, 9000);
    return forge_end(&f);
}

static GBytes *
xref_generation(void)
{
    Forge f = forge_begin(world.pdf);
    int64_t content = forge_target(world.pdf, page_of(world.pdf), "Contents");

    world.object = content;
    forge_note(&f, content, f.out->len);
    g_string_append_printf(
        f.out, "%ld 1 obj\n<< /Length 1 >>\nstream\n \nendstream\nendobj\n", (long)content);
    return forge_end(&f);
}

static GBytes *
xref_equal_keys(void)
{
    int64_t page = page_of(world.pdf);
    g_autofree char *old = forge_object(world.pdf, page);
    g_autofree char *now = forge_with(old, "/Contents 1 0 R");
    Forge f = forge_begin(world.pdf);

    world.object = page;
    forge_put(&f, page, "%s", now);
    return forge_end(&f);
}

static GBytes *
xref_equal_keys_in_catalog(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *now = forge_with(old, "/Pages 1 0 R");

    forge_put(&f, f.root, "%s", now);
    return forge_end(&f);
}

static GBytes *
xref_unlisted_object(void)
{
    Forge f = forge_begin(world.pdf);

    forge_put(&f, page_of(world.pdf), "<< /Type /Page >>");
    g_array_set_size(f.lines, 0);
    return forge_end(&f);
}

/* ---- the signature value ---- */

static GBytes *
value_of(GBytes *pdf, const char *field)
{
    SaoySignatureSpace space = forge_space(pdf, field);
    g_autofree char *hex =
        g_strndup((const char *)g_bytes_get_data(pdf, NULL) + space.contents_at + 1,
                  2 * space.contents_size);

    return saoy_unhex(hex, NULL);
}

static GBytes *
with_value(GBytes *take)
{
    g_autoptr(GBytes) value = take;
    GBytes *pdf = saoy_pdf_fill(world.pdf, SAOY_FIELD_AGENCY, saoy_view_of(value), NULL);

    g_assert_nonnull(pdf);
    return pdf;
}

/* The agency's value with some bytes replaced by as many. */
static GBytes *
value_changed(const void *what, const void *with, size_t n)
{
    g_autoptr(GBytes) value = value_of(world.pdf, SAOY_FIELD_AGENCY);
    SaoyView all = saoy_view_of(value);
    const uint8_t *at = memmem(all.data, all.size, what, n);

    g_assert_nonnull(at);
    return with_value(forge_patched(value, (size_t)(at - all.data), with, n));
}

static GBytes *
cms_of_another_file(void)
{
    g_autoptr(GBytes) other = world_foreign(&world);

    return with_value(value_of(other, "Sig1"));
}

static GBytes *
cms_by(ForgeValue *make)
{
    SaoySignatureSpace s = forge_space(world.pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GBytes) covered = forge_covered(world.pdf, s.range);

    return with_value(make(&world.copy.signer[1], &world.copy.issuing, covered));
}

static GBytes *
over_other_bytes(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) other = g_bytes_new_static("other", 5);

    return forge_cades(signer, issuer, other);
}

static GBytes *
cms_wrong_digest(void)
{
    return cms_by(over_other_bytes);
}

static GBytes *
by_openssl(const PkiEntity *signer, GBytes *bytes, unsigned flags, const PkiEntity *second)
{
    BIO *in = BIO_new_mem_buf(g_bytes_get_data(bytes, NULL), (int)g_bytes_get_size(bytes));
    unsigned all = flags | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, all);
    unsigned char *der = NULL;

    g_assert_nonnull(
        CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), all));
    if (second != NULL)
        g_assert_nonnull(
            CMS_add1_signer(cms, second->certificate, second->key, EVP_sha256(), all));
    g_assert_cmpint(CMS_final(cms, in, NULL, all), ==, 1);
    int size = i2d_CMS_ContentInfo(cms, &der);
    GBytes *out = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return out;
}

static GBytes *
without_attributes(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return by_openssl(signer, bytes, CMS_DETACHED | CMS_NOATTR, NULL);
}

static GBytes *
cms_no_attributes(void)
{
    return cms_by(without_attributes);
}

static GBytes *
by_two(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return by_openssl(signer, bytes, CMS_DETACHED, &world.copy.stranger);
}

static GBytes *
cms_two_signers(void)
{
    return cms_by(by_two);
}

static GBytes *
enveloping(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) content = g_bytes_new_static("This is what I signed", 21);

    return by_openssl(signer, content, 0, NULL);
}

static GBytes *
cms_with_content(void)
{
    return cms_by(enveloping);
}

/* Name and number stay, a byte of the issuer's signature does not: another certificate. */
static GBytes *
cms_other_certificate_bytes(void)
{
    SaoyView der = saoy_view_of(world.copy.signer[1].der);
    g_autofree uint8_t *other = g_memdup2(der.data, der.size);

    other[der.size - 1] ^= 1;
    return value_changed(der.data, other, der.size);
}

/* The stranger's certificate stands where the signer's was; lengths differ, so the whole
 * value is made of the stranger's certificate and the agency's signer information. */
static GBytes *
with_strangers_certificate(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) own = forge_cades(signer, issuer, bytes);
    SaoyView all = saoy_view_of(own);
    const unsigned char *at = all.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)all.size);
    unsigned char *der = NULL;

    g_assert_nonnull(cms);
    /* a new list that holds only the stranger's */
    CMS_ContentInfo *bare = CMS_sign(NULL, NULL, NULL, NULL, CMS_DETACHED | CMS_PARTIAL);
    g_assert_cmpint(CMS_add1_cert(bare, world.copy.stranger.certificate), ==, 1);
    g_assert_true(sk_CMS_SignerInfo_push(
        CMS_get0_SignerInfos(bare), sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0)));
    int size = i2d_CMS_ContentInfo(bare, &der);
    GBytes *out = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    (void)sk_CMS_SignerInfo_pop(CMS_get0_SignerInfos(bare));
    CMS_ContentInfo_free(bare);
    CMS_ContentInfo_free(cms);
    return out;
}

static GBytes *
cms_strangers_certificate(void)
{
    return cms_by(with_strangers_certificate);
}

/* signing-certificate-v2 names the stranger's certificate. */
static GBytes *
naming_another(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) own = forge_cades(signer, issuer, bytes);
    uint8_t digest[32], mine[32], hash[32], theirs[32];

    saoy_sha256(saoy_view_of(bytes), digest);
    saoy_sha256(saoy_view_of(signer->der), mine);
    saoy_sha256(saoy_view_of(world.copy.stranger.der), theirs);
    g_autoptr(GBytes) attributes =
        saoy_cms_signed_attributes(digest, saoy_view_of(signer->der), hash, NULL);
    SaoyView set = saoy_view_of(attributes), all = saoy_view_of(own);
    const uint8_t *in_set = memmem(set.data, set.size, mine, 32);
    g_autoptr(GBytes) wrong =
        forge_patched(attributes, (size_t)(in_set - set.data), theirs, 32);
    saoy_sha256(saoy_view_of(wrong), hash);
    g_autoptr(GBytes) signature = pki_sign(signer, hash);
    /* the signature of the wrong attributes may be longer or shorter: make till it fits */
    const unsigned char *at = all.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)all.size);
    ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(
        sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0));
    ASN1_OCTET_STRING_set(value, g_bytes_get_data(signature, NULL),
                          (int)g_bytes_get_size(signature));
    unsigned char *der = NULL;
    int size = i2d_CMS_ContentInfo(cms, &der);
    g_autoptr(GBytes) made = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    SaoyView view = saoy_view_of(made);
    const uint8_t *in_value = memmem(view.data, view.size, mine, 32);
    return forge_patched(made, (size_t)(in_value - view.data), theirs, 32);
}

static GBytes *
cms_names_another(void)
{
    return cms_by(naming_another);
}

/* What OpenSSL passes over: the algorithm named is none of the key's. */
static GBytes *
cms_algorithm(void)
{
    static const uint8_t was[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                   0xce, 0x3d, 0x04, 0x03, 0x02, 0x04 };
    static const uint8_t now[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                   0x86, 0xf7, 0x0d, 0x02, 0x05, 0x04 }; /* md5 */

    return value_changed(was, now, sizeof was);
}

/* What the signer wrote, in front of the object identifier of the time stamp behind it. */
static SaoyView
before_stamp(GBytes *value)
{
    static const uint8_t stamp[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                     0x01, 0x09, 0x10, 0x02, 0x0e };
    SaoyView all = saoy_view_of(value);
    const uint8_t *end = memmem(all.data, all.size, stamp, sizeof stamp);

    g_assert_nonnull(end);
    return (SaoyView){ all.data, (size_t)(end - all.data) };
}

static GBytes *
cms_digest_algorithm(void)
{
    /* id-sha256 → id-sha512 in the signer's information, which only the time stamp follows
     */
    static const uint8_t sha256[] = {
        0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01
    };
    g_autoptr(GBytes) value = value_of(world.pdf, SAOY_FIELD_AGENCY);
    SaoyView all = before_stamp(value);
    size_t last = 0;
    const uint8_t three = 3;

    /* the last but the one inside signing-certificate, which names none when it is SHA-256
     */
    for (size_t i = 0; i + sizeof sha256 < all.size; i++)
        if (memcmp(all.data + i, sha256, sizeof sha256) == 0)
            last = i;
    return with_value(forge_patched(value, last + sizeof sha256 - 1, &three, 1));
}

static GBytes *
cms_flipped(void)
{
    enum { HEADS = 10 }; /* of the attributes, the first of them and its identifier */
    g_autoptr(GBytes) value = value_of(world.pdf, SAOY_FIELD_AGENCY);

    return with_value(forge_flipped(value, before_stamp(value).size - HEADS - 3, 1));
}

static GBytes *
cms_officer_flipped(void)
{
    size_t at = forge_space(world.pdf, SAOY_FIELD_OFFICER).contents_at + 1001;
    const char digit = saoy_view_of(world.pdf).data[at] == '1' ? '2' : '1';

    return forge_patched(world.pdf, at, &digit, 1); /* the agency signed it too */
}

static GBytes *
cms_body_flipped(void)
{
    return forge_flipped(world.pdf, forge_find(world.pdf, "/MediaBox", 0) + 12, 1);
}

/* ---- time ---- */

static GBytes *
stamped_with(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes,
             const PkiEntity *tsa, const uint8_t *imprint, int64_t at_us)
{
    g_autoptr(GBytes) cms = forge_cades(signer, issuer, bytes);
    SaoyView all = saoy_view_of(cms);
    const unsigned char *at = all.data;
    CMS_ContentInfo *open = d2i_CMS_ContentInfo(NULL, &at, (long)all.size);
    CMS_SignerInfo *info = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(open), 0);
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(info);
    uint8_t own[32];
    unsigned char *der = NULL;

    saoy_sha256(
        (SaoyView){ ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) }, own);
    g_autoptr(GBytes) token = world_token(tsa, imprint != NULL ? imprint : own, at_us);
    g_assert_cmpint(CMS_unsigned_add1_attr_by_NID(
                        info, NID_id_smime_aa_timeStampToken, V_ASN1_SEQUENCE,
                        g_bytes_get_data(token, NULL), (int)g_bytes_get_size(token)),
                    ==, 1);
    int size = i2d_CMS_ContentInfo(open, &der);
    GBytes *out = g_bytes_new(der, (gsize)size);
    OPENSSL_free(der);
    CMS_ContentInfo_free(open);
    return out;
}

static GBytes *
stamp_of_another(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    static const uint8_t imprint[32] = { 1, 2, 3 };

    return stamped_with(signer, issuer, bytes, &world.tsa, imprint, world.now_us);
}

static GBytes *
time_stamp_of_another(void)
{
    return cms_by(stamp_of_another);
}

static GBytes *
stamp_by_a_signer(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return stamped_with(signer, issuer, bytes, &world.copy.signer[0], NULL, world.now_us);
}

static GBytes *
time_not_an_authority(void)
{
    return cms_by(stamp_by_a_signer);
}

/* A stamp from a day on which the signer's certificate did not exist. */
static GBytes *
stamped_yesterday(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return stamped_with(signer, issuer, bytes, &world.tsa, NULL,
                        world.now_us - (int64_t)6 * 3600 * G_USEC_PER_SEC);
}

static GBytes *
time_before_the_certificate(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    return forge_sign(forge_end(&f), &world.young, NULL, stamped_yesterday);
}

static GBytes *
stamped_now(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return stamped_with(signer, issuer, bytes, &world.tsa, NULL, world.now_us);
}

/* The stamp laid around the file says it was older than what is inside. */
static GBytes *
time_backdated(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, stamped_now);

    world_stamp_us = world.now_us - (int64_t)6 * 3600 * G_USEC_PER_SEC;
    GBytes *out = world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.RFC3161", &world.tsa,
                                   world_stamp);
    world_stamp_us = 0;
    return out;
}

static GBytes *
stamp_over_other_bytes(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    static const uint8_t imprint[32] = { 9 };

    return world_token(signer, imprint, world.now_us);
}

static GBytes *
time_document_stamp_of_another(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);

    return world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.RFC3161", &world.tsa,
                            stamp_over_other_bytes);
}

/* ---- seal, metadata ---- */

static GBytes *
seal_of_other_pages(void)
{
    Copy *copy = &world.copy;
    GBytes *kept = copy->jpegs[0];

    copy->jpegs[0] = copy_page(200);
    GBytes *base = copy_compose(copy, NULL);
    g_bytes_unref(copy->jpegs[0]);
    copy->jpegs[0] = kept;
    return later_issued(&world, base);
}

static GBytes *
seal_pages_swapped(void)
{
    Copy *copy = &world.copy;
    GBytes *first = copy->jpegs[0];

    copy->jpegs[0] = copy->jpegs[1];
    copy->jpegs[1] = first;
    GBytes *base = copy_compose(copy, NULL);
    copy->jpegs[1] = copy->jpegs[0];
    copy->jpegs[0] = first;
    return later_issued(&world, base);
}

/* A composer bent to draw another seal than the one in the metadata. */
static GBytes *
seal_drawn_another(void)
{
    GBytes *base = world.copy.base;
    SaoyView all = saoy_view_of(base);
    const char *open = memmem(all.data, all.size, "<saoy:seal>", 11);
    g_autofree char *last = NULL;

    g_assert_nonnull(open);
    const char *close = memmem(open, 4000, "</saoy:seal>", 12);
    size_t at = (size_t)(close - (const char *)all.data) - 3;
    last = g_strndup(close - 3, 1);
    return later_issued(&world, forge_patched(base, at, *last == 'A' ? "B" : "A", 1));
}

static GBytes *
seal_unreadable(void)
{
    SaoyView all = saoy_view_of(world.copy.base);
    const char *open = memmem(all.data, all.size, "<saoy:seal>", 11);
    const char *hash = memchr(open, '#', 4000);
    size_t at = (size_t)(hash - (const char *)all.data) + 1;

    return later_issued(&world, forge_patched(world.copy.base, at, "AAAA", 4));
}

static GBytes *
metadata_changed(void)
{
    int64_t packet = forge_which(world.pdf, "Type", "Metadata");
    Forge f = forge_begin(world.pdf);

    world.object = packet;
    forge_put_stream(&f, packet, "/Type /Metadata /Subtype /XML", "<x:xmpmeta/>");
    return forge_end(&f);
}

static GBytes *
information_changed(void)
{
    Forge f = forge_begin(world.pdf);

    world.object = f.info;
    forge_put(&f, f.info, "<< /Title (Other) >>");
    return forge_end(&f);
}

static GBytes *
nothing_signed(void)
{
    return g_bytes_ref(world.copy.base);
}

static GBytes *
no_signature_at_all(void)
{
    Forge f = forge_begin(NULL);

    forge_put(&f, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    forge_put(&f, 2, "<< /Type /Pages /Count 0 /Kids [ ] >>");
    return forge_end(&f);
}

/* Code, and whether only one who trusts our PKI can see it. */
/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*forge)(void);
    const char *code;
    bool trusting;
} attacks[] = {
    { "usf/range-gone",           usf_range_gone,           "BYTE_RANGE_MALFORMED" },
    { "usf/range-null",           usf_range_null,           "BYTE_RANGE_MALFORMED" },
    { "usf/range-zero",           usf_range_zero,           "BYTE_RANGE_GAP" },
    { "usf/range-three",          usf_range_three,          "BYTE_RANGE_MALFORMED" },
    { "usf/range-negative",       usf_range_negative,       "BYTE_RANGE_MALFORMED" },
    { "usf/range-reference",      usf_range_reference,      "BYTE_RANGE_MALFORMED" },
    { "usf/contents-gone",        usf_contents_gone,        "CONTENTS_MALFORMED" },
    { "usf/contents-empty",       usf_contents_empty,       "CONTENTS_MALFORMED" },
    { "usf/contents-zero",        usf_contents_zero,        "CMS_MALFORMED" },
    { "usf/contents-null",        usf_contents_null,        "CONTENTS_MALFORMED" },
    { "usf/value-gone",           usf_value_gone,           "CHANGE_FORBIDDEN" },
    { "usf/nothing-signed",       nothing_signed,           "CMS_MALFORMED" },
    { "usf/no-signature",         no_signature_at_all,      "NO_SIGNATURE" },
    { "swa/late-start",           swa_late_start,           "BYTE_RANGE_MALFORMED" },
    { "swa/wide-gap",             swa_wide_gap,             "BYTE_RANGE_GAP" },
    { "swa/late-second",          swa_late_second,          "BYTE_RANGE_GAP" },
    { "swa/short-end",            swa_short_end,            "BYTE_RANGE_END" },
    { "swa/long-end",             swa_long_end,             "BYTE_RANGE_MALFORMED" },
    { "swa/overlap",              swa_overlap,              "BYTE_RANGE_MALFORMED" },
    { "swa/moved-tail",           swa_moved_tail,           "BYTE_RANGE_GAP" },
    { "swa/shared-value",         swa_shared_value,         "CONTENTS_SHARED" },
    { "swa/copied-value",         swa_copied_value,         "BYTE_RANGE_GAP" },
    { "swa/rewritten-value",      swa_rewritten_value,      "BYTE_RANGE_GAP" },
    { "isa/overlay",              isa_overlay,              "CHANGE_FORBIDDEN" },
    { "isa/content-stream",       isa_content_stream,       "CHANGE_FORBIDDEN" },
    { "isa/picture",              isa_picture,              "CHANGE_FORBIDDEN" },
    { "isa/no-table",             isa_body_without_table,   "OBJECT_UNLISTED" },
    { "isa/no-table-but-trailer", isa_body_and_trailer,     "OBJECT_UNLISTED" },
    { "isa/wrong-startxref",      isa_wrong_startxref,      "STRUCTURE_BROKEN" },
    { "isa/another-pdf",          isa_another_pdf,          "BYTE_RANGE_GAP" },
    { "isa/pages-removed",        isa_pages_removed,        "CHANGE_FORBIDDEN" },
    { "isa/page-added",           isa_page_added,           "CHANGE_FORBIDDEN" },
    { "isa/page-added-to-list",   isa_page_added_to_list,   "CHANGE_FORBIDDEN" },
    { "isa/page-freed",           isa_page_freed,           "CHANGE_FORBIDDEN" },
    { "isa/page-turned",          isa_page_turned,          "CHANGE_FORBIDDEN" },
    { "isa/page-cut",             isa_page_cut,             "CHANGE_FORBIDDEN" },
    { "isa/script",               isa_script,               "CHANGE_FORBIDDEN" },
    { "isa/other-catalog",        isa_other_catalog,        "CHANGE_FORBIDDEN" },
    { "isa/encrypted-later",      isa_encrypted_afterwards, "CHANGE_FORBIDDEN" },
    { "shadow/hide",              shadow_hide,              "CHANGE_FORBIDDEN" },
    { "shadow/replace-font",      shadow_replace_font,      "CHANGE_FORBIDDEN" },
    { "shadow/hide-and-replace",  shadow_hide_and_replace,  "CHANGE_FORBIDDEN" },
    { "shadow/missing-object",    shadow_missing_object,    "CHANGE_FORBIDDEN" },
    { "shadow/layers",            shadow_layers,            "CHANGE_FORBIDDEN" },
    { "shadow/shared-looks",      shadow_shared_looks,      "CHANGE_FORBIDDEN" },
    { "shadow/validation-data",   shadow_called_validation_data, "CHANGE_FORBIDDEN" },
    { "shadow/font-of-ours",      fields_value_changed_to_page_text, "CHANGE_FORBIDDEN" },
    { "eaa/free-text",            eaa_free_text,            "CHANGE_FORBIDDEN" },
    { "eaa/stamp-certified-3",    eaa_stamp_on_certified,   "CHANGE_FORBIDDEN" },
    { "eaa/redact-approval",      eaa_redact_on_approval,   "CHANGE_FORBIDDEN" },
    { "eaa/text-field",           eaa_text_field,           "CHANGE_FORBIDDEN" },
    { "ssa/visible",              ssa_visible,              "CHANGE_FORBIDDEN" },
    { "ssa/invisible",            ssa_invisible,            "CHANGE_FORBIDDEN" },
    { "ssa/stamp-that-shows",     ssa_stamp_that_shows,     "CHANGE_FORBIDDEN" },
    { "ssa/looks",                ssa_looks_of_a_signature, "CHANGE_FORBIDDEN" },
    { "ssa/looks-of-approval",    ssa_looks_without_certification, "CHANGE_FORBIDDEN" },
    { "ssa/moved",                ssa_moved_signature,      "CHANGE_FORBIDDEN" },
    { "mdp/filled-under-1",       mdp_filled_under_one,     "CHANGE_FORBIDDEN" },
    { "mdp/permission-raised",    mdp_permission_raised,    "BYTE_RANGE_GAP" },
    { "mdp/perms-dropped",        mdp_perms_dropped,        "CHANGE_FORBIDDEN" },
    { "mdp/locked-field",         mdp_locked_field,         "CHANGE_FORBIDDEN" },
    { "xref/circle",              xref_circle,              "STRUCTURE_BROKEN" },
    { "xref/back",                xref_back,                "TRAILING_BYTES" },
    { "xref/listed-twice",        xref_listed_twice,        "STRUCTURE_BROKEN" },
    { "xref/hybrid",              xref_hybrid,              "CHANGE_FORBIDDEN" },
    { "xref/stream",              xref_stream_revision,     "CHANGE_FORBIDDEN" },
    { "xref/packed-page",         xref_packed_page,         "CHANGE_FORBIDDEN" },
    { "xref/into-a-stream",       xref_into_a_stream,       "CHANGE_FORBIDDEN" },
    { "xref/generation",          xref_generation,          "CHANGE_FORBIDDEN" },
    { "xref/equal-keys",          xref_equal_keys,          "CHANGE_FORBIDDEN" },
    { "xref/equal-keys-catalog",  xref_equal_keys_in_catalog, "STRUCTURE_BROKEN" },
    { "xref/unlisted-object",     xref_unlisted_object,     "OBJECT_UNLISTED" },
    { "cms/another-file",         cms_of_another_file,      "DIGEST_MISMATCH" },
    { "cms/wrong-digest",         cms_wrong_digest,         "DIGEST_MISMATCH" },
    { "cms/no-attributes",        cms_no_attributes,        "MESSAGE_DIGEST_ABSENT" },
    { "cms/two-signers",          cms_two_signers,          "CMS_SIGNERS" },
    { "cms/with-content",         cms_with_content,         "CMS_HAS_CONTENT" },
    { "cms/other-certificate",    cms_other_certificate_bytes, "CERTIFICATE_SWAPPED" },
    { "cms/strangers-certificate", cms_strangers_certificate, "CERTIFICATE_SWAPPED" },
    { "cms/names-another",        cms_names_another,        "CERTIFICATE_SWAPPED" },
    { "cms/algorithm",            cms_algorithm,            "SIGNATURE_WRONG" },
    { "cms/digest-algorithm",     cms_digest_algorithm,     "DIGEST_MISMATCH" },
    { "cms/flipped",              cms_flipped,              "SIGNATURE_WRONG" },
    { "cms/officer-flipped",      cms_officer_flipped,      "DIGEST_MISMATCH" },
    { "cms/body-flipped",         cms_body_flipped,         "DIGEST_MISMATCH" },
    { "time/of-another",          time_stamp_of_another,    "STAMP_WRONG" },
    { "time/no-authority",        time_not_an_authority,    "STAMP_WRONG" },
    { "time/before-certificate",  time_before_the_certificate, "NOT_YET_VALID", true },
    { "time/backdated",           time_backdated,           "STAMP_ORDER", true },
    { "time/document-stamp",      time_document_stamp_of_another, "STAMP_WRONG" },
    { "seal/other-pages",         seal_of_other_pages,      "SEAL_CONTENT" },
    { "seal/pages-swapped",       seal_pages_swapped,       "SEAL_CONTENT" },
    { "seal/drawn-another",       seal_drawn_another,       "SEAL_DRAWING" },
    { "seal/unreadable",          seal_unreadable,          "SEAL_UNREADABLE" },
    { "metadata/xmp",             metadata_changed,         "CHANGE_FORBIDDEN" },
    { "metadata/information",     information_changed,      "CHANGE_FORBIDDEN" },
};
/* clang-format on */

/* TOTAL-FAILED, trusting or not, for this reason and at this place. */
static void
test_is_caught(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    world.object = 0;
    g_autoptr(GBytes) pdf = attacks[i].forge();
    g_assert_nonnull(pdf);
    for (int trusting = attacks[i].trusting; trusting < 2; trusting++) {
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, trusting);
        g_autofree char *report = saoy_json_print(verdict.report);

        g_test_message("%s", report);
        g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
        g_assert_true(world_found(&verdict, attacks[i].code, world.object));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++) {
        g_autofree char *path = g_strconcat("/attacks/", attacks[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_caught);
    }
    int status = g_test_run();
    world_close(&world);
    return status;
}
