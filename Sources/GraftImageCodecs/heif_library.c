#include "heif_library.h"

#include <dlfcn.h>
#include <pthread.h>

static GraftHEIFLibrary library;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Through a union: ISO C knows no way from an object's pointer to a function's.
#define FIND(field, name)                              \
  do {                                                 \
    union {                                            \
      void *object;                                    \
      __typeof__(library.field) function;              \
    } found = {dlsym(handle, name)};                   \
    library.field = found.function;                    \
  } while (0)

static void open_library(void) {
  void *handle = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) handle = dlopen("libheif.1.dylib", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return;
  FIND(makeContext, "heif_context_alloc");
  FIND(freeContext, "heif_context_free");
  FIND(limitSides, "heif_context_set_maximum_image_size_limit");
  FIND(limits, "heif_context_get_security_limits");
  FIND(read, "heif_context_read_from_memory_without_copy");
  FIND(primary, "heif_context_get_primary_image_handle");
  FIND(freeHandle, "heif_image_handle_release");
  FIND(width, "heif_image_handle_get_width");
  FIND(height, "heif_image_handle_get_height");
  FIND(hasAlpha, "heif_image_handle_has_alpha_channel");
  FIND(decode, "heif_decode_image");
  FIND(freeImage, "heif_image_release");
  FIND(imageWidth, "heif_image_get_width");
  FIND(imageHeight, "heif_image_get_height");
  FIND(plane, "heif_image_get_plane_readonly");
  library.isThere = library.makeContext && library.freeContext && library.read &&
                    library.primary && library.freeHandle && library.width && library.height &&
                    library.hasAlpha && library.decode && library.freeImage &&
                    library.imageWidth && library.imageHeight && library.plane &&
                    (library.limits || library.limitSides);
}

const GraftHEIFLibrary *graft_heif_library(void) {
  pthread_once(&once, open_library);
  return &library;
}
