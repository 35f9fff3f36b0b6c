// The activations, applied to one vector. Included by bodies that need them.

INLINE vec NAME(activation_value)(graft_activation activation, float slope, vec x) {
  switch (activation) {
    case GRAFT_IDENTITY:
      return x;
    case GRAFT_RELU:
      return at_least(x, (vec)0);
    case GRAFT_RELU6:
      return at_most(at_least(x, (vec)0), (vec)6);
    case GRAFT_LEAKY_RELU:
      return x < 0 ? x * slope : x;
    case GRAFT_SIGMOID:
      return sigmoid(x);
    case GRAFT_TANH:
      return hyperbolic_tangent(x);
    case GRAFT_SILU:
      return x * sigmoid(x);
    case GRAFT_HARD_SIGMOID:
      return at_most(at_least(x + 3, (vec)0), (vec)6) * (1.0f / 6);
    case GRAFT_HARD_SWISH:
      return x * at_most(at_least(x + 3, (vec)0), (vec)6) * (1.0f / 6);
    case GRAFT_GELU:
      return x * normal_distribution(x);
  }
  return x;
}
#define activation_value NAME(activation_value)
