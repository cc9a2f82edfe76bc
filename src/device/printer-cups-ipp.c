#include "printer-cups-ipp.h"

#include "core/error.h"

#include <string.h>

#define CONNECT_MS 5000
#define ANSWER_S 10.0
#define USER "saoy"

/* printer-state-reasons (RFC 8011, 5.4.12; PWG 5100.9) that keep sheets from coming out. */
static const struct {
    const char *keyword;
    SaoyErrorCode code;
    bool
        mild; /* harmless as a warning or report: a second tray, a toner that still lasts */
} reasons[] = {
    { "media-empty", SAOY_ERROR_NO_MEDIA, true },
    { "media-needed", SAOY_ERROR_NO_MEDIA },
    { "input-tray-missing", SAOY_ERROR_NO_MEDIA, true },
    { "media-jam", SAOY_ERROR_JAM },
    { "cover-open", SAOY_ERROR_JAM },
    { "door-open", SAOY_ERROR_JAM },
    { "interlock-open", SAOY_ERROR_JAM },
    { "offline", SAOY_ERROR_OFFLINE },
    { "shutdown", SAOY_ERROR_OFFLINE },
    { "connecting-to-device", SAOY_ERROR_OFFLINE },
    { "timed-out", SAOY_ERROR_OFFLINE },
    { "paused", SAOY_ERROR_OFFLINE },
    { "moving-to-paused", SAOY_ERROR_OFFLINE },
    { "toner-empty", SAOY_ERROR_FAILED, true },
    { "marker-supply-empty", SAOY_ERROR_FAILED, true },
    { "marker-waste-full", SAOY_ERROR_FAILED, true },
    { "output-area-full", SAOY_ERROR_FAILED, true },
    { "spool-area-full", SAOY_ERROR_FAILED, true },
    { "fuser-over-temp", SAOY_ERROR_FAILED, true },
};

static bool
fail_ipp(const char *what, GError **error)
{
    SaoyErrorCode code = SAOY_ERROR_FAILED;

    switch (cupsLastError()) {
    case IPP_STATUS_ERROR_NOT_FOUND:
    case IPP_STATUS_ERROR_GONE:
    case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
    case IPP_STATUS_ERROR_NOT_ACCEPTING_JOBS:
    case IPP_STATUS_ERROR_BUSY:
        code = SAOY_ERROR_OFFLINE;
        break;
    case IPP_STATUS_ERROR_TIMEOUT:
        code = SAOY_ERROR_TIMEOUT;
        break;
    default:
        break;
    }
    return saoy_fail(error, code, "%s: %s", what, cupsLastErrorString());
}

/* libcups would ask on the terminal. */
static const char *
no_password(const char *prompt, http_t *http, const char *method, const char *resource,
            void *user)
{
    return NULL;
}

static bool
is_uri(const char *address)
{
    return g_str_has_prefix(address, "ipp://") || g_str_has_prefix(address, "ipps://");
}

static bool
connect_uri(const char *uri, SaoyIpp *out, GError **error)
{
    char scheme[16] = "", user[64] = "", host[256] = "", resource[1024] = "";
    int port = 0;

    if (httpSeparateURI(HTTP_URI_CODING_ALL, uri, scheme, sizeof scheme, user, sizeof user,
                        host, sizeof host, &port, resource,
                        sizeof resource) < HTTP_URI_STATUS_OK)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "%s is no printer's address", uri);
    http_encryption_t secret =
        g_str_equal(scheme, "ipps") ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED;
    out->http = httpConnect2(host, port, NULL, AF_UNSPEC, secret, 1, CONNECT_MS, NULL);
    out->uri = g_strdup(uri);
    out->resource = g_strdup(resource);
    return out->http != NULL || fail_ipp(uri, error);
}

static bool
connect_queue(const char *queue, SaoyIpp *out, GError **error)
{
    char uri[1024] = "";

    httpAssembleURIf(HTTP_URI_CODING_ALL, uri, sizeof uri, "ipp", NULL, "localhost",
                     ippPort(), "/printers/%s", queue);
    out->http = httpConnect2(cupsServer(), ippPort(), NULL, AF_UNSPEC, cupsEncryption(), 1,
                             CONNECT_MS, NULL);
    out->uri = g_strdup(uri);
    out->resource = g_strdup_printf("/printers/%s", queue);
    return out->http != NULL || fail_ipp("cupsd", error);
}

bool
saoy_ipp_connect(const char *address, SaoyIpp *out, GError **error)
{
    SaoyIpp ipp = { 0 };

    cupsSetPasswordCB2(no_password, NULL);
    if (!(is_uri(address) ? connect_uri(address, &ipp, error)
                          : connect_queue(address, &ipp, error))) {
        saoy_ipp_close(&ipp);
        return false;
    }
    httpSetTimeout(ipp.http, ANSWER_S, NULL, NULL);
    *out = ipp;
    return true;
}

void
saoy_ipp_close(SaoyIpp *ipp)
{
    if (ipp->http != NULL)
        httpClose(ipp->http);
    g_free(ipp->uri);
    g_free(ipp->resource);
    *ipp = (SaoyIpp){ 0 };
}

static ipp_t *
new_request(const SaoyIpp *ipp, ipp_op_t op)
{
    ipp_t *request = ippNewRequest(op);

    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, ipp->uri);
    return request;
}

static void
add_user(ipp_t *request)
{
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
                 USER);
}

static void
add_wanted(ipp_t *request, const char *const *names, int n)
{
    ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", n,
                  NULL, names);
}

/* The answer when it says "successful", else NULL. Takes request. */
static ipp_t *
ask(const SaoyIpp *ipp, ipp_t *request, const char *what, GError **error)
{
    ipp_t *answer = cupsDoRequest(ipp->http, request, ipp->resource);

    if (answer != NULL && ippGetStatusCode(answer) <= IPP_STATUS_OK_EVENTS_COMPLETE)
        return answer;
    ippDelete(answer);
    fail_ipp(what, error);
    return NULL;
}

/* "media-jam-error" is media-jam. */
static SaoyErrorCode
code_of(const char *reason, bool stopped)
{
    bool mild = g_str_has_suffix(reason, "-warning") || g_str_has_suffix(reason, "-report");

    for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
        size_t n = strlen(reasons[i].keyword);

        if (strncmp(reason, reasons[i].keyword, n) == 0 &&
            (reason[n] == '\0' || reason[n] == '-') &&
            (!mild || stopped || !reasons[i].mild))
            return reasons[i].code;
    }
    return SAOY_ERROR_N;
}

static bool
check_reasons(ipp_t *answer, const char *name, bool stopped, GError **error)
{
    ipp_attribute_t *list = ippFindAttribute(answer, name, IPP_TAG_KEYWORD);

    for (int i = 0; list != NULL && i < ippGetCount(list); i++) {
        const char *reason = ippGetString(list, i, NULL);
        SaoyErrorCode code = reason != NULL ? code_of(reason, stopped) : SAOY_ERROR_N;

        if (code != SAOY_ERROR_N)
            return saoy_fail(error, code, "the printer says %s", reason);
    }
    return true;
}

static bool
check_answer(ipp_t *answer, GError **error)
{
    ipp_attribute_t *state = ippFindAttribute(answer, "printer-state", IPP_TAG_ENUM);
    ipp_attribute_t *accepts =
        ippFindAttribute(answer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
    bool stopped = state != NULL && ippGetInteger(state, 0) == IPP_PSTATE_STOPPED;

    if (!check_reasons(answer, "printer-state-reasons", stopped, error))
        return false;
    if (stopped)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the printer has stopped");
    if (accepts != NULL && !ippGetBoolean(accepts, 0))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the printer takes no jobs");
    return true;
}

bool
saoy_ipp_check_printer(const SaoyIpp *ipp, GError **error)
{
    static const char *const wanted[] = { "printer-state", "printer-state-reasons",
                                          "printer-is-accepting-jobs" };
    ipp_t *request = new_request(ipp, IPP_OP_GET_PRINTER_ATTRIBUTES);

    add_wanted(request, wanted, G_N_ELEMENTS(wanted));
    ipp_t *answer = ask(ipp, request, "printer", error);
    bool done = answer != NULL && check_answer(answer, error);
    ippDelete(answer);
    return done;
}

static bool
has_job(ipp_t *answer, const char *name)
{
    ipp_attribute_t *at = ippFindAttribute(answer, "job-name", IPP_TAG_NAME);

    for (; at != NULL; at = ippFindNextAttribute(answer, "job-name", IPP_TAG_NAME)) {
        const char *found = ippGetString(at, 0, NULL);
        if (name == NULL || (found != NULL && g_str_equal(found, name)))
            return true;
    }
    return false;
}

static bool
look_for_job(const SaoyIpp *ipp, const char *which, const char *name, bool *out_found,
             GError **error)
{
    static const char *const wanted[] = { "job-id", "job-name" };
    ipp_t *request = new_request(ipp, IPP_OP_GET_JOBS);

    add_user(request);
    if (name == NULL)
        ippAddBoolean(request, IPP_TAG_OPERATION, "my-jobs", 1);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", NULL, which);
    add_wanted(request, wanted, G_N_ELEMENTS(wanted));
    ipp_t *answer = ask(ipp, request, "jobs", error);
    if (answer == NULL)
        return false;
    *out_found = has_job(answer, name);
    ippDelete(answer);
    return true;
}

bool
saoy_ipp_find_job(const SaoyIpp *ipp, const char *name, bool *out_found, GError **error)
{
    if (!look_for_job(ipp, "not-completed", name, out_found, error))
        return false;
    if (*out_found || name == NULL)
        return true;
    return look_for_job(ipp, "completed", name, out_found, error);
}

static ipp_t *
print_request(const SaoyIpp *ipp, const char *name, unsigned copies)
{
    ipp_t *request = new_request(ipp, IPP_OP_PRINT_JOB);

    add_user(request);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
    ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL,
                 "application/pdf");
    ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", (int)copies);
    ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, "iso_a4_210x297mm");
    return request;
}

static bool
write_document(const SaoyIpp *ipp, ipp_t *request, GBytes *pdf)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(pdf, &size);
    size_t length = ippLength(request) + size;

    return cupsSendRequest(ipp->http, request, ipp->resource, length) ==
               HTTP_STATUS_CONTINUE &&
           cupsWriteRequestData(ipp->http, data, size) == HTTP_STATUS_CONTINUE;
}

bool
saoy_ipp_send(const SaoyIpp *ipp, GBytes *pdf, const char *name, unsigned copies,
              int *out_job, GError **error)
{
    ipp_t *request = print_request(ipp, name, copies);
    bool sent = write_document(ipp, request, pdf);
    ipp_t *answer = sent ? cupsGetResponse(ipp->http, ipp->resource) : NULL;
    ipp_attribute_t *job =
        answer != NULL ? ippFindAttribute(answer, "job-id", IPP_TAG_INTEGER) : NULL;
    int id = job != NULL ? ippGetInteger(job, 0) : 0;

    ippDelete(request);
    ippDelete(answer);
    if (id == 0)
        return fail_ipp("print", error);
    *out_job = id;
    return true;
}

void
saoy_ipp_cancel(const SaoyIpp *ipp, int job)
{
    ipp_t *request = new_request(ipp, IPP_OP_CANCEL_JOB);

    ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    add_user(request);
    ippDelete(cupsDoRequest(ipp->http, request, ipp->resource));
}

static bool
check_state(const SaoyIpp *ipp, ipp_t *answer, bool *out_done, GError **error)
{
    ipp_attribute_t *at = ippFindAttribute(answer, "job-state", IPP_TAG_ENUM);
    int state = at != NULL ? ippGetInteger(at, 0) : IPP_JSTATE_PROCESSING;

    *out_done = state == IPP_JSTATE_COMPLETED;
    if (state == IPP_JSTATE_CANCELED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "somebody cancelled the job");
    /* why it ended or stands still is the printer's to say; its word goes first */
    if (!*out_done && !saoy_ipp_check_printer(ipp, error))
        return false;
    if (state == IPP_JSTATE_ABORTED)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the printer gave the job up");
    if (state == IPP_JSTATE_STOPPED || state == IPP_JSTATE_HELD)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the job stands still");
    return true;
}

bool
saoy_ipp_check_job(const SaoyIpp *ipp, int job, bool *out_done, GError **error)
{
    static const char *const wanted[] = { "job-state", "job-state-reasons" };
    ipp_t *request = new_request(ipp, IPP_OP_GET_JOB_ATTRIBUTES);

    ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", job);
    add_user(request);
    add_wanted(request, wanted, G_N_ELEMENTS(wanted));
    ipp_t *answer = ask(ipp, request, "job", error);
    bool done = answer != NULL && check_state(ipp, answer, out_done, error);
    ippDelete(answer);
    return done;
}
