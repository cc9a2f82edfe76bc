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

/* Blocking; any thread. OFFLINE, TIMEOUT (60 s), REFUSED (5xx, or the login), UNTRUSTED
 * (the server's certificate, or no TLS where it is required). */
bool saoy_mail_send(const SaoyMailServer *server, const SaoyMail *mail,
                    GCancellable *cancel, GError **error);
