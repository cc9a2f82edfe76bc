#pragma once
#include "core/error.h"
#include "device/scanner.h"

/* What can go wrong with a scanner, of whatever driver: the word for the log, the code for
 * the machine, the sentence for the person. */
typedef enum {
    SAOY_SCAN_UNABLE,
    SAOY_SCAN_BUSY,
    SAOY_SCAN_BAD_VALUE,
    SAOY_SCAN_CUT_SHORT,
    SAOY_SCAN_JAMMED,
    SAOY_SCAN_DOUBLE,
    SAOY_SCAN_EMPTY,
    SAOY_SCAN_COVER_OPEN,
    SAOY_SCAN_SILENT,
    SAOY_SCAN_NO_MEMORY,
    SAOY_SCAN_NO_RIGHT,
    SAOY_SCAN_WARMING_UP,
    SAOY_SCAN_LOCKED,
    SAOY_SCAN_FAULT_N
} SaoyScanFault;

/* Sets the fault's code; the message is "at: words", and saoy_scanner_hint() knows it
 * again. Always false. */
bool saoy_scan_fail(SaoyScanFault fault, const char *at, GError **error);
