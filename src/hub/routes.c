#include "routes.h"

#include "api.h"

#define DOSSIERS "/api/v1/dossiers"
#define DESK "/officer/dossiers"
#define KIB << 10
#define MIB << 20
#define BOTH (SAOY_ON_API | SAOY_ON_PUBLIC)
#define API SAOY_ON_API
#define PUBLIC SAOY_ON_PUBLIC
#define ANYBODY SAOY_ROLE_ANYBODY
#define CERTIFICATE SAOY_ROLE_CERTIFICATE
#define KIOSK SAOY_ROLE_KIOSK
#define OFFICER SAOY_ROLE_OFFICER
#define OPERATOR SAOY_ROLE_OPERATOR

/* Opening and submitting have stored answers; everything else is idempotent by its meaning
 * and answers anew, so that a repeat sees the present state and a stale fence stays stale.
 */
/* clang-format off */
static const SaoyRoute rows[] = {
    /* method, pattern, listeners, role, body, replay, handler */
    { "POST", "/csc/v2/oauth2/token", API, CERTIFICATE, 4 KIB, false, saoy_api_token },
    { "POST", "/csc/v2/info", API, CERTIFICATE, 4 KIB, false, saoy_api_csc_info },
    { "POST", "/csc/v2/credentials/list", API, KIOSK, 4 KIB, false, saoy_api_credentials_list },
    { "POST", "/csc/v2/credentials/info", API, KIOSK, 4 KIB, false, saoy_api_credentials_info },
    { "POST", "/csc/v2/credentials/authorize", API, KIOSK, 16 KIB, false, saoy_api_authorize },
    { "POST", "/csc/v2/credentials/authorizeCheck", API, KIOSK, 4 KIB, false, saoy_api_authorize_check },
    { "POST", "/csc/v2/signatures/signHash", API, KIOSK, 16 KIB, false, saoy_api_sign_hash },
    { "POST", "/csc/v2/signatures/signPolling", API, KIOSK, 4 KIB, false, saoy_api_sign_polling },
    { "POST", "/csc/v2/signatures/timestamp", API, KIOSK, 4 KIB, false, saoy_api_timestamp },

    { "POST", DOSSIERS, API, KIOSK, 256 KIB, true, saoy_api_open },
    { "GET", DOSSIERS "/{id}", API, KIOSK, 0, false, saoy_api_state },
    { "PUT", DOSSIERS "/{id}/documents/{d}/pages/{n}", API, KIOSK, 16 MIB, false, saoy_api_page },
    { "PUT", DOSSIERS "/{id}/documents/{d}/pages/{n}/text", API, KIOSK, 1 MIB, false, saoy_api_text },
    { "PUT", DOSSIERS "/{id}/faces/{which}", API, KIOSK, 2 MIB, false, saoy_api_face },
    { "POST", DOSSIERS "/{id}/submit", API, KIOSK, 4 KIB, true, saoy_api_submit },
    { "POST", DOSSIERS "/{id}/withdraw", API, KIOSK, 4 KIB, false, saoy_api_withdraw },
    { "POST", DOSSIERS "/{id}/release", API, KIOSK, 4 KIB, false, saoy_api_release },
    { "POST", DOSSIERS "/{id}/documents/{d}/lease", API, KIOSK, 4 KIB, false, saoy_api_lease },
    { "PUT", DOSSIERS "/{id}/documents/{d}/prepared/{part}", API, KIOSK, 64 MIB, false, saoy_api_prepared },
    { "PUT", DOSSIERS "/{id}/documents/{d}/signing/{part}", API, KIOSK, 64 KIB, false, saoy_api_signing },
    { "GET", DOSSIERS "/{id}/documents/{d}/signing/{part}", API, KIOSK, 0, false, saoy_api_signing_read },
    { "PUT", "/api/v1/copies/{copy}", API, KIOSK, 64 MIB, false, saoy_api_archive },

    { "GET", "/api/v1/holders/copies", API, KIOSK, 0, false, saoy_api_later },
    { "POST", "/api/v1/copies/{copy}/resend", BOTH, ANYBODY, 4 KIB, false, saoy_api_later },
    { "POST", "/api/v1/copies/{copy}/cancel", BOTH, ANYBODY, 4 KIB, false, saoy_api_later },

    { "GET", "/v/{copy}", PUBLIC, ANYBODY, 0, false, saoy_public_copy },
    { "GET", "/api/v1/copies/{copy}", BOTH, ANYBODY, 0, false, saoy_public_copy_api },
    { "POST", "/api/v1/verify", BOTH, ANYBODY, 32 MIB, false, saoy_public_verify },
    { "GET", "/seal/keys", BOTH, ANYBODY, 0, false, saoy_api_seal_keys },
    { "GET", "/seal/denied", BOTH, ANYBODY, 0, false, saoy_api_seal_denied },
    { "POST", "/pki/ocsp", BOTH, ANYBODY, 16 KIB, false, saoy_api_ocsp },
    { "GET", "/pki/ocsp/{*}", BOTH, ANYBODY, 0, false, saoy_api_ocsp_get },
    { "POST", "/pki/tsa", BOTH, ANYBODY, 16 KIB, false, saoy_api_tsa },
    { "GET", "/pki/{name}", BOTH, ANYBODY, 0, false, saoy_api_pki_file },
    { "GET", "/style.css", PUBLIC, ANYBODY, 0, false, saoy_public_style },
    { "GET", "/", PUBLIC, ANYBODY, 0, false, saoy_public_home },
    { "GET", "/healthz", BOTH, ANYBODY, 0, false, saoy_public_health },
    { "GET", "/metrics", BOTH, OPERATOR, 0, false, saoy_public_metrics },

    { "GET", "/officer/login", PUBLIC, ANYBODY, 0, false, saoy_officer_form },
    { "POST", "/officer/login", PUBLIC, ANYBODY, 4 KIB, false, saoy_officer_enter },
    { "POST", "/officer/logout", PUBLIC, OFFICER, 4 KIB, false, saoy_officer_leave },
    { "GET", "/officer", PUBLIC, OFFICER, 0, false, saoy_officer_queue },
    { "GET", "/officer/", PUBLIC, OFFICER, 0, false, saoy_officer_queue },
    { "GET", DESK "/{id}", PUBLIC, OFFICER, 0, false, saoy_officer_dossier },
    { "GET", DESK "/{id}/documents/{d}/pages/{n}", PUBLIC, OFFICER, 0, false, saoy_officer_page },
    { "GET", DESK "/{id}/faces/{which}", PUBLIC, OFFICER, 0, false, saoy_officer_face },
    { "POST", DESK "/{id}/documents/{d}/approve", PUBLIC, OFFICER, 4 KIB, false, saoy_officer_approve },
    { "POST", DESK "/{id}/documents/{d}/refuse", PUBLIC, OFFICER, 8 KIB, false, saoy_officer_refuse },
};
/* clang-format on */

const SaoyRoute *
saoy_routes(size_t *n)
{
    *n = G_N_ELEMENTS(rows);
    return rows;
}
