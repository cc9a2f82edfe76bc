#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

typedef struct {
    const char *url;             /* smtp://host:port or smtps:// */
    const char *user, *password; /* or NULL */
    const char *ca;              /* PEM file for TLS, or NULL: system's */
    bool require_tls;
} SaoyMailServer;

typedef struct {
    const char *from, *to, *subject, *text; /* UTF-8 */
    const char *message_id;                 /* idempotency: "<copy id>@host" */
    const char *attachment_name;
    GBytes *attachment; /* PDF, or NULL */
} SaoyMail;

/* An address of the form local@domain that we are willing to send to. */
bool saoy_mail_address_check(const char *address);

/* OFFLINE, TIMEOUT, REFUSED (5xx). */
bool saoy_mail_send(const SaoyMailServer *server, const SaoyMail *mail,
                    GCancellable *cancel, GError **error);
