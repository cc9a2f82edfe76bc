/* What the store says of itself, and how a master list gets into it. */
#include "csca-store.h"
#include "pki.h"

typedef struct {
    char *dir, *list;
    Party csca, signer;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("saoy-report-XXXXXX", NULL);
    fix->list = g_strconcat(fix->dir, ".asn1", NULL);
    fix->csca = make_party((Plan){ 0 });
    fix->signer =
        make_signer((Plan){ .issuer = &fix->csca, .extended = "critical,2.23.136.1.1.3" });
}

static void
tear_down(Fixture *fix, const void *data)
{
    party_clear(&fix->csca);
    party_clear(&fix->signer);
    g_unlink(fix->list);
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
    g_free(fix->list);
}

/* Beside the store: a list of three, one of them twice; returns its SHA-256. */
static char *
write_list(const Fixture *fix, const Party *signer)
{
    g_auto(Party) old =
        make_party((Plan){ .country = "xa", .name = "old", .from_day = -9, .to_day = -2 });
    g_auto(Party) odd = make_party((Plan){ .country = "XB", .from_day = 2 });
    X509 *const all[] = { fix->csca.certificate, old.certificate, odd.certificate,
                          odd.certificate };
    g_autoptr(GBytes) content = list_of(all, G_N_ELEMENTS(all), 1);
    g_autoptr(CMS_ContentInfo) cms =
        sign_cms(saoy_view_of(content), signer, (How){ .type = "2.23.136.1.1.2" });
    g_autoptr(GBytes) der = cms_bytes(cms);
    g_autoptr(GError) error = NULL;

    saoy_file_write(fix->list, saoy_view_of(der), &error);
    g_assert_no_error(error);
    return saoy_sha256_hex(saoy_view_of(der));
}

static const SaoyCscaFileReport *
file_named(const SaoyCscaReport *report, const char *name)
{
    for (unsigned i = 0; i < report->files->len; i++) {
        const SaoyCscaFileReport *file = report->files->pdata[i];

        if (g_str_equal(file->name, name))
            return file;
    }
    g_assert_not_reached();
}

static void
test_every_file_is_told(Fixture *fix, const void *data)
{
    g_autoptr(EVP_PKEY) fake = curveball_key(fix->csca.key);
    g_auto(Party) stranger = make_party((Plan){ .name = "stranger" });
    g_auto(Party) link = make_party((Plan){ .issuer = &fix->csca, .name = "link" });
    g_auto(Party) odd = make_party((Plan){ .key = fake, .name = "odd" });
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCscaReport) report = NULL;

    put_certificate(fix->dir, "a.der", fix->csca.certificate);
    put_certificate(fix->dir, "again.der", fix->csca.certificate);
    put_certificate(fix->dir, "link.der", link.certificate);
    put_certificate(fix->dir, "odd.der", odd.certificate);
    put_certificate(fix->dir, "signer.der", fix->signer.certificate);
    put_crl(fix->dir, "good.crl", &fix->csca, fix->signer.certificate, -1, 30);
    put_crl(fix->dir, "old.crl", &fix->csca, NULL, -30, -1);
    put_crl(fix->dir, "stranger.crl", &stranger, NULL, -1, 30);
    put(fix->dir, "rubbish.ml", (SaoyView){ (const uint8_t *)"rubbish", 7 });
    report = saoy_csca_report(fix->dir, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(report->count.issuers, ==, 3); /* each once */
    g_assert_cmpuint(report->count.valid, ==, 3);
    g_assert_cmpuint(report->count.links, ==, 1);
    g_assert_cmpuint(report->count.unusable, ==, 1);
    g_assert_cmpuint(report->count.signers, ==, 1);
    g_assert_true(report->has_expiry);
    g_assert_cmpint(report->days_left, >=, 363);
    g_assert_cmpint(report->days_left, <=, 365);
    g_assert_cmpuint(report->stale, ==, 1);
    g_assert_cmpuint(report->left_out, ==, 2);
    g_assert_true(file_named(report, "good.crl")->used);
    g_assert_cmpstr(file_named(report, "good.crl")->reason, ==, NULL);
    g_assert_cmpuint(file_named(report, "good.crl")->revoked, ==, 1);
    g_assert_nonnull(strstr(file_named(report, "old.crl")->reason, "out of date"));
    g_assert_nonnull(strstr(file_named(report, "stranger.crl")->reason, "no issuer"));
    g_assert_cmpstr(file_named(report, "rubbish.ml")->reason, ==,
                    "the list is not readable");
}

static void
test_no_folder(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_free(write_list(fix, &fix->signer));
    g_assert_null(saoy_csca_report("/nowhere/at/all", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    g_clear_error(&error);
    g_assert_null(saoy_csca_import(fix->list, "/nowhere/at/all", NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

static bool
is_trusted_in_store(const Fixture *fix)
{
    g_autoptr(SaoyCsca) csca = saoy_csca_open(fix->dir);
    const SaoyCscaFile *last = csca->files->pdata[csca->files->len - 1];

    g_assert_cmpint(last->kind, ==, SAOY_CSCA_MASTER_LIST);
    g_assert_true(g_str_has_suffix(last->name, ".asn1.ml"));
    return last->trusted;
}

/* A list that nobody vouches for lies there, is not used, and says so. */
static void
test_import_pin_and_anchor(Fixture *fix, const void *data)
{
    g_autofree char *hash = write_list(fix, &fix->signer);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCscaReport) alone = saoy_csca_import(fix->list, fix->dir, NULL, &error);
    const SaoyCscaFileReport *file;

    g_assert_no_error(error);
    file = alone->files->pdata[0];
    g_assert_false(file->used);
    g_assert_cmpstr(file->sha256, ==, hash);
    g_assert_cmpuint(file->count.issuers, ==, 4);
    g_assert_cmpuint(file->count.expired, ==, 1);
    g_assert_cmpuint(file->count.early, ==, 2);
    g_assert_cmpuint(g_hash_table_size(file->count.countries), ==, 3);
    g_assert_true(g_hash_table_contains(file->count.countries, "XA"));
    g_assert_false(is_trusted_in_store(fix));

    g_autoptr(SaoyCscaReport) pinned = saoy_csca_import(fix->list, fix->dir, hash, &error);
    g_assert_no_error(error);
    g_assert_true(((SaoyCscaFileReport *)pinned->files->pdata[0])->used);
    g_assert_true(is_trusted_in_store(fix));
}

static void
test_an_anchored_import(Fixture *fix, const void *data)
{
    g_autofree char *pins = g_build_filename(fix->dir, "pinned", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCscaReport) report = NULL;

    g_free(write_list(fix, &fix->signer));
    put_certificate(fix->dir, "csca.der", fix->csca.certificate);
    report = saoy_csca_import(fix->list, fix->dir, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(((SaoyCscaFileReport *)report->files->pdata[0])->used);
    g_assert_true(is_trusted_in_store(fix));
    g_assert_false(g_file_test(pins, G_FILE_TEST_EXISTS));
}

/* What is refused leaves nothing behind. */
static void
test_refused_imports(Fixture *fix, const void *data)
{
    g_auto(Party) document = make_signer((Plan){ .issuer = &fix->csca });
    g_autofree char *hash = write_list(fix, &fix->signer);
    g_autofree char *forged = write_list(fix, &document);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) left = NULL;

    g_assert_null(saoy_csca_import(fix->list, fix->dir, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_clear_error(&error);
    g_assert_null(saoy_csca_import(fix->list, fix->dir, forged, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED); /* a pin is no signature */
    g_clear_error(&error);
    g_free(forged);
    forged = write_list(fix, &fix->signer);
    g_assert_null(saoy_csca_import(fix->list, fix->dir, hash, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED); /* another list's */
    g_clear_error(&error);
    g_assert_true(g_file_set_contents(fix->list, "rubbish", -1, NULL));
    g_assert_null(saoy_csca_import(fix->list, fix->dir, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_null(saoy_csca_import("/nowhere/at/all.ml", fix->dir, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    left = saoy_dir_list(fix->dir, NULL, NULL);
    g_assert_cmpuint(g_strv_length(left), ==, 0);
}

/* A pin joins those that are there, once. */
static void
test_pins_add_up(Fixture *fix, const void *data)
{
    g_autofree char *hash = write_list(fix, &fix->signer);
    g_autofree char *path = g_build_filename(fix->dir, "pinned", NULL);
    g_autofree char *text = NULL;
    g_autofree char *before = g_strnfill(64, 'a');

    put(fix->dir, "pinned", (SaoyView){ (const uint8_t *)before, 64 });
    for (int i = 0; i < 2; i++) {
        g_autoptr(SaoyCscaReport) report =
            saoy_csca_import(fix->list, fix->dir, hash, NULL);

        g_assert_nonnull(report);
    }
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char *start = g_strconcat(before, "\n", hash, "  ", NULL);
    g_assert_true(g_str_has_prefix(text, start));
    g_assert_cmpuint(g_utf8_strlen(text, -1), <, 64 + 1 + 64 + 40);
    g_assert_true(is_trusted_in_store(fix));
}

static char *
shared_path(const char *name)
{
    const char *dir = g_getenv("SAOY_SHARED_DIR");
    char *path = g_build_filename(dir != NULL ? dir : SAOY_SOURCE_DIR "/../shared", "data",
                                  "emrtd", "csca", name, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_test_skip("third-party certificates are not here");
    g_free(path);
    return NULL;
}

/* The Dutch list of July 2026: 411 issuers of 129 countries, Viet Nam's among them. */
static void
test_the_dutch_list(Fixture *fix, const void *data)
{
    g_autofree char *list = shared_path("NL_ML_2026-07-22.ml");
    g_autofree char *vietnam = shared_path("vn-passport-2022.der");
    g_autoptr(GBytes) wanted =
        vietnam == NULL ? NULL : saoy_file_read(vietnam, 65536, NULL);
    g_autofree char *hash = wanted == NULL ? NULL : saoy_sha256_hex(saoy_view_of(wanted));
    g_autoptr(SaoyCscaReport) report = NULL;
    g_autoptr(SaoyCsca) csca = NULL;
    g_autoptr(GError) error = NULL;
    const SaoyCscaFile *file;
    unsigned found = 0;

    if (list == NULL || wanted == NULL)
        return;
    report = saoy_csca_import(list, fix->dir, NULL, &error);
    g_assert_no_error(error);
    const SaoyCscaFileReport *told = report->files->pdata[0];
    g_assert_false(told->used); /* so far only the list itself vouches for its signer */
    g_assert_nonnull(strstr(told->reason, "only the list itself"));
    g_assert_cmpuint(told->count.issuers, ==, 411);
    g_assert_cmpuint(g_hash_table_size(told->count.countries), ==, 129);
    g_assert_cmpuint(told->count.unusable, ==, 0);
    csca = saoy_csca_open(fix->dir);
    file = csca->files->pdata[0];
    for (unsigned i = 0; i < file->entries->len; i++) {
        const SaoyCscaEntry *entry = file->entries->pdata[i];

        found += g_str_equal(entry->country, "VN") && g_bytes_equal(entry->der, wanted);
    }
    g_assert_cmpuint(found, ==, 1);
    g_assert_true(g_str_has_prefix(hash, "6b5fa6fe45cc4e855a73760413e08b7a"));
    /* anchored by the issuer of its signer, taken out of it */
    for (unsigned i = 0; i < file->entries->len; i++) {
        SaoyCscaEntry *entry = file->entries->pdata[i];
        g_autofree char *name = g_strdup_printf("nl-%u.der", i);

        if (g_str_equal(entry->country, "NL"))
            put(fix->dir, name, saoy_view_of(entry->der));
    }
    g_clear_pointer(&csca, saoy_csca_close);
    csca = saoy_csca_open(fix->dir);
    file = csca->files->pdata[csca->files->len - 1];
    g_assert_cmpint(file->kind, ==, SAOY_CSCA_MASTER_LIST);
    g_assert_true(file->trusted);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/csca-report/files", test_every_file_is_told },
        { "/csca-report/no-folder", test_no_folder },
        { "/csca-report/import", test_import_pin_and_anchor },
        { "/csca-report/anchored", test_an_anchored_import },
        { "/csca-report/refused", test_refused_imports },
        { "/csca-report/pins", test_pins_add_up },
        { "/csca-report/dutch", test_the_dutch_list },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
