#include "core/error.h"
#include "core/ossl.h"
#include "tlog.h"

#include <string.h>

/* The reference inputs and tree heads of Certificate Transparency's own Merkle tree tests.
 */
static const char *const inputs[] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};
static const char *const roots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

typedef struct {
    GHashTable *nodes; /* "level/place" -> 32 bytes */
} Memory;

static bool
get(void *user, unsigned level, uint64_t place, uint8_t out[32], GError **error)
{
    g_autofree char *key = g_strdup_printf("%u/%u", level, (unsigned)place);
    const uint8_t *hash = g_hash_table_lookup(((Memory *)user)->nodes, key);

    if (hash == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no node %s", key);
    memcpy(out, hash, 32);
    return true;
}

static bool
put(void *user, unsigned level, uint64_t place, const uint8_t hash[32], GError **error)
{
    char *key = g_strdup_printf("%u/%u", level, (unsigned)place);

    g_assert_null(g_hash_table_lookup(((Memory *)user)->nodes, key)); /* append only */
    g_hash_table_insert(((Memory *)user)->nodes, key, g_memdup2(hash, 32));
    return true;
}

static GHashTable *
new_nodes(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void
test_heads_are_those_of_certificate_transparency(void)
{
    g_autoptr(GHashTable) nodes = new_nodes();
    Memory memory = { nodes };
    const SaoyTlogStore store = { get, put, &memory };
    g_autoptr(GError) error = NULL;

    for (unsigned n = 0; n <= G_N_ELEMENTS(inputs); n++) {
        uint8_t root[32];

        g_assert_true(saoy_tlog_root(&store, n, root, &error));
        g_assert_no_error(error);
        g_autofree char *hex = saoy_hex((SaoyView){ root, 32 });
        g_assert_cmpstr(hex, ==, roots[n]);
        if (n == G_N_ELEMENTS(inputs))
            break;
        g_autoptr(GBytes) entry = saoy_unhex(inputs[n], &error);
        uint8_t leaf[32];
        saoy_tlog_leaf((SaoyView){ g_bytes_get_data(entry, NULL), g_bytes_get_size(entry) },
                       leaf);
        g_assert_true(saoy_tlog_append(&store, n, leaf, &error));
    }
}

static void
leaf_of(unsigned i, uint8_t leaf[32])
{
    saoy_tlog_leaf((SaoyView){ (const uint8_t *)&i, sizeof i }, leaf);
}

static void
check_one(const SaoyTlogStore *store, unsigned i, unsigned size)
{
    g_autoptr(GByteArray) proof = g_byte_array_new();
    uint8_t root[32], leaf[32];

    leaf_of(i, leaf);
    g_assert_true(saoy_tlog_root(store, size, root, NULL));
    g_assert_true(saoy_tlog_proof(store, i, size, proof, NULL));
    SaoyView path = { proof->data, proof->len };
    g_assert_true(saoy_tlog_check(i, size, leaf, path, root));
    g_assert_false(saoy_tlog_check((i + 1) % size, size, leaf, path, root) && size > 1);
    root[31] ^= 1;
    g_assert_false(saoy_tlog_check(i, size, leaf, path, root));
    root[31] ^= 1;
    leaf[0] ^= 1;
    g_assert_false(saoy_tlog_check(i, size, leaf, path, root));
    leaf[0] ^= 1;
    if (proof->len > 0) {
        path.size -= 32;
        g_assert_false(saoy_tlog_check(i, size, leaf, path, root));
        path.size += 31;
        g_assert_false(saoy_tlog_check(i, size, leaf, path, root));
    }
}

static void
test_every_leaf_is_proven_at_every_size(void)
{
    g_autoptr(GHashTable) nodes = new_nodes();
    Memory memory = { nodes };
    const SaoyTlogStore store = { get, put, &memory };

    for (unsigned size = 1; size <= 40; size++) {
        uint8_t leaf[32];

        leaf_of(size - 1, leaf);
        g_assert_true(saoy_tlog_append(&store, size - 1, leaf, NULL));
        for (unsigned i = 0; i < size; i++)
            check_one(&store, i, size);
    }
}

static void
test_what_is_not_there_has_no_proof(void)
{
    g_autoptr(GHashTable) nodes = new_nodes();
    Memory memory = { nodes };
    const SaoyTlogStore store = { get, put, &memory };
    g_autoptr(GByteArray) proof = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    uint8_t root[32] = { 0 };

    g_assert_false(saoy_tlog_proof(&store, 0, 0, proof, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_clear_error(&error);
    g_assert_false(saoy_tlog_proof(&store, 0, 2, proof, &error)); /* nodes were lost */
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_false(saoy_tlog_check(0, 0, root, (SaoyView){ 0 }, root));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tlog/heads", test_heads_are_those_of_certificate_transparency);
    g_test_add_func("/tlog/proofs", test_every_leaf_is_proven_at_every_size);
    g_test_add_func("/tlog/absent", test_what_is_not_there_has_no_proof);
    return g_test_run();
}
