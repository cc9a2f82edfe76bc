#include "flow/config.h"

#include <glib/gi18n.h>

static const char *const papers[] = { "none", "print", "post", NULL };

#define AT(field) offsetof(SaoyKioskConfig, field)
#define TEXT(section, key, field, fallback)                                      \
    {                                                                            \
        section, key, SAOY_CONFIG_STRING, AT(field), fallback, NULL, 0, 0, false \
    }
#define SECRET(section, key, field, fallback)                                   \
    {                                                                           \
        section, key, SAOY_CONFIG_STRING, AT(field), fallback, NULL, 0, 0, true \
    }
#define NUMBER(section, key, field, fallback, min, max)                           \
    {                                                                             \
        section, key, SAOY_CONFIG_INT, AT(field), fallback, NULL, min, max, false \
    }
#define YES_NO(section, key, field, fallback)                                  \
    {                                                                          \
        section, key, SAOY_CONFIG_BOOL, AT(field), fallback, NULL, 0, 0, false \
    }

/* clang-format off */
static const SaoyConfigKey keys[] = {
    TEXT("kiosk", "id", kiosk_id, "K01"),
    TEXT("kiosk", "unit", unit, "H26.132"),
    TEXT("kiosk", "place", place, ""),
    TEXT("kiosk", "other", other_place, ""),
    TEXT("kiosk", "data", data_dir, "/var/lib/saoy/kiosk"),
    TEXT("kiosk", "system", system, "Hệ thống xác thực và cấp bản sao số tài liệu điện tử"),
    TEXT("kiosk", "owner", owner, "Trung tâm Phục vụ hành chính công thành phố Hà Nội"),
    TEXT("hub", "url", hub_url, "https://127.0.0.1:8443"),
    TEXT("hub", "ca", hub_ca, ""),
    TEXT("hub", "cert", hub_cert, ""),
    SECRET("hub", "key", hub_key, ""),
    TEXT("hub", "public", public_url, ""),
    TEXT("scanner", "driver", scanner_driver, "emu"),
    TEXT("scanner", "address", scanner_address, ""),
    TEXT("camera", "driver", camera_driver, "emu"),
    TEXT("camera", "address", camera_address, ""),
    TEXT("printer", "driver", printer_driver, "emu"),
    TEXT("printer", "address", printer_address, ""),
    TEXT("card", "driver", card_driver, "emu"),
    TEXT("card", "address", card_address, ""),
    TEXT("payment", "driver", payment_driver, "emu"),
    TEXT("payment", "address", payment_address, ""),
    TEXT("trust", "csca", csca_trust, ""),
    TEXT("trust", "roots", seal_trust, ""),
    { "policy", "paper", SAOY_CONFIG_WORD, AT(paper), "print", papers, 0, 0, false },
    YES_NO("policy", "fee_waived", fee_waived, "true"),
    TEXT("policy", "fee_reason", fee_reason,
         N_("Online services are free of charge in Hà Nội")),
    YES_NO("policy", "allow_bac", allow_bac, "false"),
    YES_NO("policy", "allow_sha1", allow_sha1, "false"),
    YES_NO("policy", "face", face_required, "true"),
    NUMBER("policy", "pages_max", pages_max, "60", 1, 60),
    NUMBER("policy", "copies_max", copies_max, "20", 1, 100),
    TEXT("policy", "hours", hours, "08:00-17:00"),
    NUMBER("policy", "away_s", away_s, "45", 0, 600),
    NUMBER("csc", "patience_s", csc_patience_s, "60", 1, 3600),
    TEXT("csc", "officer", officer_signer, ""),
    TEXT("csc", "agency", agency_signer, ""),
    NUMBER("issue", "lease_s", lease_s, "120", 1, 3600),
    YES_NO("emu", "leftovers", emu_leftovers, "false"),
    NUMBER("emu", "speed", speed, "1", 0, 1),
    NUMBER("emu", "patience", patience, "1", 1, 60),
};
/* clang-format on */

SaoyKioskConfig *
saoy_kiosk_config_read(const char *path, GError **error)
{
    g_autoptr(SaoyKioskConfig) config = g_new0(SaoyKioskConfig, 1);

    if (!saoy_config_read(path, keys, G_N_ELEMENTS(keys), config, error))
        return NULL;
    return g_steal_pointer(&config);
}

void
saoy_kiosk_config_free(SaoyKioskConfig *config)
{
    if (config == NULL)
        return;
    saoy_config_clear(keys, G_N_ELEMENTS(keys), config);
    g_free(config);
}

char *
saoy_kiosk_config_print(const SaoyKioskConfig *config)
{
    return saoy_config_print(keys, G_N_ELEMENTS(keys), config);
}
