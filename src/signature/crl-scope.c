#include "crl.h"

#include <openssl/objects.h>

/* Of which certificates a list speaks (RFC 5280, 5.2.5, 4.2.1.13, 6.3.3). A list of one
 * part of the certificates is silent on all others: to be absent from it is no proof. */

typedef STACK_OF(DIST_POINT) Points;
typedef ISSUING_DIST_POINT IssuingPoint;
static void
points_free(Points *list)
{
    sk_DIST_POINT_pop_free(list, DIST_POINT_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Points, points_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IssuingPoint, ISSUING_DIST_POINT_free)

enum { FULL_NAME, RELATIVE_NAME }; /* DIST_POINT_NAME.type */

static bool
is_among(const X509_NAME *name, const GENERAL_NAMES *names)
{
    for (int i = 0; name != NULL && i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(names, i);

        if (one->type == GEN_DIRNAME && X509_NAME_cmp(one->d.directoryName, name) == 0)
            return true;
    }
    return false;
}

static bool
share_name(const GENERAL_NAMES *a, const GENERAL_NAMES *b)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(a); i++)
        for (int k = 0; k < sk_GENERAL_NAME_num(b); k++)
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i),
                                 sk_GENERAL_NAME_value(b, k)) == 0)
                return true;
    return false;
}

/* Relative names were made whole by whole_name. */
static bool
same_point(const DIST_POINT_NAME *a, const DIST_POINT_NAME *b)
{
    if (a->type == RELATIVE_NAME && b->type == RELATIVE_NAME)
        return a->dpname != NULL && b->dpname != NULL &&
               X509_NAME_cmp(a->dpname, b->dpname) == 0;
    if (a->type == RELATIVE_NAME)
        return is_among(a->dpname, b->name.fullname);
    if (b->type == RELATIVE_NAME)
        return is_among(b->dpname, a->name.fullname);
    return share_name(a->name.fullname, b->name.fullname);
}

static void
whole_name(DIST_POINT_NAME *name, const X509_NAME *issuer)
{
    if (name != NULL && name->type == RELATIVE_NAME)
        DIST_POINT_set_dpname(name, issuer);
}

/* Where another signs the list, or for some reasons only, it is not whole. */
static bool
names_point(DIST_POINT *point, const DIST_POINT_NAME *scope, const X509_NAME *issuer)
{
    if (point->reasons != NULL ||
        (point->CRLissuer != NULL && !is_among(issuer, point->CRLissuer)))
        return false;
    whole_name(point->distpoint, issuer);
    if (point->distpoint != NULL)
        return same_point(scope, point->distpoint);
    return scope->type == FULL_NAME ? share_name(scope->name.fullname, point->CRLissuer)
                                    : is_among(scope->dpname, point->CRLissuer);
}

/* A list that is not where the certificate says may still be its issuer's own (6.3.3, at
 * the end): then it is named after the issuer. */
static bool
is_point_of(DIST_POINT_NAME *scope, X509 *certificate)
{
    const X509_NAME *issuer = X509_get_issuer_name(certificate);
    g_autoptr(Points) points =
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL);
    bool found = false;

    whole_name(scope, issuer);
    for (int i = 0; !found && i < sk_DIST_POINT_num(points); i++)
        found = names_point(sk_DIST_POINT_value(points, i), scope, issuer);
    return found || (scope->type == FULL_NAME && is_among(issuer, scope->name.fullname));
}

bool
saoy_crl_covers(const X509_EXTENSIONS *extensions, X509 *certificate)
{
    int critical = 0;
    g_autoptr(IssuingPoint) scope =
        X509V3_get_d2i(extensions, NID_issuing_distribution_point, &critical, NULL);
    bool ca = X509_check_ca(certificate) != 0;

    if (scope == NULL)
        return critical == -1; /* there is none; else it is unreadable, or there are two */
    return scope->onlysomereasons == NULL && scope->indirectCRL <= 0 &&
           scope->onlyattr <= 0 && !(ca && scope->onlyuser > 0) &&
           !(!ca && scope->onlyCA > 0) &&
           (scope->distpoint == NULL || is_point_of(scope->distpoint, certificate));
}
