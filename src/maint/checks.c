#include "maint/maint.h"

static void
check_free(void *data)
{
    SaoyCheck *check = data;

    g_free(check->name);
    g_free(check->detail);
    g_free(check);
}

const char *
saoy_check_state_name(SaoyCheckState state)
{
    static const char *const names[SAOY_CHECK_N] = {
        [SAOY_CHECK_OK] = "ok",
        [SAOY_CHECK_NOTE] = "note",
        [SAOY_CHECK_FAULT] = "fault",
    };

    return names[state];
}

GPtrArray *
saoy_checks_new(void)
{
    return g_ptr_array_new_with_free_func(check_free);
}

void
saoy_checks_add(GPtrArray *checks, const char *name, SaoyCheckState state,
                const char *sentence, const char *detail)
{
    SaoyCheck *check = g_new0(SaoyCheck, 1);

    *check = (SaoyCheck){ g_strdup(name), state, sentence,
                          g_strdup(detail != NULL ? detail : "") };
    g_ptr_array_add(checks, check);
}

SaoyCheckState
saoy_checks_worst(const GPtrArray *checks)
{
    SaoyCheckState worst = SAOY_CHECK_OK;

    for (unsigned i = 0; i < checks->len; i++) {
        const SaoyCheck *check = checks->pdata[i];
        worst = MAX(worst, check->state);
    }
    return worst;
}
