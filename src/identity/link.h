#pragma once
#include "identity/reader.h"
#include "sm.h"

/* The terminal's end of a conversation: the channel, secure messaging once it stands, what
 * it has cost, and where randomness comes from (tests hand out the worked examples'
 * values). */
typedef bool SaoyRandomFunc(uint8_t *out, size_t size, GError **error);

typedef struct {
    SaoyChannel channel;
    GCancellable *cancel;
    SaoyRandomFunc *random;
    SaoySm sm;
    GByteArray *raw, *answer; /* scratch, wiped by saoy_link_clear */
    unsigned apdus;
    size_t bytes;
} SaoyLink;

void saoy_link_init(SaoyLink *link, SaoyChannel channel, GCancellable *cancel);
void saoy_link_clear(SaoyLink *link);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyLink, saoy_link_clear)

/* One command; protected when a session stands. *out_data borrows link->answer until the
 * next call; any status word is a success. A cancel point. OFFLINE, MALFORMED, UNTRUSTED.
 */
bool saoy_link_send(SaoyLink *link, const SaoyApdu *command, SaoyView *out_data,
                    uint16_t *out_sw, GError **error);
