/* text_glib.c - GString. */
#include "text.h"

#include <glib.h>

static void *glib_append(const text_pieces *pieces)
{
    GString *s = g_string_new(NULL);

    for (size_t k = 0; k < pieces->n; k++) {
        uint32_t at = pieces->at[k];
        g_string_append_len(s, pieces->text + at, (gssize)(pieces->at[k + 1] - at));
    }
    return s;
}

static void *glib_append_chars(const char *text, size_t n)
{
    GString *s = g_string_new(NULL);

    for (size_t k = 0; k < n; k++) g_string_append_c(s, text[k]);
    return s;
}

static const char *glib_data(void *buffer, size_t *len)
{
    *len = ((GString *)buffer)->len;
    return ((GString *)buffer)->str;
}

static void glib_free(void *buffer) { g_string_free((GString *)buffer, TRUE); }

const text_peer text_glib = {
    .name = "GString",
    .append = glib_append,
    .append_chars = glib_append_chars,
    .data = glib_data,
    .free = glib_free,
};
