#include "chip-issuers.h"

#include "identity/csca.h"

#include <glib/gi18n.h>

#define DAYS_NOTE 90 /* an issuer's successor comes by no mail of ours */

static void
check_file(const SaoyCscaFileReport *file, GPtrArray *checks)
{
    g_autofree char *name = g_strdup_printf("chip issuers %s", file->name);

    if (file->reason != NULL)
        saoy_checks_add(checks, name, SAOY_CHECK_NOTE, file->reason, file->sha256);
}

static void
check_expiry(const SaoyCscaReport *report, GPtrArray *checks)
{
    g_autofree char *days = g_strdup_printf("%d", report->days_left);

    if (report->has_expiry)
        saoy_checks_add(checks, "chip issuers' time",
                        report->days_left < DAYS_NOTE ? SAOY_CHECK_NOTE : SAOY_CHECK_OK,
                        N_("days left of the chip issuer that expires first"), days);
}

void
saoy_check_chip_issuers(const char *dir, GPtrArray *checks)
{
    g_autoptr(SaoyCscaReport) report =
        dir == NULL || *dir == '\0' ? NULL : saoy_csca_report(dir, NULL);
    g_autofree char *detail = NULL;

    if (report == NULL || report->count.valid == 0)
        saoy_checks_add(checks, "chip issuers", SAOY_CHECK_NOTE,
                        N_("no chip issuer is trusted: every chip stays undecided"), dir);
    if (report == NULL)
        return;
    detail = g_strdup_printf("%u/%u, %u: %s", report->count.valid, report->count.issuers,
                             g_hash_table_size(report->count.countries), dir);
    if (report->count.valid > 0)
        saoy_checks_add(checks, "chip issuers", SAOY_CHECK_OK,
                        N_("chip issuers that are valid, of all; countries"), detail);
    check_expiry(report, checks);
    for (unsigned i = 0; i < report->files->len; i++)
        check_file(report->files->pdata[i], checks);
}
