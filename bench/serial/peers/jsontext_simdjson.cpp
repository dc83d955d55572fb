/* jsontext_simdjson.cpp - see jsontext.h. */
#include "jsontext.h"

#include <simdjson.h>

static size_t minify(const char *text, size_t n, char *out)
{
    size_t made = 0;

    return simdjson::minify(text, n, out, made) == simdjson::SUCCESS ? made : 0;
}

const jsontext_peer jsontext_simdjson = {"simdjson, unchecked", nullptr, minify};
