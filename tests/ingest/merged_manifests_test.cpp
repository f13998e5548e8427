// A capture that goes on for long makes many manifests. Merged, they answer what they answered before.
#include <gmock/gmock.h>

#include "base/time.hpp"
#include "store/merge_manifests.hpp"
#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;

constexpr std::int64_t kLater = 2LL * 3'600 * 1'000'000'000;

class MergedManifests : public LakeTest {
 protected:
  /// Ingests the capture as it grows, in so many steps.
  std::string grow(const PcapFile& traffic, std::size_t packets, std::size_t steps, const std::string& name = "growing.pcap") {
    std::string path;
    for (std::size_t step = 1; step <= steps; ++step) {
      path = file(name, traffic.slice(0, packets * step / steps));
      EXPECT_EQ(ingest({path}).batches, 1U);
    }
    return path;
  }
  std::size_t merge(std::size_t fewest, std::int64_t after_ns = kLater) {
    Lake lake(lake_folder());
    const auto merged = merge_manifests(lake, now_ns() + after_ns, {.fewest = fewest});
    EXPECT_TRUE(merged) << (merged ? "" : merged.error().sentence);
    return merged.value();
  }
  std::vector<Manifest> manifests() const {
    const Lake lake(lake_folder());
    return lake.manifests(*lake.snapshot().value()).value();
  }
};

TEST_F(MergedManifests, OfOneCaptureAreOneEntryThatIsWhatOneIngestWouldHaveMade) {
  const PcapFile traffic = darknet_traffic(2'000, 1, kNov23, 3'600 * 1'000'000'000LL);
  const std::string path = grow(traffic, 1'000, 10);
  const auto before = content();
  EXPECT_EQ(merge(4), 9U);
  const auto merged = manifests();
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged[0].batch, 1U);
  EXPECT_EQ(merged[0].more, (std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8, 9, 10}));
  ASSERT_EQ(merged[0].captures.size(), 1U);
  EXPECT_EQ(content(), before);

  use_lake("in one go");
  ingest({file("growing.pcap", traffic.slice(0, 1'000))});
  const ManifestCapture one = manifests().at(0).captures.at(0);
  const ManifestCapture& all = merged[0].captures[0];
  EXPECT_EQ(all.packets, one.packets);
  EXPECT_EQ(all.from_bytes, one.from_bytes);
  EXPECT_EQ(all.readable_bytes, one.readable_bytes);
  EXPECT_EQ(all.readable_digest, one.readable_digest);
  EXPECT_EQ(all.head_digest, one.head_digest);
  EXPECT_EQ(all.first_ns, one.first_ns);
  EXPECT_EQ(all.last_ns, one.last_ns);
  EXPECT_EQ(all.minutes, one.minutes);
  EXPECT_EQ(all.whole, one.whole);
}

TEST_F(MergedManifests, StillKnowTheCaptureAndWhereItEnded) {
  const PcapFile traffic = darknet_traffic(2'000, 1, kNov23, 3'600 * 1'000'000'000LL);
  const std::string path = grow(traffic, 1'000, 5);
  merge(2);
  EXPECT_EQ(ingest({path}).known_captures, 1U);
  // Under another name, shorter, and longer.
  EXPECT_EQ(ingest({file("copy.pcap", traffic.slice(0, 1'000))}).packets, 0U);
  EXPECT_EQ(ingest({file("part.pcap", traffic.slice(0, 437))}).packets, 0U);
  EXPECT_EQ(ingest({file("growing.pcap", traffic.content())}).packets, 1'000U);
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "2000");
}

TEST_F(MergedManifests, AreMergedAgainClassByClass) {
  const PcapFile traffic = darknet_traffic(400, 1, kNov23, 60 * 1'000'000'000LL);
  for (int i = 0; i < 8; ++i) {
    ingest({file(std::to_string(i) + ".pcap", traffic.slice(static_cast<std::size_t>(i) * 50, static_cast<std::size_t>(i) * 50 + 50))});
    while (merge(2) > 0) continue;
  }
  // As the digits of a number: 8 of one make 1 of eight.
  ASSERT_EQ(manifests().size(), 1U);
  EXPECT_EQ(manifests()[0].captures.size(), 8U);
  EXPECT_EQ(merge(2), 0U);
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "400");
}

TEST_F(MergedManifests, YoungOnesAndFewAreLeftAlone) {
  grow(darknet_traffic(400, 1, kNov23, 60 * 1'000'000'000LL), 400, 4);
  EXPECT_EQ(merge(2, 0), 0U);
  EXPECT_EQ(merge(5), 0U);
  EXPECT_EQ(manifests().size(), 4U);
}

TEST_F(MergedManifests, OldVersionsKeepTheirsUntilTheyAreSwept) {
  grow(darknet_traffic(400, 1, kNov23, 60 * 1'000'000'000LL), 400, 4);
  Lake lake(lake_folder());
  {
    const auto old = lake.snapshot().value();
    merge(2);
    ASSERT_TRUE(lake.sweep(0));
    EXPECT_EQ(lake.manifests(*old).value().size(), 4U);
  }
  ASSERT_TRUE(lake.sweep(0));
  EXPECT_EQ(manifests().size(), 1U);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(lake_folder() / "batches")) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1U);
}

TEST_F(MergedManifests, WhatAnotherMergedMeanwhileIsAConflict) {
  grow(darknet_traffic(400, 1, kNov23, 60 * 1'000'000'000LL), 400, 4);
  Change late;
  late.merged = {merged_manifest(manifests())};
  merge(2);
  Lake lake(lake_folder());
  const Writer writer = lake.begin_write().value();
  const auto committed = lake.commit(writer, late);
  EXPECT_TRUE(committed) << "the same set again is the same file";
  late.merged[0].more.pop_back();
  const auto fewer = lake.commit(writer, late);
  ASSERT_FALSE(fewer);
  EXPECT_THAT(fewer.error().sentence, ::testing::StartsWith("Conflict"));
}

}  // namespace
}  // namespace nightjar
