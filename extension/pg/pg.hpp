// SPDX-License-Identifier: PostgreSQL
// PostgreSQL for C++: its headers, and the few adapters between Datums and the wall's plain values.
//
// The flow of every function: gather (view the argument's bytes), compute (one call through the wall; every C++ object
// of the core lives and dies inside), answer (allocate the result, or raise). Nothing here has a destructor.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include <bedrock_cost/base.hpp>
#include <bedrock_cost/vocabulary.hpp>

extern "C" {
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
}

namespace bedrock_cost::pg {

// The bytes of a text argument where they lie; only a compressed or toasted value is copied.
inline Text text_argument(FunctionCallInfo fcinfo, int n)
{
    const text *value = PG_GETARG_TEXT_PP(n);
    return {VARDATA_ANY(value), static_cast<std::size_t>(VARSIZE_ANY_EXHDR(value))};
}

inline Text nullable_text_argument(FunctionCallInfo fcinfo, int n)
{
    return PG_ARGISNULL(n) ? Text{} : text_argument(fcinfo, n);
}

// A value on its way to SQL.
struct Answer {
    Datum value = 0;
    bool null = true;
};

inline Answer answer(bool value)
{
    return {BoolGetDatum(value), false};
}

inline Answer answer(std::optional<bool> value)
{
    return value ? answer(*value) : Answer{};
}

inline Answer answer(Text value)
{
    if (value.data() == nullptr) return {};
    return {PointerGetDatum(cstring_to_text_with_len(value.data(), static_cast<int>(value.size()))), false};
}

inline Answer answer(const Pieces &pieces)
{
    if (pieces.count == 0) return {};
    std::size_t length = 0;
    for (std::size_t i = 0; i < pieces.count; ++i) length += pieces.slices[i].size();
    auto *result = static_cast<text *>(palloc(length + VARHDRSZ));
    SET_VARSIZE(result, length + VARHDRSZ);
    char *at = VARDATA(result);
    for (std::size_t i = 0; i < pieces.count; ++i) {
        // An empty slice may have no address, which memcpy does not allow.
        if (pieces.slices[i].empty()) continue;
        memcpy(at, pieces.slices[i].data(), pieces.slices[i].size());
        at += pieces.slices[i].size();
    }
    return {PointerGetDatum(result), false};
}

// A word of a closed vocabulary as a text that lies in the module: answering with it allocates nothing.
struct alignas(4) ConstantText {
    std::array<char, 44> bytes{};
};

constexpr ConstantText constant_text(std::string_view word)
{
    ConstantText text;
    const auto size = static_cast<uint32>(word.size() + VARHDRSZ);
#ifdef WORDS_BIGENDIAN
    const uint32 header = size & 0x3FFFFFFF;
    for (int i = 0; i < 4; ++i) text.bytes[i] = static_cast<char>(header >> (24 - 8 * i));
#else
    const uint32 header = size << 2;
    for (int i = 0; i < 4; ++i) text.bytes[i] = static_cast<char>(header >> (8 * i));
#endif
    for (std::size_t i = 0; i < word.size(); ++i) text.bytes[VARHDRSZ + i] = word[i];
    return text;
}

template <class Word>
inline constexpr auto constant_texts = [] {
    constexpr auto &words = Vocabulary<Word>::words;
    std::array<ConstantText, words.size()> texts{};
    for (std::size_t i = 0; i < words.size(); ++i) texts[i] = constant_text(words[i]);
    return texts;
}();

template <class Word>
    requires std::is_enum_v<Word>
Answer answer(Word value)
{
    if (word(value).empty()) return {};
    return {PointerGetDatum(&constant_texts<Word>[static_cast<std::size_t>(value)]), false};
}

inline Datum give(FunctionCallInfo fcinfo, Answer result)
{
    fcinfo->isnull = result.null;
    return result.value;
}

// A row of answers in the function's own row type, which is looked up once per call site.
template <std::size_t N>
Datum give_row(FunctionCallInfo fcinfo, const std::array<Answer, N> &answers)
{
    auto *row_type = static_cast<TupleDesc>(fcinfo->flinfo->fn_extra);
    if (row_type == nullptr) {
        MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
        TupleDesc found = nullptr;
        if (get_call_result_type(fcinfo, nullptr, &found) != TYPEFUNC_COMPOSITE || found->natts != N)
            elog(ERROR, "the row type of this function is not the module's");
        row_type = BlessTupleDesc(found);
        fcinfo->flinfo->fn_extra = row_type;
        MemoryContextSwitchTo(caller);
    }
    std::array<Datum, N> values;
    std::array<bool, N> nulls;
    for (std::size_t i = 0; i < N; ++i) {
        values[i] = answers[i].value;
        nulls[i] = answers[i].null;
    }
    return HeapTupleGetDatum(heap_form_tuple(row_type, values.data(), nulls.data()));
}

// Raises a fault. The only place of the binding that raises what the core found.
[[noreturn]] inline void raise(const Fault &fault)
{
    int code = ERRCODE_INTERNAL_ERROR;
    if (fault.kind == FaultKind::invalid_text) code = ERRCODE_INVALID_TEXT_REPRESENTATION;
    if (fault.kind == FaultKind::out_of_memory) code = ERRCODE_OUT_OF_MEMORY;
    ereport(ERROR, (errcode(code), errmsg("%s", fault.message.data()),
                    fault.detail[0] == '\0' ? 0 : errdetail("%s", fault.detail.data())));
    pg_unreachable();
}

// Memory of the core comes from malloc: that it has run out is a result of its functions.
[[noreturn]] inline void raise_out_of_memory(const char *message)
{
    ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("%s", message)));
    pg_unreachable();
}

}  // namespace bedrock_cost::pg

// Opens a function that SQL can call; its body follows.
#define SQL_FUNCTION(name)     \
    extern "C" {               \
    PG_FUNCTION_INFO_V1(name); \
    }                          \
    extern "C" Datum name(PG_FUNCTION_ARGS)
