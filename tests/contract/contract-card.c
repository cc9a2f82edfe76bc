/* One contract, every driver: the fake may only lie in ways the real one may. The real
 * driver runs through a pcscd of this test's own, with its virtual reader (vpcd), in which
 * our chip lies as `saoy card emulate` lays it there. */
#include "core/error.h"
#include "core/file.h"
#include "device/card.h"
#include "identity/chip.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PCSCD "/usr/sbin/pcscd"
#define VPCD "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
#define PATIENCE_S 60 /* pcscd looks for cards every 0.4 s */
#define CAN "000001"

typedef struct {
    const char *name;
    bool real;
} Kind;

static const Kind kinds[] = { { "emu", false }, { "pcsc", true } };

static struct {
    char *dir, *socket;
    uint16_t port;
    GSubprocess *process;
    const char *why_not; /* NULL: it runs */
} pcscd;

typedef struct {
    const Kind *kind;
    char *dir, *persona;
    SaoyCard *card;
    GThread *thread; /* lays the chip on the virtual reader */
    GCancellable *cancel;
} Fixture;

/* --- a pcscd of our own: it takes its socket from us, as from systemd --- */

static int
listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpuint(strlen(path), <, sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    g_assert_cmpint(bind(fd, (const struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(fd, 16), ==, 0);
    return fd;
}

/* And the one above it is free too: the virtual reader has two slots. Below those that go
 * to whoever asks for any, so nobody gets it between here and there. */
static uint16_t
free_port(void)
{
    for (;;) {
        g_autoptr(GSocketListener) listener = g_socket_listener_new();
        uint16_t port = (uint16_t)(2 * g_random_int_range(6000, 16000));

        if (g_socket_listener_add_inet_port(listener, port, NULL, NULL) &&
            g_socket_listener_add_inet_port(listener, port + 1, NULL, NULL))
            return port;
    }
}

static void
write_reader_conf(const char *path)
{
    g_autofree char *text = g_strdup_printf("FRIENDLYNAME \"Sao Y Test\"\n"
                                            "DEVICENAME /dev/null:0x%04X\n"
                                            "LIBPATH " VPCD "\n"
                                            "CHANNELID 0x%04X\n",
                                            pcscd.port, pcscd.port);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* A reader that somebody has opened already is there as well. */
static bool
reader_is_there(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCard) card = saoy_card_open("pcsc", "", &error);

    return card != NULL || strstr(error->message, "open already") != NULL;
}

/* Starts it and waits until it offers its reader; it ends with this test, however that
 * ends. */
static bool
run_pcscd(void)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autofree char *conf = g_build_filename(pcscd.dir, "reader.conf", NULL);

    write_reader_conf(conf);
    g_unlink(pcscd.socket);
    g_subprocess_launcher_take_fd(launcher, listen_at(pcscd.socket), 3);
    g_subprocess_launcher_setenv(launcher, "LISTEN_FDS", "1", TRUE);
    pcscd.process =
        g_subprocess_launcher_spawn(launcher, NULL, "/bin/sh", "-c",
                                    "LISTEN_PID=$$; export LISTEN_PID; "
                                    "exec setpriv --pdeathsig TERM " PCSCD " -f -c \"$0\"",
                                    conf, NULL);
    for (unsigned i = 0; i < 300 && pcscd.process != NULL; i++) {
        if (reader_is_there())
            return true;
        g_usleep(100000);
    }
    return false;
}

static void
start_pcscd(void)
{
    pcscd.why_not = "no " PCSCD;
    if (access(PCSCD, X_OK) != 0)
        return;
    pcscd.why_not = "no " VPCD " (vsmartcard-vpcd)";
    if (access(VPCD, R_OK) != 0)
        return;
    pcscd.dir = g_dir_make_tmp("saoy-pcscd-XXXXXX", NULL);
    pcscd.socket = g_build_filename(pcscd.dir, "comm", NULL);
    pcscd.port = free_port();
    g_setenv("PCSCLITE_CSOCK_NAME", pcscd.socket, TRUE);
    pcscd.why_not = run_pcscd() ? NULL : "pcscd offers no reader (it may need to be root)";
}

static void
kill_pcscd(void)
{
    if (pcscd.process == NULL)
        return;
    g_subprocess_send_signal(pcscd.process, SIGTERM);
    g_subprocess_wait(pcscd.process, NULL, NULL);
    g_clear_object(&pcscd.process);
}

static void
stop_pcscd(void)
{
    kill_pcscd();
    if (pcscd.dir != NULL)
        saoy_dir_remove(pcscd.dir, NULL);
    g_free(pcscd.dir);
    g_free(pcscd.socket);
}

/* --- laying the card down and taking it away --- */

static void *
be_a_card(void *data)
{
    const Fixture *fix = data;

    saoy_card_emulate(fix->persona, NULL, "127.0.0.1", pcscd.port, NULL, NULL, fix->cancel,
                      NULL);
    return NULL;
}

static void
set_lever(const Fixture *fix, const char *lever)
{
    g_autofree char *path = g_strconcat(fix->persona, ".fault", NULL);

    if (lever == NULL)
        g_unlink(path);
    else
        g_assert_true(g_file_set_contents(path, lever, -1, NULL));
}

static void
take_away(Fixture *fix)
{
    if (!fix->kind->real)
        set_lever(fix, "absent");
    if (fix->thread == NULL)
        return;
    g_cancellable_cancel(fix->cancel);
    g_thread_join(fix->thread);
    fix->thread = NULL;
    g_clear_object(&fix->cancel);
}

/* pcscd sees it at its next look. */
static void
wait_until_absent(const Fixture *fix)
{
    for (unsigned i = 0; i < 1200 && saoy_card_present(fix->card); i++)
        g_usleep(50000);
    g_assert_false(saoy_card_present(fix->card));
}

static void
lay_down(Fixture *fix, const char *lever)
{
    set_lever(fix, lever);
    if (!fix->kind->real)
        return;
    fix->cancel = g_cancellable_new();
    fix->thread = g_thread_new("chip", be_a_card, fix);
}

static SaoyCard *
open_card(const Fixture *fix, GError **error)
{
    return saoy_card_open(fix->kind->name, fix->kind->real ? "" : fix->persona, error);
}

static void
set_up(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) picture = saoy_file_read(
        SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg", 1 << 20, &error);
    SaoyPersona persona = { .name_vi = "Nguyễn Văn An",
                            .number = "001090" CAN,
                            .portrait = picture };

    g_assert_no_error(error);
    fix->kind = data;
    fix->dir = g_dir_make_tmp("saoy-card-XXXXXX", NULL);
    fix->persona = g_build_filename(fix->dir, "person.json", NULL);
    saoy_persona_make(&persona, fix->persona, &error);
    g_assert_no_error(error);
    if (fix->kind->real && pcscd.why_not != NULL)
        return;
    take_away(fix);
    fix->card = open_card(fix, &error);
    g_assert_no_error(error);
    wait_until_absent(fix);
}

static void
tear_down(Fixture *fix, const void *data)
{
    saoy_card_close(fix->card);
    take_away(fix);
    g_assert_true(saoy_dir_remove(fix->dir, NULL));
    g_free(fix->dir);
    g_free(fix->persona);
}

/* --- the promises --- */

static bool
read_identity(Fixture *fix, GCancellable *cancel, SaoyIdentity *out, GError **error)
{
    g_auto(SaoyAccessKey) key = { 0 };

    g_assert_true(saoy_access_key_parse(CAN, &key, NULL));
    return saoy_identity_read(saoy_card_channel(fix->card), &key,
                              &(SaoyReadPolicy){ .trust = fix->dir }, NULL, NULL, out,
                              cancel, error);
}

static void
connect_card(Fixture *fix)
{
    g_autoptr(GError) error = NULL;

    saoy_card_connect(fix->card, PATIENCE_S, NULL, &error);
    g_assert_no_error(error);
}

static void
test_a_card_is_read_whole(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    lay_down(fix, NULL);
    connect_card(fix);
    g_assert_true(saoy_card_present(fix->card));
    read_identity(fix, NULL, &who, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(who.number, ==, "001090" CAN);
    g_assert_cmpstr(who.access, ==, "PACE-CAN");
    g_assert_cmpint(who.passive, ==, SAOY_PROOF_DONE);
    g_assert_cmpint(who.chip_auth, ==, SAOY_PROOF_DONE);
}

static void
test_no_card_is_a_timeout(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_card_present(fix->card));
    g_assert_false(saoy_card_connect(fix->card, 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

static void
test_a_card_may_come_late(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_card_connect(fix->card, 0, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
    lay_down(fix, NULL);
    connect_card(fix);
}

static void *
cancel_soon(void *cancel)
{
    g_usleep(200000);
    g_cancellable_cancel(cancel);
    return NULL;
}

static void
test_cancel_wins(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);

    g_assert_false(saoy_card_connect(fix->card, PATIENCE_S, cancel, &error));
    g_thread_join(thread);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);

    lay_down(fix, NULL);
    connect_card(fix);
    g_assert_false(saoy_card_connect(fix->card, PATIENCE_S, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    connect_card(fix);
    g_assert_false(read_identity(fix, cancel, &who, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(who.number, ==, "");
}

static void
test_a_pulled_card_is_offline(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    lay_down(fix, "pulled-after 20");
    connect_card(fix);
    g_assert_false(read_identity(fix, NULL, &who, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_assert_cmpstr(who.number, ==, "");
    g_clear_error(&error);
    g_assert_false(read_identity(fix, NULL, &who, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_clear_error(&error);

    take_away(fix); /* and laid down again it is read */
    wait_until_absent(fix);
    lay_down(fix, NULL);
    connect_card(fix);
    read_identity(fix, NULL, &who, &error);
    g_assert_no_error(error);
}

/* Taken away in the midst of it and laid back: the same reading goes on. */
static void
test_a_card_laid_back_goes_on(Fixture *fix, const void *data)
{
    g_auto(SaoyAccessKey) key = { 0 };
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(SaoyReading) reading = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_access_key_parse(CAN, &key, NULL));
    reading = saoy_reading_new(&key, &(SaoyReadPolicy){ .trust = fix->dir });
    lay_down(fix, "pulled-once 18");
    connect_card(fix);
    g_assert_false(saoy_reading_run(reading, saoy_card_channel(fix->card), NULL, NULL, &who,
                                    NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_clear_error(&error);
    wait_until_absent(fix);
    saoy_card_disconnect(fix->card);
    connect_card(fix); /* waits for it */
    saoy_reading_run(reading, saoy_card_channel(fix->card), NULL, NULL, &who, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(who.number, ==, "001090" CAN);
    g_assert_cmpint(saoy_identity_verdict(&who), ==, SAOY_VERDICT_GENUINE);
    for (unsigned i = 0; i < who.n_steps; i++)
        g_assert_cmpstr(who.steps[i].name, !=, "DG1"); /* it was read before */
}

static unsigned
count_apdus(Fixture *fix, const char *lever)
{
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;
    unsigned n = 0;

    lay_down(fix, lever);
    connect_card(fix);
    read_identity(fix, NULL, &who, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < who.n_steps; i++)
        n += who.steps[i].apdus;
    take_away(fix);
    wait_until_absent(fix);
    return n;
}

/* The longest answers come through a driver, too. */
static void
test_extended_length_comes_through(Fixture *fix, const void *data)
{
    unsigned few = count_apdus(fix, "extended 65000");
    unsigned some = count_apdus(fix, "extended 2048");
    unsigned many = count_apdus(fix, "no-extended");

    g_assert_cmpuint(few, <, some);
    g_assert_cmpuint(some, <, many / 2);
}

/* $SAOY_SHARED_DIR/data/emrtd/loes2006: the Dutch specimen of 2006, opened by its own zone.
 */
static void
test_the_dump_of_a_specimen_is_undecided(Fixture *fix, const void *data)
{
    const char *shared = g_getenv("SAOY_SHARED_DIR");
    const SaoyReadPolicy policy = { .trust = fix->dir, .allow_bac = true };
    g_autofree char *dump = NULL;
    g_autofree char *link = g_build_filename(fix->dir, "dump", NULL);
    g_auto(SaoyAccessKey) key = { .mrz_key = "XX0001328671101951110012" };
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    dump = g_build_filename(shared == NULL ? "" : shared, "data/emrtd/loes2006", NULL);
    if (shared == NULL || !g_file_test(dump, G_FILE_TEST_IS_DIR)) {
        g_test_skip("no dump of a specimen here (SAOY_SHARED_DIR)");
        return;
    }
    g_assert_cmpint(symlink(dump, link), ==, 0);
    g_clear_pointer(&fix->card, saoy_card_close);
    g_free(fix->persona);
    fix->persona = g_steal_pointer(&link);
    fix->card = open_card(fix, &error);
    g_assert_no_error(error);
    lay_down(fix, NULL);
    connect_card(fix);
    saoy_identity_read(saoy_card_channel(fix->card), &key, &policy, NULL, NULL, &who, NULL,
                       &error);
    g_assert_no_error(error);
    g_assert_cmpstr(who.access, ==, "BAC");
    g_assert_cmpstr(who.name, ==, "MEULENDIJK LOES ALBERTINE");
    g_assert_nonnull(who.portrait);
    g_assert_cmpint(who.passive, ==, SAOY_PROOF_UNDECIDED);
    g_assert_nonnull(strstr(who.passive_reason, "not known")); /* the hashes hold */
    g_assert_cmpint(saoy_identity_verdict(&who), ==, SAOY_VERDICT_UNPROVEN);
}

static void
test_connecting_again_forgets_the_session(Fixture *fix, const void *data)
{
    /* SELECT EF.COM: only within the application and a session */
    static const uint8_t command[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x01, 0x1e };
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_auto(SaoyIdentity) who = { 0 };
    SaoyChannel channel = saoy_card_channel(fix->card);

    lay_down(fix, NULL);
    connect_card(fix);
    g_assert_true(read_identity(fix, NULL, &who, NULL));
    connect_card(fix);
    g_assert_true(channel.transceive(channel.self, (SaoyView){ command, sizeof command },
                                     answer, NULL, NULL));
    g_assert_cmpuint(answer->len, ==, 2);
    g_assert_cmpuint(answer->data[0], ==, 0x6a);
}

static void
test_reopening_works(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    lay_down(fix, NULL);
    connect_card(fix);
    g_clear_pointer(&fix->card, saoy_card_close);
    fix->card = open_card(fix, &error);
    g_assert_no_error(error);
    connect_card(fix);
    g_assert_true(read_identity(fix, NULL, &who, NULL));
}

static void
test_a_second_open_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCard) second = open_card(fix, &error);

    g_assert_null(second);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_open_of_nothing_is_offline(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCard) card = saoy_card_open(fix->kind->name, "/nowhere/at/all", &error);

    g_assert_null(card);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_without_connect_there_is_no_card(Fixture *fix, const void *data)
{
    static const uint8_t command[] = { 0x00, 0x84, 0x00, 0x00, 0x08 };
    g_autoptr(GByteArray) answer = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    SaoyChannel channel = saoy_card_channel(fix->card);

    saoy_card_disconnect(fix->card);
    saoy_card_disconnect(fix->card);
    g_assert_false(channel.transceive(channel.self, (SaoyView){ command, sizeof command },
                                      answer, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

/* Of the real driver only: it must not need to be opened anew. */
static void
test_a_restarted_pcscd_is_found_again(Fixture *fix, const void *data)
{
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    if (!fix->kind->real)
        return;
    kill_pcscd();
    g_assert_false(saoy_card_connect(fix->card, 0, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_assert_false(saoy_card_present(fix->card));
    g_assert_true(run_pcscd());
    lay_down(fix, NULL);
    connect_card(fix);
    g_assert_true(read_identity(fix, NULL, &who, NULL));
}

static const struct {
    const char *name;
    void (*run)(Fixture *fix, const void *data);
} promises[] = {
    { "whole", test_a_card_is_read_whole },
    { "timeout", test_no_card_is_a_timeout },
    { "late", test_a_card_may_come_late },
    { "cancel", test_cancel_wins },
    { "pulled", test_a_pulled_card_is_offline },
    { "laid-back", test_a_card_laid_back_goes_on },
    { "extended", test_extended_length_comes_through },
    { "dump", test_the_dump_of_a_specimen_is_undecided },
    { "forgets", test_connecting_again_forgets_the_session },
    { "reopen", test_reopening_works },
    { "second", test_a_second_open_is_refused },
    { "nothing", test_open_of_nothing_is_offline },
    { "unconnected", test_without_connect_there_is_no_card },
    { "restart", test_a_restarted_pcscd_is_found_again },
};

static void
skip(Fixture *fix, const void *data)
{
    g_test_skip(pcscd.why_not);
}

int
main(int argc, char **argv)
{
    int failed;

    g_test_init(&argc, &argv, NULL);
    start_pcscd();
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (size_t i = 0; i < G_N_ELEMENTS(promises); i++) {
            g_autofree char *path =
                g_strdup_printf("/card/%s/%s", kinds[k].name, promises[i].name);
            bool can = !kinds[k].real || pcscd.why_not == NULL;

            g_test_add(path, Fixture, &kinds[k], set_up, can ? promises[i].run : skip,
                       tear_down);
        }
    failed = g_test_run();
    stop_pcscd();
    return failed;
}
