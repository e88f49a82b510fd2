// SPDX-License-Identifier: PostgreSQL
// Files for tests: a folder that goes with its test, plain and packed bytes.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bedrock_cost::test {

class Folder {
  public:
    Folder()
    {
        std::string pattern = testing::TempDir() + "/readerXXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) std::abort();
        path_ = pattern;
    }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    std::string write(const std::string &name, const std::string &bytes) const
    {
        const std::string file = path_ + "/" + name;
        std::ofstream(file, std::ios::binary) << bytes;
        return file;
    }
    const std::string &path() const { return path_; }

  private:
    std::string path_;
};

inline std::string packed(const std::string &bytes, int level = 6)
{
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
    std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<unsigned char *>(const_cast<char *>(bytes.data()));
    stream.avail_in = static_cast<unsigned>(bytes.size());
    stream.next_out = reinterpret_cast<unsigned char *>(out.data());
    stream.avail_out = static_cast<unsigned>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

inline std::string joined(const std::vector<std::string> &names)
{
    std::string line;
    for (const std::string &name : names) line += (line.empty() ? "" : ",") + name;
    return line + "\n";
}

}  // namespace bedrock_cost::test
