/* saoy-kiosk emu: writes the lever files that the emulated devices read. */
#include "kiosk.h"

#include "core/error.h"
#include "core/file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    const char *device;
    size_t driver, address; /* offsets in SaoyKioskConfig */
    const char *file;       /* below the address; NULL: the lever's word is the file */
    const char *words[6];
} Device;

#define AT(field) offsetof(SaoyKioskConfig, field)

static const Device devices[] = {
    { "scanner",
      AT(scanner_driver),
      AT(scanner_address),
      "/fault",
      { "jam", "double", "empty", "offline" } },
    { "camera", AT(camera_driver), AT(camera_address), "/fault", { "offline", "hang" } },
    { "printer",
      AT(printer_driver),
      AT(printer_address),
      NULL,
      { "jam", "out-of-paper", "offline" } },
    { "payment",
      AT(payment_driver),
      AT(payment_address),
      "/answer",
      { "pays", "declines", "hangs", "offline" } },
    { "card",
      AT(card_driver),
      AT(card_address),
      ".fault",
      { NULL } }, /* chip.h knows them */
};

static const char *
text_at(const SaoyKioskConfig *config, size_t offset)
{
    return *(char *const *)((const char *)config + offset);
}

static bool
knows(const Device *device, const char *word)
{
    if (device->words[0] == NULL)
        return true;
    for (size_t i = 0; device->words[i] != NULL; i++)
        if (g_str_equal(device->words[i], word))
            return true;
    return false;
}

static const Device *
find_device(const SaoyKioskConfig *config, const char *name, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        if (!g_str_equal(devices[i].device, name))
            continue;
        if (!g_str_equal(text_at(config, devices[i].driver), "emu"))
            return saoy_null(error, SAOY_ERROR_REFUSED, "%s is not emulated here", name);
        return &devices[i];
    }
    return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no device named %s", name);
}

static void
clear(const Device *device, const char *address)
{
    for (size_t i = 0; device->file == NULL && device->words[i] != NULL; i++) {
        g_autofree char *lever = g_build_filename(address, device->words[i], NULL);

        g_unlink(lever);
    }
    if (device->file != NULL) {
        g_autofree char *lever = g_strconcat(address, device->file, NULL);

        g_unlink(lever);
    }
}

/* words: "jam", "2" */
static bool
set(const Device *device, const char *address, char **words, GError **error)
{
    g_autofree char *path = device->file != NULL
                                ? g_strconcat(address, device->file, NULL)
                                : g_build_filename(address, words[0], NULL);
    g_autofree char *text = g_strjoinv(" ", words);

    if (!knows(device, words[0]))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "%s has no lever %s", device->device,
                         words[0]);
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

int
kiosk_emu(int argc, char **argv)
{
    g_autofree char *file = NULL;
    g_autoptr(SaoyKioskConfig) config = NULL;
    g_autoptr(GError) error = NULL;
    const Device *device = NULL;
    const GOptionEntry entries[] = { { "config", 'c', 0, G_OPTION_ARG_FILENAME, &file,
                                       N_("the kiosk's configuration"), N_("FILE") },
                                     { NULL } };
    int code = KIOSK_OK;

    if (!kiosk_options(
            &argc, &argv, entries, N_("DEVICE LEVER…|clear"),
            N_("Tells an emulated device how to misbehave: scanner jam 2, camera "
               "offline, printer out-of-paper, payment declines, card absent."),
            2, 8, &code))
        return code;
    config = saoy_kiosk_config_read(file, &error);
    device = config != NULL ? find_device(config, argv[1], &error) : NULL;
    if (device == NULL)
        return kiosk_fail(error);
    clear(device, text_at(config, device->address));
    if (!g_str_equal(argv[2], "clear") &&
        !set(device, text_at(config, device->address), argv + 2, &error))
        return kiosk_fail(error);
    return KIOSK_OK;
}
