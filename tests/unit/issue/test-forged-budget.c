/* Small files that were made to keep the validator busy: whatever it walks over is counted
 * before, and what is counted ends. What is spent is compared, not the time. */
#include "world.h"

#define ALL_LOOKS ((size_t)64 << 20)

static World world;

static bool
was_spent(const SaoyVerdict *verdict)
{
    return world_found(verdict, "TOO_COMPLEX", 0);
}

/* ---- lists that many share ---- */

/* Forty pages, all with one list of five thousand times one widget of sixty-four kids. */
static GBytes *
shared_list(void)
{
    enum { PAGES = 40, ITEMS = 5000, FIRST = 100 };
    g_autoptr(GString) kids = g_string_new(NULL), list = g_string_new(NULL);
    g_autoptr(GString) widgets = g_string_new(NULL);
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    for (int i = 0; i < PAGES; i++) {
        g_string_append_printf(kids, "%d 0 R ", FIRST + i);
        forge_put(&f, FIRST + i, "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 9 9 ] >>");
    }
    forge_erase(&f, 2);
    forge_put(&f, 2, "<< /Type /Pages /Count %d /Kids [ %s ] >>", PAGES, kids->str);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    for (int i = 0; i < ITEMS; i++)
        g_string_append(list, "81 0 R ");
    for (int i = 0; i < 64; i++)
        g_string_append(widgets, "82 0 R ");
    f = forge_begin(base);
    for (int i = 0; i < PAGES; i++)
        forge_put(&f, FIRST + i,
                  "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 9 9 ] /Annots 80 0 R >>");
    forge_put(&f, 80, "[ %s ]", list->str);
    forge_put(&f, 81,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (b) /Rect [ 0 0 0 0 ] "
              "/Kids [ %s ] >>",
              widgets->str);
    forge_put(&f, 82, "<< /Subtype /Widget /FT /Sig /Rect [ 0 0 0 0 ] >>");
    return forge_end(&f);
}

/* The object is judged once; each item is looked at, and counted. */
static void
test_a_shared_list_is_judged_once(void)
{
    g_autoptr(GBytes) pdf = shared_list();
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

    g_assert_false(was_spent(&verdict));
    g_assert_cmpuint(verdict.looks, >=, (size_t)40 * 5000);
    g_assert_cmpuint(verdict.looks, <, (size_t)4 * 40 * 5000);
}

/* ---- values walked again in each revision ---- */

static GBytes *
many_values(int items, int revisions)
{
    g_autoptr(GString) list = g_string_new("[ ");
    Forge f = world_draft("ETSI.CAdES.detached", "/X 12 0 R", "");
    GByteArray *all = g_byte_array_new();
    size_t prev = 0;

    for (int i = 0; i < items; i++)
        g_string_append(list, "1 0 R ");
    forge_put(&f, 12, "%s]", list->str);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    prev = forge_start(base);
    g_byte_array_append(all, saoy_view_of(base).data, (guint)g_bytes_get_size(base));
    for (int i = 0; i < revisions; i++) {
        g_autofree char *more =
            g_strdup_printf("xref\n0 0\ntrailer\n<< /Size 13 /Root 1 0 R /Prev %zu >>\n"
                            "startxref\n%u\n%%%%EOF\n",
                            prev, all->len);

        prev = all->len;
        g_byte_array_append(all, (const guint8 *)more, (guint)strlen(more));
    }
    return g_byte_array_free_to_bytes(all);
}

static void
test_values_are_counted(void)
{
    g_autoptr(GBytes) few = many_values(20000, 2), many = many_values(200000, 200);
    g_auto(SaoyVerdict) first = world_verify(&world, few, true);
    g_auto(SaoyVerdict) second = world_verify(&world, many, true);

    g_assert_false(was_spent(&first));
    g_assert_cmpuint(first.looks, >=, (size_t)2 * 2 * 20000); /* two walks a revision */
    g_assert_true(was_spent(&second));
    g_assert_cmpint(second.conclusion, ==, SAOY_INDETERMINATE);
    /* what was half judged is not called forbidden */
    g_assert_false(world_found(&second, "CHANGE_FORBIDDEN", 0));
    g_assert_cmpstr(world_says(&second, 0, "later_changes"), ==, "suspicious");
}

/* Whoever checks for strangers sets a limit of its own. */
static void
test_time_is_limited(void)
{
    g_autoptr(GBytes) pdf = many_values(100000, 2);
    SaoyVerifyOptions options = { .trust = world.copy.trust,
                                  .now_us = world.now_us,
                                  .cpu_us = 60 * G_USEC_PER_SEC };
    g_auto(SaoyVerdict) patient = { 0 }, hasty = { 0 };

    g_assert_true(saoy_copy_verify(pdf, &options, &patient, NULL));
    g_assert_false(was_spent(&patient));
    options.cpu_us = 1;
    g_assert_true(saoy_copy_verify(pdf, &options, &hasty, NULL));
    g_assert_true(was_spent(&hasty));
    g_assert_cmpint(hasty.conclusion, ==, SAOY_INDETERMINATE);
}

/* ---- metadata ---- */

static const char packet[] = "<x:xmpmeta xmp:ModifyDate=\"%d\"><pdf:Producer>%d"
                             "</pdf:Producer>%s%s</x:xmpmeta>";

static GBytes *
with_metadata(int date, const char *word, const char *padding)
{
    Forge f = world_draft("ETSI.CAdES.detached", "/Metadata 12 0 R", "");
    g_autofree char *old = g_strdup_printf(packet, 1, 1, "word", padding);
    g_autofree char *now = g_strdup_printf(packet, date, date, word, padding);

    forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML", old);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    f = forge_begin(base);
    forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML", now);
    return forge_end(&f);
}

/* Every second letter is a blank; an attribute without an end. */
static void
test_metadata_is_read_once(void)
{
    g_autoptr(GString) padding = g_string_new(NULL);

    for (int i = 0; i < 200000; i++)
        g_string_append(padding, "x ");
    g_string_append(padding, "pdf:Producer=\"");
    g_autoptr(GBytes) pdf = with_metadata(2, "word", padding->str);
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_assert_false(was_spent(&verdict));
    g_assert_true(world_found(&verdict, "CHANGE_SUSPICIOUS", 12));
    g_assert_cmpuint(verdict.looks, >=, padding->len / 2);
    g_assert_cmpuint(verdict.looks, <, 4 * padding->len);
}

/* Of a certified file: what differs beside dates, tools and blanks is forbidden. */
static void
test_metadata_is_compared(void)
{
    static const struct {
        const char *now;
        bool same;
    } rows[] = {
        { "<x xmp:ModifyDate=\"2\"  pdf:Producer=\"b\">\n "
          "w<pdf:Producer>q</pdf:Producer></x>",
          true },
        { "<x xmp:ModifyDate=\"2\" pdf:Producer=\"b\">v<pdf:Producer>q</pdf:Producer></x>",
          false },
        { "<x xmp:ModifyDate=\"2\" "
          "pdf:Producer=\"b\">w<pdf:Producer>q</pdf:Producer><y></x>",
          false },
        { "<x xmp:ModifyDate='2' pdf:Producer=\"b\">w<pdf:Producer>q</pdf:Producer></x>",
          false },
        { "<x xmp:ModifyDate=\"2 pdf:Producer=b>w<pdf:Producer>q</pdf:Producer></x>",
          false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Forge f =
            world_draft("ETSI.CAdES.detached",
                        "/Perms << /DocMDP 8 0 R >> /Metadata 12 0 R", WORLD_DOCMDP("2"));

        forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML",
                         "<x xmp:ModifyDate=\"1\" "
                         "pdf:Producer=\"a\">w<pdf:Producer>p</pdf:Producer></x>");
        g_autoptr(GBytes) base = forge_sign(forge_end(&f), &world.copy.signer[0],
                                            &world.copy.issuing, forge_cades);
        f = forge_begin(base);
        forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML", rows[i].now);
        g_autoptr(GBytes) pdf = forge_end(&f);
        g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
        g_assert_true(world_found(&verdict, "CHANGE_FORBIDDEN", 12) != rows[i].same);
        g_assert_true(world_found(&verdict, "CHANGE_SUSPICIOUS", 12) == rows[i].same);
    }
}

/* ---- locked fields ---- */

/* As many signatures lock a thousand names each, shared; as many fields are filled in. */
static GBytes *
locked(int fields, int locks, const char *changed)
{
    g_autoptr(GString) names = g_string_new(NULL), all = g_string_new(NULL);
    Forge f = world_draft("ETSI.CAdES.detached", "", "/Reference [ 12 0 R ]");

    for (int i = 0; i < locks; i++)
        g_string_append_printf(all, "%d 0 R ", 5000 + i);
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(names, "(locked%d) ", i);
    forge_put(&f, 12,
              "<< /TransformMethod /FieldMDP /TransformParams << /Action /Include /Fields "
              "[ %s ] >> >>",
              names->str);
    for (int i = 0; i < fields; i++)
        forge_put(&f, 100 + i, "<< /FT /Tx /T (%s) /V (1) >>", changed);
    for (int i = 0; i < locks; i++)
        forge_put(&f, 5000 + i, "<< /FT /Sig /T (s%d) /V %d 0 R >>", i, 8);
    forge_erase(&f, 6);
    forge_put(&f, 6, "<< /Fields [ 7 0 R 9 0 R %s ] /SigFlags 3 >>", all->str);
    g_autoptr(GBytes) base =
        forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, forge_cades);
    f = forge_begin(base);
    for (int i = 0; i < fields; i++)
        forge_put(&f, 100 + i, "<< /FT /Tx /T (%s) /V (2) >>", changed);
    return forge_end(&f);
}

static void
test_a_lock_is_read_once(void)
{
    enum { FIELDS = 1000, LOCKS = 90 };
    g_autoptr(GBytes) open = locked(FIELDS, LOCKS, "another"),
                      shut = locked(1, 1, "locked7");
    g_auto(SaoyVerdict) lawful = world_verify(&world, open, true);
    g_auto(SaoyVerdict) forbidden = world_verify(&world, shut, true);

    g_assert_false(was_spent(&lawful));
    g_assert_true(world_found(&lawful, "CHANGE_SUSPICIOUS", 100));
    g_assert_cmpuint(lawful.looks, >=, (size_t)FIELDS * LOCKS);
    g_assert_cmpuint(lawful.looks, <, (size_t)FIELDS * LOCKS * 40);
    g_assert_true(world_found(&forbidden, "CHANGE_FORBIDDEN", 100));
}

/* ---- lists of signatures ---- */

/* Thirty fields with one value, and it refers to four hundred thousand things. */
static GBytes *
long_references(void)
{
    enum { FIELDS = 30, REFERENCES = 400000 };
    g_autoptr(GString) list = g_string_new("[ "), all = g_string_new(NULL);
    Forge f = world_draft("ETSI.CAdES.detached", "", "/Reference 12 0 R");

    for (int i = 0; i < REFERENCES; i++)
        g_string_append(list, "13 0 R ");
    for (int i = 0; i < FIELDS; i++) {
        g_string_append_printf(all, "%d 0 R ", 100 + i);
        forge_put(&f, 100 + i, "<< /FT /Sig /T (s%d) /V 8 0 R >>", i);
    }
    forge_put(&f, 12, "%s]", list->str);
    forge_put(&f, 13, "<< /TransformMethod /None >>");
    forge_erase(&f, 6);
    forge_put(&f, 6, "<< /Fields [ 7 0 R 9 0 R %s ] /SigFlags 3 >>", all->str);
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* What was not looked at is not called wrong either. */
static void
test_what_is_spent_accuses_nobody(void)
{
    g_autoptr(GBytes) pdf = long_references();
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);

    g_assert_true(was_spent(&verdict));
    g_assert_cmpint(verdict.conclusion, ==, SAOY_INDETERMINATE);
    g_assert_false(world_found(&verdict, "BYTE_RANGE_END", 0));
}

/* ---- pictures ---- */

/* A stranger's file with our seal; its pages share one picture. */
static GBytes *
borrowed_seal(int pages, size_t picture)
{
    g_autoptr(GString) kids = g_string_new(NULL);
    g_autofree char *jpeg = g_strnfill(picture, 'j');
    g_autofree char *escaped = g_markup_escape_text(world.copy.approval->seal, -1);
    g_autofree char *xmp = g_strdup_printf("<saoy:seal>%s</saoy:seal>", escaped);
    Forge f = world_draft("ETSI.CAdES.detached", "/Metadata 12 0 R", "");

    forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML", xmp);
    forge_put_stream(&f, 13, "/Type /XObject /Subtype /Image /Filter /DCTDecode", jpeg);
    for (int i = 0; i < pages; i++) {
        g_string_append_printf(kids, "%d 0 R ", 100 + i);
        forge_put(
            &f, 100 + i,
            "<< /Type /Page /Parent 2 0 R /Resources << /XObject << /X 13 0 R >> >> >>");
    }
    forge_erase(&f, 2);
    forge_put(&f, 2, "<< /Type /Pages /Count %d /Kids [ %s ] >>", pages, kids->str);
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

static void
test_pictures_are_digested_once(void)
{
    enum { PICTURE = 1 << 20 };
    g_autoptr(GBytes) two = borrowed_seal(2, PICTURE), many = borrowed_seal(500, PICTURE);
    g_auto(SaoyVerdict) shared = world_verify(&world, two, true);
    g_auto(SaoyVerdict) all = world_verify(&world, many, true);

    g_assert_true(world_found(&shared, "SEAL_CONTENT", 0));
    g_assert_cmpuint(shared.looks, <, (size_t)2 * PICTURE / 64);
    g_assert_true(world_found(&all, "SEAL_CONTENT", 0));
    g_assert_cmpuint(all.looks, <, (size_t)2 * PICTURE / 64);
}

/* ---- what is honest ---- */

static void
test_our_copy_costs_little(void)
{
    g_auto(SaoyVerdict) verdict = world_verify(&world, world.pdf, true);

    g_assert_cmpint(verdict.conclusion, ==, SAOY_PASSED);
    g_assert_cmpuint(verdict.looks, >, 0);
    g_assert_cmpuint(verdict.looks, <, ALL_LOOKS / 1000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    world_authority = &world.tsa;
    g_test_add_func("/forged-budget/shared-list", test_a_shared_list_is_judged_once);
    g_test_add_func("/forged-budget/values", test_values_are_counted);
    g_test_add_func("/forged-budget/time", test_time_is_limited);
    g_test_add_func("/forged-budget/metadata", test_metadata_is_read_once);
    g_test_add_func("/forged-budget/metadata-compared", test_metadata_is_compared);
    g_test_add_func("/forged-budget/locks", test_a_lock_is_read_once);
    g_test_add_func("/forged-budget/spent", test_what_is_spent_accuses_nobody);
    g_test_add_func("/forged-budget/pictures", test_pictures_are_digested_once);
    g_test_add_func("/forged-budget/honest", test_our_copy_costs_little);
    int failed = g_test_run();
    world_close(&world);
    return failed;
}
