#include "flow/flow.h"

static const char head[] =
    "# The visit as a diagram\n"
    "\n"
    "Made from `src/flow/table.c` by `saoy-kiosk flow`; do not edit. ANY stands for every "
    "state\n"
    "between WELCOME and SORRY except MAINT; the first row that matches wins.\n"
    "\n"
    "```mermaid\n"
    "stateDiagram-v2\n"
    "    [*] --> WELCOME\n";

static void
append_label(GString *out, const SaoyTransition *row)
{
    g_string_append(out, saoy_event_name(row->on));
    if (row->guard_name != NULL)
        g_string_append_printf(out, " [%s]", row->guard_name);
    if (row->effect != SAOY_DO_NOTHING)
        g_string_append_printf(out, " / %s", saoy_effect_name(row->effect));
}

static void
append_arrows(GString *out)
{
    size_t n = 0;
    const SaoyTransition *rows = saoy_flow_rows(&n);

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(out, "    %s --> %s : ", saoy_state_name(rows[i].from),
                               saoy_state_name(rows[i].to));
        append_label(out, &rows[i]);
        g_string_append_c(out, '\n');
    }
}

static void
append_rows(GString *out)
{
    size_t n = 0;
    const SaoyTransition *rows = saoy_flow_rows(&n);

    g_string_append(out,
                    "```\n\n| from | on | when | to | effect |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "| %s | %s | %s | %s | %s |\n",
                               saoy_state_name(rows[i].from), saoy_event_name(rows[i].on),
                               rows[i].guard_name != NULL ? rows[i].guard_name : "",
                               saoy_state_name(rows[i].to),
                               saoy_effect_name(rows[i].effect));
}

static void
append_patience(GString *out)
{
    g_string_append(out, "\n| state | patience |\n|---|---|\n");
    for (int s = 0; s < SAOY_STATE_N; s++) {
        unsigned patience = saoy_flow_patience_s((SaoyState)s);

        if (patience == 0)
            g_string_append_printf(out, "| %s | – |\n", saoy_state_name((SaoyState)s));
        else
            g_string_append_printf(out, "| %s | %u s |\n", saoy_state_name((SaoyState)s),
                                   patience);
    }
}

char *
saoy_flow_print_markdown(void)
{
    GString *out = g_string_new(head);

    append_arrows(out);
    append_rows(out);
    append_patience(out);
    return g_string_free(out, FALSE);
}
