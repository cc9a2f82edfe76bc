#include "kiosk.h"

#include <glib/gi18n-lib.h>

int
kiosk_flow(int argc, char **argv)
{
    const GOptionEntry none[] = { { NULL } };
    g_autofree char *text = NULL;
    int code = KIOSK_OK;

    if (!kiosk_options(&argc, &argv, none, "",
                       N_("Prints docs/flow.md, made from the table."), 0, 0, &code))
        return code;
    text = saoy_flow_print_markdown();
    g_print("%s", text);
    return KIOSK_OK;
}
