// SPDX-License-Identifier: PostgreSQL
// bedrock_tag: one tag of a row, whichever source carries it; merge_tags: the tags of a row that are in
// several maps; read_labels: the labels of a row by its tags; fold_name: the name of a tag for comparison.
#include "row_functions/tag.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "regex/regex.h"
#include "utils/array.h"
#include "utils/fmgrprotos.h"
}

using namespace bedrock_cost;

namespace {

struct Pair {
    JsonbValue key;
    JsonbValue value;
};

Text key_text(const JsonbValue &key)
{
    return {key.val.string.val, static_cast<std::size_t>(key.val.string.len)};
}

bool says_nothing(const JsonbValue &value)
{
    return value.type == jbvNull || (value.type == jbvString && value.val.string.len == 0);
}

bool same_value(const JsonbValue &one, const JsonbValue &other)
{
    if (one.type != other.type) return false;
    switch (one.type) {
        case jbvNull:
            return true;
        case jbvString:
            return key_text(one) == key_text(other);
        case jbvBool:
            return one.val.boolean == other.val.boolean;
        case jbvNumeric:
            return DatumGetBool(
                DirectFunctionCall2(numeric_eq, NumericGetDatum(one.val.numeric), NumericGetDatum(other.val.numeric)));
        case jbvBinary:
            return compareJsonbContainers(one.val.binary.data, other.val.binary.data) == 0;
        default:
            return false;
    }
}

struct Words {
    Datum *values;
    int count;

    Text operator[](int i) const
    {
        const auto *value = DatumGetTextPP(values[i]);
        return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
    }
};

Words words_argument(FunctionCallInfo fcinfo, int n)
{
    Words words{};
    if (!PG_ARGISNULL(n))
        deconstruct_array(PG_GETARG_ARRAYTYPE_P(n), TEXTOID, -1, false, TYPALIGN_INT, &words.values, nullptr,
                          &words.count);
    return words;
}

Text without_blanks(Text text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

// As ~* has it: a pattern is compiled once and kept by PostgreSQL.
bool matches(Text pattern, Text value)
{
    return RE_compile_and_execute(cstring_to_text_with_len(pattern.data(), static_cast<int>(pattern.size())),
                                  const_cast<char *>(value.data()), static_cast<int>(value.size()),
                                  REG_ADVANCED | REG_ICASE, DEFAULT_COLLATION_OID, 0, nullptr);
}

JsonbValue string_value(Text text)
{
    JsonbValue value;
    value.type = jbvString;
    value.val.string.val = const_cast<char *>(text.data());
    value.val.string.len = static_cast<int>(text.size());
    return value;
}

}  // namespace

// A tag that an earlier map has, under the same key or with the same value under another spelling of it, is not
// repeated.
SQL_FUNCTION(bedrock_merge_tags)
{
    Datum *maps = nullptr;
    bool *nulls = nullptr;
    int count = 0;
    if (!PG_ARGISNULL(0))
        deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), JSONBOID, -1, false, TYPALIGN_INT, &maps, &nulls, &count);

    std::size_t room = 0;
    for (int i = 0; i < count; ++i)
        if (!nulls[i] && JB_ROOT_IS_OBJECT(DatumGetJsonbP(maps[i]))) room += JB_ROOT_COUNT(DatumGetJsonbP(maps[i]));
    auto *merged = static_cast<Pair *>(palloc(room * sizeof(Pair) + 1));
    std::size_t size = 0;
    for (int i = 0; i < count; ++i) {
        Jsonb *map = nulls[i] ? nullptr : DatumGetJsonbP(maps[i]);
        if (map == nullptr || !JB_ROOT_IS_OBJECT(map)) continue;
        const std::size_t before = size;
        JsonbIterator *at = JsonbIteratorInit(&map->root);
        Pair pair;
        for (;;) {
            const JsonbIteratorToken token = JsonbIteratorNext(&at, &pair.key, true);
            if (token == WJB_DONE) break;
            if (token != WJB_KEY) continue;
            JsonbIteratorNext(&at, &pair.value, true);
            if (says_nothing(pair.value)) continue;
            // Each key is compared with all of the maps before.
            CHECK_FOR_INTERRUPTS();
            const Text key = key_text(pair.key);
            bool there = false;
            for (std::size_t n = 0; n < before && !there; ++n)
                there = key_text(merged[n].key) == key ||
                        (same_value(merged[n].value, pair.value) && same_tag(key_text(merged[n].key), key));
            if (!there) merged[size++] = pair;
        }
    }

    JsonbParseState *state = nullptr;
    pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
    for (std::size_t n = 0; n < size; ++n) {
        pushJsonbValue(&state, WJB_KEY, &merged[n].key);
        pushJsonbValue(&state, WJB_VALUE, &merged[n].value);
    }
    PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, nullptr)));
}

// The fold is never longer than the name: it is written where it is answered from.
SQL_FUNCTION(bedrock_fold_name)
{
    const Text name = pg::text_argument(fcinfo, 0);
    auto *folded = static_cast<text *>(palloc(name.size() + VARHDRSZ));
    SET_VARSIZE(folded, fold_name(name, VARDATA(folded)) + VARHDRSZ);
    PG_RETURN_TEXT_P(folded);
}

SQL_FUNCTION(bedrock_tag)
{
    TagSearch search = tag_search(pg::text_argument(fcinfo, 1));
    const pg::Tags tags(PG_GETARG_DATUM(0));
    tags.any([&](Text key, Text value) {
        offer(search, key, value);
        return false;
    });
    return pg::give(fcinfo, pg::answer(search.value));
}

// Rules come as label, tag key, ..., in the order they are tried; spellings as label, value, pattern, canonical value,
// ..., value or pattern empty.
SQL_FUNCTION(bedrock_read_labels)
{
    JsonbParseState *state = nullptr;
    pushJsonbValue(&state, WJB_BEGIN_OBJECT, nullptr);
    if (!PG_ARGISNULL(0)) {
        const pg::Tags tags(PG_GETARG_DATUM(0));
        const Words rules = words_argument(fcinfo, 1);
        const Words spellings = words_argument(fcinfo, 2);
        Text found;
        for (int i = 0; i + 1 < rules.count; i += 2) {
            const Text label = rules[i];
            if (label == found) continue;
            CHECK_FOR_INTERRUPTS();
            TagSearch search = tag_search(rules[i + 1]);
            tags.any([&](Text key, Text value) {
                offer(search, key, value);
                return false;
            });
            Text value = without_blanks(search.value);
            if (value.empty()) continue;
            found = label;
            for (int n = 0; n + 3 < spellings.count; n += 4) {
                if (spellings[n] != label) continue;
                const Text pattern = spellings[n + 2];
                if (pattern.empty() ? folds_to_same(spellings[n + 1], value) : matches(pattern, value)) {
                    if (!spellings[n + 3].empty()) value = spellings[n + 3];
                    break;
                }
            }
            JsonbValue name = string_value(label);
            JsonbValue label_value = string_value(value);
            pushJsonbValue(&state, WJB_KEY, &name);
            pushJsonbValue(&state, WJB_VALUE, &label_value);
        }
    }
    PG_RETURN_JSONB_P(JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_OBJECT, nullptr)));
}
