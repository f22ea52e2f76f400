/*
 * Lets a chosen call fail with EIO on files whose path is as JUNO_FAULT_PATH (with * as in a shell), or makes syncs slow; for tests.
 * JUNO_FAULT_CALL   sync, write, read, or slow
 * JUNO_FAULT_AFTER  the first such call that is hit, counted from 1; 1 where it is left out
 * JUNO_FAULT_COUNT  how many are hit, so that 1 lets the next ones work again; all where it is left out
 * JUNO_FAULT_WHEN   a file: calls are counted and hit only while it exists
 * JUNO_FAULT_MS     how long a slow sync takes
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls = 0;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

static int hits(int fd, const char *call) {
  const char *wanted = getenv("JUNO_FAULT_CALL");
  const char *pattern = getenv("JUNO_FAULT_PATH");
  const char *when = getenv("JUNO_FAULT_WHEN");
  char link[64], path[4096];
  if (!wanted || !pattern || strcmp(wanted, call) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (fnmatch(pattern, path, 0) != 0 || (when && access(when, F_OK) != 0)) return 0;
  long behind = ++calls - number("JUNO_FAULT_AFTER", 1);
  return behind >= 0 && behind < number("JUNO_FAULT_COUNT", LONG_MAX);
}

static int sync_with(const char *name, int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  if (hits(fd, "sync")) { errno = EIO; return -1; }
  if (hits(fd, "slow")) usleep(1000 * number("JUNO_FAULT_MS", 1000));
  return real(fd);
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

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
