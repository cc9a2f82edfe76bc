#include "config.h"
#include "init.h"
#include "officers.h"
#include "pki.h"
#include "seals.h"
#include "serve.h"
#include "shows.h"
#include "signing.h"

#include "core/error.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_USE = 2, EXIT_FAULT = 4 };

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} Command;

/* Absent is wrong use; everything else is a fault. One line, always. */
static int
tell(const GError *error)
{
    g_printerr("saoy-hub: %s\n", error->message);
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA) ? EXIT_USE : EXIT_FAULT;
}

static int
use(const char *line)
{
    g_printerr("usage: saoy-hub %s\n", line);
    return EXIT_USE;
}

/* Options and the rest; NULL: something was wrong and was said, or help was shown. */
static bool
parse(int *argc, char ***argv, const GOptionEntry *entries, const char *line, int *out_exit)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    gboolean help = FALSE;
    const GOptionEntry own[] = { { "help", 'h', 0, G_OPTION_ARG_NONE, &help, NULL, NULL },
                                 { NULL } };

    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, own, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        g_printerr("saoy-hub: %s\n", error->message);
        *out_exit = EXIT_USE;
        return false;
    }
    if (help) {
        g_print("usage: saoy-hub %s\n", line);
        *out_exit = 0;
    }
    return !help;
}

static int
run_init(int argc, char **argv)
{
    static const char line[] = "init DIR [--port P --public-port Q]";
    int port = 8443, public_port = 8080, code = 0;
    const GOptionEntry entries[] = { { "port", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
                                     { "public-port", 0, 0, G_OPTION_ARG_INT, &public_port,
                                       NULL, NULL },
                                     { NULL } };
    g_autoptr(GError) error = NULL;

    if (!parse(&argc, &argv, entries, line, &code))
        return code;
    if (argc != 2 || port < 0 || port > 65535 || public_port < 0 || public_port > 65535)
        return use(line);
    return saoy_hub_init(argv[1], port, public_port, &error) ? 0 : tell(error);
}

static SaoyHubConfig *
read_config(int argc, char **argv, const char *line, int *out_exit)
{
    const GOptionEntry none[] = { { NULL } };
    g_autoptr(GError) error = NULL;
    SaoyHubConfig *config = NULL;

    if (!parse(&argc, &argv, none, line, out_exit))
        return NULL;
    if (argc != 2) {
        *out_exit = use(line);
        return NULL;
    }
    config = saoy_hub_config_read(argv[1], &error);
    if (config == NULL)
        *out_exit = tell(error);
    return config;
}

static int
run_serve(int argc, char **argv)
{
    int code = 0;
    g_autoptr(SaoyHubConfig) config = read_config(argc, argv, "serve DIR", &code);
    g_autoptr(GError) error = NULL;

    if (config == NULL)
        return code;
    return saoy_hub_serve(config, &error) ? 0 : tell(error);
}

/* From standard input, so that it stands in no process list and no history. */
static char *
read_password(GError **error)
{
    char line[256] = "";

    if (fgets(line, sizeof line, stdin) == NULL)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no password on standard input");
    line[strcspn(line, "\r\n")] = '\0';
    char *password = g_strdup(line);
    explicit_bzero(line, sizeof line);
    return password;
}

static bool
add_officer(const char *dir, const char *login, const char *name, const char *title,
            GError **error)
{
    g_autoptr(SaoyHubConfig) config = saoy_hub_config_read(dir, error);
    g_autofree char *password = NULL;
    g_autofree char *pki = NULL;
    g_auto(SaoyNode) node = { 0 };

    if (config == NULL || !saoy_node_open(&node, config, NULL, NULL, error))
        return false;
    password = read_password(error);
    if (password == NULL)
        return false;
    bool added = saoy_officer_add(node.records, login, name, title, password, error);
    explicit_bzero(password, strlen(password));
    if (!added) {
        if (error != NULL && g_error_matches(*error, SAOY_ERROR, SAOY_ERROR_REFUSED)) {
            g_clear_error(error);
            saoy_set_error(error, SAOY_ERROR_REFUSED, "officer %s exists already", login);
        }
        return false;
    }
    pki = saoy_hub_config_path(config, config->pki);
    return config->key_files == 0 ||
           saoy_pki_make_officer(pki, config->public_url, login, name, error);
}

static int
run_officer(int argc, char **argv)
{
    static const char line[] =
        "officer DIR add LOGIN --name NAME --title TITLE   (password on standard input)";
    g_autofree char *name = NULL;
    g_autofree char *title = NULL;
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_STRING, &name, NULL, NULL },
        { "title", 0, 0, G_OPTION_ARG_STRING, &title, NULL, NULL },
        { NULL }
    };
    g_autoptr(GError) error = NULL;
    int code = 0;

    if (!parse(&argc, &argv, entries, line, &code))
        return code;
    if (argc != 4 || !g_str_equal(argv[2], "add") || name == NULL || title == NULL)
        return use(line);
    return add_officer(argv[1], argv[3], name, title, &error) ? 0 : tell(error);
}

static int
run_key(int argc, char **argv)
{
    int code = 0;
    g_autoptr(SaoyHubConfig) config = read_config(argc, argv, "key DIR", &code);
    g_autoptr(GError) error = NULL;

    if (config == NULL)
        return code;
    return saoy_show_keys(config, &error) ? 0 : tell(error);
}

static int
run_log(int argc, char **argv)
{
    int code = 0;
    g_autoptr(SaoyHubConfig) config = read_config(argc, argv, "log DIR", &code);
    g_autoptr(GError) error = NULL;

    if (config == NULL)
        return code;
    return saoy_show_log(config, &error) ? 0 : tell(error);
}

static int
run_revoke(int argc, char **argv)
{
    static const char line[] = "revoke DIR CERTIFICATE [--reason 0..10]";
    int reason = -1, code = 0;
    const GOptionEntry entries[] = {
        { "reason", 0, 0, G_OPTION_ARG_INT, &reason, NULL, NULL }, { NULL }
    };
    g_autoptr(SaoyHubConfig) config = NULL;
    g_autoptr(GError) error = NULL;

    if (!parse(&argc, &argv, entries, line, &code))
        return code;
    if (argc != 3 || reason < -1 || reason > 10 || strchr(argv[2], '/') != NULL)
        return use(line);
    config = saoy_hub_config_read(argv[1], &error);
    if (config == NULL)
        return tell(error);
    g_autofree char *pki = saoy_hub_config_path(config, config->pki);
    bool seal = g_str_equal(argv[2], "seal") || g_str_has_prefix(argv[2], "seal-");
    return (seal ? saoy_seals_revoke(config, argv[2], reason, &error)
                 : saoy_pki_revoke(pki, argv[2], reason, &error))
               ? 0
               : tell(error);
}

static int
run_seal(int argc, char **argv)
{
    static const char line[] = "seal DIR next [CERTIFICATE.crt]";
    const GOptionEntry none[] = { { NULL } };
    g_autoptr(SaoyHubConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    int code = 0;

    if (!parse(&argc, &argv, none, line, &code))
        return code;
    if (argc < 3 || argc > 4 || !g_str_equal(argv[2], "next"))
        return use(line);
    config = saoy_hub_config_read(argv[1], &error);
    return config != NULL && saoy_seals_next(config, argc == 4 ? argv[3] : NULL, &error)
               ? 0
               : tell(error);
}

static bool
show_stuck(SaoyNode *node, GError **error)
{
    g_auto(GStrv) tags = saoy_signing_stuck(node, error);

    for (char **tag = tags; tag != NULL && *tag != NULL; tag++)
        g_print("%s\n", *tag);
    return tags != NULL;
}

static int
run_signing(int argc, char **argv)
{
    static const char line[] = "signing DIR [again COPY/1|COPY/2]";
    const GOptionEntry none[] = { { NULL } };
    g_autoptr(SaoyHubConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(SaoyNode) node = { 0 };
    int code = 0;

    if (!parse(&argc, &argv, none, line, &code))
        return code;
    if (argc != 2 && (argc != 4 || !g_str_equal(argv[2], "again")))
        return use(line);
    config = saoy_hub_config_read(argv[1], &error);
    if (config == NULL || !saoy_node_open(&node, config, NULL, NULL, &error))
        return tell(error);
    return (argc == 2 ? show_stuck(&node, &error)
                      : saoy_signing_again(&node, argv[3], &error))
               ? 0
               : tell(error);
}

static const Command commands[] = {
    { "init", run_init, "make a working folder with a test PKI" },
    { "officer", run_officer, "add an officer's account" },
    { "serve", run_serve, "serve kiosks, officers and the public (what systemd starts)" },
    { "key", run_key, "list the signing certificates and how long they are valid" },
    { "revoke", run_revoke, "revoke a certificate of the test PKI" },
    { "seal", run_seal, "make seals with a new key; the old ones hold on" },
    { "signing", run_signing,
      "list signatures that wait for an operator; ask for one anew" },
    { "log", run_log, "print and check the log of archived copies" },
};

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, argv[1]))
            return commands[i].run(argc - 1, argv + 1);

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_print("saoy-hub %-8s %s\n", commands[i].name, commands[i].help);
    return argc > 1 && !g_str_equal(argv[1], "--help") ? EXIT_USE : 0;
}
