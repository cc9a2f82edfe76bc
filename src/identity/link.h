#pragma once
#include "identity/reader.h"
#include "sm.h"

/* The terminal's end of a conversation: the channel, secure messaging once it stands, what
 * the chip can and cannot do with lengths, what it all has cost, and where randomness comes
 * from (tests hand out the worked examples' values). */
typedef bool SaoyRandomFunc(uint8_t *out, size_t size, GError **error);

/* Extended length (ISO 7816-4, 5.1). */
typedef enum {
    SAOY_LENGTH_TRIAL, /* nothing is known: tried where it pays */
    SAOY_LENGTH_SHORT, /* refused once, or announced as missing: never tried again */
    SAOY_LENGTH_EXTENDED
} SaoyLength;

#define SAOY_ANSWER_SHORT 256
#define SAOY_ANSWER_EXTENDED 65536

typedef struct {
    SaoyChannel channel;
    GCancellable *cancel;
    SaoyRandomFunc *random;
    SaoySm sm;
    GByteArray *part, *raw, *answer; /* scratch, wiped by saoy_link_clear */
    unsigned apdus;
    size_t bytes;
    size_t least; /* bytes of the exchanges that were of use */
    uint16_t sw;  /* the last status word */

    SaoyLength length;
    unsigned answer_max; /* data bytes in one extended answer */
    bool announced;      /* the chip has said so: a file may be asked for whole */
    bool worked[2];      /* an extended command was answered: plain, protected */
    unsigned select_way; /* of saoy_ef_select: the variant that has worked */
    bool le_zero;        /* READ BINARY must leave the number of bytes to the chip */
    bool fell_back;      /* changed one of these at the price of the session: open again */
    bool broken;         /* the channel has failed, not the chip */
} SaoyLink;

void saoy_link_init(SaoyLink *link, SaoyChannel channel, GCancellable *cancel);
void saoy_link_clear(SaoyLink *link);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyLink, saoy_link_clear)

/* How many bytes a READ BINARY may ask for so that the answer, protected or not, fits: with
 * short length, or with the longest that is not known to be refused. */
unsigned saoy_link_room(const SaoyLink *link, bool extended);

/* One command; protected when a session stands. *out_data borrows link->answer until the
 * next call; any status word is a success. A cancel point. Repeats it, a few times at most,
 * where the chip only dislikes the length: 6Cxx, Le there or not there or 00, extended Le;
 * a READ BINARY may therefore answer less than was asked for. What the chip holds back by
 * 61xx is fetched. OFFLINE, MALFORMED (also: endless), UNTRUSTED. */
bool saoy_link_send(SaoyLink *link, const SaoyApdu *command, SaoyView *out_data,
                    uint16_t *out_sw, GError **error);
