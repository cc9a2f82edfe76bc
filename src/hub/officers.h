#pragma once
#include "node.h"

/* Officers' accounts and sessions. */
typedef struct {
    char *login, *name, *title, *csrf;
} SaoyOfficer;
void saoy_officer_clear(SaoyOfficer *officer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyOfficer, saoy_officer_clear)

/* login: 2..32 of a-z 0-9 . _ -; password: at least 8 characters. REFUSED when it is taken.
 */
bool saoy_officer_add(SaoyRecords *records, const char *login, const char *name,
                      const char *title, const char *password, GError **error);

/* A new session's cookie (free with g_free), or NULL: REFUSED wrong, TIMEOUT locked for
 * now. Five wrong passwords in a row lock the login for a minute, then twice as long each
 * time. */
char *saoy_officer_login(SaoyNode *node, const char *login, const char *password,
                         GError **error);
/* Whose session it is; REFUSED when it is nobody's. */
bool saoy_officer_session(SaoyNode *node, const char *cookie, SaoyOfficer *out,
                          GError **error);
bool saoy_officer_logout(SaoyNode *node, const char *cookie, GError **error);
