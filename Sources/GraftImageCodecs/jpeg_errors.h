// libjpeg's error manager, with a long jump back into the wrapper that installed it.
#pragma once

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "outcome.h"

typedef struct GraftJPEGErrors {
  struct jpeg_error_mgr manager;  // first, so that libjpeg's pointer is also ours
  jmp_buf escape;
  GraftImageOutcome outcome;
} GraftJPEGErrors;

/// Installs handlers that end decoding on damaged data instead of inventing pixels.
struct jpeg_error_mgr *graft_jpeg_install(GraftJPEGErrors *errors);
