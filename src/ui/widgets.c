#include "widgets.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

GtkWidget *
saoy_ui_get(GtkBuilder *builder, const char *id)
{
    GObject *object = gtk_builder_get_object(builder, id);

    g_return_val_if_fail(GTK_IS_WIDGET(object), NULL);
    return GTK_WIDGET(object);
}

static void
on_click(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    int type = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "saoy-event"));

    saoy_window_post(page->window, (SaoyEventType)type);
}

void
saoy_ui_post_on_click(SaoyPage *page, GtkBuilder *builder, const char *id,
                      SaoyEventType type)
{
    GtkWidget *button = saoy_ui_get(builder, id);

    g_object_set_data(G_OBJECT(button), "saoy-event", GINT_TO_POINTER((int)type));
    g_signal_connect(button, "clicked", G_CALLBACK(on_click), page);
}

void
saoy_ui_css(GtkWidget *widget, const char *css, bool on)
{
    if (on)
        gtk_widget_add_css_class(widget, css);
    else
        gtk_widget_remove_css_class(widget, css);
}

static void
add_classes(GtkWidget *widget, const char *css)
{
    g_auto(GStrv) classes = g_strsplit(css != NULL ? css : "", " ", -1);

    for (size_t i = 0; classes[i] != NULL; i++)
        if (*classes[i] != '\0')
            gtk_widget_add_css_class(widget, classes[i]);
}

GtkWidget *
saoy_ui_label(const char *text, const char *css)
{
    GtkWidget *label = gtk_label_new(text);

    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    add_classes(label, css);
    return label;
}

GtkWidget *
saoy_ui_icon(const char *icon, int pixels)
{
    g_autofree char *name = g_strdup_printf("saoy-%s-symbolic", icon);
    GtkWidget *image = gtk_image_new_from_icon_name(name);

    gtk_image_set_pixel_size(GTK_IMAGE(image), pixels);
    return image;
}

GtkWidget *
saoy_ui_button(const char *name, const char *text, const char *css)
{
    GtkWidget *button = gtk_button_new_with_label(text);

    gtk_widget_set_name(button, name);
    add_classes(button, css);
    return button;
}

GtkWidget *
saoy_ui_row(GtkWidget *first, GtkWidget *second)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 24);

    gtk_widget_set_hexpand(second, TRUE);
    gtk_box_append(GTK_BOX(row), first);
    gtk_box_append(GTK_BOX(row), second);
    return row;
}

void
saoy_ui_clear(GtkWidget *parent)
{
    for (GtkWidget *child = gtk_widget_get_first_child(parent); child != NULL;
         child = gtk_widget_get_first_child(parent)) {
        if (GTK_IS_FLOW_BOX(parent))
            gtk_flow_box_remove(GTK_FLOW_BOX(parent), child);
        else
            gtk_box_remove(GTK_BOX(parent), child);
    }
}

void
saoy_ui_text(GtkWidget *label, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (g_strcmp0(gtk_label_get_text(GTK_LABEL(label)), text) != 0)
        gtk_label_set_text(GTK_LABEL(label), text);
    gtk_widget_set_visible(label, *text != '\0');
}

const char *
saoy_ui_say(const char *msgid)
{
    return msgid == NULL || *msgid == '\0' ? "" : g_dgettext(GETTEXT_PACKAGE, msgid);
}

void
saoy_ui_problem(GtkWidget *card, GtkWidget *label, const char *msgid)
{
    saoy_ui_text(label, "%s", saoy_ui_say(msgid));
    gtk_widget_set_visible(card, msgid != NULL && *msgid != '\0');
}

GtkWidget *
saoy_ui_progress_row(SaoyUiProgress progress, const char *text)
{
    static const char *const icons[] = { "tick", "clock", "next" };
    static const char *const classes[] = { "good-text", "accent-text", "note" };
    GtkWidget *icon = saoy_ui_icon(icons[progress], 56);

    gtk_widget_add_css_class(icon, classes[progress]);
    if (progress == SAOY_UI_LATER)
        gtk_widget_set_opacity(icon, 0.35);
    return saoy_ui_row(icon,
                       saoy_ui_label(text, progress == SAOY_UI_NOW ? "title" : "lead"));
}

const char *
saoy_ui_title(const SaoySession *session, unsigned document)
{
    const SaoyDocument *doc = &session->documents[document];

    if (doc->title != NULL && *doc->title != '\0')
        return doc->title;
    if (doc->kind == NULL || g_strcmp0(doc->kind->id, "unknown") == 0)
        return _("Paper");
    return session->language == SAOY_LANGUAGE_EN && doc->kind->title_en != NULL
               ? doc->kind->title_en
               : doc->kind->title;
}

static const struct {
    const char *icon, *css, *text;
} outcomes[] = {
    [SAOY_DOC_OPEN] = { "clock", "card", N_("Being sent") },
    [SAOY_DOC_QUEUED] = { "clock", "card", N_("Waiting for an officer") },
    [SAOY_DOC_SEEN] = { "person", "card accent", N_("An officer is looking at it") },
    [SAOY_DOC_APPROVED] = { "tick", "card good", N_("Approved") },
    [SAOY_DOC_REFUSED] = { "refuse", "card warn", N_("Refused") },
    [SAOY_DOC_ISSUED] = { "seal", "card good", N_("Signed and kept") },
    [SAOY_DOC_RELEASED] = { "clock", "card accent", N_("Will be finished without you") },
};

GtkWidget *
saoy_ui_document_row(const SaoyDocument *document)
{
    GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4);
    GtkWidget *row = saoy_ui_row(saoy_ui_icon(outcomes[document->state].icon, 64), text);

    if (document->kind != NULL || document->title != NULL)
        gtk_box_append(
            GTK_BOX(text),
            saoy_ui_label(document->title != NULL ? document->title : document->kind->title,
                          "title"));
    gtk_box_append(GTK_BOX(text), saoy_ui_label(_(outcomes[document->state].text), ""));
    if (document->state == SAOY_DOC_REFUSED && document->refusal != NULL)
        gtk_box_append(GTK_BOX(text), saoy_ui_label(document->refusal, "title"));
    add_classes(row, outcomes[document->state].css);
    return row;
}

static void
append_text(GtkWidget *widget, GString *text)
{
    if (GTK_IS_LABEL(widget) && gtk_label_get_text(GTK_LABEL(widget))[0] != '\0')
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
                               gtk_label_get_text(GTK_LABEL(widget)));
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        append_text(child, text);
}

void
saoy_ui_name_buttons(GtkWidget *root)
{
    if (GTK_IS_BUTTON(root)) {
        g_autoptr(GString) text = g_string_new(NULL);

        append_text(root, text);
        if (text->len == 0)
            g_string_append(text, gtk_widget_get_tooltip_text(root) != NULL
                                      ? gtk_widget_get_tooltip_text(root)
                                      : gtk_widget_get_name(root));
        gtk_accessible_update_property(GTK_ACCESSIBLE(root), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       text->str, -1);
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        saoy_ui_name_buttons(child);
}
