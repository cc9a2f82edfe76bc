/* The lists a verifier carries along: what they say, and that nobody else may say it. */
#include "signature/seal-list.h"

#include "pki.h"

#include "core/error.h"

typedef struct {
    PkiEntity root, seal;
    char *trust;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->root = pki_entity("TEST root", NULL, true);
    fix->seal = pki_entity("TEST seal", &fix->root, false);
    fix->trust = pki_folder();
    pki_write(fix->trust, "root.der", fix->root.der);
    pki_write(fix->trust, "seal.der", fix->seal.der);
}

static void
tear_down(Fixture *fix, const void *data)
{
    pki_entity_clear(&fix->root);
    pki_entity_clear(&fix->seal);
    saoy_dir_remove(fix->trust, NULL);
    g_free(fix->trust);
}

static bool
sign(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    g_autoptr(GBytes) der = pki_sign(user, hash);

    pki_pair(der, out);
    return true;
}

static GBytes *
make_denied(PkiEntity *signer, const char *const *ids)
{
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_DENIED,
                                  .issued_at_s = 1000,
                                  .next_update_s = 2000,
                                  .denied = saoy_seal_denied_new(ids) };
    GBytes *cose =
        saoy_seal_list_make(&list, saoy_view_of(signer->der), sign, signer, NULL);

    g_assert_nonnull(cose);
    return cose;
}

static GBytes *
make_keys(Fixture *fix)
{
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_KEYS,
                                  .issued_at_s = 1000,
                                  .next_update_s = 2000,
                                  .keys = saoy_seal_keys_new() };
    SaoySealKey key = { g_bytes_ref(fix->seal.der), 10, 20 };

    g_array_append_val(list.keys, key);
    return saoy_seal_list_make(&list, saoy_view_of(fix->root.der), sign, &fix->root, NULL);
}

static const char *const ids[] = { "H26.132-251110-0007.01-24", "H26.132-251110-0008.01-05",
                                   "H26.132-251110-0009.01-83", NULL };

static void
test_denied_copies_are_found(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cose = make_denied(&fix->root, ids);
    g_auto(SaoySealList) list = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_seal_list_read(cose, SAOY_SEAL_DENIED, fix->trust, &list, &error));
    g_assert_cmpint(list.issued_at_s, ==, 1000);
    g_assert_cmpint(list.next_update_s, ==, 2000);
    for (size_t i = 0; ids[i] != NULL; i++)
        g_assert_true(saoy_seal_list_denies(&list, ids[i]));
    g_assert_false(saoy_seal_list_denies(&list, "H26.132-251110-0010.01-61"));
}

static void
test_an_empty_list_denies_nothing(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cose = make_denied(&fix->root, ids + 3);
    g_auto(SaoySealList) list = { 0 };

    g_assert_true(saoy_seal_list_read(cose, SAOY_SEAL_DENIED, fix->trust, &list, NULL));
    g_assert_false(saoy_seal_list_denies(&list, ids[0]));
}

static void
test_keys_are_found_by_their_id(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cose = make_keys(fix);
    g_auto(SaoySealList) list = { 0 };
    uint8_t hash[32];

    g_assert_true(saoy_seal_list_read(cose, SAOY_SEAL_KEYS, fix->trust, &list, NULL));
    saoy_sha256(saoy_view_of(fix->seal.der), hash);
    const SaoySealKey *key = saoy_seal_list_key(&list, hash);
    g_assert_nonnull(key);
    g_assert_true(g_bytes_equal(key->certificate, fix->seal.der));
    g_assert_cmpint(key->from_s, ==, 10);
    g_assert_cmpint(key->to_s, ==, 20);
    hash[0] ^= 1;
    g_assert_null(saoy_seal_list_key(&list, hash));
}

static void
assert_refused(Fixture *fix, GBytes *cose, SaoySealListKind kind, int code)
{
    g_auto(SaoySealList) list = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_seal_list_read(cose, kind, fix->trust, &list, &error));
    g_assert_error(error, SAOY_ERROR, code);
    g_assert_true(list.keys == NULL && list.denied == NULL);
}

/* A seal certificate is in the folder of trust as well, but it is no root. */
static void
test_only_a_root_signs_lists(Fixture *fix, const void *data)
{
    PkiEntity stranger = pki_entity("Stranger", NULL, true);
    g_autoptr(GBytes) by_seal = make_denied(&fix->seal, ids);
    g_autoptr(GBytes) by_stranger = make_denied(&stranger, ids);

    assert_refused(fix, by_seal, SAOY_SEAL_DENIED, SAOY_ERROR_OFFLINE);
    assert_refused(fix, by_stranger, SAOY_SEAL_DENIED, SAOY_ERROR_OFFLINE);
    pki_entity_clear(&stranger);
}

static void
test_one_list_is_not_the_other(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) keys = make_keys(fix);
    g_autoptr(GBytes) denied = make_denied(&fix->root, ids);

    assert_refused(fix, keys, SAOY_SEAL_DENIED, SAOY_ERROR_MALFORMED);
    assert_refused(fix, denied, SAOY_SEAL_KEYS, SAOY_ERROR_MALFORMED);
}

static void
test_every_flipped_byte_and_every_cut_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) cose = make_denied(&fix->root, ids);
    SaoyView all = saoy_view_of(cose);

    for (size_t i = 0; i < all.size; i++) {
        g_autofree uint8_t *copy = g_memdup2(all.data, all.size);
        g_auto(SaoySealList) one = { 0 }, two = { 0 };

        copy[i] ^= 0x10;
        g_autoptr(GBytes) flipped = g_bytes_new(copy, all.size);
        g_autoptr(GBytes) cut = g_bytes_new(all.data, i);
        g_assert_false(
            saoy_seal_list_read(flipped, SAOY_SEAL_DENIED, fix->trust, &one, NULL));
        g_assert_false(saoy_seal_list_read(cut, SAOY_SEAL_DENIED, fix->trust, &two, NULL));
    }
}

/* One list has one form: ids rise. */
static void
test_ids_out_of_order_are_refused(Fixture *fix, const void *data)
{
    static const uint8_t falling[16] = { 2, [8] = 1 };
    g_auto(SaoySealList)
        list = { .kind = SAOY_SEAL_DENIED, .denied = g_bytes_new_static(falling, 16) };
    g_autoptr(GBytes) cose =
        saoy_seal_list_make(&list, saoy_view_of(fix->root.der), sign, &fix->root, NULL);

    assert_refused(fix, cose, SAOY_SEAL_DENIED, SAOY_ERROR_MALFORMED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add(path, Fixture, NULL, set_up, f, tear_down)
    WITH("/seal-list/denied", test_denied_copies_are_found);
    WITH("/seal-list/empty", test_an_empty_list_denies_nothing);
    WITH("/seal-list/keys", test_keys_are_found_by_their_id);
    WITH("/seal-list/root", test_only_a_root_signs_lists);
    WITH("/seal-list/kind", test_one_list_is_not_the_other);
    WITH("/seal-list/flipped", test_every_flipped_byte_and_every_cut_is_refused);
    WITH("/seal-list/order", test_ids_out_of_order_are_refused);
    return g_test_run();
}
