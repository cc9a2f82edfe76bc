/* Fields that pretend: time stamps that act, borrow a value or a name, and copies whose
 * second signature is none. */
#include "later.h"

#include "document/compose.h"

static World world;

static GBytes *
stamped(GBytes *take, const char *field, const char *value)
{
    g_autoptr(GBytes) base = take;

    return later_stamped(&world, base, field, value, NULL);
}

#define POINT "/Rect [ 0 0 0 0 ] "
#define SCRIPT "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"

static GBytes *
ours(void)
{
    return g_bytes_ref(world.pdf);
}

/* Ours, cut behind the officer's revision. */
static GBytes *
cut(void)
{
    size_t end = forge_find(world.pdf, "%%EOF", 0) + 6;

    return g_bytes_new_from_bytes(world.pdf, 0, end);
}

static GBytes *
plain(void)
{
    return stamped(ours(), POINT "/T (Later)", "");
}

static GBytes *
on_open(void)
{
    return stamped(ours(), POINT "/T (Later) /AA << /PO " SCRIPT " >>", "");
}

static GBytes *
on_click(void)
{
    return stamped(world_foreign(&world), POINT "/T (Later) /A " SCRIPT, "");
}

static GBytes *
layered(void)
{
    return stamped(ours(), POINT "/T (Later) /OC << /Type /OCG /Name (x) >>", "");
}

static GBytes *
kid_acts(void)
{
    return stamped(world_foreign(&world),
                   "/T (Later) /Kids [ << /Subtype /Widget " POINT "/AA << /PO " SCRIPT
                   " >> >> ]",
                   "");
}

static GBytes *
area_beside_kids(void)
{
    return stamped(ours(), "/Rect [ 0 0 300 300 ] /T (Later) /Kids [ ]", "");
}

static GBytes *
area_elsewhere(void)
{
    return stamped(ours(), "/Rect [ 1 0 R 1 0 R 1 0 R 1 0 R ] /T (Later)", "");
}

static GBytes *
drawn(void)
{
    return stamped(world_foreign(&world), POINT "/T (Later) /MK << >> /AP << /N 10 0 R >>",
                   "");
}

/* Something to look at, at no place at all. */
static GBytes *
with_looks(GBytes *take, const char *content)
{
    g_autoptr(GBytes) base = take;
    Forge f = forge_begin(base);
    int64_t looks = f.size + 2;

    g_bytes_unref(forge_close(&f));
    g_autofree char *field =
        g_strdup_printf(POINT "/T (Later) /AP << /N %ld 0 R >>", (long)looks);
    return later_stamped(&world, base, field, "", content);
}

static GBytes *
ours_drawn(void)
{
    return with_looks(ours(), "0 0 99 99 re f");
}

static GBytes *
ours_empty_looks(void)
{
    return with_looks(ours(), " ");
}

static GBytes *
certified_drawn(void)
{
    return with_looks(world_certified(&world, "2"), "0 0 99 99 re f");
}

/* What iText and PDFBox write. */
static GBytes *
certified_empty_looks(void)
{
    return with_looks(world_certified(&world, "2"), " \n");
}

static GBytes *
permits(void)
{
    return stamped(ours(), POINT "/T (Later)", WORLD_DOCMDP("3"));
}

static GBytes *
officers_name(void)
{
    return stamped(ours(), POINT "/T (" SAOY_FIELD_OFFICER ")", "");
}

/* The same name, spelt otherwise. */
static GBytes *
officers_name_in_utf16(void)
{
    g_autoptr(GString) name = g_string_new(POINT "/T <FEFF");

    for (const char *c = SAOY_FIELD_OFFICER; *c != '\0'; c++)
        g_string_append_printf(name, "%04X", (unsigned)*c);
    g_string_append_c(name, '>');
    return stamped(ours(), name->str, "");
}

static GBytes *
without_name(void)
{
    return stamped(ours(), POINT, "");
}

/* A widget whose value is an older stamp's.. */
static GBytes *
borrowed_value(void)
{
    g_autoptr(GBytes) base = stamped(world_foreign(&world), POINT "/T (Later)", "");
    int64_t page = forge_which(base, "Type", "Page"), older = world.object;
    Forge f = forge_begin(base);
    g_autofree char *annots = later_grown(base, page, "/Annots", f.size);

    world.object = f.size;
    forge_put(&f, page, "%s", annots);
    forge_put(&f, f.size, "<< /Type /Annot /Subtype /Widget /Parent %ld 0 R " POINT ">>",
              (long)older);
    return forge_end(&f);
}

/* A new field in the form whose /V is an older stamp. */
static GBytes *
second_hand_value(void)
{
    g_autoptr(GBytes) base = stamped(ours(), POINT "/T (Later)", "");
    int64_t older = forge_target(base, world.object, "V"), form = later_form(base);
    Forge f = forge_begin(base);
    g_autofree char *fields = later_grown(base, form, "/Fields", f.size);

    world.object = f.size;
    forge_put(&f, form, "%s", fields);
    forge_put(&f, f.size,
              "<< /Type /Annot /Subtype /Widget /FT /Sig " POINT "/T (More) /V %ld 0 R >>",
              (long)older);
    return forge_end(&f);
}

/* On a page, in no form: no reader of the form would check it. */
static GBytes *
unlisted(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    int64_t page = forge_which(base, "Type", "Page");
    Forge f = forge_begin(base);
    g_autofree char *annots = later_grown(base, page, "/Annots", f.size);
    int64_t token = f.size + 1;

    world.object = f.size;
    forge_put(&f, page, "%s", annots);
    forge_put(&f, f.size,
              "<< /Type /Annot /Subtype /Widget /FT /Sig " POINT "/T (Later) /V %ld 0 R >>",
              (long)token);
    forge_put_signature(&f, token, "ETSI.RFC3161", "");
    return forge_end(&f);
}

/* ---- new fields that are no stamps ---- */

/* Another's second signature, whose field has that entry more. */
static GBytes *
second(const char *entry)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    int64_t form = later_form(base);
    Forge f = forge_begin(base);
    int64_t field = f.size, value = f.size + 1;
    g_autofree char *fields = later_grown(base, form, "/Fields", field);

    world.object = field;
    forge_put(&f, form, "%s", fields);
    forge_put(&f, field,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Second) " POINT
              "/V %ld 0 R %s >>",
              (long)value, entry);
    forge_put_signature(&f, value, "ETSI.CAdES.detached", "");
    return forge_sign(forge_end(&f), &world.copy.signer[1], &world.copy.issuing,
                      forge_cades);
}

static GBytes *
second_plain(void)
{
    return second("");
}

static GBytes *
second_acts(void)
{
    return second("/AA << /PO " SCRIPT " >>");
}

static GBytes *
second_kid_acts(void)
{
    return second("/Kids [ << /Subtype /Widget " POINT "/A " SCRIPT " >> ]");
}

static GBytes *
group_acts(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    int64_t form = later_form(base);
    Forge f = forge_begin(base);
    g_autofree char *fields = later_grown(base, form, "/Fields", f.size);

    world.object = f.size;
    forge_put(&f, form, "%s", fields);
    forge_put(&f, f.size,
              "<< /T (Group) /Kids [ << /FT /Sig /T (a) /AA << /PO " SCRIPT " >> >> ] >>");
    return forge_end(&f);
}

static GBytes *
form_behind_the_form(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    int64_t form = later_form(base);
    g_autofree char *old = forge_object(base, form);
    g_autofree char *now = forge_with(old, "/XFA 20 0 R");
    Forge f = forge_begin(base);

    world.object = form;
    forge_put(&f, form, "%s", now);
    forge_put_stream(&f, 20, "", "<xdp:xdp xmlns:xdp=\"http://ns.adobe.com/xdp/\"/>");
    return forge_end(&f);
}

/* A widget on the page that shows the first signature's value in its own way. */
static GBytes *
widget_only(void)
{
    g_autoptr(GBytes) base = world_foreign(&world);
    int64_t page = forge_which(base, "Type", "Page");
    Forge f = forge_begin(base);
    g_autofree char *annots = later_grown(base, page, "/Annots", f.size);

    world.object = f.size;
    forge_put(&f, page, "%s", annots);
    forge_put(&f, f.size,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Other) /Rect [ 9 9 99 99 ] "
              "/AP << /N 10 0 R >> /V 8 0 R >>");
    return forge_end(&f);
}

/* ---- who signed ---- */

static GBytes *
cut_alone(void)
{
    return cut();
}

static GBytes *
cut_and_stamped(void)
{
    return stamped(cut(), POINT "/T (Later)", "");
}

static GBytes *
cut_and_named(void)
{
    return stamped(cut(), POINT "/T (" SAOY_FIELD_AGENCY ")", "");
}

/* The agency's own field, filled with no more than a time stamp. */
static GBytes *
stamp_for_the_agency(void)
{
    g_autoptr(GBytes) base = cut();
    int64_t field = forge_field(world.pdf, SAOY_FIELD_AGENCY);
    g_autofree char *old = forge_object(base, field);
    Forge f = forge_begin(base);
    int64_t token = f.size;
    g_autofree char *entry = g_strdup_printf("/V %ld 0 R", (long)token);
    g_autofree char *now = forge_with(old, entry);

    forge_put(&f, field, "%s", now);
    forge_put_signature(&f, token, "ETSI.RFC3161", "");
    return forge_sign(forge_end(&f), &world.tsa, NULL, world_stamp);
}

/* ---- flags and tail ---- */

static GBytes *
flagged(const char *flags)
{
    int64_t form = later_form(world.pdf);
    g_autofree char *old = forge_object(world.pdf, form);
    g_autofree char *now = forge_replaced(old, "/SigFlags 3", flags);
    Forge f = forge_begin(world.pdf);

    world.object = form;
    forge_put(&f, form, "%s", now);
    return forge_end(&f);
}

static GBytes *
flags_dropped(void)
{
    return flagged("/SigFlags 0");
}

static GBytes *
flags_unknown(void)
{
    return flagged("/SigFlags 7");
}

static GBytes *
flags_of_another_kind(void)
{
    return flagged("/SigFlags << /S /JavaScript >>");
}

static GBytes *
zeros_behind(void)
{
    return forge_joined(world.pdf, "\0\0\0", 3);
}

/* named: the finding is of the object. */
/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*make)(void);
    SaoyConclusion conclusion;
    const char *code;
    bool named;
} rows[] = {
    { "stamp/plain",          plain,                  SAOY_PASSED, NULL },
    { "stamp/drawn",          drawn,                  SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS", true },
    { "stamp/ours-drawn",     ours_drawn,             SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/ours-looks",     ours_empty_looks,       SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/certified-drawn", certified_drawn,       SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/certified-looks", certified_empty_looks, SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS", true },
    { "second/plain",         second_plain,           SAOY_INDETERMINATE, "CHANGE_SUSPICIOUS", true },
    { "second/acts",          second_acts,            SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "second/kid-acts",      second_kid_acts,        SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "second/group-acts",    group_acts,             SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "second/widget-only",   widget_only,            SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "form/xfa",             form_behind_the_form,   SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/on-open",        on_open,                SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/on-click",       on_click,               SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/layered",        layered,                SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/kid-acts",       kid_acts,               SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/beside-kids",    area_beside_kids,       SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/area-elsewhere", area_elsewhere,         SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/permits",        permits,                SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/officers-name",  officers_name,          SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/other-spelling", officers_name_in_utf16, SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/without-name",   without_name,           SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/borrowed",       borrowed_value,         SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/second-hand",    second_hand_value,      SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "stamp/unlisted",       unlisted,               SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "copy/cut",             cut_alone,              SAOY_INDETERMINATE, "SIGNATURE_MISSING" },
    { "copy/cut-and-stamped", cut_and_stamped,        SAOY_INDETERMINATE, "SIGNATURE_MISSING" },
    { "copy/cut-and-named",   cut_and_named,          SAOY_FAILED, "SIGNATURE_MISSING" },
    { "copy/stamp-for-all",   stamp_for_the_agency,   SAOY_INDETERMINATE, "SIGNATURE_MISSING" },
    { "flags/dropped",        flags_dropped,          SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "flags/unknown",        flags_unknown,          SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "flags/another-kind",   flags_of_another_kind,  SAOY_FAILED, "CHANGE_FORBIDDEN", true },
    { "tail/zeros",           zeros_behind,           SAOY_PASSED, "TRAILING_ZEROS" },
};
/* clang-format on */

static void
test_is_seen(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    world.object = 0;
    g_autoptr(GBytes) pdf = rows[i].make();
    g_auto(SaoyVerdict) verdict = world_verify(&world, pdf, true);
    g_autofree char *report = saoy_json_print(verdict.report);
    g_test_message("%s", report);
    g_assert_cmpint(verdict.conclusion, ==, rows[i].conclusion);
    if (rows[i].code != NULL)
        g_assert_true(
            world_found(&verdict, rows[i].code, rows[i].named ? world.object : 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    world.now_us +=
        (int64_t)60 * G_USEC_PER_SEC; /* the stamps are younger than the world */
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-fields/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_seen);
    }
    int status = g_test_run();
    world_close(&world);
    return status;
}
