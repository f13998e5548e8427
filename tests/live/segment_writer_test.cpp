#include "live/segment_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/time.hpp"
#include "capture/reader.hpp"
#include "live/segment_names.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000 * kNanosPerSecond;

/// A writer that can die: the next one has the same progress, as the successor of a killed process has.
class SegmentWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = CaptureProgress::create();
    ASSERT_TRUE(made);
    progress_ = *made;
    begin();
  }

  void begin() {
    writer_ = std::make_unique<SegmentWriter>(SegmentPlace{folder_.path(), "alpha", 0}, rules_,
                                              PcapngHeader{.interface = "eth0", .program = "test"}, *progress_);
  }

  /// Packets whose only byte is a number.
  void add(int from, int to) {
    for (int number = from; number < to; ++number) {
      const auto byte = static_cast<std::uint8_t>(number);
      writer_->add({kBegin + number, 1, {}, {&byte, 1}});
    }
  }
  void block(std::uint64_t sequence, std::int64_t seconds = 0) {
    const auto done = writer_->commit(sequence, static_cast<std::uint32_t>(sequence % 8), kBegin + seconds * kNanosPerSecond);
    EXPECT_TRUE(done) << done.error().sentence;
  }

  std::vector<Segment> segments() const { return *list_segments(folder_.path(), "alpha"); }
  /// The numbers in all segments, in order; drops of all.
  std::vector<int> numbers(std::uint64_t* drops = nullptr) const {
    std::vector<int> found;
    for (const Segment& segment : segments()) {
      auto reader = CaptureReader::open(segment.path, {});
      if (!reader) continue;
      PacketBlock packets;
      while ((*reader)->next(packets)) {
        for (const RawPacket& packet : packets.packets) found.push_back(packet.bytes[0]);
      }
      EXPECT_FALSE((*reader)->facts().damage) << *(*reader)->facts().damage;
      if (drops != nullptr) *drops += (*reader)->facts().kernel_drops;
    }
    return found;
  }
  static std::vector<int> from_to(int from, int to) {
    std::vector<int> list;
    for (int number = from; number < to; ++number) list.push_back(number);
    return list;
  }

  TempFolder folder_;
  SegmentRules rules_{.bytes = 1 << 20, .seconds = 3600, .keep_free = 0};
  CaptureProgress* progress_ = nullptr;
  std::unique_ptr<SegmentWriter> writer_;
};

TEST_F(SegmentWriterTest, KeepsPacketsInOrder) {
  add(0, 10);
  block(1);
  add(10, 20);
  block(2);
  ASSERT_TRUE(writer_->close(kBegin));
  EXPECT_EQ(numbers(), from_to(0, 20));
  EXPECT_EQ(progress_->counters.packets, 20U);
  EXPECT_EQ(progress_->position().block, 2U);
  EXPECT_EQ(progress_->position().place, 2U);
}

TEST_F(SegmentWriterTest, MakesNoFileForNothing) {
  block(1);
  EXPECT_TRUE(segments().empty());
  EXPECT_EQ(progress_->position().block, 1U);
}

TEST_F(SegmentWriterTest, SuccessorGoesOnInTheSameSegmentWhateverTheDeadOneHadWritten) {
  add(0, 10);
  block(1);
  // It dies in the middle of a block: some of it is in the file, half a record too.
  add(10, 15);
  const auto path = segments().front().path;
  std::ofstream(path, std::ios::binary | std::ios::app) << "half a record";
  begin();
  add(10, 20);
  block(2);
  ASSERT_TRUE(writer_->close(kBegin));
  EXPECT_EQ(segments().size(), 1U);
  EXPECT_EQ(numbers(), from_to(0, 20));
}

TEST_F(SegmentWriterTest, SuccessorBeginsAnotherWhereTheSegmentIsGone) {
  add(0, 10);
  block(1);
  std::filesystem::remove(segments().front().path);
  begin();
  add(10, 20);
  block(2, 1);
  ASSERT_TRUE(writer_->close(kBegin));
  EXPECT_EQ(numbers(), from_to(10, 20));
}

TEST_F(SegmentWriterTest, ClosesASegmentThatIsFull) {
  rules_.bytes = 1000;
  begin();
  for (int i = 0; i < 10; ++i) {
    add(i * 10, i * 10 + 10);  // 360 bytes in records
    block(static_cast<std::uint64_t>(i) + 1, i);
  }
  ASSERT_TRUE(writer_->close(kBegin + 100 * kNanosPerSecond));
  EXPECT_EQ(segments().size(), 4U);
  EXPECT_EQ(numbers(), from_to(0, 100));
}

TEST_F(SegmentWriterTest, ClosesASegmentThatIsOld) {
  add(0, 10);
  block(1);
  ASSERT_TRUE(writer_->beat(kBegin + 3599 * kNanosPerSecond, ""));
  EXPECT_EQ(progress_->position().segment_open, 1U);
  ASSERT_TRUE(writer_->beat(kBegin + 3660 * kNanosPerSecond, ""));
  EXPECT_EQ(progress_->position().segment_open, 0U);
  add(10, 20);
  block(2, 3700);
  EXPECT_EQ(segments().size(), 2U);
}

TEST_F(SegmentWriterTest, TellsEveryLossOnceAcrossSegmentsAndSuccessors) {
  rules_.bytes = 500;
  begin();
  for (int i = 0; i < 6; ++i) {
    progress_->counters.kernel_drops += 7;
    progress_->counters.interface_drops += 1;
    ASSERT_TRUE(writer_->beat(kBegin + i * 100 * kNanosPerSecond, ""));
    if (i == 3) begin();
    add(i * 10, i * 10 + 10);
    block(static_cast<std::uint64_t>(i) + 1, i * 100 + 1);
  }
  ASSERT_TRUE(writer_->beat(kBegin + 1000 * kNanosPerSecond, ""));
  ASSERT_TRUE(writer_->close(kBegin + 1001 * kNanosPerSecond));
  EXPECT_GT(segments().size(), 2U);
  std::uint64_t drops = 0;
  EXPECT_EQ(numbers(&drops), from_to(0, 60));
  EXPECT_EQ(drops, 6U * 8U);
}

TEST_F(SegmentWriterTest, CountsWhatADiskWithoutRoomDoesNotTakeAndGoesOnWhenThereIsRoom) {
  add(0, 10);
  block(1);
  rules_.keep_free = ~0ULL;
  begin();
  add(10, 20);
  block(2);
  EXPECT_EQ(progress_->counters.unwritten, 10U);
  EXPECT_EQ(progress_->counters.disk_full, 1U);
  EXPECT_EQ(progress_->position().block, 2U) << "the ring goes on";
  rules_.keep_free = 0;
  begin();
  add(20, 30);
  block(3, 2);
  EXPECT_EQ(progress_->counters.disk_full, 0U);
  ASSERT_TRUE(writer_->close(kBegin + 3 * kNanosPerSecond));
  std::uint64_t drops = 0;
  std::vector<int> expected = from_to(0, 10), rest = from_to(20, 30);
  expected.insert(expected.end(), rest.begin(), rest.end());
  EXPECT_EQ(numbers(&drops), expected);
  EXPECT_EQ(drops, 10U) << "what was not kept is told as lost";
}

TEST_F(SegmentWriterTest, FailsWhereTheFolderIsGone) {
  std::filesystem::remove_all(folder_.path());
  add(0, 10);
  EXPECT_FALSE(writer_->commit(1, 1, kBegin));
}

}  // namespace
}  // namespace nightjar
