/* text_hand.c - a block that doubles, with all of it inlined into the loop. */
#include "text.h"

#include <stdlib.h>
#include <string.h>

typedef struct hand {
    char *data;
    size_t len, room;
} hand;

static hand *fresh(void)
{
    hand *h = (hand *)calloc(1, sizeof *h);

    if (!h) abort();
    return h;
}

static void hand_room(hand *h, size_t n)
{
    while (h->room < h->len + n) h->room = h->room ? 2 * h->room : 16;
    h->data = (char *)realloc(h->data, h->room);
    if (!h->data) abort();
}

static void *hand_append(const text_pieces *pieces)
{
    hand *h = fresh();

    for (size_t k = 0; k < pieces->n; k++) {
        uint32_t at = pieces->at[k], n = pieces->at[k + 1] - at;
        if (h->room - h->len < n) hand_room(h, n);
        memcpy(h->data + h->len, pieces->text + at, n);
        h->len += n;
    }
    return h;
}

static void *hand_append_chars(const char *text, size_t n)
{
    hand *h = fresh();

    for (size_t k = 0; k < n; k++) {
        if (h->len == h->room) hand_room(h, 1);
        h->data[h->len++] = text[k];
    }
    return h;
}

static const char *hand_data(void *buffer, size_t *len)
{
    *len = ((hand *)buffer)->len;
    return ((hand *)buffer)->data;
}

static void hand_free(void *buffer)
{
    free(((hand *)buffer)->data);
    free(buffer);
}

const text_peer text_hand = {
    .name = "hand loop",
    .append = hand_append,
    .append_chars = hand_append_chars,
    .data = hand_data,
    .free = hand_free,
};
