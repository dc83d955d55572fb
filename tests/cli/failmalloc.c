/* failmalloc.c - for tests: memory that runs out, and system calls that do little.
 *
 * Loaded before the C library (LD_PRELOAD), told by the environment:
 *
 *   FAIL_AT=n        the n-th allocation from the start of main's program on fails
 *   FAIL_FOREVER=1   and all after it
 *   SHORT_READS=k    read gives at most k bytes a call
 *   SHORT_WRITES=k   write takes at most k bytes a call
 *
 * It calls the C library's own functions by their second names, so nothing is looked up
 * and nothing allocated here.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t bytes);
extern ssize_t __read(int fd, void *into, size_t n);
extern ssize_t __write(int fd, const void *from, size_t n);

static long fail_at, allocations;
static int forever;
static size_t most_read, most_written;

static long number(const char *name)
{
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void start(void)
{
    most_read = (size_t)number("SHORT_READS");
    most_written = (size_t)number("SHORT_WRITES");
    forever = number("FAIL_FOREVER") != 0;
    fail_at = number("FAIL_AT");
}

static int fails(void)
{
    if (!fail_at) return 0;
    allocations++;
    if (allocations != fail_at && !(forever && allocations > fail_at)) return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t bytes) { return fails() ? NULL : __libc_malloc(bytes); }

void *calloc(size_t n, size_t size) { return fails() ? NULL : __libc_calloc(n, size); }

void *realloc(void *p, size_t bytes)
{
    return fails() ? NULL : __libc_realloc(p, bytes);
}

ssize_t read(int fd, void *into, size_t n)
{
    return __read(fd, into, most_read && n > most_read ? most_read : n);
}

ssize_t write(int fd, const void *from, size_t n)
{
    return __write(fd, from, most_written && n > most_written ? most_written : n);
}
