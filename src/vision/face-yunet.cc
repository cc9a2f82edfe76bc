#include "face-parts.h"
#include "mat.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

/* The network's own answer is decoded here, not by cv::FaceDetectorYN: that one takes a
 * path, and the bytes that were hashed must be the bytes that run. */
#define SIDE 320 /* of the picture it looks at; multiples of 32 */
#define LEAST_SCORE 0.7f
#define MOST_OVERLAP 0.3f

typedef struct {
    float x, y, w, h; /* shares of the picture */
} Prior;

static std::vector<Prior>
priors_of(int width, int height)
{
    static const std::vector<float> sides[] = {
        { 10, 16, 24 }, { 32, 48 }, { 64, 96 }, { 128, 192, 256 }
    };
    std::vector<Prior> priors;

    for (int level = 0; level < 4; level++) {
        int step = 8 << level;

        for (int y = 0; y < height / step; y++)
            for (int x = 0; x < width / step; x++)
                for (float side : sides[level])
                    priors.push_back({ ((float)x + 0.5f) * (float)step / (float)width,
                                       ((float)y + 0.5f) * (float)step / (float)height,
                                       side / (float)width, side / (float)height });
    }
    return priors;
}

static SaoyFaceSpot
spot_of(const Prior &p, const float *loc, float score, float width, float height)
{
    const float spread = 0.1f, growth = 0.2f;
    SaoyFaceSpot spot = {};
    float w = p.w * std::exp(loc[2] * growth) * width;
    float h = p.h * std::exp(loc[3] * growth) * height;

    spot.box = cv::Rect2f((p.x + loc[0] * spread * p.w) * width - w / 2,
                          (p.y + loc[1] * spread * p.h) * height - h / 2, w, h);
    for (int i = 0; i < 5; i++)
        spot.points[i] = cv::Point2f((p.x + loc[4 + 2 * i] * spread * p.w) * width,
                                     (p.y + loc[5 + 2 * i] * spread * p.h) * height);
    spot.score = score;
    return spot;
}

static void
keep_best(std::vector<SaoyFaceSpot> &spots)
{
    std::vector<SaoyFaceSpot> kept;

    std::sort(spots.begin(), spots.end(),
              [](const auto &a, const auto &b) { return a.score > b.score; });
    for (const SaoyFaceSpot &spot : spots) {
        bool fresh = true;

        for (const SaoyFaceSpot &k : kept) {
            float both = (spot.box & k.box).area();

            fresh = fresh && both < MOST_OVERLAP * (spot.box.area() + k.box.area() - both);
        }
        if (fresh)
            kept.push_back(spot);
    }
    spots = kept;
}

class YuNet : public SaoyFaceDetector
{
    cv::dnn::Net net;

  public:
    explicit YuNet(const cv::dnn::Net &loaded) : net(loaded)
    {
    }

    std::vector<SaoyFaceSpot> find(const cv::Mat &bgr) override;
};

std::vector<SaoyFaceSpot>
YuNet::find(const cv::Mat &bgr)
{
    cv::Mat small, input;
    std::vector<cv::Mat> out;
    float f = std::min(1.0f, (float)SIDE / (float)std::max(bgr.cols, bgr.rows));

    cv::resize(bgr, small, cv::Size(), f, f, cv::INTER_AREA);
    cv::copyMakeBorder(small, input, 0, (32 - small.rows % 32) % 32, 0,
                       (32 - small.cols % 32) % 32, cv::BORDER_CONSTANT);
    net.setInput(cv::dnn::blobFromImage(input));
    net.forward(out, std::vector<cv::String>{ "loc", "conf", "iou" });

    std::vector<Prior> priors = priors_of(input.cols, input.rows);
    std::vector<SaoyFaceSpot> spots;
    CV_Assert(out[0].total() >= priors.size() * 14 && out[1].total() >= priors.size() * 2 &&
              out[2].total() >= priors.size());
    for (size_t i = 0; i < priors.size(); i++) {
        float face = out[1].ptr<float>()[2 * i + 1];
        float fit = std::clamp(out[2].ptr<float>()[i], 0.0f, 1.0f);
        float score = std::sqrt(face * fit);

        if (score >= LEAST_SCORE)
            spots.push_back(spot_of(priors[i], out[0].ptr<float>() + 14 * i, score,
                                    (float)input.cols, (float)input.rows));
    }
    keep_best(spots);
    for (SaoyFaceSpot &spot : spots) {
        spot.box = cv::Rect2f(spot.box.x / f, spot.box.y / f, spot.box.width / f,
                              spot.box.height / f);
        for (cv::Point2f &p : spot.points)
            p *= 1 / f;
    }
    return spots;
}

std::unique_ptr<SaoyFaceDetector>
saoy_face_yunet_new(GError **error)
{
    cv::dnn::Net net = saoy_face_net("face_detection_yunet_2022mar.onnx", error);

    if (net.empty())
        return NULL;
    return std::make_unique<YuNet>(net);
}
