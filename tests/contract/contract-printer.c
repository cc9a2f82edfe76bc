/* One contract for every printer. The CUPS driver prints on ippeveprinter, which hands each
 * job to a shell script of ours; ippeveprinter wants a system bus and avahi: what is
 * missing of them is started here (as root) and ended again. */
#include "core/error.h"
#include "core/file.h"
#include "device/printer.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PDF "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

static const char bus_socket[] = "/run/dbus/system_bus_socket";
static const char avahi_socket[] = "/run/avahi-daemon/socket";

/* What the job's script does: say what the lever says, then fail, wait, or let it out. */
static const char script[] = "#!/bin/sh\n"
                             "d=${0%/*}\n"
                             "if [ -e $d/say ]; then cat $d/say >&2; fi\n"
                             "if [ -e $d/delay ]; then sleep $(cat $d/delay); fi\n"
                             "if [ -e $d/fail ]; then exit 1; fi\n"
                             "cp \"$1\" $d/out-$$.pdf\n";

typedef struct {
    const char *name, *driver, *nothing;
} Kind;

static const Kind kinds[] = {
    { "emu", "emu", "/nowhere/at/all" },
    { "cups", "cups", "ipp://localhost:1/ipp/print" },
};

typedef struct {
    char *folder, *address;
    GSubprocess *server;
    SaoyPrinter *printer;
    unsigned jobs;
} Fixture;

static bool
listens(GSocketAddress *address)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);

    g_object_unref(address);
    return connection != NULL;
}

static bool
await_unix(const char *path)
{
    for (int i = 0; i < 300; i++) {
        if (listens(g_unix_socket_address_new(path)))
            return true;
        g_usleep(100 * 1000);
    }
    return false;
}

/* a test that aborts leaves nothing running */
static void
die_with_parent(void *data)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static GSubprocess *
start(const char *const *command)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

    g_subprocess_launcher_set_child_setup(launcher, die_with_parent, NULL, NULL);
    return g_subprocess_launcher_spawnv(launcher, command, NULL);
}

static void
stop(GSubprocess *process)
{
    if (process == NULL)
        return;
    g_subprocess_send_signal(process, SIGTERM);
    g_subprocess_wait(process, NULL, NULL);
    g_object_unref(process);
}

/* NULL when ippeveprinter can run here, else why not. */
static const char *
prepare(GSubprocess **bus, GSubprocess **avahi)
{
    static const char *const bus_command[] = { "dbus-daemon", "--system", "--nofork",
                                               "--nopidfile", NULL };
    static const char *const avahi_command[] = { "avahi-daemon", "--no-rlimits",
                                                 "--no-drop-root", "--no-chroot", NULL };
    g_autofree char *program = g_find_program_in_path("ippeveprinter");

    if (program == NULL)
        return "ippeveprinter is not installed";
    bool has_bus = listens(g_unix_socket_address_new(bus_socket));
    bool has_avahi = listens(g_unix_socket_address_new(avahi_socket));
    if ((!has_bus || !has_avahi) && geteuid() != 0)
        return "system bus or avahi does not run, and only root may start them";
    if (!has_bus && g_mkdir_with_parents("/run/dbus", 0755) == 0)
        *bus = start(bus_command);
    if (!has_bus && !await_unix(bus_socket))
        return "the system bus does not start";
    if (!has_avahi)
        *avahi = start(avahi_command);
    if (!has_avahi && !await_unix(avahi_socket))
        return "avahi does not start";
    return NULL;
}

/* Below those that go to whoever asks for any: nobody gets it between here and there. */
static guint16
free_port(void)
{
    for (;;) {
        g_autoptr(GSocketListener) listener = g_socket_listener_new();
        guint16 port = (guint16)g_random_int_range(12000, 32000);

        if (g_socket_listener_add_inet_port(listener, port, NULL, NULL))
            return port;
    }
}

static void
put(const Fixture *fix, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(fix->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
start_server(Fixture *fix)
{
    g_autofree char *port = g_strdup_printf("%u", free_port());
    g_autofree char *command = g_build_filename(fix->folder, "job", NULL);
    g_autofree char *spool = g_build_filename(fix->folder, "spool", NULL);
    const char *const argv[] = { "ippeveprinter",
                                 "-p",
                                 port,
                                 "-n",
                                 "localhost",
                                 "-f",
                                 "application/pdf",
                                 "-d",
                                 spool,
                                 "-c",
                                 command,
                                 "saoy test",
                                 NULL };

    g_assert_cmpint(g_mkdir(spool, 0700), ==, 0);
    put(fix, "job", script);
    g_assert_cmpint(g_chmod(command, 0700), ==, 0);
    fix->server = start(argv);
    fix->address = g_strdup_printf("ipp://localhost:%s/ipp/print", port);
    for (int i = 0; i < 600; i++) {
        fix->printer = saoy_printer_open("cups", fix->address, NULL);
        if (fix->printer != NULL)
            return;
        g_usleep(100 * 1000);
    }
    g_test_message("ippeveprinter does not answer");
    g_assert_not_reached();
}

static void
set_up(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    fix->folder = g_dir_make_tmp("printer-XXXXXX", NULL);
    if (g_str_equal(kind->driver, "cups")) {
        start_server(fix);
        return;
    }
    fix->address = g_strdup(fix->folder);
    fix->printer = saoy_printer_open(kind->driver, fix->address, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *data)
{
    g_clear_pointer(&fix->printer, saoy_printer_close);
    stop(fix->server);
    saoy_dir_remove(fix->folder, NULL);
    g_free(fix->folder);
    g_free(fix->address);
}

static bool
print_named(Fixture *fix, const char *job, unsigned copies, GCancellable *cancel,
            GError **error)
{
    g_autoptr(GBytes) pdf = g_bytes_new_static(PDF, strlen(PDF));

    return saoy_printer_print(fix->printer, pdf, job, copies, cancel, error);
}

/* The sheets that came out: files that are the PDF we sent. */
static unsigned
count_prints(const Fixture *fix)
{
    g_autoptr(GDir) dir = g_dir_open(fix->folder, 0, NULL);
    const char *name = NULL;
    unsigned n = 0;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(fix->folder, name, NULL);
        g_autofree char *text = NULL;

        if (g_str_has_suffix(name, ".pdf") &&
            g_file_get_contents(path, &text, NULL, NULL) && g_str_equal(text, PDF))
            n++;
    }
    return n;
}

static void
test_prints_and_waits(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_printer_ready(fix->printer, &error));
    g_assert_true(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count_prints(fix), ==, 1);
    g_assert_false(saoy_printer_busy(fix->printer));
}

static void
test_the_same_job_is_not_printed_twice(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    g_assert_true(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_clear_error(&error);

    /* nor by a kiosk that was restarted */
    saoy_printer_close(fix->printer);
    fix->printer = saoy_printer_open(kind->driver, fix->address, &error);
    g_assert_no_error(error);
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_clear_error(&error);
    g_assert_true(print_named(fix, "job-2", 1, NULL, &error));
    g_assert_cmpuint(count_prints(fix), ==, 2);
}

static void
test_opening_nothing_is_offline(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_printer_open(kind->driver, kind->nothing, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_only_pdf_and_plain_names(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) text = g_bytes_new_static("hello", 5);
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_printer_print(fix->printer, text, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_clear_error(&error);
    g_assert_false(print_named(fix, "../job", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_cmpuint(count_prints(fix), ==, 0);
}

static void
test_cancel_wins(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    g_cancellable_cancel(cancel);
    g_assert_false(print_named(fix, "job-1", 1, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&error);
    g_assert_true(print_named(fix, "job-1", 1, NULL, &error)); /* it had not been spooled */
    g_assert_no_error(error);
}

static void
set_trouble(Fixture *fix, bool emulated, const char *lever, const char *reason)
{
    g_autofree char *say = g_strdup_printf("STATE: +%s\n", reason);

    if (emulated) {
        put(fix, lever, "");
        return;
    }
    /* ippeveprinter learns its state from a job's script, so an earlier job goes wrong */
    put(fix, "say", say);
    put(fix, "fail", "");
    g_assert_false(print_named(fix, "earlier", 1, NULL, NULL));
}

static void
expect_trouble(Fixture *fix, const Kind *kind, const char *lever, const char *reason,
               int code)
{
    g_autoptr(GError) error = NULL;

    set_trouble(fix, g_str_equal(kind->name, "emu"), lever, reason);
    g_assert_false(saoy_printer_ready(fix->printer, &error));
    g_assert_error(error, SAOY_ERROR, code);
    g_clear_error(&error);
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, code);
    g_assert_cmpuint(count_prints(fix), ==, 0);
}

static void
test_no_paper_is_no_media(Fixture *fix, const void *data)
{
    expect_trouble(fix, data, "out-of-paper", "media-needed", SAOY_ERROR_NO_MEDIA);
}

static void
test_jam_is_jam(Fixture *fix, const void *data)
{
    expect_trouble(fix, data, "jam", "media-jam", SAOY_ERROR_JAM);
}

static void
test_offline_is_offline(Fixture *fix, const void *data)
{
    expect_trouble(fix, data, "offline", "moving-to-paused", SAOY_ERROR_OFFLINE);
}

/* Once spooled the name is used up, whatever became of the sheets. */
static void
test_jam_while_printing_uses_the_name_up(Fixture *fix, const void *data)
{
    const Kind *kind = data;
    g_autoptr(GError) error = NULL;

    put(fix, "jam-while-printing", "");
    put(fix, "say", "STATE: +media-jam\n");
    put(fix, "fail", "");
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_JAM);
    g_clear_error(&error);
    if (g_str_equal(kind->name, "cups"))
        return; /* its jam stays until a later job's script takes it back */
    g_autofree char *lever = g_build_filename(fix->folder, "jam-while-printing", NULL);
    g_assert_cmpint(g_unlink(lever), ==, 0);
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

/* ---- CUPS alone ---- */

static void
test_a_low_tray_is_no_trouble(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    put(fix, "say", "STATE: +media-low,media-empty\n");
    g_assert_true(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_true(saoy_printer_ready(fix->printer, &error));
    g_assert_no_error(error);
}

static void
test_a_job_given_up_is_failed(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    put(fix, "fail", "");
    g_assert_false(print_named(fix, "job-1", 1, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
}

static void *
cancel_soon(void *cancel)
{
    g_usleep(600 * 1000);
    g_cancellable_cancel(cancel);
    return NULL;
}

static void
test_cancel_takes_the_job_out_of_the_spool(Fixture *fix, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;

    put(fix, "delay", "10");
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);
    g_assert_false(print_named(fix, "job-1", 1, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_thread_join(thread);
}

static void
test_a_printer_that_dies_is_offline(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    stop(g_steal_pointer(&fix->server));
    g_assert_false(saoy_printer_ready(fix->printer, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_several_copies(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(print_named(fix, "job-1", 3, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(count_prints(fix), ==, 3);
}

typedef void Test(Fixture *fix, const void *data);

static void
add(const Kind *kind, const char *name, Test *test)
{
    g_autofree char *path = g_strdup_printf("/printer/%s/%s", kind->name, name);

    g_test_add(path, Fixture, kind, set_up, test, tear_down);
}

static void
add_contract(const Kind *kind)
{
    add(kind, "prints", test_prints_and_waits);
    add(kind, "not-twice", test_the_same_job_is_not_printed_twice);
    add(kind, "nothing-is-offline", test_opening_nothing_is_offline);
    add(kind, "only-pdf", test_only_pdf_and_plain_names);
    add(kind, "cancel-wins", test_cancel_wins);
    add(kind, "no-paper", test_no_paper_is_no_media);
    add(kind, "jam", test_jam_is_jam);
    add(kind, "offline", test_offline_is_offline);
    add(kind, "jam-while-printing", test_jam_while_printing_uses_the_name_up);
}

static void
add_cups(const Kind *kind)
{
    add_contract(kind);
    add(kind, "low-tray", test_a_low_tray_is_no_trouble);
    add(kind, "given-up", test_a_job_given_up_is_failed);
    add(kind, "cancel-spooled", test_cancel_takes_the_job_out_of_the_spool);
    add(kind, "dies", test_a_printer_that_dies_is_offline);
}

int
main(int argc, char **argv)
{
    GSubprocess *bus = NULL, *avahi = NULL;

    g_test_init(&argc, &argv, NULL);
    const char *why_not = prepare(&bus, &avahi);
    add_contract(&kinds[0]);
    add(&kinds[0], "copies", test_several_copies);
    if (why_not == NULL)
        add_cups(&kinds[1]);
    else
        g_print("# cups is left out: %s\n", why_not);
    int result = g_test_run();
    stop(avahi);
    stop(bus);
    return result;
}
