#include "jpeg_errors.h"

#include <jerror.h>

static GraftImageStatus status_of(int code) {
  switch (code) {
    case JERR_OUT_OF_MEMORY:
      return GraftImageStatusOutOfMemory;
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      return GraftImageStatusTruncated;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
    case JERR_CCIR601_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      return GraftImageStatusUnsupported;
    default:
      return GraftImageStatusDamaged;
  }
}

static void leave(j_common_ptr info) {
  GraftJPEGErrors *errors = (GraftJPEGErrors *)info->err;
  char reason[JMSG_LENGTH_MAX];
  info->err->format_message(info, reason);
  errors->outcome = graft_outcome(status_of(info->err->msg_code), reason);
  longjmp(errors->escape, 1);
}

// Stray bytes between segments and odd progressive scripts lose no pixels: decoders of the field
// accept them in silence. The warnings listed here mean that pixels were made up.
static void consider_warning(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      leave(info);
  }
}

static void stay_silent(j_common_ptr info) { (void)info; }

struct jpeg_error_mgr *graft_jpeg_install(GraftJPEGErrors *errors) {
  jpeg_std_error(&errors->manager);
  errors->manager.error_exit = leave;
  errors->manager.emit_message = consider_warning;
  errors->manager.output_message = stay_silent;
  errors->outcome = graft_done();
  return &errors->manager;
}
