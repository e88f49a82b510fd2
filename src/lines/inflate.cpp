// SPDX-License-Identifier: PostgreSQL
// Streaming: a buffer of the file as it lies on the disk, hashed on the way, is unpacked into the room of the caller.
#include "lines/inflate.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/wide_hash.hpp"

#ifdef BEDROCK_ISAL
#include <isa-l/igzip_lib.h>
#endif

namespace bedrock_cost {

namespace {

constexpr std::size_t packed_room = std::size_t{256} << 10U;
constexpr unsigned char magic[] = {0x1f, 0x8b};

// What one step of unpacking came to.
enum class Step : std::uint8_t { more, member_end, corrupt, out_of_memory };

}  // namespace

struct Source {
    XXH3_state_t hash;
    int file;
    bool packed;
    bool file_ended;
    bool ended;
    // Between members: what follows is another one, or garbage.
    bool in_member;
    Inflater inflater;
    bool zlib_open;
    ReadFault fault;
    std::uint64_t bytes;
    // How many of them were reported to a reader.
    std::uint64_t counted;
    // Unread bytes of the buffer.
    unsigned char *at;
    std::size_t left;
    z_stream zlib;
#ifdef BEDROCK_ISAL
    inflate_state isal;
#endif
    unsigned char buffer[packed_room];

    void fail(ReadFaultKind kind, int error_number = 0) noexcept
    {
        fault.kind = kind;
        fault.error_number = error_number;
        ended = true;
    }

    // Reads from the file into a room and hashes what came. -1: failed.
    std::ptrdiff_t load(unsigned char *room, std::size_t most) noexcept
    {
        ssize_t got = 0;
        do got = ::read(file, room, most);
        while (got < 0 && errno == EINTR);
        if (got < 0) {
            fail(ReadFaultKind::read_error, errno);
            return -1;
        }
        if (got == 0) file_ended = true;
        const auto count = static_cast<std::size_t>(got);
        best_hashing().update(&hash, room, count);
        bytes += count;
        return got;
    }

    // Brings the unread bytes of the buffer to at least so many, if the file has them.
    bool want(std::size_t wanted) noexcept
    {
        if (left < wanted && at != buffer) {
            std::memmove(buffer, at, left);
            at = buffer;
        }
        while (left < wanted && !file_ended) {
            const std::ptrdiff_t got = load(buffer + left, packed_room - left);
            if (got < 0) return false;
            left += static_cast<std::size_t>(got);
        }
        return true;
    }

    bool begin_member() noexcept
    {
        in_member = true;
#ifdef BEDROCK_ISAL
        if (inflater == Inflater::isal) {
            isal_inflate_init(&isal);
            isal.crc_flag = ISAL_GZIP;
            return true;
        }
#endif
        // 15: the largest window, 16: gzip and nothing else.
        if (!zlib_open) zlib_open = inflateInit2(&zlib, 15 + 16) == Z_OK;
        return zlib_open && inflateReset(&zlib) == Z_OK;
    }

    // Unpacks into a room, as far as the buffer goes.
    Step unpack(char *&room, std::size_t &most) noexcept
    {
        // Both count in 32 bits.
        const auto out = static_cast<std::uint32_t>(std::min<std::size_t>(most, std::size_t{1} << 30U));
        auto *to = reinterpret_cast<unsigned char *>(room);
        std::size_t made = 0;
        Step step = Step::more;
#ifdef BEDROCK_ISAL
        if (inflater == Inflater::isal) {
            isal.next_in = at;
            isal.avail_in = static_cast<std::uint32_t>(left);
            isal.next_out = to;
            isal.avail_out = out;
            const int result = isal_inflate(&isal);
            at = isal.next_in;
            left = isal.avail_in;
            made = out - isal.avail_out;
            if (result < 0 || result == ISAL_NEED_DICT)
                step = Step::corrupt;
            else if (isal.block_state == ISAL_BLOCK_FINISH)
                step = Step::member_end;
        } else
#endif
        {
            zlib.next_in = at;
            zlib.avail_in = static_cast<unsigned>(left);
            zlib.next_out = to;
            zlib.avail_out = out;
            const int result = inflate(&zlib, Z_NO_FLUSH);
            at = zlib.next_in;
            left = zlib.avail_in;
            made = out - zlib.avail_out;
            if (result == Z_STREAM_END)
                step = Step::member_end;
            else if (result == Z_MEM_ERROR)
                step = Step::out_of_memory;
            else if (result != Z_OK && result != Z_BUF_ERROR)
                step = Step::corrupt;
        }
        room += made;
        most -= made;
        return step;
    }
};

std::uint64_t file_bytes(const char *path) noexcept
{
    struct stat is{};
    return ::stat(path, &is) == 0 && S_ISREG(is.st_mode) ? static_cast<std::uint64_t>(is.st_size) : 0;
}

Source *source_open(const char *path, Inflater inflater) noexcept
{
    // The state of XXH3 wants cache lines.
    constexpr std::size_t size = (sizeof(Source) + 63) / 64 * 64;
    auto *source = static_cast<Source *>(std::aligned_alloc(64, size));
    if (source == nullptr) return nullptr;
    std::memset(static_cast<void *>(source), 0, sizeof *source - sizeof source->buffer);
    source->fault = ReadFault{};
    XXH3_128bits_reset(&source->hash);
    source->inflater = inflater;
    source->at = source->buffer;
    // Not to wait for whoever writes into a pipe.
    source->file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat is{};
    if (source->file < 0)
        source->fail(ReadFaultKind::cannot_open, errno);
    else if (::fstat(source->file, &is) != 0)
        source->fail(ReadFaultKind::read_error, errno);
    else if (S_ISDIR(is.st_mode))
        source->fail(ReadFaultKind::is_directory);
    else if (!S_ISREG(is.st_mode))
        source->fail(ReadFaultKind::not_a_file);
    if (source->ended) return source;

    if (!source->want(sizeof magic)) return source;
    source->packed = source->left >= sizeof magic && std::equal(std::begin(magic), std::end(magic), source->at);
    if (source->packed && !source->begin_member()) source->fail(ReadFaultKind::out_of_memory);
    return source;
}

void source_close(Source *source) noexcept
{
    if (source == nullptr) return;
    if (source->file >= 0) ::close(source->file);
    if (source->zlib_open) inflateEnd(&source->zlib);
    std::free(source);
}

static std::size_t read_on(Source &from, char *room, std::size_t bytes) noexcept
{
    const char *const begin = room;
    if (!from.packed) {
        const std::size_t kept = std::min(from.left, bytes);
        std::memcpy(room, from.at, kept);
        from.at += kept;
        from.left -= kept;
        room += kept;
        bytes -= kept;
        while (bytes > 0 && !from.ended && !from.file_ended) {
            const std::ptrdiff_t got = from.load(reinterpret_cast<unsigned char *>(room), bytes);
            if (got < 0) break;
            room += got;
            bytes -= static_cast<std::size_t>(got);
        }
        return static_cast<std::size_t>(room - begin);
    }

    while (bytes > 0 && !from.ended) {
        if (!from.in_member) {
            if (!from.want(sizeof magic)) break;
            if (from.left == 0) {
                from.ended = true;
                break;
            }
            if (from.left < sizeof magic || !std::equal(std::begin(magic), std::end(magic), from.at)) {
                from.fail(ReadFaultKind::garbage_after_gzip);
                break;
            }
            if (!from.begin_member()) {
                from.fail(ReadFaultKind::out_of_memory);
                break;
            }
        }
        if (!from.want(1)) break;
        const std::size_t before = bytes;
        const bool drained = from.left == 0;
        switch (from.unpack(room, bytes)) {
            case Step::more:
                // Nothing to take, nothing given.
                if (drained && before == bytes) from.fail(ReadFaultKind::truncated_gzip);
                break;
            case Step::member_end:
                from.in_member = false;
                break;
            case Step::corrupt:
                from.fail(ReadFaultKind::corrupt_gzip);
                break;
            case Step::out_of_memory:
                from.fail(ReadFaultKind::out_of_memory);
                break;
        }
    }
    return static_cast<std::size_t>(room - begin);
}

ReadFault source_fault(const Source *source) noexcept
{
    return source->fault;
}

std::size_t source_read(Source *source, char *room, std::size_t bytes, std::atomic<std::uint64_t> &read) noexcept
{
    const std::size_t got = read_on(*source, room, bytes);
    read.fetch_add(source->bytes - source->counted, std::memory_order_relaxed);
    source->counted = source->bytes;
    return got;
}

std::uint64_t source_bytes(const Source *source) noexcept
{
    return source->bytes;
}

std::array<unsigned char, 16> source_hash(const Source *source) noexcept
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(&source->hash));
    std::array<unsigned char, 16> hash{};
    std::copy(std::begin(canonical.digest), std::end(canonical.digest), hash.begin());
    return hash;
}

}  // namespace bedrock_cost
