#pragma once
#include "core/error.h"

/* The visit (product.md §3) as data: states, events, facts, and one table of rows. */
typedef enum {
    SAOY_STATE_WELCOME,
    SAOY_STATE_ADVICE,
    SAOY_STATE_CONSENT,
    SAOY_STATE_CARD,
    SAOY_STATE_FACE,
    SAOY_STATE_CHOOSE, /* which kind of paper, how many copies */
    SAOY_STATE_SCAN,
    SAOY_STATE_CHECK, /* waits for pages still being read */
    SAOY_STATE_REVIEW,
    SAOY_STATE_DELIVERY, /* on leaving: the dossier is opened, its pages are sent */
    SAOY_STATE_PAY,
    SAOY_STATE_OFFICER, /* submitted; a person decides */
    SAOY_STATE_SIGN,    /* from here on there is an approval: no way back */
    SAOY_STATE_DELIVER,
    SAOY_STATE_DONE, /* "take your original", one look at the glass */
    SAOY_STATE_LOOKUP,
    SAOY_STATE_VERIFY,
    SAOY_STATE_MAINT,
    SAOY_STATE_SORRY, /* explains, then wipes */
    SAOY_STATE_WIPE,
    SAOY_STATE_CLOSED, /* out of service until a technician says otherwise */
    SAOY_STATE_N,
    SAOY_STATE_ANY = SAOY_STATE_N, /* any state of a visit: before SORRY */
} SaoyState;
const char *saoy_state_name(SaoyState state); /* "WELCOME" … */

typedef enum {
    SAOY_EV_NEXT, /* people: go on; in CARD: the key is there, read */
    SAOY_EV_BACK,
    SAOY_EV_AGAIN,  /* people: SCAN scan more; REVIEW another paper; DELIVER print again;
                       DONE, VERIFY look again */
    SAOY_EV_LOOKUP, /* WELCOME's other tiles */
    SAOY_EV_VERIFY,
    SAOY_EV_MAINT,
    SAOY_EV_SKIP, /* "the officer compares", "I cannot do this" */
    SAOY_EV_CANNOT_WAIT,
    SAOY_EV_EXIT,     /* «Thoát», confirmed where it withdraws */
    SAOY_EV_PATIENCE, /* nobody touched the screen */
    SAOY_EV_AWAY,     /* an empty place before the camera */
    SAOY_EV_DONE,     /* the effect ended well */
    SAOY_EV_FAILED,   /* the effect failed: why tells the class */
    SAOY_EV_PAGE,     /* a page was read: number tells which */
    SAOY_EV_DECIDED,  /* every document of the dossier is decided */
    SAOY_EV_CLOSE,    /* technician or a failed start: out of service */
    SAOY_EV_OPEN,
    SAOY_EV_N
} SaoyEventType;
const char *saoy_event_name(SaoyEventType type);

typedef struct {
    SaoyEventType type;
    SaoyErrorClass why; /* FAILED */
    unsigned number;    /* PAGE */
} SaoyEvent;

typedef enum {
    SAOY_DO_NOTHING,
    SAOY_DO_READ_CARD,
    SAOY_DO_MATCH_FACE,
    SAOY_DO_SCAN,
    SAOY_DO_ANALYSE, /* wait for the pages still being read, then fields and flags */
    SAOY_DO_OPEN_DOSSIER,
    SAOY_DO_TAKE_FEE,
    SAOY_DO_SUBMIT,  /* and follow the dossier until every document is decided */
    SAOY_DO_ISSUE,   /* lease, compose, sign, archive each approved document */
    SAOY_DO_DELIVER, /* print */
    SAOY_DO_LOOK_AT_GLASS,
    SAOY_DO_WITHDRAW, /* what was opened, with an unsubmitted fee: undo, then wipe */
    SAOY_DO_RELEASE,  /* hand over to the hub, then wipe */
    SAOY_DO_WIPE,
    SAOY_DO_LOOK_UP,
    SAOY_DO_VERIFY_SEAL,
    SAOY_DO_N
} SaoyEffect;
const char *saoy_effect_name(SaoyEffect effect);

/* The facts guards may look at: plain data, no pointers, no devices. Copied out of the
 * session before every match. */
typedef struct {
    unsigned tries;   /* of the state we are in */
    unsigned pages;   /* scanned so far, all documents */
    unsigned pending; /* pages still being read */
    unsigned documents, approved, refused;
    bool wants_face;  /* consent to face matching */
    bool chip_proven; /* identified by chip: released copies can be found at LOOKUP */
    bool has_email;
    bool opened, submitted; /* dossier at the hub */
    bool fee_open;          /* a fee was asked for or taken and is not the hub's yet */
    bool fee_due;           /* policy asks for one */
    bool consented;         /* to processing at all */
    bool has_key;           /* CARD: something that opens the chip */
    bool busy;              /* the effect of the state we are in still runs */
    bool room;              /* another page or paper may be scanned */
    unsigned unreadable;    /* pages of which nothing can be made */
} SaoyFacts;

typedef bool SaoyGuard(const SaoyFacts *facts, const SaoyEvent *event);

typedef struct {
    SaoyState from;
    SaoyEventType on;
    SaoyGuard *when; /* NULL: always */
    SaoyState to;
    SaoyEffect effect;
    const char *guard_name; /* for docs/flow.md; NULL with when */
} SaoyTransition;

/* Pure: the first row that matches, or NULL for "ignore this event here". */
const SaoyTransition *saoy_flow_match(SaoyState state, const SaoyEvent *event,
                                      const SaoyFacts *facts);
const SaoyTransition *saoy_flow_rows(size_t *n);
unsigned saoy_flow_patience_s(SaoyState state); /* 0: for ever */

/* docs/flow.md: the table as a diagram and a list. Free with g_free. */
char *saoy_flow_print_markdown(void);
