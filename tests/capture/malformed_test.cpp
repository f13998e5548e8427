#include <gtest/gtest.h>

#include <map>

#include "capture_bytes.hpp"

// Fuzzed and malformed captures of others: they end, nothing outside their bytes is touched (ASan), and what capinfos
// 4.0.17 complains about is named. Most are malformed inside their packets only, which is no matter of this room.
namespace nightjar::test {
namespace {

const std::filesystem::path kCaptures = NIGHTJAR_CAPTURES_DIR;

const std::map<std::string, std::string> kDamage = {
    {"tls_DER-incomplete-header.pcap", "the record at byte 5035 says 4325376 captured bytes, which no packet has"}};
const std::map<std::string, std::string> kNoCapture = {
    {"bogus-content.txt",
     " is not a capture: it begins with \"4561d5a474d6as46\"; pcap, pcapng and ERF can be read, plain or as gzip, zstd, xz or bzip2"}};

TEST(Malformed, every_capture_ends_and_says_what_is_wrong) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  std::size_t files = 0;
  for (const char* folder : {"malformed", "malformed-tcpdump"}) {
    for (const auto& entry : std::filesystem::directory_iterator(kCaptures / folder)) {
      const std::string name = entry.path().filename();
      ++files;
      const ReadCapture read = read_all(CaptureReader::open(entry.path(), {}));
      if (const auto none = kNoCapture.find(name); none != kNoCapture.end()) {
        EXPECT_EQ(read.error, entry.path().string() + none->second);
        continue;
      }
      EXPECT_EQ(read.error, "") << name;
      EXPECT_FALSE(read.packets.empty()) << name;
      const auto damage = kDamage.find(name);
      EXPECT_EQ(read.facts.damage, damage == kDamage.end() ? std::nullopt : std::optional(damage->second)) << name;
      // The same through the smallest buffers there are.
      const ReadCapture narrow = read_all(CaptureReader::open(entry.path(), {.block_bytes = 1}));
      EXPECT_EQ(narrow.packets, read.packets) << name;
      EXPECT_EQ(narrow.facts.damage, read.facts.damage) << name;
      EXPECT_EQ(narrow.facts.digest, read.facts.digest) << name;
    }
  }
  EXPECT_EQ(files, 131u);
}

}  // namespace
}  // namespace nightjar::test
