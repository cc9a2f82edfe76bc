#pragma once
#include "core/language.h"
#include "core/words.h"
#include "flow/flow.h"
#include "identity/reader.h"
#include "reading/reading.h"
#include "vision/face.h"
#include "vision/page.h"

/* Everything known about the person and the visit. Main thread only. Text lives in the
 * arena, pictures on the heap; saoy_session_wipe() leaves nothing. Pages (ui) read it as
 * const and write through the setters, then post a plain event. */
#define SAOY_DOCUMENTS_MAX 20
#define SAOY_PAGES_MAX 60

typedef enum { SAOY_PAGE_READING, SAOY_PAGE_READ, SAOY_PAGE_UNREADABLE } SaoyPageState;

typedef struct {
    unsigned serial;   /* never reused in a visit; what SAOY_EV_PAGE names */
    unsigned document; /* which document it belongs to */
    SaoyPageState state;
    SaoyImage *thumbnail; /* for the screen, <= 480 px */
    GBytes *jpeg;         /* the cleaned page as it will be embedded */
    GBytes *first_jpeg;   /* … as it was before it was turned by hand; its source */
    unsigned turns;       /* quarter turns by hand since, 0..3 */
    int quality;          /* of that JPEG, as encoding chose it */
    int width, height, dpi;
    SaoyWords words;
    SaoyPageReport report;
    SaoyPageReport back_report; /* of the other side's scan, when both sides of a card */
    bool has_back;              /* … were put on this one sheet */
    SaoyImage *card;            /* one side alone, as cleaned: waits for the other */
    SaoyPageFacts facts;
} SaoyScannedPage;

typedef enum {
    SAOY_DOC_OPEN,
    SAOY_DOC_QUEUED,
    SAOY_DOC_SEEN,
    SAOY_DOC_APPROVED,
    SAOY_DOC_REFUSED,
    SAOY_DOC_ISSUED,
    SAOY_DOC_RELEASED /* the hub finishes it */
} SaoyDocumentState;

typedef struct {
    const SaoyKind *kind;
    const char *title;
    unsigned copies;
    GArray *fields; /* SaoyField, or NULL */
    GArray *flags;  /* SaoyFlag, or NULL */
    int64_t fee;
    SaoyDocumentState state;
    const char *refusal; /* the officer's words */
    const char *copy_id, *link;
    GBytes *pdf; /* the issued file, till WIPE */
} SaoyDocument;

/* VERIFY: what is to be thought of the copy, offline check and register together. */
typedef enum {
    SAOY_SEAL_UNDECIDED, /* unknown issuer, or the register does not know the copy */
    SAOY_SEAL_GENUINE,
    SAOY_SEAL_FALSE,
    SAOY_SEAL_VOID /* genuine, but cancelled or never issued */
} SaoySealStanding;

/* Why SORRY is shown: chosen by the row that led there. */
typedef struct {
    SaoyState at; /* where it happened */
    SaoyErrorClass why;
    bool refused_all; /* the officer refused every document */
    /* at WELCOME: what the machine still held when it was started */
    bool paper_left, card_left, job_left;
} SaoySorry;

typedef struct {
    SaoyLanguage language;
    bool accessible;
    bool consent, wants_face;
    SaoyAccessKey key;
    SaoyIdentity identity;
    bool identified;
    bool key_camera;                /* CARD: the camera looks for the card's QR code */
    unsigned card_done, card_total; /* data groups */
    SaoyImage *mirror;              /* newest live frame, or NULL */
    const char *face_hint;          /* msgid or NULL */
    int face_side;                  /* challenge: -1 left, 1 right, 0 none */
    unsigned face_tries;
    SaoyFaceDecision face;
    bool face_compared; /* false: the officer compares */
    SaoyDocument documents[SAOY_DOCUMENTS_MAX];
    unsigned n_documents, current;
    SaoyScannedPage pages[SAOY_PAGES_MAX];
    unsigned n_pages;
    const char *email;
    int64_t fee;
    bool fee_waived;
    const char *fee_reason; /* msgid */
    const char *payment_qr; /* PAY: text of the QR to show, or NULL */
    const char *dossier;    /* id, once opened */
    int64_t promised_us;    /* when the result will come if nobody is there now; 0 */
    bool office_open;
    unsigned print_done, print_total; /* sheets' files, not paper */
    bool print_failed;
    const char *slip_note; /* msgid shown on the slip when released, or NULL */
    bool paper_on_glass;
    unsigned satisfaction;    /* 1..3, 0 none */
    bool busy;                /* the effect of the state shown still runs */
    const char *problem;      /* msgid: why the last try in this state failed, or NULL */
    const char *note;         /* SCAN: msgid of what became of the pages, or NULL */
    const char *glass_hint;   /* msgid: dirt on the scanner's glass, or NULL */
    const char *seal_verdict; /* VERIFY: msgid of the answer, or NULL */
    SaoySealStanding seal_standing;
    const char *seal_register; /* msgid of what the register says, or NULL: not asked */
    const char *seal_title, *seal_copy_id, *seal_office; /* VERIFY: claims, or NULL */
    SaoySorry sorry;
    SaoyFacts facts;
} SaoySession;

/* Setters for pages: bounded, main thread. false when the value cannot be taken. */
typedef struct SaoyVisit SaoyVisit;
void saoy_session_set_language(SaoyVisit *visit, SaoyLanguage language);
void saoy_session_set_accessible(SaoyVisit *visit, bool on);
void saoy_session_set_consent(SaoyVisit *visit, bool process, bool match_face);
bool saoy_session_set_key(SaoyVisit *visit, const char *typed); /* saoy_access_key_parse */
void saoy_session_set_kind(SaoyVisit *visit, const char *kind_id);
void saoy_session_set_copies(SaoyVisit *visit, unsigned copies);
/* The kinds of paper for CHOOSE's tiles, "unknown" among them. */
const SaoyKind *saoy_session_kinds(const SaoySession *session, size_t *n);
bool saoy_session_add_document(SaoyVisit *visit);                   /* scan another paper */
bool saoy_session_set_email(SaoyVisit *visit, const char *address); /* "" removes */
bool saoy_session_set_field(SaoyVisit *visit, unsigned document, unsigned field,
                            const char *value);
void saoy_session_delete_page(SaoyVisit *visit, unsigned serial);
void saoy_session_rotate_page(SaoyVisit *visit, unsigned serial);
void saoy_session_move_page(SaoyVisit *visit, unsigned serial, int by);
void saoy_session_set_satisfaction(SaoyVisit *visit, unsigned face);
