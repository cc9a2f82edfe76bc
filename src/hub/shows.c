#include "shows.h"

#include "archive.h"
#include "node.h"
#include "tlog.h"

#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/ossl.h"

#include <string.h>

#define CERTIFICATES_MAX (64u << 10)

static void
show_certificate(const char *id, X509 *certificate)
{
    g_autoptr(GBytes) der = saoy_x509_der(certificate);
    g_autofree char *digest = saoy_sha256_hex(saoy_view_of(der));
    int days = 0, seconds = 0;
    char name[256] = "";

    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate));
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof name);
    g_print("%-20s %5d days  %.16s…  %s\n", id, days, digest, name);
}

static bool
show_key(const SaoyKeys *keys, const char *id, GError **error)
{
    g_autoptr(GPtrArray) chain = saoy_keys_chain(keys, id, error);
    g_autoptr(X509) certificate =
        chain != NULL ? saoy_x509_parse(saoy_view_of(chain->pdata[0]), error) : NULL;

    if (certificate == NULL)
        return false;
    show_certificate(id, certificate);
    return true;
}

static bool
show_file(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *id = g_strndup(name, strlen(name) - strlen(".crt"));
    g_autoptr(GBytes) file = saoy_file_read(path, CERTIFICATES_MAX, error);
    g_autoptr(GPtrArray) all = file != NULL ? saoy_x509_list(saoy_view_of(file)) : NULL;

    if (all == NULL)
        return false;
    if (all->len == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: no certificate", path);
    show_certificate(id, all->pdata[0]);
    return true;
}

/* A hub cannot do without the three, wherever they are kept; of the folder's others,
 * whichever ends first stops something too. */
bool
saoy_show_keys(const SaoyHubConfig *config, GError **error)
{
    static const char *const needed[] = { "officer", "agency", "seal", NULL };
    static const char *const files[] = { "officer.crt", "agency.crt", "seal.crt", NULL };
    static const char *const suffixes[] = { ".crt", NULL };
    g_autoptr(SaoyKeys) keys = saoy_keys_open(config, error);
    g_autofree char *folder = saoy_hub_config_path(config, config->pki);
    g_auto(GStrv) names = keys != NULL ? saoy_dir_list(folder, suffixes, error) : NULL;

    if (names == NULL)
        return false;
    for (size_t i = 0; needed[i] != NULL; i++)
        if (!show_key(keys, needed[i], error))
            return false;
    for (size_t i = 0; names[i] != NULL; i++)
        if (!g_strv_contains(files, names[i]) && !show_file(folder, names[i], error))
            return false;
    return true;
}

/* From the file's digest by the stored proof to the head, as anybody outside would do it.
 */
static bool
check_entry(SaoyNode *node, const char *sha256, GError **error)
{
    g_autoptr(SaoyJson) answer = saoy_archive_answer(node, sha256, NULL, error);
    g_autoptr(GBytes) digest = saoy_unhex(sha256, error);
    g_autoptr(GByteArray) proof = g_byte_array_new();
    g_autoptr(GBytes) root = NULL;
    const SaoyJson *list = NULL;
    uint8_t leaf[32];

    if (answer == NULL || digest == NULL)
        return false;
    list = saoy_json_member(answer, "proof");
    for (size_t i = 0; i < saoy_json_length(list); i++) {
        g_autoptr(GBytes) step = saoy_unhex(saoy_json_text(saoy_json_at(list, i)), error);

        if (step == NULL)
            return false;
        g_byte_array_append(proof, g_bytes_get_data(step, NULL), 32);
    }
    root = saoy_unhex(saoy_json_string_or(answer, "root", ""), error);
    if (root == NULL)
        return false;
    saoy_tlog_leaf(saoy_view_of(digest), leaf);
    return saoy_tlog_check((uint64_t)saoy_json_int_or(answer, "log_index", 0),
                           (uint64_t)saoy_json_int_or(answer, "tree_size", 0), leaf,
                           (SaoyView){ proof->data, proof->len },
                           g_bytes_get_data(root, NULL)) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the log does not prove %s", sha256);
}

bool
saoy_show_log(const SaoyHubConfig *config, GError **error)
{
    g_auto(SaoyNode) node = { 0 };
    g_autoptr(SaoyRows) rows = NULL;

    if (!saoy_node_open(&node, config, NULL, NULL, error))
        return false;
    rows = saoy_records_ask(node.records,
                            "SELECT log_index, sha256, copy_id, length FROM revisions "
                            "ORDER BY log_index",
                            "itti", error, "");
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        if (!check_entry(&node, saoy_rows_text(rows, i, 1), error))
            return false;
        g_print("%6d %s %s %d\n", (int)saoy_rows_int(rows, i, 0),
                saoy_rows_text(rows, i, 1), saoy_rows_text(rows, i, 2),
                (int)saoy_rows_int(rows, i, 3));
    }
    g_print("%zu entries, all proven\n", saoy_rows_count(rows));
    return true;
}
