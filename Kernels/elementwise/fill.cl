// Fills a part of a buffer with one value. One work-item an element.

__kernel void fill(const int count, const float value, __global float *y, const int y_offset) {
  const int i = get_global_id(0);
  if (i < count) y[y_offset + i] = value;
}
