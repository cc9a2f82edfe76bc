#include "archive-parts.h"
#include "tlog.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

/* The log of all that was archived, kept in the database. */

static bool
log_get(void *user, unsigned level, uint64_t place, uint8_t out[32], GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(user, "SELECT hash FROM log_nodes WHERE level = ? AND place = ?",
                         "b", error, "ii", (int64_t)level, (int64_t)place);

    if (rows == NULL)
        return false;
    if (g_bytes_get_size(saoy_rows_bytes(rows, 0, 0)) != 32)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the log lost node %u/%u", level,
                         (unsigned)place);
    memcpy(out, g_bytes_get_data(saoy_rows_bytes(rows, 0, 0), NULL), 32);
    return true;
}

static bool
log_put(void *user, unsigned level, uint64_t place, const uint8_t hash[32], GError **error)
{
    return saoy_records_run(
        user, "INSERT INTO log_nodes (level, place, hash) VALUES (?, ?, ?)", error, "iib",
        (int64_t)level, (int64_t)place, (SaoyView){ hash, 32 });
}

static bool
log_size(SaoyNode *node, uint64_t *out, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT COALESCE(MAX(place) + 1, 0) FROM log_nodes WHERE level = 0",
        "i", error, "");

    if (rows == NULL)
        return false;
    *out = (uint64_t)saoy_rows_int(rows, 0, 0);
    return true;
}

bool
saoy_archive_log(SaoyNode *node, GBytes *pdf, uint64_t *out_index, GError **error)
{
    const SaoyTlogStore store = { log_get, log_put, node->records };
    uint8_t digest[32], leaf[32];

    saoy_sha256(saoy_view_of(pdf), digest);
    saoy_tlog_leaf((SaoyView){ digest, 32 }, leaf);
    return log_size(node, out_index, error) &&
           saoy_tlog_append(&store, *out_index, leaf, error);
}

static SaoyJson *
proof_json(const GByteArray *proof)
{
    SaoyJson *list = saoy_json_array();

    for (unsigned i = 0; i < proof->len; i += 32) {
        g_autofree char *hex = saoy_hex((SaoyView){ proof->data + i, 32 });

        saoy_json_append_string(list, hex);
    }
    return list;
}

SaoyJson *
saoy_archive_answer(SaoyNode *node, const char *sha256, const char *copy_id, GError **error)
{
    const SaoyTlogStore store = { log_get, log_put, node->records };
    g_autoptr(GByteArray) proof = g_byte_array_new();
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT log_index, copy_id FROM revisions WHERE sha256 = ?", "it",
        error, "t", sha256);
    g_autofree char *hex = NULL;
    uint64_t size = 0;
    uint8_t root[32];

    if (rows == NULL || saoy_rows_count(rows) == 0 ||
        (copy_id != NULL && !g_str_equal(saoy_rows_text(rows, 0, 1), copy_id)))
        return NULL;
    if (!log_size(node, &size, error) || !saoy_tlog_root(&store, size, root, error) ||
        !saoy_tlog_proof(&store, (uint64_t)saoy_rows_int(rows, 0, 0), size, proof, error))
        return NULL;
    hex = saoy_hex((SaoyView){ root, 32 });
    SaoyJson *json = saoy_json_object();
    saoy_json_set_string(json, "sha256", sha256);
    saoy_json_set_int(json, "log_index", saoy_rows_int(rows, 0, 0));
    saoy_json_set_int(json, "tree_size", (int64_t)size);
    saoy_json_set_string(json, "root", hex);
    saoy_json_set(json, "proof", proof_json(proof));
    return json;
}
