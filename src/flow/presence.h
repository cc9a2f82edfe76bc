#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Whether somebody stands before the camera (presence.c). Main thread only. */
typedef struct {
    int64_t since_us;  /* the last sign of her: a face, a touch, a sheet */
    int64_t looked_us; /* when the last look began */
    unsigned empty;    /* looks since that sign which saw nobody */
    bool looking;      /* a look is under way */
    bool met;          /* a face was seen in this visit */
} SaoyPresence;

typedef enum { SAOY_SIGHT_BLIND, SAOY_SIGHT_EMPTY, SAOY_SIGHT_FACE } SaoySight;

void saoy_presence_sign(SaoyPresence *presence, int64_t now_us);
void saoy_presence_take(SaoyPresence *presence, SaoySight sight, int64_t now_us);
bool saoy_presence_is_away(const SaoyPresence *presence, int64_t now_us, int away_s);
