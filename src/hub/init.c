#include "init.h"

#include "config.h"
#include "node.h"
#include "pki.h"

#include "core/error.h"
#include "core/file.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <string.h>

static bool
write_once(const char *dir, const char *name, const char *text, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) ||
           saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

static bool
write_hub_conf(const char *dir, int port, int public_port, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "# saoy-hub: test installation. Every key not named here has its default.\n"
        "[hub]\n"
        "unit = H26.132\n\n"
        "[api]\n"
        "listen = 127.0.0.1\n"
        "port = %d\n\n"
        "[public]\n"
        "listen = 127.0.0.1\n"
        "port = %d\n"
        "# what stands in links and QR codes\n"
        "url = http://localhost:%d\n\n"
        "[keys]\n"
        "# signing keys in files: for the test PKI only\n"
        "files = insecure\n\n"
        "# [mail]\n"
        "# url = smtp://mail.example.vn:587\n"
        "# from = saoy@example.vn\n",
        port, public_port, public_port);

    return write_once(dir, "hub.conf", text, error);
}

static bool
write_kiosk_conf(const char *dir, int port, int public_port, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("# A kiosk on this machine, for tests and demonstration.\n"
                        "[kiosk]\n"
                        "id = K01\n\n"
                        "[hub]\n"
                        "url = https://localhost:%d\n"
                        "ca = %s/pki/root.crt\n"
                        "cert = %s/pki/kiosk.crt\n"
                        "key = %s/pki/kiosk.key\n"
                        "public = http://localhost:%d\n\n"
                        "[trust]\n"
                        "roots = %s/pki/trust\n",
                        port, dir, dir, dir, public_port, dir);

    return write_once(dir, "kiosk.conf", text, error);
}

/* Opening them makes them: database, vault key, blobs folder. */
static bool
make_stores(const SaoyHubConfig *config, GError **error)
{
    g_autofree char *blobs_dir = saoy_hub_config_path(config, config->blobs_address);
    g_autoptr(SaoyBlobs) blobs = saoy_blobs_open(config->blobs_driver, blobs_dir, error);
    g_auto(SaoyNode) node = { 0 };

    return blobs != NULL && saoy_node_open(&node, config, NULL, blobs, error);
}

bool
saoy_hub_init(const char *dir, int port, int public_port, GError **error)
{
    g_autofree char *full = g_canonicalize_filename(dir, NULL);
    g_autofree char *pki = g_build_filename(full, "pki", NULL);
    g_autofree char *url = g_strdup_printf("http://localhost:%d", public_port);
    g_autoptr(SaoyHubConfig) config = NULL;

    if (g_mkdir_with_parents(full, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", full, g_strerror(errno));
    if (!saoy_pki_make(pki, url, error) ||
        !write_hub_conf(full, port, public_port, error) ||
        !write_kiosk_conf(full, port, public_port, error))
        return false;
    config = saoy_hub_config_read(full, error);
    return config != NULL && make_stores(config, error);
}
