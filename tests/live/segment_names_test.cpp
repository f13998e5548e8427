#include "live/segment_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// date -u -d @1700000000 gives 2023-11-14 22:13:20.
constexpr std::int64_t kTime = 1'700'000'000'123'456'789;

std::vector<std::string> names(const std::vector<Segment>& segments) {
  std::vector<std::string> list;
  for (const Segment& segment : segments) list.push_back(segment.path.filename().string());
  return list;
}

TEST(SegmentNames, SayTheSensorTheTimeAndTheRing) {
  EXPECT_EQ(segment_name("alpha", kTime, 0), "alpha-20231114T221320.123456789Z.pcapng");
  EXPECT_EQ(segment_name("alpha", kTime, 3), "alpha-20231114T221320.123456789Z-q3.pcapng");
}

TEST(SegmentNames, AreReadAgainOldestFirst) {
  const TempFolder folder;
  folder.write(segment_name("alpha", kTime + 1, 0) + ".zst", "12345");
  folder.write(segment_name("alpha", kTime, 7), "123");
  folder.write(segment_name("alpha", kTime, 0), "");
  const auto segments = list_segments(folder.path(), "alpha");
  ASSERT_TRUE(segments);
  ASSERT_THAT(names(*segments), ElementsAre("alpha-20231114T221320.123456789Z.pcapng", "alpha-20231114T221320.123456789Z-q7.pcapng",
                                            "alpha-20231114T221320.123456790Z.pcapng.zst"));
  EXPECT_EQ((*segments)[1].begun_ns, kTime);
  EXPECT_EQ((*segments)[1].queue, 7U);
  EXPECT_EQ((*segments)[1].bytes, 3U);
  EXPECT_FALSE((*segments)[1].compressed);
  EXPECT_TRUE((*segments)[2].compressed);
}

TEST(SegmentNames, OfOthersArePassedOver) {
  const TempFolder folder;
  for (const char* other :
       {"beta-20231114T221320.123456789Z.pcapng", "alpha-20231114T221320.123456789Z.pcap", "alpha-20231114.pcapng",
        "alpha-20231314T221320.123456789Z.pcapng", "alpha-20231114T221320.123456789Z-q.pcapng",
        "alpha-20231114T221320.123456789Z-q-1.pcapng", "alpha-20231114T221320.123456789Z.pcapng.zst.partial", ".alpha.lock"}) {
    folder.write(other, "x");
  }
  // A sensor whose name begins like another's has its own.
  folder.write(segment_name("alpha-2", kTime, 0), "x");
  const auto segments = list_segments(folder.path(), "alpha");
  ASSERT_TRUE(segments);
  EXPECT_THAT(names(*segments), IsEmpty());
}

TEST(SegmentNames, OfAFolderThatIsNotThereAreAnError) { EXPECT_FALSE(list_segments("/nowhere/at/all", "alpha")); }

}  // namespace
}  // namespace nightjar
