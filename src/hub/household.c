#include "household.h"

#include <gio/gio.h>

#include <string.h>

static char *
network_of(GInetAddress *address)
{
    guint8 bytes[16] = { 0 };

    if (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4)
        return g_inet_address_to_string(address);
    memcpy(bytes, g_inet_address_to_bytes(address), sizeof bytes / 2);
    g_autoptr(GInetAddress) network =
        g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6);
    return g_inet_address_to_string(network);
}

char *
saoy_household(const char *peer, const char *forwarded)
{
    g_autoptr(GInetAddress) near = g_inet_address_new_from_string(peer);
    g_autoptr(GInetAddress) far = NULL;
    const char *last = forwarded != NULL ? strrchr(forwarded, ',') : NULL;
    g_autofree char *named = g_strdup(last != NULL ? last + 1 : forwarded);

    if (near == NULL)
        return NULL;
    if (!g_inet_address_get_is_loopback(near))
        return network_of(near);
    far = named != NULL ? g_inet_address_new_from_string(g_strstrip(named)) : NULL;
    return far != NULL ? network_of(far) : NULL;
}
