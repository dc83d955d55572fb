/* all.c - the modules that the adapter knows. */
#include "../adapter.h"

extern const module deque_module;

const module *const modules[] = {&deque_module, NULL};
