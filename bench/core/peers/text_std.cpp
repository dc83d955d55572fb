// text_std.cpp - std::string.
#include "text.h"

#include <string>

static std::string &of(void *buffer) { return *static_cast<std::string *>(buffer); }

static void *std_append(const text_pieces *pieces)
{
    auto *s = new std::string;

    for (size_t k = 0; k < pieces->n; k++) {
        uint32_t at = pieces->at[k];
        s->append(pieces->text + at, pieces->at[k + 1] - at);
    }
    return s;
}

static void *std_append_chars(const char *text, size_t n)
{
    auto *s = new std::string;

    for (size_t k = 0; k < n; k++) s->push_back(text[k]);
    return s;
}

static const char *std_data(void *buffer, size_t *len)
{
    *len = of(buffer).size();
    return of(buffer).data();
}

static void std_free(void *buffer) { delete &of(buffer); }

extern const text_peer text_std;
const text_peer text_std = {"std::string",    nullptr,  std_append,
                            std_append_chars, std_data, std_free};
