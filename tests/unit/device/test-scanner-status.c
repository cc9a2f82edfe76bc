/* Each of SANE's statuses: a code for the machine, a sentence of its own for the person. */
#include "core/error.h"
#include "device/scanner.h"
#include "scanner-sane-options.h"

static const struct {
    int status;
    SaoyErrorCode code;
} all[] = {
    { SANE_STATUS_UNSUPPORTED, SAOY_ERROR_FAILED },
    { SANE_STATUS_DEVICE_BUSY, SAOY_ERROR_OFFLINE },
    { SANE_STATUS_INVAL, SAOY_ERROR_FAILED },
    { SANE_STATUS_EOF, SAOY_ERROR_FAILED },
    { SANE_STATUS_JAMMED, SAOY_ERROR_JAM },
    { SANE_STATUS_NO_DOCS, SAOY_ERROR_NO_MEDIA },
    { SANE_STATUS_COVER_OPEN, SAOY_ERROR_JAM },
    { SANE_STATUS_IO_ERROR, SAOY_ERROR_OFFLINE },
    { SANE_STATUS_NO_MEM, SAOY_ERROR_FAILED },
    { SANE_STATUS_ACCESS_DENIED, SAOY_ERROR_FAILED },
    { SAOY_SANE_WARMING_UP, SAOY_ERROR_TIMEOUT },
    { SAOY_SANE_HW_LOCKED, SAOY_ERROR_FAILED },
};

static void
test_every_status_is_one_of_ours(void)
{
    const char *hints[G_N_ELEMENTS(all)] = { NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_sane_fail((SANE_Status)all[i].status, "read", &error));
        g_assert_error(error, SAOY_ERROR, (int)all[i].code);
        g_assert_true(g_str_has_prefix(error->message, "read: "));
        g_prefix_error_literal(&error, "scanner sane: "); /* as it arrives */
        hints[i] = saoy_scanner_hint(error);
        g_assert_nonnull(hints[i]);
        for (size_t k = 0; k < i; k++)
            g_assert_cmpstr(hints[i], !=, hints[k]);
    }
}

static void
test_cancelled_is_no_fault(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_sane_fail(SANE_STATUS_CANCELLED, "start", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_nonnull(saoy_scanner_hint(error));
}

static void
test_a_status_of_tomorrow_is_a_fault_without_words(void)
{
    static const int strange[] = { 14, 99, -1, 1 << 30 };

    for (size_t i = 0; i < G_N_ELEMENTS(strange); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_sane_fail((SANE_Status)strange[i], "start", &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
        g_assert_null(saoy_scanner_hint(error));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/status/every", test_every_status_is_one_of_ours);
    g_test_add_func("/status/cancelled", test_cancelled_is_no_fault);
    g_test_add_func("/status/strange", test_a_status_of_tomorrow_is_a_fault_without_words);
    return g_test_run();
}
