#include "face-parts.h"
#include "mat.h"
#include "vision/model.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#define CASCADE "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"
#define LOOK_SIDE 320 /* the cascade's own window is 20 pixels */
#define NET_SIDE 64
#define MOST_FACES 8u

cv::dnn::Net
saoy_face_net(const char *file, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_model_load(file, error);

    if (bytes == NULL)
        return cv::dnn::Net();
    gsize size = 0;
    const char *data = (const char *)g_bytes_get_data(bytes, &size);
    return cv::dnn::readNetFromONNX(data, size);
}

/* One look of the network at a square of the picture. */
SaoyFaceSpot
SaoyFacePoints::look(const cv::Mat &bgr, cv::Point2f middle, float side)
{
    SaoyFaceSpot spot = {};
    cv::Mat crop;
    float f = NET_SIDE / side, half = NET_SIDE / 2.0f;
    cv::Matx23f to(f, 0, half - middle.x * f, 0, f, half - middle.y * f);

    cv::warpAffine(bgr, crop, to, cv::Size(NET_SIDE, NET_SIDE), cv::INTER_LINEAR,
                   cv::BORDER_REPLICATE);
    net.setInput(cv::dnn::blobFromImage(crop));
    cv::Mat out = net.forward();
    CV_Assert(out.total() >= 11);
    const float *v = out.ptr<float>();
    for (int i = 0; i < 5; i++)
        spot.points[i] =
            middle + cv::Point2f((v[2 * i] - 0.5f) * side, (v[2 * i + 1] - 0.5f) * side);
    spot.score = 1 / (1 + std::exp(-v[10]));
    return spot;
}

static float
side_of(const SaoyFaceSpot &spot, cv::Point2f *middle)
{
    cv::Point2f eyes = (spot.points[0] + spot.points[1]) / 2;
    cv::Point2f mouth = (spot.points[3] + spot.points[4]) / 2;

    *middle = { 0, 0 };
    for (const cv::Point2f &p : spot.points)
        *middle += p / 5;
    return (float)std::max(8.0, 2.6 * cv::norm(eyes - mouth));
}

SaoyFaceSpot
SaoyFacePoints::refine(const cv::Mat &bgr, cv::Point2f middle, float side)
{
    SaoyFaceSpot spot = {};
    float most = (float)std::max(bgr.cols, bgr.rows) * 2;

    for (int i = 0; i < 3; i++) {
        spot = look(bgr, middle, std::min(side, most));
        side = side_of(spot, &middle);
    }
    spot.box = cv::Rect2f(middle.x - side / 2, middle.y - side / 2, side, side);
    return spot;
}

std::unique_ptr<SaoyFacePoints>
saoy_face_points_new(GError **error)
{
    cv::dnn::Net net = saoy_face_net("saoy-face-points.onnx", error);

    return net.empty() ? nullptr : std::make_unique<SaoyFacePoints>(net);
}

class Cascade : public SaoyFaceDetector
{
    cv::CascadeClassifier cascade;
    SaoyFacePoints *points;

  public:
    Cascade(const char *path, SaoyFacePoints *net) : cascade(path), points(net)
    {
    }

    bool works() const
    {
        return !cascade.empty();
    }

    std::vector<SaoyFaceSpot> find(const cv::Mat &bgr) override;
};

static bool
is_new(const std::vector<SaoyFaceSpot> &spots, const SaoyFaceSpot &spot)
{
    for (const SaoyFaceSpot &s : spots)
        if ((s.box & spot.box).area() > 0.3f * std::min(s.box.area(), spot.box.area()))
            return false;
    return true;
}

std::vector<SaoyFaceSpot>
Cascade::find(const cv::Mat &bgr)
{
    cv::Mat grey, small;
    std::vector<cv::Rect> places;
    std::vector<SaoyFaceSpot> spots;
    float f = std::min(1.0f, (float)LOOK_SIDE / (float)std::max(bgr.cols, bgr.rows));

    cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
    cv::resize(grey, small, cv::Size(), f, f, cv::INTER_AREA);
    int least = std::max(20, std::min(small.cols, small.rows) / 8);
    cascade.detectMultiScale(small, places, 1.1, 3, 0, cv::Size(least, least));
    if (places.size() > MOST_FACES)
        places.resize(MOST_FACES);
    for (const cv::Rect &p : places) {
        cv::Point2f middle((float)p.x + (float)p.width / 2,
                           (float)p.y + (float)p.height / 2);
        SaoyFaceSpot spot = points->refine(bgr, middle / f, (float)p.width / f);

        if (spot.score > 0.5f && is_new(spots, spot))
            spots.push_back(spot);
    }
    return spots;
}

std::unique_ptr<SaoyFaceDetector>
saoy_face_cascade_new(SaoyFacePoints *points, GError **error)
{
    auto detector = std::make_unique<Cascade>(CASCADE, points);

    if (detector->works())
        return detector;
    saoy_set_error(error, SAOY_ERROR_OFFLINE, "no face cascade (package opencv-data)");
    return NULL;
}
