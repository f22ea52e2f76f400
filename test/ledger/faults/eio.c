/* Lets a chosen call on files whose path has JUNO_FAULT_PATH in it fail with EIO, from the JUNO_FAULT_AFTER-th on; for tests. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long calls = 0;

static int hits(int fd, const char *call) {
  const char *wanted = getenv("JUNO_FAULT_CALL");
  const char *part = getenv("JUNO_FAULT_PATH");
  const char *after = getenv("JUNO_FAULT_AFTER");
  char link[64], path[4096];
  if (!wanted || !part || !after || strcmp(wanted, call) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (!strstr(path, part)) return 0;
  return ++calls >= atol(after);
}

int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fsync");
  if (hits(fd, "sync")) { errno = EIO; return -1; }
  return real(fd);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
  if (hits(fd, "sync")) { errno = EIO; return -1; }
  return real(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  if (hits(fd, "write")) { errno = EIO; return -1; }
  return real(fd, bytes, count, at);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pread64");
  if (hits(fd, "read")) { errno = EIO; return -1; }
  return real(fd, bytes, count, at);
}
