#include "verify-parts.h"

#include "core/file.h"
#include "signature/dss.h"

#include <string.h>

/* Where proofs come from: the file, the trust directory, whoever asks. */

#define MAX_STORE_WORK ((size_t)256 << 20)
#define MAX_STORED ((size_t)64 << 20)  /* of different bytes */
#define ENTRY_COST 64                  /* of finding one entry of a DSS, in bytes read */
#define STORED_COST 32768              /* of keeping one */
#define BROKEN_COST ((size_t)64 << 20) /* of a DSS whose last entry turns out broken */

typedef bool TakeFunc(SaoyProofs *proofs, GBytes *file, GError **error);

/* False: one of them is none. */
static bool
add_files(const char *directory, const char *suffix, TakeFunc *take, SaoyProofs *out)
{
    bool all = true;
    const char *const suffixes[] = { suffix, NULL };
    g_auto(GStrv) names =
        directory != NULL ? saoy_dir_list(directory, suffixes, NULL) : NULL;

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        g_autoptr(GBytes) file = saoy_file_read(path, 16u << 20, NULL);

        all = file != NULL && take(out, file, NULL) && all;
    }
    return all;
}

static void
add_all(GPtrArray *out, const GPtrArray *more)
{
    for (guint i = 0; more != NULL && i < more->len; i++)
        saoy_proofs_add(out, more->pdata[i]);
}

/* ---- the file's own proofs ---- */

/* Which values the DSS of a revision is made of; equal: nothing of it was rewritten. */
static GPtrArray *
store_parts(SaoyPdf *pdf, size_t revision)
{
    static const char *const keys[] = { "Certs", "OCSPs", "CRLs" };
    GPtrArray *parts = g_ptr_array_new();
    const SaoyPdfValue *root =
        saoy_pdf_get(pdf, revision, saoy_pdf_trailer(pdf, revision), "Root");
    const SaoyPdfValue *dss = saoy_pdf_get(pdf, revision, root, "DSS");

    g_ptr_array_add(parts, (void *)(uintptr_t)dss);
    for (size_t k = 0; k < G_N_ELEMENTS(keys); k++) {
        const SaoyPdfValue *list = saoy_pdf_get(pdf, revision, dss, keys[k]);

        g_ptr_array_add(parts, (void *)(uintptr_t)list);
        for (size_t i = 0; list != NULL && list->type == SAOY_PDF_ARRAY && i < list->n; i++)
            g_ptr_array_add(
                parts, (void *)(uintptr_t)saoy_pdf_resolve(pdf, revision, &list->items[i]));
    }
    return parts;
}

static bool
same_parts(const GPtrArray *a, const GPtrArray *b)
{
    return a != NULL && a->len == b->len &&
           memcmp(a->pdata, b->pdata, a->len * sizeof *a->pdata) == 0;
}

/* Returns what it cost. */
static size_t
add_store(SaoyCheck *check, size_t revision)
{
    g_auto(SaoyProofs) store = { 0 };
    g_autoptr(GError) error = NULL;
    SaoyProofs *all = &check->proofs;
    size_t cost = 0;

    if (!saoy_dss_read(check->pdf, revision, (SaoyView){ 0 }, &store, &error)) {
        if (error != NULL)
            saoy_found(check, SAOY_FOUND_DSS_UNREADABLE, 0, 0);
        return error != NULL ? BROKEN_COST : 0;
    }
    const GPtrArray *const from[] = { store.certificates, store.ocsps, store.crls };
    GPtrArray *const to[] = { all->certificates, all->ocsps, all->crls };
    for (size_t k = 0; k < G_N_ELEMENTS(from); k++) {
        for (guint i = 0; i < from[k]->len; i++)
            cost += STORED_COST + g_bytes_get_size(from[k]->pdata[i]);
        add_all(to[k], from[k]);
    }
    return cost;
}

static size_t
stored_bytes(const SaoyProofs *proofs)
{
    const GPtrArray *const lists[] = { proofs->certificates, proofs->ocsps, proofs->crls };
    size_t bytes = 0;

    for (size_t k = 0; k < G_N_ELEMENTS(lists); k++)
        for (guint i = 0; i < lists[k]->len; i++)
            bytes += g_bytes_get_size(lists[k]->pdata[i]);
    return bytes;
}

/* Of all revisions: what one knew of a revocation, no later one makes unknown. The oldest
 * first, so that no later one changes how an older is read. */
static void
add_stores(SaoyCheck *check)
{
    g_autoptr(GPtrArray) before = NULL;
    size_t n = saoy_pdf_revisions(check->pdf), work = 0;

    for (size_t r = 0; r < n; r++) {
        GPtrArray *parts = store_parts(check->pdf, r);

        work += ENTRY_COST * (size_t)parts->len;
        if (!same_parts(before, parts))
            work += add_store(check, r);
        g_clear_pointer(&before, g_ptr_array_unref);
        before = parts;
        if (work > MAX_STORE_WORK || stored_bytes(&check->proofs) > MAX_STORED) {
            saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
            return;
        }
    }
}

/* The file's own validation data, what the trust directory holds, and what was given. */
void
saoy_check_take_proofs(SaoyCheck *check)
{
    const SaoyProofs *given = check->options->given;
    SaoyProofs *all = &check->proofs;

    saoy_proofs_init(all);
    if (check->n_marks == 0)
        return;
    add_stores(check);
    check->n_file[0] = all->ocsps->len;
    check->n_file[1] = all->crls->len;
    bool answers = add_files(check->options->trust, ".ocsp", saoy_proofs_take_ocsp, all);
    bool lists = add_files(check->options->trust, ".crl", saoy_proofs_take_crl, all);
    if (!answers || !lists)
        saoy_found(check, SAOY_FOUND_TRUST_LIST_UNREADABLE, 0, 0);
    check->n_directory[0] = all->ocsps->len;
    check->n_directory[1] = all->crls->len;
    add_all(all->certificates, given != NULL ? given->certificates : NULL);
    add_all(all->ocsps, given != NULL ? given->ocsps : NULL);
    add_all(all->crls, given != NULL ? given->crls : NULL);
}
