/* saoy, the one door to every command.
 *
 * What a verifier needs (a bank, a school, a neighbour) is in this program, which starts in
 * a few milliseconds and wants no camera, scanner or model. Whoever needs those is a row
 * without a function: saoy-engineer has it (docs/decisions/0009).
 *
 * A row joins the table together with its cmd-<name>.c, in the order of product.md §7. */
#include "cli/cli.h"

#include <glib/gi18n.h>

static const SaoyCommand commands[] = {
    { "card", NULL, N_("read a chip card, be one, make a synthetic person") },
    { "face", NULL, N_("match two faces, or judge a picture of one") },
    { "scan", NULL, N_("scan pages into files") },
    { "issue", NULL, N_("a whole visit without a screen") },
    { "page", NULL, N_("clean one scanned page") },
    { "read", NULL, N_("read the pages of one document") },
    { "verify", saoy_cmd_verify,
      N_("check a copy's signatures, changes, seal and register") },
    { "renew", saoy_cmd_renew,
      N_("add a later time stamp, before the last can no longer be believed") },
    { "seal", NULL, N_("read the seal of a paper, offline") },
    { "doctor", NULL, N_("look at every device, model, key and server") },
    { "journal", NULL, N_("check or show the journal's hash chain") },
    { "bench", NULL, N_("measure, and print the figures as JSON") },
};

int
main(int argc, char **argv)
{
    return saoy_cli_main(commands, G_N_ELEMENTS(commands), argc, argv);
}
