// Work on rows of a matrix: LANES work-items of one group share a row (a GPU), or one takes it alone
// (LANES 1, a CPU device).

#ifndef LANES
#define LANES 1
#endif

#define LANE ((int)get_local_id(0))
#define FOR_LANE(i, count) for (int i = LANE; i < (count); i += LANES)

#if LANES == 1
#define ROW_SCRATCH
#define ROW_SUM(value) (value)
#define ROW_MAXIMUM(value) (value)
#define ROW_BARRIER
#else
#define ROW_SCRATCH __local float scratch[LANES];
#define ROW_SUM(value) reduce_lanes(value, scratch, 0)
#define ROW_MAXIMUM(value) reduce_lanes(value, scratch, 1)
#define ROW_BARRIER barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)

// The sum or the maximum of one value of each lane, in a fixed order.
float reduce_lanes(const float value, __local float *scratch, const int takes_maximum) {
  scratch[LANE] = value;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int half_count = LANES / 2; half_count > 0; half_count /= 2) {
    if (LANE < half_count) {
      const float other = scratch[LANE + half_count];
      scratch[LANE] = takes_maximum ? fmax(scratch[LANE], other) : scratch[LANE] + other;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const float result = scratch[0];
  barrier(CLK_LOCAL_MEM_FENCE);
  return result;
}
#endif
