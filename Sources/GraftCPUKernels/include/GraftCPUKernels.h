#pragma once
#include "instruction_level.h"
#include "epilogue.h"
#include "gemm.h"
