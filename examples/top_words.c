/* top_words.c - the ten most common words of standard input.
 *
 * From a file, through an iterator, into a Counter: the whole idea in one program.
 */
#include <pila/collections/counter.h>
#include <pila/itertools/records.h>

PILA_COUNTER(Words, pila_string)

int main(void)
{
    Words count = {0};
    pila_status st = Words_update(&count, pila_words(pila_from_file(stdin)));
    pila_iter top = Words_most_common(&count, 10);

    PILA_FOR(Words_item, e, &top) {
        pila_str word = pila_string_view(&e->key);
        printf("%8lld %.*s\n", (long long)e->value, (int)word.len, word.ptr);
    }
    if (st == PILA_OK) st = pila_iter_outcome(&top);
    if (st != PILA_OK) fprintf(stderr, "top_words: %s\n", pila_status_text(st));
    pila_iter_drop(&top);
    Words_done(&count);
    return st == PILA_OK ? 0 : 2;
}
