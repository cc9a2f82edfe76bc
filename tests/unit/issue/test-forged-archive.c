/* What a stolen kiosk hands in behind two good signatures: the archive takes what our own
 * procedure writes there, byte for byte, whatever the validator makes of the rest. */
#include "forge.h"
#include "ltv.h"

typedef struct {
    Ltv ltv;
    GBytes *both, *proven, *whole; /* signed by both; with its DSS; stamped over */
} Desk;

static GBytes *
cut(GBytes *pdf, size_t revision)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);

    return g_bytes_new_from_bytes(pdf, 0, saoy_pdf_revision_end(open, revision));
}

static void
open_desk(Desk *desk)
{
    g_autoptr(GError) error = NULL;

    set_up(&desk->ltv, NULL);
    desk->whole = issue(&desk->ltv, &error);
    g_assert_no_error(error);
    desk->proven = cut(desk->whole, 2);
    desk->both = cut(desk->whole, 1);
}

static void
close_desk(Desk *desk)
{
    g_bytes_unref(desk->both);
    g_bytes_unref(desk->proven);
    g_bytes_unref(desk->whole);
    tear_down(&desk->ltv, NULL);
}

static Desk desk;

/* ---- what a finisher writes ---- */

static GBytes *
whole(void)
{
    return g_bytes_ref(desk.whole);
}

static GBytes *
proven(void)
{
    return g_bytes_ref(desk.proven);
}

static GBytes *
both(void)
{
    return g_bytes_ref(desk.both);
}

static GBytes *
stamped(GBytes *pdf, size_t room)
{
    g_autoptr(GError) error = NULL;
    GBytes *out = saoy_dss_stamp(pdf, room, on_token, &desk.ltv, NULL, &error);

    g_assert_no_error(error);
    return out;
}

static GBytes *
more_room(void)
{
    return stamped(desk.proven, 9999);
}

/* ---- and what it does not ---- */

static GBytes *
stamped_alone(void)
{
    return stamped(desk.both, 0);
}

static GBytes *
stamped_twice(void)
{
    return stamped(desk.whole, 0);
}

static GBytes *
nothing_said(void)
{
    Forge f = forge_begin(desk.both);

    return forge_end(&f);
}

static GBytes *
page_again(GBytes *base, const char *with)
{
    int64_t page = forge_which(base, "Type", "Page");
    g_autofree char *old = forge_object(base, page);
    g_autofree char *now = forge_replaced(old, "/Type", with);
    Forge f = forge_begin(base);

    forge_put(&f, page, "%s", now);
    return forge_end(&f);
}

static GBytes *
page_as_it_was(void)
{
    return page_again(desk.both, "/Type");
}

static GBytes *
page_as_it_was_behind_the_stamp(void)
{
    return page_again(desk.whole, "/Type");
}

static GBytes *
page_as_it_was_before_the_stamp(void)
{
    g_autoptr(GBytes) page = page_again(desk.proven, "/Type");

    return stamped(page, 0);
}

static GBytes *
page_turned(void)
{
    return page_again(desk.both, "/Rotate 180 /Type");
}

/* A DSS of another's making, lawful to any validator; in an object stream if packed. */
static GBytes *
another_dss(bool packed)
{
    Forge f = forge_begin(desk.both);
    int64_t root = f.root, home = f.size;
    g_autofree char *old = forge_object(desk.both, root);
    g_autofree char *now = forge_with(old, "/DSS << >>");
    g_autofree char *head = g_strdup_printf("%ld 0 ", (long)root);
    g_autofree char *all = g_strconcat(head, now, NULL);
    g_autofree char *entries =
        g_strdup_printf("/Type /ObjStm /N 1 /First %zu", strlen(head));

    if (!packed) {
        forge_put(&f, root, "%s", now);
        return forge_end(&f);
    }
    forge_put_stream(&f, home, entries, all);
    return forge_end_stream(&f, home, (const int64_t[]){ root, 0 });
}

static GBytes *
dss_empty(void)
{
    return another_dss(false);
}

static GBytes *
dss_packed(void)
{
    return another_dss(true);
}

/* Ours with one entry more. */
static GBytes *
dss_grown(void)
{
    int64_t dss = forge_which(desk.proven, "Type", "DSS");
    g_autofree char *old = forge_object(desk.proven, dss);
    g_autofree char *now = forge_replaced(old, "/VRI<<", "/VRI<</00<</TU (x)>>");
    Forge f = forge_begin(desk.proven);

    forge_put(&f, dss, "%s", now);
    return forge_end(&f);
}

static GBytes *
with(GBytes *pdf, const char *more)
{
    return forge_joined(pdf, more, strlen(more));
}

static GBytes *
line_end_behind(void)
{
    return with(desk.whole, "\n");
}

static GBytes *
comment_behind(void)
{
    return with(desk.proven, "% x\n");
}

static GBytes *
blank_behind_signatures(void)
{
    return with(desk.both, " ");
}

static const struct {
    const char *name;
    GBytes *(*make)(void);
    bool ours;
} rows[] = {
    { "ours/stamped", whole, true },
    { "ours/proven", proven, true },
    { "ours/signed", both, true },
    { "ours/more-room", more_room, true },
    { "stamp/alone", stamped_alone, false },
    { "stamp/twice", stamped_twice, false },
    { "page/as-it-was", page_as_it_was, false },
    { "page/behind-stamp", page_as_it_was_behind_the_stamp, false },
    { "page/before-stamp", page_as_it_was_before_the_stamp, false },
    { "page/turned", page_turned, false },
    { "dss/empty", dss_empty, false },
    { "dss/packed", dss_packed, false },
    { "dss/grown", dss_grown, false },
    { "bytes/revision", nothing_said, false },
    { "bytes/line-end", line_end_behind, false },
    { "bytes/comment", comment_behind, false },
    { "bytes/blank", blank_behind_signatures, false },
};

static void
test_only_ours_is_taken(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) pdf = rows[i].make();
    g_autoptr(GError) error = NULL;
    bool taken = saoy_copy_check_later(desk.both, pdf, &error);

    g_test_message("%s", error != NULL ? error->message : "taken");
    g_assert_cmpint(taken, ==, rows[i].ours);
    g_assert_true(taken == (error == NULL));
}

/* Each byte that was added, another one: sampled. What the token says is the validator's to
 * judge. */
static void
test_no_byte_may_differ(void)
{
    size_t from = g_bytes_get_size(desk.both), to = g_bytes_get_size(desk.whole);
    size_t token = forge_find(desk.whole, "/Contents<", g_bytes_get_size(desk.proven));
    size_t behind = forge_find(desk.whole, ">", token);

    for (size_t at = from; at < to; at += 97) {
        g_autoptr(GBytes) pdf = forge_flipped(desk.whole, at, 1);
        g_autoptr(GError) error = NULL;

        if (at >= token && at <= behind)
            continue;
        if (saoy_copy_check_later(desk.both, pdf, &error)) {
            g_test_message("byte %zu", at);
            g_test_fail();
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    open_desk(&desk);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/forged-archive/", rows[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_only_ours_is_taken);
    }
    g_test_add_func("/forged-archive/bytes", test_no_byte_may_differ);
    int status = g_test_run();
    close_desk(&desk);
    return status;
}
