// SPDX-License-Identifier: PostgreSQL
// Faults: what is thrown becomes a value, and every text fits its room.
#include "base/fault.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace bedrock_cost::test {
namespace {

TEST(Fault, IsReturnedAsBuilt)
{
    const Fault fault = guarded([] { return make_fault(FaultKind::invalid_text, "what", "why"); });
    EXPECT_EQ(fault.kind, FaultKind::invalid_text);
    EXPECT_STREQ(fault.message.data(), "what");
    EXPECT_STREQ(fault.detail.data(), "why");
}

TEST(Fault, WhatIsThrownEndsHere)
{
    const Fault memory = guarded([]() -> Fault { throw std::bad_alloc(); });
    EXPECT_EQ(memory.kind, FaultKind::out_of_memory);
    EXPECT_STREQ(memory.message.data(), "out of memory");

    const Fault error = guarded([]() -> Fault { throw std::runtime_error("broken"); });
    EXPECT_EQ(error.kind, FaultKind::internal);
    EXPECT_STREQ(error.message.data(), "broken");

    const Fault number = guarded([]() -> Fault { throw 42; });
    EXPECT_EQ(number.kind, FaultKind::internal);
    EXPECT_STREQ(number.message.data(), "unknown error");
    EXPECT_STREQ(number.detail.data(), "");
}

TEST(Fault, TextsAreCutToFit)
{
    const Fault fault = make_fault(FaultKind::internal, std::string(1000, 'm'), std::string(254, 'd') + "\xe2\x82\xac");
    EXPECT_EQ(std::string(fault.message.data()), std::string(255, 'm'));
    EXPECT_EQ(std::string(fault.detail.data()), std::string(254, 'd'));
}

TEST(CutText, NeverEndsInsideASequence)
{
    const std::string euros = "\xe2\x82\xac\xe2\x82\xac";
    for (std::size_t most = 0; most <= 8; ++most)
        EXPECT_EQ(cut_text(euros, most).size(), most >= 6 ? 6U : most / 3 * 3) << most;
    EXPECT_EQ(cut_text("abc", 2), "ab");
    EXPECT_EQ(cut_text("abc", 3), "abc");
    EXPECT_EQ(cut_text(std::string(9, '\x80'), 5).size(), 5U);
    EXPECT_EQ(cut_text("", 0), "");
}

}  // namespace
}  // namespace bedrock_cost::test
