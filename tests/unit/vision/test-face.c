/* Faces with the networks of this machine: people who do not exist, and a printed one. */
#include "core/error.h"
#include "specimen.h"
#include "vision/face.h"
#include "vision/model.h"

#include <math.h>

typedef struct {
    SaoyFaceMatcher *matcher;
} Fixture;

static void
set_up(Fixture *fix, const void *models)
{
    g_autoptr(GError) error = NULL;

    if (models != NULL)
        g_setenv("SAOY_MODELS_DIR", models, TRUE);
    else
        g_unsetenv("SAOY_MODELS_DIR");
    fix->matcher = saoy_face_open(&error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *models)
{
    saoy_face_close(fix->matcher);
    g_unsetenv("SAOY_MODELS_DIR");
}

static SaoyImage *
persona(const char *name, const char *file)
{
    g_autofree char *path =
        g_build_filename(SAOY_SOURCE_DIR, "tests", "data", "personas", name, file, NULL);

    return picture_of(path);
}

static SaoyFaceTemplate
template_of(Fixture *fix, const char *name, const char *file)
{
    g_autoptr(SaoyImage) image = persona(name, file);
    g_autoptr(GError) error = NULL;
    SaoyFaceTemplate template = { 0 };
    SaoyFace face = { 0 };

    g_assert_true(saoy_face_detect(fix->matcher, image, &face, &error));
    g_assert_true(saoy_face_embed(fix->matcher, image, &face, &template, &error));
    g_assert_no_error(error);
    return template;
}

static void
test_the_same_person_is_accepted(Fixture *fix, const void *models)
{
    static const char *const names[] = { "an", "binh" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        SaoyFaceTemplate chip = template_of(fix, names[i], "portrait.jpg");
        SaoyFaceTemplate live = template_of(fix, names[i], "live/002.jpg");
        double score = saoy_face_compare(&chip, &live);

        g_test_message("%s: %.3f (%s)", names[i], score,
                       saoy_face_model_name(fix->matcher));
        g_assert_cmpint(saoy_face_decide(fix->matcher, score), ==, SAOY_FACE_ACCEPT);
    }
}

static void
test_another_person_is_not_accepted(Fixture *fix, const void *models)
{
    SaoyFaceTemplate an = template_of(fix, "an", "portrait.jpg");
    SaoyFaceTemplate binh = template_of(fix, "binh", "portrait.jpg");

    /* looking straight, as the match is made; turned faces are no longer told apart so well
     */
    for (int i = 0; i < 8; i += 3) {
        g_autofree char *file = g_strdup_printf("live/%03d.jpg", i);
        SaoyFaceTemplate other = template_of(fix, "binh", file);
        SaoyFaceTemplate one = template_of(fix, "an", file);

        g_assert_cmpint(saoy_face_decide(fix->matcher, saoy_face_compare(&an, &other)), !=,
                        SAOY_FACE_ACCEPT);
        g_assert_cmpint(saoy_face_decide(fix->matcher, saoy_face_compare(&binh, &one)), !=,
                        SAOY_FACE_ACCEPT);
    }
}

static void
test_a_template_is_a_unit_vector(Fixture *fix, const void *models)
{
    SaoyFaceTemplate a = template_of(fix, "an", "portrait.jpg");
    SaoyFaceTemplate short_one = { .n = 1, .values = { 1 } };

    g_assert_cmpfloat(fabs(saoy_face_compare(&a, &a) - 1), <, 1e-4);
    g_assert_cmpfloat(saoy_face_compare(&a, &short_one), ==, -1);
}

static void
test_what_is_seen_of_a_face(Fixture *fix, const void *models)
{
    g_autoptr(SaoyImage) image = persona("an", "live/000.jpg");
    g_autoptr(SaoyImage) small = saoy_image_thumbnail(image, 160, NULL);
    g_autoptr(SaoyImage) paper = saoy_image_new(640, 480, 3, 0, NULL);
    g_autoptr(GError) error = NULL;
    SaoyFace face = { 0 };

    g_assert_true(saoy_face_detect(fix->matcher, image, &face, NULL));
    g_assert_cmpuint(face.faces, ==, 1);
    g_assert_cmpfloat(face.points[0], <, face.points[2]); /* right eye on the left side */
    g_assert_cmpfloat(face.points[1], <, face.points[5]); /* nose below the eyes */
    g_assert_cmpfloat(face.points[5], <, face.points[7]); /* mouth below the nose */
    g_assert_cmpfloat(fabs(face.yaw), <, 0.2);
    g_assert_null(saoy_face_hint(&face, image));

    g_assert_true(saoy_face_detect(fix->matcher, small, &face, NULL));
    g_assert_nonnull(saoy_face_hint(&face, small)); /* come closer */

    memset(paper->pixels, 220, (size_t)paper->stride * 480);
    g_assert_false(saoy_face_detect(fix->matcher, paper, &face, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

#define FRAMES 34

/* What the camera sees of a persona, frame by frame. */
static void
watch(Fixture *fix, const char *name, const char *what, SaoyFace faces[FRAMES])
{
    for (unsigned i = 0; i < FRAMES; i++) {
        g_autofree char *file = g_strdup_printf("%s/%03u.jpg", what, i);
        g_autoptr(SaoyImage) image = persona(name, file);

        g_assert_true(saoy_face_detect(fix->matcher, image, &faces[i], NULL));
    }
}

/* The frames again and again: what it ends in, and after how many. */
static SaoyLiveState
play(const SaoyFace faces[FRAMES], int side, unsigned *out_frames)
{
    SaoyLiveness live;
    SaoyLiveState state = SAOY_LIVE_WAIT;

    saoy_liveness_start(&live, side);
    for (unsigned i = 0; state == SAOY_LIVE_WAIT && i < 200; i++)
        state = saoy_liveness_feed(&live, &faces[i % FRAMES]);
    *out_frames = live.frames;
    return state;
}

static void
test_a_living_head_passes_and_a_print_fails(Fixture *fix, const void *models)
{
    SaoyFace living[FRAMES], printed[FRAMES];

    watch(fix, "an", "live", living);
    watch(fix, "binh", "print", printed);
    for (int side = -1; side <= 1; side += 2) {
        unsigned frames = 0;

        g_assert_cmpint(play(living, side, &frames), ==, SAOY_LIVE_PASSED);
        g_assert_cmpuint(frames, <=, FRAMES);
        g_assert_cmpint(play(printed, side, &frames), ==, SAOY_LIVE_FAILED);
    }
}

static void
test_standing_still_is_no_sign_of_life(Fixture *fix, const void *models)
{
    SaoyFace face = { .eye_distance_px = 90, .yaw = 0.02 };
    SaoyLiveness live;
    unsigned i = 0;

    saoy_liveness_start(&live, 1);
    while (saoy_liveness_feed(&live, &face) == SAOY_LIVE_WAIT)
        g_assert_cmpuint(i++, <, 1000);
    g_assert_cmpuint(live.turned, ==, 0);
}

static void
test_the_wrong_side_is_not_enough(Fixture *fix, const void *models)
{
    SaoyLiveness live;

    saoy_liveness_start(&live, -1); /* asked: to its left, which is yaw growing */
    for (int i = 0; i < 60; i++) {
        SaoyFace face = { .eye_distance_px = 90, .yaw = i > 10 && i < 20 ? -0.4 : 0 };

        g_assert_cmpint(saoy_liveness_feed(&live, &face), ==, SAOY_LIVE_WAIT);
    }
    for (int i = 0; i < 10; i++) {
        SaoyFace face = { .eye_distance_px = 88, .yaw = 0.4 };

        g_assert_cmpint(saoy_liveness_feed(&live, &face), ==, SAOY_LIVE_WAIT);
    }
    SaoyFace back = { .eye_distance_px = 90 };
    saoy_liveness_feed(&live, &back);
    g_assert_cmpint(saoy_liveness_feed(&live, &back), ==, SAOY_LIVE_PASSED);
}

/* A data folder of its own: a manifest and what the test puts beside it. */
static char *
data_with(const char *manifest, const char *file, const char *content)
{
    char *root = g_dir_make_tmp("saoy-models-XXXXXX", NULL);
    g_autofree char *models = g_build_filename(root, "models", NULL);
    g_autofree char *list = g_build_filename(models, "manifest.txt", NULL);

    g_assert_cmpint(g_mkdir(models, 0700), ==, 0);
    g_assert_true(g_file_set_contents(list, manifest, -1, NULL));
    if (file != NULL) {
        g_autofree char *path = g_build_filename(models, file, NULL);

        g_assert_true(g_file_set_contents(path, content, -1, NULL));
    }
    g_setenv("SAOY_DATA_DIR", root, TRUE);
    g_setenv("SAOY_MODELS_DIR", "/nonexistent", TRUE);
    return root;
}

static void
back_to_source(const char *root)
{
    g_setenv("SAOY_DATA_DIR", SAOY_SOURCE_DIR, TRUE);
    g_unsetenv("SAOY_MODELS_DIR");
    g_assert_true(saoy_dir_remove(root, NULL));
}

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

static void
test_without_weights_the_officer_compares(void)
{
    g_autofree char *root =
        data_with("saoy-face-embed.onnx " EMPTY " Apache-2.0 nowhere\n", NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_face_open(&error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    back_to_source(root);
}

static void
test_a_wrong_hash_is_refused(void)
{
    g_autofree char *root =
        data_with("saoy-face-points.onnx " EMPTY " Apache-2.0 nowhere\n",
                  "saoy-face-points.onnx", "not the network");
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_model_load("saoy-face-points.onnx", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_clear_error(&error);
    g_assert_null(saoy_face_open(&error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    back_to_source(root);
}

static void
on_model(const char *file, const char *state, void *user)
{
    g_string_append_printf(user, "%s:%s ", file, state);
}

static void
test_the_manifest_tells_each_state(void)
{
    g_autofree char *root =
        data_with("# comment\n\nhello " HELLO " MIT here\n"
                  "changed " EMPTY " MIT here\nlost " EMPTY " MIT here\n",
                  "hello", "hello");
    g_autofree char *changed = g_build_filename(root, "models", "changed", NULL);
    g_autoptr(GString) states = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(changed, "x", -1, NULL));
    g_assert_true(saoy_model_each(on_model, states, NULL));
    g_assert_cmpstr(states->str, ==, "hello:ok changed:wrong hash lost:missing ");
    g_assert_null(saoy_model_load("unlisted", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    back_to_source(root);
}

static void
test_a_broken_manifest_is_no_manifest(void)
{
    g_autofree char *root = data_with("../escape " EMPTY " MIT here\n", NULL, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false(saoy_model_each(on_model, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    back_to_source(root);
}

typedef void FixtureTest(Fixture *fix, const void *models);

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        FixtureTest *run;
    } tests[] = {
        { "same-person", test_the_same_person_is_accepted },
        { "another-person", test_another_person_is_not_accepted },
        { "unit-vector", test_a_template_is_a_unit_vector },
        { "what-is-seen", test_what_is_seen_of_a_face },
        { "living-and-print", test_a_living_head_passes_and_a_print_fails },
        { "standing-still", test_standing_still_is_no_sign_of_life },
        { "wrong-side", test_the_wrong_side_is_not_enough },
    };
    g_autofree char *third = g_strdup(g_getenv("SAOY_MODELS_DIR"));

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *own = g_strdup_printf("/face/own/%s", tests[i].name);
        g_autofree char *other = g_strdup_printf("/face/third-party/%s", tests[i].name);

        g_test_add(own, Fixture, NULL, set_up, tests[i].run, tear_down);
        if (third != NULL && third[0] != '\0')
            g_test_add(other, Fixture, third, set_up, tests[i].run, tear_down);
    }
    g_test_add_func("/model/no-weights", test_without_weights_the_officer_compares);
    g_test_add_func("/model/wrong-hash", test_a_wrong_hash_is_refused);
    g_test_add_func("/model/states", test_the_manifest_tells_each_state);
    g_test_add_func("/model/broken-manifest", test_a_broken_manifest_is_no_manifest);
    return g_test_run();
}
