#pragma once
#include "core/error.h"
#include "core/json.h"

/* One command, one row in src/cli/cli.c, one file cmd-<name>.c in src/cli or src/engineer.
 * argv[0] is the command's name. */
enum {
    SAOY_EXIT_OK = 0,        /* done, valid */
    SAOY_EXIT_NO = 1,        /* the answer is no: invalid, no match, refused */
    SAOY_EXIT_USAGE = 2,     /* wrong use, absent file */
    SAOY_EXIT_UNDECIDED = 3, /* trust or network missing */
    SAOY_EXIT_FAULT = 4,     /* unreadable input, device or system fault */
};

typedef struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help; /* msgid, one line; in the table of src/cli/cli.c */
} SaoyCommand;

int saoy_cmd_verify(int argc, char **argv);
int saoy_cmd_renew(int argc, char **argv);

/* A program that is a table of commands: runs the one argv[1] names and returns its exit
 * code, or lists them. A row without a function is one of saoy-engineer, which stands
 * beside this program and takes the process over. Call once, first thing in main(). */
int saoy_cli_main(const SaoyCommand *commands, size_t n, int argc, char **argv);

/* Parses options (g_option) and the number of arguments left, which are then argv[1] to
 * argv[argc - 1]; prints help or one line on stderr. max < 0: any number. summary is a
 * msgid. Returns false with *out_exit set when the command must end now. */
bool saoy_cli_options(int *argc, char ***argv, const GOptionEntry *entries,
                      const char *arguments, const char *summary, int min, int max,
                      int *out_exit);

/* One line "saoy: <file>: <reason>" on stderr and the exit code that belongs to the error:
 * an absent file (NO_MEDIA) is 2, a no (REFUSED, UNTRUSTED) 1, no network (OFFLINE,
 * TIMEOUT) 3, all else 4. file may be NULL. */
int saoy_cli_fail(const char *file, const GError *error);
char *saoy_cli_line(const char *file, const GError *error); /* the line alone; g_free */

/* The same line for a device or the system: always exit 4. */
int saoy_cli_fault(const char *device, const GError *error);

/* One line on stderr for wrong use: exit 2. */
int saoy_cli_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Prints one JSON object and a newline on stdout. */
void saoy_cli_json(const SaoyJson *json);
