#include "officers.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/ossl.h"
#include "core/text.h"

#include <string.h>

#define SESSION_US (8 * 3600 * (int64_t)G_USEC_PER_SEC)
#define FAILURES_FREE 5
#define LOCK_US (60 * (int64_t)G_USEC_PER_SEC)
#define SCRYPT_N 16384
#define SCRYPT_R 8
#define SCRYPT_P 1

void
saoy_officer_clear(SaoyOfficer *officer)
{
    g_clear_pointer(&officer->login, g_free);
    g_clear_pointer(&officer->name, g_free);
    g_clear_pointer(&officer->title, g_free);
    g_clear_pointer(&officer->csrf, g_free);
}

static bool
derive(const char *password, SaoyView salt, uint8_t out[32], GError **error)
{
    if (EVP_PBE_scrypt(password, strlen(password), salt.data, salt.size, SCRYPT_N, SCRYPT_R,
                       SCRYPT_P, 64u << 20, out, 32) == 1)
        return true;
    return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "scrypt");
}

/* "scrypt$salt$hash", hex. */
static char *
hash_password(const char *password, GError **error)
{
    uint8_t salt[16], hash[32];

    if (!saoy_random(salt, sizeof salt, error) ||
        !derive(password, (SaoyView){ salt, sizeof salt }, hash, error))
        return NULL;
    g_autofree char *salt_hex = saoy_hex((SaoyView){ salt, sizeof salt });
    g_autofree char *hash_hex = saoy_hex((SaoyView){ hash, sizeof hash });
    OPENSSL_cleanse(hash, sizeof hash);
    return g_strdup_printf("scrypt$%s$%s", salt_hex, hash_hex);
}

static bool
check_password(const char *stored, const char *password, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(stored, "$", 4);
    g_autoptr(GBytes) salt = NULL;
    g_autoptr(GBytes) expected = NULL;
    uint8_t hash[32];

    if (g_strv_length(parts) != 3 || (salt = saoy_unhex(parts[1], error)) == NULL ||
        (expected = saoy_unhex(parts[2], error)) == NULL ||
        g_bytes_get_size(expected) != 32)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "stored password hash is damaged");
    if (!derive(password,
                (SaoyView){ g_bytes_get_data(salt, NULL), g_bytes_get_size(salt) }, hash,
                error))
        return false;
    bool same = CRYPTO_memcmp(hash, g_bytes_get_data(expected, NULL), 32) == 0;
    OPENSSL_cleanse(hash, sizeof hash);
    return same || saoy_fail(error, SAOY_ERROR_REFUSED, "wrong login or password");
}

bool
saoy_officer_add(SaoyRecords *records, const char *login, const char *name,
                 const char *title, const char *password, GError **error)
{
    g_autofree char *clean_name = saoy_text_clean(name, 80);
    g_autofree char *clean_title = saoy_text_clean(title, 120);
    g_autofree char *hash = NULL;
    size_t n = strlen(login);

    if (n < 2 || n > 32 || strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") != n)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "a login is 2 to 32 of a-z, 0-9, '.', '_', '-'");
    if (clean_name[0] == '\0' || clean_title[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "--name and --title must not be empty");
    if (g_utf8_strlen(password, -1) < 8)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "a password has at least 8 characters");
    hash = hash_password(password, error);
    return hash != NULL &&
           saoy_records_run(records,
                            "INSERT INTO officers (login, name, title, hash, made_at) "
                            "VALUES (?, ?, ?, ?, ?)",
                            error, "tttti", login, clean_name, clean_title, hash,
                            saoy_clock_wall_us());
}

static bool
count_failure(SaoyNode *node, const char *login, int64_t failures, GError **error)
{
    int64_t over = failures + 1 - FAILURES_FREE;
    int64_t lock = over < 0 ? 0 : LOCK_US << MIN(over, 6);

    saoy_log(SAOY_LOG_LOGIN_FAILED, SAOY_N("count", failures + 1));
    return saoy_records_run(node->records,
                            "UPDATE officers SET failures = failures + 1, locked_until = ? "
                            "WHERE login = ?",
                            error, "it",
                            lock > 0 ? saoy_clock_wall_us() + lock : (int64_t)0, login);
}

static char *
session_id(const char *cookie)
{
    return saoy_sha256_hex((SaoyView){ (const uint8_t *)cookie, strlen(cookie) });
}

static char *
open_session(SaoyNode *node, const char *login, GError **error)
{
    g_autofree char *cookie = saoy_random_hex(32);
    g_autofree char *csrf = saoy_random_hex(16);
    g_autofree char *id = session_id(cookie);
    int64_t now = saoy_clock_wall_us();

    if (!saoy_records_run(node->records, "DELETE FROM sessions WHERE expires_at < ?", error,
                          "i", now) ||
        !saoy_records_run(
            node->records,
            "UPDATE officers SET failures = 0, locked_until = 0 WHERE login = ?", error,
            "t", login) ||
        !saoy_records_run(node->records,
                          "INSERT INTO sessions (id, login, csrf, expires_at) "
                          "VALUES (?, ?, ?, ?)",
                          error, "ttti", id, login, csrf, now + SESSION_US))
        return NULL;
    saoy_log(SAOY_LOG_LOGIN, SAOY_W("state", "officer"));
    return g_steal_pointer(&cookie);
}

char *
saoy_officer_login(SaoyNode *node, const char *login, const char *password, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT hash, failures, locked_until FROM officers WHERE login = ?",
        "tii", error, "t", login);

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) == 0) {
        /* as slow as a wrong password, so that logins cannot be told apart */
        g_free(hash_password(password, NULL));
        return saoy_null(error, SAOY_ERROR_REFUSED, "wrong login or password");
    }
    if (saoy_rows_int(rows, 0, 2) > saoy_clock_wall_us())
        return saoy_null(error, SAOY_ERROR_TIMEOUT, "login is locked for now");
    if (check_password(saoy_rows_text(rows, 0, 0), password, &wrong))
        return open_session(node, login, error);
    if (count_failure(node, login, saoy_rows_int(rows, 0, 1), error))
        g_propagate_error(error, g_steal_pointer(&wrong));
    return NULL;
}

bool
saoy_officer_session(SaoyNode *node, const char *cookie, SaoyOfficer *out, GError **error)
{
    g_autofree char *id = session_id(cookie);
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT o.login, o.name, o.title, s.csrf FROM sessions s "
        "JOIN officers o ON o.login = s.login WHERE s.id = ? AND s.expires_at > ?",
        "tttt", error, "ti", id, saoy_clock_wall_us());

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "no session");
    *out = (SaoyOfficer){ g_strdup(saoy_rows_text(rows, 0, 0)),
                          g_strdup(saoy_rows_text(rows, 0, 1)),
                          g_strdup(saoy_rows_text(rows, 0, 2)),
                          g_strdup(saoy_rows_text(rows, 0, 3)) };
    return true;
}

bool
saoy_officer_logout(SaoyNode *node, const char *cookie, GError **error)
{
    g_autofree char *id = session_id(cookie);

    return saoy_records_run(node->records, "DELETE FROM sessions WHERE id = ?", error, "t",
                            id);
}
