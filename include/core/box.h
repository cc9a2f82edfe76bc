#pragma once

/* Pixels of one page picture, origin top left; w 0: no box. */
typedef struct {
    int x, y, w, h;
} SaoyBox;
