/*
 * Writes down, in JUNO_RECORD_FILE, each call that changes what is below JUNO_RECORD_PATH or asks for it to be on the disk; for
 * tests. A record: kind u8, bytes of the path u32, offset or size u64, bytes of the data u32 (all little endian), path, data.
 * SQLite's index of its log and locks are left out: they are made anew after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { CREATE = 1, WRITE = 2, TRUNCATE = 3, SYNC = 4, UNLINK = 5, MKDIR = 6, UNKNOWN = 7, LOST = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

static int ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

static int wanted(const char *path) {
  const char *root = getenv("JUNO_RECORD_PATH");
  if (!root || strncmp(path, root, strlen(root)) != 0) return 0;
  return !ends_with(path, "-shm") && !ends_with(path, "-lock") && !ends_with(path, " (deleted)");
}

static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return wanted(path);
}

static void note(uint8_t kind, const char *path, uint64_t at, const void *data, uint32_t length) {
  static int out = -1;
  ssize_t (*put)(int, const void *, size_t) = REAL(ssize_t (*)(int, const void *, size_t), "write");
  uint32_t path_length = strlen(path);
  pthread_mutex_lock(&lock);
  if (out < 0) {
    int (*real)(const char *, int, ...) = REAL(int (*)(const char *, int, ...), "open64");
    out = real(getenv("JUNO_RECORD_FILE"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  size_t size = 17 + path_length + length;
  char *record = malloc(size);
  if (out < 0 || !record) abort();
  memcpy(record, &kind, 1);
  memcpy(record + 1, &path_length, 4);
  memcpy(record + 5, &at, 8);
  memcpy(record + 13, &length, 4);
  memcpy(record + 17, path, path_length);
  memcpy(record + 17 + path_length, data ? data : "", length);
  for (size_t done = 0; done < size;) {
    ssize_t n = put(out, record + done, size - done);
    if (n <= 0) abort();
    done += n;
  }
  free(record);
  pthread_mutex_unlock(&lock);
}

static int opened(const char *path, int flags, int existed, int fd) {
  if (fd < 0 || !wanted(path)) return fd;
  if ((flags & O_CREAT) && !existed) note(CREATE, path, 0, 0, 0);
  else if (flags & O_TRUNC) note(TRUNCATE, path, 0, 0, 0);
  return fd;
}

#define OPEN(name)                                                              \
  int name(const char *path, int flags, ...) {                                  \
    va_list rest;                                                               \
    va_start(rest, flags);                                                      \
    mode_t mode = va_arg(rest, mode_t);                                         \
    va_end(rest);                                                               \
    int existed = access(path, F_OK) == 0;                                      \
    return opened(path, flags, existed,                                         \
      REAL(int (*)(const char *, int, ...), #name)(path, flags, mode));         \
  }
OPEN(open)
OPEN(open64)

static void wrote(int fd, uint64_t at, const void *bytes, ssize_t done) {
  char path[4096];
  if (done > 0 && path_of(fd, path, sizeof path)) note(WRITE, path, at, bytes, done);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  ssize_t done = REAL(ssize_t (*)(int, const void *, size_t, off64_t), "pwrite64")(fd, bytes, count, at);
  wrote(fd, at, bytes, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  ssize_t done = REAL(ssize_t (*)(int, const void *, size_t, off_t), "pwrite")(fd, bytes, count, at);
  wrote(fd, at, bytes, done);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  ssize_t done = REAL(ssize_t (*)(int, const void *, size_t), "write")(fd, bytes, count);
  off_t end = done > 0 ? lseek(fd, 0, SEEK_CUR) : -1;
  if (end >= done) wrote(fd, end - done, bytes, done);
  return done;
}

static int cut(int fd, off_t size, int result) {
  char path[4096];
  if (result == 0 && path_of(fd, path, sizeof path)) note(TRUNCATE, path, size, 0, 0);
  return result;
}

int ftruncate(int fd, off_t size) { return cut(fd, size, REAL(int (*)(int, off_t), "ftruncate")(fd, size)); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size, REAL(int (*)(int, off64_t), "ftruncate64")(fd, size)); }

/* What was to be synced by a call that failed is taken for written by the system, and no later sync brings it to the disk. */
static int synced(int fd, int result) {
  char path[4096];
  if (path_of(fd, path, sizeof path)) note(result == 0 ? SYNC : LOST, path, 0, 0, 0);
  return result;
}

int fsync(int fd) { return synced(fd, REAL(int (*)(int), "fsync")(fd)); }
int fdatasync(int fd) { return synced(fd, REAL(int (*)(int), "fdatasync")(fd)); }

static int named(uint8_t kind, const char *path, int result) {
  if (result == 0 && wanted(path)) note(kind, path, 0, 0, 0);
  return result;
}

int unlink(const char *path) { return named(UNLINK, path, REAL(int (*)(const char *), "unlink")(path)); }
int remove(const char *path) { return named(UNLINK, path, REAL(int (*)(const char *), "remove")(path)); }
int mkdir(const char *path, mode_t mode) {
  return named(MKDIR, path, REAL(int (*)(const char *, mode_t), "mkdir")(path, mode));
}
/* The store renames nothing; should it begin to, the reader of the record refuses what it does not know. */
int rename(const char *from, const char *to) {
  return named(UNKNOWN, to, REAL(int (*)(const char *, const char *), "rename")(from, to));
}
