#include "hub/records.h"

#include "core/error.h"

#include <string.h>

typedef struct {
    bool null;
    int64_t number;
    char *text;
    GBytes *bytes;
} Cell;

struct SaoyRows {
    size_t width;
    GArray *cells; /* row by row */
};

struct SaoyRecords {
    const SaoyRecordsDriver *driver;
    void *self;
};

struct SaoyTransaction {
    SaoyRecords *records;
};

static const SaoyRecordsDriver *const drivers[] = { &saoy_records_sqlite };

static void
cell_clear(void *p)
{
    Cell *cell = p;

    g_free(cell->text);
    g_clear_pointer(&cell->bytes, g_bytes_unref);
}

SaoyRows *
saoy_rows_new(const char *columns)
{
    SaoyRows *rows = g_new0(SaoyRows, 1);

    rows->width = strlen(columns);
    rows->cells = g_array_new(FALSE, TRUE, sizeof(Cell));
    g_array_set_clear_func(rows->cells, cell_clear);
    return rows;
}

void
saoy_rows_free(SaoyRows *rows)
{
    if (rows == NULL)
        return;
    g_array_unref(rows->cells);
    g_free(rows);
}

static void
add(SaoyRows *rows, Cell cell)
{
    g_array_append_val(rows->cells, cell);
}

void
saoy_rows_add_null(SaoyRows *rows)
{
    add(rows, (Cell){ .null = true });
}

void
saoy_rows_add_int(SaoyRows *rows, int64_t number)
{
    add(rows, (Cell){ .number = number });
}

void
saoy_rows_add_text(SaoyRows *rows, const char *text)
{
    add(rows, (Cell){ .text = g_strdup(text) });
}

void
saoy_rows_add_bytes(SaoyRows *rows, SaoyView bytes)
{
    add(rows, (Cell){ .bytes = g_bytes_new(bytes.data, bytes.size) });
}

size_t
saoy_rows_count(const SaoyRows *rows)
{
    return rows->width == 0 ? 0 : rows->cells->len / rows->width;
}

static const Cell *
cell_at(const SaoyRows *rows, size_t row, unsigned column)
{
    static const Cell none = { .null = true };

    if (column >= rows->width || row >= saoy_rows_count(rows))
        return &none;
    return &g_array_index(rows->cells, Cell, row * rows->width + column);
}

bool
saoy_rows_is_null(const SaoyRows *rows, size_t row, unsigned column)
{
    return cell_at(rows, row, column)->null;
}

int64_t
saoy_rows_int(const SaoyRows *rows, size_t row, unsigned column)
{
    return cell_at(rows, row, column)->number;
}

const char *
saoy_rows_text(const SaoyRows *rows, size_t row, unsigned column)
{
    const char *text = cell_at(rows, row, column)->text;

    return text != NULL ? text : "";
}

GBytes *
saoy_rows_bytes(const SaoyRows *rows, size_t row, unsigned column)
{
    static GBytes *none;
    GBytes *bytes = cell_at(rows, row, column)->bytes;

    if (bytes != NULL)
        return bytes;
    if (g_once_init_enter(&none))
        g_once_init_leave(&none, g_bytes_new_static("", 0));
    return none;
}

SaoyRecords *
saoy_records_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        void *self = drivers[i]->open(address, error);
        if (self == NULL) {
            g_prefix_error(error, "records %s: ", driver);
            return NULL;
        }
        SaoyRecords *records = g_new0(SaoyRecords, 1);
        *records = (SaoyRecords){ drivers[i], self };
        return records;
    }
    return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no records driver is called %s", driver);
}

void
saoy_records_close(SaoyRecords *records)
{
    if (records == NULL)
        return;
    records->driver->close(records->self);
    g_free(records);
}

const SaoyRecordsDriver *
saoy_records_driver(const SaoyRecords *records)
{
    return records->driver;
}

void *
saoy_records_self(SaoyRecords *records)
{
    return records->self;
}

SaoyRows *
saoy_records_ask(SaoyRecords *records, const char *sql, const char *columns, GError **error,
                 const char *format, ...)
{
    va_list args;

    va_start(args, format);
    SaoyRows *rows =
        records->driver->query(records->self, sql, columns, format, args, error);
    va_end(args);
    return rows;
}

bool
saoy_records_run(SaoyRecords *records, const char *sql, GError **error, const char *format,
                 ...)
{
    va_list args;

    va_start(args, format);
    g_autoptr(SaoyRows) rows =
        records->driver->query(records->self, sql, "", format, args, error);
    va_end(args);
    return rows != NULL;
}

int64_t
saoy_records_changes(SaoyRecords *records)
{
    return records->driver->changes(records->self);
}

SaoyTransaction *
saoy_records_begin(SaoyRecords *records, GError **error)
{
    if (!records->driver->begin(records->self, error))
        return NULL;

    SaoyTransaction *transaction = g_new0(SaoyTransaction, 1);
    transaction->records = records;
    return transaction;
}

bool
saoy_transaction_commit(SaoyTransaction **transaction, GError **error)
{
    SaoyRecords *records = (*transaction)->records;

    if (!records->driver->commit(records->self, error))
        return false; /* still open: leaving the scope rolls it back */
    g_clear_pointer(transaction, g_free);
    return true;
}

void
saoy_transaction_free(SaoyTransaction *transaction)
{
    if (transaction == NULL)
        return;
    transaction->records->driver->rollback(transaction->records->self);
    g_free(transaction);
}
