#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *mirror, *oval, *hint, *problem, *problem_text, *take_card;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->mirror = saoy_ui_get(builder, "mirror");
    w->hint = saoy_ui_get(builder, "hint");
    w->problem = saoy_ui_get(builder, "problem");
    w->problem_text = saoy_ui_get(builder, "problem-text");
    w->take_card = saoy_ui_get(builder, "take-card");
    w->oval = saoy_ui_get(builder, "oval");
    saoy_ui_post_on_click(page, builder, "skip", SAOY_EV_SKIP);
}

/* One hint at a time: the challenge, else what is wrong, else patience. */
static const char *
hint_of(const SaoySession *session)
{
    if (session->mirror == NULL)
        return _("The camera is starting…");
    if (session->face_hint != NULL && *session->face_hint != '\0')
        return saoy_ui_say(session->face_hint);
    if (session->face_side < 0)
        return _("Turn your head to the left, then look here again");
    if (session->face_side > 0)
        return _("Turn your head to the right, then look here again");
    return _("Good. Hold still…");
}

/* The arrow stands beside the face while the challenge is the one hint. */
static SaoyUiDrawing
oval_of(const SaoySession *session)
{
    if (session->mirror == NULL || session->face_hint != NULL || session->face_side == 0)
        return SAOY_UI_FACE_OVAL;
    return session->face_side < 0 ? SAOY_UI_FACE_LEFT : SAOY_UI_FACE_RIGHT;
}

/* The middle of the frame, upright as the oval is; borrows the pixels. */
static SaoyImage
middle_of(const SaoyImage *frame)
{
    SaoyImage part = *frame;
    int width = MIN(frame->width, frame->height * 9 / 10);

    part.pixels += (frame->width - width) / 2 * frame->channels;
    part.width = width;
    return part;
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    SaoyImage part =
        session->mirror != NULL ? middle_of(session->mirror) : (SaoyImage){ 0 };
    g_autoptr(GdkTexture) texture =
        saoy_ui_texture(session->mirror != NULL ? &part : NULL, true);

    gtk_picture_set_paintable(GTK_PICTURE(w->mirror),
                              texture != NULL ? GDK_PAINTABLE(texture) : NULL);
    saoy_ui_drawing(w->oval, oval_of(session));
    saoy_ui_text(w->hint, "%s", hint_of(session));
    gtk_widget_set_visible(w->take_card, session->identified);
    saoy_ui_problem(w->problem, w->problem_text, session->problem);
}

const SaoyPageClass saoy_page_face = {
    .state = SAOY_STATE_FACE,
    .ui = "page-face.ui",
    .bind = page_bind,
    .show = page_show,
};
