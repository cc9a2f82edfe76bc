#pragma once
#include "vision/face.h"

#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <vector>

typedef struct {
    cv::Rect2f box;
    cv::Point2f points[5];
    float score; /* 0..1 */
} SaoyFaceSpot;

/* Detectors: the faces of a BGR picture with five points each, in its pixels. */
class SaoyFaceDetector
{
  public:
    virtual ~SaoyFaceDetector() = default;
    virtual std::vector<SaoyFaceSpot> find(const cv::Mat &bgr) = 0;
};

/* Our own network for the points: given about where a face is, says where exactly. Its
 * points move smoothly from frame to frame, which liveness needs. */
class SaoyFacePoints
{
    cv::dnn::Net net;

  public:
    explicit SaoyFacePoints(const cv::dnn::Net &loaded) : net(loaded)
    {
    }
    SaoyFaceSpot look(const cv::Mat &bgr, cv::Point2f middle, float side);
    SaoyFaceSpot refine(const cv::Mat &bgr, cv::Point2f middle, float side);
};

/* NULL and error when the manifest's weights are not here. */
std::unique_ptr<SaoyFacePoints> saoy_face_points_new(GError **error);

/* YuNet 2022mar; NULL and error when the manifest's weights are not here. */
std::unique_ptr<SaoyFaceDetector> saoy_face_yunet_new(GError **error);

/* Debian's cascade for the place, our own network (borrowed) for the points. */
std::unique_ptr<SaoyFaceDetector> saoy_face_cascade_new(SaoyFacePoints *points,
                                                        GError **error);

/* The network in the bytes that were hashed; empty and error when it is not here. */
cv::dnn::Net saoy_face_net(const char *file, GError **error);
