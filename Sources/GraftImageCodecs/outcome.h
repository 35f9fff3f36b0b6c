// Building outcomes: shared by the wrappers, invisible outside.
#pragma once

#include <stdio.h>
#include <string.h>

#include "GraftImageCodecs.h"

static inline GraftImageOutcome graft_outcome(GraftImageStatus status, const char *reason) {
  GraftImageOutcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.status = status;
  snprintf(outcome.reason, sizeof outcome.reason, "%s", reason);
  return outcome;
}

static inline GraftImageOutcome graft_done(void) {
  return graft_outcome(GraftImageStatusDone, "");
}
