// RapidJSON's Document: by its default flags, which round some doubles wrongly and do
// not check UTF-8, and by those that do what the others do.
#include "json.h"

#include <rapidjson/document.h>

namespace
{

struct rapid_state {
    const char *text;
    size_t n;
};

constexpr unsigned full =
    rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;

uint64_t sum_of(const rapidjson::Value &v)
{
    uint64_t sum = 0;

    switch (v.GetType()) {
    case rapidjson::kNullType: return SUM_NULL;
    case rapidjson::kFalseType: return SUM_FALSE;
    case rapidjson::kTrueType: return SUM_TRUE;
    case rapidjson::kStringType: return sum_text(v.GetStringLength());
    case rapidjson::kArrayType:
        for (const auto &item : v.GetArray()) sum += sum_of(item);
        return SUM_LIST + sum;
    case rapidjson::kObjectType:
        for (const auto &member : v.GetObject())
            sum += sum_text(member.name.GetStringLength()) + sum_of(member.value);
        return SUM_DICT + sum;
    default: return sum_number(v.GetDouble());
    }
}

void *open(const char *text, size_t n) { return new rapid_state{text, n}; }

template <unsigned flags> int run(void *state)
{
    const rapid_state *s = static_cast<const rapid_state *>(state);
    rapidjson::Document d;

    d.Parse<flags>(s->text, s->n);
    return !d.HasParseError();
}

template <unsigned flags> uint64_t sum(void *state)
{
    const rapid_state *s = static_cast<const rapid_state *>(state);
    rapidjson::Document d;

    d.Parse<flags>(s->text, s->n);
    return d.HasParseError() ? 0 : sum_of(d);
}

void close(void *state) { delete static_cast<rapid_state *>(state); }

} // namespace

const json_peer json_rapidjson = {"RapidJSON",
                                  nullptr,
                                  open,
                                  run<rapidjson::kParseDefaultFlags>,
                                  sum<rapidjson::kParseDefaultFlags>,
                                  close};
const json_peer json_rapidjson_full = {"RapidJSON, full precision and UTF-8 checked",
                                       nullptr,
                                       open,
                                       run<full>,
                                       sum<full>,
                                       close};
