#pragma once
#include "ui/page.h"

/* Small things every page needs. Widgets returned are floating until added. */
GtkWidget *saoy_ui_get(GtkBuilder *builder, const char *id);
void saoy_ui_post_on_click(SaoyPage *page, GtkBuilder *builder, const char *id,
                           SaoyEventType type);
GtkWidget *saoy_ui_label(const char *text, const char *css); /* wraps, left */
GtkWidget *saoy_ui_icon(const char *icon, int pixels);       /* "card" */
GtkWidget *saoy_ui_button(const char *name, const char *text, const char *css);
GtkWidget *saoy_ui_row(GtkWidget *first, GtkWidget *second); /* second takes the room */
void saoy_ui_clear(GtkWidget *parent);
void saoy_ui_text(GtkWidget *label, const char *format, ...) G_GNUC_PRINTF(2, 3);
void saoy_ui_css(GtkWidget *widget, const char *css, bool on);

/* A msgid of another folder, translated; NULL and "" stay "". */
const char *saoy_ui_say(const char *msgid);
/* The amber card that says why the last try failed; hidden for NULL. */
void saoy_ui_problem(GtkWidget *card, GtkWidget *label, const char *msgid);

/* A done / going on / to come line of OFFICER and SIGN. */
typedef enum { SAOY_UI_DONE, SAOY_UI_NOW, SAOY_UI_LATER } SaoyUiProgress;
GtkWidget *saoy_ui_progress_row(SaoyUiProgress progress, const char *text);
/* One document with what became of it. */
GtkWidget *saoy_ui_document_row(const SaoyDocument *document);
const char *saoy_ui_title(const SaoySession *session, unsigned document);

/* Names accessible labels of buttons by what is written on them. */
void saoy_ui_name_buttons(GtkWidget *root);
