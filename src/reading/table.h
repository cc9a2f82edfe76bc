#pragma once
#include "reading/reading.h"
#include "rules.h"

/* The cells that rules draw, table by table, row by row: array of SaoyCell. */
GArray *saoy_cells_of(const GArray *across, const GArray *down, int width, int height,
                      int dpi);

/* The cell a box lies in by its middle; -1: none. */
int saoy_cell_at(const GArray *cells, SaoyBox box);

/* Words of a table row by row, and in a row line by line, whatever the engine took for
 * columns; other words stay as they are. */
void saoy_words_arrange(SaoyWords *words, const GArray *cells);
