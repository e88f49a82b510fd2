// SPDX-License-Identifier: PostgreSQL
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace bedrock_cost::invocations {

// Numbers of keys seen recently. A key that has been replaced gets another number when it is seen again.
struct RecentNumbers {
    using Key = std::array<unsigned char, 16>;
    struct Place {
        Key key;
        std::uint32_t number;
    };
    static constexpr std::size_t places = std::size_t{1} << 15U;
    // Zeroed memory costs nothing where nothing is met. Null: out of memory.
    Place *kept = static_cast<Place *>(std::calloc(places, sizeof(Place)));
    std::uint32_t last = 0;

    RecentNumbers() = default;
    RecentNumbers(const RecentNumbers &) = delete;
    RecentNumbers &operator=(const RecentNumbers &) = delete;
    ~RecentNumbers() { std::free(static_cast<void *>(kept)); }

    std::uint32_t number_of(const Key &key, bool &repeated) noexcept
    {
        std::size_t at = 0;
        std::memcpy(&at, key.data(), sizeof at);
        Place &place = kept[at % places];
        repeated = place.number != 0 && place.key == key;
        if (!repeated) place = {key, ++last};
        return place.number;
    }
};

}  // namespace bedrock_cost::invocations
