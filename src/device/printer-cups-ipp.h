#pragma once
#include <cups/cups.h>
#include <gio/gio.h>
#include <stdbool.h>

/* The IPP requests of the CUPS driver (RFC 8011), to a printer or to a queue of cupsd. */
typedef struct {
    http_t *http;
    char *uri, *resource;
} SaoyIpp;

/* OFFLINE when nobody answers there. address: a queue's name or an ipp:// or ipps:// URI.
 */
bool saoy_ipp_connect(const char *address, SaoyIpp *out, GError **error);
void saoy_ipp_close(SaoyIpp *ipp);

/* What keeps the printer from printing now, by its state and reasons: NO_MEDIA, JAM,
 * OFFLINE, FAILED. TRUE when nothing does. */
bool saoy_ipp_check_printer(const SaoyIpp *ipp, GError **error);

/* Does it hold, or remember, a job of that name (NULL: any job of ours still to be done).
 */
bool saoy_ipp_find_job(const SaoyIpp *ipp, const char *name, bool *out_found,
                       GError **error);

bool saoy_ipp_send(const SaoyIpp *ipp, GBytes *pdf, const char *name, unsigned copies,
                   int *out_job, GError **error);
void saoy_ipp_cancel(const SaoyIpp *ipp, int job);

/* *out_done when all sheets are out; an error when the job has ended otherwise. */
bool saoy_ipp_check_job(const SaoyIpp *ipp, int job, bool *out_done, GError **error);
