/*
 * Lets calls on chosen files fail with EIO, or makes syncs slow; for tests. The file that JUNO_FAULT_FILE names says which, and as
 * long as it is not there all goes well. It has one line: CALL PATH FIRST COUNT MS
 *   CALL   sync, write, read, or slow, which is a sync that takes MS milliseconds
 *   PATH   of the files, with * as in a shell, and no spaces
 *   FIRST  the first such call that is hit, counted from 1 since the line was there
 *   COUNT  how many are hit; those behind them work again
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* How long the call is to take where it is hit; otherwise a negative number. */
static long hit(int fd, const char *call) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static char before[2048];
  static long calls;
  const char *name = getenv("JUNO_FAULT_FILE");
  char line[2048], wanted[8], pattern[1024], link[64], path[4096];
  long first, count, ms;
  FILE *file = name ? fopen(name, "r") : NULL;
  if (!file) return -1;
  char *there = fgets(line, sizeof line, file);
  fclose(file);
  if (!there || sscanf(line, "%7s %1023s %ld %ld %ld", wanted, pattern, &first, &count, &ms) != 5) return -1;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return -1;
  path[length] = 0;
  if (strcmp(wanted, call) != 0 || fnmatch(pattern, path, 0) != 0) return -1;
  pthread_mutex_lock(&lock);
  if (strcmp(line, before) != 0) {
    strcpy(before, line);
    calls = 0;
  }
  long behind = ++calls - first;
  pthread_mutex_unlock(&lock);
  return behind >= 0 && behind < count ? ms : -1;
}

static int sync_with(const char *name, int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  if (hit(fd, "sync") >= 0) { errno = EIO; return -1; }
  long ms = hit(fd, "slow");
  if (ms > 0) usleep(1000 * ms);
  return real(fd);
}

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
  if (hit(fd, "write") >= 0) { errno = EIO; return -1; }
  return real(fd, bytes, count, at);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, void *, size_t, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "pread64");
  if (hit(fd, "read") >= 0) { errno = EIO; return -1; }
  return real(fd, bytes, count, at);
}
