#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::test {

/// Runs of `nightjar simulate` in a folder of their own, and other programs that read what it wrote.
class ModelledCaptures : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// The standard output; anything but success fails the test.
  std::string run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--quiet", "--lake", path("lake")});
    return output_of(NIGHTJAR_BINARY, arguments);
  }
  std::string output_of(const std::string& program, const std::vector<std::string>& arguments) {
    Program process(program, arguments, {"HOME=" + folder_.path().string()}, path("out.txt"), path("err.txt"));
    EXPECT_EQ(process.wait().status, 0) << program << ": " << content_of(path("err.txt"));
    return content_of(path("out.txt"));
  }
  /// Captures into the folder `name`, the truth into NAME.json; returns it.
  json simulate(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "simulate");
    arguments.insert(arguments.end(), {"--out", path(name), "--truth", path(name + ".json")});
    run(arguments);
    return json::parse(content_of(path(name + ".json")));
  }
  json rows(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    return json::parse(run(arguments)).at("rows");
  }
  static bool installed(const std::string& program) { return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0; }

  /// All captures of a sensor as one: a header, then the records in order of the files' names, which is that of time.
  std::string capture(const std::string& name, const std::string& sensor) const {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder_ / name / sensor)) files.push_back(file.path());
    std::sort(files.begin(), files.end());
    std::string whole;
    for (const auto& file : files) whole += std::string_view(content_of(file.string())).substr(whole.empty() ? 0 : kFileHeader);
    return whole;
  }
  /// Calls with each record (its header and frame) of a capture as `simulate` writes them.
  template <class What>
  static void each_record(std::string_view capture, What what) {
    for (std::size_t at = kFileHeader; at < capture.size();) {
      std::uint32_t length = 0;
      std::memcpy(&length, capture.data() + at + 8, sizeof length);
      what(capture.substr(at, kRecordHeader + length));
      at += kRecordHeader + length;
    }
  }
  static std::uint8_t byte(std::string_view record, std::size_t of_ip_packet) {
    return static_cast<std::uint8_t>(record[kRecordHeader + 14 + of_ip_packet]);
  }
  static std::uint32_t destination(std::string_view record) {
    return static_cast<std::uint32_t>(byte(record, 16)) << 24 | byte(record, 17) << 16 | byte(record, 18) << 8 | byte(record, 19);
  }
  /// Packets of a capture file that pass tcpdump's filter.
  std::uint64_t tcpdump_counts(const std::string& file, const std::string& filter) {
    return std::stoull(output_of("/usr/bin/tcpdump", {"--count", "-nr", file, filter}));
  }

  static constexpr std::size_t kFileHeader = 24, kRecordHeader = 16;
  TempFolder folder_;
};

}  // namespace nightjar::test
