#include "GraftImageCodecs.h"
