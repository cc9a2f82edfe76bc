#pragma once
#include "core/words.h"

#include <opencv2/core.hpp>
#include <vector>

/* The ink of writing as shares of the light it takes away. Red and blue are over green and
 * summed over whole strokes, so that neither blur nor colours that a scanner's lines or a
 * JPEG shift change them. */
typedef struct {
    double red, blue; /* 1: black */
    double dark; /* in the middle of strokes, over what is usual at their width; NAN: no
                  * such middle */
} SaoyInk;

#define SAOY_INK_HALVES 24

/* A square of less than a millimetre with a piece of a stroke in it. */
typedef struct {
    cv::Rect box; /* page pixels */
    SaoyInk ink;
    int half; /* of the stroke's width, thirds of a pixel, to SAOY_INK_HALVES */
} SaoyInkCell;

/* Of a word that holds a figure: what stands between two bare columns. */
typedef struct {
    cv::Rect box; /* of its ink */
    SaoyInk ink;
    double width; /* of strokes, pixels */
    double sharp; /* mean slope of edges over the depth of ink, a pixel */
} SaoyInkLetter;

typedef struct {
    size_t word; /* which of the words */
    cv::Rect box;
    SaoyInk ink; /* medians of its cells */
    double width, sharp;
    std::vector<SaoyInkCell> cells;
    std::vector<SaoyInkLetter> letters;
} SaoyInkWord;

/* Words whose ink can be told: print on paper, no seal or signature across. page: RGB. */
std::vector<SaoyInkWord> saoy_ink_words(const cv::Mat &page, int dpi,
                                        const SaoyWords *words);

/* Of one word: its cells, and its letters if asked for. False: too faint, too small, no
 * line of writing. Darkness is not yet over anything. */
bool saoy_ink_measure(const cv::Mat &page, int dpi, bool letters, SaoyInkWord *word);

/* What an officer would look at; strength as in SaoyTamper. */
typedef struct {
    cv::Rect box;
    double strength;
} SaoyInkPlace;
typedef std::vector<SaoyInkPlace> SaoyInkPlaces;

/* Strokes within a word of another colour than its own: a pen's. */
void saoy_ink_pieces(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                     SaoyInkPlaces *out);
/* Figures before or behind those of a number that another machine set. */
void saoy_ink_figures(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                      SaoyInkPlaces *out);
/* A value whose ink no other word of the page has. */
void saoy_ink_values(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                     SaoyInkPlaces *out);

/* For all three. */
double saoy_ink_middle(std::vector<double> *values); /* their median; moves them about */
/* Print: not a seal's, not a blue pen's. */
bool saoy_ink_is_black(const SaoyInk &ink);
/* Another word within a line's height: a lone one is a footer, a stamp, a page number. */
bool saoy_ink_has_neighbour(cv::Rect own, const std::vector<SaoyInkWord> &words);
