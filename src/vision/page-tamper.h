#pragma once
#include <opencv2/core.hpp>
#include <vector>

/* How alterations of the paper are seen (docs/page.md, «Altered originals»): page-layers.cc
 * makes the picture that is measured, page-paper.cc measures paper in cells, page-edges.cc
 * finds the shadows of slips, page-places.cc the places that differ, page-signs.cc says
 * what is to be said of each, page-tamper.cc weighs it. */

#define SAOY_PAPER_CELL 5 /* work pixels: 1.3 mm */

/* The page at about 100 dpi. */
typedef struct {
    int by;        /* page pixels a work pixel */
    cv::Mat rgb;   /* CV_8UC3 */
    cv::Mat clear; /* CV_8U: seen through a filter of the ground's colour */
    cv::Mat print; /* CV_8U: 255 print; 128 too near to it; 0 paper */
} SaoyLayers;
/* page: RGB. */
SaoyLayers saoy_layers_of(const cv::Mat &page, int dpi);

/* What is measured lies between the strokes of writing, never on them. */
typedef enum {
    SAOY_PAPER_TONE, /* light, levels of 255 */
    SAOY_PAPER_RED,  /* over green, levels */
    SAOY_PAPER_BLUE,
    SAOY_PAPER_ROUGH,  /* light's deviation inside a cell: grain, fibres, dirt */
    SAOY_PAPER_GROUND, /* the colours' deviation: a printed ground */
    SAOY_PAPER_N
} SaoyPaperTrait;

/* Rough and ground are compared by their logarithms. */
typedef struct {
    cv::Mat trait[SAOY_PAPER_N];   /* CV_32F, a cell each */
    cv::Mat weight;                /* CV_32F: share of the cell that is paper */
    cv::Mat differs[SAOY_PAPER_N]; /* CV_32F: smoothed, from the paper around; 0 unknown */
    double sigma[SAOY_PAPER_N];    /* of differs: the page's own unevenness */
    double middle[SAOY_PAPER_N];   /* of the page's paper */
    cv::Mat ink, colour;           /* CV_32F: share under print, under coloured print */
} SaoyPaper;
SaoyPaper saoy_paper_of(const SaoyLayers &layers);

/* Median of the values where the mask is. */
float saoy_paper_middle(const cv::Mat &values, const cv::Mat &mask);

/* A faint dark line, straight, that ends: a shadow. Lengths in work pixels, levels of
 * light. */
typedef struct {
    cv::Rect box;
    bool upright;
    double length, depth;
    double chroma;     /* of the line over the paper's: a shadow has none */
    double uneven;     /* deviation of the depth along it */
    double step, bent; /* light of one side over the other; deviation from straight */
    double cover;      /* share of it that print leaves to be seen */
} SaoyEdge;
std::vector<SaoyEdge> saoy_edges_of(const SaoyLayers &layers, double rough);

/* What is said of a place: 0 is the page's own paper. */
typedef enum {
    SAOY_SIGN_LIGHTER, /* logarithms of levels */
    SAOY_SIGN_DARKER,
    SAOY_SIGN_TINTED,
    SAOY_SIGN_Z_LIGHT, /* logarithms of times the page's unevenness */
    SAOY_SIGN_Z_TINT,
    SAOY_SIGN_Z_ROUGH,
    SAOY_SIGN_STRONG, /* of all traits, against the paper of 39 mm around */
    SAOY_SIGN_ON_GROUND,
    SAOY_SIGN_GROUND_MORE,
    SAOY_SIGN_GROUND_LESS,
    SAOY_SIGN_GROUND_GONE, /* both: less of it, on a page that has one */
    SAOY_SIGN_GROUND_KEPT, /* what was printed later lets it be seen */
    SAOY_SIGN_FILL,
    SAOY_SIGN_CELLS,
    SAOY_SIGN_LOW, /* mm below and above the height of a line */
    SAOY_SIGN_HIGH,
    SAOY_SIGN_INK,
    SAOY_SIGN_LITTLE_INK,
    SAOY_SIGN_COLOUR, /* of its ink: a title, a seal, a frame */
    SAOY_SIGN_EVEN,   /* how much it varies inside */
    SAOY_SIGN_SHARP,  /* share of the difference at its rim */
    SAOY_SIGN_SOFT,
    SAOY_SIGN_AROUND,     /* share of its rim that differs too: a part of a larger thing */
    SAOY_SIGN_ALIKE,      /* the same again elsewhere on the page */
    SAOY_SIGN_SHADOW,     /* share of a side along which a shadow lies */
    SAOY_SIGN_PAGE_LIGHT, /* the page's own unevenness */
    SAOY_SIGN_PAGE_ROUGH,
    /* of the shadow itself, where it is all there is */
    SAOY_SIGN_DEPTH,
    SAOY_SIGN_DEEP,
    SAOY_SIGN_UNEVEN,
    SAOY_SIGN_COVER,
    SAOY_SIGN_LENGTH,
    SAOY_SIGN_BENT,
    SAOY_SIGN_SHADOWS, /* on the page */
    SAOY_SIGN_N
} SaoySign;

/* What a place was found by. A stain, show-through or a ground's own dense lines hide in
 * the sum of all traits what one of them shows plainly. */
typedef enum {
    SAOY_FOUND_TOGETHER, /* all traits in one sum */
    SAOY_FOUND_GROUND,   /* a ground that is missing */
    SAOY_FOUND_TINT,
    SAOY_FOUND_ROUGH,
    SAOY_FOUND_SHADOW, /* beside one */
    SAOY_FOUND_N
} SaoyFinder;

typedef struct {
    cv::Rect box; /* in cells */
    cv::Mat own;  /* CV_8U of the box: the cells that differ */
    int cells;
    SaoyFinder finder;
    int pass;                     /* of the search it was found by */
    double differs[SAOY_PAPER_N]; /* from its rim */
    double more_tint;             /* than the page's paper has, levels */
    double sign[SAOY_SIGN_N];
} SaoyPlace;

/* Fills in all of a place but what is said of shadows; box, own, cells are known. distance,
 * hit: how much each cell of the page differs, and which do. */
void saoy_place_say(const SaoyPaper &paper, const cv::Mat &distance, const cv::Mat &hit,
                    SaoyPlace *place);
/* One of n shadows is all there is of the place. */
void saoy_shadow_say(const SaoyPaper &paper, const SaoyEdge &edge, size_t n,
                     SaoyPlace *place);
/* The share of a side of the box along which the shadow runs; 0 beside none. */
double saoy_shadow_along(const SaoyEdge &edge, const cv::Rect &box);

std::vector<SaoyPlace> saoy_places_of(const SaoyPaper &paper,
                                      const std::vector<SaoyEdge> &edges);
