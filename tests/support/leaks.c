/* leaks.c - what valgrind must report: a block that is lost. For tests/valgrind.py. */
#include <pila/core/mem.h>

int main(void)
{
    char *volatile lost = (char *)pila_alloc(10, 1);

    lost = NULL;
    return lost != NULL;
}
