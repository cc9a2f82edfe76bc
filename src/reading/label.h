#pragma once
#include "kinds.h"

/* How many words from i on say this label; 0: they do not. It may begin and end at a slash:
 * "Hộ chiếu/Số định danh", "Ngày sinh/Date of birth". */
size_t saoy_label_at(const SaoyLine *line, size_t i, const SaoyLabel *label);

/* Behind what is still the label whose last word is before from: "/ Full name:". */
size_t saoy_label_end(const SaoyLine *line, size_t from);

/* Whether a label of any field begins at word i, long enough not to stand in a value by
 * chance. */
bool saoy_label_any(const SaoyKindRule *rule, const SaoyLine *line, size_t i);

/* Whether a value without a label of its own stands on the line: "Hà Nội, ngày 5 …". */
bool saoy_label_opens(const SaoyKindRule *rule, const SaoyLine *line);

/* A label that is part of a longer one of another field: "ngày" of "Sinh ngày". */
bool saoy_label_is_part(const SaoyKindRule *rule, const SaoyFieldRule *own,
                        const SaoyLine *line, size_t at, size_t n);
