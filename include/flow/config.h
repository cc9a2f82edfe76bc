#pragma once
#include "core/config.h"

/* /etc/saoy/kiosk.conf. Const after reading. */
typedef enum { SAOY_PAPER_NONE, SAOY_PAPER_PRINT, SAOY_PAPER_POST } SaoyPaperPolicy;

typedef struct {
    char *kiosk_id, *unit, *place, *data_dir; /* [kiosk] id unit place data */
    char *other_place;    /* [kiosk] other: nearest other place, for CLOSED */
    char *system, *owner; /* [kiosk] system owner: on printed sheets */
    char *hub_url, *hub_ca, *hub_cert, *hub_key; /* [hub] url ca cert key */
    char *public_url;                            /* [hub] public: people's address */
    char *scanner_driver, *scanner_address;      /* [scanner] driver address; and so on */
    char *camera_driver, *camera_address;
    char *printer_driver, *printer_address;
    char *card_driver, *card_address;
    char *payment_driver, *payment_address;
    char *csca_trust;          /* [trust] csca: directory */
    char *seal_trust;          /* [trust] roots: directory */
    int paper;                 /* [policy] paper: none|print|post */
    bool fee_waived;           /* [policy] fee_waived */
    char *fee_reason;          /* [policy] fee_reason */
    bool allow_bac;            /* [policy] allow_bac */
    bool allow_sha1;           /* [policy] allow_sha1 */
    bool face_required;        /* [policy] face */
    int pages_max, copies_max; /* [policy] pages_max copies_max */
    int away_s;                /* [policy] away_s: 0 never looks */
    char *hours;               /* [policy] hours: "08:00-17:00" */
    int csc_patience_s;        /* [csc] patience_s */
    /* [csc] officer agency: a provider's file (signature/signer.h); "": the hub signs */
    char *officer_signer, *agency_signer;
    int lease_s;        /* [issue] lease_s */
    bool emu_leftovers; /* [emu] leftovers: ask them at start what they hold */
    int speed;          /* [emu] speed: 1 real delays, 0 none */
    int patience;       /* [emu] patience: so many times as long as for people */
} SaoyKioskConfig;

SaoyKioskConfig *saoy_kiosk_config_read(const char *path,
                                        GError **error); /* NULL: defaults */
void saoy_kiosk_config_free(SaoyKioskConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyKioskConfig, saoy_kiosk_config_free)
char *saoy_kiosk_config_print(const SaoyKioskConfig *config);
