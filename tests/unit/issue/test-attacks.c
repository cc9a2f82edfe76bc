/* What a forger does to one of our files, and what the validator calls it. */
#include "fixture.h"

#include "document/pdf-write.h"
#include "document/pdf.h"
#include "signature/cms.h"

typedef struct {
    Copy copy;
    GBytes *pdf;
} Attack;

static void
set_up(Attack *attack, const void *data)
{
    g_autoptr(GError) error = NULL;

    copy_set_up(&attack->copy, data);
    attack->pdf = copy_issue(&attack->copy, &error);
    g_assert_no_error(error);
}

static void
tear_down(Attack *attack, const void *data)
{
    copy_tear_down(&attack->copy, data);
    g_bytes_unref(attack->pdf);
}

/* ---- asking the validator ---- */

static SaoyVerdict
verify(Attack *attack, GBytes *pdf, bool trusting)
{
    const SaoyVerifyOptions options = { .trust = trusting ? attack->copy.trust : NULL,
                                        .now_us = g_get_real_time() };
    SaoyVerdict verdict = { 0 };
    g_autoptr(GError) error = NULL;

    saoy_verify(pdf, &options, &verdict, &error);
    g_assert_no_error(error);
    return verdict;
}

static bool
has_finding(const SaoyVerdict *verdict, const char *code)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "findings");

    for (size_t i = 0; i < saoy_json_length(list); i++)
        if (g_str_equal(saoy_json_string_or(saoy_json_at(list, i), "code", ""), code))
            return true;
    return false;
}

static const char *
says(const SaoyVerdict *verdict, size_t signature, const char *key)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "signatures");

    return saoy_json_string_or(saoy_json_at(list, signature), key, "");
}

/* TOTAL-FAILED, trusting or not, and for this reason. */
static void
assert_fails(Attack *attack, GBytes *pdf, const char *code)
{
    for (int trusting = 0; trusting < 2; trusting++) {
        g_auto(SaoyVerdict) verdict = verify(attack, pdf, trusting);
        g_autofree char *report = saoy_json_print(verdict.report);

        g_test_message("%s", report);
        g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
        g_assert_true(has_finding(&verdict, code));
    }
}

/* ---- making files ---- */

static size_t
find(GBytes *pdf, const char *text, size_t from)
{
    SaoyView all = saoy_view_of(pdf);
    const uint8_t *at = memmem(all.data + from, all.size - from, text, strlen(text));

    g_assert_nonnull(at);
    return (size_t)(at - all.data);
}

static GBytes *
patched(GBytes *pdf, size_t at, const void *bytes, size_t n)
{
    uint8_t *copy = g_memdup2(g_bytes_get_data(pdf, NULL), g_bytes_get_size(pdf));

    memcpy(copy + at, bytes, n);
    return g_bytes_new_take(copy, g_bytes_get_size(pdf));
}

static GBytes *
flipped(GBytes *pdf, size_t at, uint8_t mask)
{
    uint8_t byte = saoy_view_of(pdf).data[at] ^ mask;

    return patched(pdf, at, &byte, 1);
}

static SaoySignatureSpace
space_of(GBytes *pdf, const char *field)
{
    SaoySignatureSpace space = { 0 };

    g_assert_true(saoy_pdf_signature_space(pdf, field, &space, NULL));
    return space;
}

static size_t
last_start(GBytes *pdf)
{
    SaoyView all = saoy_view_of(pdf);
    size_t at = 0;

    for (size_t i = all.size - 9; i > 0 && at == 0; i--)
        if (memcmp(all.data + i, "startxref", 9) == 0)
            at = (size_t)g_ascii_strtoull((const char *)all.data + i + 9, NULL, 10);
    g_assert_cmpuint(at, >, 0);
    return at;
}

/* Appends a revision with these objects; text NULL: the object is freed. */
typedef struct {
    int64_t number;
    const char *text;
} Object;

static GBytes *
revised(GBytes *pdf, const Object *objects, size_t n)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;
    const SaoyPdfValue *root = saoy_pdf_get_raw(saoy_pdf_trailer(open, newest), "Root");
    const SaoyPdfValue *info = saoy_pdf_get_raw(saoy_pdf_trailer(open, newest), "Info");
    g_autoptr(GString) out =
        g_string_new_len(g_bytes_get_data(pdf, NULL), (gssize)g_bytes_get_size(pdf));
    g_autoptr(GString) table = g_string_new("xref\n");
    int64_t size = saoy_pdf_max_object(open, newest) + 1;

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(table, "%ld 1\n%010zu %s \n", (long)objects[i].number,
                               objects[i].text != NULL ? out->len : 0,
                               objects[i].text != NULL ? "00000 n" : "00001 f");
        if (objects[i].text != NULL)
            g_string_append_printf(out, "%ld 0 obj\n%s\nendobj\n", (long)objects[i].number,
                                   objects[i].text);
        size = MAX(size, objects[i].number + 1);
    }
    size_t start = out->len;
    g_string_append_len(out, table->str, (gssize)table->len);
    g_string_append_printf(out,
                           "trailer\n<< /Size %ld /Root %ld 0 R /Info %ld 0 R /Prev %zu "
                           ">>\nstartxref\n%zu\n%%%%EOF\n",
                           (long)size, (long)root->number,
                           info != NULL ? (long)info->number : 0L, last_start(pdf), start);
    size_t length = out->len;
    return g_bytes_new_take(g_string_free(g_steal_pointer(&out), FALSE), length);
}

static char *
text_of(GBytes *pdf, const SaoyPdfValue *value)
{
    g_assert_cmpuint(value->at, >, 0);
    return g_strndup((const char *)g_bytes_get_data(pdf, NULL) + value->at,
                     value->end - value->at);
}

/* The source text of an object of the newest revision. */
static char *
object_text(GBytes *pdf, int64_t number)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;

    return text_of(pdf, saoy_pdf_object(open, newest, number, NULL));
}

static int64_t
catalog_of(GBytes *pdf)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;

    return saoy_pdf_get_raw(saoy_pdf_trailer(open, newest), "Root")->number;
}

static int64_t
next_object(GBytes *pdf)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);

    return saoy_pdf_max_object(open, saoy_pdf_revisions(open) - 1) + 1;
}

/* The first page's object number. */
static int64_t
page_of(GBytes *pdf)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;

    for (int64_t n = 1; n <= saoy_pdf_max_object(open, newest); n++)
        if (saoy_pdf_is_name(
                saoy_pdf_get_raw(saoy_pdf_object(open, newest, n, NULL), "Type"), "Page"))
            return n;
    g_assert_not_reached();
}

/* The same object with text put in front of the `>>` that closes it. */
static char *
with_entry(const char *object, const char *more)
{
    const char *end = g_strrstr(object, ">>");

    g_assert_nonnull(end);
    return g_strdup_printf("%.*s %s >>", (int)(end - object), object, more);
}

static char *
replaced(const char *text, const char *what, const char *with)
{
    const char *at = strstr(text, what);

    g_assert_nonnull(at);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, with, at + strlen(what));
}

/* ---- what is right ---- */

static void
test_our_own_file_is_intact(Attack *attack, const void *data)
{
    g_auto(SaoyVerdict) without = verify(attack, attack->pdf, false);
    g_auto(SaoyVerdict) with = verify(attack, attack->pdf, true);
    g_autofree char *report = saoy_json_print(with.report);

    g_test_message("%s", report);
    g_assert_cmpint(without.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpint(with.conclusion, ==, SAOY_PASSED);
    g_assert_cmpuint(with.signatures, ==, 2);
    g_assert_cmpstr(with.copy_id, ==, attack->copy.approval->copy_id);
    for (size_t i = 0; i < 2; i++) {
        g_assert_cmpstr(says(&with, i, "integrity"), ==, "intact");
        g_assert_cmpstr(says(&with, i, "trust"), ==, "trusted");
        g_assert_cmpstr(says(&with, i, "level"), ==, "PAdES-B-B");
        g_assert_cmpstr(says(&without, i, "trust"), ==, "unknown");
    }
    g_assert_cmpstr(says(&with, 0, "coverage"), ==, "whole_revision");
    g_assert_cmpstr(says(&with, 0, "later_changes"), ==, "allowed");
    g_assert_cmpstr(says(&with, 1, "coverage"), ==, "whole_file");
    g_assert_cmpstr(says(&with, 1, "later_changes"), ==, "none");
    g_assert_cmpstr(says(&with, 0, "signer"), ==, "Trần Văn Dũng");
    const SaoyJson *seal = saoy_json_member(with.report, "seal");
    g_assert_cmpstr(saoy_json_string_or(seal, "status", ""), ==, "valid");
    g_assert_true(has_finding(&with, "NOT_OFFICIAL"));
}

static const char *
answer(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    g_assert_true(saoy_copy_id_check(copy_id));
    g_assert_true(saoy_token_check(token));
    g_assert_cmpuint(sha256.size, ==, 32);
    return user;
}

static void
test_the_register_has_its_say(Attack *attack, const void *data)
{
    static const struct {
        const char *word;
        SaoyConclusion conclusion;
    } answers[] = { { "genuine", SAOY_PASSED },
                    { "cancelled", SAOY_FAILED },
                    { "unknown", SAOY_INDETERMINATE },
                    { "unavailable", SAOY_INDETERMINATE } };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        const SaoyVerifyOptions options = { .trust = attack->copy.trust,
                                            .now_us = g_get_real_time(),
                                            .ask = answer,
                                            .user = (void *)(uintptr_t)answers[i].word };
        g_auto(SaoyVerdict) verdict = { 0 };

        g_assert_true(saoy_verify(attack->pdf, &options, &verdict, NULL));
        g_assert_cmpint(verdict.conclusion, ==, answers[i].conclusion);
    }
}

static void
test_an_expired_signer_is_undecided(Attack *attack, const void *data)
{
    const SaoyVerifyOptions options = {
        .trust = attack->copy.trust,
        .now_us = g_get_real_time() + (int64_t)3 * 365 * 86400 * G_USEC_PER_SEC
    };
    g_auto(SaoyVerdict) verdict = { 0 };

    g_assert_true(saoy_verify(attack->pdf, &options, &verdict, NULL));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(says(&verdict, 0, "trust"), ==, "expired");
}

/* Validation data is what a later revision may add (product.md §5). */
static void
test_validation_data_is_allowed(Attack *attack, const void *data)
{
    int64_t dss = next_object(attack->pdf), catalog = catalog_of(attack->pdf);
    g_autofree char *old = object_text(attack->pdf, catalog);
    g_autofree char *entry = g_strdup_printf("/DSS %ld 0 R", (long)dss);
    g_autofree char *now = with_entry(old, entry);
    g_autofree char *body = g_strdup_printf("<< /Certs [ %ld 0 R ] >>", (long)dss + 1);
    const Object objects[] = { { catalog, now },
                               { dss, body },
                               { dss + 1, "<< /Length 3 >>\nstream\nabc\nendstream" } };
    g_autoptr(GBytes) pdf = revised(attack->pdf, objects, 3);
    g_auto(SaoyVerdict) verdict = verify(attack, pdf, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
    g_assert_cmpstr(says(&verdict, 1, "coverage"), ==, "whole_revision");
    g_assert_cmpstr(says(&verdict, 1, "later_changes"), ==, "allowed");
}

/* ---- bytes ---- */

static void
test_a_flipped_byte_anywhere_is_seen(Attack *attack, const void *data)
{
    SaoySignatureSpace officer = space_of(attack->pdf, SAOY_FIELD_OFFICER);
    SaoySignatureSpace agency = space_of(attack->pdf, SAOY_FIELD_AGENCY);
    size_t size = g_bytes_get_size(attack->pdf);

    for (size_t at = 16; at < size; at += size / 61) {
        const SaoyVerifyOptions options = { .trust = attack->copy.trust,
                                            .now_us = g_get_real_time() };
        g_auto(SaoyVerdict) verdict = { 0 };
        g_autoptr(GBytes) bad = flipped(attack->pdf, at, 1);

        if (at > officer.contents_at && at < officer.range[2] + 1)
            continue; /* the agency signed it: its own test below */
        if (at > agency.contents_at && at < agency.range[2] + 1)
            continue;
        if (saoy_verify(bad, &options, &verdict, NULL))
            g_assert_cmpint(verdict.conclusion, ==, SAOY_FAILED);
    }
}

static void
test_a_byte_of_the_body(Attack *attack, const void *data)
{
    g_autoptr(GBytes) bad = flipped(attack->pdf, find(attack->pdf, "/MediaBox", 0) + 12, 1);

    assert_fails(attack, bad, "DIGEST_MISMATCH");
}

static void
test_a_byte_of_the_officers_signature(Attack *attack, const void *data)
{
    SaoySignatureSpace space = space_of(attack->pdf, SAOY_FIELD_OFFICER);
    g_autoptr(GBytes) bad = flipped(attack->pdf, space.contents_at + 1001, 1);

    assert_fails(attack, bad, "DIGEST_MISMATCH"); /* of the agency, who signed it too */
}

static void
test_a_byte_of_the_agencys_signature(Attack *attack, const void *data)
{
    SaoySignatureSpace space = space_of(attack->pdf, SAOY_FIELD_AGENCY);
    SaoyView all = saoy_view_of(attack->pdf);
    size_t at = space.contents_at + 2 * space.contents_size;

    while (all.data[at] == '0')
        at--;
    const char digit = all.data[at - 4] == '1' ? '2' : '1';
    g_autoptr(GBytes) bad = patched(attack->pdf, at - 4, &digit, 1);
    assert_fails(attack, bad, "SIGNATURE_WRONG");
}

static void
test_padding_that_is_not_zero(Attack *attack, const void *data)
{
    SaoySignatureSpace space = space_of(attack->pdf, SAOY_FIELD_AGENCY);
    size_t last = space.contents_at + 2 * space.contents_size;
    g_autoptr(GBytes) bad = patched(attack->pdf, last, "7", 1);

    assert_fails(attack, bad, "CMS_MALFORMED");
}

static void
test_bytes_behind_the_end(Attack *attack, const void *data)
{
    SaoyView all = saoy_view_of(attack->pdf);
    g_autoptr(GByteArray) more = g_byte_array_new();

    g_byte_array_append(more, all.data, (guint)all.size);
    g_byte_array_append(more, (const guint8 *)"9 0 obj (x) endobj\n", 19);
    g_autoptr(GBytes) bad = g_byte_array_free_to_bytes(g_steal_pointer(&more));
    assert_fails(attack, bad, "TRAILING_BYTES");
}

static void
test_the_file_cut_in_front_of_the_agency(Attack *attack, const void *data)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(attack->pdf, NULL);
    g_autoptr(GBytes) cut =
        g_bytes_new_from_bytes(attack->pdf, 0, saoy_pdf_revision_end(open, 0));
    g_auto(SaoyVerdict) verdict = verify(attack, cut, true);

    /* the officer's signature stands, and alone: no copy of ours */
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_true(has_finding(&verdict, "SIGNATURE_MISSING"));
    g_assert_cmpuint(verdict.signatures, ==, 1);
    g_assert_cmpstr(says(&verdict, 0, "coverage"), ==, "whole_file");
}

/* ---- the range ---- */

/* Numbers of the agency's /ByteRange written over, in the room they have. */
static GBytes *
with_range(GBytes *pdf, size_t a, size_t b, size_t c, size_t d)
{
    size_t from = find(pdf, "/ByteRange", space_of(pdf, SAOY_FIELD_OFFICER).range[2]);
    size_t open = find(pdf, "[", from), close = find(pdf, "]", from);
    g_autofree char *text = g_strdup_printf("[%zu %zu %zu %zu", a, b, c, d);
    g_autofree char *room = g_strnfill(close - open, ' ');

    g_assert_cmpuint(strlen(text), <=, close - open);
    memcpy(room, text, strlen(text));
    return patched(pdf, open, room, close - open);
}

static void
test_a_shifted_range(Attack *attack, const void *data)
{
    SaoySignatureSpace s = space_of(attack->pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GBytes) start =
        with_range(attack->pdf, 1, s.range[1] - 1, s.range[2], s.range[3]);
    g_autoptr(GBytes) gap =
        with_range(attack->pdf, 0, s.range[1] - 2, s.range[2], s.range[3]);
    g_autoptr(GBytes) later =
        with_range(attack->pdf, 0, s.range[1], s.range[2] + 9, s.range[3] - 9);
    g_autoptr(GBytes) shorter =
        with_range(attack->pdf, 0, s.range[1], s.range[2], s.range[3] - 40);
    g_autoptr(GBytes) longer =
        with_range(attack->pdf, 0, s.range[1], s.range[2], s.range[3] + 40);
    g_autoptr(GBytes) overlap = with_range(attack->pdf, 0, s.range[2], s.range[1], 10);

    assert_fails(attack, start, "BYTE_RANGE_MALFORMED");
    assert_fails(attack, gap, "BYTE_RANGE_GAP");
    assert_fails(attack, later, "BYTE_RANGE_GAP");
    assert_fails(attack, shorter, "BYTE_RANGE_END");
    assert_fails(attack, longer, "BYTE_RANGE_MALFORMED");
    assert_fails(attack, overlap, "BYTE_RANGE_MALFORMED");
}

static void
test_a_range_that_is_gone(Attack *attack, const void *data)
{
    size_t at = find(attack->pdf, "/ByteRange", 0);
    g_autoptr(GBytes) bad = patched(attack->pdf, at, "/ByteRangf", 10);

    assert_fails(attack, bad, "BYTE_RANGE_MALFORMED");
}

static void
test_contents_that_are_gone(Attack *attack, const void *data)
{
    size_t hole = space_of(attack->pdf, SAOY_FIELD_OFFICER).contents_at;
    size_t at = find(attack->pdf, "/Contents", hole - 12);
    g_autoptr(GBytes) bad = patched(attack->pdf, at, "/Contentz", 9);

    assert_fails(attack, bad, "CONTENTS_MALFORMED");
}

/* ---- the signature value ---- */

static GBytes *
cms_of(GBytes *pdf, const char *field)
{
    SaoySignatureSpace space = space_of(pdf, field);
    g_autofree char *hex =
        g_strndup((const char *)g_bytes_get_data(pdf, NULL) + space.contents_at + 1,
                  2 * space.contents_size);

    return saoy_unhex(hex, NULL);
}

static void
test_the_signature_of_another_file(Attack *attack, const void *data)
{
    Attack other = { 0 };

    set_up(&other, data);
    g_autoptr(GBytes) cms = cms_of(other.pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GBytes) bad =
        saoy_pdf_fill(attack->pdf, SAOY_FIELD_AGENCY, saoy_view_of(cms), NULL);
    assert_fails(attack, bad, "DIGEST_MISMATCH");
    tear_down(&other, data);
}

/* A true signature over true bytes, by one whom nobody asked. */
static void
test_a_stranger_signs_for_the_agency(Attack *attack, const void *data)
{
    SaoySignatureSpace space = space_of(attack->pdf, SAOY_FIELD_AGENCY);
    g_autoptr(GPtrArray) chain = pki_chain(&attack->copy.stranger, NULL);
    uint8_t digest[32], hash[32];

    g_assert_true(saoy_pdf_range_digest(attack->pdf, &space, digest, NULL));
    g_autoptr(GBytes) attributes = saoy_cms_signed_attributes(
        digest, saoy_view_of(attack->copy.stranger.der), hash, NULL);
    g_assert_nonnull(attributes);
    g_autoptr(GBytes) signature = pki_sign(&attack->copy.stranger, hash);
    g_autoptr(GBytes) cms = saoy_cms_build(digest, chain, saoy_view_of(signature), NULL);
    g_autoptr(GBytes) bad =
        saoy_pdf_fill(attack->pdf, SAOY_FIELD_AGENCY, saoy_view_of(cms), NULL);
    g_auto(SaoyVerdict) verdict = verify(attack, bad, true);
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_cmpstr(says(&verdict, 1, "trust"), ==, "unknown");
    g_assert_cmpstr(says(&verdict, 1, "signer"), ==, "Somebody else");
}

/* The certificate put in place of the signer's, same name and number, another key. */
static void
test_a_swapped_certificate(Attack *attack, const void *data)
{
    g_autoptr(GBytes) cms = cms_of(attack->pdf, SAOY_FIELD_AGENCY);
    SaoyView der = saoy_view_of(attack->copy.signer[1].der);
    uint8_t *at =
        memmem(g_bytes_get_data(cms, NULL), g_bytes_get_size(cms), der.data, der.size);
    size_t offset = (size_t)(at - (const uint8_t *)g_bytes_get_data(cms, NULL));

    /* the last byte is of the issuer's signature: name, number and key stay, the hash does
     * not */
    g_assert_nonnull(at);
    g_autoptr(GBytes) other = flipped(cms, offset + der.size - 1, 1);
    g_autoptr(GBytes) bad =
        saoy_pdf_fill(attack->pdf, SAOY_FIELD_AGENCY, saoy_view_of(other), NULL);
    assert_fails(attack, bad, "CERTIFICATE_SWAPPED");
}

static void
test_a_wrong_message_digest(Attack *attack, const void *data)
{
    g_autoptr(GPtrArray) chain = pki_chain(&attack->copy.signer[1], &attack->copy.issuing);
    uint8_t digest[32] = { 1, 2, 3 }, hash[32];
    g_autoptr(GBytes) attributes = saoy_cms_signed_attributes(
        digest, saoy_view_of(attack->copy.signer[1].der), hash, NULL);
    g_assert_nonnull(attributes);
    g_autoptr(GBytes) signature = pki_sign(&attack->copy.signer[1], hash);
    g_autoptr(GBytes) cms = saoy_cms_build(digest, chain, saoy_view_of(signature), NULL);
    g_autoptr(GBytes) bad =
        saoy_pdf_fill(attack->pdf, SAOY_FIELD_AGENCY, saoy_view_of(cms), NULL);

    assert_fails(attack, bad, "DIGEST_MISMATCH");
}

static void
test_nothing_signed_at_all(Attack *attack, const void *data)
{
    assert_fails(attack, attack->copy.base, "CMS_MALFORMED");
    assert_fails(attack, attack->copy.prepared->pdata[1], "CMS_MALFORMED");
}

/* ---- later revisions ---- */

static void
assert_forbidden(Attack *attack, const Object *objects, size_t n)
{
    g_autoptr(GBytes) bad = revised(attack->pdf, objects, n);
    g_auto(SaoyVerdict) verdict = verify(attack, bad, true);

    assert_fails(attack, bad, "CHANGE_FORBIDDEN");
    g_assert_cmpstr(says(&verdict, 0, "later_changes"), ==, "forbidden");
    g_assert_cmpstr(says(&verdict, 1, "later_changes"), ==, "forbidden");
    g_assert_cmpstr(says(&verdict, 1, "integrity"), ==, "intact");
    g_assert_cmpstr(says(&verdict, 1, "coverage"), ==, "whole_revision");
}

static void
test_an_overlay_on_a_page(Attack *attack, const void *data)
{
    int64_t page = page_of(attack->pdf), overlay = next_object(attack->pdf);
    g_autofree char *old = object_text(attack->pdf, page);
    g_autofree char *entry = g_strdup_printf("/Contents %ld 0 R", (long)overlay);
    g_autofree char *gone = replaced(old, "/Contents", "/Was");
    g_autofree char *now = with_entry(gone, entry);
    const Object objects[] = {
        { page, now },
        { overlay, "<< /Length 21 >>\nstream\n0 0 500 500 re f     \nendstream" }
    };

    assert_forbidden(attack, objects, 2);
}

static void
test_an_annotation_on_a_page(Attack *attack, const void *data)
{
    int64_t page = page_of(attack->pdf), note = next_object(attack->pdf);
    g_autofree char *old = object_text(attack->pdf, page);
    g_autofree char *entry = g_strdup_printf("/Annots [ %ld 0 R ]", (long)note);
    g_autofree char *gone =
        strstr(old, "/Annots") != NULL ? replaced(old, "/Annots", "/Was") : g_strdup(old);
    g_autofree char *now = with_entry(gone, entry);
    const Object objects[] = { { page, now },
                               { note, "<< /Type /Annot /Subtype /FreeText /Rect [ 0 0 300 "
                                       "300 ] /Contents (10) /DA (/F 9 Tf) >>" } };

    assert_forbidden(attack, objects, 2);
}

static void
test_a_replaced_page_tree(Attack *attack, const void *data)
{
    int64_t catalog = catalog_of(attack->pdf), tree = next_object(attack->pdf);
    g_autofree char *old = object_text(attack->pdf, catalog);
    g_autofree char *entry = g_strdup_printf("/Pages %ld 0 R", (long)tree);
    g_autofree char *gone = replaced(old, "/Pages", "/Was");
    g_autofree char *now = with_entry(gone, entry);
    g_autofree char *kids = g_strdup_printf("<< /Type /Pages /Count 1 /Kids [ %ld 0 R ] >>",
                                            (long)page_of(attack->pdf));
    const Object objects[] = { { catalog, now }, { tree, kids } };

    assert_forbidden(attack, objects, 2);
}

static void
test_a_page_that_is_freed(Attack *attack, const void *data)
{
    int64_t page = page_of(attack->pdf);
    const Object objects[] = { { page, NULL } };

    assert_forbidden(attack, objects, 1); /* a page that is freed */
}

/* Sneaky signature: a field of one's own that looks like the agency's. */
static void
test_another_signature_with_a_widget(Attack *attack, const void *data)
{
    int64_t catalog = catalog_of(attack->pdf), field = next_object(attack->pdf);
    g_autoptr(SaoyPdf) open = saoy_pdf_open(attack->pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;
    const SaoyPdfValue *root = saoy_pdf_object(open, newest, catalog, NULL);
    const SaoyPdfValue *raw = saoy_pdf_get_raw(root, "AcroForm");
    const SaoyPdfValue *form = saoy_pdf_resolve(open, newest, raw);
    const SaoyPdfValue *fields = saoy_pdf_get_raw(form, "Fields");
    g_autofree char *whole =
        raw->type == SAOY_PDF_REF ? text_of(attack->pdf, form) : text_of(attack->pdf, root);
    g_assert_cmpint(fields->type, ==, SAOY_PDF_ARRAY);
    g_autofree char *list = text_of(attack->pdf, fields);
    g_autofree char *longer =
        g_strdup_printf("%.*s %ld 0 R ]", (int)strlen(list) - 1, list, (long)field);
    g_autofree char *now = replaced(whole, list, longer);
    g_autofree char *widget = g_strdup_printf(
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (More) /Rect [ 10 10 200 80 ] "
        "/V << /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
        "/ByteRange [ 0 10 20 10 ] /Contents <00> >> >>");
    const Object objects[] = { { raw->type == SAOY_PDF_REF ? raw->number : catalog, now },
                               { field, widget } };

    g_autoptr(GBytes) bad = revised(attack->pdf, objects, 2);
    assert_fails(attack, bad, "CHANGE_FORBIDDEN");
    assert_fails(attack, bad, "BYTE_RANGE_GAP");
}

static void
test_a_signature_that_is_taken_away(Attack *attack, const void *data)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(attack->pdf, NULL);
    g_autoptr(GArray) list = saoy_pdf_signatures(open, NULL);
    int64_t field = g_array_index(list, SaoyPdfSignature, 1).field_object;
    g_autofree char *old = object_text(attack->pdf, field);
    g_autofree char *now = replaced(old, "/V ", "/W ");
    const Object objects[] = { { field, now } };
    g_autoptr(GBytes) bad = revised(attack->pdf, objects, 1);

    assert_fails(attack, bad, "CHANGE_FORBIDDEN");
}

static void
test_new_document_information(Attack *attack, const void *data)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(attack->pdf, NULL);
    const SaoyPdfValue *info = saoy_pdf_get_raw(saoy_pdf_trailer(open, 0), "Info");
    const Object objects[] = { { info != NULL ? info->number : 0,
                                 "<< /Title (Other) >>" } };

    if (info == NULL) {
        g_test_skip("the file has no document information");
        return;
    }
    assert_forbidden(attack, objects, 1);
}

/* A stream that the DSS is said to need, but which is a page's picture. */
static void
test_a_picture_called_validation_data(Attack *attack, const void *data)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(attack->pdf, NULL);
    size_t newest = saoy_pdf_revisions(open) - 1;
    int64_t catalog = catalog_of(attack->pdf), picture = 0;
    g_autofree char *old = object_text(attack->pdf, catalog);

    for (int64_t n = 1; n <= saoy_pdf_max_object(open, newest); n++)
        if (saoy_pdf_is_name(
                saoy_pdf_get_raw(saoy_pdf_object(open, newest, n, NULL), "Subtype"),
                "Image"))
            picture = n;
    g_assert_cmpint(picture, >, 0);
    g_autofree char *entry =
        g_strdup_printf("/DSS << /Certs [ %ld 0 R ] >>", (long)picture);
    g_autofree char *now = with_entry(old, entry);
    const Object objects[] = { { catalog, now },
                               { picture, "<< /Type /XObject /Subtype /Image /Length 3 >>\n"
                                          "stream\nabc\nendstream" } };

    assert_forbidden(attack, objects, 2);
}

/* The seal's own check, where no signature helps: both were made over swapped pages. */
static void
test_a_seal_of_other_pages(Attack *attack, const void *data)
{
    Copy *copy = &attack->copy;
    GBytes *kept = copy->jpegs[0];
    g_autoptr(GError) error = NULL;

    copy->jpegs[0] = copy_page(200);
    g_bytes_unref(copy->base);
    copy->base = copy_compose(copy, NULL);
    g_bytes_unref(copy->jpegs[0]);
    copy->jpegs[0] = kept;
    g_ptr_array_set_size(copy->prepared, 0);
    g_assert_null(copy_issue(copy, &error));
    g_assert_nonnull(strstr(error->message, "SEAL_CONTENT"));
}

static void
test_no_pdf_is_named_in_one_line(Attack *attack, const void *data)
{
    static const char *const texts[] = { "", "Không phải PDF\n", "%PDF-1.7\n",
                                         "%PDF-1.7\n%%EOF" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        const SaoyVerifyOptions options = { .now_us = 0 };
        SaoyVerdict verdict = { 0 };
        g_autoptr(GBytes) bytes = g_bytes_new(texts[i], strlen(texts[i]));
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_verify(bytes, &options, &verdict, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_null(strchr(error->message, '\n'));
    }
}

static void
test_cut_anywhere_nothing_breaks(Attack *attack, const void *data)
{
    size_t size = g_bytes_get_size(attack->pdf);

    for (size_t n = 0; n < size; n += size / 50) {
        const SaoyVerifyOptions options = { .trust = attack->copy.trust,
                                            .now_us = g_get_real_time() };
        g_auto(SaoyVerdict) verdict = { 0 };
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(attack->pdf, 0, n);
        g_autoptr(GError) error = NULL;

        if (!saoy_verify(cut, &options, &verdict, &error))
            g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        else
            g_assert_cmpint(verdict.conclusion, !=, SAOY_PASSED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add("/attacks/" path, Attack, NULL, set_up, f, tear_down)
    WITH("none", test_our_own_file_is_intact);
    WITH("register", test_the_register_has_its_say);
    WITH("expired", test_an_expired_signer_is_undecided);
    WITH("validation-data", test_validation_data_is_allowed);
    WITH("flipped", test_a_flipped_byte_anywhere_is_seen);
    WITH("body", test_a_byte_of_the_body);
    WITH("officer", test_a_byte_of_the_officers_signature);
    WITH("agency", test_a_byte_of_the_agencys_signature);
    WITH("padding", test_padding_that_is_not_zero);
    WITH("tail", test_bytes_behind_the_end);
    WITH("cut", test_the_file_cut_in_front_of_the_agency);
    WITH("range", test_a_shifted_range);
    WITH("range-gone", test_a_range_that_is_gone);
    WITH("contents-gone", test_contents_that_are_gone);
    WITH("other-file", test_the_signature_of_another_file);
    WITH("stranger", test_a_stranger_signs_for_the_agency);
    WITH("swapped-certificate", test_a_swapped_certificate);
    WITH("message-digest", test_a_wrong_message_digest);
    WITH("unsigned", test_nothing_signed_at_all);
    WITH("overlay", test_an_overlay_on_a_page);
    WITH("annotation", test_an_annotation_on_a_page);
    WITH("page-tree", test_a_replaced_page_tree);
    WITH("freed-page", test_a_page_that_is_freed);
    WITH("sneaky", test_another_signature_with_a_widget);
    WITH("taken-away", test_a_signature_that_is_taken_away);
    WITH("information", test_new_document_information);
    WITH("fake-dss", test_a_picture_called_validation_data);
    WITH("other-pages", test_a_seal_of_other_pages);
    WITH("no-pdf", test_no_pdf_is_named_in_one_line);
    WITH("cut-anywhere", test_cut_anywhere_nothing_breaks);
    return g_test_run();
}
