#include "core/clock.h"
#include "maint/maint.h"

#include <glib/gi18n.h>

static void
report(SaoyDeviceKind kind, const SaoyDeviceCounters *count, GPtrArray *checks)
{
    g_autofree char *name = g_strdup_printf("%s counters", saoy_device_name(kind));
    g_autofree char *when =
        count->last_fault >= 0 ? saoy_time_people(count->last_fault_us) : NULL;
    g_autofree char *detail = NULL;

    detail = when == NULL
                 ? g_strdup_printf("commands %u, faults 0", count->commands)
                 : g_strdup_printf("commands %u, faults %u, last %d at %s", count->commands,
                                   count->faults, count->last_fault, when);
    saoy_checks_add(checks, name, SAOY_CHECK_OK, N_("since the program started"), detail);
    if (count->care > 0)
        saoy_checks_add(checks, name, SAOY_CHECK_NOTE,
                        N_("dirt was seen on its glass: wipe it"), "");
}

void
saoy_counters_report(GPtrArray *checks)
{
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++) {
        SaoyDeviceCounters count = saoy_device_counters((SaoyDeviceKind)kind);

        if (count.commands > 0)
            report((SaoyDeviceKind)kind, &count, checks);
    }
}
