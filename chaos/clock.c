/* A wall clock that jumps: laid under a process by LD_PRELOAD, moved for all of them by eight bytes in one file.
 *
 * Only the wall clock is moved, as when somebody sets it or the time service corrects it. What measures spans goes on
 * evenly, and so does every sleep: that is how a machine behaves whose clock is set.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset;
static int (*asked)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("KOMEK_CHAOS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) offset = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *told) {
    if (!asked) asked = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = asked ? asked(clock, told) : (int)syscall(SYS_clock_gettime, clock, told);
    if (!failed && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) told->tv_sec += *offset;
    return failed;
}

int gettimeofday(struct timeval *told, void *zone) {
    (void)zone;
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now)) return -1;
    if (told) {
        told->tv_sec = now.tv_sec;
        told->tv_usec = now.tv_nsec / 1000;
    }
    return 0;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *told, int base) {
    return base == TIME_UTC && !clock_gettime(CLOCK_REALTIME, told) ? base : 0;
}
