#include "presence.h"

#include <glib.h>

#define S INT64_C(1000000)

static void
see(SaoyPresence *presence, SaoySight sight, int64_t from_s, int64_t to_s)
{
    for (int64_t s = from_s; s <= to_s; s += 3)
        saoy_presence_take(presence, sight, s * S);
}

static void
test_who_was_there_and_is_seen_no_more_has_gone(void)
{
    SaoyPresence presence = { 0 };

    see(&presence, SAOY_SIGHT_FACE, 0, 30);
    g_assert_false(saoy_presence_is_away(&presence, 40 * S, 45));
    see(&presence, SAOY_SIGHT_EMPTY, 33, 75);
    g_assert_false(saoy_presence_is_away(&presence, 74 * S, 45));
    g_assert_true(saoy_presence_is_away(&presence, 75 * S, 45));
    g_assert_false(saoy_presence_is_away(&presence, 75 * S, 0)); /* 0: off */
}

static void
test_a_touch_counts_as_much_as_a_face(void)
{
    SaoyPresence presence = { 0 };

    see(&presence, SAOY_SIGHT_FACE, 0, 3);
    see(&presence, SAOY_SIGHT_EMPTY, 6, 45);
    saoy_presence_sign(&presence, 46 * S);
    see(&presence, SAOY_SIGHT_EMPTY, 48, 84);
    g_assert_false(saoy_presence_is_away(&presence, 90 * S, 45));
    g_assert_true(saoy_presence_is_away(&presence, 91 * S, 45));
}

static void
test_a_camera_that_does_not_see_is_no_witness(void)
{
    SaoyPresence presence = { 0 };

    see(&presence, SAOY_SIGHT_FACE, 0, 3);
    see(&presence, SAOY_SIGHT_BLIND, 6, 90);
    g_assert_false(saoy_presence_is_away(&presence, 100 * S, 45));
    /* nor does a camera that hangs: no look came back at all */
    g_assert_false(saoy_presence_is_away(&presence, 1000 * S, 45));
}

static void
test_a_place_that_was_never_seen_taken_is_not_empty(void)
{
    SaoyPresence presence = { 0 };

    saoy_presence_sign(&presence, 0);
    see(&presence, SAOY_SIGHT_EMPTY, 3, 300);
    g_assert_false(saoy_presence_is_away(&presence, 300 * S, 45));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/presence/gone", test_who_was_there_and_is_seen_no_more_has_gone);
    g_test_add_func("/presence/touch", test_a_touch_counts_as_much_as_a_face);
    g_test_add_func("/presence/blind", test_a_camera_that_does_not_see_is_no_witness);
    g_test_add_func("/presence/never-met",
                    test_a_place_that_was_never_seen_taken_is_not_empty);
    return g_test_run();
}
