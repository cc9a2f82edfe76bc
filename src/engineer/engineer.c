/* saoy-engineer: the commands of saoy that need devices, pictures or models. saoy starts it
 * (src/cli/dispatch.c); what each is for stands in the table there. */
#include "engineer.h"

static const SaoyCommand commands[] = {
    { "card", saoy_cmd_card },       { "face", saoy_cmd_face },
    { "scan", saoy_cmd_scan },       { "issue", saoy_cmd_issue },
    { "page", saoy_cmd_page },       { "read", saoy_cmd_read },
    { "seal", saoy_cmd_seal },       { "doctor", saoy_cmd_doctor },
    { "journal", saoy_cmd_journal }, { "bench", saoy_cmd_bench },
};

int
main(int argc, char **argv)
{
    return saoy_cli_main(commands, G_N_ELEMENTS(commands), argc, argv);
}
