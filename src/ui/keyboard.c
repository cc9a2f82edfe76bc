#include "keyboard.h"

#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ten keys of 96 px, the smallest target, fill a row of 984 */
enum { KEY_GAP = 2 };

static const char *const rows[][6] = {
    [SAOY_KEYS_EMAIL] = { "1234567890", "qwertyuiop", "asdfghjkl@", "zxcvbnm._-" },
    [SAOY_KEYS_NAME] = { "1234567890", "qwertyuiop", "asdfghjkl/", "zxcvbnm.,-",
                         "ăâđêôơư" },
};

/* huyền, sắc, hỏi, ngã, nặng */
static const struct {
    gunichar mark;
    const char *face, *name;
} tones[] = {
    { 0x0300, "\u25cc\u0300", "tone-huyen" }, { 0x0301, "\u25cc\u0301", "tone-sac" },
    { 0x0309, "\u25cc\u0309", "tone-hoi" },   { 0x0303, "\u25cc\u0303", "tone-nga" },
    { 0x0323, "\u25cc\u0323", "tone-nang" },
};

typedef struct {
    GtkEditable *editable;
    GtkWidget *root;
    bool upper;
} Keyboard;

/* ---- tones */

static gunichar
base_of(gunichar c)
{
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];

    return g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts)) > 0 ? parts[0]
                                                                               : c;
}

static bool
is_vowel(gunichar c)
{
    return strchr("aeiouy", (int)g_unichar_tolower(base_of(c)) & 0x7f) != NULL &&
           base_of(c) < 0x80 && g_unichar_isalpha(c);
}

static bool
is_tone(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tones); i++)
        if (tones[i].mark == c)
            return true;
    return false;
}

/* The vowel that takes the tone: the last one of the last word, looked for from the end. */
static const char *
find_vowel(const char *text)
{
    const char *at = text + strlen(text);

    while (at > text) {
        at = g_utf8_prev_char(at);
        if (is_vowel(g_utf8_get_char(at)))
            return at;
        if (g_unichar_isspace(g_utf8_get_char(at)))
            break;
    }
    return NULL;
}

/* A vowel carries one tone: the new one replaces the old, the same one again removes it. */
static void
append_toned(GString *out, gunichar vowel, gunichar mark)
{
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(vowel, FALSE, parts, G_N_ELEMENTS(parts));
    bool had = false;

    for (gsize i = 0; i < n; i++) {
        had = had || parts[i] == mark;
        if (!is_tone(parts[i]))
            g_string_append_unichar(out, parts[i]);
    }
    if (!had)
        g_string_append_unichar(out, mark);
}

char *
saoy_keyboard_tone(const char *text, gunichar mark)
{
    const char *vowel = find_vowel(text);

    if (vowel == NULL)
        return g_strdup(text);

    g_autoptr(GString) out = g_string_new_len(text, vowel - text);

    append_toned(out, g_utf8_get_char(vowel), mark);
    g_string_append(out, g_utf8_next_char(vowel));
    return g_utf8_normalize(out->str, -1, G_NORMALIZE_DEFAULT_COMPOSE);
}

/* ---- keys */

static void
type_text(Keyboard *keyboard, const char *text)
{
    int at = gtk_editable_get_position(keyboard->editable);
    g_autofree char *cased = keyboard->upper ? g_utf8_strup(text, -1) : g_strdup(text);

    gtk_editable_delete_selection(keyboard->editable);
    gtk_editable_insert_text(keyboard->editable, cased, -1, &at);
    gtk_editable_set_position(keyboard->editable, at);
}

static void
on_letter(GtkWidget *button, void *user)
{
    type_text(user, g_object_get_data(G_OBJECT(button), "saoy-types"));
}

static void
on_erase(Keyboard *keyboard)
{
    int at = gtk_editable_get_position(keyboard->editable);

    if (at > 0)
        gtk_editable_delete_text(keyboard->editable, at - 1, at);
}

static void
on_tone(GtkWidget *button, void *user)
{
    Keyboard *keyboard = user;
    gunichar mark = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(button), "saoy-mark"));
    int at = gtk_editable_get_position(keyboard->editable);
    g_autofree char *before = gtk_editable_get_chars(keyboard->editable, 0, at);
    g_autofree char *after = saoy_keyboard_tone(before, mark);
    int where = 0;

    gtk_editable_delete_text(keyboard->editable, 0, at);
    gtk_editable_insert_text(keyboard->editable, after, -1, &where);
    gtk_editable_set_position(keyboard->editable, where);
}

static void
recase(GtkWidget *widget, bool upper)
{
    const char *types = g_object_get_data(G_OBJECT(widget), "saoy-types");

    if (types != NULL && g_unichar_isalpha(g_utf8_get_char(types))) {
        g_autofree char *face = upper ? g_utf8_strup(types, -1) : g_strdup(types);

        gtk_button_set_label(GTK_BUTTON(widget), face);
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        recase(child, upper);
}

static void
on_shift(GtkToggleButton *button, void *user)
{
    Keyboard *keyboard = user;

    keyboard->upper = gtk_toggle_button_get_active(button);
    recase(keyboard->root, keyboard->upper);
}

static GtkWidget *
key_new(const char *face, const char *name)
{
    GtkWidget *button = gtk_button_new_with_label(face);

    gtk_widget_set_name(button, name);
    gtk_widget_add_css_class(button, "key");
    gtk_widget_set_hexpand(button, TRUE);
    gtk_widget_set_focus_on_click(button, FALSE);
    return button;
}

static GtkWidget *
letter_new(Keyboard *keyboard, const char *types)
{
    g_autofree char *name = g_strdup_printf("key-%s", types);
    GtkWidget *button = key_new(types, name);

    g_object_set_data_full(G_OBJECT(button), "saoy-types", g_strdup(types), g_free);
    g_signal_connect(button, "clicked", G_CALLBACK(on_letter), keyboard);
    return button;
}

static GtkWidget *
row_new(GtkWidget *root)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, KEY_GAP);

    gtk_box_set_homogeneous(GTK_BOX(row), TRUE);
    gtk_box_append(GTK_BOX(root), row);
    return row;
}

static void
add_letters(Keyboard *keyboard, const char *letters)
{
    GtkWidget *row = row_new(keyboard->root);

    for (const char *at = letters; *at != '\0'; at = g_utf8_next_char(at)) {
        g_autofree char *letter = g_strndup(at, (gsize)(g_utf8_next_char(at) - at));

        gtk_box_append(GTK_BOX(row), letter_new(keyboard, letter));
    }
}

static void
add_tones(Keyboard *keyboard, GtkWidget *row)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tones); i++) {
        GtkWidget *button = key_new(tones[i].face, tones[i].name);

        g_object_set_data(G_OBJECT(button), "saoy-mark", GUINT_TO_POINTER(tones[i].mark));
        g_signal_connect(button, "clicked", G_CALLBACK(on_tone), keyboard);
        gtk_box_append(GTK_BOX(row), button);
    }
}

static void
add_space(Keyboard *keyboard, GtkWidget *row)
{
    GtkWidget *button = letter_new(keyboard, " ");

    gtk_button_set_child(GTK_BUTTON(button), saoy_ui_icon("space", 56));
    gtk_widget_set_name(button, "key-space");
    gtk_widget_set_tooltip_text(button, _("Space"));
    gtk_box_append(GTK_BOX(row), button);
}

static void
add_shift(Keyboard *keyboard, GtkWidget *row)
{
    GtkWidget *shift = gtk_toggle_button_new();

    gtk_button_set_child(GTK_BUTTON(shift), saoy_ui_icon("up", 48));
    gtk_widget_set_tooltip_text(shift, _("Capital letters"));
    gtk_widget_set_name(shift, "key-shift");
    gtk_widget_add_css_class(shift, "key");
    gtk_widget_set_focus_on_click(shift, FALSE);
    g_signal_connect(shift, "toggled", G_CALLBACK(on_shift), keyboard);
    gtk_box_append(GTK_BOX(row), shift);
}

static void
add_bottom(Keyboard *keyboard, SaoyKeys keys)
{
    GtkWidget *row = row_new(keyboard->root);
    GtkWidget *erase = key_new("", "key-erase");

    if (keys == SAOY_KEYS_NAME) {
        add_shift(keyboard, row);
        add_tones(keyboard, row);
        add_space(keyboard, row);
    }
    gtk_button_set_child(GTK_BUTTON(erase), saoy_ui_icon("erase", 56));
    gtk_widget_set_tooltip_text(erase, _("Erase one letter"));
    g_signal_connect_swapped(erase, "clicked", G_CALLBACK(on_erase), keyboard);
    gtk_box_append(GTK_BOX(row), erase);
}

GtkWidget *
saoy_keyboard_new(GtkEditable *editable, SaoyKeys keys)
{
    Keyboard *keyboard = g_new0(Keyboard, 1);

    keyboard->editable = editable;
    keyboard->root = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    for (size_t i = 0; i < G_N_ELEMENTS(rows[keys]) && rows[keys][i] != NULL; i++)
        add_letters(keyboard, rows[keys][i]);
    add_bottom(keyboard, keys);
    g_object_set_data_full(G_OBJECT(keyboard->root), "saoy-keyboard", keyboard, g_free);
    return keyboard->root;
}
