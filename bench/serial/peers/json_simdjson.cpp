// simdjson's DOM parser: one parser for all runs, its input padded.
#include "json.h"

#include <simdjson.h>

namespace
{

using namespace simdjson;

struct simd_state {
    dom::parser parser;
    padded_string text;
};

uint64_t sum_of(dom::element e)
{
    uint64_t sum = 0;

    switch (e.type()) {
    case dom::element_type::NULL_VALUE: return SUM_NULL;
    case dom::element_type::BOOL: return bool(e) ? SUM_TRUE : SUM_FALSE;
    case dom::element_type::STRING: return sum_text(std::string_view(e).size());
    case dom::element_type::ARRAY:
        for (dom::element item : dom::array(e)) sum += sum_of(item);
        return SUM_LIST + sum;
    case dom::element_type::OBJECT:
        for (auto field : dom::object(e))
            sum += sum_text(field.key.size()) + sum_of(field.value);
        return SUM_DICT + sum;
    default: return sum_number(double(e));
    }
}

void *open(const char *text, size_t n)
{
    return new simd_state{dom::parser(), padded_string(text, n)};
}

int run(void *state)
{
    simd_state *s = static_cast<simd_state *>(state);

    return s->parser.parse(s->text).error() == SUCCESS;
}

uint64_t sum(void *state)
{
    simd_state *s = static_cast<simd_state *>(state);
    dom::element root;

    return s->parser.parse(s->text).get(root) == SUCCESS ? sum_of(root) : 0;
}

void close(void *state) { delete static_cast<simd_state *>(state); }

} // namespace

const json_peer json_simdjson = {"simdjson", nullptr, open, run, sum, close};
