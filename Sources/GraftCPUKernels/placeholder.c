#include "GraftCPUKernels.h"
