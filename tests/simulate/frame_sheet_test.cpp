#include "simulate/frame_sheet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "sent_knocks.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate {
namespace {

using testing::ElementsAre;

constexpr std::int64_t kMicrosecond = 1000, kDay = 86'400LL * 1'000'000'000;

/// A SYN that is told from others by its port.
Knock marked(std::int64_t time_ns, std::uint16_t port) {
  Knock knock = syn(time_ns);
  knock.dst_port = port;
  return knock;
}

/// The marks in a capture, in its order.
std::vector<std::uint16_t> marks_in(const std::filesystem::path& path) {
  std::vector<std::uint16_t> marks;
  auto reader = CaptureReader::open(path, {});
  if (!reader) return marks;
  PacketBlock block;
  while ((*reader)->next(block)) {
    for (const RawPacket& raw : block.packets) {
      Packet packet;
      EXPECT_EQ(Undecodable::none, decode(raw, {}, packet));
      marks.push_back(packet.dst_port);
    }
  }
  return marks;
}

class FrameSheetTest : public testing::Test {
 protected:
  void write_until(std::int64_t end_ns) {
    const auto written = sheet_.write_until(end_ns, writer_);
    ASSERT_TRUE(written) << written.error().sentence;
  }

  TempFolder folder_;
  CaptureWriter writer_{{.folder = folder_.path(), .prefix = "pot"}};
  FrameSheet sheet_;
};

TEST_F(FrameSheetTest, WritesInOrderOfTime) {
  sheet_.add(marked(kNewYear + 3 * kMicrosecond, 3));
  sheet_.add(marked(kNewYear + 1 * kMicrosecond, 1));
  sheet_.add(marked(kNewYear + 2 * kMicrosecond, 2));
  write_until(kNewYear + kDay);
  ASSERT_TRUE(writer_.finish());
  EXPECT_THAT(marks_in(folder_ / "pot-2017-01-01.pcap"), ElementsAre(1, 2, 3));
}

TEST_F(FrameSheetTest, KeepsTheOrderOfAddingAtEqualTimes) {
  std::vector<std::uint16_t> added;
  for (std::uint16_t i = 1; i <= 200; ++i) {
    sheet_.add(marked(kNewYear, i));
    added.push_back(i);
  }
  write_until(kNewYear + kDay);
  ASSERT_TRUE(writer_.finish());
  EXPECT_EQ(added, marks_in(folder_ / "pot-2017-01-01.pcap"));
}

TEST_F(FrameSheetTest, KeepsWhatLiesAtTheEndOrLater) {
  sheet_.add(marked(kNewYear + kDay + 5 * kMicrosecond, 9));
  sheet_.add(marked(kNewYear, 1));
  sheet_.add(marked(kNewYear + kDay, 7));
  write_until(kNewYear + kDay);
  EXPECT_EQ(1, writer_.packets());
  EXPECT_EQ(2, sheet_.packets());
  sheet_.add(marked(kNewYear + kDay + 2 * kMicrosecond, 8));
  sheet_.add(marked(kNewYear + kDay, 70));  // after the one of that time that was kept
  write_until(kNewYear + 2 * kDay);
  EXPECT_EQ(0, sheet_.packets());
  ASSERT_TRUE(writer_.finish());
  EXPECT_THAT(marks_in(folder_ / "pot-2017-01-01.pcap"), ElementsAre(1));
  EXPECT_THAT(marks_in(folder_ / "pot-2017-01-02.pcap"), ElementsAre(7, 70, 8, 9));
}

TEST_F(FrameSheetTest, DoesNotNeedTheKnocksBytesLater) {
  std::vector<std::uint8_t> payload(100, 'x');
  sheet_.add(udp(payload));
  payload.assign(100, 'y');
  write_until(kNewYear + kDay);
  ASSERT_TRUE(writer_.finish());
  auto reader = CaptureReader::open(folder_ / "pot-2017-01-01.pcap", {});
  ASSERT_TRUE(reader);
  PacketBlock block;
  ASSERT_TRUE((*reader)->next(block));
  const RawPacket& raw = block.packets.at(0);
  EXPECT_EQ(std::string(100, 'x'), std::string(raw.bytes + 42, raw.bytes + raw.captured));
}

TEST_F(FrameSheetTest, GivesMemoryBackWithTheDayThatIsWritten) {
  constexpr int kPackets = 100'000;
  for (int i = 0; i < kPackets; ++i) sheet_.add(marked(kNewYear + i * kMicrosecond, 1));
  sheet_.add(marked(kNewYear + kDay, 2));
  EXPECT_GT(sheet_.memory_bytes(), kPackets * 76U);
  write_until(kNewYear + kDay);
  EXPECT_LT(sheet_.memory_bytes(), 1000U);
  write_until(kNewYear + 2 * kDay);
  ASSERT_TRUE(writer_.finish());
  EXPECT_THAT(marks_in(folder_ / "pot-2017-01-02.pcap"), ElementsAre(2));
}

TEST_F(FrameSheetTest, SaysWhyNothingCouldBeWritten) {
  CaptureWriter nowhere({.folder = "/nowhere/at/all", .prefix = "pot"});
  sheet_.add(syn());
  const auto written = sheet_.write_until(kNewYear + kDay, nowhere);
  ASSERT_FALSE(written);
  EXPECT_EQ("cannot write /nowhere/at/all/pot-2017-01-01.pcap.part: No such file or directory", written.error().sentence);
}

}  // namespace
}  // namespace nightjar::simulate
