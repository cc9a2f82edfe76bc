#include "signature/seal.h"

#include "core/ids.h"

#include <string.h>

/* The link in front of the seal's '#'. The seal does not sign it: what it opens, and where,
 * is anybody's to write. */

static bool
opens(GUri *uri, const char *copy_id)
{
    g_autofree char *path = g_strconcat("/v/", copy_id, NULL);
    const char *scheme = g_uri_get_scheme(uri), *host = g_uri_get_host(uri);

    return (g_str_equal(scheme, "https") || g_str_equal(scheme, "http")) && host != NULL &&
           *host != '\0' && g_str_has_suffix(g_uri_get_path(uri), path);
}

static char *
token_of(GUri *uri)
{
    const char *query = g_uri_get_query(uri);
    g_autofree char *token = query != NULL && g_str_has_prefix(query, "t=")
                                 ? g_strndup(query + 2, strcspn(query + 2, "&"))
                                 : NULL;

    return token != NULL && saoy_token_check(token) ? g_steal_pointer(&token) : NULL;
}

bool
saoy_seal_link(const char *text, const SaoySeal *seal, char **out_host, char **out_token)
{
    g_autoptr(GUri) uri = NULL;

    if (strchr(text, '#') == NULL) /* the seal alone */
        return true;
    uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL)
        return false;
    if (out_host != NULL)
        *out_host = g_strdup(g_uri_get_host(uri));
    if (!opens(uri, seal->copy_id))
        return false;
    if (out_token != NULL)
        *out_token = token_of(uri);
    return true;
}
