// SPDX-License-Identifier: PostgreSQL
// The tags of a row: a jsonb object, read pair by pair.
#pragma once

#include "pg.hpp"

extern "C" {
#include "utils/jsonb.h"
#include "utils/numeric.h"
}

namespace bedrock_cost::pg {

// The scalar as text, absent for null and for nested values, which are no tags.
inline Text tag_value(const JsonbValue &value)
{
    switch (value.type) {
        case jbvString:
            return {value.val.string.val, static_cast<std::size_t>(value.val.string.len)};
        case jbvBool:
            return value.val.boolean ? "true" : "false";
        case jbvNumeric:
            return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(value.val.numeric)));
        default:
            return {};
    }
}

// Calls visit(key, value) for every tag until it returns true. Anything but an object has no tags.
template <class Visit>
bool any_tag(Jsonb *tags, Visit visit)
{
    if (!JB_ROOT_IS_OBJECT(tags)) return false;
    JsonbIterator *iterator = JsonbIteratorInit(&tags->root);
    JsonbValue token;
    Text key;
    JsonbIteratorToken kind = JsonbIteratorNext(&iterator, &token, true);
    while ((kind = JsonbIteratorNext(&iterator, &token, true)) != WJB_DONE) {
        if (kind == WJB_KEY) key = {token.val.string.val, static_cast<std::size_t>(token.val.string.len)};
        if (kind == WJB_VALUE && visit(key, tag_value(token))) return true;
    }
    return false;
}

}  // namespace bedrock_cost::pg
