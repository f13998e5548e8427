#include "live/segment_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.hpp"
#include "live/pcapng_blocks.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kBegin = 1'700'000'000 * kNanosPerSecond;

std::string text(const PcapngBytes& bytes) { return {bytes.begin(), bytes.end()}; }

/// A segment of so many packets, one a second from `kBegin`.
std::string content(int packets) {
  PcapngBytes bytes;
  add_pcapng_header({.interface = "eth0", .program = "test"}, bytes);
  const std::vector<std::uint8_t> packet(60, 7);
  for (int i = 0; i < packets; ++i) add_pcapng_packet(kBegin + i * kNanosPerSecond, 60, packet, {}, bytes);
  return text(bytes);
}

class SegmentFolderTest : public ::testing::Test {
 protected:
  std::filesystem::path segment(int hour, const std::string& bytes, const std::string& ending = "") {
    return files_.write(segment_name("alpha", kBegin + hour * 3600 * kNanosPerSecond, 0) + ending, bytes);
  }
  std::vector<Segment> segments() const { return *list_segments(files_.path(), "alpha"); }

  TempFolder files_;
  SegmentFolder folder_{files_.path(), "alpha"};
};

TEST_F(SegmentFolderTest, IsMade) {
  const SegmentFolder inside(files_ / "a/b", "alpha");
  const auto alive = inside.recover();
  ASSERT_TRUE(alive);
  EXPECT_FALSE(*alive) << "nobody captured before";
  EXPECT_TRUE(std::filesystem::is_directory(files_ / "a/b"));
}

TEST_F(SegmentFolderTest, CutsARecordThatACrashLeftIncomplete) {
  const std::string whole = content(5);
  const auto path = segment(0, whole + content(6).substr(whole.size(), 50));
  ASSERT_TRUE(folder_.recover());
  EXPECT_EQ(test::content_of(path), whole);
}

TEST_F(SegmentFolderTest, DeletesWhatHoldsNotEvenAHeader) {
  segment(0, content(1).substr(0, 20));
  segment(1, "");
  const auto kept = segment(2, content(1));
  files_.write("alpha-x.pcapng.zst.partial", "left by a crash");
  files_.write("beta-x.pcapng.zst.partial", "another sensor's");
  ASSERT_TRUE(folder_.recover());
  ASSERT_EQ(segments().size(), 1U);
  EXPECT_EQ(segments().front().path, kept);
  EXPECT_FALSE(std::filesystem::exists(files_ / "alpha-x.pcapng.zst.partial"));
  EXPECT_TRUE(std::filesystem::exists(files_ / "beta-x.pcapng.zst.partial"));
}

TEST_F(SegmentFolderTest, KnowsWhenTheCaptureWasLastAlive) {
  const auto path = segment(0, content(100));
  const std::chrono::sys_time<std::chrono::nanoseconds> written{std::chrono::nanoseconds(kBegin + 200 * kNanosPerSecond)};
  std::filesystem::last_write_time(path, std::chrono::file_clock::from_sys(written));
  const auto alive = folder_.recover();
  ASSERT_TRUE(alive);
  ASSERT_TRUE(*alive);
  EXPECT_EQ(**alive / kNanosPerSecond, kBegin / kNanosPerSecond + 200) << "the sign of life behind the last packet";
}

TEST_F(SegmentFolderTest, CompressesWithTheSameContent) {
  const std::string whole = content(50'000);  // four megabytes: several steps
  segment(0, whole);
  ASSERT_TRUE(SegmentFolder::compress(segments().front()));
  ASSERT_EQ(segments().size(), 1U);
  const Segment packed = segments().front();
  EXPECT_TRUE(packed.compressed);
  EXPECT_LT(packed.bytes, whole.size() / 5);
  const std::string plain = (files_ / "plain").string();
  ASSERT_EQ(test::Program("/usr/bin/zstd", {"-dqf", packed.path.string(), "-o", plain}).wait().status, 0)
      << "zstd reads it, its checksum too";
  EXPECT_TRUE(test::content_of(plain) == whole);
  EXPECT_THAT(*folder_.plain(), IsEmpty());
}

TEST_F(SegmentFolderTest, ForgetsTheOldestCompressedOnesOnly) {
  segment(0, std::string(100, 'x'), ".zst");
  segment(1, content(1));
  segment(30, std::string(100, 'x'), ".zst");
  segment(50, std::string(100, 'x'), ".zst");
  const std::int64_t now = kBegin + 50 * 3600 * kNanosPerSecond;
  EXPECT_THAT(*folder_.forget_old(now, 0, 0), IsEmpty()) << "no limit";
  EXPECT_EQ(folder_.forget_old(now, 2, 0)->size(), 1U) << "older than two days";
  EXPECT_EQ(folder_.forget_old(now, 2, 100)->size(), 1U) << "more than 100 bytes";
  std::vector<bool> compressed;
  for (const Segment& left : segments()) compressed.push_back(left.compressed);
  EXPECT_THAT(compressed, ElementsAre(false, true)) << "what is not in the lake yet stays, however old";
}

}  // namespace
}  // namespace nightjar
