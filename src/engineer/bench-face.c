/* One frame: detect, align, embed. */
#include "bench.h"
#include "picture.h"

#include "core/clock.h"
#include "core/error.h"
#include "vision/face.h"

#include <glib/gi18n.h>

#define RUNS 20

static bool
run_once(SaoyFaceMatcher *matcher, const SaoyImage *frame, double *out_cpu_s,
         double *out_wall_s, GError **error)
{
    SaoyFaceTemplate template = { 0 };
    SaoyFace found = { 0 };
    double cpu = saoy_bench_cpu_s(false);
    int64_t start = saoy_clock_mono_us();

    if (!saoy_face_detect(matcher, frame, &found, error) ||
        !saoy_face_embed(matcher, frame, &found, &template, error))
        return false;
    *out_wall_s = (double)(saoy_clock_mono_us() - start) / 1e6;
    *out_cpu_s = saoy_bench_cpu_s(false) - cpu;
    return true;
}

static bool
face(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_autoptr(SaoyImage) frame = NULL;
    g_autoptr(SaoyFaceMatcher) matcher = NULL;
    double cpu_s[RUNS] = { 0 }, wall_s[RUNS] = { 0 };

    if (argc != 2)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name the frame: saoy bench face FILE");
    frame = saoy_engineer_picture(argv[1], NULL, error);
    matcher = frame != NULL ? saoy_face_open(error) : NULL;
    if (matcher == NULL)
        return false;
    for (size_t i = 0; i < RUNS; i++)
        if (!run_once(matcher, frame, &cpu_s[i], &wall_s[i], error))
            return false;
    saoy_json_set_string(out, "model", saoy_face_model_name(matcher));
    saoy_json_set_int(out, "runs", RUNS);
    saoy_json_set_real(out, "cpu_ms", saoy_bench_median(cpu_s, RUNS) * 1e3);
    saoy_json_set_real(out, "ms", saoy_bench_median(wall_s, RUNS) * 1e3);
    return true;
}

const SaoyBenchmark saoy_bench_face = {
    .name = "face",
    .run = face,
    .help = N_("detect, align and embed one frame"),
};
