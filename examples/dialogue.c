/* dialogue.c - two sides that talk: a generator guesses, its consumer answers.
 *
 * The guesser yields a guess and is sent whether the number is lower or higher; its
 * loop keeps its place between the two. When it knows, it returns how often it asked.
 * The number, from 1 to 1000, is read from standard input.
 */
#include <pila/itertools/generator.h>

#include <stdio.h>

typedef enum answer { LOWER = -1, RIGHT, HIGHER } answer;

static pila_status guesser(pila_generator *g, void *ctx)
{
    int low = 1, high = *(int *)ctx, asked = 0;

    for (;;) {
        int guess = low + (high - low) / 2;
        pila_status st = pila_yield(g, &guess);
        if (st != PILA_OK) return st; /* nobody wants to play any longer */
        const answer *a = (const answer *)pila_sent(g);
        asked++;
        if (!a || low > high) return PILA_EVALUE; /* no answer, or not an honest one */
        if (*a == RIGHT) return pila_return(g, &asked);
        if (*a == LOWER) high = guess - 1;
        else low = guess + 1;
    }
}

int main(void)
{
    pila_generator_options options = {0};
    int most = 1000, number;
    const void *item = NULL;

    if (scanf("%d", &number) != 1) return 2;
    options.returns = &pila_i32;
    pila_iter guesses = pila_generate_with(guesser, &most, &pila_i32, &options);
    pila_status st = pila_generator_send(&guesses, NULL, &item); /* the first guess */
    while (st == PILA_OK) {
        int guess = *(const int *)item;
        answer a = number < guess ? LOWER : number > guess ? HIGHER : RIGHT;
        printf("is it %d? - %s\n", guess,
               a == LOWER   ? "lower"
               : a == RIGHT ? "yes"
                            : "higher");
        st = pila_generator_send(&guesses, &a, &item);
    }
    const int *asked = (const int *)pila_generator_value(&guesses);
    if (asked) printf("%d guesses\n", *asked);
    else fprintf(stderr, "dialogue: %s\n", pila_status_text(st));
    pila_iter_drop(&guesses);
    return st == PILA_END ? 0 : 2;
}
