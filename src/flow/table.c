/* The whole visit on one screen (product.md §3). Read top to bottom; the first matching row
 * wins. Approval is the point of no return: no row behind OFFICER withdraws. */
#include "flow/flow.h"

enum { TRIES_MAX = 3 };

static bool
consented(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->consented;
}

static bool
idle(const SaoyFacts *facts, const SaoyEvent *event)
{
    return !facts->busy;
}

static bool
has_key(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->has_key && !facts->busy;
}

static bool
try_again(const SaoyFacts *facts, const SaoyEvent *event)
{
    return event->why <= SAOY_CLASS_USER && facts->tries + 1 < TRIES_MAX;
}

static bool
nobody_answered(const SaoyFacts *facts, const SaoyEvent *event)
{
    return event->why == SAOY_CLASS_RETRY && facts->tries + 1 < TRIES_MAX;
}

static bool
has_pages(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->pages > 0 && !facts->busy;
}

static bool
has_room(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->room && !facts->busy;
}

static bool
all_readable(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->pages > 0 && facts->pending == 0 && facts->unreadable == 0;
}

static bool
not_opened(const SaoyFacts *facts, const SaoyEvent *event)
{
    return !facts->opened && !facts->busy;
}

static bool
fee_due(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->fee_due;
}

static bool
nothing_due(const SaoyFacts *facts, const SaoyEvent *event)
{
    return !facts->fee_due && !facts->busy;
}

static bool
any_approved(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->approved > 0;
}

/* the copy reaches its owner without her standing here: by e-mail, or at LOOKUP by her chip
 */
static bool
can_be_found(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->has_email || facts->chip_proven;
}

/* the hub's promise once submitted; an approval stands whoever can find it */
static bool
hub_has_it(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->submitted &&
           (facts->has_email || facts->chip_proven || facts->approved > 0);
}

static bool
owes(const SaoyFacts *facts, const SaoyEvent *event)
{
    return facts->opened || facts->fee_open;
}

/* clang-format off */
#define S(x) SAOY_STATE_##x
#define E(x) SAOY_EV_##x
#define D(x) SAOY_DO_##x
#define ROW(from, on, when, to, effect) { S(from), E(on), when, S(to), D(effect), #when }
#define ALWAYS(from, on, to, effect) { S(from), E(on), NULL, S(to), D(effect), NULL }

static const SaoyTransition rows[] = {
    /*     from      on           when             to        effect        */
    ALWAYS(WELCOME,  NEXT,                         ADVICE,   NOTHING),
    ALWAYS(WELCOME,  LOOKUP,                       LOOKUP,   NOTHING),
    ALWAYS(WELCOME,  VERIFY,                       VERIFY,   VERIFY_SEAL),
    ALWAYS(WELCOME,  MAINT,                        MAINT,    NOTHING),
    ALWAYS(WELCOME,  CLOSE,                        CLOSED,   NOTHING),

    ALWAYS(ADVICE,   NEXT,                         CONSENT,  NOTHING),
    ALWAYS(ADVICE,   BACK,                         WIPE,     WIPE),
    ROW(   CONSENT,  NEXT,        consented,       CARD,     NOTHING),
    ALWAYS(CONSENT,  BACK,                         ADVICE,   NOTHING),

    ROW(   CARD,     NEXT,        has_key,         CARD,     READ_CARD),
    ROW(   CARD,     BACK,        idle,            CONSENT,  NOTHING),
    ALWAYS(CARD,     DONE,                         FACE,     MATCH_FACE),
    ROW(   CARD,     FAILED,      try_again,       CARD,     NOTHING),     /* key or card again */

    ALWAYS(FACE,     DONE,                         CHOOSE,   NOTHING),
    ALWAYS(FACE,     SKIP,                         CHOOSE,   NOTHING),     /* the officer compares */
    ROW(   FACE,     FAILED,      try_again,       FACE,     MATCH_FACE),

    ALWAYS(CHOOSE,   NEXT,                         SCAN,     SCAN),
    ROW(   CHOOSE,   BACK,        has_pages,       SCAN,     NOTHING),

    ROW(   SCAN,     AGAIN,       has_room,        SCAN,     SCAN),
    ROW(   SCAN,     NEXT,        has_pages,       CHECK,    ANALYSE),
    ROW(   SCAN,     BACK,        idle,            CHOOSE,   NOTHING),
    ROW(   SCAN,     FAILED,      try_again,       SCAN,     NOTHING),     /* lay it again */

    ROW(   CHECK,    DONE,        all_readable,    REVIEW,   NOTHING),
    ALWAYS(CHECK,    DONE,                         SCAN,     NOTHING),     /* scan that page anew */
    ROW(   CHECK,    FAILED,      try_again,       SCAN,     NOTHING),

    ROW(   REVIEW,   NEXT,        all_readable,    DELIVERY, NOTHING),
    ALWAYS(REVIEW,   NEXT,                         SCAN,     NOTHING),
    ALWAYS(REVIEW,   BACK,                         SCAN,     NOTHING),
    ROW(   REVIEW,   AGAIN,       has_room,        CHOOSE,   NOTHING),     /* another paper */

    ROW(   DELIVERY, NEXT,        idle,            DELIVERY, OPEN_DOSSIER),
    ROW(   DELIVERY, BACK,        not_opened,      REVIEW,   NOTHING),
    ROW(   DELIVERY, DONE,        fee_due,         PAY,      TAKE_FEE),
    ALWAYS(DELIVERY, DONE,                         PAY,      NOTHING),
    ROW(   DELIVERY, FAILED,      nobody_answered, DELIVERY, OPEN_DOSSIER),

    ROW(   PAY,      NEXT,        nothing_due,     OFFICER,  SUBMIT),
    ALWAYS(PAY,      DONE,                         OFFICER,  SUBMIT),
    ROW(   PAY,      FAILED,      nobody_answered, PAY,      TAKE_FEE),

    ROW(   OFFICER,  DECIDED,     any_approved,    SIGN,     ISSUE),
    ALWAYS(OFFICER,  DECIDED,                      SORRY,    NOTHING),     /* the fee is the hub's */
    ROW(   OFFICER,  CANNOT_WAIT, can_be_found,    DELIVER,  RELEASE),     /* shows the slip */
    ROW(   OFFICER,  PATIENCE,    can_be_found,    DELIVER,  RELEASE),
    ROW(   OFFICER,  AWAY,        can_be_found,    WIPE,     RELEASE),
    ALWAYS(OFFICER,  CANNOT_WAIT,                  WIPE,     WITHDRAW),
    ALWAYS(OFFICER,  PATIENCE,                     WIPE,     WITHDRAW),
    ALWAYS(OFFICER,  AWAY,                         WIPE,     WITHDRAW),
    ALWAYS(OFFICER,  EXIT,                         WIPE,     WITHDRAW),    /* «approved»: releases */
    ROW(   OFFICER,  FAILED,      nobody_answered, OFFICER,  SUBMIT),
    ROW(   OFFICER,  FAILED,      hub_has_it,      DELIVER,  RELEASE),
    ALWAYS(OFFICER,  FAILED,                       SORRY,    WITHDRAW),

    ALWAYS(SIGN,     DONE,                         DELIVER,  DELIVER),
    ROW(   SIGN,     FAILED,      nobody_answered, SIGN,     ISSUE),
    ALWAYS(SIGN,     FAILED,                       DELIVER,  RELEASE),     /* the hub finishes */
    ALWAYS(SIGN,     CANNOT_WAIT,                  DELIVER,  RELEASE),
    ALWAYS(SIGN,     PATIENCE,                     DELIVER,  RELEASE),
    ALWAYS(SIGN,     AWAY,                         WIPE,     RELEASE),
    ALWAYS(SIGN,     EXIT,                         WIPE,     RELEASE),

    ROW(   DELIVER,  NEXT,        idle,            DONE,     LOOK_AT_GLASS),
    ROW(   DELIVER,  AGAIN,       idle,            DELIVER,  DELIVER),
    ALWAYS(DELIVER,  FAILED,                       DELIVER,  NOTHING),     /* slip and link remain */
    ALWAYS(DELIVER,  EXIT,                         DONE,     LOOK_AT_GLASS),
    ALWAYS(DELIVER,  PATIENCE,                     DONE,     LOOK_AT_GLASS),
    ALWAYS(DELIVER,  AWAY,                         DONE,     LOOK_AT_GLASS),

    ROW(   DONE,     AGAIN,       idle,            DONE,     LOOK_AT_GLASS),
    ALWAYS(DONE,     NEXT,                         WIPE,     WIPE),
    ALWAYS(DONE,     FAILED,                       DONE,     NOTHING),
    ALWAYS(DONE,     EXIT,                         WIPE,     WIPE),
    ALWAYS(DONE,     PATIENCE,                     WIPE,     WIPE),
    ALWAYS(DONE,     AWAY,                         WIPE,     WIPE),

    ROW(   LOOKUP,   NEXT,        idle,            LOOKUP,   LOOK_UP),
    ALWAYS(LOOKUP,   BACK,                         WIPE,     WIPE),
    ROW(   LOOKUP,   FAILED,      try_again,       LOOKUP,   NOTHING),
    ROW(   VERIFY,   AGAIN,       idle,            VERIFY,   VERIFY_SEAL),
    ALWAYS(VERIFY,   BACK,                         WIPE,     WIPE),
    ROW(   VERIFY,   FAILED,      try_again,       VERIFY,   NOTHING),
    ALWAYS(MAINT,    EXIT,                         WIPE,     WIPE),
    ALWAYS(MAINT,    BACK,                         WIPE,     WIPE),
    ALWAYS(MAINT,    OPEN,                         WIPE,     WIPE),
    ALWAYS(MAINT,    CLOSE,                        CLOSED,   NOTHING),

    ALWAYS(SORRY,    NEXT,                         WIPE,     WIPE),
    ALWAYS(SORRY,    BACK,                         WIPE,     WIPE),
    ALWAYS(SORRY,    EXIT,                         WIPE,     WIPE),
    ALWAYS(SORRY,    PATIENCE,                     WIPE,     WIPE),
    ALWAYS(SORRY,    AWAY,                         WIPE,     WIPE),
    ALWAYS(WIPE,     DONE,                         WELCOME,  NOTHING),
    ALWAYS(WIPE,     FAILED,                       CLOSED,   NOTHING),
    ALWAYS(CLOSED,   OPEN,                         WIPE,     WIPE),
    ALWAYS(CLOSED,   MAINT,                        MAINT,    NOTHING),

    /* the way out, from anywhere else in a visit: what was opened is withdrawn, its fee given back */
    ROW(   ANY,      EXIT,        owes,            WIPE,     WITHDRAW),
    ROW(   ANY,      PATIENCE,    owes,            WIPE,     WITHDRAW),
    ROW(   ANY,      AWAY,        owes,            WIPE,     WITHDRAW),
    ROW(   ANY,      FAILED,      owes,            SORRY,    WITHDRAW),
    ALWAYS(ANY,      EXIT,                         WIPE,     WIPE),
    ALWAYS(ANY,      PATIENCE,                     WIPE,     WIPE),
    ALWAYS(ANY,      AWAY,                         WIPE,     WIPE),
    ALWAYS(ANY,      FAILED,                       SORRY,    NOTHING),
};

static const unsigned patience_s[SAOY_STATE_N] = {
    [S(ADVICE)] = 60,   [S(CONSENT)] = 90,   [S(CARD)] = 60,      [S(FACE)] = 60,
    [S(CHOOSE)] = 60,   [S(SCAN)] = 240,     [S(CHECK)] = 60,     [S(REVIEW)] = 180,
    [S(DELIVERY)] = 120, [S(PAY)] = 180,     [S(OFFICER)] = 600,  [S(SIGN)] = 60,
    [S(DELIVER)] = 180, [S(DONE)] = 30,      [S(SORRY)] = 30,     [S(LOOKUP)] = 120,
    [S(VERIFY)] = 120, /* the rest wait for ever; SIGN's is [csc] patience_s where that is set */
};
/* clang-format on */

static bool
covers(const SaoyTransition *row, SaoyState state)
{
    if (row->from != SAOY_STATE_ANY)
        return row->from == state;
    return state > SAOY_STATE_WELCOME && state < SAOY_STATE_SORRY &&
           state != SAOY_STATE_MAINT;
}

const SaoyTransition *
saoy_flow_match(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SaoyTransition *row = &rows[i];

        if (covers(row, state) && row->on == event->type &&
            (row->when == NULL || row->when(facts, event)))
            return row;
    }
    return NULL;
}

const SaoyTransition *
saoy_flow_rows(size_t *n)
{
    *n = G_N_ELEMENTS(rows);
    return rows;
}

unsigned
saoy_flow_patience_s(SaoyState state)
{
    return state < SAOY_STATE_N ? patience_s[state] : 0;
}
