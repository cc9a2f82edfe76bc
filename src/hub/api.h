#pragma once
#include "request.h"

/* Handlers of product.md §6, one each; routes.c lists them. */
SaoyHandler saoy_api_token, saoy_api_csc_info, saoy_api_credentials_list,
    saoy_api_credentials_info, saoy_api_authorize, saoy_api_authorize_check,
    saoy_api_sign_hash, saoy_api_sign_polling, saoy_api_timestamp;
SaoyHandler saoy_api_open, saoy_api_page, saoy_api_text, saoy_api_face, saoy_api_submit,
    saoy_api_withdraw, saoy_api_release, saoy_api_state;
SaoyHandler saoy_api_lease, saoy_api_prepared, saoy_api_signing, saoy_api_signing_read,
    saoy_api_archive;
SaoyHandler saoy_api_tsa, saoy_api_ocsp, saoy_api_ocsp_get, saoy_api_pki_file,
    saoy_api_seal_keys, saoy_api_seal_denied;
SaoyHandler saoy_api_later; /* 501, honestly */

SaoyHandler saoy_public_copy, saoy_public_copy_api, saoy_public_verify, saoy_public_style,
    saoy_public_home, saoy_public_health, saoy_public_metrics;

SaoyHandler saoy_officer_form, saoy_officer_enter, saoy_officer_leave, saoy_officer_queue,
    saoy_officer_dossier, saoy_officer_page, saoy_officer_face, saoy_officer_approve,
    saoy_officer_refuse;
