#include "signature/seal.h"

#include "core/ids.h"

#include <gio/gio.h>

#include <string.h>

/* The link in front of the seal's '#'. The seal does not sign it: what it opens, and where,
 * is anybody's to write. Browsers mend what is no address (WHATWG URL, 4.4: backslashes,
 * percent signs in a host, user names, blanks), each character in its own way: a link of
 * ours needs none of it, and one that has it is nobody's to show. */

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"

enum { MAX_HOST = 253, MAX_LABEL = 63, MAX_PORT = 65535 };

typedef struct {
    char *host;
    char *path, *query; /* query: "" when there is none */
} Link;

static void
link_clear(Link *link)
{
    g_clear_pointer(&link->host, g_free);
    g_clear_pointer(&link->path, g_free);
    g_clear_pointer(&link->query, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Link, link_clear)

/* Behind "https://", or NULL. */
static const char *
behind_scheme(const char *text)
{
    static const char *const schemes[] = { "https://", "http://" };

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
            return text + strlen(schemes[i]);
    return NULL;
}

static bool
is_port(const char *text)
{
    guint64 port = 0;

    return g_ascii_string_to_unsigned(text, 10, 0, MAX_PORT, &port, NULL);
}

/* A host that ends in a number is an address of the network to a browser, whatever it looks
 * like ("0x7f.1", "2130706433"): only in its one plain form. */
static bool
is_plain_number(const char *host, const char *last)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);
    g_autofree char *plain = address != NULL ? g_inet_address_to_string(address) : NULL;

    return !g_ascii_isdigit(last[0]) || g_strcmp0(plain, host) == 0;
}

static bool
is_host(const char *host)
{
    g_auto(GStrv) labels = g_strsplit(host, ".", -1);
    guint n = g_strv_length(labels);

    if (strlen(host) > MAX_HOST)
        return false;
    for (guint i = 0; i < n; i++)
        if (labels[i][0] == '\0' || strlen(labels[i]) > MAX_LABEL)
            return false;
    return n > 0 && is_plain_number(host, labels[n - 1]);
}

/* False: it is no address that everybody reads alike. */
static bool
read_link(const char *text, Link *out)
{
    const char *at = behind_scheme(text), *colon = NULL;
    g_autofree char *authority = NULL;
    size_t size = at != NULL ? strcspn(at, "#") : 0;

    if (at == NULL || strspn(at, WORD ":/?&=_~") != size)
        return false;
    authority = g_strndup(at, strcspn(at, "/?#"));
    at += strlen(authority);
    colon = strchr(authority, ':');
    if (colon != NULL && !is_port(colon + 1))
        return false;
    out->host = g_ascii_strdown(authority, colon != NULL ? colon - authority : -1);
    out->path = g_strndup(at, strcspn(at, "?#"));
    at += strlen(out->path);
    out->query = *at == '?' ? g_strndup(at + 1, strcspn(at + 1, "#")) : g_strdup("");
    return strspn(out->host, WORD) == strlen(out->host) && is_host(out->host);
}

static char *
token_of(const char *query)
{
    g_autofree char *token = g_str_has_prefix(query, "t=")
                                 ? g_strndup(query + 2, strcspn(query + 2, "&"))
                                 : NULL;

    return token != NULL && saoy_token_check(token) ? g_steal_pointer(&token) : NULL;
}

bool
saoy_seal_link(const char *text, const SaoySeal *seal, char **out_host, char **out_token)
{
    g_autofree char *path = g_strconcat("/v/", seal->copy_id, NULL);
    g_auto(Link) link = { 0 };

    if (strchr(text, '#') == NULL) /* the seal alone */
        return true;
    if (!read_link(text, &link))
        return false;
    if (out_host != NULL)
        *out_host = g_strdup(link.host);
    if (!g_str_has_suffix(link.path, path))
        return false;
    if (out_token != NULL)
        *out_token = token_of(link.query);
    return true;
}
