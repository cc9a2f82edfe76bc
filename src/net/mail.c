#include "net/mail.h"

#include "curl.h"

#include "core/error.h"

#include <string.h>

bool
saoy_mail_address_check(const char *address)
{
    size_t n = strnlen(address, 255);

    return n >= 6 && n <= 254 &&
           g_regex_match_simple("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
                                "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+"
                                "[A-Za-z]{2,63}$",
                                address, G_REGEX_DOLLAR_ENDONLY, 0);
}

static int
on_progress(void *user, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
            curl_off_t ulnow)
{
    return g_cancellable_is_cancelled(user);
}

/* RFC 2047: one encoded word per 45 bytes, never splitting a character. */
static char *
encode_subject(const char *subject)
{
    GString *out = g_string_new("Subject:");

    for (const char *p = subject; *p != '\0';) {
        const char *end = p;

        while (*end != '\0' && g_utf8_next_char(end) - p <= 45)
            end = g_utf8_next_char(end);
        g_autofree char *word = g_base64_encode((const guchar *)p, (size_t)(end - p));
        g_string_append_printf(out, "%s =?UTF-8?B?%s?=", p == subject ? "" : "\r\n", word);
        p = end;
    }
    return g_string_free(out, FALSE);
}

static struct curl_slist *
headers_of(const SaoyMail *mail)
{
    g_autofree char *from = g_strdup_printf("From: <%s>", mail->from);
    g_autofree char *to = g_strdup_printf("To: <%s>", mail->to);
    g_autofree char *id = g_strdup_printf("Message-ID: <%s>", mail->message_id);
    g_autofree char *subject = encode_subject(mail->subject);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *date = g_date_time_format(now, "Date: %a, %d %b %Y %H:%M:%S +0000");
    struct curl_slist *list = saoy_curl->slist_append(NULL, from);

    list = saoy_curl->slist_append(list, to);
    list = saoy_curl->slist_append(list, subject);
    list = saoy_curl->slist_append(list, date);
    return saoy_curl->slist_append(list, id);
}

static curl_mime *
parts_of(CURL *curl, const SaoyMail *mail)
{
    curl_mime *mime = saoy_curl->mime_init(curl);
    curl_mimepart *text = saoy_curl->mime_addpart(mime);

    saoy_curl->mime_data(text, mail->text, CURL_ZERO_TERMINATED);
    saoy_curl->mime_type(text, "text/plain; charset=utf-8");
    saoy_curl->mime_encoder(text, "base64");
    if (mail->attachment != NULL) {
        gsize size = 0;
        const char *data = g_bytes_get_data(mail->attachment, &size);
        curl_mimepart *part = saoy_curl->mime_addpart(mime);

        saoy_curl->mime_data(part, data, size);
        saoy_curl->mime_type(part, "application/pdf");
        saoy_curl->mime_filename(part, mail->attachment_name);
        saoy_curl->mime_encoder(part, "base64");
    }
    return mime;
}

static SaoyErrorCode
code_of(CURLcode code, long status)
{
    if (code == CURLE_OPERATION_TIMEDOUT)
        return SAOY_ERROR_TIMEOUT;
    if (code == CURLE_LOGIN_DENIED || status >= 500)
        return SAOY_ERROR_REFUSED;
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_USE_SSL_FAILED)
        return SAOY_ERROR_UNTRUSTED;
    return SAOY_ERROR_OFFLINE;
}

static void
set_up(CURL *curl, const SaoyMailServer *server, GCancellable *cancel)
{
    saoy_curl->easy_setopt(curl, CURLOPT_URL, server->url);
    saoy_curl->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    saoy_curl->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    saoy_curl->easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    saoy_curl->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    saoy_curl->easy_setopt(curl, CURLOPT_USE_SSL,
                           (long)(server->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (server->ca != NULL)
        saoy_curl->easy_setopt(curl, CURLOPT_CAINFO, server->ca);
    if (server->user != NULL) {
        saoy_curl->easy_setopt(curl, CURLOPT_USERNAME, server->user);
        saoy_curl->easy_setopt(curl, CURLOPT_PASSWORD, server->password);
    }
    saoy_curl->easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    saoy_curl->easy_setopt(curl, CURLOPT_XFERINFODATA, cancel);
    saoy_curl->easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

bool
saoy_mail_send(const SaoyMailServer *server, const SaoyMail *mail, GCancellable *cancel,
               GError **error)
{
    if (!saoy_mail_address_check(mail->to) || !saoy_mail_address_check(mail->from))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "not an e-mail address");
    if (!saoy_curl_open(error))
        return false;

    CURL *curl = saoy_curl->easy_init();
    struct curl_slist *headers = headers_of(mail);
    struct curl_slist *to = saoy_curl->slist_append(NULL, mail->to);
    curl_mime *parts = parts_of(curl, mail);
    long status = 0;

    set_up(curl, server, cancel);
    saoy_curl->easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
    saoy_curl->easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    saoy_curl->easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    saoy_curl->easy_setopt(curl, CURLOPT_MIMEPOST, parts);
    CURLcode code = saoy_curl->easy_perform(curl);
    saoy_curl->easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    saoy_curl->mime_free(parts);
    saoy_curl->slist_free_all(to);
    saoy_curl->slist_free_all(headers);
    saoy_curl->easy_cleanup(curl);

    if (code == CURLE_OK)
        return true;
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    return saoy_fail(error, code_of(code, status), "mail: %s",
                     saoy_curl->easy_strerror(code));
}
