#include "store/journal.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LINE_MAX_BYTES (16u << 10)
#define FILE_MAX_BYTES (256u << 20)
#define HASH_CHARS 64

static const char genesis[] =
    "0000000000000000000000000000000000000000000000000000000000000000";
static const char hash_key[] = ",\"hash\":\"";

struct SaoyJournal {
    int fd;
    uint64_t n;
    char last[HASH_CHARS + 1];
};

/* A line is {…,"prev":"…","hash":"H"}: H covers all that stands before ,"hash":. */
static bool
split_line(SaoyView line, SaoyView *body, const char **hash)
{
    size_t tail = strlen(hash_key) + HASH_CHARS + 2;

    if (line.size <= tail)
        return false;
    const char *at = (const char *)line.data + line.size - tail;
    if (memcmp(at, hash_key, strlen(hash_key)) != 0 || memcmp(at + tail - 2, "\"}", 2) != 0)
        return false;
    *body = (SaoyView){ line.data, line.size - tail };
    *hash = at + strlen(hash_key);
    return true;
}

static bool
check_line(SaoyView line, uint64_t n, char *last, SaoyJson **out, GError **error)
{
    SaoyView body = { 0 };
    const char *hash = NULL;

    if (!split_line(line, &body, &hash))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "entry %" G_GUINT64_FORMAT " has no hash", n);

    g_autofree char *right = saoy_sha256_hex(body);
    g_autoptr(SaoyJson) json = saoy_json_parse(line, LINE_MAX_BYTES, NULL);
    if (strncmp(hash, right, HASH_CHARS) != 0 || json == NULL ||
        (uint64_t)saoy_json_int_or(json, "n", -1) != n ||
        strcmp(saoy_json_string_or(json, "prev", ""), last) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "entry %" G_GUINT64_FORMAT " breaks the chain", n);

    g_strlcpy(last, right, HASH_CHARS + 1);
    if (out != NULL)
        *out = g_steal_pointer(&json);
    return true;
}

/* Whole lines of the file, in order; *out_end is where the last whole line ends. */
static bool
walk(SaoyView file, SaoyJournalFunc *each, void *user, uint64_t *out_n, char *last,
     size_t *out_end, GError **error)
{
    size_t at = 0;
    uint64_t n = 0;

    g_strlcpy(last, genesis, HASH_CHARS + 1);
    while (at < file.size) {
        const uint8_t *end = memchr(file.data + at, '\n', file.size - at);
        g_autoptr(SaoyJson) entry = NULL;

        if (end == NULL)
            break; /* torn: power went while it was written */
        SaoyView line = { file.data + at, (size_t)(end - file.data) - at };
        if (!check_line(line, n, last, &entry, error))
            return false;
        n++;
        at += line.size + 1;
        if (each != NULL && !each(entry, user))
            break;
    }
    *out_n = n;
    *out_end = at;
    return true;
}

SaoyJournal *
saoy_journal_open(const char *path, GError **error)
{
    g_autoptr(SaoyJournal) journal = g_new0(SaoyJournal, 1);
    size_t end = 0;

    journal->fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal->fd < 0)
        return saoy_null(error, SAOY_ERROR_FAILED, "journal: %s", g_strerror(errno));
    if (flock(journal->fd, LOCK_EX | LOCK_NB) != 0)
        return saoy_null(error, SAOY_ERROR_FAILED, "journal: another program holds it");

    g_autoptr(GBytes) file = saoy_file_read(path, FILE_MAX_BYTES, error);
    if (file == NULL ||
        !walk(saoy_view_of(file), NULL, NULL, &journal->n, journal->last, &end, error)) {
        g_prefix_error_literal(error, "journal: ");
        return NULL;
    }
    if (end < g_bytes_get_size(file) &&
        (ftruncate(journal->fd, (off_t)end) != 0 || fsync(journal->fd) != 0))
        return saoy_null(error, SAOY_ERROR_FAILED, "journal: %s", g_strerror(errno));
    return g_steal_pointer(&journal);
}

void
saoy_journal_close(SaoyJournal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    g_free(journal);
}

/* {"n":…,"at":…,"event":…,<members>,"prev":…} without the closing brace. */
static char *
body_of(const SaoyJournal *journal, const char *event, const SaoyJson *members)
{
    g_autoptr(SaoyJson) head = saoy_json_object();
    g_autofree char *at = saoy_time_rfc3339(saoy_clock_wall_us());

    saoy_json_set_int(head, "n", (int64_t)journal->n);
    saoy_json_set_string(head, "at", at);
    saoy_json_set_string(head, "event", event);
    g_autofree char *first = saoy_json_print(head);
    g_autofree char *more = members != NULL ? saoy_json_print(members) : g_strdup("{}");
    first[strlen(first) - 1] = '\0';
    more[strlen(more) - 1] = '\0';
    return g_strdup_printf("%s%s%s,\"prev\":\"%s\"", first, more[1] != '\0' ? "," : "",
                           more + 1, journal->last);
}

static bool
write_line(SaoyJournal *journal, const char *line, GError **error)
{
    off_t start = lseek(journal->fd, 0, SEEK_END);
    size_t size = strlen(line);
    ssize_t written = write(journal->fd, line, size);

    if (written == (ssize_t)size && fsync(journal->fd) == 0)
        return true;

    int why = errno;
    /* half a line must not stand before the next one */
    if (start < 0 || ftruncate(journal->fd, start) != 0)
        close(g_steal_fd(&journal->fd));
    return saoy_fail(error, SAOY_ERROR_FAILED, "journal: %s",
                     written < 0 ? g_strerror(why) : "short write");
}

bool
saoy_journal_append(SaoyJournal *journal, const char *event, SaoyJson *entry,
                    GError **error)
{
    g_autoptr(SaoyJson) members = entry;
    g_autofree char *body = body_of(journal, event, members);
    g_autofree char *hash =
        saoy_sha256_hex((SaoyView){ (const uint8_t *)body, strlen(body) });
    g_autofree char *line = g_strconcat(body, hash_key, hash, "\"}\n", NULL);

    if (strlen(line) > LINE_MAX_BYTES)
        return saoy_fail(error, SAOY_ERROR_FAILED, "journal: entry too long");
    if (!write_line(journal, line, error))
        return false;
    g_strlcpy(journal->last, hash, sizeof journal->last);
    journal->n++;
    return true;
}

bool
saoy_journal_each(const char *path, SaoyJournalFunc *each, void *user, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, FILE_MAX_BYTES, error);
    char last[HASH_CHARS + 1];
    uint64_t n = 0;
    size_t end = 0;

    return file != NULL && walk(saoy_view_of(file), each, user, &n, last, &end, error);
}

bool
saoy_journal_check(const char *path, uint64_t *out_entries, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, FILE_MAX_BYTES, error);
    char last[HASH_CHARS + 1];
    size_t end = 0;

    return file != NULL &&
           walk(saoy_view_of(file), NULL, NULL, out_entries, last, &end, error);
}
