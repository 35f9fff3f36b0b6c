// Packs the right-hand matrix of a product, or a convolution's kernel, into panels of PANEL columns:
// [group][panel][depth][PANEL], zeros past the last column, then `zero_count` zeros.
//
// Depth counts `inner_count` elements within each tap. Element (group, tap, inner, column) of the
// source lies at `first_element` plus these indices, each times its stride; strides may be negative. One work-item packs RUN depths of
// one panel; those of the panel after the last write the zeros.

#ifndef PANEL
#define PANEL 16
#endif
#ifndef RUN
#define RUN 1
#endif

__kernel void pack_panels(
    const int groups, const int columns, const int depth, const int inner_count,
    const int group_stride, const int tap_stride, const int inner_stride, const int column_stride,
    const int zero_count, const int first_element, __global const float *restrict source, const int source_offset,
    __global float *restrict packed, const int packed_offset) {
  const int panels = (columns + PANEL - 1) / PANEL;
  const int group = get_global_id(1) / panels, panel = get_global_id(1) % panels;
  const int first = get_global_id(0) * RUN;
  const int last = min(first + RUN, depth);
  __global float *target = packed + packed_offset + (int)get_global_id(1) * depth * PANEL;
  if (group == groups) {
    for (int i = first * PANEL; i < min(last * PANEL, zero_count); i++) target[i] = 0.0f;
    return;
  }
  source += source_offset + first_element + group * group_stride + panel * PANEL * column_stride;
  const int count = min(columns - panel * PANEL, PANEL);
  for (int k = first; k < last; k++) {
    __global const float *row = source + k / inner_count * tap_stride + k % inner_count * inner_stride;
    for (int j = 0; j < PANEL; j++)
      target[k * PANEL + j] = j < count ? row[j * column_stride] : 0.0f;
  }
}
