#include "scanner-fault.h"

#include <glib/gi18n.h>
#include <string.h>

/* clang-format off */
static const struct {
    SaoyErrorCode code;
    const char *words; /* none is the end of another */
    const char *hint;
} faults[SAOY_SCAN_FAULT_N] = {
    [SAOY_SCAN_UNABLE] = { SAOY_ERROR_FAILED, "the device cannot do that",
        N_("The scanner cannot scan in this way. Please call the staff.") },
    [SAOY_SCAN_BUSY] = { SAOY_ERROR_OFFLINE, "another program holds the device",
        N_("The scanner is busy with another task. Please wait a moment and scan again.") },
    [SAOY_SCAN_BAD_VALUE] = { SAOY_ERROR_FAILED, "the device does not take that",
        N_("The scanner is not set up rightly. Please call the staff.") },
    [SAOY_SCAN_CUT_SHORT] = { SAOY_ERROR_FAILED, "the data ended too early",
        N_("The page did not come through whole. Please scan it again.") },
    [SAOY_SCAN_JAMMED] = { SAOY_ERROR_JAM, "paper is jammed",
        N_("The paper is stuck. Open the cover, draw the sheet out gently and lay it in again.") },
    [SAOY_SCAN_DOUBLE] = { SAOY_ERROR_JAM, "two sheets were drawn at once",
        N_("Two sheets went in together. Part them, lay them in again and scan once more.") },
    [SAOY_SCAN_EMPTY] = { SAOY_ERROR_NO_MEDIA, "no paper in the feeder",
        N_("There is no paper in the scanner. Lay your original in it and scan again.") },
    [SAOY_SCAN_COVER_OPEN] = { SAOY_ERROR_JAM, "the cover is open",
        N_("The scanner's cover is open. Close it until it clicks, then scan again.") },
    [SAOY_SCAN_SILENT] = { SAOY_ERROR_OFFLINE, "the device does not answer",
        N_("The scanner did not answer. Scan again.") },
    [SAOY_SCAN_NO_MEMORY] = { SAOY_ERROR_FAILED, "out of memory",
        N_("The page is too large for this machine. Please call the staff.") },
    [SAOY_SCAN_NO_RIGHT] = { SAOY_ERROR_FAILED, "no right to use the device",
        N_("This machine may not use the scanner yet. Please call the staff.") },
    [SAOY_SCAN_WARMING_UP] = { SAOY_ERROR_TIMEOUT, "the lamp is warming up",
        N_("The scanner is still warming up. Please wait a minute and scan again.") },
    [SAOY_SCAN_LOCKED] = { SAOY_ERROR_FAILED, "locked for transport",
        N_("The scanner is locked for transport. Please call the staff.") },
};
/* clang-format on */

bool
saoy_scan_fail(SaoyScanFault fault, const char *at, GError **error)
{
    return saoy_fail(error, faults[fault].code, "%s: %s", at, faults[fault].words);
}

const char *
saoy_scanner_hint(const GError *error)
{
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return N_("The scan was stopped.");
    for (size_t i = 0; error->domain == SAOY_ERROR && i < G_N_ELEMENTS(faults); i++)
        if (g_str_has_suffix(error->message, faults[i].words))
            return faults[i].hint;
    return NULL;
}
