/* saoy issue: a whole visit without a screen. Everything but the person is real: devices
 * are emulated unless a configuration says otherwise, the officer is a human at the hub. */
#include "engineer.h"
#include "issue-person.h"

#include "core/file.h"
#include "core/memory.h"
#include "vision/image.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>

enum { PICTURE_MAX = 512 << 20, CAN_DIGITS = 6 };

typedef struct {
    char *persona, *live, *hub, *pki, *config, *out, *data, *email, *kind, *can, *trust;
    char *stop_at, *leave_at, *stand_at, *typed;
    char **pages;
    int copies;
    gboolean json, cannot_wait, no_face;
} Options;

static void
options_clear(Options *o)
{
    g_free(o->persona), g_free(o->live), g_free(o->hub), g_free(o->pki), g_free(o->config);
    g_free(o->out), g_free(o->data), g_free(o->email), g_free(o->kind), g_free(o->can);
    g_free(o->trust), g_free(o->stop_at), g_free(o->leave_at), g_free(o->typed);
    g_free(o->stand_at);
    g_strfreev(o->pages);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* ---- the machine */

static void
set(char **field, char *take)
{
    g_free(*field);
    *field = take;
}

static void
set_pki(SaoyKioskConfig *config, const char *pki)
{
    set(&config->hub_ca, g_build_filename(pki, "root.crt", NULL));
    set(&config->hub_cert, g_build_filename(pki, "kiosk.crt", NULL));
    set(&config->hub_key, g_build_filename(pki, "kiosk.key", NULL));
}

/* An emulated device without an address is ours to fill in; what the configuration names
 * otherwise stays as it is. */
static bool
is_ours(const char *driver, const char *address)
{
    return g_str_equal(driver, "emu") && address[0] == '\0';
}

static void
set_camera(SaoyKioskConfig *config, const char *live)
{
    if (live == NULL)
        set(&config->camera_driver, g_strdup("none"));
    else
        set(&config->camera_address,
            g_strconcat(live, config->speed == 0 ? "?fps=0" : NULL, NULL));
}

/* emulated devices below the data folder, around this person */
static void
emulate(SaoyKioskConfig *config, const Options *o, const char *data)
{
    set(&config->data_dir, g_strdup(data));
    if (is_ours(config->card_driver, config->card_address) && o->persona != NULL)
        set(&config->card_address, g_strdup(o->persona));
    if (is_ours(config->camera_driver, config->camera_address))
        set_camera(config, o->live);
    if (is_ours(config->scanner_driver, config->scanner_address))
        set(&config->scanner_address, g_build_filename(data, "feed", NULL));
    if (is_ours(config->printer_driver, config->printer_address))
        set(&config->printer_address, g_build_filename(data, "printed", NULL));
    if (is_ours(config->payment_driver, config->payment_address))
        set(&config->payment_address, g_build_filename(data, "payment", NULL));
    if (o->trust != NULL)
        set(&config->csca_trust, g_strdup(o->trust));
    else if (config->csca_trust[0] == '\0' && o->persona != NULL)
        set(&config->csca_trust, g_path_get_dirname(o->persona));
}

static bool
make_folder(const char *path, GError **error)
{
    return g_mkdir_with_parents(path, 0700) == 0 ||
           saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
}

static bool
make_folders(const SaoyKioskConfig *config, const char *out, GError **error)
{
    const char *const emulated[][2] = {
        { config->scanner_driver, config->scanner_address },
        { config->printer_driver, config->printer_address },
        { config->payment_driver, config->payment_address },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(emulated); i++)
        if (g_str_equal(emulated[i][0], "emu") && !make_folder(emulated[i][1], error))
            return false;
    return make_folder(config->data_dir, error) && make_folder(out, error);
}

static SaoyKioskConfig *
configure(const Options *o, const char *data, GError **error)
{
    g_autoptr(SaoyKioskConfig) config = saoy_kiosk_config_read(o->config, error);

    if (config == NULL)
        return NULL;
    emulate(config, o, data);
    if (o->hub != NULL)
        set(&config->hub_url, g_strdup(o->hub));
    if (o->pki != NULL)
        set_pki(config, o->pki);
    return make_folders(config, o->out, error) ? g_steal_pointer(&config) : NULL;
}

/* ---- the person */

/* the CAN of a persona: the last six digits of its number */
static char *
can_of(const char *persona, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(persona, 16 << 20, error);
    g_autoptr(SaoyJson) json =
        file != NULL ? saoy_json_parse(saoy_view_of(file), 16 << 20, error) : NULL;
    const char *number = json != NULL ? saoy_json_string(json, "number", 12, error) : NULL;

    if (number == NULL)
        return NULL;
    if (strlen(number) < CAN_DIGITS)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "a persona's number has 12 digits");
    return g_strdup(number + strlen(number) - CAN_DIGITS);
}

/* {"can": …, "email": …}: what she types, in a file instead of on the command line, which
 * stays in the process's memory and is everybody's to read */
static bool
take_typed(Options *o, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(o->typed, 4096, error);
    g_autoptr(SaoyJson) json =
        file != NULL ? saoy_json_parse(saoy_view_of(file), 4096, error) : NULL;

    if (json == NULL)
        return false;
    set(&o->can, g_strdup(saoy_json_string_or(json, "can", NULL)));
    set(&o->email, g_strdup(saoy_json_string_or(json, "email", NULL)));
    return true;
}

static char **
files_of(const char *path, GError **error)
{
    char **files = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_strdupv((char *[]){ (char *)path, NULL });
    files = saoy_dir_list(path, NULL, error);
    for (char **file = files; file != NULL && *file != NULL; file++) {
        g_autofree char *name = *file;

        *file = g_build_filename(path, name, NULL);
    }
    return files;
}

/* A page that is none is told before the visit, by its name; levers of the scanner, which
 * have no ending, are not pages. */
static bool
check_page(const char *path, GError **error)
{
    g_autofree char *base = g_path_get_basename(path);
    g_autoptr(GBytes) file = saoy_file_read(path, PICTURE_MAX, error);
    g_autoptr(SaoyImage) image = NULL;

    if (file == NULL)
        return false;
    if (strchr(base, '.') == NULL)
        return true;
    image = saoy_image_decode(file, error);
    return image != NULL;
}

static int
take_document(GPtrArray *documents, const char *path)
{
    g_autoptr(GError) error = NULL;
    char **files = files_of(path, &error);

    if (files == NULL)
        return saoy_cli_fail(path, error);
    g_ptr_array_add(documents, files);
    for (char **file = files; *file != NULL; file++)
        if (!check_page(*file, &error))
            return saoy_cli_fail(*file, error);
    return SAOY_EXIT_OK;
}

/* saoy issue … --pages A B C: the files behind belong to the last paper */
static int
take_more(GPtrArray *documents, char **paths, int n)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new();
    char **last = g_ptr_array_steal_index(documents, documents->len - 1);
    g_autoptr(GError) error = NULL;

    for (char **file = last; *file != NULL; file++)
        g_ptr_array_add(files, *file);
    g_free(last);
    for (int i = 0; i < n; i++)
        g_ptr_array_add(files, g_strdup(paths[i]));
    g_ptr_array_add(files, NULL);
    g_ptr_array_add(documents, g_ptr_array_free(g_steal_pointer(&files), FALSE));
    for (int i = 0; i < n; i++)
        if (!check_page(paths[i], &error))
            return saoy_cli_fail(paths[i], error);
    return SAOY_EXIT_OK;
}

static int
state_of(const char *name)
{
    for (int s = 0; name != NULL && s < SAOY_STATE_N; s++)
        if (g_ascii_strncasecmp(saoy_state_name((SaoyState)s), name, strcspn(name, "+")) ==
                0 &&
            strlen(saoy_state_name((SaoyState)s)) == strcspn(name, "+"))
            return s;
    return -1;
}

/* ---- the answer */

static int
exit_of(const SaoyPerson *person)
{
    static const int exits[] = {
        [SAOY_CLASS_RETRY] = SAOY_EXIT_UNDECIDED,
        [SAOY_CLASS_USER] = SAOY_EXIT_NO,
        [SAOY_CLASS_SERVICE] = SAOY_EXIT_FAULT,
        [SAOY_CLASS_REFUSE] = SAOY_EXIT_NO,
    };

    if (saoy_json_length(person->issued) > 0)
        return SAOY_EXIT_OK;
    if (person->unreadable)
        return SAOY_EXIT_FAULT;
    if (person->is_sorry)
        return exits[person->sorry.why];
    return person->released ? SAOY_EXIT_UNDECIDED : SAOY_EXIT_NO;
}

static void
print_answer(const SaoyPerson *person)
{
    g_autoptr(SaoyJson) out = saoy_json_object();
    const SaoyJson *first = saoy_json_at(person->issued, 0);
    static const char *const keys[] = { "copy_id", "pdf", "sha256", "verify_url" };

    for (size_t i = 0; first != NULL && i < G_N_ELEMENTS(keys); i++)
        saoy_json_set_string(out, keys[i], saoy_json_string_or(first, keys[i], ""));
    saoy_json_set(out, "copies", saoy_json_ref(person->issued));
    saoy_json_set_string(out, "dossier", person->dossier);
    saoy_json_set_bool(out, "released", person->released);
    saoy_json_set_string(out, "sorry_at",
                         person->is_sorry ? saoy_state_name(person->sorry.at) : NULL);
    saoy_json_set(out, "steps", saoy_json_ref(person->steps));
    saoy_cli_json(out);
}

static void
print_copies(const SaoyPerson *person)
{
    for (size_t i = 0; i < saoy_json_length(person->issued); i++)
        g_print("%s\n", saoy_json_string_or(saoy_json_at(person->issued, i), "pdf", ""));
}

static int
visit(SaoyPerson *person, const SaoyKioskConfig *config, bool json)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(SaoyJson) steps = saoy_json_array();
    g_autoptr(SaoyJson) issued = saoy_json_array();
    g_autoptr(GError) error = NULL;
    int code = SAOY_EXIT_OK;

    person->loop = loop;
    person->steps = steps;
    person->issued = issued;
    person->visit = saoy_visit_new(config, saoy_person_show, person, &error);
    if (person->visit == NULL)
        return saoy_cli_fault(config->data_dir, error);
    g_main_loop_run(loop);
    saoy_visit_free(person->visit);
    code = exit_of(person);
    if (person->error != NULL)
        code = saoy_cli_fault(NULL, person->error);
    if (json)
        print_answer(person);
    else
        print_copies(person);
    g_clear_error(&person->error);
    g_free(person->dossier);
    return code;
}

static int
run(Options *o, GPtrArray *documents)
{
    g_autofree char *data =
        o->data != NULL ? g_strdup(o->data) : g_build_filename(o->out, "kiosk", NULL);
    g_autofree char *feed = g_build_filename(data, "feed", NULL);
    g_autoptr(SaoyKioskConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    SaoyPerson person = {
        .feed = feed,
        .documents = documents,
        .kind = o->kind,
        .out = o->out,
        .copies = (unsigned)MAX(o->copies, 1),
        .match_face = !o->no_face,
        .cannot_wait = o->cannot_wait,
        .leave_at = state_of(o->leave_at),
        .stand_at = state_of(o->stand_at),
        .stop_at = state_of(o->stop_at),
        .stop_later = o->stop_at != NULL && g_str_has_suffix(o->stop_at, "+"),
    };

    if (o->typed != NULL && !take_typed(o, &error))
        return saoy_cli_fail(o->typed, error);
    if (o->can == NULL)
        o->can = can_of(o->persona, &error);
    if (o->can == NULL)
        return saoy_cli_fail(o->persona, error);
    person.can = o->can;
    person.email = o->email;
    config = configure(o, data, &error);
    if (config == NULL)
        return saoy_cli_fail(o->config, error);
    if (!g_str_equal(config->scanner_address, feed))
        person.feed = NULL; /* what lies in the scanner is scanned */
    return visit(&person, config, o->json);
}

static bool
is_bad_state(const char *name)
{
    return name != NULL && state_of(name) < 0;
}

int
saoy_cmd_issue(int argc, char **argv)
{
    g_auto(Options) o = { .copies = 1 };
    g_autoptr(GPtrArray) documents =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    int ended = 0;
    const GOptionEntry entries[] = {
        { "persona", 0, 0, G_OPTION_ARG_FILENAME, &o.persona, N_("whose card it is"),
          "FILE" },
        { "live", 0, 0, G_OPTION_ARG_FILENAME, &o.live, N_("what the camera sees"), "DIR" },
        { "pages", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o.pages,
          N_("one paper's pages; again for another paper"), "DIR|FILE" },
        { "hub", 0, 0, G_OPTION_ARG_STRING, &o.hub, N_("the hub's address"), "URL" },
        { "pki", 0, 0, G_OPTION_ARG_FILENAME, &o.pki,
          N_("folder with root.crt, kiosk.crt, kiosk.key"), "DIR" },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &o.config, N_("kiosk.conf"), "FILE" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, N_("where the copies go"), "DIR" },
        { "data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, N_("the machine's own folder"),
          "DIR" },
        { "trust", 0, 0, G_OPTION_ARG_FILENAME, &o.trust, N_("CSCA certificates"), "DIR" },
        { "email", 0, 0, G_OPTION_ARG_STRING, &o.email, N_("where the result goes"), "A" },
        { "kind", 0, 0, G_OPTION_ARG_STRING, &o.kind, N_("kind of paper"), "K" },
        { "copies", 0, 0, G_OPTION_ARG_INT, &o.copies, N_("how many of each"), "N" },
        { "can", 0, 0, G_OPTION_ARG_STRING, &o.can, N_("six digits to type instead"), "N" },
        { "no-face", 0, 0, G_OPTION_ARG_NONE, &o.no_face, N_("let the officer compare"),
          NULL },
        { "cannot-wait", 0, 0, G_OPTION_ARG_NONE, &o.cannot_wait,
          N_("leave once it is submitted"), NULL },
        { "leave-at", 0, 0, G_OPTION_ARG_STRING, &o.leave_at, N_("leave by «Exit» there"),
          "STATE" },
        { "typed", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &o.typed, NULL, "FILE" },
        { "stop-at", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &o.stop_at, NULL,
          "STATE" },
        { "stand-at", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &o.stand_at, NULL,
          "STATE" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &o.json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;

    if (!saoy_memory_harden(&error))
        return saoy_cli_fault(NULL, error);
    if (!saoy_cli_options(&argc, &argv, entries, "[FILE…]",
                          N_("A whole visit without a screen."), 0, -1, &ended))
        return ended;
    if ((o.persona == NULL && (o.config == NULL || (o.typed == NULL && o.can == NULL))) ||
        (o.pages == NULL && o.config == NULL) || o.out == NULL ||
        (o.hub == NULL && o.config == NULL))
        return saoy_cli_usage(_("%s needs %s"), "saoy issue",
                              "--persona, --pages, --out, --hub or --config");
    if (is_bad_state(o.stop_at) || is_bad_state(o.leave_at) || is_bad_state(o.stand_at))
        return saoy_cli_usage(_("no such state"));
    if (o.live != NULL && !g_file_test(o.live, G_FILE_TEST_IS_DIR))
        return saoy_cli_usage(_("%s: no such folder"), o.live);
    if (o.pages == NULL)
        g_ptr_array_add(documents, g_new0(char *, 1)); /* one paper, whatever lies there */
    for (char **path = o.pages; path != NULL && *path != NULL; path++)
        if ((ended = take_document(documents, *path)) != SAOY_EXIT_OK)
            return ended;
    if (argc > 1 && (ended = take_more(documents, argv + 1, argc - 1)) != SAOY_EXIT_OK)
        return ended;
    return run(&o, documents);
}
