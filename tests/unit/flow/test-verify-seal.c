/* VERIFY with real workers: a seal before the camera, checked offline; the register that is
 * asked then does not answer. */
#include "camera-visit.h"

#include "core/ids.h"
#include "signature/seal.h"

#define COPY_ID "H26.132-251110-0007.01-24"

/* A well-formed seal under a key that nobody knows here. */
static bool
sign(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    memset(out, 7, 64);
    return true;
}

static char *
seal_text(const char *linked)
{
    g_autofree char *token = saoy_token_new();
    g_autofree char *link =
        g_strdup_printf("https://sao-y.example.vn/v/%s?t=%s", linked, token);
    SaoySeal claims = { .issued_at_s = 1762758333,
                        .copy_id = (char *)COPY_ID,
                        .title = (char *)"Bằng tốt nghiệp",
                        .office = (char *)"UBND phường Thử Nghiệm",
                        .file_pages = 2 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) cose = saoy_seal_make(&claims, strlen(link) + 1, sign, NULL, &error);

    g_assert_no_error(error);
    return saoy_seal_text(link, cose);
}

static void
set_up(Fixture *f, const void *data)
{
    g_autofree char *text = seal_text(data);

    open_visit(f, text, 5);
}

static void
test_an_unknown_issuer_and_a_silent_register_decide_nothing(Fixture *f, const void *data)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    saoy_visit_post(f->visit, SAOY_EV_VERIFY);
    for (int i = 0; i < TURNS_MAX && (session->busy || session->seal_verdict == NULL); i++)
        turn();
    g_assert_cmpstr(session->seal_verdict, ==,
                    "The issuer of this seal is not known to this machine.");
    g_assert_cmpint(session->seal_standing, ==, SAOY_SEAL_UNDECIDED);
    g_assert_cmpstr(session->seal_copy_id, ==, COPY_ID);
    g_assert_nonnull(session->seal_register);
    g_assert_nonnull(strstr(session->seal_register, "does not answer"));
    saoy_visit_post(f->visit, SAOY_EV_BACK);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WIPE);
}

/* The paper's QR opens the page of another copy than the seal is of. */
static void
test_another_copy_s_link_is_false(Fixture *f, const void *data)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    saoy_visit_post(f->visit, SAOY_EV_VERIFY);
    for (int i = 0; i < TURNS_MAX && (session->busy || session->seal_verdict == NULL); i++)
        turn();
    g_assert_cmpint(session->seal_standing, ==, SAOY_SEAL_FALSE);
    saoy_visit_post(f->visit, SAOY_EV_BACK);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/verify/undecided", Fixture, COPY_ID, set_up,
               test_an_unknown_issuer_and_a_silent_register_decide_nothing, tear_down);
    g_test_add("/verify/another-link", Fixture, "H26.132-251110-0008.01-05", set_up,
               test_another_copy_s_link_is_false, tear_down);
    return g_test_run();
}
