#pragma once
#include "visit-private.h"

/* What the effects that speak to the hub share; jobs run on the net worker. */
typedef struct {
    unsigned document, page;
    GBytes *jpeg;
    SaoyJson *text;
} SaoyUpload;

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    SaoyJson *body;
    char key[33];
    SaoyUpload uploads[SAOY_PAGES_MAX];
    size_t n_uploads;
    GBytes *chip, *live;
    int64_t rev;
} SaoyHubJob;

SaoyHubJob *saoy_hub_job_new(SaoyVisit *visit, unsigned turn);
void saoy_hub_job_free(void *job);

/* {dossier, can_be_found, fee, dong}: what recovery will want to know. */
SaoyJson *saoy_dossier_about(const SaoyVisit *visit);

/* The dossier's number, asked again under the visit's key when the answer was lost. */
bool saoy_dossier_learn(SaoyHubJob *job, GCancellable *cancel, GError **error);
bool saoy_dossier_hand_in(SaoyHubJob *job, GCancellable *cancel, GError **error);
