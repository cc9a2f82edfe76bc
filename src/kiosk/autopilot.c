#include "kiosk.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <stdio.h>
#include <string.h>

enum { TICK_MS = 40, WAIT_S = 120, PRESS_S = 60, SHOT_S = 30, SCRIPT_MAX = 64 << 10 };

typedef enum { STEP_DONE, STEP_WAIT, STEP_FAILED } Step;

struct KioskAutopilot {
    char **lines;
    unsigned at;
    int64_t since_us; /* when this line was first tried */
    char *shots;
    SaoyWindow *window;
    KioskAutopilotEnd *end;
    void *user;
    guint tick;
    SaoyState state;
    int64_t state_us;
    bool entered; /* state is known */
};

static int64_t
waited_ms(const KioskAutopilot *pilot)
{
    return (g_get_monotonic_time() - pilot->since_us) / 1000;
}

static Step
wait_until(const KioskAutopilot *pilot, bool there, int seconds)
{
    if (there)
        return STEP_DONE;
    return waited_ms(pilot) > seconds * INT64_C(1000) ? STEP_FAILED : STEP_WAIT;
}

/* ---- the verbs */

static Step
do_wait(KioskAutopilot *pilot, const char *state, const char *rest)
{
    int seconds = *rest != '\0' ? (int)g_ascii_strtoll(rest, NULL, 10) : WAIT_S;

    return wait_until(pilot,
                      g_str_equal(saoy_state_name(saoy_window_state(pilot->window)), state),
                      seconds);
}

static bool
press(const KioskAutopilot *pilot, const char *name)
{
    GtkWidget *widget = saoy_window_find(pilot->window, name);

    if (!GTK_IS_BUTTON(widget) || !gtk_widget_is_sensitive(widget))
        return false;
    if (saoy_window_visit(pilot->window) != NULL)
        saoy_visit_touch(saoy_window_visit(pilot->window));
    g_signal_emit_by_name(widget, "clicked");
    return true;
}

static Step
do_click(KioskAutopilot *pilot, const char *name, const char *rest)
{
    return wait_until(pilot, press(pilot, name), PRESS_S);
}

static Step
do_keys(KioskAutopilot *pilot, const char *name, const char *rest)
{
    g_autofree char *first = g_strdup_printf("%s%c", name, rest[0]);
    GtkWidget *widget = saoy_window_find(pilot->window, first);

    if (widget == NULL || !gtk_widget_is_sensitive(widget))
        return wait_until(pilot, false, PRESS_S);
    for (const char *at = rest; *at != '\0'; at++) {
        g_autofree char *key = g_strdup_printf("%s%c", name, *at);

        if (!press(pilot, key))
            return STEP_FAILED;
    }
    return STEP_DONE;
}

static Step
do_type(KioskAutopilot *pilot, const char *name, const char *rest)
{
    GtkWidget *widget = saoy_window_find(pilot->window, name);

    if (!GTK_IS_EDITABLE(widget))
        return wait_until(pilot, false, PRESS_S);
    gtk_editable_set_text(GTK_EDITABLE(widget), rest);
    return STEP_DONE;
}

static Step
do_act(KioskAutopilot *pilot, const char *name, const char *rest)
{
    GtkWidget *widget = saoy_window_find(pilot->window, name);
    GtkEditable *inside =
        GTK_IS_EDITABLE(widget) ? gtk_editable_get_delegate(GTK_EDITABLE(widget)) : NULL;

    if (inside != NULL)
        widget = GTK_WIDGET(inside);
    return wait_until(
        pilot, widget != NULL && gtk_widget_activate_action(widget, rest, NULL), PRESS_S);
}

static bool
says(GtkWidget *widget, const char *text)
{
    if (GTK_IS_LABEL(widget) && strstr(gtk_label_get_text(GTK_LABEL(widget)), text) != NULL)
        return true;
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        if (says(child, text))
            return true;
    return false;
}

static Step
do_expect(KioskAutopilot *pilot, const char *name, const char *rest)
{
    GtkWidget *widget = saoy_window_find(pilot->window, name);

    return wait_until(pilot, widget != NULL && says(widget, rest), PRESS_S);
}

static Step
do_shot(KioskAutopilot *pilot, const char *name, const char *rest)
{
    g_autofree char *file = g_strdup_printf("%s.png", name);
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    if (pilot->shots == NULL)
        return STEP_DONE;
    if (waited_ms(pilot) < 3 * TICK_MS)
        return STEP_WAIT; /* the page is laid out and drawn first */
    path = g_build_filename(pilot->shots, file, NULL);
    if (saoy_window_snapshot(pilot->window, path, &error))
        return STEP_DONE;
    /* between two frames, while the layout is being renewed, there is no picture to take */
    if (waited_ms(pilot) < SHOT_S * INT64_C(1000))
        return STEP_WAIT;
    g_printerr("autopilot: %s\n", error->message);
    return STEP_FAILED;
}

static Step
do_pause(KioskAutopilot *pilot, const char *ms, const char *rest)
{
    return waited_ms(pilot) >= g_ascii_strtoll(ms, NULL, 10) ? STEP_DONE : STEP_WAIT;
}

static Step
do_report(KioskAutopilot *pilot, const char *first, const char *rest)
{
    const SaoySession *session = saoy_window_session(pilot->window);

    if (session->dossier != NULL)
        g_print("DOSSIER=%s\n", session->dossier);
    for (unsigned i = 0; i < session->n_documents; i++) {
        if (session->documents[i].copy_id != NULL)
            g_print("COPY=%s\n", session->documents[i].copy_id);
        if (session->documents[i].link != NULL)
            g_print("LINK=%s\n", session->documents[i].link);
    }
    fflush(stdout);
    return STEP_DONE;
}

static GtkGesture *
gesture_of(GtkWidget *widget)
{
    g_autoptr(GListModel) all = gtk_widget_observe_controllers(widget);

    for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
        g_autoptr(GObject) one = g_list_model_get_item(all, i);

        if (GTK_IS_GESTURE_CLICK(one))
            return GTK_GESTURE(one); /* the widget keeps it */
    }
    return NULL;
}

static Step
do_tap(KioskAutopilot *pilot, const char *name, const char *rest)
{
    GtkWidget *widget = saoy_window_find(pilot->window, name);
    GtkGesture *gesture = widget != NULL ? gesture_of(widget) : NULL;

    for (int64_t i = g_ascii_strtoll(rest, NULL, 10); gesture != NULL && i > 0; i--)
        g_signal_emit_by_name(gesture, "pressed", 1, 1.0, 1.0);
    return wait_until(pilot, gesture != NULL, PRESS_S);
}

static Step
do_left(KioskAutopilot *pilot, const char *most, const char *rest)
{
    int seconds = *rest != '\0' ? (int)g_ascii_strtoll(rest, NULL, 10) : WAIT_S;
    const SaoyVisit *visit = saoy_window_visit(pilot->window);

    return wait_until(pilot,
                      visit != NULL && saoy_visit_patience_left_s(visit) <=
                                           g_ascii_strtoll(most, NULL, 10),
                      seconds);
}

static const struct {
    const char *word;
    Step (*run)(KioskAutopilot *pilot, const char *first, const char *rest);
    unsigned words; /* at least, after the verb */
} verbs[] = {
    { "wait", do_wait, 1 }, { "click", do_click, 1 },   { "keys", do_keys, 2 },
    { "type", do_type, 2 }, { "act", do_act, 2 },       { "expect", do_expect, 2 },
    { "shot", do_shot, 1 }, { "pause", do_pause, 1 },   { "tap", do_tap, 2 },
    { "left", do_left, 1 }, { "report", do_report, 0 },
};

/* ---- the script */

static bool
is_verb(char **words, size_t *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (g_str_equal(verbs[i].word, words[0])) {
            *out = i;
            return g_strv_length(words) > verbs[i].words;
        }
    return false;
}

static Step
try_line(KioskAutopilot *pilot, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    size_t verb = 0;

    if (*line == '\0' || *line == '#')
        return STEP_DONE;
    if (!is_verb(words, &verb)) /* checked at start */
        return STEP_FAILED;
    return verbs[verb].run(pilot, words[1] != NULL ? words[1] : "",
                           words[1] != NULL && words[2] != NULL ? words[2] : "");
}

static void
tell_state(KioskAutopilot *pilot)
{
    if (pilot->entered)
        g_print("state %s %" G_GINT64_FORMAT "\n", saoy_state_name(pilot->state),
                (saoy_clock_mono_us() - pilot->state_us) / 1000);
    fflush(stdout);
}

static void
on_state(void *user, SaoyState state)
{
    KioskAutopilot *pilot = user;

    tell_state(pilot);
    pilot->state = state;
    pilot->state_us = saoy_clock_mono_us();
    pilot->entered = true;
}

static gboolean
finish(KioskAutopilot *pilot, bool done)
{
    pilot->tick = 0;
    tell_state(pilot);
    if (!done)
        g_printerr("autopilot: line %u failed in %s: %s\n", pilot->at + 1,
                   saoy_state_name(saoy_window_state(pilot->window)),
                   pilot->lines[pilot->at]);
    pilot->end(pilot->user, done);
    return G_SOURCE_REMOVE;
}

/* What the person typed goes with the person; the line stays one that says nothing. */
static void
forget_line(char *line)
{
    explicit_bzero(line, strlen(line));
}

static gboolean
on_tick(void *user)
{
    KioskAutopilot *pilot = user;
    Step step = STEP_DONE;

    if (!pilot->entered)
        return G_SOURCE_CONTINUE;
    while (step == STEP_DONE && pilot->lines[pilot->at] != NULL) {
        if (pilot->since_us == 0)
            pilot->since_us = g_get_monotonic_time(); /* a person's, not the visit's */
        step = try_line(pilot, pilot->lines[pilot->at]);
        if (step != STEP_DONE)
            break;
        forget_line(pilot->lines[pilot->at++]);
        pilot->since_us = 0;
    }
    if (step == STEP_FAILED || pilot->lines[pilot->at] == NULL)
        return finish(pilot, step != STEP_FAILED);
    return G_SOURCE_CONTINUE;
}

static bool
check_script(char **lines, GError **error)
{
    for (unsigned i = 0; lines[i] != NULL; i++) {
        size_t verb = 0;

        g_strstrip(lines[i]);
        if (*lines[i] == '\0' || *lines[i] == '#')
            continue;
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 3);
        if (!is_verb(words, &verb))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "script line %u: %s", i + 1,
                             lines[i]);
    }
    return true;
}

KioskAutopilot *
kiosk_autopilot_new(const char *script, const char *shots, SaoyWindow *window,
                    KioskAutopilotEnd *end, void *user, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(script, SCRIPT_MAX, error);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (file == NULL)
        return NULL;
    text = g_strndup(g_bytes_get_data(file, NULL), g_bytes_get_size(file));
    lines = g_strsplit(text, "\n", -1);
    if (!check_script(lines, error))
        return NULL;
    if (shots != NULL && g_mkdir_with_parents(shots, 0755) != 0)
        return saoy_null(error, SAOY_ERROR_FAILED, "%s cannot be made", shots);

    KioskAutopilot *pilot = g_new0(KioskAutopilot, 1);

    pilot->lines = g_steal_pointer(&lines);
    pilot->shots = g_strdup(shots);
    pilot->window = window;
    pilot->end = end;
    pilot->user = user;
    pilot->tick = g_timeout_add(TICK_MS, on_tick, pilot);
    saoy_window_listen(window, on_state, pilot);
    setvbuf(stdout, NULL, _IONBF, 0); /* it would keep what was reported */
    return pilot;
}

void
kiosk_autopilot_free(KioskAutopilot *pilot)
{
    if (pilot == NULL)
        return;
    saoy_window_listen(pilot->window, NULL, NULL);
    g_clear_handle_id(&pilot->tick, g_source_remove);
    g_strfreev(pilot->lines);
    g_free(pilot->shots);
    g_free(pilot);
}
