#include "approval.h"

/* clang-format off */
static const struct {
    SaoyStage from;
    SaoyMove on;
    SaoyStage to;
} rows[] = {
    /* from                on                   to                     */
    { SAOY_STAGE_OPEN,     SAOY_MOVE_SUBMIT,    SAOY_STAGE_QUEUED      },
    { SAOY_STAGE_OPEN,     SAOY_MOVE_WITHDRAW,  SAOY_STAGE_WITHDRAWN   },
    { SAOY_STAGE_QUEUED,   SAOY_MOVE_LOOK,      SAOY_STAGE_OPENED      },
    { SAOY_STAGE_QUEUED,   SAOY_MOVE_WITHDRAW,  SAOY_STAGE_WITHDRAWN   },
    { SAOY_STAGE_OPENED,   SAOY_MOVE_APPROVE,   SAOY_STAGE_APPROVED    }, /* never unseen */
    { SAOY_STAGE_OPENED,   SAOY_MOVE_REFUSE,    SAOY_STAGE_REFUSED     },
    { SAOY_STAGE_OPENED,   SAOY_MOVE_WITHDRAW,  SAOY_STAGE_WITHDRAWN   },
    { SAOY_STAGE_APPROVED, SAOY_MOVE_ARCHIVE,   SAOY_STAGE_ISSUED      },
    { SAOY_STAGE_APPROVED, SAOY_MOVE_GIVE_UP,   SAOY_STAGE_NOT_ISSUED  },
};

static const char *const names[SAOY_STAGE_N] = {
    [SAOY_STAGE_OPEN] = "open",         [SAOY_STAGE_QUEUED] = "queued",
    [SAOY_STAGE_OPENED] = "opened",     [SAOY_STAGE_APPROVED] = "approved",
    [SAOY_STAGE_REFUSED] = "refused",   [SAOY_STAGE_ISSUED] = "issued",
    [SAOY_STAGE_WITHDRAWN] = "withdrawn", [SAOY_STAGE_NOT_ISSUED] = "not_issued",
};
/* clang-format on */

const char *
saoy_stage_name(SaoyStage stage)
{
    return names[stage];
}

SaoyStage
saoy_stage_of(const char *name)
{
    for (int i = 0; i < SAOY_STAGE_N; i++)
        if (g_str_equal(names[i], name))
            return (SaoyStage)i;
    return SAOY_STAGE_N;
}

bool
saoy_stage_match(SaoyStage from, SaoyMove move, SaoyStage *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].from == from && rows[i].on == move) {
            *out = rows[i].to;
            return true;
        }
    return false;
}

bool
saoy_stage_is_final(SaoyStage stage)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].from == stage)
            return false;
    return true;
}
