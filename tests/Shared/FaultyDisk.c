// A disk that is full, or that is recorded, and a clock that is wrong, for one program: loaded before libc (LD_PRELOAD).
//   FAULTY_DISK         the directory that counts; everything elsewhere is left alone
//   FAULTY_DISK_LOG     file to which every change of it is appended, in the order in which they happened (DiskLog.cs reads it)
//   FAULTY_DISK_FULL    from this change on, counted from 1, the disk is full
//   FAULTY_DISK_COUNT   file that gets the number of changes, when the program ends
//   FAULTY_CLOCK        seconds to add to the time of day
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *disk;
static size_t disk_length;
static int log_file = -1;
static long full_at, changes;
static long clock_offset;
static struct stat output;
static pthread_mutex_t gate = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void *look_up(void *library, const char *name) {
  static void *(*libc_dlsym)(void *, const char *);
  if (!libc_dlsym) libc_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  if (!libc_dlsym) libc_dlsym = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
  return libc_dlsym(library, name);
}

// Who asks libc itself for fsync, as .NET's own imports do, gets the one below.
void *dlsym(void *library, const char *name) { return strcmp(name, "fsync") ? look_up(library, name) : (void *)fsync; }

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("FAULTY_DISK_LOG"), *full = getenv("FAULTY_DISK_FULL"), *clock = getenv("FAULTY_CLOCK");
  if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  full_at = full ? atol(full) : 0;
  clock_offset = clock ? atol(clock) : 0;
  disk = getenv("FAULTY_DISK");
  disk_length = disk ? strlen(disk) : 0;
  fstat(1, &output);
}

__attribute__((destructor)) static void end(void) {
  const char *count = getenv("FAULTY_DISK_COUNT");
  if (!count) return;
  int file = (int)syscall(SYS_openat, AT_FDCWD, count, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dprintf(file, "%ld", changes);
  syscall(SYS_close, file);
}

static int counts(const char *path) {
  return disk && !strncmp(path, disk, disk_length) && (path[disk_length] == '/' || !path[disk_length]);
}

// The path of an open file, if it lies on the disk.
static int path_of(int file, char *path) {
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return counts(path);
}

static const char *absolute(int at, const char *path, char *into) {
  if (path[0] == '/') return path;
  char base[PATH_MAX];
  if (at == AT_FDCWD) {
    if (!getcwd(base, sizeof base)) return path;
  } else if (!path_of(at, base))
    return path;
  snprintf(into, PATH_MAX, "%.2000s/%.2000s", base, path);
  return into;
}

static uint64_t inode(int file) {
  struct stat now;
  return fstat(file, &now) ? 0 : now.st_ino;
}

// Whether it is standard output, which programs like to duplicate.
static int is_output(int file) {
  struct stat now;
  return !fstat(file, &now) && now.st_ino == output.st_ino && now.st_dev == output.st_dev;
}

// One change: a letter, three numbers, and that many bytes: a path, two paths with a zero between, or data.
static void note(char what, uint64_t a, uint64_t b, const void *bytes, uint64_t length) {
  if (log_file < 0) return;
  uint64_t numbers[3] = {a, b, length};
  struct iovec parts[3] = {{&what, 1}, {numbers, sizeof numbers}, {(void *)bytes, length}};
  syscall(SYS_writev, log_file, parts, length ? 3 : 2);
}

static void note_paths(char what, const char *from, const char *to) {
  char both[2 * PATH_MAX];
  size_t first = strlen(from) + 1, second = to ? strlen(to) : 0;
  memcpy(both, from, first);
  if (to) memcpy(both + first, to, second);
  note(what, 0, 0, both, to ? first + second : first - 1);
}

// Whether the next change finds the disk full. The caller holds the gate.
static int is_full(void) {
  changes++;
  if (!full_at || changes < full_at) return 0;
  errno = ENOSPC;
  return 1;
}

static int open_any(int at, const char *path, int flags, mode_t mode) {
  int (*open_real)(int, const char *, int, ...) = look_up(RTLD_NEXT, "openat");
  char whole[PATH_MAX];
  const char *name = absolute(at, path, whole);
  if (!counts(name) || !(flags & (O_CREAT | O_TRUNC))) return open_real(at, path, flags, mode);
  pthread_mutex_lock(&gate);
  struct stat before;
  int made = stat(name, &before) != 0, file = -1;
  if (!((made && (flags & O_CREAT)) && is_full())) {
    file = open_real(at, path, flags, mode);
    if (file >= 0 && made) note('C', inode(file), 0, name, strlen(name));
    if (file >= 0 && !made && (flags & O_TRUNC)) note('T', inode(file), 0, NULL, 0);
  }
  pthread_mutex_unlock(&gate);
  return file;
}

#define OPEN(name)                                   \
  int name(const char *path, int flags, ...) {       \
    va_list more;                                    \
    va_start(more, flags);                           \
    mode_t mode = va_arg(more, mode_t);              \
    va_end(more);                                    \
    return open_any(AT_FDCWD, path, flags, mode);    \
  }
OPEN(open)
OPEN(open64)
#define OPENAT(name)                                         \
  int name(int at, const char *path, int flags, ...) {       \
    va_list more;                                            \
    va_start(more, flags);                                   \
    mode_t mode = va_arg(more, mode_t);                      \
    va_end(more);                                            \
    return open_any(at, path, flags, mode);                  \
  }
OPENAT(openat)
OPENAT(openat64)

static ssize_t write_at(int file, const void *bytes, size_t length, off_t at, int has_place) {
  char path[PATH_MAX];
  if (!path_of(file, path)) {
    if (!disk || !is_output(file)) return has_place ? syscall(SYS_pwrite64, file, bytes, length, at) : syscall(SYS_write, file, bytes, length);
    pthread_mutex_lock(&gate); // what the program says: whoever reads it believes it
    note('A', 0, 0, bytes, length);
    pthread_mutex_unlock(&gate);
    return syscall(SYS_write, file, bytes, length);
  }
  pthread_mutex_lock(&gate);
  ssize_t written = -1;
  if (!is_full()) {
    if (!has_place) at = lseek(file, 0, fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    written = has_place ? syscall(SYS_pwrite64, file, bytes, length, at) : syscall(SYS_write, file, bytes, length);
    if (written > 0) note('W', inode(file), (uint64_t)at, bytes, (uint64_t)written);
  }
  pthread_mutex_unlock(&gate);
  return written;
}

ssize_t write(int file, const void *bytes, size_t length) { return write_at(file, bytes, length, 0, 0); }
ssize_t pwrite(int file, const void *bytes, size_t length, off_t at) { return write_at(file, bytes, length, at, 1); }
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) { return write_at(file, bytes, length, at, 1); }

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) {
  ssize_t all = 0;
  for (int i = 0; i < count; i++) {
    ssize_t written = write_at(file, parts[i].iov_base, parts[i].iov_len, at + all, 1);
    if (written < 0) return all ? all : -1;
    all += written;
  }
  return all;
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t at) { return pwritev(file, parts, count, at); }

static int resize(int file, off_t length) {
  char path[PATH_MAX];
  if (!path_of(file, path)) return (int)syscall(SYS_ftruncate, file, length);
  pthread_mutex_lock(&gate);
  struct stat now;
  int grows = !fstat(file, &now) && length > now.st_size, result = -1;
  if (!(grows && is_full())) {
    result = (int)syscall(SYS_ftruncate, file, length);
    if (!result) note('T', inode(file), (uint64_t)length, NULL, 0);
  }
  pthread_mutex_unlock(&gate);
  return result;
}
int ftruncate(int file, off_t length) { return resize(file, length); }
int ftruncate64(int file, off64_t length) { return resize(file, length); }

static int reserve(int file, off_t at, off_t length) {
  char path[PATH_MAX];
  if (!path_of(file, path)) return (int)syscall(SYS_fallocate, file, 0, at, length) ? errno : 0;
  struct stat now;
  return !fstat(file, &now) && at + length > now.st_size && resize(file, at + length) ? errno : 0;
}
int posix_fallocate(int file, off_t at, off_t length) { return reserve(file, at, length); }
int posix_fallocate64(int file, off64_t at, off64_t length) { return reserve(file, at, length); }

static int sync_file(int file, long call) {
  char path[PATH_MAX];
  int ours = path_of(file, path);
  struct stat now;
  pthread_mutex_lock(&gate);
  int result = (int)syscall(call, file);
  if (ours && !result && !fstat(file, &now)) {
    if (S_ISDIR(now.st_mode))
      note_paths('D', path, NULL);
    else
      note('S', now.st_ino, 0, NULL, 0);
  }
  pthread_mutex_unlock(&gate);
  return result;
}
int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }

static int named(char what, const char *from, const char *to, int may_be_full, int (*act)(const char *, const char *)) {
  char first[PATH_MAX], second[PATH_MAX];
  from = absolute(AT_FDCWD, from, first);
  to = to ? absolute(AT_FDCWD, to, second) : NULL;
  if (!counts(to ? to : from)) return act(from, to);
  pthread_mutex_lock(&gate);
  int result = may_be_full && is_full() ? -1 : act(from, to);
  if (!result) note_paths(what, from, to);
  pthread_mutex_unlock(&gate);
  return result;
}

static int do_rename(const char *from, const char *to) { return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); }
static int do_link(const char *from, const char *to) { return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0); }
static int do_unlink(const char *path, const char *none) { return (int)syscall(SYS_unlinkat, AT_FDCWD, path, none ? 0 : 0); }
static int do_rmdir(const char *path, const char *none) { return (int)syscall(SYS_unlinkat, AT_FDCWD, path, none ? 0 : AT_REMOVEDIR); }

int rename(const char *from, const char *to) { return named('R', from, to, 0, do_rename); }
int link(const char *from, const char *to) { return named('L', from, to, 1, do_link); }
int unlink(const char *path) { return named('U', path, NULL, 0, do_unlink); }
int rmdir(const char *path) { return named('X', path, NULL, 0, do_rmdir); }
int mkdir(const char *path, mode_t mode) {
  char whole[PATH_MAX];
  const char *name = absolute(AT_FDCWD, path, whole);
  if (!counts(name)) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  pthread_mutex_lock(&gate);
  int result = is_full() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (!result) note_paths('M', name, NULL);
  pthread_mutex_unlock(&gate);
  return result;
}

int clock_gettime(clockid_t which, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, which, now);
  if (!result && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += clock_offset;
  return result;
}
