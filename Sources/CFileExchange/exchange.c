#define _GNU_SOURCE
#include "include/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

int graft_exchange(const char *first, const char *second) {
#if defined(__APPLE__)
  return renamex_np(first, second, RENAME_SWAP);
#elif defined(SYS_renameat2)
  // By number: older C libraries have no function for it, and name the flag (2) nowhere.
  const long result = syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, 2u);
  // File systems that know no exchange say that the flag is invalid, kernels that the call is missing.
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) errno = ENOTSUP;
  return result == 0 ? 0 : -1;
#else
  (void)first;
  (void)second;
  errno = ENOTSUP;
  return -1;
#endif
}
