/* Readers behind pcscd. Its dozens of answers become ours here. */
#include "core/clock.h"
#include "core/error.h"
#include "device/card.h"
#include "watch.h"

#include <winscard.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SLICE_MS 100 /* how long a wait may overlook that it was cancelled */
#define MAX_NAMES 8192
#define MAX_ANSWER 65538 /* extended length and status word */

typedef struct {
    SCARDCONTEXT context;
    char *reader;
    int claim; /* a socket bound to a name made from the reader's: one reader, one user */
    SCARDHANDLE card;
    DWORD protocol;
    bool connected;
} Pcsc;

/* clang-format off */
static const struct {
    LONG status;
    SaoyErrorCode code;
} codes[] = {
    { SCARD_E_TIMEOUT,             SAOY_ERROR_TIMEOUT },
    { SCARD_E_NO_SMARTCARD,        SAOY_ERROR_OFFLINE },
    { SCARD_W_REMOVED_CARD,        SAOY_ERROR_OFFLINE },
    { SCARD_W_RESET_CARD,          SAOY_ERROR_OFFLINE },
    { SCARD_W_UNPOWERED_CARD,      SAOY_ERROR_OFFLINE },
    { SCARD_W_UNRESPONSIVE_CARD,   SAOY_ERROR_OFFLINE },
    { SCARD_E_NO_SERVICE,          SAOY_ERROR_OFFLINE },
    { SCARD_E_SERVICE_STOPPED,     SAOY_ERROR_OFFLINE },
    { SCARD_E_NO_READERS_AVAILABLE, SAOY_ERROR_OFFLINE },
    { SCARD_E_READER_UNAVAILABLE,  SAOY_ERROR_OFFLINE },
    { SCARD_E_UNKNOWN_READER,      SAOY_ERROR_OFFLINE },
    { SCARD_E_SHARING_VIOLATION,   SAOY_ERROR_OFFLINE },
    { SCARD_E_NOT_TRANSACTED,      SAOY_ERROR_OFFLINE },
    { SCARD_E_COMM_DATA_LOST,      SAOY_ERROR_OFFLINE },
    { SCARD_F_COMM_ERROR,          SAOY_ERROR_OFFLINE },
    { SCARD_E_INSUFFICIENT_BUFFER, SAOY_ERROR_MALFORMED },
};
/* clang-format on */

static bool
fail(GError **error, const char *verb, LONG status)
{
    SaoyErrorCode code = SAOY_ERROR_FAILED;

    for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
        if (codes[i].status == status)
            code = codes[i].code;
    return saoy_fail(error, code, "%s: %s", verb, pcsc_stringify_error(status));
}

/* The named reader; for "" the first. */
static char *
find_reader(SCARDCONTEXT context, const char *name, GError **error)
{
    char names[MAX_NAMES] = "";
    DWORD size = sizeof names - 2;
    LONG status = SCardListReaders(context, NULL, names, &size);

    if (status != SCARD_S_SUCCESS) {
        fail(error, "readers", status);
        return NULL;
    }
    for (const char *at = names; *at != '\0'; at += strlen(at) + 1)
        if (*name == '\0' || g_str_equal(at, name))
            return g_strdup(at);
    return saoy_null(error, SAOY_ERROR_OFFLINE, "no reader \"%s\"", name);
}

/* PC/SC has no way to hold a reader without a card: a name in the abstract socket namespace
 * holds it, and cannot be left behind by a crash. */
static int
claim_reader(const char *reader, GError **error)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autofree char *name = g_strdup_printf("saoy-card-%08x", g_str_hash(reader));
    int claim = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));

    memcpy(address.sun_path + 1, name, strlen(name));
    if (claim >= 0 && bind(claim, (const struct sockaddr *)&address, size) == 0)
        return claim;
    if (claim >= 0)
        close(claim);
    saoy_set_error(error, SAOY_ERROR_OFFLINE, "%s is open already", reader);
    return -1;
}

static void
pcsc_close(void *self)
{
    Pcsc *pcsc = self;

    SCardReleaseContext(pcsc->context);
    if (pcsc->claim >= 0)
        close(pcsc->claim);
    g_free(pcsc->reader);
    g_free(pcsc);
}

static void *
pcsc_open(const char *address, GError **error)
{
    SCARDCONTEXT context = 0;
    LONG status = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context);
    Pcsc *pcsc;

    if (status != SCARD_S_SUCCESS) {
        fail(error, "pcscd", status);
        return NULL;
    }
    pcsc = g_new0(Pcsc, 1);
    pcsc->context = context;
    pcsc->claim = -1;
    pcsc->reader = find_reader(context, address, error);
    if (pcsc->reader != NULL)
        pcsc->claim = claim_reader(pcsc->reader, error);
    if (pcsc->claim >= 0)
        return pcsc;
    pcsc_close(pcsc);
    return NULL;
}

static void
pcsc_disconnect(void *self)
{
    Pcsc *pcsc = self;

    /* unpowered: whatever session stood is gone */
    if (pcsc->connected)
        SCardDisconnect(pcsc->card, SCARD_UNPOWER_CARD);
    pcsc->connected = false;
}

/* SCardGetStatusChange as a question: is a card there now, waiting at most ms for news. */
static LONG
look(Pcsc *pcsc, DWORD known, DWORD ms, DWORD *out_state)
{
    SCARD_READERSTATE state = { .szReader = pcsc->reader, .dwCurrentState = known };
    LONG status = SCardGetStatusChange(pcsc->context, ms, &state, 1);

    *out_state = state.dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
    return status;
}

/* pcscd is restarted by updates and faults; our context dies with it. */
static bool
renew_context(Pcsc *pcsc, LONG status)
{
    if (status != (LONG)SCARD_E_NO_SERVICE && status != (LONG)SCARD_E_SERVICE_STOPPED &&
        status != (LONG)SCARD_E_INVALID_HANDLE && status != (LONG)SCARD_F_COMM_ERROR)
        return false;
    SCardReleaseContext(pcsc->context);
    return SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &pcsc->context) ==
           SCARD_S_SUCCESS;
}

static bool
wait_for_card(Pcsc *pcsc, unsigned timeout_s, GCancellable *cancel, GError **error)
{
    int64_t end = saoy_clock_mono_us() + (int64_t)timeout_s * G_USEC_PER_SEC;
    DWORD state = SCARD_STATE_UNAWARE;
    bool renewed = false;

    for (;;) {
        LONG status;

        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        status = look(pcsc, state, SLICE_MS, &state);
        if (status != SCARD_S_SUCCESS && !renewed && renew_context(pcsc, status)) {
            renewed = true;
            state = SCARD_STATE_UNAWARE;
            continue;
        }
        if (status != SCARD_S_SUCCESS && status != (LONG)SCARD_E_TIMEOUT)
            return fail(error, "wait", status);
        if ((state & (SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE)) != 0)
            return saoy_fail(error, SAOY_ERROR_OFFLINE, "the reader has gone");
        if ((state & SCARD_STATE_PRESENT) != 0)
            return true;
        if (saoy_clock_mono_us() >= end)
            return saoy_fail(error, SAOY_ERROR_TIMEOUT, "no card within %u s", timeout_s);
    }
}

static bool
pcsc_connect(void *self, unsigned timeout_s, GCancellable *cancel, GError **error)
{
    Pcsc *pcsc = self;
    LONG status;

    pcsc_disconnect(pcsc);
    if (!wait_for_card(pcsc, timeout_s, cancel, error))
        return false;
    status =
        SCardConnect(pcsc->context, pcsc->reader, SCARD_SHARE_EXCLUSIVE,
                     SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &pcsc->card, &pcsc->protocol);
    if (status != SCARD_S_SUCCESS)
        return fail(error, "connect", status);
    pcsc->connected = true;
    return true;
}

static bool
pcsc_transceive(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
                GError **error)
{
    Pcsc *pcsc = self;
    const SCARD_IO_REQUEST *pci =
        pcsc->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD size = MAX_ANSWER;
    LONG status;

    if (!pcsc->connected)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no card is connected");
    g_byte_array_set_size(response, MAX_ANSWER);
    status = SCardTransmit(pcsc->card, pci, command.data, command.size, NULL,
                           response->data, &size);
    if (status != SCARD_S_SUCCESS) {
        g_byte_array_set_size(response, 0);
        return fail(error, "transmit", status);
    }
    g_byte_array_set_size(response, (unsigned)size);
    /* some drivers tell of a card taken away in the midst of it only so */
    return size >= 2 || saoy_fail(error, SAOY_ERROR_OFFLINE, "the card does not answer");
}

static bool
pcsc_present(void *self)
{
    DWORD state = 0;

    return look(self, SCARD_STATE_UNAWARE, 0, &state) == SCARD_S_SUCCESS &&
           (state & SCARD_STATE_PRESENT) != 0;
}

const SaoyCardDriver saoy_card_pcsc = {
    .name = "pcsc",
    .open = pcsc_open,
    .connect = pcsc_connect,
    .transceive = pcsc_transceive,
    .present = pcsc_present,
    .disconnect = pcsc_disconnect,
    .close = pcsc_close,
};
