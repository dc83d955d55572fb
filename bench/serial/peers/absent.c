/* absent.c - stands in for the peers that were not found when configuring: a name, and
 * the reason why it does not take part. */
#include "json.h"
#include "json_write.h"
#include "jsontext.h"

#ifndef HAVE_SIMDJSON
#define SIMDJSON .name = "simdjson", .skipped = "simdjson not found"
const json_peer json_simdjson = {SIMDJSON};
const json_write_peer json_write_simdjson = {SIMDJSON};
const jsontext_peer jsontext_simdjson = {SIMDJSON};
#endif

#ifndef HAVE_RAPIDJSON
#define RAPIDJSON .name = "RapidJSON", .skipped = "RapidJSON not found"
const json_peer json_rapidjson = {RAPIDJSON};
const json_peer json_rapidjson_full = {RAPIDJSON};
const json_write_peer json_write_rapidjson = {RAPIDJSON};
#endif

#ifndef HAVE_CJSON
const json_peer json_cjson = {.name = "cJSON", .skipped = "cJSON not found"};
#endif

#ifndef HAVE_JSONC
const json_peer json_jsonc = {.name = "json-c", .skipped = "json-c not found"};
#endif

#ifndef HAVE_JANSSON
const json_peer json_jansson = {.name = "jansson", .skipped = "jansson not found"};
#endif
