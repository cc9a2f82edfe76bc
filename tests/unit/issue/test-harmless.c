/* What honest software does to files, ours and others': never TOTAL-FAILED. What is exactly
 * allowed passes; what a person must judge is named. */
#include "world.h"

static World world;

static GBytes *
signed_by_officer(Forge *f)
{
    return forge_sign(forge_end(f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* ---- ours, and what may follow ---- */

static GBytes *
ours(void)
{
    return g_bytes_ref(world.pdf);
}

static GBytes *
with_dss(GBytes *base)
{
    Forge f = forge_begin(base);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *entry = g_strdup_printf("/DSS %ld 0 R", (long)f.size);
    g_autofree char *now = forge_with(old, entry);
    int64_t dss = f.size;

    forge_put(&f, f.root, "%s", now);
    forge_put(&f, dss, "<< /Certs [ %ld 0 R ] >>", (long)dss + 1);
    forge_put_stream(&f, dss + 1, "", "abc");
    return forge_end(&f);
}

static GBytes *
dss_added(void)
{
    return with_dss(world.pdf);
}

static GBytes *
dss_grown(void)
{
    g_autoptr(GBytes) base = with_dss(world.pdf);
    Forge f = forge_begin(base);
    int64_t dss = forge_target(base, f.root, "DSS");

    forge_put(&f, dss, "<< /Certs [ %ld 0 R %ld 0 R ] /VRI << >> >>", (long)dss + 1,
              (long)f.size);
    forge_put_stream(&f, f.size, "", "def");
    return forge_end(&f);
}

static GBytes *
extensions_added(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, f.root);
    g_autofree char *now = forge_with(
        old, "/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 >> >>");

    forge_put(&f, f.root, "%s", now);
    return forge_end(&f);
}

static GBytes *
in_table_stream(GBytes *take)
{
    g_autoptr(GBytes) base = take;
    Forge f = forge_begin(base);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *now = forge_with(old, "/DSS << >>");

    forge_put(&f, f.root, "%s", now);
    return forge_end_stream(&f, 0, NULL);
}

static GBytes *
in_object_stream(GBytes *take)
{
    g_autoptr(GBytes) base = take;
    Forge f = forge_begin(base);
    g_autofree char *old = forge_object(base, f.root);
    g_autofree char *now = forge_with(old, "/DSS << >>");
    g_autofree char *head = g_strdup_printf("%ld 0 ", (long)f.root);
    g_autofree char *all = g_strconcat(head, now, NULL);
    g_autofree char *entries =
        g_strdup_printf("/Type /ObjStm /N 1 /First %zu", strlen(head));
    int64_t home = f.size, root = f.root;

    forge_put_stream(&f, home, entries, all);
    return forge_end_stream(&f, home, (const int64_t[]){ root, 0 });
}

static GBytes *
dss_in_xref_stream(void)
{
    return in_table_stream(g_bytes_ref(world.pdf));
}

static GBytes *
dss_in_object_stream(void)
{
    return in_object_stream(g_bytes_ref(world.pdf));
}

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return world_token(&world.tsa, imprint, world.now_us);
}

static GBytes *
stamped(GBytes *take)
{
    g_autoptr(GBytes) base = take;
    g_autoptr(GError) error = NULL;
    GBytes *out = saoy_dss_stamp(base, 0, on_token, NULL, NULL, &error);

    g_assert_no_error(error);
    return out;
}

static GBytes *
document_stamp(void)
{
    return stamped(g_bytes_ref(world.pdf));
}

static GBytes *
dss_and_stamp(void)
{
    return stamped(with_dss(world.pdf));
}

static GBytes *
stamp_renewed(void)
{
    return stamped(stamped(with_dss(world.pdf)));
}

static GBytes *
object_as_it_was(void)
{
    int64_t page = forge_which(world.pdf, "Type", "Page");
    g_autofree char *same = forge_object(world.pdf, page);
    Forge f = forge_begin(world.pdf);

    forge_put(&f, page, "%s", same);
    return forge_end(&f);
}

static GBytes *
empty_revision(void)
{
    Forge f = forge_begin(world.pdf);

    return forge_end(&f);
}

static GBytes *
blank_tail(void)
{
    return forge_joined(world.pdf, "\r\n \n\0\0", 6);
}

static GBytes *
comment_between(void)
{
    g_autoptr(GBytes) base = forge_joined(world.pdf, "% made by a careful tool\n", 25);

    return with_dss(base);
}

static GBytes *
dates_in_metadata(void)
{
    Forge f = forge_begin(world.pdf);
    g_autofree char *old = forge_object(world.pdf, f.info);
    const char *at = strstr(old, "/ModDate");
    g_autofree char *cut = g_strndup(old, (gsize)(at - old));

    forge_put(&f, f.info, "%s/ModDate (D:20270101000000Z)%s", cut, strchr(at, ')') + 1);
    return forge_end(&f);
}

/* ---- others' shapes ---- */

static GBytes *
plain(void)
{
    return world_foreign(&world);
}

/* Every line end of the body as that producer writes it. */
static GBytes *
with_line_ends(char first, char second)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) drawn = forge_end(&f);
    SaoyView all = saoy_view_of(drawn);
    g_autofree char *text = g_strndup((const char *)all.data, all.size);
    Forge g = forge_begin(NULL);

    /* written object by object, so that the table stays right */
    for (int64_t n = 1; n <= 10; n++) {
        g_autofree char *head = g_strdup_printf("\n%ld 0 obj\n", (long)n);
        const char *from = g_strstr_len(text + 10, -1, head) + 1;
        const char *to = strstr(from, "endobj\n") + 7;

        forge_note(&g, n, g.out->len);
        for (; from < to; from++) {
            if (*from != '\n') {
                g_string_append_c(g.out, *from);
                continue;
            }
            /* the keyword stream wants a line feed (7.3.8.1) */
            bool stream =
                g.out->len > 6 && memcmp(g.out->str + g.out->len - 6, "stream", 6) == 0;
            g_string_append_c(g.out, stream ? '\r' : first);
            if (second != '\0' || stream)
                g_string_append_c(g.out, '\n');
        }
    }
    return signed_by_officer(&g);
}

static GBytes *
line_ends_crlf(void)
{
    return with_line_ends('\r', '\n');
}

static GBytes *
line_ends_cr(void)
{
    return with_line_ends('\r', '\0');
}

static GBytes *
version_two(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    memcpy(f.out->str, "%PDF-2.0", 8);
    return signed_by_officer(&f);
}

static GBytes *
xref_stream(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    return forge_sign(forge_end_stream(&f, 0, NULL), &world.copy.signer[0],
                      &world.copy.issuing, forge_cades);
}

static GBytes *
object_stream(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_erase(&f, 2);
    forge_erase(&f, 5);
    forge_put_stream(&f, 11, "/Type /ObjStm /N 2 /First 9",
                     "2 0 5 45 << /Type /Pages /Count 1 /Kids [ 3 0 R ] >>  "
                     "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    return forge_sign(forge_end_stream(&f, 11, (const int64_t[]){ 2, 5, 0 }),
                      &world.copy.signer[0], &world.copy.issuing, forge_cades);
}

static Forge
unsigned_base(GBytes **out)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_erase(&f, 7);
    forge_erase(&f, 8);
    forge_put(&f, 7,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig1) /Rect [ 10 10 90 40 ] "
              "/P 3 0 R >>");
    *out = forge_end(&f);
    return forge_begin(*out);
}

static GBytes *
signed_in_second_revision(void)
{
    g_autoptr(GBytes) base = NULL;
    Forge f = unsigned_base(&base);

    forge_put(&f, 7,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig1) /Rect [ 10 10 90 40 ] "
              "/P 3 0 R /V 20 0 R >>");
    forge_put_signature(&f, 20, "ETSI.CAdES.detached", "");
    return signed_by_officer(&f);
}

static GBytes *
contents_in_lines(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    size_t open = forge_find(pdf, "/Contents <", 0) + 10;

    /* white space in the padding of a hex string means nothing */
    return forge_patched(pdf, open + forge_room - 10, "\r\n  \n", 5);
}

static GBytes *
capital_contents(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    size_t open = forge_find(pdf, "/Contents <", 0) + 10;
    g_autofree char *up =
        g_ascii_strup((const char *)saoy_view_of(pdf).data + open, forge_room);

    return forge_patched(pdf, open, up, forge_room);
}

static GBytes *
padded_with_memory(void)
{
    g_autoptr(GBytes) pdf = world_foreign(&world);
    size_t open = forge_find(pdf, "/Contents <", 0) + 10;

    return forge_patched(pdf, open + forge_room - 10, "c0ffee", 6);
}

static GBytes *
last_line_end_unsigned(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    GBytes *draft = forge_end(&f);

    return forge_sign_until(draft, &world.copy.signer[0], &world.copy.issuing, forge_cades,
                            g_bytes_get_size(draft) - 1);
}

static GBytes *
signed_blanks_behind(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);

    return forge_sign(forge_joined(draft, "\n\n\0\0\0\0", 6), &world.copy.signer[0],
                      &world.copy.issuing, forge_cades);
}

static GBytes *
signed_rubbish_behind(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);

    return forge_sign(forge_joined(draft, "<!-- sent by a web server -->", 29),
                      &world.copy.signer[0], &world.copy.issuing, forge_cades);
}

static GBytes *
rubbish_in_front(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);
    g_autoptr(GBytes) front = g_bytes_new_static("HTTP rubbish\n", 13);

    return forge_sign(
        forge_joined(front, g_bytes_get_data(draft, NULL), g_bytes_get_size(draft)),
        &world.copy.signer[0], &world.copy.issuing, forge_cades);
}

static GBytes *
wrong_startxref_signed(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GBytes) draft = forge_end(&f);
    size_t at = forge_find_last(draft, "startxref\n") + 10;

    return forge_sign(forge_patched(draft, at, "9", 1), &world.copy.signer[0],
                      &world.copy.issuing, forge_cades);
}

static GBytes *
wrong_offset_signed(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_note(&f, 12, 5);
    return signed_by_officer(&f);
}

static GBytes *
unlisted_object_signed(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 12, "(left over)");
    g_array_remove_index(f.lines, f.lines->len - 1);
    return signed_by_officer(&f);
}

static GBytes *
unused_object_signed(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 12, "<< /Unused true >>");
    return signed_by_officer(&f);
}

static GBytes *
equal_keys_signed(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 12, "<< /A 1 /A 2 >>");
    return signed_by_officer(&f);
}

static GBytes *
hybrid_as_word_does(void)
{
    return forge_sign(world_hybrid(), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

static GBytes *
encrypted(void)
{
    return forge_sign(world_encrypted(), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* ---- signature values of other makers ---- */

static GBytes *
by_adobe(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED, EVP_sha256(), 0);
}

static GBytes *
by_key_identifier(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED | CMS_USE_KEYID, EVP_sha256(), 0);
}

static GBytes *
without_certificate(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED | CMS_NOCERTS, EVP_sha256(), 0);
}

static GBytes *
by_sha512(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED, EVP_sha512(), 0);
}

static GBytes *
by_sha1(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED, EVP_sha1(), 0);
}

static GBytes *
by_pss(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED, EVP_sha256(), RSA_PKCS1_PSS_PADDING);
}

static GBytes *
signed_as(const char *kind, ForgeValue *value)
{
    Forge f = world_draft(kind, "", "");

    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, value);
}

static GBytes *
by_key(EVP_PKEY *key, ForgeValue *value, const PkiExtra *extra)
{
    PkiEntity signer =
        pki_entity_full(key, "Other key", &world.copy.root, false,
                        "critical,nonRepudiation", -86400, 86400 * 30, extra);
    Forge f = world_draft("adbe.pkcs7.detached", "", "");
    GBytes *pdf = forge_sign(forge_end(&f), &signer, &world.copy.root, value);

    pki_entity_clear(&signer);
    return pdf;
}

static GBytes *
value_adobe(void)
{
    return by_key(EVP_EC_gen("P-256"), by_adobe, NULL);
}

static GBytes *
value_sha1_inside(void)
{
    return signed_as("adbe.pkcs7.sha1", forge_over_sha1);
}

static GBytes *
value_sha512(void)
{
    return by_key(EVP_EC_gen("P-256"), by_sha512, NULL);
}

static GBytes *
value_sha1(void)
{
    return signed_as("adbe.pkcs7.detached", by_sha1);
}

static GBytes *
value_without_certificate(void)
{
    return signed_as("adbe.pkcs7.detached", without_certificate);
}

static GBytes *
value_unknown_kind(void)
{
    return signed_as("Example.sealed", by_adobe);
}

static GBytes *
key_rsa(void)
{
    return by_key(EVP_RSA_gen(2048), forge_cades, NULL);
}

static GBytes *
key_rsa_pss(void)
{
    return by_key(EVP_RSA_gen(2048), by_pss, NULL);
}

static GBytes *
key_p384(void)
{
    return by_key(EVP_EC_gen("P-384"), forge_cades, NULL);
}

static GBytes *
key_named_by_identifier(void)
{
    static const PkiExtra extra[] = {
        { NID_subject_key_identifier, "00112233445566778899" }, { 0, NULL }
    };

    return by_key(EVP_EC_gen("P-256"), by_key_identifier, extra);
}

/* ---- several signatures, forms ---- */

static GBytes *
approval(GBytes *take, const char *rect)
{
    g_autoptr(GBytes) base = take;

    return world_sign_again(&world, base, rect, "ETSI.CAdES.detached",
                            &world.copy.signer[1], forge_cades);
}

static GBytes *
second_approval(void)
{
    return approval(plain(), "[ 100 10 190 40 ]");
}

static GBytes *
second_approval_invisible(void)
{
    return approval(plain(), "[ 0 0 0 0 ]");
}

static GBytes *
document_stamp_of_others(void)
{
    g_autoptr(GBytes) base = plain();

    return world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.RFC3161", &world.tsa,
                            world_stamp);
}

static GBytes *
certified_then_stamped(void)
{
    g_autoptr(GBytes) base = world_certified(&world, "1");

    return world_sign_again(&world, base, "[ 0 0 0 0 ]", "ETSI.RFC3161", &world.tsa,
                            world_stamp);
}

static GBytes *
certified_alone(void)
{
    return world_certified(&world, "3");
}

static GBytes *
dss_of_others(void)
{
    g_autoptr(GBytes) base = plain();

    return with_dss(base);
}

static GBytes *
dss_of_others_in_table_stream(void)
{
    return in_table_stream(world_certified(&world, "1"));
}

static GBytes *
dss_of_others_in_object_stream(void)
{
    return in_object_stream(world_certified(&world, "1"));
}

/* A field prepared before the first signature is signed after it. */
static GBytes *
prepared_field_signed(const char *more)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_erase(&f, 6);
    forge_put(&f, 6, "<< /Fields [ 7 0 R 9 0 R 12 0 R ] /SigFlags 3 >>");
    forge_put(
        &f, 12,
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig2) /Rect [ 99 9 190 40 ] >>");
    g_autoptr(GBytes) base = signed_by_officer(&f);
    Forge g = forge_begin(base);
    forge_put(&g, 12,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig2) /Rect [ 99 9 190 40 ] "
              "/V 20 0 R %s >>",
              more);
    forge_put_signature(&g, 20, "ETSI.CAdES.detached", "");
    return forge_sign(forge_end(&g), &world.copy.signer[1], &world.copy.issuing,
                      forge_cades);
}

static GBytes *
prepared_signed(void)
{
    return prepared_field_signed("");
}

static GBytes *
prepared_signed_with_looks(void)
{
    return prepared_field_signed("/AP << /N 10 0 R >>");
}

/* Field and widget apart, the field in a group, both lists objects of their own. */
static GBytes *
field_tree(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_erase(&f, 6);
    forge_erase(&f, 7);
    forge_put(&f, 6, "<< /Fields 13 0 R /SigFlags 3 >>");
    forge_put(&f, 7,
              "<< /Type /Annot /Subtype /Widget /Parent 11 0 R /Rect [ 10 10 90 40 ] >>");
    forge_put(&f, 11, "<< /FT /Sig /T (One) /Parent 12 0 R /Kids [ 7 0 R ] /V 8 0 R >>");
    forge_put(&f, 12, "<< /T (Group) /Kids [ 11 0 R ] >>");
    forge_put(&f, 13, "[ 12 0 R 9 0 R ]");
    return signed_by_officer(&f);
}

static GBytes *
stamp_in_lists(void)
{
    g_autoptr(GBytes) base = field_tree();
    Forge f = forge_begin(base);

    forge_put(&f, 13, "[ 12 0 R 9 0 R 20 0 R ]");
    forge_put(&f, 20,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (T) /Rect [ 0 0 0 0 ] "
              "/V 21 0 R >>");
    forge_put_signature(&f, 21, "ETSI.RFC3161", "");
    return forge_sign(forge_end(&f), &world.tsa, NULL, world_stamp);
}

static GBytes *
filled(GBytes *take, const char *more, bool looks)
{
    g_autoptr(GBytes) base = take;
    g_autofree char *old = forge_object(base, 9);
    g_autofree char *now = forge_with(old, more);
    Forge f = forge_begin(base);

    forge_put(&f, 9, "%s", now);
    if (looks)
        forge_put_stream(&f, 10, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 20 ]",
                         "BT (More) Tj ET");
    return forge_end(&f);
}

static GBytes *
form_filled(void)
{
    return filled(plain(), "/V (More)", false);
}

static GBytes *
form_filled_looks_overwritten(void)
{
    return filled(plain(), "/V (More)", true);
}

static GBytes *
form_filled_under_two(void)
{
    return filled(world_certified(&world, "2"), "/V (More)", true);
}

static GBytes *
field_locked_but_another_filled(void)
{
    return filled(world_foreign_with(
                      &world, "",
                      "/Reference [ << /Type /SigRef /TransformMethod /FieldMDP "
                      "/TransformParams << /Action /Exclude /Fields [ (Name) ] >> >> ]"),
                  "/V (More)", false);
}

static GBytes *
information_added(void)
{
    g_autoptr(GBytes) base = plain();
    Forge f = forge_begin(base);

    f.info = f.size;
    forge_put(&f, f.size, "<< /Title (A title) >>");
    return forge_end(&f);
}

static GBytes *
structure_grown(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "/StructTreeRoot 11 0 R", "");

    forge_put(&f, 11, "<< /Type /StructTreeRoot /K [ ] /ParentTree 12 0 R >>");
    forge_put(&f, 12, "<< /Nums [ ] >>");
    g_autoptr(GBytes) base = signed_by_officer(&f);
    Forge g = forge_begin(base);
    forge_put(&g, 11, "<< /Type /StructTreeRoot /K [ 20 0 R ] /ParentTree 12 0 R >>");
    forge_put(&g, 20, "<< /Type /StructElem /S /Form /P 11 0 R >>");
    return forge_end(&g);
}

static GBytes *
annotated_before_signing(void)
{
    g_autoptr(GBytes) base = NULL;
    Forge f = unsigned_base(&base);

    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] /Contents 4 0 R "
              "/Resources << /Font << /F 5 0 R >> >> /Annots [ 7 0 R 9 0 R 21 0 R ] >>");
    forge_put(&f, 21,
              "<< /Type /Annot /Subtype /FreeText /Rect [ 0 0 99 99 ] /Contents (x) >>");
    g_autoptr(GBytes) noted = forge_end(&f);
    Forge g = forge_begin(noted);
    forge_put(&g, 7,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig1) /Rect [ 10 10 90 40 ] "
              "/P 3 0 R /V 22 0 R >>");
    forge_put_signature(&g, 22, "ETSI.CAdES.detached", "");
    return signed_by_officer(&g);
}

/* What was certified long ago and stamped in time outlives its certificate. */
static GBytes *
stamped_in_time(void)
{
    return stamped(with_dss(world.pdf));
}

/* PASSED: exactly allowed. code: what must be named; NULL: nothing in particular. */
/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*make)(void);
    SaoyConclusion conclusion;
    const char *code;
} variants[] = {
    { "ours/as-issued",            ours,                       SAOY_PASSED },
    { "ours/dss",                  dss_added,                  SAOY_PASSED },
    { "ours/dss-grown",            dss_grown,                  SAOY_PASSED },
    { "ours/extensions",           extensions_added,           SAOY_PASSED },
    { "ours/dss-xref-stream",      dss_in_xref_stream,         SAOY_INDETERMINATE, "UPDATE_PACKED" },
    { "ours/dss-object-stream",    dss_in_object_stream,       SAOY_INDETERMINATE, "UPDATE_PACKED" },
    { "ours/document-stamp",       document_stamp,             SAOY_PASSED },
    { "ours/dss-and-stamp",        dss_and_stamp,              SAOY_PASSED },
    { "ours/renewed",              stamp_renewed,              SAOY_PASSED },
    { "ours/stamped-in-time",      stamped_in_time,            SAOY_PASSED },
    { "ours/object-as-it-was",     object_as_it_was,           SAOY_PASSED },
    { "ours/empty-revision",       empty_revision,             SAOY_PASSED },
    { "ours/blank-tail",           blank_tail,                 SAOY_PASSED },
    { "ours/comment-between",      comment_between,            SAOY_PASSED },
    { "ours/dates",                dates_in_metadata,          SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "shape/plain",               plain,                      SAOY_PASSED },
    { "shape/crlf",                line_ends_crlf,             SAOY_PASSED },
    { "shape/cr",                  line_ends_cr,               SAOY_PASSED },
    { "shape/version-2",           version_two,                SAOY_PASSED },
    { "shape/xref-stream",         xref_stream,                SAOY_PASSED },
    { "shape/object-stream",       object_stream,              SAOY_PASSED },
    { "shape/second-revision",     signed_in_second_revision,  SAOY_PASSED },
    { "shape/annotated-before",    annotated_before_signing,   SAOY_PASSED },
    { "shape/contents-in-lines",   contents_in_lines,          SAOY_PASSED },
    { "shape/capital-contents",    capital_contents,           SAOY_PASSED },
    { "shape/padded-with-memory",  padded_with_memory,         SAOY_INDETERMINATE, "CONTENTS_PADDING" },
    { "shape/line-end-unsigned",   last_line_end_unsigned,     SAOY_PASSED },
    { "shape/signed-blanks",       signed_blanks_behind,       SAOY_PASSED },
    { "shape/signed-rubbish",      signed_rubbish_behind,      SAOY_PASSED },
    { "shape/rubbish-in-front",    rubbish_in_front,           SAOY_INDETERMINATE, "STRUCTURE_DAMAGED" },
    { "shape/wrong-startxref",     wrong_startxref_signed,     SAOY_INDETERMINATE, "STRUCTURE_DAMAGED" },
    { "shape/wrong-offset",        wrong_offset_signed,        SAOY_INDETERMINATE, "OBJECT_UNREADABLE" },
    { "shape/unlisted-object",     unlisted_object_signed,     SAOY_INDETERMINATE, "OBJECT_HIDDEN" },
    { "shape/unused-object",       unused_object_signed,       SAOY_PASSED },
    { "shape/equal-keys",          equal_keys_signed,          SAOY_INDETERMINATE, "OBJECT_UNREADABLE" },
    { "shape/hybrid",              hybrid_as_word_does,        SAOY_INDETERMINATE, "HYBRID" },
    { "shape/encrypted",           encrypted,                  SAOY_INDETERMINATE, "ENCRYPTED" },
    { "value/adobe",               value_adobe,                SAOY_PASSED },
    { "value/sha1-inside",         value_sha1_inside,          SAOY_INDETERMINATE, "WEAK_DIGEST" },
    { "value/sha512",              value_sha512,               SAOY_PASSED },
    { "value/sha1",                value_sha1,                 SAOY_INDETERMINATE, "WEAK_DIGEST" },
    { "value/no-certificate",      value_without_certificate,  SAOY_INDETERMINATE, "CERTIFICATE_ABSENT" },
    { "value/unknown-kind",        value_unknown_kind,         SAOY_INDETERMINATE, "UNSUPPORTED_SIGNATURE" },
    { "value/rsa",                 key_rsa,                    SAOY_PASSED },
    { "value/rsa-pss",             key_rsa_pss,                SAOY_PASSED },
    { "value/p384",                key_p384,                   SAOY_PASSED },
    { "value/key-identifier",      key_named_by_identifier,    SAOY_PASSED },
    { "later/second-approval",     second_approval,            SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/second-invisible",    second_approval_invisible,  SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/document-stamp",      document_stamp_of_others,   SAOY_PASSED },
    { "later/certified-stamped",   certified_then_stamped,     SAOY_PASSED },
    { "later/certified-alone",     certified_alone,            SAOY_PASSED },
    { "later/dss",                 dss_of_others,              SAOY_PASSED },
    { "later/dss-xref-stream",     dss_of_others_in_table_stream, SAOY_PASSED },
    { "later/dss-object-stream",   dss_of_others_in_object_stream, SAOY_PASSED },
    { "later/prepared-signed",     prepared_signed,            SAOY_PASSED },
    { "later/prepared-with-looks", prepared_signed_with_looks, SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/field-tree",          field_tree,                 SAOY_PASSED },
    { "later/stamp-in-lists",      stamp_in_lists,             SAOY_PASSED },
    { "later/form-filled",         form_filled,                SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/looks-overwritten",   form_filled_looks_overwritten, SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/filled-under-2",      form_filled_under_two,      SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/another-locked",      field_locked_but_another_filled, SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/information",         information_added,          SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
    { "later/structure",           structure_grown,            SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS" },
};
/* clang-format on */

static void
test_is_not_called_wrong(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) pdf = variants[i].make();

    for (int trusting = 0; trusting < 2; trusting++) {
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, trusting);
        g_autofree char *report = saoy_json_print(verdict.report);

        g_test_message("%s", report);
        g_assert_cmpint(verdict.conclusion, ==,
                        trusting ? variants[i].conclusion : SAOY_INDETERMINATE);
        if (variants[i].code != NULL)
            g_assert_true(world_found(&verdict, variants[i].code, 0));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_autofree char *path = g_strconcat("/harmless/", variants[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_not_called_wrong);
    }
    int status = g_test_run();
    world_close(&world);
    return status;
}
