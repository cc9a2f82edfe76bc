#pragma once
#include "flow/visit.h"

/* Who stands before `saoy issue`: what this person has, wants and does in each state. */
typedef struct {
    char *can;            /* typed on the keypad; forgotten at WIPE, as is email */
    const char *feed;     /* folder the emulated scanner draws from; NULL: a real one */
    GPtrArray *documents; /* GStrv each: the files of one paper, in order */
    char *email;
    const char *kind, *out;
    unsigned copies;
    bool match_face, cannot_wait;
    int leave_at;    /* SaoyState in which she leaves by «Thoát», or -1 */
    int stand_at;    /* test lever: SaoyState in which she does nothing more, or -1 */
    int stop_at;     /* test lever: the process waits there to be killed, or -1 */
    bool stop_later; /* … not on entering, but once the effect has begun */

    /* filled in as the visit goes */
    SaoyVisit *visit;
    GMainLoop *loop;
    SaoyJson *steps, *issued;
    SaoyState state;
    int64_t since_us;
    unsigned fed, shown; /* papers fed; shows of this state */
    bool started, ended, delivered, asked, left, stood;
    SaoySorry sorry;
    bool is_sorry, released, unreadable;
    char *dossier;
    GError *error;
    guint idle;
} SaoyPerson;

void saoy_person_show(void *person, SaoyState state, const SaoySession *session);
