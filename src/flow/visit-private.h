#pragma once
#include "core/arena.h"
#include "core/worker.h"
#include "device/camera.h"
#include "device/card.h"
#include "device/payment.h"
#include "device/printer.h"
#include "device/scanner.h"
#include "document/record.h"
#include "flow/hub.h"
#include "flow/visit.h"
#include "presence.h"
#include "store/journal.h"
#include "vision/face.h"

/* One thread a device (house.md §3.6). net: the hub; lease: renewals beside a long SIGN. */
typedef enum {
    SAOY_ON_CARD,
    SAOY_ON_CAMERA,
    SAOY_ON_SCANNER,
    SAOY_ON_PRINTER,
    SAOY_ON_PAYMENT,
    SAOY_ON_NET,
    SAOY_ON_LEASE,
    SAOY_ON_CPU,
    SAOY_ON_N
} SaoyWorkerId;

/* What the net worker knows of the dossier now under way, so that an undo queued behind a
 * cancelled opening finds it. Its own worker only; forgotten at WIPE. */
typedef struct {
    SaoyJson *body;
    char key[33];
    char *dossier;
    bool submitted;
} SaoyUnderWay;

/* Each member is opened, used and closed on its own worker only. */
typedef struct {
    SaoyCard *card;
    SaoyCamera *camera;
    SaoyFaceMatcher *matcher; /* camera's worker */
    SaoyScanner *scanner;
    SaoyPrinter *printer;
    SaoyPayment *payment;
    SaoyHub *hub;                                           /* net's worker */
    SaoyHub *lease_hub;                                     /* lease's worker */
    SaoyReader *reader;                                     /* cpu's worker */
    SaoyUnderWay under_way;                                 /* net's worker */
    bool has_camera, has_matcher, has_printer, has_payment; /* known once opened */
} SaoyDevices;

struct SaoyVisit {
    const SaoyKioskConfig *config;
    SaoyShowFunc *show;
    void *user;

    SaoyFlow flow;
    SaoyArena *arena;
    SaoySession *session; /* in the arena */
    SaoyApproval *approvals[SAOY_DOCUMENTS_MAX];
    bool dirty[SAOY_DOCUMENTS_MAX];      /* pages changed since fields were read */
    bool journalled[SAOY_DOCUMENTS_MAX]; /* decision written down */
    GBytes *live_frame;                  /* for the officer, JPEG */

    char visit_id[33]; /* random; names this visit in the journal */
    char opening_key[33];
    bool fee_asked, fee_taken, submitting, submitted;
    bool dirt_told; /* of the glass, to maintenance, once a visit */
    int64_t rev;

    SaoyJournal *journal;
    SaoyDevices devices;
    SaoyWorker *workers[SAOY_ON_N];

    unsigned generation;   /* grows at WIPE: answers of an earlier visit are dropped */
    unsigned busy_turn;    /* turn of the effect that runs, 0 none */
    unsigned analyse_turn; /* ANALYSE waits for pages, 0 not */
    unsigned next_serial;
    GCancellable *pages_cancel; /* page jobs belong to the session */
    GAsyncQueue *scan_gate;     /* one token: effects-scan.c */
    GQueue events;              /* posted while a transition runs */
    bool moving;
    SaoyEvent last;    /* what the transition now running answers */
    SaoyVisit **alive; /* shared with answers under way: NULL inside once freed */

    SaoyPresence presence;
    GCancellable *key_look; /* CARD: of the look for the card's QR, or NULL */
    bool key_seen;          /* … which gave a key in this visit */
    int64_t patience_from_us;
    unsigned extensions;
    guint patience_tick;
    guint recover_tick;
    bool unsettled;   /* the journal names a dossier that still wants undoing */
    guint lease_tick; /* SIGN: renews the lease of the document being issued */
    unsigned lease_document;
    int64_t lease_fence;
    GCancellable *lease_lost;
    unsigned wiping; /* barriers still out */
    unsigned wipe_turn;
    guint wipe_timer;
    bool device_missing; /* found at the last barrier */
    unsigned prints;     /* jobs spooled in this visit: numbers them */
};

/* ---- visit.c */
void saoy_visit_refresh(SaoyVisit *visit); /* show again: facts on the screen changed */
void saoy_visit_post_event(SaoyVisit *visit, SaoyEvent event);
/* The effect of that turn ended; error is borrowed. */
void saoy_visit_done(SaoyVisit *visit, unsigned turn, const GError *error);
bool saoy_visit_current(const SaoyVisit *visit, unsigned turn);
/* Appends {visit, …entry} to the journal. Takes entry. */
bool saoy_visit_note(SaoyVisit *visit, const char *event, SaoyJson *entry, GError **error);

/* ---- session.c */
void saoy_session_begin(SaoyVisit *visit);
bool saoy_session_wipe(SaoyVisit *visit);
const char *saoy_session_keep(SaoyVisit *visit,
                              const char *text); /* into the arena; "" full */
SaoyScannedPage *saoy_session_add_page(SaoyVisit *visit,
                                       unsigned document); /* NULL: full */
SaoyScannedPage *saoy_session_page(SaoyVisit *visit, unsigned serial);
void saoy_session_drop_empty(SaoyVisit *visit); /* documents without pages */
void saoy_session_clear_page(SaoyScannedPage *page);
void saoy_session_refresh_facts(SaoyVisit *visit, SaoyFacts *facts);
void saoy_words_copy(SaoyWords *to, const SaoyWords *from);

/* ---- effects.c */
typedef struct SaoyAnswer SaoyAnswer;
typedef void SaoyAnswerFunc(SaoyVisit *visit, void *data, const GError *error);

/* Runs job(data) on the worker; on main, then(visit, data, error) if the visit it was asked
 * in is still the one (same generation), then data is freed. */
void saoy_visit_run(SaoyVisit *visit, SaoyWorkerId on, SaoyJob *job, void *data,
                    GDestroyNotify free_data, GCancellable *cancel, SaoyAnswerFunc *then);

/* From a worker to main: then(visit, data, NULL) while the visit is the same. Takes data.
 * The caller holds a reference of alive. */
void saoy_visit_tell(SaoyVisit **alive, unsigned generation, SaoyAnswerFunc *then,
                     void *data, GDestroyNotify free_data);
void saoy_visit_act(SaoyVisit *visit, SaoyEffect effect, unsigned turn,
                    GCancellable *cancel);

/* Sleeps on a worker, ends early when cancelled. */
void saoy_pause_ms(unsigned ms, GCancellable *cancel);

typedef void SaoyEffectFunc(SaoyVisit *visit, unsigned turn, GCancellable *cancel);
SaoyEffectFunc saoy_do_read_card, saoy_do_match_face, saoy_do_scan, saoy_do_analyse,
    saoy_do_open_dossier, saoy_do_take_fee, saoy_do_submit, saoy_do_issue, saoy_do_deliver,
    saoy_do_look_at_glass, saoy_do_withdraw, saoy_do_release, saoy_do_wipe, saoy_do_look_up,
    saoy_do_verify_seal;

/* ---- effects-page.c */
void saoy_page_start(SaoyVisit *visit, GBytes *scan, int dpi, unsigned document);
void saoy_page_rotate(SaoyVisit *visit, SaoyScannedPage *page);

/* ---- effects-analyse.c: goes on once no page is being read any more */
void saoy_analysis_resume(SaoyVisit *visit);

/* ---- dossier.c: the body of POST /api/v1/dossiers */
SaoyJson *saoy_dossier_json(const SaoyVisit *visit);
/* Takes what GET dossiers/{id} says into the session. true: every document is decided. */
bool saoy_dossier_take(SaoyVisit *visit, const SaoyJson *answer);
/* The same question asked of the answer alone; any thread. */
bool saoy_dossier_is_decided(const SaoyJson *answer);
bool saoy_dossier_has_approved(const SaoyJson *answer);

/* ---- effects-key.c: looks for a key while CARD waits for one */
void saoy_key_look(SaoyVisit *visit); /* begins or ends as the facts say */
void saoy_key_look_end(SaoyVisit *visit);

/* ---- leftovers.c: once, at start; true: there is something to be said in SORRY */
bool saoy_leftovers_look(SaoyVisit *visit);

/* ---- presence.c: twice a second */
void saoy_presence_tick(SaoyVisit *visit);

/* ---- lease.c */
void saoy_lease_keep(SaoyVisit *visit, unsigned document, int64_t fence);

/* ---- effects-hub.c: the net worker's share of undoing; also recovery's */
void saoy_under_way_clear(SaoyUnderWay *under_way);

/* ---- recover.c */
void saoy_recover(SaoyVisit *visit);

/* ---- devices.c */
bool saoy_devices_open(SaoyVisit *visit); /* false: a needed one is missing */
void saoy_devices_close(SaoyVisit *visit);
/* On its own worker: opens it if it is not open. False: a needed one is missing. */
bool saoy_device_ensure(SaoyDevices *devices, const SaoyKioskConfig *config,
                        SaoyWorkerId id, GError **error);
