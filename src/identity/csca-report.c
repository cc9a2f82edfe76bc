/* What a store holds, for those who keep it. */
#include "csca-store.h"

#include "algorithm.h"
#include "core/clock.h"
#include "core/file.h"

#include <glib/gi18n.h>
#include <time.h>

#define DAY_S 86400

const char *
saoy_csca_kind_name(SaoyCscaKind kind)
{
    static const char *const names[SAOY_CSCA_KIND_N] = {
        [SAOY_CSCA_CERTIFICATES] = "certificates",
        [SAOY_CSCA_MASTER_LIST] = "master_list",
        [SAOY_CSCA_CRL] = "crl",
    };

    return names[kind];
}

static void
count_init(SaoyCscaCount *count)
{
    count->countries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
file_report_free(void *p)
{
    SaoyCscaFileReport *file = p;

    g_free(file->name);
    g_free(file->sha256);
    g_hash_table_unref(file->count.countries);
    g_free(file);
}

void
saoy_csca_report_free(SaoyCscaReport *report)
{
    g_ptr_array_unref(report->files);
    g_hash_table_unref(report->count.countries);
    g_free(report);
}

static void
count_country(GHashTable *countries, const char *country)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(countries, country));

    g_hash_table_insert(countries, g_strdup(country), GUINT_TO_POINTER(n + 1));
}

/* -1 not yet, 0 now, 1 no more */
static int
period_of(X509 *certificate)
{
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);

    if (X509_cmp_time(X509_get0_notBefore(certificate), &now) > 0)
        return -1;
    return X509_cmp_time(X509_get0_notAfter(certificate), &now) < 0;
}

static void
count_certificate(SaoyCscaCount *count, const SaoyCscaEntry *entry)
{
    X509 *certificate = entry->certificate;
    int period = period_of(certificate);

    if (X509_check_ca(certificate) == 0) {
        count->signers++;
        return;
    }
    count->issuers++;
    count->early += period < 0;
    count->valid += period == 0;
    count->expired += period > 0;
    count->links += X509_self_signed(certificate, 0) != 1;
    count->unusable += !saoy_key_is_usable(certificate);
    count_country(count->countries, entry->country);
}

static int
days_till(const ASN1_TIME *end)
{
    struct tm tm = { 0 };
    int64_t now_s = saoy_clock_wall_us() / G_USEC_PER_SEC;

    return ASN1_TIME_to_tm(end, &tm) == 1 ? (int)((timegm(&tm) - now_s) / DAY_S) : 0;
}

/* The lists bring their issuers' successors with their next edition; what the operator put
 * there is for the operator to renew. */
static void
note_expiry(SaoyCscaReport *report, X509 *certificate)
{
    int days = days_till(X509_get0_notAfter(certificate));

    if (X509_check_ca(certificate) == 0 || period_of(certificate) != 0)
        return;
    if (!report->has_expiry || days < report->days_left)
        report->days_left = days;
    report->has_expiry = true;
}

typedef struct {
    SaoyCscaReport *report;
    const GPtrArray *files;
    GHashTable *seen; /* certificates counted */
} Count;

static void
count_certificates(Count *all, const SaoyCscaFile *file, SaoyCscaFileReport *out)
{
    for (unsigned i = 0; i < file->entries->len; i++) {
        SaoyCscaEntry *entry = file->entries->pdata[i];

        if (saoy_csca_entry_certificate(entry) == NULL) {
            out->reason = N_("something in it is not readable");
            continue;
        }
        count_certificate(&out->count, entry);
        if (!file->trusted || !g_hash_table_add(all->seen, entry->der))
            continue;
        count_certificate(&all->report->count, entry);
        if (file->kind == SAOY_CSCA_CERTIFICATES)
            note_expiry(all->report, entry->certificate);
    }
}

static void
look_at_crl(Count *all, X509_CRL *crl, SaoyCscaFileReport *out)
{
    const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);
    struct tm tm = { 0 };

    out->revoked += (unsigned)MAX(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl)), 0);
    if (next != NULL && ASN1_TIME_to_tm(next, &tm) == 1)
        out->next_update_s = timegm(&tm);
    if (!saoy_crl_holds(all->files, crl)) {
        out->used = false;
        out->reason = N_("no issuer in the folder has signed it");
    } else if (next != NULL && X509_cmp_time(next, &now) < 0) {
        out->reason = N_("it is out of date; what it names stays revoked");
        all->report->stale++;
    }
}

static void
look_at_crls(Count *all, const SaoyCscaFile *file, SaoyCscaFileReport *out)
{
    for (unsigned i = 0; i < file->entries->len; i++) {
        X509_CRL *crl = saoy_csca_entry_crl(file->entries->pdata[i]);

        if (crl != NULL)
            look_at_crl(all, crl, out);
        else
            out->reason = N_("something in it is not readable");
    }
}

static void
look_at_file(Count *all, const SaoyCscaFile *file)
{
    SaoyCscaFileReport *out = g_new0(SaoyCscaFileReport, 1);

    *out = (SaoyCscaFileReport){ .name = g_strdup(file->name),
                                 .kind = file->kind,
                                 .used = file->trusted,
                                 .reason = file->reason,
                                 .sha256 = g_strdup(file->sha256) };
    count_init(&out->count);
    if (file->kind == SAOY_CSCA_CRL)
        look_at_crls(all, file, out);
    else
        count_certificates(all, file, out);
    all->report->left_out += !out->used;
    g_ptr_array_add(all->report->files, out);
}

SaoyCscaReport *
saoy_csca_report_on(const GPtrArray *shown, const GPtrArray *files)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    Count all = { .report = g_new0(SaoyCscaReport, 1), .files = files, .seen = seen };

    all.report->files = g_ptr_array_new_with_free_func(file_report_free);
    count_init(&all.report->count);
    for (unsigned i = 0; i < shown->len; i++)
        look_at_file(&all, shown->pdata[i]);
    ERR_clear_error();
    return all.report;
}

SaoyCscaReport *
saoy_csca_report(const char *dir, GError **error)
{
    g_autoptr(SaoyCsca) csca = NULL;

    if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "%s is no folder", dir);
    csca = saoy_csca_open(dir);
    return saoy_csca_report_on(csca->files, csca->files);
}
