#include "vision/face.h"
#include "face-parts.h"
#include "mat.h"

#include <algorithm>
#include <cmath>
#include <glib/gi18n.h>
#include <opencv2/imgproc.hpp>

/* Eyes, nose, mouth corners of ArcFace's 112 x 112 picture, and of open_model_zoo's square.
 */
typedef float Anchor[5][2];
static const Anchor arcface = { { 38.2946f / 112, 51.6963f / 112 },
                                { 73.5318f / 112, 51.5014f / 112 },
                                { 56.0252f / 112, 71.7366f / 112 },
                                { 41.5493f / 112, 92.3655f / 112 },
                                { 70.7299f / 112, 92.2041f / 112 } };
static const Anchor model_zoo = { { 0.31556875f, 0.46157410f },
                                  { 0.68262292f, 0.45983393f },
                                  { 0.50026249f, 0.64050537f },
                                  { 0.34947187f, 0.82469196f },
                                  { 0.65343645f, 0.82325089f } };

/* Thresholds hold for East and South-East Asian faces, where a false match is up to ten
 * times likelier than LFW says: accept where FAR is 0.1 % there or less, refuse where LFW's
 * own FAR 0.1 % begins or lower. models/README.md has the figures. */
typedef struct {
    const char *file;
    int side;
    bool rgb_unit; /* RGB, mean and deviation of ImageNet; else BGR 0..255 */
    const Anchor *anchor;
    double accept, officer;
} Embedder;

/* clang-format off */
static const Embedder embedders[] = {
    { "MobileFaceNet_cv46.onnx", 112, true, &arcface, 0.50, 0.30 },
    { "face-reidentification-retail-0095.onnx", 128, false, &model_zoo, 0.60, 0.32 },
    { "saoy-face-embed.onnx", 112, false, &arcface, 0.65, 0.35 },
};
/* clang-format on */

struct SaoyFaceMatcher {
    std::unique_ptr<SaoyFacePoints> points;
    std::unique_ptr<SaoyFaceDetector> detector;
    const Embedder *embedder;
    cv::dnn::Net net;
};

const char *
saoy_face_decision_name(SaoyFaceDecision decision)
{
    static const char *const names[SAOY_FACE_N] = { "accept", "officer", "refuse" };

    return names[decision];
}

static cv::Mat
blob_of(const Embedder *how, const cv::Mat &bgr)
{
    static const float mean[] = { 0.485f, 0.456f, 0.406f };
    static const float deviation[] = { 0.229f, 0.224f, 0.225f };
    cv::Mat blob = cv::dnn::blobFromImage(bgr, 1, cv::Size(), cv::Scalar(), how->rgb_unit);
    int plane = how->side * how->side;

    for (int c = 0; how->rgb_unit && c < 3; c++)
        for (int i = 0; i < plane; i++) {
            float *v = blob.ptr<float>() + c * plane + i;

            *v = (*v / 255 - mean[c]) / deviation[c];
        }
    return blob;
}

/* Adds the unit vector of one picture; false when the network's answer is no template. */
static bool
add_template(SaoyFaceMatcher *matcher, const cv::Mat &bgr, SaoyFaceTemplate *sum)
{
    matcher->net.setInput(blob_of(matcher->embedder, bgr));
    cv::Mat out = matcher->net.forward();
    double length = cv::norm(out);

    if (out.total() > SAOY_TEMPLATE_MAX || out.total() < 64 || !(length > 1e-6) ||
        !std::isfinite(length))
        return false;
    sum->n = (unsigned)out.total();
    for (unsigned i = 0; i < sum->n; i++)
        sum->values[i] += out.ptr<float>()[i] / (float)length;
    return true;
}

static bool
template_of(SaoyFaceMatcher *matcher, const cv::Mat &bgr, SaoyFaceTemplate *out)
{
    SaoyFaceTemplate sum = {};
    cv::Mat mirrored;

    cv::flip(bgr, mirrored, 1);
    if (!add_template(matcher, bgr, &sum) || !add_template(matcher, mirrored, &sum))
        return false;
    float length = std::sqrt((float)saoy_face_compare(&sum, &sum));
    for (unsigned i = 0; i < sum.n; i++)
        sum.values[i] /= length;
    *out = sum;
    explicit_bzero(&sum, sizeof sum);
    return true;
}

/* The first of the manifest's networks that is here and gives a sane answer. A wrong hash
 * is no reason to take a lesser one: somebody changed the file. */
static bool
load_embedder(SaoyFaceMatcher *matcher, GError **error)
{
    for (const Embedder &how : embedders) {
        g_autoptr(GError) why = NULL;
        SaoyFaceTemplate probe = {};
        cv::Mat plain(how.side, how.side, CV_8UC3, cv::Scalar(90, 120, 160));

        matcher->embedder = &how;
        matcher->net = saoy_face_net(how.file, &why);
        if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_UNTRUSTED)) {
            g_propagate_error(error, (GError *)g_steal_pointer(&why));
            return false;
        }
        if (!matcher->net.empty() && template_of(matcher, plain, &probe))
            return true;
    }
    saoy_set_error(error, SAOY_ERROR_OFFLINE, "no face network: the officer compares");
    return false;
}

/* YuNet where its weights are, else the cascade with our own points. */
static bool
load_detector(SaoyFaceMatcher *matcher, GError **error)
{
    g_autoptr(GError) why = NULL;

    matcher->points = saoy_face_points_new(&why);
    if (!g_error_matches(why, SAOY_ERROR, SAOY_ERROR_UNTRUSTED)) {
        g_clear_error(&why);
        matcher->detector = saoy_face_yunet_new(&why);
    }
    if (matcher->points != NULL && g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA)) {
        g_clear_error(&why);
        matcher->detector = saoy_face_cascade_new(matcher->points.get(), &why);
    }
    if (matcher->detector != NULL)
        return true;
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_UNTRUSTED))
        g_propagate_error(error, (GError *)g_steal_pointer(&why));
    else
        saoy_set_error(error, SAOY_ERROR_OFFLINE, "no face detector: the officer compares");
    return false;
}

SaoyFaceMatcher *
saoy_face_open(GError **error)
{
    return saoy_guarded(error, [&]() -> SaoyFaceMatcher * {
        std::unique_ptr<SaoyFaceMatcher> matcher(new SaoyFaceMatcher());

        if (!load_detector(matcher.get(), error) || !load_embedder(matcher.get(), error))
            return NULL;
        return matcher.release();
    });
}

void
saoy_face_close(SaoyFaceMatcher *matcher)
{
    delete matcher;
}

const char *
saoy_face_model_name(const SaoyFaceMatcher *matcher)
{
    return matcher->embedder->file;
}

static cv::Mat
bgr_of(const SaoyImage *image)
{
    cv::Mat bgr;

    cv::cvtColor(saoy_mat_of(image), bgr,
                 image->channels == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_RGB2BGR);
    return bgr;
}

/* Similarity by least squares that brings the points onto the anchor of the wanted side. */
static cv::Mat
aligned(const cv::Mat &bgr, const float *points, const Anchor &anchor, int side)
{
    cv::Point2f p[5], q[5], pm(0, 0), qm(0, 0);
    double a = 0, b = 0, n = 0;
    cv::Mat out;

    for (int i = 0; i < 5; i++) {
        p[i] = { points[2 * i], points[2 * i + 1] };
        q[i] = { anchor[i][0] * (float)side, anchor[i][1] * (float)side };
        pm += p[i] / 5;
        qm += q[i] / 5;
    }
    for (int i = 0; i < 5; i++) {
        cv::Point2f u = p[i] - pm, v = q[i] - qm;

        a += u.dot(v);
        b += u.cross(v);
        n += u.dot(u);
    }
    a /= std::max(n, 1e-6);
    b /= std::max(n, 1e-6);
    cv::Matx23d to(a, -b, qm.x - a * pm.x + b * pm.y, b, a, qm.y - b * pm.x - a * pm.y);
    cv::warpAffine(bgr, out, to, cv::Size(side, side), cv::INTER_LINEAR,
                   cv::BORDER_REPLICATE);
    return out;
}

/* The nose against the middle of the eyes, along the line of the eyes. */
static void
measure_turn(const SaoyFaceSpot &spot, SaoyFace *face)
{
    const cv::Point2f *p = spot.points;
    cv::Point2f eyes = p[1] - p[0];
    double apart = std::max(1.0, cv::norm(eyes));

    face->eye_distance_px = apart;
    face->yaw =
        std::clamp(2 * eyes.dot(p[2] - (p[0] + p[1]) / 2) / (apart * apart), -1.0, 1.0);
}

/* On the aligned face, so that neither distance nor background counts. */
static void
measure_light(const cv::Mat &bgr, SaoyFace *face)
{
    cv::Mat grey, edges;
    cv::Scalar mean, deviation;

    cv::cvtColor(aligned(bgr, face->points, arcface, 112), grey, cv::COLOR_BGR2GRAY);
    cv::Laplacian(grey, edges, CV_32F);
    cv::meanStdDev(edges, mean, deviation);
    face->sharpness = std::min(1.0, deviation[0] / 30);
    face->brightness = cv::mean(grey)[0] / 255;
}

static bool
detect(SaoyFaceMatcher *matcher, const SaoyImage *image, SaoyFace *out, GError **error)
{
    cv::Mat bgr = bgr_of(image);
    std::vector<SaoyFaceSpot> spots = matcher->detector->find(bgr);
    SaoyFace face = {};

    if (spots.empty()) {
        saoy_set_error(error, SAOY_ERROR_NO_MEDIA, "no face in the picture");
        return false;
    }
    const SaoyFaceSpot &spot =
        *std::max_element(spots.begin(), spots.end(), [](const auto &a, const auto &b) {
            return a.box.area() < b.box.area();
        });
    cv::Rect box = cv::Rect(spot.box) & cv::Rect(0, 0, bgr.cols, bgr.rows);
    face.box = { box.x, box.y, box.width, box.height };
    face.score = spot.score;
    face.faces = (unsigned)spots.size();
    for (int i = 0; i < 5; i++) {
        face.points[2 * i] = spot.points[i].x;
        face.points[2 * i + 1] = spot.points[i].y;
    }
    cv::Point2f middle(spot.box.x + spot.box.width / 2, spot.box.y + spot.box.height / 2);
    measure_turn(matcher->points != NULL
                     ? matcher->points->refine(bgr, middle, spot.box.width)
                     : spot,
                 &face);
    measure_light(bgr, &face);
    *out = face;
    return true;
}

bool
saoy_face_detect(SaoyFaceMatcher *matcher, const SaoyImage *image, SaoyFace *out,
                 GError **error)
{
    return saoy_guarded(error, [&] { return detect(matcher, image, out, error); });
}

bool
saoy_face_embed(SaoyFaceMatcher *matcher, const SaoyImage *image, const SaoyFace *face,
                SaoyFaceTemplate *out, GError **error)
{
    return saoy_guarded(error, [&] {
        const Embedder *how = matcher->embedder;
        cv::Mat picture = aligned(bgr_of(image), face->points, *how->anchor, how->side);

        if (template_of(matcher, picture, out))
            return true;
        saoy_set_error(error, SAOY_ERROR_FAILED, "the face network gave no template");
        return false;
    });
}

double
saoy_face_compare(const SaoyFaceTemplate *a, const SaoyFaceTemplate *b)
{
    double sum = 0;

    if (a->n != b->n)
        return -1;
    for (unsigned i = 0; i < a->n; i++)
        sum += (double)a->values[i] * b->values[i];
    return sum;
}

SaoyFaceDecision
saoy_face_decide(const SaoyFaceMatcher *matcher, double score)
{
    if (score >= matcher->embedder->accept)
        return SAOY_FACE_ACCEPT;
    return score >= matcher->embedder->officer ? SAOY_FACE_OFFICER : SAOY_FACE_REFUSE;
}

const char *
saoy_face_hint(const SaoyFace *face, const SaoyImage *image)
{
    double middle = face->box.x + face->box.w / 2.0, off = middle / image->width - 0.5;

    if (face->faces > 1)
        return N_("Only one person, please.");
    if (face->eye_distance_px < 40)
        return N_("Please come closer.");
    if (face->box.w > 0.85 * image->width)
        return N_("Please step back a little.");
    if (std::fabs(off) > 0.28)
        return N_("Please stand in the middle.");
    if (face->brightness < 0.2)
        return N_("It is too dark. Please face the light.");
    if (face->brightness > 0.9)
        return N_("It is too bright. Please turn away from the light.");
    if (std::fabs(face->yaw) > 0.22)
        return N_("Please look straight into the camera.");
    if (face->sharpness < 0.12)
        return N_("Please hold still.");
    return NULL;
}
