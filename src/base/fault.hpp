// SPDX-License-Identifier: PostgreSQL
// Errors as values: the one place where an exception ends, and the texts of a Fault cut to fit.
#pragma once

#include <bedrock_cost/base.hpp>
#include <exception>
#include <new>

namespace bedrock_cost {

// The first bytes of a text, at most so many, never ending inside a UTF-8 sequence.
Text cut_text(Text text, std::size_t most) noexcept;

// A fault of a kind with its two texts, each cut to fit.
Fault make_fault(FaultKind kind, Text message, Text detail) noexcept;

// Runs a function that builds a fault; what it throws becomes the fault instead.
template <class Build>
Fault guarded(Build &&build) noexcept
{
    try {
        return build();
    } catch (const std::bad_alloc &) {
        return make_fault(FaultKind::out_of_memory, "out of memory", {});
    } catch (const std::exception &error) {
        return make_fault(FaultKind::internal, error.what(), {});
    } catch (...) {
        return make_fault(FaultKind::internal, "unknown error", {});
    }
}

}  // namespace bedrock_cost
