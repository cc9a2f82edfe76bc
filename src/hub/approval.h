#pragma once
#include "officers.h"

/* The life of one document at the hub: a table and a pure match, then the transactions. */
typedef enum {
    SAOY_STAGE_OPEN,     /* being brought by a kiosk */
    SAOY_STAGE_QUEUED,   /* before the officers */
    SAOY_STAGE_OPENED,   /* an officer looks at it */
    SAOY_STAGE_APPROVED, /* has its number; the point of no return */
    SAOY_STAGE_REFUSED,
    SAOY_STAGE_ISSUED, /* signed and archived */
    SAOY_STAGE_WITHDRAWN,
    SAOY_STAGE_NOT_ISSUED, /* approved, could finally not be signed; keeps its number */
    SAOY_STAGE_N
} SaoyStage;

typedef enum {
    SAOY_MOVE_SUBMIT,
    SAOY_MOVE_LOOK,
    SAOY_MOVE_APPROVE,
    SAOY_MOVE_REFUSE,
    SAOY_MOVE_WITHDRAW,
    SAOY_MOVE_ARCHIVE,
    SAOY_MOVE_GIVE_UP,
    SAOY_MOVE_N
} SaoyMove;

const char *saoy_stage_name(SaoyStage stage); /* "open" … as in JSON and in the tables */
SaoyStage saoy_stage_of(const char *name);    /* SAOY_STAGE_N when it is none */
bool saoy_stage_is_final(SaoyStage stage);
/* Where the move leads; false when it is not one from there. */
bool saoy_stage_match(SaoyStage from, SaoyMove move, SaoyStage *out);

/* Moves of a whole dossier. Each is one transaction, repeats are harmless, and long polls
 * are woken. kiosk: whose dossier it must be. */
bool saoy_dossier_submit(SaoyNode *node, const char *id, const char *kiosk,
                         const char *payment_reference, GError **error);
/* Undecided documents out of the queue; decided ones stay what they are. */
bool saoy_dossier_withdraw(SaoyNode *node, const char *id, const char *kiosk,
                           GError **error);
/* Finish without me: leases the kiosk holds are void from now on. */
bool saoy_dossier_release(SaoyNode *node, const char *id, const char *kiosk,
                          GError **error);
/* An officer looks: queued documents are opened. */
bool saoy_dossier_look(SaoyNode *node, const char *id, const SaoyOfficer *officer,
                       GError **error);

/* One document. Approving takes the number, makes id, token and seal, writes record,
 * register and outbox in one transaction. REFUSED when the document is not in front of an
 * officer. */
bool saoy_document_approve(SaoyNode *node, const char *dossier, unsigned n,
                           const SaoyOfficer *officer, GError **error);
bool saoy_document_refuse(SaoyNode *node, const char *dossier, unsigned n,
                          const SaoyOfficer *officer, const char *reason, GError **error);
/* «Không phát hành»: the number stays in the register with the reason, the fee goes back.
 */
bool saoy_document_give_up(SaoyNode *node, const char *dossier, unsigned n,
                           const char *reason, GError **error);

/* Within the open transaction: the fee of an approved document is the State's. */
bool saoy_document_settle(SaoyNode *node, const char *id, unsigned n, GError **error);

/* Within the open transaction: another revision of the dossier; deletes the face
 * pictures when nothing is undecided any more, ends it when all is final. */
bool saoy_dossier_moved(SaoyNode *node, const char *id, GError **error);
void saoy_node_changed(SaoyNode *node, const char *dossier); /* after the commit */

/* Within the open transaction: state of one document checked against the table and set. */
bool saoy_document_move(SaoyNode *node, const char *dossier, unsigned n, SaoyMove move,
                        GError **error);
