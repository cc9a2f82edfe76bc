#include "flow/flow.h"

/* clang-format off */
#define NAME(prefix, x) [prefix##x] = #x

static const char *const states[] = {
    NAME(SAOY_STATE_, WELCOME), NAME(SAOY_STATE_, ADVICE),   NAME(SAOY_STATE_, CONSENT),
    NAME(SAOY_STATE_, CARD),    NAME(SAOY_STATE_, FACE),     NAME(SAOY_STATE_, CHOOSE),
    NAME(SAOY_STATE_, SCAN),    NAME(SAOY_STATE_, CHECK),    NAME(SAOY_STATE_, REVIEW),
    NAME(SAOY_STATE_, DELIVERY), NAME(SAOY_STATE_, PAY),     NAME(SAOY_STATE_, OFFICER),
    NAME(SAOY_STATE_, SIGN),    NAME(SAOY_STATE_, DELIVER),  NAME(SAOY_STATE_, DONE),
    NAME(SAOY_STATE_, LOOKUP),  NAME(SAOY_STATE_, VERIFY),   NAME(SAOY_STATE_, MAINT),
    NAME(SAOY_STATE_, SORRY),   NAME(SAOY_STATE_, WIPE),     NAME(SAOY_STATE_, CLOSED),
    NAME(SAOY_STATE_, ANY),
};

static const char *const events[] = {
    NAME(SAOY_EV_, NEXT),   NAME(SAOY_EV_, BACK),    NAME(SAOY_EV_, AGAIN),
    NAME(SAOY_EV_, LOOKUP), NAME(SAOY_EV_, VERIFY),  NAME(SAOY_EV_, MAINT),
    NAME(SAOY_EV_, SKIP),   NAME(SAOY_EV_, CANNOT_WAIT), NAME(SAOY_EV_, EXIT),
    NAME(SAOY_EV_, PATIENCE), NAME(SAOY_EV_, AWAY),  NAME(SAOY_EV_, DONE),
    NAME(SAOY_EV_, FAILED), NAME(SAOY_EV_, PAGE),    NAME(SAOY_EV_, DECIDED),
    NAME(SAOY_EV_, CLOSE),  NAME(SAOY_EV_, OPEN),
};

static const char *const effects[] = {
    NAME(SAOY_DO_, NOTHING),      NAME(SAOY_DO_, READ_CARD), NAME(SAOY_DO_, MATCH_FACE),
    NAME(SAOY_DO_, SCAN),         NAME(SAOY_DO_, ANALYSE),   NAME(SAOY_DO_, OPEN_DOSSIER),
    NAME(SAOY_DO_, TAKE_FEE),     NAME(SAOY_DO_, SUBMIT),    NAME(SAOY_DO_, ISSUE),
    NAME(SAOY_DO_, DELIVER),      NAME(SAOY_DO_, LOOK_AT_GLASS), NAME(SAOY_DO_, WITHDRAW),
    NAME(SAOY_DO_, RELEASE),      NAME(SAOY_DO_, WIPE),      NAME(SAOY_DO_, LOOK_UP),
    NAME(SAOY_DO_, VERIFY_SEAL),
};
/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(states) == SAOY_STATE_N + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(events) == SAOY_EV_N);
G_STATIC_ASSERT(G_N_ELEMENTS(effects) == SAOY_DO_N);

const char *
saoy_state_name(SaoyState state)
{
    return (unsigned)state < G_N_ELEMENTS(states) ? states[state] : "?";
}

const char *
saoy_event_name(SaoyEventType type)
{
    return (unsigned)type < G_N_ELEMENTS(events) ? events[type] : "?";
}

const char *
saoy_effect_name(SaoyEffect effect)
{
    return (unsigned)effect < G_N_ELEMENTS(effects) ? effects[effect] : "?";
}
