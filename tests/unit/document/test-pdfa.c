/* Files of ours keep the rules of pdfa.h, and each rule sees the file that breaks it alone.
 */
#include "fixture.h"
#include "pdfa.h"

#include "document/pdf-update.h"
#include "document/print.h"

typedef GBytes *Breaker(GBytes *file, const char *from, const char *to);

static GBytes *
composed(bool inside, bool official)
{
    CopyFixture copy = { 0 };
    g_autoptr(GError) error = NULL;
    GBytes *file = NULL;

    fixture_open(&copy, inside);
    copy.approval->official = official;
    file = saoy_compose(&copy.copy, &error);
    g_assert_no_error(error);
    fixture_close(&copy);
    return file;
}

/* The same number of bytes, in place: nothing else moves. */
static GBytes *
patched(GBytes *file, const char *from, const char *to)
{
    SaoyView all = saoy_view_of(file);
    uint8_t *bytes = g_memdup2(all.data, all.size);
    uint8_t *at = memmem(bytes, all.size, from, strlen(from));

    g_assert_nonnull(at);
    g_assert_cmpuint(strlen(to), <=, strlen(from));
    memset(at, ' ', strlen(from));
    memcpy(at, to, strlen(to));
    return g_bytes_new_take(bytes, all.size);
}

static GBytes *
appended(GBytes *file, const char *from, const char *to)
{
    SaoyView all = saoy_view_of(file);
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, all.data, (guint)all.size);
    g_byte_array_append(out, (const uint8_t *)to, (guint)strlen(to));
    return g_byte_array_free_to_bytes(out);
}

/* One more revision, in which the first dictionary that says `from` says `to` instead. */
static GBytes *
edited(GBytes *file, const char *from, const char *to)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(SaoyPdfUpdate) update = saoy_pdf_update_new(pdf, NULL);
    size_t newest = saoy_pdf_revisions(pdf) - 1;

    for (int64_t i = 1; i <= saoy_pdf_max_object(pdf, newest); i++) {
        const SaoyPdfValue *value = saoy_pdf_object(pdf, newest, i, NULL);
        SaoyView all = saoy_view_of(file);
        g_autofree char *text = NULL;
        g_autoptr(GString) changed = NULL;

        if (value->type != SAOY_PDF_DICT)
            continue;
        text = g_strndup((const char *)all.data + value->at, value->end - value->at);
        changed = g_string_new(text);
        if (g_string_replace(changed, from, to, 1) == 0)
            continue;
        saoy_pdf_update_set(update, i, changed->str);
        return saoy_pdf_update_finish(update, NULL, NULL);
    }
    g_test_message("nothing says %s", from);
    g_assert_not_reached();
}

/* One more revision, in which the first page's content is `to`, its /Contents `from`. */
static GBytes *
drawn(GBytes *file, const char *from, const char *to)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    g_autoptr(SaoyPdfUpdate) update = saoy_pdf_update_new(pdf, NULL);
    int64_t content =
        saoy_pdf_update_add_stream(update, (SaoyView){ (const uint8_t *)to, strlen(to) });
    size_t newest = saoy_pdf_revisions(pdf) - 1;

    for (int64_t i = 1; i <= saoy_pdf_max_object(pdf, newest); i++) {
        const SaoyPdfValue *page = saoy_pdf_object(pdf, newest, i, NULL);
        g_autofree char *text = NULL, *entry = NULL;

        if (!saoy_pdf_is_name(saoy_pdf_get(pdf, newest, page, "Type"), "Page"))
            continue;
        entry = g_strdup_printf("/Contents %d 0 R", (int)content);
        text = saoy_pdf_update_dict(update, page, (const char *const[]){ "Contents", NULL },
                                    entry);
        saoy_pdf_update_set(update, i, text);
        return saoy_pdf_update_finish(update, NULL, NULL);
    }
    g_assert_not_reached();
}

#define Q10 "q q q q q q q q q q "
#define LETTERS_32 "abcdefghijklmnopqrstuvwxyzabcdef"
#define EIGHT(x) x x x x x x x x
#define CREATED "<xmp:CreateDate>202"

static const struct {
    const char *clause;
    Breaker *breaker;
    const char *from, *to;
} rows[] = {
    { "6.1.2 header", patched, "%PDF-1.7", "%PDF-1.8" },
    { "6.1.2 header", patched, "%PDF-1.7\n", "%PDF-1.7 " },
    { "6.1.2 binary", patched, "%PDF-1.7\n%\xe2", "%PDF-1.7\n%a" },
    { "6.1.3 end", appended, "", "x" },
    { "6.1.3 end", appended, "", "\n\n" },
    { "6.1.4 tables", patched, "\nxref\n0", "\nxref 0" },
    { "6.1.3 id", patched, "/ID[", "/IE[" },
    { "6.1.6 hex", patched, "/Title<FEFF", "/Title<FEF" },
    { "6.1.7.1 stream", patched, "\nendstream", " endstream" },
    { "6.1.7.1 outside", patched, "/Length1 ", "/FFilter " },
    { "6.1.7.2 filters", patched, "/FlateDecode", "/LZWDecode" },
    { "6.1.8 names", patched, "/BaseFont/SAOYCA+Tinos", "/BaseFont/SAOYCA+#FFo" },
    { "6.1.9 objects", patched, "\n1 0 obj\n", "\n1 0 obj " },
    { "6.1.9 objects", patched, "\nendobj", " endobj" },
    { "6.1.12 permissions", edited, "/Perms<<", "/Perms<</UR 1 0 R" },
    { "6.1.12 references", edited, "/Type/SigRef", "/Type/SigRef/DigestMethod/SHA1" },
    { "6.1.13 limits", edited, "/Lang(vi)",
      "/Lang(" EIGHT(EIGHT(EIGHT(LETTERS_32))) EIGHT(EIGHT(EIGHT(LETTERS_32))) "x)" },
    { "6.1.13 pages", edited, "/MediaBox [0 0 ", "/MediaBox [0 0 2 9]/X [" },
    { "6.1.13 nesting", drawn, "", Q10 Q10 Q10 },
    { "6.2.2 operators", drawn, "", "BX 1 2 foo EX" },
    { "6.2.2 operators", edited, "/Resources <<", "/Resourcex <<" },
    { "6.2.3 intent", edited, "/GTS_PDFA1", "/GTS_PDFX" },
    { "6.2.3 intent", edited, "/DestOutputProfile ", "/DestOutputProfileRef " },
    { "6.2.4.3 content", drawn, "", "0 0 0 1 k 0 0 9 9 re f" },
    { "6.2.4.3 content", drawn, "", "/Bright ri 0 0 9 9 re f" }, /* 6.2.6 */
    { "6.2.4.3 spaces", edited, "/CS/DeviceRGB", "/CS/DeviceCMYK" },
    { "6.2.5 states", edited, "/BM/Multiply", "/BM/Multiply/TR/Identity" },
    { "6.2.8 images", patched, "/BitsPerComponent 8", "/Interpolate true" },
    { "6.2.9 forms", patched, "/Type/XObject/Subtype/Form", "/Ref<<>>/Subtype/Form" },
    { "6.2.10 blending", edited, "/BM/Multiply", "/BM/Multiple" },
    { "6.2.11.2 types", edited, "/CIDFontType2", "/Type3" },
    { "6.2.11.3.2 map", edited, "/CIDToGIDMap", "/CIDToGIDMop" },
    { "6.2.11.3.3 encoding", edited, "/Identity-H", "/Identity-X" },
    { "6.2.11.4.1 embedded", edited, "/FontFile2", "/FontFile" },
    { "6.2.11.4.2 subset", edited, "/FontFile2", "/CIDSet 1 0 R/FontFile2" },
    { "6.2.11.5 widths", edited, "/W[32[250", "/W[32[260" },
    { "6.2.11.8 notdef", drawn, "", "BT /F1 12 Tf <0041FFF0> Tj ET" },
    { "6.3.1 kinds", edited, "/Subtype/Widget", "/Subtype/Movie" },
    { "6.3.2 flags", edited, "/F 132", "/F 134" },
    { "6.3.2 flags", edited, "/F 132", "" },
    { "6.3.3 looks", edited, "/AP<</N", "/AP<</D 1 0 R/N" },
    { "6.3.3 looks", edited, "/AP<</N", "/AQ<</N" },
    { "6.4.1 fields", edited, "/SigFlags 3", "/SigFlags 3/NeedAppearances true" },
    { "6.4.1 fields", edited, "/FT/Sig", "/FT/Sig/AA<<>>" },
    { "6.4.2 XFA", edited, "/SigFlags 3", "/SigFlags 3/XFA[]" },
    { "6.5.1 actions", edited, "/Dest[", "/A<</S/JavaScript/JS(1)>>/Dest[" },
    { "6.5.1 actions", edited, "/Type/Catalog", "/Type/Catalog/OpenAction[2 0 R/Fit]" },
    { "6.5.2 triggers", edited, "/Type/Catalog", "/Type/Catalog/AA<<>>" },
    { "6.6.2.1 packet", edited, "/Metadata", "/Metadato" },
    { "6.6.2.1 packet", patched, "/Subtype/XML", "/Subtype/XMP" },
    { "6.6.2.3 schema", patched, "<pdfaProperty:name>seal<", "<pdfaProperty:name>seol<" },
    { "6.6.4 identified", patched, "<pdfaid:part>2", "<pdfaid:part>3" },
    { "ours: dates", patched, CREATED "5", CREATED "4" },
    { "6.8 attachments", edited, "/Lang(vi)", "/Names<</EmbeddedFiles<<>>>>" },
    { "6.9 layers", edited, "/Lang(vi)", "/OCProperties<<>>" },
    { "6.10 presentations", edited, "/Type/Page/", "/Type/Page/PresSteps<<>>/" },
    { "6.11 requirements", edited, "/Lang(vi)", "/Requirements[]" },
};

static void
test_copies_keep_every_rule(void)
{
    for (int kind = 0; kind < 4; kind++) {
        g_autoptr(GBytes) file = composed(kind % 2 == 1, kind > 1);

        g_assert_cmpstr(pdfa_broken(file), ==, NULL);
    }
}

static void
test_a_file_that_breaks_one_rule_is_caught_by_it(void)
{
    g_autoptr(GBytes) file = composed(true, false);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bad = rows[i].breaker(file, rows[i].from, rows[i].to);
        const char *caught = pdfa_broken(bad);

        if (g_strcmp0(caught, rows[i].clause) == 0)
            continue;
        g_test_message("%s: %s breaks %s", rows[i].clause, rows[i].to,
                       caught != NULL ? caught : "nothing");
        g_test_fail();
    }
}

static void
test_encryption_is_seen(void)
{
    g_autoptr(GBytes) file = composed(true, false), bad = NULL;
    SaoyView all = saoy_view_of(file);
    const uint8_t *id = memmem(all.data, all.size, "/ID[", 4);
    g_autofree char *from = g_strndup((const char *)id, 73);

    bad = patched(file, from, "/Encrypt<<>>/ID[<00><00>]");
    g_assert_cmpstr(pdfa_broken(bad), ==, "6.1.3 encryption");
}

/* Without a row above a rule could be one that nothing breaks. */
static void
test_every_rule_has_been_broken(void)
{
    for (size_t r = 0; r < G_N_ELEMENTS(pdfa_rules); r++) {
        const char *clause = pdfa_rules[r].clause;
        bool found = g_str_equal(clause, "6.1.3 encryption");

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            found = found || g_str_equal(rows[i].clause, clause);
        if (!found) {
            g_test_message("%s", clause);
            g_test_fail();
        }
    }
}

/* The printed sheet is no PDF/A and does not say it is one. */
static void
test_a_printed_sheet_claims_nothing(void)
{
    CopyFixture copy = { 0 };
    g_autoptr(GBytes) file = composed(true, false), sheet = NULL;
    const SaoyPrintNote note = { NULL, "S", "O", "K", 1762758333000000, "L" };
    SaoyPrintNote with = note;
    g_autoptr(GError) error = NULL;

    fixture_open(&copy, true);
    with.approval = copy.approval;
    sheet = saoy_print_edition(file, &with, &error);
    g_assert_no_error(error);
    SaoyView all = saoy_view_of(sheet);
    g_assert_null(memmem(all.data, all.size, "pdfaid", 6));
    g_assert_cmpstr(pdfa_broken(sheet), ==, "6.1.3 id");
    fixture_close(&copy);
}

static void
test_the_info_title_is_utf_16(void)
{
    g_autoptr(GBytes) file = composed(true, false);
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, NULL);
    const SaoyPdfValue *info = saoy_pdf_get(pdf, 0, saoy_pdf_trailer(pdf, 0), "Info");

    g_assert_cmpmem(saoy_pdf_get(pdf, 0, info, "Title")->text.data, 4, "\xfe\xff\0B", 4);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pdfa/kept", test_copies_keep_every_rule);
    g_test_add_func("/pdfa/caught", test_a_file_that_breaks_one_rule_is_caught_by_it);
    g_test_add_func("/pdfa/encryption", test_encryption_is_seen);
    g_test_add_func("/pdfa/complete", test_every_rule_has_been_broken);
    g_test_add_func("/pdfa/print", test_a_printed_sheet_claims_nothing);
    g_test_add_func("/pdfa/title", test_the_info_title_is_utf_16);
    return g_test_run();
}
