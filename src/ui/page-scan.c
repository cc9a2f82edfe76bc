#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

enum { THUMB_HEIGHT = 300 };

typedef struct {
    GtkWidget *heading, *lead, *problem, *problem_text, *pages, *tools, *selected;
    GtkWidget *again, *again_label, *next, *back, *rotate, *earlier, *later;
    unsigned chosen; /* serial of the page whose tools are shown; 0 none */
    char *shown;     /* what the thumbnails were built from */
} Widgets;

static void
on_thumb(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    unsigned serial = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "saoy-serial"));

    w->chosen = w->chosen == serial ? 0 : serial;
    saoy_window_refresh(page->window);
}

static void
on_rotate(SaoyPage *page)
{
    const Widgets *w = page->widgets;

    if (saoy_window_visit(page->window) != NULL)
        saoy_session_rotate_page(saoy_window_visit(page->window), w->chosen);
}

static void
on_delete(SaoyPage *page)
{
    Widgets *w = page->widgets;
    unsigned serial = w->chosen;

    w->chosen = 0;
    if (saoy_window_visit(page->window) != NULL)
        saoy_session_delete_page(saoy_window_visit(page->window), serial);
}

static void
on_rescan(SaoyPage *page)
{
    on_delete(page);
    saoy_window_post(page->window, SAOY_EV_AGAIN);
}

static void
on_earlier(SaoyPage *page)
{
    const Widgets *w = page->widgets;

    if (saoy_window_visit(page->window) != NULL)
        saoy_session_move_page(saoy_window_visit(page->window), w->chosen, -1);
}

static void
on_later(SaoyPage *page)
{
    const Widgets *w = page->widgets;

    if (saoy_window_visit(page->window) != NULL)
        saoy_session_move_page(saoy_window_visit(page->window), w->chosen, 1);
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    static const struct {
        const char *id;
        void (*on)(SaoyPage *page);
    } tools[] = { { "rotate", on_rotate },
                  { "delete", on_delete },
                  { "rescan", on_rescan },
                  { "earlier", on_earlier },
                  { "later", on_later } };
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->heading = saoy_ui_get(builder, "heading");
    w->lead = saoy_ui_get(builder, "lead");
    w->problem = saoy_ui_get(builder, "problem");
    w->problem_text = saoy_ui_get(builder, "problem-text");
    w->pages = saoy_ui_get(builder, "pages");
    w->tools = saoy_ui_get(builder, "tools");
    w->selected = saoy_ui_get(builder, "selected");
    w->again = saoy_ui_get(builder, "again");
    w->again_label = saoy_ui_get(builder, "again-label");
    w->next = saoy_ui_get(builder, "next");
    w->back = saoy_ui_get(builder, "back");
    w->rotate = saoy_ui_get(builder, "rotate");
    w->earlier = saoy_ui_get(builder, "earlier");
    w->later = saoy_ui_get(builder, "later");
    for (size_t i = 0; i < G_N_ELEMENTS(tools); i++)
        g_signal_connect_swapped(saoy_ui_get(builder, tools[i].id), "clicked",
                                 G_CALLBACK(tools[i].on), page);
    saoy_ui_post_on_click(page, builder, "again", SAOY_EV_AGAIN);
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static GtkWidget *
tag_of(const SaoyScannedPage *page)
{
    static const struct {
        const char *text, *css;
    } tags[] = {
        [SAOY_PAGE_READING] = { N_("being read…"), "tag" },
        [SAOY_PAGE_READ] = { N_("good"), "tag good" },
        [SAOY_PAGE_UNREADABLE] = { N_("not readable"), "tag warn" },
    };
    const char *hint = page->state == SAOY_PAGE_READ ? saoy_page_hint(&page->report) : NULL;
    GtkWidget *tag = hint != NULL
                         ? saoy_ui_label(saoy_ui_say(hint), "tag warn")
                         : saoy_ui_label(_(tags[page->state].text), tags[page->state].css);

    gtk_widget_set_halign(tag, GTK_ALIGN_CENTER);
    return tag;
}

static GtkWidget *
thumbnail_of(const SaoyScannedPage *page)
{
    g_autoptr(GdkTexture) texture = saoy_ui_texture(page->thumbnail, false);
    GtkWidget *picture =
        gtk_picture_new_for_paintable(texture != NULL ? GDK_PAINTABLE(texture) : NULL);

    gtk_widget_set_size_request(picture, -1, THUMB_HEIGHT);
    gtk_picture_set_can_shrink(GTK_PICTURE(picture), TRUE);
    return picture;
}

static void
add_thumb(SaoyPage *owner, const SaoyScannedPage *page, unsigned number)
{
    const Widgets *w = owner->widgets;
    GtkWidget *button = gtk_toggle_button_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    g_autofree char *name = g_strdup_printf("page-%u", number);
    g_autofree char *title = g_strdup_printf(_("Page %u"), number);
    GtkWidget *label = saoy_ui_label(title, "");

    gtk_widget_set_halign(label, GTK_ALIGN_CENTER);
    gtk_box_append(GTK_BOX(box), thumbnail_of(page));
    gtk_box_append(GTK_BOX(box), label);
    gtk_box_append(GTK_BOX(box), tag_of(page));
    gtk_button_set_child(GTK_BUTTON(button), box);
    gtk_widget_set_name(button, name);
    gtk_widget_add_css_class(button, "thumb");
    gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), page->serial == w->chosen);
    g_object_set_data(G_OBJECT(button), "saoy-serial", GUINT_TO_POINTER(page->serial));
    g_signal_connect(button, "clicked", G_CALLBACK(on_thumb), owner);
    gtk_flow_box_append(GTK_FLOW_BOX(w->pages), button);
    gtk_widget_set_focusable(gtk_widget_get_last_child(w->pages), FALSE);
}

/* Thumbnails are rebuilt only when pages came, went, moved, turned or were read. */
static char *
fingerprint(const SaoySession *session, unsigned chosen)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u:%u", session->current, chosen);
    for (unsigned i = 0; i < session->n_pages; i++)
        g_string_append_printf(text, " %u.%u.%d.%p", session->pages[i].serial,
                               session->pages[i].document, (int)session->pages[i].state,
                               (void *)session->pages[i].thumbnail);
    return g_string_free(text, FALSE);
}

static unsigned
show_pages(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    g_autofree char *now = fingerprint(session, w->chosen);
    bool same = g_strcmp0(now, w->shown) == 0;
    unsigned number = 0;

    if (!same)
        saoy_ui_clear(w->pages);
    for (unsigned i = 0; i < session->n_pages; i++)
        if (session->pages[i].document == session->current && ++number > 0 && !same)
            add_thumb(page, &session->pages[i], number);
    g_free(w->shown);
    w->shown = g_steal_pointer(&now);
    return number;
}

static void
show_tools(const Widgets *w, const SaoySession *session, unsigned n)
{
    unsigned number = 0, at = 0;
    bool read = false;

    for (unsigned i = 0; i < session->n_pages; i++) {
        if (session->pages[i].document != session->current)
            continue;
        number++;
        if (session->pages[i].serial == w->chosen) {
            at = number;
            read = session->pages[i].state == SAOY_PAGE_READ;
        }
    }
    gtk_widget_set_visible(w->tools, at > 0 && !session->busy);
    saoy_ui_text(w->selected, _("Page %u"), at);
    gtk_widget_set_sensitive(w->rotate, read);
    gtk_widget_set_sensitive(w->earlier, at > 1);
    gtk_widget_set_sensitive(w->later, at < n);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    unsigned n = show_pages(page, session);

    show_tools(w, session, n);
    saoy_ui_text(w->heading, "%s", session->busy ? _("Scanning…") : _("Your pages"));
    if (session->busy)
        saoy_ui_text(w->lead, "%s", _("Please do not open the lid."));
    else if (session->note != NULL)
        saoy_ui_text(w->lead, "%s", saoy_ui_say(session->note));
    else if (n == 0)
        saoy_ui_text(w->lead, "%s",
                     _("Lay the original face down on the glass and scan it."));
    else
        saoy_ui_text(
            w->lead, "%s",
            _("Turn the paper over or lay down the next page. Touch a page to turn, "
              "move or remove it."));
    saoy_ui_problem(w->problem, w->problem_text, session->busy ? NULL : session->problem);
    gtk_label_set_text(GTK_LABEL(w->again_label),
                       n == 0 ? _("Scan it") : _("Scan the next page"));
    saoy_ui_css(w->again, "primary", n == 0);
    gtk_widget_set_sensitive(w->again, !session->busy && session->facts.room);
    gtk_widget_set_sensitive(w->next, !session->busy && n > 0);
    gtk_widget_set_sensitive(w->back, !session->busy);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    g_clear_pointer(&w->shown, g_free);
}

const SaoyPageClass saoy_page_scan = {
    .state = SAOY_STATE_SCAN,
    .ui = "page-scan.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};
