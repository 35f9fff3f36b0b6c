#ifndef C_MACHINE_SPEED_H
#define C_MACHINE_SPEED_H

#include <stddef.h>

/// Does `rounds` rounds of independent fused multiply-adds in registers, with the widest vectors of
/// the machine, and returns how many floating-point operations that were.
double machine_speed_multiply_add(ptrdiff_t rounds);

/// Returns the sum of `count` floats, reading them in order with wide vectors.
float machine_speed_sum(const float *values, ptrdiff_t count);

#endif
