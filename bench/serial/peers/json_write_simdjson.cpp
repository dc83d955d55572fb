// An element of its DOM by simdjson::minify, which makes a new string.
#include "json_write.h"

#include <simdjson.h>

#include <string>

struct simd_document {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::string out;
};

static void *simd_load(const char *text, size_t n)
{
    simd_document *d = new simd_document;

    if (d->parser.parse(text, n).get(d->root) == simdjson::SUCCESS) return d;
    delete d;
    return nullptr;
}

static const char *simd_write(void *document, size_t *n)
{
    simd_document *d = static_cast<simd_document *>(document);

    d->out = simdjson::minify(d->root);
    *n = d->out.size();
    return d->out.data();
}

static void simd_free(void *document) { delete static_cast<simd_document *>(document); }

const json_write_peer json_write_simdjson = {"simdjson", nullptr, simd_load, simd_write,
                                             simd_free};
