/* The technician's PIN. A PIN has few digits: what protects it is the count of attempts,
 * and that the file can only be read by us; scrypt slows down who got the file anyway. */
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "maint/maint.h"

#include <stdio.h>
#include <string.h>

/* RFC 7914: N 2^14, r 8, p 1: 16 MiB */
#define COST 16384
#define BLOCK 8
#define LANES 1
#define MEMORY_MAX (64u << 20)
#define SALT_SIZE 16
#define HASH_SIZE 32
#define FREE_TRIES 5
#define LOCK_S 60
#define LOCK_MAX_S 3600

typedef struct {
    unsigned wrong;
    int64_t until_us;
} Tries;

char *
saoy_pin_path(const char *data_dir, unsigned technician)
{
    return g_strdup_printf("%s/technician-%03u.pin", data_dir, technician);
}

bool
saoy_pin_any(const char *data_dir)
{
    g_autoptr(GDir) dir = g_dir_open(data_dir, 0, NULL);

    for (const char *name = dir != NULL ? g_dir_read_name(dir) : NULL; name != NULL;
         name = g_dir_read_name(dir))
        if (g_str_has_prefix(name, "technician-") && g_str_has_suffix(name, ".pin"))
            return true;
    return false;
}

static bool
is_pin(const char *pin)
{
    size_t n = strlen(pin);

    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isdigit(pin[i]))
            return false;
    return n >= 4 && n <= 12;
}

static bool
derive(const char *pin, SaoyView salt, SaoyKey *out, GError **error)
{
    out->size = HASH_SIZE;
    if (EVP_PBE_scrypt(pin, strlen(pin), salt.data, salt.size, COST, BLOCK, LANES,
                       MEMORY_MAX, out->bytes, HASH_SIZE) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "scrypt");
    return true;
}

static bool
write_text(const char *path, const char *text, GError **error)
{
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

bool
saoy_pin_set(const char *path, const char *pin, GError **error)
{
    uint8_t salt[SALT_SIZE];
    g_auto(SaoyKey) hash = { 0 };

    if (!is_pin(pin))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a PIN has 4 to 12 digits");
    if (!saoy_random(salt, sizeof salt, error) ||
        !derive(pin, (SaoyView){ salt, sizeof salt }, &hash, error))
        return false;

    g_autofree char *salt_hex = saoy_hex((SaoyView){ salt, sizeof salt });
    g_autofree char *hash_hex = saoy_hex((SaoyView){ hash.bytes, hash.size });
    g_autofree char *text = g_strdup_printf("scrypt %s %s\n", salt_hex, hash_hex);
    return write_text(path, text, error);
}

static bool
load_pin(const char *path, GBytes **out_salt, GBytes **out_hash, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, 4096, error);
    char salt[2 * SALT_SIZE + 1] = "", hash[2 * HASH_SIZE + 1] = "";

    if (file == NULL)
        return false;
    SaoyView view = saoy_view_of(file);
    g_autofree char *text = g_strndup((const char *)view.data, view.size);
    if (sscanf(text, "scrypt %32s %64s", salt, hash) != 2)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the PIN file is damaged");

    g_autoptr(GBytes) salt_bytes = saoy_unhex(salt, error);
    g_autoptr(GBytes) hash_bytes = salt_bytes != NULL ? saoy_unhex(hash, error) : NULL;
    if (hash_bytes == NULL)
        return false;
    if (g_bytes_get_size(salt_bytes) != SALT_SIZE ||
        g_bytes_get_size(hash_bytes) != HASH_SIZE)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the PIN file is damaged");
    *out_salt = g_steal_pointer(&salt_bytes);
    *out_hash = g_steal_pointer(&hash_bytes);
    return true;
}

static Tries
load_tries(const char *path)
{
    g_autofree char *text = NULL;
    Tries tries = { 0 };

    if (g_file_get_contents(path, &text, NULL, NULL) &&
        sscanf(text, "%u %" G_GINT64_FORMAT, &tries.wrong, &tries.until_us) != 2)
        return (Tries){ .wrong = FREE_TRIES }; /* damaged: no free tries for that */
    return tries;
}

static bool
save_tries(const char *path, Tries tries, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("%u %" G_GINT64_FORMAT "\n", tries.wrong, tries.until_us);

    return write_text(path, text, error);
}

static int64_t
lock_us(unsigned wrong)
{
    int64_t seconds = 0;

    if (wrong >= FREE_TRIES)
        seconds = MIN((int64_t)LOCK_S << MIN(wrong - FREE_TRIES, 10u), (int64_t)LOCK_MAX_S);
    return seconds * 1000000;
}

/* Counts the attempt as a wrong one until it has proven right. */
static bool
begin_try(const char *path, GError **error)
{
    int64_t now = saoy_clock_wall_us();
    Tries tries = load_tries(path);

    /* a clock set back must not lock for years */
    if (now < tries.until_us && tries.until_us - now <= lock_us(G_MAXUINT))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "locked for %d s",
                         (int)((tries.until_us - now) / 1000000) + 1);
    tries.wrong = MIN(tries.wrong + 1, 1000u);
    tries.until_us = now + lock_us(tries.wrong);
    if (lock_us(tries.wrong) == 0)
        tries.until_us = 0;
    return save_tries(path, tries, error);
}

bool
saoy_pin_check(const char *path, const char *pin, GError **error)
{
    g_autofree char *tries = g_strconcat(path, ".tries", NULL);
    g_autoptr(GBytes) salt = NULL;
    g_autoptr(GBytes) hash = NULL;
    g_auto(SaoyKey) derived = { 0 };

    if (!load_pin(path, &salt, &hash, error) || !begin_try(tries, error) ||
        !derive(pin, saoy_view_of(salt), &derived, error))
        return false;
    if (CRYPTO_memcmp(derived.bytes, saoy_view_of(hash).data, HASH_SIZE) != 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "wrong PIN");
    return save_tries(tries, (Tries){ 0 }, error);
}
