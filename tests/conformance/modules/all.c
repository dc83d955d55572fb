/* all.c - the modules that the adapter knows. */
#include "../adapter.h"

#define MODULES(X)                                                                     \
    X(base64)                                                                          \
    X(binascii)                                                                        \
    X(bisect)                                                                          \
    X(chainmap)                                                                        \
    X(counter)                                                                         \
    X(defaultdict)                                                                     \
    X(deque)                                                                           \
    X(dict)                                                                            \
    X(functools)                                                                       \
    X(gzip)                                                                            \
    X(hashlib)                                                                         \
    X(heapq)                                                                           \
    X(hmac)                                                                            \
    X(itertools_combinatoric)                                                          \
    X(itertools_infinite)                                                              \
    X(itertools_recipes)                                                               \
    X(itertools_terminating)                                                           \
    X(json)                                                                            \
    X(list)                                                                            \
    X(ordereddict)                                                                     \
    X(pickle)                                                                          \
    X(pickletools)                                                                     \
    X(set)                                                                             \
    X(struct)                                                                          \
    X(value)                                                                           \
    X(zlib)

#define DECLARED(name) extern const module name##_module;
MODULES(DECLARED)

#define LISTED(name) &name##_module,
const module *const modules[] = {MODULES(LISTED) NULL};
