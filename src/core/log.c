#include "core/log.h"

static const struct {
    const char *name, *sentence;
    GLogLevelFlags level;
} events[SAOY_LOG_N] = {
#define LEVEL_DEBUG G_LOG_LEVEL_DEBUG
#define LEVEL_INFO G_LOG_LEVEL_INFO
/* events are for people, not programming errors: GLib's own WARNING ends a test program */
#define LEVEL_WARNING G_LOG_LEVEL_MESSAGE
#define LEVEL_CRITICAL G_LOG_LEVEL_MESSAGE
#define SAOY_EVENT(id, level, sentence) [SAOY_LOG_##id] = { #id, sentence, LEVEL_##level },
#include "core/events.def"
#undef SAOY_EVENT
};

void
saoy_log_fields(SaoyLogId id, const SaoyLogField *fields, size_t n)
{
    g_autoptr(GString) line = g_string_new(events[id].name);

    for (size_t i = 0; i < n; i++) {
        if (fields[i].word != NULL)
            g_string_append_printf(line, " %s=%s", fields[i].key, fields[i].word);
        else
            g_string_append_printf(line, " %s=%" G_GINT64_FORMAT, fields[i].key,
                                   fields[i].number);
    }

    const GLogField record[] = {
        { "MESSAGE", line->str, -1 },
        { "PRIORITY", events[id].level == G_LOG_LEVEL_MESSAGE ? "4" : "6", -1 },
        { "GLIB_DOMAIN", G_LOG_DOMAIN, -1 },
        { "SAOY_EVENT", events[id].name, -1 },
    };
    g_log_structured_array(events[id].level, record, G_N_ELEMENTS(record));
}

const char *
saoy_log_name(SaoyLogId id)
{
    return events[id].name;
}

const char *
saoy_log_sentence(SaoyLogId id)
{
    return events[id].sentence;
}
