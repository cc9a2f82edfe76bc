/* saoy-kiosk pin: sets the PIN of a technician. It is read from standard input, so that it
 * stands in no history and no process list. */
#include "kiosk.h"

#include "core/error.h"
#include "maint/maint.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PIN_LINE = 64, TECHNICIANS = 999 };

static bool
read_pin(char *out, GError **error)
{
    struct termios was = { 0 }, quiet = { 0 };
    bool terminal = tcgetattr(STDIN_FILENO, &was) == 0;
    bool got = false;

    if (terminal) {
        g_printerr("%s ", _("PIN, 4 to 12 digits:"));
        quiet = was;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    got = fgets(out, PIN_LINE, stdin) != NULL;
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
        g_printerr("\n");
    }
    if (!got)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no PIN on standard input");
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

static bool
set_pin(const char *file, const char *number, char *pin, GError **error)
{
    g_autoptr(SaoyKioskConfig) config = NULL;
    g_autofree char *path = NULL;
    guint64 technician = 0;

    if (!g_ascii_string_to_unsigned(number, 10, 1, TECHNICIANS, &technician, NULL))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "%s: a technician is 1 to %d", number,
                         TECHNICIANS);
    config = saoy_kiosk_config_read(file, error);
    if (config == NULL || !read_pin(pin, error))
        return false;
    if (g_mkdir_with_parents(config->data_dir, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s cannot be made", config->data_dir);
    path = saoy_pin_path(config->data_dir, (unsigned)technician);
    return saoy_pin_set(path, pin, error);
}

int
kiosk_pin(int argc, char **argv)
{
    g_autofree char *file = NULL;
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = { { "config", 'c', 0, G_OPTION_ARG_FILENAME, &file,
                                       N_("the kiosk's configuration"), N_("FILE") },
                                     { NULL } };
    char pin[PIN_LINE] = "";
    int code = KIOSK_OK;

    if (!kiosk_options(
            &argc, &argv, entries, N_("NUMBER"),
            N_("Sets the PIN that opens technician mode; it is read from standard "
               "input. NUMBER is the technician's, 1 to 999."),
            1, 1, &code))
        return code;
    bool done = set_pin(file, argv[1], pin, &error);

    explicit_bzero(pin, sizeof pin);
    return done ? KIOSK_OK : kiosk_fail(error);
}
