/* saoy face: match two pictures, or tell whether one is good enough to be matched. */
#include "engineer.h"
#include "picture.h"

#include "vision/face.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
    SaoyFace face;
    SaoyFaceTemplate template;
    const char *hint;
} Look;

static bool
look_at(SaoyFaceMatcher *matcher, const char *file, Look *out, GError **error)
{
    g_autoptr(SaoyImage) image = saoy_engineer_picture(file, NULL, error);
    Look look = { 0 };

    if (image == NULL || !saoy_face_detect(matcher, image, &look.face, error) ||
        !saoy_face_embed(matcher, image, &look.face, &look.template, error))
        return false;
    look.hint = saoy_face_hint(&look.face, image);
    *out = look;
    return true;
}

/* An absent file is wrong use; a picture without a face is an answer: no. */
static int
fail(const char *file, const GError *error)
{
    int code = saoy_cli_fail(file, error);

    return code == SAOY_EXIT_USAGE && g_file_test(file, G_FILE_TEST_EXISTS) ? SAOY_EXIT_NO
                                                                            : code;
}

static SaoyJson *
quality_json(const char *file, const Look *look)
{
    SaoyJson *json = saoy_json_object();
    const SaoyFace *face = &look->face;

    saoy_json_set_string(json, "file", file);
    saoy_json_set(json, "box", saoy_box_to_json(face->box));
    saoy_json_set_int(json, "faces", face->faces);
    saoy_json_set_real(json, "detector_score", face->score);
    saoy_json_set_real(json, "eye_distance_px", face->eye_distance_px);
    saoy_json_set_real(json, "sharpness", face->sharpness);
    saoy_json_set_real(json, "brightness", face->brightness);
    saoy_json_set_real(json, "yaw", face->yaw);
    saoy_json_set_string(json, "hint", look->hint);
    return json;
}

static int
compare(SaoyFaceMatcher *matcher, char **files, bool json)
{
    static const int exits[SAOY_FACE_N] = { SAOY_EXIT_OK, SAOY_EXIT_UNDECIDED,
                                            SAOY_EXIT_NO };
    Look looks[2] = { 0 };
    g_autoptr(SaoyJson) out = saoy_json_object();
    SaoyJson *quality = saoy_json_array();

    saoy_json_set(out, "quality", quality);
    for (int i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;

        if (!look_at(matcher, files[i], &looks[i], &error))
            return fail(files[i], error);
        saoy_json_append(quality, quality_json(files[i], &looks[i]));
    }
    double score = saoy_face_compare(&looks[0].template, &looks[1].template);
    SaoyFaceDecision decision = saoy_face_decide(matcher, score);
    explicit_bzero(looks, sizeof looks);
    saoy_json_set_real(out, "score", score);
    saoy_json_set_string(out, "decision", saoy_face_decision_name(decision));
    saoy_json_set_string(out, "model", saoy_face_model_name(matcher));
    if (json)
        saoy_cli_json(out);
    else
        g_print("%s %.3f\n", saoy_face_decision_name(decision), score);
    return exits[decision];
}

static int
check(SaoyFaceMatcher *matcher, const char *file, bool json)
{
    g_autoptr(GError) error = NULL;
    Look look = { 0 };

    if (!look_at(matcher, file, &look, &error))
        return fail(file, error);
    explicit_bzero(&look.template, sizeof look.template);
    g_autoptr(SaoyJson) out = quality_json(file, &look);
    if (json)
        saoy_cli_json(out);
    else
        g_print("%s\n", look.hint != NULL ? _(look.hint) : _("good"));
    return look.hint != NULL ? SAOY_EXIT_NO : SAOY_EXIT_OK;
}

int
saoy_cmd_face(int argc, char **argv)
{
    gboolean json = FALSE;
    int ended = 0;
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;

    if (!saoy_cli_options(&argc, &argv, entries, "compare A B | check A",
                          N_("Matches two faces, or judges one picture of a face."), 2, 3,
                          &ended))
        return ended;
    bool two = g_str_equal(argv[1], "compare");
    if (!two && !g_str_equal(argv[1], "check"))
        return saoy_cli_usage(_("%s: unknown command"), argv[1]);
    if (argc != (two ? 4 : 3))
        return saoy_cli_usage(_("%s: wrong number of arguments; see %s --help"), "face",
                              "saoy face");

    g_autoptr(SaoyFaceMatcher) matcher = saoy_face_open(&error);
    if (matcher == NULL)
        return saoy_cli_fail(NULL, error);
    return two ? compare(matcher, argv + 2, json) : check(matcher, argv[2], json);
}
