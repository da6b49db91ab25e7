/* Loaded before the C library (LD_PRELOAD): counts the system calls on files under one folder, and has the
   n-th of them, or each from the n-th on, fail as a bad disk would. Python steers it through a shared page
   (_below.py has the same fields in the same order). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SPACE = 1, NAME = 2, READ = 4 };             /* what a call may fail for */
enum { ONCE = 0, FOR_EVER = 1 };

struct page {
    int64_t armed, nth, mode, error, classes, half, more;   /* set by Python */
    int64_t count, hits, cut;                               /* set here */
    char root[512], hit[640];
};
static struct page *page;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("LIKENESS_FAULTS");
    int handle = file ? open(file, O_RDWR) : -1;
    if (handle < 0) return;
    void *at = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    if (at != MAP_FAILED) page = at;
}

static int under(const char *path) {
    return path && strncmp(path, page->root, strlen(page->root)) == 0;
}

static const char *path_of(int handle, char *buffer) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, buffer, PATH_MAX - 1);
    buffer[length > 0 ? length : 0] = 0;
    return buffer;
}

static int due(const char *call, const char *path, int class) {
    if (!(page->classes & class) || !under(path)) return 0;
    page->count++;
    if (page->count != page->nth && !(page->mode == FOR_EVER && page->count > page->nth)) return 0;
    if (page->more-- <= 0) return page->armed = 0;
    if (!page->hits++) snprintf(page->hit, sizeof page->hit, "%s %s", call, path + strlen(page->root));
    return 1;
}

static int by_path(const char *call, const char *path, int class) {
    return page && page->armed && !page->half && due(call, path, class);
}

static int by_handle(const char *call, int handle, int class) {
    char buffer[PATH_MAX];
    return page && page->armed && !page->half && due(call, path_of(handle, buffer), class);
}

/* 0: as asked; 1: fail; 2: write half of it. */
static int for_write(const char *call, int handle, size_t length) {
    char buffer[PATH_MAX];
    if (!page || !page->armed) return 0;
    const char *path = path_of(handle, buffer);
    if (page->cut && under(path)) { page->cut = 0; return 1; }
    if (page->half && length < 2) return 0;
    if (!due(call, path, SPACE | READ)) return 0;
    if (!page->half) return 1;
    page->cut = page->error;    /* with an error: the write after a short one finds no room */
    return 2;
}

#define FAIL_PATH(call, path, class) if (by_path(call, path, class)) { errno = page->error; return -1; }
#define FAIL_HANDLE(call, handle, class) if (by_handle(call, handle, class)) { errno = page->error; return -1; }

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                \
        REAL(name); va_list more; va_start(more, flags);                        \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                           \
        FAIL_PATH("open", path, flags & O_CREAT ? SPACE | NAME : NAME)          \
        return real(path, flags, mode);                                         \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                            \
    int name(int folder, const char *path, int flags, ...) {                    \
        REAL(name); va_list more; va_start(more, flags);                        \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                           \
        FAIL_PATH("openat", path, flags & O_CREAT ? SPACE | NAME : NAME)        \
        return real(folder, path, flags, mode);                                 \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int handle, const void *data, size_t length) {
    REAL(write);
    int what = for_write("write", handle, length);
    if (what == 1) { errno = page->error; return -1; }
    return real(handle, data, what == 2 ? length / 2 : length);
}

#define PWRITE(name)                                                            \
    ssize_t name(int handle, const void *data, size_t length, off_t at) {       \
        REAL(name);                                                             \
        int what = for_write("pwrite", handle, length);                         \
        if (what == 1) { errno = page->error; return -1; }                      \
        return real(handle, data, what == 2 ? length / 2 : length, at);         \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define ON_HANDLE(name, class, parameters, arguments)                           \
    int name parameters { REAL(name); FAIL_HANDLE(#name, handle, class) return real arguments; }
ON_HANDLE(fsync, SPACE | READ, (int handle), (handle))
ON_HANDLE(fdatasync, SPACE | READ, (int handle), (handle))
ON_HANDLE(ftruncate, SPACE | READ, (int handle, off_t length), (handle, length))
ON_HANDLE(ftruncate64, SPACE | READ, (int handle, off_t length), (handle, length))
ON_HANDLE(fallocate, SPACE | READ, (int handle, int mode, off_t at, off_t length), (handle, mode, at, length))

#define ON_PATH(name, class, parameters, arguments)                             \
    int name parameters { REAL(name); FAIL_PATH(#name, path, class) return real arguments; }
ON_PATH(unlink, NAME, (const char *path), (path))
ON_PATH(unlinkat, NAME, (int folder, const char *path, int flags), (folder, path, flags))
ON_PATH(rmdir, NAME, (const char *path), (path))
ON_PATH(mkdir, SPACE | NAME, (const char *path, mode_t mode), (path, mode))
ON_PATH(chmod, NAME, (const char *path, mode_t mode), (path, mode))
ON_PATH(rename, SPACE | NAME, (const char *path, const char *to), (path, to))
ON_PATH(link, SPACE | NAME, (const char *path, const char *to), (path, to))
ON_PATH(access, NAME, (const char *path, int mode), (path, mode))

#define READS(name, parameters, arguments)                                      \
    ssize_t name parameters { REAL(name); FAIL_HANDLE(#name, handle, READ) return real arguments; }
READS(read, (int handle, void *data, size_t length), (handle, data, length))
READS(pread, (int handle, void *data, size_t length, off_t at), (handle, data, length, at))
READS(pread64, (int handle, void *data, size_t length, off_t at), (handle, data, length, at))
READS(sendfile, (int handle, int from, off_t *at, size_t length), (handle, from, at, length))

#define STATS(name, kind)                                                       \
    int name(const char *path, struct kind *into) {                             \
        REAL(name); FAIL_PATH(#name, path, NAME) return real(path, into);       \
    }
STATS(stat, stat)
STATS(stat64, stat64)
STATS(lstat, stat)
STATS(lstat64, stat64)

#define MAPS(name)                                                              \
    void *name(void *at, size_t length, int protection, int flags, int handle, off_t from) { \
        REAL(name);                                                             \
        if (handle >= 0 && by_handle("mmap", handle, READ)) { errno = page->error; return MAP_FAILED; } \
        return real(at, length, protection, flags, handle, from);               \
    }
MAPS(mmap)
MAPS(mmap64)
