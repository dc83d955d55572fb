// A Document by Writer, into a buffer that is used again.
#include "json_write.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

struct rapid_document {
    rapidjson::Document root;
    rapidjson::StringBuffer out;
};

static void *rapid_load(const char *text, size_t n)
{
    rapid_document *d = new rapid_document;

    d->root.Parse<rapidjson::kParseFullPrecisionFlag>(text, n);
    if (!d->root.HasParseError()) return d;
    delete d;
    return nullptr;
}

static const char *rapid_write(void *document, size_t *n)
{
    rapid_document *d = static_cast<rapid_document *>(document);

    d->out.Clear();
    rapidjson::Writer<rapidjson::StringBuffer> writer(d->out);
    d->root.Accept(writer);
    *n = d->out.GetSize();
    return d->out.GetString();
}

static void rapid_free(void *document)
{
    delete static_cast<rapid_document *>(document);
}

const json_write_peer json_write_rapidjson = {"RapidJSON", nullptr, rapid_load,
                                              rapid_write, rapid_free};
