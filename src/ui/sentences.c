#include "sentences.h"

#include <glib/gi18n-lib.h>

#define NOTHING_SENT N_("Nothing was sent and nothing costs anything. Your data is wiped.")
#define WITHDRAWN \
    N_("Your request is withdrawn. If you have paid, the money is given back.")
#define AT_COUNTER N_("Please go to the counter. Staff can make the copy there.")
#define ONCE_MORE N_("Please try once more from the start, or go to the counter.")
#define OTHER_MACHINE N_("Please use another machine, or go to the counter.")

static const SaoySentences refused_all = {
    N_("The officer could not certify your paper"),
    N_("No copy was made. The reason is below. A fee you have paid is given back."),
    N_("If you can put right what the officer says, come again with the original. Or ask "
       "at the "
       "counter."),
};

/* What lay in the machine when it was started: whose it is, nobody here knows. */
static const SaoySentences card_left = {
    N_("A card was left on the reader"),
    N_("The machine was switched on anew and found the card there."),
    N_("If it is yours, take it. If not, please give it to staff."),
};
static const SaoySentences paper_left = {
    N_("Paper was left in the scanner"),
    N_("The machine was switched on anew and found the paper there."),
    N_("If it is yours, take it. If not, please give it to staff."),
};
static const SaoySentences job_left = {
    N_("Pages of an earlier visit are still in the printer"),
    N_("They may come out now. They belong to somebody else."),
    N_("Please leave them to staff."),
};

/* By state, then class (RETRY, USER, SERVICE, REFUSE); an empty cell falls back. */
static const SaoySentences sentences[SAOY_STATE_N][4] = {
    [SAOY_STATE_CARD] = {
        { N_("The card could not be read"), NOTHING_SENT, ONCE_MORE },
        { N_("The card was not opened"), NOTHING_SENT,
          N_("Look for the six digits on your card and start again. Staff gladly help you.") },
        { N_("The card reader does not work"), NOTHING_SENT, OTHER_MACHINE },
        { N_("This card could not be proven genuine"), NOTHING_SENT,
          N_("This can be the machine's fault. Take your card to the counter; staff check it there.") },
    },
    [SAOY_STATE_FACE] = {
        { N_("The camera saw no clear picture"), NOTHING_SENT, ONCE_MORE },
        { N_("The pictures could not be compared"), NOTHING_SENT,
          N_("Start again and choose: the officer compares. Or go to the counter.") },
        { N_("The camera does not work"), NOTHING_SENT, OTHER_MACHINE },
        { N_("Your face and the picture on the card did not match"), NOTHING_SENT,
          N_("Faces change: this says nothing against you. Start again and let the officer "
             "compare, or go to the counter.") },
    },
    [SAOY_STATE_SCAN] = {
        { N_("The scanner did not answer"), NOTHING_SENT, OTHER_MACHINE },
        { N_("No paper was found in the scanner"), NOTHING_SENT, ONCE_MORE },
        { N_("The paper is stuck or the scanner has stopped"), NOTHING_SENT,
          N_("Do not pull at the paper. Call staff: they open the machine and give you the original.") },
        { N_("The picture could not be used"), NOTHING_SENT, ONCE_MORE },
    },
    [SAOY_STATE_CHECK] = {
        { N_("The machine could not read the pages"), NOTHING_SENT, ONCE_MORE },
        { N_("The machine could not read the pages"), NOTHING_SENT, ONCE_MORE },
        { N_("The machine could not read the pages"), NOTHING_SENT, OTHER_MACHINE },
        { N_("The machine could not read the pages"), NOTHING_SENT, AT_COUNTER },
    },
    [SAOY_STATE_DELIVERY] = {
        { N_("The office cannot be reached"), WITHDRAWN,
          N_("The line is down. Try again in some minutes, or go to the counter.") },
        { N_("The office did not take the request"), WITHDRAWN, AT_COUNTER },
        { N_("The office cannot be reached"), WITHDRAWN, AT_COUNTER },
        { N_("The office did not take the request"), WITHDRAWN, AT_COUNTER },
    },
    [SAOY_STATE_PAY] = {
        { N_("The bank did not answer"), WITHDRAWN, ONCE_MORE },
        { N_("The payment was not made"), WITHDRAWN, ONCE_MORE },
        { N_("Paying does not work at this machine now"), WITHDRAWN, AT_COUNTER },
        { N_("The payment was not made"), WITHDRAWN, AT_COUNTER },
    },
    [SAOY_STATE_OFFICER] = {
        { N_("The line to the office was lost"), WITHDRAWN,
          N_("Try again in some minutes, or go to the counter.") },
        { N_("The office did not take the request"), WITHDRAWN, AT_COUNTER },
        { N_("The line to the office was lost"), WITHDRAWN, AT_COUNTER },
        { N_("The office did not take the request"), WITHDRAWN, AT_COUNTER },
    },
};

static const SaoySentences otherwise = {
    N_("Something went wrong at this machine"),
    N_("Your request was not finished. If you have paid, the money is given back."),
    AT_COUNTER,
};

SaoySentences
saoy_sentences_for(const SaoySorry *sorry)
{
    if (sorry->refused_all)
        return refused_all;
    if (sorry->card_left)
        return card_left;
    if (sorry->paper_left)
        return paper_left;
    if (sorry->job_left)
        return job_left;
    if (sorry->at < SAOY_STATE_N && sorry->why <= SAOY_CLASS_REFUSE &&
        sentences[sorry->at][sorry->why].what != NULL)
        return sentences[sorry->at][sorry->why];
    return otherwise;
}
