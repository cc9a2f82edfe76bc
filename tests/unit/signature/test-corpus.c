/* Signed and attacked PDFs of other projects, if they lie beside the source: their licences
 * keep them out of the repository. $SAOY_SHARED_DIR, else ../shared. */
#include "signature/verify.h"

#include "core/file.h"

#include <gio/gio.h>

static char *
corpus(const char *kind)
{
    const char *shared = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *beside = g_build_filename(SAOY_SOURCE_DIR, "..", "shared", NULL);

    return g_build_filename(shared != NULL ? shared : beside, "data", "pdf", kind, NULL);
}

typedef void Judge(const char *name, SaoyConclusion conclusion);

static void
for_each(const char *kind, Judge *judge)
{
    g_autofree char *folder = corpus(kind);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    if (dir == NULL) {
        g_test_skip("no third-party PDFs beside the source");
        return;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        const SaoyVerifyOptions options = { .now_us = g_get_real_time() };
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autoptr(GBytes) pdf = saoy_file_read(path, 64 << 20, NULL);
        g_auto(SaoyVerdict) verdict = { 0 };
        g_autoptr(GError) error = NULL;

        g_assert_true(saoy_verify(pdf, &options, &verdict, &error));
        g_test_message("%s/%s: %s", kind, name, saoy_conclusion_name(verdict.conclusion));
        judge(name, verdict.conclusion);
    }
}

/* Filling a form field is lawful where no certification forbids it: a person must judge. */
static void
must_fail(const char *name, SaoyConclusion conclusion)
{
    if (g_str_equal(name, "replace.pdf"))
        g_assert_cmpint(conclusion, ==, SAOY_INDETERMINATE);
    else
        g_assert_cmpint(conclusion, ==, SAOY_FAILED);
}

static void
must_not_fail(const char *name, SaoyConclusion conclusion)
{
    g_assert_cmpint(conclusion, ==, SAOY_INDETERMINATE); /* nobody's root is trusted here */
}

static void
test_attacked_files_fail(void)
{
    for_each("attack", must_fail);
}

static void
test_valid_files_do_not_fail(void)
{
    for_each("valid", must_not_fail);
}

static void
test_unsigned_files_fail(void)
{
    for_each("unsigned", must_fail);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/corpus/attack", test_attacked_files_fail);
    g_test_add_func("/corpus/valid", test_valid_files_do_not_fail);
    g_test_add_func("/corpus/unsigned", test_unsigned_files_fail);
    return g_test_run();
}
