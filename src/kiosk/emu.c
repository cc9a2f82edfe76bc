/* saoy-kiosk emu: writes the lever files that the emulated devices read. */
#include "kiosk.h"

#include "core/error.h"
#include "core/file.h"
#include "identity/chip.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define CARD_FILE ".fault"
#define AT(field) offsetof(SaoyKioskConfig, field)

static const struct {
    const char *device;
    size_t driver, address; /* offsets in SaoyKioskConfig */
} devices[] = {
    { "scanner", AT(scanner_driver), AT(scanner_address) },
    { "camera", AT(camera_driver), AT(camera_address) },
    { "printer", AT(printer_driver), AT(printer_address) },
    { "card", AT(card_driver), AT(card_address) },
    { "payment", AT(payment_driver), AT(payment_address) },
};

/* One lever, one row (those of the card are the chip's own): the emulator finds it as
 * address + file, with the words inside (the words of levers that share a file begin with
 * the lever's own). */
typedef struct {
    const char *device, *lever;
    const char *argument; /* what has to follow, or NULL */
    const char *file;
    bool named; /* the lever's word stands in the file too */
    const char *help;
} Lever;

/* clang-format off */
static const Lever levers[] = {
    { "scanner", "jam",            "N",  "/fault",  true,  N_("at sheet N, the first is 1") },
    { "scanner", "double",         "N",  "/fault",  true,  N_("two sheets fed at once, at sheet N") },
    { "scanner", "empty",          "N",  "/fault",  true,  N_("no paper; 0 is at once") },
    { "scanner", "offline",        "N",  "/fault",  true,  N_("unplugged; 0 is at once") },
    { "scanner", "delay",          "MS", "/delay",  false, N_("milliseconds a sheet") },
    { "scanner", "glass",          NULL, "/glass",  true,  N_("a paper was left on the glass") },
    { "camera",  "offline",        NULL, "/fault",  true,  N_("unplugged") },
    { "camera",  "hang",           NULL, "/fault",  true,  N_("no picture comes") },
    { "camera",  "empty",          NULL, "/fault",  true,  N_("nobody stands before it") },
    { "printer", "out-of-paper",   NULL, "/out-of-paper", true, N_("before printing") },
    { "printer", "jam",            NULL, "/jam",    true,  N_("before printing") },
    { "printer", "offline",        NULL, "/offline", true, N_("unplugged") },
    { "printer", "jam-while-printing", NULL, "/jam-while-printing", true, N_("in the first sheet") },
    { "card",    "absent",         NULL, CARD_FILE, true,  N_("no card lies there") },
    { "payment", "pays",           NULL, "/answer", true,  N_("the person pays (as without a lever)") },
    { "payment", "declines",       NULL, "/answer", true,  N_("the bank declines") },
    { "payment", "hangs",          NULL, "/answer", true,  N_("the money never comes") },
    { "payment", "offline",        NULL, "/answer", true,  N_("no bank answers") },
};
/* clang-format on */

static const char *
text_at(const SaoyKioskConfig *config, size_t offset)
{
    return *(char *const *)((const char *)config + offset);
}

static const char *
find_address(const SaoyKioskConfig *config, const char *device, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        if (!g_str_equal(devices[i].device, device))
            continue;
        if (!g_str_equal(text_at(config, devices[i].driver), "emu"))
            return saoy_null(error, SAOY_ERROR_REFUSED, "%s is not emulated here", device);
        return text_at(config, devices[i].address);
    }
    return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no device named %s", device);
}

/* Row i of the table, and behind its end the chip's levers. */
static bool
take_lever(size_t i, Lever *out)
{
    const SaoyChipLever *chip = NULL;

    if (i < G_N_ELEMENTS(levers)) {
        *out = levers[i];
        return true;
    }
    /* the first of them is "clear", which is every device's */
    chip = saoy_chip_lever(i - G_N_ELEMENTS(levers) + 1);
    if (chip == NULL)
        return false;
    *out = (Lever){ "card", chip->word, chip->argument, CARD_FILE, true, chip->help };
    return true;
}

static bool
takes(const Lever *lever, char **words)
{
    unsigned n = lever->argument != NULL ? 2 : 1;
    bool number = lever->argument != NULL && !g_str_equal(lever->argument, "LIST");

    return g_strv_length(words) == n &&
           (!number || g_ascii_string_to_unsigned(words[1], 10, 0, 65535, NULL, NULL));
}

/* words: "jam", "2" */
static bool
find_lever(const char *device, char **words, Lever *out, GError **error)
{
    for (size_t i = 0; take_lever(i, out); i++) {
        if (!g_str_equal(out->device, device) || !g_str_equal(out->lever, words[0]))
            continue;
        if (takes(out, words))
            return true;
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "%s %s takes %s", device, words[0],
                         out->argument == NULL ? "nothing more" : "one word or number");
    }
    return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "%s has no lever %s; see --help", device,
                     words[0]);
}

static void
clear(const char *device, const char *address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++) {
        g_autofree char *path = g_strconcat(address, levers[i].file, NULL);

        if (g_str_equal(levers[i].device, device))
            g_unlink(path);
    }
}

static bool
set(const Lever *lever, const char *address, char **words, GError **error)
{
    g_autofree char *path = g_strconcat(address, lever->file, NULL);
    g_autofree char *text = g_strjoinv(" ", lever->named ? words : words + 1);

    return saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

/* One lever at a time: setting one lets go of the others of that device. */
static bool
pull(const char *file, const char *device, char **words, GError **error)
{
    g_autoptr(SaoyKioskConfig) config = saoy_kiosk_config_read(file, error);
    const char *address = config != NULL ? find_address(config, device, error) : NULL;
    bool only_clear = g_str_equal(words[0], "clear");
    Lever lever = { 0 };

    if (address == NULL || (!only_clear && !find_lever(device, words, &lever, error)))
        return false;
    clear(device, address);
    return only_clear || set(&lever, address, words, error);
}

static char *
describe(void)
{
    GString *text =
        g_string_new(_("Tells an emulated device how to misbehave; the word clear "
                       "lets go of all its levers."));
    Lever lever = { 0 };

    g_string_append(text, "\n");
    for (size_t i = 0; take_lever(i, &lever); i++) {
        g_autofree char *words = g_strjoin(" ", lever.lever, lever.argument, NULL);

        g_string_append_printf(text, "\n  %-8s %-22s %s", lever.device, words,
                               _(lever.help));
    }
    return g_string_free(text, FALSE);
}

int
kiosk_emu(int argc, char **argv)
{
    g_autofree char *file = NULL;
    g_autofree char *help = describe();
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = { { "config", 'c', 0, G_OPTION_ARG_FILENAME, &file,
                                       N_("the kiosk's configuration"), N_("FILE") },
                                     { NULL } };
    int code = KIOSK_OK;

    if (!kiosk_options(&argc, &argv, entries, N_("DEVICE LEVER…|clear"), help, 2, 8, &code))
        return code;
    return pull(file, argv[1], argv + 2, &error) ? KIOSK_OK : kiosk_fail(error);
}
