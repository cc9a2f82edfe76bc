#pragma once

/* Who asks, for sharing among strangers what takes long: the peer's address, or, where that
 * is this machine, what its proxy named last in X-Forwarded-For (what stands before it
 * anybody can write). Of IPv6 its network alone (/64), in which one household has addresses
 * without number. NULL: nobody knows. peer: numeric; forwarded: the header or NULL. g_free.
 */
char *saoy_household(const char *peer, const char *forwarded);
