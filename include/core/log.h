#pragma once
#include <glib.h>
#include <stdint.h>

/* Log events by id. A field is a number or a word out of our own code: there is no type for
 * a name, number, image, APDU or key, so none can be logged. */
typedef enum {
#define SAOY_EVENT(id, level, sentence) SAOY_LOG_##id,
#include "core/events.def"
#undef SAOY_EVENT
    SAOY_LOG_N
} SaoyLogId;

typedef struct {
    const char *key;  /* static: "ms", "count", "code", "device", "page", "state" */
    const char *word; /* static text of our own, or NULL: then number counts */
    int64_t number;
} SaoyLogField;

#define SAOY_N(key, number) ((SaoyLogField){ key "", NULL, (int64_t)(number) })
#define SAOY_W(key, word) ((SaoyLogField){ key "", word, 0 })

/* saoy_log(SAOY_LOG_STATE, SAOY_W("state", "CARD"), SAOY_N("ms", 12)); any thread. */
#define saoy_log(id, ...)                                      \
    saoy_log_fields(id, (const SaoyLogField[]){ __VA_ARGS__ }, \
                    sizeof((const SaoyLogField[]){ __VA_ARGS__ }) / sizeof(SaoyLogField))
/* One structured record: "ID key=value …" with SAOY_EVENT=ID. saoy_log_name: the id as
 * text; saoy_log_sentence: what it says in plain English; both static. */
void saoy_log_fields(SaoyLogId id, const SaoyLogField *fields, size_t n);
const char *saoy_log_name(SaoyLogId id);
const char *saoy_log_sentence(SaoyLogId id);
