#include "fields.h"
#include "keyboard.h"
#include "pages.h"
#include "preview.h"
#include "warnings.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { UPRIGHT_WIDTH = 340, UPRIGHT_HEIGHT = 480, ACROSS_WIDTH = 600, ACROSS_HEIGHT = 430 };

typedef struct {
    GtkWidget *head, *titles, *which, *picture, *kind, *pages, *summary;
    GtkWidget *stack, *list, *flags, *fields_card, *fields, *edit, *field_name, *turning,
        *more_row, *nav;
    GtkWidget *page_back, *page_next, *again, *next;
    GtkEditable *field;
    unsigned at;                 /* index of the page shown */
    unsigned document, field_at; /* what is being edited */
    char *shown;
} Widgets;

/* While a field is edited the keyboard needs the room of everything else. */
static void
open_editor(SaoyPage *page, bool open)
{
    const Widgets *w = page->widgets;

    gtk_widget_set_visible(w->titles, !open);
    gtk_widget_set_visible(w->head,
                           !open || !saoy_window_session(page->window)->accessible);
    gtk_stack_set_visible_child(GTK_STACK(w->stack), open ? w->edit : w->list);
    gtk_widget_set_visible(w->nav, !open);
    gtk_widget_set_visible(w->more_row, !open);
}

static void
close_editor(SaoyPage *page)
{
    const Widgets *w = page->widgets;

    gtk_editable_set_text(w->field, "");
    open_editor(page, false);
    saoy_window_refresh(page->window);
}

static const SaoyField *
edited_field(SaoyPage *page)
{
    const Widgets *w = page->widgets;
    const GArray *fields = saoy_window_session(page->window)->documents[w->document].fields;

    if (fields == NULL || w->field_at >= fields->len)
        return NULL;
    return &g_array_index(fields, SaoyField, w->field_at);
}

static void
on_cancel(SaoyPage *page)
{
    close_editor(page);
}

static void
on_save(SaoyPage *page)
{
    Widgets *w = page->widgets;
    SaoyVisit *visit = saoy_window_visit(page->window);
    const SaoyField *field = edited_field(page);
    g_autofree char *text =
        field != NULL ? saoy_field_taken(field->name, gtk_editable_get_text(w->field))
                      : NULL;

    close_editor(page);
    if (visit != NULL && text != NULL)
        saoy_session_set_field(visit, w->document, w->field_at, text);
}

static void
on_edit(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    unsigned at = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "saoy-field"));
    const SaoyField *field = NULL;

    w->document = at >> 16;
    w->field_at = at & 0xffff;
    field = edited_field(page);
    if (field == NULL)
        return;
    g_autofree char *text = saoy_field_shown(field->name, field->value);
    saoy_ui_text(w->field_name, "%s", saoy_field_label(field->name));
    gtk_editable_set_text(w->field, text);
    open_editor(page, true);
    gtk_widget_grab_focus(GTK_WIDGET(w->field));
    gtk_editable_set_position(w->field, -1);
}

static void
turn(SaoyPage *page, int by)
{
    Widgets *w = page->widgets;

    w->at = (unsigned)((int)w->at + by);
    saoy_window_refresh(page->window);
}

static void
on_page_back(SaoyPage *page)
{
    turn(page, -1);
}

static void
on_page_next(SaoyPage *page)
{
    turn(page, 1);
}

static void
on_again(SaoyPage *page)
{
    SaoyVisit *visit = saoy_window_visit(page->window);

    if (visit != NULL && saoy_session_add_document(visit))
        saoy_window_post(page->window, SAOY_EV_AGAIN);
}

static void
bind_buttons(SaoyPage *page, GtkBuilder *builder)
{
    static const struct {
        const char *id;
        void (*on)(SaoyPage *page);
    } buttons[] = { { "field-cancel", on_cancel },
                    { "field-save", on_save },
                    { "page-back", on_page_back },
                    { "page-next", on_page_next },
                    { "again", on_again } };

    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++)
        g_signal_connect_swapped(saoy_ui_get(builder, buttons[i].id), "clicked",
                                 G_CALLBACK(buttons[i].on), page);
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->head = saoy_ui_get(builder, "head");
    w->titles = saoy_ui_get(builder, "titles");
    w->which = saoy_ui_get(builder, "which");
    w->picture = saoy_ui_get(builder, "picture");
    w->kind = saoy_ui_get(builder, "kind");
    w->pages = saoy_ui_get(builder, "pages");
    w->summary = saoy_ui_get(builder, "summary");
    w->stack = saoy_ui_get(builder, "body");
    w->list = saoy_ui_get(builder, "list");
    w->flags = saoy_ui_get(builder, "flags");
    w->fields_card = saoy_ui_get(builder, "fields-card");
    w->fields = saoy_ui_get(builder, "fields");
    w->edit = saoy_ui_get(builder, "edit");
    w->field_name = saoy_ui_get(builder, "field-name");
    w->field = GTK_EDITABLE(saoy_ui_get(builder, "field"));
    w->turning = saoy_ui_get(builder, "turning");
    w->more_row = saoy_ui_get(builder, "more-row");
    w->nav = saoy_ui_get(builder, "nav");
    w->page_back = saoy_ui_get(builder, "page-back");
    w->page_next = saoy_ui_get(builder, "page-next");
    w->again = saoy_ui_get(builder, "again");
    w->next = saoy_ui_get(builder, "next");
    gtk_box_append(GTK_BOX(saoy_ui_get(builder, "keyboard")),
                   saoy_keyboard_new(w->field, SAOY_KEYS_NAME));
    bind_buttons(page, builder);
}

/* ---- warnings and fields */

static void
add_flag(const Widgets *w, const SaoyFlag *flag, unsigned number)
{
    g_autofree char *digits = g_strdup_printf("%u", number);
    GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    GtkWidget *bullet = saoy_ui_label(digits, "bullet");
    GtkWidget *row = NULL;

    gtk_label_set_xalign(GTK_LABEL(bullet), 0.5F);
    gtk_widget_set_valign(bullet, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(text), saoy_ui_label(saoy_ui_say(flag->text), "title"));
    gtk_box_append(GTK_BOX(text), saoy_ui_label(saoy_warning_todo(flag->rule), ""));
    row = saoy_ui_row(bullet, text);
    gtk_widget_add_css_class(row, "card");
    gtk_widget_add_css_class(row, "warn");
    gtk_widget_add_css_class(row, "flag");
    gtk_box_append(GTK_BOX(w->flags), row);
}

static void
add_field(SaoyPage *page, const SaoyField *field, unsigned document, unsigned at)
{
    const Widgets *w = page->widgets;
    g_autofree char *name = g_strdup_printf("edit-%s", field->name);
    g_autofree char *value = saoy_field_shown(field->name, field->value);
    GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *button = gtk_button_new();
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 16);

    gtk_box_append(GTK_BOX(text), saoy_ui_label(saoy_field_label(field->name), "note"));
    gtk_box_append(GTK_BOX(text),
                   saoy_ui_label(*value == '\0' ? _("(not found)") : value, "title"));
    gtk_widget_set_hexpand(text, TRUE);
    gtk_button_set_child(GTK_BUTTON(button), saoy_ui_icon("pen", 44));
    gtk_widget_set_name(button, name);
    gtk_widget_set_tooltip_text(button, saoy_field_label(field->name));
    gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
    g_object_set_data(G_OBJECT(button), "saoy-field",
                      GUINT_TO_POINTER(document << 16 | at));
    g_signal_connect(button, "clicked", G_CALLBACK(on_edit), page);
    gtk_box_append(GTK_BOX(row), text);
    gtk_box_append(GTK_BOX(row), button);
    gtk_widget_add_css_class(row, "row");
    gtk_box_append(GTK_BOX(w->fields), row);
}

static void
show_document(SaoyPage *page, const SaoySession *session, unsigned document)
{
    const Widgets *w = page->widgets;
    const GArray *flags = session->documents[document].flags;
    const GArray *fields = session->documents[document].fields;

    saoy_ui_clear(w->flags);
    saoy_ui_clear(w->fields);
    for (unsigned i = 0; flags != NULL && i < flags->len; i++)
        add_flag(w, &g_array_index(flags, SaoyFlag, i), i + 1);
    for (unsigned i = 0; fields != NULL && i < fields->len; i++)
        add_field(page, &g_array_index(fields, SaoyField, i), document, i);
    gtk_widget_set_visible(w->fields_card, fields != NULL && fields->len > 0);
}

/* ---- the picture */

static unsigned
page_number(const SaoySession *session, unsigned at)
{
    unsigned number = 0;

    for (unsigned i = 0; i < at; i++)
        number += session->pages[i].document == session->pages[at].document;
    return number;
}

/* Papers lie across as often as they stand upright. */
static void
size_picture(GtkWidget *area, const SaoyImage *thumbnail)
{
    bool across = thumbnail != NULL && thumbnail->width > thumbnail->height;

    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(area),
                                       across ? ACROSS_WIDTH : UPRIGHT_WIDTH);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area),
                                        across ? ACROSS_HEIGHT : UPRIGHT_HEIGHT);
}

/* Boxes keep the number of their warning: those on other pages are left empty. */
static void
show_picture(const Widgets *w, const SaoySession *session)
{
    const SaoyScannedPage *page = &session->pages[w->at];
    const GArray *flags = session->documents[page->document].flags;
    unsigned n = flags != NULL ? flags->len : 0;
    g_autofree SaoyBox *boxes = g_new0(SaoyBox, n + 1);

    size_picture(w->picture, page->thumbnail);
    for (unsigned i = 0; i < n; i++) {
        const SaoyFlag *flag = &g_array_index(flags, SaoyFlag, i);

        if (flag->page == page_number(session, w->at))
            boxes[i] = flag->box;
    }
    saoy_ui_page_picture(w->picture, page->thumbnail, page->width, page->height, boxes, n);
}

static void
show_summary(const Widgets *w, const SaoySession *session)
{
    const SaoyScannedPage *page = &session->pages[w->at];
    const SaoyDocument *document = &session->documents[page->document];
    unsigned n = document->flags != NULL ? document->flags->len : 0;
    g_autofree char *copies = g_strdup_printf(
        g_dngettext(GETTEXT_PACKAGE, "%u copy", "%u copies", document->copies),
        document->copies);

    saoy_ui_text(w->kind, "%s", saoy_ui_title(session, page->document));
    saoy_ui_text(w->pages, _("Page %u of %u · %s"), w->at + 1, session->n_pages, copies);
    if (n == 0)
        saoy_ui_text(w->summary, "%s",
                     _("Nothing conspicuous was found. The officer decides."));
    else
        saoy_ui_text(w->summary,
                     g_dngettext(GETTEXT_PACKAGE,
                                 "%u thing to look at, marked in the picture.",
                                 "%u things to look at, marked in the picture.", n),
                     n);
    saoy_ui_css(w->summary, "warn-text", n > 0);
}

static char *
fingerprint(const SaoySession *session, unsigned at)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u", at);
    for (unsigned d = 0; d < session->n_documents; d++) {
        const GArray *fields = session->documents[d].fields;

        g_string_append_printf(text, " %p", (void *)session->documents[d].flags);
        for (unsigned i = 0; fields != NULL && i < fields->len; i++)
            g_string_append_printf(text, "|%s", g_array_index(fields, SaoyField, i).value);
    }
    return g_string_free(text, FALSE);
}

static void
forget(char **text)
{
    if (*text != NULL)
        explicit_bzero(*text, strlen(*text));
    g_clear_pointer(text, g_free);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    char *now = NULL;

    if (session->n_pages == 0)
        return;
    w->at = MIN(w->at, session->n_pages - 1);
    gtk_widget_set_visible(w->turning, session->n_pages > 1);
    gtk_widget_set_sensitive(w->page_back, w->at > 0);
    gtk_widget_set_sensitive(w->page_next, w->at + 1 < session->n_pages);
    gtk_widget_set_sensitive(w->again, session->facts.room);
    if (session->n_documents > 1)
        saoy_ui_text(w->which, _("Paper %u of %u"), session->pages[w->at].document + 1,
                     session->n_documents);
    else
        saoy_ui_text(w->which, "%s", _("Look at the picture and at what was read."));
    now = fingerprint(session, w->at);
    if (g_strcmp0(now, w->shown) != 0) {
        show_document(page, session, session->pages[w->at].document);
        show_picture(w, session);
        show_summary(w, session);
    }
    forget(&w->shown);
    w->shown = now;
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    forget(&w->shown);
}

const SaoyPageClass saoy_page_review = {
    .state = SAOY_STATE_REVIEW,
    .ui = "page-review.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};
